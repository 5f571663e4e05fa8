//! The connection doctor, by the command line.

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_e2e::{Person, eventually};

use crate::together::{device_state, shared};

/// What `sheaf doctor` says, by what it has looked at: how it stands, and the words.
fn findings(person: &Person) -> BTreeMap<String, (String, String)> {
    let text = person.done(["--json", "doctor"]);
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let findings = text.lines().map(|line| serde_json::from_str(line).expect("one object a line"));
    findings.map(|finding: Value| (word(&finding, "check"), (word(&finding, "state"), word(&finding, "words")))).collect()
}

#[test]
fn the_doctor_says_what_works_and_what_does_not() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let alone = findings(&ada);
    assert_eq!(alone["node"].0, "fails", "nothing runs");
    assert!(alone["node"].1.contains("`sheaf up`"), "and it says what to do: {alone:?}");
    assert_eq!(alone["socket"].0, "unused", "nothing was ever shared");

    let (_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done_with(["join", "-"], &ticket);
    eventually("Ada to have Ben's receipt", || (device_state(&ada, &document, "Ben")["state"] == "has_all").then_some(()));
    let together = findings(&ada);
    let states: Vec<(&str, &str)> = together.iter().map(|(check, (state, _))| (check.as_str(), state.as_str())).collect();
    let expected = ["clock", "device", "node", "profile", "relay", "socket", "version"]
        .map(|check| (check, if check == "relay" { "unused" } else { "works" }));
    assert_eq!(states, expected, "{together:?}");
    assert!(together["device"].1.starts_with("Ben (") && together["device"].1.contains("is connected directly"), "{together:?}");
    assert!(together["socket"].1.contains("UDP port"), "{together:?}");

    ben_up.stop();
    let parted = eventually("Ada to notice that Ben is gone", || Some(findings(&ada)).filter(|found| found["device"].0 == "fails"));
    assert!(parted["device"].1.contains("is not connected"), "{parted:?}");
    let text = ada.done(["doctor"]);
    println!("{text}");
    assert!(text.lines().any(|line| line.starts_with("FAILS  Ben (")), "{text}");
}
