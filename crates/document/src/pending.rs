//! Stand-ins until crate access has these (its types will be re-exported under the same names).

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Read.
    View,
    /// Read and comment.
    Comment,
    /// Write.
    Edit,
    /// Invite and remove.
    Admin,
    /// Everything.
    Owner,
}

/// An invitation that can be pasted.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket;
