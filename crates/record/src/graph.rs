//! Which record stands on which: what every validity check and every new stamp is computed from.
//!
//! The graph holds no bytes of records, only their hashes, the clocks they fill and what they stand on. It is built by [`Graph::append`] in
//! an order in which everything comes after what it stands on: the order of acceptance, in which a journal keeps its rows.
//!
//! It must stay cheap with 180,000 chains of which all but a few are dead, so nothing here is ever proportional to the number of chains:
//! what a record knew is kept as a tree shared with its neighbours plus the few steps that differ (`known`, `chain`), and a hash is
//! found in a flat table (`index`).

mod branches;
mod chain;
mod index;
mod known;
mod past;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use sheaf_base::{
    ChainId, ClientId, DeviceId, Hash, Position, limits,
    planted::{self, Bug},
};

use crate::record::Stamp;
use branches::Forks;
use chain::{Chain, Entry};
use index::HashIndex;
pub use past::Past;

/// A record, by interned chain and number. Number 0 is the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    chain: u32,
    number: u32,
}

/// The causal graph of one document.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    chains: Vec<Chain>,
    devices: Vec<DeviceId>,
    device_numbers: BTreeMap<DeviceId, u32>,
    /// A chain for each client id that follows from a chain's own.
    clients: BTreeMap<ClientId, u32>,
    /// All of them where it follows from several.
    sharing: BTreeMap<ClientId, Vec<u32>>,
    index: HashIndex,
    forks: Forks,
    /// The records that no other record stands on.
    heads: BTreeSet<Place>,
    records: u64,
}

/// What a record adds to its chain's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent<'a> {
    /// How many clocks it fills, right after those of the chain's earlier records. Nothing, except for a body record that inserts.
    pub clocks: u32,
    /// The clocks, ascending, at which the second half of a surrogate pair stands.
    pub low_surrogates: &'a [u32],
}

/// What became of a record that was shown to the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is new.
    New,
    /// It was there: a duplicate or a replay changes nothing.
    Known,
}

/// Why a stamp is invalid, whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// A head says nothing that one could stand on.
    #[error("the stamp names {}, which is the head of a chain and not a record", .0.short())]
    NamesHead(Hash),
    /// A parent that stands behind another one, or behind the author's own previous record.
    #[error("the stamp names {}, which stands behind something else that the record stands on", .0.short())]
    Redundant(Hash),
}

/// Why a record has no place in the graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Its chain's head has not been shown.
    #[error("chain {} is not known", .0.short())]
    UnknownChain(ChainId),
    /// Records before it are missing: it waits.
    #[error("record {number} of chain {} waits for record {}", .chain.short(), .held + 1)]
    Gap {
        /// The chain.
        chain: ChainId,
        /// The newest record held.
        held: u64,
        /// The record that came.
        number: u64,
    },
    /// What it stands on is missing: it waits.
    #[error("the record stands on {} records that are not here yet", .0.len())]
    Uncovered(Vec<Hash>),
    /// Its stamp is invalid: the record ends its chain.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// Another record has this number.
    #[error("chain {} has another record {}: the chain is forked", .held.chain.short(), .held.number)]
    Fork {
        /// The one held.
        held: Position,
    },
    /// The chain or its clocks are used up: 2^32 of either.
    #[error("chain {} is full", .0.short())]
    Full(ChainId),
}

impl AppendError {
    /// Whether the record may get its place later, when what is missing has come.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::UnknownChain(_) | Self::Gap { .. } | Self::Uncovered(_))
    }
}

impl Graph {
    /// No chains.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows a chain, before its first record.
    pub fn open_chain(&mut self, chain: ChainId, device: DeviceId) {
        if self.number_of(&chain).is_some() {
            return;
        }
        let number = u32::try_from(self.chains.len()).expect("a document has fewer than 2^32 chains: each is a megabyte of life");
        let device = *self.device_numbers.entry(device).or_insert_with(|| {
            self.devices.push(device);
            self.devices.len() as u32 - 1
        });
        chain::push_frugally(&mut self.chains, Chain::new(chain, device));
        self.index.insert(&Hash(chain.0), Place { chain: number, number: 0 }, &self.chains);
        if let Some(other) = self.clients.insert(chain.client(), number) {
            self.sharing.entry(chain.client()).or_insert_with(|| vec![other]).push(number);
        }
    }

    /// Gives a record its place. `hash` is the chain's running hash after it.
    pub fn append(&mut self, chain: &ChainId, number: u64, hash: Hash, stamp: &Stamp, extent: Extent<'_>) -> Result<Appended, AppendError> {
        let index = self.number_of(chain).ok_or(AppendError::UnknownChain(*chain))?;
        if let Some(held) = self.hash(chain, number).filter(|_| number > 0) {
            let held = Position { chain: *chain, number, hash: held };
            return if held.hash == hash { Ok(Appended::Known) } else { Err(AppendError::Fork { held }) };
        }
        let parents = self.parents(index, number, stamp)?;
        let it = &mut self.chains[index as usize];
        let clock_end = it.clock_end(it.length()).checked_add(extent.clocks).ok_or(AppendError::Full(*chain))?;
        it.push(Entry { hash, clock_end }, extent.low_surrogates);
        let place = Place { chain: index, number: it.length() };
        self.index.insert(&hash, place, &self.chains);
        let previous = self.previous(index, number);
        let base = self.base_at(index).filter(|base| place.number == 1 && base.number > 0);
        match base {
            Some(base) => chain::learn(&mut self.chains, place, &[&[base], &parents[..]].concat()),
            None => chain::learn(&mut self.chains, place, &parents),
        }
        self.heads.remove(&previous);
        for parent in &parents {
            self.heads.remove(parent);
        }
        self.heads.insert(place);
        self.records += 1;
        Ok(Appended::New)
    }

    /// What the next record of `chain`, with this number and stamp, would stand on: everything it can refer to.
    pub fn past(&self, chain: &ChainId, number: u64, stamp: &Stamp) -> Result<Past<'_>, AppendError> {
        let index = self.number_of(chain).ok_or(AppendError::UnknownChain(*chain))?;
        let mut tips = self.parents(index, number, stamp)?;
        tips.extend(Some(self.previous(index, number)).filter(|previous| previous.number > 0));
        Ok(Past::new(self, tips))
    }

    /// What an appended record stands on, and the record itself.
    pub fn past_with(&self, record: &Hash) -> Option<Past<'_>> {
        Some(Past::new(self, vec![self.place(record)?]))
    }

    /// Everything appended.
    pub fn everything(&self) -> Past<'_> {
        Past::new(self, self.heads.iter().copied().collect())
    }

    /// The records that no other record stands on.
    pub fn heads(&self) -> Vec<Position> {
        self.heads.iter().map(|head| self.position_at(*head)).collect()
    }

    /// Whether this is a record on which no other record stands.
    pub fn is_head(&self, record: &Hash) -> bool {
        self.place(record).is_some_and(|place| self.heads.contains(&place))
    }

    /// The stamps for the next records of `own` chain (or of a new one) that stand on everything. Almost always one; where more
    /// heads are open than one stamp may name, the records of all but the last only gather.
    pub fn stamps(&self, own: Option<&ChainId>) -> Vec<Stamp> {
        let own = own.and_then(|chain| self.number_of(chain));
        let others: Vec<_> = self.heads.iter().filter(|head| Some(head.chain) != own).map(|head| self.hash_at(*head)).collect();
        if others.is_empty() {
            return vec![Stamp::default()];
        }
        others.chunks(limits::STAMP).map(|chunk| Stamp::new(chunk.iter().copied()).expect("chunks are as long as a stamp may be")).collect()
    }

    /// Of these records the ones that do not stand behind others of them. Unknown ones are left out.
    pub fn minimal(&self, records: &[Hash]) -> Vec<Hash> {
        let places: BTreeSet<_> = records.iter().filter_map(|hash| self.place(hash)).collect();
        let behind = |place: &Place| places.iter().any(|other| other != place && self.contains(*other, *place));
        places.iter().filter(|place| !behind(place)).map(|place| self.hash_at(*place)).collect()
    }

    /// Where the record with this hash stands; for a chain id, its head.
    pub fn position(&self, hash: &Hash) -> Option<Position> {
        self.place(hash).map(|place| self.position_at(place))
    }

    /// The hash of `chain` at `number`; at 0 that of its head, or of what it follows, if it is a branch.
    pub fn hash(&self, chain: &ChainId, number: u64) -> Option<Hash> {
        let chain = self.number_of(chain)?;
        let length = self.chains[chain as usize].length();
        u32::try_from(number).ok().filter(|number| *number <= length).map(|number| self.hash_at(Place { chain, number }))
    }

    /// The newest record of `chain`; its head, if it has none.
    pub fn tip(&self, chain: &ChainId) -> Option<Position> {
        let index = self.number_of(chain)?;
        Some(self.position_at(Place { chain: index, number: self.chains[index as usize].length() }))
    }

    /// The device that writes `chain`.
    pub fn device(&self, chain: &ChainId) -> Option<DeviceId> {
        self.chain(chain).map(|it| self.devices[it.device as usize])
    }

    /// The clocks that a record fills.
    pub fn clocks(&self, chain: &ChainId, number: u64) -> Option<Range<u32>> {
        let it = self.chain(chain)?;
        let number = u32::try_from(number).ok().filter(|number| (1..=it.length()).contains(number))?;
        Some(it.clock_end(number - 1)..it.clock_end(number))
    }

    /// The record that filled `clock` of `client`: who wrote this character.
    pub fn author_of(&self, client: ClientId, clock: u32) -> Option<Position> {
        let (chain, clock) = match self.is_alias(client) {
            true => self.place_in(&self.everything(), client, clock)?,
            false => (*self.clients.get(&client)?, clock),
        };
        let number = self.chains[chain as usize].number_at(clock)?;
        Some(self.position_at(Place { chain, number }))
    }

    /// The newest record of every chain that has one.
    pub fn frontier(&self) -> impl Iterator<Item = Position> {
        let tips = self.chains.iter().enumerate().map(|(index, it)| Place { chain: index as u32, number: it.length() });
        tips.filter(|place| place.number > 0).map(|place| self.position_at(place))
    }

    /// How many records there are.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// How many chains there are.
    pub fn chains(&self) -> usize {
        self.chains.len()
    }

    /// The parents that `stamp` names, if record `number` of `chain` may stand on them.
    fn parents(&self, chain: u32, number: u64, stamp: &Stamp) -> Result<Vec<Place>, AppendError> {
        let it = &self.chains[chain as usize];
        if number != u64::from(it.length()) + 1 {
            return Err(AppendError::Gap { chain: it.id(), held: it.length().into(), number });
        }
        if number >= u32::MAX.into() {
            return Err(AppendError::Full(it.id()));
        }
        let places: Vec<_> = stamp.parents().iter().map(|hash| self.place(hash)).collect();
        if places.contains(&None) && !planted::is(Bug::UncoveredStamp) {
            let missing = stamp.parents().iter().zip(&places).filter(|(_, place)| place.is_none()).map(|(hash, _)| *hash);
            return Err(AppendError::Uncovered(missing.collect()));
        }
        let parents: Vec<Place> = places.into_iter().flatten().collect();
        let own = self.previous(chain, number);
        for (place, hash) in parents.iter().zip(stamp.parents()) {
            if place.number == 0 {
                return Err(StampError::NamesHead(*hash).into());
            }
            if self.contains(own, *place) || parents.iter().any(|other| other != place && self.contains(*other, *place)) {
                return Err(StampError::Redundant(*hash).into());
            }
        }
        Ok(parents)
    }

    /// Whether `earlier` is `later` or stands behind it.
    fn contains(&self, later: Place, earlier: Place) -> bool {
        chain::newest(&self.chains, later, earlier.chain) >= earlier.number
    }

    fn number_of(&self, chain: &ChainId) -> Option<u32> {
        self.place(&Hash(chain.0)).filter(|place| place.number == 0).map(|place| place.chain)
    }

    fn chain(&self, chain: &ChainId) -> Option<&Chain> {
        self.number_of(chain).map(|index| &self.chains[index as usize])
    }

    fn place(&self, hash: &Hash) -> Option<Place> {
        self.index.find(hash, &self.chains)
    }

    fn hash_at(&self, place: Place) -> Hash {
        let base = self.base_at(place.chain).filter(|base| place.number == 0 && base.number <= self.chains[base.chain as usize].length());
        if let Some(base) = base {
            return self.hash_at(base);
        }
        *self.chains[place.chain as usize].hash(place.number)
    }

    fn position_at(&self, place: Place) -> Position {
        Position { chain: self.chains[place.chain as usize].id(), number: place.number.into(), hash: self.hash_at(place) }
    }
}
