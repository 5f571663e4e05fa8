//! Packed runs: what they replace, and when they may.

use sheaf_store::{Batch, Change, CommitError, JournalPack, Tail};

use crate::made::{begun, chain, document, hash, head, open, record, seal};

/// Records 1 to 6 of one chain with the first of another between them, which is row 4.
fn journal() -> Batch {
    let mut batch = begun(1).with(head(1, 2));
    for (name, number) in [(1, 1), (1, 2), (1, 3), (2, 1), (1, 4), (1, 5), (1, 6)] {
        batch.push(Change::Record(record(chain(1, name), number)));
    }
    batch.with(seal(chain(1, 1), 6)).with(seal(chain(1, 2), 1))
}

fn pack(first: u64, last: u64, first_row: u64, last_row: u64) -> JournalPack {
    let chain = chain(1, 1);
    JournalPack { chain, first, last, hash: hash(chain, last), first_row, last_row, places: vec![1, 2], run: vec![3; 40] }
}

#[test]
fn a_pack_takes_the_place_of_its_rows_and_nothing_else_changes() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    store.commit(journal()).wait().expect("a journal");
    let before = store.read(|reader| reader.frontier(document(1), 7)).expect("readable");
    let whole = pack(1, 5, 1, 6);
    store.commit(Batch::of(document(1)).with(Change::Pack(whole.clone()))).wait().expect("packed");

    let rows = store.read(|reader| reader.records(document(1), 0, 100)).expect("readable");
    assert_eq!(rows.iter().map(|row| row.row).collect::<Vec<_>>(), [4, 7]);
    assert_eq!(store.read(|reader| reader.packs(document(1), 0)).expect("readable"), vec![whole.clone()]);
    assert_eq!(store.read(|reader| reader.packs(document(1), 6)).expect("readable"), []);
    for number in 1..=6 {
        let found = store.read(|reader| reader.pack(document(1), chain(1, 1), number)).expect("readable");
        assert_eq!(found, (number < 6).then(|| whole.clone()), "record {number}");
        let row = store.read(|reader| reader.row(document(1), chain(1, 1), number)).expect("readable");
        assert_eq!(row, Some(if number < 6 { 1 } else { 7 }), "record {number}");
    }
    assert_eq!(store.read(|reader| reader.frontier(document(1), 7)).expect("readable"), before);
    assert_eq!(store.read(|reader| reader.row(document(1), chain(1, 1), 7)).expect("readable"), None);
    let tail = store.read(|reader| reader.tail(document(1), chain(1, 1))).expect("readable");
    assert_eq!(tail, Some(Tail { number: 6, hash: hash(chain(1, 1), 6) }));

    // The chain goes on, and what is packed is not taken twice.
    store.commit(Batch::of(document(1)).with(Change::Record(record(chain(1, 1), 5)))).wait().expect("held already");
    let more = Batch::of(document(1)).with(Change::Record(record(chain(1, 1), 7))).with(seal(chain(1, 1), 7));
    assert_eq!(store.commit(more).wait().expect("the next").last_row, 8);
    assert_eq!(store.read(|reader| reader.integrity_check()).expect("readable"), Vec::<String>::new());
}

#[test]
fn a_chain_that_is_packed_to_its_end_goes_on() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    store.commit(journal().with(Change::Record(record(chain(1, 2), 2)))).wait().expect("a journal");
    store.commit(Batch::of(document(1)).with(Change::Pack(pack(1, 6, 1, 7)))).wait().expect("packed");
    let tail = store.read(|reader| reader.tail(document(1), chain(1, 1))).expect("readable");
    assert_eq!(tail, Some(Tail { number: 6, hash: hash(chain(1, 1), 6) }));
    let gap = store.commit(Batch::of(document(1)).with(Change::Record(record(chain(1, 1), 8)))).wait();
    assert!(matches!(gap, Err(CommitError::Refused(_))), "{gap:?}");
    let other = sheaf_store::JournalRecord { hash: hash(chain(1, 3), 6), ..record(chain(1, 1), 6) };
    let taken = store.commit(Batch::of(document(1)).with(Change::Record(other))).wait();
    assert!(matches!(taken, Err(CommitError::Refused(_))), "{taken:?}");
    let next = Batch::of(document(1)).with(Change::Record(record(chain(1, 1), 7))).with(seal(chain(1, 1), 7));
    assert_eq!(store.commit(next).wait().expect("the next").last_row, 9);
    let frontier = store.read(|reader| reader.frontier(document(1), 8)).expect("readable");
    let numbers: Vec<_> = frontier.iter().map(|position| (position.chain, position.number)).collect();
    assert!(numbers.contains(&(chain(1, 1), 6)) && numbers.contains(&(chain(1, 2), 2)), "{numbers:?}");
}

#[test]
fn a_pack_that_is_not_what_the_rows_say_is_refused() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    store.commit(journal()).wait().expect("a journal");
    let rows = || store.read(|reader| reader.records(document(1), 0, 100)).expect("readable");
    let before = rows();
    let wrong = [
        ("other rows", pack(1, 5, 1, 5)),
        ("a record that is not there", pack(1, 9, 1, 7)),
        ("nothing", pack(3, 2, 3, 3)),
        ("the last row", pack(1, 6, 1, 7)),
        ("another hash", JournalPack { hash: hash(chain(1, 2), 5), ..pack(1, 5, 1, 6) }),
        ("another chain", JournalPack { chain: chain(1, 9), ..pack(1, 5, 1, 6) }),
    ];
    for (what, pack) in wrong {
        let refused = store.commit(Batch::of(document(1)).with(Change::Pack(pack))).wait();
        assert!(matches!(refused, Err(CommitError::Refused(_))), "{what}: {refused:?}");
        assert_eq!(rows(), before, "{what}");
    }
}
