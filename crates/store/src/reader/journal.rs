//! Reading a document's journal.

use rusqlite::{OptionalExtension, params};
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position, Wall};

use super::{Reader, unsigned};
use crate::place::{last_place, place, row_id};
use crate::{JournalChain, JournalRecord, ReadError, Snapshot, Tail, snapshot};

/// A record and its row: its place in the order of acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Its place; the first is 1.
    pub row: u64,
    /// The record.
    pub record: JournalRecord,
}

/// A stored seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRow {
    /// The chain that it seals.
    pub chain: ChainId,
    /// Up to which number.
    pub number: u64,
    /// The signature.
    pub signature: Vec<u8>,
}

/// An epoch secret. It prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Which epoch.
    pub epoch: [u8; 32],
    /// The secret.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for SecretRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretRow(..)")
    }
}

/// A stored receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Whose.
    pub device: DeviceId,
    /// When it came.
    pub heard: Wall,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// Something that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Its chain.
    pub chain: ChainId,
    /// Its number there.
    pub number: u64,
    /// When.
    pub at: Wall,
    /// Why, for people.
    pub reason: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Words of this device that lost their line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescuedRow {
    /// Its number, for settling it.
    pub number: u64,
    /// When it was noticed.
    pub at: Wall,
    /// The id of the line that went.
    pub line: String,
    /// The words.
    pub text: String,
    /// Where they stand in the text, if they do.
    pub place: Option<Vec<u8>>,
}

/// Lines that this device and others changed while they were apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The store's number for it.
    pub number: u64,
    /// When they came together.
    pub at: Wall,
    /// The lines, and what each side had.
    pub body: Vec<u8>,
}

/// How far the journal has been applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The last row of the journal; 0 when it is empty.
    pub last: u64,
    /// Every row up to here has entered a replica at least once, and the process lived.
    pub applied: u64,
    /// The row that was being applied alone when the process ended.
    pub trying: Option<u64>,
}

const COLUMNS: &str = "r.row, c.id, r.number, r.hash, r.kind, r.clock, r.clocks, r.surrogates, r.bytes";

impl Reader<'_> {
    /// A document's chains, in the order they came.
    pub fn chains(&self, document: DocumentId) -> Result<Vec<JournalChain>, ReadError> {
        let sql = "SELECT c.id, c.head, c.signature FROM chains c JOIN documents d ON d.key = c.document WHERE d.id = ?1 ORDER BY c.key";
        self.all(sql, [document.as_bytes()], |row| {
            Ok(JournalChain { chain: ChainId(row.get(0)?), head: row.get(1)?, signature: row.get(2)? })
        })
    }

    /// A document's records after a row, in the order of acceptance, at most `limit` of them.
    pub fn records(&self, document: DocumentId, after: u64, limit: u32) -> Result<Vec<JournalRow>, ReadError> {
        let Some(key) = self.key(document)? else { return Ok(Vec::new()) };
        let sql = format!(
            "SELECT {COLUMNS} FROM records r JOIN chains c ON c.key = r.chain WHERE r.row > ?1 AND r.row <= ?2 ORDER BY r.row LIMIT ?3"
        );
        self.all(&sql, params![row_id(key, after), row_id(key, last_place()), limit], journal_row)
    }

    /// The newest record of each chain at a row: a document's frontier as it was then.
    pub fn frontier(&self, document: DocumentId, row: u64) -> Result<Vec<Position>, ReadError> {
        let Some(key) = self.key(document)? else { return Ok(Vec::new()) };
        // SQLite takes the hash from the record that has the greatest number. Packs lie below every row that is asked about.
        let sql = "SELECT id, max(number), hash FROM (
            SELECT c.id AS id, r.number AS number, r.hash AS hash FROM records r JOIN chains c ON c.key = r.chain WHERE r.row > ?1 AND r.row <= ?2
            UNION ALL SELECT c.id, p.last, p.hash FROM packs p JOIN chains c ON c.key = p.chain WHERE c.document = ?3 AND p.last_row <= ?4
            ) GROUP BY id";
        self.all(sql, params![row_id(key, 0), row_id(key, row), key, row.cast_signed()], |row| {
            Ok(Position { chain: ChainId(row.get(0)?), number: unsigned(row, 1)?, hash: Hash(row.get(2)?) })
        })
    }

    /// Some records of one chain, by their numbers, both included.
    pub fn run(&self, document: DocumentId, chain: ChainId, from: u64, to: u64) -> Result<Vec<JournalRow>, ReadError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM records r JOIN chains c ON c.key = r.chain JOIN documents d ON d.key = c.document
            WHERE d.id = ?1 AND c.id = ?2 AND r.number BETWEEN ?3 AND ?4 ORDER BY r.number"
        );
        let bound = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.all(&sql, params![document.as_bytes(), chain.as_bytes(), bound(from), bound(to)], journal_row)
    }

    /// Where a chain ends; `None` when its head is not here.
    pub fn tail(&self, document: DocumentId, chain: ChainId) -> Result<Option<Tail>, ReadError> {
        let sql = "SELECT c.key FROM chains c JOIN documents d ON d.key = c.document WHERE d.id = ?1 AND c.id = ?2";
        let mut find = self.connection.prepare_cached(sql)?;
        let key: Option<i64> = find.query_row(params![document.as_bytes(), chain.as_bytes()], |row| row.get(0)).optional()?;
        let Some(key) = key else { return Ok(None) };
        let mut last = self.connection.prepare_cached("SELECT number, hash FROM records WHERE chain = ?1 ORDER BY number DESC LIMIT 1")?;
        let of_row = |row: &rusqlite::Row<'_>| Ok(Tail { number: unsigned(row, 0)?, hash: Hash(row.get(1)?) });
        let tail = last.query_row([key], of_row).optional()?;
        let mut packed = self.connection.prepare_cached("SELECT last, hash FROM packs WHERE chain = ?1 ORDER BY last DESC LIMIT 1")?;
        let packed = packed.query_row([key], of_row).optional()?;
        Ok(Some(tail.into_iter().chain(packed).max_by_key(|tail| tail.number).unwrap_or(Tail { number: 0, hash: Hash(chain.0) })))
    }

    /// A document's seals, by chain as they came and by number.
    pub fn seals(&self, document: DocumentId) -> Result<Vec<SealRow>, ReadError> {
        let sql = "SELECT c.id, s.number, s.signature FROM seals s JOIN chains c ON c.key = s.chain JOIN documents d ON d.key = c.document
            WHERE d.id = ?1 ORDER BY c.key, s.number";
        self.all(sql, [document.as_bytes()], |row| {
            Ok(SealRow { chain: ChainId(row.get(0)?), number: unsigned(row, 1)?, signature: row.get(2)? })
        })
    }

    /// A document's epoch secrets, by epoch.
    pub fn secrets(&self, document: DocumentId) -> Result<Vec<SecretRow>, ReadError> {
        let sql = "SELECT epoch, secret FROM secrets s JOIN documents d ON d.key = s.document WHERE d.id = ?1 ORDER BY epoch";
        self.all(sql, [document.as_bytes()], |row| Ok(SecretRow { epoch: row.get(0)?, secret: row.get(1)? }))
    }

    /// The newest receipt of each device.
    pub fn receipts(&self, document: DocumentId) -> Result<Vec<ReceiptRow>, ReadError> {
        let sql = "SELECT device, heard, bytes FROM receipts r JOIN documents d ON d.key = r.document WHERE d.id = ?1 ORDER BY device";
        self.all(sql, [document.as_bytes()], |row| {
            Ok(ReceiptRow { device: DeviceId(row.get(0)?), heard: Wall(unsigned(row, 1)?), bytes: row.get(2)? })
        })
    }

    /// The newest snapshot that reads as it was written. One that does not is passed over, and said so in the log.
    pub fn snapshot(&self, document: DocumentId) -> Result<Option<Snapshot>, ReadError> {
        let sql = "SELECT s.upto, s.frontier, s.yrs, s.hash, s.state FROM snapshots s JOIN documents d ON d.key = s.document
            WHERE d.id = ?1 ORDER BY s.upto DESC";
        let mut query = self.connection.prepare_cached(sql)?;
        let mut rows = query.query([document.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let (hash, packed): (Vec<u8>, Vec<u8>) = (row.get(3)?, row.get(4)?);
            match snapshot::unpack(&hash, &packed) {
                Ok(state) => {
                    let found = Snapshot { upto: unsigned(row, 0)?, frontier: row.get(1)?, yrs: row.get(2)?, state };
                    return Ok(Some(found));
                }
                Err(error) => tracing::error!(%error, document = %document.short(), "a snapshot is passed over"),
            }
        }
        Ok(None)
    }

    /// The last row in the newest snapshot, good or not; 0 when there is none.
    pub fn newest_snapshot(&self, document: DocumentId) -> Result<u64, ReadError> {
        let sql = "SELECT coalesce(max(s.upto), 0) FROM snapshots s JOIN documents d ON d.key = s.document WHERE d.id = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([document.as_bytes()], |row| unsigned(row, 0))?)
    }

    /// How far the journal has been applied.
    pub fn standing(&self, document: DocumentId) -> Result<Standing, ReadError> {
        let Some(key) = self.key(document)? else { return Ok(Standing::default()) };
        let sql = "SELECT applied, trying, (SELECT max(row) FROM records WHERE row BETWEEN ?2 AND ?3) FROM documents WHERE key = ?1";
        let mut query = self.connection.prepare_cached(sql)?;
        Ok(query.query_row(params![key, row_id(key, 0), row_id(key, last_place())], |row| {
            let trying: Option<i64> = row.get(1)?;
            let last: Option<i64> = row.get(2)?;
            Ok(Standing { last: last.map_or(0, place), applied: unsigned(row, 0)?, trying: trying.map(i64::cast_unsigned) })
        })?)
    }

    /// Words that lost their line and are not dealt with yet.
    pub fn rescued(&self, document: DocumentId) -> Result<Vec<RescuedRow>, ReadError> {
        let sql = "SELECT r.key, r.at, r.line, r.text, r.place
            FROM rescued r JOIN documents d ON d.key = r.document WHERE d.id = ?1 ORDER BY r.key";
        self.all(sql, [document.as_bytes()], |row| {
            let (number, at) = (unsigned(row, 0)?, Wall(unsigned(row, 1)?));
            Ok(RescuedRow { number, at, line: row.get(2)?, text: row.get(3)?, place: row.get(4)? })
        })
    }

    /// Reviews that are not dealt with yet, the oldest first.
    pub fn reviews(&self, document: DocumentId) -> Result<Vec<ReviewRow>, ReadError> {
        let sql = "SELECT r.key, r.at, r.body FROM reviews r JOIN documents d ON d.key = r.document WHERE d.id = ?1 ORDER BY r.key";
        self.all(sql, [document.as_bytes()], |row| {
            Ok(ReviewRow { number: unsigned(row, 0)?, at: Wall(unsigned(row, 1)?), body: row.get(2)? })
        })
    }

    /// What could not be taken in.
    pub fn quarantine(&self, document: DocumentId) -> Result<Vec<QuarantineRow>, ReadError> {
        let sql = "SELECT chain, number, at, reason, bytes FROM quarantine q JOIN documents d ON d.key = q.document
            WHERE d.id = ?1 ORDER BY q.key";
        self.all(sql, [document.as_bytes()], |row| {
            Ok(QuarantineRow {
                chain: ChainId(row.get(0)?),
                number: unsigned(row, 1)?,
                at: Wall(unsigned(row, 2)?),
                reason: row.get(3)?,
                bytes: row.get(4)?,
            })
        })
    }
}

fn journal_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<JournalRow> {
    Ok(JournalRow {
        row: place(row.get(0)?),
        record: JournalRecord {
            chain: ChainId(row.get(1)?),
            number: unsigned(row, 2)?,
            hash: Hash(row.get(3)?),
            kind: row.get(4)?,
            clock: unsigned(row, 5)?,
            clocks: unsigned(row, 6)?,
            surrogates: row.get::<_, Option<Vec<u8>>>(7)?.unwrap_or_default(),
            bytes: row.get(8)?,
        },
    })
}
