//! "Who has this?" of a paragraph, by the command line, over real QUIC.

use serde_json::Value;
use sheaf_e2e::{Person, eventually};

use crate::together::{shared, until_has};

/// What is said of the one other device and a paragraph.
fn asked(person: &Person, document: &str, words: &str) -> Value {
    serde_json::from_str(&person.done(["--json", "who", document, words])).expect("one object")
}

fn state(person: &Person, document: &str, words: &str) -> String {
    asked(person, document, words)["devices"][0]["state"].as_str().expect("a state").to_owned()
}

#[test]
fn who_has_a_paragraph_is_told_from_receipts_and_paragraph_by_paragraph() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    ada.add(&document, "Borrow the cart.");
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    until_has(&ben, &document, "Borrow the cart.");
    eventually("Ben's receipt", || (state(&ada, &document, "Borrow the cart.") == "has_it").then_some(()));
    let told = ada.done(["who", &document, "the cart"]);
    assert!(told.starts_with("“Borrow the cart.”\n  last changed on this device, which has it\n  Ben ("), "{told}");
    assert!(told.contains("has it, confirmed 20"), "{told}");

    // Ben is away: of what is changed now he has nothing, of what was not he has all.
    ben_up.stop();
    let text = ada.text(&document);
    ada.done_with(["write", &document, "-"], &text.replace("the cart", "the red cart"));
    assert_eq!(state(&ada, &document, "the red cart"), "not_yet");
    assert_eq!(state(&ada, &document, "Ada was here first"), "has_it");
    let told = ada.done(["who", &document, "red cart"]);
    assert!(told.contains("Ben (") && told.contains("does not have it yet, as far as is known"), "{told}");
    let by_number: Value = serde_json::from_str(&ada.done(["--json", "who", &document, "--line", "2"])).expect("one object");
    assert_eq!(by_number["words"], asked(&ada, &document, "Ada was here first")["words"]);

    // He comes back, takes it in, and says so; and what he writes is his.
    let _ben_up = ben.up();
    eventually("Ben's receipt", || (state(&ada, &document, "the red cart") == "has_it").then_some(()));
    ben.add(&document, "Ask Cleo.");
    until_has(&ada, &document, "Ask Cleo.");
    let answer = asked(&ada, &document, "Ask Cleo.");
    assert_eq!((answer["last"]["person"].as_str(), answer["devices"][0]["state"].as_str()), (Some("Ben"), Some("has_it")));

    // Questions that mean nothing are refused in plain words.
    assert!(ada.fails(["who", &document, "wheat"], "").contains("no paragraph of this document holds these words"));
    assert!(ada.fails(["who", &document, "a"], "").contains("paragraphs hold these words"));
    assert!(ada.fails(["who", &document, "--line", "99"], "").contains("this document has 4 paragraphs"));
}
