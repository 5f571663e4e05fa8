//! The real thing: the command line, real QUIC, real kill -9, real windows.
//!
//! What the stories in `tests/` share: people with a profile of their own each, who run `sheaf` as anybody would. Nothing here knows how
//! `sheaf` works inside.

pub mod lab;
mod person;

pub use person::{Person, Up, binary, eventually};
