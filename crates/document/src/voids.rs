//! Which body records do not count: valid by their own past, and their author's right to write was taken away by something that did not know of
//! them. What takes away, and what it takes, is access's to say (decision 15); what becomes of such a record is decision 16.
//!
//! They stay in the journal and are passed on like others, since what counts may stand on them, and since everybody holds the same then. In the text
//! nothing of them is seen. What a replica has applied by now can become void, and back: then it is built again.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_access::OtherRecord;
use sheaf_base::{ClientId, Hash, Position};
use sheaf_record::Kind;
use sheaf_replica::Weighed;

use crate::{Document, body::News, history::History};

/// The body records that do not count.
#[derive(Default)]
pub(crate) struct Voids {
    records: BTreeSet<Hash>,
    /// Those of them that hold entries of maps: whoever knew one wrote theirs behind it.
    with_entries: BTreeSet<Hash>,
    /// By what this was found.
    weights: Vec<(Hash, bool)>,
}

impl Voids {
    /// Whether a record does not count.
    pub(crate) fn has(&self, record: &Hash) -> bool {
        self.records.contains(record)
    }

    /// How many do not count.
    pub(crate) fn count(&self) -> usize {
        self.records.len()
    }

    fn add(&mut self, record: Hash, has_entries: bool) {
        self.records.insert(record);
        if has_entries {
            self.with_entries.insert(record);
        }
    }
}

impl History {
    /// Finds out whether a body record counts that has just got its place.
    pub(crate) fn weigh(&mut self, position: &Position, has_entries: bool) {
        if !self.counts(position) {
            self.voids.add(position.hash, has_entries);
        }
    }

    /// Finds out again what counts, if anything may have changed that. Says whether it has.
    pub(crate) fn weigh_again(&mut self) -> bool {
        if !self.access.is_contested() {
            return false;
        }
        let weights = self.access.weights();
        if weights == self.voids.weights {
            return false;
        }
        let before = std::mem::replace(&mut self.voids, Voids { weights, ..Voids::default() });
        for position in self.body_records() {
            let has_entries = self.has_entries(&position);
            self.weigh(&position, has_entries);
        }
        self.voids.records != before.records
    }

    fn counts(&self, position: &Position) -> bool {
        // One look, as long as nobody has lost anything.
        if !self.access.is_contested() {
            return true;
        }
        let (Some(device), Some(past)) = (self.device(&position.chain), self.graph.past_with(&position.hash)) else { return true };
        // Whoever knew all that could take anything away wrote what they may, or it would have been refused. So it is with what is written now.
        if !self.voids.weights.is_empty() && self.voids.weights.iter().all(|(hash, _)| past.contains(hash)) {
            return true;
        }
        let record = OtherRecord { device, position: self.graph.absolute(position), kind: Kind::Body };
        self.access.counts(&record, &self.graph)
    }

    fn has_entries(&self, position: &Position) -> bool {
        let clocks = self.graph.clocks(&position.chain, position.number);
        clocks.is_some_and(|mut clocks| clocks.any(|clock| self.is_entry(&position.chain, clock)))
    }

    /// Updates as they enter a replica, by what counts.
    pub(crate) fn weighed(&self, news: Vec<News>) -> Vec<Weighed> {
        let weigh = |news: News| {
            let void = self.voids.has(&news.position.hash);
            let knew = if void { None } else { self.knew(&news) };
            Weighed { update: sheaf_base::Update(news.update), void, knew }
        };
        news.into_iter().map(weigh).collect()
    }

    /// How much a record's author knew of the clients that have written entries, if entries that do not count were among them.
    fn knew(&self, news: &News) -> Option<BTreeMap<ClientId, u32>> {
        if self.voids.with_entries.is_empty() || !self.has_entries(&news.position) {
            return None;
        }
        let past = self.graph.past_with(&news.position.hash)?;
        if !self.voids.with_entries.iter().any(|void| past.contains(void)) {
            return None;
        }
        let clients = self.chains_with_entries().flat_map(|chain| self.graph.clients_of(chain));
        Some(clients.map(|client| (client, self.graph.seen(&past, client))).collect())
    }

    /// Every body record that is held.
    fn body_records(&self) -> Vec<Position> {
        let mut records = Vec::new();
        for chain in self.chains() {
            let numbers = (1..=self.tip(chain).map_or(0, |tip| tip.number)).filter(|number| self.is_body(chain, *number));
            let hashes = numbers.filter_map(|number| Some((number, self.graph.hash(chain, number)?)));
            records.extend(hashes.map(|(number, hash)| Position { chain: *chain, number, hash }));
        }
        records
    }
}

impl Document {
    /// What counts may be something else now: then the text is built again, and whoever looks at it begins anew.
    pub(crate) fn weigh_again(&mut self) {
        if !self.history.weigh_again() {
            return;
        }
        self.replica.distrust_snapshot();
        self.replica.suspect_title(self.now);
        self.text_changed = true;
        self.rebuild();
    }
}
