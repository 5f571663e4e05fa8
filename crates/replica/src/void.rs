//! Updates of which some do not count, though others that do count stand on them.
//!
//! **What does not count says nothing and keeps its place.** Its text, embeds and formats come in deleted at once, and what it deleted stays: so
//! whatever others wrote on top of it finds its neighbours. An entry of a map would do harm like that: it replaces the one before it by standing
//! behind it, deleted or not. So its clocks are only filled, and it stands in no list.
//!
//! **Who stands on such an entry** wrote without it being there: of an author who knew of any, every entry stands on the last one that counts and
//! that they knew. That follows from the record, its past and what does not count, so the order in which things come changes nothing. (It is what
//! yrs would have written, had the others never been there; where no such entry is about the same key, it is what yrs wrote.)
//!
//! To take away an entry that does not count takes away nothing.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::{ClientId, Update};

use crate::{
    encode::{write_deletes, write_number, write_text},
    sequence::{Foreign, Sequence},
    walk::{Id, Parent, Struct, Walked},
};

/// An update, and whether it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// The update.
    pub update: Update,
    /// Its author had lost the right to write when they wrote it, as is known by now.
    pub void: bool,
    /// How many clocks of each client its author knew, if an entry that does not count is among them; of clients that have written no entries it
    /// may be silent.
    pub knew: Option<BTreeMap<ClientId, u32>>,
}

impl From<Update> for Weighed {
    fn from(update: Update) -> Weighed {
        Weighed { update, void: false, knew: None }
    }
}

impl Weighed {
    /// Whether it enters as it is. A replica that took in others has no snapshot.
    pub fn is_plain(&self) -> bool {
        !self.void && self.knew.is_none()
    }
}

/// Marks a struct that fills clocks and says nothing.
const COLLECTED: u8 = 0;
const HAS_ORIGIN: u8 = 0b1000_0000;
const HAS_KEY: u8 = 0b0010_0000;
const KIND: u8 = 0b0000_1111;

/// The void form of an update: its text comes in deleted, its entries not at all, and what it deleted stays.
pub fn void(walked: &Walked<'_>) -> Update {
    let mut out = begin(walked);
    let mut texts: Vec<Range<u32>> = Vec::new();
    let mut structs = walked.structs();
    while let Some((one, bytes)) = structs.next_with_bytes() {
        if one.entry {
            out.push(COLLECTED);
            write_number(&mut out, u64::from(one.length));
            continue;
        }
        out.extend_from_slice(bytes);
        match texts.last_mut() {
            Some(last) if last.end == one.id.clock => last.end = one.clocks().end,
            _ => texts.push(one.clocks()),
        }
    }
    let own = walked.structs().next().map(|one| one.id.client).filter(|_| !texts.is_empty());
    write_deletes(&mut out, &own.map(|client| BTreeMap::from([(client, texts)])).unwrap_or_default());
    Update(out)
}

/// Takes an update that does not count into the index, and returns what yrs is to apply.
pub(crate) fn take_void(sequence: &mut Sequence, walked: &Walked<'_>) -> Result<Update, Foreign> {
    for one in walked.structs() {
        if one.entry {
            sequence.take_void_entry(&one)?;
        } else {
            sequence.take_struct(&one)?;
            sequence.take_back(&one);
        }
    }
    Ok(void(walked))
}

/// Takes an update that counts into the index, by an author who knew of entries that do not, and returns what yrs is to apply.
pub(crate) fn take_standing(sequence: &mut Sequence, walked: &Walked<'_>, knew: &BTreeMap<ClientId, u32>) -> Result<Update, Foreign> {
    let mut out = begin(walked);
    let mut structs = walked.structs();
    while let Some((one, bytes)) = structs.next_with_bytes() {
        if !one.entry {
            sequence.take_struct(&one)?;
            out.extend_from_slice(bytes);
            continue;
        }
        let key = sequence.key_of(&one)?;
        let known = |id: Id| match id.client == one.id.client {
            true => id.clock < one.id.clock,
            false => knew.get(&id.client).is_some_and(|end| id.clock < *end),
        };
        let origin = sequence.newest_known(key, known);
        let (map, name) = sequence.key_name(key);
        let (map, name) = (map.name(), name.to_owned());
        let parent = if origin.is_some() { Parent::Inherited } else { Parent::Root(map, Some(&name)) };
        let moved = Struct { origin, right_origin: None, parent, ..one };
        sequence.take_struct(&moved)?;
        write_entry(&mut out, &moved, bytes[0] & KIND, &bytes[header(&one)..]);
    }
    sequence.take_deletes(walked);
    out.extend_from_slice(&walked.bytes()[walked.structs_bytes().len()..]);
    Ok(Update(out))
}

/// How many structs follow, and where they begin.
fn begin(walked: &Walked<'_>) -> Vec<u8> {
    // A record holds the structs of one client, one after the other.
    let mut out = Vec::with_capacity(walked.bytes().len() + 16);
    let count = walked.structs().count() as u64;
    write_number(&mut out, u64::from(count > 0));
    if let Some(first) = walked.structs().next() {
        [count, first.id.client.0, u64::from(first.id.clock)].into_iter().for_each(|number| write_number(&mut out, number));
    }
    out
}

fn write_entry(out: &mut Vec<u8>, entry: &Struct<'_>, kind: u8, content: &[u8]) {
    out.push(kind | HAS_KEY | if entry.origin.is_some() { HAS_ORIGIN } else { 0 });
    write_place(out, entry);
    out.extend_from_slice(content);
}

/// Where an entry belongs, as it is spelled.
fn write_place(out: &mut Vec<u8>, entry: &Struct<'_>) {
    for id in entry.origin.into_iter().chain(entry.right_origin) {
        write_number(out, id.client.0);
        write_number(out, u64::from(id.clock));
    }
    if let Parent::Root(map, key) = entry.parent {
        out.push(1);
        write_text(out, map);
        write_text(out, key.unwrap_or_default());
    }
}

/// How many bytes come before what an entry says. There is one spelling of everything, so spelling it again tells.
fn header(entry: &Struct<'_>) -> usize {
    let mut place = Vec::new();
    write_place(&mut place, entry);
    1 + place.len()
}
