//! The record that makes an open ticket worth something: it holds the epoch secret, sealed to the ticket's key.
//!
//! HPKE (RFC 9180) in base mode: X25519, HKDF-SHA256, ChaCha20-Poly1305. The sealing key stands in the record too, so that a later
//! rotation can seal its new secret to every open ticket.

use std::{convert::Infallible, fmt};

use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable,
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
    rand_core::{TryCryptoRng, TryRng},
    single_shot_open, single_shot_seal_with_rng,
};
use sheaf_base::{DocumentId, Hash};
use sheaf_record::{ChainCipher, EpochId, EpochSecret, Malformed, OpenError, Reader, Writer};
use zeroize::Zeroize;

use crate::{
    operation::{CLOSED_NAME, cut_name},
    role::Role,
    seed::{TicketKey, TicketSeed},
};

/// The encapsulated key, the secret, the tag.
const SEALED: usize = 32 + 32 + 16;
const LABEL_FIELD: u8 = 2;

/// An open invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who holds the ticket to this signs with it.
    pub key: TicketKey,
    /// What is sealed to the ticket is sealed to this.
    sealing: [u8; 32],
    /// What whoever joins by it may do.
    pub role: Role,
    /// Which secret it holds.
    pub epoch: EpochId,
    sealed: [u8; SEALED],
    /// For whom, in the inviter's words.
    pub label: Label,
}

/// A few words that only members read.
#[derive(Clone, PartialEq, Eq)]
pub struct Label(Vec<u8>);

/// Why a ticket does not open its invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// The ticket belongs to another invitation.
    #[error("this ticket does not belong to this invitation")]
    OtherTicket,
    /// What is inside cannot be opened, or is not the secret that the invitation names.
    #[error("the invitation is damaged or was made wrongly: it does not hold the key of the document; ask for a new one")]
    WrongSecret,
}

impl Invitation {
    /// Invites whoever holds `seed`. `randomness` is fresh: it makes the key that the secret is sealed with.
    pub fn new(seed: &TicketSeed, document: &DocumentId, role: Role, secret: &EpochSecret, label: Label, randomness: [u8; 32]) -> Self {
        let (_, sealing) = seed.sealing();
        Self { key: seed.key(), sealing, role, epoch: secret.id(), sealed: [0; SEALED], label }.seal(document, secret, randomness)
    }

    /// Puts the secret in.
    fn seal(self, document: &DocumentId, secret: &EpochSecret, randomness: [u8; 32]) -> Self {
        let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&self.sealing).expect("a public key that was just derived is one");
        let (encapsulated, closed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &recipient,
            &info(document),
            secret.as_bytes(),
            &self.bound(),
            &mut Handed::new(randomness),
        )
        .expect("a derived key is no weak point and 32 bytes are not too long: sealing cannot fail");
        let sealed = [&encapsulated.to_bytes()[..], &closed].concat();
        Self { sealed: sealed.try_into().expect("an X25519 key, the secret and a tag are 80 bytes"), ..self }
    }

    /// Takes out the epoch secret.
    pub fn open(&self, seed: &TicketSeed, document: &DocumentId) -> Result<EpochSecret, InvitationError> {
        let (private, _) = seed.sealing();
        if seed.key() != self.key {
            return Err(InvitationError::OtherTicket);
        }
        let (encapsulated, closed) = self.sealed.split_at(32);
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| InvitationError::WrongSecret)?;
        let mut opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &private,
            &encapsulated,
            &info(document),
            closed,
            &self.bound(),
        )
        .map_err(|_| InvitationError::WrongSecret)?;
        let secret = <[u8; 32]>::try_from(opened.as_slice()).map(EpochSecret::from_bytes);
        opened.zeroize();
        secret.ok().filter(|secret| secret.id() == self.epoch).ok_or(InvitationError::WrongSecret)
    }

    /// What the sealed secret is bound to besides the document.
    fn bound(&self) -> Vec<u8> {
        [&self.key.0[..], &self.sealing, &[self.role.code()], &self.epoch.0].concat()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.bound()).raw(&self.sealed).bytes(&self.label.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            key: TicketKey(reader.array("the ticket's key")?),
            sealing: reader.array("the ticket's sealing key")?,
            role: Role::read(reader)?,
            epoch: EpochId(reader.array("the invitation's epoch")?),
            sealed: reader.array("the sealed secret")?,
            label: Label(reader.bytes(CLOSED_NAME, "the invitation's label")?.to_vec()),
        })
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invitation({:?}, {}, {:?})", self.key, self.role, self.epoch)
    }
}

impl Label {
    /// Closes it for the record that follows `previous` in the chain of `cipher`. What is too long is cut.
    pub fn close(text: &str, cipher: &ChainCipher, previous: &Hash) -> Self {
        Self(cipher.close_name(previous, LABEL_FIELD, cut_name(text)))
    }

    /// Opens it. `previous` is the hash that its record follows.
    pub fn open(&self, cipher: &ChainCipher, previous: &Hash) -> Result<String, OpenError> {
        cipher.open_name(previous, LABEL_FIELD, &self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Label({} bytes)", self.0.len())
    }
}

fn info(document: &DocumentId) -> Vec<u8> {
    [b"sheaf 1 invitation", &document.0[..]].concat()
}

/// Randomness that was handed in, in the shape in which HPKE takes it.
struct Handed(blake3::OutputReader);

impl Handed {
    fn new(randomness: [u8; 32]) -> Self {
        Self(blake3::Hasher::new_derive_key("sheaf 1 invitation randomness").update(&randomness).finalize_xof())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_that_deals_another_secret_than_it_names_is_noticed() {
        let (seed, document) = (TicketSeed::from_bytes([7; 32]), DocumentId([1; 32]));
        let [real, dealt] = [3, 4].map(|byte| EpochSecret::from_bytes([byte; 32]));
        let honest = Invitation::new(&seed, &document, Role::Edit, &real, Label(vec![]), [5; 32]);
        assert_eq!(honest.open(&seed, &document), Ok(real));
        let lying = honest.clone().seal(&document, &dealt, [5; 32]);
        assert_eq!(lying.open(&seed, &document), Err(InvitationError::WrongSecret));
        let misdirected = Invitation { sealing: TicketSeed::from_bytes([8; 32]).sealing().1, ..honest }.seal(&document, &dealt, [5; 32]);
        assert_eq!(misdirected.open(&seed, &document), Err(InvitationError::WrongSecret));
    }
}
