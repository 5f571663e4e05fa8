//! Equal holdings have equal digests; a difference is found in a few steps.

use std::collections::BTreeMap;

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ChainId, Hash, Position};
use sheaf_record::{Digest, Frontier, Prefix};

use crate::author::with_seeds;

fn position(random: &mut ChaCha8Rng, chain: ChainId) -> Position {
    Position { chain, number: random.random_range(1..100), hash: Hash(random.random()) }
}

/// Chains, some of whose ids begin alike for a long way.
fn positions(random: &mut ChaCha8Rng, count: usize) -> Vec<Position> {
    let crowd: [u8; 32] = random.random();
    (0..count)
        .map(|_| {
            let mut chain: [u8; 32] = random.random();
            if random.random_bool(0.3) {
                let alike = random.random_range(0..31);
                chain[..alike].copy_from_slice(&crowd[..alike]);
            }
            position(random, ChainId(chain))
        })
        .collect()
}

#[test]
fn the_digest_depends_on_what_is_held_and_on_nothing_else() {
    with_seeds(60, |random| {
        let count = random.random_range(1..300);
        let held = positions(random, count);
        let mut frontier = Frontier::new();
        assert_eq!(frontier.digest(), Digest::EMPTY);
        for position in &held {
            frontier.set(*position);
        }

        let mut shuffled = held.clone();
        shuffled.shuffle(random);
        let mut roundabout = Frontier::new();
        for position in &shuffled {
            roundabout.set(Position { number: 0, ..*position });
            roundabout.digest();
        }
        for position in shuffled.iter().rev() {
            roundabout.set(*position);
        }
        assert_eq!(roundabout.digest(), frontier.digest());
        assert_eq!(frontier.chains(), held.len() as u64);

        let changed = held[random.random_range(0..held.len())];
        for other in [Position { number: changed.number + 1, ..changed }, Position { hash: Hash(random.random()), ..changed }] {
            let mut frontier = frontier.clone();
            frontier.set(other);
            assert_ne!(frontier.digest(), roundabout.digest());
        }
    });
}

#[test]
fn a_part_holds_what_the_list_holds_there() {
    with_seeds(60, |random| {
        let held = positions(random, 200);
        let list: BTreeMap<ChainId, Position> = held.iter().map(|position| (position.chain, *position)).collect();
        let mut frontier = Frontier::new();
        for position in &held {
            frontier.set(*position);
        }
        let chain = held[random.random_range(0..held.len())].chain;
        let mut prefix = Prefix::ALL;
        for place in 0..64 {
            let inside: Vec<_> = list.values().filter(|position| prefix.contains(&position.chain)).copied().collect();
            assert_eq!(frontier.positions(&prefix), inside);
            assert_eq!(frontier.summary(&prefix).chains, inside.len() as u64);
            let mut part = Frontier::new();
            inside.iter().for_each(|position| part.set(*position));
            if inside.len() <= 16 {
                assert_eq!(frontier.split(&prefix), None);
                assert_eq!(frontier.summary(&prefix).digest, part.digest(), "few chains have one digest wherever they stand");
            }
            if let Some(parts) = frontier.split(&prefix) {
                assert_eq!(parts.iter().map(|part| part.chains).sum::<u64>(), inside.len() as u64);
                for (digit, part) in (0..).zip(parts) {
                    assert_eq!(frontier.summary(&prefix.child(digit).unwrap()), part);
                }
            }
            let byte = chain.0[place / 2];
            prefix = prefix.child(if place % 2 == 0 { byte >> 4 } else { byte & 15 }).unwrap();
        }
        assert_eq!(frontier.get(&chain), Some(list[&chain]));
        assert_eq!(frontier.get(&ChainId([0xee; 32])), None);
        assert!(prefix.child(0).is_err(), "an id has no more digits");
    });
}

#[test]
fn one_new_record_among_ten_thousand_chains_is_found_in_four_questions() {
    with_seeds(3, |random| {
        let mut mine = Frontier::new();
        for _ in 0..10_000 {
            let chain = ChainId(random.random());
            let position = position(random, chain);
            mine.set(position);
        }
        let mut theirs = mine.clone();
        let changed = mine.positions(&Prefix::ALL)[random.random_range(0..10_000)];
        theirs.set(Position { number: changed.number + 1, ..changed });

        let (mut prefix, mut questions) = (Prefix::ALL, 0);
        while let Some(parts) = mine.split(&prefix) {
            let other = theirs.split(&prefix).unwrap();
            let differing: Vec<u8> = (0..16).filter(|digit| parts[usize::from(*digit)] != other[usize::from(*digit)]).collect();
            assert_eq!(differing.len(), 1);
            prefix = prefix.child(differing[0]).unwrap();
            questions += 1;
        }
        assert!(questions <= 4, "{questions}");
        assert!(prefix.contains(&changed.chain));
        assert!(mine.positions(&prefix).len() <= 16);
    });
}
