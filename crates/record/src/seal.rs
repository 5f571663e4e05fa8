//! A device's word for a chain up to one of its records.
//!
//! The signature is over "sheaf seal 1", document, chain, number and hash; since the hash covers everything before it, so does the seal. In
//! the founding chain the document is the real one, whose id is known from its first record on.

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position};

use crate::{
    bytes::{Malformed, Reader, Writer},
    sign::{self, BadSignature, DeviceKey, Signature},
};

const DOMAIN: &str = "sheaf seal 1";

/// A seal as it is kept and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// Where the chain stood.
    pub position: Position,
    /// The device's signature over that.
    pub signature: Signature,
}

/// Why a seal is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not a seal at all.
    #[error("this is not a seal: {0}")]
    Malformed(#[from] Malformed),
    /// Not by the chain's device, or for another document, chain, number or hash.
    #[error("the seal does not hold: {0}")]
    Signature(#[from] BadSignature),
}

impl Seal {
    /// Seals the chain at `position`.
    pub fn sign(key: &DeviceKey, document: &DocumentId, position: Position) -> Self {
        Self { position, signature: key.sign(DOMAIN, &message(document, &position)) }
    }

    /// Succeeds if `device` sealed this position in `document`.
    pub fn verify(&self, device: &DeviceId, document: &DocumentId) -> Result<(), BadSignature> {
        sign::verify(device, DOMAIN, &message(document, &self.position), &self.signature)
    }

    /// The bytes that are kept and sent: `chain 32 | number varint | hash 32 | signature 64`.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(132);
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Reads exactly one seal. Says nothing about its signature.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let seal = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(seal)
    }

    /// Appends it to `writer`.
    pub fn write(&self, writer: &mut Writer) {
        writer.raw(&self.position.chain.0).varint(self.position.number).raw(&self.position.hash.0).raw(&self.signature.0);
    }

    /// Takes one off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let position = Position {
            chain: ChainId(reader.array("the seal's chain")?),
            number: reader.varint("the seal's number")?,
            hash: Hash(reader.array("the seal's hash")?),
        };
        Ok(Self { position, signature: Signature::read(reader)? })
    }
}

fn message(document: &DocumentId, position: &Position) -> Vec<u8> {
    let mut writer = Writer::with_capacity(106);
    writer.raw(&document.0).raw(&position.chain.0).varint(position.number).raw(&position.hash.0);
    writer.into_bytes()
}
