//! Getting the replica back, and folding it for next time.

use std::collections::BTreeSet;

use sheaf_base::{ClientId, Hash, Update};
use sheaf_replica::{Broken, Filler, Replica, Weighed};
use sheaf_schema::Delta;

use crate::{body::News, history::History, turn::RecordRow};

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
    updates: Vec<Weighed>,
    /// How many of them go into the new snapshot,
    inside: usize,
    /// which holds what is in the text up to this journal row.
    upto: u64,
    /// The snapshot that it began from holds what does not count any more.
    outdated: bool,
}

/// Why there is no new snapshot. The old one and the records stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The snapshot that it began from is damaged: begin from an older one, or from the first row.
    #[error("the snapshot that folding began from cannot be read: {0}")]
    Snapshot(String),
    /// Somebody lost the right to write what it holds, as is known by now. Begin from the first row.
    #[error("the snapshot that folding began from holds text that does not count any more")]
    Outdated,
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

impl Hydration {
    /// Whether the snapshot holds a record that does not count: it is neither among the rows nor among those that came after them.
    pub(crate) fn holds_void(&self, history: &History, backlog: &[News]) -> bool {
        if self.snapshot.is_none() || history.voids.count() == 0 {
            return false;
        }
        let hashes = self.rows.iter().map(|(_, row)| row.hash).chain(backlog.iter().map(|news| news.position.hash));
        let outside: BTreeSet<Hash> = hashes.filter(|hash| history.voids.has(hash)).collect();
        outside.len() < history.voids.count()
    }
}

impl FoldJob {
    /// The snapshot is made of the old one and the first `inside` updates, which is the text up to the row `upto`.
    pub(crate) fn new(snapshot: Option<SnapshotState>, updates: Vec<Weighed>, inside: usize, upto: u64) -> FoldJob {
        FoldJob { snapshot, updates, inside, upto, outdated: false }
    }

    /// Nothing can be made of what was given.
    pub(crate) fn outdated() -> FoldJob {
        FoldJob { snapshot: None, updates: Vec::new(), inside: 0, upto: 0, outdated: true }
    }

    /// Whether nothing can be made of what was given, because the snapshot holds what does not count any more: begin from the first row.
    pub fn is_outdated(&self) -> bool {
        self.outdated
    }

    /// The updates in order; none if they alone do not make up the text, because it begins with a snapshot or some of them do not count.
    pub fn updates(&self) -> Option<Vec<&Update>> {
        let whole = self.snapshot.is_none() && !self.outdated && self.inside == self.updates.len();
        whole.then(|| self.updates.iter().map(|weighed| &weighed.update).collect())
    }

    /// The same with filler for their text.
    pub fn filled(&self) -> Option<Vec<Update>> {
        let mut filler = Filler::new();
        self.updates()?.into_iter().map(|update| filler.fill(update).ok()).collect()
    }

    /// The text alone. Nothing is compared: it is for whoever looks for words in it and keeps none of it.
    pub fn text(self) -> Result<Delta, FoldError> {
        Ok(self.replica(self.updates.len())?.delta())
    }

    /// Makes the snapshot.
    pub fn run(self) -> Result<SnapshotState, FoldError> {
        let replica = self.replica(self.inside)?;
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

    /// What the old snapshot and so many updates make.
    fn replica(&self, updates: usize) -> Result<Replica, FoldError> {
        if self.outdated {
            return Err(FoldError::Outdated);
        }
        let mut replica = match &self.snapshot {
            Some(snapshot) => Replica::from_snapshot(ANY, &snapshot.state).map_err(|error| FoldError::Snapshot(error.to_string()))?,
            None => Replica::empty(ANY),
        };
        replica.apply_weighed(&self.updates[..updates]).map_err(|error| FoldError::Record(error.to_string()))?;
        Ok(replica)
    }
}
