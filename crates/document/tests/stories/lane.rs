//! The text lane: one gapless sequence per view, pushes transformed in the core, nothing applied twice; and cursors beside it.

use std::time::Duration;

use sheaf_document::{Answer, Input, Item, Output, Present, Push, Refused, Selection, ViewId};
use sheaf_schema::{Delta, attributes};

use crate::{shell::World, view::insert};

const SECOND: Duration = Duration::from_secs(1);

fn answers(world: &World, view: &str) -> Vec<(u64, Result<u64, Refused>)> {
    let of_view = |answer: &Answer| match answer {
        Answer::Pushed { view: id, number, result } if *id == ViewId::from(view) => Some((*number, result.clone())),
        _ => None,
    };
    world.devices[0].answers.iter().filter_map(of_view).collect()
}

/// Ada alone with a text, and views open.
fn alone(views: &[&str]) -> World {
    let mut world = World::new();
    world.device("Ada");
    world.create(0, "Notes");
    world.ask(0, |request| Input::Edit { request, base: None, delta: insert(0, "One two three\n", "a") }).expect("she is the owner");
    for view in views {
        world.open(0, view);
    }
    world
}

#[test]
fn two_views_push_at_once_and_see_each_other() {
    let mut world = alone(&["left", "right"]);
    // Both have version 1 on screen; neither is told that it was too slow.
    world.push(0, "left", insert(0, "L ", "l"));
    world.push(0, "right", insert(13, " R", "r"));
    world.settle();
    assert_eq!(world.view(0, "left").plain(), "L One two three R\n");
    assert_eq!(world.view(0, "right").plain(), "L One two three R\n");
    assert_eq!(answers(&world, "left"), [(1, Ok(2))]);
    assert_eq!(answers(&world, "right"), [(1, Ok(3))]);
    world.agree();
}

#[test]
fn who_types_at_the_same_place_as_others_stays_together() {
    let mut world = alone(&["left", "right"]);
    for _ in 0..6 {
        // Each types a letter where it stopped typing, not having booked the other's latest.
        let place = |world: &World, view: &str, letter: char| world.view(0, view).plain().rfind(letter).map_or(0, |at| at + 1);
        let (left, right) = (place(&world, "left", 'l'), place(&world, "right", 'r'));
        world.push(0, "left", insert(left, "l", "l"));
        world.push(0, "right", insert(right, "r", "r"));
        world.settle();
    }
    let text = world.agree();
    assert!(text.contains("llllll") && text.contains("rrrrrr"), "{text}");
}

#[test]
fn a_push_that_comes_twice_is_answered_twice_and_applied_once() {
    let mut world = alone(&["main"]);
    world.push(0, "main", insert(0, "Once. ", "o"));
    world.settle();
    let again = Push { view: "main".into(), number: 1, version: 1, delta: insert(0, "Once. ", "o"), undoes: None };
    for _ in 0..3 {
        world.input(0, Input::Push(again.clone()));
        world.settle();
    }
    assert_eq!(answers(&world, "main"), [(1, Ok(2)), (1, Ok(2)), (1, Ok(2)), (1, Ok(2))]);
    assert_eq!(world.agree(), "Once. One two three\n");
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut world = alone(&["main"]);
    world.ask(0, |request| Input::Edit { request, base: None, delta: insert(0, "𝄞", "a") }).expect("it fits");
    world.settle();
    let text = world.agree();
    let number = std::cell::Cell::new(10);
    let push = |world: &mut World, version: u64, delta: Delta| {
        number.set(number.get() + 1);
        world.input(0, Input::Push(Push { view: "main".into(), number: number.get(), version, delta, undoes: None }));
        world.settle();
        answers(world, "main").pop().expect("every push is answered").1
    };
    let version = world.view(0, "main").version;
    let beyond = push(&mut world, version, insert(100, "x", "x"));
    assert!(matches!(beyond, Err(Refused::Malformed(_))), "{beyond:?}");
    let split = push(&mut world, version, insert(1, "x", "x"));
    assert!(matches!(split, Err(Refused::Malformed(_))), "{split:?}");
    let carriage = push(&mut world, version, Delta::new().insert("a\r\nb"));
    assert!(matches!(carriage, Err(Refused::Malformed(_))), "{carriage:?}");
    let future = push(&mut world, version + 5, insert(0, "x", "x"));
    assert_eq!(future, Err(Refused::TooOld { version: version + 5 }));
    let stranger = Push { view: "nobody".into(), number: 1, version, delta: insert(0, "x", "x"), undoes: None };
    world.input(0, Input::Push(stranger));
    world.settle();
    assert_eq!(answers(&world, "nobody"), [(1, Err(Refused::NotOpen))]);
    assert_eq!(world.text(0), text);
}

#[test]
fn a_base_beyond_the_ring_is_answered_by_a_reset() {
    let mut world = alone(&["slow", "fast"]);
    for line in 0..300 {
        world.push(0, "fast", insert(0, &format!("{line} "), "f"));
        world.settle();
    }
    let late = Push { view: "slow".into(), number: 1, version: 1, delta: insert(0, "late", "s"), undoes: None };
    world.input(0, Input::Push(late));
    world.settle();
    assert_eq!(answers(&world, "slow"), [(1, Err(Refused::TooOld { version: 1 }))]);
    assert_eq!(world.view(0, "slow").resets, 1);
    world.agree();
}

#[test]
fn a_view_that_confirms_nothing_falls_behind_and_begins_anew() {
    let mut world = alone(&["busy"]);
    // A view that is opened by hand and never confirms.
    let now = world.moment();
    let document = world.devices[0].document.as_mut().expect("it runs");
    document.handle(Input::Open { view: "deaf".into() }, now);
    document.take_turn();
    document.apply_written();
    let mut heard = deaf(document.take_outputs());
    assert!(matches!(heard[..], [Item::Opened(_)]));
    for number in 1..=300 {
        let document = world.devices[0].document.as_mut().expect("it runs");
        let version = number;
        document.handle(Input::Push(Push { view: "busy".into(), number, version, delta: insert(0, "x", "x"), undoes: None }), now);
        let turn = document.take_turn();
        world.devices[0].disk.write(&turn.writes);
        let document = world.devices[0].document.as_mut().expect("it runs");
        document.apply_written();
        heard.extend(deaf(document.take_outputs()));
    }
    assert_eq!(heard.len(), 1 + 256, "it is told as much as it may leave unconfirmed");
    let document = world.devices[0].document.as_mut().expect("it runs");
    document.handle(Input::Confirm { view: "deaf".into(), version: 257 }, now);
    document.take_turn();
    document.apply_written();
    let heard = deaf(document.take_outputs());
    assert!(matches!(&heard[..], [Item::Reset { opened, .. }] if opened.version == 301), "{heard:?}");
}

fn deaf(outputs: Vec<Output>) -> Vec<Item> {
    let to_deaf = |output| match output {
        Output::View { view, item } if view == ViewId::from("deaf") => Some(item),
        _ => None,
    };
    outputs.into_iter().filter_map(to_deaf).collect()
}

#[test]
fn a_newline_without_an_id_is_given_one_and_everybody_learns_it() {
    let mut world = alone(&["main", "other"]);
    world.push(0, "main", Delta::new().insert("Bare\n"));
    world.settle();
    let line = world.view(0, "main").text.lines().next().and_then(|line| line.id().map(str::to_owned));
    assert!(line.is_some_and(|line| !line.is_empty()));
    world.push(0, "other", Delta::new().insert_with("\n", attributes([("line", "a0".into())])));
    world.settle();
    assert_eq!(world.view(0, "main").text, world.view(0, "other").text);
    world.agree();
}

#[test]
fn an_edit_from_rust_may_name_the_version_it_was_made_at() {
    let mut world = alone(&["main"]);
    let version = world.view(0, "main").version;
    world.push(0, "main", insert(0, "Typed meanwhile. ", "t"));
    world.settle();
    let edit = Delta::new().retain(4).delete(3).insert("2");
    world.ask(0, |request| Input::Edit { request, base: Some(version), delta: edit }).expect("it is recent");
    world.settle();
    assert_eq!(world.agree(), "Typed meanwhile. One 2 three\n");
}

#[test]
fn cursors_stay_with_their_words_and_go_with_their_people() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "One two three\n");
    world.open(1, "main");
    world.pass(SECOND);
    let typing = std::cell::Cell::new(true);
    let present = |world: &mut World, who: usize, anchor: u32, head: u32| {
        let version = world.view(who, "main").version;
        let selection = Some(Selection { anchor, head });
        world.input(who, Input::Present(Present { view: "main".into(), version, selection, typing: typing.get() }));
    };
    present(&mut world, 1, 4, 7);
    world.pass(SECOND);
    let seen = |world: &World| world.devices[0].cursors[&ViewId::from("main")].clone();
    let cursor = &seen(&world)[0];
    assert_eq!((cursor.name.as_str(), cursor.colour.as_str(), cursor.typing), ("Ben", "teal", true));
    assert_eq!(cursor.selection, Some(Selection { anchor: 4, head: 7 }));

    // Words come in before it: the next time it is told, it is where the words are.
    world.push(0, "main", insert(0, "Zero ", "z"));
    world.settle();
    typing.set(false);
    present(&mut world, 1, 4 + 5, 7 + 5);
    world.pass(SECOND);
    assert_eq!(seen(&world)[0].selection, Some(Selection { anchor: 9, head: 12 }));

    // At most one message in 50 ms, however often it moves.
    let before = world.frames["presence"];
    for head in 0..10 {
        present(&mut world, 1, head, head);
        world.pass(Duration::from_millis(1));
    }
    world.pass(Duration::from_millis(60));
    assert!(world.frames["presence"] - before <= 3, "{}", world.frames["presence"] - before);

    world.input(1, Input::Close { view: "main".into() });
    world.pass(SECOND);
    assert_eq!(seen(&world), []);
    world.devices[1].views.clear();
    world.open(1, "main");
    present(&mut world, 1, 1, 1);
    world.pass(SECOND);
    assert_eq!(seen(&world).len(), 1);
    world.crash(1);
    world.pass(SECOND);
    assert_eq!(seen(&world), [], "gone with the link");
}

#[test]
fn a_cursor_that_was_told_too_early_is_told_again() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(1, "Words.\n");
    world.open(0, "main");
    let present = Present { view: ViewId::from("main"), version: world.view(1, "main").version, selection: None, typing: false };
    world.input(1, Input::Present(present));
    world.pass(SECOND);
    let seen = |world: &World| world.devices[0].cursors[&ViewId::from("main")].len();
    assert_eq!(seen(&world), 1);

    // Another link; what Ben says of himself at once comes before Ada has met him on it. He does not move.
    world.part(1);
    world.settle();
    assert_eq!(seen(&world), 0);
    let mut early = true;
    world.censor = Box::new(move |_, _, frame| frame.name() != "presence" || !std::mem::take(&mut early));
    world.link(0, 1);
    world.pass(SECOND);
    assert_eq!(seen(&world), 1);
}

#[test]
fn a_cursor_beside_words_that_have_not_come_is_told_when_they_have() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(1, "Words.\n");
    world.open(0, "main");
    world.pass(SECOND);

    // Ben writes while there is no link, as he does just before his machine stands still. On the next one he is seen before his words are.
    world.part(1);
    world.settle();
    world.write(1, "Words, more of them.\n");
    let selection = Some(Selection { anchor: 15, head: 15 });
    let present = Present { view: ViewId::from("main"), version: world.view(1, "main").version, selection, typing: false };
    world.input(1, Input::Present(present));
    world.link(0, 1);
    world.pass(SECOND);
    assert!(world.text(0).contains("more of them"));
    assert_eq!(world.devices[0].cursors[&ViewId::from("main")][0].selection, selection, "he does not move");
}

#[test]
fn a_cursor_whose_last_message_was_lost_is_told_again_and_not_for_ever_once_it_is_gone() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(1, "Words.\n");
    world.open(0, "main");
    world.pass(SECOND);
    let lost = std::rc::Rc::new(std::cell::Cell::new(true));
    let losing = lost.clone();
    world.censor = Box::new(move |_, _, frame| frame.name() != "presence" || !losing.get());
    let selection = Some(Selection { anchor: 2, head: 2 });
    let present = Present { view: ViewId::from("main"), version: world.view(1, "main").version, selection, typing: false };
    world.input(1, Input::Present(present));
    world.pass(Duration::from_millis(500));
    lost.set(false);
    let seen = |world: &World| world.devices[0].cursors.get(&ViewId::from("main"))?.first()?.selection;
    assert_eq!(seen(&world), None);
    world.pass(2 * SECOND);
    assert_eq!(seen(&world), selection);

    // He stays where he is: a few messages a minute say so. Who has gone says it twice, and then no more than with the minute's greeting.
    let told = |world: &World| world.frames["presence"];
    let before = told(&world);
    world.pass(60 * SECOND);
    assert!((4..=7).contains(&(told(&world) - before)), "{}", told(&world) - before);
    world.input(1, Input::Close { view: "main".into() });
    world.pass(5 * SECOND);
    let before = told(&world);
    world.pass(300 * SECOND);
    assert!(told(&world) - before <= 5, "{}", told(&world) - before);
}

#[test]
fn who_leaves_is_gone_within_a_second_though_every_datagram_is_lost() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(1, "Words.\n");
    world.open(0, "main");
    let present = Present { view: ViewId::from("main"), version: world.view(1, "main").version, selection: None, typing: false };
    world.input(1, Input::Present(present));
    world.pass(SECOND);
    let seen = |world: &World| world.devices[0].cursors[&ViewId::from("main")].len();
    assert_eq!(seen(&world), 1);

    // Where a quarter of the datagrams is lost both that say that Ben has gone are lost on every sixteenth occasion.
    world.loses_datagrams = true;
    world.input(1, Input::Close { view: "main".into() });
    world.pass(SECOND);
    assert_eq!(seen(&world), 0);
}

#[test]
fn who_leaves_while_their_lane_is_full_is_gone_once_it_is_free() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(1, "Words.\n");
    world.open(0, "main");
    let present = Present { view: ViewId::from("main"), version: world.view(1, "main").version, selection: None, typing: false };
    world.input(1, Input::Present(present));
    world.pass(SECOND);
    let seen = |world: &World| world.devices[0].cursors[&ViewId::from("main")].len();
    let peer = world.peer(1, 0);
    world.input(1, Input::LinkFull { peer });
    world.censor = Box::new(|from, _, _| from != 1);
    world.input(1, Input::Close { view: "main".into() });
    world.pass(2 * SECOND);
    assert_eq!(seen(&world), 1, "what was said found no room");
    world.censor = Box::new(|_, _, _| true);
    world.input(1, Input::LinkFree { peer });
    world.pass(SECOND);
    assert_eq!(seen(&world), 0);
}
