//! Two and three nodes behind routers, with a relay on the internet between them.

use sheaf_e2e::lab::{Home, Lab, Mapping};

use crate::pair::{DIRECT, Device, RELAYED, Room};

/// The homes count what comes in from each other, so that what Sheaf says of its path can be compared with the wire.
fn homes(lab: &Lab, mappings: [Mapping; 2]) -> [Home; 2] {
    let [one, other] = mappings.map(|mapping| lab.home(mapping));
    one.count_udp_from(&other);
    other.count_udp_from(&one);
    [one, other]
}

/// How many packets of UDP came from one home into the other while everybody wrote a line.
fn packets_of_a_line(room: &Room, [one, other]: &[Home; 2]) -> u64 {
    let before = one.udp_from(other) + other.udp_from(one);
    room.converges("a line each");
    one.udp_from(other) + other.udp_from(one) - before
}

#[test]
fn two_homes_whose_routers_keep_one_mapping_reach_each_other_directly() {
    let Some(lab) = Lab::here() else { return };
    let homes = homes(&lab, [Mapping::OneForAll, Mapping::OneForAll]);
    let _relay = lab.relay();
    let room = Room::open(vec![Device::start(lab.person("Ada"), homes[0].machine()), Device::start(lab.person("Ben"), homes[1].machine())]);
    room.converges("a first line");
    room.path_becomes(DIRECT);
    let packets = packets_of_a_line(&room, &homes);
    assert!(packets >= 4, "what is said to go directly goes from router to router: {packets} packets");
    println!("on the wire: {packets} packets of UDP from home to home");
}

#[test]
fn two_homes_of_which_one_maps_per_destination_meet_through_the_relay() {
    let Some(lab) = Lab::here() else { return };
    let homes = homes(&lab, [Mapping::OneForAll, Mapping::PerDestination]);
    let _relay = lab.relay();
    let room = Room::open(vec![Device::start(lab.person("Ada"), homes[0].machine()), Device::start(lab.person("Ben"), homes[1].machine())]);
    room.converges("a first line");
    room.path_becomes(RELAYED);
    let packets = packets_of_a_line(&room, &homes);
    assert_eq!(packets, 0, "what is said to be relayed does not go from router to router");
}

#[test]
fn a_machine_on_the_internet_is_reached_directly_even_from_a_router_that_maps_per_destination() {
    let Some(lab) = Lab::here() else { return };
    let home = lab.home(Mapping::PerDestination);
    let _relay = lab.relay();
    let room = Room::open(vec![Device::start(lab.person("Ada"), lab.server()), Device::start(lab.person("Ben"), home.machine())]);
    room.converges("a first line");
    room.path_becomes(DIRECT);
}

#[test]
fn three_people_on_three_kinds_of_network_all_have_everything() {
    let Some(lab) = Lab::here() else { return };
    let homes = [Mapping::OneForAll, Mapping::PerDestination, Mapping::OneForAll].map(|mapping| lab.home(mapping));
    homes[2].block_udp(true);
    let _relay = lab.relay();
    let devices = ["Ada", "Ben", "Cleo"].into_iter().zip(&homes);
    let room = Room::open(devices.map(|(name, home)| Device::start(lab.person(name), home.machine())).collect());
    room.converges("a first line each");
    room.converges("and a second");
    let paths = room.devices.iter().map(|device| {
        let others = room.devices.iter().filter(|other| other.name() != device.name());
        others.map(|other| format!("{} to {}: {}", device.name(), other.name(), device.path_to(&room.document, other))).collect::<Vec<_>>()
    });
    println!("{:?}", paths.collect::<Vec<_>>());
}

#[test]
fn where_udp_is_blocked_the_relay_remains_and_where_it_becomes_so_it_takes_over() {
    let Some(lab) = Lab::here() else { return };
    let homes = homes(&lab, [Mapping::OneForAll, Mapping::OneForAll]);
    homes[1].block_udp(true);
    let _relay = lab.relay();
    let room = Room::open(vec![Device::start(lab.person("Ada"), homes[0].machine()), Device::start(lab.person("Ben"), homes[1].machine())]);
    room.converges("UDP blocked");
    room.path_becomes(RELAYED);
    assert_eq!(room.devices[1].doctor("relay"), "The relay answers.");

    homes[1].block_udp(false);
    room.path_becomes(DIRECT);
    homes[1].block_udp(true);
    room.converges("UDP blocked in the middle of a sentence");
    room.path_becomes(RELAYED);
}
