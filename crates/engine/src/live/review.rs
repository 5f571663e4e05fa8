//! Merge review: found beside the turns, when what was written apart has come together, and kept for this device's person.

use std::sync::Arc;

use sheaf_base::{DeviceId, DocumentId};
use sheaf_document::{Hydration, Member, ReviewError, ReviewJob};
use sheaf_store::{Batch, Change, CommitError, ReadError};
use tokio::sync::oneshot;

use super::{Heard, Live};
use crate::engine::Shared;
use crate::event::Event;
use crate::task::{blocking, supervised};
use crate::{review, rows};

/// There is no review. The text is merged all the same.
#[derive(Debug, thiserror::Error)]
enum Unfound {
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("{0}")]
    Review(#[from] ReviewError),
    #[error("{0}")]
    Commit(#[from] CommitError),
}

impl Live {
    /// Looks for lines that were changed on both sides.
    pub(super) fn review(&self) {
        let (shared, id, near) = (self.shared.clone(), self.document.id(), self.near.clone());
        let members = self.document.members().to_vec();
        supervised("a merge review", async move {
            // A semaphore that is never closed.
            let _turn = shared.hydrations.acquire().await;
            let found = match hydration(&shared, id).await {
                Ok(hydration) => {
                    let (reply, job) = oneshot::channel();
                    // Only the document can open its records; it does so between two turns.
                    drop(near.upgrade().map(|near| near.send(Heard::Review { hydration, reply })));
                    // A document that is being closed looks itself.
                    let Some(job) = job.await.ok().flatten() else { return };
                    find(&shared, id, job, members).await
                }
                Err(error) => Err(error),
            };
            tell(&shared, id, found);
        });
    }

    /// The same of what has come just before the document is closed.
    pub(super) async fn review_at_the_end(&mut self) {
        let (shared, id) = (self.shared.clone(), self.document.id());
        while self.document.owes_review() {
            let found = match hydration(&shared, id).await {
                Ok(hydration) => {
                    let Some(job) = self.document.review(hydration) else { return };
                    find(&shared, id, job, self.document.members().to_vec()).await
                }
                Err(error) => return tell(&shared, id, Err(error)),
            };
            tell(&shared, id, found);
        }
    }
}

async fn hydration(shared: &Arc<Shared>, id: DocumentId) -> Result<Hydration, Unfound> {
    let store = shared.store.clone();
    Ok(blocking(move || store.read(|reader| rows::hydration(reader, id, true))).await?)
}

/// Finds the lines and keeps them. Says how many there are.
async fn find(shared: &Arc<Shared>, id: DocumentId, job: ReviewJob, members: Vec<Member>) -> Result<usize, Unfound> {
    let store = shared.store.clone();
    blocking(move || {
        let review = job.run()?;
        let lines = review.lines.len() + review.more;
        if lines > 0 {
            let change = Change::Review { at: review.at, body: review::encode(&review, |device| person(&members, device)) };
            store.commit(Batch::of(id).with(change)).wait()?;
        }
        Ok(lines)
    })
    .await
}

fn tell(shared: &Arc<Shared>, id: DocumentId, found: Result<usize, Unfound>) {
    match found {
        Ok(0) => {}
        Ok(lines) => {
            tracing::info!(document = %id.short(), lines, "lines were changed on both sides while apart");
            shared.events.tell(Event::Reviewed { document: id });
        }
        Err(error) => tracing::warn!(document = %id.short(), %error, "what was changed apart is not listed"),
    }
}

/// A device's name and colour as the member records give them now.
fn person(members: &[Member], device: &DeviceId) -> (String, String) {
    let member = members.iter().find(|member| member.device == *device);
    member.map(|member| (member.name.clone(), member.colour.clone())).unwrap_or_default()
}
