//! What may be said about a membership once it is there: its role, its devices, its end.
//!
//! A membership is named by the record it began with: a genesis, a join or a grant.

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash};
use sheaf_record::{BadSignature, DeviceKey, Malformed, Reader, Signature, Writer, verify};

use crate::{
    limits,
    role::Role,
    rotation::Rotation,
    sealing::{Key, SealingSeed},
};

/// A member gets another role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleChange {
    /// Whose.
    pub membership: Hash,
    /// From now on. Never owner: a document is handed over.
    pub role: Role,
}

/// A member, or some of a member's devices, are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Whose.
    pub membership: Hash,
    /// These devices of theirs, ascending. None: all, and the membership ends.
    pub devices: Vec<DeviceId>,
    /// Chains of theirs of which less counts than what this record stands on, by chain, ascending.
    pub cuts: Vec<Cut>,
    /// The secret of what is written from now on.
    pub rotation: Option<Rotation>,
}

/// Of this chain nothing counts after this number. (The hash follows: only what the removal stands on counts at all.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// The chain, as its device wrote it: if it is forked, all its branches.
    pub chain: ChainId,
    /// The last record that counts; 0 if none does.
    pub number: u64,
}

/// The owner hands the document over, and is an admin from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// To whom.
    pub membership: Hash,
}

/// A membership ends on a date, or goes on after all. Clocks decide nothing in a fold: when the time has come an admin's device removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndDate {
    /// Whose.
    pub membership: Hash,
    /// Seconds since 1970. None: it goes on.
    pub ends: Option<u64>,
}

/// A member gets one more device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddDevice {
    /// Whose.
    pub membership: Hash,
    /// Which.
    pub device: DeviceId,
    /// The most it may do, however much its person may.
    pub role: Role,
    /// Its key for secrets.
    pub key: Key,
    /// By the device: nobody's device is added without it.
    consent: Signature,
}

/// An invitation lets nobody in any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its record.
    pub invitation: Hash,
    /// The secret of what is written from now on, if the invitation gave away the one before.
    pub rotation: Option<Rotation>,
}

impl RoleChange {
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.membership.0).byte(self.role.code());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { membership: read_membership(reader)?, role: Role::read(reader)? })
    }
}

impl Removal {
    /// Of a whole membership.
    pub fn of(membership: Hash) -> Self {
        Self { membership, devices: Vec::new(), cuts: Vec::new(), rotation: None }
    }

    /// Whether all devices go.
    pub fn is_whole(&self) -> bool {
        self.devices.is_empty()
    }

    /// Whether this device of the member goes.
    pub fn names(&self, device: &DeviceId) -> bool {
        self.is_whole() || self.devices.binary_search(device).is_ok()
    }

    /// The last record of a chain that counts, if this names one.
    pub fn cut(&self, chain: &ChainId) -> Option<u64> {
        self.cuts.binary_search_by_key(chain, |cut| cut.chain).ok().map(|at| self.cuts[at].number)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.membership.0).varint(self.devices.len() as u64);
        self.devices.iter().for_each(|device| _ = writer.raw(&device.0));
        writer.varint(self.cuts.len() as u64);
        self.cuts.iter().for_each(|cut| _ = writer.raw(&cut.chain.0).varint(cut.number));
        write_rotation(writer, self.rotation.as_ref());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let membership = read_membership(reader)?;
        let devices = reader
            .list(limits::REMOVED, 32, "the devices that are removed", |reader| Ok(DeviceId(reader.array("a device that is removed")?)))?;
        let cuts = reader.list(limits::CUTS, 33, "the cuts", |reader| {
            Ok(Cut { chain: ChainId(reader.array("a chain that is cut")?), number: reader.varint("where a chain is cut")? })
        })?;
        if !devices.is_sorted_by(|left, right| left < right) || !cuts.is_sorted_by(|left, right| left.chain < right.chain) {
            return Err(Malformed::NotCanonical("a removal"));
        }
        Ok(Self { membership, devices, cuts, rotation: read_rotation(reader)? })
    }
}

impl Transfer {
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.membership.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        read_membership(reader).map(|membership| Self { membership })
    }
}

impl EndDate {
    pub(crate) fn write(&self, writer: &mut Writer) {
        // 1970 is no time to end at: nought says never.
        writer.raw(&self.membership.0).varint(self.ends.unwrap_or(0));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let membership = read_membership(reader)?;
        Ok(Self { membership, ends: Some(reader.varint("when a membership ends")?).filter(|end| *end > 0) })
    }
}

impl AddDevice {
    const DOMAIN: &'static str = "sheaf device 1";

    /// What `device`, in the hands of the same person, writes down for the member's device `by` to add it with.
    pub fn consent(document: &DocumentId, membership: Hash, by: &DeviceId, role: Role, device: &DeviceKey, sealing: &SealingSeed) -> Self {
        let key = sealing.register(document, &device.device());
        let message = Self::message(document, &membership, by, role, &key);
        Self { membership, device: device.device(), role, key, consent: device.sign(Self::DOMAIN, &message) }
    }

    /// Succeeds if the device wanted to be added to this membership by `by`, and holds its key.
    pub fn verify(&self, document: &DocumentId, by: &DeviceId) -> Result<(), BadSignature> {
        let message = Self::message(document, &self.membership, by, self.role, &self.key);
        verify(&self.device, Self::DOMAIN, &message, &self.consent)?;
        self.key.verify(document, &self.device)
    }

    fn message(document: &DocumentId, membership: &Hash, by: &DeviceId, role: Role, key: &Key) -> Vec<u8> {
        [&document.0[..], &membership.0, &by.0, &[role.code()], &key.key.0].concat()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        self.key.write(writer.raw(&self.membership.0).raw(&self.device.0).byte(self.role.code()));
        writer.raw(&self.consent.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            membership: read_membership(reader)?,
            device: DeviceId(reader.array("the device that is added")?),
            role: Role::read(reader)?,
            key: Key::read(reader)?,
            consent: Signature::read(reader)?,
        })
    }
}

impl Revocation {
    pub(crate) fn write(&self, writer: &mut Writer) {
        write_rotation(writer.raw(&self.invitation.0), self.rotation.as_ref());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { invitation: Hash(reader.array("the invitation")?), rotation: read_rotation(reader)? })
    }
}

fn read_membership(reader: &mut Reader<'_>) -> Result<Hash, Malformed> {
    reader.array("the membership").map(Hash)
}

fn write_rotation(writer: &mut Writer, rotation: Option<&Rotation>) {
    writer.byte(rotation.is_some().into());
    if let Some(rotation) = rotation {
        rotation.write(writer);
    }
}

fn read_rotation(reader: &mut Reader<'_>) -> Result<Option<Rotation>, Malformed> {
    let there = crate::counted::read_flag(reader, "whether there is a rotation")?;
    if there { Rotation::read(reader).map(Some) } else { Ok(None) }
}
