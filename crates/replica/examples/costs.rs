//! What a keystroke and a remote change cost: `cargo run --release -p sheaf-replica --example costs`. Numbers to read, nothing is asserted.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::time::{Duration, Instant};

use sheaf_base::{ClientId, Update};
use sheaf_replica::Replica;
use sheaf_schema::{Delta, attributes};

/// Ids from a counter.
fn source() -> impl FnMut() -> [u8; 32] {
    let mut count = 0u64;
    move || {
        count += 1;
        std::array::from_fn(|index| (count.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (index % 8 * 8)) as u8)
    }
}

/// A body of this many lines of 110 characters, a bold word in each.
fn body(lines: usize) -> Delta {
    let mut delta = Delta::new();
    for line in 0..lines {
        delta = delta.insert(format!("{line:06} ")).insert_with("bold", attributes([("bold", true.into())])).insert("x".repeat(98));
        delta = delta.insert_with("\n", attributes([("line", format!("l{line}").into())]));
    }
    delta
}

fn show(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    println!("  {name:<44} p50 {:>9.1?}  p99 {:>9.1?}", times[times.len() / 2], times[times.len() * 99 / 100]);
}

fn measure(lines: usize, clients: u64) {
    let mut fresh = source();
    let (mut here, founding) = Replica::found(ClientId(1)).expect("founding works");
    let start = Instant::now();
    let pushed = here.push(&body(lines), &mut fresh).expect("the body is pushed");
    let import = start.elapsed();
    let mut all = vec![founding];
    all.extend(pushed.updates);
    for client in 0..clients {
        // Each says something under a key of its own: values of one key would all be in conflict, which is another question.
        let key = client.to_string().into_bytes();
        let said = [vec![0, 0x28, 1, 4], b"meta".to_vec(), vec![key.len() as u8], key, vec![1, 120, 0]].concat();
        all.push(Update([vec![1, 1], number(1000 + client), said].concat()));
    }
    here.apply(&all).expect("all of it applies");
    let mut there = Replica::empty(ClientId(2));
    let start = Instant::now();
    there.apply(&all).expect("all of it applies");
    let load = start.elapsed();
    println!("{lines} lines, {} characters, {clients} other clients: import {import:.1?}, load {load:.1?}", here.length());
    let (mut keys, mut enters, mut remote) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..200usize {
        let at = here.length() * (round % 97 + 1) / 100;
        for (push, times) in [
            (Delta::new().retain(at).insert("k"), &mut keys),
            (Delta::new().retain(at).insert_with("\n", attributes([("block", "h1".into())])), &mut enters),
        ] {
            let start = Instant::now();
            let pushed = here.push(&push, &mut fresh).expect("the push works");
            times.push(start.elapsed());
            let start = Instant::now();
            there.apply(&pushed.updates).expect("the update applies");
            remote.push(start.elapsed());
        }
    }
    show("local keystroke, applied and encoded", &mut keys);
    show("local Enter that makes a heading", &mut enters);
    show("remote change, applied with its Delta", &mut remote);
    let start = Instant::now();
    let snapshot = here.snapshot().expect("a snapshot is made");
    let made = start.elapsed();
    let start = Instant::now();
    Replica::from_snapshot(ClientId(3), &snapshot).expect("the snapshot opens");
    println!("  snapshot {} bytes, made in {made:.1?}, opened in {:.1?}", snapshot.len(), start.elapsed());
    let start = Instant::now();
    here.audit().expect("yrs agrees");
    println!("  audit against yrs {:.1?}", start.elapsed());
}

fn number(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn main() {
    for (lines, clients) in [(90, 0), (1_000, 0), (10_000, 0), (100_000, 0), (90, 180_000)] {
        measure(lines, clients);
    }
}
