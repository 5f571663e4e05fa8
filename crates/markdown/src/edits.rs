//! placeholder
use sheaf_schema::{Delta, Op};
/// Edits.
pub fn edits(base: &Delta, new: &Delta) -> Delta {
    let mut e = new.clone();
    e.push(Op::Delete { length: base.length() });
    e
}
