//! A fake disk: what is durable survives a crash, a write that was under way does not, a full disk refuses, and a backup can be put back.

use std::collections::BTreeMap;

use sheaf_base::{ChainId, DocumentId};
use sheaf_document::{Hydration, SnapshotState, Span, Stored, Writes};
use sheaf_protocol::{Chunks, Frame};
use sheaf_record::Signature;

/// The kind of a body record.
const BODY: u8 = 1;

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
            title: String::new(),
            ticket: None,
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

    /// What a replica is built from.
    pub fn hydration(&self) -> Hydration {
        let upto = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.upto);
        let rows = (1u64..).zip(&self.stored.records);
        Hydration {
            snapshot: self.snapshot.clone(),
            rows: rows.filter(|(row, record)| *row > upto && record.kind == BODY).map(|(row, record)| (row, record.clone())).collect(),
        }
    }

    /// These stretches of the journal as frames, in order of acceptance.
    pub fn supply(&self, spans: &[Span]) -> Vec<Frame> {
        let wanted: BTreeMap<ChainId, &Span> = spans.iter().map(|span| (span.chain, span)).collect();
        let mut chunks = Chunks::new();
        for head in self.stored.heads.iter().filter(|head| wanted.get(&head.chain).is_some_and(|span| span.after == 0)) {
            chunks.head(head.chain, [&head.head[..], &head.signature].concat());
        }
        for seal in self.stored.seals.iter().filter(|seal| wanted.contains_key(&seal.chain)) {
            chunks.seal(seal.chain, seal.number, Signature(seal.signature));
        }
        let mut frames = Vec::new();
        for row in &self.stored.records {
            if wanted.get(&row.chain).is_some_and(|span| span.after < row.number && row.number <= span.upto) {
                frames.extend(chunks.record(row.chain, row.number, &row.bytes));
            }
        }
        frames.extend(chunks.finish());
        frames
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
