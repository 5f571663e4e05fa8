//! Handing over stretches of the journal: rows in the order of acceptance, as `Records` frames on the bulk lane.
//!
//! A peer may lack three keystrokes or everything. Few records are fetched chain by chain; many are read by walking the journal from the
//! first one on, a page at a time, so that memory stays small however much is missing. Several documents take turns, a frame each.

use std::collections::{BTreeMap, VecDeque};

use sheaf_base::{ChainId, DocumentId};
use sheaf_document::Span;
use sheaf_protocol::{Chunks, Frame};
use sheaf_record::Signature;
use sheaf_store::{JournalRow, ReadError, Reader};

/// Up to so many records are fetched chain by chain.
const FEW: u64 = 512;
/// Rows that a walk reads at a time.
const PAGE: u32 = 512;

/// A supply under way.
pub(super) struct Supply {
    pub(super) document: DocumentId,
    wanted: BTreeMap<ChainId, Wanted>,
    chunks: Option<Chunks>,
    ready: VecDeque<Frame>,
    /// Where the walk stands; `None`: everything has been read.
    after: Option<u64>,
    left: u64,
}

#[derive(Debug, Clone, Copy)]
struct Wanted {
    after: u64,
    upto: u64,
}

impl Wanted {
    fn contains(&self, number: u64) -> bool {
        self.after < number && number <= self.upto
    }
}

impl Supply {
    /// Looks up what the spans are about. Nobody sends an unsealed record: a span ends at the first seal behind its end, as the seal that
    /// it was cut at may have been replaced by a newer one since.
    pub(super) fn plan(reader: &Reader<'_>, document: DocumentId, spans: &[Span]) -> Result<Supply, ReadError> {
        let mut chunks = Chunks::new();
        let mut seals: BTreeMap<ChainId, Vec<u64>> = spans.iter().map(|span| (span.chain, Vec::new())).collect();
        for seal in reader.seals(document)? {
            let Some(numbers) = seals.get_mut(&seal.chain) else { continue };
            let signature: [u8; 64] = seal.signature.try_into().map_err(|_| ReadError::Damaged("a signature".into()))?;
            numbers.push(seal.number);
            chunks.seal(seal.chain, seal.number, Signature(signature));
        }
        let mut wanted = BTreeMap::new();
        for span in spans {
            let sealed = &seals[&span.chain];
            let upto = sealed.iter().find(|number| **number >= span.upto).or(sealed.last()).copied().unwrap_or(0);
            if upto > span.after {
                wanted.insert(span.chain, Wanted { after: span.after, upto });
            }
        }
        if wanted.values().any(|wanted| wanted.after == 0) {
            for chain in reader.chains(document)? {
                if wanted.get(&chain.chain).is_some_and(|wanted| wanted.after == 0) {
                    chunks.head(chain.chain, [chain.head, chain.signature].concat());
                }
            }
        }
        let left = wanted.values().map(|wanted| wanted.upto - wanted.after).sum();
        let mut supply = Supply { document, wanted, chunks: Some(chunks), ready: VecDeque::new(), after: None, left };
        supply.begin(reader)?;
        Ok(supply)
    }

    /// Few records at once; of many, where the walk begins.
    fn begin(&mut self, reader: &Reader<'_>) -> Result<(), ReadError> {
        if self.left > FEW {
            let mut first = u64::MAX;
            for (chain, wanted) in &self.wanted {
                let run = reader.run(self.document, *chain, wanted.after + 1, wanted.after + 1)?;
                first = run.first().map_or(first, |row| first.min(row.row));
            }
            self.after = Some(first.saturating_sub(1));
            return Ok(());
        }
        let mut rows = Vec::new();
        for (chain, wanted) in &self.wanted {
            rows.extend(reader.run(self.document, *chain, wanted.after + 1, wanted.upto)?);
        }
        rows.sort_by_key(|row| row.row);
        self.take(rows);
        self.finish();
        Ok(())
    }

    /// The next frame, if one is ready.
    pub(super) fn ready(&mut self) -> Option<Frame> {
        self.ready.pop_front()
    }

    /// Whether there is nothing left to read or to send.
    pub(super) fn is_done(&self) -> bool {
        self.ready.is_empty() && self.after.is_none()
    }

    /// Reads the next page of the walk.
    pub(super) fn read_on(&mut self, reader: &Reader<'_>) -> Result<(), ReadError> {
        let Some(after) = self.after else { return Ok(()) };
        let page = reader.records(self.document, after, PAGE)?;
        self.after = page.last().map(|row| row.row);
        let before = self.left;
        self.take(
            page.into_iter().filter(|row| self.wanted.get(&row.record.chain).is_some_and(|it| it.contains(row.record.number))).collect(),
        );
        debug_assert!(self.left <= before, "a record is sent once");
        if self.left == 0 || self.after.is_none() {
            self.after = None;
            self.finish();
        }
        Ok(())
    }

    fn take(&mut self, rows: Vec<JournalRow>) {
        let Some(chunks) = &mut self.chunks else { return };
        for row in rows {
            self.left = self.left.saturating_sub(1);
            self.ready.extend(chunks.record(row.record.chain, row.record.number, &row.record.bytes));
        }
    }

    fn finish(&mut self) {
        if let Some(chunks) = self.chunks.take() {
            self.ready.extend(chunks.finish());
        }
    }
}
