//! The ordinary day: create, write, invite, join, write together, part, meet.

use std::time::Duration;

use sheaf_document::{DeviceState, Dismissal, Frame, Input, Role, State};

use crate::shell::World;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn one_writes_alone_and_everything_is_on_disk() {
    let mut world = World::new();
    world.device("Ada");
    world.create(0, "Notes");
    world.write(0, "Hello.\n");
    world.write(0, "Second line\n");
    assert_eq!(world.agree(), "Hello.\nSecond line\n");
    assert_eq!(world.document(0).title(), "Notes");
    assert_eq!(world.document(0).role(), Role::Owner);

    world.crash(0);
    world.start(0);
    assert_eq!(world.text(0), "Hello.\nSecond line\n");
    world.write(0, "Third\n");
    assert_eq!(world.agree(), "Hello.\nSecond line\nThird\n");
}

#[test]
fn two_write_together_part_and_meet_again() {
    let mut world = World::new();
    let (ada, ben) = (world.device("Ada"), world.device("Ben"));
    world.create(ada, "Notes");
    world.write(ada, "Ada was here first.\n");
    let ticket = world.invite(ada, Role::Edit);
    assert_eq!((ticket.title.as_str(), ticket.name.as_str()), ("Notes", "Ada"));

    world.join(ben, ticket);
    assert_eq!(world.document(ben).state(), State::Waiting);
    world.link(ada, ben);
    world.pass(SECOND);
    assert_eq!(world.document(ben).state(), State::Ready);
    assert_eq!(world.document(ben).role(), Role::Edit);
    assert_eq!(world.agree(), "Ada was here first.\n");
    let names = |world: &World, who: usize| world.document(who).members().iter().map(|member| member.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&world, ada), ["Ada", "Ben"]);
    assert_eq!(names(&world, ben), ["Ada", "Ben"]);

    world.write(ben, "Ben too.\n");
    world.write(ada, "And Ada.\n");
    world.pass(SECOND);
    let together = world.agree();
    assert!(together.contains("Ben too.\n") && together.contains("And Ada.\n"));
    for who in [ada, ben] {
        let status = world.document(who).status();
        assert_eq!(status.devices.len(), 1);
        assert_eq!(status.devices[0].state, DeviceState::HasAll, "{status:?}");
    }

    world.part(ada);
    for round in 0..3 {
        world.write(ada, &format!("Ada alone {round}.\n"));
        world.write(ben, &format!("Ben alone {round}.\n"));
    }
    world.pass(10 * SECOND);
    let status = world.document(ada).status();
    assert_eq!((status.devices[0].linked, &status.devices[0].state), (false, &DeviceState::Behind { edits: 3 }));

    world.link(ben, ada);
    world.pass(SECOND);
    let text = world.agree();
    for round in 0..3 {
        assert!(text.contains(&format!("Ada alone {round}.\n")) && text.contains(&format!("Ben alone {round}.\n")), "{text}");
    }
    for who in [ada, ben] {
        assert_eq!(world.document(who).status().devices[0].state, DeviceState::HasAll);
    }
}

/// Found by the simulated world (seed 2): a receipt that comes before the two have compared says nothing of what is lacking.
#[test]
fn nobody_is_called_complete_before_the_two_have_compared() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.settle();
    world.part(0);
    for line in 0..3 {
        world.write(0, &format!("Line {line}\n"));
    }
    world.settle();
    // They meet again, but nothing of the comparison arrives, nor any record: only greetings and receipts do.
    world.censor = Box::new(|_, _, frame| !matches!(frame, Frame::Compare(_) | Frame::Live(_) | Frame::Records(_) | Frame::Packed(_)));
    world.link(0, 1);
    world.settle();
    let status = world.document(0).status();
    assert_eq!((status.devices[0].linked, &status.devices[0].state), (true, &DeviceState::Behind { edits: 3 }));
}

#[test]
fn texts_are_compared_when_nothing_has_moved_for_a_while() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    [0, 1].into_iter().for_each(|who| world.open(who, "main"));
    let compared = |world: &World| world.frames.get("state hash").copied().unwrap_or_default();
    // A minute has passed since anything was compared, so that only the typing stands against it.
    world.pass(100 * SECOND);
    let before = compared(&world);
    for key in 0..20 {
        world.write(0, &format!("{key} "));
        world.pass(SECOND);
    }
    assert_eq!(compared(&world), before, "hashing a text between two keys keeps the second waiting");
    world.pass(3 * SECOND);
    assert!(compared(&world) > before);
}

#[test]
fn a_receipt_that_another_carries_says_what_a_device_holds_and_not_that_it_was_seen() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    let (ada, ben, cleo) = (0, 1, 2);
    world.write(ada, "Before.\n");
    world.pass(SECOND);
    let of_ben = |world: &World| world.document(ada).status().devices.iter().find(|fact| fact.person == "Ben").expect("a member").clone();
    let met = of_ben(&world).said_at.expect("he was there");
    assert_eq!(Some(met), of_ben(&world).receipt_at);

    // Ada is linked with Cleo alone, who is linked with Ben. An hour later he goes, and Cleo comes anew with what he said then.
    world.part(ada);
    world.link(ada, cleo);
    world.write(cleo, "Meanwhile.\n");
    world.pass(3600 * SECOND);
    [ben, ada].into_iter().for_each(|who| world.part(who));
    world.link(ada, cleo);
    world.pass(SECOND);
    let told = of_ben(&world);
    assert_eq!((told.state, told.linked), (DeviceState::HasAll, false));
    assert!(told.receipt_at.is_some_and(|at| at.0 > met.0 + 3_600_000), "Cleo has carried one");
    assert_eq!(told.said_at, Some(met), "and whoever reads it is not told that he was here now");

    // So it is after another start.
    world.pass(20 * SECOND);
    world.crash(ada);
    world.start(ada);
    assert_eq!((of_ben(&world).state, of_ben(&world).said_at), (DeviceState::HasAll, Some(met)));

    world.link(ada, ben);
    world.pass(SECOND);
    world.write(ada, "He is back.\n");
    world.pass(SECOND);
    assert!(of_ben(&world).said_at.is_some_and(|at| at.0 > met.0 + 3_600_000));
}

#[test]
fn who_does_not_know_a_document_hears_nothing_of_it_on_that_link_until_they_speak_of_it_themselves() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let (ada, ben) = (0, 1);
    // Ada has put the document away, and says so when Ben greets: she has none that could hear him.
    world.part(ada);
    let greeted = std::rc::Rc::new(std::cell::Cell::new(0));
    let greetings = greeted.clone();
    world.censor = Box::new(move |from, _, frame| {
        greetings.set(greetings.get() + u32::from(from == ben && matches!(frame, Frame::Hello(_))));
        false
    });
    world.link(ada, ben);
    let peer = world.peer(ben, ada);
    world.settle();
    world.input(ben, Input::Receive { peer, frame: Frame::Refuse(Dismissal::Unknown) });
    let before = greeted.get();
    world.pass(600 * SECOND);
    assert_eq!(greeted.get(), before, "he does not ask again");

    // She takes it out again, on the same link. She began it, so she has no ticket to show.
    world.censor = Box::new(|_, _, _| true);
    world.write(ada, "Back.\n");
    world.pass(70 * SECOND);
    assert_eq!(world.agree(), "Back.\n");
    assert_eq!(world.frames.get("refuse"), None, "and is not sent away first");
}
