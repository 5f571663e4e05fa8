//! Who is a member, with which devices, and what they call themselves.

use sheaf_base::{DeviceId, Hash, Position, Wall};

use super::{
    Access,
    authority::{Act, Everything},
    ledger::all,
    standing::Resolver,
};
use crate::{
    operation::{Operation, SealedProfile},
    role::Role,
};

/// A member as of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The record by which they are one: a genesis, a join or a grant. It names the membership.
    pub since: Position,
    /// Their devices, the one that they came with first, if it is still there.
    pub devices: Vec<DeviceId>,
    /// What they may do.
    pub role: Role,
    /// The invitation they came by; none for whoever began the document.
    pub invitation: Option<Hash>,
    /// When the membership ends, in seconds since 1970, if an admin has said so.
    pub ends: Option<u64>,
}

impl Member {
    /// Whether the day has come on which this membership was to end, by the clock of whoever looks: an admin's device then removes it.
    pub fn is_over(&self, now: Wall) -> bool {
        self.ends.is_some_and(|end| now.0 / 1000 >= end)
    }
}

impl Access {
    /// The role that `device` has by everything known.
    pub fn role(&self, device: &DeviceId) -> Option<Role> {
        let mut resolver = Resolver::resume(&self.ledger, &Everything, self.now().to_vec());
        let question = resolver.question(&Act::Next, Role::View);
        question.role(device, &mut |at, _| resolver.counts(at))
    }

    /// Whether a device is or was a member.
    pub fn was_member(&self, device: &DeviceId) -> bool {
        self.ledger.beginnings.contains_key(device) || self.ledger.added.contains_key(device)
    }

    /// A device that owns the document: the one that its owner came with, if it is still there.
    pub fn owner(&self) -> Option<DeviceId> {
        self.members().first().filter(|member| member.role == Role::Owner).and_then(|member| member.devices.first().copied())
    }

    /// The members by everything known, the owner first, then by the device that they came with. Who joined twice is one of them.
    pub fn members(&self) -> Vec<Member> {
        let mut members: Vec<Member> = self.ledger.beginnings.keys().filter_map(|root| self.member_who_came_with(root)).collect();
        members.sort_by_key(|member| std::cmp::Reverse(member.role == Role::Owner));
        members
    }

    /// The member of whom this is a device. A device can be two people's; then the one with more to say.
    pub fn member(&self, device: &DeviceId) -> Option<Member> {
        let all = self.members().into_iter().filter(|member| member.devices.contains(device));
        all.max_by_key(|member| (member.role, std::cmp::Reverse(member.since.hash)))
    }

    fn member_who_came_with(&self, root: &DeviceId) -> Option<Member> {
        let mut resolver = Resolver::resume(&self.ledger, &Everything, self.now().to_vec());
        let question = resolver.question(&Act::Next, Role::View);
        let mut standing = Vec::new();
        for beginning in all(&self.ledger.beginnings, root) {
            standing.extend(question.membership(beginning, &mut |at, _| resolver.counts(at)).map(|role| (role, beginning)));
        }
        let (role, best) = standing.iter().copied().max_by_key(|(role, at)| (*role, std::cmp::Reverse(self.ledger.hash(*at))))?;
        let is_theirs = |device: &DeviceId, resolver: &mut Resolver<'_, Everything>| {
            let ties = question.ties(device, &mut |at, _| resolver.counts(at));
            ties.iter().any(|(beginning, _)| standing.iter().any(|(_, standing)| standing == beginning))
        };
        let added = self.ledger.added.keys().filter(|device| *device != root);
        let devices: Vec<DeviceId> =
            std::iter::once(root).chain(added).filter(|device| is_theirs(device, &mut resolver)).copied().collect();
        if devices.is_empty() {
            return None;
        }
        let invitation = self.ledger.facts(best).and_then(|facts| facts.invitation).map(|at| self.ledger.hash(at));
        Some(Member { since: self.ledger.entries[best].record.position, devices, role, invitation, ends: self.ends_of(root, &standing) })
    }

    /// The day on which a membership ends: what was said last, and of several that did not know of one another the earliest.
    fn ends_of(&self, root: &DeviceId, standing: &[(Role, usize)]) -> Option<u64> {
        let about =
            |at: &usize| self.ledger.facts(*at).and_then(|facts| facts.target).is_some_and(|it| standing.iter().any(|(_, on)| *on == it));
        let said: Vec<usize> = all(&self.ledger.end_dates, root).filter(|at| self.counts_now(*at) && about(at)).collect();
        let newest = said.iter().filter(|at| !said.iter().any(|later| self.ledger.stands_on(*later, **at)));
        let date = |at: &usize| match self.ledger.operation(*at) {
            Operation::EndDate(date) => date.ends,
            _ => None,
        };
        newest.filter_map(date).min()
    }

    /// What a device, a member or not any more, last said about itself, with the position and the previous hash that open it.
    pub fn profile(&self, device: &DeviceId) -> Option<(Position, Hash, &SealedProfile)> {
        let said: Vec<usize> = all(&self.ledger.profiles, device).filter(|at| self.counts_now(*at)).collect();
        let newest = self.newest(&said).max_by_key(|at| self.ledger.hash(*at))?;
        let record = &self.ledger.entries[newest].record;
        match &record.operation {
            Operation::Profile(profile) => Some((record.position, record.previous, profile)),
            _ => None,
        }
    }

    /// Of these records, given as they were taken, those on which no other of them stands.
    pub(super) fn newest<'a>(&'a self, records: &'a [usize]) -> impl Iterator<Item = usize> {
        records.iter().enumerate().filter_map(|(at, record)| {
            // What stands on it was taken later. The last one most likely does.
            let behind = records[at + 1..].iter().rev().any(|later| self.ledger.stands_on(*later, *record));
            (!behind).then_some(*record)
        })
    }
}
