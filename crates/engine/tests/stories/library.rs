//! The library, over the control lane.

use serde_json::json;
use sheaf_engine::{Engine, Home};

use crate::lane::Lane;

async fn lane() -> (tempfile::TempDir, Engine, Lane) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open(Home::at(folder.path().join("home"))).await.expect("opens");
    let lane = Lane::new(&engine);
    (folder, engine, lane)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_text_is_markdown_as_the_whole_is() {
    let (_folder, _engine, mut lane) = lane().await;
    let table = "| Field                      | Crop |\n| --- | --: |\n| <col width=\"300\">East | rye<br class=\"ul\">oats |\n";
    let made = lane.ask("new", json!({ "title": "Plan", "markdown": format!("Before.\n\n{table}") })).await.expect("made");
    let whole = lane.ask("show", json!({ "document": made["document"] })).await.expect("shown")["body"].clone();
    let delta = lane.ask("show", json!({ "document": made["document"], "as": "json" })).await.expect("shown")["delta"].clone();
    let part = delta["ops"].as_array().expect("operations")[2..].to_vec();
    let said = |answer: &serde_json::Value| answer["markdown"].as_str().expect("Markdown").to_owned();
    assert_eq!(json!(said(&lane.ask("as_markdown", json!({ "delta": delta })).await.expect("written"))), whole);
    let written = said(&lane.ask("as_markdown", json!({ "delta": { "ops": part } })).await.expect("written"));
    assert!(whole.as_str().expect("Markdown").ends_with(&written) && written.starts_with("| "), "{written}");
    let refused = lane.ask("as_markdown", json!({ "delta": { "ops": [{ "retain": 3 }] } })).await.expect_err("no text");
    assert_eq!(refused["code"], "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_the_same_text_and_lines_of_its_own() {
    let (_folder, _engine, mut lane) = lane().await;
    let made = lane.ask("new", json!({ "title": "Recipe", "markdown": "# Soup\n\n- leek\n- potato\n" })).await.expect("made");
    let copy = lane.ask("duplicate", json!({ "document": made["document"] })).await.expect("copied");
    let mut show =
        async |document: &serde_json::Value| lane.ask("show", json!({ "document": document, "as": "json" })).await.expect("shown");
    let (one, other) = (show(&made["document"]).await, show(&copy["document"]).await);
    assert_eq!(other["title"], "Recipe (copy)");
    let lines = |body: &serde_json::Value| -> Vec<String> {
        let ops = body["delta"]["ops"].as_array().expect("operations").clone();
        ops.iter().filter_map(|op| op["attributes"]["line"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(lines(&one).len(), 3);
    assert!(lines(&other).iter().all(|line| !lines(&one).contains(line)), "a copied line is another line");
    let words = |body: &serde_json::Value| {
        body["delta"]["ops"].as_array().expect("operations").iter().map(|op| op["insert"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(words(&one), words(&other));
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_keep_their_own_values_here() {
    let (folder, engine, mut lane) = lane().await;
    assert_eq!(lane.ask("settings", json!({})).await.expect("told")["settings"], json!({}));
    lane.ask("settings", json!({ "set": { "theme": "dark", "sidebar": false } })).await.expect("kept");
    lane.ask("settings", json!({ "set": { "sidebar": null, "place": { "x": 1 } } })).await.expect("kept");
    let large = lane.ask("settings", json!({ "set": { "huge": "x".repeat(100_000) } })).await;
    assert_eq!(large.expect_err("too large")["code"], "refused");
    drop(lane);
    engine.close().await;
    let again = Engine::open(Home::at(folder.path().join("home"))).await.expect("opens again");
    let kept = Lane::new(&again).ask("settings", json!({})).await.expect("told");
    assert_eq!(kept["settings"], json!({ "theme": "dark", "place": { "x": 1 } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_last_comes_first_however_soon_it_was() {
    let (_folder, _engine, mut lane) = lane().await;
    let made = async |lane: &mut Lane, title: &str| {
        let made = lane.ask("new", json!({ "title": title })).await.expect("made");
        made["document"].as_str().expect("an id").to_owned()
    };
    let one = made(&mut lane, "One").await;
    made(&mut lane, "Two").await;
    let version = lane.open(&one, "v").await;
    // Made and changed in one millisecond, the two would be in any order.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let pushed = lane.push(&one, "v", 1, version, "Words");
    lane.answer(pushed).await.expect("saved");
    // The document answers when it has told what it had to tell.
    assert_eq!(lane.text(&one).await, "Words\n");
    let listed = lane.ask("list", json!({})).await.expect("listed");
    assert_eq!([&listed["documents"][0]["title"], &listed["documents"][1]["title"]], ["One", "Two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_the_library_is_told_to_everybody() {
    let (_folder, engine, mut lane) = lane().await;
    let mut other = Lane::new(&engine);
    let made = lane.ask("new", json!({})).await.expect("made");
    other.event("documents").await;
    let listed = other.ask("list", json!({ "trashed": false })).await.expect("listed");
    assert_eq!((&listed["documents"][0]["title"], &listed["documents"][0]["state"]), (&"Untitled".into(), &"ready".into()));
    lane.ask("trash", json!({ "document": made["document"] })).await.expect("trashed");
    other.event("documents").await;
    assert_eq!(other.ask("list", json!({ "trashed": false })).await.expect("listed")["documents"], json!([]));
    assert_eq!(other.ask("list", json!({ "trashed": true })).await.expect("listed")["documents"][0]["trashed"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raise_without_a_window_says_so() {
    let (_folder, engine, mut lane) = lane().await;
    assert_eq!(lane.ask("raise", json!({})).await.expect("told")["windows"], 0);
    let mut window = engine.raises();
    assert_eq!(lane.ask("raise", json!({ "link": "sheaf://join/x" })).await.expect("told")["windows"], 1);
    assert_eq!(window.recv().await.expect("raised").as_deref(), Some("sheaf://join/x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_the_text_did_not_take_are_kept_until_somebody_decides() {
    let (_folder, engine, mut lane) = lane().await;
    let mut other = Lane::new(&engine);
    let made = lane.ask("new", json!({ "title": "Notes", "markdown": "Here.\n" })).await.expect("made");
    let document = made["document"].as_str().expect("an id").to_owned();
    for text in ["Kept words.", "Others."] {
        lane.ask("rescue", json!({ "document": document, "text": text })).await.expect("kept");
    }
    assert_eq!(other.event("rescued").await["document"], *document, "every window hears of it");
    let kept = async |lane: &mut Lane| lane.ask("rescued", json!({ "document": document })).await.expect("listed")["edits"].clone();
    let list = kept(&mut lane).await;
    assert_eq!((&list[0]["text"], &list[1]["text"]), (&json!("Kept words."), &json!("Others.")));

    // Twice the same wish is one edit: a button may be pressed twice before its row is gone.
    for _ in 0..2 {
        lane.ask("rescued_back", json!({ "edit": list[0]["id"] })).await.expect("put back");
    }
    lane.ask("rescued_done", json!({ "edit": list[1]["id"] })).await.expect("dismissed");
    assert_eq!(lane.text(&document).await, "Here.\nKept words.\n");
    assert_eq!(kept(&mut lane).await, json!([]));
    let wrong = lane.ask("rescued_back", json!({ "edit": "7" })).await.expect_err("there is none");
    assert_eq!(wrong["code"], "malformed");
}

/// Markdown that names a document.
fn naming(document: &serde_json::Value, title: &str) -> String {
    format!("See <sheaf-embed value='{}'/> for it.\n", json!({ "document": { "id": document, "title": title } }))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_a_document_is_found_when_their_text_rests_and_after_a_restart() {
    let (folder, engine, mut lane) = lane().await;
    let plan = lane.ask("new", json!({ "title": "Plan" })).await.expect("made")["document"].clone();
    let notes = lane.ask("new", json!({ "title": "Notes", "markdown": naming(&plan, "Plan") })).await.expect("made")["document"].clone();
    let backlinks = async |lane: &mut Lane| lane.ask("backlinks", json!({ "document": plan })).await.expect("told")["backlinks"].clone();
    lane.event("mentions").await;
    while backlinks(&mut lane).await == json!([]) {
        lane.event("mentions").await;
    }
    let found = backlinks(&mut lane).await;
    assert_eq!((&found[0]["document"], &found[0]["title"], &found[0]["excerpt"]), (&notes, &"Notes".into(), &"See Plan for it.".into()));
    assert!(found[0]["line"].as_str().is_some_and(|line| !line.is_empty()));

    // Whoever names it in the last moment of a process is found by the next one.
    let late = lane.ask("new", json!({ "title": "Late", "markdown": naming(&plan, "Plan") })).await.expect("made")["document"].clone();
    lane.ask("write", json!({ "document": notes, "markdown": "Nothing any more.\n" })).await.expect("written");
    drop(lane);
    engine.close().await;
    let again = Engine::open(Home::at(folder.path().join("home"))).await.expect("opens again");
    let mut lane = Lane::new(&again);
    while backlinks(&mut lane).await[0]["document"] != late || backlinks(&mut lane).await[1] != json!(null) {
        lane.event("mentions").await;
    }
    lane.ask("trash", json!({ "document": late })).await.expect("trashed");
    assert_eq!(backlinks(&mut lane).await, json!([]), "the trash names nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_a_title_without_naming_the_document_is_found_by_its_words_and_linked_when_asked() {
    let (_folder, _engine, mut lane) = lane().await;
    let plan = lane.ask("new", json!({ "title": "Harvest plan" })).await.expect("made")["document"].clone();
    let says = json!({ "title": "Notes", "markdown": "`harvest plan` in code.\n\nSee the **harvest plan**, not the harvest planner.\n" });
    let notes = lane.ask("new", says).await.expect("made")["document"].clone();
    lane.ask("new", json!({ "title": "Named", "markdown": naming(&plan, "Harvest plan") })).await.expect("made");
    lane.ask("new", json!({ "title": "Planner", "markdown": "A harvest planner.\n" })).await.expect("made");
    let unlinked = async |lane: &mut Lane| lane.ask("unlinked", json!({ "document": plan })).await.expect("told")["unlinked"].clone();
    while unlinked(&mut lane).await == json!([]) {
        lane.event("mentions").await;
    }
    let found = unlinked(&mut lane).await;
    assert_eq!((found.as_array().map(Vec::len), &found[0]["document"]), (Some(1), &notes), "{found}");
    assert!(found[0]["excerpt"].as_str().is_some_and(|words| words.contains("harvest plan")), "{found}");

    // The same index finds documents by words.
    let hits = async |lane: &mut Lane| lane.ask("search", json!({ "words": "planner" })).await.expect("told")["hits"].clone();
    while hits(&mut lane).await.as_array().map(Vec::len) != Some(2) {
        lane.event("mentions").await;
    }
    assert_eq!(unlinked(&mut lane).await, found, "and whoever says something else is not among those who say the title");

    lane.ask("link_title", json!({ "document": notes, "named": plan })).await.expect("linked");
    let body = lane.ask("show", json!({ "document": notes, "as": "json" })).await.expect("shown")["delta"].clone();
    let named =
        body["ops"].as_array().expect("a text").iter().find(|op| op["insert"]["document"]["id"] == plan).expect("it is named").clone();
    assert_eq!(named["attributes"]["bold"], true, "the second of the two, which is no code: {named}");
    while unlinked(&mut lane).await != json!([]) {
        lane.event("mentions").await;
    }
    let again = lane.ask("link_title", json!({ "document": notes, "named": plan })).await.expect_err("there is no other");
    assert_eq!((&again["code"], &again["said"]["code"]), (&"refused".into(), &"title_gone".into()));
}
