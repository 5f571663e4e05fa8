//! Words that are kept for this device's person: those that lost their line, and those that a view could not place.
//!
//! They are listed until the person has decided. Putting them back is an edit like any other; the document decides where they go.

use sheaf_base::DocumentId;
use sheaf_document::Place;
use sheaf_store::{Batch, Change, CommitError, ReadError, RescuedRow};

use crate::body::BodyError;
use crate::engine::{DocumentError, Engine};
use crate::event::Event;
use crate::live::Question;
use crate::task::blocking;

impl Engine {
    /// What is kept and not dealt with yet.
    pub async fn rescued(&self, document: DocumentId) -> Result<Vec<RescuedRow>, ReadError> {
        let store = self.shared.store.clone();
        blocking(move || store.read(|reader| reader.rescued(document))).await
    }

    /// Keeps words that a view has and that the text did not take. Durable when this returns.
    pub async fn rescue(&self, document: DocumentId, line: String, text: String) -> Result<(), CommitError> {
        let at = self.shared.clock.wall();
        self.commit_rescued(document, Change::Rescued { at, line, text, place: None }).await
    }

    /// Gives rescued words a line of their own again. Durable when this returns; words that are dealt with already are left as they are.
    pub async fn put_back(&self, document: DocumentId, number: u64) -> Result<(), BodyError> {
        let kept = self.rescued(document).await.map_err(|error| unreadable(&error))?;
        let Some(RescuedRow { text, place, .. }) = kept.into_iter().find(|kept| kept.number == number) else { return Ok(()) };
        let live = self.live(document).await?;
        live.ask(Question::PutBack { text, place: place.map(Place) }).await?;
        Ok(self.settle_rescued(document, number).await.map_err(DocumentError::from)?)
    }

    /// A rescued edit is dealt with.
    pub async fn settle_rescued(&self, document: DocumentId, number: u64) -> Result<(), CommitError> {
        self.commit_rescued(document, Change::Settle(number)).await
    }

    async fn commit_rescued(&self, document: DocumentId, change: Change) -> Result<(), CommitError> {
        let store = self.shared.store.clone();
        blocking(move || store.commit(Batch::of(document).with(change)).wait()).await?;
        self.shared.events.tell(Event::Rescued { document });
        Ok(())
    }
}

fn unreadable(error: &ReadError) -> DocumentError {
    DocumentError::Unusable { title: String::new(), reason: error.to_string() }
}
