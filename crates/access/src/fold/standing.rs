//! Which records count, in a set of them.
//!
//! A record counts if its author's authority stands and nothing that counts takes the record away. What that depends on is walked, not
//! guessed: records are decided group by group, each after all that could matter to it (Tarjan's order of strongly connected components).
//! Almost every group is one record. The others are circles, such as two admins who remove one another, apart: there the removals and role
//! changes that are about one another's authors all hold, then the transfers are decided by those, then the rest.

use super::{
    authority::{Act, Ask, Part, Question, Scope},
    ledger::{Ledger, all},
};
use crate::{operation::Operation, role::Role};

/// Finds out which records count in one set.
pub(super) struct Resolver<'a, S> {
    ledger: &'a Ledger,
    scope: &'a S,
    decided: Vec<Option<Held>>,
    /// When a record was first met, and the earliest that it leads back to; 0 before.
    met: Vec<(u32, u32)>,
    meetings: u32,
}

/// Whether a record counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// It does not.
    No,
    /// It does, against others that count too: those whom it is about were about to do the same to its author.
    InCircle,
    /// It does.
    Yes,
}

impl Held {
    pub(super) fn counts(self) -> bool {
        self != Self::No
    }
}

/// A record whose dependencies are being walked.
struct Step {
    record: usize,
    needs: Vec<usize>,
    next: usize,
}

impl<'a, S: Scope> Resolver<'a, S> {
    pub(super) fn new(ledger: &'a Ledger, scope: &'a S) -> Self {
        Self::resume(ledger, scope, Vec::new())
    }

    /// Goes on with what was decided in a set in which the same records could take anything away.
    pub(super) fn resume(ledger: &'a Ledger, scope: &'a S, mut decided: Vec<Option<Held>>) -> Self {
        decided.resize(ledger.entries.len(), None);
        Self { ledger, scope, decided, met: Vec::new(), meetings: 0 }
    }

    /// What is decided so far.
    pub(super) fn into_decided(self) -> Vec<Option<Held>> {
        self.decided
    }

    /// Whether a record, which is in the set, counts in it.
    pub(super) fn counts(&mut self, record: usize) -> bool {
        self.held(record).counts()
    }

    /// Whether, and how, it counts.
    pub(super) fn held(&mut self, record: usize) -> Held {
        if self.decided[record].is_none() {
            self.settle(record);
        }
        self.decided[record].unwrap_or(Held::No)
    }

    /// All of them, decided.
    pub(super) fn all(mut self) -> Vec<Option<Held>> {
        (0..self.ledger.entries.len()).for_each(|record| _ = self.counts(record));
        self.decided
    }

    /// What is asked about authority at `act`.
    pub(super) fn question<'q>(&self, act: &'q Act<'q>, need: Role) -> Question<'q, S>
    where
        'a: 'q,
    {
        Question { ledger: self.ledger, scope: self.scope, act, need, since: None }
    }

    /// Decides a record, after all that it depends on.
    fn settle(&mut self, record: usize) {
        self.met.resize(self.ledger.entries.len(), (0, 0));
        let (mut walk, mut group) = (Vec::new(), Vec::new());
        self.meet(record, &mut walk, &mut group);
        while let Some(step) = walk.last_mut() {
            let at = step.record;
            if let Some(&need) = step.needs.get(step.next) {
                step.next += 1;
                if self.decided[need].is_some() {
                    continue;
                }
                match self.met[need].0 {
                    0 => self.meet(need, &mut walk, &mut group),
                    // Met and not decided: on the way here.
                    when => self.met[at].1 = self.met[at].1.min(when),
                }
                continue;
            }
            walk.pop();
            let (when, back) = self.met[at];
            if let Some(before) = walk.last() {
                self.met[before.record].1 = self.met[before.record].1.min(back);
            }
            if when == back {
                let first = group.iter().rposition(|member| *member == at).unwrap_or(0);
                self.decide(group.split_off(first));
            }
        }
    }

    fn meet(&mut self, record: usize, walk: &mut Vec<Step>, group: &mut Vec<usize>) {
        self.meetings += 1;
        self.met[record] = (self.meetings, self.meetings);
        group.push(record);
        let mut needs = Vec::new();
        self.holds(record, &mut |at, _| {
            needs.push(at);
            true
        });
        walk.push(Step { record, needs, next: 0 });
    }

    /// Decides a group of which everything else that matters to it is decided.
    fn decide(&mut self, mut group: Vec<usize>) {
        if let [only] = group[..] {
            self.decided[only] = Some(self.holds_now(only));
            return;
        }
        // A circle.
        let duels = self.duels(&group);
        let stage = |at: usize| match self.ledger.operation(at) {
            _ if duels.contains(&at) => 0,
            Operation::Transfer(_) => 1,
            _ => 2,
        };
        group.sort_by_cached_key(|at| match stage(*at) {
            1 => (1, self.transfers_before(*at), self.ledger.hash(*at)),
            stage => (stage, self.ledger.rank(*at).0, self.ledger.hash(*at)),
        });
        let rest = group.split_off(duels.len());
        let held: Vec<Held> = group.iter().map(|at| self.holds_now(*at)).collect();
        for (at, held) in group.into_iter().zip(held) {
            self.decided[at] = Some(if held.counts() { Held::InCircle } else { Held::No });
        }
        for at in rest {
            self.decided[at] = Some(self.holds_now(at));
        }
    }

    /// Those of a circle that are about somebody who takes something away in it.
    fn duels(&self, group: &[usize]) -> Vec<usize> {
        let ledger = self.ledger;
        let takers: Vec<usize> = group.iter().copied().filter(|at| ledger.strikes.has(*at)).collect();
        let is_about = |at: usize, other: usize| {
            let device = &ledger.entries[other].record.device;
            let Some(target) = ledger.facts(at).and_then(|facts| facts.target) else { return false };
            let is_its = |added: usize| ledger.facts(added).and_then(|facts| facts.target) == Some(target);
            let added = || all(&ledger.added, device).any(|added| ledger.stands_on(other, added) && is_its(added));
            let theirs = ledger.root(target) == *device || added();
            match ledger.operation(at) {
                Operation::Removal(removal) => theirs && removal.names(device),
                Operation::Role(_) => theirs,
                _ => false,
            }
        };
        let duels = takers.iter().filter(|at| takers.iter().any(|other| is_about(**at, *other)));
        duels.copied().collect()
    }

    /// By what is decided; what is not is in the same circle, and there gives and does not take.
    fn holds_now(&self, record: usize) -> Held {
        let holds = self.holds(record, &mut |at, part| match (self.decided[at], part) {
            (None, part) => part == Part::Support,
            (Some(held), Part::Close) => held == Held::Yes,
            (Some(held), _) => held.counts(),
        });
        if holds { Held::Yes } else { Held::No }
    }

    /// Whether a record holds, by what others amount to.
    fn holds(&self, record: usize, ask: &mut Ask<'_>) -> bool {
        let Some(facts) = self.ledger.facts(record) else { return false };
        let act = Act::Record(record);
        let may = facts.need.is_none_or(|need| {
            let device = &self.ledger.entries[record].record.device;
            self.question(&act, need).role(device, ask).is_some_and(|role| role >= need)
        });
        let stands = match self.ledger.operation(record) {
            Operation::Join(_) | Operation::Grant(_) => self.is_invited(record, &act, ask),
            Operation::Role(_) | Operation::Removal(_) => self.leaves_the_owner_alone(record, ask),
            Operation::Transfer(_) => self.is_first_transfer(record, ask),
            _ => true,
        };
        may && stands
    }

    /// Whether the invitation still let somebody in where it was used.
    fn is_invited(&self, record: usize, act: &Act<'_>, ask: &mut Ask<'_>) -> bool {
        let ledger = self.ledger;
        let Some(invitation) = ledger.facts(record).and_then(|facts| facts.invitation) else { return false };
        let maker = ledger.entries[invitation].record.device;
        let question = Question { ledger, scope: self.scope, act, need: Role::Admin, since: Some(invitation) };
        let mut invited = ask(invitation, Part::Support);
        invited &= question.role(&maker, ask).is_some_and(|role| role >= Role::Admin);
        for revocation in all(&ledger.revocations, &invitation) {
            if self.scope.has(revocation) && !ledger.stands_on(revocation, record) {
                invited &= !ask(revocation, Part::Strike);
            }
        }
        // Whoever was removed still has an open ticket; a counted one is of no use to them without its maker.
        let open = matches!(ledger.operation(invitation), Operation::Invitation(_));
        for closer in all(&ledger.closers, &invitation) {
            let closes = if open { !ledger.stands_on(closer, record) } else { ledger.stands_on(record, closer) };
            if self.scope.has(closer) && closes {
                invited &= !ask(closer, Part::Close);
            }
        }
        if let Operation::Counted(counted) = ledger.operation(invitation) {
            let mut used = 0;
            for grant in all(&ledger.grants, &invitation).filter(|at| self.scope.has(*at) && ledger.rank(*at) < ledger.rank(record)) {
                used += u32::from(ask(grant, Part::Strike));
            }
            invited &= used < counted.uses;
        }
        invited
    }

    /// Whether what is said about a member was not said to somebody who was, meanwhile, made the owner.
    fn leaves_the_owner_alone(&self, record: usize, ask: &mut Ask<'_>) -> bool {
        let ledger = self.ledger;
        let Some(facts) = ledger.facts(record).filter(|facts| !facts.own) else { return true };
        let Some(target) = facts.target else { return true };
        let mut alone = true;
        for &transfer in &ledger.transfers {
            let apart = !ledger.stands_on(record, transfer) && !ledger.stands_on(transfer, record);
            let heir = ledger.facts(transfer).and_then(|facts| facts.target);
            if self.scope.has(transfer) && apart && heir.is_some_and(|heir| ledger.root(heir) == ledger.root(target)) {
                alone &= !ask(transfer, Part::Strike);
            }
        }
        alone
    }

    /// Whether, of several transfers by one owner, this is the one that holds: the smallest hash of those that did not know of another.
    fn is_first_transfer(&self, record: usize, ask: &mut Ask<'_>) -> bool {
        let ledger = self.ledger;
        let mut first = true;
        for &other in ledger.transfers.iter().filter(|at| self.scope.has(**at) && **at != record) {
            let before = (self.transfers_before(other), ledger.hash(other)) < (self.transfers_before(record), ledger.hash(record));
            if self.term(other) == self.term(record) && before {
                first &= !ask(other, Part::Strike);
            }
        }
        match self.term(record) {
            Some(term) => ask(term, Part::Support) && first,
            None => false,
        }
    }

    /// The record by which the author of a transfer owned.
    fn term(&self, transfer: usize) -> Option<usize> {
        self.ledger.facts(transfer).and_then(|facts| facts.gives).map(|(term, _)| term)
    }

    /// How many transfers by the same owner a transfer stands on.
    fn transfers_before(&self, transfer: usize) -> usize {
        let same = |other: &&usize| self.term(**other) == self.term(transfer) && self.ledger.stands_on(transfer, **other);
        self.ledger.transfers.iter().filter(same).count()
    }
}
