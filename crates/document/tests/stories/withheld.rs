//! Stories of a patched admin who makes new secrets and deals them to nobody: they can be removed all the same, and then everybody goes on.

use std::time::Duration;

use sheaf_access::{Operation, Revocation, Rotation, SealingSeed, limits};
use sheaf_base::Hash;
use sheaf_document::{Act, Input, Refused, Role, State};
use sheaf_record::{DeviceKey, EpochSecret, Kind};

use crate::{
    forger::Forger,
    hostile::{newest, slip},
    members::{act, membership},
    removed::folded,
    shell::World,
    view::insert,
};

const SECOND: Duration = Duration::from_secs(1);

const ADA: usize = 0;
const BEN: usize = 1;
/// Manages, with a patched program.
const CLEO: usize = 2;

/// Ada's document, the invitation in it that Cleo is about to revoke, and the record that she stands on.
fn notes() -> (World, Hash, Hash) {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    let cleo = membership(&world, CLEO);
    act(&mut world, ADA, Act::Role { member: cleo, role: Role::Admin }).expect("Ada owns it");
    world.write(ADA, "Ada's words.\n");
    world.invite(ADA, Role::View);
    let invitation = newest(&world, ADA);
    world.pass(5 * SECOND);
    let behind = newest(&world, ADA);
    (world, invitation, behind)
}

/// In so many chains side by side Cleo makes a secret that she keeps to herself.
fn withhold(world: &mut World, chains: u8, invitation: Hash, behind: Hash) {
    let document = world.devices[CLEO].id.expect("she takes part");
    for number in 0..chains {
        let secret = EpochSecret::from_bytes([number ^ 0x90; 32]);
        let rotation = Rotation::deal(&document, &secret, &[], &[], &[], [5; 32]).expect("it is for nobody");
        let mut forger = Forger::new(world, CLEO, 100 + number);
        forger.write(Kind::Access, &[behind], &Operation::Revocation(Revocation { invitation, rotation: Some(rotation) }).encode());
        [ADA, BEN].iter().for_each(|who| slip(world, CLEO, *who, forger.frame()));
    }
    world.pass(20 * SECOND);
}

fn removed_and_gone_on(mut world: World) {
    let edited = world.ask(BEN, |request| Input::Edit { request, base: None, delta: insert(0, "x", "x") });
    assert!(matches!(edited, Err(Refused::Closed(_))), "nobody holds what closes the text now: {edited:?}");

    // Ada's program is started again meanwhile: its new chain can be closed with nothing, and need not.
    world.close(ADA);
    world.start(ADA);
    [BEN, CLEO].iter().for_each(|who| world.link(ADA, *who));
    world.pass(5 * SECOND);
    let (ben, cleo) = (membership(&world, BEN), membership(&world, CLEO));
    act(&mut world, ADA, Act::Role { member: ben, role: Role::Admin }).expect("a role needs no secret");
    act(&mut world, ADA, Act::Remove { member: cleo, devices: vec![] }).expect("and a removal neither");
    world.pass(60 * SECOND);

    world.write(BEN, "Ben's words.\n");
    world.pass(SECOND);
    world.write(ADA, "Ada goes on.\n");
    let dan = world.device("Dan");
    let ticket = world.invite(BEN, Role::Edit);
    world.join(dan, ticket);
    [ADA, BEN].iter().for_each(|who| world.link(*who, dan));
    world.pass(60 * SECOND);
    assert_eq!(world.document(dan).state(), State::Ready);
    for who in [ADA, BEN, dan] {
        assert_eq!(world.text(who), "Ada's words.\nBen's words.\nAda goes on.\n", "{who}");
        assert!(world.document(who).members().iter().all(|member| member.name != "Cleo"));
    }
}

#[test]
fn whoever_deals_a_new_secret_to_nobody_is_removed_and_everybody_goes_on() {
    let (mut world, invitation, behind) = notes();
    withhold(&mut world, 1, invitation, behind);
    removed_and_gone_on(world);
}

#[test]
fn whoever_does_so_in_more_chains_than_one_removal_names_is_removed_all_the_same() {
    let (mut world, invitation, behind) = notes();
    withhold(&mut world, limits::CUTS as u8 + 6, invitation, behind);
    removed_and_gone_on(world);
}

#[test]
fn whoever_makes_more_secrets_at_once_than_one_record_replaces_reads_nothing_after_their_removal() {
    let (mut world, invitation, behind) = notes();
    let document = world.devices[CLEO].id.expect("she takes part");
    let sealing = |who: usize| SealingSeed::of_device(&DeviceKey::from_bytes(&world.devices[who].key), &document).key();
    let mut devices = [ADA, BEN, CLEO].map(|who| (world.device_id(who), sealing(who)));
    devices.sort_unstable_by_key(|(device, _)| *device);
    for number in 0..2 * limits::EPOCHS as u8 {
        let secret = EpochSecret::from_bytes([number ^ 0x90; 32]);
        let rotation = Rotation::deal(&document, &secret, &devices, &[], &[], [5; 32]).expect("it is for three");
        let mut forger = Forger::new(&world, CLEO, 100 + number);
        forger.write(Kind::Access, &[behind], &Operation::Revocation(Revocation { invitation, rotation: Some(rotation) }).encode());
        [ADA, BEN].iter().for_each(|who| slip(&mut world, CLEO, *who, forger.frame()));
    }
    world.pass(20 * SECOND);
    world.write(BEN, "Closed with all of them.\n");
    world.pass(SECOND);
    let cleo = membership(&world, CLEO);
    act(&mut world, ADA, Act::Remove { member: cleo, devices: vec![] }).expect("she owns it");
    world.pass(60 * SECOND);
    assert_eq!(folded(&world).0.exposed(), [], "there is a secret that Cleo lacks");

    let dan = world.device("Dan");
    let ticket = world.invite(ADA, Role::Edit);
    world.join(dan, ticket);
    [ADA, BEN].iter().for_each(|who| world.link(*who, dan));
    world.pass(60 * SECOND);
    assert_eq!(world.text(dan), "Ada's words.\nClosed with all of them.\n", "whoever comes later opens all of them");
}
