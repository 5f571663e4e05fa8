//! Folding: a snapshot made on a second replica, beside the turns, so that opening never replays many small updates; then what it holds is packed.

use std::sync::Arc;
use std::time::Duration;

use sheaf_base::DocumentId;
use sheaf_document::{FoldError, FoldJob, Hydration, SnapshotState};
use sheaf_record::Frontier;
use sheaf_store::{Batch, Change, CommitError, ReadError, Reader, Snapshot};
use tokio::sync::{mpsc, oneshot};

use super::{DocumentHandle, Heard, Live};
use crate::engine::Shared;
use crate::journal::Journal;
use crate::rows;
use crate::task::{blocking, supervised};

/// Journal rows after which a new snapshot is made. Replaying that many takes some hundredths of a second.
const FOLD_AFTER: u64 = 1000;

/// While somebody types, what folding writes would stand in their way on the disk: it waits for a pause, but not for more than so many times as much.
const PATIENCE: u64 = 8;

/// Overrides [`FOLD_AFTER`], for tests.
const VARIABLE: &str = "SHEAF_FOLD_AFTER";

/// The version of yrs that writes snapshots; one of the workspace's dependencies.
const YRS: &str = "0.28.1";

/// There is no new snapshot. The old one stays, and the records too.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotError {
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("{0}")]
    Fold(#[from] FoldError),
    #[error("{0}")]
    Commit(#[from] CommitError),
    #[error("the document was closed")]
    Ended,
}

impl Live {
    /// Begins to fold if there is enough to fold, nothing is being folded, and nobody types just now.
    pub(super) fn fold_now_and_then(&mut self) {
        let applied = self.document.applied();
        if !self.fold_is_due() || self.inbox.is_typed_in() && applied - self.folded < self.fold_after * PATIENCE {
            return;
        }
        self.folded = applied;
        let (shared, id, near, quiet) = (self.shared.clone(), self.document.id(), self.near.clone(), self.fold_after);
        self.folding = Some(supervised("folding", async move {
            tracing::info!(document = %id.short(), "folding");
            match fold(&shared, id, near, quiet).await {
                Ok(upto) => tracing::info!(document = %id.short(), upto, "folded"),
                Err(SnapshotError::Ended) => {}
                Err(error) => tracing::warn!(document = %id.short(), %error, "not folded"),
            }
        }));
    }

    fn fold_is_due(&self) -> bool {
        let busy = self.folding.as_ref().is_some_and(|folding| !folding.is_finished());
        !busy && self.document.applied().saturating_sub(self.folded) >= self.fold_after && !self.document.is_trying()
    }

    /// When it is to be looked again whether to fold, if that waits for a pause.
    pub(super) fn folds_at(&self) -> Option<Duration> {
        self.fold_is_due().then(|| self.inbox.typed_until())
    }
}

/// How many rows between snapshots.
pub(super) fn fold_after() -> u64 {
    std::env::var(VARIABLE).ok().and_then(|value| value.parse().ok()).unwrap_or(FOLD_AFTER)
}

/// Folds what has come to the newest snapshot; from the first row, if that one holds what does not count any more.
async fn fold(shared: &Arc<Shared>, id: DocumentId, near: mpsc::WeakUnboundedSender<Heard>, quiet: u64) -> Result<u64, SnapshotError> {
    match fold_from(shared, id, near.clone(), quiet, false).await {
        Err(SnapshotError::Fold(FoldError::Outdated)) => fold_from(shared, id, near, quiet, true).await,
        folded => folded,
    }
}

async fn fold_from(
    shared: &Arc<Shared>,
    id: DocumentId,
    near: mpsc::WeakUnboundedSender<Heard>,
    quiet: u64,
    from_start: bool,
) -> Result<u64, SnapshotError> {
    let store = shared.store.clone();
    let hydration = blocking(move || store.read(|reader| rows::hydration(reader, id, from_start))).await?;
    let (reply, job) = oneshot::channel();
    // Only the document can open its records; it does so between two turns.
    let sent = near.upgrade().map(|near| near.send(Heard::Fold { hydration, reply }));
    drop(sent);
    let job = job.await.map_err(|_| SnapshotError::Ended)?;
    let store = shared.store.clone();
    blocking(move || {
        let SnapshotState { upto, state } = job.run()?;
        // It has been read again and compared; the store does the same with its bytes before it lets an older one go.
        let frontier = store.read(|reader| frontier(reader, id, upto))?;
        let snapshot = Snapshot { upto, frontier, yrs: YRS.into(), state };
        store.commit(Batch::of(id).with(Change::Snapshot(snapshot))).wait()?;
        // Only now: whatever a pack holds is in a snapshot that has been read again.
        let packs = store.read(|reader| Journal::of(reader, id)?.packable(upto, quiet))?;
        if !packs.is_empty() {
            tracing::info!(document = %id.short(), packs = packs.len(), "packing");
            store.commit(packs.into_iter().fold(Batch::of(id), |batch, pack| batch.with(Change::Pack(pack)))).wait()?;
        }
        Ok(upto)
    })
    .await
}

/// The digest of what was held at a row.
fn frontier(reader: &Reader<'_>, document: DocumentId, row: u64) -> Result<[u8; 32], ReadError> {
    let mut frontier = Frontier::new();
    reader.frontier(document, row)?.into_iter().for_each(|position| frontier.set(position));
    Ok(frontier.digest().0)
}

impl DocumentHandle {
    /// Prepares folding what a hydration holds.
    pub(crate) async fn prepare_fold(&self, hydration: Hydration) -> Option<FoldJob> {
        let (reply, job) = oneshot::channel();
        self.send(Heard::Fold { hydration, reply });
        job.await.ok()
    }
}
