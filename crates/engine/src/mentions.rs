//! Which documents a document's text names, and by which words it is found. Looked at when its text has rested a little, beside the turns; what a
//! process that ended left unlooked at, the next one looks at when it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use sheaf_base::{DocumentId, limits};
use sheaf_document::FoldJob;
use sheaf_schema::{Delta, LINE, Line, Op, Scalar, Value, embed};
use sheaf_store::{Backlink, Batch, Change, Entry, Mention, ReadError};
use tokio::sync::oneshot;

use crate::engine::{Engine, Shared};
use crate::event::Event;
use crate::library::FOLDER;
use crate::lock::held;
use crate::task::{blocking, supervised};
use crate::unlinked::words;
use crate::{live, rows};

/// How long a text has to have been left alone.
const REST: Duration = Duration::from_secs(2);

/// A text that takes long to look at is looked at less often: of one core, one part in so many.
const SHARE: u32 = 30;

/// Who goes on writing is looked at all the same after so many rests, once it is known what that takes.
const RESTS: u32 = 10;

/// What is kept of the line around a mention, in characters.
const EXCERPT: usize = 160;

/// Documents that are to be looked at.
#[derive(Default)]
pub(crate) struct Mentions {
    /// About to be looked at, and when each changed last.
    due: Mutex<BTreeMap<DocumentId, Duration>>,
    /// How long that took the last time.
    took: Mutex<BTreeMap<DocumentId, Duration>>,
}

impl Mentions {
    /// A document's text changed.
    pub(crate) fn changed(&self, shared: &Arc<Shared>, document: DocumentId) {
        let began = shared.clock.now().elapsed;
        if held(&self.due).insert(document, began).is_some() {
            return;
        }
        let took = held(&self.took).get(&document).copied();
        let rest = REST.max(took.unwrap_or_default() * SHARE);
        // What a text takes that was never looked at nobody knows. Indexing five megabytes keeps whatever else is to be written waiting for a third
        // of a second: that text is looked at when it rests, and not before.
        let at_last = took.map(|_| began + rest * RESTS);
        let shared = Arc::downgrade(shared);
        supervised("looking at a text that rests", async move {
            let mut wait = rest;
            loop {
                tokio::time::sleep(wait).await;
                let Some(shared) = shared.upgrade() else { return };
                let now = shared.clock.now().elapsed;
                let last = held(&shared.mentions.due).get(&document).copied().unwrap_or_default();
                if now >= last + rest || at_last.is_some_and(|at| now >= at) {
                    held(&shared.mentions.due).remove(&document);
                    return shared.look(document).await;
                }
                wait = last + rest - now;
            }
        });
    }

    /// Looks at what was left unlooked at, one document after another.
    pub(crate) fn catch_up(shared: &Arc<Shared>) {
        let shared = Arc::downgrade(shared);
        supervised("looking for mentions of last time", async move {
            for document in unlooked(&shared).await.unwrap_or_default() {
                let Some(shared) = shared.upgrade() else { return };
                shared.look(document).await;
            }
        });
    }
}

/// The documents that went on since they were looked at.
async fn unlooked(shared: &Weak<Shared>) -> Option<Vec<DocumentId>> {
    let store = shared.upgrade()?.store.clone();
    blocking(move || store.read(|reader| reader.unlooked())).await.ok()
}

/// What was found in a document, as of a journal row.
struct Looked {
    row: u64,
    mentions: Vec<Mention>,
    title: String,
    body: String,
}

impl Looked {
    fn of(document: DocumentId, row: u64, title: String, text: &Delta) -> Looked {
        Looked { row, mentions: mentions(document, text), title, body: words(text) }
    }
}

impl Shared {
    /// Looks at a document. What cannot be read now is looked at another time.
    async fn look(self: &Arc<Shared>, document: DocumentId) {
        let began = self.clock.now().elapsed;
        match self.looked_at(document).await {
            Ok(Some(Looked { row, mentions, title, body })) => {
                let found = Batch::of(document).with(Change::Search { title, body }).with(Change::Mentions { row, mentions });
                let (done, written) = oneshot::channel();
                self.store.commit_then(found, move |outcome| drop(done.send(outcome)));
                match written.await {
                    Ok(Ok(_)) => self.events.tell(Event::Mentions),
                    // The next change, or the next start, brings them again.
                    Ok(Err(error)) => tracing::warn!(%error, "what a document says is not written"),
                    Err(_) => {}
                }
                // Writing the words of a long text takes its time, too.
                held(&self.mentions.took).insert(document, self.clock.now().elapsed - began);
            }
            Ok(None) => {}
            Err(reason) => tracing::debug!(document = %document.short(), reason, "not looked at for mentions"),
        }
    }

    /// What a document says; none when there is no such document any more. An open text is read where it is; of one that nobody has open
    /// there is a copy for a moment, one at a time.
    async fn looked_at(self: &Arc<Shared>, document: DocumentId) -> Result<Option<Looked>, String> {
        let Some(entry) = self.library.entry(document).filter(|entry| !entry.placeholder && entry.kind != FOLDER) else { return Ok(None) };
        if let Some(live) = self.if_live(document)
            && let Some((row, text)) = live.look().await
        {
            return Ok(Some(blocking(move || Looked::of(document, row, entry.title, &text)).await));
        }
        // A semaphore that is never closed.
        let _turn = self.hydrations.acquire().await;
        let (mut job, mut row) = self.folded(&entry, false).await?;
        if job.is_outdated() {
            (job, row) = self.folded(&entry, true).await?;
        }
        blocking(move || Ok(Some(Looked::of(document, row, entry.title, &job.text().map_err(|error| error.to_string())?)))).await
    }

    /// The body of a document that is not open, from its snapshot or from the first row, and the row that it is of.
    async fn folded(self: &Arc<Shared>, entry: &Entry, from_start: bool) -> Result<(FoldJob, u64), String> {
        let (store, document) = (self.store.clone(), entry.document);
        let found = blocking(move || {
            store.read(|reader| Ok::<_, ReadError>((rows::hydration(reader, document, from_start)?, reader.standing(document)?.applied)))
        });
        let (hydration, row) = found.await.map_err(|error| error.to_string())?;
        let job = match self.if_live(document) {
            Some(live) => live.prepare_fold(hydration).await.ok_or("the document was closed")?,
            None => {
                let (mut read, _) = live::load(self.clone(), entry).await.map_err(|error| error.to_string())?;
                read.fold(hydration)
            }
        };
        Ok((job, row))
    }
}

impl Engine {
    /// The documents of this library that name this one, the last changed first.
    pub async fn backlinks(&self, document: DocumentId) -> Result<Vec<Backlink>, ReadError> {
        let store = self.shared.store.clone();
        blocking(move || store.read(|reader| reader.backlinks(document))).await
    }
}

/// The documents that a body names, each where it is named first; itself not among them.
fn mentions(itself: DocumentId, body: &Delta) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut known = BTreeSet::from([itself]);
    for line in body.lines() {
        for named in line.content.ops.iter().filter_map(named) {
            if known.insert(named) {
                mentions.push(Mention { named, line: id(&line), excerpt: excerpt(&line) });
            }
        }
        if mentions.len() >= limits::MENTIONS {
            break;
        }
    }
    mentions
}

/// The document that a piece of text names.
fn named(op: &Op) -> Option<DocumentId> {
    match op {
        Op::Embed { embed, .. } if embed.kind == embed::DOCUMENT => text(&embed.value, "id")?.parse().ok(),
        _ => None,
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    let Value::Map(fields) = value else { return None };
    match fields.get(field)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn id(line: &Line) -> String {
    let id = line.newline.as_ref().and_then(|newline| newline.get(LINE)).and_then(Scalar::as_text);
    id.unwrap_or_default().to_owned()
}

/// The beginning of what a line says, with the titles of whom it names.
fn excerpt(line: &Line) -> String {
    let words = line.content.ops.iter().map(|op| match op {
        Op::Insert { text, .. } => text.as_str(),
        Op::Embed { embed, .. } => match &embed.value {
            Value::Text(day) if embed.kind == embed::DATE => day,
            named => text(named, "title").or_else(|| text(named, "name")).unwrap_or("…"),
        },
        _ => "",
    });
    words.flat_map(str::chars).map(|character| if character.is_control() { ' ' } else { character }).take(EXCERPT).collect()
}

#[cfg(test)]
mod tests {
    use sheaf_schema::{Embed, attributes};

    use super::*;

    fn naming(document: DocumentId, title: &str) -> Embed {
        let fields = [("id", document.to_string()), ("title", title.to_owned())];
        Embed::new(embed::DOCUMENT, Value::Map(fields.map(|(name, text)| (name.to_owned(), Value::Text(text))).into()))
    }

    #[test]
    fn a_document_is_listed_once_where_it_is_named_first_and_nothing_else_is() {
        let (here, plan, notes) = (DocumentId([1; 32]), DocumentId([2; 32]), DocumentId([3; 32]));
        let line = |id: &str| attributes([(LINE, id.into())]);
        let body = Delta::new()
            .insert("See ")
            .embed(naming(plan, "The plan"))
            .insert(" and ")
            .embed(naming(here, "This"))
            .insert_with("\n", line("one"))
            .embed(naming(notes, "Notes"))
            .embed(naming(plan, "The plan"))
            .embed(Embed::new(embed::DOCUMENT, "no map"))
            .embed(Embed::new("image", "x.png"))
            .insert_with("\n", line("two"));
        let expected = [
            Mention { named: plan, line: "one".into(), excerpt: "See The plan and This".into() },
            Mention { named: notes, line: "two".into(), excerpt: "NotesThe plan……".into() },
        ];
        assert_eq!(mentions(here, &body), expected);
    }
}
