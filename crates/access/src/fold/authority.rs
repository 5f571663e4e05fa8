//! What a device may do at a place in the history.
//!
//! A device is bound to a membership because the membership began with it or because it was added ([`Tie`]). The tie stands until the
//! member leaves or is removed; the role is that with which the membership began, as role changes and transfers have made it since.
//!
//! Everything here depends on whether other records count, and asks for that ([`Ask`]): always for all that could matter, so that the
//! same walk says what an answer depends on and what it is.

use sheaf_base::{ChainId, DeviceId};

use super::ledger::{Ledger, all};
use crate::{operation::Operation, role::Role};

/// How a record bears on another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It gives: where it does not count, the other has less.
    Support,
    /// It takes away.
    Strike,
    /// It takes away from people it does not name. What holds only because its author and those it is about turned on one another does not.
    Close,
}

/// Says whether a record counts.
pub(super) type Ask<'a> = dyn FnMut(usize, Part) -> bool + 'a;

/// The set of records that is looked at. It holds with every record what that stands on.
pub(super) trait Scope {
    /// Whether a record is in it.
    fn has(&self, record: usize) -> bool;
}

/// All that is known.
pub(super) struct Everything;

impl Scope for Everything {
    fn has(&self, _: usize) -> bool {
        true
    }
}

impl Scope for super::bits::Bits {
    fn has(&self, record: usize) -> bool {
        self.has(record)
    }
}

/// Where in the history something is done.
pub(super) enum Act<'a> {
    /// In an access record.
    Record(usize),
    /// After all that is looked at.
    Next,
    /// In a record that is none of access.
    Other(&'a dyn Placed),
}

/// A record of the body or the discussion, among access records.
pub(super) trait Placed {
    /// Whether it stands on this access record.
    fn stands_on(&self, record: usize) -> bool;
    /// Whether this access record stands on it.
    fn lies_in(&self, record: usize) -> bool;
    /// Its chain, and its number in it.
    fn place(&self) -> (ChainId, u64);
}

/// What binds a device to a membership.
#[derive(Debug, Clone, Copy)]
struct Tie {
    /// The membership, by its beginning.
    beginning: usize,
    /// The record that added the device; none for the device that the membership began with.
    added: Option<usize>,
    /// The most that the device may do.
    most: Role,
}

/// One question about authority.
pub(super) struct Question<'a, S> {
    pub(super) ledger: &'a Ledger,
    pub(super) scope: &'a S,
    pub(super) act: &'a Act<'a>,
    /// The least role that would do. (What asks for less is not asked for.)
    pub(super) need: Role,
    /// The invitation whose maker's authority must not have been interrupted since it was made.
    pub(super) since: Option<usize>,
}

impl<S: Scope> Question<'_, S> {
    /// The role of `device`, if it has one.
    pub(super) fn role(&self, device: &DeviceId, ask: &mut Ask<'_>) -> Option<Role> {
        self.ties(device, ask).into_iter().map(|(_, role)| role).max()
    }

    /// The memberships by which `device` may do something, and what.
    pub(super) fn ties(&self, device: &DeviceId, ask: &mut Ask<'_>) -> Vec<(usize, Role)> {
        let mut standing = Vec::new();
        let began = all(&self.ledger.beginnings, device).map(|beginning| Tie { beginning, added: None, most: Role::Owner });
        let added = all(&self.ledger.added, device).filter_map(|at| match self.ledger.operation(at) {
            Operation::AddDevice(it) => self.ledger.facts(at)?.target.map(|beginning| Tie { beginning, added: Some(at), most: it.role }),
            _ => None,
        });
        for tie in began.chain(added) {
            let known = |record: usize| self.stands_on(record) && self.since.is_none_or(|since| self.ledger.stands_on(since, record));
            if !known(tie.beginning) || tie.added.is_some_and(|added| !known(added)) {
                continue;
            }
            let is_added = tie.added.is_none_or(|added| ask(added, Part::Support));
            let stands = self.stands(tie.beginning, Some(device), ask);
            let role = self.role_of(tie.beginning, ask);
            if is_added && stands {
                standing.push((tie.beginning, role.min(tie.most)));
            }
        }
        standing
    }

    /// The role of a membership that stands, whatever its devices may do.
    pub(super) fn membership(&self, beginning: usize, ask: &mut Ask<'_>) -> Option<Role> {
        let stands = self.stands(beginning, None, ask);
        let role = self.role_of(beginning, ask);
        (stands && self.stands_on(beginning)).then_some(role)
    }

    /// Whether a membership, as far as it concerns `device` or, with none, as a whole, is not ended for what is done here.
    fn stands(&self, beginning: usize, device: Option<&DeviceId>, ask: &mut Ask<'_>) -> bool {
        let mut stands = ask(beginning, Part::Support);
        for leave in all(&self.ledger.ends, &beginning).filter(|at| matches!(self.ledger.operation(*at), Operation::Leave)) {
            stands &= !(self.stands_on(leave) && ask(leave, Part::Strike));
        }
        for removal in all(&self.ledger.removals, &self.ledger.root(beginning)) {
            if self.is_struck_by(removal, device) {
                let counts = ask(removal, Part::Strike);
                stands &= self.is_spared(self.target(removal), beginning, ask) || !counts;
            }
        }
        stands
    }

    /// Whether what `device` does here is beyond what a removal of its membership leaves.
    fn is_struck_by(&self, at: usize, device: Option<&DeviceId>) -> bool {
        let Some(removal) = self.ledger.removal(at).filter(|_| self.scope.has(at) && !self.is(at)) else { return false };
        let names = device.map_or(removal.is_whole(), |device| removal.names(device));
        let cut = || self.place().and_then(|(chain, number)| removal.cut(&chain).map(|last| number > last)).unwrap_or(false);
        names && (!self.lies_in(at) || cut()) && !self.is_junior_of_here(at)
    }

    /// Of two devices of one person that remove one another, the one that was there before the other holds: else a lost device that was
    /// removed could take the others along.
    fn is_junior_of_here(&self, at: usize) -> bool {
        let Act::Record(here) = *self.act else { return false };
        let own = |at: usize| self.ledger.facts(at).is_some_and(|facts| facts.own);
        let (mine, theirs) = (&self.ledger.entries[here].record, &self.ledger.entries[at].record);
        let removes = self.ledger.removal(here).is_some_and(|removal| removal.names(&theirs.device));
        removes && own(here) && own(at) && self.target(here) == self.target(at) && {
            let mut device = theirs.device;
            // Each step goes to a device that was there before, so this ends.
            loop {
                let before = all(&self.ledger.added, &device).filter(|added| {
                    let target = self.ledger.facts(*added).and_then(|facts| facts.target);
                    self.ledger.stands_on(at, *added) && target == Some(self.target(at))
                });
                let Some(before) = before.min_by_key(|added| self.ledger.rank(*added)) else { break false };
                device = self.ledger.entries[before].record.device;
                if device == mine.device {
                    break true;
                }
                if device == theirs.device {
                    break false;
                }
            }
        }
    }

    /// Whether what is said about the membership `named` is not about `beginning`, one of the same device, because that came after the
    /// other had ended.
    fn is_spared(&self, named: usize, beginning: usize, ask: &mut Ask<'_>) -> bool {
        let mut spared = false;
        if named != beginning {
            for end in all(&self.ledger.ends, &named) {
                spared |= self.ledger.stands_on(beginning, end) && ask(end, Part::Support);
            }
        }
        spared
    }

    /// What the membership is allowed here: by the newest of what was said about it, and of several that did not know of one another
    /// the least; and no more than what was said meanwhile, elsewhere.
    fn role_of(&self, beginning: usize, ask: &mut Ask<'_>) -> Role {
        let ledger = self.ledger;
        let root = ledger.root(beginning);
        let mut said = vec![(beginning, ledger.first_role(beginning))];
        let mut meanwhile = Role::Owner;
        for change in all(&ledger.role_changes, &root) {
            let Operation::Role(it) = ledger.operation(change) else { continue };
            if !self.scope.has(change) || self.is(change) || ledger.stands_on(beginning, change) {
                continue;
            }
            let applies = |ask: &mut Ask<'_>| !self.is_spared(self.target(change), beginning, ask);
            if self.stands_on(change) && ask(change, Part::Support) & applies(ask) {
                said.push((change, it.role));
            }
            let came_since = self.since.map_or(!self.stands_on(change), |since| !ledger.stands_on(since, change));
            if it.role < self.need && came_since && !self.lies_in(change) && ask(change, Part::Strike) & applies(ask) {
                meanwhile = meanwhile.min(it.role);
            }
        }
        for &transfer in ledger.transfers.iter().filter(|at| self.stands_on(**at) && !self.is(**at) && !ledger.stands_on(beginning, **at)) {
            let Some((_, giver)) = ledger.facts(transfer).and_then(|facts| facts.gives) else { continue };
            for (concerns, role) in [(self.target(transfer), Role::Owner), (giver, Role::Admin)] {
                if ledger.root(concerns) == root && ask(transfer, Part::Support) & !self.is_spared(concerns, beginning, ask) {
                    said.push((transfer, role));
                }
            }
        }
        let newest = said.iter().filter(|(at, _)| !said.iter().any(|(later, _)| ledger.stands_on(*later, *at)));
        newest.map(|(_, role)| *role).min().unwrap_or(Role::View).min(meanwhile)
    }

    /// The beginning that a removal, a role change or a transfer names.
    fn target(&self, at: usize) -> usize {
        self.ledger.facts(at).and_then(|facts| facts.target).expect("what names a membership is valid only if the membership is there")
    }

    pub(super) fn stands_on(&self, record: usize) -> bool {
        match self.act {
            Act::Record(here) => self.ledger.stands_on(*here, record),
            Act::Next => self.scope.has(record),
            Act::Other(placed) => placed.stands_on(record),
        }
    }

    pub(super) fn lies_in(&self, record: usize) -> bool {
        match self.act {
            Act::Record(here) => self.ledger.stands_on(record, *here),
            Act::Next => false,
            Act::Other(placed) => placed.lies_in(record),
        }
    }

    fn is(&self, record: usize) -> bool {
        matches!(self.act, Act::Record(here) if *here == record)
    }

    /// Where in its author's chain this is done; nowhere, if it is not the author whose authority is asked about.
    fn place(&self) -> Option<(ChainId, u64)> {
        match self.act {
            Act::Record(here) if self.since.is_none() => {
                let position = self.ledger.entries[*here].record.position;
                Some((position.chain, position.number))
            }
            Act::Other(placed) => Some(placed.place()),
            _ => None,
        }
    }
}
