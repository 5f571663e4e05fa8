//! Writing updates: the structs and deletions of one edit, cut into pieces that fit a record.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::{ClientId, Update, limits};
use sheaf_schema::{Embed, Scalar, Value, json};

use super::Map;
use crate::{
    encode::{embed_json, write_any, write_deletes, write_number, write_text},
    walk::Id,
};

/// What a piece may have for structs and deletions, beside its header.
const ROOM: usize = limits::PAYLOAD - 64;

/// The longest text, in bytes, that is written as one struct.
pub(super) const LONGEST_TEXT: usize = ROOM - 64;

/// The most bytes that one deleted range takes, its client included.
const LARGEST_DELETE: usize = 24;

/// An edit on its way to bytes.
pub(crate) struct Writer {
    client: ClientId,
    first: u32,
    clock: u32,
    bytes: Vec<u8>,
    /// Where each struct ends in `bytes`, and the clock after it.
    ends: Vec<(usize, u32)>,
    deletes: BTreeMap<ClientId, Vec<Range<u32>>>,
}

/// Where a struct goes.
pub(super) enum Where<'a> {
    Body,
    Entry(Map, &'a str),
}

/// What a struct says.
pub(super) enum Said<'a> {
    Text(&'a str),
    Embed(&'a Embed),
    Format(&'a str, &'a Scalar),
    Value(&'a Scalar),
}

impl Writer {
    /// An edit of `client` that begins at `clock`.
    pub(crate) fn new(client: ClientId, clock: u32) -> Self {
        Writer { client, first: clock, clock, bytes: Vec::new(), ends: Vec::new(), deletes: BTreeMap::new() }
    }

    pub(super) fn client(&self) -> ClientId {
        self.client
    }

    /// Writes one struct.
    pub(super) fn write(&mut self, origin: Option<Id>, right_origin: Option<Id>, place: &Where<'_>, said: &Said<'_>, length: u32) {
        let kind = match said {
            Said::Text(_) => 4,
            Said::Embed(_) => 5,
            Said::Format(..) => 6,
            Said::Value(_) => 8,
        };
        let entry = matches!(place, Where::Entry(..));
        let info = kind | u8::from(origin.is_some()) << 7 | u8::from(right_origin.is_some()) << 6 | u8::from(entry) << 5;
        self.bytes.push(info);
        for id in [origin, right_origin].into_iter().flatten() {
            write_number(&mut self.bytes, id.client.0);
            write_number(&mut self.bytes, u64::from(id.clock));
        }
        if origin.is_none() && right_origin.is_none() {
            self.bytes.push(1);
            match place {
                Where::Body => write_text(&mut self.bytes, "body"),
                Where::Entry(map, key) => {
                    write_text(&mut self.bytes, map.name());
                    write_text(&mut self.bytes, key);
                }
            }
        }
        match said {
            Said::Text(text) => write_text(&mut self.bytes, text),
            Said::Embed(embed) => write_text(&mut self.bytes, &embed_json(embed)),
            Said::Format(name, value) => {
                write_text(&mut self.bytes, name);
                write_text(&mut self.bytes, &json::write(&Value::from((*value).clone())));
            }
            Said::Value(value) => {
                self.bytes.push(1);
                write_any(&mut self.bytes, value);
            }
        }
        self.clock += length;
        self.ends.push((self.bytes.len(), self.clock));
    }

    /// Notes a deletion.
    pub(super) fn delete(&mut self, client: ClientId, range: Range<u32>) {
        self.deletes.entry(client).or_default().push(range);
    }

    /// The clocks that the edit fills.
    pub(crate) fn clocks(&self) -> Range<u32> {
        self.first..self.clock
    }

    /// The updates, none larger than a record's payload may be.
    pub(crate) fn updates(self) -> Vec<Update> {
        let mut updates = Vec::new();
        let mut deletes = sorted(&self.deletes).into_iter().peekable();
        let (mut start, mut clock, mut index) = (0, self.first, 0);
        while index < self.ends.len() || deletes.peek().is_some() {
            let from = index;
            while index < self.ends.len() && (self.ends[index].0 - start <= ROOM || index == from) {
                index += 1;
            }
            let (end, next) = if index > from { self.ends[index - 1] } else { (start, clock) };
            // Deletions ride on the last piece, as many as fit, and on pieces of their own after it.
            let mut some: BTreeMap<ClientId, Vec<Range<u32>>> = BTreeMap::new();
            let mut room = ROOM.saturating_sub(end - start);
            while index == self.ends.len() && room >= LARGEST_DELETE {
                let Some((client, range)) = deletes.next() else { break };
                some.entry(client).or_default().push(range);
                room -= LARGEST_DELETE;
            }
            updates.push(self.piece(index - from, clock, start..end, &some));
            (start, clock) = (end, next);
        }
        updates
    }

    fn piece(&self, structs: usize, clock: u32, bytes: Range<usize>, deletes: &BTreeMap<ClientId, Vec<Range<u32>>>) -> Update {
        let mut out = Vec::with_capacity(bytes.len() + 64);
        write_number(&mut out, u64::from(structs > 0));
        if structs > 0 {
            write_number(&mut out, structs as u64);
            write_number(&mut out, self.client.0);
            write_number(&mut out, u64::from(clock));
            out.extend_from_slice(&self.bytes[bytes]);
        }
        write_deletes(&mut out, deletes);
        Update(out)
    }
}

/// Deleted ranges in order, those that touch made one.
fn sorted(deletes: &BTreeMap<ClientId, Vec<Range<u32>>>) -> Vec<(ClientId, Range<u32>)> {
    let mut all: Vec<(ClientId, Range<u32>)> = Vec::new();
    for (&client, ranges) in deletes {
        let mut ranges = ranges.clone();
        ranges.sort_unstable_by_key(|range| range.start);
        for range in ranges {
            match all.last_mut() {
                Some((last, before)) if *last == client && before.end >= range.start => before.end = before.end.max(range.end),
                _ => all.push((client, range)),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walk::{Rules, walk};

    #[test]
    fn a_large_edit_is_cut_into_pieces_that_are_each_an_update() {
        let client = ClientId(7);
        let mut writer = Writer::new(client, 10);
        let text = "x".repeat(1000);
        for index in 0..200 {
            let id = |clock| Some(Id { client, clock });
            writer.write(id(9 + index * 1000), id(0), &Where::Body, &Said::Text(&text), 1000);
        }
        for clock in 0..10_000 {
            writer.delete(ClientId(3), clock * 2..clock * 2 + 1);
        }
        assert_eq!(writer.clocks(), 10..200_010);
        let updates = writer.updates();
        let (mut clock, mut deleted) = (10, 0);
        for update in &updates {
            let walked = walk(&update.0, Rules::Body(client)).expect("each piece is an update");
            if let Some(clocks) = walked.clocks() {
                assert_eq!(clocks.start, clock);
                clock = clocks.end;
            }
            deleted += walked.deletes().count();
        }
        assert_eq!((clock, deleted), (200_010, 10_000));
        assert!(updates.len() < 12, "{} pieces", updates.len());
    }
}
