//! Signatures: a device's key, and what it can prove.
//!
//! Every signed message begins with a domain, a text that says what is being signed, so that a signature made for one purpose is
//! worth nothing for another. Verification is strict: weak keys and second spellings of a signature are refused.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sheaf_base::{
    DeviceId,
    planted::{self, Bug},
};

use crate::bytes::{Malformed, Reader};

/// A device's private key. Its public half is the device id. Wiped from memory when dropped.
pub struct DeviceKey(Hand);

enum Hand {
    Signs(SigningKey),
    /// Signs, and every signature is noted.
    Notes(SigningKey, Signed),
    /// Has no key: gives out the signatures that were noted, and none but those.
    Repeats(DeviceId, Signed),
}

impl DeviceKey {
    /// The key whose 32 secret bytes these are.
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(Hand::Signs(SigningKey::from_bytes(secret)))
    }

    /// The same key, which notes what it signs: for making a recording that [`DeviceKey::repeating`] can play.
    pub fn noting(secret: &[u8; 32], signed: &Signed) -> Self {
        Self(Hand::Notes(SigningKey::from_bytes(secret), signed.clone()))
    }

    /// Not a key, but what a key has signed: whoever holds it can live through the same again and sign nothing else.
    pub fn repeating(device: DeviceId, signed: &Signed) -> Self {
        Self(Hand::Repeats(device, signed.clone()))
    }

    /// The device that this key is.
    pub fn device(&self) -> DeviceId {
        match &self.0 {
            Hand::Signs(key) | Hand::Notes(key, _) => DeviceId(key.verifying_key().to_bytes()),
            Hand::Repeats(device, _) => *device,
        }
    }

    /// Signs `message` for the purpose `domain`.
    pub fn sign(&self, domain: &str, message: &[u8]) -> Signature {
        let message = [domain.as_bytes(), message].concat();
        match &self.0 {
            Hand::Signs(key) => Signature(key.sign(&message).to_bytes()),
            Hand::Notes(key, signed) => {
                let signature = Signature(key.sign(&message).to_bytes());
                signed.note(&message, signature);
                signature
            }
            Hand::Repeats(_, signed) => signed.repeat(&message),
        }
    }
}

/// Signatures by what they sign. Clones are the same collection.
#[derive(Debug, Clone, Default)]
pub struct Signed(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    signatures: BTreeMap<[u8; 32], Signature>,
    missed: u64,
}

impl Signed {
    /// The signatures of a recording.
    pub fn of(signatures: impl IntoIterator<Item = ([u8; 32], Signature)>) -> Self {
        Self(Arc::new(Mutex::new(Noted { signatures: signatures.into_iter().collect(), missed: 0 })))
    }

    /// Every signature, by the BLAKE3 hash of what it signs.
    pub fn signatures(&self) -> Vec<([u8; 32], Signature)> {
        self.lock().signatures.iter().map(|(hash, signature)| (*hash, *signature)).collect()
    }

    /// How often something was to be signed that nobody had signed.
    pub fn missed(&self) -> u64 {
        self.lock().missed
    }

    fn note(&self, message: &[u8], signature: Signature) {
        self.lock().signatures.insert(*blake3::hash(message).as_bytes(), signature);
    }

    /// What was noted; a signature that proves nothing if that is not there.
    fn repeat(&self, message: &[u8]) -> Signature {
        let mut noted = self.lock();
        let found = noted.signatures.get(blake3::hash(message).as_bytes()).copied();
        found.unwrap_or_else(|| {
            noted.missed += 1;
            Signature([0; Signature::LENGTH])
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Noted> {
        // Nothing in here can stop half way.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.device().short())
    }
}

/// 64 bytes that only the holder of a key could have made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// How many bytes it fills.
    pub const LENGTH: usize = 64;

    /// Takes one off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        reader.array("a signature").map(Self)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", Self::LENGTH)
    }
}

/// The signature is not by that device over that message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not by device {}", .0.short())]
pub struct BadSignature(pub DeviceId);

/// Succeeds if `signature` was made by `device` over `message` for the purpose `domain`.
pub fn verify(device: &DeviceId, domain: &str, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
    if planted::is(Bug::SignatureUnchecked) {
        return Ok(());
    }
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    VerifyingKey::from_bytes(&device.0)
        .and_then(|key| key.verify_strict(&[domain.as_bytes(), message].concat(), &signature))
        .map_err(|_| BadSignature(*device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_one_device_one_purpose_and_one_message() {
        let key = DeviceKey::from_bytes(&[7; 32]);
        let signature = key.sign("purpose", b"words");
        assert_eq!(verify(&key.device(), "purpose", b"words", &signature), Ok(()));

        let other = DeviceKey::from_bytes(&[8; 32]).device();
        assert_eq!(verify(&other, "purpose", b"words", &signature), Err(BadSignature(other)));
        assert!(verify(&key.device(), "another", b"words", &signature).is_err());
        assert!(verify(&key.device(), "purpose", b"wordz", &signature).is_err());
        for bit in 0..512 {
            let mut bent = signature;
            bent.0[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(&key.device(), "purpose", b"words", &bent).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_key_of_small_order_signs_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let forged = Signature([identity, [0; 32]].concat().try_into().expect("two halves of 32 bytes"));
        assert!(verify(&DeviceId(identity), "purpose", b"anything", &forged).is_err());
    }
}
