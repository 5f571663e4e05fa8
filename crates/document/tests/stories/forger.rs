//! A member's device with a patched program: it has the keys, and writes what the program would not.

use sheaf_base::{ClientId, DocumentId, Hash, Position, Update, Wall};
use sheaf_protocol::{Bundle, BundleChain, BundleSeal, Frame, Run};
use sheaf_record::{ChainCipher, ChainReader, ChainWriter, DeviceKey, EpochSecret, Kind, Record, Seal, SignedHead, Stamp, Writer};
use sheaf_replica::{Replica, walk::Id};
use sheaf_schema::Delta;

use crate::{disk::Disk, shell::World};

/// A chain that is written by hand.
pub(crate) struct Forger {
    pub(crate) key: DeviceKey,
    pub(crate) writer: ChainWriter,
    secret: EpochSecret,
    document: DocumentId,
    records: Vec<Vec<u8>>,
    updates: Vec<Update>,
}

impl Forger {
    /// A new chain of a device that takes part in the world.
    pub(crate) fn new(world: &World, who: usize, nonce: u8) -> Forger {
        let device = &world.devices[who];
        Forger::with(DeviceKey::from_bytes(&device.key), [nonce; 16], &device.disk, device.id.expect("it takes part"))
    }

    /// A new chain of any device, that writes into a document with the key that lies on a disk.
    pub(crate) fn with(key: DeviceKey, nonce: [u8; 16], disk: &Disk, document: DocumentId) -> Forger {
        let secret = EpochSecret::from_bytes(disk.secrets[0].secret);
        let writer = ChainWriter::begin(&key, document, nonce, 1, Wall(1_700_000_000_000), &secret);
        Forger { key, writer, secret, document, records: Vec::new(), updates: Vec::new() }
    }

    /// A replica that writes as this chain and has applied the first `rows` rows of a journal.
    pub(crate) fn replica(&self, disk: &Disk, rows: usize) -> Replica {
        self.replica_as(self.writer.tip().chain.client(), disk, rows)
    }

    /// The same that writes as any client.
    pub(crate) fn replica_as(&self, client: ClientId, disk: &Disk, rows: usize) -> Replica {
        let mut replica = Replica::empty(client);
        let updates: Vec<Update> = (0..rows).filter_map(|row| self.open(disk, row)).collect();
        replica.apply(&updates).expect("they are in order");
        replica
    }

    /// The update in a row of a journal.
    fn open(&self, disk: &Disk, row: usize) -> Option<Update> {
        let row = &disk.records[row];
        if row.kind != 1 {
            return None;
        }
        let before = disk.records.iter().find(|other| other.chain == row.chain && other.number + 1 == row.number);
        let previous = before.map_or(Hash(row.chain.0), |before| before.hash);
        let tip = Position { chain: row.chain, number: row.number - 1, hash: previous };
        let read = ChainReader::resume(tip).read(&row.bytes).expect("it is on disk");
        Some(Update(ChainCipher::new(&self.secret, &row.chain).open(&previous, &read.record).expect("it opens").plaintext))
    }

    /// Appends a record that stands on these.
    pub(crate) fn write(&mut self, kind: Kind, parents: &[Hash], content: &[u8]) {
        let stamp = Stamp::new(parents.iter().copied()).expect("few parents");
        let written = self.writer.append(kind, stamp, content, Wall(1_700_000_000_000)).expect("it fits");
        self.records.push(written.bytes);
    }

    /// Appends an edit, made in `replica`.
    pub(crate) fn edit(&mut self, replica: &mut Replica, parents: &[Hash], delta: &Delta) {
        let pushed = replica.push(delta, &mut || [7; 32]).expect("it fits the text");
        self.updates.extend(pushed.updates.iter().cloned());
        for (index, Update(update)) in pushed.updates.into_iter().enumerate() {
            self.write(Kind::Body, if index == 0 { parents } else { &[] }, &update);
        }
    }

    /// What was written by [`Forger::edit`].
    pub(crate) fn updates(&self) -> Vec<Update> {
        self.updates.clone()
    }

    /// Everything written so far, sealed.
    pub(crate) fn frame(&self) -> Frame {
        self.frame_sealed_by(&self.key)
    }

    /// Everything written so far, sealed by somebody.
    pub(crate) fn frame_sealed_by(&self, key: &DeviceKey) -> Frame {
        let seal = Seal::sign(key, &self.document, self.writer.tip());
        bundle(BundleChain::Head(self.writer.head().encode()), 1, self.records.clone(), Some(&seal))
    }

    /// Everything written so far, sealed, under another head than its own: encrypted and hashed anew as the chain that begins there.
    pub(crate) fn frame_under(&self, head: &SignedHead) -> Frame {
        let (mine, theirs) = (self.writer.cipher(), ChainCipher::new(&self.secret, &head.chain()));
        let (mut reader, mut tip) =
            (ChainReader::resume(Position { number: 0, hash: self.writer.head().hash(), ..self.writer.tip() }), head.hash());
        let mut records = Vec::new();
        for bytes in &self.records {
            let read = reader.read(bytes).expect("it is one's own");
            let opened = mine.open(&read.previous, &read.record).expect("it is one's own");
            let record = theirs.close(&tip, read.record.kind, read.record.stamp, opened.seconds, &opened.plaintext).encode();
            tip = Record::hash(&tip, &record);
            records.push(record);
        }
        let position = Position { chain: head.chain(), number: records.len() as u64, hash: tip };
        bundle(BundleChain::Head(head.encode()), 1, records, Some(&Seal::sign(&self.key, &self.document, position)))
    }

    /// Another record under the number that follows `tip` in somebody's chain, sealed by this device.
    pub(crate) fn in_the_name_of(&self, head: &SignedHead, tip: Position, content: &[u8]) -> Frame {
        let cipher = ChainCipher::new(&self.secret, &tip.chain);
        let record = cipher.close(&tip.hash, Kind::Body, Stamp::default(), 0, content).encode();
        let position = Position { number: tip.number + 1, hash: Record::hash(&tip.hash, &record), ..tip };
        let seal = Seal::sign(&self.key, &self.document, position);
        bundle(BundleChain::Known(head.chain()), position.number, vec![record], Some(&seal))
    }
}

/// An update of `client` by hand, as its first: an x between two characters.
pub(crate) fn insertion(client: ClientId, left: Id, right: Id) -> Vec<u8> {
    let mut update = Writer::new();
    // One client with one struct at clock 0: text with both origins.
    update.varint(1).varint(1).varint(client.0).varint(0).byte(0xc4);
    for origin in [left, right] {
        update.varint(origin.client.0).varint(origin.clock.into());
    }
    // Nothing is deleted.
    update.text("x").varint(0);
    update.into_bytes()
}

/// An update by hand: one place of the text is deleted.
pub(crate) fn deletion(at: Id) -> Vec<u8> {
    let mut update = Writer::new();
    update.varint(0).varint(1).varint(at.client.0).varint(1).varint(at.clock.into()).varint(1);
    update.into_bytes()
}

/// Records of one chain as a frame.
pub(crate) fn bundle(chain: BundleChain, first: u64, records: Vec<Vec<u8>>, seal: Option<&Seal>) -> Frame {
    let seals = seal.map(|seal| BundleSeal { chain: 0, number: seal.position.number, signature: seal.signature });
    Frame::Live(Bundle { chains: vec![chain], runs: vec![Run { chain: 0, first, records }], seals: seals.into_iter().collect() })
}
