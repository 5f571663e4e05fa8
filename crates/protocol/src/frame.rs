//! What two peers say to each other about one document.

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash};

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
    /// Records, in causal order, to catch up. Bulk lane.
    Records(Bundle),
    /// Records of one turn, as they are written.
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
    /// This document is closed here, or left.
    Bye,
}

/// A joiner's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which invitation: the ticket's public key.
    pub ticket: [u8; 32],
    /// The ticket's signature over this link and this device, so that nobody can repeat it elsewhere.
    pub proof: [u8; 64],
}

/// What a joiner needs to understand what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// The invitation record's hash, which the joiner's Join will name.
    pub invitation: Hash,
    /// The epoch secret, sealed to the ticket's key, as the invitation record has it.
    pub sealed: Vec<u8>,
    /// How many bytes of records there are, for showing progress.
    pub bytes: u64,
}

/// Why a peer is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Dismissal {
    /// Not a member as far as is known here, and without a ticket.
    #[error("they do not know this device as a member")]
    Stranger,
    /// The ticket is not one of this document's, or it does not count any more.
    #[error("they do not know this invitation, or it has been withdrawn")]
    Ticket,
    /// They have no such document.
    #[error("they do not have this document")]
    Unknown,
    /// They have it, but not yet the first copy.
    #[error("they are still waiting for their own first copy")]
    Waiting,
    /// Membership has ended.
    #[error("this device was removed, or has left")]
    Removed,
    /// The peer sent what no honest peer sends.
    #[error("they received something invalid from this device")]
    Invalid,
    /// The two speak different versions.
    #[error("they speak a different version of the protocol")]
    Version,
}

/// The beginning of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The protocol version that this session will speak.
    pub version: u8,
    /// This process run, to tell two processes with one key apart.
    pub instance: [u8; 16],
    /// Digest of everything durably held.
    pub frontier: [u8; 32],
    /// Digest of the access records among it.
    pub access: [u8; 32],
    /// How many chains, for choosing how to compare.
    pub chains: u64,
    /// How many bytes of records, for showing progress.
    pub bytes: u64,
}

/// What I hold, range by range. Answered by another, until one is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compare {
    /// Ranges of the sorted chain list.
    pub ranges: Vec<Range>,
}

/// A range of the sorted chain list: all chains whose id begins with these nibbles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The nibbles, one per byte.
    pub prefix: Vec<u8>,
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

/// Heads, records and seals, in causal order.
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
    /// One that it may not know: the head and its signature.
    Head {
        /// The head.
        head: Vec<u8>,
        /// Its signature.
        signature: [u8; 64],
    },
}

/// Records of one chain, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Index into the bundle's chains.
    pub chain: u64,
    /// The number of the first.
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
    pub signature: [u8; 64],
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
    pub frontier: [u8; 32],
    /// The device's signature over all that.
    pub signature: [u8; 64],
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
    pub applied: [u8; 32],
    /// Digest of the access records.
    pub access: [u8; 32],
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
