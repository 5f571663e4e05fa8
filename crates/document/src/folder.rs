//! Folders: documents whose lines say what is in them.
//!
//! A shared folder has members, roles, tickets, secrets, removals and sync because it is a document; this module adds what is said in it. That it is
//! one is said by its founding head, so it is part of its id, and nobody makes a folder of a text or a text of a folder. [`List`] reads the lines;
//! [`steps`] says what is left to do in a document so that whoever is in the folder is in that, with the same role, and nobody who was removed
//! is. Nothing here acts: the shell does, on a device that may.

mod list;
mod steps;

use std::{fmt, str::FromStr};

use sheaf_base::{DeviceId, DocumentId};
use sheaf_record::SignedHead;

use crate::Document;

pub use list::{List, Listed, Problem, Row, row_of};
pub use steps::{Sides, Step, steps};

/// Documents that a folder may hold: each is a session on each link of each member, and a peer that asks for 256 documents which are not here is taken
/// for one that is looking for something (`UNKNOWN` in the engine's `conversation`).
pub const DOCUMENTS: usize = 200;

/// How the nonce of a folder's founding head begins. The other eight bytes are drawn, and device and time stand beside them.
const MARK: [u8; 8] = *b"folder 1";

/// How the label of an invitation begins that was made for everybody in a folder. The folder's id follows.
const LABEL: &str = "folder ";

/// How that of an invitation ends which somebody made by putting the document in, and no device by itself: see [`steps`].
const PUT: &str = " put";

/// Makes the nonce of a founding head one of a folder's.
pub(crate) fn mark(nonce: &mut [u8; 16]) {
    nonce[..MARK.len()].copy_from_slice(&MARK);
}

/// The label of an invitation for everybody in a folder: by it a document's own admins have said that it is in there.
pub fn label(folder: DocumentId) -> String {
    format!("{LABEL}{folder}")
}

/// The same where a person puts a document into the folder: the word by which its owner hands it over.
pub fn label_of_putting(folder: DocumentId) -> String {
    format!("{LABEL}{folder}{PUT}")
}

/// The folder that an invitation was made for.
pub fn of_label(label: &str) -> Option<DocumentId> {
    let folder = label.strip_prefix(LABEL)?;
    folder.strip_suffix(PUT).unwrap_or(folder).parse().ok()
}

/// Under which secrets something was listed: whoever was removed since has not got them, and whoever was removed then has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag([u8; 8]);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Tag {
    type Err = ();

    fn from_str(text: &str) -> Result<Tag, ()> {
        let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        let digits = text.as_bytes();
        if digits.len() != 16 || !digits.iter().all(|digit| is_digit(*digit)) {
            return Err(());
        }
        u64::from_str_radix(text, 16).map(|number| Tag(number.to_be_bytes())).map_err(drop)
    }
}

impl Document {
    /// Whether it is a folder. Of one that waits for its first copy the ticket says so.
    pub fn is_folder(&self) -> bool {
        let founding = self.history.founding().and_then(|chain| self.history.head(&chain));
        match founding.filter(|head| SignedHead::is_founding(head)) {
            Some(head) => head.head().nonce.starts_with(&MARK),
            None => self.ticket.as_ref().is_some_and(|ticket| ticket.folder.is_some()),
        }
    }

    /// Which secrets close what is written now, for whoever lists something under them.
    pub fn tag(&self) -> Tag {
        let mut tag = [0; 8];
        for epoch in self.history.access.epochs() {
            tag.iter_mut().zip(epoch.0).for_each(|(byte, more)| *byte ^= more);
        }
        Tag(tag)
    }

    /// Whether a device is in here, or was.
    pub fn was_member(&self, device: &DeviceId) -> bool {
        self.history.access.was_member(device)
    }
}
