//! The lines of a body: what joins the text and the map `lines` for views, and takes a push apart again.
//!
//! In the CRDT a newline carries `line`, an id that is written once, and the map says under that id what the line is. A view sees both
//! on the newline, as `line` and `block`; on anything else they mean nothing and are not shown. Of two newlines with one id the later
//! counts as having none. The last newline is the sentinel: no view sees it, and no push reaches it.
//!
//! Nothing here edits anything.

mod plan;

use std::collections::{BTreeMap, BTreeSet};

use sheaf_schema::{Attributes, BLOCK, Delta, LINE, Op, Scalar, utf16};

pub(crate) use plan::{Plan, check_fit, check_title};

/// No id, or no block.
const NONE: u32 = u32::MAX;

/// A line that no view has been told of yet.
const NEW: u32 = u32::MAX - 1;

/// What views see on a newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    line: u32,
    block: u32,
}

impl Shown {
    const NOTHING: Shown = Shown { line: NONE, block: NONE };
}

#[derive(Debug)]
struct Id {
    name: String,
    /// How many newlines carry it.
    carriers: u32,
    /// What the map says under it.
    block: u32,
}

/// All lines of a body, in order. Behind the last newline, the sentinel, there is one more, of length 0.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Their lengths in units, newlines included.
    lengths: Vec<u32>,
    /// The ids that their newlines carry.
    ids: Vec<u32>,
    shown: Vec<Shown>,
    names: Vec<Id>,
    numbers: BTreeMap<String, u32>,
    blocks: Vec<String>,
    block_numbers: BTreeMap<String, u32>,
}

/// A place in the lines.
#[derive(Debug, Clone, Copy, Default)]
struct At {
    line: usize,
    /// Units of the line before it.
    within: u32,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Lines {
            lengths: vec![0],
            ids: vec![NONE],
            shown: vec![Shown::NOTHING],
            names: Vec::new(),
            numbers: BTreeMap::new(),
            blocks: Vec::new(),
            block_numbers: BTreeMap::new(),
        }
    }

    /// Whether the text ends with its sentinel, or there is no text yet.
    pub(crate) fn is_sound(&self) -> bool {
        self.lengths.last() == Some(&0)
    }

    /// Takes a change of the raw text and of the map in, and tells it as views see it.
    pub(crate) fn tell(&mut self, raw: &Delta, changed: &[(String, Option<String>)]) -> Delta {
        let mut touched = BTreeSet::new();
        for (name, block) in changed {
            let number = self.number(name);
            self.names[number as usize].block = block.as_deref().map_or(NONE, |block| self.block_number(block));
            touched.insert(number);
        }
        self.patch(raw, &mut touched);
        let fixes = self.show_anew(&touched);
        let seen = self.view(raw);
        if fixes.is_empty() { seen } else { seen.compose(&fixes) }
    }

    /// The raw text, or a change of it that has been taken in already, as views see it.
    pub(crate) fn view(&self, raw: &Delta) -> Delta {
        let mut view = Delta::new();
        let mut at = At::default();
        for op in &raw.ops {
            match op {
                Op::Retain { length, attributes } => {
                    self.advance(&mut at, *length as u32);
                    // Only a stranger's format reaches the sentinel.
                    let length = if at.line + 1 == self.lengths.len() { length.saturating_sub(1) } else { *length };
                    view.push(Op::Retain { length, attributes: of_characters(attributes) });
                }
                Op::Delete { length } => view.push(Op::Delete { length: *length }),
                Op::Embed { embed, attributes } => {
                    view.push(Op::Embed { embed: embed.clone(), attributes: of_characters(attributes) });
                    self.advance(&mut at, 1);
                }
                Op::Insert { text, attributes } => self.view_insert(text, of_characters(attributes), &mut at, &mut view),
            }
        }
        while matches!(view.ops.last(), Some(Op::Retain { attributes, .. }) if attributes.is_empty()) {
            view.ops.pop();
        }
        view
    }

    fn view_insert(&self, text: &str, attributes: Attributes, at: &mut At, view: &mut Delta) {
        for piece in text.split_inclusive('\n') {
            let words = piece.strip_suffix('\n').unwrap_or(piece);
            view.push(Op::Insert { text: words.to_owned(), attributes: attributes.clone() });
            if words.len() == piece.len() {
                self.advance(at, utf16::length(words) as u32);
                continue;
            }
            if Some(at.line) != self.sentinel() {
                let mut attributes = attributes.clone();
                attributes.extend(self.attributes(self.shown[at.line]));
                view.push(Op::Insert { text: "\n".to_owned(), attributes });
            }
            *at = At { line: at.line + 1, within: 0 };
        }
    }

    fn attributes(&self, shown: Shown) -> Attributes {
        let mut attributes = Attributes::new();
        if let Some(id) = self.names.get(shown.line as usize) {
            attributes.insert(LINE.to_owned(), Scalar::Text(id.name.clone()));
        }
        if let Some(block) = self.blocks.get(shown.block as usize) {
            attributes.insert(BLOCK.to_owned(), Scalar::Text(block.clone()));
        }
        attributes
    }

    /// The raw offsets of the line around an offset, newline included, and the id that views see on it.
    pub(crate) fn around(&self, offset: u32) -> (std::ops::Range<u32>, Option<&str>) {
        let mut at = At::default();
        self.advance(&mut at, offset);
        let start = offset - at.within;
        let id = self.names.get(self.shown[at.line].line as usize).map(|id| id.name.as_str());
        (start..start + self.lengths[at.line], id)
    }

    /// The index of the line that the sentinel ends, once there is one.
    fn sentinel(&self) -> Option<usize> {
        self.lengths.len().checked_sub(2)
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(Id { name: name.to_owned(), carriers: 0, block: NONE });
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn block_number(&mut self, block: &str) -> u32 {
        if let Some(&number) = self.block_numbers.get(block) {
            return number;
        }
        let number = self.blocks.len() as u32;
        self.blocks.push(block.to_owned());
        self.block_numbers.insert(block.to_owned(), number);
        number
    }

    fn advance(&self, at: &mut At, mut length: u32) {
        while length > 0 && at.line < self.lengths.len() {
            let left = self.lengths[at.line] - at.within;
            if length < left || at.line + 1 == self.lengths.len() {
                at.within += length;
                return;
            }
            length -= left;
            *at = At { line: at.line + 1, within: 0 };
        }
    }

    /// Brings lengths and ids up to date.
    fn patch(&mut self, raw: &Delta, touched: &mut BTreeSet<u32>) {
        let mut patch = Patch { lines: self, at: At::default(), fresh: Vec::new(), touched };
        for op in &raw.ops {
            match op {
                Op::Retain { length, attributes } => patch.retain(*length as u32, attributes.get(LINE)),
                Op::Delete { length } => patch.delete(*length as u32),
                Op::Embed { .. } => patch.insert_words(1),
                Op::Insert { text, attributes } => patch.insert(text, attributes.get(LINE)),
            }
        }
        patch.settle();
    }

    /// Works out what the newlines with these ids show now. Says what changes on those that views know already.
    fn show_anew(&mut self, touched: &BTreeSet<u32>) -> Delta {
        let mut fixes = Delta::new();
        if touched.is_empty() {
            return fixes;
        }
        let mut asked = vec![false; self.names.len()];
        for &number in touched {
            if let Some(asked) = asked.get_mut(number as usize) {
                *asked = true;
            }
        }
        let (mut offset, mut fixed) = (0usize, 0usize);
        for line in 0..self.lengths.len() - 1 {
            offset += self.lengths[line] as usize;
            let (id, before) = (self.ids[line], self.shown[line]);
            let now = match self.names.get(id as usize) {
                // The first that carries it; whoever comes later counts as having none.
                Some(name) if asked[id as usize] => {
                    asked[id as usize] = false;
                    Shown { line: id, block: name.block }
                }
                Some(_) if touched.contains(&id) => Shown::NOTHING,
                Some(_) => continue,
                None => Shown::NOTHING,
            };
            if now == before || Some(line) == self.sentinel() {
                continue;
            }
            self.shown[line] = now;
            if before.line != NEW {
                fixes.push(Op::Retain { length: offset - 1 - fixed, attributes: Attributes::new() });
                let (before, now) = (self.attributes(before), self.attributes(now));
                fixes.push(Op::Retain { length: 1, attributes: difference(before, now) });
                fixed = offset;
            }
        }
        fixes
    }
}

/// What of raw attributes means something on characters.
fn of_characters(attributes: &Attributes) -> Attributes {
    let mut attributes = attributes.clone();
    attributes.remove(LINE);
    attributes.remove(BLOCK);
    attributes
}

/// What turns `before` into `now`.
fn difference(before: Attributes, now: Attributes) -> Attributes {
    let mut difference: Attributes = before.keys().map(|name| (name.clone(), Scalar::Null)).collect();
    difference.extend(now);
    difference.retain(|name, value| before.get(name) != Some(value));
    difference
}

/// A raw change on its way into the lines.
struct Patch<'a> {
    lines: &'a mut Lines,
    at: At,
    /// Lines that come in before the present one.
    fresh: Vec<(u32, u32)>,
    touched: &'a mut BTreeSet<u32>,
}

impl Patch<'_> {
    fn settle(&mut self) {
        let (line, count) = (self.at.line, self.fresh.len());
        if count > 0 {
            let fresh = std::mem::take(&mut self.fresh);
            self.lines.lengths.splice(line..line, fresh.iter().map(|&(length, _)| length));
            self.lines.ids.splice(line..line, fresh.iter().map(|&(_, id)| id));
            self.lines.shown.splice(line..line, fresh.iter().map(|_| Shown { line: NEW, block: NONE }));
            self.at.line += count;
        }
    }

    fn carry(&mut self, id: Option<&Scalar>) -> u32 {
        let Some(name) = id.and_then(Scalar::as_text) else { return NONE };
        let number = self.lines.number(name);
        self.lines.names[number as usize].carriers += 1;
        self.touched.insert(number);
        number
    }

    fn drop(&mut self, id: u32) {
        if let Some(name) = self.lines.names.get_mut(id as usize) {
            name.carriers -= 1;
            self.touched.insert(id);
        }
    }

    fn insert_words(&mut self, length: u32) {
        self.lines.lengths[self.at.line] += length;
        self.at.within += length;
    }

    fn insert(&mut self, text: &str, id: Option<&Scalar>) {
        for piece in text.split_inclusive('\n') {
            let words = piece.strip_suffix('\n').unwrap_or(piece);
            self.insert_words(utf16::length(words) as u32);
            if words.len() < piece.len() {
                let id = self.carry(id);
                self.fresh.push((self.at.within + 1, id));
                self.lines.lengths[self.at.line] -= self.at.within;
                self.at.within = 0;
                self.touched.insert(id);
            }
        }
    }

    fn retain(&mut self, length: u32, id: Option<&Scalar>) {
        self.settle();
        let from = self.at.line;
        self.lines.advance(&mut self.at, length);
        if let Some(id) = id {
            for line in from..self.at.line {
                let number = self.carry(Some(id));
                let before = std::mem::replace(&mut self.lines.ids[line], number);
                self.drop(before);
                self.touched.insert(NONE);
            }
        }
    }

    fn delete(&mut self, mut length: u32) {
        self.settle();
        let At { line: from, mut within } = self.at;
        let last = self.lines.lengths.len() - 1;
        let mut to = from;
        while to < last && length >= self.lines.lengths[to] - within {
            length -= self.lines.lengths[to] - within;
            within = 0;
            self.drop(self.lines.ids[to]);
            to += 1;
        }
        self.lines.lengths.drain(from..to);
        self.lines.ids.drain(from..to);
        self.lines.shown.drain(from..to);
        let kept = if to > from { self.at.within } else { 0 };
        self.lines.lengths[from] = (self.lines.lengths[from] + kept).saturating_sub(length);
    }
}
