//! What a disk says, read by nobody's document: who may what, what stands on what, and what is inside, with keys that are handed in.

use std::collections::BTreeMap;

use sheaf_access::{Access, AccessRecord, Operation, OtherRecord, SealingSeed, TicketSeed, joint};
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position};
use sheaf_document::RecordRow;
use sheaf_record::{ChainCipher, ChainReader, DeviceKey, EpochId, EpochSecret, Extent, Graph, Kind, ReadRecord, SignedHead};

use crate::{disk::Disk, view::words};

/// More rotations apart than that are joined nowhere here.
const JOINED: usize = 3;

/// The fold of what lies on a disk. No chain of it may fork.
pub(crate) struct Folded {
    pub(crate) access: Access,
    pub(crate) graph: Graph,
    pub(crate) records: Vec<Placed>,
    pub(crate) heads: BTreeMap<ChainId, SignedHead>,
}

/// A record, with what it takes to open it.
pub(crate) struct Placed {
    pub(crate) author: DeviceId,
    pub(crate) kind: u8,
    pub(crate) read: ReadRecord,
}

impl Folded {
    pub(crate) fn of(disk: &Disk) -> Result<Folded, String> {
        let stored = disk.stored();
        let (mut graph, mut access) = (Graph::new(), Access::new(stored.document));
        let mut heads: BTreeMap<ChainId, SignedHead> = BTreeMap::new();
        for head in &stored.heads {
            let signed = SignedHead::from_journal(&[&head.head[..], &head.signature].concat()).map_err(|error| error.to_string())?;
            heads.insert(head.chain, signed);
        }
        let mut records = Vec::with_capacity(stored.records.len());
        for row in &stored.records {
            let author = heads.get(&row.chain).ok_or("a record without a head")?.device();
            let read = place(&mut graph, row, author)?;
            if row.kind == Kind::Access.code() {
                access.add(AccessRecord::read(&read, author).map_err(|error| error.to_string())?, &graph);
            }
            records.push(Placed { author, kind: row.kind, read });
        }
        Ok(Folded { access, graph, records, heads })
    }

    /// The records of the body.
    pub(crate) fn body(&self) -> impl Iterator<Item = &Placed> {
        self.records.iter().filter(|placed| placed.kind == Kind::Body.code())
    }

    /// Whether a record of the body counts, by everything on the disk.
    pub(crate) fn counts(&self, placed: &Placed) -> bool {
        let record = OtherRecord { device: placed.author, position: placed.read.position, kind: Kind::Body };
        self.access.counts(&record, &self.graph)
    }

    /// The record by which a device became a member, if it came once.
    pub(crate) fn membership(&self, device: &DeviceId) -> Option<Hash> {
        let begins = |record: &AccessRecord| match &record.operation {
            Operation::Genesis(_) | Operation::Join(_) => record.device == *device,
            Operation::Grant(grant) => grant.request.device == *device,
            _ => false,
        };
        self.access.records().find(|(record, _)| begins(record)).map(|(record, _)| record.position.hash)
    }
}

fn place(graph: &mut Graph, row: &RecordRow, author: DeviceId) -> Result<ReadRecord, String> {
    graph.open_chain(row.chain, author);
    let tip = graph.tip(&row.chain).ok_or("a chain that is not open")?;
    let read = ChainReader::resume(tip).read(&row.bytes).map_err(|error| error.to_string())?;
    let extent = Extent { clocks: row.clocks as u32, low_surrogates: &[] };
    graph.append(&row.chain, row.number, row.hash, &read.record.stamp, extent).map_err(|error| error.to_string())?;
    Ok(read)
}

/// Everything that somebody can open records with.
pub(crate) struct Keys {
    /// As they were dealt, and those that follow from several together.
    secrets: BTreeMap<EpochId, EpochSecret>,
}

impl Keys {
    /// What these bytes are, and no more.
    pub(crate) fn of(secrets: impl IntoIterator<Item = [u8; 32]>) -> Keys {
        let secrets = secrets.into_iter().map(EpochSecret::from_bytes);
        Keys { secrets: secrets.map(|secret| (secret.id(), secret)).collect() }
    }

    /// Takes out of access operations, given with their records' hashes, whatever this device or its ticket can take out of them, again and again,
    /// until there is nothing more.
    pub(crate) fn take_dealt(
        &mut self,
        operations: &[(Hash, Operation)],
        document: &DocumentId,
        device: &DeviceKey,
        ticket: Option<&TicketSeed>,
    ) {
        let (seed, device) = (SealingSeed::of_device(device, document), device.device());
        let tickets: Vec<(Hash, &TicketSeed)> = operations
            .iter()
            .filter(|(_, operation)| matches!(operation, Operation::Invitation(_)))
            .flat_map(|(record, _)| ticket.map(|ticket| (*record, ticket)))
            .collect();
        loop {
            let mut opened: Vec<EpochSecret> = Vec::new();
            for (_, operation) in operations {
                match operation {
                    Operation::Invitation(invitation) => opened.extend(ticket.and_then(|ticket| invitation.open(ticket, document).ok())),
                    Operation::Wrap(wrap) => opened.extend(wrap.open(&device, &seed, document)),
                    Operation::Grant(grant) if grant.request.device == device => opened.extend(grant.open(&seed, document).0),
                    operation => {
                        let Some(rotation) = operation.rotation() else { continue };
                        opened.extend(rotation.open(&device, &seed, document));
                        opened
                            .extend(tickets.iter().filter_map(|(record, ticket)| rotation.open_with_ticket(record, ticket, document).ok()));
                        opened
                            .extend(self.secrets.get(&rotation.epoch).map(|secret| rotation.before(secret, document)).unwrap_or_default());
                    }
                }
            }
            let before = self.secrets.len();
            self.secrets.extend(opened.into_iter().map(|secret| (secret.id(), secret)));
            if self.secrets.len() == before {
                return;
            }
        }
    }

    /// These, and each few of them together: what is written after rotations apart is closed with several.
    pub(crate) fn with_joined(&self) -> Vec<EpochSecret> {
        let plain: Vec<EpochSecret> = self.secrets.values().cloned().collect();
        let mut chosen: Vec<Vec<EpochSecret>> = vec![Vec::new()];
        for secret in &plain {
            let more = chosen.iter().filter(|few| few.len() < JOINED).map(|few| [&few[..], std::slice::from_ref(secret)].concat());
            chosen.extend(more.collect::<Vec<_>>());
        }
        chosen.iter().filter_map(|few| joint(few)).collect()
    }
}

/// What a record says, if one of these opens it.
pub(crate) fn open(read: &ReadRecord, secrets: &[EpochSecret]) -> Option<Vec<u8>> {
    let tried = secrets.iter().find_map(|secret| ChainCipher::new(secret, &read.position.chain).open(&read.previous, &read.record).ok());
    tried.map(|opened| opened.plaintext)
}

/// The words that an update types: they stand in it as they are.
pub(crate) fn typed(update: &[u8]) -> Vec<String> {
    let text: String = update.iter().map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '\n' }).collect();
    words(&text)
}

/// Where a packed run of a chain begins.
pub(crate) fn before(folded: &Folded, chain: ChainId, number: u64) -> Position {
    let known = folded.records.iter().find(|placed| placed.read.position.chain == chain && placed.read.position.number == number);
    Position { chain, number, hash: known.map_or(Hash(chain.0), |placed| placed.read.position.hash) }
}
