//! Tables of a new version, told in the ids of those they were.
//!
//! A table that is read has fresh ids. Which table, row and column each was before is told by the words in them: tables, rows and columns
//! that belong together are found as lines are ([`super::align`]). What says the same as before is then the very lines it was, so that a
//! changed cell changes nothing but that cell.

use std::{collections::BTreeSet, ops::Range};

use sheaf_schema::{BLOCK, Block, Cell, Delta, LINE, Line, Table, attributes};

use super::{align, settle::Wanted};
use crate::{
    cells,
    said::{self, Said, Visible},
};

/// A table: its lines, and what they are together.
struct Grid {
    lines: Vec<Said>,
    /// The lines' ids.
    ids: Vec<String>,
    outer: Block,
    table: Table,
    id: String,
    /// The ids of rows and columns.
    rows: Vec<String>,
    columns: Vec<String>,
}

impl Grid {
    /// The table that lines are; all of them stand in cells of it.
    fn new(lines: Vec<Said>, ids: Vec<String>) -> Grid {
        let blocks: Vec<Block> = lines.iter().map(|line| line.block.clone()).collect();
        let table = Table::read(&blocks);
        let named = |line: Option<&usize>| line.and_then(|line| blocks[*line].cell.clone());
        let rows = table.rows.iter().filter_map(|row| named(row.cells.iter().flatten().next())).map(|cell| cell.row).collect();
        let in_column = |nth: usize| named(table.rows.iter().flat_map(|row| &row.cells[nth]).next());
        let columns = (0..table.widths.len()).filter_map(in_column).map(|cell| cell.column).collect();
        let id = named(Some(&0)).map(|cell| cell.table).unwrap_or_default();
        Grid { outer: cells::outer(blocks.iter()), id, rows, columns, table, lines, ids }
    }

    fn cell(&self, row: usize, column: usize) -> &[usize] {
        &self.table.rows[row].cells[column]
    }

    /// A line as it is inside of its cell.
    fn inner(&self, line: usize) -> Said {
        let Said { block, content } = &self.lines[line];
        Said { block: cells::inner(block, &self.outer, line == 0), content: content.clone() }
    }

    /// The words of some cells as a line's. Empty ones are as those that no line names.
    fn words<'c>(&self, cells: impl Iterator<Item = &'c Vec<usize>>) -> Line {
        let mut content = Delta::new();
        for line in cells.flatten().filter(|line| !self.lines[**line].content.is_empty()) {
            self.lines[*line].content.ops.iter().cloned().for_each(|op| content.push(op));
            content = content.insert("\n");
        }
        Line { content, newline: None, start: 0, length: 0 }
    }

    /// Whether a cell says the same as one of another table. One that no line names says what an empty one does.
    fn says_the_same(&self, at: (usize, usize), other: &Grid, there: (usize, usize)) -> bool {
        let inner = |grid: &Grid, cell: &[usize]| cell.iter().map(|line| grid.inner(*line)).collect::<Vec<_>>();
        let (mine, theirs) = (inner(self, self.cell(at.0, at.1)), inner(other, other.cell(there.0, there.1)));
        let is_nothing = |cell: &[Said]| cell.iter().all(|line| line.content.is_empty() && line.block == Block::default());
        mine == theirs || (mine.len() + theirs.len() == 1 && is_nothing(&mine) && is_nothing(&theirs))
    }

    /// Whether the whole table says the same as another.
    fn is_same_as(&self, other: &Grid) -> bool {
        let shape = |grid: &Grid| (grid.outer.clone(), grid.table.widths.clone(), grid.table.aligns.clone());
        let heads = |grid: &Grid| grid.table.rows.iter().map(|row| row.head).collect::<Vec<_>>();
        let mut cells = (0..self.rows.len()).flat_map(|row| (0..self.columns.len()).map(move |column| (row, column)));
        shape(self) == shape(other) && heads(self) == heads(other) && cells.all(|cell| self.says_the_same(cell, other, cell))
    }

    /// The table in the ids of the one that it was. A line that says what it said is that line, id and all.
    fn told_as(&self, was: &Grid) -> Grid {
        let rows = pairs(&was.in_rows(), &self.in_rows());
        let columns = pairs(&was.in_columns(), &self.in_columns());
        let told = self.told(was, &rows, &columns, true);
        // Where lines that say which columns there are would be missing, all the new ones come.
        let is_whole = told.rows.len() == self.rows.len() && told.columns.len() == self.columns.len();
        let stands = |told: &Grid| {
            let expected = |column: usize| columns[column].map_or(&self.columns[column], |column| &was.columns[column]);
            told.columns.iter().enumerate().all(|(nth, column)| column == expected(nth))
        };
        let mut told = if is_whole && stands(&told) { told } else { self.told(was, &rows, &columns, false) };
        (told.table.widths, told.table.aligns) = (self.table.widths.clone(), self.table.aligns.clone());
        cells::speak(&mut told.lines, &told.table);
        told
    }

    /// The table in the ids of rows and columns of the one that it was, those lines kept that say the same, if they may be.
    fn told(&self, was: &Grid, rows: &[Option<usize>], columns: &[Option<usize>], keeps: bool) -> Grid {
        let (mut lines, mut ids) = (Vec::new(), Vec::new());
        for (row, pair) in rows.iter().enumerate() {
            for (column, other) in columns.iter().enumerate() {
                let there = pair.zip(*other).filter(|there| keeps && self.says_the_same((row, column), was, *there));
                let (grid, cell) = match there {
                    Some(there) => (was, was.cell(there.0, there.1)),
                    None => (self, self.cell(row, column)),
                };
                let named = Cell {
                    table: was.id.clone(),
                    row: pair.map_or(&self.rows[row], |row| &was.rows[row]).clone(),
                    column: other.map_or(&self.columns[column], |column| &was.columns[column]).clone(),
                };
                for line in cell {
                    let Said { block, content } = grid.inner(*line);
                    let block = cells::in_table(block, &self.outer, lines.is_empty());
                    lines.push(Said { block: Block { cell: Some(named.clone()), head: self.table.rows[row].head, ..block }, content });
                    ids.push(grid.ids[*line].clone());
                }
            }
        }
        Grid::new(lines, ids)
    }

    fn in_rows(&self) -> Vec<Line> {
        self.table.rows.iter().map(|row| self.words(row.cells.iter())).collect()
    }

    fn in_columns(&self) -> Vec<Line> {
        let column = |nth: usize| self.words(self.table.rows.iter().map(|row| &row.cells[nth]));
        (0..self.columns.len()).map(column).collect()
    }

    fn into_lines(self) -> (Vec<Line>, Vec<Wanted>) {
        let line = |(said, id): (&Said, &String)| {
            let mut newline = attributes([(LINE, id.as_str().into())]);
            newline.extend(said.block.to_attribute().map(|block| (BLOCK.to_owned(), block.into())));
            Line { length: said.content.length() + 1, content: said.content.clone(), newline: Some(newline), start: 0 }
        };
        let lines = self.lines.iter().zip(&self.ids).map(line).collect();
        (lines, self.lines.into_iter().enumerate().map(|(nth, said)| Wanted { said, goes_on: nth > 0 }).collect())
    }
}

/// For each of the new lines, which of those before it was.
fn pairs(base: &[Line], new: &[Line]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; new.len()];
    let mut loose = (0..0, 0..0);
    for group in align::groups(base, new).into_iter().map(Some).chain([None]) {
        let pair = group.as_ref().filter(|group| !group.base.is_empty() && !group.new.is_empty());
        match (pair, &group) {
            (None, Some(group)) => loose = (loose.0.start..group.base.end, loose.1.start..group.new.end),
            _ => {
                // As many came as went between two that stayed: each in the place of one.
                if loose.0.len() == loose.1.len() {
                    loose.1.clone().zip(loose.0.clone()).for_each(|(new, base)| pairs[new] = Some(base));
                }
                let Some(pair) = pair else { break };
                pairs[pair.new.start] = Some(pair.base.start);
                loose = (pair.base.end..pair.base.end, pair.new.end..pair.new.end);
            }
        }
    }
    pairs
}

/// The tables among lines, with the range of the lines that each is.
fn tables(visible: &[Visible], ids: impl Fn(usize) -> String) -> Vec<(Range<usize>, Grid)> {
    let mut tables = Vec::new();
    let mut at = 0;
    while at < visible.len() {
        let length = cells::length(&visible[at..]);
        if length > 0 {
            let lines = &visible[at..at + length];
            let said = lines.iter().map(|line| line.said.clone()).collect();
            tables.push((at..at + length, Grid::new(said, lines.iter().map(|line| ids(line.index)).collect())));
        }
        at += length.max(1);
    }
    tables
}

/// The lines of a new version and what they show, its tables in the ids of those that they were in the lines of `base`.
pub(super) fn adopted(new: Vec<Line>, base: &[Visible], lines: &[Line]) -> (Vec<Line>, Vec<Wanted>) {
    let wanted = |line: &Visible| Wanted { said: line.said.clone(), goes_on: false };
    let shown = said::visible(&new);
    let id_of = |line: &Line| line.id().unwrap_or_default().to_owned();
    let were = tables(base, |index| id_of(&lines[index]));
    let are = tables(&shown, |index| id_of(&new[index]));
    let known: BTreeSet<&String> = were.iter().map(|(_, grid)| &grid.id).collect();
    let whole = |tables: &[(Range<usize>, Grid)]| {
        tables.iter().map(|(_, grid)| grid.words(grid.table.rows.iter().flat_map(|row| &row.cells))).collect::<Vec<_>>()
    };
    let pairs = pairs(&whole(&were), &whole(&are));
    let mut out: (Vec<Line>, Vec<Wanted>) = Default::default();
    let (mut next, mut next_shown) = (0, 0);
    // The id of the table right above, and whether nothing changed in it.
    let mut above: Option<(String, bool)> = None;
    for ((range, grid), pair) in are.into_iter().zip(pairs) {
        let (first, last) = (shown[range.start].index, shown[range.end - 1].index);
        above = above.filter(|_| first == next);
        out.0.extend(new[next..first].iter().cloned());
        out.1.extend(shown[next_shown..range.start].iter().map(wanted));
        (next, next_shown) = (last + 1, range.end);
        // What has an id that was there before is that very table.
        let was = pair.map(|pair| &were[pair].1).filter(|_| !known.contains(&grid.id));
        let is_same = was.is_some_and(|was| grid.is_same_as(was));
        // Two tables with one id side by side would be one, unless something hidden keeps them apart.
        let stays = |was: &&Grid| above.as_ref().is_none_or(|(id, same)| *id != was.id || (*same && is_same));
        let told = match was.filter(stays) {
            Some(was) if is_same => Grid::new(was.lines.clone(), was.ids.clone()),
            Some(was) => grid.told_as(was),
            None => grid,
        };
        above = Some((told.id.clone(), is_same));
        let (lines, said) = told.into_lines();
        out.0.extend(lines);
        out.1.extend(said);
    }
    out.0.extend(new[next..].iter().cloned());
    out.1.extend(shown[next_shown..].iter().map(wanted));
    out
}
