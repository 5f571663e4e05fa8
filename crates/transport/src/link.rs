//! One authenticated connection to a peer, and what comes in on it.
//!
//! A [`Link`] is for sending: it never blocks, a full lane is an answer. The [`Inbox`] that comes with it is for one reader: frames
//! of the fast lane first, then presence, then the bulk lane; a reader that stops reading stops the peer, lane by lane. An inbox
//! ends with exactly one [`Heard::Down`].

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use iroh::{
    TransportAddr,
    endpoint::{Connection, ConnectionError, SendDatagramError, VarInt, WeakConnectionHandle},
};
use sheaf_base::{DeviceId, limits};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::Instant,
};

use crate::{
    lock::lock,
    profile::KEEP_ALIVE,
    queue::{Queue, Refused},
    route::{Route, device},
    silence::SILENT,
};

/// Bytes that may wait on the fast lane. At this limit the caller is told [`SendError::Full`].
const FAST_QUEUE: usize = 256 * 1024;
/// Bytes that may wait on the bulk lane. At this limit the caller is told [`SendError::Full`], or waits in [`Link::send_when_free`].
const BULK_QUEUE: usize = 256 * 1024;
/// How long a link that is taken down politely may take to hand over what waits.
const FAREWELL: Duration = Duration::from_secs(1);

/// Who is at the other end: one running instance of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer {
    /// The device, proven by the handshake.
    pub device: DeviceId,
    /// The number of its process run, as it says.
    pub instance: u64,
}

/// A link's number in this process. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// Three ways over one link. Frames of one lane arrive in order; a later lane never delays an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Ordered and reliable, for what a person waits for.
    Fast,
    /// Ordered and reliable, for what is much.
    Bulk,
    /// Neither: datagrams, of at most [`Link::largest_loose`] bytes. For presence.
    Loose,
}

/// Why a link is taken down. The peer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Reason {
    /// The program ends, or leaves the network.
    Gone = 1,
    /// Another link to the same peer is kept instead.
    Duplicate = 2,
    /// What came was no frame, or not one that a correct program sends.
    Malformed = 3,
    /// An unknown device whose time was up, or too many of them.
    Stranger = 4,
    /// The two programs speak no common version.
    Version = 5,
    /// The caller wants no link with this device.
    Dismissed = 6,
    /// A fault of our own.
    Fault = 7,
}

impl Reason {
    fn from_code(code: VarInt) -> Option<Reason> {
        use Reason::{Dismissed, Duplicate, Fault, Gone, Malformed, Stranger, Version};
        [Gone, Duplicate, Malformed, Stranger, Version, Dismissed, Fault]
            .into_iter()
            .find(|reason| VarInt::from_u32(*reason as u32) == code)
    }
}

/// How a link ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Down {
    /// We took it down.
    Here(Reason, String),
    /// The peer took it down.
    There(Reason, String),
    /// Nothing was heard of the peer for 6 seconds or more.
    Silence,
    /// Something else broke it.
    Broken(String),
}

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Down::Here(reason, words) => write!(f, "taken down here ({reason:?}): {words}"),
            Down::There(reason, words) => write!(f, "taken down by the peer ({reason:?}): {words}"),
            Down::Silence => f.write_str("nothing was heard of the peer any more"),
            Down::Broken(cause) => write!(f, "broken: {cause}"),
        }
    }
}

/// What an [`Inbox`] tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A frame came.
    Frame(Lane, Vec<u8>),
    /// A lane that was full has room again.
    Free(Lane),
    /// The way to the peer changed.
    Path(Path),
    /// The link has ended. Nothing follows.
    Down(Down),
}

/// Why a frame was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Too much waits already. A [`Heard::Free`] says when there is room.
    #[error("the lane is full: the peer reads slower than we write")]
    Full,
    /// The link has ended.
    #[error("the link has ended")]
    Down,
    /// No frame may be so large, nor empty.
    #[error("a frame of {0} bytes cannot be sent; it must have 1 to {max}", max = limits::FRAME)]
    Size(usize),
}

/// How the peer is reached just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Straight or through a relay.
    pub kind: PathKind,
    /// The round trip.
    pub rtt: Duration,
}

/// Straight or through a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathKind {
    /// From machine to machine, to this address.
    Direct(SocketAddr),
    /// Through the relay with this URL.
    Relayed(String),
}

/// What went over a link so far: frames, and their bytes without framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Frames received.
    pub frames_in: u64,
    /// Frames handed to the network.
    pub frames_out: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes handed to the network.
    pub bytes_out: u64,
}

/// The sending half of a link, and what is known about it. Cheap to clone.
#[derive(Clone)]
pub struct Link(pub(crate) Arc<Shared>);

/// The receiving half of a link: for one reader.
pub struct Inbox {
    pub(crate) link: Link,
    pub(crate) fast: mpsc::Receiver<Vec<u8>>,
    pub(crate) loose: mpsc::Receiver<Vec<u8>>,
    pub(crate) bulk: mpsc::Receiver<Vec<u8>>,
    pub(crate) ended: bool,
}

/// The bulk lane's frames, for a reader of their own: see [`Inbox::take_bulk`].
pub struct BulkInbox(mpsc::Receiver<Vec<u8>>);

pub(crate) struct Shared {
    pub(crate) id: LinkId,
    pub(crate) peer: Peer,
    pub(crate) we_dialed: bool,
    /// Weak: who still holds a link that has ended does not hold the socket open. The keeper holds it while it is up.
    connection: WeakConnectionHandle,
    pub(crate) fast: Queue,
    pub(crate) bulk: Queue,
    pub(crate) counts: Counts,
    keying: [u8; 32],
    since: Instant,
    /// Packets that had come when last looked, and when there were more than before.
    heard: Mutex<(u64, Instant)>,
    vouched: AtomicBool,
    signals: Mutex<Signals>,
    signalled: Notify,
    /// How many lanes have handed over everything since the link began to leave.
    handed_over: watch::Sender<u8>,
}

/// What the reader is to be told besides frames: states, so that nothing queues up.
#[derive(Default)]
struct Signals {
    fast_free: bool,
    bulk_free: bool,
    path: Option<Path>,
    ending: Option<(Reason, String)>,
    down: Option<Down>,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) frames_in: AtomicU64,
    pub(crate) frames_out: AtomicU64,
    pub(crate) bytes_in: AtomicU64,
    pub(crate) bytes_out: AtomicU64,
}

impl Link {
    /// Sends a frame, or says at once why not. A loose frame may be lost without a word.
    pub fn send(&self, lane: Lane, frame: Vec<u8>) -> Result<(), SendError> {
        check(&frame)?;
        match lane {
            Lane::Fast => self.0.fast.push(frame).map_err(refused),
            Lane::Bulk => self.0.bulk.push(frame).map_err(refused),
            Lane::Loose => self.send_loose(frame),
        }
    }

    /// Sends a frame as soon as its lane has room. For feeders that have much to send and nothing else to do.
    pub async fn send_when_free(&self, lane: Lane, frame: Vec<u8>) -> Result<(), SendError> {
        check(&frame)?;
        match lane {
            Lane::Fast => self.0.fast.push_when_free(frame).await.map_err(refused),
            Lane::Bulk => self.0.bulk.push_when_free(frame).await.map_err(refused),
            Lane::Loose => self.send_loose(frame),
        }
    }

    /// Old datagrams make room for new ones.
    fn send_loose(&self, frame: Vec<u8>) -> Result<(), SendError> {
        let connection = self.0.connection.upgrade().ok_or(SendError::Down)?;
        let length = frame.len();
        connection.send_datagram(frame.into()).map_err(|error| match error {
            SendDatagramError::ConnectionLost(_) => SendError::Down,
            _ => SendError::Size(length),
        })?;
        self.0.counts.sent(1, length);
        Ok(())
    }

    /// Whether a frame of so many bytes would be taken by the fast or bulk lane now. If not, [`Heard::Free`] will say when there is
    /// room, as after a [`Link::send`] that was refused. For callers whose frames depend on the frames before them.
    pub fn has_room(&self, lane: Lane, bytes: usize) -> bool {
        match lane {
            Lane::Fast => self.0.fast.has_room(bytes),
            Lane::Bulk => self.0.bulk.has_room(bytes),
            Lane::Loose => true,
        }
    }

    /// The largest frame that fits into a datagram just now; 0 where datagrams do not work.
    pub fn largest_loose(&self) -> usize {
        self.0.connection.upgrade().and_then(|connection| connection.max_datagram_size()).unwrap_or(0)
    }

    /// Who is at the other end.
    pub fn peer(&self) -> Peer {
        self.0.peer
    }

    /// This link's number.
    pub fn id(&self) -> LinkId {
        self.0.id
    }

    /// Whether we dialed it (else the peer did).
    pub fn we_dialed(&self) -> bool {
        self.0.we_dialed
    }

    /// Thirty-two bytes that both ends of this connection know and nobody else, different for every connection.
    pub fn keying(&self) -> &[u8; 32] {
        &self.0.keying
    }

    /// How long it has been up.
    pub fn age(&self) -> Duration {
        self.0.since.elapsed()
    }

    /// For how long nothing has come, as far as anybody has looked.
    pub(crate) fn silence(&self) -> Duration {
        lock(&self.0.heard).1.elapsed()
    }

    /// Since when something should have come: a peer that is there answers a keep-alive.
    pub fn overdue(&self) -> Duration {
        self.silence().saturating_sub(KEEP_ALIVE)
    }

    /// Whether nothing has come for longer than a peer that is there is ever silent.
    pub fn is_silent(&self) -> bool {
        self.silence() > SILENT
    }

    /// Looks whether something has come since.
    pub(crate) fn listen(&self) {
        let Some(connection) = self.0.connection.upgrade() else { return };
        let packets = connection.stats().udp_rx.datagrams;
        let mut heard = lock(&self.0.heard);
        if heard.0 != packets {
            *heard = (packets, Instant::now());
        }
    }

    /// How the peer is reached just now; None while no path is chosen.
    pub fn path(&self) -> Option<Path> {
        let connection = self.0.connection.upgrade()?;
        let paths = connection.paths();
        let path = paths.iter().find(|path| path.is_selected()).or_else(|| paths.iter().next())?;
        let kind = match path.remote_addr() {
            TransportAddr::Ip(address) => PathKind::Direct(*address),
            TransportAddr::Relay(url) => PathKind::Relayed(url.to_string()),
            _ => return None,
        };
        Some(Path { kind, rtt: path.rtt() })
    }

    /// Where the peer was seen: a route worth keeping and passing on. It listens where it speaks from.
    pub fn seen_at(&self) -> Route {
        let mut route = Route::bare(self.0.peer.device);
        let Some(connection) = self.0.connection.upgrade() else { return route };
        for path in &connection.paths() {
            match path.remote_addr() {
                TransportAddr::Ip(address) => route.addresses.push(*address),
                TransportAddr::Relay(url) => route.relay = Some(url.to_string()),
                _ => {}
            }
        }
        route
    }

    /// What went over it so far.
    pub fn traffic(&self) -> Traffic {
        self.0.counts.read()
    }

    /// Says that this device is known: the limits on strangers no longer apply. An incoming link of a device that is not kept
    /// and that nobody vouches for within 20 seconds is taken down.
    pub fn vouch(&self) {
        self.0.vouched.store(true, Ordering::Relaxed);
    }

    /// Whether somebody vouched for it.
    pub(crate) fn is_vouched(&self) -> bool {
        self.0.vouched.load(Ordering::Relaxed)
    }

    /// Takes the link down at once and tells the peer why; what waits is dropped.
    pub fn close(&self, reason: Reason, words: &str) {
        self.0.close(reason, words);
    }

    /// Hands over what waits on both lanes, for at most a second, then takes the link down.
    pub async fn leave(&self, reason: Reason, words: &str) {
        self.0.fast.end();
        self.0.bulk.end();
        let mut handed_over = self.0.handed_over.subscribe();
        let both = handed_over.wait_for(|lanes| *lanes == 2);
        let _ = tokio::time::timeout(FAREWELL, both).await;
        self.0.close(reason, words);
    }
}

fn check(frame: &[u8]) -> Result<(), SendError> {
    if frame.is_empty() || frame.len() > limits::FRAME { Err(SendError::Size(frame.len())) } else { Ok(()) }
}

fn refused(refused: Refused) -> SendError {
    match refused {
        Refused::Full(_) => SendError::Full,
        Refused::Ended => SendError::Down,
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}, {}/{:x})", self.0.id.0, self.0.peer.device.short(), self.0.peer.instance)
    }
}

impl BulkInbox {
    /// The next frame of the bulk lane; None when the link has ended. Safe to cancel.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        self.0.recv().await
    }
}

impl Inbox {
    /// Hands the bulk lane to another reader, so that one who is held up by bulk does not hold up the fast lane. From then on
    /// [`Inbox::next`] tells none of its frames.
    pub fn take_bulk(&mut self) -> BulkInbox {
        let (_, closed) = mpsc::channel(1);
        BulkInbox(std::mem::replace(&mut self.bulk, closed))
    }

    /// The next thing that happened on this link; None after [`Heard::Down`]. Safe to cancel: nothing is lost.
    pub async fn next(&mut self) -> Option<Heard> {
        if self.ended {
            return None;
        }
        loop {
            if let Some(heard) = self.link.0.take_signal() {
                return Some(heard);
            }
            tokio::select! {
                biased;
                () = self.link.0.signalled.notified() => {}
                Some(frame) = self.fast.recv() => return Some(Heard::Frame(Lane::Fast, frame)),
                Some(frame) = self.loose.recv() => return Some(Heard::Frame(Lane::Loose, frame)),
                Some(frame) = self.bulk.recv() => return Some(Heard::Frame(Lane::Bulk, frame)),
            }
            if let Some(down) = self.link.0.down() {
                if let Some(frame) = self.left_over() {
                    self.link.0.signalled.notify_one();
                    return Some(frame);
                }
                self.ended = true;
                return Some(Heard::Down(down));
            }
        }
    }

    /// A frame that arrived before the end.
    fn left_over(&mut self) -> Option<Heard> {
        if let Ok(frame) = self.fast.try_recv() {
            return Some(Heard::Frame(Lane::Fast, frame));
        }
        self.bulk.try_recv().ok().map(|frame| Heard::Frame(Lane::Bulk, frame))
    }
}

impl Shared {
    pub(crate) fn new(id: LinkId, connection: &Connection, instance: u64, we_dialed: bool) -> Result<Shared, String> {
        let mut keying = [0u8; 32];
        connection
            .export_keying_material(&mut keying, b"sheaf link 1", b"")
            .map_err(|error| format!("no keying material for the link: {error:?}"))?;
        Ok(Shared {
            id,
            peer: Peer { device: device(connection.remote_id()), instance },
            we_dialed,
            connection: connection.weak_handle(),
            fast: Queue::new(FAST_QUEUE),
            bulk: Queue::new(BULK_QUEUE),
            counts: Counts::default(),
            keying,
            since: Instant::now(),
            heard: Mutex::new((0, Instant::now())),
            vouched: AtomicBool::new(false),
            signals: Mutex::default(),
            signalled: Notify::new(),
            handed_over: watch::Sender::new(0),
        })
    }

    pub(crate) fn close(&self, reason: Reason, words: &str) {
        lock(&self.signals).ending.get_or_insert_with(|| (reason, words.to_owned()));
        self.fast.end();
        self.bulk.end();
        if let Some(connection) = self.connection.upgrade() {
            connection.close(VarInt::from_u32(reason as u32), &words.as_bytes()[..words.len().min(200)]);
        }
    }

    /// Whether the connection has not ended.
    pub(crate) fn is_alive(&self) -> bool {
        self.connection.upgrade().is_some_and(|connection| connection.close_reason().is_none())
    }

    /// A writer has nothing left, and the peer has all of it.
    pub(crate) fn lane_handed_over(&self) {
        self.handed_over.send_modify(|lanes| *lanes += 1);
    }

    pub(crate) fn tell_free(&self, lane: Lane) {
        let mut signals = lock(&self.signals);
        match lane {
            Lane::Fast => signals.fast_free = true,
            Lane::Bulk => signals.bulk_free = true,
            Lane::Loose => {}
        }
        drop(signals);
        self.signalled.notify_one();
    }

    pub(crate) fn tell_path(&self, path: Path) {
        lock(&self.signals).path = Some(path);
        self.signalled.notify_one();
    }

    /// Called once, by the keeper, when the connection has ended.
    pub(crate) fn tell_down(&self, error: &ConnectionError) -> Down {
        self.fast.end();
        self.bulk.end();
        let mut signals = lock(&self.signals);
        let down = match (error, signals.ending.take()) {
            (_, Some((reason, words))) => Down::Here(reason, words),
            (ConnectionError::ApplicationClosed(close), None) => match Reason::from_code(close.error_code) {
                Some(reason) => Down::There(reason, String::from_utf8_lossy(&close.reason).into_owned()),
                None => Down::There(Reason::Gone, "without a reason".into()),
            },
            (ConnectionError::TimedOut, None) => Down::Silence,
            (other, None) => Down::Broken(other.to_string()),
        };
        signals.down = Some(down.clone());
        drop(signals);
        self.signalled.notify_one();
        down
    }

    fn down(&self) -> Option<Down> {
        lock(&self.signals).down.clone()
    }

    fn take_signal(&self) -> Option<Heard> {
        let mut signals = lock(&self.signals);
        if std::mem::take(&mut signals.fast_free) {
            return Some(Heard::Free(Lane::Fast));
        }
        if std::mem::take(&mut signals.bulk_free) {
            return Some(Heard::Free(Lane::Bulk));
        }
        signals.path.take().map(Heard::Path)
    }
}

impl Counts {
    pub(crate) fn sent(&self, frames: u64, bytes: usize) {
        self.frames_out.fetch_add(frames, Ordering::Relaxed);
        self.bytes_out.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.frames_in.fetch_add(1, Ordering::Relaxed);
        self.bytes_in.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn read(&self) -> Traffic {
        Traffic {
            frames_in: self.frames_in.load(Ordering::Relaxed),
            frames_out: self.frames_out.load(Ordering::Relaxed),
            bytes_in: self.bytes_in.load(Ordering::Relaxed),
            bytes_out: self.bytes_out.load(Ordering::Relaxed),
        }
    }
}
