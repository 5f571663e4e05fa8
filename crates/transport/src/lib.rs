//! One endpoint, the links of this process, and how devices find each other.
//!
//! A [`Transport`] is one QUIC endpoint under the device's own key. It exists only once somebody has asked for it: before the
//! first share or join no socket is open. A [`Link`] is one authenticated connection to one running instance of a device; it
//! carries frames of at most 64 KiB on three [`Lane`]s. [`Transport::keep`] names the devices to stay linked with; the rest
//! (dialing, backing off, choosing one of two links when both sides dial at once, noticing the dead) happens here.
//!
//! This crate never knows what a frame means, never decides who may do what, and never waits for a network that is not needed.
//! It alone names iroh; nothing of iroh shows in its interface.

mod admission;
mod backoff;
mod dial;
mod door;
mod endpoint;
mod keeper;
mod lane;
mod link;
mod links;
mod lock;
mod opening;
mod profile;
mod queue;
mod route;
mod silence;
mod task;
mod turns;
mod weather;

pub use dial::{DialError, DialState, PeerFacts};
pub use endpoint::{Arrivals, BindError, Transport};
pub use link::{BulkInbox, Down, Heard, Inbox, Lane, Link, LinkId, Path, PathKind, Peer, Reason, SendError, Traffic};
pub use opening::OpeningError;
pub use profile::{Config, InvalidProfile, Profile, Services};
pub use route::Route;

/// The protocol this endpoint speaks. A breaking change of the opening or the framing raises the number.
const ALPN: &[u8] = b"sheaf/1";
