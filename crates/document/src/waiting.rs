//! What waits inside a document, counted: everything that others can fill has an end.

use crate::Document;

/// How much waits, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Bytes of records that wait for a seal, or for what they stand on.
    pub bytes: usize,
    /// The most records of one chain that wait for what they stand on.
    pub uncovered: usize,
    /// Inputs that wait for a write, or for the replica.
    pub inputs: usize,
    /// Shows that are kept so that a push can be transformed past them.
    pub shows: usize,
}

impl Document {
    /// How much waits here.
    pub fn waiting(&self) -> Waiting {
        Waiting {
            bytes: self.delivery.waiting(),
            uncovered: self.delivery.uncovered(),
            inputs: self.kept.len() + self.for_replica.len(),
            shows: self.views.kept(),
        }
    }
}
