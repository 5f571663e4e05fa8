//! What other devices have said that they hold, and what this one says.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_protocol::Receipt;
use sheaf_record::{DeviceKey, Digest, Malformed, Reader, Signature, Writer};

use crate::turn::ReceiptRow;

/// Process runs that are over, so that their old statements are not believed again.
const RETIRED: usize = 1024;

/// The newest statement of each device.
pub(crate) struct Receipts {
    instance: [u8; 16],
    counter: u64,
    mine: Option<Receipt>,
    known: BTreeMap<DeviceId, Known>,
    retired: BTreeSet<[u8; 16]>,
    retiring: VecDeque<[u8; 16]>,
    /// Not written down yet.
    unwritten: BTreeSet<DeviceId>,
}

/// What is known of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) receipt: Receipt,
    pub(crate) heard: Wall,
    /// When the newest came that the device gave itself; none while others have carried all that is known. Older than `heard` where the newest was
    /// carried.
    pub(crate) said: Option<Wall>,
    /// How many edits it lacked of those up to `row`.
    pub(crate) lacks: u64,
    /// The journal row at which that was counted.
    pub(crate) row: u64,
}

impl Receipts {
    pub(crate) fn new(instance: [u8; 16]) -> Receipts {
        Receipts {
            instance,
            counter: 0,
            mine: None,
            known: BTreeMap::new(),
            retired: BTreeSet::new(),
            retiring: VecDeque::new(),
            unwritten: BTreeSet::new(),
        }
    }

    /// This process run.
    pub(crate) fn instance(&self) -> [u8; 16] {
        self.instance
    }

    /// This device's statement that it durably holds everything with this digest.
    pub(crate) fn mine(&mut self, key: &DeviceKey, document: DocumentId, frontier: Digest) -> Receipt {
        if let Some(mine) = self.mine.as_ref().filter(|mine| mine.frontier == frontier) {
            return mine.clone();
        }
        self.counter += 1;
        let signature = Signature([0; 64]);
        let unsigned = Receipt { document, device: key.device(), instance: self.instance, counter: self.counter, frontier, signature };
        self.mine.insert(unsigned.sign(key)).clone()
    }

    pub(crate) fn get(&self, device: &DeviceId) -> Option<&Known> {
        self.known.get(device)
    }

    /// The newest statements of others, to be carried to a peer.
    pub(crate) fn others(&self, peer: &DeviceId) -> Vec<Receipt> {
        self.known.values().filter(|known| known.receipt.device != *peer).map(|known| known.receipt.clone()).take(256).collect()
    }

    /// A statement that has been verified, heard from the device itself.
    pub(crate) fn hear(&mut self, receipt: Receipt, heard: Wall, lacks: u64, row: u64) {
        self.keep(Known { receipt, heard, said: Some(heard), lacks, row });
    }

    /// What a device lacked is counted anew, up to `row`.
    pub(crate) fn recount(&mut self, device: &DeviceId, lacks: u64, row: u64) {
        if let Some(known) = self.known.get(device) {
            self.keep(Known { lacks, row, ..known.clone() });
        }
    }

    fn keep(&mut self, new: Known) {
        let device = new.receipt.device;
        if let Some(old) = self.known.get(&device) {
            if !new.receipt.replaces(&old.receipt) && (new.said.is_some(), new.lacks, new.row) == (old.said.is_some(), old.lacks, old.row) {
                return;
            }
            if new.receipt.instance != old.receipt.instance {
                self.retire(old.receipt.instance);
            }
        }
        self.known.insert(device, new);
        self.unwritten.insert(device);
    }

    /// A statement that has been verified, carried by somebody else: believed if it is newer within the same process run, or of a run
    /// that was never heard of. `row`: up to where it is known to speak of everything.
    pub(crate) fn carried(&mut self, receipt: Receipt, heard: Wall, row: u64) {
        let known = self.known.get(&receipt.device);
        if known.is_none_or(|known| receipt.replaces(&known.receipt) && !self.retired.contains(&receipt.instance)) {
            // Whoever carries it has seen the device, and this one has not.
            let said = known.and_then(|known| known.said);
            self.keep(Known { receipt, heard, said, lacks: 0, row });
        }
    }

    /// What is durable here now, up to `row`, is what some have said that they hold, perhaps before it was here.
    pub(crate) fn reached(&mut self, frontier: &Digest, row: u64) {
        for (device, known) in self.known.iter_mut().filter(|(_, known)| known.receipt.frontier == *frontier && known.row < row) {
            (known.lacks, known.row) = (0, row);
            self.unwritten.insert(*device);
        }
    }

    /// What is not written down yet.
    pub(crate) fn take_rows(&mut self) -> Vec<ReceiptRow> {
        let devices = std::mem::take(&mut self.unwritten);
        devices.into_iter().filter_map(|device| Some(self.known.get(&device)?.row(device))).collect()
    }

    /// Whether something is not written down yet.
    pub(crate) fn is_unwritten(&self) -> bool {
        !self.unwritten.is_empty()
    }

    /// What was written down. A row that cannot be read is as good as none.
    pub(crate) fn restore(&mut self, row: &ReceiptRow) {
        if let Ok(known) = Known::read(row) {
            self.known.insert(row.device, known);
        }
    }

    fn retire(&mut self, instance: [u8; 16]) {
        if self.retired.insert(instance) {
            self.retiring.push_back(instance);
        }
        if self.retiring.len() > RETIRED
            && let Some(oldest) = self.retiring.pop_front()
        {
            self.retired.remove(&oldest);
        }
    }
}

impl Known {
    fn row(&self, device: DeviceId) -> ReceiptRow {
        let mut writer = Writer::new();
        writer.bytes(&self.receipt.encode()).varint(self.lacks).varint(self.row).varint(self.said.map_or(0, |said| said.0));
        ReceiptRow { device, heard: self.heard, bytes: writer.into_bytes() }
    }

    fn read(row: &ReceiptRow) -> Result<Known, Malformed> {
        let mut reader = Reader::new(&row.bytes);
        let receipt = Receipt::decode(reader.bytes(512, "a receipt")?)?;
        let (lacks, at) = (reader.varint("edits")?, reader.varint("a row")?);
        // Rows of before say no more: whether the device itself was heard then is not known.
        let said = if reader.rest().is_empty() { 0 } else { reader.varint("when the device was heard")? };
        reader.finish()?;
        Ok(Known { receipt, heard: row.heard, said: (said > 0).then_some(Wall(said)), lacks, row: at })
    }
}
