//! "Who has this?" of a paragraph: nobody is said to have it whose receipt does not cover the last record that touched it.

use std::time::Duration;

use sheaf_document::{DeviceState, Holding, Holds, Refused};
use sheaf_schema::Delta;

use crate::{shell::World, view::insert};

const SECOND: Duration = Duration::from_secs(1);

/// Asks `who` about the line that begins with these words.
fn ask(world: &mut World, who: usize, words: &str) -> Holding {
    let text = world.text(who);
    let offset = text.find(words).unwrap_or_else(|| panic!("{words:?} is not in {text:?}"));
    let version = world.document(who).body().expect("it is open").version;
    let job = world.document(who).ask_who_has(version, offset).expect("there is such a line");
    let hydration = world.devices[who].disk.hydration(true);
    world.devices[who].document.as_mut().expect("it runs").who_has(job, hydration)
}

/// Who has it, in words: "Ben+" has it, "Ben-" not yet, "Ben?" has never said anything.
fn holders(world: &mut World, who: usize, words: &str) -> String {
    let mark = |holds: &Holds| match holds {
        Holds::Yes { .. } => "+",
        Holds::NotYet => "-",
        Holds::Unknown => "?",
        Holds::Refused { .. } => "!",
    };
    let holding = ask(world, who, words);
    let named = holding.devices.iter().map(|holder| format!("{}{}", holder.person, mark(&holder.holds)));
    let mut named: Vec<String> = named.collect();
    named.sort();
    named.join(" ")
}

/// Puts `edit` into the text of `who` as it is.
fn edit(world: &mut World, who: usize, edit: Delta) {
    if !world.devices[who].views.contains_key(&"main".into()) {
        world.open(who, "main");
    }
    world.push(who, "main", edit);
    world.run(who);
}

#[test]
fn a_paragraph_is_with_those_whose_receipts_cover_its_last_change() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.write(0, "Rye.\n");
    world.write(0, "Oats.\n");
    world.pass(SECOND);
    assert_eq!(holders(&mut world, 0, "Rye"), "Ben+ Cleo+");
    assert_eq!(ask(&mut world, 0, "Oats").words, "Oats.");

    // Cleo is away. What Ada writes into one paragraph says nothing about the other.
    world.crash(2);
    edit(&mut world, 0, Delta::new().retain(3).insert(" bread"));
    assert_eq!(holders(&mut world, 0, "Rye"), "Ben- Cleo-", "written, and nobody has said anything yet");
    world.pass(SECOND);
    assert_eq!(holders(&mut world, 0, "Rye"), "Ben+ Cleo-");
    assert_eq!(holders(&mut world, 0, "Oats"), "Ben+ Cleo+");

    // What Ben writes he has; Cleo has neither.
    edit(&mut world, 1, Delta::new().retain(10).insert("Wild "));
    world.pass(SECOND);
    assert_eq!(holders(&mut world, 0, "Wild"), "Ben+ Cleo-");
    assert_eq!(holders(&mut world, 1, "Wild"), "Ada+ Cleo-");
    let ben = world.device_id(1);
    assert_eq!(ask(&mut world, 0, "Wild").last, Some(ben));

    // She comes back, and her receipt with her.
    world.start(2);
    world.link(0, 2);
    world.pass(SECOND);
    assert_eq!(holders(&mut world, 0, "Rye"), "Ben+ Cleo+");
    assert_eq!(holders(&mut world, 0, "Wild"), "Ben+ Cleo+");
}

#[test]
fn words_that_are_gone_and_kinds_and_marks_are_changes_too() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    for line in ["Rye.\n", "Oats.\n", "Barley.\n"] {
        world.write(0, line);
    }
    world.pass(SECOND);
    world.crash(1);
    assert_eq!(holders(&mut world, 0, "Oats"), "Ben+");
    edit(&mut world, 0, Delta::new().retain(6).delete(2));
    assert_eq!(holders(&mut world, 0, "Os."), "Ben-", "a deletion");
    let bold = sheaf_schema::attributes([("bold", true.into())]);
    edit(&mut world, 0, Delta::new().retain_with(2, bold));
    assert_eq!(holders(&mut world, 0, "Rye"), "Ben-", "a mark");
    let heading = sheaf_schema::attributes([("block", "h2".into())]);
    assert_eq!(holders(&mut world, 0, "Barley"), "Ben+");
    edit(&mut world, 0, Delta::new().retain(16).retain_with(1, heading));
    assert_eq!(holders(&mut world, 0, "Barley"), "Ben-", "what kind of line it is");

    // The same after a new start, from what is on disk.
    world.crash(0);
    world.start(0);
    world.open(0, "again");
    for (words, expected) in [("Os.", "Ben-"), ("Barley", "Ben-")] {
        assert_eq!(holders(&mut world, 0, words), expected, "{words}");
    }
    world.start(1);
    world.link(0, 1);
    world.pass(SECOND);
    assert_eq!(holders(&mut world, 0, "Os."), "Ben+");
}

#[test]
fn what_a_restored_backup_has_lost_it_is_not_said_to_have() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Rye.\n");
    world.pass(SECOND);
    let backup = world.devices[1].disk.clone();
    world.write(0, "Oats.\n");
    world.pass(SECOND);
    assert_eq!(holders(&mut world, 0, "Oats"), "Ben+");

    // Ben's receipt goes back with his disk: nothing he gets now reaches him.
    world.crash(1);
    world.devices[1].disk = backup;
    world.start(1);
    world.censor = Box::new(|from, _, frame| from != 0 || !matches!(frame.name(), "records" | "live" | "packed"));
    world.link(0, 1);
    world.pass(2 * SECOND);
    assert_eq!(holders(&mut world, 0, "Oats"), "Ben-");
    assert_eq!(holders(&mut world, 0, "Rye"), "Ben+", "chain by chain, while they are linked");
}

/// The old statement of a device that was put back comes by way of somebody else, after this one has been started anew.
#[test]
fn what_a_restored_backup_has_lost_nobody_says_that_it_has_after_another_start_either() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    let (ada, ben, cleo) = (0, 1, 2);
    world.write(ada, "Rye.\n");
    world.pass(SECOND);
    let backup = world.devices[ben].disk.clone();
    world.write(ada, "Oats.\n");
    world.pass(SECOND);
    [ada, ben, cleo].into_iter().for_each(|who| world.part(who));

    // Ben comes back without the oats, tells Ada what he has, and is gone before she can give him the rest.
    world.crash(ben);
    world.devices[ben].disk = backup;
    world.start(ben);
    world.censor = Box::new(move |from, _, frame| from != ada || !matches!(frame.name(), "records" | "live" | "packed"));
    world.link(ada, ben);
    world.pass(20 * SECOND);
    world.part(ben);
    let of_ben =
        |world: &World| world.document(ada).status().devices.iter().find(|fact| fact.person == "Ben").expect("a member").state.clone();
    assert_eq!(of_ben(&world), DeviceState::Behind { edits: 1 });

    world.crash(ada);
    world.start(ada);
    assert_eq!(of_ben(&world), DeviceState::Behind { edits: 1 });
    world.censor = Box::new(|_, _, _| true);
    world.link(ada, cleo);
    world.pass(SECOND);
    assert_eq!(of_ben(&world), DeviceState::Behind { edits: 1 }, "Cleo knows him as he was before");
}

#[test]
fn whoever_wrote_the_last_change_has_it_though_only_a_third_one_brought_it() {
    let mut world = World::sharing(&["Ada", "Ben", "Cleo"]);
    world.write(0, "Rye.\n");
    world.write(0, "Oats.\n");
    world.pass(SECOND);
    world.part(1);
    world.link(1, 2);
    world.pass(SECOND);
    edit(&mut world, 1, Delta::new().retain(3).insert(" bread"));
    edit(&mut world, 0, Delta::new().retain(8).insert("!"));
    world.pass(SECOND);
    assert_eq!(world.agree(), "Rye bread.\nOat!s.\n");
    assert_eq!(holders(&mut world, 0, "Rye"), "Ben+ Cleo+", "his own words are proof enough");
    assert_eq!(holders(&mut world, 0, "Oat!s"), "Ben- Cleo+", "that he has Ada's he has told Cleo alone");
}

#[test]
fn who_is_new_has_said_nothing_and_nothing_is_no_paragraph() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Rye.\n");
    world.pass(SECOND);
    let version = world.document(0).body().expect("it is open").version;
    let beyond = world.document(0).ask_who_has(version, 6).map(|_| ());
    assert!(matches!(beyond, Err(Refused::Malformed(_))), "{beyond:?}");
    let future = world.document(0).ask_who_has(version + 1, 0).map(|_| ());
    assert!(matches!(future, Err(Refused::TooOld { .. })), "{future:?}");
    edit(&mut world, 0, insert(5, "Oats.", "oats"));
    assert_eq!(holders(&mut world, 0, "Oats"), "Ben-", "behind the last newline");
}
