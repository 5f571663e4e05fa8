//! A real full disk: a tmpfs of eight megabytes.

use std::path::{Path, PathBuf};
use std::process::Command;

use sheaf_store::{Batch, Change, CommitError, JournalRecord};

use crate::made::{begun, chain, document, open, record, tail};

/// A small disk of its own, unmounted when the story ends.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<SmallDisk> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "sheaf-small-disk"]).arg(at).status();
        mounted.is_ok_and(|status| status.success()).then(|| SmallDisk(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "the small disk stays mounted at {}", self.0.display());
    }
}

#[test]
fn on_a_full_disk_the_same_bytes_wait_and_are_written_once_there_is_room() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        eprintln!("SKIPPED: a small disk needs root to mount a tmpfs");
        return;
    };
    let ballast = disk.0.join("ballast");
    std::fs::write(&ballast, vec![0; 5 << 20]).expect("room for ballast");
    let store = open(&disk.0.join("profile"));
    store.commit(begun(1)).wait().expect("room for a document");
    let large = |number: u64| {
        let bytes = vec![number as u8; 40_000];
        Batch::of(document(1)).with(Change::Record(JournalRecord { bytes, ..record(chain(1, 1), number) }))
    };
    let mut number = 0;
    let error = loop {
        number += 1;
        if let Err(error) = store.commit(large(number)).wait() {
            break error;
        }
    };
    assert!(number > 5, "it was full from the start");
    assert_eq!(error, CommitError::Full);
    for _ in 0..3 {
        assert!(store.commit(large(number)).wait().is_err_and(|error| error.is_passing()), "still full");
    }
    assert_eq!(tail(&store, 1), number - 1, "what was acknowledged is there, and nothing else");
    drop(store);
    let store = open(&disk.0.join("profile"));
    assert_eq!(tail(&store, 1), number - 1, "a full disk can still be read");
    assert!(store.commit(large(number)).wait().is_err_and(|error| error.is_passing()), "still full");
    std::fs::remove_file(&ballast).expect("room again");
    store.commit(large(number)).wait().expect("the same bytes, now that there is room");
    drop(store);

    let store = open(&disk.0.join("profile"));
    let rows = store.read(|reader| reader.records(document(1), 0, 1000)).expect("readable");
    assert_eq!(rows.len() as u64, number);
    assert!(rows.iter().all(|row| row.record.bytes == vec![row.record.number as u8; 40_000]));
    assert!(store.read(|reader| reader.integrity_check()).expect("readable").is_empty());
}
