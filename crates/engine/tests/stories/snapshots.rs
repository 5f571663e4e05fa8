//! Opening is a snapshot and a tail.

use sheaf_engine::{Engine, Home};
use sheaf_record::Frontier;
use sheaf_store::Store;

use crate::lane::Lane;

#[tokio::test(flavor = "multi_thread")]
async fn a_long_journal_is_folded_beside_the_turns_and_opens_the_same() {
    const PUSHES: u64 = 1200;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = Home::at(folder.path().join("home"));
    let engine = Engine::open(home.clone()).await.expect("opens");
    let live = engine.create("Long").await.expect("made");
    let document = live.id().to_string();
    let mut lane = Lane::new(&engine);
    let mut version = lane.open(&document, "v").await;
    for number in 1..=PUSHES {
        let push = lane.push(&document, "v", number, version, if number % 7 == 0 { "😀" } else { "a" });
        version = lane.answer(push).await.expect("saved")["version"].as_u64().expect("a number");
        lane.say("confirm", serde_json::json!({ "document": document, "view": "v", "version": version }));
    }
    let text = lane.text(&document).await;
    let frontier = live.facts().frontier;
    drop(lane);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    engine.close().await;

    let store = Store::open(home.folder()).expect("the profile is free");
    let id = document.parse().expect("an id");
    let snapshot = store.read(|reader| reader.snapshot(id)).expect("readable").expect("a snapshot was made");
    println!("snapshot up to row {} of {PUSHES} pushes, {} bytes", snapshot.upto, snapshot.state.len());
    assert!(snapshot.upto >= 1000);
    // It names what was held when it was made; at the last row that is what the document itself says.
    let at = |row| {
        let mut frontier = Frontier::new();
        let positions = store.read(|reader| reader.frontier(id, row)).expect("readable");
        positions.into_iter().for_each(|position| frontier.set(position));
        frontier.digest().0
    };
    let last = store.read(|reader| reader.standing(id)).expect("readable").last;
    assert_eq!((at(snapshot.upto), at(last)), (snapshot.frontier, frontier));
    store.close();
    let again = Engine::open(home).await.expect("opens again");
    assert_eq!(Lane::new(&again).text(&document).await, text);
}
