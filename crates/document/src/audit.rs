//! The history of who was let in, and by whom, checked from the first record on.
//!
//! Nothing that the living document believes is believed here: heads, hashes, seals and the proofs inside records are checked again, from the rows
//! as they lie in the journal, and folded anew. It disturbs nobody: it is done beside the turns, on a copy of what is on the disk.

use std::collections::BTreeMap;

use sheaf_access::{Operation, Standing};
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Moment, Position, Wall};
use sheaf_record::{BranchHead, Kind, ReadRecord, Record, Seal, Signature, SignedHead};

use crate::{
    Document, Here, OpenError, Role,
    output::{Announcement, Output},
    turn::{HeadRow, RecordRow, SealRow, Stored},
};

/// What was checked, and what has happened.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Records of every kind that lie in the journal.
    pub records: u64,
    /// Hashes that were computed and compared: one for each.
    pub hashes: u64,
    /// Signatures that were verified: of heads and seals, and inside records.
    pub signatures: u64,
    /// What did not hold, for people. Nothing, if all is well.
    pub failed: Vec<String>,
    /// Every access record, each after all that it stood on, in an order that all devices agree on.
    pub events: Vec<AuditEvent>,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Its record.
    pub id: Hash,
    /// When, by its author's clock; none where that cannot be read here.
    pub at: Option<Wall>,
    /// Whose device.
    pub device: DeviceId,
    /// What that device's person calls themselves.
    pub name: String,
    /// What, as a word.
    pub what: &'static str,
    /// The membership, invitation or device that it is about.
    pub about: Option<About>,
    /// The role that it speaks of, if it does.
    pub role: Option<Role>,
    /// What its author was when they did it; none if they were nobody.
    pub author: Option<Role>,
    /// What it amounts to now.
    pub standing: Standing,
    /// The newest access records that its author knew.
    pub stood_on: Vec<Hash>,
}

/// Whom or what an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// As the record names it: a membership's or an invitation's record, or a device.
    pub id: [u8; 32],
    /// The name of the person, where it is about one and they have said it.
    pub name: String,
}

impl Document {
    /// Checks everything in `stored`, and tells what happened.
    pub fn audit(here: Here, stored: Stored, now: Moment) -> Result<Audit, OpenError> {
        let mut audit = Audit { records: 0, hashes: 0, signatures: 0, failed: Vec::new(), events: Vec::new() };
        let (mut document, stored) = Document::opened(here.into(), stored, now)?;
        audit.heads_and_hashes(stored.document, &stored.heads, &stored.records);
        audit.seals(stored.document, &stored.heads, &stored.records, &stored.seals);
        // What could not be put in its place is said by whoever opened it.
        for output in document.take_outputs() {
            if let Output::Announce(Announcement::Quarantined { reason, .. }) = output {
                audit.failed.push(reason);
            }
        }
        let times = document.times(&stored.records);
        let events: Vec<_> = document.history.access.audit().into_iter().map(|event| told(&event)).collect();
        audit.signatures += events.iter().map(|(_, proofs)| proofs).sum::<u64>();
        for (mut event, _) in events {
            event.at = times.get(&event.id).copied();
            event.name = document.profile_of(&event.device).unwrap_or_default().name;
            if let Some(about) = &mut event.about {
                let device = document.device_of(&about.id);
                about.name = device.and_then(|device| document.profile_of(&device)).unwrap_or_default().name;
            }
            audit.events.push(event);
        }
        Ok(audit)
    }

    /// When each access record was written, by its author's clock: the seconds of all before it in its chain are added up, so those are opened.
    fn times(&mut self, records: &[RecordRow]) -> BTreeMap<Hash, Wall> {
        let is_access = |row: &&RecordRow| row.kind == Kind::Access.code();
        let mut last: BTreeMap<ChainId, u64> = BTreeMap::new();
        records.iter().filter(is_access).for_each(|row| _ = last.insert(row.chain, row.number));
        let (mut times, mut clocks) = (BTreeMap::new(), BTreeMap::new());
        for row in records.iter().filter(|row| last.get(&row.chain).is_some_and(|last| row.number <= *last)) {
            // A branch goes on from another chain's clock, which is not kept: its times are not told.
            let began = || self.history.head(&row.chain).filter(|head| head.chain() == row.chain).map(|head| head.head().wall);
            let clock: Option<Wall> = *clocks.entry(row.chain).or_insert_with(began);
            let seconds = clock.and_then(|_| self.seconds(row));
            let now = clock.zip(seconds).map(|(clock, seconds)| Wall(clock.0 + seconds * 1000));
            clocks.insert(row.chain, now);
            times.extend(now.filter(|_| is_access(&row)).map(|now| (row.hash, now)));
        }
        times
    }

    /// The seconds between a record and the one before it in its chain.
    fn seconds(&mut self, row: &RecordRow) -> Option<u64> {
        let previous = self.history.graph.hash(&row.chain, row.number.checked_sub(1)?)?;
        let record = Record::decode(&row.bytes).ok()?;
        if record.kind == Kind::Access {
            return record.operation().ok().map(|opened| opened.seconds);
        }
        let position = Position { chain: row.chain, number: row.number, hash: row.hash };
        self.history.open(&ReadRecord { position, previous, record }).ok().map(|opened| opened.seconds)
    }

    /// The device that a name in an event means: a device's own, or that with which a membership began.
    fn device_of(&self, id: &[u8; 32]) -> Option<DeviceId> {
        let device = DeviceId(*id);
        let (record, _) = match self.history.access.records().find(|(record, _)| record.position.hash.0 == *id) {
            Some(found) => found,
            None => return self.history.access.profile(&device).map(|_| device),
        };
        match &record.operation {
            Operation::Genesis(_) | Operation::Join(_) => Some(record.device),
            Operation::Grant(grant) => Some(grant.request.device),
            _ => None,
        }
    }
}

impl Audit {
    /// Every head's signature, and every record's hash over the one before.
    fn heads_and_hashes(&mut self, document: DocumentId, heads: &[HeadRow], records: &[RecordRow]) {
        let mut tips: BTreeMap<ChainId, (u64, Hash)> = BTreeMap::new();
        for row in heads {
            if BranchHead::is_one(&row.head) {
                tips.extend(BranchHead::decode(&row.head).ok().map(|branch| (row.chain, (0, branch.base.hash))));
                continue;
            }
            match SignedHead::from_peer(&[&row.head[..], &row.signature].concat()) {
                Ok(head) if head.chain() == row.chain => {
                    self.signatures += 1;
                    tips.insert(row.chain, (0, head.hash()));
                }
                Ok(_) => self.failed.push(format!("the head of chain {} is another chain’s", row.chain.short())),
                Err(error) => self.failed.push(format!("the head of chain {}: {error}", row.chain.short())),
            }
        }
        let mut founded = false;
        for row in records {
            self.records += 1;
            let Some((number, hash)) = tips.get_mut(&row.chain) else {
                self.failed.push(format!("record {} of chain {} has no head", row.number, row.chain.short()));
                continue;
            };
            self.hashes += 1;
            if row.number != *number + 1 || Record::hash(hash, &row.bytes) != row.hash {
                self.failed.push(format!("record {} of chain {} does not follow the one before it", row.number, row.chain.short()));
            }
            founded |= row.hash.0 == document.0;
            (*number, *hash) = (row.number, row.hash);
        }
        if !founded {
            self.failed.push("the record that the document is named after is not here".to_owned());
        }
    }

    /// Every seal's signature, and that nothing lies behind the newest of its chain.
    fn seals(&mut self, document: DocumentId, heads: &[HeadRow], records: &[RecordRow], seals: &[SealRow]) {
        let by_place: BTreeMap<(ChainId, u64), Hash> = records.iter().map(|row| ((row.chain, row.number), row.hash)).collect();
        let branches: Vec<ChainId> = heads.iter().filter(|row| BranchHead::is_one(&row.head)).map(|row| row.chain).collect();
        let mut vouched: BTreeMap<ChainId, u64> = BTreeMap::new();
        for row in seals.iter().filter(|row| !branches.contains(&row.chain)) {
            let device = heads
                .iter()
                .find(|head| head.chain == row.chain)
                .and_then(|head| SignedHead::from_journal(&[&head.head[..], &head.signature].concat()).ok().map(|head| head.device()));
            let hash = by_place.get(&(row.chain, row.number)).copied();
            let holds = device.zip(hash).is_some_and(|(device, hash)| {
                let position = Position { chain: row.chain, number: row.number, hash };
                Seal { position, signature: Signature(row.signature) }.verify(&device, &document).is_ok()
            });
            if holds {
                self.signatures += 1;
                let newest = vouched.entry(row.chain).or_default();
                *newest = row.number.max(*newest);
            } else {
                self.failed.push(format!("the seal at record {} of chain {} does not hold", row.number, row.chain.short()));
            }
        }
        let mut last: BTreeMap<ChainId, u64> = BTreeMap::new();
        records.iter().filter(|row| !branches.contains(&row.chain)).for_each(|row| _ = last.insert(row.chain, row.number));
        for (chain, last) in last {
            let sealed = vouched.get(&chain).copied().unwrap_or(0);
            if sealed < last {
                self.failed.push(format!("nobody vouches for records {} to {last} of chain {}", sealed + 1, chain.short()));
            }
        }
    }
}

/// An event as it is told, without names and times, and how many signatures its record holds.
fn told(event: &sheaf_access::Event<'_>) -> (AuditEvent, u64) {
    let by_hash = |hash: &Hash| Some(hash.0);
    let (what, about, role, proofs) = match &event.record.operation {
        Operation::Genesis(_) => ("founded", None, None, 0),
        Operation::Invitation(open) => ("invited", None, Some(open.role), 0),
        Operation::Counted(counted) => ("invited", None, Some(counted.role), 0),
        Operation::Join(join) => ("joined", by_hash(&join.invitation), None, 1),
        Operation::Grant(grant) => ("granted", Some(grant.request.device.0), None, 3),
        Operation::Role(change) => ("role", by_hash(&change.membership), Some(change.role), 0),
        Operation::Removal(removal) => match removal.devices.first() {
            Some(device) => ("removed", Some(device.0), None, 0),
            None => ("removed", by_hash(&removal.membership), None, 0),
        },
        Operation::Leave => ("left", None, None, 0),
        Operation::Transfer(transfer) => ("transferred", by_hash(&transfer.membership), None, 0),
        Operation::Revocation(revocation) => ("revoked", by_hash(&revocation.invitation), None, 0),
        Operation::AddDevice(added) => ("device_added", Some(added.device.0), Some(added.role), 2),
        Operation::EndDate(date) => ("ends", by_hash(&date.membership), None, 0),
        Operation::Key(_) => ("key", None, None, 1),
        Operation::Profile(_) => ("profile", None, None, 0),
        Operation::Wrap(_) => ("wrapped", None, None, 0),
        Operation::Unknown { .. } => ("unknown", None, None, 0),
    };
    let told = AuditEvent {
        id: event.record.position.hash,
        at: None,
        device: event.record.device,
        name: String::new(),
        what,
        about: about.map(|id| About { id, name: String::new() }),
        role,
        author: event.role,
        standing: event.standing.clone(),
        stood_on: event.stood_on.clone(),
    };
    (told, proofs)
}
