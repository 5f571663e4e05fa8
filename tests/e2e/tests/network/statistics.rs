//! What a device has done: counted on it, across starts, for its person alone.

use serde_json::Value;
use sheaf_e2e::{Person, eventually};

use crate::together::{shared, until_has};

fn statistics(person: &Person) -> Value {
    serde_json::from_str(&person.done(["--json", "statistics"])).expect("one object")
}

#[test]
fn words_bytes_and_people_are_counted_across_starts_and_by_each_for_themselves() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let fresh = statistics(&ada);
    assert_eq!((&fresh["words"], &fresh["sent"], &fresh["people"]), (&0.into(), &0.into(), &0.into()));
    assert!(fresh["since"].as_u64().is_some_and(|since| since > 0));

    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    until_has(&ben, &document, "Ada was here first.");
    ben.add(&document, "Ben came second, at noon.");
    until_has(&ada, &document, "Ben came second");
    let of_ada = statistics(&ada);
    // "Plans" and "Ada was here first.".
    assert_eq!((of_ada["words"].as_u64(), of_ada["people"].as_u64()), (Some(5), Some(1)), "{of_ada}");
    let of_ben = statistics(&ben);
    assert_eq!((of_ben["words"].as_u64(), of_ben["edits"].as_u64()), (Some(5), Some(1)), "{of_ben}");
    let bytes = |of: &Value, way: &str| of[way].as_u64().unwrap_or(0);
    eventually("what Ada sent to be what Ben received", || {
        let (of_ada, of_ben) = (statistics(&ada), statistics(&ben));
        let same = bytes(&of_ada, "sent") == bytes(&of_ben, "received") && bytes(&of_ben, "sent") == bytes(&of_ada, "received");
        (same && bytes(&of_ada, "sent") > 500).then_some(())
    });

    // It outlives the process, and goes on.
    let before = statistics(&ada);
    ada_up.stop();
    ben_up.stop();
    let after = statistics(&ada);
    assert_eq!((&after["words"], &after["people"], &after["since"]), (&before["words"], &before["people"], &before["since"]));
    assert!(bytes(&after, "sent") >= bytes(&before, "sent"));
    ada.add(&document, "And once more.");
    assert_eq!(statistics(&ada)["words"].as_u64(), Some(8));
    let told = ada.done(["statistics"]);
    assert!(told.contains("words written\t8\n") && told.ends_with("kept here, sent nowhere."), "{told}");
}
