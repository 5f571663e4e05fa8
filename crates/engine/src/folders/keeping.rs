//! What this device does by itself about its folders: it joins what they list, and has every document in them have their members.
//!
//! A folder is looked at when it, or a document in it, has changed, never per key. Joining is done at once. Tending is done after a rest, by the
//! devices that are linked one after the other, the one of the greatest role first: what has been done by then is not done again. What fails is
//! tried again, less and less often.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sheaf_access::Ticket;
use sheaf_base::DocumentId;
use sheaf_document::folder::{List, Listed, Step, of_label};
use sheaf_document::{Announcement, Document, Role, State};
use sheaf_store::Entry;

use crate::engine::{Engine, Shared};
use crate::library::{FOLDER, Standing};
use crate::live::{AskError, DocumentHandle};
use crate::lock::held;
use crate::task::supervised;

/// How long a change rests before the lines are read: others usually follow.
const SOON: Duration = Duration::from_millis(200);

/// How long it rests before anything is written about it: whoever is nearer may be doing it.
const REST: Duration = Duration::from_secs(2);

/// How much longer each further device waits: see `tending` in the document crate.
const TURN: Duration = Duration::from_secs(5);

/// How long until what failed is tried again, and at most how long: each time it waits twice as long.
const AGAIN: Duration = Duration::from_secs(10);
const SELDOM: Duration = Duration::from_secs(1_800);

/// What is to be looked at, and what went wrong.
#[derive(Default)]
pub(crate) struct Folders {
    reading: Mutex<BTreeSet<DocumentId>>,
    /// Which folders are to be tended, and whether after having let others go first.
    tending: Mutex<BTreeSet<(DocumentId, bool)>>,
    failures: Mutex<BTreeMap<DocumentId, u32>>,
    /// Held while something is done about a document of a folder, so that this process does nothing twice.
    busy: tokio::sync::Mutex<()>,
}

impl Folders {
    /// A document has announced something.
    pub(crate) fn heard(&self, shared: &Arc<Shared>, document: DocumentId, announcement: &Announcement) {
        let of_text = match announcement {
            Announcement::Changed(_) => false,
            Announcement::Members | Announcement::State(_) => true,
            _ => return,
        };
        let Some(entry) = shared.library.entry(document) else { return };
        let folder = if entry.kind == FOLDER { Some(document) } else { entry.folder.filter(|_| of_text) };
        folder.into_iter().for_each(|folder| self.changed(shared, folder));
    }

    /// A folder, or what is in it, has changed.
    fn changed(&self, shared: &Arc<Shared>, folder: DocumentId) {
        if held(&self.reading).insert(folder) {
            let shared = Arc::downgrade(shared);
            supervised("reading a folder", async move {
                tokio::time::sleep(SOON).await;
                let Some(shared) = shared.upgrade() else { return };
                held(&shared.folders.reading).remove(&folder);
                shared.read_folder(folder).await;
            });
        }
        self.tend_in(shared, folder, REST, 0);
    }

    /// Tends after a while what it is this device's turn for then: it has let so many others go first.
    fn tend_in(&self, shared: &Arc<Shared>, folder: DocumentId, wait: Duration, turn: usize) {
        if !held(&self.tending).insert((folder, turn > 0)) {
            return;
        }
        let shared = Arc::downgrade(shared);
        supervised("tending a folder", async move {
            tokio::time::sleep(wait).await;
            let Some(shared) = shared.upgrade() else { return };
            held(&shared.folders.tending).remove(&(folder, turn > 0));
            shared.tend_in_turn(folder, turn).await;
        });
    }

    /// Whether everything could be done. If not, it is tried again.
    fn done(&self, shared: &Arc<Shared>, folder: DocumentId, all: bool) {
        if all {
            held(&self.failures).remove(&folder);
            return;
        }
        let failures = {
            let mut failures = held(&self.failures);
            let failures = failures.entry(folder).or_default();
            *failures += 1;
            *failures
        };
        let wait = (AGAIN * 2u32.saturating_pow(failures.min(10) - 1)).min(SELDOM);
        self.tend_in(shared, folder, wait, usize::MAX);
    }
}

impl Shared {
    fn engine(self: &Arc<Shared>) -> Engine {
        Engine { shared: self.clone() }
    }

    /// Whether a document is in a folder that is still one of this library's.
    pub(crate) fn is_in(&self, document: DocumentId, folder: DocumentId) -> bool {
        let usable = |entry: Entry| matches!(Standing::of(&entry), Standing::Private | Standing::Shared) && entry.trashed.is_none();
        let inside = self.library.entry(document).is_some_and(|entry| entry.folder == Some(folder));
        inside && self.library.entry(folder).is_some_and(usable)
    }

    /// How many others that are linked, and may do it as well, go first in a document.
    fn turn_in(&self, document: DocumentId) -> usize {
        let Some(facts) = self.if_live(document).map(|live| live.facts()) else { return 0 };
        let linked: BTreeSet<_> = facts.status.devices.iter().filter(|device| device.linked).map(|device| device.device).collect();
        let first = |role: Role, device| role > facts.role || role == facts.role && device < self.device;
        let before = facts.members.iter().filter(|member| linked.contains(&member.device) && first(member.role, member.device));
        before.filter(|member| member.role >= Role::Admin).count()
    }

    /// A folder that is kept up: here, not in the trash, and one that this device's person knows to be one. Whoever joined by a ticket that said
    /// nothing of a folder has agreed to one document.
    fn kept(&self, folder: DocumentId) -> Option<Entry> {
        let said = |entry: &Entry| match entry.ticket.as_deref().map(std::str::from_utf8) {
            None => true,
            Some(Ok(text)) => Ticket::parse(text).is_ok_and(|ticket| ticket.folder.is_some()),
            Some(Err(_)) => false,
        };
        let usable = |entry: &Entry| entry.kind == FOLDER && !entry.placeholder && entry.trashed.is_none() && said(entry);
        self.library.entry(folder).filter(usable)
    }

    /// Whether a document is a folder whose list is followed here.
    pub(crate) fn follows(&self, document: DocumentId) -> bool {
        self.kept(document).is_some()
    }

    /// Joins what a folder lists, and lets go of what it does not list any more.
    pub(crate) async fn read_folder(self: &Arc<Shared>, folder: DocumentId) {
        let engine = self.engine();
        if self.kept(folder).is_none() {
            return;
        }
        let live = match engine.live(folder).await {
            Ok(live) if live.facts().state == State::Ready => live,
            _ => return,
        };
        let list = match engine.list(&live).await {
            Ok(list) => list,
            Err(error) => return tracing::warn!(%error, folder = %folder.short(), "a folder cannot be read"),
        };
        if !list.problems.is_empty() {
            tracing::warn!(folder = %folder.short(), problems = ?list.problems, "lines of a folder list nothing");
        }
        for listed in &list.documents {
            self.take_in(folder, listed).await;
        }
        self.let_go(folder, &list).await;
    }

    /// A document that the folder lists.
    async fn take_in(self: &Arc<Shared>, folder: DocumentId, listed: &Listed) {
        let (engine, document) = (self.engine(), listed.document);
        let Some(ticket) = listed.ticket() else { return };
        let known = self.library.entry(document);
        let done = match &known {
            None => engine.enter_placeholder(ticket.clone(), Some(folder)).await,
            Some(entry) if entry.trashed.is_some() => return,
            // Let in again after a removal, or listed anew while it is waited for.
            Some(entry) if entry.folder == Some(folder) && (entry.placeholder || self.is_out(entry)) => engine.follow_instead(ticket).await,
            Some(entry) if entry.folder.is_none() && entry.kind != FOLDER && is_in_use(entry) => return self.adopt(folder, listed).await,
            Some(_) => return,
        };
        let live = match done {
            Ok(()) => engine.live(document).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match live {
            // Whom to ask for it may have changed with the folder's members.
            Ok(_) => self.net().into_iter().for_each(|net| net.appeared(document)),
            Err(error) => tracing::warn!(%error, document = %document.short(), "what a folder lists cannot be joined"),
        }
    }

    /// A document that was here by itself is in the folder, if an admin of its own has said so.
    async fn adopt(self: &Arc<Shared>, folder: DocumentId, listed: &Listed) {
        let keys: BTreeSet<_> = listed.rows.iter().map(|row| row.ticket.seed.key()).collect();
        let says_so = move |document: &mut Document| {
            document
                .invitations()
                .iter()
                .any(|it| it.open && of_label(&it.label) == Some(folder) && it.ticket.is_some_and(|key| keys.contains(&key)))
        };
        let engine = self.engine();
        let Ok(live) = engine.live(listed.document).await else { return };
        if live.peek(says_so).await.unwrap_or(false)
            && let Err(error) = engine.set_folder(listed.document, Some(folder)).await
        {
            tracing::warn!(%error, document = %listed.document.short(), "that a document is in a folder is not written");
        }
    }

    /// Documents that the folder does not list any more are in it no more; of those that have not come yet nothing is left.
    async fn let_go(self: &Arc<Shared>, folder: DocumentId, list: &List) {
        let inside = self.library.entries().into_iter().filter(|entry| entry.folder == Some(folder));
        for entry in inside.filter(|entry| list.get(entry.document).is_none()).collect::<Vec<_>>() {
            if entry.placeholder {
                self.engine().forget_placeholder(entry.document);
                continue;
            }
            self.tend_document(folder, entry.document, &mut Some(list.clone())).await;
            drop(self.engine().set_folder(entry.document, None).await);
        }
    }

    /// Has every document of a folder have its members, as far as this device may.
    pub(crate) async fn tend_folder(self: &Arc<Shared>, folder: DocumentId) {
        self.tend_in_turn(folder, usize::MAX).await;
    }

    /// The same of those documents in which no more than `turn` others go first; the others' turn comes.
    async fn tend_in_turn(self: &Arc<Shared>, folder: DocumentId, turn: usize) {
        if self.kept(folder).is_none() {
            return;
        }
        let (mut all, mut later, mut list) = (true, false, None);
        for entry in self.library.entries().into_iter().filter(|entry| entry.folder == Some(folder)) {
            if self.turn_in(entry.document) > turn {
                later = true;
            } else {
                all &= self.tend_document(folder, entry.document, &mut list).await;
            }
        }
        if later {
            self.folders.tend_in(self, folder, TURN, turn + 1);
        }
        self.folders.done(self, folder, all);
    }

    /// The same of one document, in a folder that holds `list` if that has been read. Says whether there is nothing left to do.
    pub(crate) async fn tend_document(self: &Arc<Shared>, folder: DocumentId, document: DocumentId, list: &mut Option<List>) -> bool {
        if self.kept(folder).is_none() || !self.library.entry(document).is_some_and(|entry| is_in_use(&entry)) {
            return true;
        }
        let engine = self.engine();
        let _busy = self.folders.busy.lock().await;
        let (Ok(inside), Ok(live)) = (engine.live(folder).await, engine.live(document).await) else { return false };
        if inside.facts().state != State::Ready || live.facts().state != State::Ready {
            return true;
        }
        match engine.tend(&inside, &live, list).await {
            Ok(all) => all,
            Err(error) => {
                tracing::warn!(%error, document = %document.short(), "a document does not have its folder's members yet");
                false
            }
        }
    }
}

/// Whether a document is here and goes on.
fn is_in_use(entry: &Entry) -> bool {
    !entry.placeholder && entry.trashed.is_none() && matches!(Standing::of(entry), Standing::Private | Standing::Shared)
}

impl Engine {
    /// Does what is left to do in a document. `list` is what the folder held when it was last read, if it has been read; it is taken when that is true
    /// no more. Says whether there is nothing more to do: what is done may leave more than is looked at now.
    async fn tend(&self, inside: &DocumentHandle, document: &DocumentHandle, list: &mut Option<List>) -> Result<bool, AskError> {
        for _ in 0..super::ROUNDS {
            let read = match list.take() {
                Some(read) => read,
                None => self.list(inside).await?,
            };
            let steps = self.left_to_do(inside, document, &read).await?;
            // Only these two write in the folder.
            if !steps.iter().any(|step| matches!(step, Step::List | Step::TakeOut)) {
                *list = Some(read);
            }
            if steps.is_empty() {
                return Ok(true);
            }
            for step in steps {
                tracing::info!(document = %document.id().short(), ?step, "tends a document of a folder");
                self.take_step(inside, document, step).await?;
            }
        }
        Ok(false)
    }
}
