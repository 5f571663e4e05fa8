//! The library: every document of this device, its line in the catalogue, and how it is named on a command line.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_document::{Announcement, Role, State};
use sheaf_sentence::Sentence;
use sheaf_store::{Batch, Change, CommitError, Entry, ReadError, SearchHit, Store};
use tokio::sync::oneshot;

use crate::body::BodyError;
use crate::engine::{DocumentError, Engine, Shared};
use crate::event::{Event, Events, Level};
use crate::facts::Facts;
use crate::live::Question;
use crate::lock::held;
use crate::said::Said;
use crate::task::blocking;

/// How often the time of a document's last change is written, in milliseconds: it is for sorting, and costs a page each time.
const CHANGED_EVERY: u64 = 2_000;

/// The catalogue in memory, written through.
pub(crate) struct Library {
    store: Store,
    events: Events,
    entries: Mutex<BTreeMap<DocumentId, Entry>>,
}

/// How a document stands in the catalogue, as the store's opaque number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody else has been invited.
    Private = 0,
    /// Others have, or may have, a copy.
    Shared = 1,
    /// This device has left.
    Left = 2,
    /// It cannot be opened.
    Damaged = 3,
    /// This device was removed by somebody.
    Removed = 4,
}

impl Standing {
    /// How this entry stands.
    pub fn of(entry: &Entry) -> Standing {
        match entry.state {
            1 => Standing::Shared,
            2 => Standing::Left,
            3 => Standing::Damaged,
            4 => Standing::Removed,
            _ => Standing::Private,
        }
    }
}

/// A text, as the store's opaque number of kinds.
pub(crate) const TEXT: u8 = 0;

/// A folder: see [`crate::folders`].
pub(crate) const FOLDER: u8 = 1;

/// No document is meant by this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// None has such an id or title.
    #[error("there is no document {0:?}: `sheaf list` shows all of them")]
    Unknown(String),
    /// More than one has.
    #[error("{name:?} may mean {}: say more of the id", .candidates.join(" or "))]
    Ambiguous {
        /// What was said.
        name: String,
        /// What it may mean: short id and title.
        candidates: Vec<String>,
    },
}

/// Digits that an id's beginning must have to be taken for one: fewer are rather a title, or a name.
pub(crate) const PREFIX: usize = 4;

impl Library {
    pub(crate) fn load(store: Store, events: Events) -> Result<Library, ReadError> {
        let entries = store.read(|reader| reader.catalogue())?;
        let entries = entries.into_iter().map(|entry| (entry.document, entry)).collect();
        Ok(Library { store, events, entries: Mutex::new(entries) })
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<DocumentId, Entry>> {
        held(&self.entries)
    }

    /// All documents, the last changed first, the trashed among them.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.held().values().cloned().collect();
        entries.sort_by(|one, other| other.changed.cmp(&one.changed).then(one.document.cmp(&other.document)));
        entries
    }

    pub(crate) fn entry(&self, document: DocumentId) -> Option<Entry> {
        self.held().get(&document).cloned()
    }

    /// Which document is meant: by id, by the beginning of one, or by title. What is not in the trash comes first.
    pub(crate) fn resolve(&self, name: &str) -> Result<DocumentId, ResolveError> {
        let entries = self.entries();
        if let Ok(id) = name.parse::<DocumentId>()
            && entries.iter().any(|entry| entry.document == id)
        {
            return Ok(id);
        }
        let prefix = name.to_ascii_lowercase();
        let is_prefix = prefix.len() >= PREFIX && prefix.chars().all(|digit| digit.is_ascii_hexdigit());
        let meant = |entry: &&Entry| entry.title == name || (is_prefix && entry.document.to_string().starts_with(&prefix));
        let (mut found, trashed): (Vec<&Entry>, Vec<&Entry>) = entries.iter().filter(meant).partition(|entry| entry.trashed.is_none());
        if found.is_empty() {
            found = trashed;
        }
        match found.as_slice() {
            [] => Err(ResolveError::Unknown(name.to_owned())),
            [one] => Ok(one.document),
            several => {
                let candidates = several.iter().map(|entry| format!("{} ({})", entry.document.short(), entry.title)).collect();
                Err(ResolveError::Ambiguous { name: name.to_owned(), candidates })
            }
        }
    }

    /// A new document's line: in memory at once; the change is to be written with the document's first rows.
    pub(crate) fn enter(&self, entry: Entry) -> Change {
        self.held().insert(entry.document, entry.clone());
        Change::Enter(entry)
    }

    /// A document that came to nothing.
    pub(crate) fn withdraw(&self, document: DocumentId) {
        self.held().remove(&document);
    }

    /// Changes a line. The answer comes when that is durable; writes happen in the order of the changes.
    pub(crate) fn change(&self, document: DocumentId, change: impl FnOnce(&mut Entry)) -> oneshot::Receiver<Result<(), CommitError>> {
        let (done, durable) = oneshot::channel();
        let mut entries = self.held();
        let Some(entry) = entries.get_mut(&document) else {
            drop(done.send(Ok(())));
            return durable;
        };
        let before = entry.clone();
        change(entry);
        if *entry == before {
            drop(done.send(Ok(())));
            return durable;
        }
        let batch = Batch::of(document).with(Change::Enter(entry.clone()));
        self.store.commit_then(batch, move |outcome| drop(done.send(outcome.map(|_| ()))));
        drop(entries);
        self.events.tell(Event::Documents);
        durable
    }

    /// Changes a line in memory alone; whoever changes it next writes that down, too.
    fn learn(&self, document: DocumentId, change: impl FnOnce(&mut Entry)) {
        self.held().get_mut(&document).map(change);
    }
}

impl Shared {
    /// Whether this device has left a document or was removed from it, if only by an admin's word: who was away may never get the record.
    pub(crate) fn is_out(&self, entry: &Entry) -> bool {
        let told = || self.if_live(entry.document).is_some_and(|live| live.facts().removed.is_some());
        matches!(Standing::of(entry), Standing::Left | Standing::Removed) || told()
    }
}

/// Keeps the catalogue in step with what a document announces.
pub(crate) fn announced(shared: &Shared, document: DocumentId, announcement: &Announcement, facts: &Facts) {
    let library = &shared.library;
    match announcement {
        Announcement::Title(title) => drop(library.change(document, |entry| entry.title.clone_from(title))),
        Announcement::Changed(wall) => changed(shared, document, *wall),
        Announcement::State(state) => {
            let waited = library.entry(document).is_some_and(|entry| entry.placeholder);
            drop(library.change(document, |entry| match state {
                State::Waiting => entry.placeholder = true,
                State::Ready => {
                    entry.placeholder = false;
                    entry.kind = if facts.folder { FOLDER } else { TEXT };
                    // Whoever was removed, or had left, and has been let in again.
                    if matches!(Standing::of(entry), Standing::Left | Standing::Removed) {
                        entry.state = Standing::Shared as u8;
                    }
                }
                State::Left => entry.state = if facts.removed.is_some() { Standing::Removed } else { Standing::Left } as u8,
            }));
            if waited && *state == State::Ready {
                shared.events.tell(Event::Joined { document });
            }
        }
        Announcement::Members => {
            let people = u32::try_from(facts.people()).unwrap_or(u32::MAX);
            drop(library.change(document, |entry| {
                (entry.people, entry.role) = (people, role_number(facts.role));
                if people > 1 && entry.state == Standing::Private as u8 {
                    entry.state = Standing::Shared as u8;
                }
            }));
        }
        // The lines of a folder are nobody's words.
        Announcement::Rescued(_) if facts.folder => {}
        Announcement::Rescued(rescued) => {
            let place = Some(rescued.place.0.clone());
            let (at, line, text) = (shared.clock.wall(), rescued.line.clone(), rescued.text.clone());
            let kept = Batch::of(document).with(Change::Rescued { at, line, text, place });
            let events = shared.events.clone();
            shared.store.commit_then(kept, move |outcome| match outcome {
                Ok(_) => events.tell(Event::Rescued { document }),
                // The words are in the text all the same.
                Err(error) => tracing::warn!(%error, "a rescued edit is not listed"),
            });
            let english = "Words of yours were removed with their line by somebody who had not seen them. They are kept.";
            let said = Said::new(Sentence::NoticeRescued {}, english);
            shared.events.tell(Event::Notice { document: Some(document), device: None, level: Level::Warning, code: "rescued", said });
        }
        Announcement::Quarantined { device, reason } => quarantined(shared, document, *device, reason, facts),
        Announcement::Twin => twin(shared, document),
        Announcement::Forked { device, mine } => forked(shared, document, *device, *mine),
        Announcement::Alarm { device, evidence } => {
            tracing::error!(document = %document.short(), device = %device.short(), %evidence, "two devices hold the same and differ");
            let english = "Two devices hold the same changes and show different text. This is a fault in Sheaf; the log has the details.";
            let (level, said) = (Level::Error, Said::new(Sentence::NoticeAlarm {}, english));
            shared.events.tell(Event::Notice { document: Some(document), device: Some(*device), level, code: "alarm", said });
        }
        Announcement::Status(_) | Announcement::Frontier(_) => {}
    }
}

/// A change could not be used.
fn quarantined(shared: &Shared, document: DocumentId, device: DeviceId, reason: &str, facts: &Facts) {
    let member = facts.members.iter().find(|member| member.device == device);
    let person = member.map(|member| member.name.clone()).filter(|name| !name.is_empty()).unwrap_or_else(|| device.short());
    let title = shared.library.entry(document).map(|entry| entry.title).unwrap_or_default();
    let english =
        format!("A change by {person} to {title:?} could not be used and was put aside; the document goes on without it: {reason}");
    let said = Said::new(Sentence::NoticeQuarantined { person, title, why: reason.to_owned() }, english);
    let level = Level::Warning;
    shared.events.tell(Event::Notice { document: Some(document), device: Some(device), level, code: "quarantined", said });
}

/// Another process with this device's key is at work.
fn twin(shared: &Shared, document: DocumentId) {
    tracing::warn!(document = %document.short(), "another process with this device's key is at work");
    let english = "This profile is in use in two places at once, perhaps because it was copied. Everything written in either place is kept. \
        Use it in one of them only, and link the other as a device of its own.";
    let (level, said) = (Level::Warning, Said::new(Sentence::NoticeTwin {}, english));
    shared.events.tell(Event::Notice { document: Some(document), device: None, level, code: "twin", said });
}

/// A key has been at work in two places.
fn forked(shared: &Shared, document: DocumentId, device: DeviceId, mine: bool) {
    tracing::warn!(document = %document.short(), device = %device.short(), mine, "a chain has two histories");
    let said = if mine {
        let english = "This copy of Sheaf has been at work in two places at once, as when a computer is brought back twice from one saved \
            state. Everything written in either place is kept.";
        Said::new(Sentence::NoticeForkedHere {}, english)
    } else {
        let english = "Somebody's copy of Sheaf has been at work in two places at once. Everything written in either place is kept. If they \
            cannot tell why, somebody else may be using their key.";
        Said::new(Sentence::NoticeForkedThere {}, english)
    };
    let level = Level::Warning;
    shared.events.tell(Event::Notice { document: Some(document), device: Some(device), level, code: "forked", said });
}

/// The time of the last change: known at once, so that what was changed last comes first; written not with every keystroke.
fn changed(shared: &Shared, document: DocumentId, wall: Wall) {
    let Some(before) = shared.library.entry(document).map(|entry| entry.changed) else { return };
    if wall.0 / CHANGED_EVERY > before.0 / CHANGED_EVERY {
        drop(shared.library.change(document, |entry| entry.changed = wall));
    } else if wall > before {
        shared.library.learn(document, |entry| entry.changed = wall);
    }
}

/// A role as the store's opaque number.
pub(crate) fn role_number(role: Role) -> u8 {
    match role {
        Role::View => 1,
        Role::Comment => 2,
        Role::Edit => 3,
        Role::Admin => 4,
        Role::Owner => 5,
    }
}

/// A role as people and the wire call it.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::View => "view",
        Role::Comment => "comment",
        Role::Edit => "edit",
        Role::Admin => "admin",
        Role::Owner => "owner",
    }
}

/// The same of the store's number.
pub(crate) fn role_name_of(number: u8) -> &'static str {
    match number {
        2 => "comment",
        3 => "edit",
        4 => "admin",
        5 => "owner",
        _ => "view",
    }
}

impl Engine {
    /// Gives a document another title. Durable when this returns.
    pub async fn rename(&self, document: DocumentId, title: &str) -> Result<(), BodyError> {
        let live = self.live(document).await?;
        live.ask(Question::Rename(title.to_owned())).await?;
        Ok(())
    }

    /// Puts a document into the trash, or takes it out. In the trash it is kept whole, and nobody is told of it or from it.
    pub async fn trash(&self, document: DocumentId, away: bool) -> Result<(), DocumentError> {
        let at = away.then(|| self.shared.clock.wall());
        let durable = self.shared.library.change(document, |entry| {
            if entry.trashed.is_some() != away {
                entry.trashed = at;
            }
        });
        durable.await.unwrap_or(Err(CommitError::Closed))?;
        match self.shared.if_live(document) {
            Some(live) if away => live.stop(),
            Some(_) => self.shared.net().into_iter().for_each(|net| net.appeared(document)),
            None if away => {}
            // It keeps up with others again, looked at or not.
            None => {
                if let Err(error) = self.live(document).await {
                    tracing::warn!(%error, document = %document.short(), "out of the trash, but it cannot be used");
                }
            }
        }
        if !away {
            self.finish_drops_in(document).await;
        }
        Ok(())
    }

    /// A window shows the document.
    pub(crate) fn opened(&self, document: DocumentId) {
        let now = self.shared.clock.wall();
        drop(self.shared.library.change(document, |entry| entry.opened = Some(now)));
    }

    /// Documents that hold these words, the best first.
    pub async fn search(&self, words: String) -> Result<Vec<SearchHit>, ReadError> {
        let store = self.shared.store.clone();
        blocking(move || store.read(|reader| reader.search(&words, SEARCH_HITS))).await
    }
}

/// The title of a document that was given none.
pub(crate) const UNTITLED: &str = "Untitled";

/// Hits that a search brings, at most.
const SEARCH_HITS: u32 = 50;
