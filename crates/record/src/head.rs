//! A chain's first bytes: who writes it, into which document, since when.
//!
//! `version 1 | document 32 | device 32 | nonce 16 | epoch varint | wall-ms varint`, then a signature over "sheaf head 1" and those
//! bytes. The chain id is the BLAKE3 hash of the bytes without the signature.

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Wall};

use crate::{
    bytes::{Malformed, Reader, Writer},
    sign::{self, BadSignature, DeviceKey, Signature},
};

const VERSION: u8 = 1;
const DOMAIN: &str = "sheaf head 1";

/// What a head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    /// The document written into; [`DocumentId::FOUNDING`] in the chain whose first record is the genesis.
    pub document: DocumentId,
    /// The device that writes.
    pub device: DeviceId,
    /// Random, so that no two process runs ever write the same chain.
    pub nonce: [u8; 16],
    /// The schema epoch that the writer speaks.
    pub epoch: u64,
    /// When, by the writer's clock. For people to read; nothing is decided by it.
    pub wall: Wall,
}

impl ChainHead {
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(96);
        writer.byte(VERSION).raw(&self.document.0).raw(&self.device.0).raw(&self.nonce);
        writer.varint(self.epoch).varint(self.wall.0);
        writer.into_bytes()
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let version = reader.byte("the head's version")?;
        if version != VERSION {
            return Err(Malformed::Unknown { what: "the head's version", found: version.into() });
        }
        Ok(Self {
            document: DocumentId(reader.array("the head's document")?),
            device: DeviceId(reader.array("the head's device")?),
            nonce: reader.array("the head's nonce")?,
            epoch: reader.varint("the head's epoch")?,
            wall: Wall(reader.varint("the head's wall time")?),
        })
    }

    /// Signs the head: the chain exists from here on.
    pub fn sign(self, key: &DeviceKey) -> SignedHead {
        let bytes = self.encode();
        SignedHead { chain: ChainId(blake3::hash(&bytes).into()), signature: key.sign(DOMAIN, &bytes), head: self }
    }
}

/// A head as it is kept and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    chain: ChainId,
    head: ChainHead,
    signature: Signature,
}

/// Why a head is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// Not a head at all, or not in its one spelling.
    #[error("this is not a chain's head: {0}")]
    Malformed(#[from] Malformed),
    /// Written in another device's name.
    #[error("the chain's head is not signed by the device it names: {0}")]
    Signature(#[from] BadSignature),
    /// Written for another document, or a founding chain of another one.
    #[error("chain {} belongs to another document", .0.short())]
    OtherDocument(ChainId),
}

impl SignedHead {
    /// Reads a head that somebody sent, and checks its signature.
    pub fn from_peer(bytes: &[u8]) -> Result<Self, HeadError> {
        let head = Self::from_journal(bytes)?;
        sign::verify(&head.head.device, DOMAIN, &head.head.encode(), &head.signature)?;
        Ok(head)
    }

    /// Reads a head that this device has checked before it wrote it down. The signature is not checked again.
    pub fn from_journal(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let head = ChainHead::read(&mut reader)?;
        let unsigned = &bytes[..bytes.len() - reader.rest().len()];
        let signature = Signature::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { chain: ChainId(blake3::hash(unsigned).into()), head, signature })
    }

    /// The bytes that are kept and sent.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.head.encode();
        bytes.extend_from_slice(&self.signature.0);
        bytes
    }

    /// The chain that begins here.
    pub fn chain(&self) -> ChainId {
        self.chain
    }

    /// The running hash before the first record.
    pub fn hash(&self) -> Hash {
        Hash(self.chain.0)
    }

    /// The device that writes the chain.
    pub fn device(&self) -> DeviceId {
        self.head.device
    }

    /// What the head says.
    pub fn head(&self) -> &ChainHead {
        &self.head
    }

    /// Whether a document's founding chain begins here: its first record will be the genesis.
    pub fn is_founding(&self) -> bool {
        self.head.document == DocumentId::FOUNDING
    }

    /// Succeeds if this chain may be part of `document`. `first` is the hash of its first record, which is the document's id in
    /// the founding chain and in no other.
    pub fn check_document(&self, document: &DocumentId, first: &Hash) -> Result<(), HeadError> {
        let said = if self.is_founding() { DocumentId(first.0) } else { self.head.document };
        if said == *document { Ok(()) } else { Err(HeadError::OtherDocument(self.chain)) }
    }
}
