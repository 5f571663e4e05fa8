//! What other devices have said that they hold, and what this one says.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_protocol::Receipt;
use sheaf_record::{DeviceKey, Digest, Malformed, Reader, Signature, Writer};

use crate::turn::ReceiptRow;

/// Process runs of a device that are over, so that their old statements are not believed again when somebody carries them: those of some weeks, and half
/// a kilobyte in the row of its receipt.
const RETIRED: usize = 32;

/// The newest statement of each device.
pub(crate) struct Receipts {
    instance: [u8; 16],
    counter: u64,
    mine: Option<Receipt>,
    known: BTreeMap<DeviceId, Known>,
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
    /// The last journal row when its process run was first heard of. What the device wrote itself up to there is of earlier runs: a backup that was
    /// restored may lack it. What it wrote later it has.
    pub(crate) begun: u64,
    /// Its process runs that are over, the newest last. Another run takes their place even if it holds less, as after a backup was restored, so what they
    /// have said once is not to be believed again; nor after another start of this one.
    retired: Vec<[u8; 16]>,
}

impl Receipts {
    pub(crate) fn new(instance: [u8; 16]) -> Receipts {
        Receipts { instance, counter: 0, mine: None, known: BTreeMap::new(), unwritten: BTreeSet::new() }
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

    /// [`Known::begun`] of the process run that gave a receipt; `row` is the last one now.
    pub(crate) fn begun(&self, receipt: &Receipt, row: u64) -> u64 {
        let known = self.known.get(&receipt.device).filter(|known| known.receipt.instance == receipt.instance);
        known.map_or(row, |known| known.begun)
    }

    /// A statement that has been verified, heard from the device itself.
    pub(crate) fn hear(&mut self, receipt: Receipt, heard: Wall, lacks: u64, row: u64, begun: u64) {
        let retired = self.known.get(&receipt.device).map(|known| known.retired.clone()).unwrap_or_default();
        self.keep(Known { receipt, heard, said: Some(heard), lacks, row, begun, retired });
    }

    /// What a device lacked is counted anew, up to `row`.
    pub(crate) fn recount(&mut self, device: &DeviceId, lacks: u64, row: u64) {
        if let Some(known) = self.known.get(device) {
            self.keep(Known { lacks, row, ..known.clone() });
        }
    }

    fn keep(&mut self, mut new: Known) {
        let device = new.receipt.device;
        if let Some(old) = self.known.get(&device) {
            if !new.receipt.replaces(&old.receipt) && (new.said.is_some(), new.lacks, new.row) == (old.said.is_some(), old.lacks, old.row) {
                return;
            }
            if new.receipt.instance != old.receipt.instance {
                // A run that was taken for over, because an older one was carried here after it, and speaks itself, is not.
                new.retired.retain(|run| ![new.receipt.instance, old.receipt.instance].contains(run));
                new.retired.push(old.receipt.instance);
                new.retired.drain(..new.retired.len().saturating_sub(RETIRED));
            }
        }
        self.known.insert(device, new);
        self.unwritten.insert(device);
    }

    /// A statement that has been verified, carried by somebody else: believed if it is newer within the same process run, or of a run
    /// that was never heard of. `row`: up to where it is known to speak of everything, but for `lacks` edits.
    pub(crate) fn carried(&mut self, receipt: Receipt, heard: Wall, lacks: u64, row: u64, begun: u64) {
        let known = self.known.get(&receipt.device);
        if known.is_none_or(|known| receipt.replaces(&known.receipt) && !known.retired.contains(&receipt.instance)) {
            // Whoever carries it has seen the device, and this one has not.
            let said = known.and_then(|known| known.said);
            let retired = known.map(|known| known.retired.clone()).unwrap_or_default();
            self.keep(Known { receipt, heard, said, lacks, row, begun, retired });
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
}

impl Known {
    fn row(&self, device: DeviceId) -> ReceiptRow {
        let mut writer = Writer::new();
        writer.bytes(&self.receipt.encode()).varint(self.lacks).varint(self.row).varint(self.said.map_or(0, |said| said.0));
        writer.varint(self.retired.len() as u64);
        for run in &self.retired {
            writer.raw(run);
        }
        writer.varint(self.begun);
        ReceiptRow { device, heard: self.heard, bytes: writer.into_bytes() }
    }

    fn read(row: &ReceiptRow) -> Result<Known, Malformed> {
        let mut reader = Reader::new(&row.bytes);
        let receipt = Receipt::decode(reader.bytes(512, "a receipt")?)?;
        let (lacks, at) = (reader.varint("edits")?, reader.varint("a row")?);
        // Rows of before say no more: whether the device itself was heard then is not known.
        let is_short = reader.rest().is_empty();
        let said = if is_short { 0 } else { reader.varint("when the device was heard")? };
        let retired =
            if is_short { Vec::new() } else { reader.list(RETIRED, 16, "process runs", |reader| reader.array("a process run"))? };
        let begun = if reader.rest().is_empty() { 0 } else { reader.varint("a row")? };
        reader.finish()?;
        Ok(Known { receipt, heard: row.heard, said: (said > 0).then_some(Wall(said)), lacks, row: at, begun, retired })
    }
}
