//! Stories of people who lose the right to write: what they had written counts no more than it should, on every device and whatever came first.
//!
//! The records that take away are written by hand, by a device that has the right to.

use std::time::Duration;

use sheaf_access::{Access, AccessRecord, Operation, Removal, Revocation, Role, RoleChange};
use sheaf_base::{ChainId, DeviceId, Hash};
use sheaf_document::{Act, Announcement, Frame, Input, State};
use sheaf_record::{ChainReader, Extent, Graph, Kind, Record, SignedHead};
use sheaf_schema::{Delta, attributes};

use crate::{
    forger::Forger,
    members::{act, membership},
    shell::World,
    view::insert,
};

pub(crate) const ADA: usize = 0;
pub(crate) const EVE: usize = 1;
pub(crate) const BEN: usize = 2;
/// Always with Ada.
pub(crate) const CAT: usize = 3;

/// Ada's document, in which everybody has written a line.
pub(crate) fn notes() -> World {
    let mut world = World::sharing(&["Ada", "Eve", "Ben", "Cat"]);
    for who in [ADA, EVE, BEN] {
        let words = format!("{} was here.\n", world.devices[who].name);
        world.write(who, &words);
        world.pass(Duration::from_secs(1));
    }
    assert_eq!(world.agree(), "Ada was here.\nEve was here.\nBen was here.\n");
    world
}

/// Eve and Ben are together, away from Ada and Cat.
fn apart(world: &mut World) {
    world.part(EVE);
    world.part(BEN);
    world.link(EVE, BEN);
    world.pass(Duration::from_secs(1));
}

/// Everybody who is not linked is, and all is said.
pub(crate) fn meet(world: &mut World, left: usize, right: usize) {
    if !world.are_linked(left, right) {
        world.link(left, right);
    }
    world.pass(Duration::from_secs(20));
}

/// Something that Ada says of members, standing on everything that she holds: as Cat hands it to her.
pub(crate) fn say(world: &mut World, nonce: u8, operation: &Operation) {
    let mut forger = Forger::new(world, ADA, nonce);
    forger.write(Kind::Access, &tips(world, ADA), &operation.encode());
    hand(world, CAT, ADA, forger.frame());
    world.pass(Duration::from_secs(1));
}

/// A frame that comes from a peer, whoever wrote what is in it. Whoever is sent something believes that the sender holds it, so both get it.
pub(crate) fn hand(world: &mut World, from: usize, to: usize, frame: Frame) {
    let peer = world.peer(to, from);
    for who in [to, from] {
        world.input(who, Input::Receive { peer, frame: frame.clone() });
    }
    world.settle();
}

/// The newest records that a device holds: those on which no other stands.
pub(crate) fn tips(world: &World, who: usize) -> Vec<Hash> {
    let records = &world.devices[who].disk.records;
    let stamps = records.iter().map(|row| Record::decode(&row.bytes).expect("it was accepted").stamp);
    let named: Vec<Hash> = stamps.flat_map(|stamp| stamp.parents().to_vec()).collect();
    let newest = |row: &sheaf_document::RecordRow| !records.iter().any(|other| other.chain == row.chain && other.number > row.number);
    records.iter().filter(|row| newest(row) && !named.contains(&row.hash)).map(|row| row.hash).collect()
}

/// The record by which a device became a member, as another one holds it.
pub(crate) fn joining(world: &World, holder: usize, who: usize) -> Hash {
    let disk = &world.devices[holder].disk;
    let device = world.device_id(who);
    let theirs = |chain: &ChainId| device_of(&disk.heads[chain].head, &disk.heads[chain].signature) == device;
    let joins = disk.records.iter().filter(|row| row.kind == Kind::Access.code() && theirs(&row.chain));
    let is_join = |row: &&sheaf_document::RecordRow| {
        let record = Record::decode(&row.bytes).expect("it was accepted");
        matches!(Operation::decode(&record.operation().expect("it was accepted").plaintext), Ok(Operation::Join(_)))
    };
    joins.into_iter().find(is_join).expect("they have joined").hash
}

pub(crate) fn device_of(head: &[u8], signature: &[u8; 64]) -> DeviceId {
    SignedHead::from_journal(&[head, signature].concat()).expect("it was accepted").device()
}

fn removal(world: &World, who: usize) -> Operation {
    Operation::Removal(Removal::of(joining(world, ADA, who)))
}

/// What Ada's disk says of members, and where everything stands.
pub(crate) fn folded(world: &World) -> (Access, Graph) {
    let disk = &world.devices[ADA].disk;
    let (mut graph, mut access) = (Graph::new(), Access::new(world.devices[ADA].id.expect("it takes part")));
    for row in &disk.records {
        let head = &disk.heads[&row.chain];
        let device = device_of(&head.head, &head.signature);
        graph.open_chain(row.chain, device);
        let previous = graph.tip(&row.chain).expect("it is open");
        let read = ChainReader::resume(previous).read(&row.bytes).expect("it was accepted");
        let extent = Extent { clocks: row.clocks as u32, low_surrogates: &[] };
        graph.append(&row.chain, row.number, row.hash, &read.record.stamp, extent).expect("they are in order");
        if row.kind == Kind::Access.code() {
            access.add(AccessRecord::read(&read, device).expect("it was accepted"), &graph);
        }
    }
    (access, graph)
}

#[test]
fn whoever_is_removed_while_much_is_on_its_way_to_them_has_the_removal_too() {
    let mut world = notes();
    let ben = membership(&world, BEN);
    // Too much for the fast lane: what stands on it goes behind it.
    world.write(ADA, &"Many words. ".repeat(20_000));
    act(&mut world, ADA, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    world.pass(Duration::from_secs(1));
    // By the record, not by Ada's word alone, which would be forgotten with the next start.
    assert_eq!((world.document(BEN).state(), world.document(BEN).removed_by()), (State::Left, Some(world.device_id(ADA))));
    world.write(ADA, "Without Ben.");
    world.pass(Duration::from_secs(1));
    assert!(!world.text(BEN).contains("Without Ben."));
}

#[test]
fn what_somebody_wrote_who_had_been_removed_is_gone_and_who_wrote_among_it_goes_on() {
    let mut world = notes();
    world.open(BEN, "main");
    apart(&mut world);
    world.write(EVE, "Spam, spam and spam.\n");
    world.pass(Duration::from_secs(1));
    // Ben, who has not heard of anything, types in the middle of it.
    let end = world.view(BEN, "main").plain().find(", spam and").expect("Eve's words are here");
    world.push(BEN, "main", insert(end, " (says Ben)", "b"));
    world.pass(Duration::from_secs(1));
    let removed = removal(&world, EVE);
    say(&mut world, 90, &removed);
    assert_eq!(world.document(ADA).members().len(), 3, "Eve is no member with Ada");

    meet(&mut world, ADA, BEN);
    let text = "Ada was here.\nEve was here.\nBen was here.\n (says Ben)";
    assert_eq!(world.text(BEN), text, "of Eve what was known stays, and of Ben everything");
    assert_eq!(world.view(BEN, "main").plain(), text, "his screen says so");
    assert!(world.view(BEN, "main").resets > 0);
    world.write(BEN, " And on.");
    world.pass(Duration::from_secs(20));
    for who in [ADA, BEN, CAT] {
        assert_eq!(world.text(who), format!("{text} And on."), "{}", world.devices[who].name);
        assert_eq!(world.document(who).state_hash(), world.document(ADA).state_hash());
    }
}

#[test]
fn whatever_comes_first_the_text_is_the_same() {
    let mut texts = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut world = notes();
        apart(&mut world);
        // Eve and Ben each write by hand into chains of their own, Ben on top of Eve; Ada removes Eve and knows of neither.
        let held = world.devices[ADA].disk.records.len();
        let on = tips(&world, ADA);
        let (mut eve, mut ben) = (Forger::new(&world, EVE, 50), Forger::new(&world, BEN, 51));
        let mut hers = eve.replica(&world.devices[ADA].disk, held);
        eve.edit(&mut hers, &on, &Delta::new().insert_with("spam", attributes([("bold", true.into())])).delete(3));
        let mut his = ben.replica(&world.devices[ADA].disk, held);
        his.apply(&eve.updates()).expect("sound");
        ben.edit(&mut his, &[eve.writer.tip().hash], &Delta::new().retain(2).insert("Ben's words"));
        let mut ada = Forger::new(&world, ADA, 52);
        ada.write(Kind::Access, &on, &removal(&world, EVE).encode());
        let frames = [eve.frame(), ben.frame(), ada.frame()];
        for at in order {
            hand(&mut world, ADA, CAT, frames[at].clone());
            world.pass(Duration::from_secs(1));
        }
        world.pass(Duration::from_secs(20));
        let text = world.text(CAT);
        assert!(text.contains("Ben's words") && !text.contains("sp"), "{order:?}: {text}");
        assert!(text.contains("Ada was"), "{order:?}: what Eve deleted is back: {text}");
        assert_eq!(world.text(ADA), text, "{order:?}");
        texts.push((text, world.document(CAT).state_hash()));
        // And again from the disk.
        world.close(CAT);
        world.start(CAT);
        world.open(CAT, "main");
        assert_eq!(Some(&(world.text(CAT), world.document(CAT).state_hash())), texts.last(), "{order:?}");
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
}

#[test]
fn whoever_may_only_read_from_now_on_keeps_what_they_had_written() {
    let mut world = notes();
    apart(&mut world);
    world.write(EVE, "Not seen by Ada.\n");
    world.pass(Duration::from_secs(1));
    let demoted = Operation::Role(RoleChange { membership: joining(&world, ADA, EVE), role: Role::View });
    say(&mut world, 91, &demoted);
    meet(&mut world, ADA, BEN);
    meet(&mut world, ADA, EVE);
    assert_eq!(world.agree(), "Ada was here.\nEve was here.\nBen was here.\n");
    assert_eq!((world.document(EVE).state(), world.document(EVE).role()), (State::Ready, Role::View));
}

#[test]
fn whoever_came_by_an_invitation_that_had_been_revoked_has_written_nothing() {
    let mut world = notes();
    let ticket = world.invite(ADA, Role::Edit);
    world.pass(Duration::from_secs(1));
    apart(&mut world);
    let dan = world.device("Dan");
    world.join(dan, ticket);
    world.link(BEN, dan);
    world.pass(Duration::from_secs(5));
    world.write(dan, "Dan was here.\n");
    world.pass(Duration::from_secs(5));
    assert!(world.text(BEN).contains("Dan"), "Ben knows of nothing");
    let invitation = newest_invitation(&world);
    say(&mut world, 92, &Operation::Revocation(Revocation { invitation, rotation: None }));
    meet(&mut world, ADA, BEN);
    assert_eq!(world.text(BEN), "Ada was here.\nEve was here.\nBen was here.\n");
    assert_eq!(world.text(ADA), world.text(BEN));
    assert!(!world.document(BEN).is_member(&world.device_id(dan)));
    assert!(world.devices[dan].dismissed.is_empty() && world.devices[BEN].dismissed.len() == 1, "Ben has shown him the door");
}

fn newest_invitation(world: &World) -> Hash {
    let is_invitation = |row: &&sheaf_document::RecordRow| {
        let operation = Record::decode(&row.bytes).expect("it was accepted").operation();
        row.kind == Kind::Access.code()
            && matches!(Operation::decode(&operation.expect("it was accepted").plaintext), Ok(Operation::Invitation(_)))
    };
    world.devices[ADA].disk.records.iter().rfind(is_invitation).expect("there is one").hash
}

#[test]
fn a_record_that_looks_older_than_the_removal_says_nothing_anywhere() {
    let mut world = notes();
    let on = tips(&world, ADA);
    let held = world.devices[ADA].disk.records.len();
    let removed = removal(&world, EVE);
    say(&mut world, 93, &removed);
    world.pass(Duration::from_secs(5));
    // Eve pretends to have heard of nothing; Ben is bribed to carry it.
    let mut eve = Forger::new(&world, EVE, 94);
    let mut replica = eve.replica(&world.devices[ADA].disk, held);
    eve.edit(&mut replica, &on, &insert(0, "I was always here. ", "e"));
    hand(&mut world, BEN, ADA, eve.frame());
    world.pass(Duration::from_secs(20));
    for who in [ADA, BEN, CAT] {
        assert_eq!(world.text(who), "Ada was here.\nEve was here.\nBen was here.\n", "{}", world.devices[who].name);
    }
}

#[test]
fn a_snapshot_of_what_counts_no_more_is_not_believed() {
    let mut world = notes();
    apart(&mut world);
    world.write(EVE, "Not seen by Ada.\n");
    world.pass(Duration::from_secs(1));
    let hydration = world.devices[BEN].disk.hydration(true);
    let snapshot = world.devices[BEN].document.as_mut().expect("it runs").fold(hydration).run().expect("it folds");
    world.devices[BEN].disk.snapshot = Some(snapshot);
    let removed = removal(&world, EVE);
    say(&mut world, 95, &removed);
    world.close(EVE);
    // Ben's text is not open while he hears of it.
    world.close(BEN);
    world.start(BEN);
    meet(&mut world, ADA, BEN);
    world.open(BEN, "main");
    let text = "Ada was here.\nEve was here.\nBen was here.\n";
    assert_eq!(world.view(BEN, "main").plain(), text);
    // A new process has that snapshot, too, and looks through it.
    world.close(BEN);
    world.start(BEN);
    world.open(BEN, "main");
    assert_eq!(world.view(BEN, "main").plain(), text);
    let stale = world.devices[BEN].disk.hydration(false);
    let whole = world.devices[BEN].disk.hydration(true);
    let ben = world.devices[BEN].document.as_mut().expect("it runs");
    assert!(ben.fold(stale).text().is_err(), "nobody finds Eve's words in it");
    assert_eq!(ben.fold(whole.clone()).text().expect("it is whole").text(), text);
    // The next one ends before her words, and is good.
    let snapshot = ben.fold(whole).run().expect("it folds");
    world.devices[BEN].disk.snapshot = Some(snapshot);
    world.close(BEN);
    world.start(BEN);
    world.open(BEN, "main");
    assert_eq!(world.view(BEN, "main").plain(), text);
}

#[test]
fn whoever_is_removed_is_talked_to_no_more_and_knows_who_did_it() {
    let mut world = notes();
    let removed = removal(&world, EVE);
    say(&mut world, 96, &removed);
    assert_eq!((world.document(EVE).state(), world.document(EVE).removed_by()), (State::Left, Some(world.device_id(ADA))));
    assert!(world.devices[EVE].announcements.contains(&Announcement::State(State::Left)));
    assert_eq!(world.document(BEN).removed_by(), None);
    assert_eq!(world.text(EVE), "Ada was here.\nEve was here.\nBen was here.\n", "she keeps what counted");
    let refused = world.ask(EVE, |request| Input::Edit { request, base: None, delta: Delta::new().insert("x") });
    assert!(refused.is_err(), "and writes no more");
    assert!(world.devices[ADA].dismissed.iter().any(|reason| reason.contains("removed")), "{:?}", world.devices[ADA].dismissed);
    world.pass(Duration::from_secs(5));
    let before = world.devices[EVE].disk.records.len();
    world.write(BEN, "Eve does not get this.\n");
    world.pass(Duration::from_secs(20));
    world.part(EVE);
    for who in [ADA, BEN, CAT] {
        world.link(who, EVE);
    }
    world.pass(Duration::from_secs(60));
    assert_eq!(world.devices[EVE].disk.records.len(), before, "nothing more is sent to her");
}

#[test]
fn whoever_wrote_in_vain_can_take_their_words_out() {
    let mut world = notes();
    apart(&mut world);
    world.write(EVE, "Two days of work.\nAnd some more");
    world.pass(Duration::from_secs(1));
    let view = world.view(EVE, "main").plain();
    world.push(EVE, "main", insert(view.find("was").expect("Ada was"), "(Eve: no) ", "f"));
    world.pass(Duration::from_secs(1));
    let removed = removal(&world, EVE);
    say(&mut world, 97, &removed);
    meet(&mut world, ADA, BEN);
    meet(&mut world, BEN, EVE);
    assert_eq!(world.document(EVE).state(), State::Left, "Ben, with whom she talked, has told her");
    let text = "Ada was here.\nEve was here.\nBen was here.\n";
    assert_eq!((world.text(ADA), world.text(BEN), world.text(EVE)), (text.into(), text.into(), text.into()));
    let hydration = world.devices[EVE].disk.hydration(true);
    let job = world.devices[EVE].document.as_mut().expect("it runs").unaccepted(hydration);
    assert_eq!(job.run().expect("it is whole"), ["(Eve: no) ", "Two days of work.\nAnd some more"]);
    let hydration = world.devices[BEN].disk.hydration(true);
    let job = world.devices[BEN].document.as_mut().expect("it runs").unaccepted(hydration);
    assert_eq!(job.run(), Ok(Vec::new()), "everything that Ben wrote counts");
}

#[test]
fn whoever_lost_their_copy_comes_back_by_a_ticket_that_is_closed_by_now() {
    let mut world = World::new();
    for name in ["Ada", "Eve", "Ben", "Cat"] {
        world.device(name);
    }
    world.create(ADA, "Notes");
    let ticket = world.invite(ADA, Role::Edit);
    for who in [EVE, BEN, CAT] {
        world.join(who, ticket.clone());
        world.link(ADA, who);
        world.pass(Duration::from_secs(5));
    }
    world.write(BEN, "Ben was here.\n");
    world.pass(Duration::from_secs(5));
    let removed = removal(&world, EVE);
    say(&mut world, 98, &removed);
    // His disk is gone; the key and the ticket he has still.
    world.crash(BEN);
    world.devices[BEN].disk = Default::default();
    world.join(BEN, ticket.clone());
    meet(&mut world, ADA, BEN);
    assert_eq!((world.document(BEN).state(), world.text(BEN)), (State::Ready, "Ben was here.\n".into()));
    // Nobody else comes in by it.
    let dan = world.device("Dan");
    world.join(dan, ticket);
    meet(&mut world, ADA, dan);
    assert_eq!(world.document(dan).state(), State::Waiting);
}

#[test]
fn whoever_was_removed_reads_what_they_had_after_their_program_has_ended() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Before.\n");
    world.pass(Duration::from_secs(1));
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Remove { member: ben, devices: Vec::new() }).expect("the owner may");
    world.pass(Duration::from_secs(1));
    world.close(1);
    world.start(1);
    assert_eq!((world.document(1).state(), world.text(1).as_str()), (State::Left, "Before.\n"));
}
