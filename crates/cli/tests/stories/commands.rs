//! Each command, and what it prints.

use crate::profile::Profile;

fn is_id(text: &str) -> bool {
    text.len() == 64 && text.chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f'))
}

#[test]
fn the_device_keeps_its_id() {
    let profile = Profile::new();
    let id = profile.line(&["id"]);
    assert!(is_id(&id), "{id:?}");
    assert_eq!(profile.line(&["id"]), id);
    assert_eq!(profile.json(&["id"])[0]["device"], id.as_str());
    assert_ne!(Profile::new().line(&["id"]), id);
}

#[test]
fn a_document_is_made_listed_renamed_trashed_and_restored() {
    let profile = Profile::new();
    assert_eq!(profile.ok(&["list"]).stdout, "");
    let id = profile.line(&["new", "Minutes of May"]);
    assert!(is_id(&id), "{id:?}");
    let other = profile.line(&["new", "Other"]);
    let listed = profile.ok(&["list"]).stdout;
    let fields: Vec<&str> = listed.lines().find(|line| line.starts_with(&id)).expect("listed").split('\t').collect();
    assert_eq!((fields[1], fields[3], fields[4]), ("Minutes of May", "1 person", "ready"));
    assert!(fields[2].ends_with(" UTC"), "{listed}");

    profile.ok(&["rename", "Minutes of May", "Minutes of June"]);
    assert!(profile.fails(&["show", "Minutes of May"]).stderr.contains("no document"));
    assert_eq!(profile.json(&["show", &id, "--as", "json"])[0]["title"], "Minutes of June");

    profile.ok(&["trash", &id[..10]]);
    let listed = profile.json(&["list"]);
    assert_eq!(listed.iter().map(|entry| entry["document"].as_str()).collect::<Vec<_>>(), [Some(other.as_str())]);
    assert_eq!(profile.json(&["list", "--trashed"])[0]["document"], id.as_str());
    profile.ok(&["restore", "Minutes of June"]);
    let listed = profile.json(&["list"]);
    assert_eq!(listed.len(), 2);
    let entry = listed.iter().find(|entry| entry["document"] == id.as_str()).expect("back");
    for (field, expected) in [("title", "Minutes of June"), ("state", "ready"), ("role", "owner")] {
        assert_eq!(entry[field], expected);
    }
    assert_eq!((&entry["people"], &entry["trashed"]), (&1.into(), &false.into()));
}

#[test]
fn a_document_is_meant_by_its_id_the_beginning_of_one_or_its_title() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Twice", "--from", profile.file("a.md", "one\n").to_str().expect("a path")]);
    for name in [id.as_str(), &id[..8], &id[..20].to_uppercase(), "Twice"] {
        assert_eq!(profile.ok(&["show", name]).stdout, "one\n", "{name}");
    }
    let second = profile.line(&["new", "Twice"]);
    let failed = profile.fails(&["show", "Twice"]);
    assert_eq!(failed.code, 1);
    assert!(failed.stderr.contains(&id[..8]) && failed.stderr.contains(&second[..8]), "{}", failed.stderr);
    profile.ok(&["trash", &second]);
    assert_eq!(profile.ok(&["show", "Twice"]).stdout, "one\n", "what is in the trash does not stand in the way");
    for name in ["", "Nothing", "00", &"0".repeat(64)] {
        let failed = profile.fails(&["show", name]);
        assert_eq!(failed.code, 1, "{name:?}");
        assert!(failed.stderr.contains("no document"), "{}", failed.stderr);
    }
}

#[test]
fn name_and_colour_are_remembered() {
    let profile = Profile::new();
    let before = &profile.json(&["me"])[0];
    assert_eq!(before["name"], "");
    assert!(!before["colour"].as_str().expect("a colour").is_empty());
    profile.ok(&["me", "--name", "  Ana Beltrán ", "--colour", "teal"]);
    assert_eq!(profile.line(&["me"]), "Ana Beltrán\tteal");
    let failed = profile.fails(&["me", "--colour", "mauve"]);
    assert!(failed.code == 1 && failed.stderr.contains("blue, teal, green"), "{}", failed.stderr);
    assert_eq!(profile.fails(&["me", "--name", &"x".repeat(121)]).code, 1);
    assert_eq!(profile.line(&["me"]), "Ana Beltrán\tteal");
}

#[test]
fn the_network_profile_is_chosen_and_the_environment_overrides_it() {
    let profile = Profile::new();
    let plain = |arguments: &[&str]| {
        let output = profile.command(arguments).env_remove("SHEAF_NETWORK").output().expect("sheaf runs");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    assert_eq!(plain(&["network"]), (Some(0), "anywhere\n".into()));
    assert_eq!(plain(&["network", "local"]), (Some(0), "local\n".into()));
    assert_eq!(plain(&["network"]), (Some(0), "local\n".into()));
    assert_eq!(profile.line(&["network"]), "direct");
    assert_eq!(plain(&["network", "relay=https://relay.example/"]), (Some(0), "relay=https://relay.example/\n".into()));
    assert_eq!(plain(&["network", "internet"]).0, Some(1));
    assert_eq!(plain(&["network"]).1, "relay=https://relay.example/\n");
}

#[test]
fn status_tells_facts_about_every_document() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Alone"]);
    let status = profile.json(&["status"]);
    assert_eq!(status.len(), 1);
    assert_eq!((&status[0]["document"], &status[0]["title"]), (&id.as_str().into(), &"Alone".into()));
    assert_eq!((&status[0]["saved"], status[0]["devices"].as_array().map(Vec::len)), (&true.into(), Some(0)));
    assert_eq!(profile.json(&["status", "Alone"]), status);
    assert!(profile.ok(&["status"]).stdout.contains("saved here"));
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let profile = Profile::new();
    let many: [&[&str]; 9] = [
        &[],
        &["frobnicate"],
        &["new"],
        &["show"],
        &["show", "x", "--as", "pdf"],
        &["write", "x"],
        &["share", "x", "--role", "owner"],
        &["join", "x", "--wait", "soon"],
        &["up", "--ui", "."],
    ];
    for arguments in many {
        let failed = profile.fails(arguments);
        assert_eq!(failed.code, 2, "sheaf {arguments:?}: {}", failed.stderr);
    }
    assert!(!profile.home().exists(), "a usage error makes no profile");
}
