//! One entry of a chain, and how it is spelled.
//!
//! `kind u8 | stamp: count varint, then that many hashes, ascending | payload: length varint, then bytes`. The author's own previous record
//! is implied and never in the stamp.

use sheaf_base::{
    Hash, limits,
    planted::{self, Bug},
};

use crate::bytes::{Malformed, Reader, Writer};

/// The most bytes that a record can fill.
pub const MAX_RECORD: usize = 1 + 1 + 32 * limits::STAMP + 3 + limits::PAYLOAD;

const CHAIN_CONTEXT: &str = "sheaf 1 chain";

/// What a record carries. It is in the clear, because the role that it needs depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An update of the body.
    Body = 1,
    /// An event of the discussion.
    Discussion = 2,
    /// An access operation.
    Access = 3,
}

impl Kind {
    /// Its one byte.
    pub fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        match reader.byte("the record's kind")? {
            1 => Ok(Self::Body),
            2 => Ok(Self::Discussion),
            3 => Ok(Self::Access),
            found => Err(Malformed::Unknown { what: "the record's kind", found: found.into() }),
        }
    }
}

/// The causal past of a record, by the hashes of the newest records its author had, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp(Vec<Hash>);

/// More parents than one record may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stamp names {0} records; at most {limit} are allowed: gather them in several records", limit = limits::STAMP)]
pub struct StampTooLarge(pub usize);

impl Stamp {
    /// The stamp that names these, in whatever order and however often they are given.
    pub fn new(parents: impl IntoIterator<Item = Hash>) -> Result<Self, StampTooLarge> {
        let mut parents: Vec<_> = parents.into_iter().collect();
        parents.sort_unstable();
        parents.dedup();
        if parents.len() > limits::STAMP { Err(StampTooLarge(parents.len())) } else { Ok(Self(parents)) }
    }

    /// The records named, ascending.
    pub fn parents(&self) -> &[Hash] {
        &self.0
    }

    /// Whether nothing is named: the record stands on its author's previous record alone.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.varint(self.0.len() as u64);
        for parent in &self.0 {
            writer.raw(&parent.0);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let count = reader.count(limits::STAMP, 32, "the stamp")?;
        let parents = (0..count).map(|_| reader.array("the stamp").map(Hash)).collect::<Result<Vec<_>, _>>()?;
        if parents.is_sorted_by(|left, right| left < right) { Ok(Self(parents)) } else { Err(Malformed::NotCanonical("the stamp")) }
    }
}

/// A record as it is kept and sent, its payload still closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it carries.
    pub kind: Kind,
    /// What it stands on besides its author's previous record.
    pub stamp: Stamp,
    /// Body and discussion: ciphertext. Access: seconds and operation, in the clear. See [`crate::ChainCipher`].
    pub payload: Vec<u8>,
}

impl Record {
    /// Reads exactly one record.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let record = Self {
            kind: Kind::read(&mut reader)?,
            stamp: Stamp::read(&mut reader)?,
            payload: reader.bytes(limits::PAYLOAD, "the record's payload")?.to_vec(),
        };
        reader.finish()?;
        Ok(record)
    }

    /// The bytes that are kept, sent and hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(8 + 32 * self.stamp.0.len() + self.payload.len());
        writer.byte(self.kind.code());
        self.stamp.write(&mut writer);
        writer.bytes(&self.payload);
        writer.into_bytes()
    }

    /// The chain's running hash after the record with these bytes.
    pub fn hash(previous: &Hash, bytes: &[u8]) -> Hash {
        let bytes = if planted::is(Bug::HashUnchecked) { &bytes[..1] } else { bytes };
        Hash(blake3::Hasher::new_derive_key(CHAIN_CONTEXT).update(&previous.0).update(bytes).finalize().into())
    }
}
