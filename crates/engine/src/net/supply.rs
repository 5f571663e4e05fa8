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

#[cfg(test)]
mod tests {
    use sheaf_base::{Hash, Wall, limits};
    use sheaf_protocol::BundleChain;
    use sheaf_store::{Batch, Change, Entry, JournalChain, JournalRecord, JournalSeal, Store};

    use super::*;

    const DOCUMENT: DocumentId = DocumentId([1; 32]);

    fn chain(seed: u8) -> ChainId {
        ChainId([seed; 32])
    }

    /// A journal of two chains whose records came by turns, each sealed at its last and, as a newer seal would leave it, nowhere else.
    fn journal(folder: &std::path::Path, each: u64) -> Store {
        let store = Store::open(folder).expect("a new store");
        let entry = Entry {
            document: DOCUMENT,
            title: "Supplied".into(),
            created: Wall(0),
            changed: Wall(0),
            opened: None,
            trashed: None,
            role: 5,
            state: 1,
            people: 2,
            placeholder: false,
            ticket: None,
        };
        let mut batch = Batch::of(DOCUMENT).with(Change::Enter(entry));
        for seed in [3, 7] {
            batch.push(Change::Chain(JournalChain { chain: chain(seed), head: vec![seed; 90], signature: vec![seed; 64] }));
        }
        for number in 1..=each {
            for seed in [3, 7] {
                let bytes = [&[seed][..], &number.to_be_bytes(), &[0; 40]].concat();
                let hash = Hash([number as u8; 32]);
                let (clock, clocks, surrogates) = (number, 1, Vec::new());
                batch.push(Change::Record(JournalRecord { chain: chain(seed), number, hash, kind: 1, clock, clocks, surrogates, bytes }));
            }
        }
        for seed in [3, 7] {
            batch.push(Change::Seal(JournalSeal { chain: chain(seed), number: each, signature: vec![seed; 64] }));
        }
        store.commit(batch).wait().expect("a good disk");
        store
    }

    /// What a peer would get: the records as they come, the heads that went along, and how many frames it took.
    fn supplied(store: &Store, spans: &[Span]) -> (Vec<(u8, u64)>, Vec<Vec<u8>>, usize) {
        let mut supply = store.read(|reader| Supply::plan(reader, DOCUMENT, spans)).expect("readable");
        let (mut records, mut heads, mut frames, mut ended) = (Vec::new(), Vec::new(), 0, false);
        while !supply.is_done() {
            let Some(frame) = supply.ready() else {
                store.read(|reader| supply.read_on(reader)).expect("readable");
                continue;
            };
            assert!(!ended, "nothing follows the end");
            frames += 1;
            assert!(frame.encode().len() <= limits::FRAME - 64, "a frame with its packet fits the lane");
            match Frame::decode(&frame.encode()).expect("canonical") {
                Frame::Records(bundle) => {
                    heads.extend(bundle.chains.iter().filter_map(|chain| match chain {
                        BundleChain::Head(signed) => Some(signed.clone()),
                        BundleChain::Known(_) => None,
                    }));
                    let all = bundle.runs.iter().flat_map(|run| &run.records);
                    records.extend(all.map(|bytes| (bytes[0], u64::from_be_bytes(bytes[1..9].try_into().expect("eight bytes")))));
                }
                Frame::Supplied => ended = true,
                other => panic!("{other:?}"),
            }
        }
        assert!(ended, "the end is told");
        (records, heads, frames)
    }

    #[test]
    fn few_records_and_many_come_in_the_order_of_acceptance() {
        for each in [20, 3_000] {
            let folder = tempfile::tempdir().expect("a folder");
            let store = journal(folder.path(), each);
            let everything = [Span { chain: chain(3), after: 0, upto: each }, Span { chain: chain(7), after: 0, upto: each }];
            let (records, heads, frames) = supplied(&store, &everything);
            let expected: Vec<_> = (1..=each).flat_map(|number| [(3, number), (7, number)]).collect();
            assert_eq!(records, expected, "{each} of each");
            assert_eq!(heads, vec![[vec![3; 90], vec![3; 64]].concat(), [vec![7; 90], vec![7; 64]].concat()], "each head once");
            println!("{each} records of each of two chains: {frames} frames");
        }
    }

    #[test]
    fn what_is_missing_is_sent_and_nothing_else_but_always_up_to_a_seal() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = journal(folder.path(), 1_000);
        // The seal at 990 has been replaced since by the one at 1,000.
        let (records, heads, _) = supplied(&store, &[Span { chain: chain(7), after: 987, upto: 990 }]);
        assert_eq!(records, (988..=1_000).map(|number| (7, number)).collect::<Vec<_>>());
        assert!(heads.is_empty(), "a chain that is known needs no head");
        let (records, _, _) = supplied(&store, &[Span { chain: chain(3), after: 300, upto: 1_000 }]);
        assert_eq!(records, (301..=1_000).map(|number| (3, number)).collect::<Vec<_>>(), "a walk begins where something is missing");
        let (records, _, frames) = supplied(&store, &[Span { chain: chain(9), after: 0, upto: 5 }]);
        assert_eq!((records.len(), frames), (0, 1), "of a chain that is not here there is nothing but the end");
    }
}
