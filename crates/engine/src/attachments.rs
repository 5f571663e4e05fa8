//! Images and files that documents refer to, as windows and the command line use them: attaching, reading, saving, and how much is here.
//!
//! Attaching is in parts, so that no message is long and no window hands over a path: a file is written, hashed and durable before any text
//! refers to it. Reading is chunk by chunk, each checked against the file's name. A window sees a file only through a document that refers
//! to it. Fetching is the network's business (`net::fetch`); what it has come to is looked up here.

mod opening;
mod saving;
mod uploads;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use sheaf_base::{BlobId, DeviceId, DocumentId};
use sheaf_blobs::{BlobError, Blobs};
use sheaf_document::Done;
use sheaf_schema::{Attachment, Delta, LINE, Op, attributes};
use sheaf_store::{AttachmentRow, Batch, Change, CommitError, ReadError};

use crate::body::BodyError;
use crate::engine::{Engine, Shared};
use crate::event::Event;
use crate::live::{AskError, Question};
use crate::lock::held;
use crate::random;
use crate::task::blocking;
use uploads::Uploads;

/// The setting that says up to how many bytes a file is fetched by itself.
const FETCH_UP_TO: &str = "attachments.fetch_up_to";

/// Up to so many bytes a file is fetched by itself, if no setting says otherwise: photographs and papers come, films are asked for.
const FETCH_UP_TO_BYTES: u64 = 50 * 1024 * 1024;

/// A file, and through which document it is meant.
pub(crate) type Through = (DocumentId, BlobId, u64);

/// What the engine keeps of attachments while it runs.
pub(crate) struct Attachments {
    pub(crate) blobs: Blobs,
    uploads: Mutex<Uploads>,
    /// What is being fetched, or was tried in vain.
    fetching: Mutex<BTreeMap<Through, Fetching>>,
}

/// How the fetching of a file stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetching {
    /// Bytes that are here.
    pub here: u64,
    /// Whose devices it comes from.
    pub from: Vec<DeviceId>,
    /// What is in the way, for people.
    pub problem: Option<String>,
}

/// A file that a document refers to, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The hash of its bytes.
    pub blob: BlobId,
    /// How many bytes.
    pub size: u64,
    /// What it is called.
    pub name: String,
    /// Whether it is here, whole.
    pub is_here: bool,
    /// Whether it is fetched without being asked for.
    pub is_awaited: bool,
    /// How fetching stands, if it is not here.
    pub fetching: Fetching,
    /// Whether the text refers to it now; none, if the text is not here.
    pub in_text: Option<bool>,
}

/// Something about an attachment was not done.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// The document cannot be used.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The file cannot be written or read.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// What was to be noted about it was not.
    #[error("not saved: {0}")]
    NotSaved(#[from] CommitError),
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The document does not refer to such a file.
    #[error("this document has no such attachment")]
    Unknown,
    /// The upload is not under way, or goes on elsewhere.
    #[error("this file is not being attached (any more): begin again")]
    NoUpload,
    /// Too much at once.
    #[error("too many files are being attached at once: wait until some are done")]
    Busy,
    /// What may be run is not opened from the text.
    #[error("this kind of file may do harm when it is opened: save it, and open it where it lies if you trust who made it")]
    MayRun,
    /// There is no folder to save it in.
    #[error("there is no folder for downloads: set HOME or XDG_DOWNLOAD_DIR")]
    NoFolder,
}

impl From<AskError> for AttachmentError {
    fn from(error: AskError) -> Self {
        AttachmentError::Body(error.into())
    }
}

impl Attachments {
    pub(crate) fn new(blobs: Blobs) -> Attachments {
        Attachments { blobs, uploads: Mutex::default(), fetching: Mutex::default() }
    }

    /// Notes how fetching a file stands; none: it is over.
    pub(crate) fn note(&self, file: Through, stands: Option<Fetching>) {
        let mut fetching = held(&self.fetching);
        match stands {
            Some(stands) => drop(fetching.insert(file, stands)),
            None => drop(fetching.remove(&file)),
        }
    }

    fn stands(&self, file: &Through) -> Option<Fetching> {
        held(&self.fetching).get(file).cloned()
    }

    /// Whether a row's file is still to come: it is not here, or may not be passed on because it came another way.
    pub(crate) fn is_missing(&self, row: &AttachmentRow) -> bool {
        !(row.offered && self.blobs.has(row.blob, row.size))
    }
}

impl Shared {
    /// Up to how many bytes a file is fetched by itself.
    pub(crate) fn fetch_up_to(&self) -> u64 {
        crate::settings::text(self, FETCH_UP_TO).and_then(|text| text.parse().ok()).unwrap_or(FETCH_UP_TO_BYTES)
    }

    /// What a document says of a file.
    fn attachment(&self, (document, blob, size): Through) -> Result<AttachmentRow, AttachmentError> {
        self.store.read(|reader| reader.attachment(document, blob, size))?.ok_or(AttachmentError::Unknown)
    }

    fn attached(&self, document: DocumentId, row: AttachmentRow) -> Attached {
        let AttachmentRow { blob, size, name, asked, .. } = row;
        let is_here = self.attachments.blobs.has(blob, size);
        let begun = || Fetching { here: self.attachments.blobs.begun(document, blob), ..Fetching::default() };
        let fetching = if is_here { Fetching::default() } else { self.attachments.stands(&(document, blob, size)).unwrap_or_else(begun) };
        Attached { blob, size, name, is_here, is_awaited: asked || size <= self.fetch_up_to(), fetching, in_text: None }
    }
}

impl Engine {
    /// The files that a document refers to, or did, the newest first.
    pub async fn attachments(&self, document: DocumentId) -> Result<Vec<Attached>, AttachmentError> {
        // A document that waits for its first copy has no text to look at.
        let text = self.body(document).await.ok().map(|body| referred(&body.opened.delta));
        let shared = self.shared.clone();
        blocking(move || {
            let rows = shared.store.read(|reader| reader.attachments(document))?;
            let attached = rows.into_iter().map(|row| {
                let in_text = text.as_ref().map(|text| text.contains(&(row.blob, row.size)));
                Attached { in_text, ..shared.attached(document, row) }
            });
            Ok(attached.collect())
        })
        .await
    }

    /// How one of them stands.
    pub async fn attachment(&self, document: DocumentId, blob: BlobId, size: u64) -> Result<Attached, AttachmentError> {
        let shared = self.shared.clone();
        blocking(move || Ok(shared.attached(document, shared.attachment((document, blob, size))?))).await
    }

    /// A chunk of a file that is here: [`sheaf_blobs::CHUNK`] bytes, the last one fewer. What turns out to be damaged is fetched again.
    pub async fn attachment_chunk(&self, document: DocumentId, blob: BlobId, size: u64, chunk: u64) -> Result<Vec<u8>, AttachmentError> {
        let shared = self.shared.clone();
        let read = blocking(move || {
            shared.attachment((document, blob, size))?;
            if size == 0 {
                return Ok(Vec::new());
            }
            let read = shared.attachments.blobs.read(blob, size).and_then(|whole| whole.chunk(chunk));
            if matches!(read, Err(BlobError::Damaged)) {
                tracing::error!(blob = %blob.short(), "an attachment is damaged on this disk; what is lost is asked for again");
                shared.attachments.blobs.set_aside(document, blob)?;
            }
            Ok::<_, AttachmentError>(read?)
        });
        let read = read.await;
        if matches!(read, Err(AttachmentError::Blob(BlobError::Damaged))) {
            self.look_for_attachments(document);
        }
        read
    }

    /// Fetches a file, however large it is. Durable when this returns; the file comes when somebody who has it is linked.
    pub async fn get_attachment(&self, document: DocumentId, blob: BlobId, size: u64) -> Result<(), AttachmentError> {
        let shared = self.shared.clone();
        blocking(move || {
            shared.attachment((document, blob, size))?;
            shared.store.commit(Batch::of(document).with(Change::Asked { blob, size })).wait()?;
            Ok::<_, AttachmentError>(())
        })
        .await?;
        self.look_for_attachments(document);
        Ok(())
    }

    /// Up to how many bytes a file is fetched by itself; says so from now on, if `bytes` is given. Durable when this returns.
    pub async fn fetch_up_to(&self, bytes: Option<u64>) -> Result<u64, AttachmentError> {
        let shared = self.shared.clone();
        let upto = blocking(move || {
            if let Some(bytes) = bytes {
                let change = Change::Setting { name: FETCH_UP_TO.into(), value: Some(bytes.to_string().into_bytes()) };
                shared.store.commit(Batch::profile().with(change)).wait()?;
            }
            Ok::<_, AttachmentError>(shared.fetch_up_to())
        });
        let upto = upto.await?;
        if bytes.is_some() {
            self.living().iter().for_each(|live| self.look_for_attachments(live.id()));
        }
        Ok(upto)
    }

    /// Puts a file's embed into a line of its own at the end of a document. Durable when this returns.
    pub async fn append_attachment(&self, document: DocumentId, attachment: &Attachment) -> Result<(), AttachmentError> {
        let live = self.live(document).await.map_err(BodyError::from)?;
        let (Done::Body(opened), _) = live.ask(Question::Read).await? else { return Err(AskError::Ended.into()) };
        let line = attributes([(LINE, random::line_id().into())]);
        let delta = Delta::new().retain(opened.length as usize).embed(attachment.embed()).insert_with("\n", line);
        live.ask(Question::Edit { base: Some(opened.version), delta }).await?;
        Ok(())
    }

    fn look_for_attachments(&self, document: DocumentId) {
        self.shared.net().into_iter().for_each(|net| net.attached(document));
        self.shared.events.tell(Event::Attachments { document });
    }
}

/// The files that a body refers to.
fn referred(body: &Arc<Delta>) -> Vec<(BlobId, u64)> {
    let embeds = body.ops.iter().filter_map(|op| match op {
        Op::Embed { embed, .. } => Attachment::of(embed),
        _ => None,
    });
    embeds.map(|attachment| (attachment.blob, attachment.size)).collect()
}
