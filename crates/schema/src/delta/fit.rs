//! Whether a change can be made to a body at all.

use crate::{Delta, Op, utf16};

/// Why a change does not fit a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It keeps or deletes more than there is.
    #[error("the change speaks of {needs} units of text, and there are only {has}")]
    Beyond {
        /// How long the body would have to be.
        needs: usize,
        /// How long it is.
        has: usize,
    },
    /// One of its operations begins or ends inside a surrogate pair.
    #[error("the change cuts the character at UTF-16 offset {at} in two")]
    CutsPair {
        /// Where the pair begins.
        at: usize,
    },
}

impl Delta {
    /// Checks that this change can be made to `base`: it does not reach beyond it, and none of its operations begins or ends inside a
    /// surrogate pair.
    pub fn fits(&self, base: &Delta) -> Result<(), Misfit> {
        let (needs, has) = (self.base_length(), base.length());
        if needs > has {
            return Err(Misfit::Beyond { needs, has });
        }
        let mut texts = base.ops.iter();
        let (mut op, mut start) = (texts.next(), 0);
        for at in self.boundaries() {
            while let Some(passed) = op.filter(|op| start + op.length() <= at) {
                start += passed.length();
                op = texts.next();
            }
            if let Some(Op::Insert { text, .. }) = op
                && let utf16::Place::InPair(_) = utf16::find(text, at - start)
            {
                return Err(Misfit::CutsPair { at: at - 1 });
            }
        }
        Ok(())
    }

    /// The offsets in the body before this change at which its operations begin and end, ascending: the places that must not lie inside
    /// a surrogate pair.
    pub fn boundaries(&self) -> impl Iterator<Item = usize> + '_ {
        let mut at: usize = 0;
        self.ops.iter().map(move |op| {
            if !op.is_insert() {
                at = at.saturating_add(op.length());
            }
            at
        })
    }
}
