//! "Who has this?" of a paragraph: which record changed it last, and which devices have said, by their receipts, that they hold it.
//!
//! **The rule.** A record touched the line if it inserted or deleted any of what the line consists of (`sheaf_replica::Makeup`), be it a mark,
//! a kind or words that are gone again. A device holds the line as it is now if it holds every record that touched it, and it holds a record
//! if its newest receipt speaks of everything up to that record's journal row; or of all but what the two have found, chain by chain, that it
//! lacks, while they are linked; or if it wrote the record itself since. Everything else is not known, and is not said.

use std::collections::BTreeMap;

use sheaf_base::{ChainId, DeviceId, Wall};
use sheaf_protocol::{Dismissal, Stage};
use sheaf_replica::Makeup;

use crate::{
    Document, Member,
    body::News,
    hydration::Hydration,
    output::{Refused, State},
};

/// Who has a line as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its words, without the newline.
    pub words: String,
    /// Whose record touched it last.
    pub last: Option<DeviceId>,
    /// The other devices of the members.
    pub devices: Vec<Holder>,
}

/// What is known of a device and the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Which device.
    pub device: DeviceId,
    /// Whose, as the member records say.
    pub person: String,
    /// Their colour.
    pub colour: String,
    /// Whether it has the line.
    pub holds: Holds,
}

/// Whether a device has a line as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Its receipt covers every change, but those that it wrote itself since.
    Yes {
        /// When that receipt came.
        confirmed: Wall,
    },
    /// Its receipt speaks of less.
    NotYet,
    /// It has never said what it has.
    Unknown,
    /// Nothing is exchanged with it any more.
    Refused {
        /// Why.
        reason: Dismissal,
    },
}

/// A question that has been asked at one moment: what the line consisted of then, and what everybody had proven.
#[derive(Debug)]
pub struct HoldingJob {
    words: String,
    makeup: Makeup,
    others: Vec<(Member, Option<Proof>)>,
    /// The journal's last row then.
    upto: u64,
}

/// What a device has proven that it holds.
#[derive(Debug)]
struct Proof {
    /// Everything up to this journal row,
    row: u64,
    /// but what it lacks: nothing, or these chains after these numbers; `None`: something, and it is not known what.
    lacks: Option<BTreeMap<ChainId, u64>>,
    /// When the receipt came.
    heard: Wall,
}

impl Proof {
    /// Whether a device holds a record, which everybody calls the `number`th of `chain`.
    fn covers(&self, device: DeviceId, record: &News, chain: &ChainId, number: u64) -> bool {
        if record.row > self.row {
            return record.author == device;
        }
        let lacks = |lacks: &BTreeMap<ChainId, u64>| lacks.get(chain).is_some_and(|held| number > *held);
        self.lacks.as_ref().is_some_and(|known| !lacks(known))
    }

    /// Of the records up to this row one is as good as all.
    fn settled(&self) -> u64 {
        if self.lacks.as_ref().is_none_or(BTreeMap::is_empty) { self.row } else { 0 }
    }
}

impl Document {
    /// Asks who has the line around an offset of a version; [`Document::who_has`] answers.
    pub fn ask_who_has(&self, version: u64, offset: usize) -> Result<HoldingJob, Refused> {
        if self.state() == State::Waiting {
            return Err(Refused::Waiting);
        }
        let replica = self.replica.get().ok_or_else(|| Refused::Closed("its text is not open".into()))?;
        let offset = self.views.transform_offset(version, offset).ok_or(Refused::TooOld { version })?;
        let makeup = replica.makeup(offset).ok_or_else(|| Refused::Malformed("there is no such paragraph".into()))?;
        let others = self.members().iter().filter(|member| !member.mine);
        let others = others.map(|member| (member.clone(), self.proof(&member.device))).collect();
        let words = replica.delta().slice(makeup.place.start, makeup.place.end).text();
        let words = words.trim_end_matches('\n').to_owned();
        Ok(HoldingJob { words, makeup, others, upto: self.history.durable_row() })
    }

    /// Who has the line. `hydration` holds all body rows that there were when it was asked, and no snapshot. Takes as long as it takes to open
    /// the records since the line was last touched.
    pub fn who_has(&mut self, job: HoldingJob, hydration: Hydration) -> Holding {
        let HoldingJob { words, makeup, others, upto } = job;
        let settled = others.iter().filter_map(|(_, proof)| proof.as_ref().map(Proof::settled)).min().unwrap_or(u64::MAX);
        let rows = hydration.rows.into_iter().filter(|(row, _)| *row <= upto).rev();
        let mut touching: Vec<News> = Vec::new();
        for (row, record) in rows {
            if row <= settled && !touching.is_empty() {
                break;
            }
            let opened = self.replica.open_row(row, record, &mut self.history);
            touching.extend(opened.filter(|news| makeup.is_touched_by(&news.update).unwrap_or(true)));
        }
        let devices = others.into_iter().map(|(member, proof)| self.holder(member, proof.as_ref(), &touching)).collect();
        Holding { words, last: touching.first().map(|record| record.author), devices }
    }

    /// What a device has proven that it holds, if it has ever said anything.
    fn proof(&self, device: &DeviceId) -> Option<Proof> {
        let known = self.receipts.get(device)?;
        let sessions = self.peers.iter().filter(|(_, peer)| peer.device == *device).filter_map(|(_, peer)| peer.session.as_ref());
        let mut compared = sessions.filter(|session| {
            session.stage() == Stage::Live && session.theirs().is_some_and(|hello| hello.instance == known.receipt.instance)
        });
        let lacks = match known.lacks {
            0 => Some(BTreeMap::new()),
            _ => compared.next().map(|session| session.lacks().collect()),
        };
        Some(Proof { row: known.row, lacks, heard: known.heard })
    }

    fn holder(&self, member: Member, proof: Option<&Proof>, touching: &[News]) -> Holder {
        let Member { device, name: person, colour, .. } = member;
        let covers = |proof: &Proof, record: &News| {
            let (chain, number) = self.history.named(&record.position.chain, record.position.number);
            proof.covers(device, record, &chain, number)
        };
        let refusal = self.peers.refusals.get(&device).filter(|_| self.peers.processes_of(&device) == 0);
        let holds = match (refusal, proof) {
            (Some(reason), _) => Holds::Refused { reason: *reason },
            (None, Some(proof)) if touching.iter().all(|record| covers(proof, record)) => Holds::Yes { confirmed: proof.heard },
            (None, Some(_)) => Holds::NotYet,
            (None, None) => Holds::Unknown,
        };
        Holder { device, person, colour, holds }
    }
}
