//! A table between bars. What GitHub's tables cannot say stands there as a tag that others show as a break, or not at all.

use sheaf_schema::{Align, Block, Delta, Table};

use super::spell::Speller;
use crate::{
    cells,
    said::{Said, Visible},
    tag,
};

/// What the table lies inside of.
pub(super) fn outer(lines: &[Visible]) -> Block {
    cells::outer(lines.iter().map(|line| &line.said.block))
}

/// The table's rows, the header first. One without a header has an empty one.
pub(super) fn written(speller: &Speller, lines: &[Visible], outer: &Block) -> String {
    let blocks: Vec<Block> = lines.iter().map(|line| line.said.block.clone()).collect();
    let nothing = Said { block: outer.clone(), content: Delta::new() };
    let grid = Grid { lines, outer, table: Table::read(&blocks), nothing };
    let columns = 0..grid.table.widths.len();
    let cell = |row: usize, column: usize| speller.cell(&grid.cell(row, column));
    let header = columns.clone().map(|column| {
        let width = grid.table.widths[column].map(tag::column).unwrap_or_default();
        if grid.has_header() { width + &cell(0, column) } else { width }
    });
    let mut rows = vec![row(header), row(grid.table.aligns.iter().map(|align| dashes(*align).to_owned()))];
    let body = usize::from(grid.has_header())..grid.table.rows.len();
    rows.extend(body.map(|nth| row(columns.clone().map(|column| cell(nth, column)))));
    rows.join("\n")
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn dashes(align: Option<Align>) -> &'static str {
    match align {
        None => "---",
        Some(Align::Start) => ":--",
        Some(Align::Center) => ":-:",
        Some(Align::End) => "--:",
    }
}

/// The table that lines are.
struct Grid<'a> {
    lines: &'a [Visible],
    outer: &'a Block,
    table: Table,
    /// What stands in a cell that no line names.
    nothing: Said,
}

impl Grid<'_> {
    fn has_header(&self) -> bool {
        self.table.rows.first().is_some_and(|row| row.head)
    }

    /// The lines of a cell, each with the tag that begins it, if it needs one.
    fn cell(&self, row: usize, column: usize) -> Vec<(String, &Said)> {
        let is_header = self.has_header() && row == 0;
        // A header further down says so in its first cell, and so does one that would be taken for none.
        let head = column == 0 && self.table.rows[row].head && !is_header;
        let speaks = column == 0 && is_header && self.is_blank_header();
        let cell = &self.table.rows[row].cells[column];
        let lines = if cell.is_empty() { vec![&self.nothing] } else { cell.iter().map(|line| &self.lines[*line].said).collect() };
        let begun = |(nth, line): (usize, &&Said)| {
            let inner = cells::inner(&line.block, self.outer, nth == 0 && cell.first().is_none_or(|first| *first == 0));
            let inner = Block { head: head && nth == 0, ..inner };
            let is_told = nth > 0 || speaks || inner != Block::default() || (line.content.is_empty() && lines.len() > 1);
            if is_told { tag::line(&inner) } else { String::new() }
        };
        lines.iter().enumerate().map(begun).zip(lines.iter().copied()).collect()
    }

    /// Whether nothing stands in the header, which is then no header for whoever reads it.
    fn is_blank_header(&self) -> bool {
        let is_nothing = |line: usize| {
            let said = &self.lines[line].said;
            said.content.is_empty() && cells::inner(&said.block, self.outer, line == 0) == Block::default()
        };
        let is_blank = |cell: &Vec<usize>| cell.len() < 2 && cell.iter().all(|line| is_nothing(*line));
        self.table.rows.len() > 1 && self.table.rows[0].cells.iter().all(is_blank)
    }
}
