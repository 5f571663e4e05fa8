//! What a device has, in 32 bytes; and, where two devices differ, which part of it.
//!
//! The frontier names for each chain the newest number and hash held. Its digest is the root of a Merkle tree over the chains in the order
//! of their ids, sixteen ways by hexadecimal digit; at most sixteen chains with a common beginning stand together in one bucket. The
//! tree's shape follows from the set of chains alone, so equal frontiers have equal digests whatever order they were built in.
//!
//! Why a tree and not a sum of hashes: a sum is as cheap to keep, but whoever may write thousands of chains can make two sets with one sum
//! (Wagner's generalised birthday needs some 2^31 steps for 2^16 addends of 256 bits), and two devices would call different holdings
//! equal. Here that takes a collision of BLAKE3. A new record costs one walk down, five steps at 180,000 chains; digests are computed when
//! asked for, so a turn of many records pays once.

use std::{fmt, sync::OnceLock};

use sheaf_base::{ChainId, Hash, Position};

use crate::bytes::{Malformed, Reader, Writer};

/// Chains that may stand together in one bucket.
const BUCKET: usize = 16;

/// A digest over some part of a frontier. All zero where no chain is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of nothing.
    pub const EMPTY: Digest = Digest([0; 32]);
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({:02x}{:02x}{:02x}{:02x})", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

/// The beginning that some chain ids have in common: zero to 64 hexadecimal digits. It names a range of the sorted list of chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix {
    digits: [u8; 32],
    length: u8,
}

/// More digits than an id has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a chain id has 64 digits, so no prefix is longer")]
pub struct PrefixError;

impl Prefix {
    /// Every chain.
    pub const ALL: Prefix = Prefix { digits: [0; 32], length: 0 };

    /// How many digits.
    pub fn length(&self) -> usize {
        self.length.into()
    }

    /// This prefix with one more `digit` (0 to 15).
    pub fn child(mut self, digit: u8) -> Result<Self, PrefixError> {
        let place = self.length();
        if place == 64 || digit > 15 {
            return Err(PrefixError);
        }
        self.digits[place / 2] |= if place.is_multiple_of(2) { digit << 4 } else { digit };
        self.length += 1;
        Ok(self)
    }

    /// Whether `chain` begins like this.
    pub fn contains(&self, chain: &ChainId) -> bool {
        (0..self.length()).all(|place| digit(chain, place) == digit(&ChainId(self.digits), place))
    }

    /// Whether everything that begins with `other` begins like this.
    pub fn covers(&self, other: &Prefix) -> bool {
        self.length <= other.length && self.contains(&ChainId(other.digits))
    }

    /// Appends it to `writer`: `length byte | the digits, two a byte`.
    pub fn write(&self, writer: &mut Writer) {
        writer.byte(self.length).raw(&self.digits[..self.length().div_ceil(2)]);
    }

    /// Takes one off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let length = reader.byte("a prefix's length")?;
        if length > 64 {
            return Err(Malformed::TooLarge { what: "a prefix's length", found: length.into(), limit: 64 });
        }
        let taken = reader.take(usize::from(length).div_ceil(2), "a prefix")?;
        if length % 2 == 1 && taken[taken.len() - 1] & 0x0f != 0 {
            return Err(Malformed::NotCanonical("a prefix"));
        }
        let mut digits = [0; 32];
        digits[..taken.len()].copy_from_slice(taken);
        Ok(Self { digits, length })
    }
}

fn digit(chain: &ChainId, place: usize) -> u8 {
    let byte = chain.0[place / 2];
    if place.is_multiple_of(2) { byte >> 4 } else { byte & 0x0f }
}

/// A part of a frontier, said briefly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many chains it has.
    pub chains: u64,
    /// The digest over them.
    pub digest: Digest,
}

/// For each chain the newest record held.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    root: Node,
}

#[derive(Debug, Clone, Default)]
struct Node {
    kind: NodeKind,
    chains: u64,
    digest: OnceLock<Digest>,
}

#[derive(Debug, Clone)]
enum NodeKind {
    /// At most [`BUCKET`] positions, by chain.
    Bucket(Vec<Position>),
    /// One child for each next digit.
    Split(Box<[Node; 16]>),
}

impl Default for NodeKind {
    fn default() -> Self {
        Self::Bucket(Vec::new())
    }
}

impl Frontier {
    /// Nothing held.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that `position` is now the newest record held of its chain.
    pub fn set(&mut self, position: Position) {
        self.root.set(position, 0);
    }

    /// Says that nothing of `chain` is held any more under this name.
    pub fn remove(&mut self, chain: &ChainId) {
        self.root.remove(chain, 0);
    }

    /// The newest record held of `chain`.
    pub fn get(&self, chain: &ChainId) -> Option<Position> {
        let mut node = &self.root;
        let mut depth = 0;
        loop {
            match &node.kind {
                NodeKind::Split(children) => node = &children[usize::from(digit(chain, depth))],
                NodeKind::Bucket(positions) => return find(positions, chain).ok().map(|index| positions[index]),
            }
            depth += 1;
        }
    }

    /// The digest over everything.
    pub fn digest(&self) -> Digest {
        self.root.digest()
    }

    /// How many chains are held.
    pub fn chains(&self) -> u64 {
        self.root.chains
    }

    /// The chains that begin with `prefix`, summed up.
    pub fn summary(&self, prefix: &Prefix) -> Summary {
        match self.locate(prefix) {
            Located::Node(node) => Summary { chains: node.chains, digest: node.digest() },
            Located::Bucket(positions) => {
                let inside = inside(positions, prefix);
                Summary { chains: inside.len() as u64, digest: bucket_digest(&inside) }
            }
        }
    }

    /// The sixteen parts of `prefix`, by next digit; `None` where at most sixteen chains are left, which are better listed.
    pub fn split(&self, prefix: &Prefix) -> Option<[Summary; 16]> {
        let Located::Node(Node { kind: NodeKind::Split(children), .. }) = self.locate(prefix) else { return None };
        Some(std::array::from_fn(|digit| Summary { chains: children[digit].chains, digest: children[digit].digest() }))
    }

    /// The positions of the chains that begin with `prefix`, by chain.
    pub fn positions(&self, prefix: &Prefix) -> Vec<Position> {
        match self.locate(prefix) {
            Located::Node(node) => {
                let mut positions = Vec::with_capacity(node.chains as usize);
                node.collect(&mut positions);
                positions
            }
            Located::Bucket(positions) => inside(positions, prefix),
        }
    }

    fn locate(&self, prefix: &Prefix) -> Located<'_> {
        let mut node = &self.root;
        for place in 0..prefix.length() {
            match &node.kind {
                NodeKind::Split(children) => node = &children[usize::from(digit(&ChainId(prefix.digits), place))],
                NodeKind::Bucket(positions) => return Located::Bucket(positions),
            }
        }
        Located::Node(node)
    }
}

/// Where a prefix leads: to a node of its own, or into a bucket that holds others too.
enum Located<'a> {
    Node(&'a Node),
    Bucket(&'a [Position]),
}

impl Node {
    /// Sets `position`; says whether its chain is new here.
    fn set(&mut self, position: Position, depth: usize) -> bool {
        self.digest.take();
        let is_new = match &mut self.kind {
            NodeKind::Split(children) => children[usize::from(digit(&position.chain, depth))].set(position, depth + 1),
            NodeKind::Bucket(positions) => match find(positions, &position.chain) {
                Ok(index) => {
                    positions[index] = position;
                    false
                }
                Err(index) => {
                    positions.reserve_exact(1);
                    positions.insert(index, position);
                    true
                }
            },
        };
        self.chains += u64::from(is_new);
        self.split_if_full(depth);
        is_new
    }

    /// Takes out `chain`; says whether it was there. The tree's shape follows from what is left.
    fn remove(&mut self, chain: &ChainId, depth: usize) -> bool {
        let was_there = match &mut self.kind {
            NodeKind::Split(children) => children[usize::from(digit(chain, depth))].remove(chain, depth + 1),
            NodeKind::Bucket(positions) => find(positions, chain).is_ok_and(|index| {
                positions.remove(index);
                true
            }),
        };
        if was_there {
            self.digest.take();
            self.chains -= 1;
            if self.chains <= BUCKET as u64 && matches!(self.kind, NodeKind::Split(_)) {
                let mut left = Vec::with_capacity(BUCKET);
                self.collect(&mut left);
                self.kind = NodeKind::Bucket(left);
            }
        }
        was_there
    }

    fn split_if_full(&mut self, depth: usize) {
        let NodeKind::Bucket(positions) = &mut self.kind else { return };
        if positions.len() <= BUCKET {
            return;
        }
        let mut children: Box<[Node; 16]> = Box::default();
        for position in std::mem::take(positions) {
            children[usize::from(digit(&position.chain, depth))].set(position, depth + 1);
        }
        self.kind = NodeKind::Split(children);
    }

    fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| match &self.kind {
            NodeKind::Bucket(positions) => bucket_digest(positions),
            NodeKind::Split(children) => {
                let mut hasher = blake3::Hasher::new();
                hasher.update(b"sheaf 1 frontier split");
                for child in children.iter() {
                    hasher.update(&child.digest().0);
                }
                Digest(hasher.finalize().into())
            }
        })
    }

    fn collect(&self, into: &mut Vec<Position>) {
        match &self.kind {
            NodeKind::Bucket(positions) => into.extend_from_slice(positions),
            NodeKind::Split(children) => children.iter().for_each(|child| child.collect(into)),
        }
    }
}

fn find(positions: &[Position], chain: &ChainId) -> Result<usize, usize> {
    positions.binary_search_by(|position| position.chain.cmp(chain))
}

fn inside(positions: &[Position], prefix: &Prefix) -> Vec<Position> {
    positions.iter().filter(|position| prefix.contains(&position.chain)).copied().collect()
}

/// A bucket's digest is the same wherever in the tree it stands, so that a part of one compares equal to a whole one of somebody else.
fn bucket_digest(positions: &[Position]) -> Digest {
    if positions.is_empty() {
        return Digest::EMPTY;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"sheaf 1 frontier bucket");
    for Position { chain, number, hash: Hash(hash) } in positions {
        hasher.update(&chain.0).update(&number.to_be_bytes()).update(hash);
    }
    Digest(hasher.finalize().into())
}
