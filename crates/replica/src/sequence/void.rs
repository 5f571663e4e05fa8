//! Entries that do not count: their clocks are filled, and the lists that say what a key has been know nothing of them.

use std::cell::Cell;

use super::{Content, Foreign, Handle, Item, Map, NONE, Sequence};
use crate::walk::{Id, Parent, Struct};

/// The number of a key of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyNumber(u32);

impl Sequence {
    /// Fills the clocks of an entry that does not count. Which key it was about is remembered for those who stand on it.
    pub(crate) fn take_void_entry(&mut self, one: &Struct<'_>) -> Result<(), Foreign> {
        let KeyNumber(home) = self.key_of(one)?;
        let at = self.spot(one.id);
        if at.clock != self.end_of(at.slot) {
            return Err(Foreign(one.id));
        }
        let item = Item {
            at,
            length: one.length,
            origin: None,
            right_origin: None,
            left: NONE,
            right: NONE,
            home,
            entry: true,
            deleted: true,
            born: false,
            gone: false,
            content: Content::Nothing,
            sum: Cell::default(),
        };
        let handle = self.add(item);
        self.clients[at.slot as usize].items.push(handle);
        Ok(())
    }

    /// Deletes what a client wrote between two clocks.
    pub(crate) fn take_back(&mut self, one: &Struct<'_>) {
        self.delete_range(one.id.client, one.clocks());
    }

    /// Which key an entry is about: it says so itself, or it stands on one that is about the same.
    pub(crate) fn key_of(&mut self, one: &Struct<'_>) -> Result<KeyNumber, Foreign> {
        let foreign = Foreign(one.id);
        if let Parent::Root(name, Some(key)) = one.parent {
            return Ok(KeyNumber(self.key(Map::named(name).ok_or(foreign)?, key)));
        }
        let origin = one.origin.map(|id| self.spot(id)).and_then(|spot| self.find(spot)).ok_or(foreign)?;
        let origin = self.item(origin);
        if origin.entry { Ok(KeyNumber(origin.home)) } else { Err(foreign) }
    }

    /// The map and the name of a key.
    pub(crate) fn key_name(&self, KeyNumber(key): KeyNumber) -> (Map, &str) {
        let key = &self.keys[key as usize];
        (key.map, &key.name)
    }

    /// The last of the values of a key, in the order in which they replace each other, among those that `is_known`.
    pub(crate) fn newest_known(&self, KeyNumber(key): KeyNumber, is_known: impl Fn(Id) -> bool) -> Option<Id> {
        let step = |handle: Handle| (handle != NONE).then_some(handle);
        let mut entries = std::iter::successors(step(self.keys[key as usize].last), |&handle| step(self.item(handle).left));
        entries.find_map(|handle| Some(self.id(self.item(handle).last())).filter(|id| is_known(*id)))
    }
}
