//! The world's only source of randomness: one generator per seed.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Draws everything that happens by chance.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// All chance of one world.
    pub fn of(seed: u64) -> Chance {
        Chance(ChaCha8Rng::seed_from_u64(seed))
    }

    /// All chance of one step of a world, whatever was drawn in the steps before: a plan that leaves something out there is spared nothing here.
    pub fn of_step(seed: u64, step: usize) -> Chance {
        let mut both = [0; 32];
        both[..8].copy_from_slice(&seed.to_le_bytes());
        both[8..16].copy_from_slice(&(step as u64).to_le_bytes());
        both[16] = 1;
        Chance(ChaCha8Rng::from_seed(both))
    }

    /// Mixes them up.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// A number from `start` up to and including `end`.
    pub fn between(&mut self, start: u64, end: u64) -> u64 {
        self.0.random_range(start..=end)
    }

    /// True in this many of a hundred cases.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.0.random_range(0..100) < chance
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// Thirty-two bytes: a key, a seed.
    pub fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
