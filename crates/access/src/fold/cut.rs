//! What of the body and the discussion counts.
//!
//! A valid record of the body counts unless something took away what its author was when they wrote it, without knowing of the record:
//! a removal of the member or of the device, or a demotion to less than the record needs. So of a removed member exactly that counts which
//! lies in the removal's past, less where it names an earlier record; of two removals, what both leave.

use sheaf_base::{ChainId, DeviceId, Hash, Position};
use sheaf_record::Kind;

use super::{
    Access, CausalPast,
    authority::{Act, Everything, Placed, Question},
    ledger::{Ledger, all},
    standing::Resolver,
};
use crate::role::Role;

/// A record of the body or the discussion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherRecord {
    /// The device whose chain it stands in.
    pub device: DeviceId,
    /// Where it stands: chain and number as its device wrote them.
    pub position: Position,
    /// What it is.
    pub kind: Kind,
}

struct InGraph<'a, P> {
    ledger: &'a Ledger,
    record: &'a OtherRecord,
    past: &'a P,
}

impl<P: CausalPast> Placed for InGraph<'_, P> {
    fn stands_on(&self, record: usize) -> bool {
        self.past.stands_on(&self.record.position.hash, &self.ledger.hash(record))
    }

    fn lies_in(&self, record: usize) -> bool {
        self.past.stands_on(&self.ledger.hash(record), &self.record.position.hash)
    }

    fn place(&self) -> (ChainId, u64) {
        (self.record.position.chain, self.record.position.number)
    }
}

impl Access {
    /// Whether a valid record of the body or the discussion counts, by everything known. Of an access record [`Access::standing`] says it.
    pub fn counts(&self, record: &OtherRecord, past: &impl CausalPast) -> bool {
        if !self.is_contested() {
            return true;
        }
        let need = Role::needed_for(record.kind);
        let mut resolver = Resolver::resume(&self.ledger, &Everything, self.now().to_vec());
        let placed = InGraph { ledger: &self.ledger, record, past };
        let act = Act::Other(&placed);
        let question = Question { ledger: &self.ledger, scope: &Everything, act: &act, need, since: None };
        question.role(&record.device, &mut |at, _| resolver.counts(at)).is_some_and(|role| role >= need)
    }

    /// Whether anything could keep a valid record from counting: while nobody has been removed or given another role, nothing can.
    pub fn is_contested(&self) -> bool {
        self.ledger.strikes.iter().next().is_some()
    }

    /// Everything that bears on what others amount to, and whether it counts: while this stays the same, so does what counts of what was there.
    pub fn weights(&self) -> Vec<(Hash, bool)> {
        let weighty = (0..self.ledger.entries.len()).filter(|at| self.ledger.weighty.has(*at));
        weighty.map(|at| (self.ledger.hash(at), self.counts_now(at))).collect()
    }

    /// The last record of a chain of `device` that its removals leave; none if nothing that counts cuts it. What stands on a new membership
    /// counts again, however much of the chain before it does not: of a single record [`Access::counts`] knows more.
    pub fn cut(&self, device: &DeviceId, chain: &ChainId, past: &impl CausalPast) -> Option<u64> {
        let mut cut = None;
        for (root, removals) in &self.ledger.removals {
            for at in removals.iter().filter(|at| self.counts_now(**at)) {
                let Some(removal) = self.ledger.removal(*at) else { continue };
                if !removal.names(device) || !(root == device || self.was_added(device, *at)) {
                    continue;
                }
                let reach = past.reach(&self.ledger.hash(*at), chain);
                let leaves = removal.cut(chain).map_or(reach, |named| named.min(reach));
                cut = Some(cut.map_or(leaves, |cut: u64| cut.min(leaves)));
            }
        }
        cut
    }

    /// Whether a device was added to the membership that a removal is about.
    fn was_added(&self, device: &DeviceId, removal: usize) -> bool {
        let target = self.ledger.facts(removal).and_then(|facts| facts.target);
        all(&self.ledger.added, device).any(|added| self.ledger.facts(added).and_then(|facts| facts.target) == target)
    }
}
