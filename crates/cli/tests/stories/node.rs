//! `sheaf up`, and commands while it runs.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::profile::{Lane, Profile};

#[test]
fn a_second_up_exits_1_and_the_first_is_not_disturbed() {
    let profile = Profile::new();
    let up = profile.up(&[]);
    let failed = profile.fails(&["up"]);
    assert_eq!(failed.code, 1);
    assert!(failed.stderr.contains("another Sheaf"), "{}", failed.stderr);
    let id = profile.line(&["new", "Served"]);
    assert!(up.stop().success(), "a polite end is no failure");
    assert_eq!(profile.json(&["list"])[0]["document"], id.as_str(), "what the node did is there without it");
}

#[test]
fn commands_while_the_node_runs_are_live_in_its_views() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Live", "--from", profile.file("l.md", "Hello world\n").to_str().expect("a path")]);
    let _up = profile.up(&[]);
    let mut lane = Lane::open(&profile.socket());
    let opened = lane.view(&id, "v1");
    assert_eq!((&opened["title"], &opened["role"], &opened["length"]), (&"Live".into(), &"owner".into(), &12.into()));
    let version = opened["version"].as_u64().expect("a number");

    profile.ok_with(&["write", &id, "-"], b"Hello brave world\n");
    let show = lane.event("show");
    assert_eq!(show["version"], version + 1);
    assert_eq!(show["delta"]["ops"], json!([{ "retain": 6 }, { "insert": "brave " }]));
    assert_eq!((&show["author"], &show["length"]), (&"here".into(), &18.into()));

    let push = json!({ "document": id, "view": "v1", "number": 1, "version": version + 1, "delta": { "ops": [{ "insert": "Oh! " }] } });
    assert_eq!(lane.ask("push", push.clone()).expect("saved")["version"], version + 2);
    assert_eq!(lane.event("saved")["number"], 1);
    assert_eq!(profile.ok(&["show", &id]).stdout, "Oh! Hello brave world\n");
    assert_eq!(lane.ask("push", push).expect("answered again")["version"], version + 2);
    assert_eq!(profile.ok(&["show", &id]).stdout, "Oh! Hello brave world\n");

    profile.ok(&["rename", &id, "Lively"]);
    lane.event("documents");
    let listed = lane.ask("list", json!({})).expect("listed");
    assert_eq!(listed["documents"][0]["title"], "Lively");
}

#[test]
fn pushes_made_at_the_same_version_are_transformed_past_each_other() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Two views", "--from", profile.file("l.md", "middle\n").to_str().expect("a path")]);
    let _up = profile.up(&[]);
    let (mut one, mut two) = (Lane::open(&profile.socket()), Lane::open(&profile.socket()));
    // Both call their view the same; they are two all the same.
    let version = one.view(&id, "v")["version"].as_u64().expect("a number");
    assert_eq!(two.view(&id, "v")["version"], version);
    let push = |at: u64, text: &str| {
        let ops = if at == 0 { json!([{ "insert": text }]) } else { json!([{ "retain": at }, { "insert": text }]) };
        json!({ "document": id, "view": "v", "number": 1, "version": version, "delta": { "ops": ops } })
    };
    one.ask("push", push(0, "left ")).expect("saved");
    two.ask("push", push(6, " right")).expect("saved, though made at an older version");
    assert_eq!(two.event("show")["delta"]["ops"], json!([{ "insert": "left " }]));
    assert_eq!(one.event("show")["delta"]["ops"], json!([{ "retain": 11 }, { "insert": " right" }]));
    assert_eq!(profile.ok(&["show", &id]).stdout, "left middle right\n");
}

#[test]
fn what_makes_no_sense_on_a_lane_is_refused_and_says_why() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Odd"]);
    let _up = profile.up(&[]);
    let mut lane = Lane::open(&profile.socket());
    let version = lane.view(&id, "v")["version"].clone();
    let code = |answer: Result<serde_json::Value, serde_json::Value>| answer.expect_err("refused")["code"].as_str().map(str::to_owned);
    let push = |delta: serde_json::Value| json!({ "document": id, "view": "v", "number": 1, "version": version, "delta": delta });
    assert_eq!(code(lane.ask("frobnicate", json!({}))).as_deref(), Some("unknown_call"));
    assert_eq!(code(lane.ask("push", json!({ "document": id, "view": "w" }))).as_deref(), Some("reset"));
    assert_eq!(code(lane.ask("push", json!({ "document": id, "view": "v" }))).as_deref(), Some("malformed"));
    assert_eq!(code(lane.ask("push", push(json!({ "ops": [{ "retain": 99 }, { "insert": "x" }] })))).as_deref(), Some("refused"));
    assert_eq!(code(lane.ask("push", push(json!({ "ops": [{ "retain": "x" }] })))).as_deref(), Some("refused"));
    assert_eq!(code(lane.ask("open", json!({ "document": "nothing", "view": "v" }))).as_deref(), Some("unknown"));
    assert_eq!(profile.ok(&["show", &id]).stdout, "");
    // A message that is no request at all is answered, and the lane lives on.
    lane.say("list", json!({ "trashed": "perhaps" })).expect("heard");
    assert!(lane.ask("id", json!({})).is_ok());
}

#[test]
fn the_control_socket_is_this_users_alone_and_outside_the_profile() {
    let profile = Profile::new();
    let up = profile.up(&[]);
    let socket = profile.socket();
    let folder = std::fs::metadata(socket.parent().expect("a folder")).expect("there");
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    assert!(!socket.starts_with(profile.home()));
    assert!(up.stop().success());
    assert!(!socket.exists(), "a node that ends takes its socket away");
    assert_eq!(profile.ok(&["list"]).stdout, "");
}

#[test]
fn a_node_that_was_killed_leaves_nothing_in_the_way() {
    let profile = Profile::new();
    let mut up = profile.up(&[]);
    let id = profile.line(&["new", "Before"]);
    up.kill();
    assert_eq!(profile.json(&["list"])[0]["document"], id.as_str());
    let _again = profile.up(&[]);
    assert_eq!(profile.json(&["list"])[0]["document"], id.as_str());
}

#[test]
fn many_commands_at_once_wait_for_each_other() {
    let profile = Profile::new();
    let children: Vec<_> = (0..8)
        .map(|number| {
            profile.command(&["new", &format!("Document {number}")]).stdout(std::process::Stdio::null()).spawn().expect("sheaf starts")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    assert_eq!(profile.json(&["list"]).len(), 8);
}
