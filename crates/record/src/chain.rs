//! A chain as it is written and as it is read.
//!
//! [`ChainWriter`] appends the records of one process run. There is no way to make one from a stored chain, so no process ever continues
//! an old one, and a number is never given to a second record. [`ChainReader`] and [`verify_run`] check what somebody else wrote, and
//! [`reseal`] vouches after a crash for what this device wrote and had not sealed yet.

use sheaf_base::{DocumentId, Hash, Position, Wall, limits};

use crate::{
    bytes::Malformed,
    cipher::{ChainCipher, EpochSecret, OpenError, Opened, TAG},
    head::{ChainHead, HeadError, SignedHead},
    record::{Kind, Record, Stamp},
    seal::Seal,
    sign::{BadSignature, DeviceKey},
};

/// Appends the records of this process run to its own chain in one document.
#[derive(Debug)]
pub struct ChainWriter {
    head: SignedHead,
    cipher: ChainCipher,
    tip: Position,
    /// The seconds that the records so far have counted since the head.
    counted: u64,
}

/// A record that has just got its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it stands.
    pub position: Position,
    /// The hash that it follows.
    pub previous: Hash,
    /// The record.
    pub record: Record,
    /// Its bytes: what is journalled and sent, and written again unchanged if writing fails.
    pub bytes: Vec<u8>,
}

/// Why no record was made. The chain is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// More than one record holds.
    #[error("the content is {0} bytes and a record holds at most {limit}: write it as several records", limit = ChainWriter::MAX_CONTENT)]
    TooLarge(usize),
}

impl ChainWriter {
    /// The most bytes of plaintext that one record holds.
    pub const MAX_CONTENT: usize = limits::PAYLOAD - TAG - 5;

    /// Begins the chain of this process run. `nonce` is random; `document` is [`DocumentId::FOUNDING`] for the chain whose first record
    /// will be the genesis. The head is written together with the first record.
    pub fn begin(key: &DeviceKey, document: DocumentId, nonce: [u8; 16], epoch: u64, now: Wall, secret: &EpochSecret) -> Self {
        let head = ChainHead { document, device: key.device(), nonce, epoch, wall: now }.sign(key);
        let tip = Position { chain: head.chain(), number: 0, hash: head.hash() };
        Self { cipher: ChainCipher::new(secret, &tip.chain), head, tip, counted: 0 }
    }

    /// The chain's head.
    pub fn head(&self) -> &SignedHead {
        &self.head
    }

    /// The newest record; number 0 is the head.
    pub fn tip(&self) -> Position {
        self.tip
    }

    /// The cipher that the next record will be closed with, for the names inside an access operation.
    pub fn cipher(&self) -> &ChainCipher {
        &self.cipher
    }

    /// Closes what follows under another epoch's secret.
    pub fn turn_to_epoch(&mut self, secret: &EpochSecret) {
        self.cipher = ChainCipher::new(secret, &self.tip.chain);
    }

    /// The next record. `stamp` is what the author had besides the chain itself.
    pub fn append(&mut self, kind: Kind, stamp: Stamp, plaintext: &[u8], now: Wall) -> Result<Written, WriteError> {
        if plaintext.len() > Self::MAX_CONTENT {
            return Err(WriteError::TooLarge(plaintext.len()));
        }
        let since_head = now.0.saturating_sub(self.head.head().wall.0) / 1000;
        let seconds = since_head.saturating_sub(self.counted).min(u32::MAX.into());
        let record = self.cipher.close(&self.tip.hash, kind, stamp, seconds, plaintext);
        let bytes = record.encode();
        let previous = self.tip.hash;
        self.tip.hash = Record::hash(&previous, &bytes);
        self.tip.number += 1;
        self.counted += seconds;
        Ok(Written { position: self.tip, previous, record, bytes })
    }

    /// Seals everything written so far. `key` is the one that the chain began with.
    pub fn seal(&self, key: &DeviceKey, document: &DocumentId) -> Seal {
        debug_assert_eq!(key.device(), self.head.device(), "a chain is sealed by the device that writes it");
        Seal::sign(key, document, self.tip)
    }
}

/// Walks along a chain that somebody wrote: says of each record's bytes where they stand. What it says is worth as much as the seal
/// that the walk ends at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainReader {
    tip: Position,
}

/// A record with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRecord {
    /// Where it stands.
    pub position: Position,
    /// The hash that it follows.
    pub previous: Hash,
    /// The record.
    pub record: Record,
}

impl ChainReader {
    /// Begins before the first record.
    pub fn start(head: &SignedHead) -> Self {
        Self::resume(Position { chain: head.chain(), number: 0, hash: head.hash() })
    }

    /// Begins after the record at `tip`, which has been checked before.
    pub fn resume(tip: Position) -> Self {
        Self { tip }
    }

    /// The record read last, or where the reader began.
    pub fn tip(&self) -> Position {
        self.tip
    }

    /// The chain's next record.
    pub fn read(&mut self, bytes: &[u8]) -> Result<ReadRecord, Malformed> {
        let record = Record::decode(bytes)?;
        let previous = self.tip.hash;
        self.tip.hash = Record::hash(&previous, bytes);
        self.tip.number += 1;
        Ok(ReadRecord { position: self.tip, previous, record })
    }
}

/// Why a run of records is refused, whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The chain is not of this document.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// A record that is not one.
    #[error("record {number} of the chain is malformed: {reason}")]
    Record {
        /// Which.
        number: u64,
        /// Why.
        reason: Malformed,
    },
    /// The records are not those that the device sealed: altered, cut short, or not its own.
    #[error("the records end at number {ended} and do not lead to the seal over number {sealed}")]
    NotSealed {
        /// The number of the last record given.
        ended: u64,
        /// The number that the seal names.
        sealed: u64,
    },
    /// The seal is not by the chain's device.
    #[error("the seal does not hold: {0}")]
    Seal(#[from] BadSignature),
}

/// Checks the records that follow `tip` (number 0 for a whole chain) up to `seal`: every one well formed, hashed from the one before, the
/// last one sealed by the chain's device in `document`. `head` has been verified.
pub fn verify_run(
    head: &SignedHead,
    document: &DocumentId,
    tip: Position,
    records: &[impl AsRef<[u8]>],
    seal: &Seal,
) -> Result<Vec<ReadRecord>, RunError> {
    let mut reader = ChainReader::resume(tip);
    let mut read = Vec::with_capacity(records.len());
    for bytes in records {
        let number = reader.tip().number + 1;
        read.push(reader.read(bytes.as_ref()).map_err(|reason| RunError::Record { number, reason })?);
    }
    check_end(head, document, tip, &read, seal)?;
    Ok(read)
}

/// The checks that a run read from `tip` on needs at its two ends.
pub(crate) fn check_end(head: &SignedHead, document: &DocumentId, tip: Position, read: &[ReadRecord], seal: &Seal) -> Result<(), RunError> {
    let end = read.last().map_or(tip, |last| last.position);
    if tip.chain != head.chain() || read.is_empty() || seal.position != end {
        return Err(RunError::NotSealed { ended: end.number, sealed: seal.position.number });
    }
    if tip.number == 0 {
        if tip.hash != head.hash() {
            return Err(RunError::NotSealed { ended: end.number, sealed: seal.position.number });
        }
        head.check_document(document, &read[0].position.hash)?;
    }
    Ok(seal.verify(&head.device(), document)?)
}

/// What is wrong with a stored record of a chain of our own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {number} of an earlier run is damaged on disk and is left out, with what follows it: {reason}")]
pub struct TailError {
    /// The first damaged record.
    pub number: u64,
    /// What does not hold.
    pub reason: OpenError,
}

/// The crash rule: after a crash a device seals what it had written to its own old chain and not sealed, and never continues it.
///
/// `sealed` is the newest sealed position (number 0 if none), `tail` the stored records after it, `open` opens a record as a member
/// would, so that every tag is checked. The result vouches for the undamaged beginning of the tail (nothing, if that is empty), and names
/// the damage, if any.
pub fn reseal(
    key: &DeviceKey,
    document: &DocumentId,
    sealed: Position,
    tail: &[impl AsRef<[u8]>],
    open: impl Fn(&ReadRecord) -> Result<Opened, OpenError>,
) -> (Option<Seal>, Option<TailError>) {
    let mut reader = ChainReader::resume(sealed);
    let mut good = sealed;
    let mut damage = None;
    for bytes in tail {
        match reader.read(bytes.as_ref()).map_err(OpenError::from).and_then(|read| open(&read)) {
            Ok(_) => good = reader.tip(),
            Err(reason) => {
                damage = Some(TailError { number: good.number + 1, reason });
                break;
            }
        }
    }
    let seal = (good != sealed).then(|| Seal::sign(key, document, good));
    (seal, damage)
}
