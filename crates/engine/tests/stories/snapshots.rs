//! Opening is a snapshot and a tail.

use sheaf_engine::{Engine, Home};
use sheaf_record::Frontier;
use sheaf_store::Store;

use crate::lane::Lane;

/// Nobody has typed for a second: folding waits for that. And it takes its time.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(2);

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
    drop((lane, live));
    engine.close().await;
    let id = document.parse().expect("an id");
    let store = Store::open(home.folder()).expect("the profile is free");
    assert!(store.read(|reader| reader.snapshot(id)).expect("readable").is_none(), "nobody has paused yet");
    store.close();

    let engine = Engine::open(home.clone()).await.expect("opens");
    let live = engine.live(id).await.expect("it opens");
    tokio::time::sleep(PAUSE).await;
    let frontier = live.facts().frontier;
    drop(live);
    engine.close().await;
    let store = Store::open(home.folder()).expect("the profile is free");
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

/// Pushes so many letters into the view `v`, from this version on.
async fn types(lane: &mut Lane, document: &str, numbers: std::ops::RangeInclusive<u64>, mut version: u64) -> u64 {
    for number in numbers {
        let push = lane.push(document, "v", number, version, "a");
        version = lane.answer(push).await.expect("saved")["version"].as_u64().expect("a number");
        lane.say("confirm", serde_json::json!({ "document": document, "view": "v", "version": version }));
    }
    version
}

#[tokio::test(flavor = "multi_thread")]
async fn old_records_are_packed_and_with_a_damaged_pack_it_opens_with_what_the_snapshot_holds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = Home::at(folder.path().join("home"));
    let engine = Engine::open(home.clone()).await.expect("opens");
    let live = engine.create("Long").await.expect("made");
    let (id, document) = (live.id(), live.id().to_string());
    let mut lane = Lane::new(&engine);
    let version = lane.open(&document, "v").await;
    // Four snapshots, one in each pause; of the first 64 KiB the founding records are part, the second 64 KiB are packed long before the last key.
    let mut version = version;
    for quarter in 0..4 {
        version = types(&mut lane, &document, quarter * 1050 + 1..=(quarter + 1) * 1050, version).await;
        tokio::time::sleep(PAUSE).await;
    }
    let (text, frontier) = (lane.text(&document).await, live.facts().frontier);
    drop(lane);
    engine.close().await;

    let store = Store::open(home.folder()).expect("the profile is free");
    let packs = store.read(|reader| reader.packs(id, 0)).expect("readable");
    let snapshot = store.read(|reader| reader.snapshot(id)).expect("readable").expect("a snapshot was made");
    let rows = store.read(|reader| reader.records(id, 0, 10_000)).expect("readable").len();
    let bytes: usize = packs.iter().map(|pack| pack.run.len() + pack.places.len()).sum();
    let packed: u64 = packs.iter().map(|pack| pack.last - pack.first + 1).sum();
    println!("{packed} records in {} packs of {bytes} bytes, {rows} as rows", packs.len());
    assert!(packed > 1000, "{packed}");
    store.close();

    let again = Engine::open(home.clone()).await.expect("opens again");
    assert_eq!(Lane::new(&again).text(&document).await, text);
    assert_eq!(again.live(id).await.expect("it opens").facts().frontier, frontier);
    again.close().await;

    // A bit of the seal in the first pack falls over: what is in it cannot be believed, nor what its chain says afterwards. The snapshot
    // has the text that it had.
    let path = home.folder().join(sheaf_store::DATABASE_FILE);
    let mut file = std::fs::read(&path).expect("readable");
    let at = file.windows(100).position(|window| window == &packs[0].run[..100]).expect("the pack is in the file");
    file[at + 90] ^= 1;
    std::fs::write(&path, file).expect("writable");
    let again = Engine::open(home).await.expect("opens all the same");
    let left = Lane::new(&again).text(&document).await;
    assert!(text.ends_with(&left) && left.len() as u64 + 20 > snapshot.upto, "{} of {} letters", left.len(), text.len());
    again.close().await;
}
