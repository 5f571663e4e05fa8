//! A change to a body.

/// The bytes of a change to the body: Yjs update format, version 1, as yrs writes it. Holding one says nothing about its being
/// well-formed; only the walker (`sheaf_replica::walk`) says that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update(pub Vec<u8>);
