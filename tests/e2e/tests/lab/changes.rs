//! What changes while people write: a cable is out for a while, an address is another, a machine is carried elsewhere, the relay starts again.

use std::thread;
use std::time::{Duration, Instant};

use sheaf_e2e::eventually;
use sheaf_e2e::lab::{Home, Lab, Mapping};

use crate::pair::{DIRECT, Device, RELAYED, Room};

/// How long a cable is out: longer than it takes to be given up. `SHEAF_LAB_OUTAGE` says another number of seconds; the soak takes 60.
fn outage() -> Duration {
    let named = std::env::var("SHEAF_LAB_OUTAGE").ok();
    Duration::from_secs(named.map_or(15, |seconds| seconds.parse().expect("SHEAF_LAB_OUTAGE is a number of seconds")))
}

/// How often iroh asks its relay whether it is there.
const RELAY_PING: Duration = Duration::from_secs(15);

/// Ada and Ben at home, directly connected.
fn connected(lab: &Lab, homes: &[Home; 2]) -> Room {
    let room = Room::open(vec![Device::start(lab.person("Ada"), homes[0].machine()), Device::start(lab.person("Ben"), homes[1].machine())]);
    room.converges("before");
    room.path_becomes(DIRECT);
    room
}

fn homes(lab: &Lab) -> [Home; 2] {
    [lab.home(Mapping::OneForAll), lab.home(Mapping::OneForAll)]
}

/// Both write while Ben has no internet, for whatever reason, and both know it.
fn an_outage(begin: impl FnOnce(&Device, &Home), end: impl FnOnce(&Device, &Home)) {
    let Some(lab) = Lab::here() else { return };
    let (homes, _relay) = (homes(&lab), lab.relay());
    let room = connected(&lab, &homes);
    let (ada, ben) = (&room.devices[0], &room.devices[1]);

    begin(ben, &homes[1]);
    let began = Instant::now();
    ada.person.add(&room.document, "Ada, into the silence.");
    ben.person.add(&room.document, "Ben, on his own.");
    eventually("Ben to say that he reaches nobody", || ben.doctor("node").contains("Nobody can be reached").then_some(()));
    let noticed = began.elapsed();
    println!("after {noticed:?} Ben says: {}", ben.doctor("node"));
    // Three seconds after it began to fail, and well before iroh asks its relay again.
    assert!(noticed > Duration::from_secs(3) && noticed < RELAY_PING, "told after {noticed:?}");
    eventually("Ada to say that Ben is away", || ada.doctor("device").contains("is not connected").then_some(()));
    println!("after {:?} Ada says: {}", began.elapsed(), ada.doctor("device"));
    thread::sleep(outage().saturating_sub(began.elapsed()));
    println!("down for {:?}", began.elapsed());

    end(ben, &homes[1]);
    room.converges("after the outage");
    room.have(&["Ada, into the silence.".into(), "Ben, on his own.".into()]);
    room.path_becomes(DIRECT);
    room.is_lived_through_again();
}

#[test]
fn after_a_cable_was_out_everything_written_meanwhile_arrives() {
    an_outage(|ben, home| ben.machine.pull(home, true), |ben, home| ben.machine.pull(home, false));
}

#[test]
fn after_an_outage_that_no_machine_is_told_of_everything_written_meanwhile_arrives() {
    an_outage(|_, home| home.cut_off(true), |_, home| home.cut_off(false));
}

#[test]
fn a_router_that_gives_another_address_interrupts_nobody_for_long() {
    let Some(lab) = Lab::here() else { return };
    let (homes, _relay) = (homes(&lab), lab.relay());
    let room = connected(&lab, &homes);
    room.devices[1].machine.change_address(&homes[1]);
    room.converges("after the address changed");
    room.path_becomes(DIRECT);
}

#[test]
fn a_machine_that_is_carried_to_another_network_goes_on_there() {
    let Some(lab) = Lab::here() else { return };
    let (homes, _relay) = (homes(&lab), lab.relay());
    let room = connected(&lab, &homes);
    let train = lab.home(Mapping::PerDestination);
    room.devices[1].machine.move_to(&train);
    room.converges("on the train");
    room.path_becomes(RELAYED);
    room.devices[1].machine.move_to(&homes[1]);
    room.converges("at home again");
    room.path_becomes(DIRECT);
}

#[test]
fn a_relay_that_starts_again_is_found_again_and_who_is_direct_does_not_need_it() {
    let Some(lab) = Lab::here() else { return };
    let (homes, relay) = (homes(&lab), lab.relay());
    let room = connected(&lab, &homes);
    drop(relay);
    room.converges("without a relay");
    room.path_becomes(DIRECT);
    let words = "The relay does not answer.";
    eventually("Ada to say that the relay is gone", || room.devices[0].doctor("relay").starts_with(words).then_some(()));

    // Now nothing but the relay connects them.
    let relay = lab.relay();
    homes[1].block_udp(true);
    room.path_becomes(RELAYED);
    room.converges("by a relay that has started again");
    drop(relay);
    thread::sleep(Duration::from_secs(2));
    let _relay = lab.relay();
    room.converges("by a relay that started again under their hands");
    room.path_becomes(RELAYED);
}

#[test]
fn without_a_relay_who_can_dial_comes_back_from_wherever_they_are() {
    let Some(lab) = Lab::here() else { return };
    let (home, train) = (lab.home(Mapping::OneForAll), lab.home(Mapping::PerDestination));
    let (ada, ben) = (lab.person_without_relay("Ada"), lab.person_without_relay("Ben"));
    let room = Room::open(vec![Device::start(ada, lab.server()), Device::start(ben, home.machine())]);
    room.converges("by an address in an invitation");
    room.path_becomes(DIRECT);
    let ben = &room.devices[1];
    ben.machine.change_address(&home);
    room.converges("after the address changed");
    ben.machine.move_to(&train);
    room.converges("on the train");
    room.path_becomes(DIRECT);
}
