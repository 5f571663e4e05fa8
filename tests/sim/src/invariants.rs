//! What must hold: after every step, and at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use sheaf_base::{
    ChainId, DeviceId, DocumentId, Hash, Position,
    planted::{self, Bug},
};
use sheaf_document::SealRow;
use sheaf_protocol::{Bundle, BundleChain, Frame};
use sheaf_record::{Record, Seal, Signature, SignedHead};
use sheaf_schema::Delta;

use crate::{
    disk::Disk,
    view::{Edit, words},
    world::World,
};

/// The world's own books, kept apart from everything it checks.
#[derive(Default)]
pub struct Ledger {
    made: u64,
    /// Words that a view was told are saved.
    saved: BTreeMap<String, Saved>,
    /// Words that somebody deleted, or may have.
    deleted: BTreeSet<String>,
    /// Every record that was ever durable anywhere: one hash for one chain and number.
    records: BTreeMap<(ChainId, u64), Hash>,
    /// How much of each chain each device has on its disk.
    durable: BTreeMap<(usize, ChainId), u64>,
    /// How many rows of each disk are in these books.
    seen: BTreeMap<usize, usize>,
    /// How many seals of each disk have been looked at.
    sealed: BTreeMap<usize, usize>,
}

struct Saved {
    by: usize,
    at: Duration,
}

impl Ledger {
    /// A word that nobody has typed yet.
    pub fn new_word(&mut self) -> String {
        self.made += 1;
        format!("w{}x", self.made)
    }

    /// How many there are.
    pub fn words_made(&self) -> u64 {
        self.made
    }

    /// An edit is on its way: what it deletes may go.
    pub fn pushed(&mut self, _who: usize, edit: &Edit) {
        self.deleted.extend(edit.deleted.iter().cloned());
    }

    /// An edit was answered "saved".
    pub fn saved(&mut self, who: usize, edit: &Edit, at: Duration) {
        if let Some(word) = &edit.typed {
            self.saved.insert(word.clone(), Saved { by: who, at });
        }
    }

    /// A profile was put back to what it was: what it alone saved since then is gone, and nobody promised otherwise.
    pub fn restored(&mut self, who: usize, to: Duration, disk: &Disk) -> Result<(), String> {
        self.saved.retain(|_, saved| saved.by != who || saved.at < to);
        self.durable.retain(|(device, _), _| *device != who);
        self.seen.insert(who, 0);
        self.sealed.insert(who, 0);
        self.written(who, disk, false)
    }

    /// Rows became durable. No number of a chain may ever be given to two records.
    pub fn written(&mut self, who: usize, disk: &Disk, attacked: bool) -> Result<(), String> {
        let seen = self.seen.entry(who).or_default();
        for (place, row) in disk.stored().records.iter().enumerate().skip(*seen) {
            stands_on_what_is_here(disk, place)?;
            let known = *self.records.entry((row.chain, row.number)).or_insert(row.hash);
            if known != row.hash {
                return Err(format!("record {} of {:?} exists twice, with different hashes", row.number, row.chain));
            }
            self.durable.insert((who, row.chain), row.number);
        }
        *seen = disk.len();
        let sealed = self.sealed.entry(who).or_default();
        if attacked {
            disk.stored().seals.iter().skip(*sealed).try_for_each(|seal| holds(disk, seal))?;
        }
        *sealed = disk.stored().seals.len();
        Ok(())
    }

    /// A frame leaves a device. It may name only what is durable there.
    pub fn sent(&self, who: usize, frame: &Frame) -> Result<(), String> {
        match frame {
            Frame::Live(bundle) | Frame::Records(bundle) => self.bundle_is_durable(who, bundle),
            _ => Ok(()),
        }
    }

    fn bundle_is_durable(&self, who: usize, bundle: &Bundle) -> Result<(), String> {
        for run in &bundle.runs {
            let chain = match bundle.chains.get(run.chain as usize) {
                Some(BundleChain::Known(chain)) => *chain,
                Some(BundleChain::Head(head)) => SignedHead::from_journal(head).map_err(|error| error.to_string())?.chain(),
                None => return Err("a run of a chain that its bundle does not name".to_owned()),
            };
            let last = run.first + run.records.len() as u64 - 1;
            let durable = self.durable.get(&(who, chain)).copied().unwrap_or(0);
            if last > durable {
                return Err(format!("told record {last} of {chain:?} before it was durable (durable: {durable})"));
            }
        }
        Ok(())
    }
}

/// Whether everything that the stamp of a row names comes before it in the same journal.
fn stands_on_what_is_here(disk: &Disk, place: usize) -> Result<(), String> {
    let rows = &disk.stored().records;
    let row = &rows[place];
    let record = Record::decode(&row.bytes).map_err(|error| format!("a journal row is no record: {error}"))?;
    let before = |hash: &Hash| rows[..place].iter().any(|row| row.hash == *hash);
    match record.stamp.parents().iter().find(|parent| !before(parent)) {
        Some(_) => Err(format!("record {} of {:?} was taken in before what it stands on", row.number, row.chain)),
        None => Ok(()),
    }
}

/// Whether a stored seal is one: by the chain's device, over the record that stands there.
fn holds(disk: &Disk, seal: &SealRow) -> Result<(), String> {
    let stored = disk.stored();
    let head = stored.heads.iter().find(|head| head.chain == seal.chain).ok_or("a seal without its chain's head")?;
    let signed = SignedHead::from_journal(&[&head.head[..], &head.signature].concat()).map_err(|error| error.to_string())?;
    let sealed =
        stored.records.iter().find(|row| row.chain == seal.chain && row.number == seal.number).ok_or("a seal without its record")?;
    let position = Position { chain: seal.chain, number: seal.number, hash: sealed.hash };
    if verify_alone(&signed.device(), &Seal { position, signature: Signature(seal.signature) }, &stored.document) {
        Ok(())
    } else {
        Err(format!("record {} of {:?} was taken in under a seal that does not hold", seal.number, seal.chain))
    }
}

/// Verifies a seal with no bug planted: the world must not fall for it too.
fn verify_alone(device: &DeviceId, seal: &Seal, document: &DocumentId) -> bool {
    let planted = [Bug::SignatureUnchecked].into_iter().find(|bug| planted::is(*bug));
    planted::plant(None);
    let holds = seal.verify(device, document).is_ok();
    if planted.is_some() {
        planted::plant(planted);
    }
    holds
}

/// Whether nothing is going on any more: everybody has a first copy, views are quiet, and all frontiers are equal.
pub fn calm(world: &mut World) -> Result<(), String> {
    if world.has_mail() {
        return Err("a window has not been told everything".to_owned());
    }
    let mut frontiers = BTreeSet::new();
    for device in &mut world.devices {
        let Some(process) = &mut device.process else { return Err(format!("device {} is not running", device.index)) };
        if !process.is_idle() {
            return Err(format!("device {} is busy", device.index));
        }
        if process.views.is_empty() || process.views.values().any(|view| !view.opened || !view.is_quiet()) {
            return Err(format!("a view of device {} is waiting", device.index));
        }
        frontiers.insert(process.document.frontier_digest());
    }
    if frontiers.len() > 1 { Err(format!("{} different frontiers", frontiers.len())) } else { Ok(()) }
}

/// All show the same, and nobody's saved words are gone.
pub fn agree(world: &World) -> Result<(), String> {
    let mut screens = Vec::new();
    for device in &world.devices {
        let Some(process) = &device.process else { continue };
        screens.extend(process.views.values().map(|view| (device.index, view.screen())));
    }
    let Some((_, first)) = screens.first() else { return Err("nobody is left to ask".to_owned()) };
    if let Some((who, other)) = screens.iter().find(|(_, screen)| screen != first) {
        return Err(format!("device {who} shows another text than device {}: {}", screens[0].0, difference(first, other)));
    }
    let present: BTreeSet<String> = words(&first.text()).into_iter().collect();
    let lost: Vec<&String> =
        world.ledger.saved.keys().filter(|word| !present.contains(*word) && !world.ledger.deleted.contains(*word)).collect();
    if lost.is_empty() { Ok(()) } else { Err(format!("saved words are gone though nobody deleted them: {lost:?}")) }
}

/// Where two texts part, in few words.
fn difference(one: &Delta, other: &Delta) -> String {
    let place = one.ops.iter().zip(&other.ops).take_while(|(one, other)| one == other).count();
    let around = |delta: &Delta| delta.ops.iter().skip(place).take(2).map(|op| format!("{op:?}")).collect::<Vec<_>>().join(", ");
    format!("at operation {place}\n  {}\n  {}", around(one), around(other))
}
