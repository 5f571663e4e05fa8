//! Finding out what two peers do not both hold, range by range.
//!
//! One side asks, the two answer each other in turn until one has nothing more to say. What is learned is, for each chain in which the two
//! differ, how much of it the other one holds; nothing is learned about chains that are equal, however many there are.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, Hash, Position};
use sheaf_record::{Digest, Frontier, Prefix};

use crate::frame::{Compare, Held, ItemHeld, Range};

/// Bytes of ranges in one answer; the rest goes into the next.
const ANSWER: usize = 48 * 1024;

/// Bytes that answers which have not been said yet may cost. Two honest peers need this when they differ in tens of thousands of chains;
/// what does not fit is found out by the next comparison, when what this one has found is no difference any more.
const UNSAID: usize = 4 * 1024 * 1024;
/// What an answer costs that has not been said yet, besides its chains.
const ENTRY: usize = 128;
/// Chains in one range of an answer. Nobody honest names more than the sixteen of a bucket, and what is longer would not fit into a frame.
const LACKING: usize = 256;
/// Differences that one comparison finds. More chains than a document gathers in ten years of fifty authors.
pub(crate) const DIFFERENCES: usize = 1 << 18;

/// What the other one holds of the chains in which the two differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// For each chain the newest number it holds; 0: nothing.
    pub holds: BTreeMap<ChainId, u64>,
    /// Chains of which it holds another record under the same number.
    pub forked: BTreeSet<ChainId>,
    /// There was more to find out than fits: chains that are not named may differ, too.
    pub cut: bool,
}

/// Knows the hash of a chain at a number, if that is held.
pub type HashAt<'a> = &'a dyn Fn(&ChainId, u64) -> Option<Hash>;

/// One comparison under way.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    learned: Learned,
    unsaid: BTreeMap<Prefix, Unsaid>,
    cost: usize,
}

/// An answer that has not been said yet.
#[derive(Debug, Clone)]
enum Unsaid {
    /// What is held in the range, as it is when it is said.
    Held,
    /// Where less is held than the other one has named.
    Lacking(Vec<ItemHeld>),
}

impl Unsaid {
    fn cost(&self) -> usize {
        match self {
            Unsaid::Held => ENTRY,
            Unsaid::Lacking(items) => ENTRY + items.len() * size_of::<ItemHeld>(),
        }
    }
}

impl Comparison {
    /// The first question: everything, in digests or, where there is little, by name.
    pub fn opening(frontier: &Frontier) -> Compare {
        Compare { ranges: vec![Range { prefix: Prefix::ALL, held: held(frontier, &Prefix::ALL) }] }
    }

    /// Takes in what the other one said and answers. An empty answer ends the comparison from this side. `hash_at` knows the hashes of all
    /// records that are held.
    pub fn answer(&mut self, heard: &Compare, frontier: &Frontier, hash_at: HashAt<'_>) -> Compare {
        for range in apart(&heard.ranges) {
            match &range.held {
                Held::Digests(theirs) => self.hear_digests(&range.prefix, theirs, frontier),
                Held::Items(theirs) => self.hear_items(&range.prefix, theirs, frontier, hash_at),
                Held::Lacking(theirs) => self.hear_lacking(theirs, frontier, hash_at),
            }
        }
        let mut answer = Compare::default();
        let mut bytes = 0;
        while let Some((prefix, unsaid)) = self.unsaid.pop_first() {
            self.cost -= unsaid.cost();
            let held = match unsaid {
                Unsaid::Held => held(frontier, &prefix),
                Unsaid::Lacking(items) => Held::Lacking(items),
            };
            let range = Range { prefix, held };
            bytes += weight(&range);
            answer.ranges.push(range);
            if bytes > ANSWER {
                break;
            }
        }
        answer
    }

    /// Remembers an answer until there is room for it.
    fn say(&mut self, prefix: Prefix, unsaid: Unsaid) {
        if self.cost + unsaid.cost() > UNSAID {
            self.learned.cut = true;
            return;
        }
        self.cost += unsaid.cost();
        if let Some(before) = self.unsaid.insert(prefix, unsaid) {
            self.cost -= before.cost();
        }
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
                _ => self.say(part, Unsaid::Held),
            }
        }
    }

    fn hear_items(&mut self, prefix: &Prefix, theirs: &[ItemHeld], frontier: &Frontier, hash_at: HashAt<'_>) {
        let mut theirs: BTreeMap<ChainId, &ItemHeld> = theirs.iter().map(|item| (item.chain, item)).collect();
        let mut lacking = Vec::new();
        for Position { chain, number, hash } in frontier.positions(prefix) {
            match theirs.remove(&chain) {
                None => self.learn(chain, 0),
                Some(their) if their.number <= number && is_other(their, hash_at) => drop(self.learned.forked.insert(chain)),
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
        self.learned.cut |= lacking.len() > LACKING;
        lacking.truncate(LACKING);
        if !lacking.is_empty() {
            self.say(*prefix, Unsaid::Lacking(lacking));
        }
    }

    fn hear_lacking(&mut self, theirs: &[ItemHeld], frontier: &Frontier, hash_at: HashAt<'_>) {
        for their in theirs {
            if is_other(their, hash_at) {
                self.learned.forked.insert(their.chain);
            } else if frontier.get(&their.chain).is_some_and(|mine| mine.number > their.number) {
                self.learn(their.chain, their.number);
            }
        }
    }

    fn learn(&mut self, chain: ChainId, number: u64) {
        if self.learned.holds.len() < DIFFERENCES {
            self.learned.holds.insert(chain, number);
        } else {
            self.learned.cut = true;
        }
    }
}

/// The ranges that lie in no other one of them. Nobody honest asks twice about the same chains in one breath, and somebody else could have
/// them gone through ten thousand times.
fn apart(ranges: &[Range]) -> Vec<&Range> {
    let mut apart: Vec<&Range> = Vec::with_capacity(ranges.len());
    let mut sorted: Vec<&Range> = ranges.iter().collect();
    sorted.sort_by_key(|range| range.prefix);
    for range in sorted {
        if !apart.last().is_some_and(|last| last.prefix.covers(&range.prefix)) {
            apart.push(range);
        }
    }
    apart
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
        assert_eq!(other.forked, BTreeSet::from([chain(1)]));
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

    /// A frontier of many chains.
    fn many() -> Frontier {
        let mut frontier = Frontier::default();
        (0..5_000).for_each(|seed| frontier.set(at(seed, 3, seed)));
        frontier
    }

    /// Everything that is wrong, as often as it fits into a frame.
    fn nagging(prefix: Prefix) -> Compare {
        Compare { ranges: vec![Range { prefix, held: Held::Digests([Some([9; 8]); 16]) }; 490] }
    }

    #[test]
    fn asking_again_and_again_costs_as_much_as_asking_once() {
        let mine = many();
        let (mut once, mut often) = (Comparison::default(), Comparison::default());
        let once = once.answer(&Compare { ranges: nagging(Prefix::ALL).ranges[..1].to_vec() }, &mine, &|_, _| None);
        let nested = [nagging(Prefix::ALL).ranges, nagging(Prefix::ALL.child(3).expect("a digit")).ranges].concat();
        assert_eq!(often.answer(&Compare { ranges: nested }, &mine, &|_, _| None), once);
        assert!(often.is_said());
    }

    #[test]
    fn what_is_to_be_said_is_bounded_whatever_is_asked() {
        let (mine, mut comparison) = (many(), Comparison::default());
        for frame in 0..300u64 {
            // Ever new ranges, and ever new chains, more than fit into the answers.
            let deep = |seed: u64| {
                let digest = *blake3::hash(&seed.to_le_bytes()).as_bytes();
                digest.iter().take(20).fold(Prefix::ALL, |prefix, byte| prefix.child(byte % 16).expect("short enough"))
            };
            let asked = (0..400).map(|seed| Range { prefix: deep(frame * 1000 + seed), held: Held::Digests([Some([9; 8]); 16]) });
            let items = (0..1000).map(|seed| item(chain(frame * 1000 + seed), 7, Hash([1; 32]))).collect();
            let named = Range { prefix: deep(frame), held: Held::Items(items) };
            let answer = comparison.answer(&Compare { ranges: asked.chain([named]).collect() }, &mine, &|_, _| None);
            assert!(crate::Frame::Compare(answer).encode().len() <= sheaf_base::limits::FRAME);
        }
        assert!(comparison.cost <= UNSAID && comparison.unsaid.len() * ENTRY <= UNSAID);
        assert!(comparison.learned.holds.len() <= DIFFERENCES);
        assert!(comparison.finish().cut, "and whoever learns from it knows that it is not all");
    }
}
