//! Which secret closes and opens what.
//!
//! A record is closed with the secret of the newest epochs in its own past, of several with all of them together. So a chain goes on under a new
//! secret when its author has heard of it, and whoever was left out of that reads nothing of what follows. The secrets come out of what was dealt to
//! this device or its ticket, and each opens those before it; they are kept in the journal. What is closed with one that is not here waits.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_access::{Operation, SealingSeed, TicketSeed, joint};
use sheaf_base::{ChainId, DeviceId, Hash, Position};
use sheaf_record::{ChainCipher, EpochId, EpochSecret, OpenError, Opened, ReadRecord, Stamp};

use crate::{Document, history::History};

/// Ciphers that are kept at hand; making one costs a few microseconds.
const CIPHERS: usize = 64;

/// Whoever secrets are dealt to here.
struct DealtTo<'a> {
    device: &'a DeviceId,
    seed: &'a SealingSeed,
    ticket: Option<&'a TicketSeed>,
}

/// What is remembered between two records that are opened.
#[derive(Default)]
pub(crate) struct Openers {
    ciphers: BTreeMap<(ChainId, EpochId), ChainCipher>,
    /// The epoch of everything, while there is only one.
    only: Option<EpochId>,
    /// What can begin or take away an epoch, once somebody has asked; and the epochs of pasts, by what of that is in them.
    weighty: Option<Vec<Hash>>,
    epochs: BTreeMap<Vec<bool>, Vec<EpochId>>,
    /// How many access records have come.
    changes: u64,
}

impl Openers {
    /// An access record has come, so pasts may have other epochs.
    pub(crate) fn access_changed(&mut self) {
        self.changes += 1;
        self.weighty = None;
        self.epochs.clear();
    }

    /// Another number whenever the epochs of now may be others.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    fn cipher(&mut self, chain: ChainId, secret: &EpochSecret) -> &ChainCipher {
        if self.ciphers.len() >= CIPHERS {
            self.ciphers.clear();
        }
        self.ciphers.entry((chain, secret.id())).or_insert_with(|| ChainCipher::new(secret, &chain))
    }
}

impl History {
    /// Opens a record.
    pub(crate) fn open(&mut self, read: &ReadRecord) -> Result<Opened, OpenError> {
        let secret = self.secret_of_record(read).ok_or(OpenError::Sealed)?;
        let chain = self.graph.root(&read.position.chain);
        self.opened.cipher(chain, &secret).open(&read.previous, &read.record)
    }

    /// Whether the secret is here that opens a record.
    pub(crate) fn can_open(&mut self, read: &ReadRecord) -> bool {
        self.secret_of_record(read).is_some()
    }

    /// The cipher of the names inside an access record that is held.
    pub(crate) fn names_cipher(&mut self, position: &Position) -> Option<&ChainCipher> {
        let past = self.graph.past_with(&position.hash)?;
        let secret = self.joined(&self.access.epochs_in(&past))?;
        Some(self.opened.cipher(self.graph.root(&position.chain), &secret))
    }

    /// The ciphers that a packed run of a chain may have been closed with: it says not which.
    pub(crate) fn pack_ciphers(&self, chain: &ChainId) -> Vec<ChainCipher> {
        let root = self.graph.root(chain);
        self.secrets.values().map(|secret| ChainCipher::new(secret, &root)).collect()
    }

    /// The secret of what is written now; none if it, or a part of it, is not here.
    pub(crate) fn secret_of_next(&self) -> Option<EpochSecret> {
        self.joined(&self.access.epochs())
    }

    /// The secret of a record that this device is about to write, which stands on some of what is here.
    pub(crate) fn secret_behind(&self, chain: &ChainId, stamp: &Stamp) -> Option<EpochSecret> {
        let number = self.tip(chain).map_or(0, |tip| tip.number) + 1;
        let past = self.graph.past(chain, number, stamp).ok()?;
        self.joined(&self.access.epochs_in(&past))
    }

    fn secret_of_record(&mut self, read: &ReadRecord) -> Option<EpochSecret> {
        if !self.access.has_rotated() {
            let only = self.opened.only.or_else(|| self.access.epoch())?;
            self.opened.only = Some(only);
            return self.secrets.get(&only).cloned();
        }
        let Position { chain, number, hash } = read.position;
        // A record that begins no epoch is none more for having its place.
        let past = match self.graph.past_with(&hash) {
            Some(past) => past,
            None => self.graph.past(&chain, number, &read.record.stamp).ok()?,
        };
        let weighty = self.opened.weighty.get_or_insert_with(|| self.access.weights().into_iter().map(|(hash, _)| hash).collect());
        let known: Vec<bool> = weighty.iter().map(|hash| past.contains(hash)).collect();
        let epochs = self.opened.epochs.entry(known).or_insert_with(|| self.access.epochs_in(&past)).clone();
        self.joined(&epochs)
    }

    fn joined(&self, epochs: &[EpochId]) -> Option<EpochSecret> {
        let secrets: Option<Vec<EpochSecret>> = epochs.iter().map(|epoch| self.secrets.get(epoch).cloned()).collect();
        joint(&secrets?)
    }

    /// Whether the secret of an epoch that has begun is not here: for whoever has not got the first one yet, that one.
    fn lacks_begun(&self) -> bool {
        self.access.begun_epochs().any(|epoch| !self.secrets.contains_key(&epoch))
    }

    /// Whether there is a secret after the first that is not here.
    fn lacks_secrets(&self) -> bool {
        self.access.has_rotated() && self.lacks_begun()
    }

    /// Takes out every secret that has been dealt to somebody, and those before them.
    fn take_dealt(&mut self, dealt_to: &DealtTo<'_>, waiting: &[Operation]) -> Vec<EpochSecret> {
        let mut taken = Vec::new();
        loop {
            let begun: BTreeSet<EpochId> = self.access.begun_epochs().collect();
            let is_new = |secret: &EpochSecret| begun.contains(&secret.id()) && !self.secrets.contains_key(&secret.id());
            let new = self.dealt(dealt_to, waiting).into_iter().filter(is_new);
            let new: BTreeMap<EpochId, EpochSecret> = new.map(|secret| (secret.id(), secret)).collect();
            if new.is_empty() {
                return taken;
            }
            new.values().for_each(|secret| self.add_secret(secret.clone()));
            taken.extend(new.into_values());
        }
    }

    /// What can be taken out with what is here. Whether a record that deals a secret counts does not matter: the secret is the one that it names.
    fn dealt(&self, DealtTo { device, seed, ticket }: &DealtTo<'_>, waiting: &[Operation]) -> Vec<EpochSecret> {
        let document = self.document();
        let lacks = |epoch: &EpochId| !self.secrets.contains_key(epoch);
        let invitation = ticket.and_then(|ticket| {
            let (record, _) = self.access.invitation_of(&ticket.key())?;
            Some((record.position.hash, ticket))
        });
        let mut dealt = Vec::new();
        for operation in self.access.records().map(|(record, _)| &record.operation).chain(waiting) {
            match operation {
                Operation::Wrap(wrap) if lacks(&wrap.epoch) => dealt.extend(wrap.open(device, seed, &document)),
                Operation::Grant(grant) if grant.request.device == **device && grant.epochs().any(lacks) => {
                    dealt.extend(grant.open(seed, &document).0);
                }
                operation => {
                    let Some(rotation) = operation.rotation() else { continue };
                    if lacks(&rotation.epoch) {
                        dealt.extend(rotation.open(device, seed, &document));
                        dealt.extend(invitation.and_then(|(record, ticket)| rotation.open_with_ticket(&record, ticket, &document).ok()));
                    }
                    if let Some(secret) = self.secrets.get(&rotation.epoch).filter(|_| rotation.names_before().any(lacks)) {
                        dealt.extend(rotation.before(secret, &document));
                    }
                }
            }
        }
        dealt
    }
}

impl Document {
    /// Takes out what has been dealt to this device and has come. Says whether there was a secret: what it opens need not wait any more.
    pub(crate) fn learn_secrets(&mut self) -> bool {
        if !self.history.lacks_begun() {
            return false;
        }
        // Whoever deals to a device what it lacks stands on records that it cannot read without.
        let waiting = self.delivery.waiting_operations();
        let mut learned = self.history.prove_secrets(&waiting);
        if self.history.lacks_secrets() {
            let seed = SealingSeed::of_device(&self.key, &self.id());
            let ticket = self.ticket.as_ref().map(|ticket| &ticket.seed);
            learned.extend(self.history.take_dealt(&DealtTo { device: &self.key.device(), seed: &seed, ticket }, &waiting));
        }
        learned.iter().for_each(|secret| self.draft.secret(secret));
        !learned.is_empty()
    }

    /// Whether what is written now cannot be read here yet: a new secret was made, and has not come to this device.
    pub fn lacks_key(&self) -> bool {
        !self.history.access.epochs().is_empty() && self.history.secret_of_next().is_none()
    }
}
