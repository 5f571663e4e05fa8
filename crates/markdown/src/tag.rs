//! The few HTML tags that say in Markdown what its own signs cannot: underline, coloured highlights, marks where no sign would stick,
//! breaks in headings, embeds that Markdown has no word for, and what a table there cannot say: a cell's further lines, what they are,
//! and how wide a column is.

use sheaf_schema::{Block, COLOURS, COLUMN_WIDTHS, Embed, Kind, Scalar, Value, json};

/// What an inline tag says to us.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tag {
    /// A mark begins.
    Open { name: &'static str, mark: &'static str, value: Scalar },
    /// What this tag's name opened ends.
    Close { name: &'static str },
    /// A line breaks.
    Break,
    /// An embed.
    Embed(Embed),
}

/// Tags that are marks: the one we write first, then others that mean the same.
const FLAGS: [(&str, &[&str]); 5] =
    [("underline", &["u"]), ("bold", &["strong", "b"]), ("italic", &["em", "i"]), ("strike", &["del", "s", "strike"]), ("code", &["code"])];

/// Stands before the words of a caption. It would be a paragraph without it.
pub(crate) const CAPTION: &str = "<sheaf-caption/>";

const HIGHLIGHT: &str = "mark";
const LINE: (&str, &str) = ("<br class=\"", "\">");
const COLUMN: (&str, &str) = ("<col width=\"", "\">");
const EMBED: (&str, &str) = ("<sheaf-embed value='", "'/>");

/// Understands a tag. One with attributes we would not write ourselves is not ours: it is none, and kept as it is.
pub(crate) fn read(tag: &str) -> Option<Tag> {
    if let Some(value) = tag.strip_prefix(EMBED.0).and_then(|rest| rest.strip_suffix(EMBED.1)) {
        return read_embed(value).map(Tag::Embed);
    }
    let inner = tag.strip_prefix('<')?.strip_suffix('>')?;
    if ["br", "br/", "br /"].contains(&inner) {
        return Some(Tag::Break);
    }
    let flags = || FLAGS.iter().flat_map(|(mark, names)| names.iter().map(move |name| (*name, *mark)));
    if let Some(closed) = inner.strip_prefix('/') {
        let mut names = flags().map(|(name, _)| name).chain([HIGHLIGHT]);
        return names.find(|name| *name == closed).map(|name| Tag::Close { name });
    }
    if let Some((name, mark)) = flags().find(|(name, _)| *name == inner) {
        return Some(Tag::Open { name, mark, value: true.into() });
    }
    let colour = COLOURS.iter().find(|colour| highlight(colour.name)[1..].strip_suffix('>') == Some(inner));
    let colour = colour.or((inner == HIGHLIGHT).then_some(&COLOURS[0]))?;
    Some(Tag::Open { name: HIGHLIGHT, mark: "background", value: colour.name.into() })
}

/// The tags around what has this mark; none for marks that are no tags.
pub(crate) fn around(mark: &str, value: &Scalar) -> Option<(String, String)> {
    if mark == "background" {
        return Some((highlight(value.as_text()?), format!("</{HIGHLIGHT}>")));
    }
    let (_, names) = FLAGS.iter().find(|(name, _)| *name == mark)?;
    Some((format!("<{}>", names[0]), format!("</{}>", names[0])))
}

fn highlight(colour: &str) -> String {
    format!("<{HIGHLIGHT} class=\"{colour}\">")
}

/// What begins a line of a cell and says what it is: to everybody else a break.
pub(crate) fn line(block: &Block) -> String {
    let tokens = block.to_string().replace('&', "&amp;").replace('"', "&quot;").replace('|', "&#124;");
    format!("{}{tokens}{}", LINE.0, LINE.1)
}

/// Understands what begins a line of a cell, if it is what we write.
pub(crate) fn read_line(tag: &str) -> Option<Block> {
    let tokens = tag.strip_prefix(LINE.0)?.strip_suffix(LINE.1)?;
    let block = Block::from(tokens.replace("&#124;", "|").replace("&quot;", "\"").replace("&amp;", "&").as_str());
    let speaks_of_table = block.cell.is_some() || block.width.is_some() || block.align.is_some() || block.note.is_some();
    let is_ours = Kind::ALL.contains(&block.kind) && block.unknown.is_empty() && !speaks_of_table;
    (is_ours && line(&block) == tag).then_some(block)
}

/// What says how wide a column is, at the beginning of its first cell.
pub(crate) fn column(width: u16) -> String {
    format!("{}{width}{}", COLUMN.0, COLUMN.1)
}

/// Understands how wide a column is.
pub(crate) fn read_column(tag: &str) -> Option<u16> {
    let width = tag.strip_prefix(COLUMN.0)?.strip_suffix(COLUMN.1)?.parse().ok()?;
    (COLUMN_WIDTHS.contains(&width) && column(width) == tag).then_some(width)
}

/// An embed as a tag, on one line.
pub(crate) fn embed(embed: &Embed) -> String {
    let object = Value::Map([(embed.kind.clone(), embed.value.clone())].into());
    // In JSON these characters stand in strings alone, where they can be spelled so that no reader of Markdown or HTML sees them.
    let json = json::write(&object);
    let escaped = json.chars().map(|character| match character {
        '\'' | '<' | '>' | '&' | '`' | '$' | '|' | '\u{2028}' | '\u{7F}' => format!("\\u{:04x}", u32::from(character)),
        other => other.to_string(),
    });
    format!("{}{}{}", EMBED.0, escaped.collect::<String>(), EMBED.1)
}

fn read_embed(value: &str) -> Option<Embed> {
    let Value::Map(mut object) = json::read(value).ok()? else { return None };
    match (object.pop_first(), object.pop_first()) {
        (Some((kind, value)), None) => Some(Embed { kind, value }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_what_it_writes() {
        for (mark, value) in [("underline", true.into()), ("strike", true.into()), ("background", Scalar::from("pink"))] {
            let (open, close) = around(mark, &value).unwrap();
            let Some(Tag::Open { name, mark: read_mark, value: read_value }) = read(&open) else { panic!("{open}") };
            assert_eq!((read_mark, read_value), (mark, value));
            assert_eq!(read(&close), Some(Tag::Close { name }));
        }
        assert_eq!(read("<mark>"), Some(Tag::Open { name: "mark", mark: "background", value: "yellow".into() }));
        let hostile = Embed::new("image", "</b>' \" `&amp;` \\ \n\u{2028} |$");
        let written = embed(&hostile);
        assert!(!written.contains('\n') && read(&written) == Some(Tag::Embed(hostile)), "{written}");
    }

    #[test]
    fn a_line_of_a_cell_is_begun_by_what_it_is() {
        for block in ["p", "task done in=1", "code lang=a\"b&amp;|", "p call=tip head q=1"] {
            let written = line(&Block::from(block));
            assert_eq!(read_line(&written), Some(Block::from(block)), "{written}");
        }
        assert_eq!(read_column(&column(300)), Some(300));
        for tag in ["<br>", "<br class=\"x\">", "<br class=\"p zoom\">", "<br class=\"p cell=t.r.c\">", "<br class=\"ul  in=1\">"] {
            assert_eq!(read_line(tag), None, "{tag}");
        }
        assert_eq!((read_column("<col width=\"39\">"), read_column("<col width=\"040\">")), (None, None));
    }

    #[test]
    fn other_tags_are_not_ours() {
        for tag in ["<span>", "<u class=\"x\">", "<mark class=\"mauve\">", "</span>", "<sheaf-embed value='1'/>", "<!-- x -->", "<", ""] {
            assert_eq!(read(tag), None, "{tag}");
        }
    }
}
