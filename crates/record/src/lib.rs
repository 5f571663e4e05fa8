//! Chains, records, seals, keys: the bytes on disk and on the wire.
//!
//! A process run that edits a document writes one **chain** into it ([`ChainWriter`]): a signed head, then records, each bound to the
//! one before it by a running hash. A **seal** is the device's signature over that hash, and so over everything before it. A record's
//! **stamp** names the records its author had; the [`Graph`] turns stamps into pasts and answers what a past contains, and the
//! [`Frontier`] says in 32 bytes what a device holds.
//!
//! Every decoder here takes bytes from strangers: it checks lengths before it allocates, accepts one spelling per value, and never
//! panics. Nothing here reads a clock or a disk or draws randomness; nothing here knows what an update means or who may write it
//! (crates `replica` and `access` do).

mod branch;
pub mod bytes;
mod chain;
mod cipher;
mod frontier;
mod graph;
mod head;
mod pack;
mod record;
mod seal;
mod sign;

pub use branch::{BranchHead, branch_name};
pub use bytes::{Malformed, Reader, Writer};
pub use chain::{ChainReader, ChainWriter, ReadRecord, RunError, TailError, WriteError, Written, reseal, verify_run};
pub use cipher::{ChainCipher, EpochId, EpochSecret, OpenError, Opened};
pub use frontier::{Digest, Frontier, Prefix, PrefixError, Summary};
pub use graph::{AppendError, Appended, Extent, Graph, Past, StampError};
pub use head::{ChainHead, HeadError, SignedHead};
pub use pack::{PackError, PackedRun, UnpackError, UnpackedRun, pack};
pub use record::{Kind, MAX_RECORD, Record, Stamp, StampTooLarge};
pub use seal::{Seal, SealError};
pub use sign::{BadSignature, DeviceKey, Signature, Signed, verify};
