//! Two histories of one chain, because a machine was resumed twice or a key is in two hands: both count, for everybody, and it is said.

use std::{collections::BTreeMap, time::Duration};

use sheaf_base::{Hash, Position};
use sheaf_document::Announcement;
use sheaf_protocol::Frame;
use sheaf_record::SignedHead;

use crate::{
    forger::Forger,
    hostile::{newest, slip},
    shell::World,
    view::insert,
};

const SECOND: Duration = Duration::from_secs(1);

/// One history of a chain of Mallory's: so many records that type these words, as a frame.
fn history(world: &World, records: usize, words: &str) -> Frame {
    let disk = &world.devices[0].disk;
    let parent = newest(world, 0);
    let mut forger = Forger::new(world, 2, 9);
    let mut replica = forger.replica(disk, disk.records.len());
    for _ in 0..records {
        let stands_on: &[Hash] = if forger.writer.tip().number == 0 { &[parent] } else { &[] };
        forger.edit(&mut replica, stands_on, &insert(0, words, "m"));
    }
    forger.frame()
}

/// Of whom a device says that they have forked a chain: for each time that it said so, whether it is itself.
fn forks(world: &World, who: usize) -> Vec<bool> {
    let told = world.devices[who].announcements.iter();
    told.filter_map(|told| if let Announcement::Forked { mine, .. } = told { Some(*mine) } else { None }).collect()
}

#[test]
fn both_histories_count_and_what_they_share_counts_once() {
    let mut world = World::sharing(&["Ada", "Ben", "Mallory"]);
    world.write(0, "Ada's words.\n");
    world.settle();
    let (one, other) = (history(&world, 1, "One story. "), history(&world, 2, "Another story. "));
    slip(&mut world, 2, 0, one.clone());
    assert!(forks(&world, 0).is_empty(), "one history is a chain like any other");
    slip(&mut world, 2, 0, other.clone());
    slip(&mut world, 2, 0, one);
    world.pass(5 * SECOND);
    assert_eq!((forks(&world, 0), forks(&world, 1)), (vec![false], vec![false]));
    let text = world.agree();
    assert_eq!(["One story.", "Another story.", "Ada's words."].map(|words| text.matches(words).count()), [1, 2, 1]);

    // It is so after a start too, and who wrote them goes on writing.
    world.crash(0);
    world.start(0);
    world.link(0, 1);
    world.link(0, 2);
    world.settle();
    world.write(0, "Ada goes on.\n");
    world.write(2, "Mallory, too.\n");
    world.pass(5 * SECOND);
    let text = world.agree();
    assert!(["Another story.", "Ada goes on.", "Mallory, too."].iter().all(|words| text.contains(words)), "{text}");
}

#[test]
fn two_who_heard_different_histories_both_hold_both_and_blame_nobody_else() {
    two_who_heard_different_histories(1, 3);
}

#[test]
fn it_is_just_so_when_the_histories_come_packed() {
    let frames = two_who_heard_different_histories(20, 40);
    assert!(frames.contains_key("packed"), "{frames:?}");
}

/// Ada hears one history of a chain and Ben another, so many records long; then they meet. The frames that were sent, by kind.
fn two_who_heard_different_histories(short: usize, long: usize) -> BTreeMap<&'static str, usize> {
    let mut world = World::sharing(&["Ada", "Ben", "Mallory"]);
    world.write(0, "Ada's words.\n");
    world.settle();
    let (one, other) = (history(&world, short, "One story. "), history(&world, long, "Another story. "));
    slip(&mut world, 2, 0, one);
    world.part(2);
    world.part(0);
    world.settle();
    // Each writes on what they have heard: to both of them it is the chain itself.
    world.link(1, 2);
    slip(&mut world, 2, 1, other);
    world.part(2);
    world.write(0, "Ada stands on one.\n");
    world.write(1, "Ben stands on the other.\n");
    world.settle();
    assert!(world.text(0).contains("One story.") && world.text(1).contains("Another story."));

    world.link(0, 1);
    world.pass(10 * SECOND);
    world.link(1, 2);
    world.pass(10 * SECOND);
    let text = world.agree();
    let told = ["One story.", "Another story.", "Ada stands on one.", "Ben stands on the other."].map(|words| text.matches(words).count());
    assert_eq!(told, [short, long, 1, 1]);
    for who in [0, 1] {
        assert_eq!(forks(&world, who), [false], "it is said once");
        assert_eq!(world.devices[who].dismissed, Vec::<String>::new());
    }
    // And they do not tell each other the same old story every minute.
    let records = |world: &World| ["records", "packed"].map(|kind| world.frames.get(kind).copied());
    let before = records(&world);
    world.pass(300 * SECOND);
    assert_eq!(records(&world), before);
    // Who comes later gets both.
    let eve = world.device("Eve");
    let ticket = world.invite(0, sheaf_document::Role::Edit);
    world.join(eve, ticket);
    world.link(0, eve);
    world.pass(10 * SECOND);
    world.agree();
    world.frames
}

#[test]
fn whoever_meets_another_history_of_their_own_chain_goes_on_with_a_new_one() {
    let mut world = World::sharing(&["Ada", "Ben", "Mallory"]);
    world.write(0, "One line.\n");
    world.settle();
    world.write(0, "Another line.\n");
    world.settle();
    // Mallory, who has Ada's key, has written something else under the number of her last record, and tells Ben.
    let disk = world.devices[0].disk.clone();
    let last = disk.records.iter().rfind(|row| row.kind == 1 && row.number > 2).expect("she has written").clone();
    let before = disk.records.iter().find(|row| row.chain == last.chain && row.number + 1 == last.number).expect("not her first");
    let tip = Position { chain: before.chain, number: before.number, hash: before.hash };
    let head = SignedHead::from_journal(&[&disk.heads[&last.chain].head[..], &disk.heads[&last.chain].signature].concat()).expect("a head");
    let forger = Forger::new(&world, 0, 9);
    let mut replica =
        forger.replica_as(head.chain().client(), &disk, disk.records.iter().position(|row| row.hash == last.hash).expect("it is there"));
    let update = replica.push(&insert(0, "Not by Ada. ", "f"), &mut || [3; 32]).expect("it fits").updates.remove(0);
    let chains = world.devices[0].disk.heads.len();
    slip(&mut world, 2, 1, forger.in_the_name_of(&head, tip, &update.0));
    world.pass(5 * SECOND);
    assert_eq!((forks(&world, 0), forks(&world, 1)), (vec![true], vec![false]));

    world.write(0, "Ada goes on.\n");
    world.pass(5 * SECOND);
    let text = world.agree();
    assert!(["One line.", "Another line.", "Not by Ada.", "Ada goes on."].iter().all(|words| text.matches(words).count() == 1), "{text}");
    let new = world.devices[0].disk.heads.len() - chains;
    assert_eq!(new, 2, "the other history, and the chain that she goes on with");
}
