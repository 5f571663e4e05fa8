//! One chain's records, and what they knew.
//!
//! What a chain knows of the others only grows, and mostly stands still. So it is kept as steps ("from record n on it knew record m of
//! that chain"), with a checkpoint, a whole [`Known`], every few steps. A new chain takes its first checkpoint and what followed it over
//! from the chain it stands on: it shares a past instead of copying it.

use sheaf_base::{ChainId, Hash};

use super::{Place, known::Known};

/// Steps that may follow a checkpoint before there is a new one: a question scans so many at most.
const STEPS: usize = 64;

/// Steps that a new chain may take over; beyond that it begins with a checkpoint of its own.
const TAKEN_OVER: usize = 16;

/// Chains that may be new in one stamp, and steps that are looked at to find them; beyond that whole trees are joined.
const NEWS: usize = 32;
const LOOKS: usize = 256;

#[derive(Debug, Clone)]
pub(super) struct Chain {
    /// The chain's id is the hash of its head.
    head: Hash,
    pub(super) device: u32,
    entries: Vec<Entry>,
    low_surrogates: Vec<u32>,
    /// Ascending by `own`. Every parent named in a stamp is among them. `own` is 0 in those taken over from another chain.
    steps: Vec<Step>,
    checkpoints: Vec<Checkpoint>,
}

/// What is kept of one record: 36 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) hash: Hash,
    pub(super) clock_end: u32,
}

/// From record `own` on, the chain knew `of`.
#[derive(Debug, Clone, Copy)]
struct Step {
    own: u32,
    of: Place,
}

/// Everything that the chain knew after its first `steps` steps.
#[derive(Debug, Clone)]
struct Checkpoint {
    steps: u32,
    known: Known,
}

impl Chain {
    pub(super) fn new(id: ChainId, device: u32) -> Self {
        Self { head: Hash(id.0), device, entries: Vec::new(), low_surrogates: Vec::new(), steps: Vec::new(), checkpoints: Vec::new() }
    }

    pub(super) fn id(&self) -> ChainId {
        ChainId(self.head.0)
    }

    /// The number of the newest record.
    pub(super) fn length(&self) -> u32 {
        self.entries.len() as u32
    }

    pub(super) fn push(&mut self, entry: Entry, low_surrogates: &[u32]) {
        push_frugally(&mut self.entries, entry);
        self.low_surrogates.extend_from_slice(low_surrogates);
    }

    /// The running hash at `number`, which is at most [`Self::length`].
    pub(super) fn hash(&self, number: u32) -> &Hash {
        match number.checked_sub(1) {
            Some(index) => &self.entries[index as usize].hash,
            None => &self.head,
        }
    }

    /// How many clocks the records up to `number` fill.
    pub(super) fn clock_end(&self, number: u32) -> u32 {
        number.checked_sub(1).map_or(0, |index| self.entries[index as usize].clock_end)
    }

    /// The number of the record that fills `clock`.
    pub(super) fn number_at(&self, clock: u32) -> Option<u32> {
        let index = self.entries.partition_point(|entry| entry.clock_end <= clock);
        (index < self.entries.len()).then_some(index as u32 + 1)
    }

    pub(super) fn is_low_surrogate(&self, clock: u32) -> bool {
        self.low_surrogates.binary_search(&clock).is_ok()
    }

    /// How many steps had been made at record `number`.
    fn steps_at(&self, number: u32) -> usize {
        self.steps.partition_point(|step| step.own <= number)
    }

    /// The newest checkpoint at or before `steps`, and the steps between.
    fn checkpoint(&self, steps: usize) -> (Option<&Known>, &[Step]) {
        let count = self.checkpoints.partition_point(|checkpoint| checkpoint.steps as usize <= steps);
        match count.checked_sub(1).map(|index| &self.checkpoints[index]) {
            Some(checkpoint) => (Some(&checkpoint.known), &self.steps[checkpoint.steps as usize..steps]),
            None => (None, &self.steps[..steps]),
        }
    }

    fn add_checkpoint(&mut self, known: Known) {
        if self.length() == 1 {
            // The first record knows all that was taken over, so it need not be kept beside this.
            self.steps.retain(|step| step.own > 0);
            self.checkpoints.clear();
        }
        push_frugally(&mut self.checkpoints, Checkpoint { steps: self.steps.len() as u32, known });
    }
}

/// Grows by an eighth, not to the double: most chains are short and dead, and the long ones shall not hold twice what they need.
pub(super) fn push_frugally<T>(to: &mut Vec<T>, item: T) {
    if to.len() == to.capacity() {
        to.reserve_exact((to.len() / 8).max(1));
    }
    to.push(item);
}

/// The newest record of `chain` that stands behind `of`, or is `of`; 0 if there is none. This is the question that all others come down to:
/// two binary searches, at most [`STEPS`] steps, and one walk down a tree.
pub(super) fn newest(chains: &[Chain], of: Place, chain: u32) -> u32 {
    if of.chain == chain || of.number == 0 {
        return if of.chain == chain { of.number } else { 0 };
    }
    let it = &chains[of.chain as usize];
    let (known, steps) = it.checkpoint(it.steps_at(of.number));
    let latest = steps.iter().rev().find(|step| step.of.chain == chain);
    latest.map_or_else(|| known.map_or(0, |known| known.get(chain)), |step| step.of.number)
}

/// Everything that stands behind `of`, and `of`.
fn known_at(chains: &[Chain], of: Place) -> Known {
    let it = &chains[of.chain as usize];
    let (known, steps) = it.checkpoint(it.steps_at(of.number));
    let mut known = known.cloned().unwrap_or_default();
    for step in steps {
        known.raise(step.of.chain, step.of.number);
    }
    known.raise(of.chain, of.number);
    known
}

/// Notes what the record at `own`, just appended, knows through its `parents`, none of which stands behind what its chain knew.
pub(super) fn learn(chains: &mut [Chain], own: Place, parents: &[Place]) {
    let (before, parents) = match parents.split_first() {
        None => return,
        Some((first, others)) if own.number == 1 => {
            inherit(chains, own, *first);
            (own, others)
        }
        Some(_) => (Place { number: own.number - 1, ..own }, parents),
    };
    let news = news(chains, before, parents);
    let much = news.is_none().then(|| parents.iter().fold(known_at(chains, before), |known, parent| known.join(known_at(chains, *parent))));
    let it = &mut chains[own.chain as usize];
    for of in news.as_deref().unwrap_or(parents) {
        push_frugally(&mut it.steps, Step { own: own.number, of: *of });
    }
    let (_, pending) = it.checkpoint(it.steps.len());
    let room = if own.number == 1 { TAKEN_OVER } else { STEPS };
    if much.is_some() || pending.len() > room {
        let known = much.unwrap_or_else(|| known_at(chains, own));
        chains[own.chain as usize].add_checkpoint(known);
    }
}

/// The first record of a chain stands on `first`: the chain takes over what that knew.
fn inherit(chains: &mut [Chain], own: Place, first: Place) {
    let parent = &chains[first.chain as usize];
    let (known, pending) = parent.checkpoint(parent.steps_at(first.number));
    let known = known.cloned();
    let mut steps: Vec<Step> = Vec::new();
    for step in pending.iter().rev() {
        if !steps.iter().any(|newer| newer.of.chain == step.of.chain) {
            push_frugally(&mut steps, Step { own: 0, of: step.of });
        }
    }
    push_frugally(&mut steps, Step { own: own.number, of: first });
    let it = &mut chains[own.chain as usize];
    it.steps = steps;
    if let Some(known) = known {
        push_frugally(&mut it.checkpoints, Checkpoint { steps: 0, known });
    }
}

/// What stands behind `parents` and not behind `before`, by chain; `None` if it is much.
///
/// Every record on a way from a parent to something new is new itself, and every chain keeps the parents it named as steps: so it is
/// enough to follow the steps of the new records.
fn news(chains: &[Chain], before: Place, parents: &[Place]) -> Option<Vec<Place>> {
    let mut news: Vec<Place> = Vec::new();
    let mut open = parents.to_vec();
    let mut looks = 0;
    while let Some(place) = open.pop() {
        let found = news.iter().position(|new| new.chain == place.chain);
        let held = found.map_or_else(|| newest(chains, before, place.chain), |index| news[index].number);
        if held >= place.number {
            continue;
        }
        match found {
            Some(index) => news[index].number = place.number,
            None => news.push(place),
        }
        let it = &chains[place.chain as usize];
        let steps = &it.steps[it.steps_at(held)..it.steps_at(place.number)];
        looks += 1 + steps.len();
        if news.len() > NEWS || looks > LOOKS {
            return None;
        }
        open.extend(steps.iter().map(|step| step.of));
    }
    Some(news)
}

#[cfg(test)]
mod tests {
    use sheaf_base::DeviceId;

    use super::*;
    use crate::{
        graph::{Extent, Graph},
        record::Stamp,
    };

    #[test]
    fn ten_thousand_short_lives_one_on_another_stay_short() {
        let mut graph = Graph::new();
        let mut newest = Stamp::default();
        for index in 0..10_000u32 {
            let id = ChainId(*blake3::hash(&index.to_le_bytes()).as_bytes());
            let hash = Hash(*blake3::hash(&id.0).as_bytes());
            graph.open_chain(id, DeviceId([1; 32]));
            graph.append(&id, 1, hash, &newest, Extent::default()).unwrap();
            newest = Stamp::new([hash]).unwrap();
        }
        assert!(graph.chains.iter().all(|chain| chain.steps.len() <= TAKEN_OVER + 1));
        assert!(graph.chains.iter().all(|chain| chain.checkpoints.len() <= 1));
        let last = Place { chain: 9_999, number: 1 };
        assert!((0..9_999).all(|chain| super::newest(&graph.chains, last, chain) == 1));
    }
}
