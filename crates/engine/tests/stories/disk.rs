//! A disk that fails when it is told to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use sheaf_store::{Fault, FaultPoint, Options};

/// The switch of a disk: what fails, and from which operation to which.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    operations: Arc<AtomicU64>,
    failing: Arc<Mutex<Option<(Fault, u64, u64)>>>,
    commits: Arc<AtomicU64>,
}

impl Disk {
    /// What the store is opened with.
    pub(crate) fn options(&self) -> Options {
        let disk = self.clone();
        Options { faults: Some(Box::new(move |point| disk.ask(point))) }
    }

    fn ask(&self, point: FaultPoint) -> Option<Fault> {
        let operation = self.operations.fetch_add(1, Ordering::SeqCst);
        if point == FaultPoint::Committed {
            self.commits.fetch_add(1, Ordering::SeqCst);
        }
        let failing = *self.failing.lock().expect("nobody panicked");
        failing.filter(|(_, from, to)| (*from..*to).contains(&operation)).map(|(fault, _, _)| fault)
    }

    /// From now on everything fails.
    pub(crate) fn fail(&self, fault: Fault) {
        self.fail_between(fault, 0, u64::MAX);
    }

    /// The k-th operation from now on fails, and the ones after it up to the n-th.
    pub(crate) fn fail_between(&self, fault: Fault, from: u64, to: u64) {
        let now = self.operations.load(Ordering::SeqCst);
        *self.failing.lock().expect("nobody panicked") = Some((fault, now + from, now.saturating_add(to)));
    }

    /// Nothing fails any more.
    pub(crate) fn mend(&self) {
        *self.failing.lock().expect("nobody panicked") = None;
    }

    /// Transactions that reached the disk.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::SeqCst)
    }
}
