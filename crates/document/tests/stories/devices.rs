//! One person, several devices.

use std::time::Duration;

use sheaf_access::{Refusal, limits};
use sheaf_document::{Act, Frame, Opening, Refused, Role, State, Ticket};

use crate::{
    members::{act, membership},
    shell::World,
};

const SECOND: Duration = Duration::from_secs(1);

/// What `by` offers another device of its person, that device agrees to and waits for, and `by` then writes.
fn add(world: &mut World, by: usize, device: usize) -> Result<(), Refused> {
    let (adding, added) = (world.device_id(by), world.device_id(device));
    let document = world.devices[by].id.expect("it takes part");
    let opening = world.document(by).opening_for(&added).expect("there is something to offer");
    let here = world.devices[device].here();
    let consent = here.consent(&document, opening, &adding);
    if world.devices[device].document.is_none() {
        let name = world.devices[by].name.clone();
        world.join(device, Ticket::added(document, adding, "Notes".into(), name, opening.role));
        world.link(by, device);
        world.pass(SECOND);
        assert_eq!(world.document(device).state(), State::Waiting, "nobody has added it yet");
    }
    act(world, by, Act::AddDevice { added: Box::new(consent) }).map(drop)
}

fn opening(world: &World, by: usize, device: usize) -> Option<Opening> {
    world.document(by).opening_for(&world.device_id(device))
}

#[test]
fn a_second_device_gets_the_document_with_its_persons_role_and_both_write() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    world.pass(SECOND);
    let phone = world.device("Ben's phone");
    add(&mut world, 1, phone).expect("it is his");
    world.pass(5 * SECOND);
    let there = world.document(phone);
    assert_eq!((there.state(), there.role()), (State::Ready, Role::Edit));
    let bens = world.document(0).memberships().into_iter().find(|member| member.devices.len() == 2).expect("he has two");
    assert_eq!(bens.devices, [world.device_id(1), world.device_id(phone)]);
    assert_eq!(opening(&world, 1, phone), None, "it is in, and may as much");

    world.write(phone, "From the train.\n");
    world.write(1, "From the desk.\n");
    world.link(0, phone);
    world.pass(10 * SECOND);
    let text = world.agree();
    assert!(["Words.", "From the train.", "From the desk."].iter().all(|words| text.contains(words)), "{text}");
}

#[test]
fn a_second_device_reads_a_long_past_that_is_closed_with_an_older_secret() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    for _ in 0..30 {
        world.write(0, &format!("{}\n", "word ".repeat(6000)));
        world.pass(SECOND);
    }
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    world.write(0, "After.\n");
    let phone = world.device("Ada's phone");
    add(&mut world, 0, phone).expect("it is hers");
    world.pass(60 * SECOND);
    assert_eq!((world.document(phone).state(), world.document(phone).role()), (State::Ready, Role::Owner));
    assert!(world.text(phone) == world.text(0), "it reads everything");
}

#[test]
fn it_comes_in_through_whoever_is_there_and_after_a_crash_in_the_middle() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    world.pass(SECOND);
    let phone = world.device("Ben's phone");
    // Not a word of its being added reaches it.
    world.censor = Box::new(move |_, to, frame| to != phone || !matches!(frame, Frame::Added(_) | Frame::Hello(_)));
    add(&mut world, 1, phone).expect("it is his");
    world.pass(5 * SECOND);
    assert_eq!(world.document(phone).state(), State::Waiting);
    world.crash(phone);
    world.part(1);
    world.censor = Box::new(|_, _, _| true);
    let (here, now, ticket) = (world.devices[phone].here(), world.moment(), world.devices[phone].disk.ticket.clone().expect("kept"));
    world.devices[phone].document = Some(sheaf_document::Document::joining(here, ticket, now));
    world.link(0, phone);
    world.link(0, 1);
    world.pass(10 * SECOND);
    assert_eq!(world.document(phone).state(), State::Ready, "by Ada, who knows of it by Ben");
    world.agree();
}

#[test]
fn a_device_follows_its_persons_promotion_by_being_added_again() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let phone = world.device("Ben's phone");
    add(&mut world, 1, phone).expect("it is his");
    world.link(0, phone);
    world.pass(5 * SECOND);
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Role { member: ben, role: Role::Admin }).expect("the owner may");
    world.pass(SECOND);
    assert_eq!(world.document(phone).role(), Role::Edit, "no more than the one that added it could then");
    let more = opening(&world, 1, phone).expect("there is more");
    assert!(world.document(phone).gains_by(&more));
    add(&mut world, 1, phone).expect("it is his");
    world.pass(SECOND);
    assert_eq!(world.document(phone).role(), Role::Admin);
    assert!(!world.document(phone).gains_by(&more) && opening(&world, 1, phone).is_none());
    // A demotion needs nobody's help.
    act(&mut world, 0, Act::Role { member: ben, role: Role::View }).expect("the owner may");
    world.pass(SECOND);
    assert_eq!((world.document(1).role(), world.document(phone).role()), (Role::View, Role::View));
}

#[test]
fn a_lost_device_is_taken_out_and_reads_nothing_more_and_is_not_offered_it_again() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    let phone = world.device("Ada's phone");
    add(&mut world, 0, phone).expect("it is hers");
    world.link(1, phone);
    world.pass(5 * SECOND);
    let (ada, lost) = (membership(&world, 0), world.device_id(phone));
    // Apart from the others, whoever found it writes on.
    world.part(phone);
    world.write(phone, "Not me.\n");
    act(&mut world, 0, Act::Remove { member: ada, devices: vec![lost] }).expect("it is hers");
    world.pass(SECOND);
    world.link(0, phone);
    world.link(1, phone);
    world.write(0, "Among ourselves.\n");
    world.pass(30 * SECOND);
    assert_eq!((world.text(0), world.text(1)), ("Words.\nAmong ourselves.\n".into(), "Words.\nAmong ourselves.\n".into()));
    let removed = world.document(phone);
    assert_eq!((removed.is_removed(), removed.removed_by()), (true, Some(world.device_id(0))), "it is told, and by whom");
    assert!(removed.removed_by_own(), "and that it was its own person");
    assert!(!world.text(phone).contains("Among"), "nothing more was served to it");
    let secret = |who: usize| world.devices[who].disk.secrets.iter().map(|row| row.epoch).collect::<Vec<_>>();
    let new = secret(0).into_iter().find(|epoch| !secret(phone).contains(epoch));
    assert!(new.is_some_and(|new| secret(1).contains(&new)), "there is a new secret, which it was not dealt");
    assert_eq!(opening(&world, 0, phone), None, "somebody took it out");
}

#[test]
fn whoever_leaves_has_left_with_all_their_devices_and_whoever_came_back_may_still_be_removed() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    let phone = world.device("Ben's phone");
    add(&mut world, 1, phone).expect("it is his");
    world.link(0, phone);
    world.pass(5 * SECOND);
    act(&mut world, 1, Act::Leave).expect("nobody is kept");
    world.pass(5 * SECOND);
    let how = |world: &World, who: usize| {
        let document = world.document(who);
        (document.state(), document.is_removed(), document.removed_by(), document.removed_by_own())
    };
    for device in [1, phone] {
        assert_eq!(how(&world, device), (State::Left, false, None, false), "he left, and nobody removed him");
    }

    let ticket = world.invite(0, Role::Edit);
    world.comes_back(1, ticket);
    world.link(0, 1);
    world.pass(10 * SECOND);
    assert_eq!(world.document(1).state(), State::Ready, "he is in again");
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    world.pass(5 * SECOND);
    assert_eq!(how(&world, 1), (State::Left, true, Some(world.device_id(0)), false), "that he had left once is long ago");
}

#[test]
fn nobody_adds_somebody_elses_device_or_more_than_a_person_has() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let phone = world.device("Ada's phone");
    let (document, ada, ben) = (world.devices[0].id.expect("hers"), membership(&world, 0), world.device_id(1));
    // The phone agrees to be Ben's in Ada's membership: only Ada's devices say who else is hers.
    let into = Opening { membership: ada, role: Role::View };
    let agreed = world.devices[phone].here().consent(&document, into, &ben);
    let refused = act(&mut world, 1, Act::AddDevice { added: Box::new(agreed) });
    assert_eq!(refused, Err(Refused::Rule(Refusal::NotYourMembership(ben))));
    // It agreed to be added by Ben: Ada does not use that.
    let refused = act(&mut world, 0, Act::AddDevice { added: Box::new(agreed) });
    assert!(matches!(refused, Err(Refused::Rule(Refusal::Proof(_)))), "{refused:?}");
    for number in 1..limits::DEVICES {
        let further = world.device(&format!("Ada's {number}"));
        add(&mut world, 0, further).expect("there is room");
    }
    assert_eq!(opening(&world, 0, phone), None, "she has as many as one has");
    world.pass(5 * SECOND);
    // What was refused was not written.
    assert_eq!(world.document(1).members().len(), limits::DEVICES + 1);
}

#[test]
fn a_device_that_lost_its_copy_is_told_again() {
    let mut world = World::sharing(&["Ada"]);
    world.write(0, "Words.\n");
    let phone = world.device("Ada's phone");
    add(&mut world, 0, phone).expect("it is hers");
    world.pass(5 * SECOND);
    let here = world.devices[phone].here();
    world.crash(phone);
    let (adding, document) = (world.device_id(0), world.devices[0].id.expect("hers"));
    world.devices[phone].disk = crate::disk::Disk::default();
    world.join(phone, Ticket::added(document, adding, "Notes".into(), "Ada".into(), Role::Owner));
    world.link(0, phone);
    world.pass(SECOND);
    let ada = membership(&world, 0);
    let agreed = here.consent(&document, Opening { membership: ada, role: Role::Owner }, &adding);
    act(&mut world, 0, Act::AddDevice { added: Box::new(agreed) }).expect("it is in");
    world.pass(10 * SECOND);
    assert_eq!(world.text(phone), "Words.\n");
}
