//! A disk that is a list of rows, as the store keeps them.

use std::{collections::BTreeMap, path::PathBuf};

use sheaf_base::{ChainId, DocumentId, Hash, Position};
use sheaf_document::{
    HeadRow, Hydration, QuarantineRow, ReceiptRow, RecordRow, ReferenceRow, SealRow, SecretRow, SnapshotState, Span, Stored, Ticket, Writes,
};
use sheaf_protocol::{Chunks, Frame};
use sheaf_record::{ChainCipher, EpochSecret, Signature};

use crate::killed;

/// What one device has on disk of one document.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    pub(crate) heads: BTreeMap<ChainId, HeadRow>,
    pub(crate) records: Vec<RecordRow>,
    /// The newest of each chain, and one per 64 KiB.
    pub(crate) seals: Vec<SealRow>,
    /// How many bytes each chain has up to each of its records.
    ends: BTreeMap<ChainId, Vec<usize>>,
    /// How many bytes of each chain its newest seal vouches for, and the newest that stays for good.
    sealed: BTreeMap<ChainId, (usize, usize)>,
    pub(crate) applied: u64,
    pub(crate) trying: Option<u64>,
    pub(crate) secrets: Vec<SecretRow>,
    pub(crate) receipts: BTreeMap<sheaf_base::DeviceId, ReceiptRow>,
    pub(crate) quarantine: Vec<QuarantineRow>,
    pub(crate) references: Vec<ReferenceRow>,
    pub(crate) snapshot: Option<SnapshotState>,
    pub(crate) title: String,
    pub(crate) ticket: Option<Ticket>,
    /// Every transaction is also appended to this file, for a process that is to die.
    pub(crate) file: Option<PathBuf>,
}

impl Disk {
    /// Writes a turn, in one transaction.
    pub(crate) fn write(&mut self, writes: &Writes) {
        if let Some(file) = self.file.as_ref().filter(|_| !writes.is_empty()) {
            killed::append(file, writes);
        }
        for head in &writes.heads {
            self.heads.insert(head.chain, head.clone());
        }
        for record in &writes.records {
            assert!(self.heads.contains_key(&record.chain), "a record of a chain without a head");
            let ends = self.ends.entry(record.chain).or_default();
            assert_eq!(record.number, ends.len() as u64 + 1, "a gap, or a number that is given twice");
            ends.push(ends.last().unwrap_or(&0) + record.bytes.len());
            self.records.push(record.clone());
        }
        for seal in &writes.seals {
            self.seal(seal.clone());
        }
        if let Some(applied) = writes.applied {
            assert!(applied <= self.records.len() as u64, "applied beyond what there is");
            (self.applied, self.trying) = (applied, None);
        }
        self.trying = writes.trying.or(self.trying);
        self.secrets.extend(writes.secrets.iter().cloned());
        self.receipts.extend(writes.receipts.iter().map(|row| (row.device, row.clone())));
        self.quarantine.extend(writes.quarantine.iter().cloned());
        self.references.extend(writes.references.iter().cloned());
    }

    /// A seal takes the place of the chain's newest, unless that one begins a new 64 KiB.
    fn seal(&mut self, seal: SealRow) {
        let bytes = self.ends[&seal.chain][seal.number as usize - 1];
        let (kept, newest) = self.sealed.entry(seal.chain).or_default();
        if *newest - *kept >= sheaf_base::limits::SEAL_EVERY {
            *kept = *newest;
        } else if let Some(newest) = self.seals.iter().rposition(|other| other.chain == seal.chain) {
            self.seals.remove(newest);
        }
        *newest = bytes;
        self.seals.push(seal);
    }

    /// What a document is opened from.
    pub(crate) fn stored(&self, document: DocumentId) -> Stored {
        Stored {
            document,
            title: self.title.clone(),
            ticket: self.ticket.clone(),
            heads: self.heads.values().cloned().collect(),
            records: self.records.clone(),
            seals: self.seals.clone(),
            applied: self.applied,
            trying: self.trying,
            secrets: self.secrets.clone(),
            receipts: self.receipts.values().cloned().collect(),
            quarantine: self.quarantine.clone(),
        }
    }

    /// What a replica is built from.
    pub(crate) fn hydration(&self, from_start: bool) -> Hydration {
        let snapshot = self.snapshot.clone().filter(|_| !from_start);
        let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.upto);
        let rows = (1..).zip(&self.records).filter(|(row, record)| *row > after && record.kind == 1);
        Hydration { snapshot, rows: rows.map(|(row, record)| (row, record.clone())).collect() }
    }

    /// The frames that supply these stretches.
    pub(crate) fn supply(&self, spans: &[Span]) -> Vec<Frame> {
        let mut chunks = Chunks::new();
        let mut upto: BTreeMap<ChainId, (u64, u64)> = BTreeMap::new();
        for span in spans {
            if let Some(branch) = &span.branch {
                chunks.branch(span.chain, span.after, branch.clone());
            } else if span.after == 0 {
                let head = &self.heads[&span.chain];
                chunks.head(span.chain, [&head.head[..], &head.signature].concat());
            }
            upto.insert(span.chain, (span.after, span.upto));
        }
        for seal in self.seals.iter().filter(|seal| upto.contains_key(&seal.chain)) {
            chunks.seal(seal.chain, seal.number, Signature(seal.signature));
        }
        let mut frames = Vec::new();
        let mut runs: BTreeMap<ChainId, Vec<&RecordRow>> = BTreeMap::new();
        for record in &self.records {
            if !upto.get(&record.chain).is_some_and(|(after, upto)| record.number > *after && record.number <= *upto) {
                continue;
            }
            let run = runs.entry(record.chain).or_default();
            run.push(record);
            let sealed = self.seals.iter().any(|seal| (seal.chain, seal.number) == (record.chain, record.number));
            if sealed || upto[&record.chain].1 == record.number {
                let start = spans.iter().find(|span| span.chain == record.chain).and_then(|span| span.branch.as_ref());
                frames.extend(self.run(&mut chunks, start.map(|branch| branch.hash), &std::mem::take(run)));
            }
        }
        frames.extend(chunks.finish());
        frames
    }

    /// A run, packed where that is worth it.
    fn run(&self, chunks: &mut Chunks, start: Option<Hash>, run: &[&RecordRow]) -> Vec<Frame> {
        let (first, last) = (run[0], run[run.len() - 1]);
        let before = self.records.iter().find(|record| (record.chain, record.number + 1) == (first.chain, first.number));
        let hash = before.map_or(start.unwrap_or(Hash(first.chain.0)), |before| before.hash);
        let before = Position { chain: first.chain, number: first.number - 1, hash };
        let cipher = self.secrets.first().map(|row| ChainCipher::new(&EpochSecret::from_bytes(row.secret), &first.chain));
        chunks.run(cipher.as_ref(), before, last.hash, &run.iter().map(|record| &record.bytes).collect::<Vec<_>>())
    }
}
