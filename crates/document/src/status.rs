//! Facts about who has what, for the status line. Never the word "synced".

use std::collections::BTreeSet;

use sheaf_base::{DeviceId, Hash, Wall};
use sheaf_protocol::Dismissal;

use crate::{Document, body::News};

/// Everything that can be said about a document's copies, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Other devices of members.
    pub devices: Vec<DeviceFact>,
    /// The first copy, while it is coming.
    pub first_copy: Option<Progress>,
}

/// What is known about one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFact {
    /// Which device.
    pub device: DeviceId,
    /// Whose: the record that their membership began with, if that is here.
    pub member: Option<Hash>,
    /// What they call themselves, as the member records say.
    pub person: String,
    /// Their colour.
    pub colour: String,
    /// There is a link to it now.
    pub linked: bool,
    /// What it has.
    pub state: DeviceState,
    /// When the newest receipt came.
    pub receipt_at: Option<Wall>,
    /// When the newest came that it gave itself: the others were carried here, and say nothing of when it was there.
    pub said_at: Option<Wall>,
    /// Records that it has and that are not here yet, as far as the two have compared.
    pub ahead: u64,
    /// Two processes with this device's key are at work: a profile is in use twice.
    pub twice: bool,
}

/// What a device has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceState {
    /// It has sent the receipt for everything here.
    HasAll,
    /// So many edits made or received here are not yet with it, as far as is known.
    Behind {
        /// How many.
        edits: u64,
    },
    /// It has never said what it has.
    Unknown,
    /// It has refused, or was refused.
    Refused {
        /// Why.
        reason: Dismissal,
    },
}

/// What a document has counted since it began in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Records that came again.
    pub duplicates: u64,
    /// Turns that took in edits whose authors did not know what this process had written last.
    pub merges: u64,
    /// Edits of views.
    pub edits: u64,
    /// Words that they began.
    pub words: u64,
}

impl Tally {
    /// What has been counted since an earlier moment of the same process.
    pub fn since(self, earlier: Tally) -> Tally {
        Tally {
            duplicates: self.duplicates - earlier.duplicates,
            merges: self.merges - earlier.merges,
            edits: self.edits - earlier.edits,
            words: self.words - earlier.words,
        }
    }
}

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// From whom.
    pub from: DeviceId,
    /// Bytes here.
    pub bytes: u64,
    /// Bytes in all, as the sender said.
    pub total: u64,
}

impl Document {
    /// What has been counted since the document began in this process.
    pub fn tally(&self) -> Tally {
        Tally { duplicates: self.delivery.duplicates, ..self.tally }
    }

    /// Whose edits have been taken in since this was last asked.
    pub fn take_authors(&mut self) -> BTreeSet<DeviceId> {
        std::mem::take(&mut self.authors)
    }

    /// Whether one of these was written without knowing what this process has written last.
    pub(crate) fn are_concurrent(&self, news: &[News]) -> bool {
        let mine = self.own.chain().and_then(|chain| self.history.tip(&chain)).filter(|tip| tip.number > 0);
        mine.is_some_and(|mine| {
            let knows = |news: &News| {
                let past = self.history.graph.past_with(&news.position.hash);
                past.is_none_or(|past| past.number(&mine.chain) >= mine.number)
            };
            !news.iter().all(knows)
        })
    }
}
