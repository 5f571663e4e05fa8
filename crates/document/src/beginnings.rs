//! The three ways in which a document begins in a process: made new, opened from the store, or known by a ticket alone.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use sheaf_access::{Genesis, Operation, Ticket};
use sheaf_base::{ChainId, DocumentId, Hash, Moment, Position};
use sheaf_record::{BranchHead, EpochSecret, Kind, ReadRecord, Record, SignedHead, Stamp, reseal};
use sheaf_replica::Replica;

use crate::{
    Document, Here, Who,
    body::Body,
    entropy::Entropy,
    evidence::Evidence,
    history::History,
    marks,
    output::Announcement,
    own::{Founding, Own, OwnError},
    recording::{Beginning, Recording},
    turn::{QuarantineRow, RecordRow, Stored},
};

impl Document {
    /// A new document with this device as its owner. Its first turn writes the genesis and the founding body record.
    pub fn create(here: Here, title: &str, now: Moment) -> Result<Document, CreateError> {
        let mut it = Document::created(here.clone().into(), title, false, now)?;
        it.begin_recording(&here, Beginning::Created(title.to_owned(), false), now);
        Ok(it)
    }

    /// The same of a folder: see [`crate::folder`].
    pub fn create_folder(here: Here, name: &str, now: Moment) -> Result<Document, CreateError> {
        let mut it = Document::created(here.clone().into(), name, true, now)?;
        it.begin_recording(&here, Beginning::Created(name.to_owned(), true), now);
        Ok(it)
    }

    /// A document that is known by a ticket alone: it waits for its first copy and can do nothing else.
    pub fn joining(here: Here, ticket: Ticket, now: Moment) -> Document {
        let mut it = Document::joined(here.clone().into(), ticket.clone(), now);
        it.begin_recording(&here, Beginning::Joining(Box::new(ticket)), now);
        it
    }

    /// A document as the store kept it. Its first turn seals what a crash left unsealed.
    pub fn open(here: Here, stored: Stored, now: Moment) -> Result<Document, OpenError> {
        let (mut it, stored) = Document::opened(here.clone().into(), stored, now)?;
        // The records are in the journal: their number is enough.
        let count = stored.records.len() as u64;
        it.begin_recording(&here, Beginning::Opened(Box::new(Stored { records: Vec::new(), ..stored }), count), now);
        Ok(it)
    }

    fn begin_recording(&mut self, here: &Here, beginning: Beginning, now: Moment) {
        self.recording = Some(Box::new(Recording::begin(self.id(), here, beginning, now)));
    }

    pub(crate) fn created(who: Who, title: &str, folder: bool, now: Moment) -> Result<Document, CreateError> {
        let mut entropy = Entropy::new(who.seed);
        let secret = EpochSecret::from_bytes(entropy.draw());
        let mut own = Own::default();
        // The document is named after its genesis, so its name is known when that has been written.
        let nobody = History::new(DocumentId::FOUNDING);
        let writer = own.begin(&who.key, &nobody, &mut entropy, Some(Founding { secret: &secret, folder }), now)?;
        let genesis = Operation::Genesis(Genesis { owner: who.key.device(), epoch: secret.id() }).encode();
        let tip = writer.tip();
        let first = writer.cipher().close(&tip.hash, Kind::Access, Stamp::default(), 0, &genesis);
        let document = DocumentId(Record::hash(&tip.hash, &first.encode()).0);
        let client = tip.chain.client();
        let (replica, founding) = Replica::found(client).map_err(|broken| CreateError(broken.to_string()))?;

        let mut it = Document::bare(who, document, entropy, now);
        it.own = own;
        it.replica = Body::founded(it.device(), replica);
        it.history.add_secret(secret.clone());
        it.draft.secret(&secret);
        it.write(Kind::Access, &genesis)?;
        it.write(Kind::Body, &founding.0)?;
        if !title.trim().is_empty() {
            it.set_title(title).map_err(|refused| CreateError(refused.to_string()))?;
        }
        it.say_who_i_am().and_then(|()| it.say_my_key()).map_err(|refused| CreateError(refused.to_string()))?;
        it.members_changed = true;
        it.settle_people();
        Ok(it)
    }

    pub(crate) fn joined(who: Who, ticket: Ticket, now: Moment) -> Document {
        let entropy = Entropy::new(who.seed);
        let mut it = Document::bare(who, ticket.document, entropy, now);
        it.title = ticket.title.clone();
        it.ticket = Some(ticket);
        it
    }

    /// Opens a document, and gives back what it was read from.
    pub(crate) fn opened(who: Who, stored: Stored, now: Moment) -> Result<(Document, Stored), OpenError> {
        let entropy = Entropy::new(who.seed);
        let mut it = Document::bare(who, stored.document, entropy, now);
        it.title = stored.title.clone();
        it.ticket = stored.ticket.clone();
        for row in &stored.secrets {
            it.history.add_secret(EpochSecret::from_bytes(row.secret));
        }
        let mut struck = BTreeSet::new();
        for row in &stored.quarantine {
            match Evidence::decode(&row.bytes) {
                Ok(Evidence::Strike(hash)) => drop(struck.insert(hash)),
                Ok(evidence) => it.recall(&row.chain, row.number, evidence),
                // Kept by a later version: it stays where it is.
                Err(_) => {}
            }
        }
        it.restore_heads(&stored.heads)?;
        let tails = it.restore_records(&stored.records, &stored.seals)?;
        it.history.weigh_again();
        it.learn_secrets();
        for row in &stored.receipts {
            it.receipts.restore(row);
        }
        it.restore_marks(stored.applied, stored.trying, &stored.records, &struck);
        it.left = it.has_gone();
        it.reseal_own_tails(tails);
        let chains = it.history.chains().copied().collect();
        it.history.set_durable(&chains);
        it.settle_people();
        Ok((it, stored))
    }

    /// What a quarantine row says is true again.
    fn recall(&mut self, chain: &ChainId, number: u64, evidence: Evidence) {
        match evidence {
            Evidence::Killer(hash) => self.replica.put_aside(hash),
            Evidence::Invalid(_) => self.ended_chains.push((*chain, number)),
            Evidence::Strike(_) => {}
        }
    }

    fn restore_heads(&mut self, heads: &[crate::turn::HeadRow]) -> Result<(), OpenError> {
        let (branches, chains): (Vec<_>, Vec<_>) = heads.iter().partition(|row| BranchHead::is_one(&row.head));
        for row in chains {
            let bytes = [&row.head[..], &row.signature].concat();
            let head = SignedHead::from_journal(&bytes).map_err(|error| self.damaged(row.chain, 0, error))?;
            self.history.open_chain(head);
        }
        let bases = branches.into_iter().map(|row| match BranchHead::decode(&row.head) {
            Ok(head) => Ok((row.chain, head.base)),
            Err(error) => Err(self.damaged(row.chain, 0, error)),
        });
        let mut left = bases.collect::<Result<Vec<_>, _>>()?;
        // A branch of a branch comes after it.
        while let Some(next) = left.iter().position(|(_, base)| self.history.head(&base.chain).is_some()) {
            let (branch, base) = left.swap_remove(next);
            self.history.open_branch(branch, &base);
        }
        for (chain, number) in std::mem::take(&mut self.ended_chains) {
            self.history.end_chain(&chain, number);
        }
        Ok(())
    }

    /// Gives every stored record its place again, in the order in which they were accepted. Returns, for each chain of this device, the
    /// records after its newest seal.
    fn restore_records(
        &mut self,
        records: &[RecordRow],
        seals: &[crate::turn::SealRow],
    ) -> Result<BTreeMap<ChainId, Vec<Vec<u8>>>, OpenError> {
        let mut newest: BTreeMap<ChainId, u64> = BTreeMap::new();
        for seal in seals {
            let number = newest.entry(seal.chain).or_default();
            *number = seal.number.max(*number);
        }
        let me = self.key.device();
        let mut tails: BTreeMap<ChainId, Vec<Vec<u8>>> = BTreeMap::new();
        for row in records {
            if let Err(damaged) = self.restore_record(row) {
                // One bad record bricks nothing: its chain ends here, and what stands on it is left out too. It is said once.
                let is_first = self.history.closed(&row.chain).is_none();
                self.history.skip_row(&row.chain, row.number);
                if row.number == 1 && self.history.head(&row.chain).is_some_and(SignedHead::is_founding) {
                    return Err(damaged);
                }
                if let Some(device) = self.history.device(&row.chain).filter(|_| is_first) {
                    self.announce(Announcement::Quarantined { device, reason: damaged.to_string() });
                }
                continue;
            }
            let sealed = newest.get(&row.chain).copied().unwrap_or(0);
            // A branch comes sealed, from somebody else.
            let is_own = self.history.device(&row.chain) == Some(me) && self.history.graph.base(&row.chain).is_none();
            if row.number > sealed && is_own {
                tails.entry(row.chain).or_default().push(row.bytes.clone());
            }
        }
        for (chain, number) in newest {
            self.history.set_seal(&chain, number);
        }
        Ok(tails)
    }

    fn restore_record(&mut self, row: &RecordRow) -> Result<(), OpenError> {
        let RecordRow { chain, number, hash, .. } = *row;
        let previous = number.checked_sub(1).and_then(|before| self.history.graph.hash(&chain, before));
        let previous = previous.ok_or_else(|| self.damaged(chain, number, "what it follows is missing"))?;
        if Record::hash(&previous, &row.bytes) != hash {
            return Err(self.damaged(chain, number, "its bytes have changed"));
        }
        let record = Record::decode(&row.bytes).map_err(|error| self.damaged(chain, number, error))?;
        let marks = marks::decode(row.clock, row.clocks, &row.surrogates).map_err(|error| self.damaged(chain, number, error))?;
        let kind = record.kind;
        let read = ReadRecord { position: Position { chain, number, hash }, previous, record };
        self.history.place(&read, &marks, row.bytes.len()).map_err(|error| self.damaged(chain, number, error))?;
        if kind == Kind::Access {
            self.history.restore_access(&read).map_err(|error| self.damaged(chain, number, error))?;
        }
        Ok(())
    }

    /// A row that was being tried alone when the process died is put aside the second time.
    fn restore_marks(&mut self, applied: u64, trying: Option<u64>, records: &[RecordRow], struck: &BTreeSet<Hash>) {
        self.replica.restore(applied, trying, records.len() as u64);
        // What no replica has met yet may hold a title that nobody has seen.
        if (1..).zip(records).any(|(row, record)| row > applied && marks::has_entries(&record.surrogates)) {
            self.replica.suspect_title(self.now);
        }
        let rows = (1..).zip(records).filter(|(row, record)| *row > applied && Some(*row) <= trying && record.kind == Kind::Body.code());
        let mut named = rows.map(|(_, record)| record).filter(|record| !self.replica.is_aside(&record.hash));
        let (Some(row), None) = (named.next(), named.next()) else { return };
        let position = Position { chain: row.chain, number: row.number, hash: row.hash };
        if struck.contains(&row.hash) {
            self.put_aside(position, "the program died twice while this record was being applied".to_owned());
        } else {
            self.strike(position);
        }
    }

    /// The program may have died of this record. It may have been a power cut, so the record is tried once more.
    pub(crate) fn strike(&mut self, position: Position) {
        let reason = "the program died while this record was being applied".to_owned();
        self.quarantine(position.chain, position.number, reason, &Evidence::Strike(position.hash));
    }

    /// Never applies this record again, nor what stands on it, and says so.
    pub(crate) fn put_aside(&mut self, position: Position, reason: String) {
        self.replica.put_aside(position.hash);
        self.quarantine(position.chain, position.number, reason.clone(), &Evidence::Killer(position.hash));
        if let Some(device) = self.history.device(&position.chain) {
            self.announce(Announcement::Quarantined { device, reason });
        }
    }

    /// Keeps what cannot be used, so that nobody has to send it again and a bug can be found.
    pub(crate) fn quarantine(&mut self, chain: ChainId, number: u64, reason: String, evidence: &Evidence) {
        let row = QuarantineRow { chain, number, at: self.now.wall, reason, bytes: evidence.encode() };
        self.draft.writes.quarantine.push(row);
    }

    /// The crash rule: what this device had written to its old chains and not sealed is checked and sealed now.
    fn reseal_own_tails(&mut self, tails: BTreeMap<ChainId, Vec<Vec<u8>>>) {
        let document = self.id();
        for (chain, tail) in tails {
            let number = self.history.sealed(&chain);
            let Some(hash) = self.history.graph.hash(&chain, number) else { continue };
            let sealed = Position { chain, number, hash };
            let history = RefCell::new(&mut self.history);
            let (seal, damage) = reseal(&self.key, &document, sealed, &tail, |read| history.borrow_mut().open(read));
            if let Some(seal) = seal {
                self.history.set_seal(&chain, seal.position.number);
                self.draft.seal(seal);
            }
            if let Some(damage) = damage {
                self.announce(Announcement::Quarantined { device: self.key.device(), reason: damage.to_string() });
            }
        }
    }

    fn damaged(&self, chain: ChainId, number: u64, what: impl ToString) -> OpenError {
        OpenError::Damaged { document: self.id(), chain, number, what: what.to_string() }
    }
}

/// Why a stored document cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The rows do not fit together.
    #[error("the journal of document {} is damaged at record {number} of chain {}: {what}", .document.short(), .chain.short())]
    Damaged {
        /// Which document.
        document: DocumentId,
        /// Which chain.
        chain: ChainId,
        /// Which record.
        number: u64,
        /// What is wrong.
        what: String,
    },
}

/// Why a document could not be made. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be made: {0}")]
pub struct CreateError(String);

impl From<OwnError> for CreateError {
    fn from(error: OwnError) -> Self {
        CreateError(error.to_string())
    }
}
