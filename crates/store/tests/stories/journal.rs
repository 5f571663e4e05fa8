//! What the journal keeps and what it refuses.

use sheaf_base::{DeviceId, Wall, limits};
use sheaf_store::{Batch, Change, CommitError, JournalRecord, SecretRow, Snapshot, Standing, Store, Tail};

use crate::made::{begun, chain, check_whole, document, entry, hash, head, keystroke, open, record, seal};

fn store() -> (tempfile::TempDir, Store) {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    store.commit(begun(1)).wait().expect("a new document");
    (profile, store)
}

#[test]
fn what_is_written_is_read_back_after_reopening_in_the_order_of_acceptance() {
    let (profile, store) = store();
    let other = chain(1, 2);
    let surrogates = vec![3, 9];
    let theirs = JournalRecord { surrogates: surrogates.clone(), kind: 3, ..record(other, 1) };
    let batch = Batch::of(document(1))
        .with(Change::Record(record(chain(1, 1), 1)))
        .with(head(1, 2))
        .with(Change::Record(theirs.clone()))
        .with(Change::Record(record(chain(1, 1), 2)));
    assert_eq!(store.commit(batch).wait().expect("written").last_row, 3);
    drop(store);

    let store = open(profile.path());
    let rows = store.read(|reader| reader.records(document(1), 0, 100)).expect("readable");
    let order: Vec<_> = rows.iter().map(|row| (row.row, row.record.chain, row.record.number)).collect();
    assert_eq!(order, [(1, chain(1, 1), 1), (2, other, 1), (3, chain(1, 1), 2)]);
    assert_eq!(rows[1].record, theirs);
    let rest = store.read(|reader| reader.records(document(1), 2, 100)).expect("readable");
    assert_eq!(rest, rows[2..]);
    let run = store.read(|reader| reader.run(document(1), chain(1, 1), 2, u64::MAX)).expect("readable");
    assert_eq!(run, rows[2..]);
    let chains = store.read(|reader| reader.chains(document(1))).expect("readable");
    assert_eq!(chains.iter().map(|chain| chain.chain).collect::<Vec<_>>(), [chain(1, 1), other]);
    let tail = store.read(|reader| reader.tail(document(1), other)).expect("readable");
    assert_eq!(tail, Some(Tail { number: 1, hash: hash(other, 1) }));
    assert_eq!(store.read(|reader| reader.tail(document(1), chain(1, 9))).expect("readable"), None);
}

#[test]
fn the_same_record_again_is_nothing_another_one_under_its_number_is_refused() {
    let (_profile, store) = store();
    store.commit(keystroke(1, 1)).wait().expect("the first");
    store.commit(keystroke(1, 1)).wait().expect("the same bytes again");
    let other = JournalRecord { hash: hash(chain(1, 3), 1), ..record(chain(1, 1), 1) };
    let refused = store.commit(Batch::of(document(1)).with(Change::Record(other))).wait();
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
    let gap = store.commit(keystroke(1, 3)).wait();
    assert!(matches!(gap, Err(CommitError::Refused(_))), "{gap:?}");
    let headless = Batch::of(document(1)).with(Change::Record(record(chain(1, 8), 1)));
    assert!(matches!(store.commit(headless).wait(), Err(CommitError::Refused(_))));
    let beyond = Batch::of(document(1)).with(seal(chain(1, 1), 2));
    assert!(matches!(store.commit(beyond).wait(), Err(CommitError::Refused(_))));
    let stranger = Batch::of(document(7)).with(head(7, 1));
    assert!(matches!(store.commit(stranger).wait(), Err(CommitError::Refused(_))));
    check_whole(&store, 1);
}

#[test]
fn many_records_of_a_chain_in_one_batch_meet_the_same_rules_as_one_by_one() {
    let (profile, store) = store();
    let ours = chain(1, 1);
    let batch =
        |records: Vec<JournalRecord>| records.into_iter().fold(Batch::of(document(1)), |batch, one| batch.with(Change::Record(one)));
    let run = |numbers: std::ops::RangeInclusive<u64>| batch(numbers.map(|number| record(ours, number)).collect());
    assert_eq!(store.commit(run(1..=6)).wait().expect("written").last_row, 6);
    assert_eq!(store.commit(run(4..=8)).wait().expect("three of them again").last_row, 8);
    let gap = store.commit(batch(vec![record(ours, 9), record(ours, 10), record(ours, 12)])).wait();
    assert!(matches!(gap, Err(CommitError::Refused(_))), "{gap:?}");
    let twice = JournalRecord { hash: hash(chain(1, 3), 9), ..record(ours, 9) };
    let refused = store.commit(batch(vec![record(ours, 9), twice])).wait();
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
    let path = store.path().to_owned();
    drop(store);

    // A damaged journal, with a hole that a peer fills: behind it lies what was always there.
    let damager = rusqlite::Connection::open(&path).expect("opens");
    damager.execute("DELETE FROM records WHERE number IN (3, 4)", []).expect("writable");
    drop(damager);
    let store = open(profile.path());
    let other = JournalRecord { hash: hash(chain(1, 3), 5), ..record(ours, 5) };
    let refused = store.commit(batch(vec![record(ours, 3), record(ours, 4), other])).wait();
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
    assert_eq!(store.commit(run(3..=9)).wait().expect("the hole is filled, and one comes at the end").last_row, 11);
    let mut numbers: Vec<_> =
        store.read(|reader| reader.records(document(1), 0, 100)).expect("readable").iter().map(|row| row.record.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=9).collect::<Vec<_>>());
}

#[test]
fn of_the_seals_the_newest_stays_and_the_first_of_every_64_kib() {
    let (_profile, store) = store();
    let large = |number| JournalRecord { bytes: vec![0; limits::SEAL_EVERY / 10], ..record(chain(1, 1), number) };
    for number in 1..=45 {
        let batch = Batch::of(document(1)).with(Change::Record(large(number))).with(seal(chain(1, 1), number));
        store.commit(batch).wait().expect("written");
    }
    let seals = store.read(|reader| reader.seals(document(1))).expect("readable");
    let numbers: Vec<_> = seals.iter().map(|seal| seal.number).collect();
    assert_eq!(numbers, [11, 21, 31, 41, 45]);
    assert_eq!(seals[0].signature, [11; 64]);
    // An older seal that comes late does not take the newest one's place.
    store.commit(Batch::of(document(1)).with(seal(chain(1, 1), 30))).wait().expect("no harm");
    assert_eq!(store.read(|reader| reader.seals(document(1))).expect("readable"), seals);
}

#[test]
fn marks_secrets_receipts_and_quarantine_come_back() {
    let (_profile, store) = store();
    let device = DeviceId([4; 32]);
    for number in 1..=3 {
        store.commit(keystroke(1, number)).wait().expect("written");
    }
    let standing = || store.read(|reader| reader.standing(document(1))).expect("readable");
    assert_eq!(standing(), Standing { last: 3, applied: 0, trying: None });
    let batch = Batch::of(document(1))
        .with(Change::Applied(2))
        .with(Change::Trying(3))
        .with(Change::Secret { epoch: [1; 32], secret: [2; 32] })
        .with(Change::Receipt { device, heard: Wall(5), bytes: vec![1] })
        .with(Change::Receipt { device, heard: Wall(6), bytes: vec![2] })
        .with(Change::Quarantine { chain: chain(1, 2), number: 4, at: Wall(7), reason: "too deep".into(), bytes: vec![9] })
        .with(Change::Rescued { at: Wall(8), line: "l1".into(), text: "lost".into(), place: None })
        .with(Change::Rescued { at: Wall(9), line: "l2".into(), text: "words".into(), place: Some(vec![1, 2]) });
    store.commit(batch).wait().expect("written");
    assert_eq!(standing(), Standing { last: 3, applied: 2, trying: Some(3) });
    store.commit(Batch::of(document(1)).with(Change::Applied(3))).wait().expect("written");
    assert_eq!(standing(), Standing { last: 3, applied: 3, trying: None });
    store
        .read(|reader| {
            assert_eq!(reader.secrets(document(1))?, [SecretRow { epoch: [1; 32], secret: [2; 32] }]);
            let receipts = reader.receipts(document(1))?;
            assert_eq!(receipts.iter().map(|receipt| (receipt.heard, receipt.bytes.clone())).collect::<Vec<_>>(), [(Wall(6), vec![2])]);
            assert_eq!(reader.quarantine(document(1))?[0].reason, "too deep");
            Ok(())
        })
        .expect("readable");
    let rescued = || store.read(|reader| reader.rescued(document(1))).expect("readable");
    assert_eq!(rescued().iter().map(|edit| edit.text.as_str()).collect::<Vec<_>>(), ["lost", "words"]);
    store.commit(Batch::of(document(1)).with(Change::Settle(rescued()[0].number))).wait().expect("written");
    assert_eq!(rescued().iter().map(|edit| edit.text.as_str()).collect::<Vec<_>>(), ["words"]);
}

#[test]
fn reviews_stay_until_they_are_dealt_with_and_the_hundred_newest_of_a_document_are_kept() {
    let (_profile, store) = store();
    store.commit(begun(2)).wait().expect("a second document");
    for place in [1, 2] {
        for at in 0..101 {
            let change = Change::Review { at: Wall(at), body: vec![place] };
            store.commit(Batch::of(document(place)).with(change)).wait().expect("written");
        }
    }
    let reviews = |place| store.read(|reader| reader.reviews(document(place))).expect("readable");
    assert_eq!(
        reviews(1).iter().map(|row| (row.at.0, row.body.clone())).collect::<Vec<_>>(),
        (1..101).map(|at| (at, vec![1])).collect::<Vec<_>>()
    );
    let first = reviews(1)[0].number;
    for place in [1, 2] {
        // The number is of the first document's: of the other's reviews none goes.
        store.commit(Batch::of(document(place)).with(Change::Reviewed(first))).wait().expect("written");
    }
    assert_eq!((reviews(1).len(), reviews(1)[0].at, reviews(2).len()), (99, Wall(2), 100));
}

#[test]
fn a_snapshot_comes_back_and_a_damaged_one_gives_way_to_the_one_before() {
    let (profile, store) = store();
    for number in 1..=4 {
        store.commit(keystroke(1, number)).wait().expect("written");
        let state = vec![number as u8; 10_000];
        let snapshot = Snapshot { upto: number, frontier: [number as u8; 32], yrs: "0.28.1".into(), state };
        store.commit(Batch::of(document(1)).with(Change::Snapshot(snapshot))).wait().expect("written");
    }
    let newest = || store.read(|reader| reader.snapshot(document(1))).expect("readable").expect("there is one");
    assert_eq!((newest().upto, newest().frontier, newest().state.len()), (4, [4; 32], 10_000));
    let early = Snapshot { upto: 5, frontier: [0; 32], yrs: String::new(), state: Vec::new() };
    let refused = store.commit(Batch::of(document(1)).with(Change::Snapshot(early))).wait();
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
    let path = store.path().to_owned();
    drop(store);

    let damager = rusqlite::Connection::open(&path).expect("opens");
    let snapshots: u32 = damager.query_row("SELECT count(*) FROM snapshots", [], |row| row.get(0)).expect("readable");
    assert_eq!(snapshots, 2);
    damager.execute("UPDATE snapshots SET state = zeroblob(length(state)) WHERE upto = 4", []).expect("writable");
    drop(damager);
    let store = open(profile.path());
    let passed = store.read(|reader| reader.snapshot(document(1))).expect("readable").expect("the one before");
    assert_eq!((passed.upto, passed.state), (3, vec![3; 10_000]));
}

#[test]
fn a_forgotten_document_leaves_nothing_behind_and_its_neighbour_alone() {
    let (_profile, store) = store();
    store.commit(begun(2)).wait().expect("a neighbour");
    for number in 1..=5 {
        store.commit(keystroke(1, number)).wait().expect("written");
        store.commit(keystroke(2, number)).wait().expect("written");
    }
    let words = Change::Search { title: "Lost".into(), body: "words".into() };
    store.commit(Batch::of(document(1)).with(words)).wait().expect("written");
    store.commit(Batch::of(document(1)).with(Change::Forget)).wait().expect("forgotten");
    store
        .read(|reader| {
            assert_eq!(reader.entry(document(1))?, None);
            assert!(reader.records(document(1), 0, 10)?.is_empty() && reader.chains(document(1))?.is_empty());
            assert!(reader.search("words", 10)?.is_empty());
            Ok(())
        })
        .expect("readable");
    check_whole(&store, 2);
    // The same id may come back, by a new invitation, and begins anew.
    store.commit(begun(1)).wait().expect("again");
    assert_eq!(store.commit(keystroke(1, 1)).wait().expect("written").last_row, 1);
    assert_eq!(store.read(|reader| reader.entry(document(1))).expect("readable"), Some(entry(1)));
}
