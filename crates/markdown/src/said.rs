//! Lines as Markdown can say them: the one form that reading makes and writing takes.

use std::ops::Range;

use sheaf_schema::{Attributes, Block, Delta, Kind, Line, MARKS, Op, SOFT_BREAK, Scalar, Value, embed};

use crate::{cells, nesting::Nesting};

/// The largest number that a list in Markdown can begin with.
const MAX_NUMBER: u32 = 999_999_999;

/// A line, and nothing in it but what Markdown can say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) block: Block,
    pub(crate) content: Delta,
}

impl Said {
    /// The value of the line's source embed, if it holds nothing else: Markdown of its own. In a cell it is words among words.
    pub(crate) fn source(&self) -> Option<&str> {
        match self.content.ops.as_slice() {
            _ if self.block.cell.is_some() => None,
            [Op::Embed { embed, attributes }] if embed.kind == embed::SOURCE && attributes.is_empty() => match &embed.value {
                Value::Text(markdown) if self.block.kind == Kind::Paragraph => Some(markdown),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the line holds one embed and nothing else. Spelled as a tag, it is a block of HTML, which goes on to the next blank line.
    pub(crate) fn is_embed(&self) -> bool {
        matches!(self.content.ops.as_slice(), [Op::Embed { .. }])
    }
}

/// A line of a body as Markdown shows it.
#[derive(Debug, Clone)]
pub(crate) struct Visible {
    /// Which of the body's lines it is.
    pub(crate) index: usize,
    pub(crate) said: Said,
    /// Units of blanks at the line's beginning and end, which are not shown.
    pub(crate) blanks: (usize, usize),
}

/// The lines of a body that Markdown can show, each as it can show it. What it cannot is left out: empty paragraphs outside of tables,
/// blanks at the edges of lines, unknown kinds, tokens and marks, indents under nothing. Character for character the rest is what it was.
pub(crate) fn visible(lines: &[Line]) -> Vec<Visible> {
    let mut all = Nesting::default();
    let mut shown = Nesting::default();
    let mut visible = Vec::<Visible>::new();
    let blocks: Vec<Block> = lines.iter().map(|line| Block::from(line.block())).collect();
    let mut index = 0;
    while index < lines.len() {
        let length = cells::run(blocks[index..].iter());
        if length > 0 && !cells::are_too_many(&blocks[index..index + length]) {
            visible.extend(table(lines, &blocks, index..index + length, &mut all, &mut shown));
            index += length;
            continue;
        }
        for index in index..index + length.max(1) {
            let (mut said, blanks) = drawn(&lines[index], blocks[index].clone());
            let place = all.place(&said.block);
            said.block.indent = place.indent;
            all.enter(&said.block, place);
            if said.content.is_empty() && said.block.kind == Kind::Paragraph {
                continue;
            }
            said.block = sayable_block(said.block, place.continues, &shown);
            shown.enter(&said.block, shown.place(&said.block));
            visible.push(Visible { index, said, blanks });
        }
        index += length.max(1);
    }
    visible
}

/// The lines of a table. All of them are shown, empty ones too: they keep rows and columns apart.
fn table<'l>(
    lines: &'l [Line],
    blocks: &[Block],
    range: Range<usize>,
    all: &mut Nesting,
    shown: &mut Nesting,
) -> impl Iterator<Item = Visible> + use<'l> {
    let (said, blanks): (Vec<Said>, Vec<(usize, usize)>) = range.clone().map(|index| drawn(&lines[index], blocks[index].clone())).unzip();
    let outer = cells::outer(said.iter().map(|line| &line.block));
    let placed = cells::placed(&outer, all, shown);
    let said = cells::sayable(said, &outer, &placed);
    range.zip(said).zip(blanks).map(|((index, said), blanks)| Visible { index, said, blanks })
}

/// A line with the kind and the words that it is shown with, and the blanks at the words' edges.
fn drawn(line: &Line, mut block: Block) -> (Said, (usize, usize)) {
    let (content, blanks) = sayable(&line.content, block.kind == Kind::Code);
    if !Kind::ALL.contains(&block.kind) || (block.kind == Kind::Divider && !content.is_empty()) {
        block.kind = Kind::Paragraph;
    }
    block.callout = block.callout.filter(|_| block.quote > 0);
    block.note = block.note.filter(|id| is_label(id));
    let mut said = Said { block, content };
    // Markdown of its own has no caption's sign in front of it.
    said.block.caption = said.block.caption && said.block.kind == Kind::Paragraph && said.source().is_none();
    (said, blanks)
}

/// The block with the tokens that matter on it and no others. What begins anew says so where the lines shown above would have it go on.
pub(crate) fn sayable_block(block: Block, continues: bool, shown: &Nesting) -> Block {
    let kind = block.kind.clone();
    let goes_on = shown.place(&Block { start: false, ..block.clone() }).continues;
    let number = block.number.filter(|number| kind == Kind::Ordered && !continues && *number != 1 && *number <= MAX_NUMBER);
    let language = block.language.filter(|_| kind == Kind::Code);
    let done = block.done && kind == Kind::Task;
    let start = goes_on && !continues;
    let Block { indent, quote, callout, note, caption, .. } = block;
    Block { kind, indent, quote, done, start, number, language, callout, note, caption, ..Block::default() }
}

/// Whether a footnote's id can be its label in Markdown, where labels that differ in case are one.
pub(crate) fn is_label(id: &str) -> bool {
    sheaf_schema::is_id(id) && !id.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// A line's content with what Markdown can say, and the blanks at its edges that were left out. In code nothing is marked, and an embed is
/// a character.
pub(crate) fn sayable(content: &Delta, is_code: bool) -> (Delta, (usize, usize)) {
    let mut pieces: Vec<Op> = content.ops.iter().flat_map(|op| if is_code { vec![as_code(op)] } else { sayable_pieces(op) }).collect();
    let mut blanks = (0, 0);
    if !is_code {
        blanks = (trim(&mut pieces, Edge::Start), trim(&mut pieces, Edge::End));
        for mark in ["bold", "italic"] {
            loosen(&mut pieces, mark);
        }
    }
    let mut sayable = Delta::new();
    pieces.into_iter().for_each(|piece| sayable.push(piece));
    (sayable, blanks)
}

fn as_code(op: &Op) -> Op {
    let text = match op {
        Op::Insert { text, .. } => without_controls(text),
        _ => "\u{FFFC}".to_owned(),
    };
    Op::Insert { text, attributes: Attributes::new() }
}

/// NUL is no character in Markdown, and a carriage return ends a line there. (Bodies hold neither.)
fn without_controls(text: &str) -> String {
    text.replace('\0', "\u{FFFD}").replace('\r', " ")
}

/// Splits an operation into blanks, breaks, and what is between, each with the marks that Markdown can put on it.
fn sayable_pieces(op: &Op) -> Vec<Op> {
    let mut marks = Attributes::new();
    for (name, mark) in MARKS {
        let value = op.attributes().and_then(|attributes| attributes.get(name)).filter(|value| mark.knows(value));
        marks.extend(value.filter(|value| is_sayable(value)).map(|value| (name.to_owned(), value.clone())));
    }
    let without_code = || marks.clone().into_iter().filter(|(name, _)| name != "code").collect::<Attributes>();
    let Op::Insert { text, .. } = op else {
        let Op::Embed { embed, .. } = op else { return Vec::new() };
        return vec![Op::Embed { embed: embed.clone(), attributes: without_code() }];
    };
    let text = without_controls(text);
    let class = |character: char| (character == SOFT_BREAK, is_blank(character));
    let mut pieces = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let length = text[start..].find(|next| class(next) != class(first)).unwrap_or(text.len() - start);
        let attributes = if first == SOFT_BREAK { without_code() } else { marks.clone() };
        pieces.push(Op::Insert { text: text[start..start + length].to_owned(), attributes });
        start += length;
    }
    pieces
}

/// An address may hold anything but what Markdown takes for the address's end or not for a character.
fn is_sayable(value: &Scalar) -> bool {
    value.as_text().is_none_or(|text| text.trim() == text && !text.contains(char::is_control))
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{B}' | '\u{C}')
}

/// Whether a piece is blanks that no mark makes visible at the edge of a line. Blanks in code are code.
fn is_blank_piece(piece: &Op) -> bool {
    matches!(piece, Op::Insert { text, attributes } if text.chars().all(is_blank) && !attributes.contains_key("code"))
}

#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}

/// Takes the blanks off an edge and says how many units they were.
fn trim(pieces: &mut Vec<Op>, edge: Edge) -> usize {
    let mut trimmed = 0;
    loop {
        let index = match edge {
            Edge::Start => 0,
            Edge::End => pieces.len().wrapping_sub(1),
        };
        match pieces.get(index) {
            Some(piece) if is_blank_piece(piece) => trimmed += pieces.remove(index).length(),
            _ => return trimmed,
        }
    }
}

/// Takes a mark that cannot be seen on blanks off the blanks and breaks at the edges of what it marks.
fn loosen(pieces: &mut [Op], mark: &str) {
    let is_marked = |piece: &Op| piece.attributes().is_some_and(|attributes| attributes.contains_key(mark));
    let is_space = |piece: &Op| is_blank_piece(piece) || matches!(piece, Op::Insert { text, .. } if text.starts_with(SOFT_BREAK));
    for backwards in [false, true] {
        let mut at_edge = true;
        for step in 0..pieces.len() {
            let index = if backwards { pieces.len() - 1 - step } else { step };
            let marked = is_marked(&pieces[index]);
            at_edge = !marked || (at_edge && is_space(&pieces[index]));
            if marked
                && at_edge
                && let Op::Insert { attributes, .. } = &mut pieces[index]
            {
                attributes.remove(mark);
            }
        }
    }
}
