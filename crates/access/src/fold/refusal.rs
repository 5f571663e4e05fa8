//! Why a record is refused.

use std::fmt;

use sheaf_base::{DeviceId, Hash};
use sheaf_record::BadSignature;

use crate::role::Role;

/// Why a record is refused: its author did not have the authority in the record's own past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody by the record's past.
    #[error("device {} is not a member of the document", .0.short())]
    NotAMember(DeviceId),
    /// A member of too small a role.
    #[error("this needs the role “{needs}”, and device {} has “{has}”", .device.short())]
    Role {
        /// Whose record.
        device: DeviceId,
        /// What it has.
        has: Role,
        /// What it would need.
        needs: Role,
    },
    /// A genesis that does not begin this document.
    #[error("this does not begin the document")]
    NotTheBeginning,
    /// An invitation or a promotion to owning. A document is handed over, and has one owner.
    #[error("nobody can be invited to own the document")]
    NobodyIsInvitedToOwn,
    /// A join by an invitation that does not count, is closed or is not in its past.
    #[error("the invitation {} does not count here", .0.short())]
    NoInvitation(Hash),
    /// A grant by another device than the one that made the invitation.
    #[error("device {} did not make this invitation and cannot let anybody in by it", .0.short())]
    NotItsMaker(DeviceId),
    /// Everybody that the invitation was for has come.
    #[error("the invitation has been used {0} times, as often as it may")]
    UsedUp(u32),
    /// A device that is a member already.
    #[error("device {} is a member already", .0.short())]
    AlreadyThere(DeviceId),
    /// A signature inside that does not hold: a join without the ticket, somebody else's key.
    #[error("a proof in it does not hold: {0}")]
    Proof(#[from] BadSignature),
    /// The owner hands the document over, and does not leave it behind.
    #[error("the owner cannot leave the document: hand it over first")]
    OwnerStays,
    /// Something about the owner, who is nobody else's to touch.
    #[error("nobody but the owner can change what the owner may do")]
    OwnerUntouched,
    /// Something about somebody who is not a member.
    #[error("{} is not the name of a member here", .0.short())]
    NoMember(Hash),
    /// A removal of a device that the member does not have.
    #[error("device {} is none of this member’s", .0.short())]
    NotTheirDevice(DeviceId),
    /// A device added to somebody else's membership.
    #[error("device {} cannot add devices to somebody else’s membership", .0.short())]
    NotYourMembership(DeviceId),
    /// A secret dealt that no rotation has committed to.
    #[error("the secret that it deals is none of the document’s")]
    NoSuchSecret,
    /// More than there may be.
    #[error("there may be {limit} {what}, and no more are taken")]
    Full {
        /// Of what.
        what: Room,
        /// How many there may be.
        limit: usize,
    },
}

/// What there may be only so many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// What one device says of members, other than what has room of its own.
    Records,
    /// One device's removals, lowered roles and transfers.
    Removals,
    /// One device's revocations.
    Revocations,
    /// Members at a time.
    Members,
    /// Members in a row, each let in by the one before.
    Row,
    /// Devices of one member.
    Devices,
    /// Open invitations.
    Invitations,
    /// People that one invitation lets in.
    Uses,
    /// Devices that one removal names.
    Named,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Records => "access records of one device",
            Self::Removals => "removals, lowered roles and transfers by one device",
            Self::Revocations => "revocations by one device",
            Self::Members => "members",
            Self::Row => "members in a row, each let in by the one before",
            Self::Devices => "devices of a member",
            Self::Invitations => "open invitations",
            Self::Uses => "people that one invitation lets in",
            Self::Named => "devices that one removal names",
        })
    }
}
