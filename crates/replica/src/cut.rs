//! Cutting what yrs wrote for one push into updates that each fit a record, and giving embeds one spelling.
//!
//! A struct stands on nothing that comes after it, so an update may end behind any of them; deletions ride on the last piece. Embeds
//! are JSON whose keys yrs writes in the order of a hash map: they are written again in order, so that the same push is the same bytes.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::{ClientId, Update, limits};
use sheaf_schema::json;

use crate::{
    encode::{write_deletes, write_number, write_text},
    walk::{Content, Refused, Rules, Walked, walk},
};

/// What a piece may have for structs and deletions, beside its header.
const ROOM: usize = limits::PAYLOAD - 64;

/// The longest text, in bytes, that may be inserted as one struct.
pub(crate) const LONGEST_TEXT: usize = ROOM - 64;

/// The most bytes that one deleted range takes, its client included.
const LARGEST_DELETE: usize = 24;

/// Cuts an update of one client. One that says nothing becomes none.
pub(crate) fn cut(update: &[u8]) -> Result<Vec<Update>, Refused> {
    let walked = walk(update, Rules::Any)?;
    let structs = spell(&walked);
    let mut deletes = walked.deletes().peekable();
    let client = walked.structs().next().map_or(ClientId(0), |one| one.id.client);
    let mut clock = walked.clocks().map_or(0, |clocks| clocks.start);
    let (mut updates, mut next) = (Vec::new(), 0);
    while next < structs.len() || deletes.peek().is_some() {
        let (from, mut bytes, start) = (next, Vec::new(), clock);
        while let Some((spelled, length)) = structs.get(next)
            && (next == from || bytes.len() + spelled.len() <= ROOM)
        {
            bytes.extend_from_slice(spelled);
            clock += length;
            next += 1;
        }
        let mut some: BTreeMap<ClientId, Vec<Range<u32>>> = BTreeMap::new();
        let mut room = ROOM.saturating_sub(bytes.len());
        while next == structs.len() && room >= LARGEST_DELETE {
            let Some((client, range)) = deletes.next() else { break };
            some.entry(client).or_default().push(range);
            room -= LARGEST_DELETE;
        }
        let mut out = Vec::with_capacity(bytes.len() + 64);
        write_number(&mut out, u64::from(next > from));
        if next > from {
            write_number(&mut out, (next - from) as u64);
            write_number(&mut out, client.0);
            write_number(&mut out, u64::from(start));
            out.extend_from_slice(&bytes);
        }
        write_deletes(&mut out, &some);
        updates.push(Update(out));
    }
    Ok(updates)
}

/// The structs' bytes and lengths in clocks, embeds with their keys in order.
fn spell(walked: &Walked<'_>) -> Vec<(Vec<u8>, u32)> {
    let mut structs = walked.structs();
    let mut spelled = Vec::new();
    while let Some((one, bytes)) = structs.next_with_bytes() {
        let mut bytes = bytes.to_vec();
        if let Content::Embed(text) = one.content
            && let Ok(value) = json::read(text)
        {
            // The JSON is the last thing in the struct, after its own length.
            let mut before = Vec::new();
            write_text(&mut before, text);
            bytes.truncate(bytes.len() - before.len());
            write_text(&mut bytes, &json::write(&value));
        }
        spelled.push((bytes, one.length));
    }
    spelled
}
