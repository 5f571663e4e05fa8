//! Old records lie in packs: nothing that anybody does shows it.

use sheaf_base::DocumentId;
use sheaf_e2e::{Person, eventually};
use sheaf_store::Store;

use crate::together::{same_text, shared};

/// Snapshots, and packing after them, come every so many rows.
const OFTEN: (&str, &str) = ("SHEAF_FOLD_AFTER", "20");

/// Writes so many versions of a document, each a paragraph longer.
fn write_on(person: &Person, document: &str, versions: std::ops::Range<usize>) {
    for version in versions {
        let paragraphs: Vec<String> = (0..=version).map(|number| format!("Paragraph {number}.")).collect();
        person.done_with(["write", document, "-"], &paragraphs.join("\n\n"));
    }
}

/// How many records of a document lie in packs and how many as rows, on a device whose node does not run.
fn packed_and_not(person: &Person, document: &str) -> (u64, u64) {
    let document: DocumentId = document.parse().expect("an id");
    let store = Store::open(person.home()).expect("nobody else has the profile");
    let counts = store.read(|reader| {
        let packed = reader.packs(document, 0)?.iter().map(|pack| pack.last - pack.first + 1).sum();
        Ok((packed, reader.records(document, 0, 10_000)?.len() as u64))
    });
    store.close();
    counts.expect("a sound journal")
}

#[test]
fn a_packed_journal_is_opened_written_shared_and_passed_on_like_any_other() {
    let [ada, ben, cleo] = ["Ada", "Ben", "Cleo"].map(|name| Person::new(name).with(OFTEN.0, OFTEN.1));
    let (up, document, _) = shared(&ada);
    up.stop();
    // Each run of the node writes a chain of its own, and those that rest are packed.
    let up = ada.up();
    write_on(&ada, &document, 0..40);
    up.stop();
    let up = ada.up();
    write_on(&ada, &document, 40..100);
    up.stop();
    let (packed, rows) = packed_and_not(&ada, &document);
    println!("Ada: {packed} records in packs, {rows} as rows");
    assert!(packed >= 30, "{packed} packed, {rows} not");

    let up = ada.up();
    write_on(&ada, &document, 100..101);
    let ticket = ada.done(["share", &document]);
    let ben_up = ben.up();
    ben.done_with(["join", "-"], &ticket);
    assert!(same_text(&[&ada, &ben], &document).contains("Paragraph 100."));
    write_on(&ben, &document, 101..130);
    same_text(&[&ada, &ben], &document);
    // A ticket that says where Ben is, too.
    let ticket = ada.done(["share", &document]);
    up.stop();
    ben_up.stop();
    let (packed, rows) = packed_and_not(&ben, &document);
    println!("Ben: {packed} records in packs, {rows} as rows");
    assert!(packed >= 30, "{packed} packed, {rows} not");

    // Cleo gets it from Ben, out of his packs, and he opens it out of them, too.
    let _ben_up = ben.up();
    let _cleo_up = cleo.up();
    cleo.done_with(["join", "-"], &ticket);
    let text = same_text(&[&ben, &cleo], &document);
    for number in 0..130 {
        assert!(text.contains(&format!("Paragraph {number}.")), "paragraph {number} is there");
    }
    let up = ada.up();
    eventually("Ada to have what Cleo writes", || {
        write_on(&cleo, &document, 130..131);
        same_text(&[&ada, &ben, &cleo], &document).contains("Paragraph 130.").then_some(())
    });
    up.stop();
}
