//! What a device does by itself so that what people have decided holds: it deals secrets to those whom a rotation missed, makes a new one where
//! somebody who is kept out could still read, and removes those whose day has come.
//!
//! Any device could do each of these, and all of them at once would write the same many times: those that are linked take turns, the one with
//! the most to say first, and whatever has been done by then is not done again.
//!
//! Clocks decide nothing in the fold. Two are read here: [`Moment::elapsed`](sheaf_base::Moment) for waiting one's turn, and this device's wall
//! clock for whether a membership is over, which only admins' devices ask; one that runs ahead ends it early, as its person could.

use std::{collections::BTreeMap, time::Duration};

use sheaf_access::{Access, Member, Role, SealingKey};
use sheaf_base::{DeviceId, Wall};
use sheaf_record::EpochId;

use crate::{Document, output::State};

/// How long what has changed rests before anything is done about it: what comes right behind it may have done it.
const REST: Duration = Duration::from_secs(2);

/// How much longer each further device waits: a turn and its way to the others, on a slow link.
const TURN: Duration = Duration::from_secs(5);

/// How often a device looks whether a day has come that is further off: a machine that slept wakes with another clock.
const LOOK: Duration = Duration::from_secs(600);

/// When to look after things next.
#[derive(Debug, Default)]
pub(crate) struct Tending {
    due: Option<Duration>,
}

impl Tending {
    /// When this device looks, if it does.
    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.due
    }
}

impl Document {
    /// Members or secrets have changed: looks in a while whether anything is left to do.
    pub(crate) fn tend_later(&mut self) {
        if self.people.len() > 1 || self.history.access.is_contested() {
            self.tending.due = Some(self.now.elapsed + REST + self.turn_to_wait_for());
        }
    }

    /// Does what is left to do, if it is time.
    pub(crate) fn tend(&mut self) {
        if self.tending.due.is_none_or(|due| due > self.now.elapsed) {
            return;
        }
        self.tending.due = None;
        if self.state() != State::Ready {
            return;
        }
        // What cannot be written now is tried again when something changes.
        if self.role() >= Role::Admin {
            self.end_memberships();
            self.shut_out();
        }
        self.deal_to_missed();
        let next = self.next_end();
        self.tending.due = self.tending.due.into_iter().chain(next).min();
    }

    /// How long this device lets others go first.
    fn turn_to_wait_for(&self) -> Duration {
        let role = |device: &DeviceId| self.people.iter().find(|member| member.device == *device).map(|member| member.role);
        let (me, mine) = (self.device(), self.role());
        let before = |device: &DeviceId| role(device).is_some_and(|role| role > mine || role == mine && *device < me);
        TURN * self.peers.devices().iter().filter(|device| before(device)).count() as u32
    }

    /// Removes those whose day has come by this device's clock.
    fn end_memberships(&mut self) {
        let over = ending(&self.history.access).into_iter().filter(|member| member.is_over(self.now.wall));
        for member in over.collect::<Vec<_>>() {
            let _ = self.remove(member.since.hash, Vec::new());
        }
    }

    /// When the next membership ends, if this device is to look.
    fn next_end(&self) -> Option<Duration> {
        let ends =
            ending(&self.history.access).into_iter().filter_map(|member| member.ends).min().filter(|_| self.role() >= Role::Admin)?;
        let left = Duration::from_millis(Wall(ends.saturating_mul(1000)).0.saturating_sub(self.now.wall.0));
        Some(self.now.elapsed + left.clamp(REST, LOOK) + self.turn_to_wait_for())
    }

    /// Whoever is kept out reads nothing new: invitations whose tickets they hold are revoked, and there is a secret that they were not dealt.
    fn shut_out(&mut self) {
        for invitation in self.history.access.leaked() {
            let _ = self.revoke(invitation);
        }
        if !self.history.access.exposed().is_empty() {
            let _ = self.rotate_alone();
        }
    }

    /// Deals the secrets of now to members' devices that lack them, as far as this device holds them.
    pub(super) fn deal_to_missed(&mut self) {
        let mut lacking: BTreeMap<EpochId, Vec<(DeviceId, SealingKey)>> = BTreeMap::new();
        for missed in self.history.access.missed().into_iter().filter(|missed| missed.device != self.device()) {
            for epoch in missed.epochs {
                lacking.entry(epoch).or_default().extend(missed.key.map(|key| (missed.device, key)));
            }
        }
        for (epoch, devices) in lacking {
            if let Some(secret) = self.history.secret_of(&epoch).cloned() {
                let _ = self.wrap(&secret, &devices);
            }
        }
    }
}

/// The members whose memberships end some day. (The owner's does not.)
fn ending(access: &Access) -> Vec<Member> {
    access.members().into_iter().filter(|member| member.ends.is_some() && member.role != Role::Owner).collect()
}
