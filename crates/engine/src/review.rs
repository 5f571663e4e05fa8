//! Merge reviews: lines that this device and others changed while they were apart, kept until their person has looked at them.
//!
//! They are this device's own: nothing of them is ever sent. Dismissing one loses nothing, for the text is merged either way.

use serde_json::{Value, json};
use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_document::{Review, ReviewedLine, Theirs, Wording};
use sheaf_store::{Batch, Change, CommitError, ReadError};

use crate::engine::Engine;
use crate::event::Event;
use crate::lane::delta_to_json;
use crate::task::blocking;

/// A review that nobody has dealt with yet.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptReview {
    /// The store's number for it.
    pub number: u64,
    /// When the sides came together.
    pub at: Wall,
    /// `lines` and `more`, as docs/lane.md says.
    pub body: Value,
}

impl Engine {
    /// The reviews of a document that are not dealt with yet, the oldest first.
    pub async fn reviews(&self, document: DocumentId) -> Result<Vec<KeptReview>, ReadError> {
        let store = self.shared.store.clone();
        let rows = blocking(move || store.read(|reader| reader.reviews(document))).await?;
        let kept = rows.into_iter().map(|row| {
            let body = serde_json::from_slice(&row.body).map_err(|error| ReadError::Damaged(format!("a review: {error}")))?;
            Ok(KeptReview { number: row.number, at: row.at, body })
        });
        kept.collect()
    }

    /// A review is dealt with. Durable when this returns.
    pub async fn settle_review(&self, document: DocumentId, number: u64) -> Result<(), CommitError> {
        let store = self.shared.store.clone();
        blocking(move || store.commit(Batch::of(document).with(Change::Reviewed(number))).wait()).await?;
        self.shared.events.tell(Event::Reviewed { document });
        Ok(())
    }
}

/// A review as it is kept. `person` gives a device's name and colour.
pub(crate) fn encode(review: &Review, person: impl Fn(&DeviceId) -> (String, String)) -> Vec<u8> {
    let lines: Vec<Value> = review.lines.iter().map(|reviewed| line(reviewed, &person)).collect();
    json!({ "lines": lines, "more": review.more }).to_string().into_bytes()
}

fn line(reviewed: &ReviewedLine, person: &impl Fn(&DeviceId) -> (String, String)) -> Value {
    let theirs = |theirs: &Theirs| {
        let people = theirs.devices.iter().map(|device| {
            let (person, colour) = person(device);
            json!({ "device": device.to_string(), "person": person, "colour": colour })
        });
        json!({ "people": people.collect::<Vec<_>>(), "wording": theirs.wording.as_ref().map(wording) })
    };
    json!({
        "line": reviewed.line,
        "after": reviewed.after,
        "mine": reviewed.mine.as_ref().map(wording),
        "theirs": reviewed.theirs.iter().map(theirs).collect::<Vec<_>>(),
    })
}

fn wording(wording: &Wording) -> Value {
    json!({ "delta": delta_to_json(&wording.content), "block": wording.block })
}
