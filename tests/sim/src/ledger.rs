//! The world's own books, kept apart from everything it checks: which words were saved, which records are durable where.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use sheaf_base::{ChainId, ClientId, DeviceId, DocumentId, Hash, Position, planted};
use sheaf_document::RecordRow;
use sheaf_protocol::{Bundle, BundleChain, Frame};
use sheaf_record::{BranchHead, PackedRun, Record, Seal, Signature, SignedHead};

use crate::{
    disk::{BODY, Disk},
    view::Edit,
};

/// The books.
#[derive(Default)]
pub(crate) struct Ledger {
    made: u64,
    /// Words that a view was told are saved.
    saved: BTreeMap<String, Saved>,
    /// Words that somebody deleted, or may have.
    deleted: BTreeSet<String>,
    /// Every record that was ever durable anywhere: one hash for one chain and number, unless the chain is one that forks.
    records: BTreeMap<(ChainId, u64), Vec<Hash>>,
    /// Devices whose chains may fork, and whose numbers and clocks may come twice.
    hostile: BTreeSet<DeviceId>,
    /// The clocks that records fill, by their first: where they end, and whose they are.
    clocks: BTreeMap<(ClientId, u64), (u64, Hash)>,
    /// Whose chains they are.
    authors: BTreeMap<ChainId, DeviceId>,
    /// Seals that were looked at and hold.
    seals: BTreeSet<(ChainId, u64, [u8; 64])>,
    disks: BTreeMap<usize, Pages>,
    /// How much of each chain seals that hold vouch for, on each device: those on its disk and those that it was sent.
    vouched: BTreeMap<(usize, ChainId), u64>,
}

/// What is known to be on one disk.
#[derive(Default)]
struct Pages {
    /// Heads, rows and seals that have been looked at.
    heads: usize,
    rows: usize,
    seals: usize,
    here: BTreeSet<Hash>,
    /// Branches, which this disk keeps as chains of their own: of which chain they are, and from which of its numbers on.
    branches: BTreeMap<ChainId, (ChainId, u64)>,
    /// How much of each chain is there.
    chains: BTreeMap<ChainId, u64>,
    /// The newest edit of each chain that is there.
    edits: BTreeMap<ChainId, u64>,
}

struct Saved {
    by: usize,
    at: Duration,
}

impl Ledger {
    /// A word that nobody has typed yet.
    pub(crate) fn new_word(&mut self) -> String {
        self.made += 1;
        format!("w{}x", self.made)
    }

    /// How many there are.
    pub(crate) fn words_made(&self) -> u64 {
        self.made
    }

    /// An edit is on its way: what it deletes may go.
    pub(crate) fn pushed(&mut self, edit: &Edit) {
        self.deleted.extend(edit.deleted.iter().cloned());
    }

    /// An edit was answered "saved".
    pub(crate) fn saved(&mut self, who: usize, edit: &Edit, at: Duration) {
        if let Some(word) = &edit.typed {
            self.saved.insert(word.clone(), Saved { by: who, at });
        }
    }

    /// The saved words that must be somewhere, because nobody deleted them: those of one device, or all.
    pub(crate) fn must_be_there(&self, of: Option<usize>) -> impl Iterator<Item = &String> {
        let saved = self.saved.iter().filter(move |(_, saved)| of.is_none_or(|who| saved.by == who));
        saved.map(|(word, _)| word).filter(|word| !self.deleted.contains(*word))
    }

    /// A profile was put back to what it was: what it alone saved since then is gone, and nobody promised otherwise.
    pub(crate) fn restored(&mut self, who: usize, to: Duration, disk: &Disk) -> Result<(), String> {
        self.saved.retain(|_, saved| saved.by != who || saved.at < to);
        self.disks.remove(&who);
        self.written(who, disk)
    }

    /// Nothing that this device writes need be the only thing under its number.
    pub(crate) fn expect_forks_of(&mut self, device: DeviceId) {
        self.hostile.insert(device);
    }

    /// A device is there twice from now on, with the same disk.
    pub(crate) fn doubled(&mut self, who: usize, twin: usize, disk: &Disk) -> Result<(), String> {
        let vouched = self.vouched.range((who, ChainId([0; 32]))..).take_while(|((device, _), _)| *device == who);
        let vouched: Vec<_> = vouched.map(|((_, chain), number)| ((twin, *chain), *number)).collect();
        self.vouched.extend(vouched);
        self.written(twin, disk)
    }

    /// Whose chain it is.
    pub(crate) fn author(&self, chain: &ChainId) -> Option<DeviceId> {
        self.authors.get(chain).copied()
    }

    /// An edit that one device durably holds and the other does not. Chains that may fork are left out: which branch of them somebody holds
    /// is not said by a number.
    pub(crate) fn lacking(&self, holder: usize, other: usize) -> Option<(ChainId, u64)> {
        let (holds, has) = (self.disks.get(&holder)?, self.disks.get(&other)?);
        let forks = |chain: &ChainId| self.author(chain).is_some_and(|author| self.hostile.contains(&author));
        let more = |(chain, number): &(&ChainId, &u64)| !forks(chain) && has.chains.get(*chain).copied().unwrap_or(0) < **number;
        holds.edits.iter().find(more).map(|(chain, number)| (*chain, *number))
    }

    /// Rows became durable: each stands on what came before it, its author's seal had come, and its number and clocks are no other record's.
    pub(crate) fn written(&mut self, who: usize, disk: &Disk) -> Result<(), String> {
        let mut pages = self.disks.remove(&who).unwrap_or_default();
        let stored = disk.stored();
        for head in &stored.heads[pages.heads..] {
            if let Ok(branch) = BranchHead::decode(&head.head) {
                let base = pages.absolute(branch.base.chain, branch.base.number);
                pages.branches.insert(head.chain, base);
                continue;
            }
            self.authors.insert(head.chain, signed_head(&[&head.head[..], &head.signature].concat())?.device());
        }
        let absolute = |row: &RecordRow| {
            let (chain, number) = pages.absolute(row.chain, row.number);
            RecordRow { chain, number, ..row.clone() }
        };
        let rows: Vec<RecordRow> = stored.records[pages.rows..].iter().map(absolute).collect();
        for row in &rows {
            pages.stands(row)?;
            self.is_the_only_one(row)?;
        }
        for seal in &stored.seals[pages.seals..] {
            let (chain, number) = pages.absolute(seal.chain, seal.number);
            if !self.holds(&stored.document, chain, number, Signature(seal.signature)) {
                return Err(format!("record {number} of {chain:?} was taken in under a seal that does not hold"));
            }
            self.vouch(who, chain, number);
        }
        if let Some(row) = rows.iter().find(|row| self.vouched.get(&(who, row.chain)).is_none_or(|number| *number < row.number)) {
            return Err(format!("record {} of {:?} was taken in without a seal", row.number, row.chain));
        }
        (pages.heads, pages.rows, pages.seals) = (stored.heads.len(), stored.records.len(), stored.seals.len());
        self.disks.insert(who, pages);
        Ok(())
    }

    /// A frame reaches a device. The seals in it that hold vouch for what has come or will come, in whatever piece.
    pub(crate) fn reaches(&mut self, who: usize, document: &DocumentId, frame: &Frame) {
        if let Frame::Packed(packed) = frame
            && let Ok(run) = PackedRun::decode(&packed.run)
        {
            let Seal { position, signature } = run.seal;
            if self.holds(document, position.chain, position.number, signature) {
                self.vouch(who, position.chain, position.number);
            }
        }
        let (Frame::Live(bundle) | Frame::Records(bundle)) = frame else { return };
        for seal in &bundle.seals {
            let Some(Ok(chain)) = bundle.chains.get(seal.chain as usize).map(chain_of) else { continue };
            if self.holds(document, chain, seal.number, seal.signature) {
                self.vouch(who, chain, seal.number);
            }
        }
    }

    fn vouch(&mut self, who: usize, chain: ChainId, number: u64) {
        let vouched = self.vouched.entry((who, chain)).or_default();
        *vouched = number.max(*vouched);
    }

    /// No number of a chain is given to two records, and no clock of a client.
    fn is_the_only_one(&mut self, row: &RecordRow) -> Result<(), String> {
        let known = self.records.entry((row.chain, row.number)).or_default();
        if !known.contains(&row.hash) {
            known.push(row.hash);
        }
        if self.authors.get(&row.chain).is_some_and(|author| self.hostile.contains(author)) {
            return Ok(());
        }
        if known.len() > 1 {
            return Err(format!("record {} of {:?} exists twice, with different hashes", row.number, row.chain));
        }
        if row.clocks == 0 {
            return Ok(());
        }
        let (client, end) = (row.chain.client(), row.clock + row.clocks);
        match self.clocks.range((client, 0)..(client, end)).next_back() {
            Some((_, (taken, other))) if *taken > row.clock && *other != row.hash => {
                Err(format!("clocks {}..{end} of {client:?} were used twice", row.clock))
            }
            _ => {
                self.clocks.insert((client, row.clock), (end, row.hash));
                Ok(())
            }
        }
    }

    /// Whether a seal is one: by the chain's device, over the record that stands there.
    fn holds(&mut self, document: &DocumentId, chain: ChainId, number: u64, signature: Signature) -> bool {
        let known = (chain, number, signature.0);
        if self.seals.contains(&known) {
            return true;
        }
        let (Some(author), Some(hashes)) = (self.authors.get(&chain), self.records.get(&(chain, number))) else { return false };
        let mut seals = hashes.iter().map(|hash| Seal { position: Position { chain, number, hash: *hash }, signature });
        let holds = seals.any(|seal| verify_alone(author, &seal, document));
        holds && self.seals.insert(known)
    }

    /// A frame leaves a device. It may name only what is durable there.
    pub(crate) fn sent(&self, who: usize, frame: &Frame) -> Result<(), String> {
        match frame {
            Frame::Live(bundle) | Frame::Records(bundle) => self.bundle_is_durable(who, bundle),
            Frame::Packed(packed) => {
                let run = PackedRun::decode(&packed.run).map_err(|error| error.to_string())?;
                self.is_durable(who, &run.before.chain, run.seal.position.number)
            }
            // What a branch is called is not in these books.
            Frame::Have(have) => {
                let mut plain = have.news.iter().filter(|(chain, _)| self.authors.contains_key(chain));
                plain.try_for_each(|(chain, number)| self.is_durable(who, chain, *number))
            }
            _ => Ok(()),
        }
    }

    fn bundle_is_durable(&self, who: usize, bundle: &Bundle) -> Result<(), String> {
        for run in &bundle.runs {
            let chain = bundle.chains.get(run.chain as usize).ok_or("a run of a chain that its bundle does not name")?;
            let chain = chain_of(chain)?;
            self.is_durable(who, &chain, run.first + run.records.len() as u64 - 1)?;
        }
        Ok(())
    }

    fn is_durable(&self, who: usize, chain: &ChainId, number: u64) -> Result<(), String> {
        let durable = self.disks.get(&who).and_then(|pages| pages.chains.get(chain)).copied().unwrap_or(0);
        if number <= durable {
            Ok(())
        } else {
            Err(format!("told record {number} of {chain:?} before it was durable (durable: {durable})"))
        }
    }
}

impl Pages {
    /// Where a record stands in the chain that its device wrote.
    fn absolute(&self, chain: ChainId, number: u64) -> (ChainId, u64) {
        self.branches.get(&chain).map_or((chain, number), |(root, base)| (*root, base + number))
    }

    /// Everything that the stamp of a row names comes before it in the same journal.
    fn stands(&mut self, row: &RecordRow) -> Result<(), String> {
        let record = Record::decode(&row.bytes).map_err(|error| format!("a journal row is no record: {error}"))?;
        if !record.stamp.parents().iter().all(|parent| self.here.contains(parent)) {
            return Err(format!("record {} of {:?} was taken in before what it stands on", row.number, row.chain));
        }
        self.here.insert(row.hash);
        let chain = self.chains.entry(row.chain).or_default();
        *chain = row.number.max(*chain);
        if row.kind == BODY {
            self.edits.insert(row.chain, row.number);
        }
        Ok(())
    }
}

fn chain_of(chain: &BundleChain) -> Result<ChainId, String> {
    match chain {
        BundleChain::Known(chain) => Ok(*chain),
        BundleChain::Head(head) => Ok(signed_head(head)?.chain()),
        BundleChain::Branch(branch) => Ok(signed_head(&branch.head)?.chain()),
    }
}

fn signed_head(bytes: &[u8]) -> Result<SignedHead, String> {
    SignedHead::from_journal(bytes).map_err(|error| error.to_string())
}

/// Verifies a seal with no bug planted: the world must not fall for it too.
fn verify_alone(device: &DeviceId, seal: &Seal, document: &DocumentId) -> bool {
    let planted = planted::plant(None);
    let holds = seal.verify(device, document).is_ok();
    planted::plant(planted);
    holds
}
