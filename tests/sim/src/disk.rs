//! A fake disk: what is durable survives a crash, a write that was under way may not, a full or failing disk refuses, and a backup can be
//! put back.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, DocumentId, Hash, Position};
use sheaf_document::{HeadRow, Hydration, RecordRow, SnapshotState, Span, Stored, Writes};
use sheaf_protocol::{Chunks, Frame};
use sheaf_record::{ChainCipher, EpochSecret, Signature};

use crate::{device::Refusal, plan::Failing};

/// The kind of a body record.
pub(crate) const BODY: u8 = 1;

/// One device's disk, with the journal of one document on it.
#[derive(Clone)]
pub struct Disk {
    stored: Stored,
    /// The hashes of the records.
    here: BTreeSet<Hash>,
    snapshot: Option<SnapshotState>,
    /// While set, every write is refused.
    pub full: bool,
    /// The next writes are said to have failed; whether nothing of them is written all the same.
    pub stumbles: Vec<bool>,
    /// At which operations it fails, and how.
    pub failing: Option<Failing>,
    /// Writes tried.
    pub operations: u64,
    /// Of those the ones that failed as `failing` says.
    pub struck: u64,
}

impl Disk {
    /// An empty disk.
    pub fn new(document: DocumentId) -> Disk {
        let stored = Stored::empty(document);
        Disk { stored, here: BTreeSet::new(), snapshot: None, full: false, stumbles: Vec::new(), failing: None, operations: 0, struck: 0 }
    }

    /// From the next operation on it fails as planned.
    pub fn begin_to_fail(&mut self, failing: Option<Failing>) {
        (self.failing, self.operations) = (failing, 0);
    }

    /// Writes one transaction: wholly, or not at all.
    pub fn commit(&mut self, writes: &Writes) -> Result<(), Refusal> {
        let operation = self.operations;
        self.operations += 1;
        let strikes = |failing: &Failing| operation == failing.at || (failing.for_good && operation > failing.at);
        let failing = self.failing.filter(strikes);
        self.struck += u64::from(failing.is_some());
        if self.full {
            return Err(Refusal::Full);
        }
        if failing.is_some_and(|failing| !failing.unheard) {
            return Err(Refusal::Lost);
        }
        if let Some(lost) = self.stumbles.pop() {
            if !lost {
                self.write(writes);
            }
            return Err(if lost { Refusal::Lost } else { Refusal::Unheard });
        }
        self.write(writes);
        if failing.is_some() { Err(Refusal::Unheard) } else { Ok(()) }
    }

    /// The same bytes may come twice, if the first answer was not heard. Other bytes under the same number are written down too, for
    /// the world to see.
    fn write(&mut self, writes: &Writes) {
        let stored = &mut self.stored;
        for head in &writes.heads {
            if !stored.heads.iter().any(|known| known.chain == head.chain) {
                stored.heads.push(head.clone());
            }
        }
        for record in &writes.records {
            if self.here.insert(record.hash) {
                stored.records.push(record.clone());
            }
        }
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
    }

    /// Holds again what it held when the backup was made.
    pub fn put_back(&mut self, backup: &Disk) {
        let Disk { stored, here, snapshot, .. } = backup.clone();
        (self.stored, self.here, self.snapshot) = (stored, here, snapshot);
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

    /// The same without a snapshot.
    pub fn hydration_from_start(&self) -> Hydration {
        let rows = (1u64..).zip(&self.stored.records).filter(|(_, record)| record.kind == BODY);
        Hydration { snapshot: None, rows: rows.map(|(row, record)| (row, record.clone())).collect() }
    }

    /// These stretches of the journal as frames, each a run: as if few seals of a chain had been kept. Each ends at a seal.
    pub fn supply(&self, spans: &[Span]) -> Vec<Frame> {
        let wanted: BTreeMap<ChainId, Span> = spans.iter().filter_map(|span| Some((span.chain, self.upto_a_seal(span)?))).collect();
        let mut chunks = Chunks::new();
        let plain = |head: &&HeadRow| wanted.get(&head.chain).is_some_and(|span| span.after == 0 && span.branch.is_none());
        for head in self.stored.heads.iter().filter(plain) {
            chunks.head(head.chain, [&head.head[..], &head.signature].concat());
        }
        for (chain, span) in &wanted {
            if let Some(branch) = &span.branch {
                chunks.branch(*chain, span.after, branch.clone());
            }
        }
        for seal in self.stored.seals.iter().filter(|seal| wanted.contains_key(&seal.chain)) {
            chunks.seal(seal.chain, seal.number, Signature(seal.signature));
        }
        let mut frames = Vec::new();
        let mut runs: BTreeMap<ChainId, Vec<&RecordRow>> = BTreeMap::new();
        for row in &self.stored.records {
            let Some(span) = wanted.get(&row.chain).filter(|span| span.after < row.number && row.number <= span.upto) else { continue };
            let run = runs.entry(row.chain).or_default();
            run.push(row);
            if row.number == span.upto {
                frames.extend(self.run(&mut chunks, span, &std::mem::take(run)));
            }
        }
        frames.extend(chunks.finish());
        frames
    }

    fn upto_a_seal(&self, span: &Span) -> Option<Span> {
        let seals = self.stored.seals.iter().filter(|seal| seal.chain == span.chain).map(|seal| seal.number);
        let upto = seals.clone().filter(|number| *number >= span.upto).min().or(seals.max())?;
        Some(Span { upto, ..span.clone() })
    }

    /// A run, packed where that is worth it.
    fn run(&self, chunks: &mut Chunks, span: &Span, run: &[&RecordRow]) -> Vec<Frame> {
        let (first, last) = (run[0], run[run.len() - 1]);
        let before = self.stored.records.iter().find(|row| (row.chain, row.number + 1) == (first.chain, first.number));
        let start = span.branch.as_ref().map_or(Hash(first.chain.0), |branch| branch.hash);
        let hash = before.map_or(start, |before| before.hash);
        let before = Position { chain: first.chain, number: first.number - 1, hash };
        let cipher = self.stored.secrets.first().map(|row| ChainCipher::new(&EpochSecret::from_bytes(row.secret), &first.chain));
        chunks.run(cipher.as_ref(), before, last.hash, &run.iter().map(|row| &row.bytes).collect::<Vec<_>>())
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
