//! The graph answers as a naive one does, and refuses what has no place.

use std::collections::BTreeSet;

use rand::{RngExt, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ChainId, ClientId, DeviceId, Hash, Position, limits};
use sheaf_record::{AppendError, Appended, Extent, Graph, Stamp, StampError};

use crate::{
    author::with_seeds,
    naive::{Naive, NaiveRecord},
};

/// A device with what it holds, twice.
struct Device {
    id: DeviceId,
    chain: ChainId,
    graph: Graph,
    naive: Naive,
}

impl Device {
    fn new(number: u8, random: &mut ChaCha8Rng) -> Self {
        Self { id: DeviceId([number; 32]), chain: ChainId(random.random()), graph: Graph::new(), naive: Naive::default() }
    }

    /// Writes a record that stands on everything held; the graph's stamp must be the naive one.
    fn write(&mut self, random: &mut ChaCha8Rng) {
        let number = self.naive.tip(&self.chain).map_or(0, |tip| tip.number) + 1;
        let stamps = self.graph.stamps(Some(&self.chain));
        let parents = self.naive.stamp(&self.chain);
        assert_eq!(stamps, [Stamp::new(parents.clone()).unwrap()]);

        let hash = Hash(random.random());
        let mut past = self.naive.past(&parents);
        past.extend(self.naive.tip(&self.chain).iter().flat_map(|tip| tip.past.iter().copied()));
        let clocks = random.random_range(0..4);
        let begin = self.naive.clock(&past, &self.chain);
        let low_surrogates = (begin..begin + clocks).filter(|_| random.random_bool(0.2)).collect();
        past.insert(hash);
        self.hear(&NaiveRecord { chain: self.chain, device: self.id, number, hash, parents, clocks, low_surrogates, past });
    }

    fn hear(&mut self, record: &NaiveRecord) {
        append(&mut self.graph, record);
        self.naive.add(record.clone());
    }
}

fn append(graph: &mut Graph, record: &NaiveRecord) -> Appended {
    graph.open_chain(record.chain, record.device);
    let extent = Extent { clocks: record.clocks, low_surrogates: &record.low_surrogates };
    let stamp = Stamp::new(record.parents.iter().copied()).unwrap();
    graph.append(&record.chain, record.number, record.hash, &stamp, extent).unwrap()
}

/// Devices that write, meet, part and restart. `restarts` is how often a device begins a new chain.
fn live(random: &mut ChaCha8Rng, steps: usize, restarts: f64, meetings: f64) -> Vec<Device> {
    let mut devices: Vec<_> = (1..=6).map(|number| Device::new(number, random)).collect();
    for _ in 0..steps {
        let one = random.random_range(0..devices.len());
        if random.random_bool(restarts) {
            devices[one].chain = ChainId(random.random());
        }
        if random.random_bool(meetings) {
            let other = random.random_range(0..devices.len());
            let new: Vec<_> = {
                let heard = &devices[one].naive;
                let told = &devices[other].naive;
                told.order.iter().filter(|hash| !heard.records.contains_key(*hash)).map(|hash| told.records[hash].clone()).collect()
            };
            // Sometimes the link breaks in the middle.
            let count = if random.random_bool(0.3) { random.random_range(0..=new.len()) } else { new.len() };
            new.iter().take(count).for_each(|record| devices[one].hear(record));
        } else {
            devices[one].write(random);
        }
    }
    devices
}

/// Compares everything that can be asked.
fn compare(device: &Device, random: &mut ChaCha8Rng) {
    let Device { graph, naive, .. } = device;
    let hashes: Vec<Hash> = naive.order.clone();
    assert_eq!(graph.records(), hashes.len() as u64);
    let chains: BTreeSet<ChainId> = naive.records.values().map(|record| record.chain).collect();
    let mut asked: Vec<&Hash> = hashes.iter().collect();
    if asked.len() > 60 {
        asked = hashes.sample(random, 60).collect();
    }
    for later in &asked {
        let record = &naive.records[*later];
        let past = graph.past_with(later).unwrap();
        for earlier in &hashes {
            assert_eq!(past.contains(earlier), record.past.contains(earlier), "{earlier:?} behind {later:?}");
        }
        for chain in &chains {
            assert_eq!(past.clock(chain.client()), naive.clock(&record.past, chain), "clock of {chain:?} behind {later:?}");
        }
        let expected = Position { chain: record.chain, number: record.number, hash: record.hash };
        assert_eq!(graph.position(later), Some(expected));
        assert_eq!(graph.hash(&record.chain, record.number), Some(record.hash));
        let clocks = graph.clocks(&record.chain, record.number).unwrap();
        assert_eq!(clocks.end, naive.clock(&record.past, &record.chain));
        for clock in clocks {
            assert_eq!(graph.author_of(record.chain.client(), clock), Some(expected));
            assert_eq!(past.is_low_surrogate(record.chain.client(), clock), record.low_surrogates.contains(&clock));
        }
    }
    for _ in 0..10 {
        let some: BTreeSet<Hash> = hashes.sample(random, 8).copied().collect();
        let mut minimal = graph.minimal(&some.iter().copied().collect::<Vec<_>>());
        minimal.sort_unstable();
        assert_eq!(minimal, naive.minimal(&some));
    }
    let mut heads: Vec<Hash> = graph.heads().iter().map(|head| head.hash).collect();
    heads.sort_unstable();
    assert_eq!(heads, naive.minimal(&hashes.iter().copied().collect()));
}

#[test]
fn it_answers_as_a_naive_graph_does() {
    with_seeds(60, |random| {
        for device in live(random, 150, 0.05, 0.4) {
            compare(&device, random);
        }
    });
}

#[test]
fn it_answers_as_a_naive_graph_does_when_many_chains_meet_after_long() {
    // Nearly every record begins a chain and meetings are rare: hundreds of chains are news at once, and whole trees are joined.
    with_seeds(12, |random| {
        let mut devices = live(random, 500, 0.7, 0.02);
        let last = devices.len() - 1;
        for other in 0..last {
            let new: Vec<_> = devices[other].naive.order.iter().map(|hash| devices[other].naive.records[hash].clone()).collect();
            new.iter().for_each(|record| devices[last].hear(record));
            devices[last].write(random);
        }
        compare(&devices[last], random);
    });
}

#[test]
fn every_causal_order_builds_the_same_graph() {
    with_seeds(30, |random| {
        let device = live(random, 200, 0.1, 0.4).swap_remove(0);
        let mut again = Graph::new();
        let mut held = BTreeSet::new();
        let mut left = device.naive.order.clone();
        while !left.is_empty() {
            let ready = |hash: &Hash| device.naive.records[hash].past.iter().all(|earlier| earlier == hash || held.contains(earlier));
            let ready: Vec<usize> = (0..left.len()).filter(|index| ready(&left[*index])).collect();
            let hash = left.swap_remove(*ready.choose(random).unwrap());
            assert_eq!(append(&mut again, &device.naive.records[&hash]), Appended::New);
            held.insert(hash);
        }
        compare(&Device { graph: again, ..device }, random);
    });
}

#[test]
fn what_a_record_may_refer_to_is_asked_before_it_is_appended() {
    with_seeds(30, |random| {
        let device = live(random, 120, 0.1, 0.4).swap_remove(0);
        let mut growing = Graph::new();
        for hash in &device.naive.order {
            let record = &device.naive.records[hash];
            growing.open_chain(record.chain, record.device);
            let stamp = Stamp::new(record.parents.iter().copied()).unwrap();
            let past = growing.past(&record.chain, record.number, &stamp).unwrap();
            for earlier in &device.naive.order {
                assert_eq!(past.contains(earlier), earlier != hash && record.past.contains(earlier));
            }
            append(&mut growing, record);
        }
    });
}

/// Two chains: `ada` of three records, and `ben`, whose record stands on her second.
fn small() -> (Graph, [ChainId; 2], [Hash; 4]) {
    let mut graph = Graph::new();
    let [ada, ben] = [ChainId([0xa0; 32]), ChainId([0xb0; 32])];
    let hashes = [1, 2, 3, 9].map(|byte| Hash([byte; 32]));
    graph.open_chain(ada, DeviceId([1; 32]));
    graph.open_chain(ben, DeviceId([2; 32]));
    for number in 1..=3 {
        graph.append(&ada, number, hashes[number as usize - 1], &Stamp::default(), Extent::default()).unwrap();
    }
    graph.append(&ben, 1, hashes[3], &Stamp::new([hashes[1]]).unwrap(), Extent::default()).unwrap();
    (graph, [ada, ben], hashes)
}

#[test]
fn a_replay_changes_nothing_and_a_fork_is_named() {
    let (mut graph, [ada, _], hashes) = small();
    let replay = graph.append(&ada, 2, hashes[1], &Stamp::default(), Extent { clocks: 5, low_surrogates: &[] });
    assert_eq!(replay, Ok(Appended::Known));
    assert_eq!(graph.clocks(&ada, 3), Some(0..0));

    let fork = graph.append(&ada, 2, Hash([7; 32]), &Stamp::default(), Extent::default());
    assert_eq!(fork, Err(AppendError::Fork { held: Position { chain: ada, number: 2, hash: hashes[1] } }));
}

#[test]
fn what_is_missing_is_named_and_waited_for() {
    let (mut graph, [ada, ben], hashes) = small();
    let unknown = ChainId([0xc0; 32]);
    let gap = graph.append(&ada, 5, Hash([5; 32]), &Stamp::default(), Extent::default()).unwrap_err();
    assert_eq!(gap, AppendError::Gap { chain: ada, held: 3, number: 5 });
    let missing = [Hash([0x55; 32]), Hash([0x66; 32])];
    let stamp = Stamp::new([hashes[2], missing[1], missing[0]]).unwrap();
    let uncovered = graph.append(&ben, 2, Hash([5; 32]), &stamp, Extent::default()).unwrap_err();
    assert_eq!(uncovered, AppendError::Uncovered(missing.to_vec()));
    let stranger = graph.append(&unknown, 1, Hash([5; 32]), &Stamp::default(), Extent::default()).unwrap_err();
    for waiting in [gap, uncovered, stranger] {
        assert!(waiting.is_waiting(), "{waiting}");
    }
}

#[test]
fn a_stamp_names_only_what_stands_behind_nothing_else_in_it() {
    let (mut graph, [ada, ben], hashes) = small();
    let mut refuse = |chain: &ChainId, number, parents: &[Hash]| {
        let stamp = Stamp::new(parents.iter().copied()).unwrap();
        match graph.append(chain, number, Hash([5; 32]), &stamp, Extent::default()) {
            Err(AppendError::Stamp(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refuse(&ben, 2, &[hashes[1]]), StampError::Redundant(hashes[1]), "its author's previous record stands on that");
    assert_eq!(refuse(&ben, 2, &[hashes[3]]), StampError::Redundant(hashes[3]), "its author's previous record is implied");
    assert_eq!(refuse(&ada, 4, &[hashes[0]]), StampError::Redundant(hashes[0]), "nor does one name one's own chain");
    assert_eq!(refuse(&ada, 4, &[Hash(ben.0)]), StampError::NamesHead(Hash(ben.0)));

    let newcomer = ChainId([0xd0; 32]);
    graph.open_chain(newcomer, DeviceId([3; 32]));
    let stamp = Stamp::new([hashes[1], hashes[3]]).unwrap();
    let refused = graph.append(&newcomer, 1, Hash([5; 32]), &stamp, Extent::default());
    assert_eq!(refused, Err(StampError::Redundant(hashes[1]).into()));
    assert_eq!(graph.records(), 4, "what is refused leaves no trace");
}

#[test]
fn what_a_client_id_means_follows_from_a_record_s_past_and_from_nothing_else() {
    let twins = [1, 2].map(|last| ChainId(std::array::from_fn(|index| if index == 31 { last } else { 0x77 })));
    let [smaller, larger] = twins;
    let [ben, cleo, dan] = [3, 4, 5].map(|seed| ChainId([seed; 32]));
    let at = |chain: ChainId, number: u64| Hash(*blake3::hash(&[&chain.0[..], &number.to_le_bytes()].concat()).as_bytes());
    for order in [twins, [larger, smaller]] {
        let mut graph = Graph::new();
        let mut write = |chain: ChainId, number, parents: &[Hash], clocks| {
            graph.open_chain(chain, DeviceId([9; 32]));
            let stamp = Stamp::new(parents.iter().copied()).unwrap();
            graph.append(&chain, number, at(chain, number), &stamp, Extent { clocks, low_surrogates: &[] }).unwrap();
        };
        for chain in order {
            write(chain, 1, &[], if chain == smaller { 10 } else { 20 });
        }
        // Ben has seen the larger one, then both; Cleo the smaller one; Dan both from the beginning.
        write(ben, 1, &[], 1);
        write(ben, 2, &[at(larger, 1)], 1);
        write(ben, 3, &[at(smaller, 1)], 1);
        write(cleo, 1, &[at(smaller, 1)], 1);
        write(dan, 1, &[at(smaller, 1), at(larger, 1)], 1);
        let means = |chain: ChainId, number| {
            let past = graph.past_with(&at(chain, number)).unwrap();
            (past.chain_of(smaller.client()), past.clock(smaller.client()))
        };
        assert_eq!(means(ben, 1), (None, 0));
        assert_eq!(means(ben, 2), (Some(larger), 20));
        for (chain, number) in [(ben, 3), (cleo, 1), (dan, 1)] {
            assert_eq!(means(chain, number), (Some(smaller), 10));
        }
        // Everybody who holds both knows the larger one by another id; so what Ben wrote on it alone keeps its meaning.
        let clients = graph.clients_of(&larger);
        let [other] = clients.iter().copied().filter(|client| *client != smaller.client()).collect::<Vec<_>>()[..] else {
            panic!("{clients:?}")
        };
        assert_eq!(graph.author_of(other, 19).map(|author| author.chain), Some(larger));
        assert_eq!(graph.author_of(smaller.client(), 9).map(|author| author.chain), Some(smaller));
        assert_eq!(graph.author_of(smaller.client(), 10), None);
        let rename = |chain, number, client| graph.rename(&graph.past_with(&at(chain, number)).unwrap(), client, 3).map(|it| (it.0, it.1));
        assert_eq!(rename(ben, 2, smaller.client()), Some((other, 3)));
        for (chain, number) in [(ben, 3), (dan, 1)] {
            assert_eq!(rename(chain, number, smaller.client()), Some((smaller.client(), 3)));
            assert_eq!(rename(chain, number, other), Some((other, 3)), "and so they write it");
        }
        assert_eq!(rename(cleo, 1, smaller.client()), Some((smaller.client(), 3)));
    }
}

#[test]
fn more_heads_than_a_stamp_may_name_are_gathered_in_several_records() {
    let mut graph = Graph::new();
    for index in 0..150u8 {
        let chain = ChainId([index + 1; 32]);
        graph.open_chain(chain, DeviceId([1; 32]));
        graph.append(&chain, 1, Hash(blake3::hash(&[index]).into()), &Stamp::default(), Extent::default()).unwrap();
    }
    let own = ChainId([0xee; 32]);
    graph.open_chain(own, DeviceId([2; 32]));
    let stamps = graph.stamps(Some(&own));
    assert_eq!(
        stamps.iter().map(|stamp| stamp.parents().len()).collect::<Vec<_>>(),
        [limits::STAMP, limits::STAMP, 150 - 2 * limits::STAMP]
    );
    for (number, stamp) in (1..).zip(&stamps) {
        let mut hash = [0; 32];
        hash[0] = number as u8;
        graph.append(&own, number, Hash(hash), stamp, Extent::default()).unwrap();
    }
    assert_eq!(graph.stamps(Some(&own)), [Stamp::default()]);
    assert_eq!(graph.heads().len(), 1);
    assert!((0..150u8).all(|index| graph.everything().number(&ChainId([index + 1; 32])) == 1));
}

#[test]
fn an_unknown_client_has_no_clocks() {
    let (graph, ..) = small();
    assert_eq!(graph.everything().clock(ClientId(1)), 0);
    assert_eq!(graph.author_of(ClientId(1), 0), None);
    assert!(!graph.everything().is_low_surrogate(ClientId(1), 0));
}
