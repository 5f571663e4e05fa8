//! What closes a payload, and what opens it again.
//!
//! AES-256-GCM-SIV (RFC 8452) under a key derived from the epoch secret and the chain, with a nonce derived from the chain's hash, which
//! therefore costs no bytes. Encryption is deterministic: the same words at the same place always make the same record, so that whoever
//! can read a run of records can rebuild their bytes ([`crate::pack`]). Two different texts at one place (a fork) show at most that they
//! differ.

use std::fmt;

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit,
    aead::{Aead, Payload},
};
use sheaf_base::{ChainId, Hash};
use zeroize::Zeroize;

use crate::{
    bytes::{Malformed, Reader, Writer},
    record::{Kind, Record, Stamp},
};

/// The most seconds that may lie between two records: a hundred years and more, so that sums never overflow.
pub(crate) const MAX_SECONDS: u64 = u32::MAX as u64;

/// Bytes that a closed payload is longer than what it holds, besides the seconds: the tag.
pub(crate) const TAG: usize = 16;

/// What a document's members share and nobody else has. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochSecret([u8; 32]);

/// The name of an epoch secret: its commitment, which says which secret it is without saying what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochId(pub [u8; 32]);

impl EpochSecret {
    /// The secret with these bytes, which were drawn at random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for sealing to a member or writing to the device's own disk.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What a genesis or a rotation commits to.
    pub fn id(&self) -> EpochId {
        EpochId(blake3::derive_key("sheaf 1 epoch id", &self.0))
    }

    /// A key for one purpose and one chain.
    fn derive(&self, context: &str, chain: &ChainId) -> [u8; 32] {
        let mut material = [self.0, chain.0].concat();
        let key = blake3::derive_key(context, &material);
        material.zeroize();
        key
    }
}

impl Drop for EpochSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for EpochSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EpochSecret({:02x}{:02x}..)", self.id().0[0], self.id().0[1])
    }
}

/// What was inside a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Seconds since the chain's previous record, or its head, by the author's clock.
    pub seconds: u64,
    /// The update, the event or the operation.
    pub plaintext: Vec<u8>,
}

/// Why a payload does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The tag does not hold: other key, other place, or altered bytes.
    #[error("the record does not open: it was made with another key or for another place, or it was altered")]
    Sealed,
    /// It opened, and what is inside is not what a record holds.
    #[error("the record's inside is malformed: {0}")]
    Malformed(#[from] Malformed),
}

/// Closes and opens the payloads of one chain under one epoch.
#[derive(Clone)]
pub struct ChainCipher {
    records: Aes256GcmSiv,
    names: Aes256GcmSiv,
    packs: Aes256GcmSiv,
}

impl fmt::Debug for ChainCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainCipher")
    }
}

impl ChainCipher {
    /// The cipher of `chain` under `secret`.
    pub fn new(secret: &EpochSecret, chain: &ChainId) -> Self {
        let cipher = |context| {
            let mut key = secret.derive(context, chain);
            let cipher = Aes256GcmSiv::new(&key.into());
            key.zeroize();
            cipher
        };
        Self { records: cipher("sheaf 1 record key"), names: cipher("sheaf 1 name key"), packs: cipher("sheaf 1 pack key") }
    }

    /// The record of `kind` that follows `previous` and holds `plaintext`. Access records stay in the clear.
    pub fn close(&self, previous: &Hash, kind: Kind, stamp: Stamp, seconds: u64, plaintext: &[u8]) -> Record {
        let mut inside = Writer::with_capacity(plaintext.len() + 5 + TAG);
        inside.varint(seconds.min(MAX_SECONDS)).raw(plaintext);
        let payload = match kind {
            Kind::Access => inside.into_bytes(),
            Kind::Body | Kind::Discussion => {
                let header = associated(previous, kind, &stamp);
                encrypt(&self.records, &nonce("nonce", previous), &header, inside.as_slice())
            }
        };
        Record { kind, stamp, payload }
    }

    /// What `record`, which follows `previous`, holds.
    pub fn open(&self, previous: &Hash, record: &Record) -> Result<Opened, OpenError> {
        match record.kind {
            Kind::Access => Ok(record.operation()?),
            Kind::Body | Kind::Discussion => {
                let header = associated(previous, record.kind, &record.stamp);
                let inside = decrypt(&self.records, &nonce("nonce", previous), &header, &record.payload)?;
                Ok(Opened::read(&inside)?)
            }
        }
    }

    /// Closes a name (of a person, of an invitation) that stands inside the access record after `previous`. `field` tells the names of
    /// one record apart.
    pub fn close_name(&self, previous: &Hash, field: u8, name: &str) -> Vec<u8> {
        encrypt(&self.names, &nonce("name nonce", previous), &[field], name.as_bytes())
    }

    /// Opens what [`Self::close_name`] closed.
    pub fn open_name(&self, previous: &Hash, field: u8, closed: &[u8]) -> Result<String, OpenError> {
        let name = decrypt(&self.names, &nonce("name nonce", previous), &[field], closed)?;
        String::from_utf8(name).map_err(|_| Malformed::NotText("a name").into())
    }

    /// Closes a compressed run whose clear part is `header`.
    pub(crate) fn close_pack(&self, header: &[u8], compressed: &[u8]) -> Vec<u8> {
        let place = Hash(blake3::hash(header).into());
        encrypt(&self.packs, &nonce("pack nonce", &place), header, compressed)
    }

    /// Opens what [`Self::close_pack`] closed.
    pub(crate) fn open_pack(&self, header: &[u8], closed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let place = Hash(blake3::hash(header).into());
        decrypt(&self.packs, &nonce("pack nonce", &place), header, closed)
    }
}

impl Opened {
    fn read(inside: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(inside);
        let seconds = reader.varint_to(MAX_SECONDS, "the seconds since the previous record")?;
        Ok(Self { seconds, plaintext: reader.rest().to_vec() })
    }
}

impl Record {
    /// The seconds and the operation of an access record, which everybody can read, a relay too.
    pub fn operation(&self) -> Result<Opened, Malformed> {
        Opened::read(&self.payload)
    }
}

fn associated(previous: &Hash, kind: Kind, stamp: &Stamp) -> Vec<u8> {
    let mut writer = Writer::with_capacity(36 + 32 * stamp.parents().len());
    writer.raw(&previous.0).byte(kind.code());
    stamp.write(&mut writer);
    writer.into_bytes()
}

fn nonce(domain: &str, place: &Hash) -> [u8; 12] {
    let hash = blake3::Hasher::new().update(domain.as_bytes()).update(&place.0).finalize();
    std::array::from_fn(|index| hash.as_bytes()[index])
}

fn encrypt(cipher: &Aes256GcmSiv, nonce: &[u8; 12], aad: &[u8], msg: &[u8]) -> Vec<u8> {
    cipher
        .encrypt(&(*nonce).into(), Payload { msg, aad })
        .expect("AES-GCM-SIV refuses only more than 64 GiB, and payloads are at most 64 MiB")
}

fn decrypt(cipher: &Aes256GcmSiv, nonce: &[u8; 12], aad: &[u8], msg: &[u8]) -> Result<Vec<u8>, OpenError> {
    cipher.decrypt(&(*nonce).into(), Payload { msg, aad }).map_err(|_| OpenError::Sealed)
}
