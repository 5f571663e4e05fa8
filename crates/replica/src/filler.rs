//! Text replaced by filler of the same shape, so that a recording can be shown to somebody who may not read it.
//!
//! Every letter and digit becomes a fixed one that fills as many bytes and as many UTF-16 units. White space and punctuation stay, and everything
//! that steers the merging: ids, clocks, references, deletions, the names of marks and embeds, the kinds of lines, numbers. So filling and merging
//! may change places: a replica that applies filled updates shows, to the last bit, the filled text of one that applied them as they were.

use std::collections::BTreeMap;

use sheaf_base::Update;
use sheaf_schema::{Attributes, BLOCK, Delta, Embed, Kind, LINE, Op, Scalar, Value};

use crate::{
    replica::hash_of,
    sequence::Map,
    walk::{Content, Id, Parent, Refused, Rules, Struct, read_any, walk},
};

/// Fills the updates of one body, in the order in which they were applied.
#[derive(Debug, Default)]
pub struct Filler {
    /// By the last clock of an entry of a map: whether it says what a line is. An entry that replaces another names that one and no map.
    entries: BTreeMap<Id, bool>,
}

impl Filler {
    /// Nothing has been filled yet.
    pub fn new() -> Self {
        Filler::default()
    }

    /// An update that says the same about filler.
    pub fn fill(&mut self, update: &Update) -> Result<Update, Refused> {
        let walked = walk(&update.0, Rules::Any)?;
        let mut bytes = update.0.clone();
        let mut put = |part: &[u8], new: &[u8]| {
            // What is put in is as long as what was there, which is a part of the update.
            let at = part.as_ptr() as usize - update.0.as_ptr() as usize;
            bytes[at..at + part.len()].copy_from_slice(new);
        };
        for one in walked.structs() {
            match one.content {
                Content::Text(text) => put(text.as_bytes(), fill(text).as_bytes()),
                Content::Embed(json) => put(json.as_bytes(), fill_json(json).as_bytes()),
                Content::Format(name, json) if name != LINE => put(json.as_bytes(), fill_json(json).as_bytes()),
                Content::Any(any) => {
                    let is_kind = self.is_kind(&one);
                    let Some(Scalar::Text(text)) = read_any(any) else { continue };
                    let new = if is_kind { fill_block(&text) } else { fill(&text) };
                    put(&any[any.len() - text.len()..], new.as_bytes());
                }
                _ => {}
            }
        }
        Ok(Update(bytes))
    }

    /// Whether an entry says what a line is: such a value keeps the words that are kinds of lines.
    fn is_kind(&mut self, one: &Struct<'_>) -> bool {
        let is_kind = match one.parent {
            Parent::Root(root, _) => root == Map::Lines.name(),
            _ => [one.origin, one.right_origin].into_iter().flatten().any(|id| self.entries.get(&id).copied().unwrap_or(false)),
        };
        self.entries.insert(Id { clock: one.clocks().end - 1, ..one.id }, is_kind);
        is_kind
    }
}

/// The hash of a replica that has applied filled updates, if `delta` and `title` are what one shows that has applied them as they were.
pub fn filled_hash(delta: &Delta, title: &str) -> [u8; 32] {
    let mut body = Delta::new();
    for op in &delta.ops {
        body.push(match op {
            Op::Insert { text, attributes } => Op::Insert { text: fill(text), attributes: fill_attributes(attributes) },
            Op::Embed { embed, attributes } => {
                let embed = Embed { kind: embed.kind.clone(), value: fill_value(&embed.value) };
                Op::Embed { embed, attributes: fill_attributes(attributes) }
            }
            other => other.clone(),
        });
    }
    hash_of(&body, &fill(title))
}

fn fill_attributes(attributes: &Attributes) -> Attributes {
    let fill_one = |name: &str, value: &Scalar| match value {
        Scalar::Text(text) if name == BLOCK => Scalar::Text(fill_block(text)),
        Scalar::Text(text) if name != LINE => Scalar::Text(fill(text)),
        other => other.clone(),
    };
    attributes.iter().map(|(name, value)| (name.clone(), fill_one(name, value))).collect()
}

/// Texts inside a value; its keys and numbers stay.
fn fill_value(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(fill(text)),
        Value::List(list) => Value::List(list.iter().map(fill_value).collect()),
        Value::Map(map) => Value::Map(map.iter().map(|(key, value)| (key.clone(), fill_value(value))).collect()),
        other => other.clone(),
    }
}

/// Letters and digits as filler of as many bytes and UTF-16 units.
fn fill(text: &str) -> String {
    text.chars().map(fill_letter).collect()
}

fn fill_letter(letter: char) -> char {
    match letter {
        '0'..='9' => '0',
        'A'..='Z' | 'a'..='z' => 'x',
        // Half a pair that was cut: so is the filler's.
        '\u{fffd}' => letter,
        _ => match letter.len_utf8() {
            1 => letter,
            2 => 'é',
            3 => '語',
            _ => '😀',
        },
    }
}

/// What a line is: the kinds, flags and numbers of the schema stay, any other word is filled.
fn fill_block(block: &str) -> String {
    let stays = |word: &str| match word.split_once('=') {
        Some((name, value)) => ["in", "q", "n"].contains(&name) && value.bytes().all(|byte| byte.is_ascii_digit()),
        None => ["done", "start"].contains(&word) || !matches!(Kind::named(word), Kind::Unknown(_)),
    };
    block.split(' ').map(|word| if stays(word) { word.to_owned() } else { fill(word) }).collect::<Vec<_>>().join(" ")
}

/// Texts inside JSON that has been checked, in as many bytes; keys and numbers stay.
fn fill_json(json: &str) -> String {
    let mut filled = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (before, string) = rest.split_at(start + 1);
        filled.push_str(before);
        let end = end_of_string(string);
        let is_key = string[end + 1..].trim_start().starts_with(':');
        filled.push_str(&if is_key { string[..end].to_owned() } else { fill_spelled(&string[..end]) });
        filled.push('"');
        rest = &string[end + 1..];
    }
    filled.push_str(rest);
    filled
}

/// Where the quotation mark is that ends a JSON string.
fn end_of_string(string: &str) -> usize {
    let mut escaped = false;
    let ends = |(_, byte): &(usize, u8)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    };
    string.bytes().enumerate().find(ends).map_or(string.len(), |(at, _)| at)
}

/// The inside of a JSON string, whose escapes stay escapes.
fn fill_spelled(inside: &str) -> String {
    let mut filled = String::with_capacity(inside.len());
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            filled.push(fill_letter(letter));
            continue;
        }
        filled.push(letter);
        match letters.next() {
            Some('u') => {
                let unit = u32::from_str_radix(letters.as_str().get(..4).unwrap_or_default(), 16).unwrap_or_default();
                let new = match unit {
                    0xd800..=0xdbff => 0xd83d,
                    0xdc00..=0xdfff => 0xde00,
                    unit => char::from_u32(unit).map_or(unit, |letter| fill_letter(letter) as u32),
                };
                filled.push_str(&format!("u{new:04x}"));
                let _last_digit = letters.nth(3);
            }
            Some(other) => filled.push(other),
            None => {}
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filler_has_the_shape_of_what_it_stands_for() {
        let text = "Ada's plan: 42 %, naïve 日本 𝄞!\n";
        let filled = fill(text);
        assert_eq!(filled, "xxx'x xxxx: 00 %, xxéxx 語語 😀!\n");
        assert_eq!((filled.len(), sheaf_schema::utf16::length(&filled)), (text.len(), sheaf_schema::utf16::length(text)));
        assert_eq!(fill_block("task done in=2 lang=rust secret"), "task done in=2 xxxx=xxxx xxxxxx");
    }

    #[test]
    fn json_stays_json_and_its_keys_and_numbers_stay() {
        let json = r#"{"image":{"alt":"A \"cat\"\n\u0041\ud834\udd1e","width":120}}"#;
        assert_eq!(fill_json(json), r#"{"image":{"alt":"x \"xxx\"\n\u0078\ud83d\ude00","width":120}}"#);
        assert_eq!(fill_json("null"), "null");
        assert_eq!(fill_json(r#""https://example.org/""#), r#""xxxxx://xxxxxxx.xxx/""#);
    }
}
