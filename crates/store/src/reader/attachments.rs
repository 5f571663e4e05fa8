//! Reading which document refers to which file.

use rusqlite::params;
use sheaf_base::{BlobId, DocumentId};

use super::{Reader, unsigned};
use crate::ReadError;

/// A file that a document refers to, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// The hash of its bytes.
    pub blob: BlobId,
    /// How many bytes.
    pub size: u64,
    /// What it is called.
    pub name: String,
    /// Whether this device may pass it on through this document.
    pub offered: bool,
    /// Whether its person wants it, however large it is.
    pub asked: bool,
}

impl Reader<'_> {
    /// The files that a document refers to, or did, the newest first.
    pub fn attachments(&self, document: DocumentId) -> Result<Vec<AttachmentRow>, ReadError> {
        let sql = "SELECT a.blob, a.size, a.name, a.offered, a.asked FROM attachments a JOIN documents d ON d.key = a.document
            WHERE d.id = ?1 ORDER BY a.number DESC";
        self.all(sql, params![document.as_bytes()], attachment)
    }

    /// What a document says of a file, if it refers to it.
    pub fn attachment(&self, document: DocumentId, blob: BlobId, size: u64) -> Result<Option<AttachmentRow>, ReadError> {
        let sql = "SELECT a.blob, a.size, a.name, a.offered, a.asked FROM attachments a JOIN documents d ON d.key = a.document
            WHERE d.id = ?1 AND a.blob = ?2 AND a.size = ?3";
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        Ok(self.all(sql, params![document.as_bytes(), blob.as_bytes(), size], attachment)?.into_iter().next())
    }
}

fn attachment(row: &rusqlite::Row<'_>) -> rusqlite::Result<AttachmentRow> {
    Ok(AttachmentRow { blob: BlobId(row.get(0)?), size: unsigned(row, 1)?, name: row.get(2)?, offered: row.get(3)?, asked: row.get(4)? })
}
