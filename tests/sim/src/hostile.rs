//! Hostile devices: members with a patched program. They have their keys and their copy, and send what the program would not.
//!
//! What they do by the way, frame by frame, is in [`World::tamper`]; what they do on purpose, now and then, in [`World::commit_crime`].

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use sheaf_access::Operation;
use sheaf_base::{ChainId, Hash, Position};
use sheaf_document::{Lane, PeerId, RecordRow};
use sheaf_protocol::{Bundle, BundleChain, BundleSeal, Frame, Run};
use sheaf_record::{BranchHead, ChainCipher, DeviceKey, EpochSecret, Kind, Record, Seal, Stamp};

use crate::{attack::attack, chance::Chance, disk::Disk, trouble::Trouble, world::World};

/// Old frames that a hostile device remembers.
const TAPE: usize = 64;
/// Of them so many are said again at once.
const SAID_AGAIN: usize = 5;
/// Of a hundred forged records so many are invalid in themselves.
const INVALID: u32 = 20;
/// A forged record says that it was written so many seconds after the one before.
const LATER: u64 = 7;
/// A machine is resumed twice so soon after it was written on.
const JUST: Duration = Duration::from_secs(1);
/// Of a hundred frames of a hostile device so many have single bytes altered.
const MANGLED: u32 = 3;

/// What the hostile devices are up to.
#[derive(Default)]
pub(crate) struct Malice {
    /// Frames that went out, the oldest first.
    tapes: BTreeMap<usize, VecDeque<Frame>>,
    /// From whom records are kept.
    withheld: BTreeSet<(usize, usize)>,
    /// A chain has been forked: once in a world is enough to look at.
    forked: bool,
}

impl World {
    /// What becomes of a frame that a device sends to another. `None`: nothing that anybody would hear.
    pub(crate) fn tamper(&mut self, who: usize, to: usize, frame: Frame) -> Option<Frame> {
        if self.attacking {
            return attack(frame, &mut self.chance, &mut self.tally);
        }
        if !self.devices[who].hostile || self.healing {
            return Some(frame);
        }
        let tape = self.malice.tapes.entry(who).or_default();
        tape.push_back(frame.clone());
        if tape.len() > TAPE {
            tape.pop_front();
        }
        let speaks_of_records = matches!(frame, Frame::Live(_) | Frame::Records(_) | Frame::Packed(_));
        if speaks_of_records && self.malice.withheld.contains(&(who, to)) {
            self.tally.withheld += 1;
            return None;
        }
        if !self.may(Trouble::Malform) {
            return Some(frame);
        }
        if self.chance.percent(MANGLED) {
            self.tally.malformed += 1;
            let mangled = mangle(&frame, &mut self.chance);
            self.tally.garbage += u64::from(mangled.is_none());
            return mangled;
        }
        let before = self.tally.attacks;
        let altered = attack(frame, &mut self.chance, &mut self.tally);
        self.tally.malformed += self.tally.attacks - before;
        self.tally.attacks = before;
        altered
    }

    /// A hostile device does one of the things that it is here for.
    pub(crate) fn commit_crime(&mut self) -> Result<(), String> {
        let hostile: Vec<usize> =
            self.devices.iter().filter(|device| device.hostile && device.process.is_some()).map(|device| device.index).collect();
        let Some(&who) = self.chance.pick(&hostile) else { return Ok(()) };
        let crimes = [Trouble::Spoof, Trouble::Withhold, Trouble::Replay, Trouble::Equivocate, Trouble::StolenKey, Trouble::Twin];
        let crimes: Vec<Trouble> = crimes.into_iter().filter(|crime| self.may(*crime)).collect();
        let Some(&crime) = self.chance.pick(&crimes) else { return Ok(()) };
        match crime {
            Trouble::Spoof => self.spoof(who),
            Trouble::Withhold => self.withhold(who),
            Trouble::Replay => self.replay(who),
            Trouble::Equivocate | Trouble::StolenKey if !self.malice.forked => self.forge(who, crime),
            Trouble::Twin if !self.malice.forked => self.double(who)?,
            _ => {}
        }
        Ok(())
    }

    /// A machine that has just been written on is resumed twice, and written on at both.
    fn double(&mut self, who: usize) -> Result<(), String> {
        self.open_view(who);
        self.pump(self.now + JUST)?;
        self.edit(who);
        self.pump(self.now + JUST)?;
        if !self.devices[who].process.as_ref().is_some_and(|process| process.may_edit() && process.is_idle()) {
            return Ok(());
        }
        let twin = self.devices.len();
        self.malice.forked = self.resume_twice(who)?;
        if self.malice.forked {
            self.edit(who);
            self.edit(twin);
        }
        Ok(())
    }

    /// From now on records are kept from some.
    fn withhold(&mut self, who: usize) {
        self.malice.withheld.retain(|(from, _)| *from != who);
        for to in 0..self.devices.len() {
            if self.chance.percent(50) {
                self.malice.withheld.insert((who, to));
            }
        }
    }

    /// Old frames go out once more, to whomever.
    fn replay(&mut self, who: usize) {
        let tape: Vec<Frame> = self.malice.tapes.get(&who).into_iter().flatten().cloned().collect();
        for _ in 0..SAID_AGAIN {
            let (Some(frame), Some(peer)) = (self.chance.pick(&tape).cloned(), self.some_link_of(who)) else { return };
            self.tally.replayed += 1;
            self.put_on_wire(who, peer, Lane::Fast, frame);
        }
    }

    /// A record in the name of somebody else: the next of their chain, under a seal of one's own.
    fn spoof(&mut self, who: usize) {
        let Some(disk) = &self.devices[who].disk else { return };
        let me = self.device_id(who);
        let theirs: Vec<&RecordRow> = disk.stored().records.iter().filter(|row| self.ledger.author(&row.chain) != Some(me)).collect();
        let Some(&row) = self.chance.pick(&theirs) else { return };
        let Some(tip) = disk.stored().records.iter().rfind(|other| other.chain == row.chain) else { return };
        let tip = Position { chain: tip.chain, number: tip.number, hash: tip.hash };
        let Some(frame) = self.another_record(who, disk, tip, Kind::Body, Stamp::default(), &NOTHING) else { return };
        let Some(peer) = self.some_link_of(who) else { return };
        self.tally.spoofed += 1;
        self.transcript.say(self.now, format_args!("{who} writes in the name of {:?}", self.ledger.author(&tip.chain)));
        self.put_on_wire(who, peer, Lane::Fast, frame);
    }

    /// A second record under a number of one's own: the newest that can be altered so that it stays valid, or the oldest.
    fn forge(&mut self, who: usize, crime: Trouble) {
        let Some(peer) = self.some_link_of(who) else { return };
        let Some(disk) = &self.devices[who].disk else { return };
        let me = self.device_id(who);
        let mut own = disk.stored().records.iter().filter(|row| self.ledger.author(&row.chain) == Some(me));
        let alterable: Vec<&RecordRow> = own.clone().filter(|row| altered(disk, row).is_some()).collect();
        let of_age = if crime == Trouble::StolenKey { alterable.first() } else { alterable.last() };
        // Now and then it is one that is invalid besides.
        let Some(row) = of_age.copied().filter(|_| !self.chance.percent(INVALID)).or(own.next_back()).cloned() else { return };
        let before = before(disk, &row);
        let (kind, stamp, content) = altered(disk, &row).unwrap_or((Kind::Body, Stamp::default(), NOTHING.to_vec()));
        let Some(frame) = self.another_record(who, disk, before, kind, stamp, &content) else { return };
        match crime {
            Trouble::StolenKey => self.tally.stolen += 1,
            _ => self.tally.equivocations += 1,
        }
        self.malice.forked = true;
        self.transcript.say(self.now, format_args!("{who} forks {:?} at {}", row.chain, row.number));
        self.put_on_wire(who, peer, Lane::Fast, frame);
    }

    /// A record that follows `before`, sealed by a device, as a frame.
    fn another_record(&self, who: usize, disk: &Disk, before: Position, kind: Kind, stamp: Stamp, content: &[u8]) -> Option<Frame> {
        let cipher = cipher(disk, &before.chain)?;
        let record = cipher.close(&before.hash, kind, stamp, LATER, content).encode();
        let position = Position { number: before.number + 1, hash: Record::hash(&before.hash, &record), ..before };
        let seal = Seal::sign(&DeviceKey::from_bytes(&self.devices[who].key), &disk.stored().document, position);
        let head = disk.stored().heads.iter().find(|head| head.chain == before.chain)?;
        let chains = vec![BundleChain::Head([&head.head[..], &head.signature].concat())];
        let seals = vec![BundleSeal { chain: 0, number: position.number, signature: seal.signature }];
        Some(Frame::Live(Bundle { chains, runs: vec![Run { chain: 0, first: position.number, records: vec![record] }], seals }))
    }

    fn some_link_of(&mut self, who: usize) -> Option<PeerId> {
        let links: Vec<PeerId> = self.links.iter().filter(|link| link.ends.contains(&who)).map(|link| link.peer).collect();
        self.chance.pick(&links).copied()
    }

    /// Nothing hostile happens any more.
    pub(crate) fn end_malice(&mut self) {
        self.malice.withheld.clear();
        self.malice.tapes.clear();
    }
}

/// An update that changes nothing: no structs, no deletions.
const NOTHING: [u8; 2] = [0, 0];

/// Another record that is as valid as this one in its place: with another word, or with another time and all that its author says of itself.
fn altered(disk: &Disk, row: &RecordRow) -> Option<(Kind, Stamp, Vec<u8>)> {
    // A branch of one's own is forked no further here.
    if BranchHead::is_one(&disk.stored().heads.iter().find(|head| head.chain == row.chain)?.head) {
        return None;
    }
    let (before, record) = (before(disk, row), Record::decode(&row.bytes).ok()?);
    let content = match record.kind {
        Kind::Access => {
            let content = cipher(disk, &row.chain)?.open(&before.hash, &record).ok()?.plaintext;
            let is_other =
                cipher(disk, &row.chain)?.close(&before.hash, Kind::Access, record.stamp.clone(), LATER, &content).encode() != row.bytes;
            let is_profile = matches!(Operation::decode(&content), Ok(Operation::Profile(_)));
            (is_profile && is_other).then_some(content)?
        }
        _ => other_words(disk, &before, &record)?,
    };
    Some((record.kind, record.stamp, content))
}

/// What a record follows.
fn before(disk: &Disk, row: &RecordRow) -> Position {
    let previous = disk.stored().records.iter().find(|other| other.chain == row.chain && other.number + 1 == row.number);
    Position { chain: row.chain, number: row.number - 1, hash: previous.map_or(Hash(row.chain.0), |previous| previous.hash) }
}

/// What a record says, with another digit in the word that it types. `None`: it types none.
fn other_words(disk: &Disk, before: &Position, record: &Record) -> Option<Vec<u8>> {
    if record.kind != Kind::Body {
        return None;
    }
    let mut content = cipher(disk, &before.chain)?.open(&before.hash, record).ok()?.plaintext;
    let at = content.windows(3).position(|bytes| bytes[0] == b' ' && bytes[1] == b'w' && bytes[2].is_ascii_digit())? + 2;
    content[at] = if content[at] == b'9' { b'1' } else { content[at] + 1 };
    Some(content)
}

fn cipher(disk: &Disk, chain: &ChainId) -> Option<ChainCipher> {
    let secret = disk.stored().secrets.first()?;
    Some(ChainCipher::new(&EpochSecret::from_bytes(secret.secret), chain))
}

/// A frame with bytes altered or cut off. `None`: it cannot be read any more.
fn mangle(frame: &Frame, chance: &mut Chance) -> Option<Frame> {
    let mut bytes = frame.encode();
    if chance.percent(30) {
        bytes.truncate(chance.below(bytes.len()));
    }
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << chance.below(8);
        }
    }
    Frame::decode(&bytes).ok()
}
