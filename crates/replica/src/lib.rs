//! The CRDT copy of a body: walk, apply, diff, text. Alone names yrs.

mod author;
mod crdt;
mod cut;
mod encode;
mod lines;
mod replica;
mod sequence;
mod snapshot;
mod void;
pub mod walk;

pub use replica::{Applied, ApplyError, Broken, DamagedSnapshot, Place, PushError, Pushed, Replica, Stick};
pub use void::void;
