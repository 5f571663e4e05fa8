//! A fork is two chains that share a beginning, and everybody calls them the same, in whatever order they came.

use std::collections::BTreeMap;

use rand::{RngExt, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ChainId, ClientId, DeviceId, Hash, Position};
use sheaf_record::{Digest, Extent, Frontier, Graph, Stamp, branch_name};

use crate::author::with_seeds;

/// A record as its author made it: of the forked chain, or of somebody who had seen some of that.
#[derive(Clone)]
struct Written {
    root: ChainId,
    /// What it follows in its chain; the head's hash for the first.
    previous: Hash,
    hash: Hash,
    stamp: Vec<Hash>,
    clocks: u32,
}

const ADA: DeviceId = DeviceId([1; 32]);

/// Puts a record where it belongs, as a device does that has not seen what else there is: behind what it follows, or beside what is there.
fn take(graph: &mut Graph, record: &Written) {
    graph.open_chain(record.root, ADA);
    let before = graph.position(&record.previous).expect("what it follows came before");
    let beside = graph.hash(&before.chain, before.number + 1).is_some();
    let (chain, number) = if beside { (branch_name(&record.root, &record.hash), 1) } else { (before.chain, before.number + 1) };
    if beside {
        graph.open_branch(chain, &before);
    }
    let extent = Extent { clocks: record.clocks, low_surrogates: &[] };
    graph.append(&chain, number, record.hash, &Stamp::new(record.stamp.clone()).unwrap(), extent).expect("it has its place");
}

/// A tree of histories of one chain, and people who write on what they have seen of it.
fn world(random: &mut ChaCha8Rng) -> Vec<Written> {
    let root = ChainId(random.random());
    let mut all: Vec<Written> = Vec::new();
    for _ in 0..random.random_range(3..20) {
        let ends: Vec<Hash> = all.iter().filter(|record| record.root == root).map(|record| record.hash).collect();
        // Mostly the end goes on; sometimes something goes on from the middle, or from the very beginning.
        let previous = match random.random_range(0..10) {
            0 => Hash(root.0),
            1..3 => ends.choose(random).copied().unwrap_or(Hash(root.0)),
            _ => ends.last().copied().unwrap_or(Hash(root.0)),
        };
        all.push(Written { root, previous, hash: Hash(random.random()), stamp: Vec::new(), clocks: random.random_range(0..4) });
    }
    for _ in 0..random.random_range(0..6) {
        let (root, hash) = (ChainId(random.random()), Hash(random.random()));
        let seen: Vec<Hash> = all.sample(random, 2).map(|record| record.hash).collect();
        let mut graph = Graph::new();
        all.iter().for_each(|record| take(&mut graph, record));
        let stamp = graph.minimal(&seen);
        all.push(Written { root, previous: Hash(root.0), hash, stamp, clocks: 2 });
    }
    all
}

/// The same records in another order in which everything comes after what it stands on.
fn shuffled(all: &[Written], random: &mut ChaCha8Rng) -> Vec<Written> {
    let mut left = all.to_vec();
    let mut order: Vec<Written> = Vec::new();
    while !left.is_empty() {
        let here = |hash: &Hash| order.iter().any(|record| record.hash == *hash);
        let ready = |record: &Written| (record.previous.0 == record.root.0 || here(&record.previous)) && record.stamp.iter().all(here);
        let ready: Vec<usize> = (0..left.len()).filter(|index| ready(&left[*index])).collect();
        order.push(left.remove(*ready.choose(random).expect("something is always ready")));
    }
    order
}

/// Everything that is told of a graph: what it holds, what its records are called, and who wrote which clock of which client.
#[derive(Debug, PartialEq)]
struct Told {
    frontier: Digest,
    names: Vec<(Hash, ChainId, u64)>,
    authors: BTreeMap<(ClientId, u32), Hash>,
}

fn told(graph: &Graph, all: &[Written]) -> Told {
    let (mut frontier, mut names, mut authors) = (Frontier::new(), Vec::new(), BTreeMap::new());
    for record in all {
        for (chain, number, end) in graph.strand_ends(&record.root) {
            if let Some(end) = end {
                frontier.set(Position { chain, number, hash: end.hash });
            }
        }
        let position = graph.position(&record.hash).expect("it is here");
        let (name, number) = graph.named(&position);
        assert_eq!(graph.strand_place(&name, number), Some(position), "a name leads back");
        names.push((record.hash, name, number));
        for client in graph.clients_of(&record.root) {
            for clock in 0.. {
                let Some(author) = graph.author_of(client, clock) else { break };
                authors.insert((client, clock), author.hash);
            }
        }
    }
    Told { frontier: frontier.digest(), names, authors }
}

#[test]
fn whoever_holds_the_same_calls_it_the_same_in_whatever_order_it_came() {
    with_seeds(300, |random| {
        let all = world(random);
        let (mut here, mut there) = (Graph::new(), Graph::new());
        all.iter().for_each(|record| take(&mut here, record));
        shuffled(&all, random).iter().for_each(|record| take(&mut there, record));

        let (mine, theirs) = (told(&here, &all), told(&there, &all));
        assert_eq!(mine, theirs);
        let clocks: u32 = all.iter().map(|record| record.clocks).sum();
        assert_eq!(mine.authors.len(), clocks as usize, "no clock is lost, and none has two names");

        // What a past calls something means the same everywhere, too, and everybody's name for it is the same.
        for record in &all {
            let pasts = (here.past_with(&record.hash).unwrap(), there.past_with(&record.hash).unwrap());
            for client in mine.authors.keys().map(|(client, _)| *client) {
                assert_eq!(pasts.0.clock(client), pasts.1.clock(client));
                assert_eq!(here.seen(&pasts.0, client), there.seen(&pasts.1, client));
                for clock in 0..pasts.0.clock(client) {
                    let (mine, theirs) = (here.rename(&pasts.0, client, clock), there.rename(&pasts.1, client, clock));
                    assert_eq!(mine.map(|it| (it.0, it.1)), theirs.map(|it| (it.0, it.1)));
                    let (client, clock, _) = mine.expect("what a past contains has a name");
                    let author = here.author_of(client, clock).expect("somebody wrote it");
                    assert!(pasts.0.contains(&author.hash), "it is a clock of that past");
                }
            }
        }
    });
}

#[test]
fn to_who_knew_one_branch_it_is_the_chain_and_to_who_knew_both_each_has_its_name() {
    let root = ChainId([7; 32]);
    let record = |previous: Hash, hash: u8, stamp: &[u8], clocks| Written {
        root,
        previous,
        hash: Hash([hash; 32]),
        stamp: stamp.iter().map(|hash| Hash([*hash; 32])).collect(),
        clocks,
    };
    let by_ben = |hash: u8, stamp: &[u8]| Written { root: ChainId([hash + 100; 32]), ..record(Hash([hash + 100; 32]), hash, stamp, 1) };
    let all = [
        record(Hash(root.0), 1, &[], 3),
        record(Hash([1; 32]), 2, &[], 2),
        record(Hash([1; 32]), 3, &[], 4),
        by_ben(10, &[2]),
        by_ben(11, &[2, 3]),
    ];
    let mut graph = Graph::new();
    all.iter().for_each(|record| take(&mut graph, record));
    let [one, other] = [2, 3].map(|hash| branch_name(&root, &Hash([hash; 32])).client());

    let knew_one = graph.past_with(&Hash([10; 32])).unwrap();
    assert_eq!([root.client(), one, other].map(|client| knew_one.clock(client)), [5, 0, 0]);
    let knew_both = graph.past_with(&Hash([11; 32])).unwrap();
    assert_eq!([root.client(), one, other].map(|client| knew_both.clock(client)), [3, 2, 4]);
    assert_eq!(graph.rename(&knew_one, root.client(), 2), Some((root.client(), 2, 1)));
    assert_eq!(graph.rename(&knew_one, root.client(), 4), Some((one, 1, 1)));

    // The chain itself goes on in ignorance of the other branch, or not at all.
    assert!(!graph.past(&root, 3, &Stamp::default()).unwrap().knows_rival(&root, 3));
    let aware = Stamp::new([Hash([3; 32])]).unwrap();
    assert!(graph.past(&root, 3, &aware).unwrap().knows_rival(&root, 3));
}

#[test]
fn a_frontier_forgets_a_name_without_a_trace() {
    with_seeds(40, |random| {
        let positions: Vec<Position> = (0..random.random_range(1..80))
            .map(|number| Position { chain: ChainId(random.random()), number, hash: Hash([1; 32]) })
            .collect();
        let gone = random.random_range(0..positions.len());
        let (mut never, mut forgot) = (Frontier::new(), Frontier::new());
        positions.iter().for_each(|position| forgot.set(*position));
        positions.iter().skip(gone).for_each(|position| never.set(*position));
        positions.iter().take(gone).for_each(|position| forgot.remove(&position.chain));
        assert_eq!((forgot.digest(), forgot.chains()), (never.digest(), never.chains()));
    });
}
