//! Bundles of real nodes that met over real QUIC, and living through them again.

use std::os::unix::fs::PermissionsExt;

use sheaf_e2e::{Person, eventually};

use crate::together::{device_state, shared};

#[test]
fn what_two_nodes_heard_is_lived_through_again_from_a_file() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done_with(["join", "-"], &ticket);
    for round in 0..5 {
        ada.add(&document, &format!("Ada's confidential paragraph {round}"));
        ben.add(&document, &format!("Ben's confidential paragraph {round}"));
    }
    ben_up.freeze(true);
    ada.add(&document, "Written while Ben's machine sleeps");
    ben_up.freeze(false);
    ben.add(&document, "The last line");
    eventually("both to have everything", || (ada.text(&document) == ben.text(&document)).then_some(()));
    eventually("Ada to have Ben's receipt", || (device_state(&ada, &document, "Ben")["state"] == "has_all").then_some(()));

    let folder = tempfile::tempdir().expect("a folder");
    for (person, name) in [(&ada, "ada"), (&ben, "ben")] {
        let (with, without) = (folder.path().join(format!("{name}.whole")), folder.path().join(format!("{name}.filled")));
        let (with, without) = (with.to_str().expect("a path"), without.to_str().expect("a path"));
        let said = person.done(["diagnose", &document, "--out", with, "--with-content"]);
        assert!(said.contains("everything heard") && said.contains("can read the document"), "{said}");
        let said = person.done(["diagnose", &document, "--out", without]);
        assert!(said.contains("filler stands for every word"), "{said}");
        assert!(person.fails(["diagnose", &document, "--out", with], "").contains("choose another name"), "nothing is overwritten");

        for file in [with, without] {
            // On a machine that knows nothing of the document.
            let stranger = Person::untouched("Stranger");
            println!("{file}: {}", stranger.done(["replay", file]).trim());
            let mode = std::fs::metadata(file).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "nobody else may read it");
        }
        let played = person.done(["--json", "replay", without]);
        for word in ["confidential", "sleeps", "Ada's", "Plans"] {
            assert!(!played.contains(word), "{word} in {played}");
        }
        assert!(played.contains("\"live\"") && played.contains("\"present\"") || played.contains("\"edit\""), "inputs are named: {played}");
    }
    damaged(&ada, &document, folder.path());
}

/// A bundle that is not what was written is never said to be the same.
fn damaged(ada: &Person, document: &str, folder: &std::path::Path) {
    let file = folder.join("damaged");
    let path = file.to_str().expect("a path");
    ada.done(["diagnose", document, "--out", path]);
    let mut bytes = std::fs::read(&file).expect("it is there");
    let middle = bytes.len() - 40;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).expect("it is written");
    println!("{}", ada.fails(["replay", path], ""));
    std::fs::write(&file, "# Not a bundle\n").expect("it is written");
    assert!(ada.fails(["replay", path], "").contains("not a bundle"));
}
