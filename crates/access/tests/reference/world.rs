//! Random histories of a document's access records, over a causal graph that is written down as sets.

use std::collections::{BTreeMap, HashMap};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use sheaf_access::{
    Access, AccessRecord, AddDevice, CausalPast, Counted, Cut, EndDate, Genesis, Grant, Invitation, Join, Key, Knows, Label, Operation,
    Profile, Removal, Request, Revocation, Role, RoleChange, Rotation, SealingSeed, TicketKey, TicketSeed, Transfer, Wrap, limits::Limits,
};
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position};
use sheaf_record::{ChainCipher, DeviceKey, EpochId, EpochSecret, Kind, Signature};

/// A set of records of one history, by their numbers; a history has at most 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Set(pub(crate) u64);

impl Set {
    pub(crate) fn has(self, at: usize) -> bool {
        self.0 >> at & 1 == 1
    }

    pub(crate) fn insert(&mut self, at: usize) {
        self.0 |= 1 << at;
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn iter(self) -> impl DoubleEndedIterator<Item = usize> {
        (0..64).filter(move |at| self.has(*at))
    }
}

impl FromIterator<usize> for Set {
    fn from_iter<I: IntoIterator<Item = usize>>(records: I) -> Self {
        records.into_iter().fold(Self::default(), |mut set, at| {
            set.insert(at);
            set
        })
    }
}

/// One record: of access, or of another kind.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) hash: Hash,
    pub(crate) device: DeviceId,
    pub(crate) chain: ChainId,
    pub(crate) number: u64,
    pub(crate) past: Set,
    pub(crate) kind: Kind,
    pub(crate) access: Option<AccessRecord>,
    /// Whether the signatures inside hold: whoever made it knows.
    pub(crate) proven: bool,
}

/// Records in a causal order.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) document: DocumentId,
    /// What there is room for: as everywhere, or so little that these few records reach it.
    pub(crate) limits: Limits,
    pub(crate) records: Vec<Entry>,
    pub(crate) devices: Vec<DeviceId>,
    /// By the first bytes of their hashes, which are no more alike than the whole.
    pub(crate) index: BTreeMap<u64, usize>,
}

impl CausalPast for History {
    fn stands_on(&self, later: &Hash, earlier: &Hash) -> bool {
        self.records[self.at(later)].past.has(self.at(earlier))
    }

    fn is_last(&self, record: &Hash) -> bool {
        let at = self.at(record);
        !self.records.iter().any(|later| later.past.has(at))
    }

    fn reach(&self, record: &Hash, chain: &ChainId) -> u64 {
        let past = self.records[self.at(record)].past;
        past.iter().map(|at| &self.records[at]).filter(|it| it.chain == *chain).map(|it| it.number).max().unwrap_or(0)
    }
}

/// A set, as the fold asks about it.
pub(crate) struct Seen<'a>(pub(crate) &'a History, pub(crate) Set);

impl Knows for Seen<'_> {
    fn knows(&self, record: &Hash) -> bool {
        self.1.has(self.0.at(record))
    }
}

/// What everybody in every history is made of; keys are made once.
pub(crate) struct Cast {
    keys: Vec<DeviceKey>,
    pub(crate) devices: Vec<DeviceId>,
    seals: Vec<SealingSeed>,
    tickets: Vec<TicketSeed>,
    secrets: Vec<EpochSecret>,
    epochs: Vec<EpochId>,
    rotations: Vec<Rotation>,
    opens: HashMap<(usize, Role), Invitation>,
    ticket_keys: Vec<TicketKey>,
    requests: HashMap<(usize, usize, bool), Request>,
    joins: HashMap<(usize, usize, ChainId), Signature>,
    own_keys: HashMap<(usize, usize), Key>,
    document: DocumentId,
}

/// Members, as many as the rules are tried with.
const PEOPLE: usize = 12;
/// Devices besides, that members add.
const SECOND_DEVICES: usize = 4;
const TICKETS: usize = 10;
const ROLES: [Role; 5] = [Role::View, Role::Comment, Role::Edit, Role::Admin, Role::Owner];

impl Cast {
    pub(crate) fn new() -> Self {
        let document = DocumentId([0xd0; 32]);
        let keys: Vec<DeviceKey> = (0..PEOPLE + SECOND_DEVICES).map(|n| DeviceKey::from_bytes(&[n as u8 + 1; 32])).collect();
        let devices: Vec<DeviceId> = keys.iter().map(DeviceKey::device).collect();
        let seals = (0..keys.len()).map(|n| SealingSeed::from_bytes([n as u8 + 101; 32])).collect();
        let tickets: Vec<TicketSeed> = (0..TICKETS).map(|n| TicketSeed::from_bytes([n as u8 + 31; 32])).collect();
        let secrets: Vec<EpochSecret> = (0..8).map(|n| EpochSecret::from_bytes([n as u8 + 61; 32])).collect();
        let label = || Label::close("", &ChainCipher::new(&secrets[0], &ChainId([0; 32])), &Hash([0; 32]));
        let opens = (0..TICKETS)
            .flat_map(|ticket| ROLES.map(|role| (ticket, role)))
            .map(|(ticket, role)| ((ticket, role), Invitation::new(&tickets[ticket], &document, role, &secrets[0], label(), [1; 32])))
            .collect();
        let rotations = secrets.iter().map(|secret| Rotation::deal(&document, secret, &[], &[], &[], [2; 32]).unwrap()).collect();
        let epochs = secrets.iter().map(EpochSecret::id).collect();
        let ticket_keys = tickets.iter().map(TicketSeed::key).collect();
        let (requests, joins, own_keys) = Default::default();
        Self { keys, devices, seals, tickets, secrets, epochs, rotations, opens, ticket_keys, requests, joins, own_keys, document }
    }

    fn ticket(&self, key: &TicketKey) -> usize {
        self.ticket_keys.iter().position(|it| it == key).unwrap()
    }

    fn join(&mut self, ticket: usize, invitation: Hash, who: usize, chain: ChainId) -> Join {
        let Self { joins, tickets, devices, document, .. } = self;
        let proof =
            joins.entry((ticket, who, chain)).or_insert_with(|| tickets[ticket].join(invitation, document, &chain, &devices[who]).proof);
        Join { invitation, proof: *proof }
    }

    fn key(&mut self, who: usize, whose: usize) -> Key {
        let Self { own_keys, seals, devices, document, .. } = self;
        *own_keys.entry((who, whose)).or_insert_with(|| seals[who].register(document, &devices[whose]))
    }

    fn request(&mut self, ticket: usize, device: usize, honest: bool) -> Request {
        let Self { requests, tickets, keys, seals, document, .. } = self;
        *requests.entry((ticket, device, honest)).or_insert_with(|| {
            let seed = if honest { &tickets[ticket] } else { &tickets[(ticket + 1) % TICKETS] };
            Request::new(seed, document, &keys[device], &seals[device])
        })
    }
}

/// A device in a history that is being made.
#[derive(Clone)]
struct Actor {
    knows: Set,
    chain: ChainId,
    number: u64,
    /// The chain's own records.
    own: Set,
}

/// Makes a history.
pub(crate) struct Maker<'a> {
    cast: &'a mut Cast,
    random: ChaCha8Rng,
    actors: Vec<Actor>,
    chains: u64,
    history: History,
    seed: u64,
    /// Those who were let in at the beginning: most of what happens is between them.
    people: usize,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(cast: &'a mut Cast, seed: u64, mut random: ChaCha8Rng) -> Self {
        let mut upto = |least: usize, most: usize| random.random_range(least..=most);
        let little = Limits {
            records: [upto(2, 4), upto(6, 12)],
            removals: [upto(0, 1), upto(1, 4)],
            revocations: upto(0, 2),
            memberships: upto(4, 8),
        };
        let limits = if random.random_bool(0.4) { little } else { Limits::default() };
        let history =
            History { document: cast.document, limits, records: Vec::new(), devices: cast.devices.clone(), index: BTreeMap::new() };
        let actors = Vec::new();
        let mut maker = Self { cast, random, actors, chains: 0, history, seed, people: 0 };
        for _ in 0..maker.cast.devices.len() {
            let chain = maker.chain();
            maker.actors.push(Actor { knows: Set::default(), chain, number: 0, own: Set::default() });
        }
        let genesis = Operation::Genesis(Genesis { owner: maker.cast.devices[0], epoch: maker.cast.epochs[0] });
        maker.write(0, Kind::Access, Some(genesis));
        maker
    }

    fn chain(&mut self) -> ChainId {
        self.chains += 1;
        ChainId(*blake3::hash(&self.chains.to_le_bytes()).as_bytes())
    }

    fn below(&mut self, end: usize) -> usize {
        self.random.random_range(0..end)
    }

    fn chance(&mut self, of: f64) -> bool {
        self.random.random_bool(of)
    }

    pub(crate) fn make(mut self, records: usize) -> History {
        self.settle_in();
        let mut steps = 0;
        while self.history.records.len() < records && steps < 400 {
            steps += 1;
            self.step();
        }
        self.history
    }

    /// Most histories begin with some people in, some of them admins, so that there is something to quarrel about.
    fn settle_in(&mut self) {
        let people = 1 + self.below(6);
        self.people = people;
        for who in 1..=people {
            let role = if self.chance(0.6) { Role::Admin } else { ROLES[self.below(4)] };
            let open = self.cast.opens[&(who % TICKETS, role)].clone();
            self.write(0, Kind::Access, Some(Operation::Invitation(open)));
            self.meet(who, 0);
            self.join(who, true);
            if self.chance(0.8) {
                self.meet(0, who);
            }
        }
        for who in 1..=people {
            if self.chance(0.7) {
                self.meet(who, 0);
            }
        }
    }

    fn step(&mut self) {
        let who = if self.chance(0.8) { self.below(self.people + 1) } else { self.below(self.actors.len()) };
        match self.below(42) {
            0..=9 => {
                let other = if self.chance(0.8) { self.below(self.people + 1) } else { self.below(self.actors.len()) };
                self.meet(who, other);
            }
            10..=12 => self.begin_chain(who),
            13 => self.write(who, Kind::Access, Some(Operation::Leave)),
            14 => self.write(who, Kind::Access, Some(Operation::Unknown { tag: 99, bytes: vec![] })),
            15..=17 => {
                let kind = if self.chance(0.5) { Kind::Body } else { Kind::Discussion };
                self.write(who, kind, None);
            }
            18 | 19 => {
                let (ticket, role) = (self.below(TICKETS), self.role());
                let open = self.cast.opens[&(ticket, role)].clone();
                self.write(who, Kind::Access, Some(Operation::Invitation(open)));
            }
            20 | 21 => self.counted(who),
            22 | 23 => {
                let honest = self.chance(0.9);
                self.join(who, honest);
            }
            24 | 25 => self.grant(who),
            26..=28 => self.change_role(who),
            29..=33 => self.remove(who),
            34 => self.transfer(who),
            35 => self.revoke(who),
            36 | 37 => self.add_device(who),
            38 => self.said_by_itself(who),
            39 | 40 => self.quarrel(),
            _ => self.wrap_or_date(who),
        }
    }

    fn role(&mut self) -> Role {
        ROLES[[3, 3, 2, 2, 1, 0, 4][self.below(7)]]
    }

    fn meet(&mut self, one: usize, other: usize) {
        let both = self.actors[one].knows.with(self.actors[other].knows);
        self.actors[one].knows = both;
        if self.chance(0.5) {
            self.actors[other].knows = both;
        }
    }

    /// A new chain; now and then one that says it knows less than its device does, as a liar would.
    fn begin_chain(&mut self, who: usize) {
        let chain = self.chain();
        let mut knows = self.actors[who].knows;
        if self.chance(0.6) && knows.0 != 0 {
            let all: Vec<usize> = knows.iter().collect();
            let at = all[self.below(all.len())];
            knows = self.history.records[at].past.with([at].into_iter().collect());
        }
        self.actors[who] = Actor { knows, chain, number: 0, own: Set::default() };
    }

    /// A record of the first kind that the author knows, or of any.
    fn some(&mut self, who: usize, is: impl Fn(&Operation) -> bool) -> Option<usize> {
        let known =
            if self.chance(0.95) { self.actors[who].knows } else { Set((1u64 << (self.history.records.len() % 64)).wrapping_sub(1)) };
        let found = |at: &usize| self.history.records.get(*at).and_then(|it| it.access.as_ref()).is_some_and(|it| is(&it.operation));
        let all: Vec<usize> = known.iter().filter(found).collect();
        if all.is_empty() { None } else { Some(all[self.below(all.len())]) }
    }

    fn member(&mut self, who: usize) -> Option<usize> {
        self.some(who, |it| matches!(it, Operation::Genesis(_) | Operation::Join(_) | Operation::Grant(_)))
    }

    fn hash(&self, at: usize) -> Hash {
        self.history.records[at].hash
    }

    fn join(&mut self, who: usize, honest: bool) {
        let Some(at) = self.some(who, |it| matches!(it, Operation::Invitation(_))) else { return };
        let Some(Operation::Invitation(open)) = self.history.records[at].access.as_ref().map(|it| &it.operation) else { return };
        let ticket = self.cast.ticket(&open.key);
        let (hash, chain) = (self.hash(at), self.actors[who].chain);
        let join = self.cast.join(if honest { ticket } else { (ticket + 1) % TICKETS }, hash, who, chain);
        self.sign(who, Operation::Join(join), honest);
    }

    fn counted(&mut self, who: usize) {
        let (ticket, role, uses) = (self.below(TICKETS), self.role(), 1 + self.below(2) as u32);
        let label = Label::close("", &ChainCipher::new(&self.cast.secrets[0], &ChainId([0; 32])), &Hash([0; 32]));
        let key = self.cast.ticket_keys[ticket];
        let counted = Counted { key, role, uses, expires: None, approved: false, label };
        self.write(who, Kind::Access, Some(Operation::Counted(counted)));
        // Whoever makes one mostly grants it.
        for _ in 0..self.below(3) {
            self.grant(who);
        }
    }

    fn grant(&mut self, who: usize) {
        let Some(at) = self.some(who, |it| matches!(it, Operation::Counted(_))) else { return };
        let Some(Operation::Counted(counted)) = self.history.records[at].access.as_ref().map(|it| &it.operation) else { return };
        let ticket = self.cast.ticket(&counted.key);
        let (device, honest) = (self.below(PEOPLE), self.chance(0.9));
        let request = self.cast.request(ticket, device, honest);
        let by =
            if self.chance(0.7) { self.cast.devices.iter().position(|it| *it == self.history.records[at].device).unwrap() } else { who };
        let grant = Grant::new(self.hash(at), request, &self.history.document, &[], [3; 32]).unwrap();
        self.sign(by, Operation::Grant(grant), honest);
    }

    fn change_role(&mut self, who: usize) {
        let Some(at) = self.member(who) else { return };
        let change = RoleChange { membership: self.hash(at), role: self.role() };
        self.write(who, Kind::Access, Some(Operation::Role(change)));
    }

    fn remove(&mut self, who: usize) {
        let Some(at) = self.member(who) else { return };
        let mut removal = Removal::of(self.hash(at));
        if self.chance(0.3) {
            let begun = &self.history.records[at];
            let mut devices = vec![begun.device];
            let added = |it: &Entry| match it.access.as_ref().map(|it| &it.operation) {
                Some(Operation::AddDevice(added)) if added.membership == begun.hash => Some(added.device),
                _ => None,
            };
            devices.extend(self.history.records.iter().filter_map(added));
            devices.sort_unstable();
            devices.dedup();
            let keep = self.below(devices.len());
            removal.devices =
                if self.chance(0.9) { vec![devices[keep]] } else { vec![self.cast.devices[self.random.random_range(0..PEOPLE)]] };
        }
        if self.chance(0.25) {
            let theirs: Vec<usize> =
                (0..self.history.records.len()).filter(|it| self.history.records[*it].device == self.history.records[at].device).collect();
            let which = self.below(theirs.len());
            let cut = &self.history.records[theirs[which]];
            removal.cuts = vec![Cut { chain: cut.chain, number: cut.number - 1 }];
        }
        if self.chance(0.4) {
            removal.rotation = Some(self.cast.rotations[self.random.random_range(0..8)].clone());
        }
        self.write(who, Kind::Access, Some(Operation::Removal(removal)));
    }

    fn transfer(&mut self, who: usize) {
        let by = if self.chance(0.6) { 0 } else { who };
        let Some(at) = self.member(by) else { return };
        let transfer = Transfer { membership: self.hash(at) };
        self.write(by, Kind::Access, Some(Operation::Transfer(transfer)));
    }

    fn revoke(&mut self, who: usize) {
        let Some(at) = self.some(who, |it| matches!(it, Operation::Invitation(_) | Operation::Counted(_))) else { return };
        let rotation = self.chance(0.5).then(|| self.cast.rotations[self.random.random_range(0..8)].clone());
        let revocation = Revocation { invitation: self.hash(at), rotation };
        self.write(who, Kind::Access, Some(Operation::Revocation(revocation)));
    }

    fn add_device(&mut self, who: usize) {
        let Some(at) = self.member(who) else { return };
        // Mostly one's own membership.
        let own = self.cast.devices[who];
        let mine = (0..self.history.records.len()).rev().find(|it| {
            let record = &self.history.records[*it];
            record.device == own
                && matches!(record.access.as_ref().map(|it| &it.operation), Some(Operation::Join(_) | Operation::Genesis(_)))
        });
        let at = if self.chance(0.8) { mine.unwrap_or(at) } else { at };
        let device = PEOPLE + self.below(SECOND_DEVICES);
        let (role, membership) = (ROLES[self.random.random_range(0..5)], self.hash(at));
        let by = if self.chance(0.95) { own } else { self.cast.devices[0] };
        let added = AddDevice::consent(&self.history.document, membership, &by, role, &self.cast.keys[device], &self.cast.seals[device]);
        self.sign(who, Operation::AddDevice(added), by == own);
        if self.chance(0.6) {
            self.meet(device, who);
        }
    }

    /// Two devices of one person, one of them in somebody else's hands, remove each other.
    fn quarrel(&mut self) {
        let adds = |at: &usize| match self.history.records[*at].access.as_ref().map(|it| &it.operation) {
            Some(Operation::AddDevice(added)) => Some((*at, added.membership, self.history.records[*at].device, added.device)),
            _ => None,
        };
        let all: Vec<_> = (0..self.history.records.len()).filter_map(|at| adds(&at)).collect();
        if all.is_empty() {
            return;
        }
        let (at, membership, one, other) = all[self.random.random_range(0..all.len())];
        let knows = self.history.records[at].past.with([at].into_iter().collect());
        for (by, goes) in [(one, other), (other, one)] {
            let by = self.cast.devices.iter().position(|it| *it == by).unwrap();
            if self.chance(0.7) {
                let chain = self.chain();
                let knows = if self.chance(0.5) { knows } else { self.actors[by].knows.with(knows) };
                self.actors[by] = Actor { knows, chain, number: 0, own: Set::default() };
            }
            self.write(by, Kind::Access, Some(Operation::Removal(Removal { devices: vec![goes], ..Removal::of(membership) })));
        }
    }

    fn said_by_itself(&mut self, who: usize) {
        if self.chance(0.5) {
            let whose = if self.chance(0.8) { who } else { 0 };
            let key = self.cast.key(who, whose);
            self.sign(who, Operation::Key(key), who == whose);
        } else {
            let cipher = ChainCipher::new(&self.cast.secrets[0], &self.actors[who].chain);
            let profile = Operation::Profile(Profile::default().close(&cipher, &Hash([0; 32])));
            self.write(who, Kind::Access, Some(profile));
        }
    }

    fn wrap_or_date(&mut self, who: usize) {
        let operation = if self.chance(0.5) {
            let secret = &self.cast.secrets[self.random.random_range(0..8)];
            Operation::Wrap(Wrap::deal(&self.history.document, secret, &[], [4; 32]).unwrap())
        } else {
            let Some(at) = self.member(who) else { return };
            Operation::EndDate(EndDate { membership: self.hash(at), ends: Some(1 + self.random.random_range(0..3)) })
        };
        self.write(who, Kind::Access, Some(operation));
    }

    /// Writes an operation with signatures in it, which hold or do not.
    fn sign(&mut self, who: usize, operation: Operation, proven: bool) {
        let before = self.history.records.len();
        self.write(who, Kind::Access, Some(operation));
        if let Some(entry) = self.history.records.get_mut(before) {
            entry.proven = proven;
        }
    }

    fn write(&mut self, who: usize, kind: Kind, operation: Option<Operation>) {
        let at = self.history.records.len();
        if at >= 60 {
            return;
        }
        let first = at == 0;
        let hash = if first {
            Hash(self.history.document.0)
        } else {
            Hash(*blake3::hash(&[self.seed, at as u64].map(u64::to_le_bytes).concat()).as_bytes())
        };
        let actor = &mut self.actors[who];
        actor.number += 1;
        let (past, position) = (actor.knows.with(actor.own), Position { chain: actor.chain, number: actor.number, hash });
        actor.own = past;
        actor.own.insert(at);
        actor.knows = actor.own;
        let device = self.cast.devices[who];
        let access = operation.map(|operation| AccessRecord::new(position, Hash([0; 32]), device, operation));
        self.history.records.push(Entry { hash, device, chain: position.chain, number: position.number, past, kind, access, proven: true });
        self.history.index.insert(short(&hash), at);
    }
}

fn short(hash: &Hash) -> u64 {
    u64::from_le_bytes(hash.0[..8].try_into().unwrap())
}

impl History {
    fn at(&self, hash: &Hash) -> usize {
        self.index[&short(hash)]
    }

    /// All of it.
    pub(crate) fn everything(&self) -> Set {
        (0..self.records.len()).collect()
    }

    /// Its access records.
    pub(crate) fn accesses(&self) -> Vec<AccessRecord> {
        self.records.iter().filter_map(|it| it.access.clone()).collect()
    }

    /// The history without one record and all that stands on it.
    pub(crate) fn without(&self, gone: usize) -> Self {
        let stays = |at: &usize| *at != gone && !self.records[*at].past.has(gone);
        let kept: Vec<usize> = (0..self.records.len()).filter(stays).collect();
        let place: HashMap<usize, usize> = kept.iter().enumerate().map(|(to, from)| (*from, to)).collect();
        let records: Vec<Entry> = kept
            .iter()
            .map(|at| Entry { past: self.records[*at].past.iter().map(|it| place[&it]).collect(), ..self.records[*at].clone() })
            .collect();
        let index = records.iter().enumerate().map(|(at, it)| (short(&it.hash), at)).collect();
        Self { records, index, devices: self.devices.clone(), document: self.document, limits: self.limits }
    }

    /// Folds it as it was written.
    pub(crate) fn fold(&self) -> Access {
        self.fold_of(self.accesses())
    }

    /// Folds these of its records, in this order.
    pub(crate) fn fold_of(&self, records: Vec<AccessRecord>) -> Access {
        self.empty().folding(records, self)
    }

    /// The fold of none of it.
    pub(crate) fn empty(&self) -> Access {
        Access::within(self.document, self.limits)
    }
}
