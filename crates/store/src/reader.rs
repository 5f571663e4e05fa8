//! Everything that can be read.

mod attachments;
mod journal;
mod library;
mod packs;

pub use attachments::AttachmentRow;
pub use journal::{JournalRow, QuarantineRow, ReceiptRow, RescuedRow, ReviewRow, SealRow, SecretRow, Standing};
pub use library::{Backlink, PeerRow, SearchHit};
use rusqlite::{Connection, OptionalExtension, params};
use sheaf_base::DocumentId;

use crate::ReadError;

/// One moment of the database.
pub struct Reader<'a> {
    connection: &'a Connection,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Reader<'a> {
        Reader { connection }
    }

    /// A document's key, if it is in the catalogue.
    fn key(&self, document: DocumentId) -> Result<Option<i64>, ReadError> {
        let mut find = self.connection.prepare_cached("SELECT key FROM documents WHERE id = ?1")?;
        Ok(find.query_row(params![document.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// Everything a query finds.
    fn all<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ReadError> {
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map(params, read)?.collect::<rusqlite::Result<Vec<T>>>()?;
        Ok(rows)
    }

    /// SQLite's own examination of the whole file; it reads all of it. Empty: nothing wrong was found.
    pub fn integrity_check(&self) -> Result<Vec<String>, ReadError> {
        let found = self.all("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}

fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|value| u64::try_from(value).unwrap_or(0))
}
