//! Making characters mean themselves.

use std::fmt::Write;

/// How much is escaped. Each step is tried only when the one before is read as something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Care {
    /// Nothing: most text means itself.
    None,
    /// What would begin a list, a heading or another block.
    Beginnings,
    /// What would be a mark, a link or another sign, where it could be one.
    Signs,
    /// All punctuation, and blanks at the edges.
    Everything,
}

/// What stands around a text: whether a line begins and ends with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) begins_line: bool,
    pub(super) ends_line: bool,
    /// Whether it stands in a cell of a table, where no block begins and bars are escaped last.
    pub(super) in_cell: bool,
}

/// A text as it must be written to be read as it is.
pub(super) fn text(text: &str, care: Care, around: Around) -> String {
    let mut escaped = String::new();
    let mut characters = text.chars().peekable();
    let mut before = None;
    let mut at_start = around.begins_line;
    let beginning = if at_start && care >= Care::Beginnings && !around.in_cell { begins_block(text) } else { None };
    let mut at = 0;
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let is_edge = at_start || (next.is_none() && around.ends_line);
        if is_edge && is_lost_at_edge(character, care) {
            let _ = write!(escaped, "&#{};", u32::from(character));
        } else {
            let is_sign = match care {
                Care::None | Care::Beginnings => false,
                Care::Signs => is_sign(before, character, next),
                Care::Everything => character.is_ascii_punctuation() && !(around.in_cell && character == '|'),
            };
            if is_sign || beginning == Some(at) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        at_start = false;
        before = Some(character);
        at += character.len_utf8();
    }
    escaped
}

fn is_lost_at_edge(character: char, care: Care) -> bool {
    matches!(character, ' ' | '\t') || (care == Care::Everything && (character.is_whitespace() || character.is_control()))
}

/// The byte of the sign that would make a text begin a block: a list, a heading, a quote, a fence, an underline, a table, a definition.
fn begins_block(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = *text.as_bytes().get(digits)?;
    let begins = if digits > 0 { matches!(sign, b'.' | b')') } else { b"#>-+*=_|:<[~`$".contains(&sign) };
    begins.then_some(digits)
}

/// Whether a character could be a sign where it stands.
fn is_sign(before: Option<char>, character: char, next: Option<char>) -> bool {
    let is_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    let is_apart = |neighbour: Option<char>| neighbour.is_none_or(char::is_whitespace);
    match character {
        '\\' | '`' | '[' | ']' | '<' | '~' | '$' => true,
        '*' => !(is_apart(before) && is_apart(next)),
        '_' => !(is_word(before) && is_word(next) || is_apart(before) && is_apart(next)),
        '&' => next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
        '=' => before == Some('=') || next == Some('='),
        '!' => next.is_none_or(|next| next == '['),
        '#' => next.is_none(),
        _ => false,
    }
}

/// The content of a cell without bars that would end it.
pub(super) fn cell(content: &str) -> String {
    content.replace('|', "\\|")
}

/// A text as a code span.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).collect::<Vec<_>>();
    let fence = (1..).map(|length| "`".repeat(length)).find(|fence| !longest.contains(&fence.len())).unwrap_or_default();
    let is_stripped = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let pad = if text.starts_with('`') || text.ends_with('`') || is_stripped { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// An address as it stands between a link's parentheses: bare where it can, and else between angle brackets.
pub(super) fn address(address: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-._~:/?#@!$'*+,=%&()".contains(character);
    let depth = address.chars().try_fold(0_usize, |depth, character| match character {
        '(' => Some(depth + 1),
        ')' => depth.checked_sub(1),
        _ => Some(depth),
    });
    // (Without semicolons there are no entities.)
    if address.chars().all(is_plain) && depth == Some(0) {
        return address.to_owned();
    }
    let mut escaped = "<".to_owned();
    for character in address.chars() {
        match character {
            '\\' | '<' | '>' => escaped.extend(['\\', character]),
            '&' => escaped.push_str("&amp;"),
            other => escaped.push(other),
        }
    }
    escaped + ">"
}

/// A code block's language as it stands behind the fence.
pub(super) fn language(language: &str) -> String {
    language.replace('\\', "\\\\").replace('&', "&amp;").replace('`', "&#96;")
}
