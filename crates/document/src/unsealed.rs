//! What peers have sent and no seal vouches for yet, each peer's by itself: one peer's inventions do not stand in the way of another's truth.

use std::collections::{BTreeMap, VecDeque};

use sheaf_base::{ChainId, Hash, Position, limits};
use sheaf_record::{ChainReader, ReadRecord, SignedHead};

use crate::input::PeerId;

/// Bytes of one chain that one peer may send ahead of a seal: a journal keeps a seal every 64 KiB, a turn may hold 256.
pub(crate) const OF_CHAIN: usize = limits::SEAL_EVERY + limits::TURN_BYTES + 2 * limits::PAYLOAD;
/// What all that one peer has sent ahead of seals may cost.
const OF_PEER: usize = 4 * 1024 * 1024;
/// What a chain costs that waits, besides its records: its head, its reader, its places in tables. Without counting it, somebody could have a
/// gigabyte kept in chains of one small record each.
pub(crate) const CHAIN: usize = 1024;
/// What a record costs that waits, besides its bytes: what has been read of it.
const RECORD: usize = 256;

/// A record that waits.
pub(crate) struct Held {
    pub(crate) read: ReadRecord,
    pub(crate) bytes: Vec<u8>,
    pub(crate) from: PeerId,
}

/// Consecutive records of one chain that one peer has sent.
pub(crate) struct Stretch {
    /// The chain's head, if the peer has sent it and it was not known.
    pub(crate) head: Option<SignedHead>,
    /// What they follow, as the chain's device counts.
    pub(crate) before: Position,
    reader: ChainReader,
    records: VecDeque<Held>,
    /// They contradict what is held, or the chain is forked: where they belong is found out when they are sealed.
    pub(crate) rival: bool,
    bytes: usize,
}

/// Everything that waits for a seal.
#[derive(Default)]
pub(crate) struct Unsealed {
    peers: BTreeMap<PeerId, OfPeer>,
}

/// What one peer has sent.
#[derive(Default)]
struct OfPeer {
    chains: BTreeMap<ChainId, Stretch>,
    cost: usize,
}

impl Held {
    /// What it costs to keep it, in bytes.
    pub(crate) fn cost(&self) -> usize {
        RECORD + self.bytes.len()
    }
}

impl Stretch {
    /// The position of its last record, or of what it follows.
    pub(crate) fn tip(&self) -> Position {
        self.reader.tip()
    }

    /// Where its record of this number stands.
    pub(crate) fn position(&self, number: u64) -> Option<Position> {
        position_in(&self.records, number)
    }

    fn cost(&self) -> usize {
        CHAIN + self.records.iter().map(Held::cost).sum::<usize>()
    }
}

impl Unsealed {
    /// What a peer has sent of a chain.
    pub(crate) fn get(&self, (peer, chain): (PeerId, ChainId)) -> Option<&Stretch> {
        self.peers.get(&peer)?.chains.get(&chain)
    }

    /// Begins anew what a peer sends of a chain: records that follow `before`. Says whether there was room for the first.
    pub(crate) fn begin(
        &mut self,
        key: (PeerId, ChainId),
        before: Position,
        head: Option<SignedHead>,
        rival: bool,
        bytes: Vec<u8>,
    ) -> bool {
        self.remove(key);
        let of_peer = self.peers.entry(key.0).or_default();
        let stretch = Stretch { head, before, reader: ChainReader::resume(before), records: VecDeque::new(), rival, bytes: 0 };
        of_peer.cost += CHAIN;
        of_peer.chains.insert(key.1, stretch);
        let has_room = self.push(key, bytes);
        if !has_room {
            self.remove(key);
        }
        has_room
    }

    /// Adds the next record to what a peer has sent of a chain. Says whether it is one, and whether there was room for it.
    pub(crate) fn push(&mut self, (peer, chain): (PeerId, ChainId), bytes: Vec<u8>) -> bool {
        let Some(of_peer) = self.peers.get_mut(&peer) else { return false };
        let Some(stretch) = of_peer.chains.get_mut(&chain) else { return false };
        if stretch.bytes + bytes.len() > OF_CHAIN || of_peer.cost + RECORD + bytes.len() > OF_PEER {
            return false;
        }
        let Ok(read) = stretch.reader.read(&bytes) else { return false };
        let held = Held { read, bytes, from: peer };
        stretch.bytes += held.bytes.len();
        of_peer.cost += held.cost();
        stretch.records.push_back(held);
        true
    }

    /// Takes the first record of what a peer has sent of a chain, if its number is not above `number`. What is empty then is forgotten.
    pub(crate) fn pop(&mut self, key: (PeerId, ChainId), number: u64) -> Option<Held> {
        let of_peer = self.peers.get_mut(&key.0)?;
        let stretch = of_peer.chains.get_mut(&key.1)?;
        let held = stretch.records.pop_front_if(|held| held.read.position.number <= number);
        if let Some(held) = &held {
            stretch.before = held.read.position;
            stretch.bytes -= held.bytes.len();
            of_peer.cost -= held.cost();
        } else if stretch.records.is_empty() {
            self.remove(key);
        }
        held
    }

    /// What is held and sealed now, whoever sent it, waits for nothing any more from anybody. `hash` is that of a record that is held.
    pub(crate) fn settle(&mut self, sealed: &Position, hash: impl Fn(u64) -> Option<Hash>) {
        let peers: Vec<PeerId> = self.peers.keys().copied().collect();
        for key in peers.into_iter().map(|peer| (peer, sealed.chain)) {
            let Some(stretch) = self.get(key).filter(|stretch| !stretch.rival) else { continue };
            let last = stretch.tip().number.min(sealed.number);
            // A branch that nobody knew of when it came goes on waiting for its own seal.
            if stretch.position(last).is_some_and(|at| hash(last) == Some(at.hash)) {
                while self.pop(key, last).is_some() {}
            }
        }
    }

    /// Forgets what a peer has sent of a chain.
    pub(crate) fn remove(&mut self, (peer, chain): (PeerId, ChainId)) {
        let Some(of_peer) = self.peers.get_mut(&peer) else { return };
        if let Some(stretch) = of_peer.chains.remove(&chain) {
            of_peer.cost -= stretch.cost();
        }
    }

    /// Forgets what a peer has sent.
    pub(crate) fn forget(&mut self, peer: PeerId) {
        self.peers.remove(&peer);
    }

    /// How many bytes of records wait.
    pub(crate) fn bytes(&self) -> usize {
        self.peers.values().flat_map(|of_peer| of_peer.chains.values()).map(|stretch| stretch.bytes).sum()
    }
}

/// Where a record stands among consecutive ones.
pub(crate) fn position_in(records: &VecDeque<Held>, number: u64) -> Option<Position> {
    let first = records.front()?.read.position.number;
    records.get(usize::try_from(number.checked_sub(first)?).ok()?).map(|held| held.read.position)
}

#[cfg(test)]
mod tests {
    use sheaf_base::{DocumentId, Wall};
    use sheaf_record::{ChainWriter, DeviceKey, EpochSecret, Kind, Stamp};

    use super::*;

    /// The first record of a chain of its own, and what it follows.
    fn first(number: u64) -> ((PeerId, ChainId), Position, SignedHead, Vec<u8>) {
        let (key, secret) = (DeviceKey::from_bytes(&[1; 32]), EpochSecret::from_bytes([2; 32]));
        let nonce = u128::from(number).to_le_bytes();
        let mut writer = ChainWriter::begin(&key, DocumentId([3; 32]), nonce, 1, Wall(1_700_000_000_000), &secret);
        let (before, head) = (writer.tip(), writer.head().clone());
        let written = writer.append(Kind::Body, Stamp::default(), b"x", Wall(1_700_000_000_000)).expect("it fits");
        ((PeerId(7), before.chain), before, head, written.bytes)
    }

    #[test]
    fn a_peer_is_kept_waiting_at_bounded_cost_however_small_its_chains_are() {
        let mut unsealed = Unsealed::default();
        let mut kept = Vec::new();
        for number in 0..10_000 {
            let (key, before, head, bytes) = first(number);
            if unsealed.begin(key, before, Some(head), false, bytes) {
                kept.push(key);
            }
        }
        assert!((1000..5000).contains(&kept.len()), "{} chains are kept", kept.len());

        // What is sealed or forgotten makes room for as much again.
        for key in &kept {
            assert!(unsealed.pop(*key, 1).is_some() && unsealed.pop(*key, 1).is_none() && unsealed.get(*key).is_none());
        }
        assert_eq!((unsealed.peers[&PeerId(7)].cost, unsealed.bytes()), (0, 0));
    }
}
