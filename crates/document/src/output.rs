//! What a document tells, and what it answers.

use std::sync::Arc;

use sheaf_access::{GrantError, Refusal, Role, Ticket};
use sheaf_base::{DeviceId, Hash, Wall};
use sheaf_protocol::{Dismissal, Frame, RouteHint};
pub use sheaf_protocol::{Lane, Span};
use sheaf_replica::Place;
use sheaf_schema::Delta;

use crate::{
    input::{PeerId, RequestId, Selection, ViewId},
    status::Status,
};

/// What a document tells. The shell passes it on without waiting; nothing is lost for good if it cannot.
#[derive(Debug, Clone)]
pub enum Output {
    /// To a view: one item of its gapless sequence, or where the sequence begins.
    View {
        /// Which view.
        view: ViewId,
        /// The item.
        item: Item,
    },
    /// To a view: who else is in the text, and where. The newest replaces the one before.
    Presence {
        /// Which view.
        view: ViewId,
        /// The version that the places count in.
        version: u64,
        /// Everybody else.
        cursors: Vec<Cursor>,
    },

    /// To a peer: a frame.
    Send {
        /// To whom.
        peer: PeerId,
        /// How.
        lane: Lane,
        /// What.
        frame: Frame,
    },
    /// To a peer: these stretches of the journal, in order of acceptance, as `Records` frames on the bulk lane
    /// (`sheaf_protocol::Chunks` builds them). The shell says [`crate::Input::LinkFree`] when the last one has been handed over.
    Supply {
        /// To whom.
        peer: PeerId,
        /// What.
        spans: Vec<Span>,
    },
    /// This peer has no business here (any more): close what it has open about this document.
    Dismiss {
        /// Whom.
        peer: PeerId,
        /// Why; it has been sent the same.
        reason: Dismissal,
    },

    /// A member of this document says how other members were last reached.
    Routes {
        /// Who says so.
        peer: PeerId,
        /// What they say; only about devices that are members by the fold here.
        routes: Vec<RouteHint>,
    },

    /// To the library.
    Announce(Announcement),
    /// The document needs its replica: answer with [`crate::Input::Hydrate`], the newest good snapshot and the body rows after it.
    Hydrate {
        /// The snapshot could not be read: without it, and with all rows.
        from_start: bool,
    },
    /// What was written apart has come together: hand all body rows, without a snapshot, to [`crate::Document::review`], run its job beside
    /// the turns, and keep what it finds for this device's person.
    Review,
}

/// One item of a view's sequence.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// The whole text: the beginning of the sequence.
    Opened(Opened),
    /// The text changed by somebody else's doing; this version is the one before plus this Delta.
    Show(Show),
    /// The view's own push entered the text and is durable; stands in the place of its show.
    Saved {
        /// The version it made.
        version: u64,
        /// The push.
        number: u64,
    },
    /// The sequence begins anew: rebase onto this text.
    Reset {
        /// The text.
        opened: Opened,
        /// Why.
        reason: ResetReason,
    },
}

/// A whole text at a version.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The version.
    pub version: u64,
    /// What this device may do.
    pub role: Role,
    /// The title.
    pub title: String,
    /// The text.
    pub delta: Arc<Delta>,
    /// Its length in UTF-16 units.
    pub length: u32,
    /// Its checksum: FNV-1a over its UTF-16 units, embeds as U+FFFC.
    pub checksum: u32,
}

/// A change to a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Show {
    /// The version it makes.
    pub version: u64,
    /// The change.
    pub delta: Arc<Delta>,
    /// Whose it is.
    pub author: Author,
    /// The length it leaves.
    pub length: u32,
    /// The checksum it leaves, on every sixteenth version.
    pub checksum: Option<u32>,
}

/// Whose doing a change is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A view of this process.
    View(ViewId),
    /// Rust in this process: Markdown, restore, agents.
    Here,
    /// Other devices, in one turn.
    Devices(Vec<DeviceId>),
}

/// Why a sequence begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetReason {
    /// The push named a version that is too old to be transformed from.
    TooOld,
    /// The view left too many shows unconfirmed.
    Behind,
    /// The text had to be built anew: a record that it held does not count any more.
    Rebuilt,
}

/// Somebody else's caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Which link; two windows of one device elsewhere share it.
    pub peer: PeerId,
    /// Whose device.
    pub device: DeviceId,
    /// The name that the member records give.
    pub name: String,
    /// The colour that the member records give.
    pub colour: String,
    /// Where, in offsets of the presence's version; `None`: in the document, not in the text.
    pub selection: Option<Selection>,
    /// Keys are being pressed.
    pub typing: bool,
}

/// What the library should know.
#[derive(Debug, Clone, PartialEq)]
pub enum Announcement {
    /// The title changed.
    Title(String),
    /// The text changed; when. Search and mirror look again when they like.
    Changed(Wall),
    /// The document can be used, or cannot.
    State(State),
    /// The role of this device, and everybody's names, changed.
    Members,
    /// Facts about devices changed: everything, as it is now.
    Status(Status),
    /// The digest of everything held and durable, for discovery.
    Frontier([u8; 32]),
    /// Words of this device were removed with a line by somebody who had not seen them.
    Rescued(Rescued),
    /// A record could not be used. It is kept; the document goes on without it.
    Quarantined {
        /// Whose record.
        device: DeviceId,
        /// What is wrong, for people.
        reason: String,
    },
    /// A device has written two histories of one chain. Everything in both counts; the key has been at work in two places.
    Forked {
        /// Whose key.
        device: DeviceId,
        /// This very device's.
        mine: bool,
    },
    /// Another process with this device's key is at work.
    Twin,
    /// Two devices hold the same and show different text: a bug, and what is needed to find it.
    Alarm {
        /// The other device.
        device: DeviceId,
        /// What was compared.
        evidence: String,
    },
}

/// What can be done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The first copy is not here yet.
    Waiting,
    /// Everything works.
    Ready,
    /// This device has left, or was removed.
    Left,
}

/// Words that lost their line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    /// The words.
    pub text: String,
    /// The id of the line that went.
    pub line: String,
    /// Where the words stand now.
    pub place: Place,
}

/// What is answered to whoever asked, when it is durable.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To a view's push.
    Pushed {
        /// Which view.
        view: ViewId,
        /// Which push.
        number: u64,
        /// The version it made, or why it did not.
        result: Result<u64, Refused>,
    },
    /// To a request from Rust.
    Done {
        /// Which request.
        request: RequestId,
        /// What it brought, or why not.
        result: Result<Done, Refused>,
    },
}

/// What a request brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// It is done and durable; the text is at this version.
    Version(u64),
    /// The body.
    Body(Opened),
    /// A ticket, whose routes are the shell's to add, and the record of its invitation.
    Ticket(Box<Ticket>, Hash),
}

/// Why an edit or an act was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The role does not allow it.
    #[error("this device may {} here; {needs} is needed", role_words(*.role))]
    Role {
        /// The role of this device.
        role: Role,
        /// What it would take.
        needs: &'static str,
    },
    /// A rule of who may do what says no.
    #[error("{0}")]
    Rule(#[from] Refusal),
    /// The first copy is not here yet.
    #[error("the first copy of this document is not here yet")]
    Waiting,
    /// A new secret has been made, and this device has not been dealt it yet.
    #[error("the key of what is written now is not here yet; it comes from whoever is reached next")]
    NoKey,
    /// The edit does not fit the text it names.
    #[error("the edit does not fit the text: {0}")]
    Malformed(String),
    /// The version is too old to be transformed from; a Reset is on its way.
    #[error("the edit was made at version {version}, which is too old or not known here")]
    TooOld {
        /// The version that was named.
        version: u64,
    },
    /// Nobody of that name waits to be let in, or somebody has dealt with it.
    #[error("nobody waits to be let in by that request any more")]
    NoRequest,
    /// Whoever waits cannot be let in any more.
    #[error("{0}")]
    NotGranted(GrantError),
    /// The view is not open.
    #[error("this view is not open")]
    NotOpen,
    /// This process may not write here any more.
    #[error("this device may not write here any more: {0}")]
    Closed(String),
}

fn role_words(role: Role) -> &'static str {
    match role {
        Role::View => "only read",
        Role::Comment => "read and comment",
        Role::Edit => "edit",
        Role::Admin => "administer",
        Role::Owner => "do everything",
    }
}
