//! A table, read off the lines that name it (docs/decisions/0012-tables.md). The same reading as `ui/src/editor/lines/table.ts`, with the
//! same test cases.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Align, Block};

/// A table: what its lines say together, whatever order the edits that made them came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The rows, in the order of their first lines.
    pub rows: Vec<Row>,
    /// The columns' widths, in CSS pixels, for those that say one.
    pub widths: Vec<Option<u16>>,
    /// Where the columns' words stand, for those that say it.
    pub aligns: Vec<Option<Align>>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Whether its first line says that it is a header.
    pub head: bool,
    /// For each column, which of the table's lines stand in the cell, in their order; none where the cell is missing.
    pub cells: Vec<Vec<usize>>,
}

impl Table {
    /// Reads the table that a run of lines with one table's id is. Lines without a cell say nothing.
    pub fn read(blocks: &[Block]) -> Table {
        let mut rows: Vec<(&str, bool, Vec<&str>)> = Vec::new();
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut cells: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        let mut widths: BTreeMap<&str, u16> = BTreeMap::new();
        let mut aligns: BTreeMap<&str, Align> = BTreeMap::new();
        for (index, block) in blocks.iter().enumerate() {
            let Some(cell) = &block.cell else { continue };
            let row = *known.entry(&cell.row).or_insert(rows.len());
            if row == rows.len() {
                rows.push((&cell.row, block.head, Vec::new()));
            }
            let lines = cells.entry((&cell.row, &cell.column)).or_default();
            if lines.is_empty() {
                rows[row].2.push(&cell.column);
            }
            lines.push(index);
            if let Some(width) = block.width {
                widths.entry(&cell.column).or_insert(width);
            }
            if let Some(align) = block.align {
                aligns.entry(&cell.column).or_insert(align);
            }
        }
        let columns = columns(rows.iter().map(|(.., columns)| columns.as_slice()));
        let cell = |row: &str, column: &str| cells.get(&(row, column)).cloned().unwrap_or_default();
        let read =
            |(row, head, _): &(&str, bool, Vec<&str>)| Row { head: *head, cells: columns.iter().map(|column| cell(row, column)).collect() };
        Table {
            rows: rows.iter().map(read).collect(),
            widths: columns.iter().map(|column| widths.get(column).copied()).collect(),
            aligns: columns.iter().map(|column| aligns.get(column).copied()).collect(),
        }
    }
}

/// The first row that has a column says where it is: right behind the column that stands before it there, else in front.
fn columns<'a>(rows: impl Iterator<Item = &'a [&'a str]>) -> Vec<&'a str> {
    let mut columns: Vec<&str> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for row in rows {
        let mut place = 0;
        for column in row {
            // Nearly always it is the one that comes next.
            if known.insert(column) {
                columns.insert(place, column);
            } else if columns.get(place) != Some(column) {
                place = columns.iter().position(|known| known == column).unwrap_or(place);
            }
            place += 1;
        }
    }
    columns
}
