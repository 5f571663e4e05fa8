//! Bodies as Markdown, text, HTML and Delta: reading them, and merging a new version in as the smallest edits.

use sheaf_base::{ClientId, DocumentId};
use sheaf_document::{Done, Opened, Refused, Tally, words_begun};
use sheaf_replica::Replica;
use sheaf_schema::{Delta, LINE, Op};

use crate::engine::{DocumentError, Engine};
use crate::live::{AskError, DocumentHandle, Question};
use crate::task::blocking;
use crate::{random, rows};

/// A body, and which journal row it stands at: a version that holds across restarts.
#[derive(Debug, Clone)]
pub struct Body {
    /// The journal row.
    pub version: u64,
    /// The text, as views see it.
    pub opened: Opened,
}

/// How a body is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Markdown.
    Markdown,
    /// Words and line ends.
    Text,
    /// A fragment of HTML.
    Html,
    /// The Delta.
    Delta,
}

/// A body could not be read or changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BodyError {
    /// The document cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The document says no, or ended.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Members of a folder are members of what is in it: they are changed there.
    #[error("{person} is in this document through the folder {folder:?}: change it there")]
    ThroughFolder {
        /// Who.
        person: String,
        /// The folder's name.
        folder: String,
    },
    /// The version is not one of this document's.
    #[error("version {0} is not one of this document's: take it from `sheaf show --as json`")]
    Version(u64),
}

impl Engine {
    /// A document's body as it is now.
    pub async fn body(&self, document: DocumentId) -> Result<Body, BodyError> {
        let live = self.live(document).await?;
        Ok(read(&live).await?)
    }

    /// Merges a new Markdown version into a document, as the smallest edits. What somebody else changes meanwhile stays. Returns whether
    /// anything changed, and the version after it.
    pub async fn write(&self, document: DocumentId, markdown: &str, base: Option<u64>) -> Result<(bool, u64), BodyError> {
        let live = self.live(document).await?;
        let (changed, version, words) = self.merge(&live, markdown, base).await?;
        self.shared.statistics.wrote(&self.shared, Tally { edits: changed.into(), words, ..Tally::default() });
        Ok((changed, version))
    }

    /// The same, and how many words it began. Nobody has written them who only imports or copies them.
    async fn merge(&self, live: &DocumentHandle, markdown: &str, base: Option<u64>) -> Result<(bool, u64, u64), BodyError> {
        let now = read(live).await?;
        let base = match base {
            Some(version) if version > now.version => return Err(BodyError::Version(version)),
            Some(version) if version < now.version => Some(self.body_at(live, version).await?),
            _ => None,
        };
        let wanted = sheaf_markdown::read(markdown, &mut random::line_id);
        let edit = match &base {
            None => sheaf_markdown::edits(&now.opened.delta, &wanted),
            // What changed since that moment is kept: the edits are moved past it.
            Some(then) => {
                let since = sheaf_markdown::since(then, &now.opened.delta);
                since.transform(&sheaf_markdown::edits(then, &wanted), false)
            }
        };
        if edit.is_empty() {
            // An edit of nothing still tells who may not write that they may not.
            return match live.facts().role {
                role if role < sheaf_document::Role::Edit => Err(AskError::Refused(Refused::Role { role, needs: "edit" }).into()),
                _ => Ok((false, now.version, 0)),
            };
        }
        let letters: Vec<u16> = now.opened.delta.text().encode_utf16().collect();
        // Half a pair is no letter; embeds stand for nothing here, so behind one the count may be off by a word.
        let before = |offset: usize| letters.get(offset.checked_sub(1)?).and_then(|unit| char::from_u32((*unit).into()));
        let words = words_begun(&edit, before);
        let (_, row) = live.ask(Question::Edit { base: Some(now.opened.version), delta: edit }).await?;
        Ok((true, row, words))
    }

    /// A new document with a body. It is durable, with its text, when this returns.
    pub async fn create_with(&self, title: &str, markdown: Option<&str>) -> Result<DocumentId, BodyError> {
        let live = self.create(title).await?;
        if let Some(markdown) = markdown
            && let Err(error) = self.merge(&live, markdown, None).await
        {
            // Half of what was asked for is not what was asked for.
            self.abandon(&live).await;
            return Err(error);
        }
        Ok(live.id())
    }

    /// A new document with the text of another.
    pub async fn duplicate(&self, document: DocumentId) -> Result<DocumentId, BodyError> {
        let body = self.body(document).await?;
        let live = self.create(&format!("{} (copy)", body.opened.title)).await?;
        let delta = with_new_lines(&body.opened.delta);
        if !delta.is_empty() {
            live.ask(Question::Edit { base: None, delta }).await?;
        }
        Ok(live.id())
    }
}

impl Engine {
    /// A document's body as it was at a journal row, folded anew from its records.
    async fn body_at(&self, live: &DocumentHandle, version: u64) -> Result<Delta, BodyError> {
        let (store, document) = (self.shared.store.clone(), live.id());
        let unknown = |_| BodyError::Version(version);
        let hydration = blocking(move || store.read(|reader| rows::hydration_at(reader, document, version))).await.map_err(unknown)?;
        let job = live.prepare_fold(hydration).await.ok_or(AskError::Ended)?;
        let replica = blocking(move || {
            let folded = job.run().map_err(|error| error.to_string())?;
            Replica::from_snapshot(ClientId(1), &folded.state).map_err(|error| error.to_string())
        });
        Ok(replica.await.map_err(|reason| DocumentError::Unusable { title: String::new(), reason })?.delta())
    }
}

async fn read(live: &DocumentHandle) -> Result<Body, AskError> {
    match live.ask(Question::Read).await? {
        (Done::Body(opened), version) => Ok(Body { version, opened }),
        _ => Err(AskError::Ended),
    }
}

/// A body in another form.
pub fn convert(body: &Delta, form: Form) -> String {
    match form {
        Form::Markdown => sheaf_markdown::write(body),
        Form::Text => sheaf_markdown::text(body),
        Form::Html => sheaf_markdown::html(body),
        Form::Delta => crate::lane::delta_to_json(body).to_string(),
    }
}

/// The same body with fresh line ids: a copied line is another line.
fn with_new_lines(body: &Delta) -> Delta {
    let mut copy = Delta::new();
    for op in &body.ops {
        match op {
            Op::Insert { text, attributes } if attributes.contains_key(LINE) => {
                // Newlines of one op share their attributes; each gets an id of its own.
                for part in text.split_inclusive('\n') {
                    let mut attributes = attributes.clone();
                    attributes.insert(LINE.to_owned(), random::line_id().into());
                    copy.push(Op::Insert { text: part.to_owned(), attributes });
                }
            }
            other => copy.push(other.clone()),
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use sheaf_schema::{BLOCK, attributes};

    use super::*;

    #[test]
    fn a_copied_line_is_another_line_of_the_same_kind() {
        let line = |id: &str| attributes([(LINE, id.into()), (BLOCK, "h2".into())]);
        let body = Delta::new().insert("a").insert_with("\n", line("one")).insert("b").insert_with("\n", line("two"));
        let copy = with_new_lines(&body);
        assert_eq!(copy.text(), body.text());
        let ids = |delta: &Delta| -> Vec<_> { delta.ops.iter().filter_map(|op| op.attributes()?.get(LINE).cloned()).collect() };
        assert_eq!(ids(&copy).len(), 2);
        assert!(ids(&copy).iter().all(|id| !ids(&body).contains(id)));
        assert!(copy.ops.iter().filter_map(|op| op.attributes()?.get(BLOCK)).count() == 2);
    }
}
