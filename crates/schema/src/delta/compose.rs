//! One change after another, a part of a body, and the change that takes a change back.

use super::cursor::{Cursor, Doing};
use crate::{Attributes, Delta, Op, attributes};

impl Delta {
    /// First this, then `other`, as one Delta. Of a body and a change: the changed body.
    pub fn compose(&self, other: &Delta) -> Delta {
        let (mut this, mut other) = (Cursor::new(self), Cursor::new(other));
        let mut composed = Delta::new();
        while !(this.is_done() && other.is_done()) {
            if other.doing() == Doing::Insert {
                composed.push_some(other.take_all());
            } else if this.doing() == Doing::Delete {
                composed.push_some(this.take_all());
            } else {
                let length = this.left().min(other.left());
                match other.take(length) {
                    Some(Op::Delete { .. }) => {
                        // What came in and goes again was never there.
                        if this.doing() == Doing::Retain {
                            composed.push(Op::Delete { length });
                        }
                        this.skip(length);
                    }
                    Some(Op::Retain { attributes: then, .. }) => composed.push(formatted(this.take(length), length, &then)),
                    _ => composed.push_some(this.take(length)),
                }
            }
        }
        composed.chop()
    }

    pub(super) fn push_some(&mut self, op: Option<Op>) {
        if let Some(op) = op {
            self.push(op);
        }
    }

    /// A part of a body, from one offset to another. The end may lie beyond the text.
    pub fn slice(&self, start: usize, end: usize) -> Delta {
        let mut cursor = Cursor::new(self);
        let mut slice = Delta::new();
        let mut at = 0;
        while at < end && !cursor.is_done() {
            if at < start {
                let length = cursor.left().min(start - at);
                cursor.skip(length);
                at += length;
            } else {
                let length = cursor.left().min(end - at);
                slice.push_some(cursor.take(length));
                at += length;
            }
        }
        slice
    }

    /// The change that takes this change back, where it was made on `base`.
    pub fn invert(&self, base: &Delta) -> Delta {
        let mut base = Cursor::new(base);
        let mut inverted = Delta::new();
        for op in &self.ops {
            match op {
                Op::Insert { .. } | Op::Embed { .. } => inverted.push(Op::Delete { length: op.length() }),
                Op::Retain { length, attributes } if attributes.is_empty() => {
                    inverted.push(op.clone());
                    base.skip_over(*length);
                }
                Op::Retain { length, attributes: change } => base.each(*length, |piece| {
                    let attributes = attributes::invert(change, piece.attributes().unwrap_or(&Attributes::new()));
                    inverted.push(Op::Retain { length: piece.length(), attributes });
                }),
                Op::Delete { length } => base.each(*length, |piece| inverted.push(piece)),
            }
        }
        inverted.chop()
    }
}

impl Cursor<'_> {
    fn skip_over(&mut self, mut length: usize) {
        while length > 0 && !self.is_done() {
            let piece = self.left().min(length);
            self.skip(piece);
            length -= piece;
        }
    }

    fn each(&mut self, mut length: usize, mut visit: impl FnMut(Op)) {
        while length > 0 {
            let Some(piece) = self.take(length) else { return };
            length -= piece.length();
            visit(piece);
        }
    }
}

/// `op` (or a piece of the endless retain) after attributes were changed on it.
fn formatted(op: Option<Op>, length: usize, then: &Attributes) -> Op {
    match op {
        Some(Op::Insert { text, attributes }) => Op::Insert { text, attributes: attributes::compose(&attributes, then, false) },
        Some(Op::Embed { embed, attributes }) => Op::Embed { embed, attributes: attributes::compose(&attributes, then, false) },
        Some(Op::Retain { attributes, .. }) => Op::Retain { length, attributes: attributes::compose(&attributes, then, true) },
        Some(Op::Delete { .. }) | None => Op::Retain { length, attributes: then.clone() },
    }
}
