//! One document: inputs in, a turn out.
//!
//! A [`Document`] hears, thinks, writes, then tells. It is a pure state machine: it reads no clock and no disk, draws no randomness and
//! knows no task. The shell hands everything in, and passes on what comes out, in this order:
//!
//! ```text
//! for input in heard { document.handle(input, now) }
//! let turn = document.take_turn();
//! tell(turn.at_once);                        // rests on no new record
//! write(turn.writes).until_durable().await;  // the same bytes until they are there
//! answer(turn.answers);
//! document.apply_written();                  // foreign bytes meet yrs only now
//! tell(document.take_outputs());
//! ```
//!
//! While a write is under way only inputs that make no record take effect ([`Input::makes_no_record`]); others are kept until after it.

mod hydration;
mod input;
mod output;
mod status;
mod turn;

use std::time::Duration;

use sheaf_base::{DeviceId, DocumentId, Moment};

pub use hydration::{FoldError, FoldJob, Hydration, SnapshotState};
pub use input::{Act, Input, LinkUp, PeerId, Present, Push, RequestId, Selection, ViewId};
pub use output::{
    Announcement, Answer, Author, Cursor, Done, Item, Lane, Opened, Output, Refused, Rescued, ResetReason, Show, Span, State,
};
pub use sheaf_access::{Role, Ticket};
pub use sheaf_protocol::{Dismissal, Frame};
pub use status::{DeviceFact, DeviceState, Progress, Status};
pub use turn::{HeadRow, QuarantineRow, ReceiptRow, RecordRow, SealRow, SecretRow, Stored, Turn, Writes};

/// Who this process is in a document.
#[derive(Clone)]
pub struct Here {
    /// The device's Ed25519 key, as its 32 secret bytes.
    pub key: [u8; 32],
    /// Drawn afresh for every `create`, `open` and `joining`: all randomness of this document in this process comes from it.
    pub seed: [u8; 32],
    /// The person's name and colour, told to the others when they are not what the member records say.
    pub name: String,
    /// See `name`.
    pub colour: String,
}

/// One document.
pub struct Document {
    id: DocumentId,
}

impl Document {
    /// A new document with this device as its owner. Its first turn writes the genesis and the founding body record.
    pub fn create(here: Here, title: &str, now: Moment) -> Document {
        let _ = (here, title, now);
        Document { id: DocumentId([0; 32]) }
    }

    /// A document as the store kept it. Its first turn seals what a crash left unsealed.
    pub fn open(here: Here, stored: Stored, now: Moment) -> Result<Document, OpenError> {
        let _ = (here, now);
        Ok(Document { id: stored.document })
    }

    /// A document that is known by a ticket alone: it waits for its first copy and can do nothing else.
    pub fn joining(here: Here, ticket: Ticket, now: Moment) -> Document {
        let _ = (here, ticket, now);
        Document { id: DocumentId([0; 32]) }
    }

    /// Thinks about one input.
    pub fn handle(&mut self, input: Input, now: Moment) {
        let _ = (input, now);
    }

    /// What rests on no new record and can be told while a turn is being written.
    pub fn take_at_once(&mut self) -> Vec<Output> {
        Vec::new()
    }

    /// Everything thought since the last turn.
    pub fn take_turn(&mut self) -> Turn {
        Turn::default()
    }

    /// The turn is durable: foreign records enter the replica, and what rests on the turn may be told.
    pub fn apply_written(&mut self) {}

    /// What is to be told now.
    pub fn take_outputs(&mut self) -> Vec<Output> {
        Vec::new()
    }

    /// When the document wants to be woken, on the clock of [`Moment::elapsed`].
    pub fn next_timeout(&self) -> Option<Duration> {
        None
    }

    /// Which document this is.
    pub fn id(&self) -> DocumentId {
        self.id
    }

    /// What this device may do.
    pub fn role(&self) -> Role {
        Role::Owner
    }

    /// What can be done with it.
    pub fn state(&self) -> State {
        State::Waiting
    }

    /// Whether a device is a member, as far as is known here: whether links to it are of interest.
    pub fn is_member(&self, device: &DeviceId) -> bool {
        let _ = device;
        false
    }

    /// Everybody, for lists of people.
    pub fn members(&self) -> Vec<Member> {
        Vec::new()
    }

    /// The digest of everything durable, for discovery.
    pub fn frontier_digest(&mut self) -> [u8; 32] {
        [0; 32]
    }

    /// Prepares making a snapshot of what `hydration` holds, on a second replica: run the job where it disturbs nobody, and store what it
    /// returns. Takes the same as [`Input::Hydrate`].
    pub fn fold(&mut self, hydration: Hydration) -> FoldJob {
        FoldJob::new(hydration.snapshot, Vec::new(), 0)
    }

    /// Facts about everybody's copies.
    pub fn status(&self) -> Status {
        Status::default()
    }
}

/// A member's device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The device.
    pub device: DeviceId,
    /// Whose, as the member records say.
    pub name: String,
    /// Their colour.
    pub colour: String,
    /// What it may do.
    pub role: Role,
    /// This very device.
    pub mine: bool,
}

/// Why a stored document cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The rows do not fit together.
    #[error("the journal of document {document} is damaged at chain {chain}, record {number}: {what}")]
    Damaged {
        /// Which document.
        document: DocumentId,
        /// Which chain.
        chain: sheaf_base::ChainId,
        /// Which record.
        number: u64,
        /// What is wrong.
        what: String,
    },
}
