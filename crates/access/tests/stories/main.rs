//! Stories about who may do what: inviting, joining, leaving, and what a ticket says.
//!
//! Random stories print their seed when they fail; `SEED=17 cargo test -p sheaf-access NAME` plays that one alone.

mod audit;
mod counted;
mod devices;
mod fold;
mod golden;
mod invitations;
mod members;
mod ownership;
mod people;
mod removals;
mod roles;
mod room;
mod rotations;
mod secrets;
mod tickets;
