//! How this device becomes a member, and what it says of itself.

use sheaf_access::{Operation, Profile};

use crate::{
    Document,
    output::{Announcement, Refused, State},
};

impl Document {
    /// Writes this person's name and colour into the document.
    pub(crate) fn say_who_i_am(&mut self) -> Result<(), Refused> {
        let profile: Profile = self.profile.clone();
        self.write_operation(|cipher, previous| Operation::Profile(profile.close(cipher, previous))).map(drop)
    }

    /// Says what secrets are sealed to for this device, unless it has said so: whoever rotates the document's secret deals to nobody else.
    pub(crate) fn say_my_key(&mut self) -> Result<(), Refused> {
        let key = self.sealing_seed().register(&self.id(), &self.device());
        if self.history.access.sealing_key(&self.device()) == Some(key.key) {
            return Ok(());
        }
        self.write_operation(|_, _| Operation::Key(key)).map(drop)
    }

    /// Before anybody else meets this device in the document: writes the name and colour again that this person has taken on while it was not
    /// open (once per process: a name that the record cuts short would differ for ever), and its key, which versions before did not say.
    pub(crate) fn introduce(&mut self) {
        let known = self.members().iter().find(|member| member.mine);
        let stale = known.is_some_and(|known| (&known.name, &known.colour) != (&self.profile.name, &self.profile.colour));
        let is_member = known.is_some();
        if stale && !std::mem::replace(&mut self.introduced, true) {
            // A name is a courtesy; nothing depends on it.
            let _ = self.say_who_i_am();
        }
        if is_member {
            // Without it this device is dealt to when it says its key the next time.
            let _ = self.say_my_key();
        }
    }

    /// Becomes a member, once the first copy is here and the invitation in it.
    pub(crate) fn join_when_ready(&mut self) {
        if self.state() != State::Waiting || !self.first_copy_is_here() {
            return;
        }
        let Some(ticket) = self.ticket.clone() else { return };
        if self.is_arriving() {
            // The grant that makes it a member is somebody else's record, and comes with the rest.
            if self.is_member(&self.device()) {
                self.arrive();
            }
            return;
        }
        let Some(record) = self.history.access.invitation(&ticket.seed.key()).map(|(record, _)| record.position.hash) else { return };
        let (document, device) = (self.id(), self.device());
        if self.begin_chain().is_err() {
            return;
        }
        let Some(chain) = self.own.chain() else { return };
        let join = Operation::Join(ticket.seed.join(record, &document, &chain, &device)).encode();
        let joined = self.own.join(&mut self.history, &record, &join, self.now).map(|record| self.draft.record(record));
        if self.operation_written(joined).is_ok() {
            self.arrive();
        }
    }

    /// This device is a member and has its first copy.
    fn arrive(&mut self) {
        // Name and key are said again when others are met; joining depends on neither.
        let _ = self.say_who_i_am();
        let _ = self.say_my_key();
        self.first_copy = None;
        self.history.forget_unproven();
        self.announce(Announcement::State(State::Ready));
        if self.views.is_empty() {
            self.replica.want_title(self.now);
        } else {
            self.wake();
        }
    }

    /// Whether everything that the supplier had when it was asked is here.
    fn first_copy_is_here(&self) -> bool {
        let founded = self.history.founding().and_then(|chain| self.history.tip(&chain)).is_some_and(|tip| tip.number > 1);
        let equal =
            |session: &sheaf_protocol::Session| session.theirs().is_some_and(|hello| hello.frontier == self.history.durable.digest());
        founded && (self.supplied || self.peers.iter().any(|(_, peer)| peer.session.as_ref().is_some_and(equal)))
    }
}
