//! Snapshots: a replica's state at a frontier, compressed, under its own hash.

use crate::ReadError;

/// How hard zstd tries: 3 is its own default and outruns the disk.
const LEVEL: i32 = 3;

/// A snapshot larger than this is not believed. (A replica of the largest document anybody has measured is a hundredth of it.)
const LARGEST: usize = 1 << 30;

/// A replica's state up to a journal row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last journal row inside.
    pub upto: u64,
    /// Digest of the frontier there.
    pub frontier: [u8; 32],
    /// The version of yrs that wrote it.
    pub yrs: String,
    /// The state.
    pub state: Vec<u8>,
}

/// A state as it is stored: its hash, and its compressed bytes.
pub(crate) fn pack(state: &[u8]) -> Result<([u8; 32], Vec<u8>), std::io::Error> {
    Ok((*blake3::hash(state).as_bytes(), compress(state)?))
}

/// Bytes as they are stored.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    zstd::bulk::compress(bytes, LEVEL)
}

/// And again as they were. `None`: they are damaged.
pub(crate) fn decompress(packed: &[u8]) -> Option<Vec<u8>> {
    let length = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten()?;
    let length = usize::try_from(length).ok().filter(|length| *length <= LARGEST)?;
    zstd::bulk::decompress(packed, length).ok()
}

/// The state again, if it is the one that was stored.
pub(crate) fn unpack(hash: &[u8], packed: &[u8]) -> Result<Vec<u8>, ReadError> {
    let damaged = || ReadError::Damaged("a snapshot".into());
    let state = decompress(packed).ok_or_else(damaged)?;
    if blake3::hash(&state).as_bytes().as_slice() == hash { Ok(state) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_snapshot_is_not_believed() {
        let state: Vec<u8> = (0..40_000u32).map(|index| (index % 251) as u8).collect();
        let (hash, packed) = pack(&state).expect("memory suffices");
        assert_eq!(unpack(&hash, &packed).expect("just packed"), state);
        for at in [0, packed.len() / 2, packed.len() - 1] {
            let mut other = packed.clone();
            other[at] ^= 1;
            assert!(unpack(&hash, &other).is_err(), "byte {at} changed unnoticed");
        }
        assert!(unpack(&[0; 32], &packed).is_err());
        assert!(unpack(&hash, &[]).is_err());
    }
}
