//! From frames to accepted records: nothing unsealed, nothing before what it stands on, nothing invalid.
//!
//! What comes waits in two places. Records that no seal vouches for yet wait per peer ([`Unsealed`]). Records that are vouched for wait per
//! chain until everything they stand on is here. Both are bounded; what does not fit is forgotten and asked for again.

mod placing;

use std::collections::{BTreeMap, VecDeque};

use sheaf_access::Operation;
use sheaf_base::{
    ChainId, DeviceId, Hash, Position, limits,
    planted::{self, Bug},
};
use sheaf_protocol::{Branch, Bundle, BundleChain, BundleSeal, Packed, Run};
use sheaf_record::{Kind, OpenError, PackedRun, Record, Seal, Signature, SignedHead, UnpackError};

use crate::{
    history::{History, Inside, Sound},
    input::PeerId,
    turn::RecordRow,
    unsealed::{CHAIN, Held, OF_CHAIN, Stretch, Unsealed, position_in},
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
    /// What a branch goes on from, until it has been opened.
    base: Option<Position>,
    records: VecDeque<Held>,
    seals: VecDeque<Seal>,
    bytes: usize,
    records_cost: usize,
}

/// What a bundle brought, besides the records that now wait.
#[derive(Default)]
pub(crate) struct Received {
    /// How much of each chain the peer has shown that it holds, as the journal here counts.
    pub(crate) holds: Vec<(ChainId, u64)>,
    /// Something was missing before it, or did not fit: the two should compare again.
    pub(crate) gap: bool,
    /// Seals that do not fit what is here: of another branch, or invented.
    pub(crate) doubtful: u32,
    /// No honest peer sends this.
    pub(crate) invalid: Option<String>,
}

/// A chain as a bundle speaks of it.
struct Named {
    /// What keeps the peer's records of it together.
    key: ChainId,
    /// The chain, as its device wrote it.
    chain: ChainId,
    head: Option<SignedHead>,
    /// The record that the next run goes on from, if the chain is forked.
    after: Option<Position>,
}

/// What became of a record that waited.
pub(crate) enum Outcome {
    /// It is accepted.
    Accepted(Box<Accepted>),
    /// A seal over accepted records.
    Sealed(Seal),
    /// It is invalid: its chain has ended before it.
    Ended { position: Position, device: DeviceId, bytes: Vec<u8>, from: PeerId, reason: String },
    /// A device has written two histories of a chain. Both count; the text is built again under other names.
    Forked(DeviceId),
    /// Two chains have one client id. Both count; the text is built again under other names.
    Alias,
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
    /// What the chain goes on from, if it is the first record of a branch.
    pub(crate) base: Option<Position>,
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
            if !self.take_run(history, peer, &chains[run.chain as usize], run) {
                received.gap = true;
            }
        }
        for seal in bundle.seals {
            match self.take_seal(history, peer, &chains[seal.chain as usize], &seal) {
                Vouched::Yes(chain, number) => received.holds.push((chain, number)),
                Vouched::Gap => received.gap = true,
                Vouched::Doubtful => {
                    received.doubtful += 1;
                    received.gap = true;
                }
                Vouched::No(reason) => received.invalid = Some(reason),
            }
        }
        if planted::is(Bug::UnsealedAccepted) {
            chains.iter().for_each(|named| self.take_unsealed(history, (peer, named.key)));
        }
        received
    }

    /// What a peer has sent packed, as if it had come as it is. `None`: it follows nothing that is here, or no key for it is.
    pub(crate) fn unpack(&self, history: &History, packed: Packed) -> Result<Option<Bundle>, String> {
        let run = PackedRun::decode(&packed.run).map_err(|error| error.to_string())?;
        let (before, seal) = (run.before, run.seal);
        let named = packed.head.map_or(BundleChain::Known(before.chain), BundleChain::Head);
        let Named { chain, head: shown, .. } = self.chain(history, &named)?;
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
        if history.graph.is_forked(&chain) || hash != Some(before.hash) {
            // Of another history than the one that goes on here under the chain's own name: its hashes say of which.
            if self.find(history, &chain, &before.hash).is_none() {
                return Ok(None);
            }
            let Position { number, hash, .. } = before;
            bundle.chains = vec![BundleChain::Branch(Branch { head: head.encode(), name: ChainId(seal.position.hash.0), number, hash })];
        }
        let Some(records) = unpacked(history, &run, &head, before)? else { return Ok(None) };
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

    /// The operations among what its devices have sealed and what waits for something else.
    pub(crate) fn waiting_operations(&self) -> Vec<Operation> {
        let waiting = self.sealed.values().flat_map(|sealed| &sealed.records).map(|held| &held.read.record);
        let operations = waiting.filter(|record| record.kind == Kind::Access).filter_map(|record| record.operation().ok());
        operations.filter_map(|opened| Operation::decode(&opened.plaintext).ok()).collect()
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
    fn chain(&self, history: &History, chain: &BundleChain) -> Result<Named, String> {
        let head = |bytes: &[u8]| {
            let head = SignedHead::from_peer(bytes).map_err(|error| error.to_string())?;
            if !head.is_founding() && head.head().document != history.document() {
                return Err(format!("chain {} belongs to another document", head.chain().short()));
            }
            Ok(head)
        };
        Ok(match chain {
            BundleChain::Known(chain) => Named { key: *chain, chain: *chain, head: None, after: None },
            BundleChain::Head(bytes) => {
                let head = head(bytes)?;
                Named { key: head.chain(), chain: head.chain(), head: Some(head), after: None }
            }
            BundleChain::Branch(Branch { head: bytes, name, number, hash }) => {
                let head = head(bytes)?;
                let after = Position { chain: head.chain(), number: *number, hash: *hash };
                Named { key: *name, chain: head.chain(), head: Some(head), after: Some(after) }
            }
        })
    }

    /// Takes in consecutive records. Says whether they follow what is here.
    fn take_run(&mut self, history: &History, peer: PeerId, named: &Named, run: Run) -> bool {
        for (number, bytes) in (run.first..).zip(run.records) {
            if !self.take_record(history, peer, named, number, bytes) {
                return false;
            }
        }
        true
    }

    fn take_record(&mut self, history: &History, peer: PeerId, named: &Named, number: u64, bytes: Vec<u8>) -> bool {
        let (key, chain) = ((peer, named.key), named.chain);
        let at = self.unsealed.get(key).map(|stretch| stretch.tip().number);
        // First of all: of a new chain whose first seal is frames away, nothing but this is known yet, not even its head elsewhere.
        if at.is_some_and(|at| number == at + 1) {
            return self.unsealed.push(key, bytes);
        }
        if let Some(after) = named.after {
            return self.take_branched(history, key, named, after, number, bytes);
        }
        let Some(end) = self.end(history, &chain, named.head.as_ref()) else { return false };
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
            let (Some(before), Some(here)) = (self.hash_named(history, &chain, number - 1), self.hash_named(history, &chain, number))
            else {
                return false;
            };
            if Record::hash(&before, &bytes) == here {
                self.duplicates += 1;
                return true;
            }
            let before = Position { chain, number: number - 1, hash: before };
            return self.unsealed.begin(key, before, None, true, bytes);
        }
        let head = named.head.as_ref().filter(|_| history.head(&chain).is_none()).cloned();
        self.unsealed.begin(key, end, head, false, bytes)
    }

    /// Takes in a record of a forked chain that comes in a run behind the record `after`, as the chain's device counts.
    fn take_branched(
        &mut self,
        history: &History,
        key: (PeerId, ChainId),
        named: &Named,
        after: Position,
        number: u64,
        bytes: Vec<u8>,
    ) -> bool {
        let tip = self.unsealed.get(key).map(Stretch::tip);
        if number != after.number + 1 {
            return tip.is_some_and(|tip| number <= tip.number);
        }
        let is_first = after.number == 0 && Hash(named.chain.0) == after.hash;
        if !is_first && self.find(history, &named.chain, &after.hash).is_none_or(|at| at.number != after.number) {
            return false;
        }
        let head = named.head.as_ref().filter(|_| history.head(&named.chain).is_none()).cloned();
        self.unsealed.begin(key, after, head, true, bytes)
    }

    /// Only for the simulation, which must notice: what no seal vouches for is taken in all the same.
    fn take_unsealed(&mut self, history: &History, key: (PeerId, ChainId)) {
        let tip = self.unsealed.get(key).filter(|stretch| !stretch.rival).map(|stretch| stretch.tip());
        if let Some(position) = tip {
            self.vouch(history, key, Seal { position, signature: Signature([0; 64]) });
        }
    }

    fn take_seal(&mut self, history: &History, peer: PeerId, named: &Named, seal: &BundleSeal) -> Vouched {
        let (key, chain, number) = ((peer, named.key), named.chain, seal.number);
        let sent = self.unsealed.get(key).and_then(|stretch| stretch.position(number));
        // Of a forked chain only what has just been sent says which history is meant.
        let here = self.hash_named(history, &chain, number).filter(|_| named.after.is_none());
        let Some(hash) = sent.map(|at| at.hash).or(here) else { return Vouched::Gap };
        let is_here = here == Some(hash);
        let is_forked = history.graph.is_forked(&chain);
        if is_here
            && (is_forked || history.sealed(&chain) >= number || self.sealed.get(&chain).is_some_and(|sealed| sealed.has_seal(number)))
        {
            return Vouched::Yes(chain, number);
        }
        let seal = Seal { position: Position { chain, number, hash }, signature: seal.signature };
        let Some(device) = self.device(history, key, &chain) else { return Vouched::Gap };
        if let Err(error) = seal.verify(&device, &history.document()) {
            self.unsealed.remove(key);
            // What it builds on may have come from others, who hold another branch.
            let shared = history.tip(&chain).is_some_and(|tip| tip.number > 0) || self.sealed.contains_key(&chain);
            return if shared && named.after.is_none() { Vouched::Doubtful } else { Vouched::No(error.to_string()) };
        }
        if sent.is_some() && !self.follows(history, key, &chain) {
            return self.place(history, key, &seal);
        }
        if self.vouch(history, key, seal) { Vouched::Yes(chain, number) } else { Vouched::Gap }
    }

    /// Whether what a peer has sent goes on from where the chain ends here.
    fn follows(&self, history: &History, key: (PeerId, ChainId), chain: &ChainId) -> bool {
        let Some(stretch) = self.unsealed.get(key).filter(|stretch| !stretch.rival) else { return false };
        let is_forked = history.graph.is_forked(chain) || self.sealed.values().any(|sealed| sealed.base.is_some());
        let is_open = !is_forked && !history.is_ended(chain, stretch.before.number + 1);
        is_open && self.end(history, chain, stretch.head.as_ref()).is_none_or(|end| end == stretch.before)
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
                    history.set_seal(&chain, seal.position.number);
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
                history.open_chain(head);
                continue;
            }
            if number == 1 && sealed.base.is_some() {
                let base = sealed.base.filter(|base| history.hash_is(base));
                if !base.is_some_and(|base| history.open_branch(chain, &base)) {
                    return;
                }
                sealed.base = None;
            }
            let judged = judge(history, &front.read);
            if matches!(judged, Err(Unfit::Waits)) {
                return;
            }
            let Some(held) = sealed.pop() else { return };
            let (is_branch, is_alias) = (history.graph.base(&chain).is_some(), history.graph.shares_client(&chain));
            outcomes.push(settle(history, held, judged));
            let begins = number == 1 && history.tip(&chain).is_some_and(|tip| tip.number == 1);
            match history.device(&chain).filter(|_| begins) {
                Some(device) if is_branch => outcomes.push(Outcome::Forked(device)),
                Some(_) if is_alias => outcomes.push(Outcome::Alias),
                _ => {}
            }
        }
    }

    // ---- looking up

    /// Where a chain ends here, what waits included; if it is forked, where its first fork is.
    fn end(&self, history: &History, chain: &ChainId, head: Option<&SignedHead>) -> Option<Position> {
        if history.graph.is_forked(chain) {
            let (_, number, end) = history.graph.strand_ends(chain).into_iter().next()?;
            return Some(end.map_or(Position { chain: *chain, number, hash: Hash(chain.0) }, |end| history.graph.absolute(&end)));
        }
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

    /// The same of what everybody calls so: of a forked chain, up to its first fork.
    fn hash_named(&self, history: &History, chain: &ChainId, number: u64) -> Option<Hash> {
        match history.graph.is_forked(chain) {
            true => history.graph.strand_place(chain, number).map(|position| position.hash),
            false => self.hash(history, chain, number),
        }
    }

    fn device(&self, history: &History, key: (PeerId, ChainId), chain: &ChainId) -> Option<DeviceId> {
        let waiting = || self.sealed.get(chain)?.head.as_ref().map(SignedHead::device);
        let come = || self.unsealed.get(key)?.head.as_ref().map(SignedHead::device);
        history.device(chain).or_else(waiting).or_else(come)
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

/// The records of a packed run. `None`: the secret that it was closed with is not here.
fn unpacked(history: &History, run: &PackedRun, head: &SignedHead, before: Position) -> Result<Option<Vec<Vec<u8>>>, String> {
    let ciphers = history.pack_ciphers(&before.chain);
    let mut tries = ciphers.iter().map(|cipher| run.unpack(cipher, head, &history.document(), before));
    let is_other = |tried: &Result<_, UnpackError>| matches!(tried, Err(UnpackError::Open(OpenError::Sealed)));
    match tries.find(|tried| !is_other(tried)) {
        Some(tried) => tried.map(|unpacked| Some(unpacked.bytes)).map_err(|error| error.to_string()),
        None if ciphers.is_empty() || history.access.has_rotated() => Ok(None),
        None => Err(UnpackError::Open(OpenError::Sealed).to_string()),
    }
}

/// What a seal amounts to.
enum Vouched {
    /// It holds, up to this number of this chain, as the journal here counts.
    Yes(ChainId, u64),
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
            let base = history.graph.base(&position.chain).filter(|_| position.number == 1);
            let head = history.head(&position.chain).filter(|_| position.number == 1 && base.is_none()).cloned();
            let (row, parents) = history.accept(Sound { read, bytes, inside });
            Outcome::Accepted(Box::new(Accepted { at: history.last_row(), row, parents, author, head, base, update, access }))
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
