//! "Who has this?" of a paragraph: which devices have said, by their receipts, that they hold it as it is now.

use sheaf_base::DocumentId;
use sheaf_document::{Done, Holding, HoldingJob, Hydration, Refused};
use sheaf_schema::utf16;
use tokio::sync::oneshot;

use crate::body::BodyError;
use crate::engine::Engine;
use crate::live::{AskError, DocumentHandle, Heard, Question};
use crate::rows;
use crate::task::blocking;

/// Which paragraph is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paragraph {
    /// The one around an offset of a version that a view was told.
    At {
        /// The version.
        version: u64,
        /// The offset.
        offset: usize,
    },
    /// The one in which these words stand.
    Words(String),
    /// The one with this number, counted from 1 as `show --as text` prints them.
    Line(usize),
}

/// There is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WhoError {
    /// The document cannot be used.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// No paragraph is meant.
    #[error("no paragraph of this document holds these words")]
    NoWords,
    /// More than one is.
    #[error("{0} paragraphs hold these words: say more of the one that you mean, or its number with --line")]
    ManyWords(usize),
    /// There are fewer.
    #[error("this document has {has} paragraphs")]
    NoLine {
        /// How many there are.
        has: usize,
    },
}

impl From<AskError> for WhoError {
    fn from(error: AskError) -> WhoError {
        WhoError::Body(error.into())
    }
}

impl Engine {
    /// Who has a paragraph as it is now.
    pub async fn who_has(&self, document: DocumentId, paragraph: Paragraph) -> Result<Holding, WhoError> {
        let live = self.live(document).await.map_err(BodyError::from)?;
        // The text is wanted in memory; asking for it brings it there.
        let (Done::Body(body), _) = live.ask(Question::Read).await? else { return Err(AskError::Ended.into()) };
        let (version, offset) = match &paragraph {
            Paragraph::At { version, offset } => (*version, *offset),
            named => (body.version, start_of(&body.delta.text(), named)?),
        };
        let job = live.ask_who_has(version, offset).await?;
        let (store, id) = (self.shared.store.clone(), live.id());
        let hydration = blocking(move || store.read(|reader| rows::hydration(reader, id, true))).await;
        let hydration = hydration.map_err(|error| AskError::Refused(Refused::Closed(error.to_string())))?;
        Ok(live.who_has(job, hydration).await?)
    }
}

/// Where a paragraph begins, in UTF-16 units.
fn start_of(text: &str, paragraph: &Paragraph) -> Result<usize, WhoError> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        starts.push((at, line));
        at += utf16::length(line);
    }
    match paragraph {
        Paragraph::At { offset, .. } => Ok(*offset),
        Paragraph::Line(number) => {
            let found = number.checked_sub(1).and_then(|index| starts.get(index));
            found.map(|(start, _)| *start).ok_or(WhoError::NoLine { has: starts.len() })
        }
        Paragraph::Words(words) => {
            let mut found = starts.iter().filter(|(_, line)| line.contains(words.as_str())).map(|(start, _)| *start);
            match (found.next(), found.count()) {
                (Some(start), 0) => Ok(start),
                (Some(_), more) => Err(WhoError::ManyWords(more + 1)),
                (None, _) => Err(WhoError::NoWords),
            }
        }
    }
}

impl DocumentHandle {
    async fn ask_who_has(&self, version: u64, offset: usize) -> Result<HoldingJob, AskError> {
        let (reply, job) = oneshot::channel();
        self.send(Heard::AskWhoHas { version, offset, reply });
        Ok(job.await.map_err(|_| AskError::Ended)??)
    }

    async fn who_has(&self, job: HoldingJob, hydration: Hydration) -> Result<Holding, AskError> {
        let (reply, holding) = oneshot::channel();
        self.send(Heard::WhoHas { job: Box::new(job), hydration, reply });
        holding.await.map_err(|_| AskError::Ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &str) -> Paragraph {
        Paragraph::Words(words.to_owned())
    }

    #[test]
    fn a_paragraph_is_found_by_words_that_stand_in_no_other() {
        let text = "🌾 Rye.\nOats and rye.\nBarley";
        assert_eq!(start_of(text, &words("Oats")).unwrap(), 8);
        assert_eq!(start_of(text, &words("Barley")).unwrap(), 22);
        assert!(matches!(start_of(text, &words("ye.")), Err(WhoError::ManyWords(2))));
        assert!(matches!(start_of(text, &words("wheat")), Err(WhoError::NoWords)));
    }

    #[test]
    fn or_by_its_number() {
        let text = "Rye.\n\nOats.\n";
        assert_eq!(start_of(text, &Paragraph::Line(3)).unwrap(), 6);
        assert!(matches!(start_of(text, &Paragraph::Line(0)), Err(WhoError::NoLine { has: 3 })));
        assert!(matches!(start_of(text, &Paragraph::Line(4)), Err(WhoError::NoLine { has: 3 })));
    }
}
