//! Who is a member with which role: a pure fold over the set of access records.
//!
//! Two things are found out about a record. Whether its author had the authority in the record's **own past** never changes: that is
//! validity, and a record without it is refused for good ([`Access::judge`], [`Access::may`]). Whether a valid record **counts** follows from all
//! records known, and may change when a removal comes that did not know of it ([`Access::standing`], [`Access::counts`]).
//!
//! Both depend on the set of records and not on the order in which they come. [`Access::add`] takes them as they are accepted, which is a
//! causal order, and costs little; a record that others already stand on makes it fold again from the beginning, with the same result.
//!
//! `ledger` keeps the records, `judge` finds what is valid, `authority` what a device may do somewhere, `standing` which records count; `cut`,
//! `members`, `invitations`, `epochs` and `audit` answer what people and other crates want to know.

mod audit;
mod authority;
mod bits;
mod cut;
mod epochs;
mod invitations;
mod judge;
mod ledger;
mod members;
mod refusal;
mod standing;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, OnceLock},
};

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position};
use sheaf_record::{Graph, Kind, Malformed, Past, ReadRecord};

use crate::{limits::Limits, operation::Operation, role::Role};
pub use audit::Event;
use authority::{Act, Everything, Scope};
use bits::Bits;
pub use cut::OtherRecord;
pub use epochs::{Left, Missed};
pub use invitations::{GrantError, Invited};
use judge::Judge;
use ledger::Ledger;
pub use members::Member;
pub use refusal::{Refusal, Room};
use standing::{Held, Resolver};

/// An access record, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRecord {
    /// Where it stands.
    pub position: Position,
    /// The hash that it follows, which opens the names in it.
    pub previous: Hash,
    /// The device whose chain it stands in.
    pub device: DeviceId,
    /// What it says.
    pub operation: Operation,
    proof: Proof,
}

/// Whether the signatures inside a record hold. A record is folded many times; this is found out once.
#[derive(Clone, Default)]
struct Proof(Arc<OnceLock<Result<(), Refusal>>>);

impl AccessRecord {
    /// The record at `position`, which follows `previous` in a chain of `device`.
    pub fn new(position: Position, previous: Hash, device: DeviceId, operation: Operation) -> Self {
        Self { position, previous, device, operation, proof: Proof::default() }
    }

    /// Reads an access record of a chain of `device`.
    pub fn read(read: &ReadRecord, device: DeviceId) -> Result<Self, Malformed> {
        let operation = Operation::decode(&read.record.operation()?.plaintext)?;
        Ok(Self::new(read.position, read.previous, device, operation))
    }

    /// Whether its signatures hold. What `check` says follows from the record alone: the key that a join is signed with, too, is that of the
    /// invitation that it names by its hash.
    fn proven(&self, check: impl FnOnce() -> Result<(), Refusal>) -> Result<(), Refusal> {
        *self.proof.0.get_or_init(check)
    }
}

impl PartialEq for Proof {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Proof {}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() { "checked" } else { "not checked" })
    }
}

/// One past: which records are in it.
pub trait Knows {
    /// Whether `record` is in this past.
    fn knows(&self, record: &Hash) -> bool;
}

impl Knows for Past<'_> {
    fn knows(&self, record: &Hash) -> bool {
        self.contains(record)
    }
}

impl Knows for BTreeSet<Hash> {
    fn knows(&self, record: &Hash) -> bool {
        self.contains(record)
    }
}

/// The pasts of all records that are folded.
pub trait CausalPast {
    /// Whether `later` stands, directly or not, on `earlier`.
    fn stands_on(&self, later: &Hash, earlier: &Hash) -> bool;

    /// Whether nothing stands on `record`: so it is with whatever has just come, and nobody else need be asked.
    fn is_last(&self, record: &Hash) -> bool;

    /// The same, of one record that is asked about often.
    fn behind<'a>(&'a self, later: &Hash) -> Box<dyn Fn(&Hash) -> bool + 'a> {
        let later = *later;
        Box::new(move |earlier| self.stands_on(&later, earlier))
    }

    /// The newest number of `chain` that `record` stands on; 0 if none. A record stands on those before it in its own chain.
    fn reach(&self, record: &Hash, chain: &ChainId) -> u64;
}

impl CausalPast for Graph {
    fn stands_on(&self, later: &Hash, earlier: &Hash) -> bool {
        later != earlier && self.past_with(later).is_some_and(|past| past.contains(earlier))
    }

    fn behind<'a>(&'a self, later: &Hash) -> Box<dyn Fn(&Hash) -> bool + 'a> {
        let (past, later) = (self.past_with(later), *later);
        Box::new(move |earlier| later != *earlier && past.as_ref().is_some_and(|past| past.contains(earlier)))
    }

    fn is_last(&self, record: &Hash) -> bool {
        self.is_head(record)
    }

    fn reach(&self, record: &Hash, chain: &ChainId) -> u64 {
        let own = self.position(record).filter(|position| position.chain == *chain);
        let with = self.past_with(record).map_or(0, |past| past.number(chain));
        own.map_or(with, |position| with.min(position.number - 1))
    }
}

/// What an access record amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Counts,
    /// It is kept and forwarded and means nothing here: it is from a newer version.
    Unknown,
    /// Its author had the authority, and something that counts took it away: a removal or a demotion that did not know of the record, a
    /// revocation, another owner's word.
    Void,
    /// Its author did not have the authority.
    Refused(Refusal),
}

/// The fold.
#[derive(Debug, Clone)]
pub struct Access {
    document: DocumentId,
    limits: Limits,
    ledger: Ledger,
    /// Records in rows, each of which stands on the one before: almost always one row a device.
    lines: Vec<(DeviceId, Vec<usize>)>,
    /// The records on which no other one taken stands.
    heads: Vec<usize>,
    /// Which records count, once somebody has asked.
    now: OnceLock<Vec<Option<Held>>>,
    /// Which records count in the pasts of those judged last, by what in those pasts can take something away: nothing else decides it.
    judged: Vec<(Bits, Vec<Option<Held>>)>,
}

/// Pasts that are remembered while records are judged: as many devices as may be writing apart from one another.
const JUDGED: usize = 16;

impl Access {
    /// Nobody is a member yet.
    pub fn new(document: DocumentId) -> Self {
        Self::within(document, Limits::default())
    }

    /// The same under other limits than everybody's, as tests want them.
    pub fn within(document: DocumentId, limits: Limits) -> Self {
        let (ledger, now) = (Ledger::default(), OnceLock::new());
        Self { document, limits, ledger, lines: Vec::new(), heads: Vec::new(), now, judged: Vec::new() }
    }

    /// Folds a set of records, in whatever order they are given; in a causal one it is quick.
    pub fn fold(document: DocumentId, records: impl IntoIterator<Item = AccessRecord>, past: &impl CausalPast) -> Self {
        Self::new(document).folding(records, past)
    }

    /// This with a set of records more, in whatever order they are given.
    pub fn folding(mut self, records: impl IntoIterator<Item = AccessRecord>, past: &impl CausalPast) -> Self {
        let mut records = records.into_iter();
        while let Some(record) = records.next() {
            if self.is_late(&record.position.hash, past) {
                let empty = Self::within(self.document, self.limits);
                return empty.fold_sorted(self.into_records().chain([record]).chain(records).collect(), past);
            }
            self.take_last(record, past);
        }
        self
    }

    /// Folds records, the first ones, after putting them into a causal order.
    fn fold_sorted(mut self, records: Vec<AccessRecord>, past: &impl CausalPast) -> Self {
        let behind =
            |later: &AccessRecord| records.iter().filter(|earlier| past.stands_on(&later.position.hash, &earlier.position.hash)).count();
        let mut order: Vec<(usize, Hash, usize)> =
            records.iter().enumerate().map(|(at, record)| (behind(record), record.position.hash, at)).collect();
        order.sort_unstable();
        let mut records: Vec<Option<AccessRecord>> = records.into_iter().map(Some).collect();
        for record in order.into_iter().filter_map(|(_, _, at)| records[at].take()) {
            self.take_last(record, past);
        }
        self
    }

    fn into_records(self) -> impl Iterator<Item = AccessRecord> {
        self.ledger.entries.into_iter().map(|entry| entry.record)
    }

    /// Takes one more record into the fold, and says what it amounts to. `past` knows the record already: append first, then add.
    pub fn add(&mut self, record: AccessRecord, past: &impl CausalPast) -> Standing {
        let hash = record.position.hash;
        self.take(record, past);
        self.standing_at(self.ledger.index[&hash])
    }

    /// Takes one more record into the fold. What it amounts to is found when somebody asks: so a journal is read.
    pub fn take(&mut self, record: AccessRecord, past: &impl CausalPast) {
        let hash = record.position.hash;
        if self.ledger.index.contains_key(&hash) {
            return;
        }
        if self.is_late(&hash, past) {
            let empty = Self::within(self.document, self.limits);
            let held = std::mem::replace(self, empty.clone()).into_records();
            *self = empty.fold_sorted(held.chain([record]).collect(), past);
        } else {
            self.take_last(record, past);
        }
    }

    /// Whether something taken stands on this record already.
    fn is_late(&self, hash: &Hash, past: &impl CausalPast) -> bool {
        !past.is_last(hash) && self.heads.iter().any(|head| past.stands_on(&self.ledger.hash(*head), hash))
    }

    /// Takes a record on which nothing stands that was taken before.
    fn take_last(&mut self, record: AccessRecord, past: &impl CausalPast) {
        let hash = record.position.hash;
        if self.ledger.index.contains_key(&hash) {
            return;
        }
        let behind = self.past_of(&*past.behind(&hash));
        let verdict = self.judge_remembering(&record, &behind);
        let (at, device) = (self.ledger.entries.len(), record.device);
        let line = self.lines.iter_mut().find(|(owner, line)| *owner == device && line.last().is_some_and(|last| behind.has(*last)));
        match line {
            Some((_, line)) => line.push(at),
            None => self.lines.push((device, vec![at])),
        }
        self.heads.retain(|head| !behind.has(*head));
        self.heads.push(at);
        let decided = self.now.take();
        if !self.ledger.take(record, behind, verdict)
            && let Some(mut decided) = decided
        {
            decided.push(None);
            let mut resolver = Resolver::resume(&self.ledger, &Everything, decided);
            resolver.counts(at);
            self.now = resolver.into_decided().into();
        }
    }

    /// Judges a record, and remembers what was found out about those before it.
    fn judge_remembering(&mut self, record: &AccessRecord, behind: &Bits) -> Result<ledger::Facts, Refusal> {
        let weighty = behind.in_both(&self.ledger.weighty);
        let known = self.judged.iter().position(|(known, _)| *known == weighty);
        let decided = known.map(|at| self.judged.remove(at).1).unwrap_or_default();
        let resolver = Resolver::resume(&self.ledger, behind, decided);
        let (verdict, decided) = Judge::new(&self.ledger, (self.document, self.limits), behind, record, resolver).judge();
        if self.judged.len() == JUDGED {
            self.judged.remove(0);
        }
        self.judged.push((weighty, decided));
        verdict
    }

    /// The records of a past, found with as few questions as possible: whoever knows a record knows what that stands on, and of a row that is
    /// not known from some place on nothing further.
    fn past_of(&self, knows: &dyn Fn(&Hash) -> bool) -> Bits {
        let knows = |at: &usize| knows(&self.ledger.hash(*at));
        let mut past = Bits::default();
        let mut learn = |at: usize| {
            past.join(&self.ledger.entries[at].past);
            past.set(at);
        };
        // Whoever writes alone knows everything.
        let unknown = self
            .heads
            .iter()
            .rev()
            .filter(|head| {
                !knows(head) || {
                    learn(**head);
                    false
                }
            })
            .count();
        if unknown == 0 {
            return past;
        }
        for (_, line) in &self.lines {
            let rest = &line[line.partition_point(|at| past.has(*at))..];
            if rest.first().is_some_and(&knows) {
                let newest = rest[rest.partition_point(&knows) - 1];
                past.join(&self.ledger.entries[newest].past);
                past.set(newest);
            }
        }
        past
    }

    /// Succeeds if the author of a record of `kind` with this past had the role for it, and says which. It asks for the kind alone, so a
    /// relay can ask it too; what an access record says is judged by [`Self::judge`].
    pub fn may(&self, device: &DeviceId, past: &impl Knows, kind: Kind) -> Result<Role, Refusal> {
        let needs = Role::needed_for(kind);
        match self.role_in(device, past) {
            Some(has) if has >= needs => Ok(has),
            Some(has) => Err(Refusal::Role { device: *device, has, needs }),
            None => Err(Refusal::NotAMember(*device)),
        }
    }

    /// Succeeds if an access record with this past is valid.
    pub fn judge(&self, record: &AccessRecord, past: &impl Knows) -> Result<(), Refusal> {
        let behind = self.past_of(&|earlier| past.knows(earlier));
        Judge::new(&self.ledger, (self.document, self.limits), &behind, record, Resolver::new(&self.ledger, &behind)).judge().0.map(drop)
    }

    /// The role that `device` has in `past`.
    pub fn role_in(&self, device: &DeviceId, past: &impl Knows) -> Option<Role> {
        self.role_where(device, &Known::new(&self.ledger, past))
    }

    fn role_where(&self, device: &DeviceId, scope: &impl Scope) -> Option<Role> {
        let mut resolver = Resolver::new(&self.ledger, scope);
        let question = resolver.question(&Act::Next, Role::View);
        question.role(device, &mut |at, _| resolver.counts(at))
    }

    /// The document.
    pub fn document(&self) -> DocumentId {
        self.document
    }

    /// Every record taken, with what it amounts to, by hash.
    pub fn records(&self) -> impl Iterator<Item = (&AccessRecord, Standing)> {
        self.now();
        self.ledger.index.values().map(|at| (&self.ledger.entries[*at].record, self.standing_at(*at)))
    }

    /// What a record amounts to.
    pub fn standing(&self, record: &Hash) -> Option<Standing> {
        self.ledger.index.get(record).map(|at| self.standing_at(*at))
    }

    fn standing_at(&self, at: usize) -> Standing {
        let entry = &self.ledger.entries[at];
        match &entry.verdict {
            Err(refusal) => Standing::Refused(*refusal),
            Ok(_) if !self.counts_now(at) => Standing::Void,
            Ok(_) if matches!(entry.record.operation, Operation::Unknown { .. }) => Standing::Unknown,
            Ok(_) => Standing::Counts,
        }
    }

    /// Which records count, by everything known.
    fn now(&self) -> &[Option<Held>] {
        self.now.get_or_init(|| Resolver::new(&self.ledger, &Everything).all())
    }

    fn counts_now(&self, at: usize) -> bool {
        match self.now.get() {
            Some(now) => now[at].is_some_and(Held::counts),
            None => Resolver::new(&self.ledger, &Everything).counts(at),
        }
    }
}

/// A past as somebody else knows it, asked about each record once.
struct Known<'a, K> {
    ledger: &'a Ledger,
    past: &'a K,
    found: Vec<std::cell::Cell<Option<bool>>>,
}

impl<'a, K: Knows> Known<'a, K> {
    fn new(ledger: &'a Ledger, past: &'a K) -> Self {
        Self { ledger, past, found: vec![std::cell::Cell::new(None); ledger.entries.len()] }
    }
}

impl<K: Knows> Scope for Known<'_, K> {
    fn has(&self, record: usize) -> bool {
        self.found[record].get().unwrap_or_else(|| {
            let known = self.past.knows(&self.ledger.hash(record));
            self.found[record].set(Some(known));
            known
        })
    }
}
