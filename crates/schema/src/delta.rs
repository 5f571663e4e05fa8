//! Delta: a body, or a change to one, as a run of inserts, retains and deletes. The format of Quill and Yjs, with the semantics of
//! quill-delta 5.1.0, against which `tests/vectors` checks it case by case.
//!
//! Two things are ours. Attributes are [`Scalar`]s. And text is Unicode: JavaScript can hold half a surrogate pair and we cannot, so an
//! operation that cuts a pair leaves U+FFFD for either half, which keeps every length true; [`Delta::fits`] finds such operations, and
//! who takes Deltas from strangers refuses them with it.

mod compose;
mod cursor;
mod fit;
mod lines;
mod transform;

use crate::{Attributes, Embed, Scalar, utf16};

pub use fit::Misfit;
pub use lines::{Line, Lines};

/// One operation. Lengths are in UTF-16 units.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Text comes in here.
    Insert {
        /// The text; never empty.
        text: String,
        /// All its attributes: nothing is inherited.
        attributes: Attributes,
    },
    /// An embed comes in here. Its length is 1.
    Embed {
        /// The embed.
        embed: Embed,
        /// All its attributes.
        attributes: Attributes,
    },
    /// This much stays, and takes on these attributes; [`Scalar::Null`] takes one away.
    Retain {
        /// How much; never zero.
        length: usize,
        /// What changes on it.
        attributes: Attributes,
    },
    /// This much goes.
    Delete {
        /// How much; never zero.
        length: usize,
    },
}

impl Op {
    /// How much of the text the operation speaks of: what it inserts, keeps or deletes.
    pub fn length(&self) -> usize {
        match self {
            Op::Insert { text, .. } => utf16::length(text),
            Op::Embed { .. } => 1,
            Op::Retain { length, .. } | Op::Delete { length } => *length,
        }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        match self {
            Op::Insert { text, .. } => text.is_empty(),
            Op::Embed { .. } => false,
            Op::Retain { length, .. } | Op::Delete { length } => *length == 0,
        }
    }

    /// The attributes; none for a delete.
    pub fn attributes(&self) -> Option<&Attributes> {
        match self {
            Op::Insert { attributes, .. } | Op::Embed { attributes, .. } | Op::Retain { attributes, .. } => Some(attributes),
            Op::Delete { .. } => None,
        }
    }

    /// Whether something comes in here.
    pub fn is_insert(&self) -> bool {
        matches!(self, Op::Insert { .. } | Op::Embed { .. })
    }
}

/// A body (inserts alone) or a change. Built by [`Delta::push`] or the methods named after the operations, it is in **normal form**:
/// neighbours that can be one are one, an insert stands before a delete at the same place, no operation is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Delta {
    /// The operations, in order of the text.
    pub ops: Vec<Op>,
}

impl Delta {
    /// A change that changes nothing, and the empty body.
    pub fn new() -> Self {
        Delta::default()
    }

    /// Adds an operation at the end, keeping normal form.
    pub fn push(&mut self, op: Op) {
        if op.is_empty() {
            return;
        }
        // At one place it makes no difference whether text comes before or after what is deleted there. It comes before.
        let deleted_last = matches!(self.ops.last(), Some(Op::Delete { .. }));
        let end = if deleted_last && op.is_insert() { self.ops.len() - 1 } else { self.ops.len() };
        let last = if end == 0 { None } else { self.ops.get_mut(end - 1) };
        match (last, op) {
            (Some(Op::Insert { text, attributes }), Op::Insert { text: more, attributes: same }) if *attributes == same => {
                text.push_str(&more);
            }
            (Some(Op::Retain { length, attributes }), Op::Retain { length: more, attributes: same }) if *attributes == same => {
                *length = length.saturating_add(more);
            }
            (Some(Op::Delete { length }), Op::Delete { length: more }) => *length = length.saturating_add(more),
            (_, op) => self.ops.insert(end, op),
        }
    }

    /// Then insert plain text.
    pub fn insert(self, text: impl Into<String>) -> Self {
        self.insert_with(text, Attributes::new())
    }

    /// Then insert text with attributes.
    pub fn insert_with(self, text: impl Into<String>, attributes: Attributes) -> Self {
        self.then(Op::Insert { text: text.into(), attributes })
    }

    /// Then insert an embed.
    pub fn embed(self, embed: Embed) -> Self {
        self.embed_with(embed, Attributes::new())
    }

    /// Then insert an embed with attributes.
    pub fn embed_with(self, embed: Embed, attributes: Attributes) -> Self {
        self.then(Op::Embed { embed, attributes })
    }

    /// Then keep this many units as they are.
    pub fn retain(self, length: usize) -> Self {
        self.retain_with(length, Attributes::new())
    }

    /// Then keep this many units and change attributes on them.
    pub fn retain_with(self, length: usize, attributes: Attributes) -> Self {
        self.then(Op::Retain { length, attributes })
    }

    /// Then delete this many units.
    pub fn delete(self, length: usize) -> Self {
        self.then(Op::Delete { length })
    }

    fn then(mut self, op: Op) -> Self {
        self.push(op);
        self
    }

    /// Drops a retain at the end that changes nothing.
    pub(crate) fn chop(mut self) -> Self {
        if matches!(self.ops.last(), Some(Op::Retain { attributes, .. }) if attributes.is_empty()) {
            self.ops.pop();
        }
        self
    }

    /// The same change or body in normal form: for operations that came from elsewhere. Removals on inserts are dropped.
    pub fn normal(self) -> Self {
        let mut normal = Delta::new();
        for mut op in self.ops {
            if let Op::Insert { attributes, .. } | Op::Embed { attributes, .. } = &mut op {
                attributes.retain(|_, value| *value != Scalar::Null);
            }
            normal.push(op);
        }
        normal.chop()
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Whether this is a body: inserts alone.
    pub fn is_body(&self) -> bool {
        self.ops.iter().all(Op::is_insert)
    }

    /// The lengths of all operations together. Of a body, its length.
    pub fn length(&self) -> usize {
        self.ops.iter().map(Op::length).fold(0, usize::saturating_add)
    }

    /// How much text a change needs before it: what it keeps and deletes.
    pub fn base_length(&self) -> usize {
        self.ops.iter().filter(|op| !op.is_insert()).map(Op::length).fold(0, usize::saturating_add)
    }

    /// The text of a body, embeds as U+FFFC, deletes and retains as nothing.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for op in &self.ops {
            match op {
                Op::Insert { text: more, .. } => text.push_str(more),
                Op::Embed { .. } => text.push('\u{FFFC}'),
                Op::Retain { .. } | Op::Delete { .. } => {}
            }
        }
        text
    }
}
