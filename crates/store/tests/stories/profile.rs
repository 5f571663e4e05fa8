//! Whose profile it is, and which version wrote it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sheaf_store::{DATABASE_FILE, OpenError, Store, VERSION};

use crate::made::{begun, keystroke, open, tail};

/// Every file with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| (path.clone(), std::fs::read(&path).expect("a file"))).collect()
}

fn used() -> tempfile::TempDir {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    store.commit(begun(1)).wait().expect("written");
    store.commit(keystroke(1, 1)).wait().expect("written");
    profile
}

#[test]
fn the_profile_is_for_its_user_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profile = folder.path().join("new/profile");
    let store = open(&profile);
    store.commit(begun(1)).wait().expect("written");
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&profile), 0o700);
    for path in contents(&profile).keys() {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    assert_eq!(contents(&profile).len(), 4, "database, log, its index, lock");
}

#[test]
fn a_second_opening_is_refused_and_the_first_is_not_disturbed() {
    let profile = used();
    let store = open(profile.path());
    let second = Store::open(profile.path());
    assert!(matches!(second, Err(OpenError::Locked(_))), "{second:?}");
    store.commit(keystroke(1, 2)).wait().expect("the first goes on");
    drop(store);
    assert_eq!(tail(&open(profile.path()), 1), 2);
}

#[test]
fn a_newer_database_is_refused_and_stays_as_it_is_byte_for_byte() {
    let profile = used();
    let path = profile.path().join(DATABASE_FILE);
    let newer = rusqlite::Connection::open(&path).expect("opens");
    newer.pragma_update(None, "user_version", VERSION + 1).expect("writable");
    newer.execute_batch("CREATE TABLE of_the_future (x)").expect("writable");
    drop(newer);
    let before = contents(profile.path());
    let refused = Store::open(profile.path());
    assert!(matches!(refused, Err(OpenError::Newer { found, known, .. }) if found == VERSION + 1 && known == VERSION), "{refused:?}");
    assert!(refused.expect_err("refused").to_string().contains("update Sheaf"));
    assert!(contents(profile.path()) == before, "something was changed");
}

#[test]
fn a_newer_version_that_is_only_in_the_log_is_noticed_too() {
    let profile = used();
    let path = profile.path().join(DATABASE_FILE);
    let newer = rusqlite::Connection::open(&path).expect("opens");
    newer.pragma_update(None, "wal_autocheckpoint", 0).expect("writable");
    newer.pragma_update(None, "user_version", VERSION + 1).expect("writable");
    // As kill -9 would leave it: the log beside a file that does not know.
    let crashed = tempfile::tempdir().expect("a temporary folder");
    for name in [DATABASE_FILE, "sheaf.db-wal"] {
        std::fs::copy(profile.path().join(name), crashed.path().join(name)).expect("copied");
    }
    drop(newer);
    let before = contents(crashed.path());
    let refused = Store::open(crashed.path());
    assert!(matches!(refused, Err(OpenError::Newer { .. })), "{refused:?}");
    let mut after = contents(crashed.path());
    after.remove(&crashed.path().join(sheaf_store::LOCK_FILE));
    assert!(after == before, "something was changed");
}

#[test]
fn what_is_not_ours_or_is_broken_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(DATABASE_FILE);
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("writable");
        let outcome = Store::open(folder.path());
        assert!(std::fs::read(&path).expect("there") == bytes, "it was changed");
        outcome.expect_err("refused")
    };
    assert!(matches!(refused(b"Dear diary"), OpenError::Foreign(_)));
    assert!(matches!(refused(&[7; 50_000]), OpenError::Foreign(_)));
    assert!(matches!(refused(b"SQLite format 3\0 and then no more"), OpenError::Foreign(_)));

    let profile = used();
    let mut ours = std::fs::read(profile.path().join(DATABASE_FILE)).expect("there");
    ours[100..4096].fill(0xee);
    let error = refused(&ours);
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");

    let foreign = rusqlite::Connection::open(folder.path().join("other.db")).expect("opens");
    foreign.execute_batch("CREATE TABLE recipes (soup); INSERT INTO recipes VALUES ('leek')").expect("writable");
    drop(foreign);
    let bytes = std::fs::read(folder.path().join("other.db")).expect("there");
    assert!(matches!(refused(&bytes), OpenError::Foreign(_)));
}

#[test]
fn a_folder_that_cannot_be_used_says_which() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").expect("writable");
    let error = Store::open(&file.join("profile")).expect_err("not a folder");
    assert!(matches!(error, OpenError::File { .. }), "{error:?}");
    assert!(error.to_string().contains("file/profile"), "{error}");
}
