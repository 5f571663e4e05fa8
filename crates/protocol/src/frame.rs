//! What two peers say to each other about one document.

use sheaf_access::{Request, Rotation, TicketKey};
use sheaf_base::{BlobId, ChainId, DeviceId, DocumentId, Hash};
use sheaf_record::{BadSignature, DeviceKey, Digest, Prefix, Signature, Writer, verify};

/// A frame about one document. Which one is said by whatever carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Somebody with a ticket asks to be let in.
    Ask(Ask),
    /// They are.
    Welcome(Welcome),
    /// They are not, or not any more.
    Refuse(Dismissal),
    /// What I hold, in one digest: the beginning of a session, and again every minute.
    Hello(Hello),
    /// What I hold, range by range, where digests differed.
    Compare(Compare),
    /// Records to catch up with. Bulk lane.
    Records(Bundle),
    /// Many records as few bytes, to catch up with. Bulk lane.
    Packed(Packed),
    /// All that was to be caught up with has been sent, on this lane, before this.
    Supplied,
    /// Records of one turn, as they are written. Fast lane.
    Live(Bundle),
    /// What I now durably hold.
    Have(Have),
    /// What other devices have said that they hold.
    Receipts(Vec<Receipt>),
    /// Where my cursor is. May be lost.
    Presence(Presence),
    /// What my body looks like, at what I have applied.
    StateHash(StateHash),
    /// How other members were last reached.
    Routes(Vec<RouteHint>),
    /// Which other devices I am linked with about this document, so that nobody forwards what comes directly.
    Neighbours(Vec<DeviceId>),
    /// This document is closed here, or left.
    Bye,
    /// Asks for a piece of a file that the document refers to. Answered on the bulk lane. From version [`BLOBS`] on, as all about files.
    WantBlob(WantBlob),
    /// A part of what was asked for, in order. Bulk lane.
    Blob(BlobPart),
    /// The file that was asked for is not here, or not for whoever asks.
    NoBlob(BlobId),
    /// Somebody with a ticket that its maker grants asks to be let in; or a member carries what they ask. From version [`REQUESTS`] on.
    Request(Asking),
    /// They have been. From version [`REQUESTS`] on.
    Granted(Granted),
    /// The one that is spoken to was added by another device of its person. From version [`DEVICES`] on.
    Added(Added),
    /// Right behind a Welcome, a Granted or an Added: for each new secret of the document those before it, closed under it. Whoever comes holds the newest, and
    /// what they are sent begins with what is closed with the oldest. From version [`REQUESTS`] on.
    Past(Vec<Rotation>),
}

/// The version of the protocol that speaks of files.
pub const BLOBS: u8 = 2;

/// The version of the protocol that speaks of being let in one by one.
pub const REQUESTS: u8 = 3;

/// The version of the protocol that speaks of several devices of one person.
pub const DEVICES: u8 = 4;

impl Frame {
    /// The first version of the protocol that speaks of this. Whoever agreed on an older one with the peer does not send it: an unknown frame
    /// ends the link.
    pub fn since(&self) -> u8 {
        match self {
            Frame::WantBlob(_) | Frame::Blob(_) | Frame::NoBlob(_) => BLOBS,
            Frame::Added(_) => DEVICES,
            Frame::Request(_) | Frame::Granted(_) | Frame::Past(_) => REQUESTS,
            Frame::Refuse(reason) if *reason > Dismissal::Version => REQUESTS,
            _ => 1,
        }
    }

    /// Its name, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Frame::Ask(_) => "ask",
            Frame::Welcome(_) => "welcome",
            Frame::Refuse(_) => "refuse",
            Frame::Hello(_) => "hello",
            Frame::Compare(_) => "compare",
            Frame::Records(_) => "records",
            Frame::Packed(_) => "packed",
            Frame::Supplied => "supplied",
            Frame::Live(_) => "live",
            Frame::Have(_) => "have",
            Frame::Receipts(_) => "receipts",
            Frame::Presence(_) => "presence",
            Frame::StateHash(_) => "state hash",
            Frame::Routes(_) => "peer routes",
            Frame::Neighbours(_) => "neighbours",
            Frame::Bye => "bye",
            Frame::WantBlob(_) => "want blob",
            Frame::Blob(_) => "blob",
            Frame::NoBlob(_) => "no blob",
            Frame::Request(_) => "request",
            Frame::Granted(_) => "granted",
            Frame::Added(_) => "added",
            Frame::Past(_) => "past",
        }
    }
}

/// A joiner's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which invitation: the ticket's public key.
    pub ticket: TicketKey,
    /// The ticket's signature over this link and this device, so that nobody can repeat it elsewhere.
    pub proof: Signature,
}

/// What a joiner needs to understand what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// The invitation's record, which the joiner's Join will name.
    pub record: Hash,
    /// What that record says: an access operation. It holds the epoch secret, sealed to the ticket, without which nothing that follows
    /// can be read.
    pub invitation: Vec<u8>,
    /// How many bytes of records there are, for showing progress.
    pub bytes: u64,
}

/// What a device needs that was added by another one of its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The secrets of now, each an access operation that deals it to this device alone. None of them is a record.
    pub wraps: Vec<Vec<u8>>,
    /// How many bytes of records there are, for showing progress.
    pub bytes: u64,
}

/// What somebody asks who has a ticket that its maker grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The request, which proves what it needs to.
    pub request: Box<Request>,
    /// What they call themselves: their word, for whoever looks at it. At most [`limits::NAME`](sheaf_base::limits::NAME) units.
    pub name: String,
}

/// What somebody who was let in needs to understand what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The grant's record: their membership.
    pub record: Hash,
    /// What that record says: an access operation. It holds the secrets of now, sealed to the key in the request.
    pub grant: Vec<u8>,
    /// How many bytes of records there are, for showing progress.
    pub bytes: u64,
}

/// Why a peer is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Dismissal {
    /// Not a member as far as is known here, and without a ticket.
    #[error("they do not know this device as a member")]
    Stranger = 1,
    /// The ticket is not one of this document's, or it does not count any more.
    #[error("they do not know this invitation, or it has been withdrawn")]
    Ticket = 2,
    /// They have no such document.
    #[error("they do not have this document")]
    Unknown = 3,
    /// They have it, but not yet the first copy.
    #[error("they are still waiting for their own first copy")]
    Waiting = 4,
    /// Membership has ended.
    #[error("this device was removed, or has left")]
    Removed = 5,
    /// The peer sent what no honest peer sends.
    #[error("they received something invalid from this device")]
    Invalid = 6,
    /// The two speak different versions.
    #[error("they speak a different version of the protocol")]
    Version = 7,
    /// The request is on its way to whoever made the invitation, or waits for their answer.
    #[error("whoever made the invitation has been asked and has not answered yet")]
    Asked = 8,
    /// The invitation has expired, or has let in as many as it may.
    #[error("the invitation has expired, or has been used as often as it may")]
    Over = 9,
    /// Whoever made the invitation said no.
    #[error("whoever made the invitation did not let this device in")]
    Declined = 10,
}

impl Dismissal {
    /// Every reason there is.
    pub const ALL: [Dismissal; 10] = [
        Dismissal::Stranger,
        Dismissal::Ticket,
        Dismissal::Unknown,
        Dismissal::Waiting,
        Dismissal::Removed,
        Dismissal::Invalid,
        Dismissal::Version,
        Dismissal::Asked,
        Dismissal::Over,
        Dismissal::Declined,
    ];
}

/// The versions of the protocol that somebody can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// The lowest.
    pub lowest: u8,
    /// The highest.
    pub highest: u8,
}

impl Versions {
    /// What this build speaks.
    pub const HERE: Versions = Versions { lowest: 1, highest: DEVICES };

    /// The highest version that both can speak.
    pub fn agree(&self, other: &Versions) -> Option<u8> {
        let version = self.highest.min(other.highest);
        (version >= self.lowest.max(other.lowest)).then_some(version)
    }
}

/// The beginning of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The protocol versions that this side can speak; the session speaks the highest that both can.
    pub versions: Versions,
    /// This process run, to tell two processes with one key apart.
    pub instance: [u8; 16],
    /// Digest of everything durably held.
    pub frontier: Digest,
    /// Digest of the access records among it.
    pub access: Digest,
    /// How many chains, for choosing how to compare.
    pub chains: u64,
    /// How many bytes of records, for showing progress.
    pub bytes: u64,
    /// This greets back: a comparison that the other side has begun meanwhile goes on.
    pub back: bool,
}

/// What I hold, range by range. Answered by another, until one is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compare {
    /// Ranges of the sorted chain list.
    pub ranges: Vec<Range>,
}

/// A range of the sorted chain list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// What the chain ids of the range begin with.
    pub prefix: Prefix,
    /// What I hold there.
    pub held: Held,
}

/// What somebody holds in a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Digests of the sixteen smaller ranges; `None` where there is nothing.
    Digests([Option<[u8; 8]>; 16]),
    /// All of it, by name. The other side is asked to say what it holds instead, where that is less.
    Items(Vec<ItemHeld>),
    /// The answer to items: where I hold less. Not answered again.
    Lacking(Vec<ItemHeld>),
}

/// How much of a chain somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemHeld {
    /// The chain.
    pub chain: ChainId,
    /// The newest record held; 0: none.
    pub number: u64,
    /// The beginning of its hash, so that branches of a fork are told apart.
    pub hash: [u8; 8],
}

/// Heads, records and seals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    /// Which chains the runs and seals are about.
    pub chains: Vec<BundleChain>,
    /// Records.
    pub runs: Vec<Run>,
    /// Seals.
    pub seals: Vec<BundleSeal>,
}

/// A chain that a bundle is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleChain {
    /// One that the receiver knows.
    Known(ChainId),
    /// One that it may not know: its signed head.
    Head(Vec<u8>),
    /// One that has been forked: what follows goes on behind one of its records.
    Branch(Branch),
}

/// Where a history of a forked chain goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch {
    /// The chain's signed head.
    pub head: Vec<u8>,
    /// What the sender calls the history. It keeps apart what comes of several at once; where the records belong, their hashes say.
    pub name: ChainId,
    /// The number of the record that is followed, as the chain's device counts; 0: the head.
    pub number: u64,
    /// The chain's hash there.
    pub hash: Hash,
}

/// Records of one chain, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Index into the bundle's chains.
    pub chain: u64,
    /// The number of the first, as the chain's device counts.
    pub first: u64,
    /// The records.
    pub records: Vec<Vec<u8>>,
}

/// A seal in a bundle. The hash is not sent: the receiver has computed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleSeal {
    /// Index into the bundle's chains.
    pub chain: u64,
    /// Up to which number.
    pub number: u64,
    /// The signature.
    pub signature: Signature,
}

/// A packed run, as [`sheaf_record::PackedRun`] spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The signed head of its chain, if the receiver may not know it.
    pub head: Option<Vec<u8>>,
    /// The run.
    pub run: Vec<u8>,
}

/// A device's statement that it durably holds everything up to a frontier, and what is new since its last one on this link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Have {
    /// The statement.
    pub receipt: Receipt,
    /// What came since the last statement on this link.
    pub news: Vec<(ChainId, u64)>,
}

/// A device's signed statement that it durably holds everything up to a frontier. Anyone may carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// About which document.
    pub document: DocumentId,
    /// Whose.
    pub device: DeviceId,
    /// Which process run. A new one replaces the old even if it holds less.
    pub instance: [u8; 16],
    /// Grows within a process run.
    pub counter: u64,
    /// Digest of what is held.
    pub frontier: Digest,
    /// The device's signature over all that.
    pub signature: Signature,
}

const RECEIPT: &str = "sheaf receipt 1";

impl Receipt {
    /// Signs a statement about what this device holds; the signature given is replaced.
    pub fn sign(mut self, key: &DeviceKey) -> Receipt {
        self.signature = key.sign(RECEIPT, &self.message());
        self
    }

    /// Succeeds if the device named has said this.
    pub fn verify(&self) -> Result<(), BadSignature> {
        verify(&self.device, RECEIPT, &self.message(), &self.signature)
    }

    /// Whether this statement takes the place of `older`, of the same device: later in the same process run, or of another run.
    pub fn replaces(&self, older: &Receipt) -> bool {
        self.instance != older.instance || self.counter > older.counter
    }

    fn message(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(128);
        self.write_unsigned(&mut writer);
        writer.into_bytes()
    }
}

/// Where somebody's cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Grows; an older one that arrives late is dropped.
    pub counter: u64,
    /// Both ends of the selection as sticky places; empty: not in the text.
    pub selection: Option<(Vec<u8>, Vec<u8>)>,
    /// Keys are being pressed.
    pub typing: bool,
    /// Nobody is looking at the document there any more.
    pub gone: bool,
}

/// What a body looks like at a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateHash {
    /// Digest of what is applied.
    pub applied: Digest,
    /// Digest of the access records.
    pub access: Digest,
    /// Hash of the canonical Delta and the map of scalars.
    pub state: [u8; 32],
}

/// How a member was last reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteHint {
    /// Whom.
    pub device: DeviceId,
    /// How, as the transport writes it.
    pub route: Vec<u8>,
}

/// A question for a piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantBlob {
    /// Which file.
    pub blob: BlobId,
    /// Its size in bytes, as the document says; a file of another size is another file.
    pub size: u64,
    /// Which piece.
    pub piece: Piece,
}

/// A piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// The list of what its chunks must be, from this one on, as much as one frame holds.
    List(u64),
    /// A chunk.
    Chunk(u64),
}

/// Values of a list that go into one frame.
pub const LISTED: usize = 2_000;

/// Bytes of a chunk that go into one frame.
pub const CARRIED: usize = 60 * 1024;

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobPart {
    /// Of which file.
    pub blob: BlobId,
    /// Of which piece.
    pub piece: Piece,
    /// Where in the piece, in bytes. A chunk comes in several parts, one behind the other.
    pub at: u64,
    /// The bytes; of a list, its values one behind the other.
    pub bytes: Vec<u8>,
}
