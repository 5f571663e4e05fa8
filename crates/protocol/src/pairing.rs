//! Two devices of one person find out that they are that.
//!
//! One makes a ticket and shows it, the other is given it and knocks. Whoever else got hold of the ticket must not come in by it, nor stand between
//! the two, so both people, who are one, compare six digits. The digits follow from a number that each side draws; the one who knocks commits to
//! its own before it is told the other, so nobody can choose either until the digits come out right. A ticket is bound to the first device that
//! shows it, and good for [`KNOCKS`] tries of it.
//!
//! ```text
//! the new one                                     the one that made the ticket
//! Knock: ticket, proof, H(number), name    ->     binds the ticket to this device
//!                                          <-     Answer: its number, name
//! Reveal: its number                       ->
//!        both show the digits; when a person here has said that they are the same:
//! Agree                                    <->    Agree
//! ```

use std::time::Duration;

use sheaf_access::{TicketKey, TicketSeed};
use sheaf_base::{DeviceId, limits};
use sheaf_record::{Malformed, Reader, Signature, Writer};

/// How often a ticket may be shown, by the one device that it is bound to: a link may break, and each try is a guess of six digits.
pub const KNOCKS: u32 = 5;

/// The most bytes of a name in UTF-8.
const NAME: usize = 3 * limits::NAME;

/// What two devices say to each other while they find out that they are one person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairFrame {
    /// Here is somebody with a ticket of yours.
    Knock(Knock),
    /// It counts.
    Answer {
        /// The number of whoever made the ticket.
        number: [u8; 32],
        /// What they call themselves.
        name: String,
    },
    /// The number that was committed to.
    Reveal {
        /// The number.
        number: [u8; 32],
    },
    /// A person here says that the digits are the same.
    Agree,
    /// It comes to nothing.
    Part(Parting),
}

/// Somebody with a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knock {
    /// Which: its public key.
    pub ticket: TicketKey,
    /// The ticket's signature over this link and the commitment.
    pub proof: Signature,
    /// The hash of the number that is told later.
    pub commitment: [u8; 32],
    /// What they call themselves.
    pub name: String,
}

/// Why it comes to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Parting {
    /// No such ticket was made by this process.
    #[error("that device does not know this ticket: it is good for some minutes, and only while Sheaf goes on running there")]
    Unknown = 1,
    /// It is too late.
    #[error("the ticket has expired")]
    Expired = 2,
    /// Another device has shown it, it was shown too often, or it has done its work.
    #[error("the ticket has been used already")]
    Used = 3,
    /// A person said no, or stopped.
    #[error("it was stopped on the other device")]
    Stopped = 4,
    /// The numbers are not those that were committed to.
    #[error("the other device does not keep to the rules")]
    Broken = 5,
}

impl Parting {
    /// Every reason there is.
    pub const ALL: [Parting; 5] = [Parting::Unknown, Parting::Expired, Parting::Used, Parting::Stopped, Parting::Broken];
}

/// How far the two are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has shown the ticket, or its maker has not answered.
    Waiting,
    /// Both show these digits.
    Comparing(u32),
    /// The person here has said that they are the same; the other's has not.
    Agreed(u32),
    /// They are one person's.
    Paired,
    /// It comes to nothing.
    Over(Parting),
}

impl PairFrame {
    /// The tags of these frames, among those about the link.
    pub(crate) const FIRST: u8 = 4;
    pub(crate) const LAST: u8 = 8;

    pub(crate) fn write(&self, w: &mut Writer) {
        match self {
            PairFrame::Knock(Knock { ticket, proof, commitment, name }) => {
                w.byte(4).raw(&ticket.0).raw(&proof.0).raw(commitment).text(name);
            }
            PairFrame::Answer { number, name } => {
                w.byte(5).raw(number).text(name);
            }
            PairFrame::Reveal { number } => {
                w.byte(6).raw(number);
            }
            PairFrame::Agree => {
                w.byte(7);
            }
            PairFrame::Part(why) => {
                w.byte(8).byte(*why as u8);
            }
        }
    }

    pub(crate) fn read(tag: u8, r: &mut Reader<'_>) -> Result<PairFrame, Malformed> {
        Ok(match tag {
            4 => PairFrame::Knock(Knock {
                ticket: TicketKey(r.array("the ticket's key")?),
                proof: Signature::read(r)?,
                commitment: r.array("a commitment")?,
                name: r.text(NAME, "the name of who knocks")?.to_owned(),
            }),
            5 => PairFrame::Answer { number: r.array("a number")?, name: r.text(NAME, "the name of who answers")?.to_owned() },
            6 => PairFrame::Reveal { number: r.array("a number")? },
            7 => PairFrame::Agree,
            _ => {
                let found = r.byte("why it comes to nothing")?;
                let why = Parting::ALL.into_iter().find(|why| *why as u8 == found);
                PairFrame::Part(why.ok_or(Malformed::Unknown { what: "why it comes to nothing", found: found.into() })?)
            }
        })
    }
}

/// One side of it.
#[derive(Debug, Clone)]
pub struct Pairing {
    ticket: TicketKey,
    side: Side,
    ends: Duration,
    other: Option<Other>,
    here: bool,
    over: Option<Parting>,
}

#[derive(Debug, Clone)]
enum Side {
    Maker { knocks: u32 },
    Newcomer { seed: TicketSeed, maker: DeviceId },
}

/// The device at the other end.
#[derive(Debug, Clone)]
struct Other {
    device: DeviceId,
    exporter: [u8; 32],
    name: String,
    mine: [u8; 32],
    committed: [u8; 32],
    theirs: Option<[u8; 32]>,
    agrees: bool,
}

/// Which link something came on.
#[derive(Debug, Clone, Copy)]
pub struct OnLink<'a> {
    /// Whose key authenticated it.
    pub device: DeviceId,
    /// Its exported keying material.
    pub exporter: &'a [u8; 32],
}

impl Pairing {
    /// This device has made a ticket, good until `ends`.
    pub fn maker(ticket: TicketKey, ends: Duration) -> Pairing {
        Pairing { ticket, side: Side::Maker { knocks: 0 }, ends, other: None, here: false, over: None }
    }

    /// This device was given a ticket of `maker`'s, and tries until `ends`.
    pub fn newcomer(seed: TicketSeed, maker: DeviceId, ends: Duration) -> Pairing {
        Pairing { ticket: seed.key(), side: Side::Newcomer { seed, maker }, ends, other: None, here: false, over: None }
    }

    /// Whether this device made the ticket.
    pub fn made_it(&self) -> bool {
        matches!(self.side, Side::Maker { .. })
    }

    /// Who is, or is to be, at the other end.
    pub fn device(&self) -> Option<DeviceId> {
        match &self.side {
            Side::Newcomer { maker, .. } => Some(*maker),
            Side::Maker { .. } => self.other.as_ref().map(|other| other.device),
        }
    }

    /// The link that the two talk on, by its keying material.
    pub fn exporter(&self) -> Option<[u8; 32]> {
        self.other.as_ref().map(|other| other.exporter)
    }

    /// What they call themselves.
    pub fn name(&self) -> &str {
        self.other.as_ref().map_or("", |other| &other.name)
    }

    /// How far the two are.
    pub fn stage(&self) -> Stage {
        if let Some(why) = self.over {
            return Stage::Over(why);
        }
        match (self.other.as_ref().and_then(|other| self.spoken(other)), self.here) {
            (None, _) => Stage::Waiting,
            (Some(spoken), false) => Stage::Comparing(spoken),
            (Some(_), true) if self.other.as_ref().is_some_and(|other| other.agrees) => Stage::Paired,
            (Some(spoken), true) => Stage::Agreed(spoken),
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Duration) {
        if self.over.is_none() && self.stage() != Stage::Paired && now >= self.ends {
            self.over = Some(Parting::Expired);
        }
    }

    /// There is a link to the maker of the ticket, on which both speak of this: what is said there first. `number` is drawn for this.
    pub fn knock(&mut self, on: OnLink<'_>, number: [u8; 32], name: &str) -> Option<PairFrame> {
        let Side::Newcomer { seed, maker } = &self.side else { return None };
        if on.device != *maker || self.over.is_some() || self.stage() == Stage::Paired {
            return None;
        }
        let commitment = commit(&number);
        let proof = seed.knock(on.exporter, &commitment);
        let other = Other::new(on, number, commitment, String::new());
        (self.other, self.here) = (Some(other), false);
        Some(PairFrame::Knock(Knock { ticket: self.ticket, proof, commitment, name: name.to_owned() }))
    }

    /// The other side says something; what is answered. `number` is drawn for this and used if a number is called for.
    pub fn hear(&mut self, frame: PairFrame, on: OnLink<'_>, now: Duration, number: [u8; 32], name: &str) -> Option<PairFrame> {
        self.tick(now);
        if let PairFrame::Knock(knock) = frame {
            return self.hear_knock(knock, on, number, name).unwrap_or_else(|why| Some(PairFrame::Part(why)));
        }
        let made_it = self.made_it();
        // What others say is none of it, and so is what comes late, on a link that was left.
        let other = self.other.as_mut().filter(|other| other.device == on.device && other.exporter == *on.exporter)?;
        match frame {
            PairFrame::Part(why) => {
                self.over.get_or_insert(why);
                None
            }
            _ if self.over.is_some() => None,
            PairFrame::Answer { number, name } if !made_it && other.theirs.is_none() => {
                (other.theirs, other.name) = (Some(number), plain(&name));
                Some(PairFrame::Reveal { number: other.mine })
            }
            PairFrame::Reveal { number } if made_it && other.theirs.is_none() => {
                if commit(&number) != other.committed {
                    return self.stop(Parting::Broken);
                }
                other.theirs = Some(number);
                None
            }
            PairFrame::Agree if other.theirs.is_some() => {
                other.agrees = true;
                None
            }
            _ => self.stop(Parting::Broken),
        }
    }

    fn hear_knock(&mut self, knock: Knock, on: OnLink<'_>, number: [u8; 32], name: &str) -> Result<Option<PairFrame>, Parting> {
        let known = self.made_it() && knock.ticket == self.ticket;
        if !known || knock.ticket.verify_knock(on.exporter, &knock.commitment, &knock.proof).is_err() {
            return Err(Parting::Unknown);
        }
        if let Some(why) = self.over {
            return Err(why);
        }
        let bound = self.other.as_ref().is_none_or(|other| other.device == on.device);
        let Side::Maker { knocks } = &mut self.side else { return Err(Parting::Unknown) };
        if !bound || self.here {
            return Err(Parting::Used);
        }
        *knocks += 1;
        if *knocks > KNOCKS {
            self.over = Some(Parting::Used);
            return Err(Parting::Used);
        }
        self.other = Some(Other::new(on, number, knock.commitment, knock.name));
        Ok(Some(PairFrame::Answer { number, name: name.to_owned() }))
    }

    /// The person here says that the digits are the same. What is said to the other side; none, if there are none to compare.
    pub fn agree(&mut self) -> Option<PairFrame> {
        let compares = matches!(self.stage(), Stage::Comparing(_));
        self.here |= compares;
        compares.then_some(PairFrame::Agree)
    }

    /// It comes to nothing, for this reason. What is said to the other side, if there is one.
    pub fn stop(&mut self, why: Parting) -> Option<PairFrame> {
        if self.stage() != Stage::Paired {
            self.over.get_or_insert(why);
        }
        self.other.is_some().then_some(PairFrame::Part(why))
    }

    fn spoken(&self, other: &Other) -> Option<u32> {
        let theirs = other.theirs?;
        let (maker, newcomer) = if self.made_it() { (other.mine, theirs) } else { (theirs, other.mine) };
        let hash = blake3::derive_key("sheaf 1 pair spoken", &[self.ticket.0, other.exporter, maker, newcomer].concat());
        Some(u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]) % 1_000_000)
    }
}

impl Other {
    fn new(on: OnLink<'_>, mine: [u8; 32], committed: [u8; 32], name: String) -> Other {
        Other { device: on.device, exporter: *on.exporter, name: plain(&name), mine, committed, theirs: None, agrees: false }
    }
}

/// Anybody's word, for terminals, too.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).collect()
}

fn commit(number: &[u8; 32]) -> [u8; 32] {
    blake3::derive_key("sheaf 1 pair commitment", number)
}

#[cfg(test)]
mod tests;
