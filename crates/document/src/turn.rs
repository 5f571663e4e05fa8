//! A turn: what has been thought, before anybody is told.

use sheaf_access::Ticket;
use sheaf_base::{BlobId, ChainId, DeviceId, DocumentId, Hash, Wall};

use crate::output::{Answer, Output};

/// What the inputs since the last turn led to. The shell tells `at_once`, writes `writes` until they are durable, gives `answers`,
/// calls [`crate::Document::apply_written`] and tells [`crate::Document::take_outputs`]. In that order.
#[derive(Debug, Default)]
pub struct Turn {
    /// Rests on no new record: presence, refusals, dismissals.
    pub at_once: Vec<Output>,
    /// One transaction. Kept by the shell and, should it fail, written again as the same bytes; while it fails, nothing that rests on it
    /// is told.
    pub writes: Writes,
    /// To be given when `writes` is durable.
    pub answers: Vec<Answer>,
}

/// One transaction, in the order in which the fields stand. All bytes are opaque to the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writes {
    /// Heads of chains that are new here.
    pub heads: Vec<HeadRow>,
    /// Records, in order of acceptance, which is a causal order. The first gets the journal's next row number.
    pub records: Vec<RecordRow>,
    /// Seals, the newest of each chain last.
    pub seals: Vec<SealRow>,
    /// Every journal row up to this one has met yrs and the process lived.
    pub applied: Option<u64>,
    /// This journal row is about to meet yrs alone, because a start found it not yet applied.
    pub trying: Option<u64>,
    /// Epoch secrets that are new here.
    pub secrets: Vec<SecretRow>,
    /// The newest receipt of each device.
    pub receipts: Vec<ReceiptRow>,
    /// Evidence: what could not be taken in.
    pub quarantine: Vec<QuarantineRow>,
    /// Files that the records refer to. Some may have been referred to before.
    pub references: Vec<ReferenceRow>,
}

impl Writes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Writes::default()
    }
}

/// A chain's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// The chain.
    pub chain: ChainId,
    /// Its head, without the signature.
    pub head: Vec<u8>,
    /// The signature.
    pub signature: [u8; 64],
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Its chain.
    pub chain: ChainId,
    /// Its number there; the first is 1.
    pub number: u64,
    /// The chain's running hash at it.
    pub hash: Hash,
    /// Its kind.
    pub kind: u8,
    /// The first clock it fills.
    pub clock: u64,
    /// How many clocks it fills.
    pub clocks: u64,
    /// The places of surrogates in it.
    pub surrogates: Vec<u8>,
    /// The record.
    pub bytes: Vec<u8>,
}

/// A seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRow {
    /// The chain that it seals.
    pub chain: ChainId,
    /// Up to which number.
    pub number: u64,
    /// The signature.
    pub signature: [u8; 64],
}

/// An epoch secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Which epoch.
    pub epoch: [u8; 32],
    /// The secret.
    pub secret: [u8; 32],
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Whose.
    pub device: DeviceId,
    /// When it came.
    pub heard: Wall,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// A file that a record refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRow {
    /// The hash of its bytes.
    pub blob: BlobId,
    /// How many bytes.
    pub size: u64,
    /// What it is called there.
    pub name: String,
    /// Whether this device wrote the record.
    pub own: bool,
}

/// Evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Its chain.
    pub chain: ChainId,
    /// Its number there.
    pub number: u64,
    /// When.
    pub at: Wall,
    /// Why, for people.
    pub reason: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A document as the store kept it: what [`crate::Document::open`] begins from.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Which document.
    pub document: DocumentId,
    /// The title, as it was last announced.
    pub title: String,
    /// The ticket that this device joined by, or is following; it opens doors where this device is not known as a member yet.
    pub ticket: Option<Ticket>,
    /// Heads, in any order.
    pub heads: Vec<HeadRow>,
    /// Records in order of acceptance; the first is row 1.
    pub records: Vec<RecordRow>,
    /// Seals, in any order.
    pub seals: Vec<SealRow>,
    /// As written.
    pub applied: u64,
    /// As written.
    pub trying: Option<u64>,
    /// Epoch secrets.
    pub secrets: Vec<SecretRow>,
    /// Receipts.
    pub receipts: Vec<ReceiptRow>,
    /// What was put aside: not applied, nor what stands on it.
    pub quarantine: Vec<QuarantineRow>,
}

impl Stored {
    /// Nothing yet: for whoever keeps a document themselves.
    pub fn empty(document: DocumentId) -> Stored {
        Stored {
            document,
            title: String::new(),
            ticket: None,
            heads: Vec::new(),
            records: Vec::new(),
            seals: Vec::new(),
            applied: 0,
            trying: None,
            secrets: Vec::new(),
            receipts: Vec::new(),
            quarantine: Vec::new(),
        }
    }
}

impl std::fmt::Debug for SecretRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretRow(..)")
    }
}
