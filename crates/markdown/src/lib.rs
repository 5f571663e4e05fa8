//! Markdown to Delta and back; the smallest edits that bring a new Markdown version into a body; a body as HTML, as plain text, as a
//! number of words.
//!
//! **What it promises.** Writing what was read is stable after one round. Every body that Markdown can say comes back as it was, and so
//! does what Markdown can say and the schema cannot: it is kept as a `source` embed, its bytes unchanged. What Markdown cannot say (an
//! empty paragraph, a mark of a newer version, an indent under nothing) is left out when writing, and left alone by [`edits`].
//!
//! **How.** The reader is comrak's, and no other crate names it. The writer tries the spelling a person would choose and asks the reader
//! what it says; only if that is not what was meant, it escapes. So no rule of Markdown is written down here twice.
//!
//! Pure: text in, text out, no I/O. Input is bounded by nothing but its length: nesting beyond the schema's becomes `source`.

mod cells;
mod edits;
mod html;
mod nesting;
mod read;
mod said;
mod tag;
mod text;
mod write;

use std::collections::BTreeMap;

use sheaf_schema::{BLOCK, Cell, Delta, LINE, Op, attributes};

pub use edits::{edits, since};
pub use html::html;
pub use text::{text, words};

/// Reads Markdown into a body, in the form that views see: a newline carries `line`, an id drawn from `ids`, and `block` unless it ends a
/// plain paragraph. The ids of tables, rows and columns are drawn from there, too.
pub fn read(markdown: &str, ids: &mut dyn FnMut() -> String) -> Delta {
    let mut body = Delta::new();
    let mut tables = Tables::default();
    for mut said in read::lines(markdown) {
        said.content.ops.into_iter().for_each(|op| body.push(op));
        let mut newline = attributes([(LINE, ids().into())]);
        said.block.cell = said.block.cell.map(|cell| tables.named(cell, ids));
        newline.extend(said.block.to_attribute().map(|block| (BLOCK.to_owned(), block.into())));
        body.push(Op::Insert { text: "\n".to_owned(), attributes: newline });
    }
    body
}

/// The ids that were drawn for the tables, rows and columns of a page, which the reader counts.
#[derive(Default)]
struct Tables(BTreeMap<String, String>);

impl Tables {
    fn named(&mut self, Cell { table, row, column }: Cell, ids: &mut dyn FnMut() -> String) -> Cell {
        let mut named = |number: String| self.0.entry(number).or_insert_with(&mut *ids).clone();
        Cell { row: named(format!("{table} row {row}")), column: named(format!("{table} column {column}")), table: named(table) }
    }
}

/// Writes a body as Markdown.
pub fn write(body: &Delta) -> String {
    let lines: Vec<_> = body.lines().collect();
    write::page(&said::visible(&lines))
}
