//! Merge review: lines that were changed on both sides while they were apart are listed, each with what either side had; and writing together,
//! however fast and however slow the wire, lists nothing.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_document::{Input, Review, ReviewedLine, ViewId, Wording};
use sheaf_schema::{BLOCK, Delta, attributes, utf16};

use crate::{shell::World, view::insert};

const SECOND: Duration = Duration::from_secs(1);
/// Long enough for what was written to have been written apart.
const LONG: Duration = Duration::from_secs(60);
const LINES: [&str; 4] = ["Heron\n", "Crane\n", "Stork\n", "Ibis\n"];

/// People who have a view each, and a text of four lines.
fn together(names: &[&str]) -> World {
    let mut world = World::sharing(names);
    LINES.iter().for_each(|line| world.write(0, line));
    for who in 1..names.len() {
        world.open(who, "main");
    }
    world.pass(SECOND);
    world
}

/// Nobody is linked with anybody.
fn part_all(world: &mut World) {
    (0..world.devices.len()).for_each(|who| world.part(who));
    world.settle();
}

/// Everybody is linked with everybody, long after they wrote.
fn meet(world: &mut World) {
    world.pass(LONG);
    for right in 1..world.devices.len() {
        (0..right).for_each(|left| world.link(left, right));
    }
    world.pass(LONG);
    world.agree();
}

fn push(world: &mut World, who: usize, delta: Delta) {
    world.push(who, "main", delta);
    world.run(who);
}

/// Where a line begins on somebody's screen.
fn start(world: &World, who: usize, line: usize) -> usize {
    world.view(who, "main").text.lines().nth(line).expect("there is such a line").start
}

/// The id of a line on somebody's screen.
fn id(world: &World, who: usize, line: usize) -> String {
    world.view(who, "main").text.lines().nth(line).and_then(|line| line.id().map(str::to_owned)).expect("it has one")
}

fn words(wording: Option<&Wording>) -> String {
    let words = |wording: &Wording| {
        let block = wording.block.as_deref().map(|block| format!("{block}:")).unwrap_or_default();
        format!("{block}{}", wording.content.text())
    };
    wording.map_or("(removed)".into(), words)
}

/// What a device lists: each line as mine | theirs by whom.
fn listed(world: &World, who: usize) -> Vec<String> {
    let name = |device| {
        let at = (0..world.devices.len()).find(|other| world.device_id(*other) == device).expect("a device of this world");
        world.devices[at].name.clone()
    };
    let line = |line: &ReviewedLine| {
        let their = |theirs: &sheaf_document::Theirs| {
            let names: Vec<String> = theirs.devices.iter().map(|device| name(*device)).collect();
            format!("{} by {}", words(theirs.wording.as_ref()), names.join("+"))
        };
        format!("{} | {}", words(line.mine.as_ref()), line.theirs.iter().map(their).collect::<Vec<_>>().join(" | "))
    };
    let reviews: &[Review] = &world.devices[who].reviews;
    let mut lines: Vec<String> = reviews.iter().flat_map(|review| review.lines.iter().map(line)).collect();
    lines.iter_mut().for_each(sort_sides);
    lines
}

/// Sides stand in the order of their devices' ids, which say nothing to a reader.
fn sort_sides(line: &mut String) {
    let mut parts: Vec<&str> = line.split(" | ").collect();
    parts[1..].sort_unstable();
    *line = parts.join(" | ");
}

#[test]
fn a_line_that_both_changed_is_listed_with_what_either_had() {
    let mut world = together(&["Ada", "Ben"]);
    part_all(&mut world);
    let crane = start(&world, 0, 1);
    push(&mut world, 0, insert(crane + 5, " of Ada", "a"));
    push(&mut world, 0, insert(0, "Grey ", "b"));
    push(&mut world, 1, insert(crane, "Old ", "c"));
    push(&mut world, 1, insert(crane + 9, ", and Ben's", "d"));
    let stork = start(&world, 1, 2);
    push(&mut world, 1, insert(stork, "White ", "e"));
    let line = id(&world, 0, 1);
    meet(&mut world);
    // Where both write at one spot the order is the CRDT's; either way all words are there.
    assert!(world.text(0).contains("Old Crane"));
    assert_eq!(listed(&world, 0), ["Crane of Ada | Old Crane, and Ben's by Ben"]);
    assert_eq!(listed(&world, 1), ["Old Crane, and Ben's | Crane of Ada by Ada"]);
    let reviewed = &world.devices[0].reviews[0].lines[0];
    assert_eq!((reviewed.line.clone(), reviewed.after.clone()), (line, Some(id(&world, 0, 0))));

    // It is over: what follows is written together.
    push(&mut world, 0, insert(0, "x", "f"));
    push(&mut world, 1, insert(1, "y", "g"));
    world.pass(LONG);
    assert_eq!((world.devices[0].reviews.len(), world.devices[1].reviews.len()), (1, 1));
}

#[test]
fn what_was_removed_or_only_made_something_else_counts_too() {
    let mut world = together(&["Ada", "Ben"]);
    part_all(&mut world);
    let kind = |at: usize, block: &str| Delta::new().retain(at).retain_with(1, attributes([(BLOCK, block.into())]));
    // Both make a heading of the first line, of two kinds. Ada removes the second, in which Ben writes. Ben removes the third, and Ada
    // writes in it. Both make the same of the fourth.
    push(&mut world, 0, kind(5, "h1"));
    push(&mut world, 1, kind(5, "h2"));
    let ibis = start(&world, 0, 3);
    push(&mut world, 0, insert(ibis, "An ", "a"));
    push(&mut world, 1, insert(ibis, "An ", "b"));
    let stork = start(&world, 0, 2);
    push(&mut world, 0, insert(stork, "Ada's ", "c"));
    push(&mut world, 1, Delta::new().retain(stork).delete("Stork\n".len()));
    let crane = start(&world, 0, 1);
    push(&mut world, 0, Delta::new().retain(crane).delete("Crane\n".len()));
    push(&mut world, 1, insert(crane, "Ben's ", "d"));
    meet(&mut world);
    let ada = ["h1:Heron | h2:Heron by Ben", "(removed) | Ben's Crane by Ben", "Ada's Stork | (removed) by Ben"];
    assert_eq!(listed(&world, 0), ada);
    let ben = ["h2:Heron | h1:Heron by Ada", "Ben's Crane | (removed) by Ada", "(removed) | Ada's Stork by Ada"];
    assert_eq!(listed(&world, 1), ben);
    assert_eq!(world.devices[0].reviews[0].lines[1].after, Some(id(&world, 0, 0)), "where it would go");
}

#[test]
fn of_three_each_sees_what_the_others_had_and_only_where_they_wrote_themselves() {
    let mut world = together(&["Ada", "Ben", "Cleo"]);
    part_all(&mut world);
    // Ada and Ben are together, Cleo is alone; then Ben goes away as well.
    world.link(0, 1);
    world.pass(SECOND);
    let crane = start(&world, 0, 1);
    push(&mut world, 0, insert(crane, "Ada's ", "a"));
    world.pass(SECOND);
    let stork = start(&world, 0, 2);
    push(&mut world, 1, insert(stork, "Ben's ", "b"));
    world.pass(SECOND);
    let (crane, stork) = (start(&world, 2, 1), start(&world, 2, 2));
    push(&mut world, 2, insert(stork, "Cleo's ", "c"));
    push(&mut world, 2, insert(crane, "Cleo's ", "d"));
    meet_pairs(&mut world, &[(0, 2), (1, 2)]);
    assert_eq!(listed(&world, 0), ["Ada's Crane | Cleo's Crane by Cleo"], "where Ben wrote is Ben's to look at");
    assert_eq!(listed(&world, 1), ["Ben's Stork | Cleo's Stork by Cleo"]);
    assert_eq!(listed(&world, 2), ["Cleo's Crane | Ada's Crane by Ada", "Cleo's Stork | Ben's Stork by Ben"]);

    // All three alone, in one line.
    world.devices.iter_mut().for_each(|device| device.reviews.clear());
    part_all(&mut world);
    for (who, name) in ["A", "B", "C"].iter().enumerate() {
        push(&mut world, who, insert(0, name, "e"));
    }
    meet(&mut world);
    assert_eq!(listed(&world, 0), ["AHeron | BHeron by Ben | CHeron by Cleo"]);
    assert_eq!(listed(&world, 1), ["BHeron | AHeron by Ada | CHeron by Cleo"]);
    assert_eq!(listed(&world, 2), ["CHeron | AHeron by Ada | BHeron by Ben"]);
}

fn meet_pairs(world: &mut World, pairs: &[(usize, usize)]) {
    world.pass(LONG);
    pairs.iter().for_each(|(left, right)| world.link(*left, *right));
    world.pass(LONG);
    world.agree();
}

#[test]
fn it_is_listed_too_when_nobody_had_the_document_open_or_the_program_was_restarted() {
    for restarted in [false, true] {
        let mut world = together(&["Ada", "Ben"]);
        part_all(&mut world);
        push(&mut world, 0, insert(0, "Ada's ", "a"));
        push(&mut world, 1, insert(0, "Ben's ", "b"));
        world.pass(4 * SECOND);
        if restarted {
            world.close(0);
            world.start(0);
        } else {
            world.input(0, Input::Close { view: "main".into() });
            world.devices[0].views.clear();
        }
        world.pass(2 * LONG);
        world.link(0, 1);
        world.pass(LONG);
        assert_eq!(listed(&world, 0), [""; 0], "the body is not open");
        world.open(0, "main");
        world.pass(LONG);
        assert_eq!(listed(&world, 0), ["Ada's Heron | Ben's Heron by Ben"], "restarted: {restarted}");
        world.close(0);
        world.start(0);
        world.open(0, "main");
        world.pass(LONG);
        assert_eq!(world.devices[0].reviews.len(), 1, "once");
        world.agree();
    }
}

#[test]
fn writing_in_one_line_together_lists_nothing_however_long_it_takes_the_wire() {
    for seed in 0..20 {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut world = together(&["Ada", "Ben", "Cleo"]);
        for step in 0..60 {
            let who = chance.random_range(0..3);
            let length = world.view(who, "main").text.length();
            if world.view(who, "main").is_settled() {
                push(&mut world, who, insert(chance.random_range(0..length.min(5)), "x", &format!("{who}-{step}")));
            }
            match chance.random_range(0..10) {
                // The wire is still for a while, or breaks and is mended.
                0 => world.now += Duration::from_millis(chance.random_range(0..2500)),
                1 => {
                    part_all(&mut world);
                    world.pass(Duration::from_millis(chance.random_range(0..2500)));
                    [(0, 1), (0, 2), (1, 2)].into_iter().for_each(|(left, right)| world.link(left, right));
                    world.pass(SECOND);
                }
                _ => world.pass(Duration::from_millis(chance.random_range(0..500))),
            }
        }
        world.pass(LONG);
        world.agree();
        (0..3).for_each(|who| assert_eq!(listed(&world, who), [""; 0], "SEED {seed}"));
    }
}

/// The lines of a text, by id.
fn wordings(text: &Delta) -> Vec<(String, Wording)> {
    let mut end = Wording { content: Delta::new(), block: None };
    let mut lines = Vec::new();
    for line in text.lines() {
        let block = Some(line.block().to_owned()).filter(|block| !block.is_empty());
        match line.id() {
            Some(id) => lines.push((id.to_owned(), Wording { content: line.content, block })),
            None => end = Wording { content: line.content, block: None },
        }
    }
    lines.push(("end".into(), end));
    lines
}

/// An edit of any kind.
fn edit(world: &World, who: usize, step: usize, chance: &mut ChaCha8Rng) -> Delta {
    let text = world.devices[who].views[&ViewId::from("main")].plain();
    let length = utf16::length(&text);
    let at = chance.random_range(0..=length);
    let until = chance.random_range(at..=length.min(at + 7));
    match chance.random_range(0..10) {
        4..6 if until > at => Delta::new().retain(at).delete(until - at),
        6 if until > at => Delta::new().retain(at).retain_with(until - at, attributes([("bold", true.into())])),
        7..9 if text.contains('\n') => {
            let newlines: Vec<usize> = text.match_indices('\n').map(|(byte, _)| utf16::length(&text[..byte])).collect();
            Delta::new().retain(newlines[at % newlines.len()]).retain_with(1, attributes([(BLOCK, ["h1", "h2"][step % 2].into())]))
        }
        _ => insert(at, ["word ", "x", "Ω\n", "line\n"][chance.random_range(0..4)], &format!("{who}-{step}-")),
    }
}

#[test]
fn what_is_listed_is_what_both_screens_showed() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = number("SEED").map_or(0..number("SEEDS").unwrap_or(60), |seed| seed..seed + 1);
    let mut lines = 0;
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| apart(seed));
        lines += outcome.unwrap_or_else(|_| panic!("again with: SEED={seed} cargo nextest run -p sheaf-document what_is_listed"));
    }
    assert!(lines > 0, "nobody ever changed what another changed");
}

/// Two write apart at random, and meet. Says how many lines were listed.
fn apart(seed: u64) -> usize {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut world = together(&["Ada", "Ben"]);
    part_all(&mut world);
    let base = world.body(0);
    for step in 0..chance.random_range(2..30) {
        let who = chance.random_range(0..2);
        let delta = edit(&world, who, step, &mut chance);
        push(&mut world, who, delta);
        world.pass(Duration::from_millis(chance.random_range(0..5000)));
    }
    let texts = [world.body(0), world.body(1)];
    meet(&mut world);
    let sides = texts.each_ref().map(wordings);
    let find = |who: usize, id: &str| sides[who].iter().find(|(line, _)| line == id).map(|(_, wording)| wording.clone());
    let mut expected: Vec<_> = wordings(&base).into_iter().map(|(id, before)| (find(0, &id), find(1, &id), Some(before), id)).collect();
    expected.retain(|(ada, ben, before, _)| ada != before && ben != before && ada != ben);
    for who in [0, 1] {
        let reviews = &world.devices[who].reviews;
        let lines = || reviews.iter().flat_map(|review| &review.lines);
        assert_eq!(lines().count(), expected.len(), "{} lists {:#?}\nand not {expected:#?}", world.devices[who].name, reviews);
        for (ada, ben, _, id) in &expected {
            let line = lines().find(|line| line.line == *id).expect("it is listed");
            let (mine, theirs) = if who == 0 { (ada, ben) } else { (ben, ada) };
            assert_eq!((&line.mine, &line.theirs[0].wording, line.theirs.len()), (mine, theirs, 1), "{id}");
            assert_eq!(line.theirs[0].devices, [world.device_id(1 - who)]);
        }
    }
    expected.len()
}
