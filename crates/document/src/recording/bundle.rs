//! A bundle: what a replay needs, in one piece of bytes.
//!
//! There are two. [`Whole`] holds the journal and every input, so the whole machine can be played again; whoever has it can read the document, also
//! what is written later (one of the signatures is what secrets are dealt to), and use the invitations that were made while it was recorded. The
//! device's key is not in it: only the signatures that it made. [`Updates`] holds the
//! updates of the body alone, as a rule with filler for their text.

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Update, Wall};
use sheaf_record::{Malformed, Reader, Signature, Writer};

use super::{Beginning, Recording, codec};
use crate::{
    hydration::SnapshotState,
    turn::{HeadRow, QuarantineRow, ReceiptRow, RecordRow, SealRow, SecretRow, Stored},
};

/// The most bytes of anything in a bundle, which comes from somebody's disk.
const LARGEST: usize = 1 << 30;

/// What can be played again.
#[derive(Debug, Clone)]
pub enum Bundle {
    /// Everything, with its content.
    Whole(Box<Whole>),
    /// The body's updates alone.
    Body(Updates),
}

/// A recording and everything that it names.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Whose it is.
    pub device: DeviceId,
    /// What was recorded.
    pub recording: Recording,
    /// What it names.
    pub journal: Journal,
    /// What the device signed meanwhile, by the hash of what was signed.
    pub signatures: Vec<([u8; 32], Signature)>,
    /// The hash of the text at its end.
    pub state: [u8; 32],
}

/// What a recording names and does not hold.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// The records, from the first row on.
    pub records: Vec<RecordRow>,
    /// The snapshots that [`Recording::snapshots`] names.
    pub snapshots: Vec<SnapshotState>,
}

/// A body's updates in the order in which they entered the text; as a rule with filler for their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updates {
    /// The updates.
    pub updates: Vec<Update>,
    /// The hash of the text that they make.
    pub state: [u8; 32],
}

/// Bytes that are no bundle of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a bundle that this version of Sheaf can play: {0}")]
pub struct NotABundle(#[from] Malformed);

impl Bundle {
    /// The bundle as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        match self {
            Bundle::Whole(whole) => write_whole(w.byte(1), whole),
            Bundle::Body(filled) => {
                w.byte(2).raw(&filled.state).varint(filled.updates.len() as u64);
                filled.updates.iter().for_each(|update| {
                    w.bytes(&update.0);
                });
            }
        }
        w.into_bytes()
    }

    /// Reads what [`Bundle::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Bundle, NotABundle> {
        let mut reader = Reader::new(bytes);
        let r = &mut reader;
        let bundle = match r.byte("a kind of bundle")? {
            1 => Bundle::Whole(Box::new(read_whole(r)?)),
            2 => {
                let state = r.array("a hash")?;
                let updates = r.list(LARGEST, 1, "updates", |r| Ok(Update(r.bytes(LARGEST, "an update")?.to_vec())))?;
                Bundle::Body(Updates { updates, state })
            }
            found => return Err(Malformed::Unknown { what: "a kind of bundle", found: u64::from(found) }.into()),
        };
        reader.finish()?;
        Ok(bundle)
    }
}

fn write_whole(w: &mut Writer, whole: &Whole) {
    let Whole { device, recording, journal, signatures, state } = whole;
    w.raw(&device.0).raw(state);
    write_recording(w, recording);
    write_list(w, &journal.records, write_record);
    write_list(w, &journal.snapshots, |w, snapshot| {
        w.varint(snapshot.upto).bytes(&snapshot.state);
    });
    write_list(w, signatures, |w, (hash, signature)| {
        w.raw(hash).raw(&signature.0);
    });
}

fn read_whole(r: &mut Reader<'_>) -> Result<Whole, Malformed> {
    let (device, state) = (DeviceId(r.array("a device")?), r.array("a hash")?);
    let recording = read_recording(r)?;
    let records = r.list(LARGEST, 70, "records", read_record)?;
    let snapshots = r.list(LARGEST, 2, "snapshots", |r| {
        let upto = r.varint("a row")?;
        Ok(SnapshotState { upto, state: r.bytes(LARGEST, "a snapshot")?.to_vec() })
    })?;
    let signatures = r.list(LARGEST, 96, "signatures", |r| Ok((r.array("a hash")?, Signature::read(r)?)))?;
    Ok(Whole { device, recording, journal: Journal { records, snapshots }, signatures, state })
}

fn write_recording(w: &mut Writer, recording: &Recording) {
    let Recording { document, beginning, seed, name, colour, began, events, recent: _, heard } = recording;
    codec::write_moment(w.raw(&document.0).raw(seed).text(name).text(colour).varint(*heard), *began);
    match beginning {
        Beginning::Created(title, folder) => {
            w.byte(if *folder { 4 } else { 1 }).text(title);
        }
        Beginning::Joining(ticket) => {
            w.byte(2).text(&ticket.encode());
        }
        Beginning::Opened(stored, records) => write_stored(w.byte(3).varint(*records), stored),
    }
    w.bytes(events.as_ref().map_or(&[], |events| events.as_slice()));
}

fn read_recording(r: &mut Reader<'_>) -> Result<Recording, Malformed> {
    let (document, seed) = (DocumentId(r.array("a document")?), r.array("a seed")?);
    let (name, colour, heard) = (codec::text(r)?, codec::text(r)?, r.varint("inputs")?);
    let began = codec::read_moment(r)?;
    let beginning = match r.byte("a beginning")? {
        1 => Beginning::Created(codec::text(r)?, false),
        4 => Beginning::Created(codec::text(r)?, true),
        2 => Beginning::Joining(Box::new(ticket(r)?)),
        3 => {
            let records = r.varint("records")?;
            Beginning::Opened(Box::new(read_stored(r)?), records)
        }
        found => return Err(Malformed::Unknown { what: "a beginning", found: u64::from(found) }),
    };
    let mut events = Writer::new();
    events.raw(r.bytes(LARGEST, "what was recorded")?);
    Ok(Recording { document, beginning, seed, name, colour, began, events: Some(events), recent: Default::default(), heard })
}

fn write_stored(w: &mut Writer, stored: &Stored) {
    let Stored { document, title, ticket, heads, records: _, seals, applied, trying, secrets, receipts, quarantine } = stored;
    w.raw(&document.0).text(title);
    match ticket {
        Some(ticket) => w.byte(1).text(&ticket.encode()),
        None => w.byte(0),
    };
    codec::write_number(w.varint(*applied), *trying);
    write_list(w, heads, |w, head| {
        w.raw(&head.chain.0).bytes(&head.head).raw(&head.signature);
    });
    write_list(w, seals, |w, seal| {
        w.raw(&seal.chain.0).varint(seal.number).raw(&seal.signature);
    });
    write_list(w, secrets, |w, secret| {
        w.raw(&secret.epoch).raw(&secret.secret);
    });
    write_list(w, receipts, |w, receipt| {
        w.raw(&receipt.device.0).varint(receipt.heard.0).bytes(&receipt.bytes);
    });
    write_list(w, quarantine, |w, row| {
        w.raw(&row.chain.0).varint(row.number).varint(row.at.0).text(&row.reason).bytes(&row.bytes);
    });
}

fn read_stored(r: &mut Reader<'_>) -> Result<Stored, Malformed> {
    let (document, title) = (DocumentId(r.array("a document")?), codec::text(r)?);
    let ticket = match r.byte("a flag")? {
        0 => None,
        _ => Some(ticket(r)?),
    };
    let (applied, trying) = (r.varint("a row")?, codec::read_number(r)?);
    let heads = r.list(LARGEST, 97, "heads", |r| {
        let (chain, head) = (ChainId(r.array("a chain")?), r.bytes(LARGEST, "a head")?.to_vec());
        Ok(HeadRow { chain, head, signature: r.array("a signature")? })
    })?;
    let seals = r.list(LARGEST, 97, "seals", |r| {
        let (chain, number) = (ChainId(r.array("a chain")?), r.varint("a number")?);
        Ok(SealRow { chain, number, signature: r.array("a signature")? })
    })?;
    let secrets = r.list(LARGEST, 64, "secrets", |r| Ok(SecretRow { epoch: r.array("an epoch")?, secret: r.array("a secret")? }))?;
    let receipts = r.list(LARGEST, 34, "receipts", |r| {
        let (device, heard) = (DeviceId(r.array("a device")?), Wall(r.varint("a wall clock")?));
        Ok(ReceiptRow { device, heard, bytes: r.bytes(LARGEST, "a receipt")?.to_vec() })
    })?;
    let quarantine = r.list(LARGEST, 36, "evidence", |r| {
        let (chain, number, at) = (ChainId(r.array("a chain")?), r.varint("a number")?, Wall(r.varint("a wall clock")?));
        Ok(QuarantineRow { chain, number, at, reason: codec::text(r)?, bytes: r.bytes(LARGEST, "evidence")?.to_vec() })
    })?;
    Ok(Stored { document, title, ticket, heads, records: Vec::new(), seals, applied, trying, secrets, receipts, quarantine })
}

fn write_record(w: &mut Writer, row: &RecordRow) {
    let RecordRow { chain, number, hash, kind, clock, clocks, surrogates, bytes } = row;
    w.raw(&chain.0).varint(*number).raw(&hash.0).byte(*kind).varint(*clock).varint(*clocks).bytes(surrogates).bytes(bytes);
}

fn read_record(r: &mut Reader<'_>) -> Result<RecordRow, Malformed> {
    let (chain, number, hash) = (ChainId(r.array("a chain")?), r.varint("a number")?, Hash(r.array("a hash")?));
    let (kind, clock, clocks) = (r.byte("a kind")?, r.varint("a clock")?, r.varint("clocks")?);
    let surrogates = r.bytes(LARGEST, "surrogates")?.to_vec();
    Ok(RecordRow { chain, number, hash, kind, clock, clocks, surrogates, bytes: r.bytes(LARGEST, "a record")?.to_vec() })
}

fn ticket(r: &mut Reader<'_>) -> Result<sheaf_access::Ticket, Malformed> {
    sheaf_access::Ticket::parse(r.text(LARGEST, "a ticket")?).map_err(|_| Malformed::NotText("a ticket"))
}

fn write_list<T>(w: &mut Writer, items: &[T], mut write: impl FnMut(&mut Writer, &T)) {
    w.varint(items.len() as u64);
    items.iter().for_each(|item| write(w, item));
}
