//! Which secret closes what is written, and who holds it.
//!
//! A genesis and every rotation that counts begin an epoch. The newest of them, in a record's own past, close that record: one as a rule,
//! several after rotations that did not know of one another, and then their secrets together ([`crate::joint`]).

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, DeviceId, Hash};
use sheaf_record::EpochId;

use super::{
    Access, Known, Knows,
    authority::{Everything, Scope},
    ledger::{Ledger, all},
    standing::Resolver,
};
use crate::{Cut, invitation::Invitation, operation::Operation, rotation::Rotation, sealing::SealingKey};

/// A device that was dealt too few secrets: it is a member and cannot read what is written now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Which.
    pub device: DeviceId,
    /// What it opens secrets with; none while it has not said so.
    pub key: Option<SealingKey>,
    /// The secrets that it lacks, ascending.
    pub epochs: Vec<EpochId>,
}

/// Those to whom a new secret is dealt.
#[derive(Debug, Clone)]
pub struct Left<'a> {
    /// The devices of all who stay that have said what secrets are sealed to for them. At most [`limits::SEALS`](crate::limits::SEALS) go into
    /// one rotation, the others into wraps right behind it.
    pub devices: Vec<(DeviceId, SealingKey)>,
    /// The open invitations that stay, by their records. At most [`limits::TICKETS`](crate::limits::TICKETS) go into a rotation; the others die.
    pub tickets: Vec<(Hash, &'a Invitation)>,
}

impl Ledger {
    /// The secret that a record commits to, if it begins an epoch.
    pub(super) fn epoch(&self, at: usize) -> Option<EpochId> {
        match self.operation(at) {
            Operation::Genesis(genesis) => Some(genesis.epoch),
            operation => operation.rotation().map(|rotation| rotation.epoch),
        }
    }
}

impl Access {
    /// The epochs whose secrets, together, close a record with this past, ascending. None only for a past without the genesis.
    pub fn epochs_in(&self, past: &impl Knows) -> Vec<EpochId> {
        self.epochs_where(&Known::new(&self.ledger, past))
    }

    /// The epochs whose secrets, together, close what is written now.
    pub fn epochs(&self) -> Vec<EpochId> {
        self.named(&self.newest_epochs(&Everything))
    }

    /// The epoch whose secret closes a record with this past; none while there are several.
    pub fn epoch_in(&self, past: &impl Knows) -> Option<EpochId> {
        only(&self.epochs_in(past))
    }

    /// The epoch whose secret closes what is written now; none while there are several.
    pub fn epoch(&self) -> Option<EpochId> {
        only(&self.epochs())
    }

    /// The epochs of before that count and that no later secret closes: whoever made one instead of them left them out.
    pub fn unclosed(&self) -> Vec<EpochId> {
        let counting: Vec<usize> = self.ledger.rotations.iter().copied().filter(|at| self.counts_now(*at)).collect();
        let rotations = counting.iter().filter_map(|at| self.ledger.operation(*at).rotation());
        let mut closed: BTreeSet<EpochId> = rotations.flat_map(Rotation::names_before).copied().collect();
        closed.extend(self.epochs());
        let begun: BTreeSet<EpochId> = counting.iter().filter_map(|at| self.ledger.epoch(*at)).collect();
        begun.difference(&closed).copied().collect()
    }

    /// Every epoch that a record taken here has begun, whether or not it counts: their secrets close records.
    pub fn begun_epochs(&self) -> impl Iterator<Item = EpochId> {
        self.ledger.rotations.iter().filter_map(|at| self.ledger.epoch(*at))
    }

    /// Whether there was ever a secret after the first.
    pub fn has_rotated(&self) -> bool {
        self.ledger.rotations.len() > 1
    }

    fn epochs_where(&self, scope: &impl Scope) -> Vec<EpochId> {
        self.named(&self.newest_epochs(scope))
    }

    fn named(&self, records: &[usize]) -> Vec<EpochId> {
        let epochs: BTreeSet<EpochId> = records.iter().filter_map(|at| self.ledger.epoch(*at)).collect();
        epochs.into_iter().collect()
    }

    /// The records that began the epochs of now.
    fn newest_epochs(&self, scope: &impl Scope) -> Vec<usize> {
        let mut resolver = Resolver::new(&self.ledger, scope);
        let begun: Vec<usize> = self.ledger.rotations.iter().copied().filter(|at| scope.has(*at) && resolver.counts(*at)).collect();
        self.newest(&begun).collect()
    }

    /// The records that began epochs and count, by everything known, with their rotations: a secret that somebody holds opens those before it.
    pub fn rotations(&self) -> impl Iterator<Item = (Hash, &Rotation)> {
        let counting = self.ledger.rotations.iter().filter(|at| self.counts_now(**at));
        counting.filter_map(|at| self.ledger.operation(*at).rotation().map(|rotation| (self.ledger.hash(*at), rotation)))
    }

    /// The key that a device opens secrets with: of those it has registered the newest.
    pub fn sealing_key(&self, device: &DeviceId) -> Option<SealingKey> {
        let said: Vec<usize> = all(&self.ledger.keys, device).filter(|at| self.counts_now(*at)).collect();
        let newest = self.newest(&said).max_by_key(|at| self.ledger.hash(*at))?;
        match self.ledger.operation(newest) {
            Operation::Key(key) => Some(key.key),
            Operation::AddDevice(added) => Some(added.key.key),
            Operation::Grant(grant) => Some(grant.request.key.key),
            _ => None,
        }
    }

    /// Whom the rotation inside a removal of these devices (all, if none is named) of a membership deals its secret to.
    pub fn left_by_removal(&self, membership: &Hash, devices: &[DeviceId]) -> Left<'_> {
        let removed = self.ledger.beginning(membership);
        let goes = |device: &DeviceId| {
            let theirs = removed.is_some_and(|begun| self.is_of(device, begun));
            theirs && (devices.is_empty() || devices.contains(device))
        };
        let came_by = removed.and_then(|begun| self.ledger.facts(begun)).and_then(|facts| facts.invitation);
        self.left(&goes, came_by.map(|at| self.ledger.hash(at)))
    }

    /// Where, in chains of a member (or of these devices of theirs), secrets begin that were withheld from `device`: it does not hold them, and whoever made
    /// them knew what to deal them with. Nobody honest does that. A removal that names what comes before makes them count as nothing; otherwise
    /// nobody could write any more.
    pub fn withheld(&self, membership: &Hash, devices: &[DeviceId], device: &DeviceId, holds: impl Fn(&EpochId) -> bool) -> Vec<Cut> {
        let Some(membership) = self.ledger.beginning(membership) else { return Vec::new() };
        let mut before: BTreeMap<ChainId, u64> = BTreeMap::new();
        for &at in self.ledger.rotations.iter().filter(|at| self.counts_now(**at)) {
            let record = &self.ledger.entries[at].record;
            let Some(rotation) = record.operation.rotation().filter(|rotation| !holds(&rotation.epoch)) else { continue };
            let goes = self.is_of(&record.device, membership) && (devices.is_empty() || devices.contains(&record.device));
            let has_said = all(&self.ledger.keys, device).any(|key| self.ledger.stands_on(at, key));
            // With the record itself: whom it takes out is kept out rightly, and may be a member again by now.
            let mut with = self.ledger.entries[at].past.clone();
            with.set(at);
            let knew = has_said && self.role_where(device, &with).is_some();
            // Whom a full one has no room for is dealt to right behind it.
            if goes && knew && (rotation.reaches(device) || rotation.has_room()) {
                let number = record.position.number - 1;
                before.entry(record.position.chain).and_modify(|before| *before = number.min(*before)).or_insert(number);
            }
        }
        before.into_iter().map(|(chain, number)| Cut { chain, number }).collect()
    }

    /// Whether a device is or was one of a membership.
    fn is_of(&self, device: &DeviceId, membership: usize) -> bool {
        let added = all(&self.ledger.added, device).any(|at| self.ledger.facts(at).and_then(|facts| facts.target) == Some(membership));
        added || self.ledger.root(membership) == *device
    }

    /// Whom the rotation inside a revocation of this invitation deals its secret to.
    pub fn left_by_revocation(&self, invitation: &Hash) -> Left<'_> {
        self.left(&|_| false, Some(*invitation))
    }

    fn left(&self, goes: &dyn Fn(&DeviceId) -> bool, closed: Option<Hash>) -> Left<'_> {
        let devices: BTreeSet<DeviceId> = self.members().into_iter().flat_map(|member| member.devices).collect();
        let staying = devices.into_iter().filter(|device| !goes(device));
        let devices = staying.filter_map(|device| self.sealing_key(&device).map(|key| (device, key))).collect();
        // Whose maker goes is open still, and dies with this; and what is dealt to a leaked one is dealt to whoever was kept out.
        let stays = |at: usize| !goes(&self.ledger.entries[at].record.device) && self.counts_now(at) && self.is_open(at);
        let leaked = self.leaked();
        let open = self.ledger.invitations.iter().filter(|at| stays(**at) && !leaked.contains(&self.ledger.hash(**at)));
        let named = open.filter_map(|at| match self.ledger.operation(*at) {
            Operation::Invitation(invitation) => Some((self.ledger.hash(*at), invitation)),
            _ => None,
        });
        let mut tickets: Vec<_> = named.filter(|(hash, _)| Some(*hash) != closed).collect();
        tickets.sort_unstable_by_key(|(hash, _)| *hash);
        Left { devices, tickets }
    }

    /// The devices of members that were dealt not all of what closes the text now, or closed some of it, by device. Any holder may deal it to them.
    pub fn missed(&self) -> Vec<Missed> {
        let newest = self.newest_epochs(&Everything);
        let mut missed: BTreeMap<DeviceId, BTreeSet<EpochId>> = BTreeMap::new();
        let devices: Vec<DeviceId> = self.members().into_iter().flat_map(|member| member.devices).collect();
        for &at in &newest {
            let Some(epoch) = self.ledger.epoch(at) else { continue };
            let holders = self.holders(at, epoch, |at| self.counts_now(at));
            for device in devices.iter().filter(|device| !holders.contains(device)) {
                missed.entry(*device).or_default().insert(epoch);
            }
        }
        for (at, epoch) in self.struck_epochs() {
            // What was dealt was dealt, whether or not it counts.
            let holders = self.holders(at, epoch, |_| true);
            for device in devices.iter().filter(|device| !holders.contains(device)) {
                missed.entry(*device).or_default().insert(epoch);
            }
        }
        let of = |(device, epochs): (DeviceId, BTreeSet<EpochId>)| Missed {
            device,
            key: self.sealing_key(&device),
            epochs: epochs.into_iter().collect(),
        };
        missed.into_iter().map(of).collect()
    }

    /// The rotations that count as nothing by now and that no other closes under its own: until that was known their authors closed what they wrote
    /// with them, and a member whom one of them was to keep out reads it by nothing else.
    fn struck_epochs(&self) -> Vec<(usize, EpochId)> {
        let (counting, struck): (Vec<usize>, Vec<usize>) = self.ledger.rotations.iter().partition(|at| self.counts_now(**at));
        let opened: BTreeSet<EpochId> =
            counting.iter().filter_map(|at| self.ledger.operation(*at).rotation()).flat_map(Rotation::names_before).copied().collect();
        let known: BTreeSet<EpochId> = counting.iter().filter_map(|at| self.ledger.epoch(*at)).chain(opened).collect();
        struck.into_iter().filter_map(|at| Some((at, self.ledger.epoch(at)?))).filter(|(_, epoch)| !known.contains(epoch)).collect()
    }

    /// The devices that are kept out and can read what is written now all the same: they were removed, or let in by an invitation that had been
    /// closed, and no secret has been made since that they were not dealt. An admin's device makes one, and revokes what
    /// [`Self::leaked`] names. (Whoever left by themselves is not meant.)
    pub fn exposed(&self) -> Vec<DeviceId> {
        let newest = self.newest_epochs(&Everything);
        // What was dealt was dealt, whether or not it counts.
        let dealt = |at: &usize| self.ledger.epoch(*at).map(|epoch| self.holders(*at, epoch, |_| true));
        let holders: Vec<BTreeSet<DeviceId>> = newest.iter().filter_map(dealt).collect();
        let reads = |device: &DeviceId| {
            let tickets = self.tickets_of(device);
            newest
                .iter()
                .zip(&holders)
                .all(|(at, holders)| holders.contains(device) || tickets.iter().any(|it| self.reaches_ticket(*at, *it)))
        };
        self.kept_out().into_iter().filter(reads).collect()
    }

    /// The open invitations whose tickets are in the hands of somebody who is kept out. No rotation deals to them; they should be revoked.
    pub fn leaked(&self) -> Vec<Hash> {
        let tickets: BTreeSet<usize> = self.kept_out().iter().flat_map(|device| self.tickets_of(device)).collect();
        tickets.into_iter().filter(|at| self.counts_now(*at) && self.is_open(*at)).map(|at| self.ledger.hash(at)).collect()
    }

    /// Who was a member by their own past, is none, and did not leave.
    fn kept_out(&self) -> BTreeSet<DeviceId> {
        let members: BTreeSet<DeviceId> = self.members().into_iter().flat_map(|member| member.devices).collect();
        let left = |begun: usize| {
            all(&self.ledger.ends, &begun).any(|end| matches!(self.ledger.operation(end), Operation::Leave) && self.counts_now(end))
        };
        let begun = self.ledger.beginnings.iter().filter(|(_, begun)| !begun.iter().all(|at| left(*at))).map(|(device, _)| device);
        let devices = begun.chain(self.ledger.added.keys());
        devices.filter(|device| !members.contains(device)).copied().collect()
    }

    /// The open invitations by which a device has come or tried to: it holds their tickets.
    fn tickets_of(&self, device: &DeviceId) -> BTreeSet<usize> {
        let joined = all(&self.ledger.beginnings, device).filter(|at| matches!(self.ledger.operation(*at), Operation::Join(_)));
        joined.filter_map(|at| self.ledger.facts(at).and_then(|facts| facts.invitation)).collect()
    }

    /// Whether the secret of an epoch comes out of the ticket of an open invitation.
    fn reaches_ticket(&self, begun: usize, invitation: usize) -> bool {
        let dealt = self.ledger.operation(begun).rotation().is_some_and(|rotation| rotation.reaches_ticket(&self.ledger.hash(invitation)));
        let held = match self.ledger.operation(invitation) {
            Operation::Invitation(open) => self.ledger.epoch(begun) == Some(open.epoch),
            _ => false,
        };
        dealt || held
    }

    /// The devices that were dealt this secret, by what `counts`.
    fn holders(&self, rotation: usize, epoch: EpochId, counts: impl Fn(usize) -> bool) -> BTreeSet<DeviceId> {
        let mut holders = BTreeSet::from([self.ledger.entries[rotation].record.device]);
        // Two rotations to one secret are one dealing.
        let dealings = self.ledger.rotations.iter().filter(|at| self.ledger.epoch(**at) == Some(epoch) && counts(**at));
        let dealings: Vec<usize> = dealings.copied().collect();
        for dealt in dealings.iter().filter_map(|at| self.ledger.operation(*at).rotation()) {
            holders.extend(self.ledger.keys.keys().filter(|device| dealt.reaches(device)));
        }
        for wrap in self.ledger.wraps.iter().filter(|at| counts(**at)) {
            if let Operation::Wrap(wrap) = self.ledger.operation(*wrap)
                && wrap.epoch == epoch
            {
                holders.extend(wrap.devices());
            }
        }
        for begun in self.ledger.all_beginnings.iter().filter(|at| counts(*at)) {
            if self.began_with(begun, epoch, &dealings) {
                holders.insert(self.ledger.root(begun));
            }
        }
        holders
    }

    /// Whether a membership began with this secret: it came out of the ticket or with the grant.
    fn began_with(&self, begun: usize, epoch: EpochId, dealings: &[usize]) -> bool {
        let Some(invitation) = self.ledger.facts(begun).and_then(|facts| facts.invitation) else { return false };
        match (self.ledger.operation(begun), self.ledger.operation(invitation)) {
            (Operation::Grant(grant), _) => grant.epochs().any(|held| *held == epoch),
            // Whoever came before the rotation may have thrown the ticket away.
            (Operation::Join(_), Operation::Invitation(open)) => {
                let dealt = |at: &usize| self.ledger.stands_on(begun, *at) && self.reaches_ticket(*at, invitation);
                open.epoch == epoch || dealings.iter().any(dealt)
            }
            _ => false,
        }
    }
}

fn only(epochs: &[EpochId]) -> Option<EpochId> {
    match epochs {
        [epoch] => Some(*epoch),
        _ => None,
    }
}
