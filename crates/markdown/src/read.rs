//! Markdown to lines. The parser is comrak's; this walks its tree.
//!
//! The tree's containers become numbers on lines (see [`crate::nesting`]). Whatever a line cannot say makes the whole top-level block that
//! it stands in a `source` embed, or just the piece of text or the leaf where that is enough: an image, HTML, a table with a row that
//! is too long.

mod inline;
mod source;
mod table;

use comrak::{
    Arena, Node, Options,
    nodes::{ListType, NodeCodeBlock, NodeList, NodeValue},
    parse_document,
};
use sheaf_schema::{Block, Callout, Delta, Embed, Kind, MAX_DEPTH, Op, SOFT_BREAK, Value, embed};

use crate::{
    nesting::Nesting,
    said::{Said, is_label},
    tag,
};
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
    let mut reader = Reader { source: &source, nesting: Nesting::default(), lines: Vec::new(), tables: 0 };
    let mut next = 1;
    for node in document.children() {
        let place = node.data().sourcepos;
        reader.definitions(next, place.start.line);
        next = place.end.line + 1;
        let before = (reader.nesting.clone(), reader.lines.len());
        if nests_too_deep(node) || reader.block(node, &Inside::default()).is_err() {
            reader.nesting = before.0;
            reader.lines.truncate(before.1);
            reader.keep(source.whole_lines(place.start.line, place.end.line), &Inside::default());
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

/// A table of contents, alone in its paragraph.
pub(crate) const CONTENTS: &str = "[TOC]";

/// Whether a paragraph is a table of contents, unless its source is spelled otherwise.
fn is_contents<'a>(paragraph: Node<'a>) -> bool {
    let is_text = |node: Node<'a>| matches!(node.data().value, NodeValue::Text(_));
    paragraph.children().all(is_text) && paragraph.collect_text() == CONTENTS
}

/// The formula that a paragraph is, if it is nothing else.
fn formula<'a>(paragraph: Node<'a>) -> Option<String> {
    let only = paragraph.first_child().filter(|only| only.next_sibling().is_none())?;
    match &only.data().value {
        NodeValue::Math(math) if math.dollar_math && math.display_math => Some(math.literal.clone()),
        _ => None,
    }
}

/// Whether a paragraph begins with the sign of a caption, and what stands behind it.
fn without_caption_sign(mut content: Delta) -> (bool, Delta) {
    let is_sign = |op: &Op| matches!(op, Op::Embed { embed, attributes } if *embed == Embed::new(embed::SOURCE, tag::CAPTION) && attributes.is_empty());
    if content.ops.len() < 2 || !is_sign(&content.ops[0]) {
        return (false, content);
    }
    content.ops.remove(0);
    if let Some(Op::Insert { text, .. }) = content.ops.first_mut() {
        *text = text.trim_start_matches(' ').to_owned();
    }
    content.ops.retain(|op| op.length() > 0);
    (true, content)
}

/// What a block lies inside of.
#[derive(Clone, Default, PartialEq)]
struct Inside {
    quote: u8,
    indent: u8,
    /// What the outermost quote is about, if it is a callout.
    callout: Option<Callout>,
    note: Option<String>,
    /// How many lines had been read when the innermost quote began: its first line is that one.
    quote_began: usize,
}

struct Reader<'s, 'a> {
    source: &'s Source<'a>,
    nesting: Nesting,
    lines: Vec<Said>,
    /// How many tables have been read.
    tables: usize,
}

impl<'a> Reader<'_, 'a> {
    fn block(&mut self, node: Node<'a>, inside: &Inside) -> Result<(), Unsayable> {
        let value = node.data().value.clone();
        match value {
            NodeValue::BlockQuote => match self.alert(node) {
                Some(name) => self.callout(node, &name, inside),
                None => {
                    let inside = Inside { quote: inside.quote + 1, quote_began: self.lines.len(), ..inside.clone() };
                    node.children().try_for_each(|child| self.block(child, &inside))
                }
            },
            NodeValue::FootnoteDefinition(definition) => self.note(node, &definition.name, inside),
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
            NodeValue::Table(table) => match self.table(node, &table.alignments, inside) {
                Ok(()) => Ok(()),
                Err(Unsayable) => {
                    self.keep(self.source.block(node).ok_or(Unsayable)?, inside);
                    Ok(())
                }
            },
            NodeValue::Paragraph if let Some(formula) = formula(node) => {
                self.formula(&formula, inside);
                Ok(())
            }
            _ => match self.paragraph(node)? {
                Some(content) => {
                    let (caption, content) = without_caption_sign(content);
                    let block = Block { caption, ..self.block_of(Kind::Paragraph, inside) };
                    self.say_block(block, content, inside.quote_began == self.lines.len());
                    Ok(())
                }
                None => {
                    self.keep(self.source.block(node).ok_or(Unsayable)?, inside);
                    Ok(())
                }
            },
        }
    }

    /// What an alert or a callout names itself: `NOTE` of `> [!NOTE]`.
    fn alert(&self, quote: Node<'a>) -> Option<String> {
        let first = quote.first_child().filter(|first| matches!(first.data().value, NodeValue::Paragraph));
        let source = first.and_then(|first| self.source.block(first)).unwrap_or_default();
        let name = source.strip_prefix("[!").and_then(|rest| rest.split_once(']')).map(|(name, _)| name);
        name.filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())).map(str::to_owned)
    }

    /// A callout, when it is of a sort we know, has no title of its own, and holds something. Else it is kept.
    fn callout(&mut self, quote: Node<'a>, name: &str, inside: &Inside) -> Result<(), Unsayable> {
        let mut children = quote.children();
        let sort = Callout::named(name).filter(|_| inside.quote == 0);
        let first = children.next().and_then(|first| self.below_title(first, name));
        let holds = first.as_ref().is_some_and(|first| !first.is_empty()) || quote.children().nth(1).is_some();
        let (Some(sort), Some(first), true) = (sort, first, holds) else {
            self.keep(self.source.block(quote).ok_or(Unsayable)?, inside);
            return Ok(());
        };
        let inside = Inside { quote: 1, quote_began: self.lines.len(), callout: Some(sort), ..inside.clone() };
        if !first.is_empty() {
            self.say(Kind::Paragraph, first, &inside);
        }
        children.try_for_each(|child| self.block(child, &inside))
    }

    /// What a callout's first paragraph says below `[!NOTE]`, if that stands on a line of its own.
    fn below_title(&self, paragraph: Node<'a>, name: &str) -> Option<Delta> {
        let title = format!("[!{name}]");
        let source = self.source.block(paragraph)?;
        let mut content = inline::content(paragraph, self.source).ok().filter(|_| source.split('\n').next() == Some(&title))?;
        let Some(Op::Insert { text, attributes }) = content.ops.first_mut().filter(|_| !source.is_empty()) else { return None };
        let rest = text.strip_prefix(&title).filter(|_| attributes.is_empty())?;
        *text = rest.strip_prefix([' ', SOFT_BREAK]).unwrap_or(rest).to_owned();
        content.ops.retain(|op| op.length() > 0);
        Some(content)
    }

    /// A footnote's words. One that lies inside of something, or whose name can be no id, is kept.
    fn note(&mut self, node: Node<'a>, name: &str, inside: &Inside) -> Result<(), Unsayable> {
        let id = name.to_lowercase();
        if *inside != Inside::default() || !is_label(&id) {
            return Err(Unsayable);
        }
        let before = self.lines.len();
        let inside = Inside { note: Some(id), ..Inside::default() };
        node.children().try_for_each(|child| self.block(child, &inside))?;
        if self.lines.len() == before { Err(Unsayable) } else { Ok(()) }
    }

    /// What a paragraph says; none if the block is no paragraph. An embed that stands alone in our spelling is one.
    fn paragraph(&self, node: Node<'a>) -> Result<Option<Delta>, Unsayable> {
        match &node.data().value {
            NodeValue::Paragraph if is_contents(node) && self.source.block(node).as_deref() == Some(CONTENTS) => {
                Ok(Some(Delta::new().embed(Embed::new(embed::CONTENTS, Value::Bool(true)))))
            }
            NodeValue::Paragraph => inline::content(node, self.source).map(Some),
            NodeValue::HtmlBlock(html) => match tag::read(html.literal.trim_end()) {
                Some(tag::Tag::Embed(embed)) => Ok(Some(Delta::new().embed(embed))),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// An item: the paragraph next to its marker is its line, and what follows lies one deeper.
    fn item(&mut self, node: Node<'a>, list: NodeList, inside: &Inside) -> Result<(), Unsayable> {
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
        let inside = Inside { indent: inside.indent + 1, ..inside.clone() };
        children.try_for_each(|child| self.block(child, &inside))
    }

    fn code(&mut self, code: &NodeCodeBlock, inside: &Inside) {
        let language = Some(code.info.clone()).filter(|info| !info.is_empty());
        self.code_lines(language, code.literal.strip_suffix('\n').unwrap_or(&code.literal), inside);
    }

    /// A formula that is a block is code in TeX.
    fn formula(&mut self, formula: &str, inside: &Inside) {
        let text = formula.strip_prefix('\n').unwrap_or(formula);
        self.code_lines(Some(embed::MATH.to_owned()), text.strip_suffix('\n').unwrap_or(text), inside);
    }

    fn code_lines(&mut self, language: Option<String>, text: &str, inside: &Inside) {
        let block = Block { language, ..self.block_of(Kind::Code, inside) };
        for (index, line) in text.split('\n').enumerate() {
            self.say_block(block.clone(), Delta::new().insert(line), index == 0);
        }
    }

    fn block_of(&self, kind: Kind, inside: &Inside) -> Block {
        let Inside { quote, indent, callout, note, .. } = inside.clone();
        Block { quote, indent, callout, note, ..Block::new(kind) }
    }

    /// A line that is no item and no code: what may begin at it is its quote.
    fn say(&mut self, kind: Kind, content: Delta, inside: &Inside) {
        self.say_block(self.block_of(kind, inside), content, inside.quote_began == self.lines.len());
    }

    fn say_block(&mut self, mut block: Block, content: Delta, begins: bool) {
        block.start = begins && self.nesting.place(&block).continues;
        self.nesting.enter(&block, self.nesting.place(&block));
        self.lines.push(Said { block, content });
    }

    /// Keeps Markdown as it is.
    fn keep(&mut self, markdown: String, inside: &Inside) {
        self.say(Kind::Paragraph, Delta::new().embed(Embed::new(embed::SOURCE, markdown.as_str())), inside);
    }

    /// Keeps what stands between two top-level blocks: comrak makes no block of link definitions.
    fn definitions(&mut self, from: usize, to: usize) {
        for definitions in self.source.paragraphs_between(from, to) {
            self.keep(definitions, &Inside { quote_began: usize::MAX, ..Inside::default() });
        }
    }
}
