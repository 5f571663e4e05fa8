//! Prints what records cost: `cargo bench -p sheaf-record`. Asserts nothing.
//!
//! Memory is what the process grows by, as Linux counts it (resident pages), so that the allocator's slack is in it.

#![allow(clippy::disallowed_methods, reason = "this program measures time")]

use std::time::Instant;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position, Wall};
use sheaf_record::{ChainWriter, DeviceKey, EpochSecret, Extent, Frontier, Graph, Kind, PackedRun, Stamp, pack, verify_run};

fn main() {
    memory_of_one_chain(260_000);
    for chains in [10, 1_000, 180_000] {
        many_chains(chains);
    }
    one_long_chain(260_000);
    signing();
}

/// Fifty devices that open a document, write three records and close it again, each time a new chain; mostly they know of everybody.
fn many_chains(chains: usize) {
    let random = &mut ChaCha8Rng::seed_from_u64(7);
    let before = resident();
    let (mut graph, mut frontier) = (Graph::new(), Frontier::new());
    let began = Instant::now();
    let mut recent: Vec<Hash> = Vec::new();
    for index in 0..chains {
        let chain = ChainId(random.random());
        graph.open_chain(chain, DeviceId([(index % 50) as u8; 32]));
        let known: Vec<Hash> = recent.iter().rev().take(3).filter(|_| random.random_bool(0.6)).copied().collect();
        for number in 1..=3 {
            let stamp = if number == 1 { Stamp::new(graph.minimal(&known)).unwrap() } else { Stamp::default() };
            recent =
                [recent.split_off(recent.len().saturating_sub(4)), vec![append(&mut graph, &mut frontier, chain, number, &stamp, random)]]
                    .concat();
        }
    }
    frontier.digest();
    let built = began.elapsed();
    let heads = graph.heads().len();
    println!("\n{chains} chains of 3 records, {heads} heads: built in {built:.0?}, {:.1} MB of graph and frontier", megabytes(before));

    let [gatherer, ada, ben] = [(); 3].map(|()| ChainId(random.random()));
    for chain in [gatherer, ada, ben] {
        graph.open_chain(chain, DeviceId([1; 32]));
        for (number, stamp) in (1..).zip(graph.stamps(Some(&chain))) {
            append(&mut graph, &mut frontier, chain, number, &stamp, random);
        }
    }
    let mut both = |name: &str, count: u64, step: &mut dyn FnMut(&mut Graph, &mut Frontier, u64, &mut ChaCha8Rng)| {
        let began = Instant::now();
        (0..count).for_each(|index| step(&mut graph, &mut frontier, index, random));
        println!("  {name}: {:.2} us each", began.elapsed().as_secs_f64() * 1e6 / count as f64);
    };
    both("typing alone", 10_000, &mut |graph, frontier, index, random| {
        append(graph, frontier, ada, index + 2, &Stamp::default(), random);
    });
    both("typing by turns, each standing on the other", 10_000, &mut |graph, frontier, index, random| {
        let (chain, number) = if index % 2 == 0 { (ben, index / 2 + 2) } else { (ada, 10_002 + index / 2) };
        let stamp = graph.stamps(Some(&chain)).swap_remove(0);
        append(graph, frontier, chain, number, &stamp, random);
    });
    both("a new chain's first record", 1_000, &mut |graph, frontier, _, random| {
        let chain = ChainId(random.random());
        graph.open_chain(chain, DeviceId([2; 32]));
        let stamp = graph.stamps(Some(&chain)).swap_remove(0);
        append(graph, frontier, chain, 1, &stamp, random);
    });
    both("frontier digest after one record", 1_000, &mut |_, frontier, index, random| {
        frontier.set(Position { chain: ada, number: 20_000 + index, hash: Hash(random.random()) });
        frontier.digest();
    });
    both("one clock asked of a past", 100_000, &mut |graph, _, _, _| {
        std::hint::black_box(graph.everything().clock(ben.client()));
    });
    let began = Instant::now();
    let stranger = ChainId(random.random());
    graph.open_chain(stranger, DeviceId([3; 32]));
    append(&mut graph, &mut frontier, stranger, 1, &Stamp::default(), random);
    let stamp = graph.stamps(Some(&stranger)).swap_remove(0);
    append(&mut graph, &mut frontier, stranger, 2, &stamp, random);
    println!("  somebody who knew nothing hears of everything: {:.1?}", began.elapsed());
}

fn append(graph: &mut Graph, frontier: &mut Frontier, chain: ChainId, number: u64, stamp: &Stamp, random: &mut ChaCha8Rng) -> Hash {
    let hash = Hash(random.random());
    graph.append(&chain, number, hash, stamp, Extent { clocks: 1, low_surrogates: &[] }).unwrap();
    frontier.set(Position { chain, number, hash });
    hash
}

/// First of all, so that nothing freed before is used again. (The second case stands in the pieces that the first one left and pays for
/// them; alone it is 65 bytes.)
fn memory_of_one_chain(records: u32) {
    let random = &mut ChaCha8Rng::seed_from_u64(6);
    for by_turns in [false, true] {
        let chains = [ChainId(random.random()), ChainId(random.random())];
        let before = resident();
        let mut graph = Graph::new();
        for chain in &chains {
            graph.open_chain(*chain, DeviceId([1; 32]));
        }
        for index in 0..u64::from(records) {
            let (chain, number) = if by_turns { (&chains[(index % 2) as usize], index / 2 + 1) } else { (&chains[0], index + 1) };
            let stamp = graph.stamps(Some(chain)).swap_remove(0);
            graph.append(chain, number, Hash(random.random()), &stamp, Extent { clocks: 1, low_surrogates: &[] }).unwrap();
        }
        let what = if by_turns { "by turns in two chains" } else { "in one chain" };
        println!("{records} records {what}: {:.1} bytes of graph each", megabytes(before) * 1e6 / f64::from(records));
    }
}

/// A paper typed in one go, as yrs writes it.
fn one_long_chain(records: u32) {
    let random = &mut ChaCha8Rng::seed_from_u64(8);
    let secret = EpochSecret::from_bytes([3; 32]);
    let key = DeviceKey::from_bytes(&[1; 32]);
    let document = DocumentId([4; 32]);
    let mut writer = ChainWriter::begin(&key, document, [5; 16], 1, Wall(0), &secret);
    let start = writer.tip();
    let began = Instant::now();
    let written: Vec<_> = (0..records).map(|index| type_letter(&mut writer, index, random)).collect();
    let each = |began: Instant| began.elapsed().as_secs_f64() * 1e6 / f64::from(records);
    let bytes: usize = written.iter().map(Vec::len).sum();
    println!(
        "\n{records} keystrokes in one chain: written in {:.2} us and {:.1} bytes each",
        each(began),
        bytes as f64 / f64::from(records)
    );

    let seal = writer.seal(&key, &document);
    let began = Instant::now();
    let read = verify_run(writer.head(), &document, start, &written, &seal).unwrap();
    println!("  verified in {:.2} us each", each(began));
    let began = Instant::now();
    read.iter().for_each(|read| drop(writer.cipher().open(&read.previous, &read.record).unwrap()));
    println!("  opened in {:.2} us each", each(began));

    let began = Instant::now();
    let mut graph = Graph::new();
    graph.open_chain(start.chain, key.device());
    for read in &read {
        let position = read.position;
        graph
            .append(&position.chain, position.number, position.hash, &read.record.stamp, Extent { clocks: 1, low_surrogates: &[] })
            .unwrap();
    }
    println!("  entered into the graph in {:.2} us each", each(began));

    let began = Instant::now();
    let (mut packed, mut before) = (0, start);
    for run in read.chunks(20_000).zip(written.chunks(20_000)) {
        let end = run.0.last().unwrap().position;
        let seal = sheaf_record::Seal::sign(&key, &document, end);
        let run = pack(writer.cipher(), before, run.1, seal).unwrap().encode();
        packed += run.len();
        PackedRun::decode(&run).unwrap().unpack(writer.cipher(), writer.head(), &document, before).unwrap();
        before = end;
    }
    println!("  packed and unpacked in {:.2} us each; {:.2} bytes each packed", each(began), packed as f64 / f64::from(records));
}

fn type_letter(writer: &mut ChainWriter, index: u32, random: &mut ChaCha8Rng) -> Vec<u8> {
    let client = writer.tip().chain.client().0;
    let mut update = sheaf_record::Writer::new();
    update.byte(1).byte(1).varint(client).varint(index.into()).byte(0x84);
    update.varint(client).varint(index.saturating_sub(1).into()).byte(1).byte(b'a' + (random.next_u32() % 26) as u8).byte(0);
    let now = Wall(u64::from(index) * 180);
    writer.append(Kind::Body, Stamp::default(), update.as_slice(), now).unwrap().bytes
}

fn signing() {
    let key = DeviceKey::from_bytes(&[1; 32]);
    let began = Instant::now();
    let signatures: Vec<_> = (0..2_000u32).map(|index| key.sign("measure", &index.to_be_bytes())).collect();
    let signed = began.elapsed() / 2_000;
    let began = Instant::now();
    for (index, signature) in (0..2_000u32).zip(&signatures) {
        sheaf_record::verify(&key.device(), "measure", &index.to_be_bytes(), signature).unwrap();
    }
    println!("\na seal: signed in {signed:.1?}, verified in {:.1?}", began.elapsed() / 2_000);
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0
}

fn megabytes(before: f64) -> f64 {
    (resident() - before) / 1e6
}
