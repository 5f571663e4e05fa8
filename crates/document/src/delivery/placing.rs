//! Where records belong that are not simply the next of their chain.
//!
//! A chain that has been forked is a tree, of which everybody holds another part, and who sends a piece of it may know less of it than this
//! device, or more. So nothing here goes by numbers: a record belongs behind the one whose hash it continues.

use sheaf_base::{ChainId, Hash, Position, limits};
use sheaf_record::{Seal, SignedHead, branch_name};

use super::{Delivery, Sealed, UNCOVERED, Vouched, WAITING};
use crate::{history::History, input::PeerId, unsealed::Held, validity::FOUNDING_BODY};

/// Where a record belongs in the journal here, and how its device counts it.
#[derive(Clone, Copy)]
struct Place {
    chain: ChainId,
    number: u64,
    absolute: u64,
}

impl Delivery {
    /// Finds out where records belong that their device has sealed, and that are not simply the next of their chain: some are here, some go on
    /// in one of the chain's histories, and where that goes on otherwise, they are another one.
    pub(super) fn place(&mut self, history: &History, key: (PeerId, ChainId), seal: &Seal) -> Vouched {
        let root = seal.position.chain;
        let Some((before, head)) = self.unsealed.get(key).map(|stretch| (stretch.before, stretch.head.clone())) else {
            return Vouched::Gap;
        };
        let start = Place { chain: root, number: 0, absolute: 0 };
        let known = if before.number == 0 { Some(start) } else { self.find_place(history, &root, &before.hash) };
        let Some(mut at) = known else {
            self.unsealed.remove(key);
            return Vouched::Gap;
        };
        while let Some(held) = self.unsealed.pop(key, seal.position.number) {
            if let Some(next) = self.step(history, &root, at, &held.read.position.hash) {
                at = next;
                self.duplicates += 1;
                continue;
            }
            let Some(next) = self.next_place(history, &root, at, &held.read.position.hash) else {
                self.unsealed.remove(key);
                return Vouched::Doubtful;
            };
            let head = head.clone().filter(|_| next.chain == root && next.number == 1);
            if !self.put(next, head, at, held) {
                self.unsealed.remove(key);
                return Vouched::Gap;
            }
            at = next;
        }
        let position = Position { chain: at.chain, number: at.number, hash: seal.position.hash };
        if history.sealed(&at.chain) < at.number && self.sealed.get(&at.chain).is_none_or(|sealed| !sealed.has_seal(at.number)) {
            self.costed(at.chain, |it| it.sealed.entry(at.chain).or_default().seal(Seal { position, ..*seal }));
        }
        Vouched::Yes(at.chain, at.number)
    }

    /// Where a record is that follows the one at `at`, if it is here.
    fn step(&self, history: &History, root: &ChainId, at: Place, hash: &Hash) -> Option<Place> {
        let next = [(at.chain, at.number + 1), (branch_name(root, hash), 1)];
        let (chain, number) = next.into_iter().find(|(chain, number)| self.hash(history, chain, *number) == Some(*hash))?;
        Some(Place { chain, number, absolute: at.absolute + 1 })
    }

    /// Where a record belongs that follows the one at `at` and is not here: next to it, or at the beginning of a branch. `None`: a document has
    /// one founding.
    fn next_place(&self, history: &History, root: &ChainId, at: Place, hash: &Hash) -> Option<Place> {
        let (number, absolute) = (at.number + 1, at.absolute + 1);
        if self.hash(history, &at.chain, number).is_none() && !history.is_ended(&at.chain, number) {
            return Some(Place { number, absolute, ..at });
        }
        let founds = history.founding() == Some(*root) && absolute <= FOUNDING_BODY;
        (!founds).then(|| Place { chain: branch_name(root, hash), number: 1, absolute })
    }

    /// Lets a record wait for what it stands on, at its place. Says whether there was room.
    fn put(&mut self, place: Place, head: Option<SignedHead>, before: Place, held: Held) -> bool {
        let mut held = held;
        let base =
            (place.chain != before.chain).then_some(Position { chain: before.chain, number: before.number, hash: held.read.previous });
        (held.read.position.chain, held.read.position.number) = (place.chain, place.number);
        self.costed(place.chain, |it| {
            let waiting = it.sealed.entry(place.chain).or_default();
            waiting.head = waiting.head.take().or(head);
            waiting.base = waiting.base.or(base);
            let full = waiting.records.len() >= limits::WAITING && waiting.bytes + held.bytes.len() > UNCOVERED;
            if full || it.cost + waiting.cost() > WAITING {
                return false;
            }
            waiting.push(held);
            true
        })
    }

    /// Where a record of a chain is here, in whichever of its histories, what waits included: as the chain's device counts.
    pub(super) fn find(&self, history: &History, root: &ChainId, hash: &Hash) -> Option<Position> {
        let at = self.find_place(history, root, hash)?;
        Some(Position { chain: *root, number: at.absolute, hash: *hash })
    }

    fn find_place(&self, history: &History, root: &ChainId, hash: &Hash) -> Option<Place> {
        if let Some(position) = history.graph.position(hash) {
            let absolute = history.graph.absolute(&position);
            let place = Place { chain: position.chain, number: position.number, absolute: absolute.number };
            return (absolute.chain == *root).then_some(place);
        }
        let of_tree =
            |(chain, sealed): &(&ChainId, &Sealed)| *chain == root || sealed.base.is_some() || history.graph.base(chain).is_some();
        self.sealed.iter().filter(of_tree).find_map(|(chain, sealed)| {
            let position = sealed.records.iter().map(|held| held.read.position).find(|position| position.hash == *hash)?;
            let before = match sealed.base {
                Some(base) => self.find_place(history, root, &base.hash)?.absolute,
                None => history.graph.absolute(&Position { number: 0, ..position }).number,
            };
            Some(Place { chain: *chain, number: position.number, absolute: before + position.number })
        })
    }
}
