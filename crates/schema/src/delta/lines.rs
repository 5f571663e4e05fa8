//! A body line by line.

use crate::{Attributes, Delta, Op, utf16};

/// One line of a body, as a view sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What is on the line, without its newline.
    pub content: Delta,
    /// The newline's attributes; `None` for words after the last newline, which have none of their own.
    pub newline: Option<Attributes>,
    /// Where the line begins in the body.
    pub start: usize,
    /// How long it is, its newline included.
    pub length: usize,
}

impl Line {
    /// The line's id.
    pub fn id(&self) -> Option<&str> {
        self.newline.as_ref()?.get("line")?.as_text()
    }

    /// The line's block string; empty for a plain paragraph.
    pub fn block(&self) -> &str {
        self.newline.as_ref().and_then(|attributes| attributes.get("block")?.as_text()).unwrap_or("")
    }
}

/// The lines of a body, in order.
pub struct Lines<'a> {
    ops: &'a [Op],
    /// Bytes of the first of `ops` that belong to lines already given.
    byte: usize,
    start: usize,
}

impl Delta {
    /// The lines of a body. Words after the last newline are a line without one. Retains and deletes are passed over.
    pub fn lines(&self) -> Lines<'_> {
        Lines { ops: &self.ops, byte: 0, start: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let mut content = Delta::new();
        let mut length = 0;
        let mut newline = None;
        while let Some((op, rest)) = self.ops.split_first() {
            let Op::Insert { text, attributes } = op else {
                if op.is_insert() {
                    content.push(op.clone());
                    length += 1;
                }
                (self.ops, self.byte) = (rest, 0);
                continue;
            };
            let ahead = &text[self.byte..];
            let end = ahead.find('\n');
            let words = &ahead[..end.unwrap_or(ahead.len())];
            length += utf16::length(words);
            content.push(Op::Insert { text: words.to_owned(), attributes: attributes.clone() });
            self.byte += words.len() + usize::from(end.is_some());
            if self.byte == text.len() {
                (self.ops, self.byte) = (rest, 0);
            }
            if end.is_some() {
                length += 1;
                newline = Some(attributes.clone());
                break;
            }
        }
        let start = self.start;
        self.start += length;
        (length > 0).then_some(Line { content, newline, start, length })
    }
}
