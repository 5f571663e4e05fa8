//! The causal graph as one would write it without thinking of cost: every record keeps the set of all records behind it.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, DeviceId, Hash};

#[derive(Debug, Clone)]
pub(crate) struct NaiveRecord {
    pub(crate) chain: ChainId,
    pub(crate) device: DeviceId,
    pub(crate) number: u64,
    pub(crate) hash: Hash,
    pub(crate) parents: Vec<Hash>,
    /// How many clocks it fills.
    pub(crate) clocks: u32,
    pub(crate) low_surrogates: Vec<u32>,
    /// Everything that stands behind it, itself included.
    pub(crate) past: BTreeSet<Hash>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Naive {
    pub(crate) records: BTreeMap<Hash, NaiveRecord>,
    /// In the order in which they came.
    pub(crate) order: Vec<Hash>,
}

impl Naive {
    pub(crate) fn add(&mut self, record: NaiveRecord) {
        if !self.records.contains_key(&record.hash) {
            self.order.push(record.hash);
            self.records.insert(record.hash, record);
        }
    }

    pub(crate) fn tip(&self, chain: &ChainId) -> Option<&NaiveRecord> {
        self.records.values().filter(|record| record.chain == *chain).max_by_key(|record| record.number)
    }

    /// The union of the pasts of these records.
    pub(crate) fn past(&self, tips: &[Hash]) -> BTreeSet<Hash> {
        tips.iter().flat_map(|tip| self.records[tip].past.iter().copied()).collect()
    }

    pub(crate) fn clock(&self, past: &BTreeSet<Hash>, chain: &ChainId) -> u32 {
        past.iter().map(|hash| &self.records[hash]).filter(|record| record.chain == *chain).map(|record| record.clocks).sum()
    }

    /// Of `records` those that stand behind no other of them.
    pub(crate) fn minimal(&self, records: &BTreeSet<Hash>) -> Vec<Hash> {
        let behind = |hash: &&Hash| records.iter().any(|other| other != *hash && self.records[other].past.contains(*hash));
        records.iter().filter(|hash| !behind(hash)).copied().collect()
    }

    /// What the next record of `own` has to name so that it stands on everything.
    pub(crate) fn stamp(&self, own: &ChainId) -> Vec<Hash> {
        let previous = self.tip(own).map(|tip| tip.past.clone()).unwrap_or_default();
        let others = self.records.keys().filter(|hash| !previous.contains(*hash)).copied().collect();
        self.minimal(&others)
    }
}
