//! What is held: every accepted record's place, who may do what by them, and the keys.
//!
//! Records enter through [`History::accept`] in causal order and never leave. Nothing here knows what is on disk; the frontier of what is
//! durable is moved by the turn, when it has been written.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sheaf_access::{Access, AccessRecord, Operation, Rotation, limits};
use sheaf_base::{ChainId, ClientId, DeviceId, DocumentId, Hash, Position};
use sheaf_record::{BranchHead, Digest, EpochId, EpochSecret, Extent, Frontier, Graph, Kind, Malformed, ReadRecord, SignedHead};
use sheaf_replica::walk::Marks;

use crate::{
    keys::Openers,
    marks,
    turn::{HeadRow, RecordRow},
    voids::Voids,
};

/// Frontiers that receipts are recognised by.
const RECENT: usize = 256;

/// Devices whose secrets are kept until it is known which is right: more than answer one guest at once.
const UNPROVEN: usize = 16;

/// New secrets that a newcomer is told of, by however many: as many as two devices can have made, each in a removal or a revocation.
const PAST: usize = 2 * (limits::REMOVALS_OF_MANAGERS + limits::REVOCATIONS);

/// Everything accepted in one document.
pub(crate) struct History {
    pub(crate) graph: Graph,
    pub(crate) access: Access,
    chains: BTreeMap<ChainId, Chain>,
    pub(crate) secrets: BTreeMap<EpochId, EpochSecret>,
    /// Secrets that came with Welcomes, the last of each device, before it can be told which of them is right.
    unproven: VecDeque<(DeviceId, Vec<EpochSecret>)>,
    /// What a newcomer was told of the secrets before the one that it was given.
    past: Vec<Rotation>,
    /// What has been made of them to open records.
    pub(crate) opened: Openers,
    /// Where entries of maps are, by chain: a title and the kinds of lines, so few.
    entries: BTreeMap<ChainId, Vec<u32>>,
    founding: Option<ChainId>,
    /// Chains of which more is here than a seal that has come with it vouches for, and a row before which nothing of that stands.
    unsealed: BTreeMap<ChainId, u64>,
    /// How many journal rows there are.
    rows: u64,
    /// Which of them are edits, all of them and by author, ascending: so that "how many since" is two searches.
    edits: Vec<u32>,
    edits_by: BTreeMap<DeviceId, Vec<u32>>,
    chains_by: BTreeMap<DeviceId, Vec<ChainId>>,
    /// Bytes of all records, for showing progress.
    pub(crate) bytes: u64,
    /// What is on disk and sealed: all that is ever told.
    pub(crate) durable: Frontier,
    durable_rows: u64,
    /// A digest over the access records that are on disk.
    pub(crate) durable_access: Digest,
    /// Access records have come since that was computed.
    access_changed: bool,
    recent: Vec<(Digest, u64)>,
    /// What of the body does not count.
    pub(crate) voids: Voids,
}

/// What is known of a chain besides its records.
struct Chain {
    head: SignedHead,
    /// The newest position that a seal here vouches for.
    sealed: u64,
    /// The chain has ended before this number: that record was invalid.
    ended: Option<u64>,
    /// Records that are no edits.
    others: Vec<u64>,
    /// Records of the discussion: edits, and not of the body.
    discussion: Vec<u64>,
}

/// A record that has been found valid, with what is inside.
pub(crate) struct Sound {
    pub(crate) read: ReadRecord,
    pub(crate) bytes: Vec<u8>,
    pub(crate) inside: Inside,
}

/// What is inside a valid record.
#[expect(clippy::large_enum_variant, reason = "lives for the length of one call, one at a time")]
pub(crate) enum Inside {
    /// An update of the body.
    Body {
        /// The update.
        update: Vec<u8>,
        /// What later records need to know of it.
        marks: Marks,
    },
    /// An event of the discussion. Kept and forwarded; nothing shows it yet.
    Discussion,
    /// An access operation.
    Access(AccessRecord),
}

impl History {
    pub(crate) fn new(document: DocumentId) -> History {
        History {
            graph: Graph::new(),
            access: Access::new(document),
            chains: BTreeMap::new(),
            secrets: BTreeMap::new(),
            unproven: VecDeque::new(),
            past: Vec::new(),
            opened: Openers::default(),
            entries: BTreeMap::new(),
            founding: None,
            unsealed: BTreeMap::new(),
            rows: 0,
            edits: Vec::new(),
            edits_by: BTreeMap::new(),
            chains_by: BTreeMap::new(),
            bytes: 0,
            durable: Frontier::new(),
            durable_rows: 0,
            durable_access: Digest::EMPTY,
            access_changed: true,
            recent: Vec::new(),
            voids: Voids::default(),
        }
    }

    pub(crate) fn document(&self) -> DocumentId {
        self.access.document()
    }

    // ---- chains

    /// Shows a chain, before its first record.
    pub(crate) fn open_chain(&mut self, head: SignedHead) {
        let (chain, device) = (head.chain(), head.device());
        self.chains.entry(chain).or_insert(Chain { head, sealed: 0, ended: None, others: Vec::new(), discussion: Vec::new() });
        self.graph.open_chain(chain, device);
    }

    /// Shows a branch: a second history of a chain behind `base`. Says whether what it is a branch of is here.
    pub(crate) fn open_branch(&mut self, name: ChainId, base: &Position) -> bool {
        let Some(head) = self.head(&base.chain).cloned() else { return false };
        self.chains.entry(name).or_insert(Chain { head, sealed: 0, ended: None, others: Vec::new(), discussion: Vec::new() });
        self.graph.open_branch(name, base);
        true
    }

    /// The client id that a chain's own records are spelled with, whichever of its histories they belong to.
    pub(crate) fn client(&self, chain: &ChainId) -> ClientId {
        self.graph.root(chain).client()
    }

    /// The client ids under which a device's words are known, those of the chain begun last first.
    pub(crate) fn clients_of(&self, device: &DeviceId) -> impl Iterator<Item = ClientId> {
        let chains = self.chains_of(device).rev().filter(|chain| self.graph.base(chain).is_none());
        chains.flat_map(|chain| self.graph.clients_of(chain))
    }

    pub(crate) fn head(&self, chain: &ChainId) -> Option<&SignedHead> {
        self.chains.get(chain).map(|it| &it.head)
    }

    pub(crate) fn device(&self, chain: &ChainId) -> Option<DeviceId> {
        self.head(chain).map(SignedHead::device)
    }

    /// The newest record of a chain; its head, if it has none.
    pub(crate) fn tip(&self, chain: &ChainId) -> Option<Position> {
        self.graph.tip(chain)
    }

    /// Whether this very record is held.
    pub(crate) fn hash_is(&self, position: &Position) -> bool {
        self.graph.hash(&position.chain, position.number) == Some(position.hash)
    }

    /// The number up to which seals vouch for a chain.
    pub(crate) fn sealed(&self, chain: &ChainId) -> u64 {
        self.chains.get(chain).map_or(0, |it| it.sealed)
    }

    /// A seal over a record that is held.
    pub(crate) fn set_seal(&mut self, chain: &ChainId, number: u64) {
        if let Some(it) = self.chains.get_mut(chain).filter(|it| it.sealed < number) {
            it.sealed = number;
            if self.graph.tip(chain).is_none_or(|tip| tip.number <= number) {
                self.unsealed.remove(chain);
            }
        }
    }

    /// Whether all that is here is told: of records that wait for the rest of what their seal vouches for nothing is said.
    pub(crate) fn is_all_sealed(&self) -> bool {
        self.unsealed.is_empty()
    }

    /// Ends a chain before `number`: that record is invalid, and so is what stands on it.
    pub(crate) fn end_chain(&mut self, chain: &ChainId, number: u64) {
        if let Some(it) = self.chains.get_mut(chain) {
            it.ended = Some(it.ended.map_or(number, |ended| ended.min(number)));
        }
    }

    /// Why nothing more is taken for a chain, if so.
    pub(crate) fn closed(&self, chain: &ChainId) -> Option<String> {
        let number = self.chains.get(chain)?.ended?;
        Some(format!("the chain ended before its invalid record {number}"))
    }

    /// Whether a chain has ended before this record.
    pub(crate) fn is_ended(&self, chain: &ChainId, number: u64) -> bool {
        self.chains.get(chain).and_then(|it| it.ended).is_some_and(|ended| ended <= number)
    }

    /// The chain that founded the document.
    pub(crate) fn founding(&self) -> Option<ChainId> {
        self.founding
    }

    /// The chains of a device that have records, the one begun last at the end.
    pub(crate) fn chains_of(&self, device: &DeviceId) -> impl DoubleEndedIterator<Item = &ChainId> {
        self.chains_by.get(device).into_iter().flatten()
    }

    pub(crate) fn chains(&self) -> impl Iterator<Item = &ChainId> {
        self.chains.keys()
    }

    /// Whether an entry of a map is at this clock.
    pub(crate) fn is_entry(&self, chain: &ChainId, clock: u32) -> bool {
        self.entries.get(chain).is_some_and(|entries| entries.binary_search(&clock).is_ok())
    }

    /// The chains in which entries of maps stand.
    pub(crate) fn chains_with_entries(&self) -> impl Iterator<Item = &ChainId> {
        self.entries.keys()
    }

    /// Whether a record is one of the body.
    pub(crate) fn is_body(&self, chain: &ChainId, number: u64) -> bool {
        self.chains.get(chain).is_some_and(|it| [&it.others, &it.discussion].iter().all(|numbers| numbers.binary_search(&number).is_err()))
    }

    // ---- keys

    pub(crate) fn add_secret(&mut self, secret: EpochSecret) {
        self.secrets.insert(secret.id(), secret);
    }

    /// Keeps secrets that came with a Welcome or a grant. Every member knows the key that a ticket's secret is sealed to, and can seal another to
    /// it; so none counts before the record is here that commits to it.
    pub(crate) fn add_unproven(&mut self, from: DeviceId, secrets: Vec<EpochSecret>) {
        // However often one device says something, it drives out nobody else's word.
        self.unproven.retain(|(device, _)| *device != from);
        if self.unproven.len() == UNPROVEN {
            self.unproven.pop_front();
        }
        self.unproven.push_back((from, secrets));
    }

    /// Keeps what opens older secrets for whoever has newer ones.
    pub(crate) fn add_past(&mut self, rotations: Vec<Rotation>) {
        let room = PAST.saturating_sub(self.past.len());
        self.past.extend(rotations.into_iter().take(room));
    }

    /// What came and could not be proven is of no more use: this device is a member, and is dealt to like others.
    pub(crate) fn forget_unproven(&mut self) {
        self.unproven.clear();
        self.past.clear();
    }

    /// The right ones of the secrets that came so, and of those that they open, as far as it can be told by now. A newcomer holds the newest secret, and
    /// the record that begins it stands on words that are closed with older ones; so what waits is looked through, too, for what opens those.
    pub(crate) fn prove_secrets(&mut self, waiting: &[Operation]) -> Vec<EpochSecret> {
        let document = self.document();
        let mut told: BTreeMap<EpochId, EpochSecret> =
            self.unproven.iter().flat_map(|(_, secrets)| secrets).map(|secret| (secret.id(), secret.clone())).collect();
        loop {
            let operations = self.access.records().map(|(record, _)| &record.operation).chain(waiting);
            let rotations = operations
                .filter_map(Operation::rotation)
                .chain(&self.past)
                .filter(|rotation| rotation.names_before().any(|old| !told.contains_key(old)));
            let opened = rotations.filter_map(|rotation| Some(rotation.before(told.get(&rotation.epoch)?, &document))).flatten();
            let news: Vec<EpochSecret> = opened.filter(|secret| !told.contains_key(&secret.id())).collect();
            if news.is_empty() {
                break;
            }
            told.extend(news.into_iter().map(|secret| (secret.id(), secret)));
        }
        let begun: BTreeSet<EpochId> = self.access.begun_epochs().collect();
        told.retain(|epoch, _| begun.contains(epoch) && !self.secrets.contains_key(epoch));
        told.values().for_each(|secret| self.add_secret(secret.clone()));
        told.into_values().collect()
    }

    /// The secrets that close what is written now, if all of them are here: several after rotations that did not know of one another.
    pub(crate) fn secrets_of_now(&self) -> Option<Vec<EpochSecret>> {
        let secrets: Option<Vec<_>> = self.access.epochs().iter().map(|epoch| self.secrets.get(epoch).cloned()).collect();
        secrets.filter(|secrets| !secrets.is_empty())
    }

    /// The secret of an epoch, if it is here.
    pub(crate) fn secret_of(&self, epoch: &EpochId) -> Option<&EpochSecret> {
        self.secrets.get(epoch)
    }

    /// The secret of what is written now.
    pub(crate) fn secret(&self) -> Option<&EpochSecret> {
        self.secrets.get(&self.access.epoch()?)
    }

    // ---- records

    /// Gives a valid record its place, and says how it is written down. Everything it stands on has been accepted.
    pub(crate) fn accept(&mut self, sound: Sound) -> (RecordRow, Vec<(ChainId, u64)>) {
        let Sound { read, bytes, inside } = sound;
        let marks = match &inside {
            Inside::Body { marks, .. } => marks.clone(),
            _ => Marks::default(),
        };
        let parents =
            read.record.stamp.parents().iter().filter_map(|hash| self.graph.position(hash)).map(|at| (at.chain, at.number)).collect();
        self.place(&read, &marks, bytes.len()).expect("validity has asked the graph before");
        if matches!(inside, Inside::Body { .. }) {
            self.weigh(&read.position, !marks.entries.is_empty());
        }
        if let Inside::Access(record) = inside {
            self.access.add(record, &self.graph);
            self.access_changed = true;
            self.opened.access_changed();
        }
        let row = RecordRow {
            chain: read.position.chain,
            number: read.position.number,
            hash: read.position.hash,
            kind: read.record.kind.code(),
            clock: marks.clocks.start.into(),
            clocks: u64::from(marks.clocks.end - marks.clocks.start),
            surrogates: marks::encode(&marks),
            bytes,
        };
        (row, parents)
    }

    /// Gives a record its place in the graph and in the rows.
    pub(crate) fn place(&mut self, read: &ReadRecord, marks: &Marks, length: usize) -> Result<(), sheaf_record::AppendError> {
        let Position { chain, number, hash } = read.position;
        let extent = Extent { clocks: marks.clocks.end - marks.clocks.start, low_surrogates: &marks.low_surrogates };
        self.graph.append(&chain, number, hash, &read.record.stamp, extent)?;
        // Any head can claim to found a document; its first record has been compared with the document's id.
        if number == 1 && self.head(&chain).is_some_and(|head| head.is_founding() && head.chain() == chain) {
            self.founding = Some(chain);
        }
        if !marks.entries.is_empty() {
            self.entries.entry(chain).or_default().extend(&marks.entries);
        }
        let device = self.device(&chain).expect("a chain is shown before its records");
        if number == 1 {
            self.chains_by.entry(device).or_default().push(chain);
        }
        self.rows += 1;
        self.unsealed.entry(chain).or_insert(self.rows);
        let edit = read.record.kind != Kind::Access;
        if edit {
            let row = u32::try_from(self.rows).unwrap_or(u32::MAX);
            self.edits.push(row);
            self.edits_by.entry(device).or_default().push(row);
        }
        if let Some(it) = self.chains.get_mut(&chain) {
            match read.record.kind {
                Kind::Access => it.others.push(number),
                Kind::Discussion => it.discussion.push(number),
                Kind::Body => {}
            }
        }
        self.bytes += length as u64;
        Ok(())
    }

    /// A record as its author counted it, who knew nothing of branches.
    pub(crate) fn absolute(&self, read: &ReadRecord) -> ReadRecord {
        ReadRecord { position: self.graph.absolute(&read.position), ..read.clone() }
    }

    /// A stored access record has got its place again. What it amounts to is found when somebody asks.
    pub(crate) fn restore_access(&mut self, read: &ReadRecord) -> Result<(), Malformed> {
        let device = self.device(&read.position.chain).expect("a chain is shown before its records");
        let record = AccessRecord::read(&self.absolute(read), device)?;
        self.access.take(record, &self.graph);
        self.access_changed = true;
        self.opened.access_changed();
        Ok(())
    }

    /// A stored record cannot be used: it keeps its row, and its chain ends before it.
    pub(crate) fn skip_row(&mut self, chain: &ChainId, number: u64) {
        self.rows += 1;
        self.end_chain(chain, number);
    }

    /// The number of the last journal row.
    pub(crate) fn last_row(&self) -> u64 {
        self.rows
    }

    /// What everybody calls a record who holds the same: in which strand it is, and at which place there.
    pub(crate) fn named(&self, chain: &ChainId, number: u64) -> (ChainId, u64) {
        let hash = self.graph.hash(chain, number).filter(|_| self.graph.is_forked(chain));
        hash.map_or((*chain, number), |hash| self.graph.named(&Position { chain: *chain, number, hash }))
    }

    /// How many edits come after the `after`th of what everybody calls `chain`.
    pub(crate) fn edits_after_named(&self, chain: &ChainId, after: u64) -> u64 {
        if !self.graph.has_forks() {
            return self.edits_after(chain, after);
        }
        // Which records of a strand are edits is not kept; access records among them are counted, too, and nothing that is missing is left out.
        let held = self.durable.get(chain).map_or(0, |at| at.number);
        if self.graph.strand_place(chain, 0).is_some_and(|at| self.graph.is_forked(&at.chain)) {
            return held.saturating_sub(after);
        }
        self.edits_after(chain, after)
    }

    /// How many edits of a chain come after `after`.
    pub(crate) fn edits_after(&self, chain: &ChainId, after: u64) -> u64 {
        let Some(it) = self.chains.get(chain) else { return 0 };
        let upto = self.tip(chain).map_or(0, |tip| tip.number);
        let others = it.others.iter().filter(|number| **number > after).count() as u64;
        upto.saturating_sub(after).saturating_sub(others)
    }

    /// How many edits by others than `device` came after journal row `row`.
    pub(crate) fn edits_since(&self, row: u64, device: &DeviceId) -> u64 {
        let since = |rows: &[u32]| rows.len() - rows.partition_point(|edit| u64::from(*edit) <= row);
        let own = self.edits_by.get(device).map_or(0, |rows| since(rows));
        (since(&self.edits) - own) as u64
    }

    /// How many edits by `device` came in the journal rows after `after`, up to `upto`.
    pub(crate) fn edits_of(&self, device: &DeviceId, after: u64, upto: u64) -> u64 {
        let rows = self.edits_by.get(device).map_or(&[][..], Vec::as_slice);
        let before = |row: u64| rows.partition_point(|edit| u64::from(*edit) <= row);
        before(upto).saturating_sub(before(after)) as u64
    }

    /// What is on disk now may be told. `grown` are the chains that have grown or been sealed. Says how much of each was told before, by the
    /// names that everybody uses.
    pub(crate) fn set_durable(&mut self, grown: &BTreeSet<ChainId>) -> BTreeMap<ChainId, u64> {
        let mut before = BTreeMap::new();
        for chain in grown {
            if self.graph.is_forked(chain) {
                self.set_durable_strands(chain, &mut before);
                continue;
            }
            let (held, sealed) = (self.durable.get(chain).map_or(0, |at| at.number), self.sealed(chain));
            if sealed > held
                && let Some(hash) = self.graph.hash(chain, sealed)
            {
                before.insert(*chain, held);
                self.durable.set(Position { chain: *chain, number: sealed, hash });
            }
        }
        self.durable_rows = self.unsealed.values().min().map_or(self.last_row(), |row| row - 1);
        if std::mem::take(&mut self.access_changed) {
            self.durable_access = self.access_digest();
        }
        if !before.is_empty() || self.recent.is_empty() {
            if self.recent.len() >= RECENT {
                self.recent.remove(0);
            }
            self.recent.push((self.durable.digest(), self.durable_rows));
        }
        before
    }

    /// The same for a forked chain. What is told of it up to the fork is less than before, and what is behind it has other names.
    fn set_durable_strands(&mut self, chain: &ChainId, before: &mut BTreeMap<ChainId, u64>) {
        for (name, number, end) in self.graph.strand_ends(chain) {
            let held = self.durable.get(&name).map_or(0, |at| at.number);
            // What no seal vouches for is not told.
            let sealed = end.map(|end| Position { number: end.number.min(self.sealed(&end.chain)), ..end });
            let number = number.saturating_sub(end.zip(sealed).map_or(0, |(end, sealed)| end.number - sealed.number));
            let hash = sealed.filter(|_| number > 0).and_then(|sealed| self.graph.hash(&sealed.chain, sealed.number));
            match hash {
                None => self.durable.remove(&name),
                Some(hash) => self.durable.set(Position { chain: name, number, hash }),
            }
            if number > held {
                before.insert(name, held);
            }
        }
    }

    /// The journal row that was the last when everything durable had this digest.
    pub(crate) fn row_of(&self, digest: &Digest) -> Option<u64> {
        self.recent.iter().rev().find(|(recent, _)| recent == digest).map(|(_, row)| *row)
    }

    /// The number of the last journal row up to which all that is on disk is told. A record whose seal is still to come ends it: whoever says that they
    /// hold everything that is told says nothing about that.
    pub(crate) fn durable_row(&self) -> u64 {
        self.durable_rows
    }

    fn access_digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 access records");
        for (record, _) in self.access.records() {
            hasher.update(&record.position.hash.0);
        }
        Digest(*hasher.finalize().as_bytes())
    }

    /// Whether a record stands on one of these, or is one.
    pub(crate) fn stands_on_any(&self, record: &Hash, others: &BTreeSet<Hash>) -> bool {
        !others.is_empty() && self.graph.past_with(record).is_some_and(|past| others.iter().any(|other| past.contains(other)))
    }
}

/// A branch's head as it is written down.
pub(crate) fn branch_row(name: ChainId, base: Position) -> HeadRow {
    HeadRow { chain: name, head: BranchHead { base }.encode(), signature: [0; 64] }
}

/// A head as it is written down.
pub(crate) fn head_row(head: &SignedHead) -> HeadRow {
    let bytes = head.encode();
    let (head_bytes, signature) = bytes.split_last_chunk::<64>().expect("a signed head ends in its signature");
    HeadRow { chain: head.chain(), head: head_bytes.to_vec(), signature: *signature }
}
