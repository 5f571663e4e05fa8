//! Filling `Records` and `Packed` frames from stretches of the journal.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, Hash, Position, limits};
use sheaf_record::{ChainCipher, Kind, Seal, Signature, pack};

use crate::frame::{Branch, Bundle, BundleChain, BundleSeal, Frame, Packed, Run};

/// Room that a bundle leaves for its counts and its tag.
const MARGIN: usize = 512;
/// The most bytes of a packed run that goes into a frame, with the head of its chain.
pub const PACKED: usize = limits::FRAME - 2 * MARGIN;
/// Bytes that a seal adds at most.
const SEAL: usize = 64 + 10 + 5;

/// The fewest records that are packed: a pack's header fills 170 bytes, as much as three keystrokes.
pub const WORTH_PACKING: usize = 8;

/// Fills frames from records.
///
/// Say first all heads and seals that may be needed, then run after run, or record after record; frames come out when they are full, and the
/// last ones from [`Chunks::finish`]. A seal goes into the frame of the record that it seals.
#[derive(Debug, Default)]
pub struct Chunks {
    heads: BTreeMap<ChainId, Vec<u8>>,
    seals: BTreeMap<(ChainId, u64), Signature>,
    branches: BTreeMap<ChainId, Forked>,
    bundle: Bundle,
    places: BTreeMap<ChainId, u64>,
    announced: BTreeSet<ChainId>,
    bytes: usize,
}

/// Of a forked chain: where what is sent next goes on, and by how much its device counts further than its journal here.
#[derive(Debug)]
struct Forked {
    branch: Branch,
    offset: u64,
}

impl Chunks {
    /// Begins with nothing.
    pub fn new() -> Chunks {
        Chunks::default()
    }

    /// The signed head of a chain that the receiver may not know; it goes along with the chain's first record here.
    pub fn head(&mut self, chain: ChainId, signed: Vec<u8>) {
        self.heads.insert(chain, signed);
    }

    /// A seal.
    pub fn seal(&mut self, chain: ChainId, number: u64, signature: Signature) {
        self.seals.insert((chain, number), signature);
    }

    /// A chain that has been forked: `branch` says where its record `after` is. Its runs are said to go on behind what they follow.
    pub fn branch(&mut self, chain: ChainId, after: u64, branch: Branch) {
        let offset = branch.number.saturating_sub(after);
        self.heads.insert(chain, branch.head.clone());
        self.branches.insert(chain, Forked { branch, offset });
    }

    /// The next run: the records of one chain after `before` up to a seal, `last` being the hash of the last. Packed, if they are many and
    /// `cipher` opens them; else record after record.
    ///
    /// A run with an access record in it is never packed: whoever has no key yet must be able to read those.
    pub fn run(&mut self, cipher: Option<&ChainCipher>, before: Position, last: Hash, records: &[impl AsRef<[u8]>]) -> Vec<Frame> {
        let mut frames = Vec::new();
        if let Some(forked) = self.branches.get_mut(&before.chain) {
            (forked.branch.number, forked.branch.hash) = (before.number + forked.offset, before.hash);
            // Where a run begins is said once a frame.
            if self.places.contains_key(&before.chain) {
                frames.extend(self.flush());
            }
        } else if let Some(run) = cipher.and_then(|cipher| self.pack(cipher, before, last, records)) {
            return self.packed(before.chain, run);
        }
        let numbered = (before.number + 1..).zip(records);
        frames.extend(numbered.filter_map(|(number, bytes)| self.record(before.chain, number, bytes.as_ref())));
        frames
    }

    /// A run that is packed already, in at most [`PACKED`] bytes.
    pub fn packed(&mut self, chain: ChainId, run: Vec<u8>) -> Vec<Frame> {
        let told = !self.announced.insert(chain) && !self.branches.contains_key(&chain);
        let head = if told { None } else { self.heads.get(&chain).cloned() };
        self.flush().into_iter().chain([Frame::Packed(Packed { head, run })]).collect()
    }

    fn pack(&mut self, cipher: &ChainCipher, before: Position, last: Hash, records: &[impl AsRef<[u8]>]) -> Option<Vec<u8>> {
        let access = |bytes: &[u8]| bytes.first() == Some(&Kind::Access.code());
        if records.len() < WORTH_PACKING || records.iter().any(|bytes| access(bytes.as_ref())) {
            return None;
        }
        let (chain, number) = (before.chain, before.number + records.len() as u64);
        let signature = *self.seals.get(&(chain, number))?;
        let run = pack(cipher, before, records, Seal { position: Position { chain, number, hash: last }, signature }).ok()?.encode();
        if run.len() > PACKED {
            return None;
        }
        self.seals.remove(&(chain, number));
        Some(run)
    }

    /// The next record. A frame that it does not fit into any more comes out.
    pub fn record(&mut self, chain: ChainId, number: u64, bytes: &[u8]) -> Option<Frame> {
        let head = self.heads.get(&chain).map_or(0, Vec::len);
        let offset = self.branches.get(&chain).map_or(0, |forked| forked.offset);
        let cost = bytes.len() + 8 + SEAL + 80 + head;
        let full = if self.bytes + cost > limits::FRAME - MARGIN { self.flush() } else { None };
        self.bytes += cost;
        let place = self.place(chain);
        match self.bundle.runs.last_mut() {
            Some(run) if run.chain == place && run.first + run.records.len() as u64 == number + offset => run.records.push(bytes.to_vec()),
            _ => self.bundle.runs.push(Run { chain: place, first: number + offset, records: vec![bytes.to_vec()] }),
        }
        if let Some(signature) = self.seals.remove(&(chain, number)) {
            self.bundle.seals.push(BundleSeal { chain: place, number: number + offset, signature });
        }
        full
    }

    /// The last frames: what is left, and that this was all.
    pub fn finish(mut self) -> Vec<Frame> {
        self.flush().into_iter().chain([Frame::Supplied]).collect()
    }

    /// What has been gathered, as it is; for live records, which are few.
    pub fn into_bundle(self) -> Bundle {
        self.bundle
    }

    fn place(&mut self, chain: ChainId) -> u64 {
        if let Some(place) = self.places.get(&chain) {
            return *place;
        }
        let place = self.bundle.chains.len() as u64;
        let is_new = self.announced.insert(chain);
        let head = || self.heads.get(&chain).filter(|_| is_new).cloned().map_or(BundleChain::Known(chain), BundleChain::Head);
        let named = self.branches.get(&chain).map_or_else(head, |forked| BundleChain::Branch(forked.branch.clone()));
        self.bundle.chains.push(named);
        self.places.insert(chain, place);
        place
    }

    fn flush(&mut self) -> Option<Frame> {
        self.places.clear();
        self.bytes = 0;
        let bundle = std::mem::take(&mut self.bundle);
        (!bundle.runs.is_empty()).then_some(Frame::Records(bundle))
    }
}
