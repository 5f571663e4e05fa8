//! Which invitations there are, and whether they still let anybody in.

use sheaf_base::{DeviceId, Hash, Wall};

use super::{
    Access, AccessRecord,
    authority::{Act, Everything, Question},
    ledger::all,
    standing::{Held, Resolver},
};
use crate::{
    counted::{BadRequest, Counted, NotGranted, Request},
    invitation::Invitation,
    operation::Operation,
    role::Role,
    seed::TicketKey,
};

/// An invitation and what has become of it.
#[derive(Debug, Clone)]
pub struct Invited<'a> {
    /// The record: its position names it, its device is the one that made it.
    pub record: &'a AccessRecord,
    /// What whoever comes by it may do.
    pub role: Role,
    /// Whether it still lets somebody in, clocks aside.
    pub is_open: bool,
    /// How many have come by it.
    pub used: u32,
    /// What there is besides to a counted one.
    pub counted: Option<&'a Counted>,
}

impl Access {
    /// The open invitation that lets in the holder of a ticket, by everything known, and the record that it is. One that has been revoked, or
    /// that died with its maker's authority or with a removed guest, lets nobody in: see [`Self::invitations`].
    pub fn invitation(&self, key: &TicketKey) -> Option<(&AccessRecord, &Invitation)> {
        self.first_invitation(key, |at| self.counts_now(at) && self.is_open(at))
    }

    /// The open invitation that a ticket belongs to, whether or not it lets anybody in any more.
    pub fn invitation_of(&self, key: &TicketKey) -> Option<(&AccessRecord, &Invitation)> {
        self.first_invitation(key, |_| true)
    }

    /// Whether a ticket belongs to any invitation that is known, open or counted, whether or not that lets anybody in any more.
    pub fn knows_ticket(&self, key: &TicketKey) -> bool {
        self.ledger.invitations.iter().any(|at| match self.ledger.operation(*at) {
            Operation::Invitation(invitation) => invitation.key == *key,
            Operation::Counted(counted) => counted.key == *key,
            _ => false,
        })
    }

    fn first_invitation(&self, key: &TicketKey, is_meant: impl Fn(usize) -> bool) -> Option<(&AccessRecord, &Invitation)> {
        let with_key = self.ledger.invitations.iter().filter_map(|at| match self.ledger.operation(*at) {
            Operation::Invitation(invitation) if invitation.key == *key => Some((*at, invitation)),
            _ => None,
        });
        let (at, invitation) = with_key.filter(|(at, _)| is_meant(*at)).min_by_key(|(at, _)| self.ledger.hash(*at))?;
        Some((&self.ledger.entries[at].record, invitation))
    }

    /// All invitations that count, by their records.
    pub fn invitations(&self) -> Vec<Invited<'_>> {
        let mut all: Vec<usize> = self.ledger.invitations.iter().copied().filter(|at| self.counts_now(*at)).collect();
        all.sort_unstable_by_key(|at| self.ledger.hash(*at));
        all.into_iter().filter_map(|at| self.invited(at)).collect()
    }

    fn invited(&self, at: usize) -> Option<Invited<'_>> {
        let counted = match self.ledger.operation(at) {
            Operation::Counted(counted) => Some(counted),
            _ => None,
        };
        let beginnings = self.ledger.all_beginnings.iter().filter(|begun| self.counts_now(*begun));
        let used = beginnings.filter(|begun| self.ledger.facts(*begun).and_then(|facts| facts.invitation) == Some(at)).count() as u32;
        let is_open = self.is_open(at) && counted.is_none_or(|counted| used < counted.uses);
        Some(Invited { record: &self.ledger.entries[at].record, role: self.ledger.invited_role(at)?, is_open, used, counted })
    }

    /// Whether an invitation that counts is neither revoked nor dead with its maker's authority nor closed with a member who came by it.
    pub(super) fn is_open(&self, at: usize) -> bool {
        let mut resolver = Resolver::resume(&self.ledger, &Everything, self.now().to_vec());
        let question = Question { ledger: &self.ledger, scope: &Everything, act: &Act::Next, need: Role::Admin, since: Some(at) };
        let maker = self.ledger.entries[at].record.device;
        let may = question.role(&maker, &mut |at, _| resolver.counts(at)).is_some_and(|role| role >= Role::Admin);
        let revoked = all(&self.ledger.revocations, &at).any(|at| resolver.counts(at));
        let closed = all(&self.ledger.closers, &at).any(|at| resolver.held(at) == Held::Yes);
        may && !revoked && !closed
    }

    /// The invitation that `maker` may grant this request by, now: or why not. Whether the maker's person approves is theirs to say.
    pub fn grantable(&self, request: &Request, maker: &DeviceId, now: Wall) -> Result<Hash, GrantError> {
        request.verify(&self.document())?;
        let invitations = self.invitations();
        let made = invitations.iter().filter(|it| it.record.device == *maker);
        let mut made = made.filter_map(|it| it.counted.filter(|counted| counted.key == request.ticket).map(|counted| (it, counted)));
        let (it, counted) = made.next().ok_or(GrantError::NotOurs)?;
        counted.admits(now, it.used)?;
        if !it.is_open {
            return Err(GrantError::Closed);
        }
        match self.role(&request.device) {
            Some(_) => Err(GrantError::AlreadyThere),
            None => Ok(it.record.position.hash),
        }
    }
}

/// Why a request is not granted, in words for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// It was not made with the ticket, or not by this device.
    #[error(transparent)]
    Bad(#[from] BadRequest),
    /// No invitation of this device has that ticket.
    #[error("this device has made no such invitation")]
    NotOurs,
    /// It has ended, or enough have come.
    #[error(transparent)]
    Over(#[from] NotGranted),
    /// It was revoked, or its maker may not invite any more.
    #[error("the invitation has been withdrawn")]
    Closed,
    /// The device is a member.
    #[error("this device is a member already")]
    AlreadyThere,
}
