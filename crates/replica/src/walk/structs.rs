//! The structs of an update, one after the other.

use sheaf_base::ClientId;
use sheaf_schema::utf16;

use super::{
    Id, Refused, Why,
    json::{Shape, check_any, check_json, is_embed, is_scalar},
    reader::Reader,
};

const HAS_ORIGIN: u8 = 0b1000_0000;
const HAS_RIGHT_ORIGIN: u8 = 0b0100_0000;
const HAS_KEY: u8 = 0b0010_0000;
/// No kind uses this bit. yrs ignores it and Yjs does not: with it set the two would read different things.
const UNUSED: u8 = 0b0001_0000;
const KIND: u8 = 0b0000_1111;

/// One struct: a run of clocks that came in at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Struct<'a> {
    /// The first clock and whose it is.
    pub id: Id,
    /// How many clocks.
    pub length: u32,
    /// What stood to its left when it was written.
    pub origin: Option<Id>,
    /// What stood to its right.
    pub right_origin: Option<Id>,
    /// Where it belongs, if it has neither origin to tell.
    pub parent: Parent<'a>,
    /// Whether it is an entry of a map, and not a part of a sequence.
    pub entry: bool,
    /// What it says.
    pub content: Content<'a>,
}

/// What a struct hangs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent<'a> {
    /// The parent of its origins.
    Inherited,
    /// A root by name, and the key, if the struct is an entry.
    Root(&'a str, Option<&'a str>),
    /// A shared type inside another, and the key.
    Nested(Id, Option<&'a str>),
}

/// What a struct says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Content<'a> {
    /// A hole: clocks that are said nothing about.
    Skip,
    /// Collected together with its parent.
    Collected,
    /// Deleted, and its content forgotten.
    Deleted,
    /// Text.
    Text(&'a str),
    /// A thing that counts as one character, as JSON.
    Embed(&'a str),
    /// From here on characters carry this attribute; the value is JSON, `null` ends it.
    Format(&'a str, &'a str),
    /// Values of an entry or a list, in lib0's "any" encoding, one after the other.
    Any(&'a [u8]),
    /// Bytes.
    Binary(&'a [u8]),
    /// A shared type inside another.
    Type,
}

impl Struct<'_> {
    /// Its clocks.
    pub fn clocks(&self) -> std::ops::Range<u32> {
        self.id.clock..self.id.clock + self.length
    }
}

/// Reads one struct of `client` that starts at `clock`.
pub(super) fn read<'a>(reader: &mut Reader<'a>, client: ClientId, clock: u32) -> Result<Struct<'a>, Refused> {
    let id = Id { client, clock };
    let info = reader.byte()?;
    let plain = |content, length| Struct { id, length, origin: None, right_origin: None, parent: Parent::Inherited, entry: false, content };
    match info {
        0 => return Ok(plain(Content::Collected, reader.length(clock)?)),
        10 => return Ok(plain(Content::Skip, reader.length(clock)?)),
        info if info & UNUSED != 0 => return Err(reader.refuse(Why::Kind)),
        _ => {}
    }
    let origin = if info & HAS_ORIGIN != 0 { Some(earlier(reader, id)?) } else { None };
    let right_origin = if info & HAS_RIGHT_ORIGIN != 0 { Some(earlier(reader, id)?) } else { None };
    let entry = info & HAS_KEY != 0;
    let parent = if origin.is_some() || right_origin.is_some() { Parent::Inherited } else { read_parent(reader, id, entry)? };
    let (content, length) = read_content(reader, info & KIND, clock)?;
    Ok(Struct { id, length, origin, right_origin, parent, entry, content })
}

/// A reference. To the struct's own client it must point back: that much can be seen without knowing anything else.
fn earlier(reader: &mut Reader<'_>, id: Id) -> Result<Id, Refused> {
    let reference = reader.id()?;
    if reference.client == id.client && reference.clock >= id.clock {
        return Err(reader.refuse(Why::Forward));
    }
    Ok(reference)
}

fn read_parent<'a>(reader: &mut Reader<'a>, id: Id, entry: bool) -> Result<Parent<'a>, Refused> {
    let root = match reader.byte()? {
        1 => Ok(reader.text()?),
        0 => Err(earlier(reader, id)?),
        _ => return Err(reader.refuse(Why::Parent)),
    };
    let key = if entry { Some(reader.text()?) } else { None };
    Ok(match root {
        Ok(name) => Parent::Root(name, key),
        Err(nested) => Parent::Nested(nested, key),
    })
}

fn read_content<'a>(reader: &mut Reader<'a>, kind: u8, clock: u32) -> Result<(Content<'a>, u32), Refused> {
    let one = reader.check_length(clock, 1);
    match kind {
        1 => Ok((Content::Deleted, reader.length(clock)?)),
        3 => {
            let length = reader.count(1)?;
            Ok((Content::Binary(reader.take(length)?), one?))
        }
        4 => {
            let text = reader.text()?;
            let length = reader.check_length(clock, utf16::length(text) as u64)?;
            Ok((Content::Text(text), length))
        }
        5 => {
            let (json, shape) = json(reader)?;
            // yrs tells a string that was embedded from text by nothing.
            if shape == Shape::Text { Err(reader.refuse(Why::Embed)) } else { Ok((Content::Embed(json), one?)) }
        }
        6 => {
            let key = reader.text()?;
            let (json, _) = json(reader)?;
            Ok((Content::Format(key, json), one?))
        }
        7 => match reader.byte()? {
            0 | 1 | 2 | 4 | 6 => Ok((Content::Type, one?)),
            3 => reader.text().and(Ok((Content::Type, one?))),
            _ => Err(reader.refuse(Why::Kind)),
        },
        8 => {
            let count = reader.count(1)?;
            let length = reader.check_length(clock, count as u64)?;
            let start = reader.at;
            for _ in 0..count {
                check_any(reader, 0)?;
            }
            Ok((Content::Any(&reader.bytes[start..reader.at]), length))
        }
        // 2, strings of JSON: yrs 0.28.1 reads one more than there are. 9, documents inside documents. The rest do not exist.
        _ => Err(reader.refuse(Why::Kind)),
    }
}

fn json<'a>(reader: &mut Reader<'a>) -> Result<(&'a str, Shape), Refused> {
    let text = reader.text()?;
    let shape = check_json(text).map_err(|why| reader.refuse(why))?;
    Ok((text, shape))
}

/// What a body allows besides being well-formed: text, embeds of one key, scalar formats, and scalar entries of `lines` and `meta`.
/// `place` counts the update's structs; the founding update begins with the sentinel.
pub(super) fn check_body(one: &Struct<'_>, founding: Option<usize>) -> Result<(), Why> {
    match one.parent {
        Parent::Nested(..) => return Err(Why::Nested),
        Parent::Root("body", None) | Parent::Root("lines" | "meta", Some(_)) | Parent::Inherited => {}
        Parent::Root(..) => return Err(Why::Root),
    }
    if let Parent::Root(_, Some(key)) = one.parent
        && (key.is_empty() || key.len() > LONG)
    {
        return Err(Why::Key);
    }
    match one.content {
        Content::Skip => return Err(Why::Skip),
        Content::Collected | Content::Binary(_) | Content::Type => return Err(Why::Kind),
        Content::Text(text) if text.contains('\r') => return Err(Why::CarriageReturn),
        Content::Embed(json) if !is_embed(json) => return Err(Why::Embed),
        Content::Format(key, json) if !is_scalar(json) || key.is_empty() => return Err(Why::Format),
        Content::Any(bytes) => {
            let shape = check_any(&mut Reader::new(bytes), 0).map_err(|refused| refused.why)?;
            if one.length != 1 || bytes.len() > LONG || !matches!(shape, Shape::Bool | Shape::Number | Shape::Text) {
                return Err(Why::Value);
            }
        }
        Content::Deleted | Content::Text(_) | Content::Embed(_) | Content::Format(..) => {}
    }
    let fits = match one.content {
        Content::Deleted => true,
        Content::Any(_) => one.entry,
        _ => !one.entry,
    };
    if !fits {
        return Err(Why::Place);
    }
    // An entry follows the one it replaces and nothing comes after it. Text always has the sentinel to its right, if nothing else.
    if one.entry && one.right_origin.is_some() {
        return Err(Why::Place);
    }
    match founding.filter(|place| *place < SENTINEL.end as usize) {
        Some(place) if is_sentinel(one, place) => Ok(()),
        Some(_) => Err(Why::NoSentinel),
        None if one.entry || one.right_origin.is_some() => Ok(()),
        None => Err(Why::BeyondSentinel),
    }
}

/// How many bytes a key or a value of an entry may have: far more than a title or the string of a line needs.
const LONG: usize = 4096;

/// The clocks of the sentinel, in the chain that founded the document.
pub const SENTINEL: std::ops::Range<u32> = 0..3;

/// The sentinel is the first thing that is ever written: a newline whose `line` is "end". It stands on nothing but itself.
fn is_sentinel(one: &Struct<'_>, place: usize) -> bool {
    let last = |clock| one.origin == Some(Id { client: one.id.client, clock });
    one.length == 1
        && one.right_origin.is_none()
        && match place {
            0 => one.parent == Parent::Root("body", None) && one.content == Content::Format("line", "\"end\""),
            1 => last(0) && one.content == Content::Text("\n"),
            2 => last(1) && one.content == Content::Format("line", "null"),
            _ => false,
        }
}
