//! What a member may do.

use std::fmt;

use sheaf_record::{Kind, Malformed, Reader};

/// The roles, each of which includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    View = 1,
    /// Takes part in the discussion.
    Comment = 2,
    /// Changes the body.
    Edit = 3,
    /// Invites and, one day, removes.
    Admin = 4,
    /// Began the document. Nobody else touches the owner.
    Owner = 5,
}

impl Role {
    /// Its one byte in records and tickets.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Takes one off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let found = reader.byte("a role")?;
        [Self::View, Self::Comment, Self::Edit, Self::Admin, Self::Owner]
            .into_iter()
            .find(|role| role.code() == found)
            .ok_or(Malformed::Unknown { what: "a role", found: found.into() })
    }

    /// The least role whose holder may write records of `kind`. What one may always do to oneself (join, be named, leave) is judged by
    /// the operation and not by this.
    pub fn needed_for(kind: Kind) -> Self {
        match kind {
            Kind::Body => Self::Edit,
            Kind::Discussion => Self::Comment,
            Kind::Access => Self::Admin,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::View => "view",
            Self::Comment => "comment",
            Self::Edit => "edit",
            Self::Admin => "admin",
            Self::Owner => "owner",
        })
    }
}
