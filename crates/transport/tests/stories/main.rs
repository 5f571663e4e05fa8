//! Stories of two and three devices on loopback, over real QUIC.

mod framing;
mod linking;
mod partings;
mod relayed;
mod traffic;
mod world;
