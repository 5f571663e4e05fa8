//! Handing over stretches of the journal, on the bulk lane.
//!
//! A peer may lack three keystrokes or everything. What it lacks is sent run by run, each as it lies between two seals, in the order in which
//! the runs begin in the journal. Nobody can use a record before its seal has come, so nothing is won by sending a run piece by piece; and as
//! runs are short, little waits at the other end for what it stands on. Memory stays small however much is missing. Several documents take
//! turns, a frame each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sheaf_base::{ChainId, DocumentId, Hash, Position};
use sheaf_document::Span;
use sheaf_protocol::{Chunks, Frame};
use sheaf_record::{EpochSecret, Signature};
use sheaf_store::{ReadError, Reader};

use crate::journal;

/// A supply under way.
pub(super) struct Supply {
    pub(super) document: DocumentId,
    wanted: BTreeMap<ChainId, Wanted>,
    /// Chains of which something is left, by the journal row where it begins.
    left: BTreeSet<(u64, ChainId)>,
    secrets: Vec<EpochSecret>,
    /// `None`: everything has been read.
    chunks: Option<Chunks>,
    ready: VecDeque<Frame>,
}

/// What is left of a chain.
struct Wanted {
    before: Position,
    /// Where its runs end, the last of them where the supply ends.
    ends: VecDeque<u64>,
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
        let secrets = journal::secrets(reader, document)?;
        let mut supply = Supply { document, wanted: BTreeMap::new(), left: BTreeSet::new(), secrets, chunks: None, ready: VecDeque::new() };
        for span in spans {
            if let Some(branch) = &span.branch {
                chunks.branch(span.chain, span.after, branch.clone());
            }
            let sealed = &seals[&span.chain];
            let upto = sealed.iter().find(|number| **number >= span.upto).or(sealed.last()).copied().unwrap_or(0);
            let ends = sealed.iter().copied().filter(|number| (span.after + 1..=upto).contains(number)).collect();
            supply.want(reader, span, ends)?;
        }
        let plain: BTreeSet<ChainId> =
            spans.iter().filter(|span| span.after == 0 && span.branch.is_none()).map(|span| span.chain).collect();
        if supply.wanted.keys().any(|chain| plain.contains(chain)) {
            for chain in reader.chains(document)? {
                if plain.contains(&chain.chain) && supply.wanted.contains_key(&chain.chain) {
                    chunks.head(chain.chain, [chain.head, chain.signature].concat());
                }
            }
        }
        supply.chunks = Some(chunks);
        Ok(supply)
    }

    /// Remembers what is left of a chain, if its journal has it.
    fn want(&mut self, reader: &Reader<'_>, span: &Span, ends: VecDeque<u64>) -> Result<(), ReadError> {
        let Span { chain, after, .. } = *span;
        let Some(row) = reader.row(self.document, chain, after + 1)?.filter(|_| !ends.is_empty()) else { return Ok(()) };
        let held = reader.run(self.document, chain, after, after)?.first().map(|row| row.record.hash);
        let hash = match held {
            None if after == 0 => span.branch.as_ref().map_or(Hash(chain.0), |branch| branch.hash),
            // A pack says itself what it follows, if that lies within it.
            None => reader.pack(self.document, chain, after)?.map_or(Hash(chain.0), |pack| pack.hash),
            Some(hash) => hash,
        };
        self.wanted.insert(chain, Wanted { before: Position { chain, number: after, hash }, ends });
        self.left.insert((row, chain));
        Ok(())
    }

    /// The next frame, if one is ready.
    pub(super) fn ready(&mut self) -> Option<Frame> {
        self.ready.pop_front()
    }

    /// The journal row at which the run begins that is read next.
    pub(super) fn next_row(&self) -> Option<u64> {
        self.left.first().map(|(row, _)| *row)
    }

    /// Whether there is nothing left to read or to send.
    pub(super) fn is_done(&self) -> bool {
        self.ready.is_empty() && self.chunks.is_none()
    }

    /// Reads on until a frame is ready.
    pub(super) fn read_on(&mut self, reader: &Reader<'_>) -> Result<(), ReadError> {
        while self.ready.is_empty() {
            let Some((_, chain)) = self.left.pop_first() else {
                let last = self.chunks.take().map(Chunks::finish);
                self.ready.extend(last.into_iter().flatten());
                return Ok(());
            };
            self.read_run(reader, chain)?;
        }
        Ok(())
    }

    /// Reads the next run of a chain, and looks where the one after it begins.
    fn read_run(&mut self, reader: &Reader<'_>, chain: ChainId) -> Result<(), ReadError> {
        let (Some(wanted), Some(chunks)) = (self.wanted.get_mut(&chain), &mut self.chunks) else { return Ok(()) };
        if let Some(pack) = reader.pack(self.document, chain, wanted.before.number + 1)? {
            self.ready.extend(chunks.packed(chain, pack.run));
            return self.go_on(reader, Position { chain, number: pack.last, hash: pack.hash });
        }
        let Some(end) = wanted.ends.pop_front() else { return Ok(()) };
        let run = reader.run(self.document, chain, wanted.before.number + 1, end)?;
        let Some(last) = run.last().filter(|last| last.record.number - wanted.before.number == run.len() as u64) else {
            // Nothing of this chain can be used behind the gap; the others do not suffer for it.
            tracing::warn!(chain = %chain.short(), after = wanted.before.number, upto = end, "records are missing in the journal");
            return Ok(());
        };
        let last_position = Position { chain, number: end, hash: last.record.hash };
        let records: Vec<_> = run.iter().map(|row| &row.record.bytes).collect();
        let cipher = journal::cipher(&self.secrets, wanted.before, &records);
        self.ready.extend(chunks.run(cipher.as_ref(), wanted.before, last.record.hash, &records));
        self.go_on(reader, last_position)
    }

    /// What of a chain comes after this has its turn when its row comes.
    fn go_on(&mut self, reader: &Reader<'_>, before: Position) -> Result<(), ReadError> {
        let Position { chain, number, .. } = before;
        let Some(wanted) = self.wanted.get_mut(&chain) else { return Ok(()) };
        wanted.before = before;
        wanted.ends.retain(|end| *end > number);
        if wanted.ends.is_empty() {
            return Ok(());
        }
        self.left.extend(reader.row(self.document, chain, number + 1)?.map(|row| (row, chain)));
        Ok(())
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

    /// A journal of two chains whose records came by turns, each sealed at its half and at its last.
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
            kind: 0,
            folder: None,
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
        for (seed, number) in [(3, each / 2), (7, each / 2), (3, each), (7, each)] {
            batch.push(Change::Seal(JournalSeal { chain: chain(seed), number, signature: vec![seed; 64] }));
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
                        BundleChain::Known(_) | BundleChain::Branch(_) => None,
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
    fn few_records_and_many_come_run_by_run_in_the_order_in_which_the_runs_begin() {
        // Of a short chain the journal keeps the newest seal, of a long one the first of each 64 KiB, too.
        for (each, ends) in [(20, vec![20]), (3_000, vec![1_500, 3_000])] {
            let folder = tempfile::tempdir().expect("a folder");
            let store = journal(folder.path(), each);
            let everything = [
                Span { chain: chain(7), after: 0, upto: each, branch: None },
                Span { chain: chain(3), after: 0, upto: each, branch: None },
            ];
            let (records, heads, frames) = supplied(&store, &everything);
            let begins = [1].into_iter().chain(ends.iter().map(|end| end + 1));
            let runs = begins.zip(&ends).flat_map(|(begin, end)| [3, 7].map(|seed| (seed, begin..=*end)));
            let expected: Vec<_> = runs.flat_map(|(seed, run)| run.map(move |number| (seed, number))).collect();
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
        let (records, heads, _) = supplied(&store, &[Span { chain: chain(7), after: 987, upto: 990, branch: None }]);
        assert_eq!(records, (988..=1_000).map(|number| (7, number)).collect::<Vec<_>>());
        assert!(heads.is_empty(), "a chain that is known needs no head");
        let (records, _, _) = supplied(&store, &[Span { chain: chain(3), after: 300, upto: 1_000, branch: None }]);
        assert_eq!(records, (301..=1_000).map(|number| (3, number)).collect::<Vec<_>>(), "a walk begins where something is missing");
        let (records, _, frames) = supplied(&store, &[Span { chain: chain(9), after: 0, upto: 5, branch: None }]);
        assert_eq!((records.len(), frames), (0, 1), "of a chain that is not here there is nothing but the end");
    }
}
