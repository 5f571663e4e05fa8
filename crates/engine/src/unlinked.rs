//! Documents whose text says a document's title without naming it: found by the index of words, made a link when somebody asks.

use sheaf_base::DocumentId;
use sheaf_schema::{Attributes, Block, Delta, Embed, Kind, Line, Op, Value, embed};
use sheaf_store::{ReadError, SearchHit};

use crate::body::BodyError;
use crate::engine::Engine;
use crate::live::{AskError, Question};
use crate::task::blocking;

/// A title of fewer letters and digits says too little to be looked for.
const SHORTEST: usize = 3;

/// Documents that are listed, at most: more than anybody links by hand.
const MOST: u32 = 20;

/// The words of a text as the index keeps them: what people wrote, and no name of another document.
pub(crate) fn words(body: &Delta) -> String {
    body.text()
}

/// A link was not made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// A document cannot be used.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The title is not there any more, or only in code or in a link.
    #[error("the title does not stand there any more, or only in code or in a link")]
    Gone,
}

impl From<AskError> for LinkError {
    fn from(error: AskError) -> LinkError {
        LinkError::Body(error.into())
    }
}

impl Engine {
    /// The documents that say this one's title and do not name it, the last changed first.
    pub async fn unlinked(&self, document: DocumentId) -> Result<Vec<SearchHit>, ReadError> {
        let title = self.shared.library.entry(document).map(|entry| entry.title).unwrap_or_default();
        let words = tokens(&title.chars().map(|letter| (letter, true)).collect::<Vec<_>>());
        if words.iter().map(|word| word.end - word.start).sum::<usize>() < SHORTEST || title == crate::library::UNTITLED {
            return Ok(Vec::new());
        }
        let store = self.shared.store.clone();
        blocking(move || store.read(|reader| reader.unlinked(document, &title, MOST))).await
    }

    /// Makes a link of the first place at which a document says the title of another.
    pub async fn link_title(&self, from: DocumentId, named: DocumentId) -> Result<(), LinkError> {
        let title = self.shared.library.entry(named).map(|entry| entry.title).unwrap_or_default();
        let body = self.body(from).await?;
        let spot = spot(&body.opened.delta, &title).ok_or(LinkError::Gone)?;
        let fields = [("id", named.to_string()), ("title", title)];
        let name = Embed::new(embed::DOCUMENT, Value::Map(fields.map(|(field, text)| (field.to_owned(), Value::Text(text))).into()));
        let delta = Delta::new().retain(spot.start).embed_with(name, spot.marks).delete(spot.length);
        let live = self.live(from).await.map_err(BodyError::from)?;
        live.ask(Question::Edit { base: Some(body.opened.version), delta }).await?;
        Ok(())
    }
}

/// Where a title stands in a body, and the marks that it has there.
#[derive(Debug, PartialEq)]
struct Spot {
    start: usize,
    length: usize,
    marks: Attributes,
}

/// A word: from which character to which.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    start: usize,
    end: usize,
    lower: String,
}

/// The first place at which a body says a title, word for word as the index reads words; not in code, nor in what is a link already.
fn spot(body: &Delta, title: &str) -> Option<Spot> {
    let wanted = tokens(&title.chars().map(|letter| (letter, true)).collect::<Vec<_>>());
    if wanted.is_empty() {
        return None;
    }
    body.lines().filter(|line| Block::from(line.block()).kind != Kind::Code).find_map(|line| spot_in(&line, &wanted))
}

fn spot_in(line: &Line, wanted: &[Word]) -> Option<Spot> {
    let letters: Vec<(char, &Op)> = line.content.ops.iter().flat_map(letters).collect();
    let free: Vec<(char, bool)> = letters.iter().map(|(letter, op)| (*letter, is_free(op))).collect();
    let found = tokens(&free);
    let place = found.windows(wanted.len()).find(|here| here.iter().zip(wanted).all(|(one, other)| one.lower == other.lower))?;
    let (from, to) = (place.first()?.start, place.last()?.end);
    let units = |range: &[(char, &Op)]| range.iter().map(|(letter, _)| letter.len_utf16()).sum::<usize>();
    let marks = letters[from].1.attributes().cloned().unwrap_or_default();
    Some(Spot { start: line.start + units(&letters[..from]), length: units(&letters[from..to]), marks })
}

fn letters(op: &Op) -> Vec<(char, &Op)> {
    match op {
        Op::Insert { text, .. } => text.chars().map(|letter| (letter, op)).collect(),
        // One unit long, and no letter.
        _ => vec![('\u{FFFC}', op)],
    }
}

/// Whether words may become a link: they are none, and no code.
fn is_free(op: &Op) -> bool {
    op.attributes().is_none_or(|marks| !marks.contains_key("link") && !marks.contains_key("code"))
}

/// The words in some letters. What is not free belongs to none.
fn tokens(letters: &[(char, bool)]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (at, (letter, free)) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            continue;
        }
        // A word that is not free stands between others all the same.
        let lower: String = if *free { letter.to_lowercase().collect() } else { "\u{FFFC}".to_owned() };
        match words.last_mut().filter(|word| word.end == at) {
            Some(word) => {
                word.end = at + 1;
                word.lower.push_str(&lower);
            }
            None => words.push(Word { start: at, end: at + 1, lower }),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use sheaf_schema::{BLOCK, LINE, attributes};

    use super::*;

    fn line(id: &str, block: &str) -> Attributes {
        attributes([(LINE, id.into()), (BLOCK, block.into())])
    }

    #[test]
    fn a_title_is_found_as_whole_words_in_any_case_and_keeps_its_marks() {
        let bold = attributes([("bold", true.into())]);
        let body = Delta::new()
            .insert("😀 The harvest planner and the ")
            .insert_with("HARVEST-Plan", bold.clone())
            .insert_with("\n", line("a", "p"));
        assert_eq!(spot(&body, "Harvest plan"), Some(Spot { start: 31, length: 12, marks: bold }));
        assert_eq!(spot(&body, "vest plan"), None);
        assert_eq!(spot(&body, "?!"), None);
    }

    #[test]
    fn what_is_code_or_a_link_is_left_alone() {
        let marked = |mark: &str| attributes([(mark, "https://example.org".into())]);
        let body = Delta::new()
            .insert("let rye = 1")
            .insert_with("\n", line("a", "code"))
            .insert_with("rye", marked("link"))
            .insert(" and ")
            .insert_with("rye", marked("code"))
            .insert_with("\n", line("b", "p"));
        assert_eq!(spot(&body, "Rye"), None);
        let then = Delta::new().insert("Rye").insert_with("\n", line("c", "p"));
        let both = Delta { ops: [body.ops, then.ops].concat() };
        assert_eq!(spot(&both, "Rye").map(|spot| spot.start), Some(24));
    }
}
