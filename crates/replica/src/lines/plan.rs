//! What a push asks of the text and of the map.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::limits;
use sheaf_schema::{Attributes, BLOCK, Delta, LINE, Op, Scalar, Value, json, utf16};

use super::{At, Lines, NONE, of_characters};
use crate::{encode::embed_json, replica::PushError, walk};

/// The most bytes that an attribute may take, name and value together, as JSON.
const LARGEST_ATTRIBUTE: usize = 16 * 1024;

/// The most bytes that an embed may take as JSON: it cannot be cut, and must fit a record.
const LARGEST_EMBED: usize = limits::PAYLOAD - 1024;

/// The most bytes that a line's id and its block may have.
const LONGEST_LINE: usize = 64;
const LONGEST_BLOCK: usize = 1024;

/// The sentinel's id, which no other line may have.
const END: &str = "end";

/// A push on its way into the text and the map.
pub(crate) struct Plan<'a> {
    lines: &'a Lines,
    fresh: &'a mut dyn FnMut() -> [u8; 32],
    /// What the character before a raw offset carries.
    carried: &'a mut dyn FnMut(u32) -> Attributes,
    at: At,
    /// Where `at` is in the raw text.
    base: u32,
    /// By id: how many of its newlines the push deletes.
    released: BTreeMap<u32, u32>,
    /// Ids that the push gives to newlines.
    given: BTreeSet<String>,
    planned: Planned,
}

/// What to do.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Planned {
    /// To the raw text.
    pub(crate) raw: Delta,
    /// To the map: what each of these lines is from now on.
    pub(crate) blocks: BTreeMap<String, Option<String>>,
}

impl<'a> Plan<'a> {
    /// Plans a push, in normal form, whose lengths and boundaries have been checked against the text.
    pub(crate) fn make(
        lines: &'a Lines,
        push: &Delta,
        fresh: &'a mut dyn FnMut() -> [u8; 32],
        carried: &'a mut dyn FnMut(u32) -> Attributes,
    ) -> Result<Planned, PushError> {
        let (at, released, given, planned) = (At::default(), BTreeMap::new(), BTreeSet::new(), Planned::default());
        let mut plan = Plan { lines, fresh, carried, at, base: 0, released, given, planned };
        plan.release(push);
        for op in &push.ops {
            if let Some(attributes) = op.attributes() {
                check_attributes(attributes)?;
            }
            match op {
                Op::Insert { text, attributes } => plan.insert(text, attributes)?,
                Op::Embed { embed, attributes } => {
                    let json = embed_json(embed);
                    if json.len() > LARGEST_EMBED || !walk::is_embed(&json) {
                        return Err(PushError::Unfit("an embed that is too large or nested too deeply"));
                    }
                    plan.planned.raw.push(Op::Embed { embed: embed.clone(), attributes: of_characters(attributes) });
                }
                Op::Retain { length, attributes } => plan.retain(*length as u32, attributes),
                Op::Delete { length } => {
                    plan.planned.raw.push(op.clone());
                    lines.advance(&mut plan.at, *length as u32);
                    plan.base += *length as u32;
                }
            }
        }
        Ok(plan.planned)
    }

    /// Notes the newlines that the push deletes: their ids may be given again, as a line that moves does.
    fn release(&mut self, push: &Delta) {
        let mut at = At::default();
        for op in &push.ops {
            let before = at.line;
            match op {
                Op::Retain { length, .. } => self.lines.advance(&mut at, *length as u32),
                Op::Delete { length } => {
                    self.lines.advance(&mut at, *length as u32);
                    for line in before..at.line {
                        *self.released.entry(self.lines.ids[line]).or_default() += 1;
                    }
                }
                Op::Insert { .. } | Op::Embed { .. } => {}
            }
        }
    }

    fn insert(&mut self, text: &str, attributes: &Attributes) -> Result<(), PushError> {
        if text.contains('\r') {
            return Err(PushError::CarriageReturn);
        }
        let plain = of_characters(attributes);
        for piece in text.split_inclusive('\n') {
            let words = piece.strip_suffix('\n').unwrap_or(piece);
            self.planned.raw.push(Op::Insert { text: words.to_owned(), attributes: plain.clone() });
            if words.len() < piece.len() {
                let id = self.give(attributes.get(LINE));
                self.say(&id, block(attributes));
                let mut attributes = plain.clone();
                attributes.insert(LINE.to_owned(), Scalar::Text(id));
                self.planned.raw.push(Op::Insert { text: "\n".to_owned(), attributes });
            }
        }
        Ok(())
    }

    fn retain(&mut self, length: u32, attributes: &Attributes) {
        let plain = of_characters(attributes);
        let speaks_of_lines = attributes.contains_key(BLOCK) || attributes.contains_key(LINE);
        let (from, mut done) = (self.at, 0);
        self.lines.advance(&mut self.at, length);
        if speaks_of_lines {
            let mut offset = 0;
            for line in from.line..self.at.line {
                offset += self.lines.lengths[line] - if line == from.line { from.within } else { 0 };
                let shown = self.lines.shown[line].line;
                if let Some(known) = self.lines.names.get(shown as usize) {
                    if attributes.contains_key(BLOCK) {
                        self.say(&known.name, block(attributes));
                    }
                } else if block(attributes).is_some() || matches!(attributes.get(LINE), Some(Scalar::Text(_))) {
                    // A line that lost its id, or has another's, gets one, and only then can it be something. An id is written
                    // with its newline and never after it, so the newline is replaced by one that carries the same marks.
                    let id = self.give(attributes.get(LINE));
                    self.say(&id, block(attributes));
                    self.planned.raw.push(Op::Retain { length: (offset - 1 - done) as usize, attributes: plain.clone() });
                    let mut named = of_characters(&(self.carried)(self.base + offset));
                    named.extend(plain.clone());
                    named.retain(|_, value| *value != Scalar::Null);
                    named.insert(LINE.to_owned(), Scalar::Text(id));
                    self.planned.raw.push(Op::Insert { text: "\n".to_owned(), attributes: named });
                    self.planned.raw.push(Op::Delete { length: 1 });
                    done = offset;
                }
            }
        }
        self.planned.raw.push(Op::Retain { length: (length - done) as usize, attributes: plain });
        self.base += length;
    }

    /// An id for a newline: the one that is wanted, if nobody else has it, and else a fresh one.
    fn give(&mut self, wanted: Option<&Scalar>) -> String {
        let wanted = wanted.and_then(Scalar::as_text).filter(|id| self.is_free(id)).map(str::to_owned);
        let id = wanted.unwrap_or_else(|| {
            loop {
                let id = spell((self.fresh)());
                if self.is_free(&id) {
                    break id;
                }
            }
        });
        self.given.insert(id.clone());
        id
    }

    fn is_free(&self, id: &str) -> bool {
        if id.is_empty() || id.len() > LONGEST_LINE || id == END || self.given.contains(id) {
            return false;
        }
        let Some(&number) = self.lines.numbers.get(id) else { return true };
        self.lines.names[number as usize].carriers <= self.released.get(&number).copied().unwrap_or(0)
    }

    /// Says what a line is, if the map says something else.
    fn say(&mut self, id: &str, block: Option<&str>) {
        let said = self.lines.numbers.get(id).map_or(NONE, |&number| self.lines.names[number as usize].block);
        let said = self.lines.blocks.get(said as usize).map(String::as_str);
        if said != block {
            self.planned.blocks.insert(id.to_owned(), block.map(str::to_owned));
        }
    }
}

fn block(attributes: &Attributes) -> Option<&str> {
    attributes.get(BLOCK).and_then(Scalar::as_text).filter(|block| !block.is_empty())
}

/// Ten digits of base 36.
fn spell(bytes: [u8; 32]) -> String {
    bytes[..10].iter().map(|&byte| char::from_digit(u32::from(byte) % 36, 36).unwrap_or('0')).collect()
}

fn check_attributes(attributes: &Attributes) -> Result<(), PushError> {
    for (name, value) in attributes {
        let spelled = json::write(&Value::from(value.clone()));
        if name.is_empty() || name.len() + spelled.len() > LARGEST_ATTRIBUTE {
            return Err(PushError::Unfit("an attribute without a name, or one that is too large"));
        }
        if !walk::is_scalar(&spelled) || matches!(value, Scalar::Number(number) if !number.is_finite()) {
            return Err(PushError::Unfit("a number that JavaScript cannot hold exactly"));
        }
        if name == BLOCK && !matches!(value, Scalar::Null) && value.as_text().is_none_or(|block| block.len() > LONGEST_BLOCK) {
            return Err(PushError::Unfit("a block that is not a short string"));
        }
    }
    Ok(())
}

/// Checks that a push fits a text of this length, and that it cuts no character: `splits` says where it would.
pub(crate) fn check_fit(push: &Delta, length: usize, splits: impl Fn(u32) -> bool) -> Result<(), PushError> {
    let needed = push.base_length();
    if needed > length {
        return Err(PushError::TooLong { needed, length });
    }
    let inserted = push.ops.iter().filter(|op| op.is_insert()).map(Op::length).fold(0, usize::saturating_add);
    if length.saturating_add(inserted) > i32::MAX as usize / 2 {
        return Err(PushError::Unfit("more text than a document can hold"));
    }
    let mut offset = 0;
    for op in &push.ops {
        let before = offset;
        offset += if op.is_insert() { 0 } else { op.length() };
        if let Some(split) = [before, offset].into_iter().find(|&offset| splits(offset as u32)) {
            return Err(PushError::SplitsPair(split));
        }
    }
    Ok(())
}

/// How many units a title may have is for [`limits::TITLE`] to say.
pub(crate) fn check_title(title: &str) -> Result<(), PushError> {
    if utf16::length(title) > limits::TITLE {
        return Err(PushError::Unfit("a title longer than 400 characters"));
    }
    Ok(())
}
