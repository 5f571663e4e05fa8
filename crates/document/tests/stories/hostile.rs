//! What no honest device sends: it is refused by everybody alike, and changes nothing.

use std::{cell::RefCell, ops::Range, rc::Rc, time::Duration};

use sheaf_access::{Invitation, Label, Operation, TicketSeed};
use sheaf_base::{ChainId, Hash, Position};
use sheaf_document::{Announcement, Input, Role, State};
use sheaf_protocol::{Dismissal, Frame, Welcome};
use sheaf_record::{ChainCipher, ChainHead, DeviceKey, EpochSecret, Kind, SignedHead};
use sheaf_replica::{Replica, walk::Id};
use sheaf_schema::{Delta, utf16};

use crate::{
    forger::{Forger, deletion, insertion},
    shell::World,
    view::insert,
};

const SECOND: Duration = Duration::from_secs(1);

/// The hash of the newest row of a device's journal.
pub(crate) fn newest(world: &World, who: usize) -> Hash {
    world.devices[who].disk.records.last().expect("it has written").hash
}

/// How many records a device holds.
fn rows(world: &World, who: usize) -> usize {
    world.devices[who].disk.records.len()
}

/// Hands a frame to a device as if it came over its link with another.
pub(crate) fn slip(world: &mut World, from: usize, to: usize, frame: Frame) {
    let peer = world.peer(to, from);
    world.input(to, Input::Receive { peer, frame });
    world.run(to);
    world.run(to);
}

fn quarantined(world: &World, who: usize) -> Vec<String> {
    let reason = |announcement: &Announcement| match announcement {
        Announcement::Quarantined { reason, .. } => Some(reason.clone()),
        _ => None,
    };
    world.devices[who].announcements.iter().filter_map(reason).collect()
}

#[test]
fn what_a_patched_program_writes_by_the_rules_is_accepted() {
    // So that the refusals below are refusals of what they name.
    let mut world = World::sharing(&["Ada", "Mallory"]);
    world.write(0, "Ada's words.\n");
    world.settle();
    let mut forger = Forger::new(&world, 1, 1);
    let mut replica = forger.replica(&world.devices[0].disk, rows(&world, 0));
    let parent = newest(&world, 0);
    forger.edit(&mut replica, &[parent], &insert(0, "By hand. ", "m"));
    slip(&mut world, 1, 0, forger.frame());
    assert_eq!(world.text(0), "By hand. Ada's words.\n");
    assert_eq!(quarantined(&world, 0), Vec::<String>::new());
}

#[test]
fn an_unsealed_record_is_not_accepted_stored_or_forwarded() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.write(0, "Before.\n");
    world.settle();
    let before = [rows(&world, 1), rows(&world, 2)];
    // Ada's seals are lost on the way, and Ben and Cleo talk only with her and with each other.
    world.censor = Box::new(|from, _, frame| {
        if let Frame::Live(bundle) | Frame::Records(bundle) = frame
            && from == 0
        {
            bundle.seals.clear();
        }
        true
    });
    world.write(0, "Unsealed.\n");
    world.settle();
    assert_eq!([rows(&world, 1), rows(&world, 2)], before);
    assert!(!world.text(1).contains("Unsealed"));

    // It was only the way: once it is clear, the next greeting repairs everything.
    world.censor = Box::new(|_, _, _| true);
    world.pass(70 * SECOND);
    assert!(world.agree().contains("Unsealed"));
}

#[test]
fn a_changed_byte_breaks_the_chain() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Before.\n");
    world.settle();
    let before = rows(&world, 1);
    world.censor = Box::new(|_, _, frame| {
        if let Frame::Live(bundle) = frame
            && let Some(byte) = bundle.runs[0].records[0].last_mut()
        {
            *byte ^= 1;
        }
        true
    });
    world.write(0, "Changed on the way.\n");
    world.settle();
    assert_eq!(rows(&world, 1), before);
    assert!(!world.text(1).contains("Changed"));
    // It may have been the way: they compare, and what was changed comes again.
    world.censor = Box::new(|_, _, _| true);
    world.pass(5 * SECOND);
    assert!(world.agree().contains("Changed"));
}

#[test]
fn a_packed_run_that_was_altered_is_refused_and_changes_nothing() {
    // In what it follows, in the seal's signature, in what is closed, in its version.
    for at in [34, 150, 400, 0] {
        let mut world = World::sharing(&["Ada", "Ben"]);
        world.part(1);
        for line in 0..40 {
            world.write(0, &format!("Line {line} that Ben has not seen yet.\n"));
        }
        world.settle();
        let before = rows(&world, 1);
        world.censor = Box::new(move |_, _, frame| {
            if let Frame::Packed(packed) = frame {
                packed.run[at] ^= 1;
            }
            true
        });
        world.link(0, 1);
        world.settle();
        assert_eq!(rows(&world, 1), before, "byte {at}");
        assert!(world.frames.contains_key("packed"));

        // Over a clear line it comes.
        world.part(1);
        world.censor = Box::new(|_, _, _| true);
        world.link(0, 1);
        world.pass(70 * SECOND);
        assert_eq!((world.text(1), rows(&world, 1)), (world.text(0), rows(&world, 0)), "byte {at}");
    }
}

#[test]
fn nobody_seals_for_somebody_else() {
    let mut world = World::sharing(&["Ada", "Mallory"]);
    world.write(0, "Ada's words.\n");
    world.settle();
    let before = (rows(&world, 0), world.text(0));

    // A record in Ada's chain, rightly encrypted and hashed, sealed by Mallory.
    let forger = Forger::new(&world, 1, 1);
    let row = world.devices[0].disk.records.last().expect("she has written").clone();
    let head = &world.devices[0].disk.heads[&row.chain];
    let head = SignedHead::from_journal(&[&head.head[..], &head.signature].concat()).expect("it is on disk");
    let mut replica = forger.replica(&world.devices[0].disk, before.0);
    let update = replica.push(&insert(0, "Forged. ", "f"), &mut || [1; 32]).expect("it fits").updates.remove(0);
    let tip = Position { chain: row.chain, number: row.number, hash: row.hash };
    for _ in 0..10 {
        slip(&mut world, 1, 0, forger.in_the_name_of(&head, tip, &update.0));
        assert_eq!((rows(&world, 0), world.text(0)), before);
    }
    assert_eq!(world.devices[0].dismissed, [Dismissal::Invalid.to_string()], "once is no accident ten times");
}

#[test]
fn a_stranger_and_a_viewer_write_nothing() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let (viewer, stranger) = (world.device("Vera"), world.device("Stranger"));
    world.write(0, "Ada's words.\n");
    let ticket = world.invite(0, Role::View);
    world.join(viewer, ticket);
    world.link(0, viewer);
    world.settle();
    assert_eq!((world.document(viewer).role(), world.text(viewer).as_str()), (Role::View, "Ada's words.\n"));
    let held = rows(&world, 0);

    // Both have the key of the document and write a record that would be right if they might write.
    world.devices[stranger].disk = world.devices[viewer].disk.clone();
    world.devices[stranger].id = world.devices[viewer].id;
    for forging in [viewer, stranger] {
        let mut forger = Forger::new(&world, forging, 1);
        let mut replica = forger.replica(&world.devices[0].disk, held);
        let parent = newest(&world, 0);
        forger.edit(&mut replica, &[parent], &insert(0, "Not mine to say. ", "v"));
        // Ben is told by Ada's link: whoever carries it, it is refused.
        slip(&mut world, 0, 1, forger.frame());
        assert_eq!(rows(&world, 1), held);
        assert!(!world.text(1).contains("Not mine"));
        assert!(quarantined(&world, 1).last().is_some_and(|reason| reason.contains("view") || reason.contains("not a member")));
        world.part(1);
        world.settle();
        world.link(0, 1);
        world.settle();
    }
    // And the program itself refuses with a sentence.
    let refused = world.ask(viewer, |request| Input::Edit { request, base: None, delta: insert(0, "x", "x") });
    assert_eq!(refused.expect_err("a viewer does not edit").to_string(), "this device may only read here; the right to edit is needed");
}

/// What Mallory has written by hand is shown to Ada, who holds exactly what it stands on, and to Ben, who holds more; both must decide the same.
fn shown_to_both(make: impl FnOnce(&mut Forger, &mut Replica, Hash)) -> [bool; 2] {
    sent_to_both(|_, forger, replica, stamp| {
        make(forger, replica, stamp);
        forger.frame()
    })
}

/// The same of any frame.
fn sent_to_both(make: impl FnOnce(&World, &mut Forger, &mut Replica, Hash) -> Frame) -> [bool; 2] {
    let mut world = World::sharing(&["Ada", "Ben", "Mallory"]);
    world.write(0, "One two 🪡 four.\n");
    world.settle();
    let stamp = newest(&world, 0);
    world.part(1);
    world.write(1, "Ben goes on alone.\n");
    world.settle();

    let mut forger = Forger::new(&world, 2, 9);
    // What Mallory's program has seen: everything, also what its stamp does not name.
    let mut replica = forger.replica(&world.devices[1].disk, rows(&world, 1));
    let frame = make(&world, &mut forger, &mut replica, stamp);
    // Ada hears nothing else from Mallory, or she would soon hold as much as Ben.
    world.censor = Box::new(|from, to, _| (from, to) != (2, 0));
    world.link(1, 2);
    world.settle();
    let held: Vec<_> = [0, 1].into_iter().map(|who| rows(&world, who)).collect();
    assert!(held[0] < held[1], "Ben holds more than Ada");
    slip(&mut world, 2, 0, frame.clone());
    slip(&mut world, 2, 1, frame);
    [0, 1].map(|who| rows(&world, who) > held[who])
}

#[test]
fn validity_does_not_depend_on_what_a_device_happens_to_hold() {
    let text = "One two 🪡 four.\nBen goes on alone.\n";
    let unit = |words: &str| utf16::length(&text[..text.find(words).expect("it is there")]);
    let inside_stamp = shown_to_both(|forger, replica, stamp| forger.edit(replica, &[stamp], &Delta::new().delete(4)));
    assert_eq!(inside_stamp, [true, true], "a deletion of what the stamp covers");

    let deletes_beyond = shown_to_both(|forger, replica, stamp| {
        forger.edit(replica, &[stamp], &Delta::new().retain(unit("Ben")).delete(3));
    });
    assert_eq!(deletes_beyond, [false, false], "a deletion beyond the stamp");

    let stands_beyond = shown_to_both(|forger, replica, stamp| {
        forger.edit(replica, &[stamp], &insert(unit("goes"), "words on unseen words ", "m"));
    });
    assert_eq!(stands_beyond, [false, false], "an insertion whose neighbours the stamp does not cover");

    let other_client = shown_to_both(|forger, replica, stamp| {
        let mut other = Replica::empty(sheaf_base::ClientId(4711));
        let _ = replica;
        let founded = other.push(&insert(0, "x", "x"), &mut || [1; 32]);
        assert!(founded.is_err(), "nothing to write into");
        let (_, update) = Replica::found(sheaf_base::ClientId(4711)).expect("it founds");
        forger.write(Kind::Body, &[stamp], &update.0);
    });
    assert_eq!(other_client, [false, false], "a client id that is not the chain's");

    // Between two characters anybody may write; between the two halves of one nobody may, nor take one of them away.
    let between = |offset: usize| {
        shown_to_both(|forger, replica, stamp| {
            let left = replica.id_at(offset).expect("it is in the text");
            let update = insertion(replica.client(), left, Id { clock: left.clock + 1, ..left });
            forger.write(Kind::Body, &[stamp], &update);
        })
    };
    assert_eq!(between(0), [true, true], "an insertion made by hand");
    assert_eq!(between(unit("🪡")), [false, false], "an insertion that splits a surrogate pair");
    let half_gone = |offset: usize| {
        shown_to_both(|forger, replica, stamp| {
            let at = replica.id_at(offset).expect("it is in the text");
            forger.write(Kind::Body, &[stamp], &deletion(at));
        })
    };
    assert_eq!(half_gone(0), [true, true], "a deletion made by hand");
    assert_eq!(half_gone(unit("🪡")), [false, false], "a deletion of half a surrogate pair");

    let nonsense = shown_to_both(|forger, _, stamp| forger.write(Kind::Body, &[stamp], b"no update at all"));
    assert_eq!(nonsense, [false, false], "bytes that are no update");
}

#[test]
fn a_chain_in_another_s_name_is_refused_by_whoever_sees_it() {
    let own = sent_to_both(|_, forger, replica, stamp| {
        forger.edit(replica, &[stamp], &insert(0, "Mallory's own. ", "m"));
        forger.frame()
    });
    assert_eq!(own, [true, true], "in her own name she may");

    let sealed_by_another = sent_to_both(|_, forger, replica, stamp| {
        forger.edit(replica, &[stamp], &insert(0, "Sealed with another key. ", "m"));
        forger.frame_sealed_by(&DeviceKey::from_bytes(&[9; 32]))
    });
    assert_eq!(sealed_by_another, [false, false], "her chain, sealed by somebody else");

    let under_a_false_head = sent_to_both(|world, forger, replica, stamp| {
        // A head that names Ada as the device and that Mallory has signed.
        let head = ChainHead { device: world.device_id(0), ..forger.writer.head().head().clone() }.sign(&forger.key);
        forger.edit(replica, &[stamp], &insert(0, "Under Ada's name. ", "m"));
        forger.frame_under(&head)
    });
    assert_eq!(under_a_false_head, [false, false], "a chain whose head names Ada");

    let in_her_chain = sent_to_both(|world, forger, replica, _| {
        let row = world.devices[0].disk.records.last().expect("she has written").clone();
        let head = &world.devices[0].disk.heads[&row.chain];
        let head = SignedHead::from_journal(&[&head.head[..], &head.signature].concat()).expect("it is on disk");
        let update = replica.push(&insert(0, "In Ada's chain. ", "f"), &mut || [1; 32]).expect("it fits").updates.remove(0);
        forger.in_the_name_of(&head, Position { chain: row.chain, number: row.number, hash: row.hash }, &update.0)
    });
    assert_eq!(in_her_chain, [false, false], "a record in Ada's own chain");
}

#[test]
fn a_replay_changes_nothing() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let heard = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let tape = heard.clone();
    world.censor = Box::new(move |_, to, frame| {
        if to == 1 {
            tape.borrow_mut().push(frame.clone());
        }
        true
    });
    for line in 0..5 {
        world.write(0, &format!("Line {line}\n"));
        world.write(1, &format!("Answer {line}\n"));
        world.settle();
    }
    let (text, held) = (world.agree(), rows(&world, 1));
    let frames = heard.borrow().clone();
    world.censor = Box::new(|_, _, _| true);
    for frame in frames.into_iter().rev() {
        slip(&mut world, 0, 1, frame);
    }
    world.pass(5 * SECOND);
    assert_eq!((world.agree(), rows(&world, 1)), (text, held));
}

#[test]
fn a_record_sealed_with_another_key_in_an_own_chain_is_refused() {
    let mut world = World::sharing(&["Ada", "Mallory"]);
    world.write(0, "Words.\n");
    world.settle();
    let parent = newest(&world, 0);
    let held = rows(&world, 0);
    let mut forger = Forger::new(&world, 1, 3);
    let mut replica = forger.replica(&world.devices[0].disk, held);
    forger.edit(&mut replica, &[parent], &insert(0, "x", "x"));
    slip(&mut world, 1, 0, forger.frame_sealed_by(&DeviceKey::from_bytes(&[9; 32])));
    assert_eq!(rows(&world, 0), held);
}

#[test]
fn a_stranger_who_says_welcome_is_not_let_in() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Not for strangers.\n");
    world.settle();
    // Mallory has heard of the document, but nobody has invited her.
    let mut ticket = world.invite(0, Role::View);
    ticket.seed = TicketSeed::from_bytes([5; 32]);
    let mallory = world.device("Mallory");
    world.join(mallory, ticket);
    let told = Rc::new(RefCell::new(Vec::new()));
    let ear = told.clone();
    world.censor = Box::new(move |from, to, frame| {
        if (from, to) == (1, 2) {
            ear.borrow_mut().push(frame.clone());
        }
        true
    });
    world.link(1, mallory);
    world.settle();
    // She pretends not to know Ben, so that he shows his own ticket; then she lets him in.
    slip(&mut world, mallory, 1, Frame::Refuse(Dismissal::Stranger));
    slip(&mut world, mallory, 1, Frame::Welcome(Welcome { record: Hash([1; 32]), invitation: vec![], bytes: 0 }));
    world.pass(60 * SECOND);
    let told = told.borrow();
    assert!(told.iter().any(|frame| matches!(frame, Frame::Ask(_))), "Ben shows his ticket");
    let harmless = |frame: &Frame| matches!(frame, Frame::Ask(_) | Frame::Refuse(_));
    assert!(told.iter().all(harmless), "and says nothing else: {told:?}");
}

/// An invitation as a member can make it who knows the ticket's public key: it holds another secret than the document's.
fn poisoned(ticket: &sheaf_document::Ticket) -> Welcome {
    let secret = EpochSecret::from_bytes([66; 32]);
    let label = Label::close("", &ChainCipher::new(&secret, &ChainId([0; 32])), &Hash([0; 32]));
    let invitation = Invitation::new(&ticket.seed, &ticket.document, ticket.role, &secret, label, [7; 32]);
    Welcome { record: Hash([1; 32]), invitation: Operation::Invitation(invitation).encode(), bytes: 0 }
}

/// A document of Ada's with Mallory in it, and Cleo, who has a ticket and has met nobody yet.
fn with_a_guest() -> (World, usize, sheaf_document::Ticket) {
    let mut world = World::sharing(&["Ada", "Mallory"]);
    world.write(0, "Words.\n");
    world.settle();
    let ticket = world.invite(0, Role::Edit);
    let cleo = world.device("Cleo");
    world.join(cleo, ticket.clone());
    (world, cleo, ticket)
}

#[test]
fn a_false_secret_does_not_keep_the_true_one_out() {
    let (mut world, cleo, ticket) = with_a_guest();
    // Mallory is the first whom Cleo meets, and welcomes her with a secret of her own.
    world.censor = Box::new(|from, to, frame| (from, to) != (1, 2) || !matches!(frame, Frame::Welcome(_)));
    world.link(1, cleo);
    slip(&mut world, 1, cleo, Frame::Welcome(poisoned(&ticket)));
    world.pass(5 * SECOND);
    world.link(0, cleo);
    world.pass(30 * SECOND);
    assert_eq!(world.document(cleo).state(), State::Ready);
    assert_eq!(world.agree(), "Words.\n");
    assert_eq!(quarantined(&world, cleo), Vec::<String>::new(), "nobody's records are to blame");
}

#[test]
fn a_false_secret_that_is_repeated_drives_out_nobody_elses() {
    let (mut world, cleo, ticket) = with_a_guest();
    // Ada's Welcome comes, but nothing yet that would prove her secret; then Mallory says hers again and again.
    world.censor = Box::new(|_, to, frame| to != 2 || !matches!(frame, Frame::Records(_) | Frame::Packed(_) | Frame::Live(_)));
    world.link(0, cleo);
    world.settle();
    world.link(1, cleo);
    world.settle();
    for _ in 0..100 {
        slip(&mut world, 1, cleo, Frame::Welcome(poisoned(&ticket)));
    }
    world.censor = Box::new(|_, _, _| true);
    world.pass(90 * SECOND);
    assert_eq!(world.document(cleo).state(), State::Ready);
    assert_eq!(world.agree(), "Words.\n");
}

/// Joins by this ticket, of as many devices as somebody cares to make up, each standing on the invitation alone.
fn joins(world: &World, ticket: &sheaf_document::Ticket, invitation: Hash, numbers: Range<u8>) -> Vec<Frame> {
    let disk = &world.devices[0].disk;
    let join = |number: u8| {
        let key = DeviceKey::from_bytes(&[number; 32]);
        let device = key.device();
        let mut forger = Forger::with(key, [number; 16], disk, ticket.document);
        let join = ticket.seed.join(invitation, &ticket.document, &forger.writer.tip().chain, &device);
        forger.write(Kind::Access, &[invitation], &Operation::Join(join).encode());
        forger.frame()
    };
    numbers.map(join).collect()
}

#[test]
fn however_many_join_at_once_the_next_can_join_and_nobody_loses_their_name() {
    let mut world = World::sharing(&["Ada", "Ben", "Mallory"]);
    let ticket = world.invite(0, Role::Edit);
    let invitation = newest(&world, 0);
    world.settle();
    for frame in joins(&world, &ticket, invitation, 0..100) {
        slip(&mut world, 2, 0, frame);
    }
    // Ada has to gather them all before she can say anything that stands on everything.
    world.write(0, "Ada's words.\n");
    world.settle();
    for frame in joins(&world, &ticket, invitation, 100..200) {
        slip(&mut world, 2, 0, frame);
    }
    // And Cleo, before she can say her name.
    let cleo = world.device("Cleo");
    world.join(cleo, ticket);
    world.link(0, cleo);
    world.pass(5 * SECOND);
    assert_eq!(world.document(cleo).state(), State::Ready);
    world.write(1, "Ben's words.\n");
    // Mallory passes for somebody who holds what she has sent, until all compare again.
    world.pass(70 * SECOND);
    assert_eq!(world.agree(), "Ada's words.\nBen's words.\n");
    for who in [0, 1, cleo] {
        let names: Vec<_> =
            world.document(who).members().iter().map(|member| member.name.as_str()).filter(|name| !name.is_empty()).collect();
        assert_eq!(names.len(), 4, "{who}: {names:?}");
    }
}
