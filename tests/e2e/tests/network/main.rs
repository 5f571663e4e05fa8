//! Real QUIC on loopback through the command line: sharing, joining, parting and meeting, relays, strangers, and silence before the
//! first share.

#![allow(clippy::disallowed_methods, reason = "stories outside the product wait for real time to pass and say how long it took")]

mod attached;
mod counted;
mod devices;
mod doctor;
mod folders;
mod forger;
mod forks;
mod holding;
mod hostile;
mod packed;
mod patched;
mod patience;
mod quiet;
mod recorded;
mod relayed;
mod returning;
mod reviewed;
mod sessions;
mod sharing;
mod statistics;
mod together;
mod unknown;
