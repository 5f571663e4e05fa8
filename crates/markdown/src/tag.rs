//! The few HTML tags that say in Markdown what its own signs cannot: underline, coloured highlights, marks where no sign would stick,
//! breaks in headings, and embeds that Markdown has no word for.

use sheaf_schema::{COLOURS, Embed, Scalar, Value, json};

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
    fn other_tags_are_not_ours() {
        for tag in ["<span>", "<u class=\"x\">", "<mark class=\"mauve\">", "</span>", "<sheaf-embed value='1'/>", "<!-- x -->", "<", ""] {
            assert_eq!(read(tag), None, "{tag}");
        }
    }
}
