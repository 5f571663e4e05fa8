//! Files on a real disk: written once, taken up again, found out when they are damaged.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use sheaf_base::{BlobId, DocumentId};
use sheaf_blobs::{BlobError, Blobs, CHUNK, List};

const THROUGH: DocumentId = DocumentId([9; 32]);

fn bytes(size: u64) -> Vec<u8> {
    (0..size).map(|at| (at.wrapping_mul(131) ^ (at >> 9)) as u8).collect()
}

fn attach(blobs: &Blobs, bytes: &[u8]) -> List {
    let mut writing = blobs.write().expect("begun");
    bytes.chunks(70_000).for_each(|piece| writing.append(piece).expect("written"));
    writing.finish().expect("named")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn read(blobs: &Blobs, list: &List) -> Result<Vec<u8>, BlobError> {
    let whole = blobs.read(list.blob(), list.size())?;
    let chunks: Result<Vec<_>, _> = (0..list.values().len() as u64).map(|chunk| whole.chunk(chunk)).collect();
    Ok(chunks?.concat())
}

#[test]
fn the_same_file_twice_is_stored_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blobs = Blobs::open(folder.path()).expect("opened");
    for size in [0, 1, CHUNK, 3 * CHUNK + 5] {
        let before = files(folder.path()).len();
        let list = attach(&blobs, &bytes(size));
        assert_eq!(attach(&blobs, &bytes(size)), list);
        assert_eq!(files(folder.path()).len() - before, if size > CHUNK { 2 } else { 1 }, "the file, and a list if it is long");
        assert_eq!(read(&blobs, &list).expect("readable"), bytes(size));
    }
}

#[test]
fn what_is_not_finished_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blobs = Blobs::open(folder.path()).expect("opened");
    let mut writing = blobs.write().expect("begun");
    writing.append(b"half a ").expect("written");
    drop(writing);
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    let mut killed = blobs.write().expect("begun");
    killed.append(b"half a ").expect("written");
    std::mem::forget(killed);
    assert_eq!(files(folder.path()).len(), 1);
    Blobs::open(folder.path()).expect("opened again");
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new(), "a killed process's is removed at the next start");
}

#[test]
fn a_file_is_taken_up_where_it_stopped_and_what_is_torn_is_asked_for_again() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (from, to) = (Blobs::open(there.path()).expect("opened"), Blobs::open(here.path()).expect("opened"));
    let list = attach(&from, &bytes(5 * CHUNK + 9));
    let whole = from.read(list.blob(), list.size()).expect("there");
    to.keep_list(THROUGH, &list).expect("kept");
    let mut part = to.take_up(THROUGH, list.clone()).expect("begun");
    for chunk in [4, 1, 5] {
        assert!(part.put(chunk, &whole.chunk(chunk).expect("read")).expect("written"));
    }
    let mut torn = whole.chunk(0).expect("read");
    torn[77] ^= 1;
    assert!(!part.put(0, &torn).expect("looked at"), "a chunk that is another's");
    assert!(matches!(part.finish(), Err(BlobError::Absent)), "not before everything is here");
    drop(part);
    // A power cut has torn a chunk that was on its way to the disk.
    let half =
        fs::OpenOptions::new().write(true).open(here.path().join(format!("incoming/{THROUGH}.{}.part", list.blob()))).expect("there");
    half.write_all_at(b"torn", 4 * CHUNK + 100).expect("written");

    let again = Blobs::open(here.path()).expect("opened again");
    let kept = again.kept_list(THROUGH, list.blob(), list.size()).expect("the list is there");
    let mut part = again.take_up(THROUGH, kept).expect("taken up");
    assert_eq!(part.missing().collect::<Vec<_>>(), [0, 2, 3, 4]);
    assert_eq!(part.here(), CHUNK + 9);
    for chunk in part.missing().collect::<Vec<_>>() {
        assert!(part.put(chunk, &whole.chunk(chunk).expect("read")).expect("written"));
    }
    part.finish().expect("named");
    assert_eq!(read(&again, &list).expect("readable"), bytes(5 * CHUNK + 9));
    assert!(files(&here.path().join("incoming")).is_empty());
}

#[test]
fn damage_is_found_as_it_is_read_and_only_the_damaged_chunk_is_lost() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blobs = Blobs::open(folder.path()).expect("opened");
    let list = attach(&blobs, &bytes(3 * CHUNK));
    let name = list.blob().to_string();
    let path = folder.path().join(&name[..2]).join(&name);
    fs::OpenOptions::new().write(true).open(path).expect("there").write_all_at(&[0xff; 3], CHUNK).expect("written");
    assert!(matches!(read(&blobs, &list), Err(BlobError::Damaged)));
    blobs.set_aside(THROUGH, list.blob()).expect("set aside");
    assert!(!blobs.has(list.blob(), list.size()));
    let kept = blobs.kept_list(THROUGH, list.blob(), list.size()).expect("its list is good");
    let part = blobs.take_up(THROUGH, kept).expect("taken up");
    assert_eq!(part.missing().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_name_with_another_size_is_another_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blobs = Blobs::open(folder.path()).expect("opened");
    let list = attach(&blobs, b"words");
    assert!(blobs.has(list.blob(), 5) && !blobs.has(list.blob(), 6) && !blobs.has(BlobId([0; 32]), 5));
    assert!(matches!(blobs.read(list.blob(), 6), Err(BlobError::Absent)));
}
