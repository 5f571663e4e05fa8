//! A live document: one task that owns it and runs its turns.
//!
//! A turn hears, thinks, writes, then tells. The order of the lines in [`Live::turn`] is the durability promise. While a write is under
//! way the task still hears what makes no record; while a write fails, nothing that rests on it is told, and the same bytes are tried
//! again.

mod fold;
mod handle;
mod heard;
mod inbox;
mod review;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use sheaf_access::{Ticket, TicketError};
use sheaf_base::{DeviceId, Moment};
use sheaf_document::{Announcement, Answer, DeviceState, Document, Done, Frame, Input, Item, Output, RequestId, Role, Tally, ViewId};
use sheaf_store::{Batch, Change, Entry, ReadError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

pub use handle::{AskError, DocumentHandle};
pub(crate) use heard::{Heard, Question, Replied};

use crate::diagnose::Witness;
use crate::engine::Shared;
use crate::event::Event;
use crate::facts::Facts;
use crate::lane::Outlet;
use crate::metrics::Counts;
use crate::task::{blocking, supervised, watched};
use crate::{library, rows};
use inbox::Inbox;

/// Why a document's task ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Ended {
    /// It was asked to.
    #[error("the document was closed")]
    Stopped,
    /// The store will never take what the document has to write.
    #[error("the document could not be saved: {0}")]
    Refused(String),
    /// It cannot be read.
    #[error("the document could not be read: {0}")]
    Unreadable(String),
}

/// The task's own things.
pub(crate) struct Live {
    shared: Arc<Shared>,
    document: Document,
    inbox: Inbox,
    /// For what the task tells itself, from work that it has others do.
    near: mpsc::WeakUnboundedSender<Heard>,
    facts: watch::Sender<Arc<Facts>>,
    views: BTreeMap<ViewId, Outlet>,
    counts: Counts,
    /// What the document had counted at the end of the last turn.
    counted: Tally,
    /// Whose edits have come.
    authors: BTreeSet<DeviceId>,
    asked: BTreeMap<RequestId, oneshot::Sender<Replied>>,
    next_request: u64,
    /// Changes that go with the next turn's rows: the catalogue line of a new document.
    with_next: Vec<Change>,
    /// The journal's last durable row.
    row: u64,
    /// The row when folding last began, or that the newest snapshot holds.
    folded: u64,
    fold_after: u64,
    folding: Option<AbortHandle>,
}

/// Where a document stands in its journal.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// The last row.
    pub(crate) row: u64,
    /// The last row in the newest snapshot.
    pub(crate) folded: u64,
}

/// Starts a document's task. `with_first` is written in one transaction with its first turn; `first` is told when that is durable.
pub(crate) fn start(
    shared: Arc<Shared>,
    mut document: Document,
    place: Place,
    with_first: Vec<Change>,
    first: Option<oneshot::Sender<()>>,
) -> DocumentHandle {
    let id = document.id();
    let (facts, seen) = watch::channel(Arc::new(Facts::of(&mut document, place.row)));
    let (inbox, slots) = Inbox::new(shared.clock);
    let near = slots.near.downgrade();
    let handle = DocumentHandle::new(id, slots, seen);
    let live = Live {
        shared: shared.clone(),
        document,
        inbox,
        near,
        facts,
        views: BTreeMap::new(),
        counts: shared.metrics.of(id),
        counted: Tally::default(),
        authors: BTreeSet::new(),
        asked: BTreeMap::new(),
        next_request: 0,
        with_next: with_first,
        row: place.row,
        folded: place.folded,
        fold_after: fold::fold_after(),
        folding: None,
    };
    watched("a document", live.run(first), move |outcome| {
        let why = outcome.unwrap_or_else(|_| Ended::Unreadable("an error in Sheaf itself; it is in the log".into()));
        shared.ended(id, &why);
    });
    handle
}

impl Live {
    async fn run(mut self, first: Option<oneshot::Sender<()>>) -> Ended {
        let ended = self.turns(first).await;
        let why = match ended {
            Ok(()) => Ended::Stopped,
            Err(why) => why,
        };
        if why == Ended::Stopped {
            self.review_at_the_end().await;
            let mut batch = Batch::of(self.document.id());
            rows::write(&mut batch, self.document.farewell());
            if !batch.is_empty() {
                self.shared.write_aside(batch, "a document's farewell");
            }
        }
        for (view, outlet) in &self.views {
            outlet.closed(self.document.id(), view, &why.to_string());
        }
        why
    }

    async fn turns(&mut self, first: Option<oneshot::Sender<()>>) -> Result<(), Ended> {
        self.turn().await?;
        self.fold_now_and_then();
        // Whoever waited for the first turn may have gone.
        let _ = first.map(|first| first.send(()));
        while let Some(heard) = self.inbox.hear(self.document.next_timeout().into_iter().chain(self.folds_at()).min()).await {
            self.counts.waiting(self.inbox.waiting());
            for message in heard {
                self.take(message)?;
            }
            self.turn().await?;
            self.fold_now_and_then();
        }
        Ok(())
    }

    /// Thinks, writes, then tells, in this order.
    async fn turn(&mut self) -> Result<(), Ended> {
        let turn = self.document.take_turn();
        self.tell(turn.at_once);
        let mut batch = Batch::of(self.document.id());
        std::mem::take(&mut self.with_next).into_iter().for_each(|change| batch.push(change));
        let refers = !turn.writes.references.is_empty();
        let (records, bytes) = (turn.writes.records.len(), turn.writes.records.iter().map(|record| record.bytes.len()).sum());
        rows::write(&mut batch, turn.writes);
        if !batch.is_empty() {
            let began = self.shared.clock.now().elapsed;
            self.write_until_durable(batch).await?;
            self.counts.committed(records, bytes, self.shared.clock.now().elapsed - began);
        }
        if refers {
            self.net(|net| net.attached(self.document.id()));
            self.shared.events.tell(Event::Attachments { document: self.document.id() });
        }
        self.publish(|facts| facts.unsaved = None);
        self.answer(turn.answers);
        let began = self.shared.clock.now().elapsed;
        self.document.apply_written();
        let outputs = self.document.take_outputs();
        self.tell(outputs);
        self.count(self.shared.clock.now().elapsed - began);
        Ok(())
    }

    /// Notes what the turn came to: for whoever asks how Sheaf is doing, and for this device's person.
    fn count(&mut self, took: Duration) {
        let tally = self.document.tally();
        let counted = tally.since(std::mem::replace(&mut self.counted, tally));
        self.counts.applied(counted, took);
        self.shared.statistics.wrote(&self.shared, counted);
        let fresh: Vec<DeviceId> = self.document.take_authors().into_iter().filter(|author| self.authors.insert(*author)).collect();
        if !fresh.is_empty() {
            let members = self.document.members();
            let name = |device: &DeviceId| members.iter().find(|member| member.device == *device).map(|member| member.name.clone());
            let met = fresh.iter().filter(|device| **device != self.shared.device);
            self.shared.statistics.met(&self.shared, met.map(|device| (*device, name(device).unwrap_or_default())));
        }
    }

    /// Takes one message to heart.
    fn take(&mut self, message: Heard) -> Result<(), Ended> {
        let now = self.shared.clock.now();
        match message {
            Heard::Input(input) => {
                if let Input::Close { view } = &*input {
                    self.views.remove(view);
                }
                self.hear(*input, now);
            }
            Heard::Attach { view, outlet } => {
                self.views.insert(view.clone(), outlet);
                self.hear(Input::Open { view }, now);
            }
            Heard::Ask { question, reply } => {
                self.next_request += 1;
                let request = RequestId(self.next_request);
                self.asked.insert(request, reply);
                self.hear(question.input(request), now);
            }
            // Whoever folds may have given up.
            Heard::Fold { hydration, reply } => drop(reply.send(self.document.fold(hydration))),
            // Whoever looks may have given up.
            Heard::Look { reply } => {
                let open = self.document.body().map(|opened| (self.document.applied(), opened.delta));
                drop(reply.send(open));
            }
            Heard::Recorded { hydration, reply } => drop(reply.send(Witness::of(&mut self.document, hydration))),
            // Whoever looks for what was changed apart may have given up.
            Heard::Review { hydration, reply } => drop(reply.send(self.document.review(hydration))),
            // Whoever asks may have gone.
            Heard::AskWhoHas { version, offset, reply } => drop(reply.send(self.document.ask_who_has(version, offset))),
            Heard::WhoHas { job, hydration, reply } => drop(reply.send(self.document.who_has(*job, hydration))),
            Heard::Peek(look) => look(&mut self.document),
            Heard::Timeout => self.hear(Input::Timeout, now),
            Heard::Unreadable(why) => return Err(Ended::Unreadable(why)),
            Heard::Stop => return Err(Ended::Stopped),
        }
        Ok(())
    }

    fn hear(&mut self, input: Input, now: Moment) {
        self.counts.heard(input.name());
        if let Input::Receive { frame: Frame::Refuse(reason), .. } = &input {
            self.counts.refused(*reason, true);
        }
        self.document.handle(input, now);
    }

    fn answer(&mut self, answers: Vec<Answer>) {
        for answer in answers {
            if matches!(answer, Answer::Pushed { result: Ok(_), .. } | Answer::Done { result: Ok(Done::Version(_)), .. }) {
                self.counts.wrote(self.shared.clock.now().elapsed);
            }
            match answer {
                Answer::Pushed { view, number, result } => {
                    if let Some(outlet) = self.views.get(&view) {
                        outlet.pushed(self.document.id(), &view, number, result);
                    }
                }
                Answer::Done { request, result } => {
                    if let Some(reply) = self.asked.remove(&request) {
                        // Whoever asked may have gone; what was asked is done all the same.
                        drop(reply.send(result.map(|done| (done, self.row))));
                    }
                }
            }
        }
    }

    /// Passes outputs on. Never waits, never fails.
    fn tell(&mut self, outputs: Vec<Output>) {
        let id = self.document.id();
        for output in outputs {
            match output {
                Output::View { view, item } => {
                    if matches!(item, Item::Reset { .. }) {
                        self.counts.reset();
                    }
                    if let Some(outlet) = self.views.get(&view) {
                        outlet.item(id, &view, item);
                    }
                }
                Output::Presence { view, version, cursors } => {
                    if let Some(outlet) = self.views.get(&view) {
                        outlet.presence(id, &view, version, cursors);
                    }
                }
                Output::Send { peer, lane, frame } => {
                    self.counts.sent(frame.name());
                    if let Frame::Refuse(reason) = &frame {
                        self.counts.refused(*reason, false);
                    }
                    self.net(|net| net.send(peer, id, lane, frame));
                }
                Output::Supply { peer, spans } => self.net(|net| net.supply(peer, id, spans)),
                Output::Dismiss { peer, reason } => self.net(|net| net.dismiss(peer, id, reason)),
                Output::Routes { peer, routes } => self.net(|net| net.heard_routes(peer, id, routes)),
                Output::Announce(announcement) => self.announce(&announcement),
                Output::Hydrate { from_start } => self.hydrate(from_start),
                // The lines of a folder are nobody's words.
                Output::Review if self.document.is_folder() => {}
                Output::Review => self.review(),
            }
        }
    }

    fn net(&self, use_it: impl FnOnce(&dyn crate::peers::Net)) {
        if let Some(net) = self.shared.net() {
            use_it(net.as_ref());
        }
    }

    /// Fetches what the replica is built from, beside the turns.
    fn hydrate(&self, from_start: bool) {
        let (shared, id, near) = (self.shared.clone(), self.document.id(), self.near.clone());
        supervised("fetching a replica", async move {
            // A semaphore that is never closed.
            let _turn = shared.hydrations.acquire().await;
            let store = shared.store.clone();
            let found = blocking(move || store.read(|reader| rows::hydration(reader, id, from_start))).await;
            let Some(near) = near.upgrade() else { return };
            match found {
                Ok(hydration) => drop(near.send(Heard::Input(Box::new(Input::Hydrate(hydration))))),
                Err(error) => drop(near.send(Heard::Unreadable(error.to_string()))),
            }
        });
    }

    /// Lets the library, the network and whoever looks at the facts know.
    fn announce(&mut self, announcement: &Announcement) {
        let id = self.document.id();
        match announcement {
            Announcement::State(state) => {
                let (removed, folder) = (Facts::removed(&self.document), self.document.is_folder());
                self.publish(|facts| (facts.state, facts.removed, facts.folder) = (*state, removed, folder));
            }
            Announcement::Status(status) => {
                if status.devices.iter().any(|device| device.state == DeviceState::HasAll) {
                    self.counts.receipted(self.shared.clock.now().elapsed);
                }
                let removed = Facts::removed(&self.document);
                // An admin's word that this device was removed comes without a record, and changes what it may do.
                let said_otherwise = removed.is_some() != self.facts.borrow().removed.is_some();
                let role = if said_otherwise { self.tell_role() } else { self.facts.borrow().role };
                self.publish(|facts| (facts.role, facts.status, facts.removed) = (role, status.clone(), removed));
            }
            Announcement::Quarantined { .. } => self.counts.quarantined(),
            Announcement::Alarm { .. } => self.counts.alarm(),
            Announcement::Frontier(digest) => self.publish(|facts| facts.frontier = *digest),
            Announcement::Members => {
                let (role, members) = (self.tell_role(), self.document.members().to_vec());
                let removed = Facts::removed(&self.document);
                self.publish(|facts| (facts.role, facts.members, facts.removed) = (role, members, removed));
                self.shared.events.tell(Event::Members { document: id });
            }
            Announcement::Changed(_) if self.document.is_folder() => {}
            Announcement::Changed(_) => self.shared.mentions.changed(&self.shared, id),
            // What concerns the library alone.
            _ => {}
        }
        let facts = self.facts.borrow().clone();
        library::announced(&self.shared, id, announcement, &facts);
        self.shared.folders.heard(&self.shared, id, announcement);
        self.net(|net| net.announced(id, announcement));
    }

    /// What this device may do. Views are told if that is news.
    fn tell_role(&self) -> Role {
        let (id, role) = (self.document.id(), self.document.role());
        if role != self.facts.borrow().role {
            self.views.iter().for_each(|(view, outlet)| outlet.role(id, view, library::role_name(role)));
        }
        role
    }

    /// Lets everybody know how things are now.
    fn publish(&mut self, change: impl FnOnce(&mut Facts)) {
        let before = self.facts.borrow().clone();
        let mut now = Facts::clone(&before);
        now.row = self.row;
        change(&mut now);
        if now == *before {
            return;
        }
        if now.removed.is_some() != before.removed.is_some() {
            // The library says so, too, though the record may not have come.
            self.shared.events.tell(Event::Documents);
        }
        let visible = now.unsaved != before.unsaved || now.status != before.status || now.state != before.state;
        self.facts.send_replace(Arc::new(now));
        if visible {
            self.shared.events.tell(Event::Status { document: Some(self.document.id()) });
        }
    }
}

/// A document as it is in the store, brought to life.
pub(crate) async fn load(shared: Arc<Shared>, entry: &Entry) -> Result<(Document, Place), LoadError> {
    let (store, here, now) = (shared.store.clone(), shared.here(), shared.clock.now());
    let entry = entry.clone();
    blocking(move || {
        let ticket = entry.ticket.as_deref().map(ticket).transpose()?;
        let (stored, place) = store.read(|reader| {
            let row = reader.standing(entry.document)?.last;
            let folded = reader.newest_snapshot(entry.document)?;
            Ok((rows::read(reader, &entry, ticket.clone())?, Place { row, folded }))
        })?;
        match ticket {
            // Nothing of it is here yet but the ticket.
            Some(ticket) if place.row == 0 => Ok((Document::joining(here, ticket, now), place)),
            _ => Ok((Document::open(here, stored, now)?, place)),
        }
    })
    .await
}

pub(crate) fn ticket(bytes: &[u8]) -> Result<Ticket, LoadError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ReadError::Damaged("a ticket".into()))?;
    Ok(Ticket::parse(text)?)
}

/// A document cannot be brought to life.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("{0}")]
    Open(#[from] sheaf_document::OpenError),
    #[error("{0}")]
    Ticket(#[from] TicketError),
}
