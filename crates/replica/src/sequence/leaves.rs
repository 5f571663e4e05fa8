//! The order of the text: leaves of up to [`FULL`] items, each with the number of units seen in it and the formats it leaves behind.

use super::{Content, Handle, NONE, Sequence};
use sheaf_schema::{Checksum, Scalar};
use std::cell::Cell;

/// How many items a leaf holds before it becomes two.
const FULL: usize = 96;

/// A run of neighbours.
#[derive(Default)]
pub(super) struct Leaf {
    pub(super) items: Vec<Handle>,
    /// Units seen.
    pub(super) seen: u32,
    /// Which leaf of the text it is.
    pub(super) rank: u32,
    /// The last format of each attribute in here that is not deleted.
    formats: Vec<(u32, Handle)>,
    /// Whether `formats` must be gathered anew.
    stale: bool,
    /// The checksum of what is seen, if somebody has asked since that changed.
    sum: Cell<Option<Checksum>>,
}

impl Leaf {
    pub(super) fn see_more(&mut self, units: u32) {
        self.seen += units;
        self.sum.set(None);
    }

    pub(super) fn see_less(&mut self, units: u32) {
        self.seen -= units;
        self.sum.set(None);
    }
}

/// The formats in force at a place: by attribute, the item that set it. Ended ones are not in it.
#[derive(Clone, Default)]
pub(super) struct Active(Vec<(u32, Handle)>);

impl Active {
    pub(super) fn get(&self, name: u32) -> Option<Handle> {
        self.0.iter().find(|(of, _)| *of == name).map(|(_, format)| *format)
    }

    pub(super) fn set(&mut self, name: u32, format: Option<Handle>) {
        let found = self.0.iter().position(|(of, _)| *of == name);
        match (found, format) {
            (Some(index), Some(format)) => self.0[index].1 = format,
            (Some(index), None) => {
                self.0.swap_remove(index);
            }
            (None, Some(format)) => self.0.push((name, format)),
            (None, None) => {}
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Handle)> {
        self.0.iter().copied()
    }
}

impl Sequence {
    /// Puts an item of the text into the order, after its left neighbour or first.
    pub(super) fn put_after(&mut self, handle: Handle, left: Handle) {
        let (leaf, index) = match left {
            NONE => (self.order[0], 0),
            left => {
                let leaf = self.item(left).home;
                (leaf, self.index_in(leaf, left) + 1)
            }
        };
        let seen = self.item(handle).seen();
        self.item_mut(handle).home = leaf;
        let into = &mut self.leaves[leaf as usize];
        into.items.insert(index, handle);
        into.see_more(seen);
        into.stale = true;
        if into.items.len() > FULL {
            self.halve(leaf);
        }
    }

    /// Takes an item out of the order.
    pub(super) fn take_out(&mut self, handle: Handle) {
        let leaf = self.item(handle).home;
        let index = self.index_in(leaf, handle);
        let seen = self.item(handle).seen();
        let from = &mut self.leaves[leaf as usize];
        from.items.remove(index);
        from.see_less(seen);
        from.stale = true;
    }

    pub(super) fn index_in(&self, leaf: u32, handle: Handle) -> usize {
        let items = &self.leaves[leaf as usize].items;
        items.iter().position(|&other| other == handle).expect("an item of the text is in the leaf that it names")
    }

    fn halve(&mut self, leaf: u32) {
        let items = self.leaves[leaf as usize].items.split_off(FULL / 2);
        let seen = items.iter().map(|&handle| self.item(handle).seen()).sum();
        let next = self.leaves.len() as u32;
        for &handle in &items {
            self.item_mut(handle).home = next;
        }
        self.leaves[leaf as usize].see_less(seen);
        let rank = self.leaves[leaf as usize].rank + 1;
        self.leaves.push(Leaf { items, seen, rank, formats: Vec::new(), stale: true, sum: Cell::default() });
        self.order.insert(rank as usize, next);
        for later in rank as usize + 1..self.order.len() {
            self.leaves[self.order[later] as usize].rank = later as u32;
        }
    }

    /// Says that something in the item's leaf is seen or unseen, or a format begun or ended.
    pub(super) fn note(&mut self, handle: Handle, unseen: u32) {
        let leaf = &mut self.leaves[self.items[handle as usize].home as usize];
        leaf.see_less(unseen);
        leaf.stale = true;
    }

    /// The item seen at a raw offset, and the offset within it.
    pub(super) fn locate(&self, offset: u32) -> Option<(Handle, u32)> {
        let mut left = offset;
        for &leaf in &self.order {
            let leaf = &self.leaves[leaf as usize];
            if left >= leaf.seen {
                left -= leaf.seen;
                continue;
            }
            for &handle in &leaf.items {
                let seen = self.item(handle).seen();
                if left < seen {
                    return Some((handle, left));
                }
                left -= seen;
            }
        }
        None
    }

    /// How many units are seen before an item of the text.
    pub(super) fn offset_of(&self, handle: Handle) -> u32 {
        if handle == NONE {
            return self.length;
        }
        let leaf = &self.leaves[self.item(handle).home as usize];
        let before: u32 = self.order[..leaf.rank as usize].iter().map(|&leaf| self.leaves[leaf as usize].seen).sum();
        let within: u32 = leaf.items.iter().take_while(|&&other| other != handle).map(|&other| self.item(other).seen()).sum();
        before + within
    }

    /// The formats in force right before an item, or at the end.
    pub(super) fn active_at(&mut self, handle: Handle) -> Active {
        let mut active = Active::default();
        let last = if handle == NONE { self.order.len() } else { self.leaves[self.item(handle).home as usize].rank as usize };
        for rank in 0..last {
            let leaf = self.order[rank] as usize;
            if self.leaves[leaf].stale {
                self.gather(leaf);
            }
            for &(name, format) in &self.leaves[leaf].formats {
                active.set(name, self.unless_ended(format));
            }
        }
        if last < self.order.len() {
            let items = &self.leaves[self.order[last] as usize].items;
            for &other in items.iter().take_while(|&&other| other != handle) {
                self.pass(&mut active, other);
            }
        }
        active
    }

    /// Goes past one item.
    pub(super) fn pass(&self, active: &mut Active, handle: Handle) {
        let item = self.item(handle);
        if let (Content::Format(name, _), false) = (&item.content, item.deleted) {
            active.set(*name, self.unless_ended(handle));
        }
    }

    /// The checksum of what is seen in a leaf.
    pub(super) fn checksum_of(&self, leaf: u32) -> Checksum {
        let leaf = &self.leaves[leaf as usize];
        leaf.sum.get().unwrap_or_else(|| {
            let sum = leaf.items.iter().fold(Checksum::new(), |sum, &handle| sum.and(self.item(handle).checksum()));
            leaf.sum.set(Some(sum));
            sum
        })
    }

    fn unless_ended(&self, format: Handle) -> Option<Handle> {
        (!matches!(self.item(format).content, Content::Format(_, Scalar::Null))).then_some(format)
    }

    fn gather(&mut self, leaf: usize) {
        let mut formats: Vec<(u32, Handle)> = std::mem::take(&mut self.leaves[leaf].formats);
        formats.clear();
        for &handle in self.leaves[leaf].items.iter().rev() {
            let item = self.item(handle);
            if let (Content::Format(name, _), false) = (&item.content, item.deleted)
                && !formats.iter().any(|(of, _)| of == name)
            {
                formats.push((*name, handle));
            }
        }
        self.leaves[leaf].formats = formats;
        self.leaves[leaf].stale = false;
    }
}
