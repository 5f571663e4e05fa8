//! What the engine and its network half ask of each other.
//!
//! The network half (module `net`) implements [`Net`]; it reaches documents through [`crate::DocumentHandle`]:
//! `link_up`, `receive`, `link_full`, `link_free`, `link_down`, and reads what it needs to know of them from
//! [`crate::DocumentHandle::facts`], which asks nobody.

use std::pin::Pin;
use std::time::Duration;

use sheaf_access::Route;
use sheaf_base::{DeviceId, DocumentId};
use sheaf_document::{Announcement, Lane, PeerId, Span};
use sheaf_protocol::{Dismissal, Frame, RouteHint, SessionId};

use crate::said::Said;

/// The network, as documents use it. Nothing here waits, and nothing fails: what cannot be sent is dropped, and the document hears of it
/// by `LinkFull`.
pub trait Net: Send + Sync + 'static {
    /// Sends a frame about a document to a peer.
    fn send(&self, peer: PeerId, document: DocumentId, lane: Lane, frame: Frame);

    /// Sends stretches of a document's journal to a peer, on the bulk lane, from the store; `link_free` when the last is handed over.
    fn supply(&self, peer: PeerId, document: DocumentId, spans: Vec<Span>);

    /// Closes what this peer has open about a document.
    fn dismiss(&self, peer: PeerId, document: DocumentId, reason: Dismissal);

    /// A member of a document says how other members were last reached. Only about members.
    fn heard_routes(&self, peer: PeerId, document: DocumentId, routes: Vec<RouteHint>);

    /// A document has news: its members, its frontier, its state changed. The facts are up to date when this is called.
    fn announced(&self, document: DocumentId, announcement: &Announcement);

    /// A document came to life, or began to be of interest to others: its links may be offered to it.
    fn appeared(&self, document: DocumentId);

    /// A document refers to a file that it did not refer to before, or somebody asked for one.
    fn attached(&self, document: DocumentId);

    /// A document ended; it takes no more inputs.
    fn ended(&self, document: DocumentId);

    /// What is known about the way to a device.
    fn way(&self, device: DeviceId) -> Way;

    /// How the network stands as a whole.
    fn weather(&self) -> Weather;

    /// Every link there is; about a document, those on which it is talked about.
    fn links(&self, about: Option<DocumentId>) -> Vec<LinkReport>;

    /// Adds what has gone over links, and was not counted yet, to this device's statistics.
    fn count(&self);

    /// What the endpoint says of itself, if there is one.
    fn wire(&self) -> Option<Wire>;

    /// The routes that a ticket for this document should carry, this device's own first. Makes the endpoint if there is none yet.
    fn routes(&self, document: DocumentId) -> Pin<Box<dyn Future<Output = Vec<Route>> + Send>>;

    /// The routes to this device itself. Makes the endpoint if there is none yet.
    fn own_routes(&self) -> Pin<Box<dyn Future<Output = Vec<Route>> + Send>>;

    /// Which devices are this person's changed, or there is something to say to one that is being linked.
    fn devices_changed(&self);

    /// Somebody chose another network profile: [`crate::Engine::network_profile`].
    fn profile_changed(&self);
}

/// How the network stands as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weather {
    /// An endpoint exists.
    pub running: bool,
    /// Since when nobody can be reached, in milliseconds since 1970.
    pub offline_since: Option<u64>,
    /// What keeps it from working, for people.
    pub error: Option<Said>,
}

/// What the endpoint says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wire {
    /// The UDP port that it listens on.
    pub port: Option<u16>,
    /// Whether its relay answers; `None` where the profile uses none, and until it is known.
    pub relay_reached: Option<bool>,
}

/// A link, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkReport {
    /// To which device.
    pub device: DeviceId,
    /// It goes directly; `None` while it is not known.
    pub direct: Option<bool>,
    /// Its round trip, if that is known.
    pub round_trip: Option<Duration>,
    /// How long it has been up.
    pub up: Duration,
    /// What both ends call the session about the document that was asked for.
    pub session: Option<SessionId>,
    /// Documents that are talked about on it.
    pub documents: usize,
    /// Frames received, and their bytes.
    pub frames_in: u64,
    /// See `frames_in`.
    pub bytes_in: u64,
    /// Frames handed to the network, and their bytes.
    pub frames_out: u64,
    /// See `frames_out`.
    pub bytes_out: u64,
}

/// The way to a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Way {
    /// There is a link now.
    pub linked: bool,
    /// It goes directly; `None` while it is not known.
    pub direct: Option<bool>,
    /// Its round trip, in milliseconds.
    pub rtt_ms: Option<u64>,
    /// When the device was last heard, in milliseconds since 1970.
    pub last_seen: Option<u64>,
    /// Why there is no link, for people.
    pub reason: Option<Said>,
}
