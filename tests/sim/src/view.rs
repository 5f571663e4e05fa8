//! A model of an editor on the text lane: types unique words, deletes, formats, changes kinds, and books what the core tells it by the
//! numbers. It does what `ui/src/editor` does, in a few lines, so that the world can ask "is the screen the text?".

use std::collections::BTreeMap;

use sheaf_document::{Item, Opened, Push, ViewId};
use sheaf_schema::{Delta, Scalar, attributes};

use crate::chance::Chance;

/// One open view.
#[derive(Clone)]
pub struct View {
    /// Its name.
    pub id: ViewId,
    /// Open and told its first text.
    pub opened: bool,
    version: u64,
    /// The core's text at `version`.
    base: Delta,
    /// The push on its way, as of `version`.
    in_flight: Option<(u64, Delta)>,
    next_number: u64,
    /// Items that came before their turn.
    early: BTreeMap<u64, Item>,
}

/// What booking an item led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// In order.
    Plain,
    /// A show that an edit on its way had to be transformed past.
    Merged,
    /// Held, or dropped as old.
    Nothing,
}

impl View {
    /// A view that has not been opened yet.
    pub fn new(id: ViewId) -> View {
        View { id, opened: false, version: 0, base: Delta::new(), in_flight: None, next_number: 1, early: BTreeMap::new() }
    }

    /// What the screen shows: the core's text with the edit on its way.
    pub fn screen(&self) -> Delta {
        match &self.in_flight {
            Some((_, delta)) => self.base.compose(delta),
            None => self.base.clone(),
        }
    }

    /// Nothing is on its way.
    pub fn is_quiet(&self) -> bool {
        self.in_flight.is_none() && self.early.is_empty()
    }

    /// The version booked.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Books an item; early ones are held, old ones dropped.
    pub fn book(&mut self, item: Item) -> Booked {
        let version = match &item {
            Item::Opened(opened) | Item::Reset { opened, .. } => {
                self.begin(opened.clone());
                return Booked::Plain;
            }
            Item::Show(show) => show.version,
            Item::Saved { version, .. } => *version,
        };
        if version <= self.version {
            return Booked::Nothing;
        }
        self.early.insert(version, item);
        let mut booked = Booked::Nothing;
        while let Some(item) = self.early.remove(&(self.version + 1)) {
            self.version += 1;
            booked = self.enter(item);
        }
        booked
    }

    fn begin(&mut self, opened: Opened) {
        self.opened = true;
        self.version = opened.version;
        self.base = (*opened.delta).clone();
        // What was on its way is given up: this model rescues nothing, and the world excuses its words.
        self.in_flight = None;
        self.early.retain(|version, _| *version > opened.version);
    }

    fn enter(&mut self, item: Item) -> Booked {
        match item {
            Item::Show(show) => {
                let merged = self.in_flight.is_some();
                if let Some((_, mine)) = &mut self.in_flight {
                    // Mine goes left and mine wins: theirs is shown past mine, mine is kept relative to the text that has theirs.
                    *mine = show.delta.transform(mine, false);
                }
                self.base = self.base.compose(&show.delta);
                if merged { Booked::Merged } else { Booked::Plain }
            }
            Item::Saved { number, .. } => {
                if let Some((_, mine)) = self.in_flight.take_if(|(mine, _)| *mine == number) {
                    self.base = self.base.compose(&mine);
                }
                Booked::Plain
            }
            Item::Opened(_) | Item::Reset { .. } => Booked::Nothing,
        }
    }

    /// The core refused the push: it never happened.
    pub fn refused(&mut self, number: u64) {
        self.in_flight.take_if(|(mine, _)| *mine == number);
    }

    /// Makes an edit, unless one is on its way. `word` is unique in the world and will be looked for at the end; the second answer is
    /// the words whose letters the edit deletes.
    pub fn edit(&mut self, chance: &mut Chance, word: &str, line: &str) -> Option<(Push, Edit)> {
        if !self.opened || self.in_flight.is_some() {
            return None;
        }
        let edit = self.compose_edit(chance, word, line);
        if edit.delta.is_empty() {
            return None;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.in_flight = Some((number, edit.delta.clone()));
        let push = Push { view: self.id.clone(), number, version: self.version, delta: edit.delta.clone(), undoes: None };
        Some((push, edit))
    }

    fn compose_edit(&self, chance: &mut Chance, word: &str, line: &str) -> Edit {
        let text: Vec<char> = self.base.text().chars().collect();
        let at = chance.below(text.len() + 1);
        let before = utf16(&text[..at]);
        match chance.below(10) {
            0..=5 => {
                // Between words, so that no word is cut in two.
                let at = word_border(&text, at);
                Edit::typed(Delta::new().retain(utf16(&text[..at])).insert(format!(" {word} ")), word)
            }
            6 => Edit::typed(
                Delta::new()
                    .retain(utf16(&text[..word_border(&text, at)]))
                    .insert_with("\n", attributes([("line", Scalar::Text(line.into()))])),
                "",
            ),
            7 => {
                let end = (at + 1 + chance.below(12)).min(text.len());
                let gone: String = text[word_start(&text, at)..word_end(&text, end)].iter().collect();
                Edit { delta: Delta::new().retain(before).delete(utf16(&text[at..end])), typed: None, deleted: words(&gone) }
            }
            8 => {
                let end = (at + 1 + chance.below(20)).min(text.len());
                let mark = ["bold", "italic", "code"][chance.below(3)];
                let value = if chance.percent(70) { Scalar::Bool(true) } else { Scalar::Null };
                let mut delta = Delta::new().retain(before);
                for character in &text[at..end] {
                    let marks = if *character == '\n' { attributes([]) } else { attributes([(mark, value.clone())]) };
                    delta = delta.retain_with(character.len_utf16(), marks);
                }
                Edit { delta, typed: None, deleted: Vec::new() }
            }
            _ => match text[at..].iter().position(|character| *character == '\n') {
                Some(newline) => {
                    let block = ["h1", "h2", "ul", "task done", "code lang=rust"][chance.below(5)];
                    let delta = Delta::new()
                        .retain(utf16(&text[..at + newline]))
                        .retain_with(1, attributes([("block", Scalar::Text(block.into()))]));
                    Edit { delta, typed: None, deleted: Vec::new() }
                }
                None => Edit::default(),
            },
        }
    }
}

/// What an edit did, in words that can be looked for.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// The edit.
    pub delta: Delta,
    /// The word it typed.
    pub typed: Option<String>,
    /// The words it touched by deleting.
    pub deleted: Vec<String>,
}

impl Edit {
    fn typed(delta: Delta, word: &str) -> Edit {
        Edit { delta, typed: (!word.is_empty()).then(|| word.to_owned()), deleted: Vec::new() }
    }
}

/// The unique words of a text, each spelled `w<number>x`. Found even where somebody deleted the space between two of them.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('w') {
        let digits = text[start + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let end = start + 1 + digits;
        if digits > 0 && text[end..].starts_with('x') {
            found.push(text[start..=end].to_owned());
        }
    }
    found
}

fn utf16(characters: &[char]) -> usize {
    characters.iter().map(|character| character.len_utf16()).sum()
}

fn is_inside(text: &[char], at: usize) -> bool {
    at > 0 && at < text.len() && text[at - 1].is_ascii_alphanumeric() && text[at].is_ascii_alphanumeric()
}

fn word_border(text: &[char], mut at: usize) -> usize {
    while is_inside(text, at) {
        at += 1;
    }
    at
}

fn word_start(text: &[char], mut at: usize) -> usize {
    while is_inside(text, at) {
        at -= 1;
    }
    at
}

fn word_end(text: &[char], at: usize) -> usize {
    word_border(text, at)
}
