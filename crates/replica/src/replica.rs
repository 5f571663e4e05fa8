//! One body, open for reading and writing.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::{
    ClientId, Update,
    planted::{self, Bug},
};
use sheaf_schema::{Delta, LINE, Scalar, Value};

use crate::{
    author::passes,
    crdt::{Crdt, Said},
    cut::cut,
    encode::write_number,
    lines::{Lines, Plan, check_fit, check_title},
    sequence::{Foreign, Makeup, Map, Sequence},
    void::{Weighed, take_standing, take_void},
    walk::{Id, Past, Rules, Walked, read_id, walk},
};

/// The key of `meta` that holds the title.
const TITLE: &str = "title";

/// The CRDT copy of one body. Offsets and Deltas are a view's: UTF-16 units, the sentinel hidden, newlines carrying `line` and `block`.
pub struct Replica {
    pub(crate) client: ClientId,
    pub(crate) crdt: Crdt,
    pub(crate) sequence: Sequence,
    pub(crate) lines: Lines,
}

/// What a push has become.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// The updates to record, in order; none if the push changed nothing. None is larger than [`sheaf_base::limits::PAYLOAD`].
    pub updates: Vec<Update>,
    /// The clocks that they fill together.
    pub clocks: Range<u32>,
    /// The change as views are to be told: the push with ids and kinds as they came to be.
    pub delta: Delta,
}

/// What updates have changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The change as views are to be told; empty if the body looks as before.
    pub delta: Delta,
    /// Whether the title is another.
    pub title: bool,
}

/// Why a push is refused. Nothing has changed, unless the replica is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// There is no body to edit yet.
    #[error("the document has no first copy yet, so it cannot be edited")]
    NotFounded,
    /// More is kept or deleted than there is.
    #[error("the push needs {needed} characters and the text has {length}")]
    TooLong {
        /// How much it speaks of.
        needed: usize,
        /// How much there is.
        length: usize,
    },
    /// An operation begins or ends inside a character.
    #[error("the push splits the character at {0}")]
    SplitsPair(usize),
    /// A carriage return.
    #[error("the push contains a carriage return; lines end in a newline alone")]
    CarriageReturn,
    /// Something too large, too deep or not representable.
    #[error("the push holds what a body cannot: {0}")]
    Unfit(&'static str),
    /// See [`Broken`].
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// Why updates could not be applied. Nothing has changed, unless the replica is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// Not even well-formed: it should have been refused long before.
    #[error(transparent)]
    Refused(#[from] crate::walk::Refused),
    /// It stands on something that is not here.
    #[error("the update refers to {0}, which is not here yet")]
    Missing(crate::walk::Id),
    /// See [`Broken`].
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// The replica cannot be trusted any more: drop it and open another from the journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the replica broke and must be opened again: {0}")]
pub struct Broken(pub String);

/// A snapshot that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is damaged: {0}")]
pub struct DamagedSnapshot(pub String);

/// To which neighbour a place keeps when text comes in exactly there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stick {
    /// To the character before it.
    Before,
    /// To the character after it.
    After,
}

/// A place in the text that stays with its neighbour, whatever is written around it. Its bytes may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(pub Vec<u8>);

impl Replica {
    /// A replica that writes as `client` and waits for its first copy.
    pub fn empty(client: ClientId) -> Self {
        Replica { client, crdt: Crdt::new(client), sequence: Sequence::new(), lines: Lines::new() }
    }

    /// A new document's body, and the update that founds it: the sentinel.
    pub fn found(client: ClientId) -> Result<(Self, Update), Broken> {
        let mut replica = Replica::empty(client);
        let line = [(LINE.to_owned(), Scalar::from("end"))].into();
        let pushed = replica.edit(&[], &Delta::new().insert_with("\n", line))?;
        let founding = pushed.updates.into_iter().next().ok_or_else(|| Broken("nothing was founded".to_owned()))?;
        Ok((replica, founding))
    }

    /// Applies what a view pushed. `fresh` is the source of line ids.
    pub fn push(&mut self, delta: &Delta, fresh: &mut dyn FnMut() -> [u8; 32]) -> Result<Pushed, PushError> {
        self.check_founded()?;
        let push = delta.clone().normal();
        check_fit(&push, self.length(), |offset| self.sequence.splits_pair(offset))?;
        let planned = Plan::make(&self.lines, &push, fresh, &mut |offset| self.sequence.attributes_before(offset))?;
        let said: Vec<Said<'_>> =
            planned.blocks.iter().map(|(id, block)| Said { map: Map::Lines.name(), key: id, value: block.as_deref() }).collect();
        Ok(self.edit(&said, &planned.raw)?)
    }

    /// Names the document.
    pub fn set_title(&mut self, title: &str) -> Result<Pushed, PushError> {
        self.check_founded()?;
        check_title(title)?;
        let said = Said { map: Map::Meta.name(), key: TITLE, value: Some(title) };
        let said = if self.title() == title { Vec::new() } else { vec![said] };
        Ok(self.edit(&said, &Delta::new())?)
    }

    /// Applies updates of others, or one's own from the journal: all in one step. What is here already is passed over.
    pub fn apply(&mut self, updates: &[Update]) -> Result<Applied, ApplyError> {
        self.apply_plain(updates.iter())
    }

    fn apply_plain<'a>(&mut self, updates: impl Iterator<Item = &'a Update>) -> Result<Applied, ApplyError> {
        if planted::is(Bug::DeleteSetDropped) {
            let without = without_deletes(updates)?;
            return self.take_new(self.new_among(without.iter())?);
        }
        self.take_new(self.new_among(updates)?)
    }

    fn take_new(&mut self, new: Vec<(usize, Walked<'_>)>) -> Result<Applied, ApplyError> {
        self.crdt.apply(new.iter().map(|(_, update)| update.bytes()))?;
        let founded = self.is_founded();
        for (_, update) in &new {
            self.take(update)?;
        }
        self.tell_since(founded)
    }

    /// The same where some of the updates do not count. Whatever counts may stand on them.
    pub fn apply_weighed(&mut self, updates: &[Weighed]) -> Result<Applied, ApplyError> {
        if updates.iter().all(Weighed::is_plain) {
            return self.apply_plain(updates.iter().map(|weighed| &weighed.update));
        }
        let new: Vec<(&Weighed, Walked<'_>)> =
            self.new_among(updates.iter().map(|weighed| &weighed.update))?.into_iter().map(|(at, walked)| (&updates[at], walked)).collect();
        let founded = self.is_founded();
        let mut entering = Vec::with_capacity(new.len());
        for (weighed, walked) in &new {
            let taken = match &weighed.knew {
                _ if weighed.void => take_void(&mut self.sequence, walked),
                Some(knew) => take_standing(&mut self.sequence, walked, knew),
                None => self.sequence.take(walked).map(|()| weighed.update.clone()),
            };
            entering.push(taken.map_err(foreign)?);
        }
        self.crdt.apply(entering.iter().map(|update| &update.0[..]))?;
        self.tell_since(founded)
    }

    /// The updates that bring anything, with their places among those given.
    fn new_among<'a>(&self, updates: impl Iterator<Item = &'a Update>) -> Result<Vec<(usize, Walked<'a>)>, ApplyError> {
        let mut ends: BTreeMap<ClientId, u32> = BTreeMap::new();
        let mut new = Vec::new();
        for (at, update) in updates.enumerate() {
            let update = walk(&update.0, Rules::Any)?;
            if self.is_new(&update, &mut ends)? {
                new.push((at, update));
            }
        }
        Ok(new)
    }

    /// What has changed. Before the founding update there was nothing, so everything is told.
    fn tell_since(&mut self, founded: bool) -> Result<Applied, ApplyError> {
        let told = self.tell()?;
        if founded { Ok(told) } else { Ok(Applied { delta: self.delta(), title: told.title }) }
    }

    /// Whether an update brings anything, and whether what it stands on is here or comes before it. `ends` are the clocks that the
    /// updates before it will have filled.
    fn is_new(&self, update: &Walked<'_>, ends: &mut BTreeMap<ClientId, u32>) -> Result<bool, ApplyError> {
        let end = |ends: &BTreeMap<ClientId, u32>, client| ends.get(&client).copied().unwrap_or_else(|| self.sequence.end(client));
        let mut brings = None;
        for one in update.structs() {
            let here = end(ends, one.id.client);
            let clocks = one.clocks();
            if brings != Some(true) && clocks.end <= here {
                brings = Some(false);
                continue;
            }
            if brings == Some(false) || clocks.start != here {
                return Err(ApplyError::Missing(Id { clock: here, ..one.id }));
            }
            brings = Some(true);
            if let Some(missing) = [one.origin, one.right_origin].into_iter().flatten().find(|id| id.clock >= end(ends, id.client)) {
                return Err(ApplyError::Missing(missing));
            }
            ends.insert(one.id.client, clocks.end);
        }
        for (client, range) in update.deletes() {
            if range.end > end(ends, client) {
                return Err(ApplyError::Missing(Id { client, clock: range.end - 1 }));
            }
        }
        Ok(brings != Some(false))
    }

    fn check_founded(&self) -> Result<(), PushError> {
        if self.is_founded() { Ok(()) } else { Err(PushError::NotFounded) }
    }

    /// An edit of our own: yrs writes it, the index reads what yrs wrote, and views are told.
    fn edit(&mut self, said: &[Said<'_>], raw: &Delta) -> Result<Pushed, Broken> {
        let start = self.end(self.client);
        if said.is_empty() && raw.is_empty() {
            return Ok(Pushed { updates: Vec::new(), clocks: start..start, delta: Delta::new() });
        }
        let passes = passes(raw, &mut self.sequence);
        let written = self.crdt.edit(said, &passes)?;
        let mut updates = Vec::new();
        for written in &written {
            updates.extend(cut(written).map_err(|refused| Broken(format!("yrs wrote what we refuse: {refused}")))?);
        }
        for update in &updates {
            // Nothing leaves that others would refuse: it would end our chain.
            let rules = if self.is_founded() { Rules::Body(self.client) } else { Rules::Founding(self.client) };
            let walked = walk(&update.0, rules).map_err(|refused| Broken(format!("yrs wrote what we refuse: {refused}")))?;
            walked.stand(&Held(&self.sequence)).map_err(|unfounded| Broken(format!("yrs wrote what we refuse: {unfounded}")))?;
            self.take(&walked)?;
        }
        let delta = self.tell()?.delta;
        Ok(Pushed { updates, clocks: start..self.end(self.client), delta })
    }

    fn take(&mut self, walked: &Walked<'_>) -> Result<(), Broken> {
        self.sequence.take(walked).map_err(foreign)
    }

    fn tell(&mut self) -> Result<Applied, Broken> {
        let change = self.sequence.finish();
        let blocks: Vec<(String, Option<String>)> = change
            .keys
            .iter()
            .filter(|(map, _)| *map == Map::Lines)
            .map(|(_, id)| (id.clone(), block(self.sequence.value(Map::Lines, id))))
            .collect();
        let title = change.keys.iter().any(|(map, name)| *map == Map::Meta && name == TITLE);
        let delta = self.lines.tell(&change.delta, &blocks);
        if self.lines.is_sound() { Ok(Applied { delta, title }) } else { Err(Broken("there is text behind the sentinel".to_owned())) }
    }

    /// The whole body as a view sees it.
    pub fn delta(&self) -> Delta {
        self.lines.view(&self.sequence.raw())
    }

    /// The length of the body as a view sees it.
    pub fn length(&self) -> usize {
        self.sequence.length().saturating_sub(1) as usize
    }

    /// The checksum of the body's text, as views compute it.
    pub fn checksum(&self) -> u32 {
        self.sequence.checksum()
    }

    /// The document's title; empty if nobody has named it.
    pub fn title(&self) -> &str {
        self.sequence.value(Map::Meta, TITLE).and_then(Scalar::as_text).unwrap_or_default()
    }

    /// A hash over the canonical Delta and the title: equal for devices that have applied the same records.
    pub fn state_hash(&self) -> [u8; 32] {
        hash_of(&self.delta(), self.title())
    }

    /// A place at an offset; `None` if the offset lies beyond the text.
    pub fn place(&self, offset: usize, stick: Stick) -> Option<Place> {
        let raw = u32::try_from(offset).ok().filter(|_| self.is_founded() && offset <= self.length())?;
        let mut bytes = vec![stick as u8];
        // Before the first character there is none to keep to: the place is then the beginning itself.
        let at = if stick == Stick::Before { raw.checked_sub(1) } else { Some(raw) };
        if let Some(at) = at {
            let id = self.sequence.id_at(at)?;
            write_number(&mut bytes, id.client.0);
            write_number(&mut bytes, u64::from(id.clock));
        }
        Some(Place(bytes))
    }

    /// Where a place is now; `None` if its neighbour is not here.
    pub fn resolve(&self, place: &Place) -> Option<usize> {
        let (&stick, id) = place.0.split_first()?;
        if id.is_empty() {
            return (stick == Stick::Before as u8).then_some(0);
        }
        let (offset, seen) = self.sequence.offset_of_id(read_id(id)?)?;
        let after = stick == Stick::Before as u8 && seen;
        Some((offset as usize + usize::from(after)).min(self.length()))
    }

    /// Which character stands after an offset; `None` at the end of the text and beyond.
    pub fn id_at(&self, offset: usize) -> Option<Id> {
        let raw = u32::try_from(offset).ok().filter(|_| offset < self.length())?;
        self.sequence.id_at(raw)
    }

    /// What the line around an offset consists of; `None` if the offset lies beyond the text.
    pub fn makeup(&self, offset: usize) -> Option<Makeup> {
        let raw = u32::try_from(offset).ok().filter(|_| self.is_founded() && offset <= self.length())?;
        let (place, id) = self.lines.around(raw);
        let mut makeup = self.sequence.makeup(place.clone(), id);
        makeup.place = place.start as usize..(place.end as usize).min(self.length());
        Some(makeup)
    }

    /// The character before an offset; `None` at the beginning, behind an embed and beyond the text.
    pub fn character_before(&self, offset: usize) -> Option<char> {
        let before = u32::try_from(offset.checked_sub(1)?).ok()?;
        self.sequence.character_at(before)
    }

    /// The client that this replica writes as.
    pub fn client(&self) -> ClientId {
        self.client
    }

    /// One more than the last clock of this client that is here.
    pub fn end(&self, client: ClientId) -> u32 {
        self.sequence.end(client)
    }

    /// Whether there is a body: the founding update is here.
    pub fn is_founded(&self) -> bool {
        self.sequence.length() > 0
    }

    /// Whether yrs holds anything back. It never may.
    pub fn pending(&self) -> bool {
        self.crdt.pending()
    }

    /// Asks yrs for the whole body and compares: for tests, for folding, and for idle moments.
    pub fn audit(&self) -> Result<(), Broken> {
        if self.crdt.raw()? != self.sequence.raw() {
            return Err(Broken("yrs and the index disagree about the text".to_owned()));
        }
        for map in [Map::Lines, Map::Meta] {
            let ours: Vec<(String, Value)> =
                self.sequence.entries(map).map(|(name, value)| (name.to_owned(), Value::from(value.clone()))).collect();
            if self.crdt.entries(map.name())? != ours {
                return Err(Broken(format!("yrs and the index disagree about the map {}", map.name())));
            }
        }
        Ok(())
    }
}

fn foreign(Foreign(id): Foreign) -> Broken {
    Broken(format!("{id} is nothing for a body"))
}

/// The hash of a body and its title.
pub(crate) fn hash_of(delta: &Delta, title: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 state");
    hasher.update(&delta.canonical());
    hasher.update(title.as_bytes());
    *hasher.finalize().as_bytes()
}

/// Only for the simulation, which must notice: the updates without what they delete.
fn without_deletes<'a>(updates: impl Iterator<Item = &'a Update>) -> Result<Vec<Update>, ApplyError> {
    let without = |update: &Update| Ok(Update([walk(&update.0, Rules::Any)?.structs_bytes(), &[0]].concat()));
    updates.map(without).collect()
}

/// All that is here, as a past.
struct Held<'a>(&'a Sequence);

impl Past for Held<'_> {
    fn end(&self, client: ClientId) -> u32 {
        self.0.end(client)
    }

    fn is_low_surrogate(&self, id: Id) -> bool {
        self.0.is_low_surrogate(id)
    }

    fn is_entry(&self, id: Id) -> bool {
        self.0.is_entry(id)
    }

    fn founder(&self) -> Option<ClientId> {
        self.0.founder()
    }
}

pub(crate) fn block(value: Option<&Scalar>) -> Option<String> {
    value.and_then(Scalar::as_text).filter(|block| !block.is_empty()).map(str::to_owned)
}
