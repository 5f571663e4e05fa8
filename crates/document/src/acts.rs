//! What people do about members, and how this device joins: access records of this process run's chain.

use sheaf_access::{Invitation, Label, Operation, Profile, Role, Ticket, TicketSeed};
use sheaf_base::Hash;
use sheaf_record::{ChainCipher, ChainWriter, Kind};

use crate::{
    Document,
    input::{Act, RequestId},
    output::{Announcement, Done, Refused, State},
    own::OwnError,
};

impl Document {
    /// Something a person does about members.
    pub(crate) fn administer(&mut self, request: RequestId, act: Act) {
        let result = match self.state() {
            State::Waiting => Err(Refused::Waiting),
            State::Left => Err(Refused::Closed("it has left the document, or was removed".into())),
            State::Ready => self.act(act),
        };
        self.done(request, result);
    }

    fn act(&mut self, act: Act) -> Result<Done, Refused> {
        match act {
            Act::Invite { role, seed, label } => self.invite(role, seed, &label).map(|ticket| Done::Ticket(Box::new(ticket))),
            Act::Profile { name, colour } => {
                (self.profile.name, self.profile.colour) = (name, colour);
                self.say_who_i_am()?;
                Ok(Done::Version(self.views.version()))
            }
            Act::Leave => {
                self.write_operation(|_, _| Operation::Leave)?;
                self.left = true;
                Ok(Done::Version(self.views.version()))
            }
        }
    }

    /// Makes an open ticket. (Only the owner invites, until admins can be made.)
    fn invite(&mut self, role: Role, seed: [u8; 32], label: &str) -> Result<Ticket, Refused> {
        needs(self.role(), Role::Admin, "the right to invite")?;
        self.introduce();
        let seed = TicketSeed::from_bytes(seed);
        let randomness = self.entropy.draw();
        let document = self.id();
        let secret = self.history.secret().ok_or(Refused::Waiting)?.clone();
        self.write_operation(|cipher, previous| {
            let label = Label::close(label, cipher, previous);
            Operation::Invitation(Invitation::new(&seed, &document, role, &secret, label, randomness))
        })?;
        let (title, name) = (self.title.clone(), self.profile.name.clone());
        Ok(Ticket { document, inviter: self.device(), seed, title, name, role, routes: Vec::new() })
    }

    /// Writes this person's name and colour into the document.
    pub(crate) fn say_who_i_am(&mut self) -> Result<(), Refused> {
        let profile: Profile = self.profile.clone();
        self.write_operation(|cipher, previous| Operation::Profile(profile.close(cipher, previous)))
    }

    /// Writes the name and colour again that this person has taken on while the document was not open, before anybody else meets them in
    /// it. Once per process: a name that the record cuts short would differ for ever.
    pub(crate) fn introduce(&mut self) {
        let known = self.members().iter().find(|member| member.mine);
        let stale = known.is_some_and(|known| (&known.name, &known.colour) != (&self.profile.name, &self.profile.colour));
        if stale && !std::mem::replace(&mut self.introduced, true) {
            // A name is a courtesy; nothing depends on it.
            let _ = self.say_who_i_am();
        }
    }

    /// Becomes a member, once the first copy is here and the invitation in it.
    pub(crate) fn join_when_ready(&mut self) {
        if self.state() != State::Waiting || !self.first_copy_is_here() {
            return;
        }
        let Some(ticket) = self.ticket.clone() else { return };
        let Some(record) = self.history.access.invitation(&ticket.seed.key()).map(|(record, _)| record.position.hash) else { return };
        let (document, device) = (self.id(), self.device());
        if self.begin_chain().is_err() {
            return;
        }
        let Some(chain) = self.own.chain() else { return };
        let join = Operation::Join(ticket.seed.join(record, &document, &chain, &device)).encode();
        let joined = self.own.join(&mut self.history, &record, &join, self.now).map(|record| self.draft.record(record));
        if self.operation_written(joined).is_ok() {
            // A name is a courtesy; joining does not depend on it.
            let _ = self.say_who_i_am();
            self.first_copy = None;
            self.announce(Announcement::State(State::Ready));
            if self.views.is_empty() {
                self.replica.want_title(self.now);
            } else {
                self.wake();
            }
        }
    }

    /// Whether everything that the supplier had when it was asked is here.
    fn first_copy_is_here(&self) -> bool {
        let founded = self.history.founding().and_then(|chain| self.history.tip(&chain)).is_some_and(|tip| tip.number > 1);
        let equal =
            |session: &sheaf_protocol::Session| session.theirs().is_some_and(|hello| hello.frontier == self.history.durable.digest());
        founded && (self.supplied || self.peers.iter().any(|(_, peer)| peer.session.as_ref().is_some_and(equal)))
    }

    /// Writes an access operation. It is made when its place is known, since the names in it are closed for that place.
    fn write_operation(&mut self, make: impl FnOnce(&ChainCipher, &Hash) -> Operation) -> Result<(), Refused> {
        let written = self.gather().and_then(|()| {
            let operation = self.begin_chain().map(|writer| make(writer.cipher(), &writer.tip().hash))?;
            self.write(Kind::Access, &operation.encode())
        });
        self.operation_written(written)
    }

    /// What follows from an access operation of this device, if it could be written.
    fn operation_written(&mut self, written: Result<(), OwnError>) -> Result<(), Refused> {
        if let Err(error) = written {
            // Its number is used up.
            self.rebuild();
            return Err(closed(error));
        }
        self.members_changed = true;
        self.doors_changed();
        Ok(())
    }

    /// This process run's chain, begun if need be.
    pub(crate) fn begin_chain(&mut self) -> Result<&mut ChainWriter, OwnError> {
        self.own.begin(&self.key, &self.history, &mut self.entropy, None, self.now)
    }

    /// Writes a record into this process run's chain.
    pub(crate) fn write(&mut self, kind: Kind, content: &[u8]) -> Result<(), OwnError> {
        self.gather()?;
        let record = self.own.write(&mut self.history, kind, content, self.now)?;
        self.draft.record(record);
        if self.own.is_long() {
            self.seal_own();
        }
        Ok(())
    }

    /// Seals what this process run has written.
    pub(crate) fn seal_own(&mut self) {
        if let Some(seal) = self.own.seal(&self.key, &mut self.history) {
            self.draft.seal(seal);
        }
    }

    fn gather(&mut self) -> Result<(), OwnError> {
        self.begin_chain()?;
        let gathered = self.own.gather(&mut self.history, &self.profile, self.now)?;
        gathered.into_iter().for_each(|record| self.draft.record(record));
        Ok(())
    }
}

/// Succeeds if `has` is enough.
pub(crate) fn needs(has: Role, role: Role, needs: &'static str) -> Result<(), Refused> {
    if has >= role { Ok(()) } else { Err(Refused::Role { role: has, needs }) }
}

fn closed(error: OwnError) -> Refused {
    Refused::Closed(error.to_string())
}
