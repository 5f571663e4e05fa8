//! Chains, records, seals, keys: the bytes on disk and on the wire.
