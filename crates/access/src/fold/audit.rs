//! What has happened, for people to read: every access record in an order that all devices agree on.

use sheaf_base::Hash;

use super::{Access, AccessRecord, Standing};
use crate::role::Role;

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// Who did what. When, by their clock, whoever holds the chains knows.
    pub record: &'a AccessRecord,
    /// What it amounts to now.
    pub standing: Standing,
    /// What its author was when they did it: the authority that it stood on. None if it was refused.
    pub role: Option<Role>,
    /// The newest access records that its author knew.
    pub stood_on: Vec<Hash>,
}

impl Access {
    /// Everything that happened, each event after all that it stood on. Two devices that hold the same records show the same list.
    pub fn audit(&self) -> Vec<Event<'_>> {
        let mut order: Vec<usize> = (0..self.ledger.entries.len()).collect();
        order.sort_unstable_by_key(|at| self.ledger.rank(*at));
        order.into_iter().map(|at| self.event(at)).collect()
    }

    fn event(&self, at: usize) -> Event<'_> {
        let entry = &self.ledger.entries[at];
        let mut stood_on: Vec<usize> = Vec::new();
        let behind: Vec<usize> = entry.past.iter().collect();
        for earlier in behind.into_iter().rev() {
            // Taken later first: what stands on others comes before them here.
            if !stood_on.iter().any(|newer| self.ledger.stands_on(*newer, earlier)) {
                stood_on.push(earlier);
            }
        }
        let mut stood_on: Vec<Hash> = stood_on.into_iter().map(|at| self.ledger.hash(at)).collect();
        stood_on.sort_unstable();
        Event { record: &entry.record, standing: self.standing_at(at), role: entry.verdict.as_ref().ok().map(|facts| facts.role), stood_on }
    }
}
