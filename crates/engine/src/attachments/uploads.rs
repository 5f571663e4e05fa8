//! Files that are being attached, part by part.

use std::collections::BTreeMap;
use std::time::Duration;

use sheaf_base::DocumentId;
use sheaf_blobs::{BlobError, HEADER, Writing, look};
use sheaf_schema::Attachment;
use sheaf_store::{Batch, Change};

use super::AttachmentError;
use crate::engine::Engine;
use crate::lock::held;
use crate::task::blocking;

/// Files that are attached at once, by all windows together: each holds a file open and 512 KiB.
const AT_ONCE: usize = 16;

/// An upload that nobody has gone on with for so long is given up: its window is gone.
const IDLE: Duration = Duration::from_secs(600);

/// Files that are being attached.
#[derive(Default)]
pub(super) struct Uploads {
    begun: u64,
    /// `None` while a part is being written.
    under_way: BTreeMap<u64, Option<Upload>>,
}

struct Upload {
    document: DocumentId,
    name: String,
    writing: Writing,
    header: Vec<u8>,
    touched: Duration,
}

impl Uploads {
    fn take(&mut self, number: u64) -> Result<Upload, AttachmentError> {
        self.under_way.get_mut(&number).and_then(Option::take).ok_or(AttachmentError::NoUpload)
    }
}

impl Engine {
    /// Begins to attach a file to a document. The number names it in what follows.
    pub async fn attach(&self, document: DocumentId, name: &str) -> Result<u64, AttachmentError> {
        let (shared, name) = (self.shared.clone(), name.to_owned());
        blocking(move || {
            let now = shared.clock.now().elapsed;
            let mut uploads = held(&shared.attachments.uploads);
            uploads.under_way.retain(|_, upload| upload.as_ref().is_none_or(|upload| now < upload.touched + IDLE));
            if uploads.under_way.len() >= AT_ONCE {
                return Err(AttachmentError::Busy);
            }
            let writing = shared.attachments.blobs.write()?;
            uploads.begun += 1;
            let number = uploads.begun;
            uploads.under_way.insert(number, Some(Upload { document, name, writing, header: Vec::new(), touched: now }));
            Ok(number)
        })
        .await
    }

    /// The next bytes of a file, which begin at `at`; answers how many there are now. A part that does not fit on the disk ends it.
    pub async fn attach_part(&self, number: u64, at: u64, bytes: Vec<u8>) -> Result<u64, AttachmentError> {
        let shared = self.shared.clone();
        blocking(move || {
            let taken = held(&shared.attachments.uploads).take(number);
            let mut upload = taken?;
            // Parts of one file come one behind the other, each when the one before has been answered.
            let written = if upload.writing.size() == at { upload.writing.append(&bytes) } else { Err(BlobError::Absent) };
            let mut uploads = held(&shared.attachments.uploads);
            if let Err(error) = written {
                uploads.under_way.remove(&number);
                return Err(error.into());
            }
            let header = HEADER.saturating_sub(upload.header.len()).min(bytes.len());
            upload.header.extend_from_slice(&bytes[..header]);
            upload.touched = shared.clock.now().elapsed;
            let size = upload.writing.size();
            uploads.under_way.insert(number, Some(upload));
            Ok(size)
        })
        .await
    }

    /// That was all of the file. It is durable when this returns, and the document may refer to it.
    pub async fn attached(&self, number: u64) -> Result<(DocumentId, Attachment), AttachmentError> {
        let shared = self.shared.clone();
        blocking(move || {
            let taken = held(&shared.attachments.uploads).take(number);
            held(&shared.attachments.uploads).under_way.remove(&number);
            let Upload { document, name, writing, header, .. } = taken?;
            let list = writing.finish()?;
            let (blob, size, looks) = (list.blob(), list.size(), look(&header));
            let attachment = Attachment { blob, size, name, kind: looks.kind.map(str::to_owned), pixels: looks.pixels };
            let batch = Batch::of(document)
                .with(Change::Attachment { blob, size, name: attachment.name.clone(), offered: true })
                .with(Change::Offered { blob, size });
            shared.store.commit(batch).wait()?;
            Ok((document, attachment))
        })
        .await
    }

    /// Gives a file up that is being attached.
    pub fn stop_attaching(&self, number: u64) {
        held(&self.shared.attachments.uploads).under_way.remove(&number);
    }
}
