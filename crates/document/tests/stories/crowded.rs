//! Stories of a patched viewer who writes as much about members as they can: nobody else's room is theirs to fill.

use std::time::Duration;

use sheaf_access::{AddDevice, Operation, Profile, Removal};
use sheaf_base::Hash;
use sheaf_document::{Act, Role, State};
use sheaf_record::{DeviceKey, Kind};

use crate::{
    forger::Forger,
    hostile::{newest, slip},
    members::{act, membership},
    shell::World,
};

const SECOND: Duration = Duration::from_secs(1);

const ADA: usize = 0;
/// Edits.
const BEN: usize = 1;
/// Manages.
const CLEO: usize = 2;
/// Reads, with a patched program.
const MALLORY: usize = 3;

/// Ada's document, in which Ben writes, Cleo manages and Mallory reads; and a record behind which all of them have joined.
fn notes() -> (World, Hash) {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    let cleo = membership(&world, CLEO);
    act(&mut world, ADA, Act::Role { member: cleo, role: Role::Admin }).expect("Ada owns it");
    joined(&mut world, "Mallory", Role::View);
    let behind = newest(&world, ADA);
    (world, behind)
}

/// Somebody comes by an invitation of Ada's, and is linked with everybody.
fn joined(world: &mut World, name: &str, role: Role) -> usize {
    let who = world.device(name);
    let ticket = world.invite(ADA, role);
    world.join(who, ticket);
    (0..who).for_each(|other| world.link(other, who));
    world.pass(10 * SECOND);
    who
}

/// What Mallory has written by hand is shown to all others.
fn shown(world: &mut World, forger: &Forger) {
    for who in [ADA, BEN, CLEO] {
        slip(world, MALLORY, who, forger.frame());
    }
}

/// A new chain of Mallory's, one of many.
fn chain(world: &World, number: u8) -> Forger {
    Forger::new(world, MALLORY, number)
}

/// Chains beside one another, each of which says Mallory's name as often as one device may say anything.
fn write_names(world: &mut World, behind: Hash, chains: impl Iterator<Item = u8>, names: usize) {
    for number in chains {
        let mut forger = chain(world, number);
        for at in 0..names {
            let name =
                Profile { name: format!("Mallory {at}"), colour: "teal".into() }.close(forger.writer.cipher(), &forger.writer.tip().hash);
            forger.write(Kind::Access, if at == 0 { std::slice::from_ref(&behind) } else { &[] }, &Operation::Profile(name).encode());
        }
        shown(world, &forger);
    }
}

/// Chains beside one another, in each of which Mallory adds devices of her own and removes them again: so many removals.
fn write_removals(world: &mut World, behind: Hash, chains: impl Iterator<Item = u8>, removals: usize) {
    let (mallory, device) = (membership(world, MALLORY), world.device_id(MALLORY));
    let document = world.devices[MALLORY].id.expect("she takes part");
    for number in chains {
        let mut forger = chain(world, number);
        for at in 0..removals {
            let key = DeviceKey::from_bytes(blake3::hash(&[number, at as u8]).as_bytes());
            let seal = sheaf_access::SealingSeed::of_device(&key, &document);
            let added = AddDevice::consent(&document, mallory, &device, Role::View, &key, &seal);
            forger.write(Kind::Access, if at == 0 { std::slice::from_ref(&behind) } else { &[] }, &Operation::AddDevice(added).encode());
            let removal = Removal { devices: vec![key.device()], ..Removal::of(mallory) };
            forger.write(Kind::Access, &[], &Operation::Removal(removal).encode());
        }
        shown(world, &forger);
    }
}

/// Everything that honest people do goes on, and Mallory is removed by Ada.
fn life_goes_on(world: &mut World) {
    let ben = membership(world, BEN);
    act(world, CLEO, Act::Role { member: ben, role: Role::Comment }).expect("an admin changes a role");
    act(world, CLEO, Act::Role { member: ben, role: Role::Edit }).expect("and changes it back");
    world.pass(5 * SECOND);
    world.write(BEN, "Ben goes on typing.\n");
    world.pass(SECOND);
    assert!(world.text(ADA).contains("Ben goes on typing."), "what an editor types is accepted");

    let mallory = membership(world, MALLORY);
    act(world, ADA, Act::Remove { member: mallory, devices: vec![] }).expect("the owner removes whom they like");
    world.pass(30 * SECOND);
    assert!(world.document(CLEO).members().iter().all(|member| member.name != "Mallory"), "she is out at Cleo's, too");

    world.write(BEN, "Ben goes on.\n");
    let dan = joined(world, "Dan", Role::Edit);
    assert_eq!(world.document(dan).state(), State::Ready, "a newcomer joins");
    world.write(dan, "Dan, too.\n");
    world.pass(70 * SECOND);
    for who in [ADA, BEN, CLEO, dan] {
        assert_eq!(world.text(who), "Ben goes on typing.\nBen goes on.\nDan, too.\n");
    }
    assert!(world.document(ADA).members().iter().any(|member| member.name == "Dan"), "and says who they are");
}

#[test]
fn names_without_end_keep_nobody_from_removing_joining_and_typing() {
    let (mut world, behind) = notes();
    write_names(&mut world, behind, 10..15, 500);
    // And so many chains that nobody stands on everything without gathering it first.
    write_names(&mut world, behind, 100..180, 1);
    life_goes_on(&mut world);
}

#[test]
fn removals_of_ones_own_devices_without_end_keep_nobody_from_removing() {
    let (mut world, behind) = notes();
    write_removals(&mut world, behind, 10..34, 12);
    life_goes_on(&mut world);
}
