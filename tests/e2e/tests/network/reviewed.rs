//! Merge review over real QUIC: two people change one paragraph while they are apart, and meet.

use std::time::Duration;

use serde_json::Value;
use sheaf_e2e::{Person, eventually};

use crate::together::{same_text, shared, until_has};

/// Longer than the ten seconds after which an edit that somebody has not seen counts as made apart.
const APART: Duration = Duration::from_secs(11);
/// Longer than a review gathers after the last that came.
const SETTLED: Duration = Duration::from_secs(4);

/// Changes words of a document, as an editor of Markdown files would.
fn change(person: &Person, document: &str, from: &str, to: &str) {
    let text = person.text(document);
    assert!(text.contains(from), "{text}");
    person.done_with(["write", document, "-"], &text.replace(from, to));
}

fn reviews(person: &Person, document: &str) -> Vec<Value> {
    person.done(["--json", "reviews", document]).lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

fn words(wording: &Value) -> String {
    wording["delta"]["ops"].as_array().into_iter().flatten().filter_map(|op| op["insert"].as_str()).collect()
}

/// What a review lists: each line as mine | theirs by whom.
fn listed(review: &Value) -> Vec<String> {
    let line = |line: &Value| {
        let theirs = &line["theirs"][0];
        format!(
            "{} | {} by {}",
            words(&line["mine"]),
            words(&theirs["wording"]),
            theirs["people"][0]["person"].as_str().unwrap_or_default()
        )
    };
    review["lines"].as_array().into_iter().flatten().map(line).collect()
}

#[test]
fn a_paragraph_that_both_changed_apart_is_listed_by_both_until_each_has_looked() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    ada.add(&document, "Borrow the cart.");
    ada.add(&document, "Ask Cleo.");
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    until_has(&ben, &document, "Ask Cleo.");

    // Ben leaves. Ada goes on with her node up, Ben without one.
    ben_up.stop();
    change(&ada, &document, "Borrow the cart", "Borrow the red cart");
    change(&ada, &document, "Ask Cleo", "Ask Cleo today");
    change(&ben, &document, "Borrow the cart", "Borrow the cart and the horse");
    change(&ben, &document, "Ada was here first", "Ada was here");
    std::thread::sleep(APART);
    let ben_up = ben.up();
    until_has(&ada, &document, "horse");
    let text = same_text(&[&ada, &ben], &document);
    assert!(text.contains("Borrow the red cart and the horse.") && text.contains("Ask Cleo today."), "{text}");
    let found = |person: &Person| eventually("a review", || reviews(person, &document).into_iter().next());
    assert_eq!(listed(&found(&ada)), ["Borrow the red cart. | Borrow the cart and the horse. by Ben"]);
    assert_eq!(listed(&found(&ben)), ["Borrow the cart and the horse. | Borrow the red cart. by Ada"]);
    assert!(ada_up.said().iter().any(|event| event["event"] == "reviewed" && event["document"] == document.as_str()));

    // Writing together lists nothing more.
    for _ in 0..5 {
        change(&ada, &document, "red", "red and old");
        change(&ben, &document, "horse", "horse and mule");
    }
    same_text(&[&ada, &ben], &document);
    std::thread::sleep(SETTLED);
    assert_eq!((reviews(&ada, &document).len(), reviews(&ben, &document).len()), (1, 1));

    // It outlives the process, and goes when its person is done with it; the other's stays, and the text is the same.
    let id = found(&ada)["id"].as_str().expect("an id").to_owned();
    let before = ada.text(&document);
    ada_up.kill();
    assert_eq!(reviews(&ada, &document).len(), 1);
    ada.done(["reviews", "--done", &id]);
    assert_eq!((reviews(&ada, &document).len(), reviews(&ben, &document).len()), (0, 1));
    assert_eq!(ada.text(&document), before);
    ben_up.stop();
}

#[test]
fn whoever_only_looks_for_a_moment_after_they_met_finds_the_review_later() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    until_has(&ben, &document, "Ada was here first.");
    ben_up.stop();
    change(&ada, &document, "here first", "here at noon");
    change(&ben, &document, "Ada was", "Ada and Ben were");
    std::thread::sleep(APART);
    // Ben's node takes in what Ada wrote, and nobody opens the document until it has gone again.
    let ben_up = ben.up();
    until_has(&ada, &document, "Ada and Ben were here at noon.");
    eventually("Ben to hold everything", || (ada.status(&document)["devices"][0]["state"] == "has_all").then_some(()));
    ben_up.stop();
    // Each command opens the document and closes it at once.
    assert_eq!(ben.text(&document), ada.text(&document));
    let reviews = reviews(&ben, &document);
    assert_eq!(listed(&reviews[0]), ["Ada and Ben were here first. | Ada was here at noon. by Ada"]);
}
