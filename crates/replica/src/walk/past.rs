//! Holding an update against its causal past.

use std::ops::Range;

use sheaf_base::ClientId;

use super::{Content, Id, Rules, SENTINEL, Walked};

/// A causal past, as far as validity asks: what a record's stamp covers, never what a device happens to hold.
pub trait Past {
    /// One more than the last clock of this client that the past holds; 0 if it holds none.
    fn end(&self, client: ClientId) -> u32;

    /// Whether the second half of a surrogate pair sits at this place. Asked only of places that the past holds.
    fn is_low_surrogate(&self, id: Id) -> bool;

    /// Whether an entry of a map sits at this place. Asked only of places that the past holds.
    fn is_entry(&self, id: Id) -> bool;

    /// The client whose first record founded the document, if the past holds that record.
    fn founder(&self) -> Option<ClientId>;
}

/// What later records need to know of an update: keep it with the record, and answer [`Past`] from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// The clocks that it fills; empty if it only deletes.
    pub clocks: Range<u32>,
    /// Where in them the second halves of surrogate pairs are, rising.
    pub low_surrogates: Vec<u32>,
    /// Where in them entries of maps are, rising.
    pub entries: Vec<u32>,
}

/// Why an update, though well-formed, does not stand on its causal past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfounded {
    /// Clocks left out or used twice.
    #[error("the update begins at clock {found}, but the chain stands at {expected}")]
    Clock {
        /// Where the chain stands.
        expected: u32,
        /// Where the update begins.
        found: u32,
    },
    /// A reference that the past does not hold.
    #[error("the update refers to {0}, which is not in its causal past")]
    Unknown(Id),
    /// A deletion that the past does not hold.
    #[error("the update deletes {0}, which is not in its causal past")]
    DeletesUnknown(Id),
    /// A boundary inside a character.
    #[error("the update splits the character at {0}")]
    SplitsPair(Id),
    /// Text that stands on a map's entry, or the other way round.
    #[error("text and entries of maps are mixed at {0}")]
    Mixed(Id),
    /// An edit of the last newline, which is not anybody's to edit.
    #[error("the update touches the sentinel at {0}")]
    Sentinel(Id),
    /// A body without its first newline.
    #[error("the update is not the document's first, and its causal past does not hold that one")]
    NotFounded,
    /// A second founding.
    #[error("the document has been founded before")]
    FoundedTwice,
}

impl Walked<'_> {
    /// What later records need to know of this one.
    pub fn marks(&self) -> Marks {
        let mut marks = Marks { clocks: self.clocks().unwrap_or(0..0), ..Marks::default() };
        for one in self.structs() {
            if one.entry {
                marks.entries.extend(one.clocks());
            } else if let Content::Text(text) = one.content
                && text.len() > one.length as usize
            {
                let mut clock = one.id.clock;
                for character in text.chars() {
                    if character.len_utf16() == 2 {
                        marks.low_surrogates.push(clock + 1);
                    }
                    clock += character.len_utf16() as u32;
                }
            }
        }
        marks
    }

    /// Holds every reference against the past. Under [`Rules::Any`] nothing is known and nothing stands.
    pub fn stand(&self, past: &impl Past) -> Result<Marks, Unfounded> {
        let (Rules::Body(client) | Rules::Founding(client)) = self.rules else { return Err(Unfounded::NotFounded) };
        let founder = match (self.rules, past.founder()) {
            (Rules::Founding(_), None) => client,
            (Rules::Founding(_), Some(_)) => return Err(Unfounded::FoundedTwice),
            (_, founder) => founder.ok_or(Unfounded::NotFounded)?,
        };
        let marks = self.marks();
        let expected = past.end(client);
        match self.clocks() {
            Some(clocks) if clocks.start != expected => return Err(Unfounded::Clock { expected, found: clocks.start }),
            _ => {}
        }
        let ground = Ground { past, client, founder, expected, marks: &marks };
        for (place, one) in self.structs().enumerate() {
            // The sentinel may stand on itself.
            if matches!(self.rules, Rules::Founding(_)) && place < SENTINEL.end as usize {
                continue;
            }
            if let Some(origin) = one.origin {
                ground.check_origin(origin, one.right_origin, one.entry)?;
            }
            if let Some(right) = one.right_origin {
                ground.check_right_origin(right, one.entry)?;
            }
        }
        for (client, range) in self.deletes() {
            ground.check_delete(client, range)?;
        }
        Ok(marks)
    }
}

/// What an update stands on: the past, and its own earlier structs.
struct Ground<'a, P> {
    past: &'a P,
    client: ClientId,
    founder: ClientId,
    /// Where the chain stands: from here on clocks are the update's own.
    expected: u32,
    marks: &'a Marks,
}

impl<P: Past> Ground<'_, P> {
    fn end(&self, client: ClientId) -> u32 {
        if client == self.client { self.marks.clocks.end.max(self.expected) } else { self.past.end(client) }
    }

    fn is_own(&self, id: Id) -> bool {
        id.client == self.client && id.clock >= self.expected
    }

    fn is_low_surrogate(&self, id: Id) -> bool {
        match self.is_own(id) {
            true => self.marks.low_surrogates.binary_search(&id.clock).is_ok(),
            // Where the past ends there is nothing to split.
            false => id.clock < self.past.end(id.client) && self.past.is_low_surrogate(id),
        }
    }

    fn is_entry(&self, id: Id) -> bool {
        if self.is_own(id) { self.marks.entries.binary_search(&id.clock).is_ok() } else { self.past.is_entry(id) }
    }

    fn check(&self, id: Id, entry: bool) -> Result<(), Unfounded> {
        if id.clock >= self.end(id.client) {
            return Err(Unfounded::Unknown(id));
        }
        if self.is_entry(id) == entry { Ok(()) } else { Err(Unfounded::Mixed(id)) }
    }

    fn check_boundary(&self, before: Id) -> Result<(), Unfounded> {
        if self.is_low_surrogate(before) { Err(Unfounded::SplitsPair(before)) } else { Ok(()) }
    }

    /// Which clock of the sentinel this is, if it is one: its opening format, its newline, its closing format.
    fn sentinel(&self, id: Id) -> Option<u32> {
        (id.client == self.founder && SENTINEL.contains(&id.clock)).then_some(id.clock)
    }

    /// Nothing may come to stand behind the sentinel's newline. A mark that ends where the text ends does stand between its opening
    /// format and the newline, as yrs writes it; with any other right neighbour YATA could carry it past the newline.
    fn check_origin(&self, id: Id, right: Option<Id>, entry: bool) -> Result<(), Unfounded> {
        self.check(id, entry)?;
        match (self.sentinel(id), right.and_then(|right| self.sentinel(right))) {
            (None, _) | (Some(0), Some(1)) => {}
            _ => return Err(Unfounded::Sentinel(id)),
        }
        self.check_boundary(Id { clock: id.clock + 1, ..id })
    }

    fn check_right_origin(&self, id: Id, entry: bool) -> Result<(), Unfounded> {
        self.check(id, entry)?;
        if self.sentinel(id) == Some(2) {
            return Err(Unfounded::Sentinel(id));
        }
        self.check_boundary(id)
    }

    fn check_delete(&self, client: ClientId, range: Range<u32>) -> Result<(), Unfounded> {
        let last = Id { client, clock: range.end - 1 };
        if range.end > self.end(client) {
            return Err(Unfounded::DeletesUnknown(last));
        }
        if client == self.founder && range.start < SENTINEL.end {
            return Err(Unfounded::Sentinel(Id { client, clock: range.start }));
        }
        self.check_boundary(Id { client, clock: range.start })?;
        self.check_boundary(Id { client, clock: range.end })
    }
}
