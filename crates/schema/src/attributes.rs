//! Attributes: what a character is marked with, and how a change of them composes, transforms and inverts.

use std::collections::BTreeMap;

use crate::Scalar;

/// Attributes by name, in order of name.
pub type Attributes = BTreeMap<String, Scalar>;

/// Attributes from pairs: `attributes([("bold", true.into())])`.
pub fn attributes<const N: usize>(pairs: [(&str, Scalar); N]) -> Attributes {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// First `first`, then `then`. A removal is kept where there is a later text for it to act on, that is, where both were retains.
pub(crate) fn compose(first: &Attributes, then: &Attributes, keep_removals: bool) -> Attributes {
    let mut composed = first.clone();
    composed.extend(then.clone());
    if !keep_removals {
        // A first that is an insert carries no removals of its own; one that does is cleaned as well.
        composed.retain(|_, value| *value != Scalar::Null);
    }
    composed
}

/// `change` as it must be applied after `earlier`, which was made at the same moment: where both say something, `earlier` stands if
/// it has priority, and otherwise `change` overwrites it.
pub(crate) fn transform(earlier: &Attributes, change: &Attributes, priority: bool) -> Attributes {
    let mut transformed = change.clone();
    if priority {
        transformed.retain(|name, _| !earlier.contains_key(name));
    }
    transformed
}

/// What takes `change` back where the text had `base`. (Taking away what was not there inverts to the same, as in quill-delta.)
pub(crate) fn invert(change: &Attributes, base: &Attributes) -> Attributes {
    let changed = change.iter().filter(|(name, value)| base.get(*name) != Some(value));
    changed.map(|(name, _)| (name.clone(), base.get(name).cloned().unwrap_or(Scalar::Null))).collect()
}

/// What turns `from` into `to`.
pub fn difference(from: &Attributes, to: &Attributes) -> Attributes {
    let changed = to.iter().filter(|(name, value)| from.get(*name) != Some(value)).map(|(name, value)| (name.clone(), value.clone()));
    let removed = from.keys().filter(|name| !to.contains_key(*name)).map(|name| (name.clone(), Scalar::Null));
    changed.chain(removed).collect()
}
