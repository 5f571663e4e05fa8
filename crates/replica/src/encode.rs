//! The spelling of an update: numbers, text, values and delete sets, as the walker accepts them.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::ClientId;
use sheaf_schema::{Embed, Scalar, Value, json};

/// Whole numbers up to here are written as lib0's integers.
const LAST_INTEGER: f64 = 0x7fff_ffff_u32 as f64;

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

/// A scalar in lib0's "any" encoding.
pub(crate) fn write_any(out: &mut Vec<u8>, value: &Scalar) {
    match value {
        Scalar::Null => out.push(126),
        Scalar::Bool(true) => out.push(120),
        Scalar::Bool(false) => out.push(121),
        Scalar::Number(number) if number.fract() == 0.0 && number.abs() <= LAST_INTEGER => write_signed(out, *number as i64),
        Scalar::Number(number) => {
            out.push(123);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Scalar::Text(text) => {
            out.push(119);
            write_text(out, text);
        }
    }
}

fn write_signed(out: &mut Vec<u8>, number: i64) {
    out.push(125);
    let rest = number.unsigned_abs();
    let sign = if number < 0 { 0x40 } else { 0 };
    let more = if rest > 0x3f { 0x80 } else { 0 };
    out.push(more | sign | (rest & 0x3f) as u8);
    if rest > 0x3f {
        write_number(out, rest >> 6);
    }
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
