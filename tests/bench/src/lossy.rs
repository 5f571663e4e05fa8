//! A key and its answer over a line that loses packets, direct and relayed.
//!
//! Ada and Ben sit behind routers of their own in the network laboratory (`sheaf_e2e::lab`); Ben's line is the one that loses. Relayed: his
//! router lets no UDP through, so that everything goes over TCP and TLS by a relay on the laboratory's internet.

use std::thread;
use std::time::{Duration, Instant};

use sheaf_e2e::eventually;
use sheaf_e2e::lab::{Lab, Mapping, Weather};

use crate::Outcome;
use crate::times::Times;
use crate::typist::Typist;
use crate::writers::milliseconds;

/// A line across a continent.
const ROUND_TRIP: Duration = Duration::from_millis(40);

/// Packets of a hundred that are lost, in either direction.
const LOSSES: [u32; 3] = [0, 2, 10];

/// Keys that count, each with its answer.
const KEYS: usize = 150;

/// Between an answer and the next key.
const PAUSE: Duration = Duration::from_millis(60);

pub(crate) fn measure() -> Outcome {
    let Some(lab) = Lab::here() else { return Ok(()) };
    let _relay = lab.relay();
    println!(
        "a key at Ada's until Ben sees it, then his answer until she does; durable on both; their line takes {ROUND_TRIP:?} there and back"
    );
    ["direct", "relayed"].into_iter().try_for_each(|path| over(&lab, path))
}

fn over(lab: &Lab, path: &str) -> Outcome {
    let homes = [lab.home(Mapping::OneForAll), lab.home(Mapping::OneForAll)];
    homes[1].block_udp(path == "relayed");
    let machine = homes[0].machine();
    let (far, line) = homes[1].machine_on_a_line(Weather::of(0, ROUND_TRIP));
    let (ada, ben) = (lab.person("Ada"), lab.person("Ben"));
    let (_ada_up, _ben_up) = (machine.up(&ada), far.up(&ben));
    let document = ada.done(["new", "Room"]);
    ben.done(["join", &ada.done(["share", &document])]);
    eventually("the path", || (ada.status(&document)["devices"][0]["path"] == path).then_some(()));
    let (mut left, mut right) = (Typist::sit(ada.home(), &document)?, Typist::sit(ben.home(), &document)?);
    for loss in LOSSES {
        line.weather(Weather::of(loss, ROUND_TRIP));
        thread::sleep(Duration::from_secs(2));
        let (mut there, mut back): (Vec<f64>, Vec<f64>) = Default::default();
        for _ in 0..KEYS {
            thread::sleep(PAUSE);
            let (one_way, whole) = there_and_back(&mut left, &mut right)?;
            there.push(one_way);
            back.push(whole);
        }
        let now = ada.status(&document)["devices"][0]["path"].as_str().unwrap_or("none").to_owned();
        println!("{path}, {loss} % lost (at the end: {now}):");
        Times::of(there).print("a key until it is shown at the other's", None);
        Times::of(back).print("a key until its answer is shown", None);
    }
    Ok(())
}

fn there_and_back(left: &mut Typist, right: &mut Typist) -> Outcome<(f64, f64)> {
    let (word, typed) = left.type_word()?;
    let there: Instant = right.until_shown(&word)?;
    let (answer, _) = right.type_word()?;
    let back = left.until_shown(&answer)?;
    Ok((milliseconds(typed, there), milliseconds(typed, back)))
}
