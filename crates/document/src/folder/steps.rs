//! What is left to do in a document so that it has the members of the folder that it is in.
//!
//! It follows from what the two documents say now, and from nothing that anybody remembers: who did half of it and was switched off, or did it at
//! the same time as somebody else, leaves less to do and never something else.

use std::collections::BTreeSet;

use sheaf_base::{DeviceId, DocumentId, Hash};

use super::{Listed, Row, Tag, label_of_putting, of_label};
use crate::{InvitationFact, Membership, Role};

/// A folder, a document, and what this device may do in both.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// The folder.
    pub folder: DocumentId,
    /// Its members.
    pub people: &'a [Membership],
    /// Of the devices in the document, those that are in the folder or were.
    pub known: &'a BTreeSet<DeviceId>,
    /// The secrets that close what is written in the folder now.
    pub tag: Tag,
    /// What this device may do in it.
    pub folder_role: Role,
    /// The document's members.
    pub members: &'a [Membership],
    /// Its invitations.
    pub invitations: &'a [InvitationFact],
    /// The role of this device in it.
    pub role: Role,
    /// The lines of the folder that list it, if any does.
    pub listed: Option<&'a Listed>,
}

/// Something to do in the document; [`Step::List`] in the folder, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Remove a member who is not in the folder any more, or these devices of theirs.
    Remove {
        /// Whom.
        member: Hash,
        /// None: all.
        devices: Vec<DeviceId>,
    },
    /// Give a member the role that they have in the folder.
    Role {
        /// Whom.
        member: Hash,
        /// Which.
        role: Role,
    },
    /// Take an invitation back that was made for everybody in the folder: somebody who is not in there has it, or another one is listed.
    Revoke {
        /// Which.
        invitation: Hash,
    },
    /// Make an invitation for everybody in the folder, and list its ticket instead of whatever lists the document now.
    List,
    /// Hand the document over to whoever owns the folder.
    Transfer {
        /// To whom.
        member: Hash,
    },
    /// Take the document out of the folder: it belongs to somebody who was removed from there, and nobody removes the owner.
    TakeOut,
}

/// What this device has to do, in this order. Nothing where it may not, or where no admin of the document has put it into that folder: a line in the
/// folder is not enough, since anybody who edits the folder could list anything that they have a ticket to.
pub fn steps(sides: &Sides<'_>) -> Vec<Step> {
    if sides.folder_role >= Role::Admin && sides.listed.is_some() && belongs_to_removed(sides) {
        return vec![Step::TakeOut];
    }
    let ours = |it: &&InvitationFact| of_label(&it.label) == Some(sides.folder) && it.terms.is_none();
    let made: Vec<&InvitationFact> = sides.invitations.iter().filter(ours).collect();
    if sides.role < Role::Admin || made.is_empty() {
        return Vec::new();
    }
    let Some(listed) = sides.listed else {
        // It was taken out. Whoever is in it stays.
        return made.iter().filter(|it| it.open).map(|it| Step::Revoke { invitation: it.id }).collect();
    };
    let current = |row: &&Row| row.tag == sides.tag;
    let of_row = |row: &Row| {
        let key = row.ticket.seed.key();
        made.iter().find(|it| it.open && it.ticket == Some(key)).map(|it| it.id)
    };
    // Of several that were listed at once the one with the smallest name stays, on every device.
    let stays = listed.rows.iter().filter(current).filter_map(of_row).min();
    // There are new secrets: somebody has been removed, and what they may have passed on is worth nothing from here on.
    let turned = !listed.rows.iter().any(|row| current(&row));

    let mut steps = removals(sides, &made, turned);
    if sides.folder_role >= Role::Edit {
        let others = made.iter().filter(|it| it.open && Some(it.id) != stays);
        steps.extend(others.map(|it| Step::Revoke { invitation: it.id }));
        if stays.is_none() || listed.rows.len() > 1 {
            steps.push(Step::List);
        }
    }
    steps.extend(roles(sides));
    steps.extend(handing_over(sides, &made));
    steps
}

/// The membership in the folder that a member of the document has: the greatest, if several of their devices came there apart.
fn in_folder<'a>(sides: &Sides<'a>, member: &Membership) -> Option<&'a Membership> {
    let same = |person: &&Membership| person.devices.iter().any(|device| member.devices.contains(device));
    sides.people.iter().filter(same).max_by_key(|person| person.role)
}

/// Whoever was in the folder and is not; and, when there are new secrets, who came by its ticket and never was. Whoever was invited to this document
/// alone stays.
fn removals(sides: &Sides<'_>, made: &[&InvitationFact], turned: bool) -> Vec<Step> {
    let here: BTreeSet<DeviceId> = sides.people.iter().flat_map(|person| person.devices.iter().copied()).collect();
    let gone = |device: &DeviceId| sides.known.contains(device) && !here.contains(device);
    let removal = |member: &Membership| {
        let devices: Vec<DeviceId> = member.devices.iter().copied().filter(gone).collect();
        if in_folder(sides, member).is_some() {
            return (!devices.is_empty()).then_some(Step::Remove { member: member.id, devices });
        }
        let by_ticket = || member.invitation.is_some_and(|by| made.iter().any(|it| it.id == by));
        (!devices.is_empty() || turned && by_ticket()).then_some(Step::Remove { member: member.id, devices: Vec::new() })
    };
    // Nobody removes the owner.
    sides.members.iter().filter(|member| !member.mine && member.role != Role::Owner).filter_map(removal).collect()
}

/// Whether whoever owns the document was in the folder and is not.
fn belongs_to_removed(sides: &Sides<'_>) -> bool {
    let owner = sides.members.iter().find(|member| member.role == Role::Owner && !member.mine);
    owner.is_some_and(|owner| in_folder(sides, owner).is_none() && owner.devices.iter().any(|device| sides.known.contains(device)))
}

/// Each has the role that they have in the folder; its owner is an admin where they are not the owner (yet).
fn roles<'a>(sides: &'a Sides<'_>) -> impl Iterator<Item = Step> + 'a {
    let others = sides.members.iter().filter(|member| !member.mine && member.role != Role::Owner);
    others.filter_map(|member| {
        let role = in_folder(sides, member)?.role.min(Role::Admin);
        (role != member.role).then_some(Step::Role { member: member.id, role })
    })
}

/// Whoever put their own document into somebody's folder hands it over: otherwise nobody could ever remove them from it.
fn handing_over(sides: &Sides<'_>, made: &[&InvitationFact]) -> Option<Step> {
    let me = sides.members.iter().find(|member| member.mine).filter(|me| me.role == Role::Owner)?;
    let put = label_of_putting(sides.folder);
    let by_me = made.iter().any(|it| it.label == put && me.devices.contains(&it.by));
    let owner = sides.people.iter().find(|person| person.role == Role::Owner)?;
    let heir = sides.members.iter().find(|member| member.devices.iter().any(|device| owner.devices.contains(device)))?;
    (by_me && !heir.mine).then_some(Step::Transfer { member: heir.id })
}
