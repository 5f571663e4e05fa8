//! Markdown to lines. The parser is comrak's; this walks its tree.
//!
//! The tree's containers become numbers on lines (see [`crate::nesting`]). Whatever a line cannot say makes the whole top-level block that
//! it stands in a `source` embed, or just the piece of text or the leaf where that is enough: a table, an image, a footnote, HTML, math.

mod inline;
mod source;

use comrak::{
    Arena, Node, Options,
    nodes::{ListType, NodeCodeBlock, NodeList, NodeValue},
    parse_document,
};
use sheaf_schema::{Block, Delta, Embed, Kind, MAX_DEPTH, embed};

use crate::{nesting::Nesting, said::Said, tag};
use source::Source;

/// A part of the tree says what no line can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unsayable;

/// The Markdown we read: CommonMark, GitHub's tables, tasks, strikethrough and footnotes, highlights, math, front matter. Bare addresses
/// stay text. (Alerts are found here: comrak's looking for them takes quadratic time.)
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.highlight = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.front_matter_delimiter = Some("---".to_owned());
    options.parse.leave_footnote_definitions = true;
    options
}

/// The lines that Markdown says.
pub(crate) fn lines(markdown: &str) -> Vec<Said> {
    let markdown = source::prepared(markdown);
    let markdown = source::with_definitions_apart(&markdown).unwrap_or(markdown);
    let arena = Arena::new();
    let document = parse_document(&arena, &markdown, &options());
    let source = Source::new(&markdown, document);
    let mut reader = Reader { source: &source, nesting: Nesting::default(), lines: Vec::new() };
    let mut next = 1;
    for node in document.children() {
        let place = node.data().sourcepos;
        reader.definitions(next, place.start.line);
        next = place.end.line + 1;
        let before = (reader.nesting.clone(), reader.lines.len());
        if nests_too_deep(node) || reader.block(node, Inside::default()).is_err() {
            reader.nesting = before.0;
            reader.lines.truncate(before.1);
            reader.keep(source.whole_lines(place.start.line, place.end.line), Inside::default());
        }
    }
    reader.definitions(next, usize::MAX);
    source::without_used_definitions(reader.lines, &source)
}

/// How many blocks Markdown is, outside of one another.
pub(crate) fn blocks(markdown: &str) -> usize {
    let arena = Arena::new();
    parse_document(&arena, markdown, &options()).children().count()
}

/// Whether quotes and items nest deeper than lines can say. Looked at without recursion: after this, recursion is bounded.
fn nests_too_deep<'a>(node: Node<'a>) -> bool {
    let is_container = |node: Node<'a>| matches!(node.data().value, NodeValue::BlockQuote | NodeValue::Item(_) | NodeValue::TaskItem(_));
    let mut depth = 0_usize;
    node.traverse().any(|edge| {
        match edge {
            comrak::arena_tree::NodeEdge::Start(node) if is_container(node) => depth += 1,
            comrak::arena_tree::NodeEdge::End(node) if is_container(node) => depth -= 1,
            _ => {}
        }
        depth > usize::from(MAX_DEPTH)
    })
}

/// What a block lies inside of.
#[derive(Clone, Copy, Default)]
struct Inside {
    quote: u8,
    indent: u8,
    /// How many lines had been read when the innermost quote began: its first line is that one.
    quote_began: usize,
}

struct Reader<'s, 'a> {
    source: &'s Source<'a>,
    nesting: Nesting,
    lines: Vec<Said>,
}

impl<'a> Reader<'_, 'a> {
    fn block(&mut self, node: Node<'a>, inside: Inside) -> Result<(), Unsayable> {
        let value = node.data().value.clone();
        match value {
            NodeValue::BlockQuote if self.is_alert(node) => {
                self.keep(self.source.block(node).ok_or(Unsayable)?, inside);
                Ok(())
            }
            NodeValue::BlockQuote => {
                let inside = Inside { quote: inside.quote + 1, quote_began: self.lines.len(), ..inside };
                node.children().try_for_each(|child| self.block(child, inside))
            }
            NodeValue::List(list) => node.children().try_for_each(|item| self.item(item, list, inside)),
            NodeValue::CodeBlock(code) => {
                self.code(&code, inside);
                Ok(())
            }
            NodeValue::Heading(heading) => {
                let content = inline::content(node, self.source)?;
                self.say(Kind::Heading(heading.level), content, inside);
                Ok(())
            }
            NodeValue::ThematicBreak => {
                self.say(Kind::Divider, Delta::new(), inside);
                Ok(())
            }
            _ => match self.paragraph(node)? {
                Some(content) => {
                    self.say(Kind::Paragraph, content, inside);
                    Ok(())
                }
                None => {
                    self.keep(self.source.block(node).ok_or(Unsayable)?, inside);
                    Ok(())
                }
            },
        }
    }

    /// Whether a quote is an alert or a callout: `> [!NOTE]`.
    fn is_alert(&self, quote: Node<'a>) -> bool {
        let first = quote.first_child().filter(|first| matches!(first.data().value, NodeValue::Paragraph));
        let source = first.and_then(|first| self.source.block(first)).unwrap_or_default();
        let name = source.strip_prefix("[!").and_then(|rest| rest.split_once(']')).map(|(name, _)| name);
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()))
    }

    /// What a paragraph says; none if the block is no paragraph. An embed that stands alone in our spelling is one.
    fn paragraph(&self, node: Node<'a>) -> Result<Option<Delta>, Unsayable> {
        match &node.data().value {
            NodeValue::Paragraph => inline::content(node, self.source).map(Some),
            NodeValue::HtmlBlock(html) => match tag::read(html.literal.trim_end()) {
                Some(tag::Tag::Embed(embed)) => Ok(Some(Delta::new().embed(embed))),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// An item: the paragraph next to its marker is its line, and what follows lies one deeper.
    fn item(&mut self, node: Node<'a>, list: NodeList, inside: Inside) -> Result<(), Unsayable> {
        let task = match node.data().value {
            NodeValue::TaskItem(task) => Some(task.symbol.is_some()),
            _ => None,
        };
        let is_first = node.previous_sibling().is_none();
        let kind = match (list.list_type, task) {
            (ListType::Bullet, None) => Kind::Bullet,
            (ListType::Bullet, Some(_)) => Kind::Task,
            (ListType::Ordered, None) => Kind::Ordered,
            (ListType::Ordered, Some(_)) => return Err(Unsayable),
        };
        let number = u32::try_from(list.start).ok().filter(|start| is_first && kind == Kind::Ordered && *start != 1);
        let block = Block { number, done: task == Some(true), ..self.block_of(kind, inside) };
        let mut children = node.children().peekable();
        let content = match children.peek() {
            Some(child) if child.data().sourcepos.start.line == node.data().sourcepos.start.line => self.paragraph(child)?,
            _ => None,
        };
        if content.is_some() {
            children.next();
        }
        self.say_block(block, content.unwrap_or_default(), is_first);
        let inside = Inside { indent: inside.indent + 1, ..inside };
        children.try_for_each(|child| self.block(child, inside))
    }

    fn code(&mut self, code: &NodeCodeBlock, inside: Inside) {
        let language = Some(code.info.clone()).filter(|info| !info.is_empty());
        let block = Block { language, ..self.block_of(Kind::Code, inside) };
        let text = code.literal.strip_suffix('\n').unwrap_or(&code.literal);
        for (index, line) in text.split('\n').enumerate() {
            self.say_block(block.clone(), Delta::new().insert(line), index == 0);
        }
    }

    fn block_of(&self, kind: Kind, inside: Inside) -> Block {
        Block { quote: inside.quote, indent: inside.indent, ..Block::new(kind) }
    }

    /// A line that is no item and no code: what may begin at it is its quote.
    fn say(&mut self, kind: Kind, content: Delta, inside: Inside) {
        self.say_block(self.block_of(kind, inside), content, inside.quote_began == self.lines.len());
    }

    fn say_block(&mut self, mut block: Block, content: Delta, begins: bool) {
        block.start = begins && self.nesting.place(&block).continues;
        self.nesting.enter(&block, self.nesting.place(&block));
        self.lines.push(Said { block, content });
    }

    /// Keeps Markdown as it is.
    fn keep(&mut self, markdown: String, inside: Inside) {
        self.say(Kind::Paragraph, Delta::new().embed(Embed::new(embed::SOURCE, markdown.as_str())), inside);
    }

    /// Keeps what stands between two top-level blocks: comrak makes no block of link definitions.
    fn definitions(&mut self, from: usize, to: usize) {
        for definitions in self.source.paragraphs_between(from, to) {
            self.keep(definitions, Inside { quote_began: usize::MAX, ..Inside::default() });
        }
    }
}
