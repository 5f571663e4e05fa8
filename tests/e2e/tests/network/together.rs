//! What the stories begin with, and what they look for.

use serde_json::Value;
use sheaf_e2e::{Person, Up, eventually};

/// Ada has a document with a first line, her node is up, and there is a ticket.
pub(crate) fn shared(ada: &Person) -> (Up, String, String) {
    let document = ada.done(["new", "Plans"]);
    ada.done_with(["write", &document, "-"], "# Plans\n\nAda was here first.\n");
    let up = ada.up();
    let ticket = ada.done(["share", &document]);
    (up, document, ticket)
}

pub(crate) fn same_text(people: &[&Person], document: &str) -> String {
    eventually("everybody to have the same text", || {
        let texts: Vec<String> = people.iter().map(|person| person.text(document)).collect();
        texts.windows(2).all(|pair| pair[0] == pair[1]).then(|| texts[0].clone())
    })
}

pub(crate) fn until_has(person: &Person, document: &str, words: &str) {
    eventually(words, || person.text(document).contains(words).then_some(()));
}

pub(crate) fn device_state(person: &Person, document: &str, of: &str) -> Value {
    let status = person.status(document);
    let devices = status["devices"].as_array().cloned().unwrap_or_default();
    devices.into_iter().find(|device| device["person"] == of).unwrap_or(Value::Null)
}
