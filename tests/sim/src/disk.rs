//! A fake disk: what is durable survives a crash, a write that was under way does not, a full disk refuses, and a backup can be put back.

use sheaf_base::DocumentId;
use sheaf_document::{SnapshotState, Stored, Writes};

/// One device's disk, with the journal of one document on it.
#[derive(Clone)]
pub struct Disk {
    stored: Stored,
    snapshot: Option<SnapshotState>,
    /// While set, every write is refused.
    pub full: bool,
}

/// Why a write failed. Nothing of it is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Disk {
    /// An empty disk.
    pub fn new(document: DocumentId) -> Disk {
        let stored = Stored {
            document,
            heads: Vec::new(),
            records: Vec::new(),
            seals: Vec::new(),
            applied: 0,
            trying: None,
            secrets: Vec::new(),
            receipts: Vec::new(),
            quarantine: Vec::new(),
        };
        Disk { stored, snapshot: None, full: false }
    }

    /// Writes one transaction: wholly, or not at all.
    pub fn commit(&mut self, writes: &Writes) -> Result<(), Full> {
        if self.full {
            return Err(Full);
        }
        let stored = &mut self.stored;
        for head in &writes.heads {
            if !stored.heads.iter().any(|known| known.chain == head.chain) {
                stored.heads.push(head.clone());
            }
        }
        stored.records.extend(writes.records.iter().cloned());
        stored.seals.extend(writes.seals.iter().cloned());
        if let Some(applied) = writes.applied {
            stored.applied = stored.applied.max(applied);
            stored.trying = None;
        }
        if writes.trying.is_some() {
            stored.trying = writes.trying;
        }
        for secret in &writes.secrets {
            if !stored.secrets.contains(secret) {
                stored.secrets.push(secret.clone());
            }
        }
        for receipt in &writes.receipts {
            stored.receipts.retain(|known| known.device != receipt.device);
            stored.receipts.push(receipt.clone());
        }
        stored.quarantine.extend(writes.quarantine.iter().cloned());
        Ok(())
    }

    /// Keeps a snapshot, made by folding.
    pub fn keep_snapshot(&mut self, snapshot: SnapshotState) {
        self.snapshot = Some(snapshot);
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Option<&SnapshotState> {
        self.snapshot.as_ref()
    }

    /// Everything durable.
    pub fn stored(&self) -> &Stored {
        &self.stored
    }

    /// How many records are durable.
    pub fn len(&self) -> usize {
        self.stored.records.len()
    }

    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.stored.records.is_empty()
    }
}
