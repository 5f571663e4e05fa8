//! Members and invitations as people read them: what the fold says, with names opened and clocks beside.

use sheaf_access::{Label, Operation, TicketKey};
use sheaf_base::{DeviceId, Hash, Position, Wall};

use crate::{Document, Role, input::Terms};

/// A member with all their devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The record that it began with, which names it.
    pub id: Hash,
    /// What they call themselves.
    pub name: String,
    /// Their colour.
    pub colour: String,
    /// What they may do.
    pub role: Role,
    /// This very person's.
    pub mine: bool,
    /// The day on which it ends, if an admin has said so.
    pub ends: Option<Wall>,
    /// The invitation they came by; none for whoever began the document.
    pub invitation: Option<Hash>,
    /// When the process began, by its device's clock, that wrote the record: the membership is not older.
    pub since: Option<Wall>,
    /// The devices, the one that they came with first.
    pub devices: Vec<DeviceId>,
}

/// An invitation, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationFact {
    /// Its record.
    pub id: Hash,
    /// For whom, in its maker's words; empty where they cannot be read here.
    pub label: String,
    /// What whoever comes by it may do.
    pub role: Role,
    /// The device that made it.
    pub by: DeviceId,
    /// This very device.
    pub mine: bool,
    /// Whether it still lets somebody in, by what is known here; its maker's clock may say that it has ended.
    pub open: bool,
    /// How many have come by it.
    pub used: u32,
    /// The key of its ticket, where that is an open one.
    pub ticket: Option<TicketKey>,
    /// What there is besides to one that its maker grants.
    pub terms: Option<Terms>,
}

impl Document {
    /// Everybody, the owner first.
    pub fn memberships(&self) -> Vec<Membership> {
        let me = self.device();
        let members = self.history.access.members().into_iter().map(|member| {
            let of = |device: &DeviceId| self.members().iter().find(|known| known.device == *device);
            let named = member.devices.iter().filter_map(of).max_by_key(|known| !known.name.is_empty());
            Membership {
                id: member.since.hash,
                name: named.map(|known| known.name.clone()).unwrap_or_default(),
                colour: named.map(|known| known.colour.clone()).unwrap_or_default(),
                role: member.role,
                mine: member.devices.contains(&me),
                ends: member.ends.map(|seconds| Wall(seconds.saturating_mul(1000))),
                invitation: member.invitation,
                since: self.begun_at(&member.since),
                devices: member.devices,
            }
        });
        members.collect()
    }

    /// All invitations that count, also those that let nobody in any more.
    pub fn invitations(&mut self) -> Vec<InvitationFact> {
        let me = self.device();
        let mut labels: Vec<(Position, Hash, Label)> = Vec::new();
        let invitations = self.history.access.invitations().into_iter().map(|it| {
            let label = match &it.record.operation {
                Operation::Invitation(open) => Some(&open.label),
                Operation::Counted(counted) => Some(&counted.label),
                _ => None,
            };
            let ticket = match &it.record.operation {
                Operation::Invitation(open) => Some(open.key),
                _ => None,
            };
            labels.extend(label.map(|label| (it.record.position, it.record.previous, label.clone())));
            let terms = it.counted.map(|counted| Terms {
                uses: counted.uses,
                expires: counted.expires.map(|seconds| Wall(seconds.saturating_mul(1000))),
                approved: counted.approved,
            });
            let (id, by) = (it.record.position.hash, it.record.device);
            InvitationFact { id, label: String::new(), role: it.role, by, mine: by == me, open: it.is_open, used: it.used, ticket, terms }
        });
        let mut invitations: Vec<InvitationFact> = invitations.collect();
        for (position, previous, label) in labels {
            let opened = self.history.names_cipher(&position).and_then(|cipher| label.open(cipher, &previous).ok());
            if let Some(it) = invitations.iter_mut().find(|it| it.id == position.hash) {
                it.label = opened.unwrap_or_default();
            }
        }
        invitations
    }

    /// When the process that wrote a record began its chain, by its own clock.
    fn begun_at(&self, record: &Position) -> Option<Wall> {
        let held = self.history.graph.position(&record.hash)?;
        self.history.head(&held.chain).map(|head| head.head().wall)
    }
}
