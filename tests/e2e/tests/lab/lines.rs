//! A line between Ben's machine and his router that loses packets and takes its time.

use std::time::Duration;

use sheaf_e2e::lab::{Lab, Mapping, Weather};

use crate::pair::{DIRECT, Device, Room};

/// A round trip over half the world and a bad radio.
const ROUND_TRIP: Duration = Duration::from_millis(300);

/// What each of the two writes: enough that something of it is lost.
const LINES: u32 = 6;

/// Both write by a line that loses so many percent.
fn writing_over_a_line_that_loses(percent: u32) {
    let Some(lab) = Lab::here() else { return };
    let homes = [lab.home(Mapping::OneForAll), lab.home(Mapping::OneForAll)];
    let _relay = lab.relay();
    let (machine, line) = homes[1].machine_on_a_line(Weather::CLEAR);
    let room = Room::open(vec![Device::start(lab.person("Ada"), homes[0].machine()), Device::start(lab.person("Ben"), machine)]);
    room.converges("in clear weather");
    room.path_becomes(DIRECT);
    line.weather(Weather::of(percent, ROUND_TRIP));
    for _ in 0..LINES {
        let took = room.converges(&format!("{percent} % lost, {ROUND_TRIP:?} there and back"));
        assert!(took >= ROUND_TRIP / 2, "the line is as slow as it should be: {took:?}");
    }
    room.is_lived_through_again();
}

#[test]
fn one_packet_in_a_hundred_is_lost() {
    writing_over_a_line_that_loses(1);
}

#[test]
fn one_packet_in_twenty_is_lost() {
    writing_over_a_line_that_loses(5);
}

#[test]
fn one_packet_in_four_is_lost() {
    writing_over_a_line_that_loses(25);
}
