//! A body as plain text, and how many words it has.

use sheaf_schema::{Delta, Op, SOFT_BREAK, Value, embed};

/// A body's words, each line ended by a newline. What is kept as Markdown stands there as Markdown, a formula as TeX; other embeds say nothing.
pub fn text(body: &Delta) -> String {
    let mut text = String::new();
    for op in &body.ops {
        match op {
            Op::Insert { text: words, .. } => text.push_str(&words.replace(SOFT_BREAK, "\n")),
            Op::Embed { embed, .. } => match &embed.value {
                Value::Text(markdown) if [embed::SOURCE, embed::FORMULA].contains(&embed.kind.as_str()) => text.push_str(markdown),
                _ => {}
            },
            Op::Retain { .. } | Op::Delete { .. } => {}
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// How many words a body has: what stands between blanks and has a letter or digit. Where words are not written apart, in Chinese and
/// Japanese, each character is one.
pub fn words(body: &Delta) -> usize {
    text(body).split_whitespace().map(words_in).sum()
}

fn words_in(run: &str) -> usize {
    let alone = run.chars().filter(|character| is_word_alone(*character)).count();
    let others = run.split(is_word_alone).filter(|part| part.chars().any(char::is_alphanumeric)).count();
    alone + others
}

/// Han, Hiragana and Katakana.
fn is_word_alone(character: char) -> bool {
    matches!(u32::from(character), 0x3041..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_schema::Embed;

    #[test]
    fn words_are_what_stands_between_blanks() {
        let count = |text: &str| words(&Delta::new().insert(text));
        assert_eq!(count(""), 0);
        assert_eq!(count("one, two – three's\n(four) well-known 5 €\n"), 6);
        assert_eq!(count("soft\u{2028}break"), 2);
        assert_eq!(count("日本語 text の"), 5);
    }

    #[test]
    fn text_is_the_words_alone() {
        let body = Delta::new().insert("a\u{2028}b\n").embed(Embed::new("source", "| t |")).embed(Embed::new("image", "x")).insert("\nend");
        assert_eq!(text(&body), "a\nb\n| t |\nend\n");
    }
}
