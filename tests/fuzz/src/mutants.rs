//! Small accidents and cruelties, by chance or by libFuzzer.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::parts;

/// What draws lots, and what bends the bytes of one part.
pub trait Chance {
    /// A number below `limit`, which is above zero.
    fn below(&mut self, limit: usize) -> usize;

    /// Bends bytes. They may become `room` longer.
    fn bend(&mut self, bytes: &mut Vec<u8>, room: usize);
}

/// What unfolds to more is replayed as it is and not bent: it is a bomb, and there is nothing small in it to bend.
const BENDABLE: usize = 16 * 1024;

/// The inputs that mutants are made of.
pub fn bendable(corpus: &[(String, Vec<u8>)]) -> Vec<Vec<u8>> {
    corpus.iter().map(|(_, input)| input).filter(|input| is_bendable(input)).cloned().collect()
}

/// Whether an input is small enough, when it is unfolded, to be bent.
pub fn is_bendable(input: &[u8]) -> bool {
    parts::read(input).iter().map(Vec::len).sum::<usize>() <= BENDABLE
}

/// Mutant `number` of `seed`: one of these inputs, bent; there is at least one. The same numbers make the same mutant.
pub fn mutant(inputs: &[Vec<u8>], seed: u64, number: u64) -> Vec<u8> {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number));
    let base = &inputs[dice.below(inputs.len())];
    let other = &inputs[dice.below(inputs.len())];
    mutate(base, other, &mut dice, parts::LARGEST)
}

/// A bent input: mostly within one part, sometimes parts come, go and change places. `other` is another input, to steal from.
pub fn mutate(input: &[u8], other: &[u8], chance: &mut impl Chance, largest: usize) -> Vec<u8> {
    let mut all = parts::read(input);
    if all.is_empty() {
        all.push(Vec::new());
    }
    for _ in 0..=chance.below(3) {
        let at = chance.below(all.len());
        match chance.below(16) {
            0 if all.len() > 1 => drop(all.remove(at)),
            1 => all.insert(at, all[at].clone()),
            2 => {
                let with = chance.below(all.len());
                all.swap(at, with);
            }
            3 => {
                let theirs = parts::read(other);
                if !theirs.is_empty() {
                    all.insert(at, theirs[chance.below(theirs.len())].clone());
                }
            }
            _ => {
                let room = largest.saturating_sub(all.iter().map(Vec::len).sum());
                chance.bend(&mut all[at], room);
            }
        }
    }
    let written = parts::write(&all);
    // A bomb that was small because it was folded up stays so.
    if written.len() <= largest { written } else { input.to_vec() }
}

/// Numbers at which readers have broken before.
const NUMBERS: [u64; 11] =
    [0, 128, 1 << 14, 1 << 28, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 53) - 1, (1 << 53) + 7, 1 << 63, u64::MAX];

/// A seeded chance.
struct Dice(ChaCha8Rng);

impl Chance for Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0.random_range(0..limit)
    }

    fn bend(&mut self, bytes: &mut Vec<u8>, room: usize) {
        let random = &mut self.0;
        if bytes.is_empty() {
            bytes.push(random.random());
            return;
        }
        let at = random.random_range(0..bytes.len());
        let end = (at + random.random_range(1..16)).min(bytes.len());
        match random.random_range(0..12) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes[at] = random.random(),
            // Clocks, lengths and counts: one more, one less, a little more.
            2 | 3 => bytes[at] = bytes[at].wrapping_add(1),
            4 | 5 => bytes[at] = bytes[at].wrapping_sub(1),
            6 => bytes[at] = bytes[at].wrapping_add(random.random_range(0..16)),
            7 => bytes.truncate(at),
            8 => drop(bytes.drain(at..end)),
            9 => {
                let mut number = Vec::new();
                parts::write_number(&mut number, NUMBERS[random.random_range(0..NUMBERS.len())]);
                let until = at + random.random_range(0..2);
                bytes.splice(at..until, number);
            }
            10 => {
                let piece = bytes[at..end].to_vec();
                let most = (room / piece.len()).min(if random.random_ratio(1, 20) { 20_000 } else { 8 });
                let again = piece.repeat(random.random_range(0..=most));
                bytes.splice(at..at, again);
            }
            _ => {
                let from = random.random_range(0..bytes.len());
                let piece = bytes[from..(from + random.random_range(1..16)).min(bytes.len())].to_vec();
                let until = if random.random_ratio(1, 2) { (at + piece.len()).min(bytes.len()) } else { at };
                bytes.splice(at..until, piece);
            }
        }
    }
}
