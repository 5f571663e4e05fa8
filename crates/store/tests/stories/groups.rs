//! Many documents, one transaction.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use sheaf_store::{CommitError, FaultPoint, Options, Store};

use crate::made::{begun, check_whole, keystroke, tail};

#[test]
fn what_waits_together_is_written_together_and_a_bad_batch_fails_alone() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let commits = Arc::new(AtomicUsize::new(0));
    let (go, gate) = mpsc::channel::<()>();
    let counted = commits.clone();
    let mut waited = false;
    let faults = Box::new(move |point| {
        match point {
            // The writer stands at its first transaction until everybody has queued.
            FaultPoint::Begin if !waited => {
                waited = true;
                gate.recv().expect("the story says go");
            }
            FaultPoint::Commit => drop(counted.fetch_add(1, Ordering::SeqCst)),
            _ => {}
        }
        None
    });
    let store = Store::open_with(profile.path(), Options { faults: Some(faults) }).expect("opens");

    let mut pending = Vec::new();
    for document in 1..=50 {
        pending.push(store.commit(begun(document)));
        pending.push(store.commit(keystroke(document, 1)));
        // Document 13 forgets a number.
        pending.push(store.commit(keystroke(document, if document == 13 { 5 } else { 2 })));
    }
    go.send(()).expect("the writer waits");
    let outcomes: Vec<_> = pending.into_iter().map(sheaf_store::Pending::wait).collect();

    let failed: Vec<_> = outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_err()).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(matches!(failed[0], (38, Err(CommitError::Refused(_)))), "{failed:?}");
    // The first batch began alone; the other 149 came together.
    assert!(commits.load(Ordering::SeqCst) <= 2, "{} transactions", commits.load(Ordering::SeqCst));
    for document in 1..=50 {
        assert_eq!(tail(&store, document), if document == 13 { 1 } else { 2 });
        check_whole(&store, document);
    }
}

#[test]
fn readers_go_on_while_the_writer_writes() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = crate::made::open(profile.path());
    store.commit(begun(1)).wait().expect("a new document");
    let reading = store.clone();
    let reader = std::thread::spawn(move || {
        let mut last = 0;
        while last < 300 {
            let now = tail(&reading, 1);
            assert!(now >= last, "a reader saw the past");
            last = now;
        }
    });
    for number in 1..=300 {
        store.commit(keystroke(1, number)).wait().expect("written");
        assert_eq!(tail(&store, 1), number, "an acknowledged record is not visible");
    }
    reader.join().expect("the reader lived");
}

#[test]
fn a_closed_store_answers_everybody() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = crate::made::open(profile.path());
    let (sender, receiver) = mpsc::channel();
    store.commit_then(begun(1), move |outcome| sender.send(outcome).expect("the story listens"));
    drop(store);
    receiver.recv().expect("answered").expect("written before closing");
    let store = crate::made::open(profile.path());
    assert_eq!(tail(&store, 1), 0);
    let other = store.clone();
    store.close();
    assert_eq!(other.commit(keystroke(1, 1)).wait(), Err(CommitError::Closed));
    let files = std::fs::read_dir(profile.path()).expect("a folder").count();
    assert_eq!(files, 2, "database and lock; the log is gone");
    drop(crate::made::open(profile.path()));
}
