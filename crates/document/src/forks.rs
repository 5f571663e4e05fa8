//! Two histories under one name: a device that was resumed twice from one memory, or that lies, has sealed both.
//!
//! Both count, as two chains would that share a beginning ([`sheaf_record::branch_name`]): nobody's words are lost, and what the text becomes
//! follows from what is held and from nothing else. Everybody is told whose device it was, and that device, should it be this one, goes on
//! with a new chain. That more is written with a stolen key is what a removal is for.

use std::collections::{BTreeMap, btree_map::Entry};

use sheaf_base::{ChainId, DeviceId, Position};
use sheaf_protocol::{Branch, Span};

use crate::{Document, delivery::Accepted, output::Announcement};

impl Document {
    /// A second history of a chain has been accepted. From now on what was written in either has another name, so the text is built again.
    pub(crate) fn forked(&mut self, device: DeviceId) {
        let mine = device == self.key.device();
        self.announce(Announcement::Forked { device, mine });
        // What did not fit was of the history that is known now.
        self.peers.forgive();
        self.rebuild();
    }

    /// A chain that was begun with this device's key since this process began, and not by it: another process of this device is at work, as where
    /// a profile was copied and both copies are used. Two such never meet, so this is how either learns of the other.
    pub(crate) fn notice_twin(&mut self, accepted: &Accepted) {
        let Some(head) = accepted.head.as_ref().filter(|_| accepted.author == self.key.device()) else { return };
        let since = self.now.wall.0.saturating_sub(self.now.elapsed.as_millis() as u64);
        if self.own.chain() != Some(head.chain()) && head.head().wall.0 > since {
            self.announce(Announcement::Twin);
        }
    }

    /// The stretches of the journal that hold what a session wants to be sent, one for each chain of the journal.
    pub(crate) fn journal_spans(&self, spans: Vec<Span>) -> Vec<Span> {
        if !self.history.graph.has_forks() {
            return spans;
        }
        let mut local: BTreeMap<ChainId, Span> = BTreeMap::new();
        for span in spans.into_iter().flat_map(|span| self.strand_spans(span)) {
            match local.entry(span.chain) {
                Entry::Vacant(entry) => drop(entry.insert(span)),
                Entry::Occupied(mut entry) => {
                    let upto = span.upto.max(entry.get().upto);
                    let earlier = if span.after < entry.get().after { span } else { entry.get().clone() };
                    entry.insert(Span { upto, ..earlier });
                }
            }
        }
        local.into_values().collect()
    }

    /// The stretches that hold what everybody calls `span.chain`, and what the receiver has to be told about them.
    fn strand_spans(&self, span: Span) -> Vec<Span> {
        let graph = &self.history.graph;
        let ends = graph.strand_place(&span.chain, span.after).zip(graph.strand_place(&span.chain, span.upto));
        let Some((after, upto)) = ends.filter(|(_, upto)| graph.is_forked(&upto.chain)) else { return vec![span] };
        let mut spans = Vec::new();
        let mut end = upto;
        while end.chain != after.chain {
            let Some(base) = graph.base(&end.chain) else { break };
            spans.push(self.local_span(&span.chain, Position { number: 0, hash: base.hash, ..end }, end.number));
            end = base;
        }
        if end.chain == after.chain && end.number > after.number {
            spans.push(self.local_span(&span.chain, after, end.number));
        }
        spans.into_iter().rev().flatten().collect()
    }

    fn local_span(&self, name: &ChainId, after: Position, upto: u64) -> Option<Span> {
        let Position { number, hash, .. } = self.history.graph.absolute(&after);
        let head = self.history.head(&after.chain)?;
        // Up to its first fork a chain goes under its own name.
        let is_plain = *name == head.chain() && after.chain == *name;
        let branch = (!is_plain).then(|| Branch { head: head.encode(), name: *name, number, hash });
        Some(Span { chain: after.chain, after: after.number, upto, branch })
    }
}
