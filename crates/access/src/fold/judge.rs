//! Whether a record was its author's to write, by the record's own past.
//!
//! This is validity: it is found once and never changes. Whether a valid record counts is found anew when others come (`standing`).

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash};

use super::{
    AccessRecord, Refusal, Room,
    authority::{Act, Part},
    bits::Bits,
    ledger::{Facts, Ledger, all, room_of},
    standing::{Held, Resolver},
};
use crate::{
    counted::Grant,
    limits::{self, Limits},
    membership::{AddDevice, Removal, RoleChange, Transfer},
    operation::{Join, Operation},
    role::Role,
    rotation::Wrap,
};

/// One record before its past.
pub(super) struct Judge<'a> {
    ledger: &'a Ledger,
    document: DocumentId,
    limits: Limits,
    past: &'a Bits,
    record: &'a AccessRecord,
    resolver: Resolver<'a, Bits>,
}

impl<'a> Judge<'a> {
    /// `resolver` is over the record's past.
    pub(super) fn new(
        ledger: &'a Ledger,
        (document, limits): (DocumentId, Limits),
        past: &'a Bits,
        record: &'a AccessRecord,
        resolver: Resolver<'a, Bits>,
    ) -> Self {
        Self { ledger, document, limits, past, record, resolver }
    }

    /// What the record says, if it holds; and what was found out about those before it.
    pub(super) fn judge(mut self) -> (Result<Facts, Refusal>, Vec<Option<Held>>) {
        let verdict = self.says().and_then(|facts| self.has_room(&facts).map(|()| facts));
        (verdict, self.resolver.into_decided())
    }

    fn says(&mut self) -> Result<Facts, Refusal> {
        match &self.record.operation {
            Operation::Genesis(genesis) => {
                let position = self.record.position;
                let begins = position.number == 1 && position.hash.0 == self.document.0 && genesis.owner == self.record.device;
                if begins { Ok(Facts { need: None, ..Facts::of(Role::Owner, Role::Owner) }) } else { Err(Refusal::NotTheBeginning) }
            }
            Operation::Invitation(invitation) => self.invite(invitation.role),
            Operation::Counted(counted) => self.invite(counted.role),
            Operation::Join(join) => self.join(join),
            Operation::Grant(grant) => self.grant(grant),
            Operation::Profile(_) | Operation::Unknown { .. } => self.act(Role::View),
            Operation::Key(key) => {
                let facts = self.act(Role::View)?;
                self.record.proven(|| key.verify(&self.document, &self.record.device).map_err(Refusal::Proof))?;
                Ok(facts)
            }
            Operation::Leave => self.leave(),
            Operation::Role(change) => self.change_role(change),
            Operation::Removal(removal) => self.remove(removal),
            Operation::Transfer(transfer) => self.transfer(transfer),
            Operation::Revocation(revocation) => {
                let facts = self.act(Role::Admin)?;
                let found = self.known(&revocation.invitation, is_invitation);
                Ok(Facts { invitation: Some(found.ok_or(Refusal::NoInvitation(revocation.invitation))?), ..facts })
            }
            Operation::AddDevice(added) => self.add_device(added),
            Operation::EndDate(date) => {
                let facts = self.act(Role::Admin)?;
                Ok(Facts { target: Some(self.other_member(&date.membership)?), ..facts })
            }
            Operation::Wrap(wrap) => self.wrap(wrap),
        }
    }

    /// The author does something that needs `need`.
    fn act(&mut self, need: Role) -> Result<Facts, Refusal> {
        let device = self.record.device;
        match self.role(&device) {
            Some(has) if has >= need => Ok(Facts::of(has, need)),
            Some(has) => Err(Refusal::Role { device, has, needs: need }),
            None => Err(Refusal::NotAMember(device)),
        }
    }

    fn role(&mut self, device: &DeviceId) -> Option<Role> {
        let question = self.resolver.question(&Act::Next, Role::View);
        question.role(device, &mut |at, _| self.resolver.counts(at))
    }

    fn ties(&mut self, device: &DeviceId) -> Vec<(usize, Role)> {
        let question = self.resolver.question(&Act::Next, Role::View);
        question.ties(device, &mut |at, _| self.resolver.counts(at))
    }

    fn membership(&mut self, beginning: usize) -> Option<Role> {
        let question = self.resolver.question(&Act::Next, Role::View);
        question.membership(beginning, &mut |at, _| self.resolver.counts(at))
    }

    /// The record with this hash, if the author knew it.
    fn known(&self, hash: &Hash, is: impl Fn(&Operation) -> bool) -> Option<usize> {
        self.ledger.find(hash, is).filter(|at| self.past.has(*at))
    }

    /// The membership with this name, if the author knew of it, whether or not it has ended.
    fn beginning(&self, hash: &Hash) -> Result<usize, Refusal> {
        self.ledger.beginning(hash).filter(|at| self.past.has(*at)).ok_or(Refusal::NoMember(*hash))
    }

    /// The member with this name, who is one and not the owner.
    fn other_member(&mut self, hash: &Hash) -> Result<usize, Refusal> {
        let target = self.beginning(hash)?;
        match self.membership(target) {
            Some(Role::Owner) => Err(Refusal::OwnerUntouched),
            Some(_) => Ok(target),
            None => Err(Refusal::NoMember(*hash)),
        }
    }

    fn invite(&mut self, role: Role) -> Result<Facts, Refusal> {
        let facts = self.act(Role::Admin)?;
        let ties = self.ties(&self.record.device);
        let row = ties.iter().filter_map(|(beginning, _)| self.ledger.facts(*beginning)).map(|facts| facts.row).min().unwrap_or(0) + 1;
        if role == Role::Owner {
            return Err(Refusal::NobodyIsInvitedToOwn);
        }
        if row > limits::ROW {
            return Err(Refusal::Full { what: Room::Row, limit: limits::ROW });
        }
        Ok(Facts { row, ..facts })
    }

    fn row(&self, invitation: usize) -> usize {
        self.ledger.facts(invitation).map_or(0, |facts| facts.row)
    }

    fn join(&mut self, join: &Join) -> Result<Facts, Refusal> {
        let no = Refusal::NoInvitation(join.invitation);
        let invitation = self.known(&join.invitation, |operation| matches!(operation, Operation::Invitation(_))).ok_or(no)?;
        let Operation::Invitation(open) = self.ledger.operation(invitation) else { return Err(no) };
        self.is_open(invitation).then_some(()).ok_or(no)?;
        let (chain, device): (ChainId, DeviceId) = (self.record.position.chain, self.record.device);
        self.record.proven(|| join.verify(&open.key, &self.document, &chain, &device).map_err(Refusal::Proof))?;
        Ok(Facts { need: None, invitation: Some(invitation), row: self.row(invitation), ..Facts::of(open.role, Role::View) })
    }

    fn grant(&mut self, grant: &Grant) -> Result<Facts, Refusal> {
        let facts = self.act(Role::Admin)?;
        let no = Refusal::NoInvitation(grant.invitation);
        let invitation = self.known(&grant.invitation, |operation| matches!(operation, Operation::Counted(_))).ok_or(no)?;
        let Operation::Counted(counted) = self.ledger.operation(invitation) else { return Err(no) };
        if self.ledger.entries[invitation].record.device != self.record.device {
            return Err(Refusal::NotItsMaker(self.record.device));
        }
        if !self.is_open(invitation) || grant.request.ticket != counted.key {
            return Err(no);
        }
        let used = all(&self.ledger.grants, &invitation).filter(|at| self.past.has(*at) && self.resolver.counts(*at)).count();
        if used >= counted.uses as usize {
            return Err(Refusal::UsedUp(counted.uses));
        }
        if self.role(&grant.request.device).is_some() {
            return Err(Refusal::AlreadyThere(grant.request.device));
        }
        self.record.proven(|| grant.request.verify(&self.document).map_err(|bad| Refusal::Proof(bad.0)))?;
        Ok(Facts { invitation: Some(invitation), row: self.row(invitation), ..facts })
    }

    /// Whether an invitation lets somebody in: it counts, its maker may still invite and always might since, nobody has revoked it, and nobody who
    /// came by it has been removed.
    fn is_open(&mut self, invitation: usize) -> bool {
        let maker = self.ledger.entries[invitation].record.device;
        let question = super::authority::Question { since: Some(invitation), ..self.resolver.question(&Act::Next, Role::Admin) };
        let may = question.role(&maker, &mut |at, _: Part| self.resolver.counts(at)).is_some_and(|role| role >= Role::Admin);
        let revoked = all(&self.ledger.revocations, &invitation).any(|at| self.past.has(at) && self.resolver.counts(at));
        let closed = all(&self.ledger.closers, &invitation).any(|at| self.past.has(at) && self.resolver.held(at) == Held::Yes);
        self.resolver.counts(invitation) && may && !revoked && !closed
    }

    fn leave(&mut self) -> Result<Facts, Refusal> {
        let facts = self.act(Role::View)?;
        let ends: Vec<usize> = self.ties(&self.record.device).into_iter().map(|(beginning, _)| beginning).collect();
        if ends.iter().any(|beginning| self.membership(*beginning) == Some(Role::Owner)) {
            return Err(Refusal::OwnerStays);
        }
        Ok(Facts { ends, ..facts })
    }

    fn change_role(&mut self, change: &RoleChange) -> Result<Facts, Refusal> {
        let facts = self.act(Role::Admin)?;
        if change.role == Role::Owner {
            return Err(Refusal::NobodyIsInvitedToOwn);
        }
        let target = self.other_member(&change.membership)?;
        let lowers = self.membership(target).is_some_and(|has| change.role < has);
        Ok(Facts { target: Some(target), lowers, ..facts })
    }

    fn remove(&mut self, removal: &Removal) -> Result<Facts, Refusal> {
        let target = self.beginning(&removal.membership)?;
        let mine = self.is_tied(&self.record.device, target);
        let own = mine && !removal.is_whole();
        let facts = self.act(if own && removal.rotation.is_none() { Role::View } else { Role::Admin })?;
        let devices = self.devices_ever(target);
        if let Some(other) = removal.devices.iter().find(|device| !devices.contains(device)) {
            return Err(Refusal::NotTheirDevice(*other));
        }
        if self.strikes_owner(target) {
            if !own {
                return Err(if mine { Refusal::OwnerStays } else { Refusal::OwnerUntouched });
            }
            if !devices.iter().filter(|device| !removal.names(device)).any(|device| self.is_tied(device, target)) {
                return Err(Refusal::OwnerStays);
            }
        }
        Ok(Facts { own, target: Some(target), ..facts })
    }

    fn is_tied(&mut self, device: &DeviceId, membership: usize) -> bool {
        self.ties(device).iter().any(|(beginning, _)| *beginning == membership)
    }

    /// Whether the owner is among those whom a removal of this membership reaches: it reaches what else began with the same device.
    fn strikes_owner(&mut self, target: usize) -> bool {
        let root = self.ledger.root(target);
        let same: Vec<usize> = all(&self.ledger.beginnings, &root).filter(|at| self.past.has(*at)).collect();
        same.into_iter().any(|beginning| {
            let later = beginning != target && {
                let ends: Vec<usize> = all(&self.ledger.ends, &target).filter(|end| self.ledger.stands_on(beginning, *end)).collect();
                ends.into_iter().any(|end| self.resolver.counts(end))
            };
            !later && self.membership(beginning) == Some(Role::Owner)
        })
    }

    /// The devices that a membership has had.
    fn devices_ever(&mut self, target: usize) -> Vec<DeviceId> {
        let mut devices = vec![self.ledger.root(target)];
        for (device, records) in &self.ledger.added {
            let of = |at: &&usize| self.past.has(**at) && self.ledger.facts(**at).is_some_and(|facts| facts.target == Some(target));
            devices.extend(records.iter().any(|at| of(&at)).then_some(*device));
        }
        devices
    }

    fn transfer(&mut self, transfer: &Transfer) -> Result<Facts, Refusal> {
        let facts = self.act(Role::Owner)?;
        let owned: Vec<usize> = self.ties(&self.record.device).into_iter().filter(|tie| tie.1 == Role::Owner).map(|tie| tie.0).collect();
        let giver = owned.into_iter().min_by_key(|at| self.ledger.rank(*at)).ok_or(Refusal::NotAMember(self.record.device))?;
        let target = self.other_member(&transfer.membership)?;
        let root = self.ledger.root(giver);
        let to_giver = |at: &usize| {
            let heir = self.ledger.facts(*at).and_then(|facts| facts.target);
            self.past.has(*at) && heir.is_some_and(|heir| self.ledger.root(heir) == root)
        };
        let received: Vec<usize> = self.ledger.transfers.iter().copied().filter(to_giver).collect();
        let received = received.into_iter().filter(|at| self.resolver.counts(*at)).max_by_key(|at| self.ledger.rank(*at));
        let term = received.or(self.ledger.genesis).ok_or(Refusal::NotTheBeginning)?;
        Ok(Facts { target: Some(target), gives: Some((term, giver)), ..facts })
    }

    fn add_device(&mut self, added: &AddDevice) -> Result<Facts, Refusal> {
        let facts = self.act(Role::View)?;
        let target = self.beginning(&added.membership)?;
        let has = self.ties(&self.record.device).into_iter().filter(|(beginning, _)| *beginning == target).map(|tie| tie.1).max();
        match has {
            None => return Err(Refusal::NotYourMembership(self.record.device)),
            Some(has) if has < added.role => return Err(Refusal::Role { device: self.record.device, has, needs: added.role }),
            Some(_) => {}
        }
        let devices = self.devices_ever(target);
        let held: Vec<&DeviceId> = devices.iter().filter(|device| self.is_tied(device, target)).collect();
        // Its person may do more than when it was added: so may it, by being added again.
        let there = self.ties(&added.device).into_iter().filter(|(beginning, _)| *beginning == target).map(|tie| tie.1).max();
        if there.is_some_and(|there| there >= added.role) {
            return Err(Refusal::AlreadyThere(added.device));
        }
        if there.is_none() && held.len() >= limits::DEVICES {
            return Err(Refusal::Full { what: Room::Devices, limit: limits::DEVICES });
        }
        self.record.proven(|| added.verify(&self.document, &self.record.device).map_err(Refusal::Proof))?;
        Ok(Facts { target: Some(target), ..facts })
    }

    fn wrap(&mut self, wrap: &Wrap) -> Result<Facts, Refusal> {
        let facts = self.act(Role::View)?;
        let named = |at: &usize| self.past.has(*at) && self.ledger.epoch(*at) == Some(wrap.epoch);
        if self.ledger.rotations.iter().any(named) { Ok(facts) } else { Err(Refusal::NoSuchSecret) }
    }

    /// Whether there is room for one more of this kind. Its author's room is taken by what that device wrote itself and by nobody else, and what
    /// takes away has room of its own: otherwise whoever is to be removed would fill it.
    fn has_room(&self, facts: &Facts) -> Result<(), Refusal> {
        let Some(what) = room_of(&self.record.operation, facts) else { return Ok(()) };
        let manages = usize::from(facts.need.is_some() && facts.role >= Role::Admin);
        let limit = match what {
            Room::Removals => self.limits.removals[manages],
            Room::Revocations => self.limits.revocations,
            _ => self.limits.records[manages],
        };
        if self.ledger.spent.get(&(self.record.device, what)).map_or(0, |spent| spent.count_in(self.past)) >= limit {
            return Err(Refusal::Full { what, limit });
        }
        let limit = self.limits.memberships;
        let begins = matches!(self.record.operation, Operation::Join(_) | Operation::Grant(_));
        if begins && self.has_members(limit) {
            return Err(Refusal::Full { what: Room::Members, limit });
        }
        Ok(())
    }

    /// Whether there are so many memberships here of which nobody says that they are over. (Whether what says so counts does not matter: it frees
    /// one place.)
    fn has_members(&self, limit: usize) -> bool {
        let begun = self.ledger.all_beginnings.in_both(self.past);
        // Most documents have seen so few that nobody need be looked at.
        let Some(beyond) = begun.count().checked_sub(limit) else { return false };
        let over = begun.iter().filter(|beginning| all(&self.ledger.over, beginning).any(|end| self.past.has(end)));
        over.take(beyond + 1).count() <= beyond
    }
}

fn is_invitation(operation: &Operation) -> bool {
    matches!(operation, Operation::Invitation(_) | Operation::Counted(_))
}
