//! Who is a member with which role: a pure fold over the set of access records.
//!
//! Whether a record counts depends on the record and on what lies in its causal past, and on nothing else, so the order in which records
//! come does not matter. [`Access::add`] takes them as they are accepted, which is a causal order, and costs little; a record that others
//! already stand on makes it fold again from the beginning, with the same result.
//!
//! Two kinds of questions are asked here. "May this author write this?" is answered from the record's own past ([`Access::may`],
//! [`Access::judge`]). "Who is a member?" is answered from everything known ([`Access::members`], [`Access::role`]).

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position};
use sheaf_record::{BadSignature, EpochId, Graph, Kind, Malformed, Past, ReadRecord};

use crate::{
    invitation::Invitation,
    operation::{Join, Operation, SealedProfile},
    role::Role,
    seed::TicketKey,
};

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
}

impl AccessRecord {
    /// Reads an access record of a chain of `device`.
    pub fn read(read: &ReadRecord, device: DeviceId) -> Result<Self, Malformed> {
        let operation = Operation::decode(&read.record.operation()?.plaintext)?;
        Ok(Self { position: read.position, previous: read.previous, device, operation })
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
}

impl CausalPast for Graph {
    fn stands_on(&self, later: &Hash, earlier: &Hash) -> bool {
        later != earlier && self.past_with(later).is_some_and(|past| past.contains(earlier))
    }

    fn is_last(&self, record: &Hash) -> bool {
        self.is_head(record)
    }
}

/// Everything: the past of now.
struct Everything;

impl Knows for Everything {
    fn knows(&self, _: &Hash) -> bool {
        true
    }
}

/// The past of one record.
struct PastOf<'a, P>(&'a P, Hash);

impl<P: CausalPast> Knows for PastOf<'_, P> {
    fn knows(&self, record: &Hash) -> bool {
        self.0.stands_on(&self.1, record)
    }
}

/// What an access record amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Counts,
    /// It is kept and forwarded and means nothing here: it is from a newer version.
    Unknown,
    /// Its author had the authority, and a removal took it away. (Nothing is removed yet; the name is here so that whoever matches on
    /// standings already says what becomes of such a record.)
    Void,
    /// Its author did not have the authority.
    Refused(Refusal),
}

/// Why a record is refused: its author did not have the authority in the record's own past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody by the record's past.
    #[error("device {} is not a member of the document", .0.short())]
    NotAMember(DeviceId),
    /// A member of too small a role.
    #[error("this needs the role “{needs}”, and device {} has “{has}”", .device.short())]
    Role {
        /// Whose record.
        device: DeviceId,
        /// What it has.
        has: Role,
        /// What it would need.
        needs: Role,
    },
    /// A genesis that does not begin this document.
    #[error("this does not begin the document")]
    NotTheBeginning,
    /// An invitation to owning. A document is handed over, and has one owner.
    #[error("nobody can be invited to own the document")]
    NobodyIsInvitedToOwn,
    /// A join by an invitation that does not count or is not in its past.
    #[error("the invitation {} does not count here", .0.short())]
    NoInvitation(Hash),
    /// A join without the ticket.
    #[error("the ticket's signature does not hold: {0}")]
    Proof(#[from] BadSignature),
    /// The owner hands the document over, and does not leave it behind.
    #[error("the owner cannot leave the document")]
    OwnerStays,
}

/// A member as of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The record by which they are one: a genesis or a join. It names the membership.
    pub since: Position,
    /// Their devices.
    pub devices: Vec<DeviceId>,
    /// What they may do.
    pub role: Role,
    /// The invitation they joined by; none for the owner.
    pub invitation: Option<Hash>,
}

/// The fold.
#[derive(Debug, Clone)]
pub struct Access {
    document: DocumentId,
    records: BTreeMap<Hash, (AccessRecord, Standing)>,
    genesis: Option<(Position, DeviceId, EpochId)>,
    memberships: BTreeMap<DeviceId, Vec<Membership>>,
    /// The invitations that count, by their tickets.
    invitations: BTreeMap<TicketKey, BTreeSet<Hash>>,
    /// Each device's newest profiles: more than one if they were written apart.
    profiles: BTreeMap<DeviceId, BTreeSet<Hash>>,
}

/// What one join gives to one device.
#[derive(Debug, Clone)]
struct Membership {
    since: Position,
    invitation: Hash,
    role: Role,
    /// The device's leaves that stand on the join.
    ended: Vec<Hash>,
}

impl Membership {
    fn holds_in(&self, past: &impl Knows) -> bool {
        past.knows(&self.since.hash) && !self.ended.iter().any(|leave| past.knows(leave))
    }
}

impl Access {
    /// Nobody is a member yet.
    pub fn new(document: DocumentId) -> Self {
        Self {
            document,
            records: BTreeMap::new(),
            genesis: None,
            memberships: BTreeMap::new(),
            invitations: BTreeMap::new(),
            profiles: BTreeMap::new(),
        }
    }

    /// Folds a set of records, in whatever order they are given.
    pub fn fold(document: DocumentId, records: impl IntoIterator<Item = AccessRecord>, past: &impl CausalPast) -> Self {
        let records: BTreeMap<Hash, AccessRecord> = records.into_iter().map(|record| (record.position.hash, record)).collect();
        let behind = |later: &Hash| records.keys().filter(|earlier| past.stands_on(later, earlier)).count();
        let mut order: Vec<(usize, Hash)> = records.keys().map(|hash| (behind(hash), *hash)).collect();
        order.sort_unstable();
        let mut access = Self::new(document);
        for (_, hash) in order {
            access.take(records[&hash].clone(), past);
        }
        access
    }

    /// Takes one more record into the fold, and says what it amounts to. `past` knows the record already: append first, then add.
    pub fn add(&mut self, record: AccessRecord, past: &impl CausalPast) -> Standing {
        let hash = record.position.hash;
        if !self.records.contains_key(&hash) {
            if !past.is_last(&hash) && self.records.keys().any(|held| past.stands_on(held, &hash)) {
                let held = std::mem::take(&mut self.records).into_values().map(|(record, _)| record);
                *self = Self::fold(self.document, held.chain([record]), past);
            } else {
                self.take(record, past);
            }
        }
        self.records[&hash].1.clone()
    }

    /// Takes a record on which nothing stands that was taken before.
    fn take(&mut self, record: AccessRecord, past: &impl CausalPast) {
        let hash = record.position.hash;
        let its_past = PastOf(past, hash);
        let standing = match self.judge(&record, &its_past) {
            Ok(()) if matches!(record.operation, Operation::Unknown { .. }) => Standing::Unknown,
            Ok(()) => Standing::Counts,
            Err(refusal) => Standing::Refused(refusal),
        };
        if standing == Standing::Counts {
            self.note(&record, &its_past);
        }
        self.records.insert(hash, (record, standing));
    }

    /// Notes what a record that counts changes.
    fn note(&mut self, record: &AccessRecord, past: &impl Knows) {
        let AccessRecord { position, device, .. } = *record;
        match &record.operation {
            Operation::Genesis(genesis) => self.genesis = Some((position, device, genesis.epoch)),
            Operation::Invitation(invitation) => {
                self.invitations.entry(invitation.key).or_default().insert(position.hash);
            }
            Operation::Join(join) => {
                if let Some(Operation::Invitation(invitation)) = self.counting(&join.invitation) {
                    let role = invitation.role;
                    let membership = Membership { since: position, invitation: join.invitation, role, ended: Vec::new() };
                    self.memberships.entry(device).or_default().push(membership);
                }
            }
            Operation::Profile(_) => {
                let profiles = self.profiles.entry(device).or_default();
                profiles.retain(|earlier| !past.knows(earlier));
                profiles.insert(position.hash);
            }
            Operation::Leave => {
                for membership in self.memberships.entry(device).or_default() {
                    if past.knows(&membership.since.hash) {
                        membership.ended.push(position.hash);
                    }
                }
            }
            Operation::Unknown { .. } => {}
        }
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

    /// Succeeds if an access record with this past counts.
    pub fn judge(&self, record: &AccessRecord, past: &impl Knows) -> Result<(), Refusal> {
        let AccessRecord { position, device, .. } = record;
        let member = || self.role_in(device, past).ok_or(Refusal::NotAMember(*device));
        match &record.operation {
            Operation::Genesis(genesis) => {
                let begins = position.number == 1 && position.hash.0 == self.document.0 && genesis.owner == *device;
                if begins { Ok(()) } else { Err(Refusal::NotTheBeginning) }
            }
            Operation::Invitation(invitation) => {
                self.may(device, past, Kind::Access)?;
                if invitation.role < Role::Owner { Ok(()) } else { Err(Refusal::NobodyIsInvitedToOwn) }
            }
            Operation::Join(join) => self.judge_join(join, &position.chain, device, past),
            Operation::Leave if member()? == Role::Owner => Err(Refusal::OwnerStays),
            Operation::Profile(_) | Operation::Leave | Operation::Unknown { .. } => member().map(drop),
        }
    }

    fn judge_join(&self, join: &Join, chain: &ChainId, device: &DeviceId, past: &impl Knows) -> Result<(), Refusal> {
        match self.counting(&join.invitation).filter(|_| past.knows(&join.invitation)) {
            Some(Operation::Invitation(invitation)) => Ok(join.verify(&invitation.key, &self.document, chain, device)?),
            _ => Err(Refusal::NoInvitation(join.invitation)),
        }
    }

    /// What a record that counts says.
    fn counting(&self, record: &Hash) -> Option<&Operation> {
        self.records.get(record).filter(|(_, standing)| *standing == Standing::Counts).map(|(record, _)| &record.operation)
    }

    /// The role that `device` has in `past`.
    pub fn role_in(&self, device: &DeviceId, past: &impl Knows) -> Option<Role> {
        if self.genesis.is_some_and(|(position, owner, _)| owner == *device && past.knows(&position.hash)) {
            return Some(Role::Owner);
        }
        let memberships = self.memberships.get(device)?;
        memberships.iter().filter(|membership| membership.holds_in(past)).map(|membership| membership.role).max()
    }

    /// The epoch whose secret closes a record with this past.
    pub fn epoch_in(&self, past: &impl Knows) -> Option<EpochId> {
        self.genesis.filter(|(position, _, _)| past.knows(&position.hash)).map(|(_, _, epoch)| epoch)
    }

    /// The document.
    pub fn document(&self) -> DocumentId {
        self.document
    }

    /// The role that `device` has by everything known.
    pub fn role(&self, device: &DeviceId) -> Option<Role> {
        self.role_in(device, &Everything)
    }

    /// The epoch whose secret closes what is written now.
    pub fn epoch(&self) -> Option<EpochId> {
        self.epoch_in(&Everything)
    }

    /// The device that owns the document.
    pub fn owner(&self) -> Option<DeviceId> {
        self.genesis.map(|(_, owner, _)| owner)
    }

    /// The members by everything known, the owner first, then by device.
    pub fn members(&self) -> Vec<Member> {
        let owner = self.genesis.map(|(since, owner, _)| Member { since, devices: vec![owner], role: Role::Owner, invitation: None });
        let joined = self.memberships.iter().filter(|(device, _)| Some(**device) != self.owner()).filter_map(|(device, all)| {
            let held = all.iter().filter(|membership| membership.holds_in(&Everything));
            let best = held.max_by_key(|membership| (membership.role, std::cmp::Reverse(membership.since.hash)))?;
            Some(Member { since: best.since, devices: vec![*device], role: best.role, invitation: Some(best.invitation) })
        });
        owner.into_iter().chain(joined).collect()
    }

    /// What a device, a member or not any more, last said about itself, with the position and the previous hash that open it.
    pub fn profile(&self, device: &DeviceId) -> Option<(Position, Hash, &SealedProfile)> {
        let (record, _) = self.profiles.get(device)?.last().and_then(|hash| self.records.get(hash))?;
        match &record.operation {
            Operation::Profile(profile) => Some((record.position, record.previous, profile)),
            _ => None,
        }
    }

    /// The invitation that counts for the holder of a ticket, and the record that it is.
    pub fn invitation(&self, key: &TicketKey) -> Option<(&AccessRecord, &Invitation)> {
        let (record, _) = self.invitations.get(key)?.first().and_then(|hash| self.records.get(hash))?;
        match &record.operation {
            Operation::Invitation(invitation) => Some((record, invitation)),
            _ => None,
        }
    }

    /// Every record taken, with what it amounts to, by hash.
    pub fn records(&self) -> impl Iterator<Item = (&AccessRecord, &Standing)> {
        self.records.values().map(|(record, standing)| (record, standing))
    }

    /// What a record amounts to.
    pub fn standing(&self, record: &Hash) -> Option<&Standing> {
        self.records.get(record).map(|(_, standing)| standing)
    }
}
