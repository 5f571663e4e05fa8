//! What is valid: by its own past, and by nothing else.

use sheaf_access::{Operation, Role, limits::Limits};
use sheaf_base::{DeviceId, Hash};

use super::{Counting, GIVES, Rules, Said, View, Why};
use crate::world::Set;

#[derive(PartialEq, Eq)]
enum Sort {
    Records,
    Removals,
    Revocations,
}

impl Rules<'_> {
    pub(super) fn judge(&self, at: usize) -> Option<Said> {
        self.says(at).filter(|said| self.has_room(at, said))
    }

    /// What a record is counted with: the others of its author that say something of this sort.
    fn sort(&self, at: usize, said: &Said) -> Option<Sort> {
        match self.record(at)?.operation {
            Operation::Profile(_) | Operation::Leave => None,
            Operation::Removal(_) | Operation::Transfer(_) => Some(Sort::Removals),
            Operation::Role(_) => Some(if said.lowers { Sort::Removals } else { Sort::Records }),
            Operation::Revocation(_) => Some(Sort::Revocations),
            _ => Some(Sort::Records),
        }
    }

    fn has_room(&self, at: usize, said: &Said) -> bool {
        let (past, Limits { records, removals, revocations, memberships }) = (self.past(at), self.history.limits);
        let manager = said.need.is_some() && said.role >= Some(Role::Admin);
        let pick = |[others, managers]: [usize; 2]| if manager { managers } else { others };
        let of_sort = |it: usize| self.said[it].as_ref().and_then(|said| self.sort(it, said));
        let sort = self.sort(at, said);
        let before = past.iter().filter(|it| self.device(*it) == self.device(at) && of_sort(*it) == sort).count();
        let own = match sort {
            None => true,
            Some(Sort::Records) => before < pick(records),
            Some(Sort::Removals) => before < pick(removals),
            Some(Sort::Revocations) => before < revocations,
        };
        if !matches!(self.record(at).map(|it| &it.operation), Some(Operation::Join(_) | Operation::Grant(_))) {
            return own;
        }
        // Whoever has left, or was removed whole and has not come again since, is none of them.
        let over = |begun: usize, end: usize| match self.operation(end) {
            Some(Operation::Leave) => self.said[end].as_ref().is_some_and(|said| said.ends.has(begun)),
            Some(Operation::Removal(removal)) => {
                removal.devices.is_empty() && self.root(self.about(end)) == self.root(begun) && !self.knows(begun, end)
            }
            _ => false,
        };
        let there = past.iter().filter(|it| self.is_beginning(*it) && !past.iter().any(|end| over(*it, end)));
        own && there.count() < memberships
    }

    fn says(&self, at: usize) -> Option<Said> {
        let record = self.record(at)?;
        let (past, device) = (self.past(at), record.device);
        let counting = self.counting(past);
        let view = |at: usize, why: Why| counting.view(at, why);
        let ties = self.ties(past, None, device, Role::View, None, &view);
        let role = ties.iter().map(|(_, role)| *role).max();
        let needs = |need: Role| role.filter(|role| *role >= need).map(|_| Said { need: Some(need), role, ..Said::default() });
        let membership = |it: usize| {
            let stands = self.stands(past, None, it, None, true, &view);
            stands.then(|| self.role_of(past, None, it, Role::View, None, &view))
        };
        let beginning = |hash: &Hash| self.named(hash, past).filter(|it| self.is_beginning(*it));
        let other = |hash: &Hash| beginning(hash).filter(|it| membership(*it).is_some_and(|role| role < Role::Owner));
        match &record.operation {
            Operation::Genesis(genesis) => {
                let begins = record.position.number == 1 && record.position.hash.0 == self.history.document.0 && genesis.owner == device;
                begins.then(|| Said { role: Some(Role::Owner), ..Said::default() })
            }
            Operation::Invitation(open) => needs(Role::Admin).filter(|_| open.role < Role::Owner),
            Operation::Counted(counted) => needs(Role::Admin).filter(|_| counted.role < Role::Owner),
            Operation::Join(_) | Operation::Grant(_) => self.judge_coming_in(at, &needs, &view),
            Operation::Profile(_) | Operation::Unknown { .. } => needs(Role::View),
            Operation::Key(_) => needs(Role::View).filter(|_| self.history.records[at].proven),
            Operation::Leave => {
                let said = needs(Role::View)?;
                let ends: Set = ties.iter().map(|(beginning, _)| *beginning).collect();
                (!ends.iter().any(|it| membership(it) == Some(Role::Owner))).then_some(Said { ends, ..said })
            }
            Operation::Role(change) => {
                let said = needs(Role::Admin).filter(|_| change.role < Role::Owner)?;
                let it = other(&change.membership)?;
                Some(Said { about: Some(it), lowers: membership(it) > Some(change.role), ..said })
            }
            Operation::EndDate(date) => {
                let said = needs(Role::Admin)?;
                other(&date.membership).map(|it| Said { about: Some(it), ..said })
            }
            Operation::Removal(_) => self.judge_removal(at, &ties, &needs, &membership, &view),
            Operation::Transfer(transfer) => {
                let said = needs(Role::Owner)?;
                let (giver, term) = self.judge_giving(past, &ties, &counting)?;
                Some(Said { about: Some(other(&transfer.membership)?), giver: Some(giver), term: Some(term), ..said })
            }
            Operation::Revocation(revocation) => {
                let said = needs(Role::Admin)?;
                let invitation = self.named(&revocation.invitation, past)?;
                let is = matches!(self.operation(invitation), Some(Operation::Invitation(_) | Operation::Counted(_)));
                is.then_some(Said { invitation: Some(invitation), ..said })
            }
            Operation::AddDevice(added) => {
                let said = needs(Role::View)?;
                let to = beginning(&added.membership)?;
                let mine = ties.iter().filter(|(it, _)| *it == to).map(|(_, role)| *role).max()?;
                let there = self.ties(past, None, added.device, Role::View, None, &view);
                let there = there.iter().filter(|(it, _)| *it == to).map(|(_, role)| *role).max();
                let held = self
                    .history
                    .devices
                    .iter()
                    .filter(|it| self.ties(past, None, **it, Role::View, None, &view).iter().any(|(it, _)| *it == to));
                let room = there.is_some() || held.count() < sheaf_access::limits::DEVICES;
                let fits = mine >= added.role && there.is_none_or(|there| there < added.role) && room;
                (fits && self.history.records[at].proven).then_some(Said { about: Some(to), ..said })
            }
            Operation::Wrap(wrap) => {
                let known = past.iter().any(|it| self.epoch(it) == Some(wrap.epoch));
                needs(Role::View).filter(|_| known)
            }
        }
    }

    /// Somebody comes in by an invitation: with its ticket, or let in by its maker.
    fn judge_coming_in(&self, at: usize, needs: &dyn Fn(Role) -> Option<Said>, view: &View<'_>) -> Option<Said> {
        let (past, proven) = (self.past(at), self.history.records[at].proven);
        match &self.record(at)?.operation {
            Operation::Join(join) => {
                let invitation = self.named(&join.invitation, past)?;
                let Some(Operation::Invitation(open)) = self.operation(invitation) else { return None };
                let holds = self.lets_in(past, None, invitation, view) && proven;
                holds.then(|| Said { role: Some(open.role), invitation: Some(invitation), ..Said::default() })
            }
            Operation::Grant(grant) => {
                let said = needs(Role::Admin)?;
                let invitation = self.named(&grant.invitation, past)?;
                let Some(Operation::Counted(counted)) = self.operation(invitation) else { return None };
                let used = past.iter().filter(|it| self.is_by(*it, invitation) && view(*it, GIVES)).count();
                let its_maker = self.device(invitation) == self.device(at) && grant.request.ticket == counted.key;
                let new = self.role_at(past, None, grant.request.device, Role::View, None, view).is_none();
                let holds = its_maker && used < counted.uses as usize && new && proven;
                (holds && self.lets_in(past, None, invitation, view)).then_some(Said { invitation: Some(invitation), ..said })
            }
            _ => None,
        }
    }

    /// By which membership the author of a transfer owns, and since which record.
    fn judge_giving(&self, past: Set, ties: &[(usize, Role)], counting: &Counting) -> Option<(usize, usize)> {
        let owned = ties.iter().filter(|(_, role)| *role == Role::Owner).map(|(beginning, _)| *beginning);
        let giver = owned.min_by_key(|it| self.depth(*it))?;
        let got = past.iter().filter(|it| {
            let is_transfer = matches!(self.operation(*it), Some(Operation::Transfer(_)));
            is_transfer && counting.has(*it) && self.root(self.about(*it)) == self.root(giver)
        });
        let genesis = past.iter().find(|it| matches!(self.operation(*it), Some(Operation::Genesis(_))));
        Some((giver, got.max_by_key(|it| self.depth(*it)).or(genesis)?))
    }

    fn judge_removal(
        &self,
        at: usize,
        ties: &[(usize, Role)],
        needs: &dyn Fn(Role) -> Option<Said>,
        membership: &dyn Fn(usize) -> Option<Role>,
        view: &View<'_>,
    ) -> Option<Said> {
        let Some(Operation::Removal(removal)) = self.record(at).map(|record| &record.operation) else { return None };
        let past = self.past(at);
        let to = self.named(&removal.membership, past).filter(|it| self.is_beginning(*it))?;
        let own = !removal.devices.is_empty() && ties.iter().any(|(it, _)| *it == to);
        let said = needs(if own && removal.rotation.is_none() { Role::View } else { Role::Admin })?;
        let was = |device: &DeviceId| {
            let added = |it: usize| matches!(self.operation(it), Some(Operation::AddDevice(added)) if added.device == *device);
            *device == self.root(to) || past.iter().any(|it| added(it) && self.about(it) == to)
        };
        if !removal.devices.iter().all(was) {
            return None;
        }
        let owners = past.iter().any(|it| {
            let same = self.is_beginning(it) && self.root(it) == self.root(to);
            same && !self.is_another_time(past, to, it, view) && membership(it) == Some(Role::Owner)
        });
        let stays = self
            .history
            .devices
            .iter()
            .filter(|it| !removal.devices.contains(it))
            .any(|it| self.ties(past, None, *it, Role::View, None, view).iter().any(|(it, _)| *it == to));
        (!owners || own && stays).then_some(Said { own, about: Some(to), ..said })
    }
}
