//! What people do about members, and what this device does by itself so that it holds: access records of this process run's chain.
//!
//! Whether something may be done is asked of the fold before it is written, with all that is known here as its past: the chain would end with a
//! record that everybody refuses, and people hear the rule's own words. `inviting` and `asking` let in, `joining` is how this device comes, `devices` how further ones of a
//! person do, `members` changes and takes away, `secrets` makes new secrets for those who remain, `tending` is what nobody has to ask for.

mod asking;
mod devices;
mod inviting;
mod joining;
mod members;
mod secrets;
mod tending;

use sheaf_access::{AccessRecord, Knows, Operation, Role};
use sheaf_base::Hash;
use sheaf_record::{ChainCipher, ChainWriter, Kind};

use crate::{
    Document,
    input::{Act, RequestId},
    output::{Done, Refused, State},
    own::OwnError,
    removed::GONE,
};
pub use asking::Asked;
pub(crate) use asking::Requests;
pub use devices::Opening;
pub(crate) use tending::Tending;

/// The past of what is written here next: everything.
struct AllThatIsHere;

impl Knows for AllThatIsHere {
    fn knows(&self, _: &Hash) -> bool {
        true
    }
}

impl Document {
    /// Something a person does about members.
    pub(crate) fn administer(&mut self, request: RequestId, act: Act) {
        let result = match self.state() {
            State::Waiting => Err(Refused::Waiting),
            State::Left => Err(Refused::Closed(GONE.into())),
            // Whoever was told so by an admin alone may still go.
            State::Ready if !matches!(act, Act::Leave) && self.dismissed_by().is_some() => Err(Refused::Closed(GONE.into())),
            State::Ready => self.act(act),
        };
        self.done(request, result);
    }

    fn act(&mut self, act: Act) -> Result<Done, Refused> {
        match act {
            Act::Invite { role, seed, label } => return self.invite(role, seed, &label),
            Act::InviteCounted { role, seed, label, terms } => return self.invite_counted(role, seed, &label, terms),
            Act::Revoke { invitation } => self.revoke(invitation)?,
            Act::Role { member, role } => self.change_role(member, role)?,
            Act::Remove { member, devices } => self.remove(member, devices)?,
            Act::Transfer { member } => self.transfer(member)?,
            Act::Ends { member, at } => self.end_on(member, at)?,
            Act::Admit { request } => self.admit(request)?,
            Act::Decline { request } => self.decline(request)?,
            Act::AddDevice { added } => self.add_device(*added)?,
            Act::Leave => self.leave()?,
            Act::Profile { name, colour } => {
                (self.profile.name, self.profile.colour) = (name, colour);
                self.say_who_i_am()?;
            }
        }
        Ok(Done::Version(self.views.version()))
    }

    /// Whether everybody would take this from this device now.
    fn may(&mut self, operation: &Operation) -> Result<(), Refused> {
        // It may be the first thing that this process run writes.
        let chain = self.own.show(&mut self.history)?;
        let tip = self.history.tip(&chain).ok_or(Refused::NoKey)?;
        let record = AccessRecord::new(tip, tip.hash, self.device(), operation.clone());
        self.history.access.judge(&record, &AllThatIsHere)?;
        Ok(())
    }

    /// Writes an access operation, if it may be, and says which record it is. It is made when its place is known, since the names in it are
    /// closed for that place.
    fn write_operation(&mut self, make: impl FnOnce(&ChainCipher, &Hash) -> Operation) -> Result<Hash, Refused> {
        let made = self.gather().and_then(|()| self.begin_chain().map(|writer| make(writer.cipher(), &writer.tip().hash)));
        let written = match made {
            Ok(operation) => {
                self.may(&operation)?;
                self.write(Kind::Access, &operation.encode())
            }
            Err(error) => Err(error),
        };
        self.operation_written(written)?;
        self.own.chain().and_then(|chain| self.history.tip(&chain)).map(|tip| tip.hash).ok_or(Refused::NoKey)
    }

    /// Writes an access operation in which nothing is closed. So it needs no secret: whoever made a new one and dealt it to nobody could else not even
    /// be removed.
    fn write_unclosed(&mut self, operation: &Operation) -> Result<(), Refused> {
        let begun = self.own.begin_unclosed(&self.key, &self.history, &mut self.entropy, self.now);
        let written = match begun.and_then(|()| self.gather_for(false)) {
            Ok(()) => {
                self.may(operation)?;
                self.append(Kind::Access, &operation.encode())
            }
            Err(error) => Err(error),
        };
        self.operation_written(written)
    }

    /// What follows from an access operation of this device, if it could be written.
    fn operation_written(&mut self, written: Result<(), OwnError>) -> Result<(), Refused> {
        if let Err(error) = written {
            // Its number is used up.
            self.rebuild();
            return Err(error.into());
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
        self.append(kind, content)
    }

    /// The same where everything has been gathered.
    fn append(&mut self, kind: Kind, content: &[u8]) -> Result<(), OwnError> {
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
        self.gather_for(true)
    }

    fn gather_for(&mut self, closed: bool) -> Result<(), OwnError> {
        let gathered = self.own.gather(&mut self.history, &self.profile, closed, self.now)?;
        gathered.into_iter().for_each(|record| self.draft.record(record));
        Ok(())
    }
}

/// Succeeds if `has` is enough.
pub(crate) fn needs(has: Role, role: Role, needs: &'static str) -> Result<(), Refused> {
    if has >= role { Ok(()) } else { Err(Refused::Role { role: has, needs }) }
}

impl From<OwnError> for Refused {
    fn from(error: OwnError) -> Refused {
        match error {
            OwnError::NoKey => Refused::NoKey,
            OwnError::Refused(why) => Refused::Closed(why),
        }
    }
}
