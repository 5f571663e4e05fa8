//! The second kind of invitation: counted, expiring or approved. It holds no secret.
//!
//! Whoever has the ticket asks ([`Request`]); the device that made the invitation, and no other, lets in ([`Grant`]), in its own chain, so
//! that the count and the clock are in one place and two people cannot race. Others only carry the request there and the grant back. A
//! request is no record: before the grant nobody keeps what a stranger says.

use std::fmt;

use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_record::{BadSignature, DeviceKey, EpochId, EpochSecret, Malformed, Reader, Signature, Writer, verify};

use crate::{
    invitation::Label,
    limits,
    role::Role,
    rotation::{DealError, Dealt, read_dealt, write_dealt},
    sealing::{Handed, Key, SealedSecret, SealingSeed},
    seed::{TicketKey, TicketSeed},
};

/// Hashes that one try of finding the same spoken digits costs: some 0.1 ms, which nobody notices who looks at one request.
const STRETCHED: usize = 1024;

/// An invitation that its maker grants.
#[derive(Clone, PartialEq, Eq)]
pub struct Counted {
    /// Who holds the ticket to this signs with it.
    pub key: TicketKey,
    /// What whoever is let in may do.
    pub role: Role,
    /// How many it lets in: at least one, at most [`limits::USES`].
    pub uses: u32,
    /// When it ends, in seconds since 1970 by its maker's clock.
    pub expires: Option<u64>,
    /// Whether the maker looks at each one who asks.
    pub approved: bool,
    /// For whom, in the maker's words.
    pub label: Label,
}

/// Why an invitation lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotGranted {
    /// It has ended.
    #[error("the invitation has expired")]
    Expired,
    /// Everybody that it was for has come.
    #[error("the invitation has been used {0} times, as often as it may")]
    UsedUp(u32),
}

impl Counted {
    /// Whether it still lets somebody in, as its maker's clock and count say.
    pub fn admits(&self, now: Wall, used: u32) -> Result<(), NotGranted> {
        match self.expires {
            Some(end) if now.0 / 1000 >= end => Err(NotGranted::Expired),
            _ if used >= self.uses => Err(NotGranted::UsedUp(used)),
            _ => Ok(()),
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.key.0).byte(self.role.code()).varint(self.uses.into()).byte(self.approved.into());
        // 1970 is no time to end at: nought says never.
        writer.varint(self.expires.unwrap_or(0));
        self.label.write(writer);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (key, role) = (TicketKey(reader.array("the ticket's key")?), Role::read(reader)?);
        let uses = reader.varint_to(limits::USES.into(), "an invitation's uses")? as u32;
        if uses == 0 {
            return Err(Malformed::Unknown { what: "an invitation's uses", found: 0 });
        }
        let approved = read_flag(reader, "whether an invitation is approved")?;
        let expires = Some(reader.varint("when an invitation ends")?).filter(|end| *end > 0);
        Ok(Self { key, role, uses, expires, approved, label: Label::read(reader)? })
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counted({:?}, {}, {} uses, ends {:?}, approved: {})", self.key, self.role, self.uses, self.expires, self.approved)
    }
}

/// Whether a byte says yes; there are two spellings, one for each answer.
pub(crate) fn read_flag(reader: &mut Reader<'_>, what: &'static str) -> Result<bool, Malformed> {
    match reader.byte(what)? {
        0 => Ok(false),
        1 => Ok(true),
        found => Err(Malformed::Unknown { what, found: found.into() }),
    }
}

/// What somebody with a ticket asks: to be let in with this device, which opens secrets with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The ticket.
    pub ticket: TicketKey,
    /// The device.
    pub device: DeviceId,
    /// Its key for secrets.
    pub key: Key,
    /// By the ticket's key, over document, device and key: whoever asks holds the ticket.
    proof: Signature,
    /// By the device, over the same: nobody is let in who has not asked.
    consent: Signature,
}

/// A request that proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request does not hold: {0}")]
pub struct BadRequest(#[from] pub BadSignature);

impl Request {
    const DOMAIN: &'static str = "sheaf request 1";
    const CONSENT_DOMAIN: &'static str = "sheaf request consent 1";
    const LENGTH: usize = 32 + 32 + 32 + 3 * Signature::LENGTH;

    /// Asks to be let in to `document`.
    pub fn new(ticket: &TicketSeed, document: &DocumentId, device: &DeviceKey, sealing: &SealingSeed) -> Self {
        let (id, key) = (device.device(), sealing.register(document, &device.device()));
        let message = Self::message(document, &ticket.key(), &id, &key);
        let (proof, consent) = (ticket.sign(Self::DOMAIN, &message), device.sign(Self::CONSENT_DOMAIN, &message));
        Self { ticket: ticket.key(), device: id, key, proof, consent }
    }

    /// Succeeds if it was made by somebody who holds the ticket, the device's key and the key for secrets, for this document.
    pub fn verify(&self, document: &DocumentId) -> Result<(), BadRequest> {
        let message = Self::message(document, &self.ticket, &self.device, &self.key);
        verify(&DeviceId(self.ticket.0), Self::DOMAIN, &message, &self.proof)?;
        verify(&self.device, Self::CONSENT_DOMAIN, &message, &self.consent)?;
        Ok(self.key.verify(document, &self.device)?)
    }

    fn message(document: &DocumentId, ticket: &TicketKey, device: &DeviceId, key: &Key) -> Vec<u8> {
        [document.0, ticket.0, device.0, key.key.0].concat()
    }

    /// A number of twelve digits that both sides read aloud before one approves: it differs for any other device and key.
    ///
    /// A request is carried by others, so whoever has the ticket sees it and may try keys until one comes out with the same digits. There is nothing to
    /// commit to beforehand, as when two devices are linked: the one who asks may be long gone when the maker looks. So it is the digits that must be
    /// many and each try dear: 10^12 tries of [`STRETCHED`] hashes are years on one core, and the request is answered within days.
    pub fn spoken(&self, document: &DocumentId) -> u64 {
        let message = Self::message(document, &self.ticket, &self.device, &self.key);
        let first = blake3::derive_key("sheaf 1 request spoken 2", &message);
        let hash = (0..STRETCHED).fold(first, |hash, _| *blake3::hash(&hash).as_bytes());
        let [a, b, c, d, e, f, g, h, ..] = hash;
        u64::from_le_bytes([a, b, c, d, e, f, g, h]) % 1_000_000_000_000
    }

    /// The bytes that are carried to the maker.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(Self::LENGTH);
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Reads them.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let request = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(request)
    }

    fn write(&self, writer: &mut Writer) {
        self.key.write(writer.raw(&self.ticket.0).raw(&self.device.0));
        writer.raw(&self.proof.0).raw(&self.consent.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            ticket: TicketKey(reader.array("the ticket's key")?),
            device: DeviceId(reader.array("the device that asks")?),
            key: Key::read(reader)?,
            proof: Signature::read(reader)?,
            consent: Signature::read(reader)?,
        })
    }
}

/// A request, granted: its device is a member from here on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The record of the invitation.
    pub invitation: sheaf_base::Hash,
    /// Who asked.
    pub request: Request,
    /// The secrets of what is written now, sealed to the key in the request.
    secrets: Vec<Dealt<EpochId>>,
}

impl Grant {
    /// Lets in who asked, and hands them `secrets`.
    pub fn new(
        invitation: sheaf_base::Hash,
        request: Request,
        document: &DocumentId,
        secrets: &[EpochSecret],
        randomness: [u8; 32],
    ) -> Result<Self, DealError> {
        let random = &mut Handed::new("sheaf 1 grant randomness", &randomness);
        if secrets.len() > limits::EPOCHS {
            return Err(DealError::TooMany(secrets.len()));
        }
        let recipient = request.key.key.recipient().ok_or(DealError::NoKey(request.device))?;
        let seal = |secret: &EpochSecret| {
            let bound = Self::bound(&request, &secret.id());
            let sealed = SealedSecret::seal(&recipient, &info(document), &bound, secret, random).ok_or(DealError::NoKey(request.device))?;
            Ok(Dealt { to: secret.id(), sealed })
        };
        let mut secrets = secrets.iter().map(seal).collect::<Result<Vec<_>, DealError>>()?;
        secrets.sort_unstable_by_key(|dealt| dealt.to);
        Ok(Self { invitation, request, secrets })
    }

    /// Takes the secrets out that open for `seed`, and says which did not: whoever granted has dealt something else than they named.
    pub fn open(&self, seed: &SealingSeed, document: &DocumentId) -> (Vec<EpochSecret>, Vec<EpochId>) {
        let (mut opened, mut wrong) = (Vec::new(), Vec::new());
        for Dealt { to: epoch, sealed } in &self.secrets {
            let secret = sealed.open(&seed.private(), &info(document), &Self::bound(&self.request, epoch));
            match secret.filter(|secret| secret.id() == *epoch) {
                Some(secret) => opened.push(secret),
                None => wrong.push(*epoch),
            }
        }
        (opened, wrong)
    }

    /// Which secrets it says it holds.
    pub fn epochs(&self) -> impl Iterator<Item = &EpochId> {
        self.secrets.iter().map(|dealt| &dealt.to)
    }

    fn bound(request: &Request, epoch: &EpochId) -> Vec<u8> {
        [request.ticket.0, request.device.0, request.key.key.0, epoch.0].concat()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        self.request.write(writer.raw(&self.invitation.0));
        write_dealt(writer, &self.secrets, |epoch| epoch.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            invitation: sheaf_base::Hash(reader.array("the invitation")?),
            request: Request::read(reader)?,
            secrets: read_dealt(reader, limits::EPOCHS, "the secrets of a grant", EpochId)?,
        })
    }
}

fn info(document: &DocumentId) -> Vec<u8> {
    [b"sheaf 1 grant", &document.0[..]].concat()
}
