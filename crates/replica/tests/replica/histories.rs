//! Random rich text among two to four replicas, every causal order shuffled.

use crate::room::{Habits, Room};

/// How many histories the check runs. `SHEAF_SEED=n` runs one alone, `SHEAF_HISTORIES=n` more or fewer.
const HISTORIES: u64 = 3000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn live(seed: u64) -> Room {
    let habits = Habits { moves: seed % 2 == 1, emoji: seed.is_multiple_of(3) };
    let mut room = Room::new(seed, 2 + (seed % 3) as usize, habits);
    for _ in 0..30 + seed % 60 {
        room.step();
    }
    room.heal();
    room
}

#[test]
fn whatever_order_updates_come_in_all_see_the_same_and_no_line_changes_unless_somebody_changed_it() {
    let (from, to) = match number("SHEAF_SEED") {
        Some(seed) => (seed, seed + 1),
        None => (0, number("SHEAF_HISTORIES").unwrap_or(HISTORIES)),
    };
    let (mut edits, mut concurrent, mut updates) = (0, 0, 0);
    for seed in from..to {
        let room = live(seed);
        room.check_all();
        if seed % 50 == 0 {
            assert_eq!(room.updates(), live(seed).updates(), "seed {seed}: the same seed wrote other bytes");
        }
        if seed % 10 == 0 {
            room.check_snapshot();
            room.check_filled();
        }
        edits += room.edits;
        concurrent += room.concurrent;
        updates += room.updates().len();
    }
    println!("{} histories, {edits} edits ({concurrent} while others were under way), {updates} updates", to - from);
}
