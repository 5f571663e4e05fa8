//! Frames and sessions: what two peers say about one document.
//!
//! A [`Frame`] is about one document, a [`LinkFrame`] about the link; [`PacketWriter`] and [`PacketReader`] put both on an ordered lane. A
//! [`Session`] is the conversation with one peer about one document: it greets, compares, remembers what the peer holds, and says which
//! records go there and on which lane. It never queues, never knows what a record means, and never decides who may hear what.

mod chunks;
mod codec;
mod frame;
mod link;
mod pairing;
mod reconcile;
mod session;

pub use chunks::{Chunks, PACKED, WORTH_PACKING};
pub use frame::*;
pub use link::{About, Accept, DROPPED, Discovery, LinkFrame, OFFERS, Offer, PacketReader, PacketWriter, SessionId};
pub use pairing::{KNOCKS, Knock, OnLink, PairFrame, Pairing, Parting, Stage as PairStage};
pub use reconcile::{Comparison, HashAt, Learned};
pub use session::{ANTI_ENTROPY, Lane, Session, Span, Stage, Wish, Written, WrittenRecord};
