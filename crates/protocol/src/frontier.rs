//! A frontier: for each chain the newest number and hash held, with a digest for every range of the sorted chain list.
//!
//! The list is never sent whole. Ranges are named by the first nibbles of a chain id; the digest of a range is made of the digests of its
//! sixteen parts, so a change costs four small hashes, and two devices find one difference among 180,000 chains in five steps.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, Hash};

/// Depth at which a range is hashed from its entries instead of from its parts: 65,536 ranges, three chains each at 180,000.
const LEAF: usize = 4;

/// A digest of a range.
pub type Digest = [u8; 32];

/// For each chain the newest number and hash held.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    chains: BTreeMap<ChainId, (u64, Hash)>,
    digests: BTreeMap<Prefix, Digest>,
    stale: BTreeSet<Prefix>,
}

/// The first nibbles of a chain id, one per byte.
pub type Prefix = Vec<u8>;

impl Frontier {
    /// Sets the newest record held of a chain.
    pub fn set(&mut self, chain: ChainId, number: u64, hash: Hash) {
        self.chains.insert(chain, (number, hash));
        self.stale.insert(nibbles(&chain, LEAF));
    }

    /// The newest record held of a chain.
    pub fn get(&self, chain: &ChainId) -> Option<(u64, Hash)> {
        self.chains.get(chain).copied()
    }

    /// The newest number held of a chain, or 0.
    pub fn number(&self, chain: &ChainId) -> u64 {
        self.chains.get(chain).map_or(0, |(number, _)| *number)
    }

    /// How many chains there are.
    pub fn len(&self) -> usize {
        self.chains.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.chains.is_empty()
    }

    /// All chains.
    pub fn iter(&self) -> impl Iterator<Item = (ChainId, u64, Hash)> + '_ {
        self.chains.iter().map(|(chain, (number, hash))| (*chain, *number, *hash))
    }

    /// The chains of a range.
    pub fn range(&self, prefix: &[u8]) -> impl Iterator<Item = (ChainId, u64, Hash)> + '_ {
        let (low, high) = bounds(prefix);
        self.chains.range(low..=high).map(|(chain, (number, hash))| (*chain, *number, *hash))
    }

    /// The digest of everything.
    pub fn digest(&mut self) -> Digest {
        self.range_digest(&[]).unwrap_or([0; 32])
    }

    /// The digest of a range; `None` when it is empty.
    pub fn range_digest(&mut self, prefix: &[u8]) -> Option<Digest> {
        self.freshen();
        if prefix.len() > LEAF { self.leaf_digest(prefix) } else { self.digests.get(prefix).copied() }
    }

    /// Computes again what changes have made stale, from the leaves up.
    fn freshen(&mut self) {
        let mut level = std::mem::take(&mut self.stale);
        for depth in (0..=LEAF).rev() {
            let mut above = BTreeSet::new();
            for prefix in level {
                let digest = if depth == LEAF { self.leaf_digest(&prefix) } else { self.inner_digest(&prefix) };
                match digest {
                    Some(digest) => self.digests.insert(prefix.clone(), digest),
                    None => self.digests.remove(&prefix),
                };
                if depth > 0 {
                    above.insert(prefix[..depth - 1].to_vec());
                }
            }
            level = above;
        }
    }

    fn leaf_digest(&self, prefix: &[u8]) -> Option<Digest> {
        let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 frontier leaf");
        let mut some = false;
        for (chain, number, hash) in self.range(prefix) {
            some = true;
            hasher.update(chain.as_bytes());
            hasher.update(&number.to_le_bytes());
            hasher.update(hash.as_bytes());
        }
        some.then(|| *hasher.finalize().as_bytes())
    }

    fn inner_digest(&self, prefix: &[u8]) -> Option<Digest> {
        let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 frontier range");
        let mut some = false;
        let mut part = prefix.to_vec();
        part.push(0);
        for nibble in 0..16 {
            *part.last_mut().expect("a nibble was pushed above") = nibble;
            let digest = self.digests.get(&part);
            some |= digest.is_some();
            hasher.update(digest.unwrap_or(&[0; 32]));
        }
        some.then(|| *hasher.finalize().as_bytes())
    }
}

/// The first nibbles of a chain id.
pub(crate) fn nibbles(chain: &ChainId, count: usize) -> Prefix {
    (0..count).map(|index| if index % 2 == 0 { chain.0[index / 2] >> 4 } else { chain.0[index / 2] & 15 }).collect()
}

/// The least and the greatest chain id of a range.
fn bounds(prefix: &[u8]) -> (ChainId, ChainId) {
    let (mut low, mut high) = ([0u8; 32], [0xff_u8; 32]);
    for (index, nibble) in prefix.iter().take(64).enumerate() {
        let byte = index / 2;
        if index % 2 == 0 {
            low[byte] = nibble << 4;
            high[byte] = nibble << 4 | 15;
        } else {
            low[byte] |= nibble;
            high[byte] = high[byte] & 0xf0 | nibble;
        }
    }
    (ChainId(low), ChainId(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(seed: u64) -> ChainId {
        ChainId(*blake3::hash(&seed.to_le_bytes()).as_bytes())
    }

    #[test]
    fn the_digest_does_not_depend_on_the_order_in_which_chains_came() {
        let mut forward = Frontier::default();
        let mut backward = Frontier::default();
        for seed in 0..500 {
            forward.set(chain(seed), seed + 1, Hash([seed as u8; 32]));
            if seed % 7 == 0 {
                forward.digest();
            }
        }
        for seed in (0..500).rev() {
            backward.set(chain(seed), seed, Hash([9; 32]));
            backward.set(chain(seed), seed + 1, Hash([seed as u8; 32]));
        }
        assert_eq!(forward.digest(), backward.digest());
        backward.set(chain(77), 78, Hash([1; 32]));
        assert_ne!(forward.digest(), backward.digest());
    }

    #[test]
    fn a_range_holds_what_begins_with_its_nibbles() {
        let mut frontier = Frontier::default();
        for seed in 0..300 {
            frontier.set(chain(seed), 1, Hash([0; 32]));
        }
        let whole: usize = (0..16).map(|nibble| frontier.range(&[nibble]).count()).sum();
        assert_eq!(whole, 300);
        for (id, _, _) in frontier.range(&[3, 10]) {
            assert_eq!(id.0[0], 0x3a);
        }
    }
}
