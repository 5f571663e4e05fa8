//! Packed runs of the journal, as they were written. What is inside is the caller's to know.

use rusqlite::{OptionalExtension, Row, params};
use sheaf_base::{ChainId, DocumentId, Hash};

use super::{Reader, unsigned};
use crate::place::place;
use crate::{JournalPack, ReadError, snapshot};

const COLUMNS: &str = "c.id, p.first, p.last, p.hash, p.first_row, p.last_row, p.places, p.run";

impl Reader<'_> {
    /// A document's packs that hold rows after this one, in the order of their first rows.
    pub fn packs(&self, document: DocumentId, after: u64) -> Result<Vec<JournalPack>, ReadError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM packs p JOIN chains c ON c.key = p.chain JOIN documents d ON d.key = c.document
            WHERE d.id = ?1 AND p.last_row > ?2 ORDER BY p.first_row"
        );
        self.all(&sql, params![document.as_bytes(), after.cast_signed()], pack)
    }

    /// The journal row where this record lies; of a packed one, the row where its pack begins.
    pub fn row(&self, document: DocumentId, chain: ChainId, number: u64) -> Result<Option<u64>, ReadError> {
        let sql = "SELECT c.key FROM chains c JOIN documents d ON d.key = c.document WHERE d.id = ?1 AND c.id = ?2";
        let of_chain = params![document.as_bytes(), chain.as_bytes()];
        let Some(key) = self.connection.prepare_cached(sql)?.query_row(of_chain, |row| row.get::<_, i64>(0)).optional()? else {
            return Ok(None);
        };
        let wanted = params![key, number.cast_signed()];
        let mut rows = self.connection.prepare_cached("SELECT row FROM records WHERE chain = ?1 AND number = ?2")?;
        if let Some(row) = rows.query_row(wanted, |row| row.get(0)).optional()? {
            return Ok(Some(place(row)));
        }
        let sql = "SELECT first_row, first FROM packs WHERE chain = ?1 AND last >= ?2 ORDER BY last LIMIT 1";
        let found = self.connection.prepare_cached(sql)?.query_row(wanted, |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?))).optional()?;
        Ok(found.filter(|(_, first)| *first <= number).map(|(row, _)| row))
    }

    /// The pack that holds this record, if one does.
    pub fn pack(&self, document: DocumentId, chain: ChainId, number: u64) -> Result<Option<JournalPack>, ReadError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM packs p JOIN chains c ON c.key = p.chain JOIN documents d ON d.key = c.document
            WHERE d.id = ?1 AND c.id = ?2 AND p.last >= ?3 ORDER BY p.last LIMIT 1"
        );
        let number_or_more = params![document.as_bytes(), chain.as_bytes(), number.cast_signed()];
        let found = self.connection.prepare_cached(&sql)?.query_row(number_or_more, pack).optional()?;
        Ok(found.filter(|pack| pack.first <= number))
    }
}

fn pack(row: &Row<'_>) -> rusqlite::Result<JournalPack> {
    Ok(JournalPack {
        chain: ChainId(row.get(0)?),
        first: unsigned(row, 1)?,
        last: unsigned(row, 2)?,
        hash: Hash(row.get(3)?),
        first_row: unsigned(row, 4)?,
        last_row: unsigned(row, 5)?,
        // Damaged ones are as none: the reader cannot place what is inside, and says so.
        places: snapshot::decompress(&row.get::<_, Vec<u8>>(6)?).unwrap_or_default(),
        run: row.get(7)?,
    })
}
