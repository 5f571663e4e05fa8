//! What stands on a line, spelled so that the reader reads it as it is meant.
//!
//! Nothing here knows when a sign needs escaping: each spelling is read again, from the one a person would choose to the one that escapes
//! everything, and the first that says what is meant is taken.

use std::collections::BTreeSet;

use sheaf_schema::{Attributes, Block, Delta, Embed, Kind, MARKS, Op, SOFT_BREAK, Scalar, Value, embed};

use super::{
    escape::{self, Around, Care},
    words_marker,
};
use crate::{
    read,
    said::{Said, Visible},
    tag,
};

/// Keeps two blocks from being read as one.
const APART: &str = "\n\n***\n\n";

pub(super) struct Speller {
    /// What is read after every spelling: a divider, which nothing may swallow, and the definitions of links and footnotes on the page, which
    /// give brackets a meaning.
    after: String,
    /// How many lines it is read as.
    lines_after: usize,
}

impl Speller {
    /// For a page of these lines, of which some cannot be written as they are.
    pub(super) fn for_page(lines: &[Visible], wrapped: &BTreeSet<usize>) -> Speller {
        let unwrapped = lines.iter().filter(|line| !wrapped.contains(&line.index));
        let definitions = unwrapped.filter_map(|line| line.said.source()).filter(|source| defines(source)).map(str::to_owned);
        let notes: BTreeSet<&String> = lines.iter().filter_map(|line| line.said.block.note.as_ref()).collect();
        let notes = notes.into_iter().map(|id| format!("[^{id}]: x"));
        let after = std::iter::once(String::new()).chain(definitions).chain(notes).collect::<Vec<_>>().join(APART) + APART;
        let lines_after = read::lines(&after).len();
        Speller { after, lines_after }
    }

    /// The content of a line, in one or more lines of Markdown.
    pub(super) fn spell(&self, said: &Said) -> String {
        if said.block.kind == Kind::Divider {
            return "---".to_owned();
        }
        if let Some(markdown) = said.source()
            && self.reads_back(said, markdown)
        {
            return markdown.to_owned();
        }
        let plain = spelled(said, Care::None, OneLine::of(said));
        if said.content.is_empty() || is_harmless(&said.content) || self.reads_back(said, &plain) {
            return plain;
        }
        let careful = [Care::Beginnings, Care::Signs].map(|care| spelled(said, care, OneLine::of(said)));
        let read_well = careful.into_iter().find(|spelling| self.reads_back(said, spelling));
        read_well.unwrap_or_else(|| spelled(said, Care::Everything, OneLine::of(said)))
    }

    /// A cell of a table, in one line of Markdown: its lines, each behind the tag that begins it.
    pub(super) fn cell(&self, lines: &[(String, &Said)]) -> String {
        let with_care = |care| {
            let spelled = lines.iter().map(|(tag, said)| tag.clone() + &spelled_in_cell(said, care));
            escape::cell(&spelled.collect::<String>())
        };
        let plain = with_care(Care::None);
        if lines.iter().all(|(_, said)| said.content.is_empty() || is_harmless_in_cell(said)) {
            return plain;
        }
        let well = [plain, with_care(Care::Signs)].into_iter().find(|spelling| self.reads_back_in_cell(lines, spelling));
        well.unwrap_or_else(|| with_care(Care::Everything))
    }

    fn reads_back_in_cell(&self, lines: &[(String, &Said)], spelling: &str) -> bool {
        let read = read::lines(&format!("| {spelling} |\n| --- |\n{}", self.after));
        let is_meant = |(line, (_, said)): (&Said, &(String, &Said))| {
            line.block.cell.is_some() && line.block.kind == said.block.kind && line.content == said.content
        };
        read.len() == lines.len() + self.lines_after && read.iter().zip(lines).all(is_meant)
    }

    /// Whether a spelling is read as what is meant. Some words mean something only in a quote, or only below an item's marker.
    fn reads_back(&self, said: &Said, spelling: &str) -> bool {
        let words = words_marker(&said.block);
        let (marker, margin, lines_before) = match &said.block.kind {
            Kind::Bullet => ("- ", "  ", 0),
            Kind::Task => (if said.block.done { "- [x] " } else { "- [ ] " }, "  ", 0),
            Kind::Ordered => ("1. ", "   ", 0),
            Kind::Paragraph if said.block.indent > 0 => ("-\n  ", "  ", 1),
            _ => ("", "", 0),
        };
        let mut page = format!("{marker}{words}{}", spelling.replace('\n', &format!("\n{margin}")));
        if said.block.quote > 0 {
            page = format!("> {}", page.replace('\n', "\n> "));
        }
        let lines = read::lines(&format!("{page}\n{}", self.after));
        let kind = |block: &Block| (block.kind.clone(), block.done, block.caption);
        let is_meant = |line: &Said| kind(&line.block) == kind(&said.block) && line.content == said.content;
        lines.len() == lines_before + 1 + self.lines_after && is_meant(&lines[lines_before])
    }
}

/// Whether Markdown may define links or footnotes.
pub(super) fn defines(markdown: &str) -> bool {
    markdown.contains("]:")
}

/// Whether a content is surely read as it is: plain words, beginning with a letter.
fn is_harmless(content: &Delta) -> bool {
    let [Op::Insert { text, attributes }] = content.ops.as_slice() else { return false };
    let is_harmless = |character: char| character.is_alphanumeric() || " .,;:?'\"()-/%@".contains(character);
    attributes.is_empty() && text.chars().next().is_some_and(char::is_alphabetic) && text.chars().all(is_harmless)
}

/// Whether a line of a cell is surely read as it is: no block begins there.
fn is_harmless_in_cell(said: &Said) -> bool {
    let [Op::Insert { text, attributes }] = said.content.ops.as_slice() else { return false };
    let is_harmless = |character: char| character.is_alphanumeric() || " .,;:?'\"()-/%@+".contains(character);
    said.block.kind != Kind::Code && attributes.is_empty() && text.chars().all(is_harmless)
}

/// A piece of a line: text without breaks, a break, or an embed.
struct Piece<'a> {
    what: What<'a>,
    marks: &'a Attributes,
}

#[derive(Clone, Copy)]
enum What<'a> {
    Text(&'a str),
    Code(&'a str),
    Break,
    Embed(&'a Embed),
}

impl Piece<'_> {
    fn first(&self) -> char {
        match self.what {
            What::Text(text) => text.chars().next().unwrap_or(' '),
            What::Break => ' ',
            What::Code(_) | What::Embed(_) => '`',
        }
    }

    fn last(&self) -> char {
        match self.what {
            What::Text(text) => text.chars().next_back().unwrap_or(' '),
            What::Break => ' ',
            What::Code(_) | What::Embed(_) => '`',
        }
    }

    fn has(&self, mark: &str, value: &Scalar) -> bool {
        self.marks.get(mark) == Some(value)
    }
}

fn pieces(content: &Delta) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for op in &content.ops {
        match op {
            Op::Insert { text, attributes: marks } => {
                let is_code = marks.contains_key("code");
                for part in text.split_inclusive(SOFT_BREAK) {
                    let words = part.trim_end_matches(SOFT_BREAK);
                    let what = if is_code { What::Code(words) } else { What::Text(words) };
                    pieces.extend((!words.is_empty()).then_some(Piece { what, marks }));
                    pieces.extend(part.ends_with(SOFT_BREAK).then_some(Piece { what: What::Break, marks }));
                }
            }
            Op::Embed { embed, attributes: marks } => pieces.push(Piece { what: What::Embed(embed), marks }),
            Op::Retain { .. } | Op::Delete { .. } => {}
        }
    }
    pieces
}

/// A mark that has begun, and what ends it.
struct Open<'a> {
    mark: &'a str,
    value: &'a Scalar,
    end: String,
}

/// What cannot go on below.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OneLine {
    No,
    Heading,
    Cell,
}

impl OneLine {
    fn of(said: &Said) -> OneLine {
        if matches!(said.block.kind, Kind::Heading(_)) { OneLine::Heading } else { OneLine::No }
    }
}

/// A line of a cell, in one of its spellings. Code is a span of it.
fn spelled_in_cell(said: &Said, care: Care) -> String {
    match said.block.kind {
        Kind::Code if care < Care::Everything && !said.content.is_empty() => escape::code(&said.content.text()),
        _ => spelled(said, care, OneLine::Cell),
    }
}

/// One line's content, in one of its spellings.
fn spelled(said: &Said, care: Care, one_line: OneLine) -> String {
    let pieces = pieces(&said.content);
    let mut spelling = Spelling { pieces: &pieces, care, one_line, out: String::new() };
    let mut open = Vec::<Open<'_>>::new();
    for (index, piece) in pieces.iter().enumerate() {
        let ended = open.iter().position(|open| !piece.has(open.mark, open.value)).unwrap_or(open.len());
        open.drain(ended..).rev().for_each(|open| spelling.out.push_str(&open.end));
        if open.is_empty() && spelling.autolink(index) {
            continue;
        }
        for (mark, value) in spelling.beginning(index, &open) {
            let (start, end) = spelling.signs(index, mark, value);
            spelling.out.push_str(&start);
            open.push(Open { mark, value, end });
        }
        spelling.piece(index);
    }
    open.into_iter().rev().for_each(|open| spelling.out.push_str(&open.end));
    spelling.out
}

struct Spelling<'a> {
    pieces: &'a [Piece<'a>],
    care: Care,
    one_line: OneLine,
    out: String,
}

impl<'a> Spelling<'a> {
    fn is_break(&self, index: usize) -> bool {
        self.pieces.get(index).is_none_or(|piece| matches!(piece.what, What::Break))
    }

    /// Where what has a mark ends, from a piece that has it.
    fn extent(&self, index: usize, mark: &str, value: &Scalar) -> usize {
        index + self.pieces[index..].iter().take_while(|piece| piece.has(mark, value)).count()
    }

    /// The marks that begin at a piece: the longest first, so that shorter ones nest inside.
    fn beginning(&self, index: usize, open: &[Open<'_>]) -> Vec<(&'a str, &'a Scalar)> {
        let marks = self.pieces[index].marks;
        let new = MARKS.iter().map(|(name, _)| *name).filter(|name| *name != "code" && open.iter().all(|open| open.mark != *name));
        let mut new: Vec<_> = new.filter_map(|name| marks.get(name).map(|value| (name, value))).collect();
        new.sort_by_key(|(name, value)| std::cmp::Reverse(self.extent(index, name, value)));
        new
    }

    /// What begins and ends a mark at a piece.
    fn signs(&self, index: usize, mark: &'a str, value: &'a Scalar) -> (String, String) {
        if mark == "link" {
            return ("[".to_owned(), format!("]({})", escape::address(value.as_text().unwrap_or(""))));
        }
        let sign = match mark {
            "bold" => "**",
            "italic" => "*",
            "strike" => "~~",
            "background"
                if tag::read("<mark>").is_some_and(|tag| matches!(tag, tag::Tag::Open { value: yellow, .. } if yellow == *value)) =>
            {
                "=="
            }
            _ => "",
        };
        let end = self.extent(index, mark, value);
        if !sign.is_empty() && self.care < Care::Everything && self.sticks(index, end) {
            return (sign.to_owned(), sign.to_owned());
        }
        tag::around(mark, value).unwrap_or_default()
    }

    /// Whether a sign in front of a piece and another behind the last one are seen as beginning and end: they must touch words, and where
    /// they touch a sign instead, stand apart from words.
    fn sticks(&self, start: usize, end: usize) -> bool {
        let before = start.checked_sub(1).map_or(' ', |before| self.pieces[before].last());
        let after = self.pieces.get(end).map_or(' ', Piece::first);
        let touches = |inner: char, outer: char| !inner.is_whitespace() && (inner.is_alphanumeric() || !outer.is_alphanumeric());
        touches(self.pieces[start].first(), before) && touches(self.pieces[end - 1].last(), after)
    }

    /// Writes a link that says its own address as such, if the piece is one.
    fn autolink(&mut self, index: usize) -> bool {
        let piece = &self.pieces[index];
        let (What::Text(text), Some(Scalar::Text(address)), 1) = (piece.what, piece.marks.get("link"), piece.marks.len()) else {
            return false;
        };
        let says_itself = text == address || address.strip_prefix("mailto:") == Some(text);
        let is_whole = !self.pieces.get(index + 1).is_some_and(|next| next.marks.get("link") == piece.marks.get("link"));
        let is_auto = says_itself && is_whole && self.care < Care::Signs && !text.contains(['<', '>', ' ']) && text.contains([':', '@']);
        if is_auto {
            self.out.extend(["<", text, ">"]);
        }
        is_auto
    }

    /// An embed, where Markdown has a word for it in that.
    fn embed(&self, embed: &Embed) -> String {
        match &embed.value {
            _ if self.care == Care::Everything => tag::embed(embed),
            Value::Text(markdown) if embed.kind == embed::SOURCE => markdown.clone(),
            Value::Text(formula) if embed.kind == embed::FORMULA => format!("${formula}$"),
            Value::Text(id) if embed.kind == embed::FOOTNOTE => format!("[^{id}]"),
            Value::Bool(true) if embed.kind == embed::CONTENTS && self.pieces.len() == 1 => read::CONTENTS.to_owned(),
            _ => tag::embed(embed),
        }
    }

    fn piece(&mut self, index: usize) {
        let begins_line = index == 0 || self.is_break(index - 1);
        let ends_line = self.is_break(index + 1);
        let in_cell = self.one_line == OneLine::Cell;
        match self.pieces[index].what {
            What::Text(text) => self.out.push_str(&escape::text(text, self.care, Around { begins_line, ends_line, in_cell })),
            What::Code(text) if self.care == Care::Everything => {
                let escaped = escape::text(text, self.care, Around { begins_line: true, ends_line: true, in_cell });
                self.out.extend(["<code>", &escaped, "</code>"]);
            }
            What::Code(text) => self.out.push_str(&escape::code(text)),
            What::Break if self.care == Care::Everything => self.out.push_str("&#8232;"),
            What::Break if self.one_line != OneLine::No || index == 0 || index + 1 == self.pieces.len() => self.out.push_str("<br>"),
            What::Break => self.out.push_str("\\\n"),
            What::Embed(embed) => self.out.push_str(&self.embed(embed)),
        }
    }
}
