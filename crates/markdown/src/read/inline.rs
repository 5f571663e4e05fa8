//! What stands on a line: text, marks, breaks, embeds.
//!
//! The tree is first told as a flat row of tokens, so that no depth of nesting can overflow the stack; then tags of HTML that mean marks
//! are matched in it; then the marks that hold are put on each piece.

use comrak::{Arena, Node, arena_tree::NodeEdge, nodes::NodeValue, parse_document};
use sheaf_schema::{Attributes, Block, COLOURS, Delta, Embed, Kind, Op, SOFT_BREAK, Scalar, embed};

use super::{Source, Unsayable, options};
use crate::{
    said::{is_label, sayable},
    tag::{self, Tag},
};

enum Token {
    Open(&'static str, Scalar),
    /// Ends the innermost mark.
    Close,
    Text(String),
    Code(String),
    Html(String),
    Source(String),
    Embed(Embed),
}

/// What a paragraph or heading says.
pub(super) fn content<'a>(block: Node<'a>, source: &Source<'_>) -> Result<Delta, Unsayable> {
    let mut tokens = tokens(block, source)?;
    match_tags(&mut tokens);
    Ok(said(tokens))
}

/// What a cell says.
pub(super) struct Cell {
    /// How wide its column is, if it says so.
    pub(super) width: Option<u16>,
    /// Its lines. None, if nothing is in it.
    pub(super) lines: Vec<(Block, Delta)>,
}

/// What a cell of a table says. Lines begin with tags, but for the first that is a paragraph.
pub(super) fn cell<'a>(cell: Node<'a>, source: &Source<'_>, is_header: bool) -> Result<Cell, Unsayable> {
    let mut tokens = tokens(cell, source)?;
    match_tags(&mut tokens);
    let mut read = Cell { width: None, lines: Vec::new() };
    if let Some(Token::Html(html)) = tokens.first().filter(|_| is_header) {
        read.width = tag::read_column(html);
        tokens.drain(..usize::from(read.width.is_some()));
    }
    let mut depth = 0_usize;
    let mut begun = None;
    let mut line = Vec::new();
    for token in tokens {
        let tag = match &token {
            Token::Html(html) if depth == 0 => tag::read_line(html),
            _ => None,
        };
        match &token {
            Token::Open(..) => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        match tag {
            Some(block) => read.add(begun.replace(block), std::mem::take(&mut line)),
            None => line.push(token),
        }
    }
    read.add(begun, line);
    Ok(read)
}

impl Cell {
    fn add(&mut self, begun: Option<Block>, tokens: Vec<Token>) {
        let content = said(tokens);
        if begun.is_some() || !content.is_empty() {
            let mut block = begun.unwrap_or_default();
            let is_code = block.kind == Kind::Code;
            let content = sayable(&if is_code { Delta::new().insert(content.text()) } else { content }, is_code).0;
            if block.kind == Kind::Divider && !content.is_empty() {
                block.kind = Kind::Paragraph;
            }
            self.lines.push((block, content));
        }
    }
}

/// Tokens with the marks that hold on each piece.
fn said(tokens: Vec<Token>) -> Delta {
    let mut content = Delta::new();
    let mut marks = Attributes::new();
    // Each mark that has begun, with what it hides of an outer one.
    let mut begun: Vec<(&'static str, Option<Scalar>)> = Vec::new();
    for token in tokens {
        match token {
            Token::Open(name, value) => begun.push((name, marks.insert(name.to_owned(), value))),
            Token::Close => match begun.pop() {
                Some((name, Some(outer))) => drop(marks.insert(name.to_owned(), outer)),
                Some((name, None)) => drop(marks.remove(name)),
                None => {}
            },
            Token::Text(text) => content.push(Op::Insert { text, attributes: marks.clone() }),
            Token::Code(text) => {
                let mut attributes = marks.clone();
                attributes.insert("code".to_owned(), true.into());
                content.push(Op::Insert { text, attributes });
            }
            Token::Html(html) => content.push(html_piece(html, &marks)),
            Token::Source(markdown) => content.push(kept(&markdown, &marks)),
            Token::Embed(embed) => content.push(Op::Embed { embed, attributes: marks.clone() }),
        }
    }
    content
}

fn kept(markdown: &str, attributes: &Attributes) -> Op {
    Op::Embed { embed: Embed::new(embed::SOURCE, markdown), attributes: attributes.clone() }
}

/// A tag that is no mark.
fn html_piece(html: String, attributes: &Attributes) -> Op {
    match tag::read(&html) {
        Some(Tag::Break) => Op::Insert { text: SOFT_BREAK.to_string(), attributes: attributes.clone() },
        Some(Tag::Embed(embed)) => Op::Embed { embed, attributes: attributes.clone() },
        Some(Tag::Open { .. } | Tag::Close { .. }) | None => kept(&html, attributes),
    }
}

fn tokens<'a>(block: Node<'a>, source: &Source<'_>) -> Result<Vec<Token>, Unsayable> {
    let mut tokens = Vec::new();
    // Inside of a piece that is kept whole.
    let mut kept: Option<Node<'a>> = None;
    for edge in block.traverse() {
        match edge {
            NodeEdge::Start(node) if kept.is_none() && !node.same_node(block) => {
                let token = token(node, source)?;
                if matches!(token, Some(Token::Source(_) | Token::Embed(_))) {
                    kept = Some(node);
                }
                tokens.extend(token);
            }
            NodeEdge::End(node) if kept.is_some_and(|kept| kept.same_node(node)) => kept = None,
            NodeEdge::End(node) if kept.is_none() && mark(&node.data().value).is_some() => tokens.push(Token::Close),
            _ => {}
        }
    }
    Ok(tokens)
}

/// The mark that a node puts on what it holds.
fn mark(value: &NodeValue) -> Option<(&'static str, Scalar)> {
    match value {
        NodeValue::Strong => Some(("bold", true.into())),
        NodeValue::Emph => Some(("italic", true.into())),
        NodeValue::Strikethrough => Some(("strike", true.into())),
        NodeValue::Highlight => Some(("background", COLOURS[0].name.into())),
        NodeValue::Link(link) => Some(("link", link.url.as_str().into())),
        _ => None,
    }
}

/// What a node says as it begins; nothing, if it says it by what it holds.
fn token<'a>(node: Node<'a>, source: &Source<'_>) -> Result<Option<Token>, Unsayable> {
    let value = node.data().value.clone();
    let token = match &value {
        NodeValue::Text(text) => Token::Text(text.to_string()),
        NodeValue::SoftBreak => Token::Text(" ".to_owned()),
        NodeValue::LineBreak => Token::Text(SOFT_BREAK.to_string()),
        NodeValue::Code(code) => Token::Code(code.literal.clone()),
        NodeValue::HtmlInline(html) => Token::Html(html.clone()),
        NodeValue::Math(math) => match (math.dollar_math, math.display_math) {
            (true, true) => Token::Source(format!("$${}$$", math.literal)),
            (true, false) => Token::Embed(Embed::new(embed::FORMULA, math.literal.replace('\n', " ").as_str())),
            (false, _) => Token::Source(format!("$`{}`$", math.literal)),
        },
        NodeValue::FootnoteReference(note) if is_label(&note.name.to_lowercase()) => {
            Token::Embed(Embed::new(embed::FOOTNOTE, note.name.to_lowercase().as_str()))
        }
        NodeValue::Link(link) if link.title.is_empty() && !link.url.is_empty() && node.first_child().is_some() => {
            return Ok(mark(&value).map(|(name, value)| Token::Open(name, value)));
        }
        NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::FootnoteReference(_) => Token::Source(cut_out(node, source)?),
        _ => return mark(&value).map(|(name, value)| Some(Token::Open(name, value))).ok_or(Unsayable),
    };
    Ok(Some(token))
}

/// The source of a piece, if it says the same when it stands alone. (comrak's positions inside of text are not always right.)
fn cut_out<'a>(node: Node<'a>, source: &Source<'_>) -> Result<String, Unsayable> {
    let piece = source.piece(node).ok_or(Unsayable)?;
    let arena = Arena::new();
    let document = parse_document(&arena, &format!("{piece}\n\n{}\n", source.definitions), &options());
    let paragraph = document.first_child().ok_or(Unsayable)?;
    let alone = paragraph.first_child().filter(|alone| alone.next_sibling().is_none()).ok_or(Unsayable)?;
    let is_same = match (&alone.data().value, &node.data().value) {
        (NodeValue::FootnoteReference(one), NodeValue::FootnoteReference(other)) => one.name == other.name,
        (one, other) => one == other,
    };
    if is_same && alone.collect_text() == node.collect_text() { Ok(piece.to_owned()) } else { Err(Unsayable) }
}

/// Turns tags that mean marks into marks, where one that opens and one that closes stand in the same node and do not cross others.
/// What stays is no mark.
fn match_tags(tokens: &mut [Token]) {
    enum Opened {
        Node,
        Tag { at: usize, name: &'static str },
    }
    let mut opened = Vec::<Opened>::new();
    for at in 0..tokens.len() {
        match &tokens[at] {
            Token::Open(..) => opened.push(Opened::Node),
            Token::Close => while let Some(Opened::Tag { .. }) = opened.pop() {},
            Token::Html(html) => match tag::read(html) {
                Some(Tag::Open { name, .. }) => opened.push(Opened::Tag { at, name }),
                Some(Tag::Close { name: closed }) => {
                    let tags = opened.iter().rev().take_while(|opened| matches!(opened, Opened::Tag { .. }));
                    let Some(crossed) = tags.into_iter().position(|tag| matches!(tag, Opened::Tag { name, .. } if *name == closed)) else {
                        continue;
                    };
                    opened.truncate(opened.len() - crossed);
                    let Some(Opened::Tag { at: begin, .. }) = opened.pop() else { continue };
                    marry(tokens, begin, at);
                }
                Some(Tag::Break | Tag::Embed(_)) | None => {}
            },
            Token::Text(_) | Token::Code(_) | Token::Source(_) | Token::Embed(_) => {}
        }
    }
}

/// The tags at two places become a mark on what stands between them, if anything does.
fn marry(tokens: &mut [Token], begin: usize, end: usize) {
    let Token::Html(html) = &tokens[begin] else { return };
    let Some(Tag::Open { mark, value, .. }) = tag::read(html) else { return };
    if begin + 1 < end {
        tokens[begin] = Token::Open(mark, value);
        tokens[end] = Token::Close;
    }
}
