//! Writing a turn until it is durable.

use std::time::Duration;

use sheaf_store::{Batch, CommitError};
use tokio::sync::oneshot;

use super::{Ended, Heard, Live};
use crate::said::Tells;

/// How long a write that failed waits before the same bytes are tried again; doubled up to [`LONGEST`].
const AGAIN: Duration = Duration::from_millis(50);

/// See [`AGAIN`]. A person who has made room should not wait for Sheaf to notice.
const LONGEST: Duration = Duration::from_secs(2);

impl Live {
    /// Writes a batch until it is durable, however often that takes. Meanwhile hears what makes no record.
    pub(super) async fn write_until_durable(&mut self, batch: Batch) -> Result<(), Ended> {
        let mut pause = AGAIN;
        loop {
            let (done, mut outcome) = oneshot::channel();
            self.shared.store.commit_then(batch.clone(), move |outcome| drop(done.send(outcome)));
            let outcome = loop {
                tokio::select! {
                    biased;
                    outcome = &mut outcome => break outcome.unwrap_or(Err(CommitError::Closed)),
                    heard = self.inbox.hear_meanwhile() => self.take_meanwhile(heard)?,
                }
            };
            match outcome {
                Ok(written) => {
                    self.row = written.last_row;
                    return Ok(());
                }
                Err(error) if error.is_passing() => {
                    self.counts.write_failed();
                    let why = error.said();
                    self.publish(|facts| facts.unsaved = Some(why));
                    self.hear_for(pause).await?;
                    // Nothing that rests on this turn was told; whoever waits for it keeps its words and is told to open again.
                    if self.inbox.is_stopping() {
                        return Err(Ended::Stopped);
                    }
                    pause = (pause * 2).min(LONGEST);
                }
                Err(CommitError::Closed) => return Err(Ended::Stopped),
                Err(error) => {
                    tracing::error!(document = %self.document.id().short(), %error, "a turn can never be written");
                    return Err(Ended::Refused(error.to_string()));
                }
            }
        }
    }

    async fn hear_for(&mut self, pause: Duration) -> Result<(), Ended> {
        let over = tokio::time::sleep(pause);
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return Ok(()),
                heard = self.inbox.hear_meanwhile() => self.take_meanwhile(heard)?,
            }
        }
    }

    fn take_meanwhile(&mut self, heard: Heard) -> Result<(), Ended> {
        self.take(heard)?;
        let outputs = self.document.take_at_once();
        self.tell(outputs);
        Ok(())
    }
}
