//! Three devices that write, part, meet, crash and start at random; in the end all hold and show the same. (The big world is tests/sim.)

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_document::ViewId;
use sheaf_schema::{Delta, attributes, utf16};

use crate::{shell::World, view::insert};

#[test]
fn whatever_happens_they_agree() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = number("SEED").map_or(0..number("SEEDS").unwrap_or(60), |seed| seed..seed + 1);
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| story(seed));
        assert!(outcome.is_ok(), "again with: SEED={seed} cargo nextest run -p sheaf-document whatever_happens");
    }
}

fn story(seed: u64) {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    for step in 0..150 {
        let who = chance.random_range(0..3);
        match chance.random_range(0..100) {
            0..60 => write(&mut world, who, step, &mut chance),
            60..80 => {
                world.run(who);
            }
            80..88 => world.pass(Duration::from_millis(chance.random_range(1..3000))),
            88..93 => {
                let other = (who + 1) % 3;
                if world.devices[who].document.is_some() && world.devices[other].document.is_some() && !world.are_linked(who, other) {
                    world.link(who, other);
                }
            }
            93..97 => world.part(who),
            97..99 => {
                // A crash while a suspect is tried alone counts against it, and twice is once too often.
                if world.devices[who].document.as_ref().is_some_and(|document| !document.is_trying()) {
                    world.crash(who);
                }
            }
            _ => world.settle(),
        }
        if world.devices[who].document.is_none() && chance.random_bool(0.5) {
            world.start(who);
        }
    }
    for who in 0..3 {
        if world.devices[who].document.is_none() {
            world.start(who);
        }
        world.part(who);
    }
    world.settle();
    for (left, right) in [(0, 1), (1, 2), (2, 0)] {
        world.link(left, right);
    }
    world.pass(Duration::from_secs(10));
    world.agree();
}

/// One edit in the device's view, if it is ready for one.
fn write(world: &mut World, who: usize, step: usize, chance: &mut ChaCha8Rng) {
    if world.devices[who].document.is_none() {
        return;
    }
    let main = ViewId::from("main");
    if !world.devices[who].views.contains_key(&main) {
        return world.open(who, "main");
    }
    let view = &world.devices[who].views[&main];
    if !view.open || !view.is_settled() {
        return;
    }
    let text = view.plain();
    let length = utf16::length(&text);
    let mut at = chance.random_range(0..=length);
    while matches!(utf16::find(&text, at), utf16::Place::InPair(_)) {
        at -= 1;
    }
    let mut until = chance.random_range(at..=length.min(at + 6));
    while matches!(utf16::find(&text, until), utf16::Place::InPair(_)) {
        until += 1;
    }
    let delta = match chance.random_range(0..10) {
        0..5 => insert(at, ["word ", "é𝄞 ", "x", "Ω\n", "line\n"][chance.random_range(0..5)], &format!("{who}-{step}-")),
        5..7 if until > at => Delta::new().retain(at).delete(until - at),
        7..9 if until > at => Delta::new().retain(at).retain_with(until - at, attributes([("bold", true.into())])),
        _ => insert(length, "end\n", &format!("{who}-{step}-")),
    };
    world.push(who, "main", delta);
}
