//! Counting the words that are written on this device, for its person's own statistics.

use sheaf_schema::{Delta, Op};

/// How many words an edit begins. `before` gives the character that stands before an offset of the text it is made in.
///
/// A word begins with a letter or a digit behind something else; typing on in it begins none. Where words are written without spaces each sign
/// counts as one, as word processors count.
pub fn begun(edit: &Delta, before: impl Fn(usize) -> Option<char>) -> u64 {
    let (mut words, mut at, mut inside) = (0, 0, None);
    for op in &edit.ops {
        match op {
            Op::Retain { length, .. } => (at, inside) = (at + length, None),
            // What comes next stands behind what stood before the words that go.
            Op::Delete { length } => {
                inside = inside.or_else(|| Some(is_inside(&before, at)));
                at += length;
            }
            Op::Embed { .. } => inside = Some(false),
            Op::Insert { text, .. } => {
                let mut in_word = inside.unwrap_or_else(|| is_inside(&before, at));
                for letter in text.chars().filter(|letter| !is_apostrophe(*letter)) {
                    words += u64::from(is_sign(letter) || (is_letter(letter) && !in_word));
                    in_word = is_letter(letter);
                }
                inside = Some(in_word);
            }
        }
    }
    words
}

/// Whether what comes at an offset goes on with a word.
fn is_inside(before: &impl Fn(usize) -> Option<char>, at: usize) -> bool {
    match before(at) {
        Some(letter) if is_apostrophe(letter) => at.checked_sub(1).and_then(before).is_some_and(is_letter),
        letter => letter.is_some_and(is_letter),
    }
}

/// Between two letters it parts no word.
fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}')
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() && !is_sign(letter)
}

/// Kana and Han: of them a word has one or more, and no space tells.
fn is_sign(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, edit: &Delta) -> u64 {
        begun(edit, |offset| offset.checked_sub(1).and_then(|at| text.chars().nth(at)))
    }

    #[test]
    fn a_word_counts_once_however_it_is_typed() {
        let mut text = String::new();
        let mut words = 0;
        for letter in "We don't cut rye, 12 sheaves.".chars() {
            words += written(&text, &Delta::new().retain(text.chars().count()).insert(letter));
            text.push(letter);
        }
        assert_eq!(words, 6);
        assert_eq!(written("", &Delta::new().insert("We don't cut rye, 12 sheaves.")), 6, "pasted at once");
    }

    #[test]
    fn typing_on_in_a_word_begins_none_and_replacing_one_does() {
        assert_eq!(written("rye", &Delta::new().retain(3).insert("s and oats")), 2);
        assert_eq!(written("cut rye", &Delta::new().retain(4).delete(3).insert("oats")), 1);
        assert_eq!(written("rye", &Delta::new().delete(3)), 0);
        assert_eq!(written("", &Delta::new().insert("麦を刈る")), 4);
    }
}
