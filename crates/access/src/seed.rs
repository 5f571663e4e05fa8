//! The secret inside a ticket, and the keys that follow from it.

use std::fmt;

use hpke::{Kem, Serializable, kem::X25519HkdfSha256};
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash};
use sheaf_record::{BadSignature, DeviceKey, Signature, verify};
use zeroize::Zeroize;

use crate::{operation::Join, sealing::Private};

const ASK_DOMAIN: &str = "sheaf ask 1";
const PAIR_DOMAIN: &str = "sheaf pair 1";

/// 32 random bytes: whoever has them can redeem the ticket. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketSeed([u8; 32]);

/// The public half of a ticket's signing key. It names the invitation without giving anything away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketKey(pub [u8; 32]);

impl TicketSeed {
    /// The seed with these bytes, which were drawn at random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key that the invitation holds.
    pub fn key(&self) -> TicketKey {
        TicketKey(self.signing().device().0)
    }

    /// Joins: `device` will be a member by the record in which it writes this, in `chain`.
    pub fn join(&self, invitation: Hash, document: &DocumentId, chain: &ChainId, device: &DeviceId) -> Join {
        Join { invitation, proof: self.signing().sign(Join::DOMAIN, &Join::message(document, chain, device)) }
    }

    /// Asks a member to be served before joining. `exporter` are the link's exported keying bytes, so that the proof is worth nothing on
    /// any other link.
    pub fn ask(&self, document: &DocumentId, exporter: &[u8; 32]) -> Signature {
        self.signing().sign(ASK_DOMAIN, &[document.0, *exporter].concat())
    }

    /// Knocks at the device that made a [`DeviceTicket`](crate::DeviceTicket), on the link with this `exporter`, having committed to a nonce.
    pub fn knock(&self, exporter: &[u8; 32], commitment: &[u8; 32]) -> Signature {
        self.signing().sign(PAIR_DOMAIN, &[*exporter, *commitment].concat())
    }

    pub(crate) fn sign(&self, domain: &str, message: &[u8]) -> Signature {
        self.signing().sign(domain, message)
    }

    fn signing(&self) -> DeviceKey {
        let mut secret = blake3::derive_key("sheaf 1 ticket signing key", &self.0);
        let key = DeviceKey::from_bytes(&secret);
        secret.zeroize();
        key
    }

    /// The key pair that epoch secrets are sealed to.
    pub(crate) fn sealing(&self) -> (Private, [u8; 32]) {
        let mut material = blake3::derive_key("sheaf 1 ticket sealing key", &self.0);
        let (private, public) = X25519HkdfSha256::derive_keypair(&material);
        material.zeroize();
        (private, public.to_bytes().into())
    }
}

impl TicketKey {
    /// Succeeds if the holder of this key's ticket asks for `document` on the link with this `exporter`.
    pub fn verify_ask(&self, document: &DocumentId, exporter: &[u8; 32], proof: &Signature) -> Result<(), BadSignature> {
        verify(&DeviceId(self.0), ASK_DOMAIN, &[document.0, *exporter].concat(), proof)
    }

    /// Succeeds if the holder of this key's ticket knocks on the link with this `exporter`.
    pub fn verify_knock(&self, exporter: &[u8; 32], commitment: &[u8; 32], proof: &Signature) -> Result<(), BadSignature> {
        verify(&DeviceId(self.0), PAIR_DOMAIN, &[*exporter, *commitment].concat(), proof)
    }
}

impl Drop for TicketSeed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for TicketSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketSeed(of {:02x}{:02x}..)", self.key().0[0], self.key().0[1])
    }
}
