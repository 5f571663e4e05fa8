//! Saved means durable, and what is not saved is told to nobody.

use serde_json::json;
use sheaf_engine::{Engine, Home};
use sheaf_store::Fault;

use crate::disk::Disk;
use crate::lane::Lane;

async fn engine(disk: &Disk) -> (tempfile::TempDir, Engine, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open_on(Home::at(folder.path().join("home")), disk.options()).await.expect("opens");
    let live = engine.create("A document").await.expect("made");
    (folder, engine, live.id().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_fails_nothing_is_answered_or_shown_and_the_same_words_are_saved_once_it_works() {
    for fault in [Fault::Full, Fault::Io] {
        let disk = Disk::default();
        let (_folder, engine, document) = engine(&disk).await;
        let (mut writer, mut reader) = (Lane::new(&engine), Lane::new(&engine));
        let version = writer.open(&document, "w").await;
        reader.open(&document, "r").await;
        disk.fail(fault);
        let push = writer.push(&document, "w", 1, version, "Important. ");
        let status = writer.wait("a status event", |told| told["event"] == "status").await;
        assert_eq!(status["document"], document.as_str());
        let facts = writer.ask("status", json!({ "document": document })).await.expect("facts");
        assert_eq!(facts["documents"][0]["saved"], false, "{fault:?}: {facts}");
        assert!(facts["documents"][0]["unsaved_reason"].as_str().is_some_and(|reason| reason.contains("same bytes")), "{facts}");
        assert!(!writer.comes(|told| told["id"] == push || told["event"] == "saved").await, "{fault:?}: answered before it was saved");
        assert!(!reader.comes(|told| told["event"] == "show").await, "{fault:?}: shown before it was saved");
        let late = reader.say("open", json!({ "document": document, "view": "late" }));
        // What makes no record is heard meanwhile: a document on a full disk does not go deaf.
        assert!(reader.ask("confirm", json!({ "document": document, "view": "r", "version": version })).await.is_ok());

        disk.mend();
        assert_eq!(writer.answer(push).await.expect("saved")["version"], version + 1, "{fault:?}");
        assert_eq!(reader.event("show").await["delta"]["ops"], json!([{ "insert": "Important. " }]), "{fault:?}");
        reader.answer(late).await.expect("opened");
        let facts = writer.ask("status", json!({ "document": document })).await.expect("facts");
        assert_eq!(facts["documents"][0]["saved"], true, "{fault:?}");
        assert_eq!(writer.text(&document).await.trim_end(), "Important.", "{fault:?}: once, not twice");
        drop((writer, reader));
        engine.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_at_any_operation_once_loses_and_doubles_no_word() {
    for fault in [Fault::Full, Fault::Io] {
        for at in 0..14 {
            let disk = Disk::default();
            let (folder, engine, document) = engine(&disk).await;
            let mut lane = Lane::new(&engine);
            let mut version = lane.open(&document, "v").await;
            disk.fail_between(fault, at, at + 1 + at % 2);
            for word in 1..=4 {
                let push = lane.push(&document, "v", word, version, &format!("{word} "));
                version = lane.answer(push).await.expect("saved")["version"].as_u64().expect("a number");
            }
            assert_eq!(lane.text(&document).await.trim_end(), "4 3 2 1", "{fault:?} at {at}");
            drop(lane);
            engine.close().await;
            let again = Engine::open(Home::at(folder.path().join("home"))).await.expect("opens again");
            assert_eq!(Lane::new(&again).text(&document).await.trim_end(), "4 3 2 1", "{fault:?} at {at}, reopened");
            again.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_on_a_failing_disk_has_told_nothing_that_is_not_there() {
    let disk = Disk::default();
    let (folder, engine, document) = engine(&disk).await;
    let mut lane = Lane::new(&engine);
    let version = lane.open(&document, "v").await;
    let first = lane.push(&document, "v", 1, version, "saved ");
    let version = lane.answer(first).await.expect("saved")["version"].as_u64().expect("a number");
    disk.fail(Fault::Io);
    let second = lane.push(&document, "v", 2, version, "never ");
    assert!(!lane.comes(|told| told["id"] == second).await);
    engine.close().await;
    // The view hears that it has to open again; it still has its words.
    assert_eq!(lane.answer(second).await.expect_err("not saved")["code"], "reset");
    drop(lane);
    let again = Engine::open(Home::at(folder.path().join("home"))).await.expect("opens again");
    assert_eq!(Lane::new(&again).text(&document).await.trim_end(), "saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_busier_a_document_the_fewer_its_transactions() {
    let disk = Disk::default();
    let (_folder, engine, document) = engine(&disk).await;
    let mut lanes = Vec::new();
    for view in 0..20 {
        let mut lane = Lane::new(&engine);
        let version = lane.open(&document, &format!("v{view}")).await;
        lanes.push((lane, version));
    }
    let before = disk.commits();
    let mut pushes = Vec::new();
    for (view, (lane, version)) in lanes.iter_mut().enumerate() {
        pushes.push(lane.push(&document, &format!("v{view}"), 1, *version, "x"));
    }
    for ((lane, _), push) in lanes.iter_mut().zip(pushes) {
        lane.answer(push).await.expect("saved");
    }
    let commits = disk.commits() - before;
    println!("20 pushes at once took {commits} transactions");
    assert!(commits <= 10, "{commits} transactions for 20 pushes at once");
    assert_eq!(lanes[0].0.text(&document).await.trim_end(), "x".repeat(20));
}
