//! Rows made up for the stories. Their bytes mean nothing, as the store expects.

use std::path::Path;

use sheaf_base::{ChainId, DocumentId, Hash, Wall};
use sheaf_store::{Batch, Change, Entry, JournalChain, JournalRecord, JournalSeal, Store};

pub(crate) fn document(name: u8) -> DocumentId {
    DocumentId([name; 32])
}

pub(crate) fn chain(document: u8, name: u8) -> ChainId {
    let mut id = [document; 32];
    id[0] = name;
    ChainId(id)
}

pub(crate) fn entry(name: u8) -> Entry {
    Entry {
        document: document(name),
        title: format!("Document {name}"),
        created: Wall(1),
        changed: Wall(u64::from(name)),
        opened: None,
        trashed: None,
        role: 5,
        state: 0,
        people: 1,
        placeholder: false,
        ticket: None,
        kind: 0,
        folder: None,
    }
}

pub(crate) fn head(document: u8, name: u8) -> Change {
    Change::Chain(JournalChain { chain: chain(document, name), head: vec![document, name], signature: vec![7; 64] })
}

/// Record `number`; its hash follows from what it is.
pub(crate) fn record(chain: ChainId, number: u64) -> JournalRecord {
    let bytes = format!("record {number} of a chain, as long as a keystroke's").into_bytes();
    JournalRecord { chain, number, hash: hash(chain, number), kind: 1, clock: number - 1, clocks: 1, surrogates: Vec::new(), bytes }
}

pub(crate) fn hash(chain: ChainId, number: u64) -> Hash {
    let mut hash = chain.0;
    hash[24..].copy_from_slice(&number.to_be_bytes());
    Hash(hash)
}

pub(crate) fn seal(chain: ChainId, number: u64) -> Change {
    Change::Seal(JournalSeal { chain, number, signature: vec![number as u8; 64] })
}

/// A document with one chain that has only its head.
pub(crate) fn begun(name: u8) -> Batch {
    Batch::of(document(name)).with(Change::Enter(entry(name))).with(head(name, 1))
}

/// The keystroke after the chain's tail.
pub(crate) fn keystroke(name: u8, number: u64) -> Batch {
    let chain = chain(name, 1);
    Batch::of(document(name)).with(Change::Record(record(chain, number))).with(seal(chain, number))
}

pub(crate) fn tail(store: &Store, name: u8) -> u64 {
    store.read(|reader| reader.tail(document(name), chain(name, 1))).expect("the database is readable").map_or(0, |tail| tail.number)
}

/// Every record of the chain is there, in order, and the file is whole.
pub(crate) fn check_whole(store: &Store, name: u8) {
    let (rows, damage) = store
        .read(|reader| Ok((reader.records(document(name), 0, u32::MAX)?, reader.integrity_check()?)))
        .expect("the database is readable");
    assert_eq!(damage, Vec::<String>::new());
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row.record, record(chain(name, 1), index as u64 + 1));
        assert_eq!(row.row, index as u64 + 1);
    }
}

pub(crate) fn open(profile: &Path) -> Store {
    Store::open(profile).expect("the profile opens")
}
