//! A disk that fails once, or for good, at every point it can.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use sheaf_store::{CommitError, Fault, FaultPoint, Faults, Options, Store};

use crate::made::{begun, check_whole, keystroke, tail};

/// Fails the operations in a range; says how many there were.
fn failing(from: u64, to: u64, fault: Fault) -> (Faults, Arc<AtomicU64>, Arc<Mutex<Vec<FaultPoint>>>) {
    let count = Arc::new(AtomicU64::new(0));
    let struck = Arc::new(Mutex::new(Vec::new()));
    let (counted, listed) = (count.clone(), struck.clone());
    let faults = Box::new(move |point| {
        let operation = counted.fetch_add(1, Ordering::SeqCst);
        (from..to).contains(&operation).then(|| {
            listed.lock().expect("nobody panicked").push(point);
            fault
        })
    });
    (faults, count, struck)
}

/// Writes ten keystrokes, the same bytes again and again until they are taken.
fn write_ten(store: &Store) -> u64 {
    let mut failures = 0;
    for batch in std::iter::once(begun(1)).chain((1..=10).map(|number| keystroke(1, number))) {
        loop {
            match store.commit(batch.clone()).wait() {
                Ok(_) => break,
                Err(error) if error.is_passing() => failures += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    failures
}

#[test]
fn a_failure_at_any_operation_loses_and_doubles_nothing() {
    let mut points = Vec::new();
    for fault in [Fault::Full, Fault::Io] {
        for at in 0..40 {
            let profile = tempfile::tempdir().expect("a temporary folder");
            let (faults, count, struck) = failing(at, at + 1 + at % 3, fault);
            let store = Store::open_with(profile.path(), Options { faults: Some(faults) }).expect("opens");
            let failures = write_ten(&store);
            assert!(failures > 0 && count.load(Ordering::SeqCst) > at, "{fault:?} at {at} never struck");
            points.append(&mut struck.lock().expect("nobody panicked"));
            check_whole(&store, 1);
            assert_eq!(tail(&store, 1), 10, "{fault:?} at {at}");
            drop(store);
            let store = crate::made::open(profile.path());
            assert_eq!(tail(&store, 1), 10, "{fault:?} at {at}, reopened");
        }
    }
    for point in [FaultPoint::Begin, FaultPoint::Write, FaultPoint::Commit, FaultPoint::Committed, FaultPoint::Reopen] {
        assert!(points.contains(&point), "{point:?} was never tried");
    }
}

#[test]
fn a_disk_that_fails_for_good_keeps_saying_so_and_what_was_saved_is_still_read() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let (faults, _, _) = failing(12, u64::MAX, Fault::Io);
    let store = Store::open_with(profile.path(), Options { faults: Some(faults) }).expect("opens");
    store.commit(begun(1)).wait().expect("while it worked");
    store.commit(keystroke(1, 1)).wait().expect("while it worked");
    let mut last = Ok(Default::default());
    for _ in 0..20 {
        last = store.commit(keystroke(1, 2)).wait();
    }
    assert!(matches!(last, Err(CommitError::Io(_))), "{last:?}");
    check_whole(&store, 1);
}
