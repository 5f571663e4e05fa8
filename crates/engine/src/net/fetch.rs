//! Getting the files that documents refer to and that are not here, in the background, from whoever has them.
//!
//! One task owns all of it. It knows what is wanted from the store's rows, which a document's turn writes with the record that refers to a
//! file; it asks members that are linked about the document, chunk by chunk, and holds every chunk against the file's own name. A peer that
//! sends what is not the file is named in the log and asked no more for it. What a file needs is bounded: some chunks on their way, and its list.
//! Nothing here holds up a document: frames of files go past its turns.

mod active;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use sheaf_base::{BlobId, DeviceId, DocumentId};
use sheaf_blobs::{BlobError, LARGEST};
use sheaf_document::{PeerId, State};
use sheaf_protocol::Frame;
use sheaf_store::{AttachmentRow, Batch, Change};
use tokio::sync::mpsc;

use super::hub::{Hub, is_shared};
use super::linked::Linked;
use crate::attachments::{Fetching, Through};
use crate::event::Event;
use crate::said::Tells;
use crate::task::blocking;
use active::{Active, Heard};

/// Files that are fetched at once. More would only make each come later.
const AT_ONCE: usize = 3;
/// How long the first time until a peer that does not have a file is asked for it again; doubled up to [`LATEST`].
const AGAIN: Duration = Duration::from_secs(2);
/// See [`AGAIN`].
const LATEST: Duration = Duration::from_secs(60);
/// How long a peer may take for a piece. Beyond that another is asked.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long after a disk that takes nothing it is tried again.
const PAUSE: Duration = Duration::from_secs(10);
/// How often links and times are looked at while something is wanted.
const LOOK: Duration = Duration::from_millis(500);
/// How often windows are told how a file is coming along, at most.
const TELL: Duration = Duration::from_millis(250);

/// A frame about a file, and who sent it.
pub(super) type Word = (PeerId, DocumentId, Frame);

/// Frames that wait here while a file is being looked at: all that may be on their way. More were not asked for, and are dropped: a bulk lane
/// never waits for files, for text comes on it, too.
pub(super) const WORDS: usize = 256;
const _: () = assert!(WORDS >= AT_ONCE * active::ON_THEIR_WAY * (sheaf_blobs::CHUNK as usize).div_ceil(sheaf_protocol::CARRIED));

/// Fetches until it is stopped.
pub(super) async fn run(hub: Arc<Hub>, mut words: mpsc::Receiver<Word>) {
    let mut fetcher = Fetcher::new(hub.clone());
    loop {
        tokio::select! {
            word = words.recv() => match word {
                Some((peer, document, frame)) => fetcher.hear(peer, document, frame).await,
                None => return,
            },
            () = hub.files.notified() => {
                fetcher.refresh().await;
                fetcher.advance().await;
            }
            () = tokio::time::sleep(LOOK), if fetcher.is_wanting() => fetcher.advance().await,
        }
    }
}

struct Fetcher {
    hub: Arc<Hub>,
    /// What is missing of each document, the newest first.
    wants: BTreeMap<DocumentId, Vec<AttachmentRow>>,
    active: Vec<Active>,
    /// Who has sent what is not the file.
    shunned: BTreeSet<(BlobId, DeviceId)>,
    /// Who does not have a file, until when not to ask again, and how long to wait after that.
    later: BTreeMap<(Through, PeerId), (Duration, Duration)>,
    /// The disk takes nothing before this.
    paused: Option<Duration>,
}

impl Fetcher {
    fn new(hub: Arc<Hub>) -> Fetcher {
        Fetcher { hub, wants: BTreeMap::new(), active: Vec::new(), shunned: BTreeSet::new(), later: BTreeMap::new(), paused: None }
    }

    fn is_wanting(&self) -> bool {
        !self.wants.is_empty()
    }

    /// Looks up what is missing of the documents that have news.
    async fn refresh(&mut self) {
        let Some(engine) = self.hub.engine() else { return };
        for document in self.hub.take_files() {
            let shared = engine.shared.clone();
            let fit = shared.library.entry(document).is_some_and(|entry| is_shared(&entry));
            let rows = blocking(move || {
                let upto = shared.fetch_up_to();
                let rows = shared.store.read(|reader| reader.attachments(document))?;
                let wanted =
                    |row: &AttachmentRow| (row.asked || row.size <= upto) && row.size <= LARGEST && shared.attachments.is_missing(row);
                Ok::<_, sheaf_store::ReadError>(rows.into_iter().filter(wanted).collect::<Vec<_>>())
            });
            match rows.await {
                Ok(rows) if fit && !rows.is_empty() => drop(self.wants.insert(document, rows)),
                Ok(_) => drop(self.wants.remove(&document)),
                Err(error) => tracing::warn!(%error, document = %document.short(), "what a document refers to cannot be read"),
            }
        }
        let wants = &self.wants;
        self.active.retain(|active| {
            let (document, blob, size) = active.through;
            wants.get(&document).is_some_and(|rows| rows.iter().any(|row| (row.blob, row.size) == (blob, size)))
        });
    }

    /// Begins what can begin, lets go of who is slow or gone, and asks.
    async fn advance(&mut self) {
        let now = self.hub.now();
        if self.paused.is_some_and(|until| now < until) {
            return;
        }
        self.paused = None;
        let hub = self.hub.clone();
        self.later.retain(|(_, peer), _| hub.linked(*peer).is_some());
        for active in &mut self.active {
            let (document, ..) = active.through;
            let silent = active.let_go(now, PATIENCE, |peer| hub.linked(peer).is_some_and(|linked| linked.is_open(document)));
            for peer in silent {
                self.later.insert((active.through, peer), (now + AGAIN, AGAIN));
            }
        }
        self.active.retain(|active| active.is_asking() || !candidates(&hub, &self.shunned, &self.later, active.through, now).is_empty());
        self.begin(now).await;
        for active in &mut self.active {
            let peers = candidates(&hub, &self.shunned, &self.later, active.through, now);
            active.ask(&peers, now);
        }
    }

    /// Takes up files, the newest first, while there is room and somebody to ask.
    async fn begin(&mut self, now: Duration) {
        let Some(engine) = self.hub.engine() else { return };
        let next: Vec<Through> = self
            .wants
            .iter()
            .flat_map(|(document, rows)| rows.iter().map(|row| (*document, row.blob, row.size)))
            .filter(|through| self.active.iter().all(|active| active.through != *through))
            .filter(|through| !candidates(&self.hub, &self.shunned, &self.later, *through, now).is_empty())
            .take(AT_ONCE.saturating_sub(self.active.len()))
            .collect();
        for through in next {
            let blobs = engine.shared.attachments.blobs.clone();
            match blocking(move || Active::begin(&blobs, through)).await {
                Ok(Some(active)) if active.is_whole() => self.finish(active).await,
                Ok(Some(active)) => self.active.push(active),
                Ok(None) => self.forget(through),
                Err(error) => return self.fail(through, &error),
            }
        }
    }

    /// A frame about a file.
    async fn hear(&mut self, peer: PeerId, document: DocumentId, frame: Frame) {
        let now = self.hub.now();
        let Some(linked) = self.hub.linked(peer) else { return };
        let (Frame::Blob(sheaf_protocol::BlobPart { blob, .. }) | Frame::NoBlob(blob)) = frame else { return };
        let Some(at) = self.active.iter().position(|active| active.through.0 == document && active.through.1 == blob) else { return };
        let part = match frame {
            Frame::Blob(part) => part,
            _ => {
                let through = self.active[at].through;
                if self.active[at].let_go_of(peer) {
                    let (_, pause) = self.later.get(&(through, peer)).copied().unwrap_or((now, AGAIN));
                    self.later.insert((through, peer), (now + pause, (pause * 2).min(LATEST)));
                }
                return self.advance().await;
            }
        };
        let mut active = self.active.swap_remove(at);
        let through = active.through;
        let Some(engine) = self.hub.engine() else { return };
        let blobs = engine.shared.attachments.blobs.clone();
        match active.hear(&blobs, peer, part, now).await {
            Ok(Heard::More) => self.active.push(active),
            Ok(Heard::Piece) if active.is_whole() => {
                self.finish(active).await;
                self.advance().await;
            }
            Ok(Heard::Piece) => {
                self.tell(&mut active, now);
                let peers = candidates(&self.hub, &self.shunned, &self.later, through, now);
                active.ask(&peers, now);
                self.active.push(active);
            }
            Ok(Heard::Wrong) => {
                let device = linked.device();
                tracing::warn!(peer = %device.short(), blob = %blob.short(), "a peer sent what is not the file; it is asked no more for it");
                self.shunned.insert((blob, device));
                active.let_go_of(peer);
                self.active.push(active);
                self.advance().await;
            }
            Err(error) => self.fail(through, &error),
        }
    }

    /// Everything of a file is here.
    async fn finish(&mut self, active: Active) {
        let Some(engine) = self.hub.engine() else { return };
        let (document, blob, size) = active.through;
        let shared = engine.shared.clone();
        let done = blocking(move || {
            active.finish()?;
            let offered = shared.store.commit(Batch::of(document).with(Change::Offered { blob, size })).wait();
            offered.map_err(|error| BlobError::Io(std::io::Error::other(error)))
        });
        if let Err(error) = done.await {
            return self.fail((document, blob, size), &error);
        }
        tracing::info!(document = %document.short(), blob = %blob.short(), size, "an attachment is here");
        self.forget((document, blob, size));
        self.hub.tell(Event::Attachments { document });
    }

    /// A file is not wanted any more.
    fn forget(&mut self, through: Through) {
        let (document, blob, size) = through;
        if let Some(rows) = self.wants.get_mut(&document) {
            rows.retain(|row| (row.blob, row.size) != (blob, size));
            if rows.is_empty() {
                self.wants.remove(&document);
            }
        }
        if let Some(engine) = self.hub.engine() {
            engine.shared.attachments.note(through, None);
        }
    }

    /// The disk does not take a file. All of them wait a while, and windows say why; text goes on.
    fn fail(&mut self, through: Through, error: &BlobError) {
        tracing::warn!(%error, blob = %through.1.short(), "an attachment cannot be written; it is tried again");
        self.active.clear();
        self.paused = Some(self.hub.now() + PAUSE);
        let Some(engine) = self.hub.engine() else { return };
        let here = engine.shared.attachments.blobs.begun(through.0, through.1);
        engine.shared.attachments.note(through, Some(Fetching { here, from: Vec::new(), problem: Some(error.said()) }));
        self.hub.tell(Event::Attachments { document: through.0 });
    }

    /// Windows see how a file is coming along.
    fn tell(&self, active: &mut Active, now: Duration) {
        if now < active.told + TELL {
            return;
        }
        active.told = now;
        let Some(engine) = self.hub.engine() else { return };
        let devices: BTreeSet<DeviceId> = active.peers().filter_map(|peer| Some(self.hub.linked(peer)?.device())).collect();
        let stands = Fetching { here: active.here(), from: devices.into_iter().collect(), problem: None };
        engine.shared.attachments.note(active.through, Some(stands));
        self.hub.tell(Event::Attachments { document: active.through.0 });
    }
}

/// Who may be asked for a file now: linked about the document, a member of it, speaking of files, and not known to lack or falsify it.
fn candidates(
    hub: &Hub,
    shunned: &BTreeSet<(BlobId, DeviceId)>,
    later: &BTreeMap<(Through, PeerId), (Duration, Duration)>,
    through: Through,
    now: Duration,
) -> Vec<Arc<Linked>> {
    let (document, blob, _) = through;
    let Some(facts) = hub.if_live(document).map(|live| live.facts()).filter(|facts| facts.state == State::Ready) else { return Vec::new() };
    let fit = |linked: &Arc<Linked>| {
        linked.speaks_of_files()
            && linked.is_open(document)
            && facts.is_member(&linked.device())
            && !shunned.contains(&(blob, linked.device()))
            && later.get(&(through, linked.peer())).is_none_or(|(until, _)| *until <= now)
    };
    hub.links().into_iter().filter(fit).collect()
}
