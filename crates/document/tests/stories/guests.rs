//! Coming in by tickets that their maker grants: counted, expiring, looked at.

use std::time::Duration;

use sheaf_access::{GrantError, NotGranted, TicketKind};
use sheaf_base::Wall;
use sheaf_document::{Act, Announcement, DeviceState, Dismissal, Done, Input, Refused, Role, State, Terms, Ticket};
use sheaf_schema::Delta;

use crate::{
    members::{act, membership},
    shell::World,
};

const SECOND: Duration = Duration::from_secs(1);

fn invite(world: &mut World, who: usize, terms: Terms) -> Ticket {
    let seed = *blake3::hash(&[who as u8, terms.uses as u8, terms.approved.into()]).as_bytes();
    match act(world, who, Act::InviteCounted { role: Role::Edit, seed, label: "for a friend".into(), terms }) {
        Ok(Done::Ticket(ticket, _)) => *ticket,
        other => panic!("no ticket: {other:?}"),
    }
}

fn once() -> Terms {
    Terms { uses: 1, expires: None, approved: false }
}

/// Ada has a document with words, in a world of these.
fn ada_and(guests: &[&str]) -> World {
    let mut world = World::new();
    world.device("Ada");
    guests.iter().for_each(|name| _ = world.device(name));
    world.create(0, "Notes");
    world.write(0, "Words.\n");
    world
}

fn refusal(world: &World, who: usize) -> Option<Dismissal> {
    world.document(who).status().devices.iter().find_map(|device| match device.state {
        DeviceState::Refused { reason } => Some(reason),
        _ => None,
    })
}

#[test]
fn a_ticket_for_one_lets_in_one_even_when_two_race() {
    let mut world = ada_and(&["Ben", "Cleo"]);
    let ticket = invite(&mut world, 0, once());
    assert_eq!(ticket.kind, TicketKind::Counted);
    for guest in [1, 2] {
        world.join(guest, ticket.clone());
        world.link(0, guest);
    }
    world.pass(30 * SECOND);
    let states = [1, 2].map(|guest| world.document(guest).state());
    assert!(states == [State::Ready, State::Waiting] || states == [State::Waiting, State::Ready], "{states:?}");
    let (inside, outside) = if states[0] == State::Ready { (1, 2) } else { (2, 1) };
    assert_eq!(world.document(0).members().len(), 2);
    assert_eq!(refusal(&world, outside), Some(Dismissal::Over));
    assert!(world.devices[outside].disk.records.is_empty() && world.devices[outside].disk.secrets.is_empty());

    // Whoever came in reads, writes, and has a name.
    assert_eq!(world.text(inside), "Words.\n");
    world.write(inside, "More.\n");
    world.pass(SECOND);
    assert_eq!(world.text(0), "Words.\nMore.\n");
    let name = world.devices[inside].name.clone();
    assert!(world.document(0).members().iter().any(|member| member.name == name && member.role == Role::Edit));
}

#[test]
fn a_guest_whose_process_ends_before_the_first_copy_is_here_is_told_again_that_they_are_in() {
    let mut world = ada_and(&["Ben"]);
    let ticket = invite(&mut world, 0, once());
    world.join(1, ticket);
    world.censor = Box::new(|from, _, frame| from != 0 || matches!(frame.name(), "granted" | "hello"));
    world.link(0, 1);
    world.pass(SECOND);
    assert_eq!((world.document(1).state(), world.document(0).members().len()), (State::Waiting, 2));
    world.crash(1);
    world.censor = Box::new(|_, _, _| true);
    world.start(1);
    world.link(0, 1);
    world.pass(10 * SECOND);
    assert_eq!(world.document(1).state(), State::Ready);
    assert!(world.devices[1].announcements.contains(&Announcement::State(State::Ready)));
    world.agree();
}

#[test]
fn nothing_is_said_of_a_grant_that_is_not_on_the_disk() {
    let mut world = ada_and(&["Ben"]);
    let ticket = invite(&mut world, 0, once());
    world.join(1, ticket);
    world.devices[0].disk_fails = true;
    world.link(0, 1);
    world.pass(SECOND);
    assert!(!world.frames.contains_key("granted"), "{:?}", world.frames);
    world.devices[0].disk_fails = false;
    world.pass(10 * SECOND);
    assert_eq!(world.document(1).state(), State::Ready);
    world.agree();
}

#[test]
fn an_invitation_ends_by_its_makers_clock() {
    let mut world = ada_and(&["Ben", "Cleo"]);
    let ends = Wall(world.moment().wall.0 + 60_000);
    let ticket = invite(&mut world, 0, Terms { uses: 5, expires: Some(ends), approved: false });
    world.join(1, ticket.clone());
    world.link(0, 1);
    world.pass(50 * SECOND);
    assert_eq!(world.document(1).state(), State::Ready);
    world.pass(20 * SECOND);
    world.join(2, ticket);
    world.link(0, 2);
    world.pass(10 * SECOND);
    assert_eq!((world.document(2).state(), refusal(&world, 2)), (State::Waiting, Some(Dismissal::Over)));
}

#[test]
fn whoever_is_looked_at_waits_and_both_sides_read_the_same_number() {
    let mut world = ada_and(&["Ben", "Cleo"]);
    let ticket = invite(&mut world, 0, Terms { uses: 1, expires: None, approved: true });
    let spoken = world.devices[1].here().spoken(&ticket).expect("it is looked at");
    for guest in [1, 2] {
        world.join(guest, ticket.clone());
        world.link(0, guest);
    }
    world.pass(7 * SECOND);
    assert_eq!([1, 2].map(|guest| world.document(guest).state()), [State::Waiting; 2]);
    assert_eq!(refusal(&world, 1), Some(Dismissal::Asked));
    let requests = world.document(0).requests();
    assert_eq!(requests.len(), 2, "each once, however often they ask");
    let of = |name: &str| requests.iter().find(|asked| asked.name == name).expect("they ask").clone();
    assert_eq!((of("Ben").spoken, of("Ben").device, of("Ben").role), (spoken, world.device_id(1), Role::Edit));
    assert_ne!(of("Cleo").spoken, spoken);

    act(&mut world, 0, Act::Admit { request: of("Ben").id }).expect("he is her friend");
    world.pass(10 * SECOND);
    assert_eq!([1, 2].map(|guest| world.document(guest).state()), [State::Ready, State::Waiting]);
    let used_up = Err(Refused::NotGranted(GrantError::Over(NotGranted::UsedUp(1))));
    assert_eq!(act(&mut world, 0, Act::Admit { request: of("Cleo").id }), used_up);
    assert_eq!(world.document(0).requests(), []);
    assert_eq!(act(&mut world, 0, Act::Admit { request: of("Ben").id }), Err(Refused::NoRequest));
}

#[test]
fn whoever_is_declined_is_told_and_does_not_ask_again_on_this_link() {
    let mut world = ada_and(&["Ben"]);
    let ticket = invite(&mut world, 0, Terms { uses: 1, expires: None, approved: true });
    world.join(1, ticket);
    world.link(0, 1);
    world.pass(SECOND);
    let request = world.document(0).requests()[0].id;
    act(&mut world, 0, Act::Decline { request }).expect("he waits");
    world.pass(SECOND);
    let asked = world.frames["request"];
    world.pass(60 * SECOND);
    assert_eq!((refusal(&world, 1), world.frames["request"]), (Some(Dismissal::Declined), asked));
    assert_eq!((world.document(1).state(), world.document(0).members().len()), (State::Waiting, 1));
}

#[test]
fn others_carry_the_request_to_the_maker_and_the_grant_back() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.write(0, "Words.\n");
    let ticket = invite(&mut world, 0, once());
    world.pass(SECOND);
    // Dora reaches Cleo, Cleo reaches Ben, and nobody but Ben reaches Ada.
    world.part(0);
    world.part(2);
    world.link(1, 2);
    let dora = world.device("Dora");
    world.join(dora, ticket);
    world.link(2, dora);
    world.pass(10 * SECOND);
    assert_eq!((world.document(dora).state(), refusal(&world, dora)), (State::Waiting, None));
    assert_eq!(world.document(1).members().len(), 3, "nobody lets in for Ada");

    world.link(0, 1);
    world.pass(20 * SECOND);
    assert_eq!(world.document(dora).state(), State::Ready);
    world.agree();
}

#[test]
fn a_stranger_with_another_ticket_and_one_that_was_taken_back_opens_nothing() {
    let mut world = ada_and(&["Ben", "Cleo"]);
    let mut forged = invite(&mut world, 0, once());
    forged.seed = sheaf_access::TicketSeed::from_bytes([5; 32]);
    world.join(1, forged);
    world.link(0, 1);
    let Ok(Done::Ticket(ticket, invitation)) =
        act(&mut world, 0, Act::InviteCounted { role: Role::View, seed: [8; 32], label: String::new(), terms: once() })
    else {
        panic!("a ticket")
    };
    act(&mut world, 0, Act::Revoke { invitation }).expect("it is hers");
    world.join(2, *ticket);
    world.link(0, 2);
    world.pass(20 * SECOND);
    for guest in [1, 2] {
        assert_eq!((world.document(guest).state(), refusal(&world, guest)), (State::Waiting, Some(Dismissal::Ticket)));
    }
    assert_eq!(world.document(0).members().len(), 1);
}

#[test]
fn whoever_came_by_a_counted_ticket_and_is_removed_is_told_so_and_does_not_ask_again() {
    let mut world = ada_and(&["Ben"]);
    let ticket = invite(&mut world, 0, once());
    world.join(1, ticket);
    world.link(0, 1);
    world.pass(10 * SECOND);
    assert_eq!(world.document(1).state(), State::Ready);
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    world.pass(60 * SECOND);
    let removed = world.document(1);
    assert_eq!((removed.state(), removed.is_removed(), removed.removed_by()), (State::Left, true, Some(world.device_id(0))));
    assert_eq!(refusal(&world, 1), Some(Dismissal::Removed), "the ticket that it came by is no way back");
}

#[test]
fn whoever_was_removed_while_away_has_it_from_an_admin_and_keeps_it_when_nobody_knows_them_any_more() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    world.pass(SECOND);
    world.part(1);
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    world.write(0, "Among ourselves.\n");
    world.link(0, 1);
    for _ in 0..4 {
        world.pass(30 * SECOND);
        let removed = world.document(1);
        assert_eq!((removed.is_removed(), removed.removed_by()), (true, Some(world.device_id(0))));
        assert_eq!(world.text(1), "Words.\n");
    }
    // No record says so here, and still nothing more is taken that would be lost: his window is told why.
    assert_eq!((world.document(1).state(), world.document(1).role()), (State::Ready, Role::View));
    let refused = world.ask(1, |request| Input::Edit { request, base: None, delta: Delta::new().insert("Too late. ") });
    assert!(refused.is_err_and(|refused| refused.to_string().contains("was removed")));
    let refused = act(&mut world, 1, Act::Profile { name: "Benjamin".into(), colour: "teal".into() });
    assert!(refused.is_err_and(|refused| refused.to_string().contains("was removed")));
    assert_eq!(world.text(1), "Words.\n");
    act(&mut world, 1, Act::Leave).expect("whoever has only an admin's word for it may go by themselves");
}

#[test]
fn whoever_showed_an_admin_the_door_is_not_shown_out_themselves_when_that_one_manages_again() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    // Cleo knows, and tells him so.
    world.pass(5 * SECOND);
    world.part(1);
    world.link(1, 2);
    world.pass(5 * SECOND);
    world.part(1);
    // He is let in again by Ada, and manages. Cleo hears of that from her.
    let ticket = world.invite(0, Role::Edit);
    world.comes_back(1, ticket);
    world.link(0, 1);
    world.pass(20 * SECOND);
    let again = membership(&world, 1);
    act(&mut world, 0, Act::Role { member: again, role: Role::Admin }).expect("the owner may");
    world.pass(5 * SECOND);
    assert_eq!(world.document(2).members().iter().filter(|member| member.role == Role::Admin).count(), 1, "she knows that he manages");
    let cleo = world.document(2);
    assert_eq!((cleo.is_removed(), cleo.removed_by(), cleo.role()), (false, None, Role::Edit));
}
