//! What each chunk of a file must be. The list hashes to the file's own name, so nobody has to be believed who sends it.

use blake3::Hasher;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root};
use sheaf_base::BlobId;

/// Bytes of a chunk: a subtree of BLAKE3's own tree, small enough to be sent again after a fault, large enough that its 32 bytes in the list
/// are nothing beside it.
pub const CHUNK: u64 = 256 * 1024;

/// The largest file that can be attached, in bytes. Its list fills 2 MiB, which is what somebody who lies about a size can make us hold.
pub const LARGEST: u64 = 16 << 30;

/// How many chunks a file of this size has.
pub fn chunks(size: u64) -> u64 {
    size.div_ceil(CHUNK)
}

/// What each chunk of one file must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    blob: BlobId,
    size: u64,
    /// A chaining value per chunk. Of a file of one chunk that is its hash.
    values: Vec<[u8; 32]>,
}

impl List {
    /// The list, if these values are those of the file with this name and size.
    pub fn check(blob: BlobId, size: u64, values: Vec<[u8; 32]>) -> Option<List> {
        if size > LARGEST || values.len() as u64 != chunks(size) {
            return None;
        }
        (root(&values, size) == blob.0).then_some(List { blob, size, values })
    }

    /// The list of a file of at most one chunk, which follows from its name.
    pub fn of_one(blob: BlobId, size: u64) -> Option<List> {
        List::check(blob, size, if size == 0 { Vec::new() } else { vec![blob.0] }).filter(|list| list.values.len() <= 1)
    }

    /// The file's name.
    pub fn blob(&self) -> BlobId {
        self.blob
    }

    /// The file's size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The values, one per chunk.
    pub fn values(&self) -> &[[u8; 32]] {
        &self.values
    }

    /// How many bytes a chunk has; none, if there is no such chunk.
    pub fn length(&self, chunk: u64) -> Option<u64> {
        let start = chunk.checked_mul(CHUNK).filter(|start| *start < self.size)?;
        Some(CHUNK.min(self.size - start))
    }

    /// Whether these are the bytes of a chunk.
    pub fn holds(&self, chunk: u64, bytes: &[u8]) -> bool {
        let Some(value) = usize::try_from(chunk).ok().and_then(|chunk| self.values.get(chunk)) else { return false };
        self.length(chunk) == Some(bytes.len() as u64) && value_of(chunk, self.size, bytes) == *value
    }
}

/// Makes a list from bytes as they come.
#[derive(Debug, Default)]
pub(crate) struct ListMaker {
    whole: Hasher,
    values: Vec<[u8; 32]>,
    chunk: Vec<u8>,
    size: u64,
}

impl ListMaker {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        self.whole.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = CHUNK as usize - self.chunk.len();
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.chunk.extend_from_slice(now);
            bytes = rest;
            if self.chunk.len() == CHUNK as usize {
                self.close();
            }
        }
    }

    pub(crate) fn finish(mut self) -> List {
        if !self.chunk.is_empty() {
            self.close();
        }
        let blob = BlobId(*self.whole.finalize().as_bytes());
        if let [one] = self.values.as_mut_slice() {
            *one = blob.0;
        }
        List { blob, size: self.size, values: self.values }
    }

    fn close(&mut self) {
        let index = self.values.len() as u64;
        // As though more followed; a file that is this chunk alone is put right at the end.
        self.values.push(subtree(index * CHUNK, &self.chunk));
        self.chunk.clear();
    }
}

fn value_of(chunk: u64, size: u64, bytes: &[u8]) -> [u8; 32] {
    if size <= CHUNK { *blake3::hash(bytes).as_bytes() } else { subtree(chunk * CHUNK, bytes) }
}

/// The chaining value of an aligned subtree that is not the whole tree.
fn subtree(offset: u64, bytes: &[u8]) -> ChainingValue {
    Hasher::new().set_input_offset(offset).update(bytes).finalize_non_root()
}

/// The hash of a file from its chunks' values.
fn root(values: &[[u8; 32]], size: u64) -> [u8; 32] {
    match values {
        [] => *blake3::hash(&[]).as_bytes(),
        [one] => *one,
        _ => {
            let (left, right) = halves(values, size);
            *merge_subtrees_root(&left, &right, Mode::Hash).as_bytes()
        }
    }
}

/// Where BLAKE3 parts the chunks, and what each part comes to. Recursion is as deep as the tree: 16 for the largest file.
fn halves(values: &[[u8; 32]], size: u64) -> (ChainingValue, ChainingValue) {
    let left = left_subtree_len(size);
    let (first, second) = values.split_at((left / CHUNK) as usize);
    (merged(first, left), merged(second, size - left))
}

fn merged(values: &[[u8; 32]], size: u64) -> ChainingValue {
    match values {
        [one] => *one,
        _ => {
            let (left, right) = halves(values, size);
            merge_subtrees_non_root(&left, &right, Mode::Hash)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(size: u64) -> Vec<u8> {
        (0..size).map(|at| (at.wrapping_mul(31) ^ (at >> 11)) as u8).collect()
    }

    fn made(bytes: &[u8], pieces: usize) -> List {
        let mut maker = ListMaker::default();
        bytes.chunks(pieces).for_each(|piece| maker.update(piece));
        maker.finish()
    }

    #[test]
    fn a_list_of_any_size_hashes_to_what_blake3_says() {
        let around = |size: u64| size.saturating_sub(1)..=size + 1;
        let sizes = [0, 1, 1024, CHUNK, 2 * CHUNK, 3 * CHUNK, 4 * CHUNK, 5 * CHUNK, 7 * CHUNK + 1024, 8 * CHUNK, 9 * CHUNK + 77];
        for size in sizes.into_iter().flat_map(around) {
            let bytes = bytes(size);
            let list = made(&bytes, 100_003);
            assert_eq!(list.blob.0, *blake3::hash(&bytes).as_bytes(), "{size}");
            assert_eq!(list.values.len() as u64, chunks(size));
            assert_eq!(List::check(list.blob, size, list.values.clone()), Some(list.clone()), "{size}");
            for (index, chunk) in bytes.chunks(CHUNK as usize).enumerate() {
                assert!(list.holds(index as u64, chunk), "chunk {index} of {size}");
            }
            assert_eq!(List::of_one(list.blob, size).is_some(), size <= CHUNK, "{size}");
        }
    }

    #[test]
    fn nothing_false_is_believed() {
        let bytes = bytes(5 * CHUNK + 3);
        let list = made(&bytes, 4096);
        for index in 0..list.values.len() {
            let mut values = list.values.clone();
            values[index][7] ^= 1;
            assert_eq!(List::check(list.blob, list.size, values), None, "value {index}");
        }
        assert_eq!(
            List::check(list.blob, list.size - 1, list.values.clone()).map(|list| list.holds(5, &bytes[bytes.len() - 2..])),
            Some(false)
        );
        assert_eq!(List::check(list.blob, list.size, list.values[1..].to_vec()), None, "one too few");
        assert_eq!(List::check(list.blob, u64::MAX, list.values.clone()), None, "a size that nothing has");
        let mut chunk = bytes[..CHUNK as usize].to_vec();
        assert!(list.holds(0, &chunk) && !list.holds(1, &chunk) && !list.holds(9, &chunk));
        chunk[0] ^= 1;
        assert!(!list.holds(0, &chunk));
        assert!(!list.holds(0, &chunk[1..]));
    }
}
