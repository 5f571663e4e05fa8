//! The change from one text to another, word by word within lines that belong together.

use std::ops::Range;

use sheaf_schema::{Delta, Line, Op, json, utf16};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::align::Group;

/// The change that gives `base` the text of `new`. What comes in has its attributes; what stays has those it had.
pub(super) fn change(groups: &[Group], base: &[Line], new: &[Line]) -> Delta {
    let mut change = Delta::new();
    for group in groups {
        match (&base[group.base.clone()], &new[group.new.clone()]) {
            (gone, []) => change = change.delete(gone.iter().map(|line| line.length).sum()),
            ([], come) => come.iter().flat_map(ops).for_each(|op| change.push(op)),
            ([old], [come]) if old.content == come.content => {
                change = change.retain(old.content.length());
                end(&mut change, old, come);
            }
            ([old], [come]) if !group.alike => {
                come.content.ops.iter().cloned().for_each(|op| change.push(op));
                change = change.delete(old.content.length());
                end(&mut change, old, come);
            }
            (old, come) => compare(&mut change, old, come),
        }
    }
    change
}

/// A line's operations, its newline included.
pub(super) fn ops(line: &Line) -> Vec<Op> {
    let newline = line.newline.clone().map(|attributes| Op::Insert { text: "\n".to_owned(), attributes });
    line.content.ops.iter().cloned().chain(newline).collect()
}

/// The newline of a line that stays: words at a body's end may have none yet.
fn end(change: &mut Delta, old: &Line, come: &Line) {
    match (&old.newline, &come.newline) {
        (Some(_), _) => change.push(Op::Retain { length: 1, attributes: Default::default() }),
        (None, Some(attributes)) => change.push(Op::Insert { text: "\n".to_owned(), attributes: attributes.clone() }),
        (None, None) => {}
    }
}

fn compare(change: &mut Delta, old: &[Line], come: &[Line]) {
    let (old, come) = (Tokens::of(old), Tokens::of(come));
    for op in capture_diff_slices(Algorithm::Myers, &old.keys, &come.keys) {
        let (gone, new) = (old.place(op.old_range()), come.place(op.new_range()));
        let same = match op {
            DiffOp::Equal { .. } => (gone.len(), 0),
            DiffOp::Replace { .. } => same_edges(&old.keys[op.old_range()].concat(), &come.keys[op.new_range()].concat()),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } => (0, 0),
        };
        change.push(Op::Retain { length: same.0, attributes: Default::default() });
        come.content.slice(new.start + same.0, new.end - same.1).ops.into_iter().for_each(|op| change.push(op));
        change.push(Op::Delete { length: gone.len() - same.0 - same.1 });
        change.push(Op::Retain { length: same.1, attributes: Default::default() });
    }
}

/// Lines as words and what is between them.
struct Tokens {
    content: Delta,
    /// What is compared: the token itself, or an embed as JSON.
    keys: Vec<String>,
    /// Where each token begins, and where the last one ends.
    places: Vec<usize>,
}

impl Tokens {
    fn of(lines: &[Line]) -> Tokens {
        let mut tokens = Tokens { content: Delta::new(), keys: Vec::new(), places: vec![0] };
        lines.iter().flat_map(ops).for_each(|op| tokens.content.push(op));
        let text = tokens.content.text();
        let mut embeds = tokens.content.ops.iter().scan(0, |at, op| {
            let start = *at;
            *at += op.length();
            Some((start, op))
        });
        let mut embeds = embeds.by_ref().filter_map(|(at, op)| match op {
            Op::Embed { embed, .. } => Some((at, format!("\u{FFFC}{}{}", embed.kind, json::write(&embed.value)))),
            _ => None,
        });
        let mut embed = embeds.next();
        let mut at = 0;
        for token in split(&text) {
            match embed.take_if(|(place, _)| *place == at) {
                Some((_, key)) => {
                    tokens.keys.push(key);
                    embed = embeds.next();
                }
                None => tokens.keys.push(token.to_owned()),
            }
            at += utf16::length(token);
            tokens.places.push(at);
        }
        tokens
    }

    fn place(&self, tokens: Range<usize>) -> Range<usize> {
        self.places[tokens.start]..self.places[tokens.end]
    }
}

/// How much of two replaced runs of words is the same at their beginnings and at their ends, in UTF-16 units.
fn same_edges(old: &str, new: &str) -> (usize, usize) {
    const EMBED: char = '\u{FFFC}';
    if old.contains(EMBED) || new.contains(EMBED) {
        return (0, 0);
    }
    let units = |(one, other): (char, char)| (one == other).then_some(one.len_utf16());
    let start = old.chars().zip(new.chars()).map_while(units).collect::<Vec<_>>();
    let shorter = old.chars().count().min(new.chars().count());
    let end = old.chars().rev().zip(new.chars().rev()).map_while(units).take(shorter - start.len());
    (start.iter().sum(), end.sum())
}

/// Splits a text into words and what is between them, character by character.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let word = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len());
        let (token, left) = rest.split_at(word.max(first.len_utf8()));
        rest = left;
        Some(token)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_words_and_signs() {
        assert_eq!(split("It's 5 €, né?").collect::<Vec<_>>(), ["It", "'", "s", " ", "5", " ", "€", ",", " ", "né", "?"]);
    }

    #[test]
    fn what_is_the_same_at_the_edges_of_a_word_stays() {
        assert_eq!(same_edges("cat", "cot"), (1, 1));
        assert_eq!(same_edges("aa", "aaa"), (2, 0));
        assert_eq!(same_edges("𝄞x", "𝄞y"), (2, 0));
        assert_eq!(same_edges("abc", "xyz"), (0, 0));
    }
}
