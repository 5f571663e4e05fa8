//! A document's journal as rows, wherever they lie: as rows, or in packs; and the packing.
//!
//! Old records lie in packed runs, a tenth as large. Packing is no loss: whoever unpacks a run rebuilds every record bit for bit and compares
//! the end with its author's seal. A pack that is damaged costs what its rows would have cost if they were damaged: its chain ends before it.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, DocumentId, Hash, Position, limits};
use sheaf_document::RecordRow;
use sheaf_protocol::{PACKED, WORTH_PACKING};
use sheaf_record::{
    BranchHead, ChainCipher, ChainReader, EpochSecret, Kind, Malformed, OpenError, PackedRun, Reader as Bytes, Seal, Signature, SignedHead,
    UnpackError, Writer, pack,
};
use sheaf_store::{JournalPack, JournalRecord, JournalRow, ReadError, Reader};

/// Rows that are read at a time.
const PAGE: u32 = 4096;

/// One document's journal.
pub(crate) struct Journal<'a> {
    reader: &'a Reader<'a>,
    document: DocumentId,
    secrets: Vec<EpochSecret>,
}

/// What a document's runs are packed with: a run stays within one epoch, and does not say which.
pub(crate) fn secrets(reader: &Reader<'_>, document: DocumentId) -> Result<Vec<EpochSecret>, ReadError> {
    Ok(reader.secrets(document)?.iter().map(|row| EpochSecret::from_bytes(row.secret)).collect())
}

/// What a run of a chain that follows a record can be packed with: the secret that opens the first of its records that is closed.
pub(crate) fn cipher(secrets: &[EpochSecret], before: Position, records: &[impl AsRef<[u8]>]) -> Option<ChainCipher> {
    let mut ciphers = secrets.iter().map(|secret| ChainCipher::new(secret, &before.chain));
    if secrets.len() < 2 {
        return ciphers.next();
    }
    let mut reader = ChainReader::resume(before);
    let closed = records.iter().map_while(|bytes| reader.read(bytes.as_ref()).ok()).find(|read| read.record.kind != Kind::Access)?;
    ciphers.find(|cipher| cipher.open(&closed.previous, &closed.record).is_ok())
}

impl<'a> Journal<'a> {
    pub(crate) fn of(reader: &'a Reader<'a>, document: DocumentId) -> Result<Journal<'a>, ReadError> {
        Ok(Journal { reader, document, secrets: secrets(reader, document)? })
    }

    /// The rows after one, in the order of acceptance, of the kinds that are `wanted`.
    pub(crate) fn rows(&self, after: u64, wanted: impl Fn(u8) -> bool) -> Result<Vec<(u64, RecordRow)>, ReadError> {
        let mut rows = Vec::new();
        let mut last = after;
        loop {
            let page = self.reader.records(self.document, last, PAGE)?;
            let Some(end) = page.last() else { break };
            last = end.row;
            rows.extend(page.into_iter().map(|row| (row.row, record_row(row.record))));
        }
        self.unpack_into(&mut rows, after)?;
        rows.retain(|(_, record)| wanted(record.kind));
        Ok(rows)
    }

    /// Adds the rows that lie in packs, each in its place.
    fn unpack_into(&self, rows: &mut Vec<(u64, RecordRow)>, after: u64) -> Result<(), ReadError> {
        let packs = self.reader.packs(self.document, after)?;
        if packs.is_empty() {
            return Ok(());
        }
        let heads = self.heads()?;
        let mut damaged = Vec::new();
        for pack in packs {
            match self.unpack(&heads, &pack) {
                Ok(unpacked) => rows.extend(unpacked.into_iter().filter(|(row, _)| *row > after)),
                Err(reason) => {
                    tracing::error!(chain = %pack.chain.short(), first = pack.first, last = pack.last, reason, "a packed run is damaged");
                    damaged.push(pack);
                }
            }
        }
        if !damaged.is_empty() {
            let taken: BTreeSet<u64> = rows.iter().map(|(row, _)| *row).collect();
            let mut free = (after + 1..).filter(|row| !taken.contains(row));
            for pack in damaged {
                rows.extend((pack.first..=pack.last).zip(&mut free).map(|(number, row)| (row, unreadable(pack.chain, number))));
            }
        }
        rows.sort_unstable_by_key(|(row, _)| *row);
        Ok(())
    }

    fn unpack(&self, heads: &BTreeMap<ChainId, SignedHead>, pack: &JournalPack) -> Result<Vec<(u64, RecordRow)>, String> {
        let head = heads.get(&pack.chain).ok_or("its chain has no head")?;
        let run = PackedRun::decode(&pack.run).map_err(|error| error.to_string())?;
        // What it follows has been compared when it was packed, and its author's seal says where it ends.
        let unpack = |secret| run.unpack(&ChainCipher::new(secret, &pack.chain), head, &self.document, run.before);
        let is_other = |tried: &Result<_, UnpackError>| matches!(tried, Err(UnpackError::Open(OpenError::Sealed)));
        let unpacked =
            self.secrets.iter().map(unpack).find(|tried| !is_other(tried)).ok_or("the key that it was packed with is missing")?;
        let unpacked = unpacked.map_err(|error| error.to_string())?;
        let places = Place::decode_all(&pack.places, unpacked.records.len()).map_err(|error| error.to_string())?;
        let rows = unpacked.records.into_iter().zip(unpacked.bytes).zip(places);
        let rows = rows.map(|((read, bytes), place)| {
            let Position { chain, number, hash } = read.position;
            let Place { row, clock, clocks, surrogates } = place;
            (row, RecordRow { chain, number, hash, kind: read.record.kind.code(), clock, clocks, surrogates, bytes })
        });
        Ok(rows.collect())
    }

    fn heads(&self) -> Result<BTreeMap<ChainId, SignedHead>, ReadError> {
        // A branch has no head of its own, and is never packed.
        let chains = self.reader.chains(self.document)?.into_iter().filter(|row| !BranchHead::is_one(&row.head));
        let heads = chains.map(|row| SignedHead::from_journal(&[row.head, row.signature].concat()).map(|head| (head.chain(), head)));
        heads.collect::<Result<_, _>>().map_err(|_| ReadError::Damaged("the head of a chain".into()))
    }

    // ---- packing

    /// What can be packed of the rows up to one that a snapshot holds: of a chain that has not grown for `quiet` rows everything, of others
    /// full runs from seal to seal.
    pub(crate) fn packable(&self, upto: u64, quiet: u64) -> Result<Vec<JournalPack>, ReadError> {
        let mut chains: BTreeMap<ChainId, Vec<JournalRow>> = BTreeMap::new();
        let mut last = 0;
        loop {
            let page = self.reader.records(self.document, last, PAGE)?;
            let Some(end) = page.last() else { break };
            last = end.row;
            page.into_iter().filter(|row| row.row <= upto).for_each(|row| chains.entry(row.record.chain).or_default().push(row));
        }
        let mut seals: BTreeMap<ChainId, Vec<(u64, Signature)>> = BTreeMap::new();
        for seal in self.reader.seals(self.document)? {
            let signature = seal.signature.try_into().map_err(|_| ReadError::Damaged("a signature".into()))?;
            seals.entry(seal.chain).or_default().push((seal.number, Signature(signature)));
        }
        let heads = self.heads()?;
        let mut packs = Vec::new();
        for (chain, rows) in chains {
            let (Some(seals), Some(head)) = (seals.get(&chain), heads.get(&chain)) else { continue };
            for run in self.runs(&rows, seals)? {
                let is_newest = seals.last().is_some_and(|(number, _)| *number == run.seal.position.number);
                let rests = run.rows.last().is_some_and(|last| last.row + quiet <= upto);
                if !is_newest || rests {
                    packs.extend(run.pack(&self.secrets, head, &self.document));
                }
            }
        }
        Ok(packs)
    }

    /// The stretches of a chain's rows that begin and end at seals.
    fn runs<'r>(&self, rows: &'r [JournalRow], seals: &[(u64, Signature)]) -> Result<Vec<Run<'r>>, ReadError> {
        let mut runs = Vec::new();
        let mut rest = rows;
        for (number, signature) in seals {
            let (run, after) = rest.split_at(rest.partition_point(|row| row.record.number <= *number));
            rest = after;
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let (chain, before) = (first.record.chain, first.record.number - 1);
            let is_whole = last.record.number == *number && run.len() as u64 == number - before;
            let hash = match before {
                0 => Some(Hash(chain.0)),
                _ => match rows.iter().find(|row| row.record.number == before) {
                    Some(row) => seals.iter().any(|(number, _)| *number == before).then_some(row.record.hash),
                    None => self.reader.pack(self.document, chain, before)?.filter(|pack| pack.last == before).map(|pack| pack.hash),
                },
            };
            if let Some(hash) = hash.filter(|_| is_whole) {
                let seal = Seal { position: Position { chain, number: *number, hash: last.record.hash }, signature: *signature };
                runs.push(Run { before: Position { chain, number: before, hash }, rows: run, seal });
            }
        }
        Ok(runs)
    }
}

/// Rows of one chain, one after another, that end at a seal.
struct Run<'r> {
    before: Position,
    rows: &'r [JournalRow],
    seal: Seal,
}

impl Run<'_> {
    /// The run packed, if that is worth it. It has been unpacked again and compared.
    fn pack(&self, secrets: &[EpochSecret], head: &SignedHead, document: &DocumentId) -> Option<JournalPack> {
        // Access records stay as they are: whoever has no key yet must be able to read them.
        if self.rows.len() < WORTH_PACKING || self.rows.iter().any(|row| row.record.kind == Kind::Access.code()) {
            return None;
        }
        let records: Vec<&[u8]> = self.rows.iter().map(|row| &row.record.bytes[..]).collect();
        let cipher = cipher(secrets, self.before, &records)?;
        let run = pack(&cipher, self.before, &records, self.seal).ok()?;
        let again = PackedRun::decode(&run.encode()).ok()?.unpack(&cipher, head, document, self.before).ok()?;
        let run = Some(run.encode()).filter(|run| again.bytes == records && run.len() <= PACKED)?;
        Some(JournalPack {
            chain: self.before.chain,
            first: self.before.number + 1,
            last: self.seal.position.number,
            hash: self.seal.position.hash,
            first_row: self.rows.first()?.row,
            last_row: self.rows.last()?.row,
            places: Place::encode_all(self.rows),
            run,
        })
    }
}

/// What a row says besides its record.
struct Place {
    row: u64,
    clock: u64,
    clocks: u64,
    surrogates: Vec<u8>,
}

impl Place {
    /// For each row: how many rows after the one before it, its first clock and how many (as differences), the places of surrogates.
    fn encode_all(rows: &[JournalRow]) -> Vec<u8> {
        let mut writer = Writer::new();
        let (mut row, mut clock) = (0, 0);
        for it in rows {
            writer.varint(it.row - row).varint(it.record.clock.wrapping_sub(clock)).varint(it.record.clocks).bytes(&it.record.surrogates);
            (row, clock) = (it.row, it.record.clock.wrapping_add(it.record.clocks));
        }
        writer.into_bytes()
    }

    fn decode_all(bytes: &[u8], count: usize) -> Result<Vec<Place>, Malformed> {
        let mut reader = Bytes::new(bytes);
        let mut places = Vec::with_capacity(count);
        let (mut row, mut next) = (0u64, 0u64);
        for _ in 0..count {
            row = row.wrapping_add(reader.varint("the rows between two")?);
            let clock = next.wrapping_add(reader.varint("the clocks between two")?);
            let clocks = reader.varint("the clocks")?;
            let surrogates = reader.bytes(limits::PAYLOAD, "the places of surrogates")?.to_vec();
            places.push(Place { row, clock, clocks, surrogates });
            next = clock.wrapping_add(clocks);
        }
        reader.finish()?;
        Ok(places)
    }
}

fn record_row(record: JournalRecord) -> RecordRow {
    let JournalRecord { chain, number, hash, kind, clock, clocks, surrogates, bytes } = record;
    RecordRow { chain, number, hash, kind, clock, clocks, surrogates, bytes }
}

/// The row of a record that cannot be read any more.
fn unreadable(chain: ChainId, number: u64) -> RecordRow {
    let (kind, clock, clocks) = (0, 0, 0);
    RecordRow { chain, number, hash: Hash([0; 32]), kind, clock, clocks, surrogates: Vec::new(), bytes: Vec::new() }
}
