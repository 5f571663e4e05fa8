//! What the histories of a forked chain are called, and how a journal keeps where one begins.

use sheaf_base::{ChainId, Hash, Position};

use crate::bytes::{Malformed, Reader, Writer};

/// In the place of a head's version: no head begins like this.
const TAG: u8 = 0;

/// What a history of a forked chain is called from its fork on: by the chain, and by the first record that is its own.
pub fn branch_name(chain: &ChainId, first: &Hash) -> ChainId {
    let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 branch");
    hasher.update(&chain.0).update(&first.0);
    ChainId(*hasher.finalize().as_bytes())
}

/// What a journal keeps in the place of a branch's head: the record that it follows. It never travels; whose word it is, the chain's own head
/// says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BranchHead {
    /// The record before the branch's first.
    pub base: Position,
}

impl BranchHead {
    /// The bytes that are kept: `0 | chain 32 | number varint | hash 32`.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(70);
        writer.byte(TAG).raw(&self.base.chain.0).varint(self.base.number).raw(&self.base.hash.0);
        writer.into_bytes()
    }

    /// Whether these bytes are not a chain's head.
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.first() == Some(&TAG)
    }

    /// Reads them back.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        match reader.byte("the kind of head")? {
            TAG => {}
            found => return Err(Malformed::Unknown { what: "the kind of head", found: found.into() }),
        }
        let chain = ChainId(reader.array("the chain that is followed")?);
        let number = reader.varint("the number that is followed")?;
        let base = Position { chain, number, hash: Hash(reader.array("the hash that is followed")?) };
        reader.finish()?;
        Ok(BranchHead { base })
    }
}
