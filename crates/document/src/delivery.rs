//! From frames to accepted records: nothing unsealed, nothing before what it stands on, nothing invalid.
//!
//! What comes waits in two places. Records that no seal vouches for yet wait per peer ([`Unsealed`]). Records that are vouched for wait per
//! chain until everything they stand on is here. Both are bounded; what does not fit is forgotten and asked for again.

use std::collections::{BTreeMap, VecDeque};

use sheaf_base::{
    ChainId, DeviceId, Hash, Position, limits,
    planted::{self, Bug},
};
use sheaf_protocol::{Bundle, BundleChain, BundleSeal, Packed, Run};
use sheaf_record::{PackedRun, Record, Seal, Signature, SignedHead};

use crate::{
    history::{History, Inside, Sound},
    input::PeerId,
    turn::RecordRow,
    unsealed::{CHAIN, Held, OF_CHAIN, Unsealed, position_in},
    validity::{Unfit, judge},
};

/// Bytes of one chain that may wait for what they stand on, if they are more than [`limits::WAITING`] records: two long chains that stand
/// on each other come in runs, each as long as it is from seal to seal.
const UNCOVERED: usize = OF_CHAIN;
/// What all that waits for what it stands on may cost.
const WAITING: usize = 16 * 1024 * 1024;
/// What a seal costs that waits.
const SEAL: usize = 192;

/// What has come and is not accepted yet.
#[derive(Default)]
pub(crate) struct Delivery {
    unsealed: Unsealed,
    sealed: BTreeMap<ChainId, Sealed>,
    /// What `sealed` costs.
    cost: usize,
    /// Records that came again.
    pub(crate) duplicates: u64,
}

/// Records of one chain that its device has sealed, in order, waiting for what they stand on.
#[derive(Default)]
struct Sealed {
    head: Option<SignedHead>,
    records: VecDeque<Held>,
    seals: VecDeque<Seal>,
    bytes: usize,
    records_cost: usize,
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
    /// A chain's client id is another's, whose chain id is smaller: it is held and passed on, and has no part in the text.
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

    /// What a peer has sent packed, as if it had come as it is. `None`: it follows nothing that is here, or no key for it is.
    pub(crate) fn unpack(&self, history: &mut History, packed: Packed) -> Result<Option<Bundle>, String> {
        let run = PackedRun::decode(&packed.run).map_err(|error| error.to_string())?;
        let (before, seal) = (run.before, run.seal);
        let named = packed.head.map_or(BundleChain::Known(before.chain), BundleChain::Head);
        let (chain, shown) = self.chain(history, &named)?;
        if chain != before.chain {
            return Err(format!("a packed run of chain {} comes with the head of {}", before.chain.short(), chain.short()));
        }
        let sealed = BundleSeal { chain: 0, number: seal.position.number, signature: seal.signature };
        let mut bundle = Bundle { chains: vec![named], runs: Vec::new(), seals: vec![sealed] };
        if history.sealed(&chain) >= seal.position.number && history.hash_is(&seal.position) {
            return Ok(Some(bundle));
        }
        let waiting = || self.sealed.get(&chain)?.head.clone();
        let Some(head) = history.head(&chain).cloned().or_else(waiting).or(shown) else { return Ok(None) };
        let hash = if before.number == 0 { Some(head.hash()) } else { self.hash(history, &chain, before.number) };
        if hash != Some(before.hash) {
            return Ok(None);
        }
        let document = history.document();
        let Some(cipher) = history.cipher(&chain) else { return Ok(None) };
        let records = run.unpack(cipher, &head, &document, before).map_err(|error| error.to_string())?.bytes;
        bundle.runs.push(Run { chain: 0, first: before.number + 1, records });
        Ok(Some(bundle))
    }

    /// Forgets what a peer has sent that nothing vouches for.
    pub(crate) fn forget(&mut self, peer: PeerId) {
        self.unsealed.forget(peer);
    }

    /// Accepts what can be accepted, in a causal order.
    pub(crate) fn advance(&mut self, history: &mut History) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        loop {
            let before = outcomes.len();
            let chains: Vec<_> = self.sealed.keys().copied().collect();
            for chain in chains {
                self.costed(chain, |it| it.advance_chain(history, chain, &mut outcomes));
            }
            if outcomes.len() == before {
                break;
            }
        }
        for outcome in &outcomes {
            if let Outcome::Sealed(Seal { position, .. }) = outcome {
                self.unsealed.settle(position, |number| history.graph.hash(&position.chain, number));
            }
        }
        outcomes
    }

    /// How many bytes of records wait.
    pub(crate) fn waiting(&self) -> usize {
        self.unsealed.bytes() + self.sealed.values().map(|sealed| sealed.bytes).sum::<usize>()
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
        let at = self.unsealed.get(key).map(|stretch| stretch.tip().number);
        // First of all: of a new chain whose first seal is frames away, nothing but this is known yet, not even its head elsewhere.
        if at.is_some_and(|at| number == at + 1) {
            return self.unsealed.push(key, bytes);
        }
        let Some(end) = self.end(history, &chain, head) else { return false };
        if let (Some(stretch), Some(at)) = (self.unsealed.get(key), at) {
            // Repeated, or a branch that begins before what this peer has sent; the former changes nothing.
            if stretch.rival || (end.number < number && number <= at) {
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
                self.duplicates += 1;
                return true;
            }
            return self.unsealed.begin(key, Position { chain, number: number - 1, hash: before }, None, true, bytes);
        }
        let head = head.filter(|_| history.head(&chain).is_none()).cloned();
        self.unsealed.begin(key, end, head, false, bytes)
    }

    /// Only for the simulation, which must notice: what no seal vouches for is taken in all the same.
    fn take_unsealed(&mut self, history: &History, key: (PeerId, ChainId)) {
        let tip = self.unsealed.get(key).filter(|stretch| !stretch.rival).map(|stretch| stretch.tip());
        if let Some(position) = tip {
            self.vouch(history, key, Seal { position, signature: Signature([0; 64]) });
        }
    }

    fn take_seal(&mut self, history: &History, peer: PeerId, chain: ChainId, seal: &BundleSeal) -> Vouched {
        let number = seal.number;
        let key = (peer, chain);
        let rival = self.unsealed.get(key).filter(|stretch| stretch.rival);
        if let Some(position) = rival.and_then(|stretch| stretch.position(number)) {
            return self.convict(history, key, Seal { position, signature: seal.signature });
        }
        if history.sealed(&chain) >= number {
            return Vouched::Yes(number);
        }
        let hash = self.hash(history, &chain, number).or_else(|| self.unsealed.get(key)?.position(number).map(|at| at.hash));
        let Some(hash) = hash else { return Vouched::Gap };
        if self.sealed.get(&chain).is_some_and(|sealed| sealed.has_seal(number)) {
            return Vouched::Yes(number);
        }
        let seal = Seal { position: Position { chain, number, hash }, signature: seal.signature };
        let Some(device) = self.device(history, key) else { return Vouched::Gap };
        if let Err(error) = seal.verify(&device, &history.document()) {
            self.unsealed.remove(key);
            // What it builds on may have come from others, who hold another branch.
            let shared = history.tip(&chain).is_some_and(|tip| tip.number > 0) || self.sealed.contains_key(&chain);
            return if shared { Vouched::Doubtful } else { Vouched::No(error.to_string()) };
        }
        if self.vouch(history, key, seal) { Vouched::Yes(number) } else { Vouched::Gap }
    }

    /// Moves what a seal vouches for to where it waits for what it stands on. Says whether there was room.
    fn vouch(&mut self, history: &History, key: (PeerId, ChainId), seal: Seal) -> bool {
        self.costed(key.1, |it| {
            let end = it.end(history, &key.1, None).map_or(0, |end| end.number);
            let head = it.unsealed.get(key).and_then(|stretch| stretch.head.clone());
            let waiting = it.sealed.entry(key.1).or_default();
            waiting.head = waiting.head.take().or(head.filter(|_| end == 0));
            while let Some(held) = it.unsealed.pop(key, seal.position.number) {
                if held.read.position.number <= end {
                    continue;
                }
                let full = waiting.records.len() >= limits::WAITING && waiting.bytes + held.bytes.len() > UNCOVERED;
                if full || it.cost + waiting.cost() > WAITING {
                    it.unsealed.remove(key);
                    return false;
                }
                waiting.push(held);
            }
            waiting.seal(seal);
            true
        })
    }

    /// A rival branch has reached a seal: if that holds, the device has sealed two histories.
    fn convict(&mut self, history: &History, key: (PeerId, ChainId), seal: Seal) -> Vouched {
        let Some(device) = history.device(&key.1) else { return Vouched::Gap };
        let records = self.unsealed.get(key).map(|stretch| stretch.upto(seal.position.number));
        self.unsealed.remove(key);
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
                self.sealed.remove(&chain);
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
            let number = front.read.position.number;
            if number <= tip {
                sealed.pop();
                continue;
            }
            if let Some(head) = sealed.head.take_if(|_| number == 1) {
                outcomes.extend(history.open_chain(head).map(Outcome::Void));
                continue;
            }
            let judged = judge(history, &front.read);
            if matches!(judged, Err(Unfit::Waits)) {
                return;
            }
            let Some(held) = sealed.pop() else { return };
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
        let come = || self.unsealed.get(key)?.head.as_ref().map(SignedHead::device);
        history.device(&key.1).or_else(waiting).or_else(come)
    }

    /// Does something to what waits of a chain, and counts what it costs anew.
    fn costed<T>(&mut self, chain: ChainId, change: impl FnOnce(&mut Delivery) -> T) -> T {
        self.cost -= self.cost_of(&chain);
        let changed = change(self);
        self.cost += self.cost_of(&chain);
        changed
    }

    fn cost_of(&self, chain: &ChainId) -> usize {
        self.sealed.get(chain).map_or(0, Sealed::cost)
    }
}

impl Sealed {
    /// What it costs to keep it, in bytes.
    fn cost(&self) -> usize {
        CHAIN + self.records_cost + SEAL * self.seals.len()
    }

    fn push(&mut self, held: Held) {
        self.bytes += held.bytes.len();
        self.records_cost += held.cost();
        self.records.push_back(held);
    }

    fn pop(&mut self) -> Option<Held> {
        let held = self.records.pop_front()?;
        self.bytes -= held.bytes.len();
        self.records_cost -= held.cost();
        Some(held)
    }

    fn seal(&mut self, seal: Seal) {
        let place = self.seals.partition_point(|other| other.position.number < seal.position.number);
        self.seals.insert(place, seal);
    }

    fn has_seal(&self, number: u64) -> bool {
        self.seals.binary_search_by_key(&number, |seal| seal.position.number).is_ok()
    }
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
