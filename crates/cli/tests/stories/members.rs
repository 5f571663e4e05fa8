//! Members, invitations and the history of both, between two profiles on this machine.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::profile::{PATIENCE, Profile};

/// A person: a profile with a name.
fn person(name: &str) -> Profile {
    let profile = Profile::new();
    profile.ok(&["me", "--name", name]);
    profile
}

/// Asks until there is an answer.
#[expect(clippy::disallowed_methods, reason = "a test is patient on a clock of its own")]
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "{what}: not in {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn roles(profile: &Profile, document: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    profile.json(&["members", document]).iter().map(|member| (text(&member["name"]), text(&member["role"]))).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, role)| ((*name).to_owned(), (*role).to_owned())).collect()
}

#[test]
fn somebody_is_looked_at_let_in_given_a_role_and_removed() {
    let (ada, ben) = (person("Ada"), person("Ben"));
    let document = ada.line(&["new", "Notes", "--from", ada.file("n.md", "Words.\n").to_str().expect("a path")]);
    let (_ada_up, _ben_up) = (ada.up(&[]), ben.up(&[]));
    let ticket = ada.line(&["share", &document, "--role", "edit", "--uses", "1", "--expires", "7d", "--approve", "--label", "for Ben"]);
    let preview = ben.json(&["join", "--preview", &ticket]).remove(0);
    assert_eq!((&preview["kind"], &preview["role"]), (&"approved".into(), &"edit".into()));

    // Ben is told what to read aloud, and Ada sees the same.
    let waiting = ben.fails(&["join", &ticket, "--wait", "2"]);
    let asked = eventually("Ben's request", || ada.json(&["requests", &document]).pop());
    let spoken: Vec<&str> = asked["spoken"].as_array().expect("three").iter().filter_map(Value::as_str).collect();
    assert_eq!(spoken.len(), 4);
    assert_eq!(preview["spoken"], asked["spoken"]);
    assert!(waiting.stderr.contains("has been asked") && waiting.stderr.contains(&spoken.join(" ")), "{}", waiting.stderr);
    assert_eq!((&asked["name"], roles(&ada, &document).len()), (&"Ben".into(), 1), "nobody is in who was not looked at");
    let request = asked["id"].as_str().expect("an id");
    ada.ok(&["admit", &document, &request[..8]]);
    eventually("Ben to be in", || (roles(&ben, &document).len() == 2).then_some(()));
    eventually("Ben's name", || (roles(&ada, &document) == named(&[("Ada", "owner"), ("Ben", "edit")])).then_some(()));
    assert_eq!(ben.ok(&["show", &document]).stdout, "Words.\n");

    let invitation = ada.json(&["invites", &document]).remove(0);
    let facts = ["kind", "uses", "limit", "open", "approve", "label", "by"].map(|name| invitation[name].clone());
    assert_eq!(Value::from(facts.to_vec()), serde_json::json!(["counted", 1, 1, false, true, "for Ben", "Ada"]));

    ada.ok(&["role", &document, "Ben", "view"]);
    let refused = eventually("Ben to hear of it", || {
        let failed = (roles(&ben, &document)[1].1 == "view").then(|| ben.fails_with(&["write", &document, "-"], b"Mine now.\n"));
        failed.map(|failed| failed.stderr)
    });
    assert!(refused.contains("only read"), "{refused}");
    let refused = ben.fails(&["remove", &document, "Ada"]);
    assert!(refused.code == 1 && refused.stderr.contains("admin"), "{}", refused.stderr);

    let audit = ada.json(&["audit", &document]).remove(0);
    assert_eq!(audit["checked"]["failed"], serde_json::json!([]));
    let what: Vec<&str> = audit["events"].as_array().expect("some").iter().filter_map(|event| event["what"].as_str()).collect();
    assert!(["founded", "invited", "granted", "role"].iter().all(|word| what.contains(word)), "{what:?}");
    assert!(ada.ok(&["audit", &document]).stdout.ends_with("All hold. Times are those of the devices that wrote.\n"));

    ada.ok(&["remove", &document, "Ben"]);
    assert_eq!(roles(&ada, &document), named(&[("Ada", "owner")]));
    let copy = ada.line(&["copy", &document]);
    assert_eq!(
        (ada.ok(&["show", &copy]).stdout, ada.json(&["audit", &copy])[0]["checked"]["failed"].clone()),
        ("Words.\n".into(), serde_json::json!([]))
    );
}

#[test]
fn a_document_is_handed_over_and_left() {
    let (ada, ben) = (person("Ada"), person("Ben"));
    let document = ada.line(&["new", "Notes"]);
    let (_ada_up, _ben_up) = (ada.up(&[]), ben.up(&[]));
    let stays = ada.fails(&["leave", &document]);
    assert!(stays.stderr.contains("owner"), "{}", stays.stderr);
    let ticket = ada.line(&["share", &document]);
    ben.ok(&["join", &ticket]);
    eventually("Ben's name", || (roles(&ada, &document).len() == 2).then_some(()));
    let invitation = ada.json(&["invites", &document]).remove(0)["id"].as_str().expect("an id").to_owned();
    ada.ok(&["transfer", &document, "Ben"]);
    eventually("Ben to own it", || (roles(&ben, &document) == named(&[("Ben", "owner"), ("Ada", "admin")])).then_some(()));
    // An admin may still take back what she made, and go.
    ada.ok(&["revoke", &document, &invitation[..8]]);
    let nobody = ada.fails(&["revoke", &document, "ffff"]);
    assert!(nobody.code == 1 && nobody.stderr.contains("ffff"), "{}", nobody.stderr);
    ada.ok(&["leave", &document]);
    eventually("Ada to be gone", || (roles(&ben, &document) == named(&[("Ben", "owner")])).then_some(()));
}

#[test]
fn what_is_offered_is_checked_before_anything_is_made() {
    let ada = person("Ada");
    let document = ada.line(&["new", "Notes"]);
    for wrong in [["--uses", "0"], ["--uses", "257"], ["--expires", "7"], ["--role", "owner"]] {
        assert_eq!(ada.fails(&[&["share", &document][..], &wrong].concat()).code, 2, "{wrong:?}");
    }
    assert_eq!(ada.json(&["invites", &document]), Vec::<Value>::new());
}
