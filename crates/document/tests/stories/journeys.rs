//! What happens to documents in a life: absent hosts, crashes, backups, full disks, slow peers, records that kill.

use std::time::Duration;

use sheaf_document::{Announcement, DeviceState, Input, Refused, Role, RouteHint, State, ViewId};
use sheaf_protocol::{Dismissal, Frame, Lane};

use crate::{shell::World, view::insert};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_third_joins_through_the_second_while_the_first_is_away() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Ada's words.\n");
    let ticket = world.invite(0, Role::Edit);
    world.pass(SECOND);
    world.crash(0);

    let cleo = world.device("Cleo");
    world.join(cleo, ticket);
    world.link(1, cleo);
    world.pass(SECOND);
    assert_eq!(world.document(cleo).state(), State::Ready);
    world.write(cleo, "Cleo's words.\n");
    world.pass(SECOND);
    assert_eq!(world.text(1), world.text(cleo));

    // Ada comes back, knows nothing of Cleo, and meets her before anybody else: Cleo shows the ticket.
    world.part(1);
    world.start(0);
    world.link(0, cleo);
    world.pass(SECOND);
    assert!(world.text(0).contains("Cleo's words."));
    assert!(world.document(0).members().iter().any(|member| member.name == "Cleo"));
    world.link(0, 1);
    world.pass(SECOND);
    world.agree();
}

#[test]
fn a_placeholder_waits_and_does_nothing_else() {
    let mut world = World::new();
    let (ada, ben, cleo) = (world.device("Ada"), world.device("Ben"), world.device("Cleo"));
    world.create(ada, "Notes");
    let ticket = world.invite(ada, Role::Edit);
    world.join(ben, ticket.clone());
    world.join(cleo, ticket.clone());
    let waited_for = &world.document(ben).status().devices;
    assert_eq!((waited_for.len(), waited_for[0].device), (1, world.device_id(ada)), "it is known for whom");
    assert_eq!(waited_for[0].state, DeviceState::Unknown);
    let refused = world.ask(ben, |request| Input::Edit { request, base: None, delta: insert(0, "x", "x") });
    assert_eq!(refused, Err(Refused::Waiting));
    assert_eq!(world.ask(ben, |request| Input::Read { request }), Err(Refused::Waiting));

    // Two who both wait have nothing to say to each other.
    world.link(ben, cleo);
    world.pass(20 * SECOND);
    assert_eq!((world.document(ben).state(), world.document(cleo).state()), (State::Waiting, State::Waiting));

    // The process ends in the middle of the first copy: it goes on where it was.
    world.write(ada, "Words.\n");
    let mut allowed = 3;
    world.censor = Box::new(move |from, to, _| {
        if (from, to) == (0, 1) {
            allowed -= 1;
        }
        (from, to) != (0, 1) || allowed >= 0
    });
    world.link(ada, ben);
    world.pass(SECOND);
    world.crash(ben);
    world.censor = Box::new(|_, _, _| true);
    world.start(ben);
    assert_eq!(world.document(ben).state(), State::Waiting);
    world.link(ada, ben);
    world.link(ben, cleo);
    world.pass(20 * SECOND);
    assert_eq!(world.document(ben).state(), State::Ready);
    assert_eq!(world.document(cleo).state(), State::Ready, "through Ben, who was waiting himself before");
    assert_eq!(world.agree(), "Words.\n");
}

#[test]
fn a_title_is_known_where_nobody_looks_and_no_replica_stays_open_for_it() {
    let mut world = World::new();
    let (ada, ben) = (world.device("Ada"), world.device("Ben"));
    world.create(ada, "Field notes");
    let ticket = world.invite(ada, Role::Edit);
    rename(&mut world, ada, "Heron notes");
    world.join(ben, ticket);
    world.link(ada, ben);
    world.pass(SECOND);
    assert_eq!(world.document(ben).title(), "Heron notes", "the ticket's title was its sender's word");
    assert_eq!(world.document(ben).state_hash(), None, "the replica was open for the look alone");

    // Typing is no reason to look; another title is, though not at once again.
    world.write(ada, "Words.\n");
    rename(&mut world, ada, "Crane notes");
    world.pass(15 * SECOND);
    assert_eq!(world.document(ben).title(), "Crane notes");
    assert_eq!(world.document(ben).state_hash(), None);

    // A process that ends before it has looked does so when it starts again.
    rename(&mut world, ada, "Stork notes");
    world.pass(SECOND / 10);
    world.crash(ben);
    world.start(ben);
    world.pass(3 * SECOND);
    assert_eq!(world.document(ben).title(), "Stork notes");
}

fn rename(world: &mut World, who: usize, title: &str) {
    world.ask(who, |request| Input::Rename { request, title: title.to_owned() }).expect("Ada may");
    world.settle();
}

#[test]
fn a_ticket_that_nobody_made_opens_nothing() {
    let mut world = World::new();
    let (ada, mallory) = (world.device("Ada"), world.device("Mallory"));
    world.create(ada, "Notes");
    let mut ticket = world.invite(ada, Role::View);
    ticket.seed = sheaf_access::TicketSeed::from_bytes([5; 32]);
    world.join(mallory, ticket);
    world.link(ada, mallory);
    world.pass(30 * SECOND);
    assert_eq!(world.document(mallory).state(), State::Waiting);
    let fact = &world.document(mallory).status().devices[0];
    assert!(fact.person == "Ada" && matches!(&fact.state, DeviceState::Refused { reason: Dismissal::Ticket }), "{fact:?}");
    assert!(world.devices[mallory].disk.records.is_empty());
    assert!(world.document(ada).status().devices.is_empty());
}

#[test]
fn after_a_crash_a_device_seals_what_it_had_written_and_continues_nothing() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Sealed.\n");
    world.pass(SECOND);
    world.part(0);
    world.write(0, "Not sealed before the lights went out.\n");
    // A store that had kept the record and not its seal.
    world.devices[0].disk.seals.pop();
    world.crash(0);
    let chains = world.devices[0].disk.heads.len();
    world.start(0);
    world.link(0, 1);
    world.pass(SECOND);
    assert!(world.agree().contains("lights went out"));

    world.write(0, "A new chain.\n");
    world.pass(SECOND);
    world.agree();
    assert_eq!(world.devices[0].disk.heads.len(), chains + 1);
}

#[test]
fn a_restored_backup_reuses_nothing_and_loses_nothing() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(1, "Before the backup.\n");
    world.pass(SECOND);
    let backup = world.devices[1].disk.clone();
    world.write(1, "After the backup.\n");
    world.pass(SECOND);
    world.crash(1);
    world.devices[1].disk = backup;
    world.start(1);
    world.write(1, "From the backup.\n");
    world.settle();
    world.link(0, 1);
    world.pass(SECOND);
    let text = world.agree();
    for words in ["Before the backup.", "After the backup.", "From the backup."] {
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(world.document(0).status().devices[0].state, DeviceState::HasAll);
}

#[test]
fn nothing_is_told_while_the_disk_fails_and_the_same_bytes_are_written_later() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.open(0, "main");
    world.pass(SECOND);
    world.devices[0].disk_fails = true;
    world.push(0, "main", insert(0, "Unsaved.\n", "u"));
    world.run(0);
    assert!(!world.view(0, "main").is_settled(), "a push is saved when it is on disk");
    let frames = world.frames.clone();
    for _ in 0..20 {
        world.run(0);
        world.settle();
    }
    assert_eq!(world.frames, frames, "nobody was told anything");
    assert!(!world.text(1).contains("Unsaved"));

    // What makes no record is heard and told meanwhile; other things wait.
    world.write(1, "Ben's words.\n");
    world.settle();
    world.devices[0].disk_fails = false;
    world.pass(SECOND);
    assert!(world.view(0, "main").is_settled());
    let text = world.agree();
    assert!(text.contains("Unsaved.") && text.contains("Ben's words."));
}

#[test]
fn a_document_without_a_view_forwards_without_a_replica() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.crash(1);
    world.start(1);
    world.part(0);
    world.part(2);
    world.link(0, 1);
    world.link(1, 2);
    world.settle();
    world.write(0, "From Ada.\n");
    world.write(2, "From Cleo.\n");
    world.pass(5 * SECOND);
    assert_eq!(world.document(1).body(), None, "nobody looks at it at Ben's");
    assert!(world.text(0).contains("From Cleo.") && world.text(2).contains("From Ada."));
    world.agree();

    // And a replica that nobody needs any more is let go.
    assert!(world.document(1).body().is_some());
    world.pass(70 * SECOND);
    assert_eq!(world.document(1).body(), None);
    assert!(world.document(0).body().is_some(), "here a view is open");
}

#[test]
fn many_records_open_a_body_for_a_moment_so_that_nobody_waits_for_them_later() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.crash(1);
    world.start(1);
    world.link(0, 1);
    world.pass(30 * SECOND);
    let applied = world.devices[1].disk.applied;
    for word in 0..900 {
        world.write(0, &format!("{word} "));
    }
    world.pass(30 * SECOND);
    assert_eq!(world.devices[1].disk.applied, applied, "few can wait");
    for word in 900..1100 {
        world.write(0, &format!("{word} "));
    }
    world.pass(30 * SECOND);
    assert_eq!(world.document(1).body(), None, "nobody looks at it");
    assert!(
        world.devices[1].disk.applied >= applied + 1000,
        "{} of {}",
        world.devices[1].disk.applied,
        world.devices[1].disk.records.len()
    );
    world.text(1);
    world.agree();
}

#[test]
fn a_slow_peer_costs_a_flag_and_gets_one_difference() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.open(0, "main");
    world.pass(SECOND);
    let peer = world.peer(0, 1);
    world.input(0, Input::LinkFull { peer });
    world.settle();
    let sent = world.frames.clone();
    for line in 0..50 {
        world.write(0, &format!("Line {line}\n"));
    }
    world.settle();
    assert_eq!(world.frames.get("live"), sent.get("live"), "nothing is queued for a peer that does not read");
    assert_eq!(world.document(0).status().devices[0].state, DeviceState::Behind { edits: 50 });

    world.input(0, Input::LinkFree { peer });
    world.pass(SECOND);
    assert_eq!(world.frames.get("packed").copied(), Some(sent.get("packed").unwrap_or(&0) + 1), "one difference, packed");
    assert_eq!(world.frames.get("records"), sent.get("records"), "and nothing else");
    world.agree();
}

#[test]
fn a_large_paste_does_not_hold_up_a_keystroke() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    for who in 0..3 {
        world.open(who, "main");
    }
    world.pass(SECOND);
    let lanes = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let seen = lanes.clone();
    world.censor = Box::new(move |from, to, frame| {
        match frame {
            Frame::Live(_) => seen.borrow_mut().push((from, to, Lane::Fast)),
            Frame::Records(_) | Frame::Packed(_) => seen.borrow_mut().push((from, to, Lane::Bulk)),
            _ => {}
        }
        true
    });
    let paste: String = (0..5000).map(|line| format!("line {line} of a long paste\n")).collect();
    world.push(0, "main", insert(0, &paste, "p"));
    world.run(0);
    assert!(world.devices[0].disk.records.iter().all(|row| row.bytes.len() < sheaf_base::limits::FRAME));
    // Ben types before he has seen any of it.
    world.push(1, "main", insert(0, "k", "k"));
    world.run(1);
    world.settle();
    let lanes = lanes.borrow();
    assert!(lanes.iter().any(|(from, _, lane)| (*from, *lane) == (0, Lane::Bulk)));
    assert!(!lanes.contains(&(0, 1, Lane::Fast)), "a paste does not go where keystrokes go");
    assert!(lanes.contains(&(1, 0, Lane::Fast)) && lanes.contains(&(1, 2, Lane::Fast)));
    drop(lanes);
    world.pass(SECOND);
    assert!(world.agree().len() > 100_000);
}

#[test]
fn a_record_that_kills_twice_is_put_aside_and_the_document_opens() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Good words.\n");
    world.open(1, "main");
    world.pass(5 * SECOND);
    // The process of Ben dies while Ada's next record meets yrs: it is on disk, marked as not yet applied.
    world.write(0, "Killer.\n");
    world.pass(SECOND);
    let ben = &mut world.devices[1].disk;
    let row = ben.records.len() as u64;
    assert!(ben.applied >= row - 1);
    (ben.applied, ben.trying) = (row - 1, Some(0));
    world.crash(1);
    // It starts, the record is named and tried alone, and kills again.
    world.start(1);
    world.input(1, Input::Open { view: ViewId::from("main") });
    for _ in 0..3 {
        world.run(1);
        if world.document(1).is_trying() {
            break;
        }
    }
    assert_eq!(world.devices[1].disk.trying, Some(row));
    world.crash(1);
    // It starts again, opens without it, and says so.
    world.start(1);
    world.open(1, "main");
    assert_eq!(world.view(1, "main").plain(), "Good words.\n");
    let said = world.devices[1].announcements.iter().any(|said| matches!(said, Announcement::Quarantined { .. }));
    assert!(said, "{:?}", world.devices[1].announcements);
    // What stands on it is held and forwarded, and not shown.
    world.link(0, 1);
    world.write(0, "On top of it.\n");
    world.pass(SECOND);
    assert_eq!(world.devices[1].disk.records.len(), world.devices[0].disk.records.len());
    assert_eq!(world.view(1, "main").plain(), "Good words.\n");
    let alarm = |said: &Announcement| matches!(said, Announcement::Alarm { .. });
    world.pass(200 * SECOND);
    assert!(!world.devices[0].announcements.iter().any(alarm), "a text that lacks a record is not compared");
}

#[test]
fn a_lone_suspect_that_is_innocent_stays() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Good words.\n");
    world.open(1, "main");
    world.pass(SECOND);
    let ben = &mut world.devices[1].disk;
    let row = ben.records.len() as u64;
    (ben.applied, ben.trying) = (row - 1, Some(0));
    world.crash(1);
    world.start(1);
    world.open(1, "main");
    world.settle();
    assert_eq!(world.view(1, "main").plain(), "Good words.\n");
    assert_eq!(world.devices[1].disk.trying, None);
}

#[test]
fn many_suspects_are_tried_in_groups_and_only_those_of_a_group_that_kills_alone() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    for line in 0..40 {
        world.write(0, &format!("Line {line}\n"));
    }
    world.pass(5 * SECOND);
    let last = world.devices[1].disk.records.len() as u64;
    let ben = &mut world.devices[1].disk;
    (ben.applied, ben.trying) = (last - 40, Some(0));
    // It starts and names them all at once, and dies again.
    world.crash(1);
    world.start(1);
    world.input(1, Input::Open { view: ViewId::from("main") });
    while !world.document(1).is_trying() {
        world.run(1);
    }
    assert_eq!(world.devices[1].disk.trying, Some(last));
    world.crash(1);
    // Now it names one after another.
    world.start(1);
    world.input(1, Input::Open { view: ViewId::from("main") });
    let mut named = Vec::new();
    for _ in 0..60 {
        world.run(1);
        named.extend(world.devices[1].disk.trying.filter(|row| named.last() != Some(row) && *row > 0));
    }
    assert_eq!(named.remove(0), last, "as it was found");
    assert_eq!(named, (last - 39..=last).collect::<Vec<_>>());
    assert_eq!(world.text(1), world.text(0));
}

#[test]
fn a_folded_snapshot_opens_to_the_same_text() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    for line in 0..20 {
        world.write(0, &format!("Ada {line}\n"));
        world.write(1, &format!("Ben {line}\n"));
        world.settle();
    }
    world.pass(10 * SECOND);
    let hydration = world.devices[0].disk.hydration(false);
    let job = world.devices[0].document.as_mut().expect("it runs").fold(hydration);
    let snapshot = job.run().expect("it folds");
    assert_eq!(snapshot.upto, world.devices[0].disk.records.len() as u64);
    world.devices[0].disk.snapshot = Some(snapshot);
    world.crash(0);
    world.start(0);
    world.write(0, "After folding.\n");
    world.link(0, 1);
    world.pass(SECOND);
    assert!(world.agree().contains("After folding."));
}

#[test]
fn a_snapshot_that_cannot_be_read_is_done_without() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    world.pass(5 * SECOND);
    let upto = world.devices[0].disk.records.len() as u64;
    world.devices[0].disk.snapshot = Some(sheaf_document::SnapshotState { upto, state: b"of another version".to_vec() });
    world.crash(0);
    world.start(0);
    world.link(0, 1);
    world.pass(SECOND);
    assert_eq!(world.agree(), "Words.\n");
}

#[test]
fn one_damaged_row_does_not_keep_the_rest_away() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Ada's words.\n");
    world.pass(SECOND);
    for words in ["Ben's words.\n", "More of them.\n", "And more.\n"] {
        world.write(1, words);
        world.pass(SECOND);
    }
    world.crash(0);
    let before_the_last = world.devices[0].disk.records.iter_mut().rev().nth(2).expect("Ben wrote");
    before_the_last.bytes[3] ^= 1;
    world.start(0);
    assert_eq!(world.text(0), "Ada's words.\n");
    let said = |said: &Announcement| matches!(said, Announcement::Quarantined { reason, .. } if reason.contains("bytes have changed"));
    assert!(world.devices[0].announcements.iter().any(said));
    let all = world.devices[0].announcements.iter().filter(|said| matches!(said, Announcement::Quarantined { .. }));
    assert_eq!(all.count(), 1, "the damage is said once, not once for each record behind it");
    world.link(0, 1);
    world.write(0, "Ada goes on.\n");
    world.pass(SECOND);
    assert!(world.text(1).contains("Ada goes on."));
}

#[test]
fn equal_devices_begin_live_when_discovery_says_so() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.pass(SECOND);
    world.part(0);
    world.settle();
    // The way to Ben is known to Ada, and nobody else's.
    let routes = vec![RouteHint { device: world.device_id(1), route: vec![1] }];
    world.input(0, Input::Routes { routes });
    world.settle();
    world.frames.clear();
    world.link_settled(0, 1, true);
    world.pass(5 * SECOND);
    // Open texts are compared now and then; what nobody looks at is not even that.
    world.frames.remove("state hash");
    assert!(world.frames.is_empty(), "who is even says nothing: {:?}", world.frames);
    world.write(0, "Right away.\n");
    world.settle();
    assert!(world.text(1).contains("Right away."));
    assert_eq!((world.frames.get("hello"), world.frames.get("live")), (None, Some(&1)));
    world.pass(SECOND);
    world.agree();
}

#[test]
fn a_name_taken_on_while_the_document_was_closed_is_told_when_people_meet() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.crash(0);
    world.devices[0].name = "Countess Lovelace".into();
    world.start(0);
    let name = |world: &World, who: usize| world.document(who).members()[0].name.clone();
    assert_eq!(name(&world, 0), "Ada", "alone she has nobody to tell");
    world.link(0, 1);
    world.pass(SECOND);
    assert_eq!([name(&world, 0), name(&world, 1)], ["Countess Lovelace", "Countess Lovelace"]);
}

#[test]
fn the_title_travels_and_members_leave() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.ask(1, |request| Input::Rename { request, title: "  Minutes\nof the meeting ".into() }).expect("an editor may");
    world.pass(SECOND);
    assert_eq!(world.document(0).title(), "Minutes");
    assert!(world.devices[0].announcements.contains(&Announcement::Title("Minutes".into())));

    world.ask(1, |request| Input::Administer { request, act: sheaf_document::Act::Leave }).expect("anybody but the owner may");
    world.pass(SECOND);
    assert_eq!(world.document(1).state(), State::Left);
    assert_eq!(world.document(0).members().len(), 1);
    let refused = world.ask(1, |request| Input::Edit { request, base: None, delta: insert(0, "x", "x") });
    assert!(matches!(refused, Err(Refused::Closed(_))), "{refused:?}");
    world.write(0, "Among ourselves.\n");
    world.pass(SECOND);
    assert!(!world.devices[1].disk.records.iter().any(|row| row.hash == world.devices[0].disk.records.last().expect("she wrote").hash));
}

#[test]
fn how_much_is_on_its_way_is_known_while_it_comes_and_nothing_is_when_it_has() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    world.pass(SECOND);
    world.crash(1);
    for _ in 0..40 {
        world.write(0, "More.\n");
    }
    let ahead = |world: &World| world.document(1).status().devices[0].ahead;
    world.censor = Box::new(|from, _, frame| from != 0 || !matches!(frame.name(), "records" | "live" | "packed"));
    world.start(1);
    world.link(0, 1);
    world.pass(SECOND);
    assert_eq!(ahead(&world), 40);
    world.censor = Box::new(|_, _, _| true);
    world.pass(90 * SECOND);
    assert_eq!(ahead(&world), 0);
    world.agree();
}
