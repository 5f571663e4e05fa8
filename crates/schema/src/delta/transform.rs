//! Two changes made at the same moment, one of them moved past the other.

use super::cursor::{Cursor, Doing};
use crate::{Attributes, Delta, Op, attributes};

impl Delta {
    /// `other`, which was made at the same moment as this, as it must be applied after this. With `priority`, this one's inserts go left
    /// of the other's at the same place, and its attributes stand.
    ///
    /// The lane's rule is "mine goes left and mine wins": `mine.transform(&show, true)` and `show.transform(&mine, false)`.
    pub fn transform(&self, other: &Delta, priority: bool) -> Delta {
        let (mut this, mut other) = (Cursor::new(self), Cursor::new(other));
        let mut transformed = Delta::new();
        // When nothing of `other` is left, what is left of this moves nothing.
        while !other.is_done() {
            if this.doing() == Doing::Insert && (priority || other.doing() != Doing::Insert) {
                let length = this.left();
                this.skip(length);
                transformed.push(Op::Retain { length, attributes: Attributes::new() });
                continue;
            }
            if other.doing() == Doing::Insert {
                transformed.push_some(other.take_all());
                continue;
            }
            let length = this.left().min(other.left());
            let past = this.take(length);
            match (past, other.take(length)) {
                // What this deletes, the other need not delete, and cannot format.
                (Some(Op::Delete { .. }), _) => {}
                (Some(Op::Retain { attributes: earlier, .. }), Some(Op::Retain { attributes: change, .. })) => {
                    transformed.push(Op::Retain { length, attributes: attributes::transform(&earlier, &change, priority) });
                }
                (_, Some(op)) => transformed.push(op),
                (_, None) => {}
            }
        }
        transformed.chop()
    }

    /// Where a place in the text is after this change. Text inserted exactly there pushes it on, unless the place has priority.
    pub fn transform_position(&self, mut position: usize, priority: bool) -> usize {
        let mut at = 0;
        for op in &self.ops {
            if at > position {
                break;
            }
            let length = op.length();
            match op {
                Op::Delete { .. } => position -= length.min(position - at),
                Op::Insert { .. } | Op::Embed { .. } => {
                    if at < position || !priority {
                        position += length;
                    }
                    at += length;
                }
                Op::Retain { .. } => at = at.saturating_add(length),
            }
        }
        position
    }
}
