//! What both ends of a conversation call it.

use std::collections::BTreeSet;

use serde_json::Value;
use sheaf_e2e::{Person, eventually};

use crate::together::{device_state, shared, until_has};

/// The ids of sessions in somebody's log that begin or end, by what follows them.
fn logged(person: &Person, event: &str) -> BTreeSet<String> {
    let log = std::fs::read_to_string(person.home().join("logs/sheaf.log")).expect("a node logs into its profile");
    let lines = log.lines().filter(|line| line.contains(event));
    lines.filter_map(|line| Some(line.split_once("session=")?.1.split(' ').next()?.to_owned())).collect()
}

#[test]
fn the_logs_of_both_carry_the_same_id_and_so_does_whatever_is_made_for_looking_closer() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    ada.add(&document, "A line.");
    until_has(&ben, &document, "A line.");

    let session = device_state(&ada, &document, "Ben")["session"].as_str().expect("there is a session").to_owned();
    assert_eq!(session.len(), 32, "128 bits: {session}");
    assert_eq!(device_state(&ben, &document, "Ada")["session"], session, "both ends know it without a word");
    for person in [&ada, &ben] {
        assert!(logged(person, "a session begins").contains(&session), "{session} in the log");
        let file = person.home().join("bundle");
        let file = file.to_str().expect("a path");
        person.done(["diagnose", &document, "--out", file]);
        let played: Value = serde_json::from_str(&person.done(["--json", "replay", file])).expect("one object");
        assert_eq!(played["about"]["sessions"][0][1], session, "{played}");
    }

    // The next conversation is another one.
    ben_up.stop();
    eventually("Ada's log to say that it ended", || logged(&ada, "a session ends").contains(&session).then_some(()));
    assert_eq!(device_state(&ada, &document, "Ben")["session"], Value::Null);
    let _ben_up = ben.up();
    let next = eventually("a new session", || device_state(&ada, &document, "Ben")["session"].as_str().map(str::to_owned));
    assert_ne!(next, session);
    let both = || (device_state(&ben, &document, "Ada")["session"] == next.as_str()).then_some(());
    eventually("Ben to say the same", both);
    println!("first {session}, then {next}");
}
