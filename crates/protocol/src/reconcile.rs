//! Finding out what two peers do not both hold, range by range.
//!
//! One side asks, the two answer each other in turn until one has nothing more to say. What is learned is, for each chain in which the two
//! differ, how much of it the other one holds; nothing is learned about chains that are equal, however many there are.

use std::collections::{BTreeMap, VecDeque};

use sheaf_base::{ChainId, Hash, Position};
use sheaf_record::{Digest, Frontier, Prefix};

use crate::frame::{Compare, Held, ItemHeld, Range};

/// Bytes of ranges in one answer; the rest goes into the next.
const ANSWER: usize = 48 * 1024;

/// What the other one holds of the chains in which the two differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// For each chain the newest number it holds; 0: nothing.
    pub holds: BTreeMap<ChainId, u64>,
    /// Chains of which it holds another record under the same number.
    pub forked: Vec<ChainId>,
}

/// Knows the hash of a chain at a number, if that is held.
pub type HashAt<'a> = &'a dyn Fn(&ChainId, u64) -> Option<Hash>;

/// One comparison under way.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    learned: Learned,
    unsaid: VecDeque<Range>,
}

impl Comparison {
    /// The first question: everything, in digests or, where there is little, by name.
    pub fn opening(frontier: &Frontier) -> Compare {
        Compare { ranges: vec![Range { prefix: Prefix::ALL, held: held(frontier, &Prefix::ALL) }] }
    }

    /// Takes in what the other one said and answers. An empty answer ends the comparison from this side. `hash_at` knows the hashes of all
    /// records that are held.
    pub fn answer(&mut self, heard: &Compare, frontier: &Frontier, hash_at: HashAt<'_>) -> Compare {
        for range in &heard.ranges {
            match &range.held {
                Held::Digests(theirs) => self.hear_digests(&range.prefix, theirs, frontier),
                Held::Items(theirs) => self.hear_items(&range.prefix, theirs, frontier, hash_at),
                Held::Lacking(theirs) => self.hear_lacking(theirs, frontier, hash_at),
            }
        }
        let mut answer = Compare::default();
        let mut bytes = 0;
        while let Some(range) = self.unsaid.front() {
            bytes += weight(range);
            if bytes > ANSWER && !answer.ranges.is_empty() {
                break;
            }
            answer.ranges.extend(self.unsaid.pop_front());
        }
        answer
    }

    /// Whether this side has nothing more to say.
    pub fn is_said(&self) -> bool {
        self.unsaid.is_empty()
    }

    /// What has been learned.
    pub fn finish(self) -> Learned {
        self.learned
    }

    fn hear_digests(&mut self, prefix: &Prefix, theirs: &[Option<[u8; 8]>; 16], frontier: &Frontier) {
        for (digit, their) in (0u8..).zip(theirs) {
            // A prefix of 64 digits has no parts; nobody honest asks about them.
            let Ok(part) = prefix.child(digit) else { return };
            let mine = digest_of(frontier, &part);
            match (mine, their) {
                (mine, their) if mine == *their => {}
                (Some(_), None) => frontier.positions(&part).iter().for_each(|position| self.learn(position.chain, 0)),
                _ => self.unsaid.push_back(Range { prefix: part, held: held(frontier, &part) }),
            }
        }
    }

    fn hear_items(&mut self, prefix: &Prefix, theirs: &[ItemHeld], frontier: &Frontier, hash_at: HashAt<'_>) {
        let mut theirs: BTreeMap<ChainId, &ItemHeld> = theirs.iter().map(|item| (item.chain, item)).collect();
        let mut lacking = Vec::new();
        for Position { chain, number, hash } in frontier.positions(prefix) {
            match theirs.remove(&chain) {
                None => self.learn(chain, 0),
                Some(their) if their.number <= number && is_other(their, hash_at) => self.learned.forked.push(chain),
                Some(their) if their.number == number => {}
                Some(their) => {
                    self.learn(chain, their.number);
                    if their.number > number {
                        lacking.push(item(chain, number, hash));
                    }
                }
            }
        }
        for (chain, their) in theirs {
            self.learn(chain, their.number);
            lacking.push(item(chain, 0, Hash([0; 32])));
        }
        if !lacking.is_empty() {
            self.unsaid.push_back(Range { prefix: *prefix, held: Held::Lacking(lacking) });
        }
    }

    fn hear_lacking(&mut self, theirs: &[ItemHeld], frontier: &Frontier, hash_at: HashAt<'_>) {
        for their in theirs {
            if is_other(their, hash_at) {
                self.learned.forked.push(their.chain);
            } else if frontier.get(&their.chain).is_some_and(|mine| mine.number > their.number) {
                self.learn(their.chain, their.number);
            }
        }
    }

    fn learn(&mut self, chain: ChainId, number: u64) {
        self.learned.holds.insert(chain, number);
    }
}

/// Whether somebody holds another record under this number than is held here.
fn is_other(their: &ItemHeld, hash_at: HashAt<'_>) -> bool {
    their.number > 0 && hash_at(&their.chain, their.number).is_some_and(|mine| short(mine.0) != their.hash)
}

/// What is held in a range: chain by chain where there are few, else in digests.
fn held(frontier: &Frontier, prefix: &Prefix) -> Held {
    match frontier.split(prefix) {
        Some(_) => Held::Digests(std::array::from_fn(|digit| {
            let digit = u8::try_from(digit).expect("there are sixteen digits");
            prefix.child(digit).ok().and_then(|part| digest_of(frontier, &part))
        })),
        None => Held::Items(frontier.positions(prefix).iter().map(|at| item(at.chain, at.number, at.hash)).collect()),
    }
}

fn digest_of(frontier: &Frontier, part: &Prefix) -> Option<[u8; 8]> {
    let summary = frontier.summary(part);
    (summary.digest != Digest::EMPTY).then(|| short(summary.digest.0))
}

fn item(chain: ChainId, number: u64, hash: Hash) -> ItemHeld {
    ItemHeld { chain, number, hash: short(hash.0) }
}

fn short(digest: [u8; 32]) -> [u8; 8] {
    std::array::from_fn(|index| digest[index])
}

/// About how many bytes a range takes in a frame.
fn weight(range: &Range) -> usize {
    let held = match &range.held {
        Held::Digests(parts) => 2 + parts.iter().flatten().count() * 8,
        Held::Items(items) | Held::Lacking(items) => 2 + items.len() * 50,
    };
    range.prefix.length() / 2 + 4 + held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(seed: u64) -> ChainId {
        ChainId(*blake3::hash(&seed.to_le_bytes()).as_bytes())
    }

    fn at(seed: u64, number: u64, hash: u64) -> Position {
        Position { chain: chain(seed), number, hash: Hash(*blake3::hash(&(hash ^ 0xabcd).to_le_bytes()).as_bytes()) }
    }

    /// Lets two compare, and returns what each learned and how many answers it took.
    fn compare(left: &Frontier, right: &Frontier) -> (Learned, Learned, usize) {
        let (mut one, mut other) = (Comparison::default(), Comparison::default());
        let mut said = Comparison::opening(left);
        for turn in 1..200 {
            let hash_in =
                |frontier: &Frontier, chain: &ChainId, number| frontier.get(chain).filter(|at| at.number == number).map(|at| at.hash);
            said = if turn % 2 == 1 {
                other.answer(&said, right, &|chain, number| hash_in(right, chain, number))
            } else {
                one.answer(&said, left, &|chain, number| hash_in(left, chain, number))
            };
            if said.ranges.is_empty() {
                // The other side may still have something to say; it has not in these tests unless it was cut.
                assert!(one.is_said() && other.is_said());
                return (one.finish(), other.finish(), turn);
            }
        }
        panic!("the comparison does not end");
    }

    #[test]
    fn each_learns_exactly_what_the_other_lacks() {
        for round in 0..40u64 {
            let (mut left, mut right) = (Frontier::default(), Frontier::default());
            let mut expected_left = BTreeMap::new();
            let mut expected_right = BTreeMap::new();
            for seed in 0..round * 20 {
                let draw = blake3::hash(&(seed * 1000 + round).to_le_bytes()).as_bytes()[0];
                let (mine, theirs) = match draw {
                    0..=9 => (0, 4),
                    10..=19 => (3, 0),
                    20..=29 => (3, 5),
                    30..=39 => (6, 2),
                    _ => (4, 4),
                };
                for (frontier, number) in [(&mut left, mine), (&mut right, theirs)] {
                    if number > 0 {
                        frontier.set(at(seed, number, seed * 100 + number));
                    }
                }
                if mine > theirs {
                    expected_left.insert(chain(seed), theirs);
                } else if theirs > mine {
                    expected_right.insert(chain(seed), mine);
                }
            }
            let (one, other, _) = compare(&left, &right);
            // A side supplies what it learned the other lacks.
            let supply = |learned: &Learned, frontier: &Frontier| -> BTreeMap<ChainId, u64> {
                let lacks = |(chain, number): (&ChainId, &u64)| {
                    (frontier.get(chain).map_or(0, |at| at.number) > *number).then_some((*chain, *number))
                };
                learned.holds.iter().filter_map(lacks).collect()
            };
            assert_eq!(supply(&one, &left), expected_left, "round {round}");
            assert_eq!(supply(&other, &right), expected_right, "round {round}");
        }
    }

    #[test]
    fn another_record_under_the_same_number_is_noticed_by_both_or_by_the_one_asked() {
        let (mut left, mut right) = (Frontier::default(), Frontier::default());
        left.set(at(1, 4, 1));
        right.set(at(1, 4, 2));
        let (_, other, _) = compare(&left, &right);
        assert_eq!(other.forked, [chain(1)]);
    }

    #[test]
    fn one_difference_among_many_takes_few_steps() {
        let (mut left, mut right) = (Frontier::default(), Frontier::default());
        for seed in 0..10_000 {
            left.set(at(seed, 3, seed));
            right.set(at(seed, 3, seed));
        }
        left.set(at(20_000, 1, 7));
        let (one, _, steps) = compare(&left, &right);
        assert_eq!(one.holds, BTreeMap::from([(chain(20_000), 0)]));
        assert!(steps <= 5, "{steps} answers");
    }
}
