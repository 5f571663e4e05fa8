//! From frames to accepted records: nothing unsealed, nothing before what it stands on, nothing invalid.
//!
//! What comes waits in two places. Records that no seal vouches for yet wait per peer, so that one peer's inventions cannot stand in the
//! way of another's truth. Records that are vouched for wait per chain until everything they stand on is here. Both are bounded; what does
//! not fit is forgotten and asked for again.

use std::collections::{BTreeMap, VecDeque};

use sheaf_base::{
    ChainId, DeviceId, Hash, Position, limits,
    planted::{self, Bug},
};
use sheaf_protocol::{Bundle, BundleChain, BundleSeal, Run};
use sheaf_record::{ChainReader, ReadRecord, Record, Seal, Signature, SignedHead};

use crate::{
    history::{History, Inside, Sound},
    input::PeerId,
    turn::RecordRow,
    validity::{Unfit, judge},
};

/// Bytes of one chain that one peer may send ahead of a seal: a journal keeps a seal every 64 KiB, a turn may hold 256.
const UNSEALED: usize = limits::SEAL_EVERY + limits::TURN_BYTES + 2 * limits::PAYLOAD;
/// Bytes that all of a peer's unsealed records may fill.
const UNSEALED_PER_PEER: usize = 4 * 1024 * 1024;
/// Bytes of one chain that may wait for what they stand on, if they are more than [`limits::WAITING`] records: two long chains that stand
/// on each other come in pieces of 64 KiB.
const UNCOVERED: usize = 256 * 1024;
/// Bytes that may wait in all.
const WAITING: usize = 16 * 1024 * 1024;

/// What has come and is not accepted yet.
#[derive(Default)]
pub(crate) struct Delivery {
    unsealed: BTreeMap<(PeerId, ChainId), Unsealed>,
    sealed: BTreeMap<ChainId, Sealed>,
    bytes: usize,
}

/// Records of one chain that one peer has sent and nothing vouches for yet.
struct Unsealed {
    head: Option<SignedHead>,
    reader: ChainReader,
    records: VecDeque<Held>,
    bytes: usize,
    /// They contradict what is held: another branch, if the device has sealed them.
    rival: bool,
}

/// Records of one chain that its device has sealed, in order, waiting for what they stand on.
#[derive(Default)]
struct Sealed {
    head: Option<SignedHead>,
    records: VecDeque<Held>,
    seals: VecDeque<Seal>,
    bytes: usize,
}

/// A record that waits.
struct Held {
    read: ReadRecord,
    bytes: Vec<u8>,
    from: PeerId,
}

/// What a bundle brought, besides the records that now wait.
#[derive(Default)]
pub(crate) struct Received {
    /// How much of each chain the peer has shown that it holds.
    pub(crate) holds: Vec<(ChainId, u64)>,
    /// Something was missing before it, or did not fit: the two should compare again.
    pub(crate) gap: bool,
    /// Seals that do not fit what is here: of another branch, or invented.
    pub(crate) doubtful: u32,
    /// No honest peer sends this.
    pub(crate) invalid: Option<String>,
    /// A device has sealed two histories.
    pub(crate) forks: Vec<Fork>,
}

/// Another history of a chain, sealed by its device.
pub(crate) struct Fork {
    pub(crate) chain: ChainId,
    /// The first record that differs, and those after it up to the seal.
    pub(crate) records: Vec<(Position, Vec<u8>)>,
    pub(crate) seal: Seal,
}

/// What became of a record that waited.
pub(crate) enum Outcome {
    /// It is accepted.
    Accepted(Box<Accepted>),
    /// A seal over accepted records.
    Sealed(Seal),
    /// It is invalid: its chain has ended before it.
    Ended { position: Position, device: DeviceId, bytes: Vec<u8>, from: PeerId, reason: String },
    /// A chain's client id is another's, whose chain id is smaller: it is void.
    Void(ChainId),
}

/// A record that has just been accepted.
pub(crate) struct Accepted {
    /// The number of its journal row.
    pub(crate) at: u64,
    pub(crate) row: RecordRow,
    pub(crate) parents: Vec<(ChainId, u64)>,
    pub(crate) author: DeviceId,
    /// The chain's head, if it is the chain's first record.
    pub(crate) head: Option<SignedHead>,
    /// The update in it, if it is one.
    pub(crate) update: Option<Vec<u8>>,
    /// Whether it was an access record.
    pub(crate) access: bool,
}

impl Delivery {
    /// Takes in what a peer has sent.
    pub(crate) fn receive(&mut self, history: &History, peer: PeerId, bundle: Bundle) -> Received {
        let mut received = Received::default();
        let mut chains = Vec::with_capacity(bundle.chains.len());
        for chain in &bundle.chains {
            match self.chain(history, chain) {
                Ok(chain) => chains.push(chain),
                Err(reason) => {
                    received.invalid = Some(reason);
                    return received;
                }
            }
        }
        for run in bundle.runs {
            let (chain, head) = &chains[run.chain as usize];
            if !self.take_run(history, peer, *chain, head.as_ref(), run) {
                received.gap = true;
            }
        }
        for seal in bundle.seals {
            let (chain, _) = chains[seal.chain as usize];
            match self.take_seal(history, peer, chain, &seal) {
                Vouched::Yes(number) => received.holds.push((chain, number)),
                Vouched::Fork(fork) => received.forks.push(*fork),
                Vouched::Gap => received.gap = true,
                Vouched::Doubtful => {
                    received.doubtful += 1;
                    received.gap = true;
                }
                Vouched::No(reason) => received.invalid = Some(reason),
            }
        }
        if planted::is(Bug::UnsealedAccepted) {
            chains.iter().for_each(|(chain, _)| self.take_unsealed(history, (peer, *chain)));
        }
        received
    }

    /// Forgets what a peer has sent that nothing vouches for.
    pub(crate) fn forget(&mut self, peer: PeerId) {
        let gone: Vec<_> = self.unsealed.range((peer, ChainId([0; 32]))..=(peer, ChainId([0xff; 32]))).map(|(key, _)| *key).collect();
        for key in gone {
            self.drop_unsealed(key);
        }
    }

    /// Accepts what can be accepted, in a causal order.
    pub(crate) fn advance(&mut self, history: &mut History) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        loop {
            let before = outcomes.len();
            let chains: Vec<_> = self.sealed.keys().copied().collect();
            for chain in chains {
                self.advance_chain(history, chain, &mut outcomes);
            }
            if outcomes.len() == before {
                return outcomes;
            }
        }
    }

    /// How many bytes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.bytes
    }

    /// The most records of one chain that wait for what they stand on.
    pub(crate) fn uncovered(&self) -> usize {
        self.sealed.values().map(|sealed| sealed.records.len()).max().unwrap_or(0)
    }

    // ---- taking in

    /// Which chain a bundle speaks of, with its head if that came along.
    fn chain(&self, history: &History, chain: &BundleChain) -> Result<(ChainId, Option<SignedHead>), String> {
        match chain {
            BundleChain::Known(chain) => Ok((*chain, None)),
            BundleChain::Head(bytes) => {
                let head = SignedHead::from_peer(bytes).map_err(|error| error.to_string())?;
                if !head.is_founding() && head.head().document != history.document() {
                    return Err(format!("chain {} belongs to another document", head.chain().short()));
                }
                Ok((head.chain(), Some(head)))
            }
        }
    }

    /// Takes in consecutive records. Says whether they follow what is here.
    fn take_run(&mut self, history: &History, peer: PeerId, chain: ChainId, head: Option<&SignedHead>, run: Run) -> bool {
        for (number, bytes) in (run.first..).zip(run.records) {
            if !self.take_record(history, peer, chain, head, number, bytes) {
                return false;
            }
        }
        true
    }

    fn take_record(
        &mut self,
        history: &History,
        peer: PeerId,
        chain: ChainId,
        head: Option<&SignedHead>,
        number: u64,
        bytes: Vec<u8>,
    ) -> bool {
        let key = (peer, chain);
        let at = self.unsealed.get(&key).map(|unsealed| unsealed.reader.tip().number);
        // First of all: of a new chain whose first seal is frames away, nothing but this is known yet, not even its head elsewhere.
        if at.is_some_and(|at| number == at + 1) {
            return self.push(key, bytes);
        }
        let Some(end) = self.end(history, &chain, head) else { return false };
        if let (Some(unsealed), Some(at)) = (self.unsealed.get(&key), at) {
            // Repeated, or a branch that begins before what this peer has sent; the former changes nothing.
            if unsealed.rival || (end.number < number && number <= at) {
                return number <= at;
            }
        }
        if number == 0 || number > end.number + 1 {
            return false;
        }
        if number <= end.number {
            let (Some(before), Some(here)) = (self.hash(history, &chain, number - 1), self.hash(history, &chain, number)) else {
                return false;
            };
            if Record::hash(&before, &bytes) == here {
                return true;
            }
            self.drop_unsealed(key);
            let reader = ChainReader::resume(Position { chain, number: number - 1, hash: before });
            self.unsealed.insert(key, Unsealed { head: None, reader, records: VecDeque::new(), bytes: 0, rival: true });
        } else {
            self.drop_unsealed(key);
            let head = head.filter(|_| history.head(&chain).is_none()).cloned();
            let reader = ChainReader::resume(end);
            self.unsealed.insert(key, Unsealed { head, reader, records: VecDeque::new(), bytes: 0, rival: false });
        }
        self.push(key, bytes)
    }

    /// Adds a record to what a peer has sent of a chain.
    fn push(&mut self, key: (PeerId, ChainId), bytes: Vec<u8>) -> bool {
        let of_peer: usize = self.of_peer(key.0).map(|unsealed| unsealed.bytes).sum();
        let Some(unsealed) = self.unsealed.get_mut(&key) else { return false };
        if unsealed.bytes + bytes.len() > UNSEALED || of_peer + bytes.len() > UNSEALED_PER_PEER {
            return false;
        }
        let Ok(read) = unsealed.reader.read(&bytes) else { return false };
        unsealed.bytes += bytes.len();
        self.bytes += bytes.len();
        unsealed.records.push_back(Held { read, bytes, from: key.0 });
        true
    }

    /// Only for the simulation, which must notice: what no seal vouches for is taken in all the same.
    fn take_unsealed(&mut self, history: &History, key: (PeerId, ChainId)) {
        let tip = self.unsealed.get(&key).filter(|unsealed| !unsealed.rival).map(|unsealed| unsealed.reader.tip());
        if let Some(position) = tip {
            self.vouch(history, key, Seal { position, signature: Signature([0; 64]) });
        }
    }

    fn take_seal(&mut self, history: &History, peer: PeerId, chain: ChainId, seal: &BundleSeal) -> Vouched {
        let number = seal.number;
        let key = (peer, chain);
        let rival = self.unsealed.get(&key).filter(|unsealed| unsealed.rival);
        if let Some(position) = rival.and_then(|unsealed| unsealed.position(number)) {
            return self.convict(history, key, Seal { position, signature: seal.signature });
        }
        if history.sealed(&chain) >= number {
            return Vouched::Yes(number);
        }
        let hash = self.hash(history, &chain, number).or_else(|| self.unsealed.get(&key)?.position(number).map(|at| at.hash));
        let Some(hash) = hash else { return Vouched::Gap };
        if self.sealed.get(&chain).is_some_and(|sealed| sealed.has_seal(number)) {
            return Vouched::Yes(number);
        }
        let seal = Seal { position: Position { chain, number, hash }, signature: seal.signature };
        let Some(device) = self.device(history, key) else { return Vouched::Gap };
        if let Err(error) = seal.verify(&device, &history.document()) {
            self.drop_unsealed(key);
            // What it builds on may have come from others, who hold another branch.
            let shared = history.tip(&chain).is_some_and(|tip| tip.number > 0) || self.sealed.contains_key(&chain);
            return if shared { Vouched::Doubtful } else { Vouched::No(error.to_string()) };
        }
        if self.vouch(history, key, seal) { Vouched::Yes(number) } else { Vouched::Gap }
    }

    /// Moves what a seal vouches for to where it waits for what it stands on. Says whether there was room.
    fn vouch(&mut self, history: &History, key: (PeerId, ChainId), seal: Seal) -> bool {
        let end = self.end(history, &key.1, None).map_or(0, |end| end.number);
        let waiting = self.sealed.entry(key.1).or_default();
        if let Some(unsealed) = self.unsealed.get_mut(&key) {
            while let Some(held) = unsealed.records.pop_front_if(|held| held.read.position.number <= seal.position.number) {
                unsealed.bytes -= held.bytes.len();
                let number = held.read.position.number;
                if number <= end {
                    self.bytes -= held.bytes.len();
                    continue;
                }
                let full = waiting.records.len() >= limits::WAITING && waiting.bytes + held.bytes.len() > UNCOVERED;
                if full || self.bytes > WAITING {
                    self.bytes -= held.bytes.len();
                    self.drop_unsealed(key);
                    return false;
                }
                waiting.bytes += held.bytes.len();
                waiting.head = waiting.head.take().or_else(|| unsealed.head.clone());
                waiting.records.push_back(held);
            }
            if unsealed.records.is_empty() {
                self.drop_unsealed(key);
            }
        }
        let place = waiting_place(&self.sealed, &key.1, seal.position.number);
        self.sealed.entry(key.1).or_default().seals.insert(place, seal);
        true
    }

    /// A rival branch has reached a seal: if that holds, the device has sealed two histories.
    fn convict(&mut self, history: &History, key: (PeerId, ChainId), seal: Seal) -> Vouched {
        let Some(device) = history.device(&key.1) else { return Vouched::Gap };
        let records = self.unsealed.get(&key).map(|unsealed| {
            let within = unsealed.records.iter().filter(|held| held.read.position.number <= seal.position.number);
            within.map(|held| (held.read.position, held.bytes.clone())).collect()
        });
        self.drop_unsealed(key);
        match seal.verify(&device, &history.document()) {
            Ok(()) => Vouched::Fork(Box::new(Fork { chain: key.1, records: records.unwrap_or_default(), seal })),
            Err(error) => Vouched::No(error.to_string()),
        }
    }

    // ---- letting out

    fn advance_chain(&mut self, history: &mut History, chain: ChainId, outcomes: &mut Vec<Outcome>) {
        loop {
            let Some(sealed) = self.sealed.get_mut(&chain) else { return };
            if history.closed(&chain).is_some() {
                self.drop_sealed(&chain);
                return;
            }
            let tip = history.tip(&chain).map_or(0, |tip| tip.number);
            if let Some(seal) = sealed.seals.pop_front_if(|seal| seal.position.number <= tip) {
                if history.hash_is(&seal.position) && seal.position.number > history.sealed(&chain) {
                    history.set_seal(&chain, seal.position.number, seal.signature);
                    outcomes.push(Outcome::Sealed(seal));
                }
                continue;
            }
            let Some(front) = sealed.records.front() else {
                if sealed.seals.is_empty() {
                    self.sealed.remove(&chain);
                }
                return;
            };
            let (number, length) = (front.read.position.number, front.bytes.len());
            if number <= tip {
                sealed.records.pop_front();
                sealed.bytes -= length;
                self.bytes -= length;
                continue;
            }
            if let Some(head) = sealed.head.take_if(|_| number == 1) {
                if let Some(void) = history.open_chain(head) {
                    history.end_chain(&void, 1);
                    outcomes.push(Outcome::Void(void));
                }
                continue;
            }
            let judged = judge(history, &front.read);
            if matches!(judged, Err(Unfit::Waits)) {
                return;
            }
            let Some(held) = sealed.records.pop_front() else { return };
            sealed.bytes -= length;
            self.bytes -= length;
            outcomes.push(settle(history, held, judged));
        }
    }

    // ---- looking up

    /// Where a chain ends here, what waits included.
    fn end(&self, history: &History, chain: &ChainId, head: Option<&SignedHead>) -> Option<Position> {
        let waiting = self.sealed.get(chain).and_then(|sealed| sealed.records.back()).map(|held| held.read.position);
        let held = history.tip(chain);
        let start = head.map(|head| Position { chain: *chain, number: 0, hash: head.hash() });
        let known = self.sealed.get(chain).and_then(|sealed| sealed.head.as_ref());
        let known = known.map(|head| Position { chain: *chain, number: 0, hash: head.hash() });
        [waiting, held, known, start].into_iter().flatten().max_by_key(|position| position.number)
    }

    /// The hash of a record that is here, what waits included.
    fn hash(&self, history: &History, chain: &ChainId, number: u64) -> Option<Hash> {
        history.graph.hash(chain, number).or_else(|| position_in(&self.sealed.get(chain)?.records, number).map(|position| position.hash))
    }

    fn device(&self, history: &History, key: (PeerId, ChainId)) -> Option<DeviceId> {
        let waiting = || self.sealed.get(&key.1)?.head.as_ref().map(SignedHead::device);
        let come = || self.unsealed.get(&key)?.head.as_ref().map(SignedHead::device);
        history.device(&key.1).or_else(waiting).or_else(come)
    }

    fn of_peer(&self, peer: PeerId) -> impl Iterator<Item = &Unsealed> {
        self.unsealed.range((peer, ChainId([0; 32]))..=(peer, ChainId([0xff; 32]))).map(|(_, unsealed)| unsealed)
    }

    fn drop_unsealed(&mut self, key: (PeerId, ChainId)) {
        if let Some(unsealed) = self.unsealed.remove(&key) {
            self.bytes -= unsealed.bytes;
        }
    }

    fn drop_sealed(&mut self, chain: &ChainId) {
        if let Some(sealed) = self.sealed.remove(chain) {
            self.bytes -= sealed.bytes;
        }
    }
}

impl Sealed {
    fn has_seal(&self, number: u64) -> bool {
        self.seals.binary_search_by_key(&number, |seal| seal.position.number).is_ok()
    }
}

impl Unsealed {
    fn position(&self, number: u64) -> Option<Position> {
        position_in(&self.records, number)
    }
}

/// Where a record stands among consecutive ones.
fn position_in(records: &VecDeque<Held>, number: u64) -> Option<Position> {
    let first = records.front()?.read.position.number;
    records.get(usize::try_from(number.checked_sub(first)?).ok()?).map(|held| held.read.position)
}

/// What a seal amounts to.
enum Vouched {
    /// It holds, up to this number.
    Yes(u64),
    /// It holds, and contradicts an earlier one.
    Fork(Box<Fork>),
    /// The records that it seals are not here.
    Gap,
    /// It does not hold over what is here. If that goes back to what others have sent, it may be a seal of another branch.
    Doubtful,
    /// It does not hold.
    No(String),
}

/// Where in a chain's waiting seals one over `number` belongs.
fn waiting_place(sealed: &BTreeMap<ChainId, Sealed>, chain: &ChainId, number: u64) -> usize {
    sealed.get(chain).map_or(0, |sealed| sealed.seals.partition_point(|seal| seal.position.number < number))
}

/// Accepts a record, or ends its chain.
fn settle(history: &mut History, held: Held, judged: Result<Inside, Unfit>) -> Outcome {
    let Held { read, bytes, from } = held;
    let position = read.position;
    let author = history.device(&position.chain).expect("a record is judged after its chain has been opened");
    match judged {
        Ok(inside) => {
            let update = match &inside {
                Inside::Body { update, .. } => Some(update.clone()),
                _ => None,
            };
            let access = matches!(inside, Inside::Access(_));
            let head = history.head(&position.chain).filter(|_| position.number == 1).cloned();
            let (row, parents) = history.accept(Sound { read, bytes, inside });
            Outcome::Accepted(Box::new(Accepted { at: history.last_row(), row, parents, author, head, update, access }))
        }
        Err(unfit) => {
            let reason = match unfit {
                Unfit::Invalid(reason) => reason,
                Unfit::Waits => "it waits".into(),
            };
            history.end_chain(&position.chain, position.number);
            Outcome::Ended { position, device: author, bytes, from, reason }
        }
    }
}
