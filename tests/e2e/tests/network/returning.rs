//! Who shares many documents and comes back says one digest, and speaks of no document that has not changed.

use sheaf_e2e::{Person, Up, eventually};

use crate::counted::fetch;
use crate::together::device_state;

/// More than a link greets one by one.
const DOCUMENTS: usize = 24;
/// A greeting, a digest and a route of this device.
const FEW_FRAMES: f64 = 4.0;

/// What a node that is up has sent on its links: frames, and the documents that are open there.
fn sent(up: &Up) -> Option<(f64, f64)> {
    let url = up.said().iter().find_map(|event| Some(event["url"].as_str()?.to_owned()))?;
    let metrics = fetch(&url, None);
    let sum = |family: &str, label: &str| {
        let of_family = metrics.lines().filter(|line| line.starts_with(family) && line.contains(label));
        of_family.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).reduce(|sum, value| sum + value)
    };
    Some((sum("sheaf_link_frames_total{", "way=\"out\"")?, sum("sheaf_link_documents{", "")?))
}

#[test]
fn who_comes_back_with_many_shared_documents_says_one_digest() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, ben_up) = (ada.up(), ben.up());
    let mut documents = Vec::new();
    for number in 0..DOCUMENTS {
        let document = ada.done(["new", &format!("Number {number}")]);
        ben.done(["join", &ada.done(["share", &document])]);
        documents.push(document);
    }
    for document in &documents {
        eventually("both to know that they have everything", || {
            (device_state(&ada, document, "Ben")["state"] == "has_all" && device_state(&ben, document, "Ada")["state"] == "has_all")
                .then_some(())
        });
    }
    ben_up.stop();

    // What follows from sharing may still be said the first times; then nothing is left to say.
    eventually("a return at which no document is spoken of", || {
        let ben_up = Up::start(ben.command(["--json", "up", "--metrics", "127.0.0.1:0"]));
        let (frames, open) =
            eventually("all documents to be open on the link", || sent(&ben_up).filter(|(_, open)| *open >= DOCUMENTS as f64));
        println!("Ben has sent {frames} frames about {open} documents");
        ben_up.stop();
        (frames <= FEW_FRAMES).then_some(())
    });
    drop(ada_up);
}
