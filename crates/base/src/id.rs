//! Thirty-two byte names, printed as 64 lower-case hexadecimal digits, and the CRDT client id that follows from a chain's.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;

/// What was pasted is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 64 hexadecimal digits, got {0:?}")]
pub struct InvalidId(pub String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// The bytes themselves.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// The first eight digits, for people and logs.
            pub fn short(&self) -> String {
                HEXLOWER.encode(&self.0[..4])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                HEXLOWER
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| InvalidId(text.chars().take(80).collect()))
            }
        }
    };
}

id! {
    /// A document: the hash of its genesis record.
    DocumentId
}
id! {
    /// A device: its Ed25519 public key, the same that authenticates its connections.
    DeviceId
}
id! {
    /// A chain: the BLAKE3 hash of its head.
    ChainId
}
id! {
    /// The running hash of a chain at one of its records. It names that record and everything before it.
    Hash
}
id! {
    /// A file that is attached to documents: the BLAKE3 hash of its bytes.
    BlobId
}

impl DocumentId {
    /// What the head of a founding chain says, which is written before its document has an id.
    pub const FOUNDING: DocumentId = DocumentId([0; 32]);
}

impl ChainId {
    /// The CRDT client id of this chain: the first 53 bits of the chain id, never zero, so nobody can choose somebody else's.
    /// (53, because Yjs reads ids as JavaScript numbers.)
    pub fn client(&self) -> ClientId {
        let first = u64::from_be_bytes(std::array::from_fn(|index| self.0[index]));
        ClientId((first >> 11).max(1))
    }
}

/// A CRDT client id: 1 to 2^53 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_what_it_prints() {
        let id = DocumentId(std::array::from_fn(|index| index as u8 * 7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("00ff".parse::<DocumentId>().is_err());
        assert!("G".repeat(64).parse::<DocumentId>().is_err());
    }

    #[test]
    fn a_client_id_fits_a_javascript_number_and_is_never_zero() {
        assert_eq!(ChainId([0xff; 32]).client(), ClientId((1 << 53) - 1));
        assert_eq!(ChainId([0; 32]).client(), ClientId(1));
    }
}
