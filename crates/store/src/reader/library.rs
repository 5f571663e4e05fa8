//! Reading the catalogue, settings and peers, and finding words.

use rusqlite::{OptionalExtension, params};
use sheaf_base::{DeviceId, DocumentId, Wall};

use super::{Reader, unsigned};
use crate::{Entry, ReadError};

/// How a device was last reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerRow {
    /// Which device.
    pub device: DeviceId,
    /// When it was last heard.
    pub seen: Wall,
    /// How.
    pub route: Vec<u8>,
}

/// A document in which the words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Which document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// The words with what stands around them.
    pub excerpt: String,
}

/// A document that names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlink {
    /// Which document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// The line that names the other first.
    pub line: String,
    /// What that line says.
    pub excerpt: String,
}

const COLUMNS: &str = "id, title, created, changed, opened, trashed, role, state, people, placeholder, ticket, kind, folder";

impl Reader<'_> {
    /// All documents, the last changed first, the trashed among them.
    pub fn catalogue(&self) -> Result<Vec<Entry>, ReadError> {
        self.all(&format!("SELECT {COLUMNS} FROM documents ORDER BY changed DESC, key DESC"), [], entry)
    }

    /// One document's line.
    pub fn entry(&self, document: DocumentId) -> Result<Option<Entry>, ReadError> {
        let mut query = self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM documents WHERE id = ?1"))?;
        Ok(query.query_row([document.as_bytes()], entry).optional()?)
    }

    /// A setting.
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let mut query = self.connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
        Ok(query.query_row([name], |row| row.get(0)).optional()?)
    }

    /// All peers that were ever reached.
    pub fn peers(&self) -> Result<Vec<PeerRow>, ReadError> {
        self.all("SELECT device, seen, route FROM peers ORDER BY device", [], |row| {
            Ok(PeerRow { device: DeviceId(row.get(0)?), seen: Wall(unsigned(row, 1)?), route: row.get(2)? })
        })
    }

    /// The documents that name this one, the last changed first, without those in the trash.
    pub fn backlinks(&self, named: DocumentId) -> Result<Vec<Backlink>, ReadError> {
        let sql = "SELECT d.id, d.title, m.line, m.excerpt FROM mentions m JOIN documents d ON d.key = m.document
            WHERE m.named = ?1 AND d.trashed IS NULL ORDER BY d.changed DESC, d.key DESC";
        self.all(sql, [named.as_bytes()], |row| {
            Ok(Backlink { document: DocumentId(row.get(0)?), title: row.get(1)?, line: row.get(2)?, excerpt: row.get(3)? })
        })
    }

    /// The documents that went on since somebody looked what they say, the last changed first. One that is not in the index was never looked at.
    pub fn unlooked(&self) -> Result<Vec<DocumentId>, ReadError> {
        let sql = "SELECT d.id FROM documents d LEFT JOIN looked l ON l.document = d.key
            WHERE d.placeholder = 0 AND (l.row IS NULL OR d.applied > l.row OR NOT EXISTS (SELECT 1 FROM search WHERE rowid = d.key))
            ORDER BY d.changed DESC";
        self.all(sql, [], |row| Ok(DocumentId(row.get(0)?)))
    }

    /// The documents whose text says a title, word for word, and does not name the document that has it; the last changed first, without those
    /// in the trash.
    pub fn unlinked(&self, named: DocumentId, title: &str, limit: u32) -> Result<Vec<SearchHit>, ReadError> {
        let query = format!("body : \"{}\"", title.replace('"', "\"\""));
        let sql = "SELECT d.id, d.title, snippet(search, 1, '', '', '…', 12) FROM search JOIN documents d ON d.key = search.rowid
            WHERE search MATCH ?1 AND d.id != ?2 AND d.trashed IS NULL
            AND NOT EXISTS (SELECT 1 FROM mentions m WHERE m.document = d.key AND m.named = ?2)
            ORDER BY d.changed DESC, d.key DESC LIMIT ?3";
        self.all(sql, params![query, named.as_bytes(), limit], |row| {
            Ok(SearchHit { document: DocumentId(row.get(0)?), title: row.get(1)?, excerpt: row.get(2)? })
        })
    }

    /// Documents that hold all these words, the best first. The last word may be the beginning of one.
    pub fn search(&self, words: &str, limit: u32) -> Result<Vec<SearchHit>, ReadError> {
        let query = quoted(words);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT d.id, search.title, snippet(search, 1, '', '', '…', 12) FROM search JOIN documents d ON d.key = search.rowid
            WHERE search MATCH ?1 ORDER BY bm25(search, 4.0, 1.0) LIMIT ?2";
        self.all(sql, params![query, limit], |row| {
            Ok(SearchHit { document: DocumentId(row.get(0)?), title: row.get(1)?, excerpt: row.get(2)? })
        })
    }
}

/// Words in FTS5's syntax, each quoted so that nothing in them is an operator.
fn quoted(words: &str) -> String {
    let quoted: Vec<String> = words.split_whitespace().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
    if quoted.is_empty() { String::new() } else { format!("{}*", quoted.join(" ")) }
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    let wall = |column| unsigned(row, column).map(Wall);
    let perhaps = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(|at| Wall(u64::try_from(at).unwrap_or(0))));
    Ok(Entry {
        document: DocumentId(row.get(0)?),
        title: row.get(1)?,
        created: wall(2)?,
        changed: wall(3)?,
        opened: perhaps(4)?,
        trashed: perhaps(5)?,
        role: row.get(6)?,
        state: row.get(7)?,
        people: row.get(8)?,
        placeholder: row.get(9)?,
        ticket: row.get(10)?,
        kind: row.get(11)?,
        folder: row.get::<_, Option<[u8; 32]>>(12)?.map(DocumentId),
    })
}
