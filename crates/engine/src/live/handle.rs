//! A live document, as everybody else holds it.

use std::sync::Arc;
use std::time::Duration;

use sheaf_base::DocumentId;
use sheaf_document::{Done, Input, LinkUp, PeerId, Refused, ViewId};
use sheaf_protocol::{Frame, RouteHint};
use sheaf_schema::Delta;
use tokio::sync::{oneshot, watch};

use super::inbox::Slots;
use super::{Heard, Question};
use crate::facts::Facts;
use crate::lane::Outlet;
use crate::said::Said;

/// A live document, as everybody else holds it. Clones are the same document.
#[derive(Clone)]
pub struct DocumentHandle {
    id: DocumentId,
    slots: Arc<Slots>,
    facts: watch::Receiver<Arc<Facts>>,
}

/// How long somebody who asks waits for a disk that takes nothing: a moment's trouble is no failure.
const UNSAVED_PATIENCE: Duration = Duration::from_secs(2);

/// A question to a document was not answered as hoped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The document says no.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It cannot be written just now. Whether it will be depends on how long this process lives.
    #[error("not saved: {0}; while Sheaf runs it tries again")]
    NotSaved(Said),
    /// The document ended before it answered. What was asked may or may not have been done.
    #[error("the document was closed before it answered; look whether it was done, and try again")]
    Ended,
}

impl DocumentHandle {
    pub(super) fn new(id: DocumentId, slots: Slots, facts: watch::Receiver<Arc<Facts>>) -> DocumentHandle {
        DocumentHandle { id, slots: Arc::new(slots), facts }
    }

    /// Which document.
    pub fn id(&self) -> DocumentId {
        self.id
    }

    /// How things are, as of the last turn.
    pub fn facts(&self) -> Arc<Facts> {
        self.facts.borrow().clone()
    }

    /// The facts, and being woken when they change.
    pub fn watch(&self) -> watch::Receiver<Arc<Facts>> {
        self.facts.clone()
    }

    /// Whether it still lives.
    pub fn is_alive(&self) -> bool {
        !self.slots.near.is_closed()
    }

    /// There is a link to a peer that may be interested.
    pub fn link_up(&self, link: LinkUp) {
        self.hear(Input::LinkUp(link));
    }

    /// A frame came from a peer, on any lane but bulk. Waits while the document has enough to do.
    pub async fn receive(&self, peer: PeerId, frame: Frame) {
        // A document that has ended hears nothing; its links are told by Net::ended.
        drop(self.slots.far.send(Heard::Input(Box::new(Input::Receive { peer, frame }))).await);
    }

    /// A frame came from a peer on the bulk lane: it comes after all that is live.
    pub async fn receive_bulk(&self, peer: PeerId, frame: Frame) {
        drop(self.slots.bulk.send(Heard::Input(Box::new(Input::Receive { peer, frame }))).await);
    }

    /// Whether somebody has typed in it within the last second, here or elsewhere.
    pub fn is_typed_in(&self) -> bool {
        self.slots.typing.is_so()
    }

    /// A frame to this peer had to be dropped: its queue is full.
    pub fn link_full(&self, peer: PeerId) {
        self.hear(Input::LinkFull { peer });
    }

    /// The queue to this peer is empty again, and the last supply has been sent.
    pub fn link_free(&self, peer: PeerId) {
        self.hear(Input::LinkFree { peer });
    }

    /// The link is gone.
    pub fn link_down(&self, peer: PeerId) {
        self.hear(Input::LinkDown { peer });
    }

    /// How other members were last reached, to be passed on.
    pub fn pass_on(&self, routes: Vec<RouteHint>) {
        self.hear(Input::Routes { routes });
    }

    /// From a view, or from the shell.
    pub(crate) fn hear(&self, input: Input) {
        self.send(Heard::Input(Box::new(input)));
    }

    /// A document that has ended hears nothing; whoever needs an answer notices by its absence.
    pub(crate) fn send(&self, heard: Heard) {
        drop(self.slots.near.send(heard));
    }

    /// Opens a view; what it is to be told goes to the outlet. False if the document has ended.
    pub(crate) fn attach(&self, view: ViewId, outlet: Outlet) -> bool {
        self.slots.near.send(Heard::Attach { view, outlet }).is_ok()
    }

    /// Asks, and waits for the answer: what was done, durably, and the journal's last row then.
    pub(crate) async fn ask(&self, question: Question) -> Result<(Done, u64), AskError> {
        let (reply, answer) = oneshot::channel();
        self.slots.near.send(Heard::Ask { question, reply }).map_err(|_| AskError::Ended)?;
        tokio::select! {
            biased;
            answer = answer => Ok(answer.map_err(|_| AskError::Ended)??),
            why = self.unsaved() => Err(AskError::NotSaved(why)),
        }
    }

    /// The text if it is open, and the last row in it. It is opened for nobody.
    pub(crate) async fn look(&self) -> Option<(u64, Arc<Delta>)> {
        let (reply, open) = oneshot::channel();
        self.send(Heard::Look { reply });
        open.await.ok().flatten()
    }

    /// Comes when nothing could be written for a while, and says why.
    pub(crate) async fn unsaved(&self) -> Said {
        let mut facts = self.watch();
        loop {
            let why = facts.wait_for(|facts| facts.unsaved.is_some()).await.map(|facts| facts.unsaved.clone());
            let Ok(Some(why)) = why else { return std::future::pending().await };
            let mended = facts.wait_for(|facts| facts.unsaved.is_none());
            if tokio::time::timeout(UNSAVED_PATIENCE, mended).await.is_err() {
                return why;
            }
        }
    }

    pub(crate) fn stop(&self) {
        self.send(Heard::Stop);
    }

    /// Stops it, and waits until it has ended.
    pub(crate) async fn end(&self) {
        self.stop();
        let mut facts = self.watch();
        // The sender goes with the task.
        while facts.changed().await.is_ok() {}
    }
}

impl std::fmt::Debug for DocumentHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DocumentHandle({})", self.id.short())
    }
}
