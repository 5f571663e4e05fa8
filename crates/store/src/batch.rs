//! What can be written: changes, gathered into a batch that is written wholly or not at all.

use sheaf_base::{BlobId, ChainId, DeviceId, DocumentId, Hash, Wall};

use crate::Snapshot;

/// Changes that are written together or not at all. Batches of different documents share a transaction and fail apart.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub(crate) document: Option<DocumentId>,
    pub(crate) changes: Vec<Change>,
}

impl Batch {
    /// Changes to one document. It must be in the catalogue, or be entered by the first change.
    pub fn of(document: DocumentId) -> Batch {
        Batch { document: Some(document), changes: Vec::new() }
    }

    /// Changes to the profile: settings and peers.
    pub fn profile() -> Batch {
        Batch::default()
    }

    /// Adds a change; they are made in this order.
    pub fn with(mut self, change: Change) -> Batch {
        self.changes.push(change);
        self
    }

    /// Adds a change; they are made in this order.
    pub fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// How many bytes it carries, roughly.
    pub(crate) fn size(&self) -> usize {
        let carried = self.changes.iter().map(|change| match change {
            Change::Record(record) => record.bytes.len(),
            Change::Pack(pack) => pack.run.len() + pack.places.len(),
            Change::Snapshot(snapshot) => snapshot.state.len(),
            Change::Search { body, .. } => body.len(),
            Change::Quarantine { bytes, .. } => bytes.len(),
            _ => 0,
        });
        carried.sum()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// A document that another's text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Which is named.
    pub named: DocumentId,
    /// The line that names it first.
    pub line: String,
    /// What that line says.
    pub excerpt: String,
}

/// One change.
#[derive(Clone)]
pub enum Change {
    /// Puts the document into the catalogue, or replaces its line there.
    Enter(Entry),
    /// Takes the document out of the store with everything that belongs to it. Not the trash: this is for good.
    Forget,
    /// A chain's head. Written again with the same bytes it changes nothing.
    Chain(JournalChain),
    /// A record at the end of its chain. Written again with the same hash it changes nothing; another record under a number that is
    /// taken, or a gap, is refused.
    Record(JournalRecord),
    /// A seal. Of the older ones of its chain those are kept that begin a new 64 KiB.
    Seal(JournalSeal),
    /// A packed run takes the place of the rows that it holds. Refused, if these are not all there, or if the document's last row is among
    /// them.
    Pack(JournalPack),
    /// Every journal row up to this one has entered a replica and the process lived; nothing is being tried alone.
    Applied(u64),
    /// This journal row is about to be applied alone.
    Trying(u64),
    /// An epoch secret.
    Secret {
        /// Which epoch.
        epoch: [u8; 32],
        /// The secret.
        secret: [u8; 32],
    },
    /// The newest receipt of a device; replaces the one before.
    Receipt {
        /// Whose.
        device: DeviceId,
        /// When it came.
        heard: Wall,
        /// What it says.
        bytes: Vec<u8>,
    },
    /// A snapshot, read back and compared before the transaction ends. The two newest are kept.
    Snapshot(Snapshot),
    /// Something that could not be taken in, kept as evidence.
    Quarantine {
        /// Its chain.
        chain: ChainId,
        /// Its number there.
        number: u64,
        /// When.
        at: Wall,
        /// Why, for people.
        reason: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Words of this device that lost their line.
    Rescued {
        /// When it was noticed.
        at: Wall,
        /// The id of the line that went.
        line: String,
        /// The words.
        text: String,
        /// Where they stand in the text, if they do.
        place: Option<Vec<u8>>,
    },
    /// Its person has dealt with a rescued edit, by the number that [`crate::RescuedRow`] gave.
    Settle(u64),
    /// Lines that this device and others changed while they were apart. The hundred newest of a document are kept.
    Review {
        /// When they came together.
        at: Wall,
        /// The lines, and what each side had.
        body: Vec<u8>,
    },
    /// Its person has dealt with a review, by the number that [`crate::ReviewRow`] gave.
    Reviewed(u64),
    /// The words to find this document by.
    Search {
        /// Its title.
        title: String,
        /// Its text.
        body: String,
    },
    /// Which documents this one names, all of them: looked at when the journal ended with this row.
    Mentions {
        /// The row.
        row: u64,
        /// Each document once.
        mentions: Vec<Mention>,
    },
    /// The document refers to a file. Said again it changes nothing.
    Attachment {
        /// The hash of its bytes.
        blob: BlobId,
        /// How many bytes.
        size: u64,
        /// What it is called.
        name: String,
        /// Whether this device may pass it on through this document.
        offered: bool,
    },
    /// A file may be passed on through this document from now on: it has come through it, or was put there here.
    Offered {
        /// The hash of its bytes.
        blob: BlobId,
        /// How many bytes.
        size: u64,
    },
    /// Its person wants a file, however large it is.
    Asked {
        /// The hash of its bytes.
        blob: BlobId,
        /// How many bytes.
        size: u64,
    },
    /// A setting of the profile; `None` takes it away.
    Setting {
        /// Its name.
        name: String,
        /// Its value.
        value: Option<Vec<u8>>,
    },
    /// How a device was last reached.
    Peer {
        /// Which device.
        device: DeviceId,
        /// When it was last heard.
        seen: Wall,
        /// How.
        route: Vec<u8>,
    },
}

/// A document's line in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// When it was made here.
    pub created: Wall,
    /// When its text last changed.
    pub changed: Wall,
    /// When it was last opened in a window.
    pub opened: Option<Wall>,
    /// When it went to the trash, if it is there.
    pub trashed: Option<Wall>,
    /// The role of this device, as a number the engine chooses.
    pub role: u8,
    /// What state it is in, as a number the engine chooses.
    pub state: u8,
    /// How many people are in it.
    pub people: u32,
    /// The first copy has not arrived yet.
    pub placeholder: bool,
    /// The ticket that is being followed meanwhile.
    pub ticket: Option<Vec<u8>>,
    /// What it is, as a number the engine chooses.
    pub kind: u8,
    /// The folder that it is in.
    pub folder: Option<DocumentId>,
}

/// A chain's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalChain {
    /// The chain.
    pub chain: ChainId,
    /// Its head, as it was signed.
    pub head: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// A record, as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRecord {
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
    /// The places of surrogates in it, as the caller writes them.
    pub surrogates: Vec<u8>,
    /// The record.
    pub bytes: Vec<u8>,
}

/// A seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalSeal {
    /// The chain that it seals.
    pub chain: ChainId,
    /// Up to which number.
    pub number: u64,
    /// The signature.
    pub signature: Vec<u8>,
}

/// Records of one chain, one after another, packed. The store cannot look inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalPack {
    /// Their chain.
    pub chain: ChainId,
    /// The number of the first.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// The chain's running hash at the last.
    pub hash: Hash,
    /// The journal row of the first.
    pub first_row: u64,
    /// The journal row of the last.
    pub last_row: u64,
    /// What their rows said besides the records, as the caller writes it.
    pub places: Vec<u8>,
    /// The packed run.
    pub run: Vec<u8>,
}

/// Where a chain ends in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    /// The number of its last record; 0 when there is only a head.
    pub number: u64,
    /// The hash there; at number 0 the chain id.
    pub hash: Hash,
}

/// What a durable batch left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// The document's last journal row; 0 when it has none, or the batch was the profile's.
    pub last_row: u64,
}

/// Says what changes, not what it contains: secrets and text do not belong in a log.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Change::Enter(entry) => write!(f, "Enter({})", entry.document.short()),
            Change::Forget => write!(f, "Forget"),
            Change::Chain(chain) => write!(f, "Chain({})", chain.chain.short()),
            Change::Record(record) => write!(f, "Record({} {}, {} bytes)", record.chain.short(), record.number, record.bytes.len()),
            Change::Seal(seal) => write!(f, "Seal({} {})", seal.chain.short(), seal.number),
            Change::Pack(pack) => write!(f, "Pack({} {} to {})", pack.chain.short(), pack.first, pack.last),
            Change::Applied(row) => write!(f, "Applied({row})"),
            Change::Trying(row) => write!(f, "Trying({row})"),
            Change::Secret { .. } => write!(f, "Secret"),
            Change::Receipt { device, .. } => write!(f, "Receipt({})", device.short()),
            Change::Snapshot(snapshot) => write!(f, "Snapshot(up to {}, {} bytes)", snapshot.upto, snapshot.state.len()),
            Change::Quarantine { chain, number, .. } => write!(f, "Quarantine({} {number})", chain.short()),
            Change::Rescued { line, .. } => write!(f, "Rescued({line})"),
            Change::Settle(number) => write!(f, "Settle({number})"),
            Change::Review { body, .. } => write!(f, "Review({} bytes)", body.len()),
            Change::Reviewed(number) => write!(f, "Reviewed({number})"),
            Change::Search { .. } => write!(f, "Search"),
            Change::Mentions { row, mentions } => write!(f, "Mentions({row}, {} of them)", mentions.len()),
            Change::Attachment { blob, size, .. } => write!(f, "Attachment({}, {size} bytes)", blob.short()),
            Change::Offered { blob, .. } => write!(f, "Offered({})", blob.short()),
            Change::Asked { blob, .. } => write!(f, "Asked({})", blob.short()),
            Change::Setting { name, .. } => write!(f, "Setting({name})"),
            Change::Peer { device, .. } => write!(f, "Peer({})", device.short()),
        }
    }
}
