//! The CRDT copy of a body: walk, apply, diff, text. Alone names yrs.
//!
//! [`walk`] stands in front: what other devices call an update is checked there before it meets anything else. [`Replica`] is one body,
//! open for reading and writing, in the words of views: Deltas whose newlines carry `line` and `block`, and no sentinel. Behind it yrs
//! is the document and writes every edit; an index of our own tells changes without walking the text.
//!
//! Nothing here knows records, devices or roles, reads a clock or a disk, or draws randomness.

mod author;
mod crdt;
mod cut;
mod encode;
mod filler;
mod lines;
mod rename;
mod replica;
mod sequence;
mod snapshot;
mod void;
pub mod walk;

pub use filler::{Filler, filled_hash};
pub use rename::rename;
pub use replica::{Applied, ApplyError, Broken, DamagedSnapshot, Place, PushError, Pushed, Replica, Stick};
pub use sequence::Makeup;
pub use void::{Weighed, void};
