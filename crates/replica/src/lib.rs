//! The CRDT copy of a body: walk, apply, diff, text.
