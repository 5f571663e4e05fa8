//! What happens that somebody may want to hear of: windows, and `sheaf up --json`.

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

/// Tells everybody who listens.
#[derive(Debug, Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Events {
    pub(crate) fn new() -> Events {
        Events(broadcast::Sender::new(MISSED))
    }

    /// Tells. Nobody has to listen.
    pub fn tell(&self, event: Event) {
        drop(self.0.send(event));
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
