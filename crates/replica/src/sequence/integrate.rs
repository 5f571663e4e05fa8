//! Taking structs in by the rules of YATA, as Yjs and yrs do it, and deleting.

use std::{cell::Cell, collections::BTreeSet, ops::Range};

use sheaf_base::{
    ClientId,
    planted::{self, Bug},
};
use sheaf_schema::{Embed, Scalar, Value, json};

use super::{Content, Handle, Item, Map, NONE, Sequence, Spot};
use crate::walk::{self, Id, Parent, Struct, Walked, read_any};

/// Why a struct is not for a body. The walker has refused it long before, unless it comes out of a damaged snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Foreign(pub(crate) Id);

impl Sequence {
    /// Takes an update in. Everything that it refers to must be here.
    pub(crate) fn take(&mut self, walked: &Walked<'_>) -> Result<(), Foreign> {
        for one in walked.structs() {
            self.take_struct(&one)?;
        }
        self.take_deletes(walked);
        Ok(())
    }

    /// Deletes what an update deletes.
    pub(crate) fn take_deletes(&mut self, walked: &Walked<'_>) {
        for (client, range) in walked.deletes() {
            self.delete_range(client, range);
        }
    }

    /// The first reference of a struct that is not here.
    pub(crate) fn missing(&self, one: &Struct<'_>) -> Option<Id> {
        [one.origin, one.right_origin].into_iter().flatten().find(|id| id.clock >= self.end(id.client))
    }

    pub(crate) fn take_struct(&mut self, one: &Struct<'_>) -> Result<(), Foreign> {
        let foreign = Foreign(one.id);
        let at = self.spot(one.id);
        if at.clock != self.end_of(at.slot) {
            return Err(foreign);
        }
        let content = self.read(one).ok_or(foreign)?;
        let origin = one.origin.map(|id| self.spot(id));
        let right_origin = one.right_origin.map(|id| self.spot(id));
        let left = self.neighbour(origin, Sequence::ending).ok_or(foreign)?;
        let right = self.neighbour(right_origin, Sequence::starting).ok_or(foreign)?;
        // The parent is that of the left neighbour, else of the right one, whatever the struct's own flags say: so does yrs.
        let (entry, home) = match (one.parent, left, right) {
            (Parent::Root("body", None), ..) => (false, 0),
            (Parent::Root(name, Some(key)), ..) => (true, self.key(Map::named(name).ok_or(foreign)?, key)),
            (Parent::Inherited, NONE, NONE) | (Parent::Root(..) | Parent::Nested(..), ..) => return Err(foreign),
            (Parent::Inherited, NONE, near) | (Parent::Inherited, near, _) => (self.item(near).entry, self.item(near).home),
        };
        let deleted = content == Content::Nothing;
        let item = Item {
            at,
            length: one.length,
            origin,
            right_origin,
            left,
            right,
            home,
            entry,
            deleted,
            born: true,
            gone: false,
            content,
            sum: Cell::default(),
        };
        self.integrate(item);
        Ok(())
    }

    fn neighbour(&mut self, spot: Option<Spot>, find: impl Fn(&mut Self, Spot) -> Option<Handle>) -> Option<Handle> {
        match spot {
            None => Some(NONE),
            Some(spot) => find(self, spot),
        }
    }

    fn read(&mut self, one: &Struct<'_>) -> Option<Content> {
        Some(match one.content {
            walk::Content::Deleted => Content::Nothing,
            walk::Content::Text(text) => Content::Text(text.to_owned()),
            walk::Content::Embed(text) => {
                let Ok(Value::Map(map)) = json::read(text) else { return None };
                let (kind, value) = map.into_iter().next()?;
                Content::Embed(Box::new(Embed { kind, value }))
            }
            walk::Content::Format(name, value) => {
                let value = match json::read(value).ok()? {
                    Value::Null => Scalar::Null,
                    Value::Bool(value) => Scalar::Bool(value),
                    Value::Number(value) => Scalar::Number(value),
                    Value::Text(value) => Scalar::Text(value),
                    Value::List(_) | Value::Map(_) => return None,
                };
                Content::Format(self.name(name), value)
            }
            walk::Content::Any(bytes) if one.length == 1 => Content::Value(read_any(bytes)?),
            walk::Content::Any(_) | walk::Content::Binary(_) | walk::Content::Type => return None,
            walk::Content::Skip | walk::Content::Collected => return None,
        })
    }

    /// Links an item in between the neighbours that it names, or where YATA puts it if others are there by now.
    pub(super) fn integrate(&mut self, mut item: Item) -> Handle {
        let crowded = match (item.left, item.right) {
            (NONE, NONE) => true,
            (NONE, right) => self.item(right).left != NONE,
            (left, right) => self.item(left).right != right,
        };
        if crowded {
            item.left = self.settle(&item);
        }
        let (left, entry, home, slot) = (item.left, item.entry, item.home, item.at.slot);
        item.right = match left {
            NONE if entry => self.keys[home as usize].first,
            NONE => self.first,
            left => self.item(left).right,
        };
        let right = item.right;
        let handle = self.add(item);
        self.clients[slot as usize].items.push(handle);
        match left {
            NONE if entry => self.keys[home as usize].first = handle,
            NONE => self.first = handle,
            left => self.item_mut(left).right = handle,
        }
        if right != NONE {
            self.item_mut(right).left = handle;
        }
        if !entry {
            self.put_after(handle, left);
            self.length += self.item(handle).seen();
            self.touched.push(handle);
            return handle;
        }
        // Of the values that a key has had, only the last counts.
        self.touched_keys.insert(home);
        if right != NONE {
            self.delete(handle);
        } else {
            self.keys[home as usize].last = handle;
            if left != NONE {
                self.delete(left);
            }
        }
        handle
    }

    /// Which of the items between an item's two origins it comes after.
    fn settle(&self, item: &Item) -> Handle {
        let mut other = match item.left {
            NONE if item.entry => self.keys[item.home as usize].first,
            NONE => self.first,
            left => self.item(left).right,
        };
        let mut left = item.left;
        let mut conflicting = BTreeSet::new();
        let mut before = BTreeSet::new();
        while other != NONE && other != item.right {
            before.insert(other);
            conflicting.insert(other);
            let them = self.item(other);
            if item.origin == them.origin {
                let theirs_first = self.client(them.at.slot) < self.client(item.at.slot);
                if theirs_first != planted::is(Bug::IndexMisplaces) {
                    left = other;
                    conflicting.clear();
                } else if item.right_origin == them.right_origin {
                    break;
                }
            } else {
                match them.origin.and_then(|origin| self.find(origin)) {
                    Some(origin) if before.contains(&origin) => {
                        if !conflicting.contains(&origin) {
                            left = other;
                            conflicting.clear();
                        }
                    }
                    _ => break,
                }
            }
            other = them.right;
        }
        left
    }

    pub(super) fn delete_range(&mut self, client: ClientId, range: Range<u32>) {
        let slot = self.slot(client);
        let end = range.end.min(self.end_of(slot));
        let mut clock = range.start;
        while clock < end {
            let Some(handle) = self.find(Spot { slot, clock }) else { return };
            let next = self.item(handle).at.clock + self.item(handle).length;
            if !self.item(handle).deleted {
                let Some(first) = self.starting(Spot { slot, clock }) else { return };
                if next > end {
                    self.split(first, end - clock);
                }
                self.delete(first);
            }
            clock = next;
        }
    }

    /// Deletes a whole item. What it said is kept until the change has been told.
    pub(super) fn delete(&mut self, handle: Handle) {
        if self.item(handle).deleted {
            return;
        }
        let seen = self.item(handle).seen();
        let item = self.item_mut(handle);
        item.deleted = true;
        if item.entry {
            let home = item.home;
            self.touched_keys.insert(home);
            return;
        }
        if !item.born {
            item.gone = true;
            self.touched.push(handle);
        }
        self.length -= seen;
        self.note(handle, seen);
    }
}
