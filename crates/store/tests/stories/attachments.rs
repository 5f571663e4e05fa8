//! Which document refers to which file, and by which way it came.

use sheaf_base::BlobId;
use sheaf_store::{Batch, Change};

use crate::made::{begun, document, open};

const FILE: BlobId = BlobId([7; 32]);

fn refers(size: u64, name: &str, offered: bool) -> Change {
    Change::Attachment { blob: FILE, size, name: name.into(), offered }
}

#[test]
fn a_reference_is_kept_as_it_was_first_made_and_goes_with_its_document() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    for name in [1, 2] {
        store.commit(begun(name)).wait().expect("written");
    }
    store.commit(Batch::of(document(1)).with(refers(10, "theirs.png", false)).with(refers(10, "mine.png", true))).wait().expect("written");
    store.commit(Batch::of(document(2)).with(refers(10, "mine.png", true)).with(refers(11, "other.png", false))).wait().expect("written");
    let rows = |name| store.read(|reader| reader.attachments(document(name))).expect("readable");
    let [one] = rows(1).try_into().expect("one file");
    assert_eq!((one.name.as_str(), one.offered), ("theirs.png", false), "whoever says it second changes nothing");
    assert_eq!(rows(2).iter().map(|row| row.size).collect::<Vec<_>>(), [11, 10], "the newest first");

    store
        .commit(Batch::of(document(1)).with(Change::Offered { blob: FILE, size: 10 }).with(Change::Asked { blob: FILE, size: 10 }))
        .wait()
        .expect("written");
    let of = |name, size| store.read(|reader| reader.attachment(document(name), FILE, size)).expect("readable");
    assert!(of(1, 10).is_some_and(|row| row.offered && row.asked));
    assert!(of(2, 11).is_some_and(|row| !row.offered && !row.asked), "a file of another size is another file");
    assert_eq!(of(1, 11), None);
    store.commit(Batch::of(document(1)).with(Change::Forget)).wait().expect("written");
    assert_eq!(rows(1), []);
    assert_eq!(rows(2).len(), 2);
}
