//! What people do about members, and what devices do by themselves so that it holds.

use std::time::Duration;

use sheaf_access::{Access, AccessRecord, Operation, Refusal, Standing, limits};
use sheaf_base::{Hash, Wall};
use sheaf_document::{Act, Document, Done, Input, Refused, Role, State, Terms};
use sheaf_record::{ChainReader, Graph, SignedHead};

use crate::shell::World;

const SECOND: Duration = Duration::from_secs(1);

/// Everything that a device's disk says about members, folded anew.
fn fold(world: &World, who: usize) -> Access {
    let disk = &world.devices[who].disk;
    let (mut graph, mut access) = (Graph::new(), Access::new(world.devices[who].id.expect("it takes part")));
    let heads: Vec<SignedHead> =
        disk.heads.values().map(|row| SignedHead::from_journal(&[&row.head[..], &row.signature].concat()).expect("it is whole")).collect();
    heads.iter().for_each(|head| graph.open_chain(head.chain(), head.device()));
    for row in &disk.records {
        let tip = graph.tip(&row.chain).expect("its chain is shown");
        let read = ChainReader::resume(tip).read(&row.bytes).expect("it follows");
        let extent = sheaf_record::Extent { clocks: row.clocks as u32, low_surrogates: &[] };
        graph.append(&row.chain, row.number, row.hash, &read.record.stamp, extent).expect("in a causal order");
        if row.kind == 3 {
            let device = heads.iter().find(|head| head.chain() == row.chain).expect("it is shown").device();
            access.add(AccessRecord::read(&read, device).expect("it is one"), &graph);
        }
    }
    access
}

pub(crate) fn act(world: &mut World, who: usize, act: Act) -> Result<Done, Refused> {
    world.ask(who, |request| Input::Administer { request, act })
}

/// The name of somebody's membership.
pub(crate) fn membership(world: &World, who: usize) -> Hash {
    let device = world.device_id(who);
    fold(world, 0).member(&device).expect("they are a member").since.hash
}

fn role(world: &World, who: usize, of: usize) -> Option<Role> {
    let device = world.device_id(of);
    world.document(who).members().iter().find(|member| member.device == device).map(|member| member.role)
}

#[test]
fn whoever_founds_or_joins_says_what_secrets_are_sealed_to() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.pass(SECOND);
    let access = fold(&world, 2);
    let keys: Vec<_> = (0..3).map(|who| access.sealing_key(&world.device_id(who)).expect("it has one")).collect();
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
    assert_eq!(access.missed(), []);

    // It says it once: another process of the same device has the same key.
    world.close(1);
    world.start(1);
    world.link(0, 1);
    world.pass(30 * SECOND);
    let said = |world: &World| fold(world, 0).records().filter(|(record, _)| matches!(record.operation, Operation::Key(_))).count();
    assert_eq!(said(&world), 3);
}

#[test]
fn an_admin_is_made_and_may_then_invite_and_change_roles() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    let (ben, cleo) = (membership(&world, 1), membership(&world, 2));
    let refused = act(&mut world, 1, Act::Invite { role: Role::View, seed: [1; 32], label: String::new() });
    assert!(matches!(refused, Err(Refused::Role { role: Role::Edit, .. })), "{refused:?}");
    let refused = act(&mut world, 1, Act::Role { member: cleo, role: Role::View });
    assert!(matches!(refused, Err(Refused::Rule(Refusal::Role { has: Role::Edit, needs: Role::Admin, .. }))), "{refused:?}");

    act(&mut world, 0, Act::Role { member: ben, role: Role::Admin }).expect("the owner may");
    world.pass(SECOND);
    assert_eq!(world.document(1).role(), Role::Admin);
    world.invite(1, Role::Edit);
    act(&mut world, 1, Act::Role { member: cleo, role: Role::View }).expect("an admin may");
    world.pass(SECOND);
    assert_eq!((world.document(2).role(), role(&world, 0, 2)), (Role::View, Some(Role::View)));

    // The owner is nobody else's to touch, and nobody is promoted to own.
    let ada = membership(&world, 0);
    let refused = act(&mut world, 1, Act::Remove { member: ada, devices: vec![] });
    assert_eq!(refused, Err(Refused::Rule(Refusal::OwnerUntouched)));
    let refused = act(&mut world, 1, Act::Role { member: cleo, role: Role::Owner });
    assert_eq!(refused, Err(Refused::Rule(Refusal::NobodyIsInvitedToOwn)));
    assert_eq!(act(&mut world, 0, Act::Leave), Err(Refused::Rule(Refusal::OwnerStays)));
    let refused = act(&mut world, 0, Act::Remove { member: Hash([9; 32]), devices: vec![] });
    assert_eq!(refused, Err(Refused::Rule(Refusal::NoMember(Hash([9; 32])))));
    // What was refused was not written: nobody has ended a chain for it.
    world.agree();
}

#[test]
fn a_removal_deals_a_new_secret_to_whoever_remains_and_to_nobody_else() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.pass(SECOND);
    let (open, before) = (world.invite(0, Role::Edit), fold(&world, 0).epoch().expect("one"));
    world.pass(SECOND);
    let cleo = membership(&world, 2);
    act(&mut world, 0, Act::Remove { member: cleo, devices: vec![] }).expect("the owner may");
    world.pass(SECOND);

    let access = fold(&world, 0);
    assert!(access.role(&world.device_id(2)).is_none() && access.role(&world.device_id(1)).is_some());
    let after = access.epoch().expect("one");
    assert_ne!(after, before);
    let (_, rotation) = access.rotations().last().expect("there is one");
    let reached: Vec<bool> = (0..3).map(|who| rotation.reaches(&world.device_id(who))).collect();
    assert_eq!(reached, [true, true, false]);
    let (invitation, _) = access.invitation(&open.seed.key()).expect("it is open still");
    assert!(rotation.reaches_ticket(&invitation.position.hash));
    assert_eq!((access.missed(), access.exposed()), (vec![], vec![]));
    // It is on the disk of whoever made it.
    assert!(world.devices[0].disk.secrets.iter().any(|row| row.epoch == after.0));
}

#[test]
fn a_revocation_closes_an_invitation_with_a_new_secret_and_one_that_gave_none_away_without() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let open = world.invite(0, Role::Edit);
    let Ok(Done::Ticket(_, counted)) = act(&mut world, 0, counted(1)) else { panic!("a ticket") };
    let before = fold(&world, 0).epoch();
    let open_record = fold(&world, 0).invitation(&open.seed.key()).expect("it is open").0.position.hash;

    act(&mut world, 0, Act::Revoke { invitation: counted }).expect("the owner may");
    assert_eq!(fold(&world, 0).epoch(), before, "a counted invitation holds no secret");
    act(&mut world, 0, Act::Revoke { invitation: open_record }).expect("the owner may");
    let access = fold(&world, 0);
    assert!(access.invitation(&open.seed.key()).is_none() && access.epoch() != before);
    let refused = act(&mut world, 0, Act::Revoke { invitation: Hash([7; 32]) });
    assert_eq!(refused, Err(Refused::Rule(Refusal::NoInvitation(Hash([7; 32])))));
}

fn counted(uses: u32) -> Act {
    Act::InviteCounted { role: Role::Edit, seed: [uses as u8; 32], label: "for two".into(), terms: terms(uses) }
}

fn terms(uses: u32) -> Terms {
    Terms { uses, expires: None, approved: false }
}

#[test]
fn there_are_never_more_open_invitations_than_a_new_secret_can_be_dealt_to() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let offer = |seed: u8| Act::Invite { role: Role::View, seed: [seed; 32], label: String::new() };
    // Ben came by one.
    let made: Vec<Hash> = (1..limits::TICKETS as u8)
        .map(|seed| match act(&mut world, 0, offer(seed)) {
            Ok(Done::Ticket(_, invitation)) => invitation,
            other => panic!("no ticket: {other:?}"),
        })
        .collect();
    let refused = act(&mut world, 0, offer(200)).expect_err("one more than there is room for");
    assert!(refused.to_string().contains("open invitations"), "{refused}");
    act(&mut world, 0, Act::Revoke { invitation: made[0] }).expect("the owner may");
    act(&mut world, 0, offer(200)).expect("there is room again");
}

#[test]
fn the_document_is_handed_over_and_whoever_had_it_may_then_leave() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.pass(SECOND);
    let ben = membership(&world, 1);
    let refused = act(&mut world, 1, Act::Transfer { member: ben });
    assert!(matches!(refused, Err(Refused::Rule(Refusal::Role { needs: Role::Owner, .. }))), "{refused:?}");
    act(&mut world, 0, Act::Transfer { member: ben }).expect("it is hers");
    world.pass(SECOND);
    assert_eq!((world.document(0).role(), world.document(1).role()), (Role::Admin, Role::Owner));
    act(&mut world, 0, Act::Leave).expect("it is not hers any more");
    world.pass(SECOND);
    assert_eq!(world.document(0).state(), State::Left);
    assert_eq!(role(&world, 1, 0), None);
}

#[test]
fn a_membership_ends_on_its_day_by_an_admins_clock() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.pass(SECOND);
    let (ben, cleo) = (membership(&world, 1), membership(&world, 2));
    let day = Wall(world.moment().wall.0 + 3_600_000);
    act(&mut world, 0, Act::Ends { member: ben, at: Some(day) }).expect("the owner may");
    act(&mut world, 0, Act::Ends { member: cleo, at: Some(day) }).expect("the owner may");
    act(&mut world, 0, Act::Ends { member: cleo, at: None }).expect("and may think again");
    world.pass(3500 * SECOND);
    assert_eq!(role(&world, 0, 1), Some(Role::Edit), "not before");
    world.pass(700 * SECOND);
    assert_eq!((role(&world, 0, 1), role(&world, 0, 2)), (None, Some(Role::Edit)));
    assert!(!fold(&world, 0).epochs().is_empty() && fold(&world, 0).exposed().is_empty());
}

#[test]
fn a_secret_that_missed_somebody_is_dealt_to_them_by_whoever_holds_it() {
    // Ben comes in through Cleo while Ada, who does not know of him, removes Dan.
    let mut world = World::sharing(&["Ada", "Cleo", "Dan"]);
    let ticket = world.invite(0, Role::Edit);
    world.pass(SECOND);
    let dan = membership(&world, 2);
    world.part(0);
    world.part(2);
    let ben = world.device("Ben");
    world.join(ben, ticket);
    world.link(1, ben);
    world.pass(SECOND);
    assert_eq!(world.document(ben).state(), State::Ready);
    act(&mut world, 0, Act::Remove { member: dan, devices: vec![] }).expect("the owner may");
    world.link(0, 1);
    world.pass(SECOND);
    let missed: Vec<_> = fold(&world, 0).missed().into_iter().map(|missed| missed.device).collect();
    assert_eq!(missed, [world.device_id(ben)]);

    world.link(0, ben);
    world.pass(60 * SECOND);
    let access = fold(&world, ben);
    assert_eq!(access.missed(), []);
    let wraps =
        access.records().filter(|(record, standing)| matches!(record.operation, Operation::Wrap(_)) && *standing == Standing::Counts);
    assert_eq!(wraps.count(), 1, "one device does it");
}

#[test]
fn the_history_is_checked_from_the_first_record_on_and_told_with_names() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    world.pass(100 * SECOND);
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Role { member: ben, role: Role::Comment }).expect("the owner may");
    world.pass(SECOND);
    let stored = world.devices[1].disk.stored(world.devices[1].id.expect("it takes part"));
    let (here, now) = (world.devices[1].here(), world.moment());
    let audit = Document::audit(here.clone(), stored.clone(), now).expect("it is whole");
    assert_eq!(audit.failed, Vec::<String>::new());
    assert_eq!((audit.records, audit.hashes), (stored.records.len() as u64, stored.records.len() as u64));
    assert!(audit.signatures >= stored.heads.len() as u64 + stored.seals.len() as u64);
    let what: Vec<&str> = audit.events.iter().map(|event| event.what).collect();
    assert_eq!(what, ["founded", "profile", "key", "invited", "joined", "profile", "key", "role"]);
    let last = audit.events.last().expect("there are some");
    let about = last.about.as_ref().expect("it is about Ben");
    assert_eq!((last.name.as_str(), about.name.as_str(), last.role, last.author), ("Ada", "Ben", Some(Role::Comment), Some(Role::Owner)));
    // To the second, though her words before it are closed.
    let told = last.at.expect("it can be read").0;
    assert!(world.moment().wall.0 - told < 3000, "{told}");

    // One byte of a record, of a seal, of a head.
    let mut changed = stored.clone();
    let at = changed.records.iter().position(|row| row.kind == 1).expect("there are words");
    *changed.records[at].bytes.last_mut().expect("it is not empty") ^= 1;
    assert!(Document::audit(here.clone(), changed, now).map_or(true, |audit| !audit.failed.is_empty()));
    let mut changed = stored.clone();
    changed.seals[0].signature[0] ^= 1;
    let failed = Document::audit(here.clone(), changed, now).expect("it opens").failed;
    assert!(failed.first().is_some_and(|why| why.starts_with("the seal at record")), "{failed:?}");
    let mut changed = stored;
    changed.heads[0].signature[0] ^= 1;
    assert!(!Document::audit(here, changed, now).expect("it opens").failed.is_empty());
}

#[test]
fn members_and_invitations_are_told_as_people_read_them() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    let Ok(Done::Ticket(_, invitation)) = act(&mut world, 0, counted(2)) else { panic!("a ticket") };
    world.pass(SECOND);
    let members = world.document(1).memberships();
    let told: Vec<_> = members.iter().map(|member| (member.name.as_str(), member.role, member.mine)).collect();
    assert_eq!(told, [("Ada", Role::Owner, false), ("Ben", Role::Edit, true)]);
    let document = world.devices[1].document.as_mut().expect("it runs");
    let invitations = document.invitations();
    let counted = invitations.iter().find(|it| it.id == invitation).expect("it is listed");
    assert_eq!((counted.label.as_str(), counted.open, counted.used, counted.mine), ("for two", true, 0, false));
    let open = invitations.iter().find(|it| it.id != invitation).expect("Ben came by it");
    assert_eq!((open.label.as_str(), open.used, open.terms), ("you", 1, None));
}

#[test]
fn whoever_is_removed_is_told_by_whom_and_gets_nothing_more_while_the_others_go_on() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.write(0, "Words.\n");
    world.pass(SECOND);
    let cleo = membership(&world, 2);
    act(&mut world, 0, Act::Remove { member: cleo, devices: vec![] }).expect("the owner may");
    world.pass(SECOND);
    world.write(1, "Among ourselves.\n");
    world.pass(30 * SECOND);
    assert_eq!([0, 1].map(|who| world.text(who)), ["Words.\nAmong ourselves.\n"; 2].map(str::to_owned));
    let removed = world.document(2);
    assert_eq!((removed.state(), removed.is_removed(), removed.removed_by()), (State::Left, true, Some(world.device_id(0))));
    let last = world.devices[1].disk.records.iter().rfind(|row| row.kind == 1).expect("Ben wrote").hash;
    assert!(!world.devices[2].disk.records.iter().any(|row| row.hash == last));
}

#[test]
fn to_take_away_may_be_the_first_thing_after_a_start() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Words.\n");
    world.invite(0, Role::Edit);
    world.pass(SECOND);
    let starts_again = |world: &mut World| {
        world.close(0);
        world.start(0);
    };
    let ben = membership(&world, 1);
    let invitation =
        world.devices[0].document.as_mut().expect("it is open").invitations().iter().find(|it| it.used == 0).expect("it is open").id;
    starts_again(&mut world);
    act(&mut world, 0, Act::Revoke { invitation }).expect("the owner may");
    starts_again(&mut world);
    act(&mut world, 0, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    assert_eq!(world.document(0).members().len(), 1);
}

#[test]
fn new_secrets_made_apart_become_one_again_when_somebody_is_invited() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo", "Dan"]);
    world.write(0, "Words.\n");
    world.pass(SECOND);
    let [ben, cleo, dan] = [1, 2, 3].map(|who| membership(&world, who));
    act(&mut world, 0, Act::Role { member: ben, role: Role::Admin }).expect("the owner may");
    world.pass(SECOND);
    (0..4).for_each(|who| world.part(who));
    act(&mut world, 0, Act::Remove { member: cleo, devices: vec![] }).expect("the owner may");
    act(&mut world, 1, Act::Remove { member: dan, devices: vec![] }).expect("an admin may");
    world.link(0, 1);
    world.pass(30 * SECOND);
    assert_eq!(fold(&world, 0).epochs().len(), 2, "neither knew of the other");
    world.write(1, "Closed with both.\n");
    world.pass(SECOND);
    let ticket = world.invite(0, Role::Edit);
    assert_eq!(fold(&world, 0).epochs().len(), 1);
    let eve = world.device("Eve");
    world.join(eve, ticket);
    world.link(0, eve);
    world.pass(10 * SECOND);
    assert_eq!(world.text(eve), "Words.\nClosed with both.\n", "and all that was before");
}

#[test]
fn whoever_comes_after_a_removal_reads_a_long_past_that_is_closed_with_an_older_secret() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    // More than waits for what it stands on.
    for _ in 0..30 {
        world.write(0, &format!("{}\n", "word ".repeat(6000)));
        world.pass(SECOND);
    }
    let ben = membership(&world, 1);
    act(&mut world, 0, Act::Remove { member: ben, devices: vec![] }).expect("the owner may");
    world.write(0, "After.\n");
    for (name, made) in [("Cleo", None), ("Dan", Some(counted(1)))] {
        let ticket = match made.map(|made| act(&mut world, 0, made)) {
            None => world.invite(0, Role::Edit),
            Some(Ok(Done::Ticket(ticket, _))) => *ticket,
            other => panic!("no ticket: {other:?}"),
        };
        let guest = world.device(name);
        world.join(guest, ticket);
        world.link(0, guest);
        world.pass(60 * SECOND);
        assert_eq!(world.document(guest).state(), State::Ready, "{name}");
        assert!(world.text(guest) == world.text(0), "{name} reads everything");
    }
}
