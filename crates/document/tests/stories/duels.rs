//! Members who write, remove one another, change roles and hear of each other late, all at random: whatever comes in which order, those who hold the
//! same show the same, and exactly what counts.
//!
//! Everything is written by hand, by devices that stand on what they happen to know. Then it is handed to two honest devices in several worlds.

use std::{collections::BTreeSet, time::Duration};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_access::{Access, Operation, OtherRecord, Removal, Role, RoleChange};
use sheaf_base::{Hash, Update};
use sheaf_document::Frame;
use sheaf_record::Kind;
use sheaf_replica::Replica;
use sheaf_schema::Delta;

use crate::{
    forger::Forger,
    removed::{ADA, BEN, CAT, EVE, folded, hand, joining, notes, say, tips},
    shell::World,
};

/// How many quarrels, in three orders each.
const QUARRELS: u64 = 24;
/// How many things happen in each.
const HAPPENINGS: usize = 14;
/// Who takes part. Ada owns the document, Ben and Eve are admins.
const QUARRELING: [usize; 3] = [ADA, BEN, EVE];

/// Something that somebody wrote.
struct Event {
    author: usize,
    hash: Hash,
    /// What it stands on, itself included.
    past: BTreeSet<usize>,
    frame: Frame,
    says: Says,
}

enum Says {
    /// A new word, and what wrote it.
    Word(String, Vec<Update>),
    /// That an earlier word is gone.
    Gone(String, Vec<Update>),
    /// Who loses what.
    Takes { whom: usize },
}

/// Notes in which Ben and Eve are admins.
fn quarrelsome() -> World {
    let mut world = notes();
    for (nonce, who) in [(60, BEN), (61, EVE)] {
        let promoted = Operation::Role(RoleChange { membership: joining(&world, ADA, who), role: Role::Admin });
        say(&mut world, nonce, &promoted);
    }
    world
}

/// What happens in one quarrel. Whoever knows that they lost what it takes stays silent: honest devices refuse it.
fn quarrel(world: &World, chance: &mut ChaCha8Rng) -> Vec<Event> {
    let (ground, held) = (tips(world, ADA), world.devices[ADA].disk.records.len());
    let mut forgers: Vec<Forger> = QUARRELING.iter().map(|who| Forger::new(world, *who, 70 + *who as u8)).collect();
    let mut events: Vec<Event> = Vec::new();
    for number in 0..HAPPENINGS {
        let at = chance.random_range(0..QUARRELING.len());
        let author = QUARRELING[at];
        let previous = events.iter().rposition(|event| event.author == author);
        let own: BTreeSet<usize> = previous.map(|previous| events[previous].past.clone()).unwrap_or_default();
        let mut known = own.clone();
        for (heard, event) in events.iter().enumerate() {
            if chance.random_ratio(1, 4) {
                known.extend(event.past.iter().copied().chain([heard]));
            }
        }
        let has_lost = |who: usize| known.iter().any(|event| matches!(events[*event].says, Says::Takes { whom } if whom == who));
        if has_lost(author) {
            continue;
        }
        // Of what is known, what nothing else that is known stands on.
        let behind = |event: &usize| known.iter().any(|other| other != event && events[*other].past.contains(event));
        let heads = known.iter().filter(|event| !behind(event) && !own.contains(event)).map(|event| events[*event].hash);
        let parents: Vec<Hash> = if known.is_empty() { ground.clone() } else { heads.collect() };
        let forger = &mut forgers[at];
        let whom = if author == EVE || (author == ADA && chance.random_bool(0.5)) { BEN } else { EVE };
        let says = match chance.random_range(0..10) {
            // Nobody takes from somebody what is gone.
            0..2 if !has_lost(whom) => {
                forger.write(Kind::Access, &parents, &taking(world, whom, chance).encode());
                Says::Takes { whom }
            }
            kind => {
                let mut replica = forger.replica(&world.devices[ADA].disk, held);
                replica.apply(&known.iter().flat_map(|event| updates(&events[*event])).cloned().collect::<Vec<_>>()).expect("in order");
                edit(forger, &mut replica, &parents, number, kind == 2, chance)
            }
        };
        known.insert(events.len());
        events.push(Event { author, hash: forger.writer.tip().hash, past: known, frame: forger.frame(), says });
    }
    events
}

/// A removal, or a change of role that takes the right to write.
fn taking(world: &World, whom: usize, chance: &mut ChaCha8Rng) -> Operation {
    let membership = joining(world, ADA, whom);
    match chance.random_bool(0.7) {
        true => Operation::Removal(Removal::of(membership)),
        false => Operation::Role(RoleChange { membership, role: Role::Comment }),
    }
}

fn updates(event: &Event) -> &[Update] {
    match &event.says {
        Says::Word(_, updates) | Says::Gone(_, updates) => updates,
        Says::Takes { .. } => &[],
    }
}

/// A new word between two others, or one that goes.
fn edit(forger: &mut Forger, replica: &mut Replica, parents: &[Hash], number: usize, deletes: bool, chance: &mut ChaCha8Rng) -> Says {
    let text = replica.delta().text();
    let words: Vec<usize> = text.match_indices("~w").map(|(at, _)| at).collect();
    let before = forger.updates().len();
    if deletes && !words.is_empty() {
        let at = words[chance.random_range(0..words.len())];
        let word = text[at..].split_inclusive(' ').next().expect("it ends in a space").to_owned();
        forger.edit(replica, parents, &Delta::new().retain(at).delete(word.len()));
        return Says::Gone(word, forger.updates()[before..].to_vec());
    }
    let places: Vec<usize> = std::iter::once(0).chain(text.match_indices(' ').map(|(at, _)| at + 1)).collect();
    let word = format!("~w{number:02} ");
    forger.edit(replica, parents, &Delta::new().retain(places[chance.random_range(0..places.len())]).insert(&word));
    Says::Word(word, forger.updates()[before..].to_vec())
}

/// The words that are to be seen by what counts.
fn expected(events: &[Event], access: &Access, graph: &sheaf_record::Graph, world: &World) -> BTreeSet<String> {
    let counts = |event: &Event| {
        let device = world.device_id(event.author);
        let position = graph.position(&event.hash).expect("it was accepted");
        access.counts(&OtherRecord { device, position, kind: Kind::Body }, graph)
    };
    let (mut seen, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        match &event.says {
            Says::Word(word, _) if counts(event) => drop(seen.insert(word.clone())),
            Says::Gone(word, _) if counts(event) => drop(gone.insert(word.clone())),
            _ => {}
        }
    }
    &seen - &gone
}

#[test]
fn however_they_quarrel_those_who_hold_the_same_show_the_same_and_nothing_else() {
    let (mut struck, mut taken) = (0, 0);
    for seed in 0..QUARRELS {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let events = quarrel(&quarrelsome(), &mut chance);
        taken += events.iter().filter(|event| matches!(event.says, Says::Takes { .. })).count();
        let mut first = None;
        for _ in 0..3 {
            let mut world = quarrelsome();
            let mut order: Vec<usize> = (0..events.len()).collect();
            order.sort_by_key(|_| chance.random::<u32>());
            for at in order {
                hand(&mut world, ADA, CAT, events[at].frame.clone());
                if chance.random_bool(0.3) {
                    world.pass(Duration::from_millis(500));
                }
            }
            world.pass(Duration::from_secs(30));
            let (access, graph) = folded(&world);
            let expected = expected(&events, &access, &graph, &world);
            struck += events.iter().filter(|event| matches!(&event.says, Says::Word(word, _) if !expected.contains(word))).count();
            for who in [ADA, CAT] {
                let text = world.text(who);
                let seen: BTreeSet<String> = text.match_indices("~w").map(|(at, _)| text[at..at + 5].to_owned()).collect();
                assert_eq!(seen, expected, "seed {seed}: {} shows {text}", world.devices[who].name);
                let shows = (text, world.document(who).state_hash());
                assert_eq!(first.get_or_insert_with(|| shows.clone()), &shows, "seed {seed}: two orders, two texts");
            }
        }
    }
    assert!(struck > 100 && taken > 25, "{struck} words that do not count, {taken} acts that take something away");
}
