//! One SQLite file per profile: journal, snapshots, catalogue, search.
//!
//! [`Store::open`] takes the profile's lock, brings the database up to this version, and starts the one writer thread. Everything that
//! changes goes through [`Store::commit`] as a [`Batch`]; what is acknowledged is on the disk (WAL, `synchronous=FULL`). Batches that
//! arrive together share one transaction, each in its own savepoint, so that a batch that cannot be written fails alone. Readers
//! ([`Store::read`]) have connections of their own that cannot write.
//!
//! This crate parses nothing: records, heads, seals, tickets and routes are bytes to it. It opens no socket and reads no clock. It
//! never gives the number of a chain to a second record, whatever the caller asks.

mod batch;
mod failure;
mod faults;
mod lock;
mod migrate;
mod place;
mod reader;
mod snapshot;
mod store;
mod write;
mod writer;

pub use batch::{Batch, Change, Entry, JournalChain, JournalPack, JournalRecord, JournalSeal, Mention, Tail, Written};
pub use failure::{CommitError, OpenError, ReadError};
pub use faults::{Fault, FaultPoint, Faults};
pub use lock::LOCK_FILE;
pub use migrate::VERSION;
pub use reader::{
    AttachmentRow, Backlink, JournalRow, PeerRow, QuarantineRow, Reader, ReceiptRow, RescuedRow, ReviewRow, SealRow, SearchHit, SecretRow,
    Standing,
};
pub use snapshot::Snapshot;
pub use store::{DATABASE_FILE, Options, Pending, Store};
