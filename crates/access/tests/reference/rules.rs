//! The rules of access, written down once more: slowly, from the text of `docs/decisions/0015`, over sets of a few dozen records.
//!
//! Nothing here is shared with the fold but the types of records. There are no lists by device, no caches that could be stale, no walk that
//! stops early: everything looks at everything.

mod valid;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use sheaf_access::{AccessRecord, Operation, Role};
use sheaf_base::{DeviceId, Hash};
use sheaf_record::{EpochId, Kind};

use crate::world::{History, Set};

/// What a valid record says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) need: Option<Role>,
    role: Option<Role>,
    own: bool,
    lowers: bool,
    about: Option<usize>,
    invitation: Option<usize>,
    term: Option<usize>,
    giver: Option<usize>,
    ends: Set,
}

/// The rules, applied to one history.
pub(crate) struct Rules<'a> {
    history: &'a History,
    /// What each record says, if it is valid: found in order, each by its past.
    pub(crate) said: Vec<Option<Said>>,
    counting: RefCell<HashMap<Set, Rc<Counting>>>,
    /// How many records stood in a circle in some set.
    pub(crate) circles: Cell<usize>,
}

/// A place at which something is done: in a record, or (`None`) after a whole set.
type Place = Option<usize>;

/// Whether a record counts, and why one asks.
type View<'v> = dyn Fn(usize, Why) -> bool + 'v;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The other has less without it.
    Gives,
    /// The other has less with it.
    Takes,
    /// It takes from whom it does not name; not, if it holds only in a circle.
    Closes,
}
use Why::{Closes as CLOSES, Gives as GIVES, Takes as TAKES};

/// What counts in a set, and which of that only because it stood in a circle.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counting {
    counting: Set,
    contested: Set,
}

impl Counting {
    pub(crate) fn has(&self, at: usize) -> bool {
        self.counting.has(at)
    }

    fn view(&self, at: usize, why: Why) -> bool {
        self.counting.has(at) && (why != CLOSES || !self.contested.has(at))
    }
}

impl<'a> Rules<'a> {
    pub(crate) fn new(history: &'a History) -> Self {
        let mut rules = Self { history, said: Vec::new(), counting: RefCell::default(), circles: Cell::new(0) };
        for at in 0..history.records.len() {
            let said = rules.judge(at);
            rules.said.push(said);
        }
        rules
    }

    fn record(&self, at: usize) -> Option<&AccessRecord> {
        self.history.records[at].access.as_ref()
    }

    fn operation(&self, at: usize) -> Option<&Operation> {
        self.said.get(at)?.as_ref()?;
        self.record(at).map(|record| &record.operation)
    }

    fn past(&self, at: usize) -> Set {
        self.history.records[at].past
    }

    fn device(&self, at: usize) -> DeviceId {
        self.history.records[at].device
    }

    fn knows(&self, later: usize, earlier: usize) -> bool {
        self.past(later).has(earlier)
    }

    fn about(&self, at: usize) -> usize {
        self.said[at].as_ref().unwrap().about.unwrap()
    }

    fn is_beginning(&self, at: usize) -> bool {
        matches!(self.operation(at), Some(Operation::Genesis(_) | Operation::Join(_) | Operation::Grant(_)))
    }

    fn root(&self, beginning: usize) -> DeviceId {
        match self.operation(beginning) {
            Some(Operation::Grant(grant)) => grant.request.device,
            _ => self.device(beginning),
        }
    }

    fn named(&self, hash: &Hash, past: Set) -> Option<usize> {
        past.iter().find(|at| self.history.records[*at].hash == *hash && self.operation(*at).is_some())
    }

    fn accesses(&self, set: Set) -> Vec<usize> {
        set.iter().filter(|at| self.operation(*at).is_some()).collect()
    }

    // ---- what a device may do somewhere

    /// Whether `place` stands on `at`; after a whole set everything does.
    fn before(&self, place: Place, at: usize) -> bool {
        place.is_none_or(|place| self.knows(place, at))
    }

    fn after(&self, place: Place, at: usize) -> bool {
        place.is_some_and(|place| self.knows(at, place))
    }

    /// What `named` says does not concern `beginning`, since that came after an end of the other.
    fn is_another_time(&self, set: Set, named: usize, beginning: usize, view: &View<'_>) -> bool {
        let mut later = false;
        for end in self.accesses(set) {
            let ends = match self.operation(end) {
                Some(Operation::Leave) => self.said[end].as_ref().unwrap().ends.has(named),
                Some(Operation::Removal(removal)) => removal.devices.is_empty() && self.about(end) == named,
                _ => false,
            };
            if named != beginning && ends && self.knows(beginning, end) {
                later |= view(end, GIVES);
            }
        }
        later
    }

    /// Whether a device that adds others added this one, at some remove, before `at`.
    fn was_there_before(&self, senior: DeviceId, junior: DeviceId, membership: usize, at: usize, steps: usize) -> bool {
        let adds = |it: &usize| matches!(self.operation(*it), Some(Operation::AddDevice(added)) if added.device == junior);
        let added: Vec<usize> = self.accesses(self.past(at)).into_iter().filter(adds).filter(|it| self.about(*it) == membership).collect();
        let first = added.into_iter().min_by_key(|it| self.depth(*it));
        first.is_some_and(|first| {
            let by = self.device(first);
            by == senior || steps > 0 && self.was_there_before(senior, by, membership, at, steps - 1)
        })
    }

    /// How many access records stand behind one, then its hash: what it stands on comes first.
    fn depth(&self, at: usize) -> (usize, Hash) {
        let behind = self.past(at).iter().filter(|earlier| self.record(*earlier).is_some()).count();
        (behind, self.history.records[at].hash)
    }

    fn stands(&self, set: Set, place: Place, beginning: usize, device: Option<DeviceId>, whose: bool, view: &View<'_>) -> bool {
        let mut stands = view(beginning, GIVES);
        for at in self.accesses(set) {
            match self.operation(at) {
                Some(Operation::Leave) if self.said[at].as_ref().unwrap().ends.has(beginning) && self.before(place, at) => {
                    stands &= !view(at, TAKES);
                }
                Some(Operation::Removal(removal)) if self.root(self.about(at)) == self.root(beginning) && place != Some(at) => {
                    let goes = match device {
                        Some(device) => removal.devices.is_empty() || removal.devices.contains(&device),
                        None => removal.devices.is_empty(),
                    };
                    let beyond = !self.after(place, at)
                        || place.filter(|_| whose).is_some_and(|place| {
                            let record = &self.history.records[place];
                            removal.cuts.iter().any(|cut| cut.chain == record.chain && record.number > cut.number)
                        });
                    let outranked = place.is_some_and(|place| self.outranks(place, at));
                    if goes && beyond && !outranked {
                        let spared = self.is_another_time(set, self.about(at), beginning, view);
                        stands &= !view(at, TAKES) | spared;
                    }
                }
                _ => {}
            }
        }
        stands
    }

    /// Whether `mine` and `theirs` are two devices of one person removing each other, and mine was there before theirs.
    fn outranks(&self, mine: usize, theirs: usize) -> bool {
        let own = |at: usize| self.said.get(at).and_then(|said| said.as_ref()).is_some_and(|said| said.own);
        match self.operation(mine) {
            Some(Operation::Removal(removal)) if own(mine) && own(theirs) && self.about(mine) == self.about(theirs) => {
                removal.devices.contains(&self.device(theirs))
                    && self.was_there_before(self.device(mine), self.device(theirs), self.about(mine), theirs, 70)
            }
            _ => false,
        }
    }

    fn first_role(&self, beginning: usize) -> Role {
        match self.said[beginning].as_ref().unwrap().invitation.and_then(|it| self.operation(it)) {
            Some(Operation::Invitation(open)) => open.role,
            Some(Operation::Counted(counted)) => counted.role,
            _ => Role::Owner,
        }
    }

    fn role_of(&self, set: Set, place: Place, beginning: usize, need: Role, since: Option<usize>, view: &View<'_>) -> Role {
        let mut said = vec![(beginning, self.first_role(beginning))];
        let mut least = Role::Owner;
        for at in self.accesses(set) {
            if place == Some(at) || self.knows(beginning, at) {
                continue;
            }
            match self.operation(at) {
                Some(Operation::Role(change)) if self.root(self.about(at)) == self.root(beginning) => {
                    let concerns = || !self.is_another_time(set, self.about(at), beginning, view);
                    if self.before(place, at) && (view(at, GIVES) & concerns()) {
                        said.push((at, change.role));
                    }
                    let meanwhile = match since {
                        Some(since) => !self.knows(since, at),
                        None => !self.before(place, at),
                    };
                    if meanwhile && !self.after(place, at) && change.role < need && (view(at, TAKES) & concerns()) {
                        least = least.min(change.role);
                    }
                }
                Some(Operation::Transfer(_)) if self.before(place, at) => {
                    let it = self.said[at].as_ref().unwrap();
                    for (whom, role) in [(it.about.unwrap(), Role::Owner), (it.giver.unwrap(), Role::Admin)] {
                        if self.root(whom) == self.root(beginning) && (view(at, GIVES) & !self.is_another_time(set, whom, beginning, view))
                        {
                            said.push((at, role));
                        }
                    }
                }
                _ => {}
            }
        }
        let newest = said.iter().filter(|(at, _)| !said.iter().any(|(later, _)| self.knows(*later, *at)));
        newest.map(|(_, role)| *role).min().unwrap().min(least)
    }

    fn ties(&self, set: Set, place: Place, device: DeviceId, need: Role, since: Option<usize>, view: &View<'_>) -> Vec<(usize, Role)> {
        let mut ties = Vec::new();
        let there = |at: usize| self.before(place, at) && since.is_none_or(|since| self.knows(since, at));
        for at in self.accesses(set) {
            let (beginning, most, by) = match self.operation(at) {
                _ if self.is_beginning(at) && self.root(at) == device => (at, Role::Owner, None),
                Some(Operation::AddDevice(added)) if added.device == device => (self.about(at), added.role, Some(at)),
                _ => continue,
            };
            if there(at) && there(beginning) {
                let added = by.is_none_or(|by| view(by, GIVES));
                let stands = self.stands(set, place, beginning, Some(device), since.is_none(), view);
                let role = self.role_of(set, place, beginning, need, since, view);
                if added && stands {
                    ties.push((beginning, role.min(most)));
                }
            }
        }
        ties
    }

    fn role_at(&self, set: Set, place: Place, device: DeviceId, need: Role, since: Option<usize>, view: &View<'_>) -> Option<Role> {
        self.ties(set, place, device, need, since, view).into_iter().map(|(_, role)| role).max()
    }

    /// The role of a device after a whole set.
    pub(crate) fn role(&self, set: Set, device: DeviceId) -> Option<Role> {
        let counting = self.counting(set);
        self.role_at(set, None, device, Role::View, None, &|at, why| counting.view(at, why))
    }

    fn is_by(&self, grant: usize, invitation: usize) -> bool {
        matches!(self.operation(grant), Some(Operation::Grant(_))) && self.said[grant].as_ref().unwrap().invitation == Some(invitation)
    }

    /// Whether an invitation lets somebody in at `place`.
    fn lets_in(&self, set: Set, place: Place, invitation: usize, view: &View<'_>) -> bool {
        let maker = self.device(invitation);
        let mut lets = view(invitation, GIVES);
        lets &= self.role_at(set, place, maker, Role::Admin, Some(invitation), view).is_some_and(|role| role >= Role::Admin);
        let open = matches!(self.operation(invitation), Some(Operation::Invitation(_)));
        for at in self.accesses(set) {
            let said = self.said[at].as_ref().unwrap();
            let closes = match self.operation(at) {
                Some(Operation::Revocation(_)) => said.invitation == Some(invitation) && !self.after(place, at),
                // Whoever was removed holds the ticket.
                Some(Operation::Removal(_)) => {
                    let came_by = self.said[self.about(at)].as_ref().unwrap().invitation == Some(invitation);
                    came_by && said.role >= Some(Role::Admin) && if open { !self.after(place, at) } else { self.before(place, at) }
                }
                _ => false,
            };
            let why = if matches!(self.operation(at), Some(Operation::Removal(_))) { CLOSES } else { TAKES };
            if closes {
                lets &= !view(at, why);
            }
        }
        lets
    }

    // ---- what counts, in a set

    /// Whether a valid record holds, if others count as `view` says.
    fn holds(&self, set: Set, at: usize, view: &View<'_>) -> bool {
        let said = self.said[at].as_ref().unwrap();
        let may =
            said.need.is_none_or(|need| self.role_at(set, Some(at), self.device(at), need, None, view).is_some_and(|role| role >= need));
        let others = self.accesses(set);
        let mut stands = true;
        match self.operation(at).unwrap() {
            Operation::Join(_) => stands = self.lets_in(set, Some(at), said.invitation.unwrap(), view),
            Operation::Grant(_) => {
                let invitation = said.invitation.unwrap();
                stands = self.lets_in(set, Some(at), invitation, view);
                let before = others.iter().filter(|it| self.is_by(**it, invitation) && self.depth(**it) < self.depth(at));
                let used = before.filter(|it| view(**it, TAKES)).count();
                let Some(Operation::Counted(counted)) = self.operation(invitation) else { unreachable!() };
                stands &= used < counted.uses as usize;
            }
            // Nobody but the owner touches the owner, even if he has just become it.
            Operation::Role(_) | Operation::Removal(_) if !said.own => {
                for it in others {
                    let crowns = matches!(self.operation(it), Some(Operation::Transfer(_)));
                    let apart = !self.knows(at, it) && !self.knows(it, at);
                    if crowns && apart && self.root(self.about(it)) == self.root(self.about(at)) {
                        stands &= !view(it, TAKES);
                    }
                }
            }
            Operation::Transfer(_) => {
                stands = view(said.term.unwrap(), GIVES);
                for it in others {
                    let same = matches!(self.operation(it), Some(Operation::Transfer(_)));
                    if same && it != at && self.said[it].as_ref().unwrap().term == said.term && self.turn(it) < self.turn(at) {
                        stands &= !view(it, TAKES);
                    }
                }
            }
            _ => {}
        }
        may && stands
    }

    /// Of two transfers of one owner: first what the other knew of, then the smaller hash.
    fn turn(&self, transfer: usize) -> (usize, Hash) {
        let term = self.said[transfer].as_ref().unwrap().term;
        let before = self
            .past(transfer)
            .iter()
            .filter(|it| matches!(self.operation(*it), Some(Operation::Transfer(_))) && self.said[*it].as_ref().unwrap().term == term);
        (before.count(), self.history.records[transfer].hash)
    }

    /// The records of a set that count in it.
    pub(crate) fn counting(&self, set: Set) -> Rc<Counting> {
        if let Some(found) = self.counting.borrow().get(&set) {
            return found.clone();
        }
        let all = self.accesses(set);
        let mut reach: Vec<Set> = vec![Set::default(); self.history.records.len()];
        for at in &all {
            let consulted = RefCell::new(Set::default());
            self.holds(set, *at, &|it, _| {
                consulted.borrow_mut().insert(it);
                true
            });
            reach[*at] = consulted.into_inner();
        }
        for middle in &all {
            for at in &all {
                if reach[*at].has(*middle) {
                    reach[*at] = reach[*at].with(reach[*middle]);
                }
            }
        }
        let mut decided: Vec<Option<bool>> = vec![None; self.history.records.len()];
        let mut contested = Set::default();
        while let Some(group) = self.next_group(&all, &reach, &decided) {
            self.circles.set(self.circles.get() + if group.len() > 1 { group.len() } else { 0 });
            self.decide(set, &group, &mut decided, &mut contested);
        }
        let counting: Set = all.into_iter().filter(|at| decided[*at] == Some(true)).collect();
        let counting = Rc::new(Counting { counting, contested });
        self.counting.borrow_mut().insert(set, counting.clone());
        counting
    }

    /// Undecided records that depend on one another, and on nothing else that is undecided.
    fn next_group(&self, all: &[usize], reach: &[Set], decided: &[Option<bool>]) -> Option<Vec<usize>> {
        let open: Vec<usize> = all.iter().copied().filter(|at| decided[*at].is_none()).collect();
        let circle =
            |at: usize| -> Vec<usize> { open.iter().copied().filter(|it| *it == at || reach[at].has(*it) && reach[*it].has(at)).collect() };
        let ready = |at: &usize| open.iter().all(|it| !reach[*at].has(*it) || circle(*at).contains(it));
        open.iter().copied().find(|at| ready(at)).map(circle)
    }

    fn decide(&self, set: Set, group: &[usize], decided: &mut [Option<bool>], contested: &mut Set) {
        let takes = |at: &usize| {
            let is = |it: &Operation| {
                matches!(it, Operation::Removal(_) | Operation::Role(_) | Operation::Revocation(_) | Operation::Transfer(_))
            };
            self.operation(*at).is_some_and(is)
        };
        // What is about somebody who takes something away in the same circle.
        let duels = |at: &usize| {
            let names = |device: &DeviceId| match self.operation(*at) {
                Some(Operation::Removal(removal)) => removal.devices.is_empty() || removal.devices.contains(device),
                Some(Operation::Role(_)) => true,
                _ => false,
            };
            let theirs = |it: &usize| {
                let (whose, device) = (self.about(*at), self.device(*it));
                let added = |it: usize| matches!(self.operation(it), Some(Operation::AddDevice(it)) if it.device == device);
                self.root(whose) == device || self.past(*it).iter().any(|it| added(it) && self.about(it) == whose)
            };
            let fights = |it: &usize| takes(it) && names(&self.device(*it)) && theirs(it);
            group.len() > 1 && takes(at) && group.iter().any(fights)
        };
        let crowns = |at: &usize| matches!(self.operation(*at), Some(Operation::Transfer(_)));
        let now = |at: usize, decided: &[Option<bool>], contested: Set| {
            self.holds(set, at, &|it, why| match decided[it] {
                Some(counts) => counts && (why != CLOSES || !contested.has(it)),
                None => why == GIVES,
            })
        };
        let first: Vec<(usize, bool)> = group.iter().filter(|at| duels(at)).map(|at| (*at, now(*at, decided, *contested))).collect();
        for (at, holds) in &first {
            decided[*at] = Some(*holds);
            contested.insert(*at);
        }
        let mut rest: Vec<usize> = group.iter().copied().filter(|at| decided[*at].is_none()).collect();
        rest.sort_by_key(|at| if crowns(at) { (0, self.turn(*at)) } else { (1, self.depth(*at)) });
        for at in rest {
            decided[at] = Some(now(at, decided, *contested));
        }
    }

    // ---- what follows

    /// Whether a record of the body or the discussion counts in a set.
    pub(crate) fn other_counts(&self, set: Set, at: usize, kind: Kind) -> bool {
        let counting = self.counting(set);
        let need = Role::needed_for(kind);
        let role = self.role_at(set, Some(at), self.device(at), need, None, &|it, why| counting.view(it, why));
        role.is_some_and(|role| role >= need)
    }

    fn epoch(&self, at: usize) -> Option<EpochId> {
        match self.operation(at)? {
            Operation::Genesis(genesis) => Some(genesis.epoch),
            operation => operation.rotation().map(|rotation| rotation.epoch),
        }
    }

    /// The epochs whose secrets close what follows a set.
    pub(crate) fn epochs(&self, set: Set) -> Vec<EpochId> {
        let counting = self.counting(set);
        let begun: Vec<usize> = set.iter().filter(|at| counting.has(*at) && self.epoch(*at).is_some()).collect();
        let newest = begun.iter().filter(|at| !begun.iter().any(|later| self.knows(*later, **at)));
        let mut epochs: Vec<EpochId> = newest.filter_map(|at| self.epoch(*at)).collect();
        epochs.sort_unstable();
        epochs.dedup();
        epochs
    }
}
