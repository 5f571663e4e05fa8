//! The lanes between the core and whoever looks at it: text, presence, control. JSON messages in, JSON messages out, the same over the
//! window's IPC, the bridge's WebSocket and the control socket. `docs/lane.md` describes them.
//!
//! A [`Client`] is one such carrier's end. What a client hears it answers exactly once; what comes unasked is an event. A client that
//! reads slowly holds up nobody: shows are bounded by the document's ring, everything else is the newest only.

mod client;
mod control;
mod delta;
mod encode;
mod failure;
mod outbox;
mod text;

pub use client::Client;
pub(crate) use delta::{delta_from_json, delta_to_json};
pub use encode::event as event_to_json;
pub use failure::Failure;
pub(crate) use outbox::Outlet;
