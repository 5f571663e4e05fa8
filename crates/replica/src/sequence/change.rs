//! Telling what a change has done to the text, from the items that came and went.

use std::collections::BTreeMap;

use sheaf_schema::{Attributes, Checksum, Delta, Op, Scalar};

use super::{Content, Handle, Item, Map, NONE, Sequence, leaves::Active};

/// What a change has done.
#[derive(Debug, PartialEq, Default)]
pub(crate) struct Change {
    /// To the raw text: with its sentinel, and with the CRDT's attributes.
    pub(crate) delta: Delta,
    /// To the maps: the keys that may say something else now.
    pub(crate) keys: Vec<(Map, String)>,
}

impl Sequence {
    /// Tells the change that has been made since the last time, and forgets what it deleted.
    pub(crate) fn finish(&mut self) -> Change {
        let touched = self.touched_in_order();
        let keys = std::mem::take(&mut self.touched_keys);
        let keys = keys.into_iter().map(|key| &self.keys[key as usize]).map(|key| (key.map, key.name.clone())).collect();
        let mut telling = Telling { sequence: self, delta: Delta::new(), at: 0, open: BTreeMap::new(), active: None };
        telling.tell(&touched);
        let delta = telling.delta;
        self.forget(&touched);
        Change { delta, keys }
    }

    /// Forgets what was deleted without telling anything: for a body that was just loaded.
    pub(crate) fn settle_down(&mut self) {
        let touched = self.touched_in_order();
        self.touched_keys.clear();
        self.forget(&touched);
    }

    fn touched_in_order(&mut self) -> Vec<Handle> {
        let mut touched: Vec<((u32, usize), Handle)> = std::mem::take(&mut self.touched)
            .into_iter()
            .map(|handle| {
                let leaf = self.item(handle).home;
                ((self.leaves[leaf as usize].rank, self.index_in(leaf, handle)), handle)
            })
            .collect();
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().map(|(_, handle)| handle).collect()
    }

    fn forget(&mut self, touched: &[Handle]) {
        for &handle in touched {
            let item = self.item_mut(handle);
            (item.born, item.gone) = (false, false);
            if item.deleted {
                item.content = Content::Nothing;
            }
        }
        for &handle in touched {
            // Items that have become part of their left neighbour are empty.
            if self.item(handle).length > 0 {
                let left = self.item(handle).left;
                let whole = if self.join(left, handle) { left } else { handle };
                let right = self.item(whole).right;
                self.join(whole, right);
            }
        }
    }

    /// Makes two neighbours one, if they could have been written as one.
    fn join(&mut self, left: Handle, right: Handle) -> bool {
        if left == NONE || right == NONE || !can_join(self.item(left), self.item(right)) {
            return false;
        }
        if let Some(rank) = self.rank(self.item(right).at) {
            let slot = self.item(right).at.slot;
            self.clients[slot as usize].items.remove(rank);
        }
        let seen = self.item(right).seen();
        self.take_out(right);
        let item = self.item_mut(right);
        let (after, length) = (item.right, item.length);
        let content = std::mem::replace(&mut item.content, Content::Nothing);
        let sum = item.sum.take();
        item.length = 0;
        self.free.push(right);
        let item = self.item_mut(left);
        item.right = after;
        item.length += length;
        if let (Content::Text(text), Content::Text(more)) = (&mut item.content, content) {
            text.push_str(&more);
            item.sum.set(item.sum.get().map(|before| before.and(sum.unwrap_or_else(|| Checksum::of(&more)))));
        }
        if after != NONE {
            self.item_mut(after).left = left;
        }
        let leaf = self.item(left).home;
        self.leaves[leaf as usize].see_more(seen);
        true
    }

    /// The whole raw text.
    pub(crate) fn raw(&self) -> Delta {
        let mut delta = Delta::new();
        let mut active = Active::default();
        let mut attributes = Attributes::new();
        for &leaf in &self.order {
            for &handle in &self.leaves[leaf as usize].items {
                let item = self.item(handle);
                match &item.content {
                    _ if item.deleted => {}
                    Content::Format(..) => {
                        self.pass(&mut active, handle);
                        attributes = self.attributes(&active);
                    }
                    Content::Text(text) => delta.push(Op::Insert { text: text.clone(), attributes: attributes.clone() }),
                    Content::Embed(embed) => delta.push(Op::Embed { embed: (**embed).clone(), attributes: attributes.clone() }),
                    Content::Nothing | Content::Value(_) => {}
                }
            }
        }
        delta
    }

    pub(super) fn attributes(&self, active: &Active) -> Attributes {
        active.iter().map(|(name, format)| (self.names[name as usize].clone(), self.format(format).clone())).collect()
    }

    /// The value that a format sets.
    pub(super) fn format(&self, handle: Handle) -> &Scalar {
        match &self.item(handle).content {
            Content::Format(_, value) => value,
            _ => &Scalar::Null,
        }
    }

    pub(super) fn format_or_none(&self, handle: Option<Handle>) -> &Scalar {
        handle.map_or(&Scalar::Null, |handle| self.format(handle))
    }
}

fn can_join(left: &Item, right: &Item) -> bool {
    let alike = match (&left.content, &right.content) {
        (Content::Text(_), Content::Text(_)) => true,
        (Content::Nothing, Content::Nothing) => left.deleted && right.deleted,
        _ => false,
    };
    alike
        && !left.entry
        && left.deleted == right.deleted
        && left.at.slot == right.at.slot
        && left.at.clock + left.length == right.at.clock
        && right.origin == Some(left.last())
        && left.right_origin == right.right_origin
}

/// A walk over the touched items of a change, left to right.
struct Telling<'a> {
    sequence: &'a mut Sequence,
    delta: Delta,
    /// How many units of the new text have been passed.
    at: u32,
    /// Attributes that have another value here than before the change: the format that set it then, and the one that sets it now.
    open: BTreeMap<u32, (Option<Handle>, Option<Handle>)>,
    /// The formats in force here, if they are known.
    active: Option<Active>,
}

impl Telling<'_> {
    fn tell(&mut self, touched: &[Handle]) {
        let mut cursor = self.sequence.first;
        for &handle in touched {
            self.pass_untouched(cursor, handle);
            self.tell_item(handle);
            cursor = self.sequence.item(handle).right;
        }
        self.pass_untouched(cursor, NONE);
    }

    /// What has come or gone itself.
    fn tell_item(&mut self, handle: Handle) {
        let item = self.sequence.item(handle);
        let (seen, seen_before) = (item.seen(), item.seen_before());
        if seen_before > 0 {
            self.delta.push(Op::Delete { length: seen_before as usize });
        }
        if seen > 0 {
            self.know_active(handle);
            let attributes = self.active.as_ref().map(|active| self.sequence.attributes(active)).unwrap_or_default();
            match &self.sequence.item(handle).content {
                Content::Text(text) => self.delta.push(Op::Insert { text: text.clone(), attributes }),
                Content::Embed(embed) => self.delta.push(Op::Embed { embed: (**embed).clone(), attributes }),
                _ => {}
            }
            self.at += seen;
        }
        let item = self.sequence.item(handle);
        if let Content::Format(name, _) = item.content {
            let (was, is) = (item.gone || !(item.deleted || item.born), !item.deleted);
            if was != is {
                self.tell_format(handle, name, is);
            }
        }
    }

    fn know_active(&mut self, handle: Handle) {
        if self.active.is_none() {
            self.active = Some(self.sequence.active_at(handle));
        }
    }

    /// A format that has come (`is`) or gone.
    fn tell_format(&mut self, handle: Handle, name: u32, is: bool) {
        self.know_active(handle);
        let here = self.active.as_ref().and_then(|active| active.get(name));
        let (mut then, mut now) = self.open.get(&name).copied().unwrap_or((here, here));
        if is {
            now = Some(handle);
            if let Some(active) = &mut self.active {
                self.sequence.pass(active, handle);
            }
        } else {
            then = Some(handle);
        }
        if self.sequence.format_or_none(then) == self.sequence.format_or_none(now) {
            self.open.remove(&name);
        } else {
            self.open.insert(name, (then, now));
        }
    }

    /// What was there before and still is: it stays, and takes on the attributes whose formats have changed.
    fn pass_untouched(&mut self, mut cursor: Handle, until: Handle) {
        while cursor != until {
            if self.open.is_empty() {
                if until != NONE {
                    let target = self.sequence.offset_of(until);
                    self.delta.push(Op::Retain { length: (target - self.at) as usize, attributes: Attributes::new() });
                    self.at = target;
                    self.active = None;
                }
                return;
            }
            let item = self.sequence.item(cursor);
            let (seen, next) = (item.seen(), item.right);
            if seen > 0 {
                let changed = self
                    .open
                    .iter()
                    .map(|(&name, &(_, now))| (self.sequence.names[name as usize].clone(), self.sequence.format_or_none(now).clone()));
                let attributes = changed.collect();
                self.delta.push(Op::Retain { length: seen as usize, attributes });
                self.at += seen;
            } else if let (Content::Format(name, _), false) = (&item.content, item.deleted) {
                self.open.remove(name);
                if let Some(active) = &mut self.active {
                    self.sequence.pass(active, cursor);
                }
            }
            cursor = next;
        }
    }
}
