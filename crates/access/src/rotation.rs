//! A new epoch secret, dealt to those who remain and to nobody else.
//!
//! A rotation stands inside the removal or the revocation that makes it necessary. It commits to its secret by the secret's id, so that
//! whoever is dealt another one notices; it holds the secret for every remaining device and every invitation that is still open; and the
//! secrets it replaces, closed under itself, so that who comes later can read what was written before. Whom it missed, any holder deals to
//! with a [`Wrap`].

use hpke::{Kem, Serializable, kem::X25519HkdfSha256};
use sheaf_base::{DeviceId, DocumentId, Hash};
use sheaf_record::{EpochId, EpochSecret, Malformed, Reader, Writer};
use zeroize::Zeroize;

use crate::{
    invitation::Invitation,
    limits,
    sealing::{Handed, Private, SealedSecret, SealingKey, SealingSeed},
    seed::TicketSeed,
};

/// A secret, sealed to one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dealt<To> {
    pub(crate) to: To,
    pub(crate) sealed: SealedSecret,
}

/// Why nothing was dealt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DealError {
    /// More than one record holds.
    #[error("a record has no room for {0} sealed secrets")]
    TooMany(usize),
    /// A key that is none. No fold names one.
    #[error("device {} has no key that a secret could be sealed to", .0.short())]
    NoKey(DeviceId),
}

/// Why a secret that was dealt is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DealtError {
    /// This device, ticket or secret was dealt nothing.
    #[error("nothing in this record is for this device")]
    NotForUs,
    /// What is inside does not open, or is another secret than the record commits to: whoever wrote it has dealt two.
    #[error("the record deals another secret than it names")]
    OtherSecret,
}

/// A secret committed to and dealt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Which secret.
    pub epoch: EpochId,
    devices: Vec<Dealt<DeviceId>>,
    /// By the invitation's record.
    tickets: Vec<Dealt<Hash>>,
    /// The secrets before it, each closed under this one.
    before: Vec<Dealt<EpochId>>,
}

impl Rotation {
    /// Commits to `secret` and deals it. `devices` are those that remain, `tickets` the invitations that stay open, by their records;
    /// `before` the secrets of what was written up to now.
    pub fn deal(
        document: &DocumentId,
        secret: &EpochSecret,
        devices: &[(DeviceId, SealingKey)],
        tickets: &[(Hash, &Invitation)],
        before: &[EpochSecret],
        randomness: [u8; 32],
    ) -> Result<Self, DealError> {
        let random = &mut Handed::new("sheaf 1 rotation randomness", &randomness);
        let (epoch, info) = (secret.id(), info(document));
        if let Some(over) = [(devices.len(), limits::SEALS), (tickets.len(), limits::TICKETS), (before.len(), limits::EPOCHS)]
            .into_iter()
            .find(|(length, limit)| length > limit)
        {
            return Err(DealError::TooMany(over.0));
        }
        let devices = deal_to_devices(document, secret, devices, random)?;
        let mut sealed_tickets = Vec::with_capacity(tickets.len());
        for (record, invitation) in tickets {
            // Whoever made an invitation that nothing can be sealed to has made one for nobody.
            if let Some(sealed) = SealedSecret::seal(&invitation.sealing, &info, &bound(&epoch, &record.0), secret, random) {
                sealed_tickets.push(Dealt { to: *record, sealed });
            }
        }
        let own = keys_of(secret).1;
        let close = |old: &EpochSecret| {
            let sealed = SealedSecret::seal(&own, &info, &bound(&epoch, &old.id().0), old, random);
            Dealt { to: old.id(), sealed: sealed.expect("a derived key is no weak point") }
        };
        let mut before: Vec<_> = before.iter().map(close).collect();
        sealed_tickets.sort_unstable_by_key(|dealt| dealt.to);
        before.sort_unstable_by_key(|dealt| dealt.to);
        Ok(Self { epoch, devices, tickets: sealed_tickets, before })
    }

    /// Takes out the secret that was dealt to `device`.
    pub fn open(&self, device: &DeviceId, seed: &SealingSeed, document: &DocumentId) -> Result<EpochSecret, DealtError> {
        open_for_device(&self.devices, &self.epoch, device, seed, document)
    }

    /// Takes out the secret that was dealt to a ticket, whose invitation is this record.
    pub fn open_with_ticket(&self, invitation: &Hash, seed: &TicketSeed, document: &DocumentId) -> Result<EpochSecret, DealtError> {
        open_dealt(&self.tickets, invitation, &invitation.0, &self.epoch, &self.epoch, &seed.sealing().0, document)
    }

    /// The secrets before it, for whoever holds its own. One that does not open is left out: whoever rotated did not hold it.
    pub fn before(&self, secret: &EpochSecret, document: &DocumentId) -> Vec<EpochSecret> {
        let (private, _) = keys_of(secret);
        let open =
            |dealt: &Dealt<EpochId>| open_dealt(&self.before, &dealt.to, &dealt.to.0, &self.epoch, &dealt.to, &private, document).ok();
        self.before.iter().filter_map(open).collect()
    }

    /// The same without whom it deals to: enough for whoever was given its secret in another way to open those before it.
    pub fn before_alone(&self) -> Self {
        Self { epoch: self.epoch, devices: Vec::new(), tickets: Vec::new(), before: self.before.clone() }
    }

    /// The bytes that are sent.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Reads them.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let rotation = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(rotation)
    }

    /// Which secrets it says it closes under its own.
    pub fn names_before(&self) -> impl Iterator<Item = &EpochId> {
        self.before.iter().map(|dealt| &dealt.to)
    }

    /// Whether it deals to this device.
    pub fn reaches(&self, device: &DeviceId) -> bool {
        self.devices.binary_search_by_key(device, |dealt| dealt.to).is_ok()
    }

    /// Whether it could have dealt to more devices.
    pub(crate) fn has_room(&self) -> bool {
        self.devices.len() < limits::SEALS
    }

    /// Whether it deals to the ticket of this invitation.
    pub fn reaches_ticket(&self, invitation: &Hash) -> bool {
        self.tickets.binary_search_by_key(invitation, |dealt| dealt.to).is_ok()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.epoch.0);
        write_dealt(writer, &self.devices, |device| device.0);
        write_dealt(writer, &self.tickets, |invitation| invitation.0);
        write_dealt(writer, &self.before, |epoch| epoch.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            epoch: EpochId(reader.array("a rotation's epoch")?),
            devices: read_dealt(reader, limits::SEALS, "the devices of a rotation", DeviceId)?,
            tickets: read_dealt(reader, limits::TICKETS, "the tickets of a rotation", Hash)?,
            before: read_dealt(reader, limits::EPOCHS, "the secrets before a rotation", EpochId)?,
        })
    }
}

/// A committed secret, dealt to devices that its rotation missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrap {
    /// Which secret.
    pub epoch: EpochId,
    devices: Vec<Dealt<DeviceId>>,
}

impl Wrap {
    /// Deals `secret` to `devices`.
    pub fn deal(
        document: &DocumentId,
        secret: &EpochSecret,
        devices: &[(DeviceId, SealingKey)],
        randomness: [u8; 32],
    ) -> Result<Self, DealError> {
        if devices.len() > limits::SEALS {
            return Err(DealError::TooMany(devices.len()));
        }
        let random = &mut Handed::new("sheaf 1 wrap randomness", &randomness);
        Ok(Self { epoch: secret.id(), devices: deal_to_devices(document, secret, devices, random)? })
    }

    /// Takes out the secret that was dealt to `device`.
    pub fn open(&self, device: &DeviceId, seed: &SealingSeed, document: &DocumentId) -> Result<EpochSecret, DealtError> {
        open_for_device(&self.devices, &self.epoch, device, seed, document)
    }

    /// Whether it deals to this device.
    pub fn reaches(&self, device: &DeviceId) -> bool {
        self.devices.binary_search_by_key(device, |dealt| dealt.to).is_ok()
    }

    /// The devices that it deals to.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceId> {
        self.devices.iter().map(|dealt| &dealt.to)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.epoch.0);
        write_dealt(writer, &self.devices, |device| device.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let epoch = EpochId(reader.array("a wrap's epoch")?);
        Ok(Self { epoch, devices: read_dealt(reader, limits::SEALS, "the devices of a wrap", DeviceId)? })
    }
}

/// The secret of what is written after several rotations that did not know of one another: whoever was left out by one of them lacks it.
/// Of one secret it is that secret. The order in which they are given does not matter.
pub fn joint(secrets: &[EpochSecret]) -> Option<EpochSecret> {
    let mut sorted: Vec<&EpochSecret> = secrets.iter().collect();
    sorted.sort_unstable_by_key(|secret| secret.id());
    sorted.dedup_by_key(|secret| secret.id());
    if let [only] = sorted[..] {
        return Some(only.clone());
    }
    let mut material: Vec<u8> = sorted.iter().flat_map(|secret| *secret.as_bytes()).collect();
    let joined = (!material.is_empty()).then(|| EpochSecret::from_bytes(blake3::derive_key("sheaf 1 joint epoch", &material)));
    material.zeroize();
    joined
}

/// The key pair under which a secret closes those before it.
fn keys_of(secret: &EpochSecret) -> (Private, [u8; 32]) {
    let mut material = blake3::derive_key("sheaf 1 epoch sealing key", secret.as_bytes());
    let (private, public) = X25519HkdfSha256::derive_keypair(&material);
    material.zeroize();
    (private, public.to_bytes().into())
}

fn deal_to_devices(
    document: &DocumentId,
    secret: &EpochSecret,
    devices: &[(DeviceId, SealingKey)],
    random: &mut Handed,
) -> Result<Vec<Dealt<DeviceId>>, DealError> {
    let (epoch, info) = (secret.id(), info(document));
    let deal = |(device, key): &(DeviceId, SealingKey)| {
        let recipient = key.recipient().ok_or(DealError::NoKey(*device))?;
        let sealed = SealedSecret::seal(&recipient, &info, &bound(&epoch, &device.0), secret, random).ok_or(DealError::NoKey(*device))?;
        Ok(Dealt { to: *device, sealed })
    };
    let mut dealt = devices.iter().map(deal).collect::<Result<Vec<_>, DealError>>()?;
    dealt.sort_unstable_by_key(|dealt| dealt.to);
    dealt.dedup_by_key(|dealt| dealt.to);
    Ok(dealt)
}

fn open_for_device(
    dealt: &[Dealt<DeviceId>],
    epoch: &EpochId,
    device: &DeviceId,
    seed: &SealingSeed,
    document: &DocumentId,
) -> Result<EpochSecret, DealtError> {
    open_dealt(dealt, device, &device.0, epoch, epoch, &seed.private(), document)
}

/// Takes `wanted` out of what was dealt to `to` in a record that commits to `epoch`.
fn open_dealt<To: Ord>(
    dealt: &[Dealt<To>],
    to: &To,
    name: &[u8; 32],
    epoch: &EpochId,
    wanted: &EpochId,
    private: &Private,
    document: &DocumentId,
) -> Result<EpochSecret, DealtError> {
    let found = dealt.iter().find(|dealt| dealt.to == *to).ok_or(DealtError::NotForUs)?;
    let secret = found.sealed.open(private, &info(document), &bound(epoch, name));
    secret.filter(|secret| secret.id() == *wanted).ok_or(DealtError::OtherSecret)
}

/// Things sealed to several: their count, then whom and what, ascending.
pub(crate) fn write_dealt<To>(writer: &mut Writer, dealt: &[Dealt<To>], name: impl Fn(&To) -> [u8; 32]) {
    writer.varint(dealt.len() as u64);
    for Dealt { to, sealed } in dealt {
        sealed.write(writer.raw(&name(to)));
    }
}

/// Reads what [`write_dealt`] wrote.
pub(crate) fn read_dealt<To: Ord>(
    reader: &mut Reader<'_>,
    limit: usize,
    what: &'static str,
    make: impl Fn([u8; 32]) -> To,
) -> Result<Vec<Dealt<To>>, Malformed> {
    let each = 32 + SealedSecret::LENGTH;
    let dealt =
        reader.list(limit, each, what, |reader| Ok(Dealt { to: make(reader.array(what)?), sealed: SealedSecret::read(reader)? }))?;
    if dealt.is_sorted_by(|left, right| left.to < right.to) { Ok(dealt) } else { Err(Malformed::NotCanonical(what)) }
}

fn info(document: &DocumentId) -> Vec<u8> {
    [b"sheaf 1 rotation", &document.0[..]].concat()
}

fn bound(epoch: &EpochId, name: &[u8; 32]) -> Vec<u8> {
    [epoch.0, *name].concat()
}
