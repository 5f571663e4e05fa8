//! The spelling of an update: numbers, text, embeds and delete sets, as the walker accepts them.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::ClientId;
use sheaf_schema::{Embed, Value, json};

pub(crate) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// An embed as JSON: an object with one key.
pub(crate) fn embed_json(embed: &Embed) -> String {
    json::write(&Value::Map(BTreeMap::from([(embed.kind.clone(), embed.value.clone())])))
}

/// A delete set: sorted ranges by client.
pub(crate) fn write_deletes(out: &mut Vec<u8>, deletes: &BTreeMap<ClientId, Vec<Range<u32>>>) {
    write_number(out, deletes.len() as u64);
    for (client, ranges) in deletes {
        write_number(out, client.0);
        write_number(out, ranges.len() as u64);
        for range in ranges {
            write_number(out, u64::from(range.start));
            write_number(out, u64::from(range.end - range.start));
        }
    }
}
