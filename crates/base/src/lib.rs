//! The words that every other crate uses: ids, updates, positions, moments, limits.
//!
//! Nothing here decides anything. This crate knows no encoding of its own beyond printing ids, reads no clock and no disk, and
//! draws no randomness.

mod id;
pub mod limits;
mod moment;
pub mod planted;
mod position;
mod update;

pub use id::{BlobId, ChainId, ClientId, DeviceId, DocumentId, Hash, InvalidId};
pub use moment::{Moment, Wall};
pub use position::Position;
pub use update::Update;
