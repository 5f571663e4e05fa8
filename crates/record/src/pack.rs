//! Many records as few bytes.
//!
//! A packed run holds the headers and plaintexts of consecutive records, unmerged, compressed, and encrypted as one. Anybody who can read
//! the records can pack them; whoever opens the run rebuilds every record bit for bit, since encryption is deterministic, and compares the
//! last hash with the author's own seal. So a pack needs no trust in whoever made it, and nothing that names a record stops working.

mod columns;

use std::io::Read;

use sheaf_base::{ChainId, DocumentId, Hash, Position, limits};

use columns::Said;

use crate::{
    bytes::{Malformed, Reader, Writer},
    chain::{self, ChainReader, ReadRecord, RunError},
    cipher::{ChainCipher, MAX_SECONDS, OpenError},
    head::SignedHead,
    record::{Kind, Stamp},
    seal::Seal,
    sign::Signature,
};

/// What is written: the records column by column.
const VERSION: u8 = 2;
/// What was written before, and is read for ever: one record after the other.
const ROWS: u8 = 1;

/// What a run may hold uncompressed, so that a bomb is a small one.
const MAX_UNPACKED: usize = 4 * 1024 * 1024;

/// How many records a run may hold: what is sealed at once is at most some hundred KiB of them, and whoever unpacks one of this many needs a
/// few MiB.
const MAX_COUNT: usize = 8192;

/// What a run may fill compressed: a little more, for runs that do not compress.
const MAX_PACKED: usize = MAX_UNPACKED + 64 * 1024;

/// zstd's effort. At 12 a run of keystrokes is nearly as small as at 19 and packs several times faster.
const LEVEL: i32 = 12;

/// zstd may look back this far (2^22 = 4 MiB): as far as a run goes, and no further allocation.
const WINDOW_LOG: u32 = 22;

/// A run as it is kept and sent: what it covers, in the clear, and the closed rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedRun {
    /// The record before the run; number 0 for a run that begins a chain.
    pub before: Position,
    /// How many records it holds.
    pub count: u64,
    /// The author's seal over the last of them.
    pub seal: Seal,
    version: u8,
    closed: Vec<u8>,
}

/// A record that came out of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackedRun {
    /// The records with their places, checked against the seal.
    pub records: Vec<ReadRecord>,
    /// Their bytes, the same that the author wrote.
    pub bytes: Vec<Vec<u8>>,
}

/// Why records cannot be packed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// A record is malformed, or cannot be read with this key. A run stays within one epoch.
    #[error("record {number} cannot be packed: {reason}")]
    Record {
        /// Which.
        number: u64,
        /// Why.
        reason: OpenError,
    },
    /// The seal is not over the last record.
    #[error("a run is packed up to a seal, and this seal is over number {0}, not over the last record")]
    NotSealed(u64),
    /// Too many for one run.
    #[error("a run holds at most {MAX_COUNT} records, not {0}: pack fewer at a time")]
    TooMany(usize),
    /// Too much for one run.
    #[error("the run would hold {0} bytes, and at most {MAX_UNPACKED} are allowed: pack fewer records at a time")]
    TooLarge(usize),
}

/// Why a packed run is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// Not a packed run, or its inside is not one.
    #[error("this is not a packed run: {0}")]
    Malformed(#[from] Malformed),
    /// Other key, or altered.
    #[error("the packed run does not open: {0}")]
    Open(#[from] OpenError),
    /// It follows another record than the one that is known here.
    #[error("the packed run follows number {said} of its chain, and not what is known here of number {known}")]
    Elsewhere {
        /// The number that it says it follows.
        said: u64,
        /// The number that it should follow.
        known: u64,
    },
    /// Its inside does not decompress to what it says.
    #[error("the packed run does not decompress")]
    Compression,
    /// What comes out is not what the author sealed.
    #[error("the packed run holds other records than its author sealed: {0}")]
    Run(#[from] RunError),
}

/// Packs the records after `before` up to `seal`, all of one epoch.
pub fn pack(cipher: &ChainCipher, before: Position, records: &[impl AsRef<[u8]>], seal: Seal) -> Result<PackedRun, PackError> {
    if records.len() > MAX_COUNT {
        return Err(PackError::TooMany(records.len()));
    }
    let mut reader = ChainReader::resume(before);
    let mut said = Vec::with_capacity(records.len());
    for bytes in records {
        let number = reader.tip().number + 1;
        let refuse = |reason| PackError::Record { number, reason };
        let read = reader.read(bytes.as_ref()).map_err(|reason| refuse(reason.into()))?;
        let opened = cipher.open(&read.previous, &read.record).map_err(refuse)?;
        let (kind, stamp) = (read.record.kind, read.record.stamp);
        said.push(Said { kind, stamp, seconds: opened.seconds, content: opened.plaintext });
    }
    if seal.position != reader.tip() || records.is_empty() {
        return Err(PackError::NotSealed(seal.position.number));
    }
    let plain = columns::write(&said);
    if plain.len() > MAX_UNPACKED {
        return Err(PackError::TooLarge(plain.len()));
    }
    let mut run = PackedRun { before, count: records.len() as u64, seal, version: VERSION, closed: Vec::new() };
    run.closed = cipher.close_pack(&run.header(), &compress(&plain));
    Ok(run)
}

impl PackedRun {
    /// `version u8 | chain 32 | number before varint | hash before 32 | count varint | hash 32 | signature 64`.
    fn header(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(180);
        writer.byte(self.version).raw(&self.before.chain.0).varint(self.before.number).raw(&self.before.hash.0);
        writer.varint(self.count).raw(&self.seal.position.hash.0).raw(&self.seal.signature.0);
        writer.into_bytes()
    }

    /// The bytes that are kept and sent: the header, then the closed rest behind its length.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.closed.len() + 192);
        writer.raw(&self.header()).bytes(&self.closed);
        writer.into_bytes()
    }

    /// Reads exactly one packed run. Says nothing about what is inside.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let version = reader.byte("the run's version")?;
        if ![ROWS, VERSION].contains(&version) {
            return Err(Malformed::Unknown { what: "the run's version", found: version.into() });
        }
        let chain = ChainId(reader.array("the run's chain")?);
        let number = reader.varint_to(u32::MAX.into(), "the number before the run")?;
        let before = Position { chain, number, hash: Hash(reader.array("the hash before the run")?) };
        let count = reader.varint_to(MAX_COUNT as u64, "the run's count")?;
        let hash = Hash(reader.array("the run's last hash")?);
        let seal = Seal { position: Position { chain, number: number + count, hash }, signature: Signature::read(&mut reader)? };
        let closed = reader.bytes(MAX_PACKED, "the run's records")?.to_vec();
        reader.finish()?;
        Ok(Self { before, count, seal, version, closed })
    }

    /// Rebuilds the records and checks them against the author's seal. `head` has been verified; `before` is the record that they follow
    /// by what is known here (number 0 and the chain id if nothing is), for an author can seal anything, also a run that follows nothing.
    pub fn unpack(
        &self,
        cipher: &ChainCipher,
        head: &SignedHead,
        document: &DocumentId,
        before: Position,
    ) -> Result<UnpackedRun, UnpackError> {
        if self.before != before {
            return Err(UnpackError::Elsewhere { said: self.before.number, known: before.number });
        }
        let plain = decompress(&cipher.open_pack(&self.header(), &self.closed)?)?;
        let said = if self.version == ROWS { read_rows(&plain, self.count)? } else { columns::read(&plain, self.count as usize)? };
        let mut chain = ChainReader::resume(self.before);
        let mut run = UnpackedRun { records: Vec::new(), bytes: Vec::new() };
        for Said { kind, stamp, seconds, content } in said {
            let bytes = cipher.close(&chain.tip().hash, kind, stamp, seconds, &content).encode();
            run.records.push(chain.read(&bytes)?);
            run.bytes.push(bytes);
        }
        chain::check_end(head, document, self.before, &run.records, &self.seal)?;
        Ok(run)
    }
}

/// `kind u8 | stamp | seconds varint | content: bytes`, one record after the other.
fn read_rows(plain: &[u8], count: u64) -> Result<Vec<Said>, Malformed> {
    let mut reader = Reader::new(plain);
    let mut said = Vec::new();
    for _ in 0..count {
        let (kind, stamp) = (Kind::read(&mut reader)?, Stamp::read(&mut reader)?);
        let seconds = reader.varint_to(MAX_SECONDS, "the seconds since the previous record")?;
        let content = reader.bytes(limits::PAYLOAD, "a record's content")?.to_vec();
        said.push(Said { kind, stamp, seconds, content });
    }
    reader.finish()?;
    Ok(said)
}

fn compress(plain: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(plain, LEVEL).expect("zstd compresses into a buffer of its own bound, which cannot be too small")
}

fn decompress(compressed: &[u8]) -> Result<Vec<u8>, UnpackError> {
    let mut plain = Vec::new();
    let mut decoder = zstd::stream::read::Decoder::with_buffer(compressed).map_err(|_| UnpackError::Compression)?;
    decoder.window_log_max(WINDOW_LOG).map_err(|_| UnpackError::Compression)?;
    decoder.take(MAX_UNPACKED as u64 + 1).read_to_end(&mut plain).map_err(|_| UnpackError::Compression)?;
    if plain.len() > MAX_UNPACKED { Err(UnpackError::Compression) } else { Ok(plain) }
}

#[cfg(test)]
mod tests {
    use sheaf_base::Wall;

    use super::*;
    use crate::{chain::ChainWriter, cipher::EpochSecret, sign::DeviceKey};

    #[test]
    fn a_run_has_one_spelling() {
        let (key, document, now) = (DeviceKey::from_bytes(&[1; 32]), DocumentId([2; 32]), Wall(1_700_000_000_000));
        let writer = ChainWriter::begin(&key, document, [3; 16], 1, now, &EpochSecret::from_bytes([4; 32]));
        let (cipher, before) = (writer.cipher(), writer.tip());
        let record = cipher.close(&before.hash, Kind::Body, Stamp::default(), MAX_SECONDS, b"after a long time").encode();
        let position = Position { chain: before.chain, number: 1, hash: crate::Record::hash(&before.hash, &record) };
        let run = pack(cipher, before, &[&record], Seal::sign(&key, &document, position)).expect("it packs");
        let opens = |run: &PackedRun| run.unpack(cipher, writer.head(), &document, before);
        assert_eq!(opens(&run).expect("it is right").bytes, [record]);

        // More seconds than can be are cut when a record is closed, so they would make the same record.
        let mut plain = Writer::new();
        plain.byte(Kind::Body.code());
        Stamp::default().write(&mut plain);
        plain.varint(MAX_SECONDS + 1).bytes(b"after a long time");
        let run = PackedRun { version: ROWS, ..run };
        let closed = cipher.close_pack(&run.header(), &compress(&plain.into_bytes()));
        assert!(matches!(opens(&PackedRun { closed, ..run }), Err(UnpackError::Malformed(Malformed::TooLarge { .. }))));
    }
}
