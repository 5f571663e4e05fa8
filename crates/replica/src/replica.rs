//! One body, open for reading and writing.

use std::ops::Range;

use sheaf_base::{ClientId, Update};
use sheaf_schema::Delta;

/// The CRDT copy of one body. Offsets and Deltas are a view's: UTF-16 units, the sentinel hidden, newlines carrying `line` and `block`.
pub struct Replica {
    client: ClientId,
}

/// What a push has become.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// The updates to record, in order; none if the push changed nothing. None is larger than [`sheaf_base::limits::PAYLOAD`].
    pub updates: Vec<Update>,
    /// The clocks that they fill together.
    pub clocks: Range<u32>,
    /// The change as views are to be told: the push with ids and kinds as they came to be.
    pub delta: Delta,
}

/// What updates have changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The change as views are to be told; empty if the body looks as before.
    pub delta: Delta,
    /// Whether the title is another.
    pub title: bool,
}

/// Why a push is refused. Nothing has changed, unless the replica is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// There is no body to edit yet.
    #[error("the document has no first copy yet, so it cannot be edited")]
    NotFounded,
    /// More is kept or deleted than there is.
    #[error("the push needs {needed} characters and the text has {length}")]
    TooLong {
        /// How much it speaks of.
        needed: usize,
        /// How much there is.
        length: usize,
    },
    /// An operation begins or ends inside a character.
    #[error("the push splits the character at {0}")]
    SplitsPair(usize),
    /// A carriage return.
    #[error("the push contains a carriage return; lines end in a newline alone")]
    CarriageReturn,
    /// Something too large, too deep or not representable.
    #[error("the push holds what a body cannot: {0}")]
    Unfit(&'static str),
    /// See [`Broken`].
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// Why updates could not be applied. Nothing has changed, unless the replica is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// Not even well-formed: it should have been refused long before.
    #[error(transparent)]
    Refused(#[from] crate::walk::Refused),
    /// It stands on something that is not here.
    #[error("the update refers to {0}, which is not here yet")]
    Missing(crate::walk::Id),
    /// See [`Broken`].
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// The replica cannot be trusted any more: drop it and open another from the journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the replica broke and must be opened again: {0}")]
pub struct Broken(pub String);

/// A snapshot that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is damaged: {0}")]
pub struct DamagedSnapshot(pub String);

/// To which neighbour a place keeps when text comes in exactly there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stick {
    /// To the character before it.
    Before,
    /// To the character after it.
    After,
}

/// A place in the text that stays with its neighbour, whatever is written around it. Its bytes may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(pub Vec<u8>);

impl Replica {
    /// A replica that writes as `client` and waits for its first copy.
    pub fn empty(client: ClientId) -> Self {
        Replica { client }
    }

    /// A new document's body, and the update that founds it.
    pub fn found(client: ClientId) -> Result<(Self, Update), Broken> {
        let _ = client;
        todo!()
    }

    /// The body that a snapshot holds.
    pub fn from_snapshot(client: ClientId, snapshot: &[u8]) -> Result<Self, DamagedSnapshot> {
        let _ = (client, snapshot);
        todo!()
    }

    /// Everything, in one piece, with a hash that [`Replica::from_snapshot`] compares.
    pub fn snapshot(&self) -> Result<Vec<u8>, Broken> {
        todo!()
    }

    /// Applies what a view pushed. `fresh` is the source of line ids.
    pub fn push(&mut self, delta: &Delta, fresh: &mut dyn FnMut() -> [u8; 32]) -> Result<Pushed, PushError> {
        let _ = (delta, fresh);
        todo!()
    }

    /// Names the document.
    pub fn set_title(&mut self, title: &str) -> Result<Pushed, PushError> {
        let _ = title;
        todo!()
    }

    /// Applies updates of others, or one's own from the journal: all in one step. What is here already is passed over.
    pub fn apply(&mut self, updates: &[Update]) -> Result<Applied, ApplyError> {
        let _ = updates;
        todo!()
    }

    /// The whole body as a view sees it.
    pub fn delta(&self) -> Delta {
        todo!()
    }

    /// The length of the body as a view sees it.
    pub fn length(&self) -> usize {
        todo!()
    }

    /// The checksum of the body's text, as views compute it.
    pub fn checksum(&self) -> u32 {
        todo!()
    }

    /// The document's title; empty if nobody has named it.
    pub fn title(&self) -> &str {
        todo!()
    }

    /// A hash over the canonical Delta and the title: equal for devices that have applied the same records.
    pub fn state_hash(&self) -> [u8; 32] {
        todo!()
    }

    /// A place at an offset; `None` if the offset lies beyond the text.
    pub fn place(&self, offset: usize, stick: Stick) -> Option<Place> {
        let _ = (offset, stick);
        todo!()
    }

    /// Where a place is now; `None` if its neighbour is not here.
    pub fn resolve(&self, place: &Place) -> Option<usize> {
        let _ = place;
        todo!()
    }

    /// The client that this replica writes as.
    pub fn client(&self) -> ClientId {
        self.client
    }

    /// One more than the last clock of this client that is here.
    pub fn end(&self, client: ClientId) -> u32 {
        let _ = client;
        todo!()
    }

    /// Whether there is a body: the founding update is here.
    pub fn is_founded(&self) -> bool {
        todo!()
    }

    /// Whether yrs holds anything back. It never may.
    pub fn pending(&self) -> bool {
        todo!()
    }
}
