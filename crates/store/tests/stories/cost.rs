//! What one durable commit costs here. Printed, never asserted.

use std::time::Instant;

use crate::made::{begun, keystroke, open};

#[test]
#[allow(clippy::disallowed_methods, reason = "measuring is what this is for")]
fn print_the_cost_of_one_durable_commit() {
    const COMMITS: usize = 300;
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    store.commit(begun(1)).wait().expect("written");
    let mut costs: Vec<_> = (1..=COMMITS as u64)
        .map(|number| {
            let begin = Instant::now();
            store.commit(keystroke(1, number)).wait().expect("written");
            begin.elapsed()
        })
        .collect();
    costs.sort_unstable();
    let before = std::fs::metadata(store.path()).expect("there").len();
    drop(store);
    let size = std::fs::metadata(profile.path().join(sheaf_store::DATABASE_FILE)).expect("there").len();
    println!(
        "one durable commit of a keystroke: p50 {:?}, p99 {:?} ({COMMITS} commits in {}); {} bytes of file for them",
        costs[COMMITS / 2],
        costs[COMMITS * 99 / 100],
        profile.path().display(),
        size.saturating_sub(before.min(4096)),
    );
}
