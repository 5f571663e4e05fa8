//! Frames and sessions: what two peers say about one document.

mod frame;
mod frontier;
mod reconcile;

pub use frame::*;
pub use frontier::{Digest, Frontier, Prefix};
pub use reconcile::{Comparison, Learned};
