//! Stories about records: what is written can be read, checked, packed and found again, and nothing else can.
//!
//! Random stories print their seed when they fail; `SEED=17 cargo test -p sheaf-record NAME` plays that one alone.

mod author;
mod branches;
mod chains;
mod frontiers;
mod golden;
mod graphs;
mod hostile_bytes;
mod naive;
mod packs;
