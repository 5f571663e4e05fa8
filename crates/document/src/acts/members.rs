//! What is said about members: their role, their devices, their end.

use sheaf_access::{EndDate, Operation, Refusal, Removal, Role, RoleChange, Room, Transfer, limits};
use sheaf_base::{DeviceId, Hash, Wall};
use sheaf_record::EpochId;

use crate::{Document, output::Refused};

impl Document {
    /// Gives a member another role. What they may not do any more, and have done without knowing of this, does not count.
    pub(super) fn change_role(&mut self, membership: Hash, role: Role) -> Result<(), Refused> {
        self.write_unclosed(&Operation::Role(RoleChange { membership, role }))
    }

    /// Removes a member, or these devices of theirs. Of them counts what is held here: the record stands on exactly that, so it names no cuts
    /// but one: a secret that they made and withheld does not count. An admin deals a new secret to whoever remains; whoever removes a device
    /// of their own and is none leaves that to the next admin.
    pub(super) fn remove(&mut self, membership: Hash, mut devices: Vec<DeviceId>) -> Result<(), Refused> {
        devices.sort_unstable();
        devices.dedup();
        if devices.len() > limits::REMOVED {
            return Err(Refusal::Full { what: Room::Named, limit: limits::REMOVED }.into());
        }
        let me = self.device();
        let mine = self.history.access.member(&me).filter(|mine| mine.since.hash == membership);
        if mine.as_ref().is_some_and(|mine| devices.is_empty() || mine.devices.iter().all(|device| devices.contains(device))) {
            return self.leave();
        }
        let mut removal = Removal { devices, ..Removal::of(membership) };
        self.own.begin_unclosed(&self.key, &self.history, &mut self.entropy, self.now)?;
        self.may(&Operation::Removal(removal.clone()))?;
        let holds = |epoch: &EpochId| self.history.secret_of(epoch).is_some();
        let withheld = self.history.access.withheld(&membership, &removal.devices, &me, holds);
        // One record names only so many chains; another one says the same of the others.
        let mut cuts = withheld.chunks(limits::CUTS);
        removal.cuts = cuts.next().unwrap_or_default().to_vec();
        let more: Vec<Removal> = cuts.map(|cuts| Removal { cuts: cuts.to_vec(), ..removal.clone() }).collect();
        // A secret made by a device that goes itself would be known to it.
        let stays = mine.is_none() || !removal.names(&me);
        let rotates = stays && self.role() >= Role::Admin;
        let dealt = if rotates { self.deal(|access| access.left_by_removal(&membership, &removal.devices)) } else { None };
        let rotation = dealt.as_ref().map(|dealt| dealt.rotation.clone());
        self.write_unclosed(&Operation::Removal(Removal { rotation, ..removal }))?;
        more.into_iter().try_for_each(|removal| self.write_unclosed(&Operation::Removal(removal)))?;
        self.left |= !stays;
        self.begin_epoch(dealt)
    }

    /// Hands the document over. Whoever owned it is an admin from then on.
    pub(super) fn transfer(&mut self, membership: Hash) -> Result<(), Refused> {
        self.write_unclosed(&Operation::Transfer(Transfer { membership }))
    }

    /// Says when a membership ends, by the clocks of admins' devices, which then remove it; or that it goes on after all.
    pub(super) fn end_on(&mut self, membership: Hash, at: Option<Wall>) -> Result<(), Refused> {
        // 1970 is no time to end at: nought would say never.
        let ends = at.map(|at| (at.0 / 1000).max(1));
        self.write_unclosed(&Operation::EndDate(EndDate { membership, ends }))
    }

    /// Leaves for good, with all devices of this person.
    pub(super) fn leave(&mut self) -> Result<(), Refused> {
        self.write_unclosed(&Operation::Leave)?;
        self.left = true;
        Ok(())
    }
}
