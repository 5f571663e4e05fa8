//! What a line is: its block string, such as `h2`, `task done in=1` or `p q=1`.
//!
//! A block string is a kind, then tokens in ascending order, all separated by single spaces. A plain paragraph has none. What is not
//! understood is kept: an unknown kind, an unknown token, a known one with a value that makes no sense.

use std::{fmt, str::FromStr};

/// How deep lists and quotes may nest. A line that says more is kept as it is and drawn as if it said nothing.
pub const MAX_DEPTH: u8 = 32;

/// How narrow and how wide a column may say it is, in CSS pixels at the standard size of text.
pub const COLUMN_WIDTHS: std::ops::RangeInclusive<u16> = 40..=2000;

/// The longest id of a table, a row, a column or a footnote, in characters.
pub const MAX_CELL_ID: usize = 32;

/// Whether this can be the id of a table, a row, a column or a footnote: letters, digits, `_` and `-`.
pub fn is_id(id: &str) -> bool {
    (1..=MAX_CELL_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// The tokens of a block string that this build knows.
pub mod token {
    /// `in=N`: the line lies inside of N list items.
    pub const INDENT: &str = "in";
    /// `q=N`: the line lies inside of N quotes.
    pub const QUOTE: &str = "q";
    /// `done`: the task is ticked.
    pub const DONE: &str = "done";
    /// `start`: a new list, code block or quote begins.
    pub const START: &str = "start";
    /// `n=7`: what an ordered list begins with.
    pub const NUMBER: &str = "n";
    /// `lang=rust`: the language of code.
    pub const LANGUAGE: &str = "lang";
    /// `cell=TABLE.ROW.COLUMN`: the line stands in this cell.
    pub const CELL: &str = "cell";
    /// `head`: the cell's row is a header.
    pub const HEAD: &str = "head";
    /// `w=120`: how wide the cell's column is.
    pub const WIDTH: &str = "w";
    /// `align=end`: where the words of the cell's column stand.
    pub const ALIGN: &str = "align";
    /// `call=note`: the outermost quote that the line lies inside of is a callout.
    pub const CALLOUT: &str = "call";
    /// `note=ID`: the line stands in the footnote with this id.
    pub const NOTE: &str = "note";
    /// `caption`: the line says what the image or file in the line above is.
    pub const CAPTION: &str = "caption";
    /// All of them.
    pub const ALL: [&str; 13] = [INDENT, QUOTE, DONE, START, NUMBER, LANGUAGE, CELL, HEAD, WIDTH, ALIGN, CALLOUT, NOTE, CAPTION];
}

/// The kinds of lines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// `p`.
    #[default]
    Paragraph,
    /// `h1` to `h6`.
    Heading(u8),
    /// `ul`: an item of a bullet list.
    Bullet,
    /// `ol`: an item of an ordered list.
    Ordered,
    /// `task`: an item with a box to tick.
    Task,
    /// `code`: one line of a code block, which is a run of such lines.
    Code,
    /// `divider`: a rule across the page.
    Divider,
    /// A kind of a newer version.
    Unknown(String),
}

impl Kind {
    /// Every kind this build knows, in the order of the table.
    pub const ALL: [Kind; 12] = [
        Kind::Paragraph,
        Kind::Heading(1),
        Kind::Heading(2),
        Kind::Heading(3),
        Kind::Heading(4),
        Kind::Heading(5),
        Kind::Heading(6),
        Kind::Bullet,
        Kind::Ordered,
        Kind::Task,
        Kind::Code,
        Kind::Divider,
    ];

    /// The kind's token.
    pub fn name(&self) -> &str {
        match self {
            Kind::Paragraph => "p",
            Kind::Heading(level) => ["h1", "h2", "h3", "h4", "h5", "h6"][usize::from(*level).clamp(1, 6) - 1],
            Kind::Bullet => "ul",
            Kind::Ordered => "ol",
            Kind::Task => "task",
            Kind::Code => "code",
            Kind::Divider => "divider",
            Kind::Unknown(name) => name,
        }
    }

    /// The kind with this token.
    pub fn named(name: &str) -> Kind {
        Kind::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or_else(|| Kind::Unknown(name.to_owned()))
    }

    /// Whether a line of this kind is an item of a list.
    pub fn is_item(&self) -> bool {
        matches!(self, Kind::Bullet | Kind::Ordered | Kind::Task)
    }
}

/// What a callout is about. GitHub's five (docs/decisions/0013-callouts-formulas-footnotes.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Callout {
    /// Good to know.
    Note,
    /// Makes it easier.
    Tip,
    /// Must be known.
    Important,
    /// Needs care.
    Warning,
    /// May do harm.
    Caution,
}

impl Callout {
    /// Every sort, in the order of menus.
    pub const ALL: [Callout; 5] = [Callout::Note, Callout::Tip, Callout::Important, Callout::Warning, Callout::Caution];

    /// The sort's name in a block string; in capitals, its name in Markdown.
    pub fn name(self) -> &'static str {
        match self {
            Callout::Note => "note",
            Callout::Tip => "tip",
            Callout::Important => "important",
            Callout::Warning => "warning",
            Callout::Caution => "caution",
        }
    }

    /// The sort with this name, in whatever case.
    pub fn named(name: &str) -> Option<Callout> {
        Callout::ALL.into_iter().find(|sort| sort.name().eq_ignore_ascii_case(name))
    }
}

/// Where the words of a column stand, as seen by whoever reads it: its start is at the right where words run from right to left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Align {
    /// Where lines begin, as without a word about it.
    Start,
    /// In the middle.
    Center,
    /// Where lines end: numbers below each other.
    End,
}

impl Align {
    /// All of them, in the order of menus.
    pub const ALL: [Align; 3] = [Align::Start, Align::Center, Align::End];

    /// The name in a block string, which is CSS's.
    pub fn name(self) -> &'static str {
        match self {
            Align::Start => "start",
            Align::Center => "center",
            Align::End => "end",
        }
    }
}

/// The cell that a line stands in, by three ids that whoever made them drew as line ids are drawn. A cell is all lines that name it; rows,
/// columns and their order are read off the lines (docs/decisions/0012-tables.md).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The table.
    pub table: String,
    /// The row.
    pub row: String,
    /// The column.
    pub column: String,
}

impl Cell {
    /// Reads `TABLE.ROW.COLUMN`; none unless there are three ids of letters, digits, `_` and `-`.
    pub fn read(value: &str) -> Option<Cell> {
        let mut ids = value.split('.').filter(|id| is_id(id)).map(str::to_owned);
        let cell = Cell { table: ids.next()?, row: ids.next()?, column: ids.next()? };
        (cell.to_string() == value).then_some(cell)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.table, self.row, self.column)
    }
}

/// What a line is, taken apart. [`Block::from`] a string never fails, and printing gives back what was read, with the tokens in order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Block {
    /// The kind.
    pub kind: Kind,
    /// `in=N`: how many list items the line lies inside of. An item itself lies inside of those above it.
    pub indent: u8,
    /// `q=N`: how many quotes the line lies inside of.
    pub quote: u8,
    /// `done`: the task is ticked.
    pub done: bool,
    /// `start`: a new list, code block or quote begins here although the neighbour above is of the same kind. It speaks of the list on
    /// an item, of the code block on code, and of the quote on any other kind.
    pub start: bool,
    /// `n=7`: the number an ordered list begins with.
    pub number: Option<u32>,
    /// `lang=rust`: the language of a code block. Spaces, controls and `%` are percent-encoded in the string.
    pub language: Option<String>,
    /// `cell=TABLE.ROW.COLUMN`: the cell of a table that the line stands in, whatever its kind.
    pub cell: Option<Cell>,
    /// `head`: the cell's row is a header. The first line of the row speaks for it.
    pub head: bool,
    /// `w=120`: how wide the cell's column is, in CSS pixels. The first line of the column that says it speaks for it.
    pub width: Option<u16>,
    /// `align=end`: where the words of the cell's column stand. The first line of the column that says it speaks for it.
    pub align: Option<Align>,
    /// `call=note`: the outermost quote that the line lies inside of is a callout of this sort. Without a quote it says nothing.
    pub callout: Option<Callout>,
    /// `note=ID`: the footnote that the line stands in, whatever its kind. A footnote is all lines that name it.
    pub note: Option<String>,
    /// `caption`: the line says what the image or file alone in the line above is. Below anything else it says nothing.
    pub caption: bool,
    /// Tokens of a newer version, as they were.
    pub unknown: Vec<String>,
}

impl Block {
    /// A block of this kind and nothing else.
    pub fn new(kind: Kind) -> Self {
        Block { kind, ..Block::default() }
    }

    /// Whether this is a plain paragraph, for which no string is written.
    pub fn is_plain(&self) -> bool {
        *self == Block::default()
    }

    /// The string for a newline's `block` attribute: none for a plain paragraph.
    pub fn to_attribute(&self) -> Option<String> {
        (!self.is_plain()).then(|| self.to_string())
    }

    /// This block with the tokens of another that this build does not know: for a line that becomes something else here and stays what a
    /// newer version made of it otherwise. Known tokens that made no sense are let go.
    pub fn with_unknown_of(mut self, other: &Block) -> Block {
        let is_known = |token: &String| token::ALL.contains(&token.split('=').next().unwrap_or(""));
        self.unknown = other.unknown.iter().filter(|token| !is_known(token)).cloned().collect();
        self
    }

    /// Understands one token, or keeps it.
    fn read(&mut self, token: &str) {
        let (name, value) = token.split_once('=').map_or((token, None), |(name, value)| (name, Some(value)));
        let understood = match (name, value) {
            (token::DONE, None) => take(&mut self.done, Some(true)),
            (token::START, None) => take(&mut self.start, Some(true)),
            (token::INDENT, Some(value)) => take(&mut self.indent, depth(value)),
            (token::QUOTE, Some(value)) => take(&mut self.quote, depth(value)),
            (token::NUMBER, Some(value)) => take(&mut self.number, canonical(value).map(Some)),
            (token::CAPTION, None) => take(&mut self.caption, Some(true)),
            (token::HEAD, None) => take(&mut self.head, Some(true)),
            (token::CELL, Some(value)) => take(&mut self.cell, Cell::read(value).map(Some)),
            (token::WIDTH, Some(value)) => take(&mut self.width, canonical(value).filter(|width| COLUMN_WIDTHS.contains(width)).map(Some)),
            (token::ALIGN, Some(value)) => take(&mut self.align, Align::ALL.into_iter().find(|align| align.name() == value).map(Some)),
            (token::CALLOUT, Some(value)) => take(&mut self.callout, Callout::ALL.into_iter().find(|sort| sort.name() == value).map(Some)),
            (token::NOTE, Some(value)) => take(&mut self.note, Some(value).filter(|id| is_id(id)).map(|id| Some(id.to_owned()))),
            (token::LANGUAGE, Some(value)) => take(&mut self.language, decode(value).map(Some)),
            _ => false,
        };
        if !understood {
            self.unknown.push(token.to_owned());
        }
    }

    fn tokens(&self) -> Vec<String> {
        let mut tokens = self.unknown.clone();
        let flags = [(self.done, token::DONE), (self.start, token::START), (self.head, token::HEAD), (self.caption, token::CAPTION)];
        tokens.extend(flags.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name.to_owned()));
        let depths = [(token::INDENT, self.indent), (token::QUOTE, self.quote)];
        tokens.extend(depths.into_iter().filter(|(_, depth)| *depth > 0).map(|(name, depth)| format!("{name}={depth}")));
        tokens.extend(self.number.map(|number| format!("{}={number}", token::NUMBER)));
        tokens.extend(self.language.as_ref().map(|language| format!("{}={}", token::LANGUAGE, encode(language))));
        tokens.extend(self.cell.as_ref().map(|cell| format!("{}={cell}", token::CELL)));
        tokens.extend(self.callout.map(|sort| format!("{}={}", token::CALLOUT, sort.name())));
        tokens.extend(self.note.as_ref().map(|id| format!("{}={id}", token::NOTE)));
        tokens.extend(self.align.map(|align| format!("{}={}", token::ALIGN, align.name())));
        tokens.extend(self.width.map(|width| format!("{}={width}", token::WIDTH)));
        tokens.sort();
        tokens
    }
}

impl From<&str> for Block {
    fn from(string: &str) -> Self {
        let mut tokens: Vec<&str> = string.split(' ').filter(|token| !token.is_empty()).collect();
        if tokens.is_empty() {
            return Block::default();
        }
        let mut block = Block::new(Kind::named(tokens.remove(0)));
        tokens.sort();
        tokens.into_iter().for_each(|token| block.read(token));
        block
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        self.tokens().iter().try_for_each(|token| write!(f, " {token}"))
    }
}

/// Fills a field with a value that makes sense, unless an earlier token has filled it.
fn take<T: Default + PartialEq>(field: &mut T, value: Option<T>) -> bool {
    let Some(value) = value.filter(|_| *field == T::default()) else { return false };
    *field = value;
    true
}

/// A number in its one spelling: no sign, no leading zero.
fn canonical<T: FromStr + fmt::Display>(value: &str) -> Option<T> {
    value.parse().ok().filter(|number: &T| number.to_string() == value)
}

fn depth(value: &str) -> Option<u8> {
    canonical::<u8>(value).filter(|depth| (1..=MAX_DEPTH).contains(depth))
}

/// Percent-encodes what would end a token or be mistaken for an encoding.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for character in text.chars() {
        if character == ' ' || character == '%' || character.is_control() {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        } else {
            encoded.push(character);
        }
    }
    encoded
}

/// The inverse of [`encode`]; none for what `encode` never writes, so that it is kept as it is.
fn decode(value: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut ahead = value.as_bytes();
    while let [first, rest @ ..] = ahead {
        ahead = rest;
        bytes.push(*first);
        if *first == b'%' {
            let (digits, rest) = rest.split_at_checked(2)?;
            let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            *bytes.last_mut()? = byte;
            ahead = rest;
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty() && encode(&text) == value).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_string_says_what_it_is() {
        let block = Block::from("task done in=2 q=1");
        assert_eq!(block, Block { kind: Kind::Task, done: true, indent: 2, quote: 1, ..Block::default() });
        assert_eq!(Block::from("code lang=rust,ignore%20me start").language.as_deref(), Some("rust,ignore me"));
        assert_eq!(Block::from("ol n=7").number, Some(7));
        let cell = Cell { table: "t".to_owned(), row: "r1".to_owned(), column: "c-2".to_owned() };
        let named =
            Block { kind: Kind::Bullet, cell: Some(cell), head: true, width: Some(120), align: Some(Align::End), ..Block::default() };
        assert_eq!(Block::from("ul align=end cell=t.r1.c-2 head w=120"), named);
        assert_eq!(Block::from("p call=tip q=1").callout, Some(Callout::Tip));
        assert_eq!(Block::from("p call=faq q=1").unknown, ["call=faq"], "a sort of a newer version is a quote here");
        assert_eq!(Block::from("ul note=a-1").note.as_deref(), Some("a-1"));
        assert_eq!(Block::from("p note=a.b").note, None);
        assert_eq!(Block::from("p caption"), Block { caption: true, ..Block::default() });
        assert_eq!(Block::from("h4").kind, Kind::Heading(4));
        assert!(Block::from("").is_plain() && Block::from("p").is_plain());
    }

    #[test]
    fn a_line_that_becomes_something_else_keeps_what_is_not_known() {
        let was = Block::from("task done zoom=2 in=99 lang=");
        assert_eq!(Block::from("h1 q=1").with_unknown_of(&was).to_string(), "h1 q=1 zoom=2");
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same_block() {
        let languages = [None, Some("rust".to_owned()), Some("a b%\t\u{7f}é".to_owned())];
        for kind in Kind::ALL.into_iter().chain([Kind::Unknown("callout".to_owned())]) {
            for language in languages.clone() {
                for bits in 0..128_u8 {
                    let block = Block {
                        kind: kind.clone(),
                        indent: bits & 1,
                        quote: bits & 2,
                        done: bits & 4 != 0,
                        start: bits & 8 != 0,
                        number: (bits & 16 != 0).then_some(0),
                        language: language.clone(),
                        cell: (bits & 32 != 0).then(|| Cell::read("t.r.c").expect("three ids")),
                        head: bits & 64 != 0,
                        width: (bits & 64 != 0).then_some(40),
                        align: (bits & 32 != 0).then_some(Align::Center),
                        callout: (bits & 2 != 0).then_some(Callout::Caution),
                        note: (bits & 4 != 0).then(|| "n-1".to_owned()),
                        caption: bits & 8 != 0,
                        unknown: vec!["zoom".to_owned()],
                    };
                    assert_eq!(Block::from(block.to_string().as_str()), block);
                }
            }
        }
    }
}
