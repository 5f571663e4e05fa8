//! How each change becomes rows.

use std::cell::Cell;

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_base::{ChainId, DocumentId, Wall, limits};

use crate::place::{last_place, place, row_id};
use crate::{
    Batch, Change, CommitError, Entry, JournalChain, JournalPack, JournalRecord, JournalSeal, Mention, Snapshot, Written, snapshot,
};

/// Snapshots that are kept of a document: the newest, and the one before it, in case the newest cannot be read.
const SNAPSHOTS: u32 = 2;

/// Reviews that are kept of a document while nobody has looked at them.
const REVIEWS: u32 = 100;

/// Writes a batch inside the caller's savepoint.
pub(crate) fn write(connection: &Connection, batch: &Batch) -> Result<Written, CommitError> {
    let writing = Writing { connection, document: batch.document, key: Cell::new(None), last: Cell::new(None), tail: Cell::new(None) };
    for change in &batch.changes {
        writing.change(change)?;
    }
    Ok(Written { last_row: writing.last_row_if_any()? })
}

struct Writing<'a> {
    connection: &'a Connection,
    document: Option<DocumentId>,
    key: Cell<Option<i64>>,
    last: Cell<Option<u64>>,
    tail: Cell<Option<Tail>>,
}

/// The record that was written last in this batch. Catching up brings one chain's records by the thousand, each right behind the one before.
#[derive(Clone, Copy)]
struct Tail {
    chain: ChainId,
    key: i64,
    number: u64,
    /// The chain is known to have nothing behind it, neither as rows nor in packs.
    is_last: bool,
}

impl Writing<'_> {
    fn change(&self, change: &Change) -> Result<(), CommitError> {
        match change {
            Change::Enter(entry) => self.enter(entry),
            Change::Forget => self.forget(),
            Change::Chain(chain) => self.chain(chain),
            Change::Record(record) => self.record(record),
            Change::Seal(seal) => self.seal(seal),
            Change::Pack(pack) => self.pack(pack),
            Change::Applied(row) => self.set("UPDATE documents SET applied = max(applied, ?2), trying = NULL WHERE key = ?1", *row),
            Change::Trying(row) => self.set("UPDATE documents SET trying = ?2 WHERE key = ?1", *row),
            Change::Snapshot(snapshot) => self.snapshot(snapshot),
            Change::Secret { epoch, secret } => {
                let sql = "INSERT INTO secrets (document, epoch, secret) VALUES (?1, ?2, ?3)
                    ON CONFLICT DO UPDATE SET secret = excluded.secret";
                self.run(sql, params![self.key()?, epoch, secret])
            }
            Change::Receipt { device, heard, bytes } => {
                let sql = "INSERT INTO receipts (document, device, heard, bytes) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT DO UPDATE SET heard = excluded.heard, bytes = excluded.bytes";
                self.run(sql, params![self.key()?, device.as_bytes(), wall(*heard), bytes])
            }
            Change::Quarantine { chain, number, at, reason, bytes } => {
                let sql = "INSERT INTO quarantine (document, chain, number, at, reason, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                self.run(sql, params![self.key()?, chain.as_bytes(), integer(*number)?, wall(*at), reason, bytes])
            }
            Change::Rescued { at, line, text, place } => {
                let sql = "INSERT INTO rescued (document, at, line, text, place) VALUES (?1, ?2, ?3, ?4, ?5)";
                self.run(sql, params![self.key()?, wall(*at), line, text, place])
            }
            Change::Settle(number) => {
                self.run("DELETE FROM rescued WHERE document = ?1 AND key = ?2", params![self.key()?, integer(*number)?])
            }
            Change::Review { at, body } => self.review(*at, body),
            Change::Reviewed(number) => {
                self.run("DELETE FROM reviews WHERE document = ?1 AND key = ?2", params![self.key()?, integer(*number)?])
            }
            Change::Search { title, body } => {
                self.run("DELETE FROM search WHERE rowid = ?1", params![self.key()?])?;
                self.run("INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)", params![self.key()?, title, body])
            }
            Change::Mentions { row, mentions } => self.mentions(*row, mentions),
            Change::Attachment { blob, size, name, offered } => {
                let sql = "INSERT INTO attachments (document, blob, size, name, number, offered, asked)
                    SELECT ?1, ?2, ?3, ?4, coalesce(max(number), 0) + 1, ?5, 0 FROM attachments WHERE document = ?1
                    ON CONFLICT DO NOTHING";
                self.run(sql, params![self.key()?, blob.as_bytes(), integer(*size)?, name, offered])
            }
            Change::Offered { blob, size } => {
                let sql = "UPDATE attachments SET offered = 1 WHERE document = ?1 AND blob = ?2 AND size = ?3";
                self.run(sql, params![self.key()?, blob.as_bytes(), integer(*size)?])
            }
            Change::Asked { blob, size } => {
                let sql = "UPDATE attachments SET asked = 1 WHERE document = ?1 AND blob = ?2 AND size = ?3";
                self.run(sql, params![self.key()?, blob.as_bytes(), integer(*size)?])
            }
            Change::Setting { name, value: Some(value) } => {
                let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value";
                self.run(sql, params![name, value])
            }
            Change::Setting { name, value: None } => self.run("DELETE FROM settings WHERE name = ?1", params![name]),
            Change::Peer { device, seen, route } => {
                let sql = "INSERT INTO peers (device, seen, route) VALUES (?1, ?2, ?3)
                    ON CONFLICT DO UPDATE SET seen = excluded.seen, route = excluded.route";
                self.run(sql, params![device.as_bytes(), wall(*seen), route])
            }
        }
    }

    /// Keeps a review; the oldest goes, if there are too many that nobody has looked at.
    fn review(&self, at: Wall, body: &[u8]) -> Result<(), CommitError> {
        self.run("INSERT INTO reviews (document, at, body) VALUES (?1, ?2, ?3)", params![self.key()?, wall(at), body])?;
        let sql = "DELETE FROM reviews WHERE document = ?1
            AND key NOT IN (SELECT key FROM reviews WHERE document = ?1 ORDER BY key DESC LIMIT ?2)";
        self.run(sql, params![self.key()?, REVIEWS])
    }

    fn mentions(&self, row: u64, mentions: &[Mention]) -> Result<(), CommitError> {
        self.run("DELETE FROM mentions WHERE document = ?1", params![self.key()?])?;
        for Mention { named, line, excerpt } in mentions {
            let sql = "INSERT OR IGNORE INTO mentions (document, named, line, excerpt) VALUES (?1, ?2, ?3, ?4)";
            self.run(sql, params![self.key()?, named.as_bytes(), line, excerpt])?;
        }
        self.set("INSERT INTO looked (document, row) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET row = excluded.row", row)
    }

    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), CommitError> {
        self.connection.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    fn set(&self, sql: &str, row: u64) -> Result<(), CommitError> {
        self.run(sql, params![self.key()?, integer(row)?])
    }

    /// The document's key, which must be in the catalogue by now.
    fn key(&self) -> Result<i64, CommitError> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let document = self.document.ok_or_else(|| refused("a change to a document in a batch of the profile"))?;
        let mut find = self.connection.prepare_cached("SELECT key FROM documents WHERE id = ?1")?;
        let key = find.query_row(params![document.as_bytes()], |row| row.get(0)).optional()?;
        let key = key.ok_or_else(|| refused(format!("document {} is not in the catalogue", document.short())))?;
        self.key.set(Some(key));
        Ok(key)
    }

    fn enter(&self, entry: &Entry) -> Result<(), CommitError> {
        if Some(entry.document) != self.document {
            return Err(refused("a catalogue line of another document"));
        }
        let sql =
            "INSERT INTO documents (id, title, created, changed, opened, trashed, role, state, people, placeholder, ticket, kind, folder)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (id) DO UPDATE SET title = excluded.title, created = excluded.created, changed = excluded.changed,
            opened = excluded.opened, trashed = excluded.trashed, role = excluded.role, state = excluded.state,
            people = excluded.people, placeholder = excluded.placeholder, ticket = excluded.ticket,
            kind = excluded.kind, folder = excluded.folder";
        let params = params![
            entry.document.as_bytes(),
            entry.title,
            wall(entry.created),
            wall(entry.changed),
            entry.opened.map(wall),
            entry.trashed.map(wall),
            entry.role,
            entry.state,
            entry.people,
            entry.placeholder,
            entry.ticket,
            entry.kind,
            entry.folder.map(|folder| folder.0),
        ];
        self.run(sql, params)
    }

    fn forget(&self) -> Result<(), CommitError> {
        self.run("DELETE FROM documents WHERE id = ?1", params![self.document.map(|document| document.0)])?;
        self.key.set(None);
        self.last.set(None);
        self.tail.set(None);
        Ok(())
    }

    fn chain(&self, chain: &JournalChain) -> Result<(), CommitError> {
        let key = self.key()?;
        let mut find = self.connection.prepare_cached("SELECT head FROM chains WHERE document = ?1 AND id = ?2")?;
        let held: Option<Vec<u8>> = find.query_row(params![key, chain.chain.as_bytes()], |row| row.get(0)).optional()?;
        match held {
            Some(head) if head == chain.head => Ok(()),
            Some(_) => Err(refused(format!("chain {} has another head", chain.chain.short()))),
            None => {
                let sql = "INSERT INTO chains (document, id, head, signature) VALUES (?1, ?2, ?3, ?4)";
                self.run(sql, params![key, chain.chain.as_bytes(), chain.head, chain.signature])
            }
        }
    }

    fn chain_key(&self, chain: ChainId) -> Result<i64, CommitError> {
        let key = self.key()?;
        let mut find = self.connection.prepare_cached("SELECT key FROM chains WHERE document = ?1 AND id = ?2")?;
        let found = find.query_row(params![key, chain.as_bytes()], |row| row.get(0)).optional()?;
        found.ok_or_else(|| refused(format!("chain {} has no head here", chain.short())))
    }

    /// Puts a record at the end of its chain and of the journal.
    fn record(&self, record: &JournalRecord) -> Result<(), CommitError> {
        let (chain, is_last) = match self.behind_the_last(record)? {
            Some(chain) => (chain, true),
            None => (self.chain_key(record.chain)?, false),
        };
        if !is_last && !self.is_next(chain, record)? {
            return Ok(());
        }
        let number = integer(record.number)?;
        let next = self.last_row()? + 1;
        if next > last_place() {
            return Err(refused("this document's journal is full"));
        }
        let sql = "INSERT INTO records (row, chain, number, hash, kind, clock, clocks, surrogates, bytes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let surrogates = (!record.surrogates.is_empty()).then_some(&record.surrogates);
        let row = row_id(self.key()?, next);
        let (clock, clocks) = (integer(record.clock)?, integer(record.clocks)?);
        self.run(sql, params![row, chain, number, record.hash.as_bytes(), record.kind, clock, clocks, surrogates, record.bytes])?;
        self.last.set(Some(next));
        self.tail.set(Some(Tail { chain: record.chain, key: chain, number: record.number, is_last }));
        Ok(())
    }

    /// The chain's key, if the record follows the one that was just written and nothing is in its place: then nothing else has to be asked.
    fn behind_the_last(&self, record: &JournalRecord) -> Result<Option<i64>, CommitError> {
        let tail = self.tail.get().filter(|tail| tail.chain == record.chain && tail.number.checked_add(1) == Some(record.number));
        let Some(tail) = tail else { return Ok(None) };
        if tail.is_last {
            return Ok(Some(tail.key));
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM records WHERE chain = ?1 AND number >= ?2) OR EXISTS (SELECT 1 FROM packs WHERE chain = ?1 AND last >= ?2)";
        let mut find = self.connection.prepare_cached(sql)?;
        let is_taken: bool = find.query_row(params![tail.key, integer(record.number)?], |row| row.get(0))?;
        Ok((!is_taken).then_some(tail.key))
    }

    /// Whether a record is the next of its chain; false if it is held already. The rule that no number is ever given twice is kept here,
    /// whatever the caller believes.
    fn is_next(&self, chain: i64, record: &JournalRecord) -> Result<bool, CommitError> {
        let number = integer(record.number)?;
        let mut find = self.connection.prepare_cached("SELECT hash FROM records WHERE chain = ?1 AND number = ?2")?;
        let held: Option<[u8; 32]> = find.query_row(params![chain, number], |row| row.get(0)).optional()?;
        match held {
            Some(hash) if hash == record.hash.0 => return Ok(false),
            Some(_) => {
                return Err(refused(format!("number {} of chain {} is taken by another record", record.number, record.chain.short())));
            }
            None => {}
        }
        let mut before = record.number == 1 || find.exists(params![chain, number - 1])?;
        let mut packed =
            self.connection.prepare_cached("SELECT first, last, hash FROM packs WHERE chain = ?1 AND last >= ?2 ORDER BY last LIMIT 1")?;
        let found: Option<(i64, i64, [u8; 32])> =
            packed.query_row(params![chain, number - 1], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        if let Some((first, last, hash)) = found {
            before |= last == number - 1;
            if last == number && hash != record.hash.0 {
                return Err(refused(format!("number {} of chain {} is taken by another record", record.number, record.chain.short())));
            }
            if (first..=last).contains(&number) {
                return Ok(false);
            }
        }
        if record.number == 0 || !before {
            return Err(refused(format!("record {} of chain {} does not follow what is there", record.number, record.chain.short())));
        }
        Ok(true)
    }

    /// The document's last journal row.
    fn last_row(&self) -> Result<u64, CommitError> {
        if let Some(last) = self.last.get() {
            return Ok(last);
        }
        let key = self.key()?;
        let mut find = self.connection.prepare_cached("SELECT max(row) FROM records WHERE row BETWEEN ?1 AND ?2")?;
        let row: Option<i64> = find.query_row(params![row_id(key, 0), row_id(key, last_place())], |row| row.get(0))?;
        let last = row.map_or(0, place);
        self.last.set(Some(last));
        Ok(last)
    }

    fn last_row_if_any(&self) -> Result<u64, CommitError> {
        let forgotten = self.document.is_none() || matches!(self.key(), Err(CommitError::Refused(_)));
        if forgotten { Ok(0) } else { self.last_row() }
    }

    /// Writes a seal, and lets the one before it go unless that is the first of its 64 KiB.
    fn seal(&self, seal: &JournalSeal) -> Result<(), CommitError> {
        let chain = self.chain_key(seal.chain)?;
        let number = integer(seal.number)?;
        let mut newest = self.connection.prepare_cached("SELECT number, at FROM seals WHERE chain = ?1 ORDER BY number DESC LIMIT 2")?;
        let before = newest.query_map([chain], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<(i64, i64)>, _>>()?;
        let (last, at) = before.first().copied().unwrap_or((0, 0));
        if number <= last {
            return Ok(());
        }
        let mut sum = self.connection.prepare_cached(
            "SELECT coalesce(sum(length(bytes)), 0), count(*) FROM records WHERE chain = ?1 AND number > ?2 AND number <= ?3",
        )?;
        let (bytes, records): (i64, i64) = sum.query_row(params![chain, last, number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if records != number - last {
            return Err(refused(format!("seal {} of chain {} goes beyond its records", seal.number, seal.chain.short())));
        }
        let stretch = |at: i64| at / limits::SEAL_EVERY as i64;
        if last > 0 && stretch(at) == before.get(1).map_or(0, |(_, at)| stretch(*at)) {
            self.run("DELETE FROM seals WHERE chain = ?1 AND number = ?2", params![chain, last])?;
        }
        let sql = "INSERT INTO seals (chain, number, at, signature) VALUES (?1, ?2, ?3, ?4)";
        self.run(sql, params![chain, number, at + bytes, seal.signature])
    }

    /// Puts a packed run in the place of its rows. The document's last row stays one, so that it is found without a look at the packs.
    fn pack(&self, pack: &JournalPack) -> Result<(), CommitError> {
        let chain = self.chain_key(pack.chain)?;
        let (first, last) = (integer(pack.first)?, integer(pack.last)?);
        let sql = "SELECT count(*), min(row), max(row) FROM records WHERE chain = ?1 AND number BETWEEN ?2 AND ?3";
        let mut held = self.connection.prepare_cached(sql)?;
        let (count, from, to): (i64, Option<i64>, Option<i64>) =
            held.query_row(params![chain, first, last], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let rows = from.map(place).zip(to.map(place));
        if first > last || count != last - first + 1 || rows != Some((pack.first_row, pack.last_row)) {
            return Err(refused(format!("records {first} to {last} of chain {} are not the rows of their pack", pack.chain.short())));
        }
        let mut find = self.connection.prepare_cached("SELECT hash FROM records WHERE chain = ?1 AND number = ?2")?;
        let hash: [u8; 32] = find.query_row(params![chain, last], |row| row.get(0))?;
        if hash != pack.hash.0 || pack.last_row == self.last_row()? {
            return Err(refused(format!("a pack of chain {} up to {last} that may not be", pack.chain.short())));
        }
        self.tail.set(None);
        self.run("DELETE FROM records WHERE chain = ?1 AND number BETWEEN ?2 AND ?3", params![chain, first, last])?;
        let sql = "INSERT INTO packs (chain, first, last, hash, first_row, last_row, places, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let (first_row, last_row) = (integer(pack.first_row)?, integer(pack.last_row)?);
        let places = snapshot::compress(&pack.places).map_err(|error| CommitError::Io(error.to_string()))?;
        self.run(sql, params![chain, first, last, pack.hash.as_bytes(), first_row, last_row, places, pack.run])
    }

    /// Writes a snapshot, reads it back, and lets older ones go only when what is read is what was meant.
    fn snapshot(&self, snapshot: &Snapshot) -> Result<(), CommitError> {
        let key = self.key()?;
        if snapshot.upto > self.last_row()? {
            return Err(refused("a snapshot beyond the journal"));
        }
        let (hash, state) = snapshot::pack(&snapshot.state).map_err(|error| CommitError::Io(error.to_string()))?;
        let sql = "INSERT INTO snapshots (document, upto, frontier, yrs, hash, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET frontier = excluded.frontier, yrs = excluded.yrs, hash = excluded.hash, state = excluded.state";
        let upto = integer(snapshot.upto)?;
        self.run(sql, params![key, upto, snapshot.frontier, snapshot.yrs, hash, state])?;
        let read = "SELECT state FROM snapshots WHERE document = ?1 AND upto = ?2";
        let again: Vec<u8> = self.connection.prepare_cached(read)?.query_row(params![key, upto], |row| row.get(0))?;
        match snapshot::unpack(&hash, &again) {
            Ok(state) if state == snapshot.state => {}
            _ => return Err(refused("a snapshot that reads differently from what was written")),
        }
        // Whoever makes one that ends earlier began anew: the later ones hold what does not count any more.
        self.run("DELETE FROM snapshots WHERE document = ?1 AND upto > ?2", params![key, upto])?;
        let sql = "DELETE FROM snapshots WHERE document = ?1 AND upto NOT IN
            (SELECT upto FROM snapshots WHERE document = ?1 ORDER BY upto DESC LIMIT ?2)";
        self.run(sql, params![key, SNAPSHOTS])
    }
}

fn refused(why: impl Into<String>) -> CommitError {
    CommitError::Refused(why.into())
}

/// SQLite's integers are signed.
fn integer(value: u64) -> Result<i64, CommitError> {
    i64::try_from(value).map_err(|_| refused(format!("the number {value} is too large")))
}

fn wall(wall: Wall) -> i64 {
    i64::try_from(wall.0).unwrap_or(i64::MAX)
}
