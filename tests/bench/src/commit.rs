//! What one durable commit costs here: a transaction of the store with a keystroke's worth of bytes, synced to the disk.

use std::time::Instant;

use serde_json::json;
use sheaf_store::{Batch, Change, Store};

use crate::{Outcome, at, say};

const COMMITS: usize = 300;

/// About what a keystroke's record takes.
const BYTES: usize = 50;

pub(crate) fn measure() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let mut times = Vec::with_capacity(COMMITS);
    for count in 0..COMMITS {
        let change = Change::Setting { name: "bench".into(), value: Some(vec![count as u8; BYTES]) };
        let began = Instant::now();
        store.commit(Batch::profile().with(change)).wait()?;
        times.push(began.elapsed());
    }
    store.close();
    say(&json!({ "what": "one durable commit", "p50_ms": at(&mut times, 0.5), "p99_ms": at(&mut times, 0.99) }));
    Ok(())
}
