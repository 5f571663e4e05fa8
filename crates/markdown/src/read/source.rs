//! The Markdown as it was written, for what is kept as it is; and link definitions, of which comrak's tree says nothing.

use std::collections::BTreeMap;

use comrak::{
    Arena, Node,
    nodes::{NodeList, NodeValue},
    parse_document,
};
use sheaf_schema::{Op, Value, embed};

use super::options;
use crate::said::Said;

/// Markdown with every line ended by LF alone, the last one too (without it comrak overlooks some blocks), without a byte order mark,
/// and without NUL, which CommonMark replaces.
pub(super) fn prepared(markdown: &str) -> String {
    let markdown = markdown.strip_prefix('\u{FEFF}').unwrap_or(markdown);
    markdown.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}") + "\n"
}

/// A document's source, by line.
pub(super) struct Source<'a> {
    lines: Vec<&'a str>,
    /// The definitions of links (those outside of quotes and lists) and footnotes: what a piece cut out of the document may refer to.
    pub(super) definitions: String,
}

impl<'a> Source<'a> {
    pub(super) fn new<'n>(markdown: &'a str, document: Node<'n>) -> Source<'a> {
        let mut source = Source { lines: markdown.split('\n').collect(), definitions: String::new() };
        let mut definitions = Vec::new();
        let mut next = 1;
        for node in document.children() {
            let place = node.data().sourcepos;
            definitions.extend(source.paragraphs_between(next, place.start.line));
            next = place.end.line + 1;
        }
        definitions.extend(source.paragraphs_between(next, usize::MAX));
        let footnotes = document.descendants().filter(|node| matches!(node.data().value, NodeValue::FootnoteDefinition(_)));
        definitions.extend(footnotes.filter_map(|node| source.block(node)));
        source.definitions = definitions.join("\n\n");
        source
    }

    fn line(&self, number: usize) -> &'a str {
        self.lines.get(number.wrapping_sub(1)).copied().unwrap_or("")
    }

    /// Whole lines, by number, both ends included, without blank lines at the end.
    pub(super) fn whole_lines(&self, first: usize, last: usize) -> String {
        let lines: Vec<&str> = (first..=last).map(|number| self.line(number)).collect();
        lines.join("\n").trim_end_matches('\n').to_owned()
    }

    /// Runs of lines that are not blank, between two line numbers, the second not included.
    pub(super) fn paragraphs_between(&self, from: usize, to: usize) -> Vec<String> {
        let lines = &self.lines[(from - 1).min(self.lines.len())..(to - 1).min(self.lines.len())];
        let runs = lines.split(|line| line.trim().is_empty()).filter(|run| !run.is_empty());
        runs.map(|run| run.join("\n").trim_start().to_owned()).collect()
    }

    /// The source of a block without what its quotes and items put in front of its lines. None where that cannot be told apart.
    pub(super) fn block(&self, node: Node<'_>) -> Option<String> {
        let place = node.data().sourcepos;
        let mut containers: Vec<Container> = node.ancestors().skip(1).filter_map(container).collect();
        containers.reverse();
        let mut lines = vec![self.line(place.start.line).get(place.start.column - 1..)?];
        for number in place.start.line + 1..=place.end.line {
            lines.push(containers.iter().try_fold(self.line(number), |line, container| inside(line, container))?);
        }
        Some(lines.join("\n").trim_end_matches('\n').to_owned())
    }

    /// The source of a piece of text on one line.
    pub(super) fn piece(&self, node: Node<'_>) -> Option<&'a str> {
        let place = node.data().sourcepos;
        let is_one_line = place.start.line == place.end.line && place.start.column > 0;
        self.line(place.start.line).get(place.start.column - 1..place.end.column).filter(|_| is_one_line)
    }

    /// Whether a cell is none that stands there, but one that a short row lacks.
    pub(super) fn is_missing(&self, cell: Node<'_>) -> bool {
        let place = cell.data().sourcepos;
        let is_point = place.start.column == place.end.column && cell.first_child().is_none();
        is_point && self.line(place.start.line).as_bytes().get(place.start.column - 1).is_none_or(|byte| *byte == b'|')
    }

    /// Whether more stands in a table's row than its last cell: cells that no column is there for.
    pub(super) fn goes_on_after(&self, cell: Node<'_>) -> bool {
        let place = cell.data().sourcepos;
        let rest = self.line(place.start.line).get(place.end.column..).unwrap_or("");
        !rest.strip_prefix('|').unwrap_or(rest).trim().is_empty()
    }
}

/// What puts something in front of the lines of what it holds.
enum Container {
    Quote,
    /// An item, with what its list says about its width.
    Item(NodeList),
    Note,
}

fn container(node: Node<'_>) -> Option<Container> {
    match &node.data().value {
        NodeValue::BlockQuote => Some(Container::Quote),
        NodeValue::Item(list) => Some(Container::Item(*list)),
        NodeValue::TaskItem(_) => match node.parent().map(|parent| parent.data().value.clone()) {
            Some(NodeValue::List(list)) => Some(Container::Item(list)),
            _ => None,
        },
        NodeValue::FootnoteDefinition(_) => Some(Container::Note),
        _ => None,
    }
}

/// What a line says inside of a container.
fn inside<'l>(line: &'l str, container: &Container) -> Option<&'l str> {
    /// The margin of a footnote's further lines.
    const NOTE: usize = 4;
    let width = match container {
        Container::Quote => {
            let quoted = line.trim_start_matches(' ').strip_prefix('>')?;
            return Some(quoted.strip_prefix(' ').unwrap_or(quoted));
        }
        _ if line.trim().is_empty() => return Some(""),
        Container::Item(list) => list.marker_offset + list.padding,
        Container::Note => NOTE,
    };
    line.get(..width).filter(|margin| margin.bytes().all(|byte| byte == b' ')).map(|_| &line[width..])
}

/// Link definitions at the beginning of a paragraph are put into a paragraph of their own, where comrak's positions can be trusted. None
/// if there are none.
pub(super) fn with_definitions_apart(markdown: &str) -> Option<String> {
    if !markdown.contains("]:") {
        return None;
    }
    let arena = Arena::new();
    let document = parse_document(&arena, markdown, &options());
    let mut lines: Vec<String> = markdown.split('\n').map(str::to_owned).collect();
    let mut found = false;
    for node in document.children().filter(|node| matches!(node.data().value, NodeValue::Paragraph | NodeValue::Heading(_))) {
        let place = node.data().sourcepos;
        let paragraph = &mut lines[place.start.line - 1..place.end.line];
        let defining = definitions_at_top(paragraph);
        if (1..paragraph.len()).contains(&defining) {
            paragraph[defining - 1].push('\n');
            found = true;
        }
    }
    found.then(|| lines.join("\n"))
}

/// How many lines at the top of a paragraph are link definitions.
fn definitions_at_top(lines: &[String]) -> usize {
    /// An address and a title may stand on lines of their own.
    const LONGEST: usize = 4;
    let mut defining = 0;
    while lines.get(defining).is_some_and(|line| line.trim_start().starts_with('[')) {
        let mut ends = defining + 1..lines.len().min(defining + LONGEST) + 1;
        let Some(end) = ends.rfind(|end| says_nothing(&lines[defining..*end].join("\n"))) else { break };
        defining = end;
    }
    defining
}

/// Whether Markdown is definitions alone.
fn says_nothing(markdown: &str) -> bool {
    let arena = Arena::new();
    parse_document(&arena, &format!("{markdown}\n"), &options()).first_child().is_none()
}

/// Drops the definitions that only links refer to, since every link says its own address. One that nothing refers to is kept, and so is
/// one that something kept refers to.
pub(super) fn without_used_definitions(mut lines: Vec<Said>, source: &Source<'_>) -> Vec<Said> {
    if source.definitions.contains("]:") {
        let written = mentions(source.lines.iter().copied());
        let kept = mentions(lines.iter().flat_map(|said| &said.content.ops).filter_map(kept_source));
        let is_used = |label: String| kept.get(&label) == Some(&1) && written.get(&label).is_some_and(|count| *count > 1);
        lines.retain(|said| {
            let labels = said.source().map(labels).unwrap_or_default();
            labels.is_empty() || !labels.into_iter().all(is_used)
        });
    }
    lines
}

fn kept_source(op: &Op) -> Option<&str> {
    match op {
        Op::Embed { embed, .. } if embed.kind == embed::SOURCE => match &embed.value {
            Value::Text(markdown) => Some(markdown),
            _ => None,
        },
        _ => None,
    }
}

/// The labels that a run of link definitions defines; none if it is anything else.
fn labels(markdown: &str) -> Vec<String> {
    if !says_nothing(markdown) {
        return Vec::new();
    }
    let label = |line: &str| Some(normal(line.trim_start().strip_prefix('[')?.split_once("]:")?.0));
    markdown.split('\n').filter_map(label).collect()
}

/// How often each label is mentioned between brackets that are not escaped.
fn mentions<'t>(texts: impl Iterator<Item = &'t str>) -> BTreeMap<String, usize> {
    let mut mentions = BTreeMap::new();
    for text in texts {
        let mut opened = None;
        let mut escaped = false;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'[' if !escaped => opened = Some(at + 1),
                b']' if !escaped => {
                    let label = opened.take().map(|start: usize| normal(&text[start..at]));
                    label.into_iter().for_each(|label| *mentions.entry(label).or_default() += 1);
                }
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
        }
    }
    mentions
}

/// A label as labels are compared.
fn normal(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
