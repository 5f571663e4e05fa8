//! Whoever was removed hears everything: each frame that ever crossed a wire, and each record that was ever on anybody's disk. With all the keys that
//! they ever held, and all that those open, they read nothing that was written by somebody who knew of the removal.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_access::{Access, Operation, Standing};
use sheaf_base::{DeviceId, Hash};
use sheaf_protocol::Frame;
use sheaf_record::{ChainCipher, DeviceKey, EpochSecret, PackedRun};

use crate::{
    folded::{Folded, Keys, Placed, before, open},
    world::World,
};

/// What was overheard, and what each device has ever held.
#[derive(Default)]
pub(crate) struct Overheard {
    /// Packed runs are closed anew, so they are not the same bytes as the records in them.
    packed: Vec<PackedRun>,
    /// Secrets by device, also those that a backup took from its disk again.
    secrets: BTreeMap<DeviceId, BTreeSet<[u8; 32]>>,
}

impl Overheard {
    /// A frame goes over a wire.
    pub(crate) fn frame(&mut self, frame: &Frame) {
        if let Frame::Packed(packed) = frame {
            self.packed.extend(PackedRun::decode(&packed.run));
        }
    }

    /// A device has these secrets.
    pub(crate) fn secrets(&mut self, device: DeviceId, secrets: impl Iterator<Item = [u8; 32]>) {
        self.secrets.entry(device).or_default().extend(secrets);
    }
}

impl World {
    /// Whether nobody who was removed can read what was written by those who knew. How many edits it was tried on.
    pub(crate) fn removed_read_nothing(&self) -> Result<u64, String> {
        let mut tried = 0;
        for holder in self.devices.iter().filter(|device| !device.hostile) {
            let Some(folded) = holder.disk.as_ref().map(Folded::of).transpose()? else { continue };
            let insiders = self.keys_of(0, &folded).with_joined();
            for removed in 0..self.devices.len() {
                let id = self.device_id(removed);
                let later = written_without(&folded, &id);
                if later.is_empty() {
                    continue;
                }
                let keys = self.keys_of(removed, &folded).with_joined();
                if let Some(read) = later.iter().find(|placed| open(&placed.read, &keys).is_some()) {
                    return Err(format!(
                        "device {removed} was removed, and can read {:?}, which was written by who knew",
                        read.read.position
                    ));
                }
                // That it is not readable at all would show nothing.
                if let Some(unread) = later.iter().find(|placed| open(&placed.read, &insiders).is_none()) {
                    return Err(format!("nobody can read {:?}", unread.read.position));
                }
                self.unpacks_nothing(&folded, &later, removed, &keys)?;
                tried += later.len() as u64;
            }
        }
        Ok(tried)
    }

    /// The same of packed runs, which hold several records and are closed with a key of one moment.
    fn unpacks_nothing(&self, folded: &Folded, later: &[&Placed], removed: usize, keys: &[EpochSecret]) -> Result<(), String> {
        let document = folded.access.document();
        for run in &self.overheard.packed {
            let (chain, last) = (run.before.chain, run.before.number + run.count);
            let holds = |placed: &&&Placed| {
                let position = placed.read.position;
                position.chain == chain && run.before.number < position.number && position.number <= last
            };
            let (Some(placed), Some(head)) = (later.iter().find(holds), folded.heads.get(&chain)) else { continue };
            let before = before(folded, chain, run.before.number);
            if keys.iter().any(|secret| run.unpack(&ChainCipher::new(secret, &chain), head, &document, before).is_ok()) {
                return Err(format!(
                    "device {removed} was removed, and can unpack {:?}, which was written by who knew",
                    placed.read.position
                ));
            }
        }
        Ok(())
    }

    /// Everything that a device ever held, and what it can take out of every access record.
    pub(crate) fn keys_of(&self, who: usize, folded: &Folded) -> Keys {
        let held = self.overheard.secrets.get(&self.device_id(who)).into_iter().flatten().copied();
        let mut keys = Keys::of(held);
        let operations: Vec<(Hash, Operation)> =
            folded.access.records().map(|(record, _)| (record.position.hash, record.operation.clone())).collect();
        let ticket = self.devices[who].ticket.as_ref().map(|ticket| &ticket.seed);
        keys.take_dealt(&operations, &folded.access.document(), &DeviceKey::from_bytes(&self.devices[who].key), ticket);
        keys
    }
}

/// The edits of others whose authors knew that a device had been removed.
fn written_without<'a>(folded: &'a Folded, device: &DeviceId) -> Vec<&'a Placed> {
    let removals = removals_of(&folded.access, folded.membership(device), device);
    if removals.is_empty() {
        return Vec::new();
    }
    let knew = |placed: &&Placed| {
        let past = folded.graph.past_with(&placed.read.position.hash);
        past.is_some_and(|past| removals.iter().any(|removal| past.contains(removal)))
    };
    folded.body().filter(|placed| placed.author != *device).filter(knew).collect()
}

/// The removals of a device that count.
fn removals_of(access: &Access, membership: Option<Hash>, device: &DeviceId) -> Vec<Hash> {
    let removes = |operation: &Operation| match operation {
        Operation::Removal(removal) => Some(removal.membership) == membership && removal.names(device) && removal.rotation.is_some(),
        _ => false,
    };
    let counts = access.records().filter(|(record, standing)| *standing == Standing::Counts && removes(&record.operation));
    counts.map(|(record, _)| record.position.hash).collect()
}
