//! The chain that this process run writes in the document.
//!
//! There is at most one, begun when something is first written or a replica first needs a client id, and its head is written down
//! together with its first record. It is checked by the same rules as everybody's: what this device would refuse, it does not write.

use sheaf_access::{Operation, Profile};
use sheaf_base::{ChainId, ClientId, DocumentId, Hash, Moment, Position, limits};
use sheaf_record::{ChainWriter, DeviceKey, EpochSecret, Kind, ReadRecord, Seal, Stamp};

use crate::{
    delivery::Accepted,
    entropy::Entropy,
    folder,
    history::{History, Inside, Sound},
    validity::{Unfit, judge},
};

/// The chain of this process run, if it has one yet.
#[derive(Default)]
pub(crate) struct Own {
    writer: Option<ChainWriter>,
    /// The newest record that was accepted, and so is written down.
    written: Option<Position>,
    sealed: u64,
    unsealed_bytes: usize,
    /// What had been heard of members when it was last looked which secret closes what comes next.
    turned_at: Option<u64>,
}

/// Why nothing was written. If the rules refused it, the chain is closed: its clocks do not fit the replica's any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OwnError {
    /// There is no key to write with.
    #[error("the document's key is not here yet")]
    NoKey,
    /// The record would be refused everywhere.
    #[error("{0}")]
    Refused(String),
}

/// What a document begins with.
#[derive(Clone, Copy)]
pub(crate) struct Founding<'a> {
    /// Its first secret.
    pub(crate) secret: &'a EpochSecret,
    /// It is a folder.
    pub(crate) folder: bool,
}

impl Own {
    /// The chain, if it has been begun.
    pub(crate) fn chain(&self) -> Option<ChainId> {
        self.writer.as_ref().map(|writer| writer.tip().chain)
    }

    /// The chain's writer, begun if need be. The chain of a new document is its founding one.
    pub(crate) fn begin(
        &mut self,
        key: &DeviceKey,
        history: &History,
        entropy: &mut Entropy,
        founding: Option<Founding<'_>>,
        now: Moment,
    ) -> Result<&mut ChainWriter, OwnError> {
        if self.writer.is_none() {
            let secret =
                founding.as_ref().map(|founding| founding.secret.clone()).or_else(|| history.secret_of_next()).ok_or(OwnError::NoKey)?;
            let document = if founding.is_some() { DocumentId::FOUNDING } else { history.document() };
            let mut nonce = entropy.draw_half();
            if founding.is_some_and(|founding| founding.folder) {
                folder::mark(&mut nonce);
            }
            let epoch = u64::from(sheaf_schema::EPOCH);
            self.start(ChainWriter::begin(key, document, nonce, epoch, now.wall, &secret));
        } else if self.turned_at != Some(history.opened.changes()) {
            self.turn(history)?;
        }
        self.turned_at = Some(history.opened.changes());
        Ok(self.writer.as_mut().expect("it was begun just above"))
    }

    /// The same for records in which nothing is closed: a chain that has been begun is good for them whichever secret it is at, and where the secret of
    /// now is not here, a new one begins with another. What is closed waits for [`Self::begin`].
    pub(crate) fn begin_unclosed(
        &mut self,
        key: &DeviceKey,
        history: &History,
        entropy: &mut Entropy,
        now: Moment,
    ) -> Result<(), OwnError> {
        if self.writer.is_none() {
            let secret = history.secret_of_next().or_else(|| history.secrets.values().next().cloned()).ok_or(OwnError::NoKey)?;
            self.start(ChainWriter::begin(key, history.document(), entropy.draw_half(), u64::from(sheaf_schema::EPOCH), now.wall, &secret));
            self.turned_at = None;
        }
        Ok(())
    }

    fn start(&mut self, writer: ChainWriter) {
        self.writer = Some(writer);
        (self.written, self.sealed, self.unsealed_bytes) = (None, 0, 0);
    }

    /// Whether nothing has been heard of members since it was looked which secret closes what comes next.
    pub(crate) fn is_turned(&self, history: &History) -> bool {
        self.turned_at == Some(history.opened.changes())
    }

    /// The client id that the replica writes as.
    pub(crate) fn client(&self) -> Option<ClientId> {
        self.chain().map(|chain| chain.client())
    }

    /// Gives up the chain: what follows goes into a new one.
    pub(crate) fn close(&mut self) {
        *self = Own::default();
    }

    /// Makes one stamp name everything: where more people wrote apart than a stamp may name, records that only gather come first. They say
    /// again who this is, which changes nothing. The chain has been begun. If what comes next is `closed`, its secret has to be here; what gathers needs none.
    pub(crate) fn gather(
        &mut self,
        history: &mut History,
        profile: &Profile,
        closed: bool,
        now: Moment,
    ) -> Result<Vec<Accepted>, OwnError> {
        let chain = self.show(history)?;
        let mut gathered = Vec::new();
        let stamps = history.graph.stamps(Some(&chain));
        for stamp in stamps.iter().take(stamps.len() - 1) {
            let secret = if history.access.has_rotated() { history.secret_behind(&chain, stamp) } else { None };
            if closed && history.access.has_rotated() && secret.is_none() {
                return Err(OwnError::NoKey);
            }
            let Some(writer) = &mut self.writer else { return Err(OwnError::NoKey) };
            // It stands on a part only, and is closed with what that part knew.
            secret.iter().for_each(|secret| writer.turn_to_epoch(secret));
            self.turned_at = None;
            let again = Operation::Profile(profile.close(writer.cipher(), &writer.tip().hash));
            gathered.push(self.append(history, Kind::Access, stamp.clone(), &again.encode(), now)?);
        }
        match self.turned_at {
            None if closed => self.turn(history)?,
            // It is turned before something is closed.
            _ => {}
        }
        Ok(gathered)
    }

    /// What comes next stands on everything here, so no older secret closes it.
    fn turn(&mut self, history: &History) -> Result<(), OwnError> {
        if history.access.has_rotated() {
            let secret = history.secret_of_next().ok_or(OwnError::NoKey)?;
            self.writer.iter_mut().for_each(|writer| writer.turn_to_epoch(&secret));
        }
        self.turned_at = Some(history.opened.changes());
        Ok(())
    }

    /// Writes the record by which this device becomes a member. It gathers nothing, for who is no member yet may write nothing else: where
    /// more heads are open than a stamp may name, it stands on some of them, behind which its invitation is.
    pub(crate) fn join(&mut self, history: &mut History, invitation: &Hash, content: &[u8], now: Moment) -> Result<Accepted, OwnError> {
        let chain = self.show(history)?;
        let stands_on_it = |record: &Hash| history.graph.past_with(record).is_some_and(|past| past.contains(invitation));
        let stamps = history.graph.stamps(Some(&chain));
        let stamp = stamps.into_iter().find(|stamp| stamp.parents().iter().any(stands_on_it)).unwrap_or_default();
        self.append(history, Kind::Access, stamp, content, now)
    }

    /// Writes a record that stands on everything here, which has been gathered.
    pub(crate) fn write(&mut self, history: &mut History, kind: Kind, content: &[u8], now: Moment) -> Result<Accepted, OwnError> {
        let chain = self.chain().ok_or(OwnError::NoKey)?;
        let stamp = history.graph.stamps(Some(&chain)).pop().unwrap_or_default();
        self.append(history, kind, stamp, content, now)
    }

    /// Whether enough has been written to be sealed before the turn ends.
    pub(crate) fn is_long(&self) -> bool {
        self.unsealed_bytes >= limits::SEAL_EVERY
    }

    /// Seals what has been written, if anything has.
    pub(crate) fn seal(&mut self, key: &DeviceKey, history: &mut History) -> Option<Seal> {
        let written = self.written.filter(|written| written.number > self.sealed)?;
        let seal = Seal::sign(key, &history.document(), written);
        self.sealed = written.number;
        self.unsealed_bytes = 0;
        history.set_seal(&seal.position.chain, seal.position.number);
        Some(seal)
    }

    /// Shows the chain to the graph, if it has no record yet.
    pub(crate) fn show(&self, history: &mut History) -> Result<ChainId, OwnError> {
        let writer = self.writer.as_ref().ok_or(OwnError::NoKey)?;
        if writer.tip().number == 0 {
            history.open_chain(writer.head().clone());
        }
        Ok(writer.tip().chain)
    }

    fn append(&mut self, history: &mut History, kind: Kind, stamp: Stamp, content: &[u8], now: Moment) -> Result<Accepted, OwnError> {
        let writer = self.writer.as_mut().ok_or(OwnError::NoKey)?;
        let written = writer.append(kind, stamp, content, now.wall).map_err(|error| OwnError::Refused(error.to_string()))?;
        let head = (written.position.number == 1).then(|| writer.head().clone());
        let author = writer.head().device();
        let read = ReadRecord { position: written.position, previous: written.previous, record: written.record };
        let inside = match judge(history, &read) {
            Ok(inside) => inside,
            Err(unfit) => {
                // The number is given to no other record: the chain ends here, and whoever called closes it.
                return Err(OwnError::Refused(match unfit {
                    Unfit::Invalid(reason) => reason,
                    Unfit::Waits => "it stands on what is not here".into(),
                }));
            }
        };
        self.unsealed_bytes += written.bytes.len();
        self.written = Some(written.position);
        let access = matches!(inside, Inside::Access(_));
        let (row, parents) = history.accept(Sound { read, bytes: written.bytes, inside });
        Ok(Accepted { at: history.last_row(), row, parents, author, head, base: None, update: None, access })
    }
}
