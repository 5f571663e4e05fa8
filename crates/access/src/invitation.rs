//! The record that makes an open ticket worth something: it holds the epoch secret, sealed to the ticket's key.
//!
//! The sealing key stands in the record too, so that a later rotation can seal its new secret to every open ticket. The other kind of
//! invitation holds no secret (`counted`).

use std::fmt;

use sheaf_base::{DocumentId, Hash};
use sheaf_record::{ChainCipher, EpochId, EpochSecret, Malformed, OpenError, Reader, Writer};

use crate::{
    operation::{CLOSED_NAME, cut_name},
    role::Role,
    sealing::{Handed, SealedSecret},
    seed::{TicketKey, TicketSeed},
};

const LABEL_FIELD: u8 = 2;

/// An open invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who holds the ticket to this signs with it.
    pub key: TicketKey,
    /// What is sealed to the ticket is sealed to this.
    pub(crate) sealing: [u8; 32],
    /// What whoever joins by it may do.
    pub role: Role,
    /// Which secret it holds.
    pub epoch: EpochId,
    sealed: SealedSecret,
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
        Self { key: seed.key(), sealing, role, epoch: secret.id(), sealed: SealedSecret::empty(), label }.seal(document, secret, randomness)
    }

    /// Puts the secret in.
    fn seal(self, document: &DocumentId, secret: &EpochSecret, randomness: [u8; 32]) -> Self {
        let random = &mut Handed::new("sheaf 1 invitation randomness", &randomness);
        let sealed = SealedSecret::seal(&self.sealing, &info(document), &self.bound(), secret, random);
        Self { sealed: sealed.expect("a derived key is no weak point: sealing cannot fail"), ..self }
    }

    /// Takes out the epoch secret.
    pub fn open(&self, seed: &TicketSeed, document: &DocumentId) -> Result<EpochSecret, InvitationError> {
        if seed.key() != self.key {
            return Err(InvitationError::OtherTicket);
        }
        let opened = self.sealed.open(&seed.sealing().0, &info(document), &self.bound());
        opened.filter(|secret| secret.id() == self.epoch).ok_or(InvitationError::WrongSecret)
    }

    /// What the sealed secret is bound to besides the document.
    fn bound(&self) -> Vec<u8> {
        [&self.key.0[..], &self.sealing, &[self.role.code()], &self.epoch.0].concat()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        self.sealed.write(writer.raw(&self.bound()));
        self.label.write(writer);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            key: TicketKey(reader.array("the ticket's key")?),
            sealing: reader.array("the ticket's sealing key")?,
            role: Role::read(reader)?,
            epoch: EpochId(reader.array("the invitation's epoch")?),
            sealed: SealedSecret::read(reader)?,
            label: Label::read(reader)?,
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

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.bytes(&self.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self(reader.bytes(CLOSED_NAME, "the invitation's label")?.to_vec()))
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
