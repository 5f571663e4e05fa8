//! Honest people who manage and do not agree, and do not wait for one another: they promote, demote and remove each other while they are apart, while
//! their machines crash, are put back and stand still. Two who have not come yet race for an invitation that lets in one.

use std::collections::BTreeSet;

use sheaf_access::TicketKind;
use sheaf_base::{DeviceId, Hash};
use sheaf_document::{Act, Input, Membership, Role, State, Terms, Ticket};

use crate::{
    chance::Chance,
    device::{Device, nobody},
    folded::{Folded, open, typed},
    view::words,
    world::World,
};

/// What the draw for quarrels begins from.
const QUARRELS: u64 = 0x7175_6172_7265;
/// Of a hundred steps in which somebody could manage so many are such.
const MANAGED: u32 = 30;
/// Of a hundred such acts so many are removals.
const REMOVED: u32 = 35;
/// More are not removed in one world: somebody is to be left who can disagree.
const REMOVALS: u64 = 3;
/// So many come late, by an invitation for one.
const LATECOMERS: usize = 2;
/// A world with fewer devices has no latecomers.
const CROWD: usize = 5;

/// What has come of quarrels so far.
#[derive(Default)]
pub(crate) struct Quarrels {
    /// The invitation for one has been made.
    pub(crate) raced: bool,
}

impl World {
    /// How many of the devices have the first ticket.
    pub(crate) fn guests(&self) -> usize {
        let crowd = self.plan.quarreling && self.plan_began_with() >= CROWD;
        self.plan_began_with() - if crowd { LATECOMERS } else { 0 }
    }

    /// Who gets a ticket that somebody has made: those who are to come by it.
    pub(crate) fn hand_out(&mut self, ticket: &Ticket) {
        let guests = self.guests();
        let whom = if ticket.kind == TicketKind::Open { 1..guests } else { guests..self.devices.len() };
        self.devices[whom].iter_mut().for_each(|device| device.ticket = Some(ticket.clone()));
    }

    /// Whether a device takes part in what all must agree on: it is honest, and a member by the owner's word and by its own. (The owner may have been put
    /// back to before a removal that the removed alone has heard of. Seed 148.)
    pub(crate) fn takes_part(&self, device: &Device) -> bool {
        let owner = self.devices[0].process.as_ref();
        let is_in = || owner.is_some_and(|owner| owner.document.is_member(&self.device_id(device.index)));
        let has_gone = || device.process.as_ref().is_some_and(|process| process.document.state() == State::Left);
        !device.hostile && (!self.plan.quarreling || is_in() && !has_gone())
    }

    /// Somebody who manages does something about somebody else, by what they know.
    pub(crate) fn quarrel(&mut self) -> Result<(), String> {
        // Drawn apart, so that a world is else the same with it and without.
        let mut chance = Chance::of_step(self.plan.seed ^ QUARRELS, self.step());
        let who = chance.below(self.guests());
        let ready = self.devices[who].process.as_ref().filter(|process| process.is_idle() && process.document.state() == State::Ready);
        let Some(document) = ready.map(|process| &process.document).filter(|document| document.role() >= Role::Admin) else {
            return Ok(());
        };
        if !chance.percent(MANAGED) {
            return Ok(());
        }
        let others: Vec<Membership> =
            document.memberships().into_iter().filter(|member| !member.mine && member.role != Role::Owner).collect();
        let Some(whom) = chance.pick(&others) else { return Ok(()) };
        let act = match chance.below(100) as u32 {
            // All guests have one ticket, and a removal closes that of the removed: whoever is to come by it must have.
            0..REMOVED if self.tally.quarrel_removals < REMOVALS && self.all_have_come(who)? => {
                self.tally.quarrel_removals += 1;
                self.transcript.say(self.now, format_args!("{who} removes {:?}", whom.devices));
                Act::Remove { member: whom.id, devices: Vec::new() }
            }
            0..50 if self.guests() < self.devices.len() && !self.quarrels.raced => {
                self.quarrels.raced = true;
                self.tally.races += 1;
                self.transcript.say(self.now, format_args!("{who} invites one of two"));
                let terms = Terms { uses: 1, expires: None, approved: false };
                Act::InviteCounted { role: Role::Edit, seed: chance.bytes(), label: String::new(), terms }
            }
            _ => {
                // Mostly to manage: without several who do there is no quarrel.
                let role = *chance.pick(&[Role::View, Role::Edit, Role::Admin, Role::Admin, Role::Admin]).unwrap_or(&Role::Admin);
                self.tally.demotions += u64::from(role < whom.role);
                self.transcript.say(self.now, format_args!("{who} gives {:?} the role {role}", whom.devices));
                Act::Role { member: whom.id, role }
            }
        };
        self.tell_document(who, Input::Administer { request: nobody(), act });
        Ok(())
    }

    /// Whether a device knows that all who are to come by the first ticket have.
    fn all_have_come(&self, who: usize) -> Result<bool, String> {
        let Some(folded) = self.devices[who].disk.as_ref().map(Folded::of).transpose()? else { return Ok(false) };
        Ok((0..self.guests()).all(|guest| folded.access.was_member(&self.device_id(guest))))
    }

    /// Whether a device shows exactly what counts by its own disk: no word of a record that does not, and each that was saved, of a record that does
    /// and that nobody deleted.
    pub(crate) fn shows_what_counts(&self, device: &Device) -> Result<(), String> {
        let (Some(process), Some(disk)) = (device.process.as_ref().filter(|process| process.is_idle()), &device.disk) else {
            return Ok(());
        };
        let screens = process.views.values().filter(|view| view.opened && view.is_quiet() && !self.has_mail_for(device.index, &view.id));
        let screens: Vec<BTreeSet<String>> = screens.map(|view| words(&view.screen().text()).into_iter().collect()).collect();
        // While the text is built again, or the key is missing, a window shows what it showed.
        let is_behind = process.document.lacks_key() || process.document.is_trying() || process.document.state_hash().is_none();
        if screens.is_empty() || is_behind {
            return Ok(());
        }
        let folded = Folded::of(disk)?;
        let keys = self.keys_of(device.index, &folded).with_joined();
        for placed in folded.body() {
            let Some(update) = open(&placed.read, &keys) else { continue };
            let (counts, position) = (folded.counts(placed), placed.read.position);
            let author = (0..self.devices.len()).find(|who| self.device_id(*who) == placed.author);
            for word in typed(&update) {
                let shown = screens.iter().filter(|screen| screen.contains(&word)).count();
                if !counts && shown > 0 {
                    return Err(format!("device {} shows {word} of {position:?}, which does not count", device.index));
                }
                let saved = self.ledger.must_be_there(author).any(|saved| *saved == word);
                if counts && saved && shown < screens.len() {
                    return Err(format!("device {} does not show {word} of {position:?}, which counts", device.index));
                }
            }
        }
        Ok(())
    }

    /// Whether the race for the invitation for one has ended as it must: if it still lets somebody in, somebody is in.
    pub(crate) fn race_is_over(&mut self) -> Result<(), String> {
        let Some(process) = &mut self.devices[0].process else { return Ok(()) };
        let facts: Vec<(Hash, DeviceId, bool, u32)> = process
            .document
            .invitations()
            .into_iter()
            .filter(|invitation| invitation.terms.is_some())
            .map(|it| (it.id, it.by, it.open, it.used))
            .collect();
        match facts.iter().find(|(_, _, open, used)| *open || *used > 1) {
            Some((id, by, _, used)) => Err(format!("the invitation {id:?} of {by:?} for one has let in {used}")),
            None => Ok(()),
        }
    }

    /// At the end: what the quarrels have come to.
    pub(crate) fn look_at_quarrels(&mut self) -> Result<(), String> {
        if self.plan.quarreling {
            self.nothing_unauthorised()?;
            let out = |world: &World, from: usize, to: usize| world.devices[from..to].iter().filter(|it| !world.takes_part(it)).count();
            let guests = self.guests();
            self.tally.outcasts = out(self, 0, guests) as u64;
            self.tally.winners = (self.devices.len() - guests - out(self, guests, self.devices.len())) as u64;
        }
        if self.plan.listens() {
            self.tally.kept_from += self.removed_read_nothing()?;
        }
        Ok(())
    }

    /// Whether what is on the disks is what all agree on: see [`World::shows_what_counts`].
    pub(crate) fn nothing_unauthorised(&self) -> Result<(), String> {
        let mut members: BTreeSet<String> = BTreeSet::new();
        for device in self.devices.iter().filter(|device| self.takes_part(device)) {
            self.shows_what_counts(device)?;
            let Some(process) = &device.process else { continue };
            if process.document.lacks_key() {
                return Err(format!("device {} lacks the key of what is written now", device.index));
            }
            let roles = process.document.memberships().into_iter().map(|it| (it.id, it.role, it.devices)).collect::<Vec<_>>();
            members.insert(format!("{roles:?}"));
        }
        if members.len() == 1 { Ok(()) } else { Err(format!("{} different lists of members", members.len())) }
    }
}
