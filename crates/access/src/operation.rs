//! What an access record says, and how it is spelled: a tag, then the fields.
//!
//! An operation with an unknown tag is from a newer version: it is kept byte for byte, forwarded, and counts as nothing. A known one that
//! is malformed makes its record invalid.

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, limits};
use sheaf_record::{BadSignature, ChainCipher, EpochId, Malformed, OpenError, Reader, Signature, Writer, verify};

use crate::{
    counted::{Counted, Grant},
    invitation::Invitation,
    membership::{AddDevice, EndDate, Removal, Revocation, RoleChange, Transfer},
    rotation::{Rotation, Wrap},
    sealing::Key,
    seed::TicketKey,
};

const GENESIS: u8 = 1;
const INVITATION: u8 = 2;
const JOIN: u8 = 3;
const PROFILE: u8 = 4;
const LEAVE: u8 = 5;
const ROLE: u8 = 6;
const REMOVAL: u8 = 7;
const TRANSFER: u8 = 8;
const REVOCATION: u8 = 9;
const COUNTED: u8 = 10;
const GRANT: u8 = 11;
const KEY: u8 = 12;
const ADD_DEVICE: u8 = 13;
const END_DATE: u8 = 14;
const WRAP: u8 = 15;

/// A closed name: UTF-8 of at most [`limits::NAME`] UTF-16 units, and a tag.
pub(crate) const CLOSED_NAME: usize = 3 * limits::NAME + 16;
const CLOSED_COLOUR: usize = 32 + 16;

/// One access operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// The document begins.
    Genesis(Genesis),
    /// Somebody holding a ticket may join.
    Invitation(Invitation),
    /// The author becomes a member by a ticket.
    Join(Join),
    /// The author says who they are.
    Profile(SealedProfile),
    /// The author, with all their devices, is no longer a member.
    Leave,
    /// A member gets another role.
    Role(RoleChange),
    /// A member or some of their devices are removed.
    Removal(Removal),
    /// The document gets another owner.
    Transfer(Transfer),
    /// An invitation lets nobody in any more.
    Revocation(Revocation),
    /// Somebody holding a ticket may ask to be let in.
    Counted(Counted),
    /// Somebody who asked is a member.
    Grant(Grant),
    /// The author's device says what secrets are sealed to for it.
    Key(Key),
    /// The author gets one more device.
    AddDevice(AddDevice),
    /// A membership ends on a date.
    EndDate(EndDate),
    /// The author deals a secret to devices that its rotation missed.
    Wrap(Wrap),
    /// From a newer version of Sheaf.
    Unknown {
        /// Its tag.
        tag: u8,
        /// Everything after the tag.
        bytes: Vec<u8>,
    },
}

/// The first record of a document; its hash is the document's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Genesis {
    /// Who may do everything: the device that writes this.
    pub owner: DeviceId,
    /// The first epoch secret, by its commitment.
    pub epoch: EpochId,
}

/// A ticket redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    /// The record of the invitation.
    pub invitation: Hash,
    /// By the ticket's key, over document, chain and device: whoever wrote this held the ticket, and meant this chain and no other.
    pub proof: Signature,
}

impl Join {
    pub(crate) const DOMAIN: &'static str = "sheaf join 1";

    /// What the ticket's key signs.
    pub(crate) fn message(document: &DocumentId, chain: &ChainId, device: &DeviceId) -> Vec<u8> {
        [document.0, chain.0, device.0].concat()
    }

    /// Succeeds if the holder of `key`'s ticket joined by `device`, in `chain`.
    pub fn verify(&self, key: &TicketKey, document: &DocumentId, chain: &ChainId, device: &DeviceId) -> Result<(), BadSignature> {
        verify(&DeviceId(key.0), Self::DOMAIN, &Self::message(document, chain, device), &self.proof)
    }
}

/// Who somebody says they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Their name, at most [`limits::NAME`] UTF-16 units.
    pub name: String,
    /// The colour of their cursor, as the interface spells it; at most 32 bytes.
    pub colour: String,
}

/// A profile as it stands in a record: only members read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedProfile {
    name: Vec<u8>,
    colour: Vec<u8>,
}

impl Profile {
    const NAME_FIELD: u8 = 0;
    const COLOUR_FIELD: u8 = 1;

    /// Closes it for the record that follows `previous` in the chain of `cipher`. What is too long is cut.
    pub fn close(&self, cipher: &ChainCipher, previous: &Hash) -> SealedProfile {
        let name = cipher.close_name(previous, Self::NAME_FIELD, cut_name(&self.name));
        let colour = cipher.close_name(previous, Self::COLOUR_FIELD, cut(&self.colour, CLOSED_COLOUR - 16));
        SealedProfile { name, colour }
    }
}

impl SealedProfile {
    /// Opens it. `previous` is the hash that its record follows.
    pub fn open(&self, cipher: &ChainCipher, previous: &Hash) -> Result<Profile, OpenError> {
        Ok(Profile {
            name: cipher.open_name(previous, Profile::NAME_FIELD, &self.name)?,
            colour: cipher.open_name(previous, Profile::COLOUR_FIELD, &self.colour)?,
        })
    }
}

impl Operation {
    /// The plaintext of the access record.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        match self {
            Self::Genesis(genesis) => {
                writer.byte(GENESIS).raw(&genesis.owner.0).raw(&genesis.epoch.0);
            }
            Self::Invitation(invitation) => invitation.write(writer.byte(INVITATION)),
            Self::Join(join) => {
                writer.byte(JOIN).raw(&join.invitation.0).raw(&join.proof.0);
            }
            Self::Profile(profile) => {
                writer.byte(PROFILE).bytes(&profile.name).bytes(&profile.colour);
            }
            Self::Leave => {
                writer.byte(LEAVE);
            }
            Self::Role(change) => change.write(writer.byte(ROLE)),
            Self::Removal(removal) => removal.write(writer.byte(REMOVAL)),
            Self::Transfer(transfer) => transfer.write(writer.byte(TRANSFER)),
            Self::Revocation(revocation) => revocation.write(writer.byte(REVOCATION)),
            Self::Counted(counted) => counted.write(writer.byte(COUNTED)),
            Self::Grant(grant) => grant.write(writer.byte(GRANT)),
            Self::Key(key) => key.write(writer.byte(KEY)),
            Self::AddDevice(added) => added.write(writer.byte(ADD_DEVICE)),
            Self::EndDate(date) => date.write(writer.byte(END_DATE)),
            Self::Wrap(wrap) => wrap.write(writer.byte(WRAP)),
            Self::Unknown { tag, bytes } => {
                writer.byte(*tag).raw(bytes);
            }
        }
        writer.into_bytes()
    }

    /// Reads the plaintext of an access record.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let operation = match reader.byte("the operation's tag")? {
            GENESIS => Self::Genesis(Genesis { owner: DeviceId(reader.array("the owner")?), epoch: EpochId(reader.array("the epoch")?) }),
            INVITATION => Self::Invitation(Invitation::read(&mut reader)?),
            JOIN => Self::Join(Join { invitation: Hash(reader.array("the invitation")?), proof: Signature::read(&mut reader)? }),
            PROFILE => Self::Profile(SealedProfile {
                name: reader.bytes(CLOSED_NAME, "a name")?.to_vec(),
                colour: reader.bytes(CLOSED_COLOUR, "a colour")?.to_vec(),
            }),
            LEAVE => Self::Leave,
            ROLE => Self::Role(RoleChange::read(&mut reader)?),
            REMOVAL => Self::Removal(Removal::read(&mut reader)?),
            TRANSFER => Self::Transfer(Transfer::read(&mut reader)?),
            REVOCATION => Self::Revocation(Revocation::read(&mut reader)?),
            COUNTED => Self::Counted(Counted::read(&mut reader)?),
            GRANT => Self::Grant(Grant::read(&mut reader)?),
            KEY => Self::Key(Key::read(&mut reader)?),
            ADD_DEVICE => Self::AddDevice(AddDevice::read(&mut reader)?),
            END_DATE => Self::EndDate(EndDate::read(&mut reader)?),
            WRAP => Self::Wrap(Wrap::read(&mut reader)?),
            tag => return Ok(Self::Unknown { tag, bytes: reader.rest().to_vec() }),
        };
        reader.finish()?;
        Ok(operation)
    }
}

impl Operation {
    /// The new secret that it deals, if it does.
    pub fn rotation(&self) -> Option<&Rotation> {
        match self {
            Self::Removal(removal) => removal.rotation.as_ref(),
            Self::Revocation(revocation) => revocation.rotation.as_ref(),
            _ => None,
        }
    }
}

/// The longest beginning of `name` that is a name.
pub(crate) fn cut_name(name: &str) -> &str {
    let mut units = 0;
    let end = name.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > limits::NAME
    });
    end.map_or(name, |(end, _)| &name[..end])
}

/// The longest beginning of `text` of at most `limit` bytes.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}
