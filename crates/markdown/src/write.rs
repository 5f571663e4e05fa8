//! Lines to Markdown: markers, margins and the blank lines between. What stands on a line is [`spell`]'s.

mod escape;
mod spell;
mod table;

use std::{borrow::Cow, collections::BTreeSet};

use sheaf_schema::{Block, Delta, Embed, Kind, embed};

use crate::{
    cells,
    nesting::{Nesting, Place},
    read,
    said::{Said, Visible},
    tag,
};
use spell::Speller;

/// A container around the line being written.
struct Margin {
    /// What stands in front of the container's further lines.
    text: String,
    /// Of an item: how its list numbers or marks items.
    list: Option<List>,
}

#[derive(Clone, Copy)]
struct List {
    number: u32,
    /// Whether it has the other marker, so that it is not taken for a part of the list before it.
    other: bool,
}

/// Writes lines as a page of Markdown.
pub(crate) fn page(lines: &[Visible]) -> String {
    // What had to be wrapped into a tag defines nothing: where that changes the meaning of other lines, they are spelled again.
    let mut wrapped = BTreeSet::new();
    loop {
        let mut writer = Writer::new(Speller::for_page(lines, &wrapped));
        writer.lines(lines);
        if writer.wrapped.is_subset(&wrapped) {
            return without_front_matter(lines, writer.out);
        }
        wrapped.append(&mut writer.wrapped);
    }
}

struct Writer {
    speller: Speller,
    out: String,
    margins: Vec<Margin>,
    nesting: Nesting,
    /// The lines whose source defines something and could not be written as it is.
    wrapped: BTreeSet<usize>,
}

impl Writer {
    fn new(speller: Speller) -> Writer {
        Writer { speller, out: String::new(), margins: Vec::new(), nesting: Nesting::default(), wrapped: BTreeSet::new() }
    }

    fn lines(&mut self, lines: &[Visible]) {
        let mut index = 0;
        let mut above: Option<Cow<'_, Said>> = None;
        while let Some(line) = lines.get(index) {
            let said = &line.said;
            let before = above.replace(Cow::Borrowed(said));
            let before = before.as_deref();
            if said.block.cell.is_some() {
                let table = &lines[index..index + cells::length(&lines[index..])];
                let outer = Said { block: table::outer(table), content: Delta::new() };
                self.block(&outer, &table::written(&self.speller, table, &outer.block), before);
                above = Some(Cow::Owned(outer));
                index += table.len();
                continue;
            }
            if said.block.kind == Kind::Code {
                let length = 1 + lines[index + 1..].iter().take_while(|next| is_same_code(said, &next.said)).count();
                let code: Vec<String> = lines[index..index + length].iter().map(|line| line.said.content.text()).collect();
                self.block(said, &written_code(&said.block, &code), before);
                above = Some(Cow::Borrowed(&lines[index + length - 1].said));
                index += length;
                continue;
            }
            let mut text = self.speller.spell(said);
            if let Some(source) = said.source() {
                if text == source && self.is_drawn_in(source, self.nesting.place(&said.block)) {
                    text = tag::embed(&Embed::new(embed::SOURCE, source));
                }
                self.wrapped.extend((text != source && spell::defines(source)).then_some(line.index));
            }
            self.block(said, &text, before);
            index += 1;
        }
    }

    fn block(&mut self, said: &Said, text: &str, above: Option<&Said>) {
        let place = self.nesting.place(&said.block);
        let list = said.block.kind.is_item().then(|| self.list(&said.block, place, above));
        if let Some(above) = above {
            self.separate(above, said, place);
        }
        self.margins.truncate(place.kept);
        self.nesting.enter(&said.block, place);
        let mut first: String = self.margin();
        if let Some(id) = said.block.note.as_ref().filter(|_| place.note) {
            self.margins.push(Margin { text: "    ".to_owned(), list: None });
            first.push_str(&format!("[^{id}]: "));
        }
        if let Some(sort) = place.callout {
            self.out.push_str(&format!("{first}> [!{}]\n", sort.name().to_uppercase()));
            first = self.margin();
            if !begins_plainly(said) {
                self.out.push_str(&format!("{first}>\n"));
            }
        }
        for _ in 0..place.quotes {
            self.margins.push(Margin { text: "> ".to_owned(), list: None });
            first.push_str("> ");
        }
        if let Some(list) = list {
            let marker = marker(&said.block, list);
            first.push_str(&marker);
            // A task's box is a part of its text, not of its margin.
            let width = if said.block.kind == Kind::Task { 2 } else { marker.len() };
            self.margins.push(Margin { text: " ".repeat(width), list: Some(list) });
        }
        first.push_str(words_marker(&said.block));
        let margin = self.margin();
        for (index, line) in text.split('\n').enumerate() {
            let start = if index == 0 { &first } else { &margin };
            let start = if line.is_empty() { start.trim_end_matches(' ') } else { start };
            self.out.push_str(start);
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn margin(&self) -> String {
        self.margins.iter().map(|margin| margin.text.as_str()).collect()
    }

    /// Where a list stands as it goes on or begins at this item.
    fn list(&self, block: &Block, place: Place, above: Option<&Said>) -> List {
        let before = self.margins.get(place.kept).and_then(|margin| margin.list).filter(|_| place.quotes == 0);
        match before {
            Some(list) if place.continues => List { number: list.number.saturating_add(1), ..list },
            _ => {
                let list = List { number: block.number.unwrap_or(1), other: false };
                let first = format!("{}x\n", marker(block, list));
                let draws_in = |source: &str| read::blocks(&format!("{source}\n\n{first}")) == read::blocks(source);
                let follows_list = block.start && before.is_some_and(|list| !list.other);
                List { other: follows_list || above.and_then(Said::source).is_some_and(draws_in), ..list }
            }
        }
    }

    /// Whether the list above would take a source for a part of itself.
    fn is_drawn_in(&self, source: &str, place: Place) -> bool {
        let list = self.margins.get(place.kept).filter(|_| place.quotes == 0).and_then(|margin| Some((margin.list?, margin.text.len())));
        list.is_some_and(|(list, width)| {
            let kind = if width == 2 { Kind::Bullet } else { Kind::Ordered };
            let last = format!("{}x\n\n", marker(&Block::new(kind), list));
            read::blocks(&format!("{last}{source}")) != 1 + read::blocks(source)
        })
    }

    /// The blank line between two blocks, in the margin of what both stand in; none between items of one list and above an inner one.
    fn separate(&mut self, above: &Said, said: &Said, place: Place) {
        let is_inner = place.kept == self.margins.len();
        let above_is_item = above.block.kind.is_item();
        if above_is_item && is_inner && above.content.is_empty() && above.block.kind != Kind::Task {
            // A blank line would end an item that begins without words.
            return;
        }
        let starts_list = said.block.kind.is_item() && !place.continues;
        // Only an item with words, and number 1 if it has one, is seen right below text.
        let is_seen = !said.content.is_empty() && said.block.number.is_none();
        let is_tight = if starts_list { is_inner && place.quotes == 0 && is_seen } else { place.continues };
        if !(said.block.kind.is_item() && above_is_item && is_tight) || above.is_embed() {
            let margin: String = self.margins[..place.kept].iter().map(|margin| margin.text.as_str()).collect();
            self.out.push_str(margin.trim_end_matches(' '));
            self.out.push('\n');
        }
    }
}

/// Whether a line's words, right below a callout's title, are a paragraph that goes on there and no sign of anything else.
fn begins_plainly(said: &Said) -> bool {
    let first = match said.content.ops.first() {
        Some(sheaf_schema::Op::Insert { text, .. }) => text.chars().next(),
        _ => None,
    };
    said.block.kind == Kind::Paragraph && !said.block.caption && said.block.quote == 1 && first.is_some_and(char::is_alphabetic)
}

fn is_same_code(first: &Said, next: &Said) -> bool {
    next.block == Block { start: false, ..first.block.clone() }
}

fn marker(block: &Block, list: List) -> String {
    match (&block.kind, list.other) {
        (Kind::Ordered, other) => format!("{}{} ", list.number.min(999_999_999), if other { ')' } else { '.' }),
        (Kind::Task, other) => format!("{} [{}] ", if other { '+' } else { '-' }, if block.done { 'x' } else { ' ' }),
        (_, other) => if other { "+ " } else { "- " }.to_owned(),
    }
}

/// What stands before the words of a heading or a caption.
fn words_marker(block: &Block) -> &'static str {
    match block.kind {
        _ if block.caption => tag::CAPTION,
        Kind::Heading(level) => ["# ", "## ", "### ", "#### ", "##### ", "###### "][usize::from(level).clamp(1, 6) - 1],
        _ => "",
    }
}

/// A block of code, or of a formula.
fn written_code(block: &Block, code: &[String]) -> String {
    let formula = format!("$$\n{}\n$$", code.join("\n"));
    let is_read = |formula: &str| {
        let lines = read::lines(formula);
        let is_ours = |line: &Said| line.block.kind == Kind::Code && line.block.language.as_deref() == Some(embed::MATH);
        lines.len() == code.len() && lines.iter().zip(code).all(|(line, code)| is_ours(line) && line.content.text() == *code)
    };
    if block.language.as_deref() == Some(embed::MATH) && is_read(&formula) { formula } else { fenced(block, code) }
}

/// A block of code between fences that are longer than any in it.
fn fenced(block: &Block, code: &[String]) -> String {
    let longest = code.iter().flat_map(|line| line.split(|character| character != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let language = block.language.as_deref().map(escape::language).unwrap_or_default();
    // A single empty line and no line at all are one thing to us, and written as the latter.
    let code = if code == [""] { String::new() } else { code.join("\n") + "\n" };
    format!("{fence}{language}\n{code}{fence}")
}

/// A page that begins with a divider and has another must not be taken for one with front matter.
fn without_front_matter(lines: &[Visible], page: String) -> String {
    let begins = lines.first().is_some_and(|line| line.said.block.kind == Kind::Divider);
    match page.strip_prefix("---\n") {
        Some(rest) if begins && rest.split('\n').any(|line| line.trim_end() == "---") => format!("***\n{rest}"),
        _ => page,
    }
}
