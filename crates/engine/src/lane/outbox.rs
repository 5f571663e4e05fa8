//! What waits to be sent to one client: an ordered queue for what must arrive, and the newest only of what is a mere hint.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use sheaf_base::DocumentId;
use sheaf_document::{Cursor, Item, Refused, ViewId};
use tokio::sync::Notify;

use super::Failure;
use crate::lock::held;

/// Something for the client, not yet in words.
pub(super) enum Told {
    /// An answer.
    Reply { id: Value, result: Result<Value, Failure> },
    /// An item of a view's sequence.
    Item { document: DocumentId, view: ViewId, item: Item },
    /// What became of a push.
    Pushed { document: DocumentId, view: ViewId, number: u64, result: Result<u64, Refused> },
    /// What this device may do has changed.
    Role { document: DocumentId, view: ViewId, role: &'static str },
    /// The document's task has ended; the view is to be opened again.
    Closed { document: DocumentId, view: ViewId, reason: String },
    /// Others' carets.
    Presence { document: DocumentId, view: ViewId, version: u64, cursors: Vec<Cursor> },
    /// An event, in words.
    Event(Value),
    /// The library changed.
    Documents,
    /// Facts changed.
    Status(Option<DocumentId>),
}

#[derive(Default)]
struct Waiting {
    queue: VecDeque<Told>,
    presence: BTreeMap<(DocumentId, ViewId), (u64, Vec<Cursor>)>,
    status: BTreeSet<Option<DocumentId>>,
    documents: bool,
}

/// One client's outbox.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    more: Notify,
}

impl Outbox {
    fn held(&self) -> MutexGuard<'_, Waiting> {
        held(&self.waiting)
    }

    pub(super) fn put(&self, told: Told) {
        self.held().queue.push_back(told);
        self.more.notify_one();
    }

    pub(super) fn hint_documents(&self) {
        self.held().documents = true;
        self.more.notify_one();
    }

    pub(super) fn hint_status(&self, document: Option<DocumentId>) {
        self.held().status.insert(document);
        self.more.notify_one();
    }

    /// The next thing: what must arrive first, then hints. Hints about facts only if `calm`: they are for looking again, and to be
    /// told so ten times a second is enough.
    fn take(&self, calm: bool) -> Option<Told> {
        let mut waiting = self.held();
        if let Some(told) = waiting.queue.pop_front() {
            return Some(told);
        }
        if let Some(((document, view), (version, cursors))) = waiting.presence.pop_first() {
            return Some(Told::Presence { document, view, version, cursors });
        }
        if !calm {
            return None;
        }
        if std::mem::take(&mut waiting.documents) {
            return Some(Told::Documents);
        }
        waiting.status.pop_first().map(Told::Status)
    }

    /// Waits for the next thing.
    pub(super) async fn next(&self, calm_in: impl Future<Output = ()>) -> Told {
        tokio::pin!(calm_in);
        let mut calm = false;
        loop {
            // Armed before looking, so that nothing put in between is slept over.
            let more = self.more.notified();
            if let Some(told) = self.take(calm) {
                return told;
            }
            tokio::select! {
                () = more => {}
                () = &mut calm_in, if !calm => calm = true,
            }
        }
    }
}

/// Where a document's task puts what a view is to be told.
#[derive(Clone)]
pub(crate) struct Outlet(pub(super) Arc<Outbox>);

impl Outlet {
    pub(crate) fn item(&self, document: DocumentId, view: &ViewId, item: Item) {
        self.0.put(Told::Item { document, view: view.clone(), item });
    }

    pub(crate) fn presence(&self, document: DocumentId, view: &ViewId, version: u64, cursors: Vec<Cursor>) {
        self.0.held().presence.insert((document, view.clone()), (version, cursors));
        self.0.more.notify_one();
    }

    pub(crate) fn pushed(&self, document: DocumentId, view: &ViewId, number: u64, result: Result<u64, Refused>) {
        self.0.put(Told::Pushed { document, view: view.clone(), number, result });
    }

    pub(crate) fn role(&self, document: DocumentId, view: &ViewId, role: &'static str) {
        self.0.put(Told::Role { document, view: view.clone(), role });
    }

    pub(crate) fn closed(&self, document: DocumentId, view: &ViewId, reason: &str) {
        self.0.put(Told::Closed { document, view: view.clone(), reason: reason.to_owned() });
    }
}
