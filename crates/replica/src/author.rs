//! How an edit is put to yrs: as `apply_delta`, in as few passes as give the same bytes every time.
//!
//! yrs writes the attributes of one insert in the order of a hash map. So no operation may begin more than one format: what is inserted
//! takes on what its left neighbour carries, which begins none, with its own `line`, which begins one; every other attribute that
//! differs follows in a pass of its own over the inserted text. A newline's `line` always comes in with it and never by a pass:
//! formatting would have yrs rewrite the `line` of the newline after it.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_schema::{Attributes, Delta, LINE, Op, Scalar};

use crate::sequence::Sequence;

/// An edit as passes over the raw text, first to last.
pub(crate) fn passes(raw: &Delta, sequence: &mut Sequence) -> Vec<Delta> {
    let mut author = Author { text: Delta::new(), marks: BTreeMap::new(), at: 0 };
    // Alone, an insert that begins one format may as well begin it itself.
    let alone = raw.ops.iter().filter(|op| op.is_insert()).count() == 1;
    let mut base = 0;
    for op in &raw.ops {
        match op {
            Op::Retain { length, attributes } => {
                author.text.push(Op::Retain { length: *length, attributes: Attributes::new() });
                author.mark(*length, attributes);
                author.at += length;
                base += *length as u32;
            }
            Op::Delete { length } => {
                author.text.push(op.clone());
                base += *length as u32;
            }
            Op::Insert { attributes, .. } | Op::Embed { attributes, .. } => {
                let around = sequence.attributes_before(base);
                let differing = differing(&around, attributes);
                let carried = if alone && differing.len() == 1 { attributes.clone() } else { with_line_of(around, attributes) };
                let missing = differing.into_iter().filter(|(name, _)| carried.get(name) != attributes.get(name)).collect();
                author.mark(op.length(), &missing);
                author.at += op.length();
                // Not joined with the insert before it: a pass that begins a format between them would have to split them again,
                // which moves every later item of ours in yrs's list.
                author.text.ops.push(carrying(op, carried));
            }
        }
    }
    let marks = author.marks.into_values().map(|(marks, _)| marks);
    std::iter::once(author.text).chain(marks).filter(|pass| !pass.is_empty()).collect()
}

struct Author {
    text: Delta,
    /// By attribute: the pass that sets it, and how far that has come.
    marks: BTreeMap<String, (Delta, usize)>,
    /// Where in the new text.
    at: usize,
}

impl Author {
    fn mark(&mut self, length: usize, attributes: &Attributes) {
        for (name, value) in attributes {
            let (marks, done) = self.marks.entry(name.clone()).or_default();
            marks.push(Op::Retain { length: self.at - *done, attributes: Attributes::new() });
            marks.push(Op::Retain { length, attributes: [(name.clone(), value.clone())].into() });
            *done = self.at + length;
        }
    }
}

/// What must be set, and what removed, to get from what is around to what is wanted.
fn differing(around: &Attributes, wanted: &Attributes) -> Attributes {
    let names: BTreeSet<&String> = around.keys().chain(wanted.keys()).collect();
    let value = |name: &String| wanted.get(name).cloned().unwrap_or(Scalar::Null);
    names.into_iter().filter(|name| around.get(*name) != wanted.get(*name)).map(|name| (name.clone(), value(name))).collect()
}

fn with_line_of(mut around: Attributes, wanted: &Attributes) -> Attributes {
    around.remove(LINE);
    around.extend(wanted.get(LINE).map(|line| (LINE.to_owned(), line.clone())));
    around
}

fn carrying(op: &Op, attributes: Attributes) -> Op {
    match op {
        Op::Embed { embed, .. } => Op::Embed { embed: embed.clone(), attributes },
        Op::Insert { text, .. } => Op::Insert { text: text.clone(), attributes },
        other => other.clone(),
    }
}
