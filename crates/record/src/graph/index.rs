//! From a hash to its place: an open table of eight-byte slots. The hashes themselves stand in their chains and are compared there, so
//! that a record costs here some twelve bytes and not fifty.

use sheaf_base::Hash;

use super::{Place, chain::Chain};

const EMPTY: Place = Place { chain: u32::MAX, number: u32::MAX };

/// The table. A slot is looked for from the hash's own place onwards.
#[derive(Debug, Clone, Default)]
pub(super) struct HashIndex {
    slots: Vec<Place>,
    used: usize,
}

impl HashIndex {
    pub(super) fn find(&self, hash: &Hash, chains: &[Chain]) -> Option<Place> {
        if self.slots.is_empty() {
            return None;
        }
        let mut slot = self.home(hash);
        while self.slots[slot] != EMPTY {
            let place = self.slots[slot];
            if hash_at(chains, place) == hash {
                return Some(place);
            }
            slot = self.after(slot);
        }
        None
    }

    /// Enters `place`, whose hash stands in `chains` already and is not in the table.
    pub(super) fn insert(&mut self, hash: &Hash, place: Place, chains: &[Chain]) {
        if self.used >= self.slots.len() / 4 * 3 {
            self.grow(chains);
        }
        self.enter(hash, place);
        self.used += 1;
    }

    fn enter(&mut self, hash: &Hash, place: Place) {
        let mut slot = self.home(hash);
        while self.slots[slot] != EMPTY {
            slot = self.after(slot);
        }
        self.slots[slot] = place;
    }

    fn grow(&mut self, chains: &[Chain]) {
        let larger = vec![EMPTY; (self.slots.len() / 2 * 3).max(16)];
        for place in std::mem::replace(&mut self.slots, larger) {
            if place != EMPTY {
                self.enter(hash_at(chains, place), place);
            }
        }
    }

    /// Hashes are uniform, so eight of their bytes, scaled to the table, are as good as any function of them.
    fn home(&self, hash: &Hash) -> usize {
        let bytes = u64::from_le_bytes(std::array::from_fn(|index| hash.0[8 + index]));
        ((u128::from(bytes) * self.slots.len() as u128) >> 64) as usize
    }

    fn after(&self, slot: usize) -> usize {
        if slot + 1 == self.slots.len() { 0 } else { slot + 1 }
    }
}

fn hash_at(chains: &[Chain], place: Place) -> &Hash {
    chains[place.chain as usize].hash(place.number)
}
