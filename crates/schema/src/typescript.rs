//! The table as TypeScript, for the editor and for foreign clients.

use crate::{
    Align, COLOURS, COLUMN_WIDTHS, Callout, EPOCH, Kind, MARKS, MAX_CELL_ID, MAX_DEPTH, Mark, Value, attachment, embed, json, link, quill,
    token,
};

/// What `ui/src/generated/schema.ts` must hold. `cargo xtask codegen` writes it, and tidy compares.
pub fn typescript() -> String {
    let kinds = Kind::ALL.iter().map(|kind| quoted(kind.name()));
    let items = Kind::ALL.iter().filter(|kind| kind.is_item()).map(|kind| quoted(kind.name()));
    let marks = MARKS.iter().map(|(name, mark)| format!("{{ name: {}, value: {} }}", quoted(name), quoted(value_of(*mark))));
    let colours = COLOURS.iter().map(|colour| format!("{{ name: {}, css: {} }}", quoted(colour.name), quoted(colour.css)));
    let lines = quill::LINES
        .iter()
        .map(|(block, name, value)| format!("{{ block: {}, name: {}, value: {} }}", quoted(block), quoted(name), quill_value(*value)));
    [
        HEAD.to_owned(),
        constant("EPOCH", "The schema epoch this build understands; a document of a higher one is shown read-only.", &EPOCH.to_string()),
        constant("LINE", "The attribute of a newline that holds its line's id: written once, never reformatted.", &quoted(crate::LINE)),
        constant("BLOCK", "The attribute of a newline that holds its block string; absent for a plain paragraph.", &quoted(crate::BLOCK)),
        constant("SOFT_BREAK", "A line break inside a line.", "'\\u2028'"),
        constant("MAX_DEPTH", "How deep lists and quotes nest; tokens that say more are kept and not drawn.", &MAX_DEPTH.to_string()),
        constant("COLUMN_WIDTHS", "How narrow and how wide a column may say it is, in CSS pixels.", &widths()),
        constant("MAX_CELL_ID", "The longest id of a table, a row, a column or a footnote, in characters.", &MAX_CELL_ID.to_string()),
        list("KINDS", "The kinds of lines. Unknown ones are kept and drawn as paragraphs.", kinds),
        list("ITEMS", "The kinds that are items of lists.", items),
        list("CALLOUTS", "What callouts are about.", Callout::ALL.iter().map(|sort| quoted(sort.name()))),
        list("ALIGNS", "Where the words of a column stand.", Align::ALL.iter().map(|align| quoted(align.name()))),
        constant("TOKENS", "The tokens of a block string, by what they say.", &tokens()),
        list("MARKS", "Marks on characters, outermost first where they nest. Names are Quill's.", marks),
        list("COLOURS", "Values of the mark `background`; the first is a plain highlight's.", colours),
        list("PROTOCOLS", "Links that may be opened.", link::PROTOCOLS.iter().map(|name| quoted(name))),
        list("EMBEDS", "Kinds of embeds. Unknown ones are kept and shown as a grey card.", embed::ALL.iter().map(|name| quoted(name))),
        constant("SOURCE", "The embed that holds Markdown the schema cannot say yet.", &quoted(embed::SOURCE)),
        constant("DOCUMENT", "The embed that names a document: `{id, title}`.", &quoted(embed::DOCUMENT)),
        constant("PERSON", "The embed that names somebody: `{device, name}`.", &quoted(embed::PERSON)),
        constant("DATE", "The embed that is a day: `2026-11-29`.", &quoted(embed::DATE)),
        constant("FORMULA", "The embed that holds a formula, in TeX.", &quoted(embed::FORMULA)),
        constant("FOOTNOTE", "The embed that refers to a footnote, by its id.", &quoted(embed::FOOTNOTE)),
        constant("CONTENTS", "The embed that is a table of contents.", &quoted(embed::CONTENTS)),
        constant("MATH", "The language of code that is a formula of its own.", &quoted(embed::MATH)),
        constant("IMAGE", "The embed that is an image.", &quoted(embed::IMAGE)),
        constant("FILE", "The embed that is any other file.", &quoted(embed::FILE)),
        list("IMAGES", "Types of images that are drawn.", attachment::IMAGES.iter().map(|name| quoted(name))),
        constant("MAX_PIXELS", "The most pixels of an image that is drawn.", &attachment::MAX_PIXELS.to_string()),
        constant("IMAGE_WIDTHS", "How narrow and how wide an image may be drawn, in CSS pixels.", &image_widths()),
        list("QUILL_LINES", "Our block strings beside Quill's attributes; where two rows fit, the first holds.", lines),
        constant("QUILL_INDENT", "Quill's attribute for our `in=N`: the same number.", &quoted(quill::INDENT)),
        constant("QUILL_CODE", "Quill's attribute for code; its value is our `lang`, 'plain' or true without one.", &quoted(quill::CODE)),
        include_str!("typescript/functions.ts").to_owned(),
    ]
    .join("\n")
}

const HEAD: &str = "// The schema's table. Written by `cargo xtask codegen` from crates/schema: change it there.\n";

fn quoted(text: &str) -> String {
    format!("'{}'", json::write(&Value::from(text)).trim_matches('"').replace('\'', "\\'"))
}

fn constant(name: &str, meaning: &str, value: &str) -> String {
    format!("/** {meaning} */\nexport const {name} = {value} as const;\n")
}

fn list(name: &str, meaning: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("  {item},\n")).collect();
    constant(name, meaning, &format!("[\n{items}]"))
}

fn tokens() -> String {
    let tokens = [
        ("indent", token::INDENT),
        ("quote", token::QUOTE),
        ("done", token::DONE),
        ("start", token::START),
        ("number", token::NUMBER),
        ("language", token::LANGUAGE),
        ("cell", token::CELL),
        ("head", token::HEAD),
        ("width", token::WIDTH),
        ("align", token::ALIGN),
        ("callout", token::CALLOUT),
        ("note", token::NOTE),
        ("caption", token::CAPTION),
    ];
    let tokens: Vec<String> = tokens.iter().map(|(field, token)| format!("{field}: {}", quoted(token))).collect();
    format!("{{ {} }}", tokens.join(", "))
}

fn image_widths() -> String {
    format!("{{ least: {}, most: {} }}", attachment::IMAGE_WIDTHS.start(), attachment::IMAGE_WIDTHS.end())
}

fn widths() -> String {
    format!("{{ least: {}, most: {} }}", COLUMN_WIDTHS.start(), COLUMN_WIDTHS.end())
}

fn value_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Flag => "flag",
        Mark::Address => "address",
        Mark::Colour => "colour",
    }
}

fn quill_value(value: quill::Value) -> String {
    match value {
        quill::Value::True => "true".to_owned(),
        quill::Value::Number(number) => number.to_string(),
        quill::Value::Text(text) => quoted(text),
    }
}

#[cfg(test)]
mod tests {
    use super::typescript;

    #[test]
    fn the_table_is_said_in_typescript() {
        let written = typescript();
        for line in ["export const EPOCH = 1 as const;", "  'h6',", "  { block: 'task done', name: 'list', value: 'checked' },"] {
            assert!(written.contains(line), "{line}\n{written}");
        }
    }
}
