//! Where a record stands.

use crate::{ChainId, Hash};

/// One record, by chain, number and hash. Number 0 is the chain's head, whose hash is the chain id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The chain.
    pub chain: ChainId,
    /// How many records of the chain there are up to and including this one.
    pub number: u64,
    /// The chain's running hash there.
    pub hash: Hash,
}
