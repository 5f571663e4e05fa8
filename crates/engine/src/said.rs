//! A sentence as it is said: its code and parts for windows, which speak the person's language, and the English for the command line and the log.
//!
//! Errors of the crates below know nothing of people; what each means to one is said here.

use std::fmt::Display;

use serde_json::{Map, Value, json};
use sheaf_access::{GrantError, Refusal, Room, TicketError};
use sheaf_blobs::BlobError;
use sheaf_document::Refused;
use sheaf_protocol::{Dismissal, Parting};
use sheaf_sentence::{Sentence, Told};
use sheaf_store::{CommitError, ReadError};
use sheaf_transport::{BindError, DialError, InvalidProfile};

use crate::library::role_name;

/// A sentence, and how it reads in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which, and what it is told.
    pub sentence: Sentence,
    /// The English.
    pub english: String,
}

impl Said {
    pub(crate) fn new(sentence: Sentence, english: impl Into<String>) -> Said {
        Said { sentence, english: english.into() }
    }

    /// Something that has only the words of whatever failed.
    pub(crate) fn failed(why: impl Display) -> Said {
        let why = why.to_string();
        Said::new(Sentence::Failed { why: why.clone() }, why)
    }

    /// The sentence, to stand in another.
    pub(crate) fn why(&self) -> Box<Sentence> {
        Box::new(self.sentence.clone())
    }
}

impl Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english)
    }
}

/// A sentence on the wire: `{"code": ..., ...}`, its parts beside the code.
pub(crate) fn sentence_to_json(sentence: &Sentence) -> Value {
    let part = |told: Told| match told {
        Told::Nothing => Value::Null,
        Told::Text(text) => text.into(),
        Told::Number(number) => number.into(),
        Told::Sentence(sentence) => sentence_to_json(&sentence),
    };
    let parts = sentence.parts().into_iter().map(|(name, told)| (name.to_owned(), part(told)));
    Value::Object(std::iter::once(("code".to_owned(), json!(sentence.code()))).chain(parts).collect::<Map<_, _>>())
}

/// The sentence of something said, or null.
pub(crate) fn said_to_json(said: Option<&Said>) -> Value {
    said.map_or(Value::Null, |said| sentence_to_json(&said.sentence))
}

/// An error that people hear of.
pub(crate) trait Tells: Display {
    /// What it means to a person.
    fn sentence(&self) -> Sentence;

    /// With its English.
    fn said(&self) -> Said {
        Said::new(self.sentence(), self.to_string())
    }
}

impl Tells for CommitError {
    fn sentence(&self) -> Sentence {
        match self {
            CommitError::Full => Sentence::DiskFull {},
            CommitError::Io(why) => Sentence::DiskFailed { why: why.clone() },
            CommitError::Refused(why) => Sentence::StoreRefused { why: why.clone() },
            CommitError::Closed => Sentence::StoreClosed {},
        }
    }
}

impl Tells for ReadError {
    fn sentence(&self) -> Sentence {
        Sentence::Unreadable { why: self.to_string() }
    }
}

impl Tells for BlobError {
    fn sentence(&self) -> Sentence {
        match self {
            BlobError::Full => Sentence::DiskFull {},
            BlobError::Absent => Sentence::FileAbsent {},
            BlobError::Damaged => Sentence::FileDamaged {},
            BlobError::TooLarge => Sentence::FileTooLarge { gigabytes: sheaf_blobs::LARGEST >> 30 },
            BlobError::Io(error) => Sentence::DiskFailed { why: error.to_string() },
        }
    }
}

impl Tells for TicketError {
    fn sentence(&self) -> Sentence {
        match self {
            TicketError::Empty => Sentence::TicketEmpty {},
            TicketError::NotATicket => Sentence::TicketForeign {},
            TicketError::TooLong => Sentence::TicketTooLong {},
            TicketError::InPieces => Sentence::TicketInPieces {},
            TicketError::Letter(letter) => Sentence::TicketLetter { letter: letter.to_string() },
            TicketError::Incomplete => Sentence::TicketIncomplete {},
            TicketError::ForDevice => Sentence::TicketForDevice {},
            TicketError::ForDocument => Sentence::TicketForDocument {},
            TicketError::OtherVersion(version) => Sentence::TicketOtherVersion { version: u64::from(*version) },
            TicketError::Malformed(why) => Sentence::TicketWrong { why: why.to_string() },
        }
    }
}

impl Tells for Dismissal {
    fn sentence(&self) -> Sentence {
        match self {
            Dismissal::Stranger => Sentence::TheyKnowNoMember {},
            Dismissal::Ticket => Sentence::TheyKnowNoInvitation {},
            Dismissal::Unknown => Sentence::TheyLackIt {},
            Dismissal::Waiting => Sentence::TheyWait {},
            Dismissal::Removed => Sentence::WeAreOut {},
            Dismissal::Invalid => Sentence::TheyGotInvalid {},
            Dismissal::Version => Sentence::TheyDiffer {},
            Dismissal::Asked => Sentence::TheyWereAsked {},
            Dismissal::Over => Sentence::InvitationOver {},
            Dismissal::Declined => Sentence::TheyDeclined {},
        }
    }
}

impl Tells for Parting {
    fn sentence(&self) -> Sentence {
        match self {
            Parting::Unknown => Sentence::LinkTicketUnknown {},
            Parting::Expired => Sentence::LinkTicketExpired {},
            Parting::Used => Sentence::LinkTicketUsed {},
            Parting::Stopped => Sentence::LinkingStopped {},
            Parting::Broken => Sentence::LinkingBroken {},
        }
    }
}

impl Tells for Refused {
    fn sentence(&self) -> Sentence {
        match self {
            Refused::Role { role, .. } => Sentence::RoleTooSmall { role: role_name(*role).to_owned() },
            Refused::Rule(rule) => sentence_of_rule(rule, &self.to_string()),
            Refused::NoKey => Sentence::NoKeyYet {},
            Refused::NoRequest => Sentence::NoRequest {},
            Refused::NotGranted(GrantError::Over(_)) => Sentence::InvitationOver {},
            Refused::NotGranted(why) => Sentence::Failed { why: why.to_string() },
            Refused::Waiting => Sentence::NoFirstCopy {},
            Refused::Malformed(why) => Sentence::EditMisfit { why: why.clone() },
            Refused::TooOld { .. } | Refused::NotOpen => Sentence::ViewBehind {},
            Refused::Closed(why) => Sentence::Closed { why: why.clone() },
        }
    }
}

/// What a rule about members means to a person; what no window of ours can ask for has only the rule's own words.
fn sentence_of_rule(rule: &Refusal, words: &str) -> Sentence {
    match rule {
        Refusal::Role { has, .. } => Sentence::RoleTooSmall { role: role_name(*has).to_owned() },
        Refusal::OwnerStays => Sentence::OwnerStays {},
        Refusal::OwnerUntouched => Sentence::OwnerUntouched {},
        Refusal::NobodyIsInvitedToOwn => Sentence::OneOwner {},
        Refusal::NoMember(_) | Refusal::NotTheirDevice(_) => Sentence::NoMember {},
        Refusal::NoInvitation(_) => Sentence::NoInvitation {},
        Refusal::Full { what, limit } => Sentence::MembersFull { what: room_name(*what).to_owned(), most: *limit as u64 },
        _ => Sentence::Failed { why: words.to_owned() },
    }
}

/// What is full, as the sentence says it.
fn room_name(room: Room) -> &'static str {
    match room {
        Room::Records => "records",
        Room::Removals => "removals",
        Room::Revocations => "revocations",
        Room::Members => "members",
        Room::Row => "row",
        Room::Devices => "devices",
        Room::Invitations => "invitations",
        Room::Uses => "uses",
        Room::Named => "named",
    }
}

/// Why an event of the history was refused: a sentence about whoever did it.
pub(crate) fn sentence_of_refused(rule: &Refusal) -> Sentence {
    match rule {
        Refusal::NotAMember(_) => Sentence::EventByStranger {},
        Refusal::Role { has, needs, .. } => {
            Sentence::EventRoleTooSmall { role: role_name(*has).to_owned(), needs: role_name(*needs).to_owned() }
        }
        Refusal::NotTheBeginning => Sentence::EventNoBeginning {},
        Refusal::NobodyIsInvitedToOwn => Sentence::OneOwner {},
        Refusal::NoInvitation(_) => Sentence::EventNoInvitation {},
        Refusal::NotItsMaker(_) => Sentence::EventNotItsMaker {},
        Refusal::UsedUp(times) => Sentence::EventUsedUp { times: u64::from(*times) },
        Refusal::AlreadyThere(_) => Sentence::EventAlreadyThere {},
        Refusal::Proof(_) => Sentence::EventNoProof {},
        Refusal::OwnerStays => Sentence::EventOwnerLeft {},
        Refusal::OwnerUntouched => Sentence::OwnerUntouched {},
        Refusal::NoMember(_) | Refusal::NotTheirDevice(_) => Sentence::EventNoMember {},
        Refusal::NotYourMembership(_) => Sentence::EventNotTheirs {},
        Refusal::NoSuchSecret => Sentence::EventNoSuchKey {},
        Refusal::Full { what, limit } => Sentence::MembersFull { what: room_name(*what).to_owned(), most: *limit as u64 },
    }
}

impl Tells for DialError {
    fn sentence(&self) -> Sentence {
        match self {
            DialError::NoWay => Sentence::NoWay {},
            DialError::NoAnswer | DialError::Unreachable(_) => Sentence::NoAnswer {},
            DialError::Opening(error) => Sentence::NotUnderstood { why: error.to_string() },
        }
    }
}

impl Tells for BindError {
    fn sentence(&self) -> Sentence {
        match self {
            BindError::Socket { address, cause } => Sentence::CannotListen { address: address.to_string(), why: cause.clone() },
            BindError::Url(url) => Sentence::BadUrl { url: url.clone() },
            BindError::Authorities | BindError::Endpoint(_) | BindError::LocalNetwork(_) => {
                Sentence::NetworkFailed { why: self.to_string() }
            }
        }
    }
}

impl Tells for InvalidProfile {
    fn sentence(&self) -> Sentence {
        Sentence::BadProfile { name: self.0.clone() }
    }
}
