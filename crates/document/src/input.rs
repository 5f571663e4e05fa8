//! What a document hears.

use std::{fmt, sync::Arc};

use sheaf_access::{AddDevice, Role};
use sheaf_base::{DeviceId, Hash, Wall};
use sheaf_protocol::{Frame, RouteHint};
use sheaf_replica::Place;
use sheaf_schema::Delta;

use crate::hydration::Hydration;

/// A view, as the view itself named this instance of it: after a reload it is another one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId(pub Arc<str>);

impl From<&str> for ViewId {
    fn from(name: &str) -> ViewId {
        ViewId(name.into())
    }
}

impl fmt::Debug for ViewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({})", self.0)
    }
}

/// One link to a peer, as the shell numbers them. Two live instances of one device are two peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// A question or command from Rust, as the shell numbers them; its [`crate::Answer`] carries the number back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// What a document hears.
#[derive(Debug, Clone)]
pub enum Input {
    /// A view wants the text, and from then on everything that changes it. Told as [`crate::Output::Opened`].
    Open {
        /// Which view.
        view: ViewId,
    },
    /// A view's edit.
    Push(Push),
    /// A view has booked everything up to this version.
    Confirm {
        /// Which view.
        view: ViewId,
        /// The version it has booked.
        version: u64,
    },
    /// Where a view's caret is.
    Present(Present),
    /// A view is gone.
    Close {
        /// Which view.
        view: ViewId,
    },

    /// The body as it is now, for Markdown, search and the mirror.
    Read {
        /// Answered under this number.
        request: RequestId,
    },
    /// An edit that no view made: Markdown, restore, agents.
    Edit {
        /// Answered under this number.
        request: RequestId,
        /// The version that the Delta was made at, or the present one.
        base: Option<u64>,
        /// The edit.
        delta: Delta,
    },
    /// A new title.
    Rename {
        /// Answered under this number.
        request: RequestId,
        /// The title.
        title: String,
    },
    /// A rescued edit is to have a line of its own again: see [`crate::Rescued`].
    PutBack {
        /// Answered under this number.
        request: RequestId,
        /// The words.
        text: String,
        /// Where they were last seen, if that is known.
        place: Option<Place>,
    },
    /// Something a person does about members.
    Administer {
        /// Answered under this number.
        request: RequestId,
        /// What.
        act: Act,
    },

    /// There is a link to a peer that may be interested in this document.
    LinkUp(LinkUp),
    /// A frame came from a peer.
    Receive {
        /// From whom.
        peer: PeerId,
        /// The frame.
        frame: Frame,
    },
    /// The shell had to drop a frame to this peer: its queue is full.
    LinkFull {
        /// Whose.
        peer: PeerId,
    },
    /// The queue to this peer is empty again, and the last [`crate::Output::Supply`] has been sent.
    LinkFree {
        /// Whose.
        peer: PeerId,
    },
    /// The link is gone.
    LinkDown {
        /// Whose.
        peer: PeerId,
    },

    /// How other members were last reached: what is passed on to the peers of this document.
    Routes {
        /// All that are known.
        routes: Vec<RouteHint>,
    },

    /// The snapshot and rows that [`crate::Output::Hydrate`] asked for.
    Hydrate(Hydration),
    /// The moment that [`crate::Document::next_timeout`] named has come.
    Timeout,
}

impl Input {
    /// Its name, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Input::Open { .. } => "open",
            Input::Push(_) => "push",
            Input::Confirm { .. } => "confirm",
            Input::Present(_) => "present",
            Input::Close { .. } => "close",
            Input::Read { .. } => "read",
            Input::Edit { .. } => "edit",
            Input::Rename { .. } => "rename",
            Input::PutBack { .. } => "put back",
            Input::Administer { .. } => "administer",
            Input::LinkUp(_) => "link up",
            Input::Receive { frame, .. } => frame.name(),
            Input::LinkFull { .. } => "link full",
            Input::LinkFree { .. } => "link free",
            Input::LinkDown { .. } => "link down",
            Input::Routes { .. } => "routes",
            Input::Hydrate(_) => "hydrate",
            Input::Timeout => "timeout",
        }
    }

    /// Whether this input can make no record, so that it may be handled while a turn is being written.
    pub fn makes_no_record(&self) -> bool {
        match self {
            Input::Confirm { .. } | Input::Present(_) | Input::LinkFull { .. } | Input::LinkDown { .. } => true,
            Input::Receive { frame, .. } => matches!(frame, Frame::Presence(_) | Frame::Bye),
            _ => false,
        }
    }
}

/// A view's edit.
#[derive(Debug, Clone)]
pub struct Push {
    /// Which view.
    pub view: ViewId,
    /// The view's own number for it, growing by one. A number that was answered is answered again, and not applied again.
    pub number: u64,
    /// The version that the view had booked when the edit was made. What came since is transformed away here.
    pub version: u64,
    /// The edit.
    pub delta: Delta,
    /// The versions that this push undoes, so that places and attribution come back with the words.
    pub undoes: Option<(u64, u64)>,
}

/// Where a view's caret is, in offsets of its text at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Which view.
    pub view: ViewId,
    /// The version it counts in.
    pub version: u64,
    /// Where the selection began; equal to `head` when there is only a caret. `None`: not in the text.
    pub selection: Option<Selection>,
    /// Keys are being pressed.
    pub typing: bool,
}

/// A selection in offsets (UTF-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// Where it began.
    pub anchor: u32,
    /// Where the caret is.
    pub head: u32,
}

/// A link to a peer.
#[derive(Debug, Clone)]
pub struct LinkUp {
    /// The shell's number for the link.
    pub peer: PeerId,
    /// Whose key authenticated the link.
    pub device: DeviceId,
    /// The link's exported keying material, the same at both ends and on no other link.
    pub exporter: [u8; 32],
    /// Discovery has shown that both hold the same, of which this is the digest: if it still is, the session begins live, without a greeting.
    pub settled: Option<[u8; 32]>,
}

/// Something a person does about members. A membership is named by the record that it began with, an invitation by its record.
#[derive(Debug, Clone)]
pub enum Act {
    /// Make an open ticket.
    Invite {
        /// The role that whoever joins with it will have.
        role: Role,
        /// The seed of the ticket's keys, drawn by the shell.
        seed: [u8; 32],
        /// What to remember it by.
        label: String,
    },
    /// Make a ticket that this device alone lets in by.
    InviteCounted {
        /// The role that whoever is let in will have.
        role: Role,
        /// The seed of the ticket's keys, drawn by the shell.
        seed: [u8; 32],
        /// What to remember it by.
        label: String,
        /// How many, how long, and whether each is looked at.
        terms: Terms,
    },
    /// Take an invitation back.
    Revoke {
        /// Which.
        invitation: Hash,
    },
    /// Give a member another role.
    Role {
        /// Whom.
        member: Hash,
        /// Any but owner.
        role: Role,
    },
    /// Remove a member, or some of their devices.
    Remove {
        /// Whom.
        member: Hash,
        /// Which of their devices. None: all, and they are no member any more.
        devices: Vec<DeviceId>,
    },
    /// Hand the document over.
    Transfer {
        /// To whom.
        member: Hash,
    },
    /// Say when a membership ends.
    Ends {
        /// Whose.
        member: Hash,
        /// To the second. None: it goes on.
        at: Option<Wall>,
    },
    /// Let in somebody who waits: see [`crate::Document::requests`].
    Admit {
        /// Whom.
        request: Hash,
    },
    /// Do not.
    Decline {
        /// Whom.
        request: Hash,
    },
    /// Add another device of this person, which has agreed to it: see [`crate::Here::consent`].
    AddDevice {
        /// What it agreed to.
        added: Box<AddDevice>,
    },
    /// Say who I am.
    Profile {
        /// My name.
        name: String,
        /// My colour, one of the schema's.
        colour: String,
    },
    /// Leave the document for good.
    Leave,
}

/// What there is to an invitation that its maker's device grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How many it lets in, at least one.
    pub uses: u32,
    /// When it ends, by the maker's clock.
    pub expires: Option<Wall>,
    /// Whether the maker's person looks at each who asks.
    pub approved: bool,
}
