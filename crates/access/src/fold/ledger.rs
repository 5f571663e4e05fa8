//! The records that were taken, and what finds those that bear on one another.
//!
//! Records are numbered in the order in which they were taken, which is a causal one; nothing that is told depends on those numbers. What
//! does not hold in its own past is kept and otherwise left out of everything: it never bears on anything.

use std::collections::BTreeMap;

use sheaf_base::{DeviceId, Hash};

use super::{AccessRecord, Refusal, Room, bits::Bits};
use crate::{membership::Removal, operation::Operation, role::Role};

/// A record that was taken.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) record: AccessRecord,
    /// The access records that it stands on.
    pub(super) past: Bits,
    /// How many those are: a record's own is more than that of any it stands on.
    pub(super) depth: usize,
    /// What it amounts to by its own past, which nothing changes any more.
    pub(super) verdict: Result<Facts, Refusal>,
}

/// What a valid record says, put in terms of other records.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// What its author was.
    pub(super) role: Role,
    /// The least its author needs; none where it is not the author's word that it rests on (a genesis, a join).
    pub(super) need: Option<Role>,
    /// A removal of devices by one of the same person's.
    pub(super) own: bool,
    /// The beginning of the membership that it is about.
    pub(super) target: Option<usize>,
    /// The invitation that it is about.
    pub(super) invitation: Option<usize>,
    /// Of a transfer: the record by which its author owns, and the membership that gives.
    pub(super) gives: Option<(usize, usize)>,
    /// Of a leave: the memberships that it ends.
    pub(super) ends: Vec<usize>,
    /// Of a change of role: it lowers one, by its own past.
    pub(super) lowers: bool,
    /// Of an invitation and of who comes by it: how many let one another in, one after the other, since the document began.
    pub(super) row: usize,
}

impl Facts {
    /// `role`: what its author is. `need`: the least that it takes.
    pub(super) fn of(role: Role, need: Role) -> Self {
        Self { role, need: Some(need), own: false, target: None, invitation: None, gives: None, ends: Vec::new(), lowers: false, row: 0 }
    }
}

/// Everything taken, and where to find it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub(super) entries: Vec<Entry>,
    pub(super) index: BTreeMap<Hash, usize>,
    /// What a device has written that takes room.
    pub(super) spent: BTreeMap<(DeviceId, Room), Bits>,
    /// The genesis, the joins and the grants: where memberships begin, by the device that they begin with.
    pub(super) beginnings: BTreeMap<DeviceId, Vec<usize>>,
    pub(super) all_beginnings: Bits,
    pub(super) genesis: Option<usize>,
    /// By the device that is added.
    pub(super) added: BTreeMap<DeviceId, Vec<usize>>,
    /// Removals and role changes by the device that their membership began with.
    pub(super) removals: BTreeMap<DeviceId, Vec<usize>>,
    pub(super) role_changes: BTreeMap<DeviceId, Vec<usize>>,
    pub(super) transfers: Vec<usize>,
    /// What ends a membership whole: leaves and removals.
    pub(super) ends: BTreeMap<usize, Vec<usize>>,
    /// By the beginning: the leaves and whole removals that say that it is over, of whichever membership of the same device before them.
    pub(super) over: BTreeMap<usize, Vec<usize>>,
    /// Revocations of an invitation.
    pub(super) revocations: BTreeMap<usize, Vec<usize>>,
    /// Removals, by admins, of somebody who came by an invitation: they hold its ticket.
    pub(super) closers: BTreeMap<usize, Vec<usize>>,
    pub(super) grants: BTreeMap<usize, Vec<usize>>,
    pub(super) end_dates: BTreeMap<DeviceId, Vec<usize>>,
    /// All that can take away what is already there.
    pub(super) strikes: Bits,
    /// All of which a further one can change what others amount to: the strikes, and the grants, which are counted.
    pub(super) weighty: Bits,
    pub(super) rotations: Vec<usize>,
    pub(super) wraps: Vec<usize>,
    pub(super) keys: BTreeMap<DeviceId, Vec<usize>>,
    pub(super) profiles: BTreeMap<DeviceId, Vec<usize>>,
    pub(super) invitations: Vec<usize>,
}

/// All of a list that may not be there.
pub(super) fn all<K: Ord>(lists: &BTreeMap<K, Vec<usize>>, key: &K) -> impl DoubleEndedIterator<Item = usize> {
    lists.get(key).into_iter().flatten().copied()
}

/// What a valid record takes room of, its author's own; some take none.
pub(super) fn room_of(operation: &Operation, facts: &Facts) -> Option<Room> {
    match operation {
        // Said again it gathers what others have written, however much they have; and whoever wants to go goes.
        Operation::Profile(_) | Operation::Leave => None,
        Operation::Removal(_) | Operation::Transfer(_) => Some(Room::Removals),
        Operation::Role(_) if facts.lowers => Some(Room::Removals),
        Operation::Revocation(_) => Some(Room::Revocations),
        _ => Some(Room::Records),
    }
}

impl Ledger {
    /// Takes a record on which nothing taken stands. Says whether it bears on what others amount to.
    pub(super) fn take(&mut self, record: AccessRecord, past: Bits, verdict: Result<Facts, Refusal>) -> bool {
        let (at, hash, device) = (self.entries.len(), record.position.hash, record.device);
        let depth = past.count();
        self.index.insert(hash, at);
        self.entries.push(Entry { record, past, depth, verdict });
        let Ok(facts) = self.entries[at].verdict.clone() else { return false };
        if let Some(room) = room_of(self.operation(at), &facts) {
            self.spent.entry((device, room)).or_default().set(at);
        }
        self.note(at, &facts);
        if self.strikes.has(at) || matches!(self.operation(at), Operation::Grant(_)) {
            self.weighty.set(at);
        }
        self.weighty.has(at)
    }

    fn note(&mut self, at: usize, facts: &Facts) {
        let device = self.entries[at].record.device;
        match self.entries[at].record.operation.clone() {
            Operation::Genesis(_) => {
                self.genesis = Some(at);
                self.begin(device, at);
                self.rotations.push(at);
            }
            Operation::Join(_) => self.begin(device, at),
            Operation::Grant(grant) => {
                self.begin(grant.request.device, at);
                facts.invitation.iter().for_each(|invitation| self.grants.entry(*invitation).or_default().push(at));
            }
            Operation::Invitation(_) | Operation::Counted(_) => self.invitations.push(at),
            Operation::Profile(_) => self.profiles.entry(device).or_default().push(at),
            Operation::Key(_) => self.keys.entry(device).or_default().push(at),
            Operation::AddDevice(added) => {
                self.added.entry(added.device).or_default().push(at);
                self.keys.entry(added.device).or_default().push(at);
            }
            Operation::Leave => facts.ends.iter().for_each(|ended| {
                self.ends.entry(*ended).or_default().push(at);
                self.over.entry(*ended).or_default().push(at);
            }),
            Operation::Removal(removal) => self.note_removal(at, facts, &removal),
            Operation::Role(_) => {
                self.strikes.set(at);
                facts.target.iter().for_each(|target| self.role_changes.entry(self.root(*target)).or_default().push(at));
            }
            Operation::Transfer(_) => {
                self.strikes.set(at);
                self.transfers.push(at);
            }
            Operation::Revocation(revocation) => {
                self.strikes.set(at);
                facts.invitation.iter().for_each(|invitation| self.revocations.entry(*invitation).or_default().push(at));
                self.rotations.extend(revocation.rotation.map(|_| at));
            }
            Operation::EndDate(_) => facts.target.iter().for_each(|target| self.end_dates.entry(self.root(*target)).or_default().push(at)),
            Operation::Wrap(_) => self.wraps.push(at),
            Operation::Unknown { .. } => {}
        }
    }

    fn begin(&mut self, device: DeviceId, at: usize) {
        self.beginnings.entry(device).or_default().push(at);
        let ended: Vec<usize> = all(&self.removals, &device).filter(|end| self.is_over(at, *end)).collect();
        self.over.entry(at).or_default().extend(ended);
        self.all_beginnings.set(at);
        if matches!(self.operation(at), Operation::Grant(_)) {
            self.keys.entry(device).or_default().push(at);
        }
    }

    fn note_removal(&mut self, at: usize, facts: &Facts, removal: &Removal) {
        self.strikes.set(at);
        let Some(target) = facts.target else { return };
        let root = self.root(target);
        self.removals.entry(root).or_default().push(at);
        let ended: Vec<usize> = all(&self.beginnings, &root).filter(|begun| self.is_over(*begun, at)).collect();
        ended.into_iter().for_each(|begun| self.over.entry(begun).or_default().push(at));
        if removal.is_whole() {
            self.ends.entry(target).or_default().push(at);
        }
        let invitation = self.facts(target).and_then(|begun| begun.invitation).filter(|_| facts.role >= Role::Admin);
        invitation.iter().for_each(|invitation| self.closers.entry(*invitation).or_default().push(at));
        self.rotations.extend(removal.rotation.as_ref().map(|_| at));
    }

    /// Whether a removal of a device's membership says that this one of the same device is over, too: it is no later one.
    fn is_over(&self, beginning: usize, removal: usize) -> bool {
        self.removal(removal).is_some_and(Removal::is_whole) && !self.stands_on(beginning, removal)
    }

    pub(super) fn operation(&self, at: usize) -> &Operation {
        &self.entries[at].record.operation
    }

    pub(super) fn facts(&self, at: usize) -> Option<&Facts> {
        self.entries[at].verdict.as_ref().ok()
    }

    pub(super) fn hash(&self, at: usize) -> Hash {
        self.entries[at].record.position.hash
    }

    /// Whether `later` stands on `earlier`.
    pub(super) fn stands_on(&self, later: usize, earlier: usize) -> bool {
        self.entries[later].past.has(earlier)
    }

    /// The device that a membership begins with.
    pub(super) fn root(&self, beginning: usize) -> DeviceId {
        match self.operation(beginning) {
            Operation::Grant(grant) => grant.request.device,
            _ => self.entries[beginning].record.device,
        }
    }

    /// The valid record with this hash, if `is` it.
    pub(super) fn find(&self, hash: &Hash, is: impl Fn(&Operation) -> bool) -> Option<usize> {
        self.index.get(hash).copied().filter(|at| self.facts(*at).is_some() && is(self.operation(*at)))
    }

    /// The beginning of a membership with this hash.
    pub(super) fn beginning(&self, hash: &Hash) -> Option<usize> {
        self.find(hash, |operation| matches!(operation, Operation::Genesis(_) | Operation::Join(_) | Operation::Grant(_)))
    }

    pub(super) fn removal(&self, at: usize) -> Option<&Removal> {
        match self.operation(at) {
            Operation::Removal(removal) => Some(removal),
            _ => None,
        }
    }

    /// What an invitation, open or counted, lets people be.
    pub(super) fn invited_role(&self, invitation: usize) -> Option<Role> {
        match self.operation(invitation) {
            Operation::Invitation(invitation) => Some(invitation.role),
            Operation::Counted(counted) => Some(counted.role),
            _ => None,
        }
    }

    /// The role with which a membership begins.
    pub(super) fn first_role(&self, beginning: usize) -> Role {
        let invited = self.facts(beginning).and_then(|facts| facts.invitation).and_then(|invitation| self.invited_role(invitation));
        invited.unwrap_or(Role::Owner)
    }

    /// The place that a record has among others, whoever holds them: what it stands on comes before it.
    pub(super) fn rank(&self, at: usize) -> (usize, Hash) {
        (self.entries[at].depth, self.hash(at))
    }
}
