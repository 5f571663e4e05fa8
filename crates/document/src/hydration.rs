//! Getting the replica back, and folding it for next time.

use crate::turn::RecordRow;

/// What a replica is built from.
#[derive(Debug, Clone, Default)]
pub struct Hydration {
    /// The newest snapshot that is good.
    pub snapshot: Option<SnapshotState>,
    /// The body records (kind 1) after it, with their row numbers, in order of acceptance.
    pub rows: Vec<(u64, RecordRow)>,
}

/// A replica's state up to a journal row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotState {
    /// The last journal row inside.
    pub upto: u64,
    /// The state.
    pub state: Vec<u8>,
}
