//! Editing: a raw Delta becomes structs and deletions, as Yjs's text would write them.
//!
//! Attributes are written in order of their names, so that the same edit of the same text is the same bytes. Inserts carry all their
//! attributes; what the neighbours carry besides is ended before them and begun again after them.

use std::collections::BTreeMap;

use sheaf_schema::{Attributes, Delta, Op, Scalar, utf16};

use super::{
    Content, Handle, Item, Map, NONE, Sequence,
    leaves::Active,
    writer::{LONGEST_TEXT, Said, Where, Writer},
};

/// How many items an edit steps over before it looks its way up in the leaves.
const STEPS: usize = 16;

/// Where an edit is.
struct Cursor {
    left: Handle,
    right: Handle,
    active: Active,
    /// Units seen before it.
    at: u32,
}

impl Sequence {
    /// Edits the raw text. Lengths must have been checked against it.
    pub(crate) fn edit(&mut self, delta: &Delta, writer: &mut Writer) {
        let mut cursor = Cursor { left: NONE, right: self.first, active: Active::default(), at: 0 };
        for op in &delta.ops {
            match op {
                Op::Retain { length, attributes } if attributes.is_empty() => self.go(&mut cursor, *length as u32),
                Op::Retain { length, attributes } => self.mark(&mut cursor, *length as u32, attributes, writer),
                Op::Delete { length } => self.remove(&mut cursor, *length as u32, writer),
                Op::Insert { text, attributes } => {
                    let pieces = pieces(text).map(|text| Content::Text(text.to_owned())).collect();
                    self.insert(&mut cursor, pieces, attributes, writer);
                }
                Op::Embed { embed, attributes } => {
                    self.insert(&mut cursor, vec![Content::Embed(Box::new(embed.clone()))], attributes, writer);
                }
            }
        }
    }

    /// Sets or removes what a key of a map says.
    pub(crate) fn set(&mut self, map: Map, name: &str, value: Option<&Scalar>, writer: &mut Writer) {
        let key = self.key(map, name);
        let last = self.keys[key as usize].last;
        let Some(value) = value else {
            if last != NONE && !self.item(last).deleted {
                self.erase(last, writer);
            }
            return;
        };
        let at = self.next(writer);
        let origin = (last != NONE).then(|| self.item(last).last());
        writer.write(origin.map(|spot| self.id(spot)), None, &Where::Entry(map, name), &Said::Value(value), 1);
        let content = Content::Value(value.clone());
        self.integrate(Item {
            at,
            length: 1,
            origin,
            right_origin: None,
            left: last,
            right: NONE,
            home: key,
            entry: true,
            deleted: false,
            born: true,
            gone: false,
            content,
        });
    }

    fn next(&mut self, writer: &Writer) -> super::Spot {
        let slot = self.slot(writer.client());
        super::Spot { slot, clock: self.end_of(slot) }
    }

    fn erase(&mut self, handle: Handle, writer: &mut Writer) {
        let item = self.item(handle);
        writer.delete(self.client(item.at.slot), item.at.clock..item.at.clock + item.length);
        self.delete(handle);
    }

    /// Steps over one item.
    fn step(&self, cursor: &mut Cursor) {
        self.pass(&mut cursor.active, cursor.right);
        let item = self.item(cursor.right);
        cursor.at += item.seen();
        cursor.left = cursor.right;
        cursor.right = item.right;
    }

    /// Goes past this many seen units and stops right behind the last.
    fn go(&mut self, cursor: &mut Cursor, length: u32) {
        let target = cursor.at + length;
        for _ in 0..STEPS {
            if cursor.at == target || cursor.right == NONE {
                return;
            }
            let seen = self.item(cursor.right).seen();
            if seen > target - cursor.at {
                self.split(cursor.right, target - cursor.at);
            }
            self.step(cursor);
        }
        if cursor.at < target
            && let Some((handle, within)) = self.locate(target - 1)
        {
            if within + 1 < self.item(handle).length {
                self.split(handle, within + 1);
            }
            cursor.left = handle;
            cursor.right = self.item(handle).right;
            cursor.active = self.active_at(handle);
            cursor.at = target;
        }
    }

    fn insert(&mut self, cursor: &mut Cursor, pieces: Vec<Content>, attributes: &Attributes, writer: &mut Writer) {
        let mut wanted: BTreeMap<String, Scalar> = attributes.clone();
        for (name, _) in cursor.active.iter() {
            wanted.entry(self.names[name as usize].clone()).or_insert(Scalar::Null);
        }
        self.pass_agreeing(cursor, &wanted);
        let ended = self.begin(cursor, &wanted, writer);
        for piece in pieces {
            self.create(cursor, piece, writer);
        }
        self.resume(cursor, ended, writer);
    }

    /// Steps over what is deleted and over formats that say what is wanted.
    fn pass_agreeing(&self, cursor: &mut Cursor, wanted: &BTreeMap<String, Scalar>) {
        while cursor.right != NONE {
            let item = self.item(cursor.right);
            let agrees = match &item.content {
                _ if item.deleted => true,
                Content::Format(name, value) => wanted.get(&self.names[*name as usize]) == Some(value),
                _ => false,
            };
            if !agrees {
                return;
            }
            self.step(cursor);
        }
    }

    /// Begins the formats that are wanted and not in force, and returns what was in their places.
    fn begin(&mut self, cursor: &mut Cursor, wanted: &BTreeMap<String, Scalar>, writer: &mut Writer) -> BTreeMap<String, Scalar> {
        let mut before = BTreeMap::new();
        for (name, value) in wanted {
            let number = self.name(name);
            let current = self.format_or_none(cursor.active.get(number)).clone();
            if current != *value {
                self.create(cursor, Content::Format(number, value.clone()), writer);
                before.insert(name.clone(), current);
            }
        }
        before
    }

    /// Brings back what was in force before.
    fn resume(&mut self, cursor: &mut Cursor, mut before: BTreeMap<String, Scalar>, writer: &mut Writer) {
        while cursor.right != NONE {
            let item = self.item(cursor.right);
            if !item.deleted {
                let Content::Format(name, value) = &item.content else { break };
                let name = &self.names[*name as usize];
                if before.get(name) != Some(value) {
                    break;
                }
                before.remove(name);
            }
            self.step(cursor);
        }
        for (name, value) in before {
            let number = self.name(&name);
            self.create(cursor, Content::Format(number, value), writer);
        }
    }

    /// Writes an item between the neighbours and stands behind it.
    fn create(&mut self, cursor: &mut Cursor, content: Content, writer: &mut Writer) {
        let at = self.next(writer);
        let origin = (cursor.left != NONE).then(|| self.item(cursor.left).last());
        let right_origin = (cursor.right != NONE).then(|| self.item(cursor.right).at);
        let (said, length) = match &content {
            Content::Text(text) => (Said::Text(text), utf16::length(text) as u32),
            Content::Embed(embed) => (Said::Embed(embed), 1),
            Content::Format(name, value) => (Said::Format(&self.names[*name as usize], value), 1),
            Content::Nothing | Content::Value(_) => return,
        };
        writer.write(origin.map(|spot| self.id(spot)), right_origin.map(|spot| self.id(spot)), &Where::Body, &said, length);
        let handle = self.integrate(Item {
            at,
            length,
            origin,
            right_origin,
            left: cursor.left,
            right: cursor.right,
            home: 0,
            entry: false,
            deleted: false,
            born: true,
            gone: false,
            content,
        });
        cursor.right = handle;
        self.step(cursor);
    }

    /// Changes attributes on this many units.
    fn mark(&mut self, cursor: &mut Cursor, mut length: u32, wanted: &Attributes, writer: &mut Writer) {
        self.pass_agreeing(cursor, wanted);
        let mut before = self.begin(cursor, wanted, writer);
        while cursor.right != NONE {
            let right = cursor.right;
            let item = self.item(right);
            let seen = item.seen();
            if length == 0 && (before.is_empty() || seen > 0) {
                break;
            }
            if let (Content::Format(name, value), false) = (&item.content, item.deleted)
                && let Some(new) = wanted.get(&self.names[*name as usize])
            {
                let name = self.names[*name as usize].clone();
                if new == value {
                    before.remove(&name);
                } else if length == 0 {
                    // Here the text that is marked ends, and another mark begins: it stays whose it is.
                    break;
                } else {
                    before.insert(name, value.clone());
                }
                self.erase(right, writer);
            }
            if seen > length {
                self.split(right, length);
            }
            length -= length.min(seen);
            self.step(cursor);
        }
        self.resume(cursor, before, writer);
    }

    /// Deletes this many units, and the formats among them that say nothing any more.
    fn remove(&mut self, cursor: &mut Cursor, mut length: u32, writer: &mut Writer) {
        let (start, active) = (cursor.right, cursor.active.clone());
        while length > 0 && cursor.right != NONE {
            let right = cursor.right;
            let seen = self.item(right).seen();
            if seen > length {
                self.split(right, length);
            }
            length -= length.min(seen);
            if seen > 0 {
                self.erase(right, writer);
            }
            self.step(cursor);
        }
        self.clean(start, &active, cursor, writer);
    }

    /// Deletes formats between `start` and the next thing seen that are overruled there or that change nothing.
    fn clean(&mut self, start: Handle, before: &Active, cursor: &mut Cursor, writer: &mut Writer) {
        let mut end = start;
        let mut last: Vec<(u32, Handle)> = Vec::new();
        while end != NONE && self.item(end).seen() == 0 {
            let item = self.item(end);
            if let (Content::Format(name, _), false) = (&item.content, item.deleted) {
                last.retain(|(of, _)| of != name);
                last.push((*name, end));
            }
            end = item.right;
        }
        // What is in force at the cursor follows from the formats that survive on the way to it.
        let (mut here, mut active, mut reached) = (start, before.clone(), false);
        while here != end {
            reached |= here == cursor.right;
            let item = self.item(here);
            let next = item.right;
            if let (Content::Format(name, value), false) = (&item.content, item.deleted) {
                let overruled = !last.contains(&(*name, here));
                let idle = self.format_or_none(before.get(*name)) == value;
                if overruled || idle {
                    self.erase(here, writer);
                } else if !reached {
                    self.pass(&mut active, here);
                }
            }
            here = next;
        }
        cursor.active = active;
    }
}

/// A text in pieces that each fit a record.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut cut = rest.len().min(LONGEST_TEXT);
        while !rest.is_char_boundary(cut) {
            cut -= 1;
        }
        let (piece, after) = rest.split_at(cut);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        let text = "𝄞a".repeat(LONGEST_TEXT);
        assert!(pieces(&text).all(|piece| piece.len() <= LONGEST_TEXT));
        assert_eq!(pieces(&text).collect::<String>(), text);
        assert_eq!(pieces("").count(), 0);
    }
}
