//! A link's two tasks: one reads it, one feeds its bulk lane.
//!
//! Both sides greet, say one digest over the documents that they believe to share, and, where digests differ, the keyed hashes behind it.
//! A side names only documents in which the other device is a member by its own fold, so a stranger learns nothing. After that frames go
//! to their documents; a document that has enough to do holds up the link's lane that its frame came on, and nothing else.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use sheaf_base::DocumentId;
use sheaf_protocol::{About, Discovery, Dismissal, Frame, LinkFrame, PacketReader, PacketWriter, Versions};
use sheaf_record::Malformed;
use sheaf_store::ReadError;
use sheaf_transport::{BulkInbox, DialState, Heard, Inbox, Lane, Link, Reason};
use tokio::sync::mpsc;

use super::hub::Hub;
use super::linked::{Job, Linked};
use super::pace::Pace;
use super::serve::Serving;
use super::supply::Supply;
use crate::task::{blocking, supervised};

/// Hashes that a peer may send: many times as many documents as anybody shares.
const HASHES: usize = 200_000;
/// Documents that are not here, and that a stranger may ask for on one link.
const UNKNOWN: usize = 256;
/// Up to so many shared documents are greeted one by one, though the digests say that they are alike: it costs some hundred bytes each,
/// and tells at once which process run is at the other end. More are taken as alike, and greeted within a minute.
const FEW: usize = 16;
/// How long the documents that were shared when this process began may take until they are at work, as far as a link waits for that.
const LOADED_WITHIN: Duration = Duration::from_secs(3);
/// How long a link that the peer has dialed waits for one of ours, if that is being dialed and would take its place: a handshake on most networks.
const DIALED_WITHIN: Duration = Duration::from_millis(400);
/// As often it is looked whether it has come.
const LOOK: Duration = Duration::from_millis(20);
/// How long after a journal could not be read its peer is compared with anew.
const READ_AGAIN: Duration = Duration::from_secs(5);

/// Why a link is taken down by its reader.
#[derive(Debug, thiserror::Error)]
enum Breach {
    #[error("a packet that is not one: {0}")]
    Malformed(#[from] Malformed),
    #[error("{0}")]
    Manners(&'static str),
    #[error("no version in common: here {} to {}, there {} to {}", Versions::HERE.lowest, Versions::HERE.highest, .0.lowest, .0.highest)]
    Version(Versions),
}

/// Talks on a link until it ends.
pub(super) async fn talk(hub: Arc<Hub>, link: Link, mut inbox: Inbox) {
    let (linked, jobs) = Linked::new(link);
    let linked = Arc::new(linked);
    let bulk = inbox.take_bulk();
    hub.link_up(&linked);
    let bulk = supervised("reading a bulk lane", read_bulk(hub.clone(), linked.clone(), bulk));
    let feeder = supervised("feeding a bulk lane", feed(hub.clone(), linked.clone(), jobs));
    is_due(&hub, &linked).await;
    let mut talk = Conversation::begin(hub.clone(), linked.clone()).await;
    while let Some(heard) = inbox.next().await {
        if let Heard::Frame(_, packet) = &heard {
            talk.keep_pace(packet.len()).await;
        }
        let done = match heard {
            Heard::Frame(Lane::Loose, packet) => talk.hear_loose(&packet).await,
            Heard::Frame(_, packet) => talk.hear_fast(&packet).await,
            Heard::Free(Lane::Fast) => {
                hub.freed(&linked);
                Ok(())
            }
            Heard::Free(_) => Ok(()),
            Heard::Path(path) => {
                hub.path_changed(&linked, &path);
                Ok(())
            }
            Heard::Down(down) => {
                tracing::info!(peer = %linked.device().short(), %down, "a link ended");
                break;
            }
        };
        if let Err(breach) = done {
            end(&linked, &breach);
        }
    }
    bulk.abort();
    feeder.abort();
    hub.link_down(&linked);
}

/// Waits until a link is worth speaking on. Before this process has its shared documents at work it would find nearly all of them different; and
/// where both sides dial at once, what is said on the link that goes is said twice.
async fn is_due(hub: &Hub, linked: &Linked) {
    let mut loaded = hub.loaded.subscribe();
    // Whoever has so many that it takes longer speaks of those that are there.
    drop(tokio::time::timeout(LOADED_WITHIN, loaded.wait_for(|loaded| *loaded)).await);
    let device = linked.device();
    let ours_replaces = !linked.link.we_dialed() && hub.engine().is_some_and(|engine| engine.device() < device);
    let dials = || {
        hub.transport.borrow().as_ref().and_then(|transport| transport.peer(device)).is_some_and(|peer| peer.state == DialState::Dialing)
    };
    for _ in 0..DIALED_WITHIN.as_millis() / LOOK.as_millis() {
        if !(ours_replaces && dials()) {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn end(linked: &Linked, breach: &Breach) {
    let reason = if matches!(breach, Breach::Version(_)) { Reason::Version } else { Reason::Malformed };
    tracing::warn!(peer = %linked.device().short(), %breach, "a link is taken down");
    linked.link.close(reason, &breach.to_string());
}

async fn read_bulk(hub: Arc<Hub>, linked: Arc<Linked>, mut bulk: BulkInbox) {
    let (mut packets, mut pace) = (PacketReader::default(), Pace::bulk(hub.now()));
    while let Some(packet) = bulk.next().await {
        let wait = pace.wait(packet.len(), hub.now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let heard = packets.open(&packet).and_then(|(about, rest)| match about {
            About::Link => Err(Malformed::Unknown { what: "a bulk packet", found: 0 }),
            About::Document(document) => Ok((document, Frame::decode(rest)?)),
        });
        match heard {
            Ok((document, frame @ (Frame::Blob(_) | Frame::NoBlob(_)))) => hub.hear_file((linked.peer(), document, frame)),
            Ok((document, frame)) => {
                // On the bulk lane a document that is not open is one that was just closed.
                if linked.is_open(document)
                    && let Some(live) = hub.if_live(document)
                {
                    live.receive_bulk(linked.peer(), frame).await;
                }
            }
            Err(error) => return end(&linked, &error.into()),
        }
    }
}

/// What the reader of a link keeps in mind.
struct Conversation {
    hub: Arc<Hub>,
    linked: Arc<Linked>,
    packets: PacketReader,
    greeted: bool,
    discovery: Option<(Discovery, BTreeMap<DocumentId, [u8; 32]>)>,
    /// Their digest was another than ours, so hashes follow from both sides.
    differs: bool,
    theirs: BTreeSet<[u8; 16]>,
    unknown: BTreeSet<DocumentId>,
    pace: Pace,
}

impl Conversation {
    /// Greets, and says what this side believes to be shared.
    async fn begin(hub: Arc<Hub>, linked: Arc<Linked>) -> Conversation {
        let shared = hub.shared_with(linked.device());
        let discovery = Discovery::new(linked.link.keying(), shared.iter().map(|(document, frontier)| (*document, *frontier)));
        let greeting = LinkFrame::Greeting { versions: Versions::HERE };
        let digest = LinkFrame::Shared { digest: discovery.digest() };
        for frame in [greeting, digest] {
            if let Err(error) = linked.say_link(&frame).await {
                tracing::debug!(%error, "a link ended before it was greeted");
            }
        }
        let pace = Pace::fast(hub.now());
        Conversation {
            hub,
            linked,
            packets: PacketReader::default(),
            greeted: false,
            discovery: Some((discovery, shared)),
            differs: false,
            theirs: BTreeSet::new(),
            unknown: BTreeSet::new(),
            pace,
        }
    }

    /// Lets a peer that sends too fast wait.
    async fn keep_pace(&mut self, bytes: usize) {
        let wait = self.pace.wait(bytes, self.hub.now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    async fn hear_fast(&mut self, packet: &[u8]) -> Result<(), Breach> {
        let (about, rest) = self.packets.open(packet)?;
        match about {
            About::Link => self.hear_link(LinkFrame::decode(rest)?).await,
            About::Document(_) if !self.greeted => Err(Breach::Manners("a document was spoken of before the greeting")),
            About::Document(document) => self.hear(document, Frame::decode(rest)?).await,
        }
    }

    /// Datagrams come in no order, so each names its document in full.
    async fn hear_loose(&mut self, packet: &[u8]) -> Result<(), Breach> {
        let mut packets = PacketReader::default();
        let (About::Document(document), rest) = packets.open(packet)? else {
            return Err(Breach::Manners("a datagram about the link"));
        };
        let frame = Frame::decode(rest)?;
        if !matches!(frame, Frame::Presence(_)) {
            return Err(Breach::Manners("something other than presence in a datagram"));
        }
        // One that overtakes the greeting, or comes faster than anybody types, is lost.
        if self.linked.is_open(document)
            && self.pace.hears(&frame, self.hub.now())
            && let Some(live) = self.hub.if_live(document)
        {
            live.receive(self.linked.peer(), frame).await;
        }
        Ok(())
    }

    async fn hear_link(&mut self, frame: LinkFrame) -> Result<(), Breach> {
        match frame {
            LinkFrame::Greeting { versions } if !self.greeted => {
                self.linked.greeted(Versions::HERE.agree(&versions).ok_or(Breach::Version(versions))?);
                self.greeted = true;
                if self.linked.speaks_of_devices() {
                    self.hub.greets_own(&self.linked);
                }
                Ok(())
            }
            LinkFrame::Greeting { .. } => Err(Breach::Manners("a second greeting")),
            _ if !self.greeted => Err(Breach::Manners("the first frame was not a greeting")),
            LinkFrame::Shared { digest } => {
                self.hear_digest(digest).await;
                Ok(())
            }
            LinkFrame::Hashes { hashes, last } => self.hear_hashes(hashes, last),
            LinkFrame::Pair(frame) => {
                self.hub.hear_pair(&self.linked, frame);
                Ok(())
            }
            LinkFrame::Offers(offers) => {
                self.hub.hear_offers(&self.linked, offers).await;
                Ok(())
            }
            LinkFrame::Accepts(accepts) => {
                self.hub.hear_accepts(&self.linked, accepts).await;
                Ok(())
            }
            LinkFrame::Dropped(devices) => {
                self.hub.hear_dropped(&self.linked, devices).await;
                Ok(())
            }
        }
    }

    async fn hear_digest(&mut self, digest: [u8; 16]) {
        let Some((discovery, _)) = &self.discovery else { return };
        if discovery.digest() == digest {
            let all = discovery.all();
            return self.discovered(all, Vec::new());
        }
        self.differs = true;
        for frame in discovery.hashes() {
            if let Err(error) = self.linked.say_link(&frame).await {
                tracing::debug!(%error, "a link ended while documents were compared");
            }
        }
    }

    fn hear_hashes(&mut self, hashes: Vec<[u8; 16]>, last: bool) -> Result<(), Breach> {
        if !self.differs || self.theirs.len() + hashes.len() > HASHES {
            return Err(Breach::Manners("hashes that nobody asked for"));
        }
        self.theirs.extend(hashes);
        if last && let Some((discovery, _)) = &self.discovery {
            let (same, other) = discovery.compare(&self.theirs);
            self.discovered(same, other);
        }
        Ok(())
    }

    /// Offers the link to the documents, and says of what both were found to hold.
    fn discovered(&mut self, same: Vec<DocumentId>, other: Vec<DocumentId>) {
        let Some((_, said)) = self.discovery.take() else { return };
        self.theirs = BTreeSet::new();
        let shared = same.len() + other.len();
        tracing::info!(peer = %self.linked.device().short(), shared, same = same.len(), "documents compared");
        for document in same {
            if let Some(live) = self.hub.if_live(document) {
                let settled = said.get(&document).copied().filter(|_| shared > FEW);
                self.hub.offer(&self.linked, &live, settled);
            }
        }
        for document in other {
            if let Some(live) = self.hub.if_live(document) {
                self.hub.offer(&self.linked, &live, None);
            }
        }
        self.linked.set_ready();
        // What appeared meanwhile.
        self.hub.offer_all(&self.linked);
    }

    /// A frame about a document.
    async fn hear(&mut self, document: DocumentId, frame: Frame) -> Result<(), Breach> {
        if self.linked.is_shut(document) || !self.pace.hears(&frame, self.hub.now()) {
            return Ok(());
        }
        if let Frame::WantBlob(want) = frame {
            // Who may have what is looked up when it is that piece's turn.
            return if self.linked.want(document, want) { Ok(()) } else { Err(Breach::Manners("too many pieces of files at once")) };
        }
        if frame == Frame::Refuse(Dismissal::Unknown) {
            self.hub.offer_again(&self.linked, document).await;
        }
        let Some(live) = self.hub.document_for(document).await else {
            // Nobody is refused for refusing.
            if matches!(frame, Frame::Refuse(_) | Frame::Bye | Frame::Presence(_)) {
                return Ok(());
            }
            if !self.may_ask(document) {
                return Err(Breach::Manners("too many documents that are not here"));
            }
            self.linked.say(document, &Frame::Refuse(Dismissal::Unknown));
            return Ok(());
        };
        if !self.linked.is_open(document) {
            self.hub.offer(&self.linked, &live, None);
        }
        live.receive(self.linked.peer(), frame).await;
        Ok(())
    }

    /// Whether a peer may ask for a document that is not here. Whoever shares others with this device may for any number: they were put away here, or
    /// this profile is an older copy, and the link is there for the rest. Who shares none and asks for many is looking for something.
    fn may_ask(&mut self, document: DocumentId) -> bool {
        if self.unknown.len() < UNKNOWN {
            self.unknown.insert(document);
        }
        self.unknown.contains(&document) || self.hub.is_wanted(self.linked.device())
    }
}

/// Feeds the bulk lane: the supplies under way take turns, a frame each, so that a large document does not hold up a small one; and after each
/// round files are given a frame.
async fn feed(hub: Arc<Hub>, linked: Arc<Linked>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let mut packets = PacketWriter::default();
    let mut under_way: VecDeque<Supply> = VecDeque::new();
    let mut serving = Serving::default();
    loop {
        while let Some(job) = next(&mut jobs, under_way.is_empty() && serving.is_idle()).await {
            match job {
                Job::Want(document, want) => serving.want(document, want),
                Job::Supply(document, spans) => {
                    let plan = hub.read(move |reader| Supply::plan(reader, document, &spans)).await;
                    match plan {
                        Ok(supply) => under_way.push_back(supply),
                        Err(error) => failed(&hub, &linked, document, &error),
                    }
                }
                Job::Frame(document, frame) => {
                    if hand_over(&linked, &mut packets, document, &frame).await.is_err() {
                        return;
                    }
                }
            }
        }
        let file = serving.next(&hub, &linked).await;
        if let Some((document, frame)) = &file
            && hand_over(&linked, &mut packets, *document, frame).await.is_err()
        {
            return;
        }
        let Some(mut supply) = under_way.pop_front() else {
            if file.is_some() {
                continue;
            }
            return;
        };
        let document = supply.document;
        if !linked.is_open(document) {
            continue;
        }
        if let Some(frame) = supply.ready() {
            if hand_over(&linked, &mut packets, document, &frame).await.is_err() {
                return;
            }
        } else if !supply.is_done() {
            hub.in_step(document, supply.next_row()).await;
            let read = hub.read(move |reader| supply.read_on(reader).map(|()| supply)).await;
            match read {
                Ok(read) => supply = read,
                Err(error) => {
                    failed(&hub, &linked, document, &error);
                    continue;
                }
            }
        }
        if supply.is_done() {
            hub.supplied(&linked, document);
        } else {
            under_way.push_back(supply);
        }
    }
}

/// The next job: waits for one only when there is nothing else to do. None: nothing now, or never again.
async fn next(jobs: &mut mpsc::UnboundedReceiver<Job>, idle: bool) -> Option<Job> {
    if idle { jobs.recv().await } else { jobs.try_recv().ok() }
}

async fn hand_over(linked: &Linked, packets: &mut PacketWriter, document: DocumentId, frame: &Frame) -> Result<(), ()> {
    let packet = packets.packet(About::Document(document), &frame.encode());
    linked.link.send_when_free(Lane::Bulk, packet).await.map_err(|error| {
        tracing::debug!(%error, "a supply ended with its link");
    })
}

/// A journal that cannot be read is said in the log. What of it the peer has got is not known, so the session counts as behind, and compares
/// anew after a while: then comes one difference.
fn failed(hub: &Arc<Hub>, linked: &Arc<Linked>, document: DocumentId, error: &ReadError) {
    tracing::error!(%error, document = %document.short(), peer = %linked.device().short(), "a journal could not be handed over");
    if let Some(live) = hub.if_live(document) {
        live.link_full(linked.peer());
    }
    let (hub, linked) = (hub.clone(), linked.clone());
    supervised("waiting for a journal", async move {
        tokio::time::sleep(READ_AGAIN).await;
        hub.supplied(&linked, document);
    });
}

impl Hub {
    /// Reads the store where that holds up nobody.
    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&sheaf_store::Reader<'_>) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let store = self.store.clone();
        blocking(move || store.read(look)).await
    }
}
