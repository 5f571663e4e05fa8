//! A secret, closed for one holder of a key.
//!
//! HPKE (RFC 9180) in base mode: X25519, HKDF-SHA256, ChaCha20-Poly1305. A device's key pair for this follows from a seed of its own, as an
//! Ed25519 pair does: so that the same key can sign that whoever registers it holds it. Randomness is handed in.

use std::{convert::Infallible, fmt};

use ed25519_dalek::{SigningKey, VerifyingKey};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable,
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
    rand_core::{TryCryptoRng, TryRng},
    single_shot_open, single_shot_seal_with_rng,
};
use sheaf_base::{DeviceId, DocumentId};
use sheaf_record::{BadSignature, DeviceKey, EpochSecret, Malformed, Reader, Signature, Writer, verify};
use zeroize::Zeroize;

/// Opens what is sealed to the public half.
pub(crate) type Private = <X25519HkdfSha256 as Kem>::PrivateKey;

const KEY_DOMAIN: &str = "sheaf key 1";

/// What a device signs to itself, and shows nobody, so that its seed follows from its key.
const SEED_DOMAIN: &str = "sheaf sealing seed 1";

/// A secret that one holder of a key can take out: the encapsulated key, the secret, the tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealedSecret([u8; SealedSecret::LENGTH]);

impl SealedSecret {
    /// How many bytes it fills.
    pub const LENGTH: usize = 32 + 32 + 16;

    /// Closes `secret` for the holder of the X25519 key `recipient`; none if that is no key. It opens with the same `info` and `bound` alone.
    pub(crate) fn seal(recipient: &[u8; 32], info: &[u8], bound: &[u8], secret: &EpochSecret, random: &mut Handed) -> Option<Self> {
        let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(recipient).ok()?;
        let (encapsulated, closed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &recipient,
            info,
            secret.as_bytes(),
            bound,
            random,
        )
        .ok()?;
        [&encapsulated.to_bytes()[..], &closed].concat().try_into().ok().map(Self)
    }

    /// Takes the secret out.
    pub(crate) fn open(&self, private: &Private, info: &[u8], bound: &[u8]) -> Option<EpochSecret> {
        let (encapsulated, closed) = self.0.split_at(32);
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        let opened =
            single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(&OpModeR::Base, private, &encapsulated, info, closed, bound);
        let mut opened = opened.ok()?;
        let secret = <[u8; 32]>::try_from(opened.as_slice()).map(EpochSecret::from_bytes);
        opened.zeroize();
        secret.ok()
    }

    /// No secret at all, where one has yet to be put in.
    pub(crate) const fn empty() -> Self {
        Self([0; Self::LENGTH])
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        reader.array("a sealed secret").map(Self)
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedSecret({:02x}{:02x}..)", self.0[0], self.0[1])
    }
}

/// 32 random bytes, a device's own: whoever has them opens what is sealed to it. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingSeed([u8; 32]);

/// The public half of what a device opens secrets with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealingKey(pub [u8; 32]);

/// A device's key, with the proof that it holds the other half: nobody can register somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub key: SealingKey,
    /// By that key, over document and device.
    pub proof: Signature,
}

impl SealingSeed {
    /// The seed with these bytes, which were drawn at random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The seed of the device with this key in `document`. It follows from a signature that only the device can make (they are deterministic), so it
    /// need not be kept, and says nothing about the device's seeds in other documents.
    pub fn of_device(key: &DeviceKey, document: &DocumentId) -> Self {
        let mut signature = key.sign(SEED_DOMAIN, &document.0).0;
        let seed = Self(blake3::derive_key("sheaf 1 device sealing seed", &signature));
        signature.zeroize();
        seed
    }

    /// The key that others seal to.
    pub fn key(&self) -> SealingKey {
        SealingKey(DeviceKey::from_bytes(&self.0).device().0)
    }

    /// Registers the key for `device`, in `document`.
    pub fn register(&self, document: &DocumentId, device: &DeviceId) -> Key {
        let proof = DeviceKey::from_bytes(&self.0).sign(KEY_DOMAIN, &[document.0, device.0].concat());
        Key { key: self.key(), proof }
    }

    pub(crate) fn private(&self) -> Private {
        let mut scalar = SigningKey::from_bytes(&self.0).to_scalar_bytes();
        let private = Private::from_bytes(&scalar).expect("32 bytes are an X25519 key");
        scalar.zeroize();
        private
    }
}

impl SealingKey {
    /// Its X25519 form; none if these bytes are no key.
    pub(crate) fn recipient(&self) -> Option<[u8; 32]> {
        VerifyingKey::from_bytes(&self.0).ok().filter(|key| !key.is_weak()).map(|key| key.to_montgomery().to_bytes())
    }
}

impl Key {
    /// Succeeds if `device` holds the other half, and meant this document.
    pub fn verify(&self, document: &DocumentId, device: &DeviceId) -> Result<(), BadSignature> {
        verify(&DeviceId(self.key.0), KEY_DOMAIN, &[document.0, device.0].concat(), &self.proof)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.key.0).raw(&self.proof.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { key: SealingKey(reader.array("a sealing key")?), proof: Signature::read(reader)? })
    }
}

impl Drop for SealingSeed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SealingSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingSeed(of {:02x}{:02x}..)", self.key().0[0], self.key().0[1])
    }
}

/// Randomness that was handed in, in the shape in which HPKE takes it.
pub(crate) struct Handed(blake3::OutputReader);

impl Handed {
    /// `purpose` keeps two uses of one draw apart.
    pub(crate) fn new(purpose: &str, randomness: &[u8; 32]) -> Self {
        Self(blake3::Hasher::new_derive_key(purpose).update(randomness).finalize_xof())
    }
}

impl TryRng for Handed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Handed {}
