//! What everybody may know about a live document without asking it.

use sheaf_base::DeviceId;
use sheaf_document::{Document, Member, Role, State, Status};

use crate::said::Said;

/// Who removed this device from a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remover {
    /// It is not known who, or not what they call themselves.
    Unknown,
    /// Somebody who calls themselves so.
    Person(String),
    /// Another device of the same person, who had lost this one.
    Own,
}

/// A live document's state, as it last announced it.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// What this device may do.
    pub role: Role,
    /// What can be done with the document.
    pub state: State,
    /// This device was removed, and by whom.
    pub removed: Option<Remover>,
    /// It is a folder.
    pub folder: bool,
    /// Everybody.
    pub members: Vec<Member>,
    /// Everybody's copies.
    pub status: Status,
    /// Digest of everything durable.
    pub frontier: [u8; 32],
    /// The journal's last row.
    pub row: u64,
    /// Why what was typed last is not on the disk, if it is not.
    pub unsaved: Option<Said>,
}

impl Facts {
    pub(crate) fn of(document: &mut Document, row: u64) -> Facts {
        Facts {
            role: document.role(),
            state: document.state(),
            removed: Facts::removed(document),
            folder: document.is_folder(),
            members: document.members().to_vec(),
            status: document.status(),
            frontier: document.frontier_digest(),
            row,
            unsaved: None,
        }
    }

    /// Whether this device was removed, and by whom.
    pub(crate) fn removed(document: &Document) -> Option<Remover> {
        if !document.is_removed() {
            return None;
        }
        if document.removed_by_own() {
            return Some(Remover::Own);
        }
        let name = |device: DeviceId| document.members().iter().find(|member| member.device == device).map(|member| member.name.clone());
        let named = document.removed_by().and_then(name).filter(|name| !name.is_empty());
        Some(named.map_or(Remover::Unknown, Remover::Person))
    }

    /// Whether links to this device are of interest to the document.
    pub fn is_member(&self, device: &DeviceId) -> bool {
        self.members.iter().any(|member| member.device == *device)
    }

    /// How many people there are, going by their names; devices without a name count one each.
    pub fn people(&self) -> usize {
        let named: std::collections::BTreeSet<&str> =
            self.members.iter().map(|member| member.name.as_str()).filter(|name| !name.is_empty()).collect();
        let nameless = self.members.iter().filter(|member| member.name.is_empty()).count();
        named.len() + nameless
    }
}
