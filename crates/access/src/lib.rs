//! Members, roles, invitations and tickets: who may do what, as a fold over access records.
//!
//! Access records stand in the same chains as everything else and are never encrypted, only the names in them are. [`Access`] folds them
//! into who is a member with which role, whatever order they came in, and answers for each record whether its author had the authority in
//! the record's own causal past. A [`Ticket`] is what one person sends to another; the matching [`Invitation`] is the record that makes it
//! worth something.
//!
//! Nothing here talks to anybody: crate `protocol` carries the proofs, crate `document` asks before it accepts. Removal, demotion, further
//! kinds of tickets and the rotation of the epoch secret come later; they add operations and standings, and change no byte of these.

mod fold;
mod invitation;
mod operation;
mod role;
mod seed;
mod ticket;

pub use fold::{Access, AccessRecord, CausalPast, Knows, Member, Refusal, Standing};
pub use invitation::{Invitation, InvitationError, Label};
pub use operation::{Genesis, Join, Operation, Profile, SealedProfile};
pub use role::Role;
pub use seed::{TicketKey, TicketSeed};
pub use ticket::{Address, Route, Ticket, TicketError};
