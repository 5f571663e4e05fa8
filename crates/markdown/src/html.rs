//! A body as HTML, for the clipboard and for export: lists and quotes really nested, everything escaped, and no address that may not be
//! opened. What a newer version made is there by its words.

use std::collections::BTreeMap;

use sheaf_schema::{Attachment, Attributes, Block, COLOURS, Delta, Embed, Kind, Line, Op, SOFT_BREAK, Table, Value, embed, is_id, link};

use crate::nesting::{Nesting, Place};

/// A body as a fragment of HTML, one block a line.
pub fn html(body: &Delta) -> String {
    let mut page = Page { out: String::new(), nesting: Nesting::default(), open: Vec::new(), notes: notes(body), contents: contents(body) };
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        let block = block(&line);
        if let Some(cell) = &block.cell {
            let mut table = vec![line.clone()];
            let is_same = |next: &Line| Block::from(next.block()).cell.is_some_and(|next| next.table == cell.table);
            table.extend(std::iter::from_fn(|| lines.next_if(is_same)));
            page.table(&table);
            continue;
        }
        let place = page.begin(&block);
        match &block.kind {
            Kind::Code => {
                let mut code = vec![code_of(&line)];
                while let Some(next) =
                    lines.next_if(|next| page.nesting.place(&self::block(next)).continues && self::block(next).kind == Kind::Code)
                {
                    page.nesting.enter(&self::block(&next), page.nesting.place(&self::block(&next)));
                    code.push(code_of(&next));
                }
                page.code(&block, &code.join("\n"));
            }
            Kind::Divider => page.out.push_str("<hr>\n"),
            Kind::Heading(level) => page.element(&format!("h{level}"), &line),
            kind if kind.is_item() => page.item(&block, place, &line),
            _ if let Some(caption) = lines.next_if(|next| is_caption(&line, &self::block(next), &block)) => page.figure(&line, &caption),
            _ => page.element("p", &line),
        }
    }
    page.close(0);
    page.out
}

/// Whether a block is the caption of the image or file that the line above is.
fn is_caption(above: &Line, block: &Block, block_above: &Block) -> bool {
    let is_attachment = matches!(above.content.ops.as_slice(), [Op::Embed { embed, .. }] if Attachment::of(embed).is_some());
    let around = |block: &Block| (block.quote, block.indent, block.callout, block.note.clone(), block.cell.clone());
    is_attachment && block.caption && block.kind == Kind::Paragraph && around(block) == around(block_above)
}

/// What a line is drawn as: a kind that is not known, and a divider with words on it, as a paragraph.
fn block(line: &Line) -> Block {
    let block = Block::from(line.block());
    let is_drawn = Kind::ALL.contains(&block.kind) && (block.kind != Kind::Divider || line.content.is_empty());
    if is_drawn { block } else { Block { kind: Kind::Paragraph, ..block } }
}

struct Page {
    out: String,
    nesting: Nesting,
    /// What closes each open container, from the outermost.
    open: Vec<&'static str>,
    /// The footnotes that are referred to, with their numbers.
    notes: BTreeMap<String, usize>,
    /// What stands for a table of contents.
    contents: String,
}

/// Footnotes are numbered as they are first referred to.
fn notes(body: &Delta) -> BTreeMap<String, usize> {
    let mut notes = BTreeMap::new();
    for id in body.ops.iter().filter_map(note_of) {
        let next = notes.len() + 1;
        notes.entry(id.to_owned()).or_insert(next);
    }
    notes
}

fn note_of(op: &Op) -> Option<&str> {
    match op {
        Op::Embed { embed: Embed { kind, value: Value::Text(id) }, .. } if kind == embed::FOOTNOTE && is_id(id) => Some(id),
        _ => None,
    }
}

/// The words of the headings, each a line of its own; nothing unless the body has a table of contents.
fn contents(body: &Delta) -> String {
    let has_contents = body.ops.iter().any(|op| matches!(op, Op::Embed { embed, .. } if embed.kind == embed::CONTENTS));
    let lines = body.lines().filter(|_| has_contents);
    let headings = lines.filter(|line| matches!(block(line).kind, Kind::Heading(_)) && !line.content.is_empty());
    headings.map(|line| escaped(&line.content.text()).replace(SOFT_BREAK, " ")).collect::<Vec<_>>().join("<br>")
}

impl Page {
    /// A table. What its lines are besides, items or headings, is left to their words.
    fn table(&mut self, lines: &[Line]) {
        self.begin(&Block::default());
        let blocks: Vec<Block> = lines.iter().map(|line| Block::from(line.block())).collect();
        self.out.push_str("<table>\n");
        for row in Table::read(&blocks).rows {
            let (open, close) = if row.head { ("<th scope=\"col\">", "</th>") } else { ("<td>", "</td>") };
            self.out.push_str("<tr>");
            for cell in row.cells {
                self.out.push_str(open);
                for (nth, line) in cell.into_iter().enumerate() {
                    self.out.push_str(if nth > 0 { "<br>" } else { "" });
                    self.content(&lines[line]);
                }
                self.out.push_str(close);
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</table>\n");
    }

    /// Closes what the line does not lie inside of, and opens the quotes it does.
    fn begin(&mut self, block: &Block) -> Place {
        let place = self.nesting.place(block);
        self.nesting.enter(block, place);
        let goes_on = block.kind.is_item() && place.continues;
        self.close(place.kept + usize::from(goes_on));
        if let Some(id) = block.note.as_ref().filter(|_| place.note) {
            let number = self.notes.get(id).map(|number| format!("<sup>{number}</sup>\n")).unwrap_or_default();
            self.out.push_str(&format!("<aside id=\"note-{id}\" role=\"doc-footnote\">\n{number}"));
            self.open.push("</aside>\n");
        }
        for nth in 0..place.quotes {
            match place.callout.filter(|_| nth == 0).map(|sort| sort.name()) {
                Some(name) => {
                    let title = name[..1].to_uppercase() + &name[1..];
                    self.out.push_str(&format!("<blockquote class=\"callout {name}\">\n<p><strong>{title}</strong></p>\n"));
                }
                None => self.out.push_str("<blockquote>\n"),
            }
            self.open.push("</blockquote>\n");
        }
        place
    }

    fn close(&mut self, kept: usize) {
        self.open.drain(kept.min(self.open.len())..).rev().for_each(|end| self.out.push_str(end));
    }

    fn item(&mut self, block: &Block, place: Place, line: &Line) {
        if place.continues {
            self.out.push_str("</li>\n");
        } else if block.kind == Kind::Ordered {
            let start = block.number.filter(|number| *number != 1).map(|number| format!(" start=\"{number}\"")).unwrap_or_default();
            self.out.push_str(&format!("<ol{start}>\n"));
            self.open.push("</li>\n</ol>\n");
        } else {
            self.out.push_str("<ul>\n");
            self.open.push("</li>\n</ul>\n");
        }
        self.out.push_str("<li>");
        if block.kind == Kind::Task {
            self.out.push_str(if block.done {
                "<input type=\"checkbox\" checked disabled> "
            } else {
                "<input type=\"checkbox\" disabled> "
            });
        }
        self.content(line);
    }

    fn element(&mut self, name: &str, line: &Line) {
        self.out.push_str(&format!("<{name}>"));
        if line.content.is_empty() {
            // An empty paragraph would have no height.
            self.out.push_str("<br>");
        }
        self.content(line);
        self.out.push_str(&format!("</{name}>\n"));
    }

    fn figure(&mut self, attachment: &Line, caption: &Line) {
        self.out.push_str("<figure>");
        self.content(attachment);
        self.out.push_str("<figcaption>");
        self.content(caption);
        self.out.push_str("</figcaption></figure>\n");
    }

    fn code(&mut self, block: &Block, code: &str) {
        let language = block.language.as_deref().and_then(|language| language.split_whitespace().next());
        let class = language.map(|language| format!(" class=\"language-{}\"", escaped(language))).unwrap_or_default();
        self.out.push_str(&format!("<pre><code{class}>{}\n</code></pre>\n", escaped(code)));
    }

    fn content(&mut self, line: &Line) {
        for op in &line.content.ops {
            let words = match op {
                Op::Insert { text, .. } => escaped(text).replace(SOFT_BREAK, "<br>"),
                Op::Embed { embed, .. } => self.embed(embed),
                Op::Retain { .. } | Op::Delete { .. } => continue,
            };
            self.out.push_str(&marked(words, op.attributes().unwrap_or(&Attributes::new())));
        }
    }

    fn embed(&self, embed: &Embed) -> String {
        match &embed.value {
            Value::Text(markdown) if embed.kind == embed::SOURCE => format!("<code>{}</code>", escaped(markdown)),
            Value::Text(formula) if embed.kind == embed::FORMULA => format!("<code class=\"math\">{}</code>", escaped(formula)),
            Value::Text(id) if embed.kind == embed::FOOTNOTE && self.notes.contains_key(id) => {
                format!("<sup><a href=\"#note-{id}\">{}</a></sup>", self.notes[id])
            }
            _ if embed.kind == embed::CONTENTS => self.contents.clone(),
            _ => format!("[{}]", escaped(&embed.kind)),
        }
    }
}

fn code_of(line: &Line) -> String {
    line.content.text()
}

/// Words inside the elements of their marks; what is not known marks nothing.
fn marked(words: String, marks: &Attributes) -> String {
    let mut marked = words;
    for (name, mark) in sheaf_schema::MARKS.iter().rev() {
        let Some(value) = marks.get(*name).filter(|value| mark.knows(value)) else { continue };
        let text = value.as_text().unwrap_or("");
        marked = match *name {
            "code" => format!("<code>{marked}</code>"),
            "strike" => format!("<s>{marked}</s>"),
            "italic" => format!("<em>{marked}</em>"),
            "bold" => format!("<strong>{marked}</strong>"),
            "underline" => format!("<u>{marked}</u>"),
            "background" => match COLOURS.iter().find(|colour| colour.name == text) {
                Some(colour) => format!("<mark style=\"background-color:{}\">{marked}</mark>", colour.css),
                None => marked,
            },
            "link" if link::may_open(text) => format!("<a href=\"{}\">{marked}</a>", escaped(text)),
            _ => marked,
        };
    }
    marked
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn page(markdown: &str) -> String {
        let mut next = 0;
        html(&read(markdown, &mut || {
            next += 1;
            next.to_string()
        }))
        .replace('\n', "")
    }

    #[test]
    fn lists_and_quotes_are_nested() {
        assert_eq!(
            page("- a\n  - b\n\n    c\n- d\n\n1. e\n\n> f\n>\n> - g\n\nh\n"),
            "<ul><li>a<ul><li>b<p>c</p></li></ul></li><li>d</li></ul><ol><li>e</li></ol>\
             <blockquote><p>f</p><ul><li>g</li></ul></blockquote><p>h</p>"
        );
        assert_eq!(page("3. a\n\n4) b\n"), "<ol start=\"3\"><li>a</li></ol><ol start=\"4\"><li>b</li></ol>");
        assert_eq!(page("- [x] a\n"), "<ul><li><input type=\"checkbox\" checked disabled> a</li></ul>");
    }

    #[test]
    fn blocks_and_marks_have_their_elements() {
        assert_eq!(page("# A **b *c***\n"), "<h1>A <strong>b </strong><strong><em>c</em></strong></h1>");
        assert_eq!(page("```rust x\na < b\nc\n```\n\n---\n"), "<pre><code class=\"language-rust\">a &lt; bc</code></pre><hr>");
        assert_eq!(page("a\\\nb ==c== `d`\n"), "<p>a<br>b <mark style=\"background-color:#fff3a3\">c</mark> <code>d</code></p>");
    }

    #[test]
    fn callouts_formulas_notes_and_contents_have_their_elements() {
        assert_eq!(
            page("> [!TIP]\n> a $x<y$\n"),
            "<blockquote class=\"callout tip\"><p><strong>Tip</strong></p><p>a <code class=\"math\">x&lt;y</code></p></blockquote>"
        );
        assert_eq!(
            page("a[^n]\n\n[^n]: b\n"),
            "<p>a<sup><a href=\"#note-n\">1</a></sup></p><aside id=\"note-n\" role=\"doc-footnote\"><sup>1</sup><p>b</p></aside>"
        );
        assert_eq!(page("[TOC]\n\n# A\n\n## B & C\n"), "<p>A<br>B &amp; C</p><h1>A</h1><h2>B &amp; C</h2>");
    }

    #[test]
    fn a_picture_and_its_caption_are_a_figure() {
        let value = Value::Map([("hash".to_owned(), "07".repeat(32).as_str().into()), ("size".to_owned(), Value::Number(1.0))].into());
        let newline = |block: &str| sheaf_schema::attributes([("block", block.into())]);
        let body =
            Delta::new().embed(Embed::new(embed::FILE, value)).insert("\n").insert("A <fox>").insert_with("\n", newline("p caption"));
        let figure = "<figure>[file]<figcaption>A &lt;fox&gt;</figcaption></figure>\n";
        assert_eq!(html(&body), figure);
        let alone = Delta::new().insert("Words\n").insert("A fox").insert_with("\n", newline("p caption"));
        assert_eq!(html(&alone), "<p>Words</p>\n<p>A fox</p>\n");
    }

    #[test]
    fn cells_are_a_table_whatever_order_they_come_in() {
        let newline = |block: &str| sheaf_schema::attributes([("block", block.into())]);
        let cells = [
            ("B<", "p cell=t.r1.b head"),
            ("d", "p cell=t.r2.d"),
            ("A", "p cell=t.r1.a head"),
            ("b", "ul cell=t.r2.b"),
            ("b2", "p cell=t.r2.b"),
        ];
        let body = cells.iter().fold(Delta::new(), |body, (words, block)| body.insert(*words).insert_with("\n", newline(block)));
        let rows = [
            "<tr><th scope=\"col\"></th><th scope=\"col\">B&lt;</th><th scope=\"col\">A</th></tr>",
            "<tr><td>d</td><td>b<br>b2</td><td></td></tr>",
        ];
        assert_eq!(html(&body.insert("end").insert("\n")), format!("<table>\n{}\n</table>\n<p>end</p>\n", rows.join("\n")));
    }

    #[test]
    fn nothing_gets_through_that_could_do_harm() {
        let hostile =
            page("<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](https://b.example/\"x) \\<img src=x>\n\n```\"><b>\n```\n");
        assert!(
            !hostile.contains("<script") && !hostile.contains("javascript") && !hostile.contains("<img") && !hostile.contains("<b>"),
            "{hostile}"
        );
        assert!(hostile.contains("<a href=\"https://b.example/&quot;x\">b</a>"), "{hostile}");
    }

    #[test]
    fn what_a_newer_version_made_is_there_by_its_words() {
        let newline = |block: &str| sheaf_schema::attributes([("block", block.into())]);
        let body = Delta::new().insert("cell").insert_with("\n", newline("table row=1")).insert_with("\n", newline("p")).insert("end");
        assert_eq!(html(&body), "<p>cell</p>\n<p><br></p>\n<p>end</p>\n");
    }
}
