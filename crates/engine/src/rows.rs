//! Between the document's rows and the store's. The bytes are the same; each side has its own names for what carries them.

use sheaf_access::Ticket;
use sheaf_base::DocumentId;
use sheaf_document::{
    HeadRow, Hydration, QuarantineRow, ReceiptRow, RecordRow, ReferenceRow, SealRow, SecretRow, SnapshotState, Stored, Writes,
};
use sheaf_store::{Batch, Change, Entry, JournalChain, JournalRecord, JournalSeal, ReadError, Reader};

use crate::journal::Journal;

/// The kind of body records, which alone concern the replica.
const BODY: u8 = 1;

/// Adds a turn's rows to a batch, in the order that the store needs.
pub(crate) fn write(batch: &mut Batch, writes: Writes) {
    for HeadRow { chain, head, signature } in writes.heads {
        batch.push(Change::Chain(JournalChain { chain, head, signature: signature.to_vec() }));
    }
    for RecordRow { chain, number, hash, kind, clock, clocks, surrogates, bytes } in writes.records {
        batch.push(Change::Record(JournalRecord { chain, number, hash, kind, clock, clocks, surrogates, bytes }));
    }
    for SealRow { chain, number, signature } in writes.seals {
        batch.push(Change::Seal(JournalSeal { chain, number, signature: signature.to_vec() }));
    }
    // An applied mark takes back a trying mark that was made before it.
    writes.applied.into_iter().for_each(|row| batch.push(Change::Applied(row)));
    writes.trying.into_iter().for_each(|row| batch.push(Change::Trying(row)));
    for SecretRow { epoch, secret } in writes.secrets {
        batch.push(Change::Secret { epoch, secret });
    }
    for ReceiptRow { device, heard, bytes } in writes.receipts {
        batch.push(Change::Receipt { device, heard, bytes });
    }
    for QuarantineRow { chain, number, at, reason, bytes } in writes.quarantine {
        batch.push(Change::Quarantine { chain, number, at, reason, bytes });
    }
    for ReferenceRow { blob, size, name, own } in writes.references {
        // What this device refers to first it may pass on; what others refer to, when it has come through this document.
        batch.push(Change::Attachment { blob, size, name, offered: own });
    }
}

/// A document as the store keeps it.
pub(crate) fn read(reader: &Reader<'_>, entry: &Entry, ticket: Option<Ticket>) -> Result<Stored, ReadError> {
    let document = entry.document;
    let heads = reader.chains(document)?.into_iter().map(head).collect::<Result<_, _>>()?;
    let seals = reader.seals(document)?.into_iter().map(|row| {
        let signature = signature(&row.signature)?;
        Ok(SealRow { chain: row.chain, number: row.number, signature })
    });
    let standing = reader.standing(document)?;
    let secrets = reader.secrets(document)?.into_iter().map(|row| SecretRow { epoch: row.epoch, secret: row.secret });
    let receipts = reader.receipts(document)?.into_iter();
    let quarantine = reader.quarantine(document)?.into_iter();
    Ok(Stored {
        document,
        title: entry.title.clone(),
        ticket,
        heads,
        records: Journal::of(reader, document)?.rows(0, |_| true)?.into_iter().map(|(_, record)| record).collect(),
        seals: seals.collect::<Result<_, ReadError>>()?,
        applied: standing.applied,
        trying: standing.trying,
        secrets: secrets.collect(),
        receipts: receipts.map(|row| ReceiptRow { device: row.device, heard: row.heard, bytes: row.bytes }).collect(),
        quarantine: quarantine
            .map(|row| QuarantineRow { chain: row.chain, number: row.number, at: row.at, reason: row.reason, bytes: row.bytes })
            .collect(),
    })
}

/// What a replica is built from: the newest good snapshot and the body records after it.
pub(crate) fn hydration(reader: &Reader<'_>, document: DocumentId, from_start: bool) -> Result<Hydration, ReadError> {
    let found = if from_start { None } else { reader.snapshot(document)? };
    let snapshot = found.map(|found| SnapshotState { upto: found.upto, state: found.state });
    let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.upto);
    Ok(Hydration { snapshot, rows: Journal::of(reader, document)?.rows(after, |kind| kind == BODY)? })
}

/// The same as of an earlier row. It has to be one: row 0 has no text, and says so as damage.
pub(crate) fn hydration_at(reader: &Reader<'_>, document: DocumentId, row: u64) -> Result<Hydration, ReadError> {
    let snapshot = reader.snapshot(document)?.map(|found| SnapshotState { upto: found.upto, state: found.state });
    let snapshot = snapshot.filter(|snapshot| snapshot.upto <= row);
    let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.upto);
    let mut rows = Journal::of(reader, document)?.rows(after, |kind| kind == BODY)?;
    rows.retain(|(at, _)| *at <= row);
    if rows.is_empty() && snapshot.is_none() {
        return Err(ReadError::Damaged(format!("row {row}: the body begins later")));
    }
    Ok(Hydration { snapshot, rows })
}

fn head(row: JournalChain) -> Result<HeadRow, ReadError> {
    let signature = signature(&row.signature)?;
    Ok(HeadRow { chain: row.chain, head: row.head, signature })
}

fn signature(bytes: &[u8]) -> Result<[u8; 64], ReadError> {
    bytes.try_into().map_err(|_| ReadError::Damaged("a signature".into()))
}
