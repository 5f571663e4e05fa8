//! Two histories under one name, and the proof that travels.
//!
//! A device that seals two different records with the same chain and number has been resumed twice, or lies. The two seals rarely name
//! the same number, so a proof also carries the records that lead from the shorter seal's number to the longer seal. Whoever reads it
//! needs nothing else to be convinced.

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, limits};

use crate::{
    bytes::{Malformed, Reader, Writer},
    chain::ChainReader,
    head::{HeadError, SignedHead},
    record::MAX_RECORD,
    seal::Seal,
    sign::BadSignature,
};

/// Records between the two seals, in bytes. A journal keeps a seal every 64 KiB and a turn is at most 256 KiB.
const MAX_TRAIL: usize = limits::SEAL_EVERY + limits::TURN_BYTES + MAX_RECORD;
const MAX_HEAD: usize = 256;

/// One of the two histories: a seal, and how it is reached from the number that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The chain's hash at the compared number.
    pub hash: Hash,
    /// The records after it, up to the seal.
    pub trail: Vec<Vec<u8>>,
    /// What the device sealed.
    pub seal: Seal,
}

/// The proof. To hold one is to know that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof {
    head: SignedHead,
    /// The number at which the histories differ, or a later one.
    number: u64,
    shorter: Seal,
    longer: Branch,
}

/// Why something is no proof of a fork.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// Not a proof at all.
    #[error("this is not a proof of a fork: {0}")]
    Malformed(#[from] Malformed),
    /// The head does not hold.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// One of the seals does not hold.
    #[error("a seal in the proof of a fork does not hold: {0}")]
    Seal(#[from] BadSignature),
    /// The seals are of another chain than the head, or the trail does not lead to the longer one's.
    #[error("the parts of the proof of a fork do not fit together")]
    Unconnected,
    /// The two seals vouch for the same history.
    #[error("the two seals vouch for the same history: there is no fork")]
    SameHistory,
}

impl ForkProof {
    /// Puts a proof together from a seal and another history, compared at that seal's number.
    pub fn new(document: &DocumentId, head: SignedHead, shorter: Seal, longer: Branch) -> Result<Self, ForkError> {
        let proof = Self { number: shorter.position.number, head, shorter, longer };
        proof.check(document)?;
        Ok(proof.canonical())
    }

    /// The device whose chains are closed by this.
    pub fn device(&self) -> DeviceId {
        self.head.device()
    }

    /// The chain that has two histories.
    pub fn chain(&self) -> ChainId {
        self.head.chain()
    }

    /// A number at which both histories have a record, and the two hashes there.
    pub fn split(&self) -> (u64, [Hash; 2]) {
        (self.number, [self.shorter.position.hash, self.longer.hash])
    }

    fn check(&self, document: &DocumentId) -> Result<(), ForkError> {
        let Branch { hash, trail, seal } = &self.longer;
        let chain = self.head.chain();
        if self.number == 0 || self.shorter.position.chain != chain || trail.iter().map(Vec::len).sum::<usize>() > MAX_TRAIL {
            return Err(ForkError::Unconnected);
        }
        let mut reader = ChainReader::resume(sheaf_base::Position { chain, number: self.number, hash: *hash });
        for bytes in trail {
            reader.read(bytes)?;
        }
        if reader.tip() != seal.position {
            return Err(ForkError::Unconnected);
        }
        if *hash == self.shorter.position.hash {
            return Err(ForkError::SameHistory);
        }
        if !self.head.is_founding() && self.head.head().document != *document {
            return Err(HeadError::OtherDocument(chain).into());
        }
        self.shorter.verify(&self.head.device(), document)?;
        Ok(seal.verify(&self.head.device(), document)?)
    }

    /// Of two seals over the same number either could be called the shorter: the smaller hash is.
    fn canonical(self) -> Self {
        if !self.longer.trail.is_empty() || self.shorter.position.hash < self.longer.hash {
            return self;
        }
        let longer = Branch { hash: self.shorter.position.hash, trail: Vec::new(), seal: self.shorter };
        Self { shorter: self.longer.seal, longer, ..self }
    }

    /// The bytes that travel: `head | shorter seal | longer seal | hash 32 | count varint, then that many records`.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.bytes(&self.head.encode());
        self.shorter.write(&mut writer);
        self.longer.seal.write(&mut writer);
        writer.raw(&self.longer.hash.0).varint(self.longer.trail.len() as u64);
        for record in &self.longer.trail {
            writer.bytes(record);
        }
        writer.into_bytes()
    }

    /// Reads a proof that anybody sent, and checks all of it.
    pub fn decode(bytes: &[u8], document: &DocumentId) -> Result<Self, ForkError> {
        let mut reader = Reader::new(bytes);
        let head = SignedHead::from_peer(reader.bytes(MAX_HEAD, "the head")?)?;
        let shorter = Seal::read(&mut reader)?;
        let seal = Seal::read(&mut reader)?;
        let hash = Hash(reader.array("the other hash")?);
        let count = reader.count(MAX_TRAIL / 4, 4, "the trail")?;
        let trail = (0..count).map(|_| reader.bytes(MAX_RECORD, "a record of the trail").map(<[u8]>::to_vec)).collect::<Result<_, _>>()?;
        reader.finish()?;
        let proof = Self::new(document, head, shorter, Branch { hash, trail, seal })?;
        if proof.encode() == bytes { Ok(proof) } else { Err(Malformed::NotCanonical("the proof of a fork").into()) }
    }
}
