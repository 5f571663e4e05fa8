//! What happens that somebody may want to hear of: windows, and `sheaf up --json`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sheaf_base::{DeviceId, DocumentId};
use tokio::sync::broadcast;

use crate::said::Said;

/// Something happened. Events say where to look, not what is there: a listener that missed some looks again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The library changed: a document came, went, or has another title.
    Documents,
    /// The facts about a document changed, or, without one, those about the network.
    Status {
        /// Which document.
        document: Option<DocumentId>,
    },
    /// The first copy of a document is here.
    Joined {
        /// Which document.
        document: DocumentId,
    },
    /// Who is in a document, its invitations or who waits to be let in may have changed.
    Members {
        /// Which document.
        document: DocumentId,
    },
    /// What is kept for this device's person changed: words came, or were dealt with.
    Rescued {
        /// In which document.
        document: DocumentId,
    },
    /// What was changed on both sides while they were apart is listed, or was dealt with.
    Reviewed {
        /// In which document.
        document: DocumentId,
    },
    /// The devices of this device's person changed, or how far linking one is.
    Devices,
    /// Which documents name which others may have changed.
    Mentions,
    /// How the files that a document refers to stand has changed.
    Attachments {
        /// Which document.
        document: DocumentId,
    },
    /// A link to a device came up or went down.
    Link {
        /// Which device.
        device: DeviceId,
        /// It came up.
        up: bool,
        /// How it goes: directly or over a relay.
        path: Option<String>,
    },
    /// Something that a person should know, in a sentence.
    Notice {
        /// About which document, if any.
        document: Option<DocumentId>,
        /// About which device, if any.
        device: Option<DeviceId>,
        /// How bad it is.
        level: Level,
        /// What kind of thing.
        code: &'static str,
        /// The sentence.
        said: Said,
    },
}

/// How bad a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing is wrong.
    Info,
    /// Something went wrong and was mended, or waits for a person.
    Warning,
    /// Something does not work.
    Error,
}

/// Events that a listener may leave unheard before it is told only that it missed some.
const MISSED: usize = 1024;

/// Notices that are kept while nobody listens; of more, the last.
const KEPT: usize = 16;

/// Tells everybody who listens. What a person should know is kept until somebody does: documents come to life before the first window is there.
#[derive(Debug, Clone)]
pub struct Events {
    listeners: broadcast::Sender<Event>,
    kept: Arc<Mutex<VecDeque<Event>>>,
}

impl Events {
    pub(crate) fn new() -> Events {
        Events { listeners: broadcast::Sender::new(MISSED), kept: Arc::default() }
    }

    /// Tells. Nobody has to listen.
    pub fn tell(&self, event: Event) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(event, Event::Notice { .. }) && self.listeners.receiver_count() == 0 {
            kept.push_back(event);
            if kept.len() > KEPT {
                kept.pop_front();
            }
            return;
        }
        drop(self.listeners.send(event));
    }

    /// Listens from now on, and hears the notices that nobody has heard.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let listener = self.listeners.subscribe();
        kept.drain(..).for_each(|event| drop(self.listeners.send(event)));
        listener
    }
}

#[cfg(test)]
mod tests {
    use sheaf_sentence::Sentence;

    use super::*;

    fn notice(number: usize) -> Event {
        let said = Said::new(Sentence::NoticeRescued {}, format!("number {number}"));
        Event::Notice { document: None, device: None, level: Level::Warning, code: "rescued", said }
    }

    #[test]
    fn what_a_person_should_know_waits_for_somebody_who_listens() {
        let events = Events::new();
        events.tell(Event::Documents);
        (0..20).for_each(|number| events.tell(notice(number)));
        let mut window = events.listen();
        let heard: Vec<Event> = std::iter::from_fn(|| window.try_recv().ok()).collect();
        assert_eq!(heard, (4..20).map(notice).collect::<Vec<_>>(), "the last of them, and of the rest one looks again");
        assert!(events.listen().try_recv().is_err(), "they have been heard");
        events.tell(notice(20));
        assert_eq!(window.try_recv(), Ok(notice(20)));
    }
}
