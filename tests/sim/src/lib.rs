//! The deterministic world: devices with real documents, on fake wires and fake disks, under one seed.
//!
//! Two to eight devices write one document. Wires lose, repeat, reorder and delay; devices crash in the middle of a write, come back, are
//! parted, meet again, are restored from backups, stand still, have clocks that are years off; disks fill up and fail; one or two devices may
//! be hostile ([`trouble`] has the whole list). After every step the world checks what must always hold
//! ([`invariants`]), and at the end it heals everything and checks that all agree and that nobody's words are gone.
//!
//! The same seed prints the same transcript, byte for byte: nothing here reads a clock or draws randomness of its own.

pub mod attack;
pub mod chance;
pub mod device;
pub mod disk;
mod eavesdrop;
mod folded;
mod hostile;
pub mod invariants;
mod ledger;
mod links;
pub mod plan;
mod quarrel;
pub mod shrink;
pub mod tally;
pub mod trouble;
mod troubled;
pub mod view;
pub mod wire;
pub mod world;

pub use plan::{Failing, Failure, Plan, Planted};
pub use tally::Tally;
pub use world::{World, run};
