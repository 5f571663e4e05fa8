//! Handing over a long stretch while somebody types: a run at a time, and to everybody at the same time.
//!
//! A word that is typed stands on all that its author held. Who has less than they must wait for the rest before the word can be shown: so of a paste
//! of megabytes all who write together should hold equally much at any moment, and each part should be so small, and so long after the one before,
//! that a key beside it is hardly held up. While nobody types, everything goes as fast as it can.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use sheaf_base::DocumentId;

use super::hub::Hub;
use crate::lock::held;

/// From one run to the next, each of some 64 KiB: two megabytes a second. A run costs whoever takes it in 2 to 4 ms, and the rest is for keys.
const STEP: Duration = Duration::from_millis(30);

/// How far the supplies of each document have come.
#[derive(Default)]
pub(super) struct Steps(Mutex<BTreeMap<DocumentId, Step>>);

/// How far all supplies of a document may go for now.
#[derive(Clone, Copy)]
struct Step {
    row: u64,
    next: Duration,
}

impl Steps {
    /// How long a run that begins at a row has to wait: not at all if somebody else has got it already, or it is time for the next.
    fn wait(&self, document: DocumentId, row: u64, now: Duration) -> Duration {
        let mut steps = held(&self.0);
        steps.retain(|_, step| now < step.next + STEP);
        match steps.get(&document) {
            Some(step) if row <= step.row => Duration::ZERO,
            Some(step) if now < step.next => step.next - now,
            _ => {
                steps.insert(document, Step { row, next: now + STEP });
                Duration::ZERO
            }
        }
    }
}

impl Hub {
    /// Waits until a run that begins at a row may go, if somebody types in the document.
    pub(super) async fn in_step(&self, document: DocumentId, row: Option<u64>) {
        let Some(row) = row else { return };
        while self.if_live(document).is_some_and(|live| live.is_typed_in()) {
            match self.steps.wait(document, row, self.now()) {
                Duration::ZERO => return,
                wait => tokio::time::sleep(wait).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: DocumentId = DocumentId([1; 32]);

    #[test]
    fn the_first_to_take_a_run_begins_a_step_and_the_others_take_it_at_once() {
        let steps = Steps::default();
        let (begin, half) = (Duration::from_secs(1), STEP / 2);
        assert_eq!(steps.wait(DOCUMENT, 10, begin), Duration::ZERO, "Ben is the first");
        assert_eq!(steps.wait(DOCUMENT, 20, begin + half), half, "his next run waits");
        assert_eq!(steps.wait(DOCUMENT, 10, begin + half), Duration::ZERO, "Cleo gets what he has");
        assert_eq!(steps.wait(DocumentId([2; 32]), 10, begin + half), Duration::ZERO, "another document has its own");
        assert_eq!(steps.wait(DOCUMENT, 20, begin + STEP), Duration::ZERO, "it is time");
        assert_eq!(steps.wait(DOCUMENT, 30, begin + STEP), STEP);
        assert_eq!(steps.wait(DOCUMENT, 5, begin + 9 * STEP), Duration::ZERO, "a stretch that ended is forgotten");
        assert_eq!(steps.wait(DOCUMENT, 6, begin + 9 * STEP), STEP, "and another one begins");
    }
}
