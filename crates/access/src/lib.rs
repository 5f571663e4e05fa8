//! Members, roles, invitations and tickets: who may do what, as a fold over access records.
//!
//! Access records stand in the same chains as everything else and are never encrypted, only the names in them are. [`Access`] folds them
//! into who is a member with which role, whatever order they came in; it answers for each record whether its author had the authority in
//! the record's own causal past, and whether anything has taken that away since. A [`Ticket`] is what one person sends to another; the
//! matching [`Invitation`] or [`Counted`] is the record that makes it worth something.
//!
//! Nothing here talks to anybody, reads a clock or draws randomness: crate `protocol` carries the proofs, crate `document` asks before it
//! accepts.

mod counted;
mod fold;
mod invitation;
pub mod limits;
mod membership;
mod operation;
mod role;
mod rotation;
mod sealing;
mod seed;
mod ticket;

pub use counted::{BadRequest, Counted, Grant, NotGranted, Request};
pub use fold::{
    Access, AccessRecord, CausalPast, Event, GrantError, Invited, Knows, Left, Member, Missed, OtherRecord, Refusal, Room, Standing,
};
pub use invitation::{Invitation, InvitationError, Label};
pub use membership::{AddDevice, Cut, EndDate, Removal, Revocation, RoleChange, Transfer};
pub use operation::{Genesis, Join, Operation, Profile, SealedProfile};
pub use role::Role;
pub use rotation::{DealError, DealtError, Rotation, Wrap, joint};
pub use sealing::{Key, SealedSecret, SealingKey, SealingSeed};
pub use seed::{TicketKey, TicketSeed};
pub use ticket::{Address, DeviceTicket, Route, Ticket, TicketError, TicketKind};
