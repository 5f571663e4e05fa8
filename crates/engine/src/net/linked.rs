//! One link, as documents use it: what is open on it, and sending.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

use sheaf_access::Role;
use sheaf_base::{DeviceId, DocumentId};
use sheaf_document::{Lane, LinkUp, PeerId, Span};
use sheaf_protocol::{About, BLOBS, DEVICES, Frame, LinkFrame, PacketWriter, RouteHint, SessionId, WantBlob};
use sheaf_transport::{Link, SendError};
use tokio::sync::mpsc;

use super::open::OpenDocuments;
use super::own::Offered;
use crate::live::DocumentHandle;
use crate::lock::held;

/// What a packet adds to its frame, at most: the number of its document, and its name once.
const PACKET: usize = 40;

/// One link, as documents use it.
pub(super) struct Linked {
    pub(super) link: Link,
    /// The documents that are talked about on it.
    open: OpenDocuments,
    /// Documents that this peer is not to speak of any more.
    shut: Mutex<BTreeSet<DocumentId>>,
    /// Held while a packet is made and handed over: packets must arrive in the order in which they are made.
    fast: Mutex<PacketWriter>,
    jobs: mpsc::UnboundedSender<Job>,
    /// Discovery has ended; documents that appear from now on are offered at once.
    ready: AtomicBool,
    /// The routes that were told on it, in whichever document: the other end books them by device, so once is enough for all.
    told_routes: Mutex<BTreeMap<DeviceId, Vec<u8>>>,
    /// By which way the peer was said to be reached.
    told_path: Mutex<Option<Option<String>>>,
    /// Bytes sent and received that are in the statistics already.
    counted: Mutex<(u64, u64)>,
    /// The version that both speak; 0 before the greeting.
    version: AtomicU8,
    /// Pieces of files that the peer waits for.
    wants: AtomicUsize,
    /// What the peer, a device of the same person, was offered on this link.
    offered: Mutex<Offered>,
    /// Which devices it was told are that person's no more.
    dropped: Mutex<Vec<DeviceId>>,
}

/// Pieces of files that a peer may wait for at once on one link. Ours asks for half as many.
pub(super) const WANTS: usize = 64;

/// What the bulk lane's feeder is to do. A document has at most one supply on a link at a time, so there are never more jobs than documents.
pub(super) enum Job {
    Supply(DocumentId, Vec<Span>),
    Frame(DocumentId, Frame),
    Want(DocumentId, WantBlob),
}

impl Linked {
    pub(super) fn new(link: Link) -> (Linked, mpsc::UnboundedReceiver<Job>) {
        let (jobs, feeder) = mpsc::unbounded_channel();
        let linked = Linked {
            link,
            open: OpenDocuments::default(),
            shut: Mutex::default(),
            fast: Mutex::default(),
            jobs,
            ready: AtomicBool::new(false),
            told_routes: Mutex::default(),
            told_path: Mutex::default(),
            counted: Mutex::default(),
            version: AtomicU8::new(0),
            wants: AtomicUsize::new(0),
            offered: Mutex::default(),
            dropped: Mutex::default(),
        };
        (linked, feeder)
    }

    pub(super) fn peer(&self) -> PeerId {
        PeerId(self.link.id().0)
    }

    pub(super) fn device(&self) -> DeviceId {
        self.link.peer().device
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// Whether this has not been told yet.
    pub(super) fn path_is_news(&self, path: Option<String>) -> bool {
        held(&self.told_path).replace(path.clone()) != Some(path)
    }

    /// Bytes sent and received since this was last asked.
    pub(super) fn uncounted(&self) -> (u64, u64) {
        let traffic = self.link.traffic();
        let now = (traffic.bytes_out, traffic.bytes_in);
        let before = std::mem::replace(&mut *held(&self.counted), now);
        (now.0 - before.0, now.1 - before.1)
    }

    pub(super) fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// Offers the link to a document, once.
    pub(super) fn offer(&self, document: &DocumentHandle, settled: Option<[u8; 32]>) {
        if !self.open.open(document.id(), settled.is_some()) {
            return;
        }
        self.log(document.id(), settled.is_some(), "a session begins");
        document.link_up(LinkUp { peer: self.peer(), device: self.device(), exporter: *self.link.keying(), settled });
    }

    pub(super) fn is_open(&self, document: DocumentId) -> bool {
        self.open.contains(document)
    }

    pub(super) fn is_shut(&self, document: DocumentId) -> bool {
        held(&self.shut).contains(&document)
    }

    /// Nothing more about this document until it is offered again.
    pub(super) fn close(&self, document: DocumentId) -> bool {
        let closed = self.open.close(document);
        if let Some(settled) = closed {
            self.log(document, settled, "a session ends");
        }
        closed.is_some()
    }

    /// What both ends call this link's session about a document.
    pub(super) fn session(&self, document: DocumentId) -> SessionId {
        SessionId::new(self.link.keying(), document)
    }

    /// Both ends log the same id. Sessions that had nothing to say come by the thousand, and are for who looks closely.
    fn log(&self, document: DocumentId, settled: bool, event: &str) {
        let (session, peer, document) = (self.session(document), self.device().short(), document.short());
        if settled {
            tracing::debug!(%session, peer, document, "{event}");
        } else {
            tracing::info!(%session, peer, document, "{event}");
        }
    }

    /// This peer's frames about the document are not listened to any more on this link.
    pub(super) fn shut(&self, document: DocumentId) {
        held(&self.shut).insert(document);
    }

    pub(super) fn documents(&self) -> Vec<DocumentId> {
        self.open.all()
    }

    /// Sends a frame about a document that is open here. `tell_full`: tells the document that a frame was dropped because the fast lane is full; not
    /// called for what is dropped after that, until [`Linked::freed`] says that the document is free again.
    pub(super) fn send(&self, document: DocumentId, lane: Lane, frame: Frame, tell_full: impl FnOnce()) {
        if !self.is_open(document) {
            return;
        }
        if let Frame::Routes(routes) = frame {
            return self.send_routes(document, routes, tell_full);
        }
        // An unknown frame would end the link. Whoever asks to be let in asks again, and by then both have greeted.
        if frame.since() > 1 && frame.since() > self.version.load(Ordering::Acquire) {
            return;
        }
        tracing::trace!(document = %document.short(), frame = frame.name(), "sends");
        match lane {
            Lane::Fast => {
                self.send_fast(document, &frame, tell_full);
            }
            Lane::Presence => self.send_presence(document, &frame),
            // A feeder that is gone took the link with it.
            Lane::Bulk => drop(self.jobs.send(Job::Frame(document, frame))),
        }
    }

    /// Says something about a document that need not be open here, if there is room.
    pub(super) fn say(&self, document: DocumentId, frame: &Frame) -> bool {
        let bytes = frame.encode();
        let mut writer = held(&self.fast);
        self.link.has_room(sheaf_transport::Lane::Fast, bytes.len() + PACKET) && {
            let packet = writer.packet(About::Document(document), &bytes);
            self.link.send(sheaf_transport::Lane::Fast, packet).is_ok()
        }
    }

    /// Both have said what they speak.
    pub(super) fn greeted(&self, version: u8) {
        self.version.store(version, Ordering::Release);
    }

    pub(super) fn speaks_of_files(&self) -> bool {
        self.version.load(Ordering::Acquire) >= BLOBS
    }

    pub(super) fn speaks_of_devices(&self) -> bool {
        self.version.load(Ordering::Acquire) >= DEVICES
    }

    /// Says something small about the link, now. What finds no room is said again on the next occasion, or asked for by a person.
    pub(super) fn tell(&self, frame: &LinkFrame) {
        let packet = PacketWriter::default().packet(About::Link, &frame.encode());
        if let Err(error) = self.link.send(sheaf_transport::Lane::Fast, packet) {
            tracing::debug!(%error, "a frame about the link was not sent");
        }
    }

    /// Notes that the peer is offered a document. False: it was, as this, on this link.
    pub(super) fn offers(&self, document: DocumentId, role: Role) -> bool {
        held(&self.offered).insert(document, role) != Some(role)
    }

    /// Whether it was offered it on this link, as this or as more.
    pub(super) fn was_offered(&self, document: DocumentId, role: Role) -> bool {
        held(&self.offered).get(&document).is_some_and(|offered| *offered >= role)
    }

    /// Notes that the peer is told of devices. False: it was, on this link.
    pub(super) fn drops(&self, devices: &[DeviceId]) -> bool {
        let mut told = held(&self.dropped);
        let news = *told != devices;
        devices.clone_into(&mut told);
        news
    }

    /// The peer wants a piece of a file. False: it waits for too many already.
    pub(super) fn want(&self, document: DocumentId, want: WantBlob) -> bool {
        let fits = self.wants.fetch_add(1, Ordering::AcqRel) < WANTS;
        // A feeder that is gone took the link with it.
        drop(self.jobs.send(Job::Want(document, want)));
        fits
    }

    /// It waits for one piece less.
    pub(super) fn answered(&self) {
        self.wants.fetch_sub(1, Ordering::AcqRel);
    }

    /// Says something about the link, as soon as there is room. Such packets need no place among those about documents.
    pub(super) async fn say_link(&self, frame: &LinkFrame) -> Result<(), SendError> {
        let packet = PacketWriter::default().packet(About::Link, &frame.encode());
        self.link.send_when_free(sheaf_transport::Lane::Fast, packet).await
    }

    /// Whether it got away.
    fn send_fast(&self, document: DocumentId, frame: &Frame, tell_full: impl FnOnce()) -> bool {
        let bytes = frame.encode();
        let has_room = || self.link.has_room(sheaf_transport::Lane::Fast, bytes.len() + PACKET);
        let mut tell_full = Some(tell_full);
        loop {
            let mut writer = held(&self.fast);
            if has_room() {
                let sent = self.link.send(sheaf_transport::Lane::Fast, writer.packet(About::Document(document), &bytes));
                return sent.inspect_err(|error| tracing::debug!(%error, "a frame was not sent")).is_ok();
            }
            drop(writer);
            // Where there is room by now others may take it first: then that is looked at again.
            if !self.open.has_room_by_now(document, has_room, || tell_full.take().into_iter().for_each(|tell| tell())) {
                return false;
            }
        }
    }

    /// Says of routes what was not said on this link.
    fn send_routes(&self, document: DocumentId, routes: Vec<RouteHint>, tell_full: impl FnOnce()) {
        let mut told = held(&self.told_routes);
        let news: Vec<RouteHint> = routes.into_iter().filter(|hint| told.get(&hint.device) != Some(&hint.route)).collect();
        if news.is_empty() {
            return;
        }
        tracing::trace!(document = %document.short(), routes = news.len(), "sends");
        if self.send_fast(document, &Frame::Routes(news.clone()), tell_full) {
            told.extend(news.into_iter().map(|hint| (hint.device, hint.route)));
        }
    }

    /// Presence that does not fit into a datagram goes the fast way; presence that finds no room is as good as lost.
    fn send_presence(&self, document: DocumentId, frame: &Frame) {
        let bytes = frame.encode();
        if bytes.len() + PACKET <= self.link.largest_loose() {
            let packet = PacketWriter::default().packet(About::Document(document), &bytes);
            let _ = self.link.send(sheaf_transport::Lane::Loose, packet);
        } else {
            self.say(document, frame);
        }
    }

    /// Begins to hand over stretches of the journal.
    pub(super) fn supply(&self, document: DocumentId, spans: Vec<Span>) {
        if self.open.supplies(document) {
            drop(self.jobs.send(Job::Supply(document, spans)));
        }
    }

    /// The last of a supply has been handed over. True: the document is to be told that it is free.
    pub(super) fn supplied(&self, document: DocumentId) -> bool {
        self.open.supplied(document)
    }

    /// The fast lane has room again. The documents that are to be told that they are free.
    pub(super) fn freed(&self) -> Vec<DocumentId> {
        self.open.freed()
    }
}
