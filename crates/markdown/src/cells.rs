//! The lines of a table as Markdown can say them.
//!
//! A table is a run of lines that name it. What all of them lie inside of, the table lies inside of, and the rest lies in the cell: said
//! here, once, for reading and writing. What one line says for its row or its column, all of their lines say
//! here: which row is a header, how wide a column is, where its words stand.

use sheaf_schema::{Block, Kind, MAX_DEPTH, Table};

use crate::{
    nesting::{Nesting, Place},
    said::{Said, Visible, sayable_block},
};

/// The most cells that no line names in a table that is written as one. (Readers fill short rows with half as many, so that no file's
/// table comes near it.)
const MOST_MISSING: usize = 1_000_000;

/// How many of these blocks, from the first on, are one table that Markdown can say; none if the first stands in no cell.
pub(crate) fn run<'b>(blocks: impl Iterator<Item = &'b Block> + Clone) -> usize {
    let table = |block: &Block| block.cell.as_ref().map(|cell| cell.table.clone());
    let Some(first) = blocks.clone().next().and_then(table) else { return 0 };
    blocks.take_while(|block| block.cell.as_ref().is_some_and(|cell| cell.table == first)).count()
}

/// The same of shown lines. Two tables with one id are two where a line that is not shown stands between them.
pub(crate) fn length(lines: &[Visible]) -> usize {
    let length = run(lines.iter().map(|line| &line.said.block));
    lines[..length].windows(2).position(|pair| pair[1].index != pair[0].index + 1).map_or(length, |last| last + 1)
}

/// Whether a table is too large to be one in Markdown, where every cell is written: a few lines in thousands of rows and columns. Its
/// lines are written as the paragraphs that they are.
pub(crate) fn are_too_many(blocks: &[Block]) -> bool {
    let count = |id: fn(&sheaf_schema::Cell) -> &String| {
        let ids: std::collections::BTreeSet<_> = blocks.iter().filter_map(|block| block.cell.as_ref()).map(id).collect();
        ids.len()
    };
    let cells = count(|cell| &cell.row).saturating_mul(count(|cell| &cell.column));
    cells.saturating_sub(blocks.len()) > MOST_MISSING
}

/// What a table lies inside of, as a paragraph in its place.
pub(crate) fn outer<'b>(blocks: impl Iterator<Item = &'b Block> + Clone) -> Block {
    let quote = blocks.clone().map(|block| block.quote).min().unwrap_or(0);
    let indent = blocks.clone().map(|block| block.indent).min().unwrap_or(0);
    let Some(first) = blocks.into_iter().next() else { return Block::default() };
    let start = quote > 0 && first.start && speaks_of_quote(&first.kind);
    let callout = first.callout.filter(|_| quote > 0);
    Block { indent, quote, start, callout, note: first.note.clone(), ..Block::default() }
}

/// Whether `start` on a line of this kind begins a quote.
fn speaks_of_quote(kind: &Kind) -> bool {
    !kind.is_item() && *kind != Kind::Code
}

/// What a line of a table is inside of its cell. `is_first`: it is the table's first line, whose `start` is the table's.
pub(crate) fn inner(block: &Block, outer: &Block, is_first: bool) -> Block {
    Block {
        indent: block.indent - outer.indent,
        quote: block.quote - outer.quote,
        start: block.start && !(is_first && outer.quote > 0 && speaks_of_quote(&block.kind)),
        callout: block.callout.filter(|_| outer.quote == 0),
        note: None,
        cell: None,
        head: false,
        width: None,
        align: None,
        ..block.clone()
    }
}

/// What is so inside of its cell as a line of the table: the inverse of [`inner`].
pub(crate) fn in_table(inner: Block, outer: &Block, is_first: bool) -> Block {
    Block {
        indent: (inner.indent + outer.indent).min(MAX_DEPTH),
        quote: (inner.quote + outer.quote).min(MAX_DEPTH),
        callout: inner.callout.or(outer.callout),
        note: outer.note.clone(),
        start: inner.start || (is_first && outer.start && speaks_of_quote(&inner.kind)),
        ..inner
    }
}

/// Where a table stands and what it lies inside of, when `all` is around the line above, and `shown` what of that is shown.
pub(crate) fn placed(outer: &Block, all: &mut Nesting, shown: &mut Nesting) -> Block {
    let place = all.place(outer);
    let said = Block { indent: place.indent, ..outer.clone() };
    all.enter(&said, place);
    let said = sayable_block(said, place.continues, shown);
    shown.enter(&said, shown.place(&said));
    said
}

/// The lines of a table, in the order of the text, with the tokens that matter and no others. They lie inside of `outer`, which is
/// said as `said`.
pub(crate) fn sayable(mut lines: Vec<Said>, outer: &Block, said: &Block) -> Vec<Said> {
    let blocks: Vec<Block> = lines.iter().map(|line| line.block.clone()).collect();
    let table = Table::read(&blocks);
    for row in &table.rows {
        for cell in &row.cells {
            let (mut all, mut shown) = (Nesting::default(), Nesting::default());
            for index in cell {
                let mut block = inner(&blocks[*index], outer, *index == 0);
                let place: Place = all.place(&block);
                block.indent = place.indent;
                all.enter(&block, place);
                let block = sayable_block(block, place.continues, &shown);
                shown.enter(&block, shown.place(&block));
                let cell = blocks[*index].cell.clone();
                lines[*index].block = Block { cell, head: row.head, ..in_table(block, said, *index == 0) };
            }
        }
    }
    speak(&mut lines, &table);
    lines
}

/// Lets every line say how wide its column is and where the words in it stand, so that it stays said when the first row goes.
pub(crate) fn speak(lines: &mut [Said], table: &Table) {
    for row in &table.rows {
        for (column, cell) in row.cells.iter().enumerate() {
            for line in cell {
                (lines[*line].block.width, lines[*line].block.align) = (table.widths[column], table.aligns[column]);
            }
        }
    }
}
