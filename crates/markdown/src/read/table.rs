//! Tables. Each cell is a line, or more where tags begin them; an empty header is none, since Markdown has no table without.

use comrak::{Node, nodes::TableAlignment};
use sheaf_schema::{Align, Block, Cell, Delta};

use super::{Inside, Reader, Unsayable, inline};
use crate::{cells, said::Said};

/// A row as it was read; none for cells that it lacks.
struct Row {
    is_header: bool,
    cells: Vec<Option<inline::Cell>>,
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn table(&mut self, node: Node<'a>, aligns: &[TableAlignment], inside: &Inside) -> Result<(), Unsayable> {
        let mut rows = node.children().map(|row| self.row(row)).collect::<Result<Vec<_>, _>>()?;
        let widths: Vec<Option<u16>> = rows.first().into_iter().flat_map(|row| &row.cells).map(|cell| cell.as_ref()?.width).collect();
        let is_empty = |row: &Row| row.cells.iter().flatten().all(|cell| cell.lines.is_empty());
        if rows.len() > 1 && is_empty(&rows[0]) {
            rows.remove(0);
        }
        let mut lines = Vec::new();
        for (nth, row) in rows.into_iter().enumerate() {
            for (column, cell) in row.cells.into_iter().enumerate() {
                // The first row has all its cells, so that it says which columns there are.
                let Some(read) = cell.map(|cell| cell.lines).or((nth == 0).then(Vec::new)) else { continue };
                let read = if read.is_empty() { vec![(Block::default(), Delta::new())] } else { read };
                let cell = Cell { table: self.tables.to_string(), row: nth.to_string(), column: column.to_string() };
                lines.extend(read.into_iter().map(|(block, content)| {
                    let mut block = self.in_cell(block, inside);
                    (block.cell, block.head) = (Some(cell.clone()), block.head || row.is_header);
                    (block.width, block.align) = (widths[column], align(aligns[column]));
                    Said { block, content }
                }));
            }
        }
        self.tables += 1;
        let mut outer = cells::outer(lines.iter().map(|line| &line.block));
        outer.start = inside.quote_began == self.lines.len() && self.nesting.place(&outer).continues;
        let place = self.nesting.place(&outer);
        let said = Block { indent: place.indent, ..outer.clone() };
        self.nesting.enter(&said, place);
        self.lines.extend(cells::sayable(lines, &outer, &said));
        Ok(())
    }

    /// A row, unless it has more cells than the table has columns: those would be lost.
    fn row(&self, node: Node<'a>) -> Result<Row, Unsayable> {
        let is_header = node.previous_sibling().is_none();
        let last = node.children().filter(|cell| !self.source.is_missing(cell)).last();
        if !is_header && last.is_some_and(|last| self.source.goes_on_after(last)) {
            return Err(Unsayable);
        }
        let cell = |cell: Node<'a>| match self.source.is_missing(cell) {
            true => Ok(None),
            false => inline::cell(cell, self.source, is_header).map(Some),
        };
        Ok(Row { is_header, cells: node.children().map(cell).collect::<Result<_, _>>()? })
    }

    /// What a line of a cell is on the page. Nothing nests deeper than a line can say.
    fn in_cell(&self, block: Block, inside: &Inside) -> Block {
        let around = self.block_of(block.kind.clone(), inside);
        let deepest = |one: u8, other: u8| one.saturating_add(other).min(sheaf_schema::MAX_DEPTH);
        Block {
            indent: deepest(around.indent, block.indent),
            quote: deepest(around.quote, block.quote),
            callout: around.callout.or(block.callout.filter(|_| around.quote == 0 && block.quote > 0)),
            note: around.note,
            ..block
        }
    }
}

/// Left is where lines begin, right where they end, whichever way the words run.
fn align(align: TableAlignment) -> Option<Align> {
    match align {
        TableAlignment::None => None,
        TableAlignment::Left => Some(Align::Start),
        TableAlignment::Center => Some(Align::Center),
        TableAlignment::Right => Some(Align::End),
    }
}
