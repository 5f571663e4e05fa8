//! Mutants of real updates, in a child process: what the walker accepts, on the past that it stands on, never makes yrs err, panic or
//! wait, and never makes yrs and the index disagree. What it refuses the replica never sees.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ClientId, Update};
use sheaf_replica::{
    Replica,
    walk::{Rules, walk},
};

use crate::room::{Habits, Record, Room};

/// How many mutants the check makes. `SHEAF_MUTANTS=n` makes more or fewer.
const MUTANTS: u64 = 200_000;

/// How many of each update.
const EACH: u64 = 250;

/// Set in the child.
const CHILD: &str = "SHEAF_MUTANTS_CHILD";

#[test]
fn what_the_walker_accepts_never_harms_yrs() {
    let count = std::env::var("SHEAF_MUTANTS").unwrap_or_else(|_| MUTANTS.to_string());
    let child = Command::new(std::env::current_exe().expect("this test has a path"))
        .args(["mutants::child", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, count)
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("the child starts");
    let said = String::from_utf8_lossy(&child.stdout);
    let complaint = String::from_utf8_lossy(&child.stderr);
    // An abort, say of a stack that ran over, kills the child and not the check.
    let why = complaint.lines().find(|line| line.contains("mutant")).or(complaint.lines().last()).unwrap_or_default();
    assert!(child.status.success(), "the child ended with {}: {why}", child.status);
    let report = said.lines().find_map(|line| line.split_once("MUTANTS ")).map(|(_, report)| report);
    println!("{}", report.expect("the child reports what it did"));
}

#[test]
fn child() {
    let Some(count) = std::env::var(CHILD).ok().and_then(|count| count.parse::<u64>().ok()) else { return };
    let (mut made, mut accepted, mut unfounded, mut refused, mut room) = (0u64, 0u64, 0u64, 0u64, 0u64);
    while made < count {
        let records = records(room);
        let mut random = ChaCha8Rng::seed_from_u64(room);
        for _ in 0..10 {
            let record = &records[random.random_range(0..records.len())];
            let mut replica = open(record);
            for _ in 0..EACH {
                made += 1;
                let other = &records[random.random_range(0..records.len())].update;
                let mutant = mutate(&record.update.0, &other.0, &mut random);
                let Ok(walked) = walk(&mutant, Rules::Body(record.client)) else {
                    refused += 1;
                    continue;
                };
                if walked.stand(&record.past).is_err() {
                    unfounded += 1;
                    continue;
                }
                accepted += 1;
                let before = replica.delta();
                let outcome = catch_unwind(AssertUnwindSafe(|| harmless(&mut replica, &before, &mutant)));
                let outcome = outcome.unwrap_or_else(|_| Err("a panic".to_owned()));
                assert!(outcome.is_ok(), "room {room}, mutant {made}: {} of {mutant:?}", outcome.unwrap_err());
                replica = open(record);
            }
        }
        room += 1;
    }
    println!(
        "MUTANTS {made} made, {refused} refused by form, {unfounded} by their past, {accepted} accepted and applied; 0 panics, 0 errors"
    );
}

fn records(room: u64) -> Vec<Record> {
    let mut life = Room::new(1_000_000 + room, 3, Habits { moves: true, emoji: true });
    for _ in 0..30 {
        life.step();
    }
    life.records()
}

fn open(record: &Record) -> Replica {
    let mut replica = Replica::empty(ClientId(9));
    replica.apply(&record.before).expect("the past applies");
    replica
}

fn harmless(replica: &mut Replica, before: &sheaf_schema::Delta, mutant: &[u8]) -> Result<(), String> {
    let applied = replica.apply(&[Update(mutant.to_vec())]).map_err(|error| error.to_string())?;
    replica.audit().map_err(|broken| broken.to_string())?;
    if replica.pending() {
        return Err("yrs waits".to_owned());
    }
    let told = before.compose(&applied.delta);
    if told == replica.delta() { Ok(()) } else { Err("the Delta does not tell what happened".to_owned()) }
}

/// One to three small accidents or cruelties.
fn mutate(update: &[u8], other: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = update.to_vec();
    for _ in 0..random.random_range(1..=3) {
        if bytes.is_empty() {
            break;
        }
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..10) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes[at] = random.random(),
            // Clocks, lengths and counts: one more, one less, a little more.
            2 | 3 => bytes[at] = bytes[at].wrapping_add(1),
            4 | 5 => bytes[at] = bytes[at].wrapping_sub(1),
            6 => bytes[at] = bytes[at].wrapping_add(random.random_range(0..16)),
            7 => bytes.truncate(at),
            8 => {
                bytes.remove(at);
            }
            _ => {
                // A piece of another update, or of this one, over what is here.
                let from = if random.random_ratio(1, 2) { other } else { update };
                let start = random.random_range(0..from.len());
                let end = (start + random.random_range(1..12)).min(from.len());
                let until = (at + if random.random_ratio(1, 2) { end - start } else { 0 }).min(bytes.len());
                bytes.splice(at..until, from[start..end].iter().copied());
            }
        }
    }
    bytes
}
