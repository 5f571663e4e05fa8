//! Getting the replica back, and folding it for next time.

use sheaf_base::{ClientId, Update};
use sheaf_replica::{Broken, Filler, Replica};
use sheaf_schema::Delta;

use crate::turn::RecordRow;

/// Any client will do for a replica that writes nothing.
const ANY: ClientId = ClientId(1);

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

/// Making a snapshot: a second replica, built, written, read again and compared. Takes as long as the body is large.
#[derive(Debug)]
pub struct FoldJob {
    snapshot: Option<SnapshotState>,
    updates: Vec<Update>,
    upto: u64,
}

/// Why there is no new snapshot. The old one and the records stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The snapshot that it began from is damaged: begin from an older one, or from the first row.
    #[error("the snapshot that folding began from cannot be read: {0}")]
    Snapshot(String),
    /// A record could not be applied.
    #[error("folding stopped at a record that cannot be applied: {0}")]
    Record(String),
    /// The snapshot read again is not what was written.
    #[error("the new snapshot does not give the same text when it is read again; it was thrown away")]
    Differs,
    /// yrs holds another text than the one that is shown. This is a bug, and a snapshot would only keep it.
    #[error("folding stopped, because the text that is shown is not the one that is kept: {0}")]
    Disagrees(String),
}

impl FoldJob {
    pub(crate) fn new(snapshot: Option<SnapshotState>, updates: Vec<Update>, upto: u64) -> FoldJob {
        FoldJob { snapshot, updates, upto }
    }

    /// The updates in order; none if they are not all here, because it begins with a snapshot.
    pub fn updates(&self) -> Option<&[Update]> {
        self.snapshot.is_none().then_some(&self.updates)
    }

    /// The same with filler for their text.
    pub fn filled(&self) -> Option<Vec<Update>> {
        let mut filler = Filler::new();
        self.updates()?.iter().map(|update| filler.fill(update).ok()).collect()
    }

    /// The text alone. Nothing is compared: it is for whoever looks for words in it and keeps none of it.
    pub fn text(self) -> Result<Delta, FoldError> {
        Ok(self.replica()?.delta())
    }

    /// Makes the snapshot.
    pub fn run(self) -> Result<SnapshotState, FoldError> {
        let replica = self.replica()?;
        // Hashes come from the index alone. Whether yrs has the same text is asked here, where it keeps nobody waiting.
        replica.audit().map_err(|Broken(what)| FoldError::Disagrees(what))?;
        let state = replica.snapshot().map_err(|error| FoldError::Record(error.to_string()))?;
        let again = Replica::from_snapshot(ANY, &state).map_err(|_| FoldError::Differs)?;
        if again.state_hash() != replica.state_hash() {
            return Err(FoldError::Differs);
        }
        again.audit().map_err(|Broken(what)| FoldError::Disagrees(what))?;
        Ok(SnapshotState { upto: self.upto, state })
    }

    fn replica(&self) -> Result<Replica, FoldError> {
        let mut replica = match &self.snapshot {
            Some(snapshot) => Replica::from_snapshot(ANY, &snapshot.state).map_err(|error| FoldError::Snapshot(error.to_string()))?,
            None => Replica::empty(ANY),
        };
        replica.apply(&self.updates).map_err(|error| FoldError::Record(error.to_string()))?;
        Ok(replica)
    }
}
