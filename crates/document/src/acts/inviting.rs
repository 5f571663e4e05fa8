//! Letting in by a ticket, and taking one back.

use sheaf_access::{
    Access, Counted, Invitation, Label, Operation, Refusal, Revocation, Role, Room, Ticket, TicketKind, TicketSeed, limits,
};
use sheaf_base::Hash;

use super::needs;
use crate::{
    Document,
    input::Terms,
    output::{Done, Refused},
};

/// What it takes to invite, as the refusal says it.
const TO_INVITE: &str = "the right to invite";

impl Document {
    /// Makes an open ticket: whoever has it comes in, through any member that is reached.
    pub(super) fn invite(&mut self, role: Role, seed: [u8; 32], label: &str) -> Result<Done, Refused> {
        needs(self.role(), Role::Admin, TO_INVITE)?;
        // A rotation deals to no more tickets than there is room for, and nobody should find theirs dead one day.
        let open = self.history.access.invitations().iter().filter(|it| it.is_open && it.counted.is_none()).count();
        if open >= limits::TICKETS {
            return Err(Refusal::Full { what: Room::Invitations, limit: limits::TICKETS }.into());
        }
        self.introduce();
        // An invitation holds one secret. After new secrets were made apart there are several, until the next.
        if self.history.access.epoch().is_none() {
            self.rotate_alone()?;
        }
        let seed = TicketSeed::from_bytes(seed);
        let randomness = self.entropy.draw();
        let document = self.id();
        let secret = self.history.secret().ok_or(Refused::NoKey)?.clone();
        let invitation = self.write_operation(|cipher, previous| {
            let label = Label::close(label, cipher, previous);
            Operation::Invitation(Invitation::new(&seed, &document, role, &secret, label, randomness))
        })?;
        Ok(Done::Ticket(Box::new(self.ticket_for(seed, role, TicketKind::Open)), invitation))
    }

    /// Makes a ticket that this device alone lets in by: so many, until then, and looked at one by one if `terms` say so.
    pub(super) fn invite_counted(&mut self, role: Role, seed: [u8; 32], label: &str, terms: Terms) -> Result<Done, Refused> {
        needs(self.role(), Role::Admin, TO_INVITE)?;
        self.introduce();
        let Terms { uses, expires, approved } = terms;
        if !(1..=limits::USES).contains(&uses) {
            return Err(Refusal::Full { what: Room::Uses, limit: limits::USES as usize }.into());
        }
        let seed = TicketSeed::from_bytes(seed);
        let (key, expires) = (seed.key(), expires.map(|end| end.0 / 1000));
        let invitation = self.write_operation(|cipher, previous| {
            let label = Label::close(label, cipher, previous);
            Operation::Counted(Counted { key, role, uses, expires, approved, label })
        })?;
        Ok(Done::Ticket(Box::new(self.ticket_for(seed, role, TicketKind::of(approved))), invitation))
    }

    fn ticket_for(&self, seed: TicketSeed, role: Role, kind: TicketKind) -> Ticket {
        let (title, name) = (self.title.clone(), self.profile.name.clone());
        let folder = self.is_folder().then_some(0);
        Ticket { document: self.id(), inviter: self.device(), seed, title, name, role, kind, folder, routes: Vec::new() }
    }

    /// Takes an invitation back: nobody comes in by it any more. An open one gave away the secret, so there is a new one.
    pub(super) fn revoke(&mut self, invitation: Hash) -> Result<(), Refused> {
        self.begin_chain()?;
        self.may(&Operation::Revocation(Revocation { invitation, rotation: None }))?;
        let gave_it_away = |access: &Access| {
            let found = access.invitations().into_iter().find(|it| it.record.position.hash == invitation);
            found.is_none_or(|it| it.counted.is_none())
        };
        let dealt = if gave_it_away(&self.history.access) { self.deal(|access| access.left_by_revocation(&invitation)) } else { None };
        let rotation = dealt.as_ref().map(|dealt| dealt.rotation.clone());
        self.write_operation(|_, _| Operation::Revocation(Revocation { invitation, rotation }))?;
        self.begin_epoch(dealt)
    }

    /// Makes a new secret where nobody is removed and nothing is revoked. A rotation stands in one of those records, so an invitation is revoked
    /// that lets nobody in: one that is closed already, or else one made for this.
    pub(super) fn rotate_alone(&mut self) -> Result<(), Refused> {
        self.begin_chain()?;
        let closed = self.history.access.invitations().into_iter().find(|it| !it.is_open).map(|it| it.record.position.hash);
        let invitation = match closed {
            Some(closed) => closed,
            None => {
                let key = TicketSeed::from_bytes(self.entropy.draw()).key();
                self.write_operation(|cipher, previous| {
                    let label = Label::close("", cipher, previous);
                    Operation::Counted(Counted { key, role: Role::View, uses: 1, expires: None, approved: true, label })
                })?
            }
        };
        let dealt = self.deal(|access| access.left_by_revocation(&invitation)).ok_or(Refused::NoKey)?;
        let rotation = Some(dealt.rotation.clone());
        self.write_operation(|_, _| Operation::Revocation(Revocation { invitation, rotation }))?;
        self.begin_epoch(Some(dealt))
    }
}
