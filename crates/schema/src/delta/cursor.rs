//! Walking a Delta in pieces that are cut as the other Delta needs them.

use crate::{Delta, Op, utf16};

/// What stands in for either half of a surrogate pair that an operation cuts.
const HALF: char = '\u{FFFD}';

/// A place in a Delta, from which pieces of the operations ahead can be taken. After the last operation comes an endless retain.
pub(super) struct Cursor<'a> {
    ops: &'a [Op],
    /// Units of the first of `ops` that are taken already.
    taken: usize,
    /// Units of the first of `ops` that are left; `usize::MAX` at the end.
    left: usize,
    /// Where what is left of an insert's text begins.
    byte: usize,
    /// Whether the last cut left the second half of a pair behind, which comes next.
    half: bool,
}

/// What an operation does, as far as walking two Deltas side by side is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Insert,
    Retain,
    Delete,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(delta: &'a Delta) -> Self {
        Cursor { ops: &delta.ops, taken: 0, left: delta.ops.first().map_or(usize::MAX, Op::length), byte: 0, half: false }
    }

    /// Whether an operation is left. (An empty one is not in a normal form, but must not stop the walk.)
    pub(super) fn is_done(&self) -> bool {
        self.ops.is_empty()
    }

    /// Units left of the operation ahead.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn doing(&self) -> Doing {
        match self.ops.first() {
            Some(Op::Insert { .. } | Op::Embed { .. }) => Doing::Insert,
            Some(Op::Delete { .. }) => Doing::Delete,
            Some(Op::Retain { .. }) | None => Doing::Retain,
        }
    }

    /// Takes what is left of the operation ahead.
    pub(super) fn take_all(&mut self) -> Option<Op> {
        self.take(self.left)
    }

    /// Takes a piece of the operation ahead, at most `length` long. `None` stands for a piece of the endless retain.
    pub(super) fn take(&mut self, length: usize) -> Option<Op> {
        let op = self.ops.first()?;
        let length = length.min(self.left);
        let whole = self.taken == 0 && length == self.left;
        let piece = match op {
            _ if whole => op.clone(),
            Op::Insert { text, attributes } => Op::Insert { text: self.take_text(text, length), attributes: attributes.clone() },
            Op::Embed { .. } => op.clone(),
            Op::Retain { attributes, .. } => Op::Retain { length, attributes: attributes.clone() },
            Op::Delete { .. } => Op::Delete { length },
        };
        self.skip_taken(length);
        Some(piece)
    }

    /// Passes over a piece without looking at it.
    pub(super) fn skip(&mut self, length: usize) {
        if let Some(Op::Insert { text, .. }) = self.ops.first()
            && length < self.left
        {
            self.take_text(text, length);
        }
        self.skip_taken(length);
    }

    fn skip_taken(&mut self, length: usize) {
        if self.ops.is_empty() {
            return;
        }
        if length < self.left {
            self.taken += length;
            self.left -= length;
        } else {
            self.ops = &self.ops[1..];
            *self = Cursor { ops: self.ops, taken: 0, left: self.ops.first().map_or(usize::MAX, Op::length), byte: 0, half: false };
        }
    }

    fn take_text(&mut self, text: &str, mut length: usize) -> String {
        let mut piece = String::new();
        if self.half && length > 0 {
            piece.push(HALF);
            self.half = false;
            length -= 1;
        }
        let ahead = &text[self.byte..];
        match utf16::find(ahead, length) {
            utf16::Place::At(byte) => {
                piece.push_str(&ahead[..byte]);
                self.byte += byte;
            }
            utf16::Place::InPair(byte) => {
                piece.push_str(&ahead[..byte]);
                piece.push(HALF);
                self.byte += byte + '\u{10000}'.len_utf8();
                self.half = true;
            }
            utf16::Place::Beyond(_) => {
                piece.push_str(ahead);
                self.byte = text.len();
            }
        }
        piece
    }
}
