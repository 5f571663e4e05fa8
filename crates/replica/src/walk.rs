//! The walker: what other devices call an update meets this before it meets yrs.
//!
//! [`walk`] reads the Yjs update encoding, version 1, without allocating and without believing anything: counts are held against the
//! bytes that are left, numbers have one spelling, text is UTF-8, clocks are contiguous and stay below 2^31, the delete set is sorted.
//! [`Rules::Body`] asks besides for what a body may hold: one client's structs, the three roots, text, embeds, scalar formats and
//! scalar entries. [`Walked::stand`] then holds every reference against a causal past that the caller describes. Both together
//! promise: where that past is present, yrs neither errs nor panics nor leaves anything pending. `tests/mutants.rs` tries to refute it.
//!
//! Nothing here knows a replica: whether an update is valid is a function of its bytes and of its causal past, and of nothing else.

mod json;
mod past;
mod reader;
mod structs;

use std::{fmt, ops::Range};

use sheaf_base::{ClientId, limits};

pub(crate) use json::{is_embed, is_scalar, read_any};
pub use past::{Marks, Past, Unfounded};
use reader::{LAST_CLOCK, Reader};
pub use structs::{Content, Parent, SENTINEL, Struct};

/// One clock of one client: the name of a character, a format or an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// Whose.
    pub client: ClientId,
    /// Which.
    pub clock: u32,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "clock {} of client {}", self.clock, self.client.0)
    }
}

/// Reads an id that stands alone.
pub(crate) fn read_id(bytes: &[u8]) -> Option<Id> {
    let mut reader = Reader::new(bytes);
    let id = reader.id().ok()?;
    (reader.left() == 0).then_some(id)
}

/// What an update may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// A record of a body: structs of this client alone.
    Body(ClientId),
    /// The first body record of a document: as [`Rules::Body`], and it begins with the sentinel.
    Founding(ClientId),
    /// Whatever Yjs can say and yrs can read, of any clients and under any roots: our own snapshots, and strangers' files in tests.
    Any,
}

/// Why bytes are no acceptable update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the update is refused at byte {at}: {why}")]
pub struct Refused {
    /// Where.
    pub at: usize,
    /// Why.
    pub why: Why,
}

/// What was wrong with an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum Why {
    #[error("it ends in the middle")]
    Truncated,
    #[error("there is more after its end")]
    Trailing,
    #[error("it says nothing")]
    Empty,
    #[error("it is larger than a record may be")]
    TooLarge,
    #[error("a number is spelled longer than need be")]
    LongNumber,
    #[error("a number is too large")]
    LargeNumber,
    #[error("a count promises more than the bytes can hold")]
    Count,
    #[error("clocks run over")]
    ClockOverflow,
    #[error("text is not UTF-8")]
    Utf8,
    #[error("a struct is empty")]
    EmptyStruct,
    #[error("a reference points at what is not written yet")]
    Forward,
    #[error("a client other than the chain's")]
    Client,
    #[error("clients or ranges are not in order")]
    Order,
    #[error("a kind of struct that is not allowed")]
    Kind,
    #[error("clocks are left out")]
    Skip,
    #[error("neither a root nor a reference as parent")]
    Parent,
    #[error("a shared type inside another")]
    Nested,
    #[error("a root other than body, lines and meta")]
    Root,
    #[error("a key that is empty or too long")]
    Key,
    #[error("malformed JSON")]
    Json,
    #[error("a value nested too deeply")]
    Nesting,
    #[error("a value that is not allowed")]
    Value,
    #[error("an embed that is not an object of one key")]
    Embed,
    #[error("a format without a name or with a value that is not a scalar")]
    Format,
    #[error("a carriage return")]
    CarriageReturn,
    #[error("text in a map, or an entry in the text")]
    Place,
    #[error("text that nothing keeps before the sentinel")]
    BeyondSentinel,
    #[error("the founding update does not begin with the sentinel")]
    NoSentinel,
}

/// An update whose form is accepted. What it refers to is not checked yet: [`Walked::stand`] does that.
#[derive(Debug, Clone, Copy)]
pub struct Walked<'a> {
    bytes: &'a [u8],
    rules: Rules,
    /// Where the first block's header is, and how many blocks there are.
    blocks: (usize, usize),
    /// Where the delete set begins.
    structs_end: usize,
    /// Where the delete set's first client is, and how many clients it has.
    deletes: (usize, usize),
    /// First and one past the last.
    clocks: Option<(u32, u32)>,
}

/// Walks an update.
pub fn walk(bytes: &[u8], rules: Rules) -> Result<Walked<'_>, Refused> {
    let mut reader = Reader::new(bytes);
    if rules != Rules::Any && bytes.len() > limits::PAYLOAD {
        return Err(reader.refuse(Why::TooLarge));
    }
    let blocks = reader.count(5)?;
    let blocks = (reader.at, blocks);
    let clocks = walk_structs(&mut reader, blocks.1, rules)?;
    let structs_end = reader.at;
    let deletes = reader.count(4)?;
    let deletes = (reader.at, deletes);
    walk_deletes(&mut reader, deletes.1, rules)?;
    if reader.left() > 0 {
        return Err(reader.refuse(Why::Trailing));
    }
    if rules != Rules::Any && blocks.1 == 0 && deletes.1 == 0 {
        return Err(reader.refuse(Why::Empty));
    }
    Ok(Walked { bytes, rules, blocks, structs_end, deletes, clocks })
}

fn walk_structs(reader: &mut Reader<'_>, blocks: usize, rules: Rules) -> Result<Option<(u32, u32)>, Refused> {
    let mut before: Option<ClientId> = None;
    let mut clocks = None;
    for _ in 0..blocks {
        let count = reader.count(2)?;
        if count == 0 {
            return Err(reader.refuse(Why::Count));
        }
        let client = reader.client()?;
        match rules {
            Rules::Body(own) | Rules::Founding(own) if client != own || before.is_some() => return Err(reader.refuse(Why::Client)),
            // Both writers begin with the largest id. In order means: no id twice.
            Rules::Any if before.is_some_and(|before| before <= client) => return Err(reader.refuse(Why::Order)),
            _ => {}
        }
        before = Some(client);
        let start = reader.clock()?;
        let mut clock = start;
        for place in 0..count {
            let at = reader.at;
            let one = structs::read(reader, client, clock)?;
            let founding = matches!(rules, Rules::Founding(_)) && start == 0;
            if rules != Rules::Any {
                structs::check_body(&one, founding.then_some(place)).map_err(|why| Refused { at, why })?;
            }
            clock += one.length;
        }
        clocks = Some((start, clock));
    }
    if matches!(rules, Rules::Founding(_)) && !clocks.is_some_and(|(start, end)| start == 0 && end >= SENTINEL.end) {
        return Err(reader.refuse(Why::NoSentinel));
    }
    Ok(clocks)
}

fn walk_deletes(reader: &mut Reader<'_>, clients: usize, rules: Rules) -> Result<(), Refused> {
    let mut before: Option<ClientId> = None;
    for _ in 0..clients {
        let client = reader.client()?;
        // Ours rise, as yrs writes them; Yjs writes them in any order. What a stranger's file says twice is its own affair.
        if rules != Rules::Any && before.is_some_and(|before| before >= client) {
            return Err(reader.refuse(Why::Order));
        }
        before = Some(client);
        let ranges = reader.count(2)?;
        if ranges == 0 {
            return Err(reader.refuse(Why::Count));
        }
        let mut end: Option<u64> = None;
        for _ in 0..ranges {
            let clock = reader.clock()?;
            // Ranges that touch are one range, but older writers did not make them one.
            let after = if rules == Rules::Any { u64::from(clock) + 1 } else { u64::from(clock) };
            if end.is_some_and(|end| after <= end) {
                return Err(reader.refuse(Why::Order));
            }
            let length = reader.length(clock)?;
            end = Some(u64::from(clock) + u64::from(length));
        }
    }
    Ok(())
}

impl<'a> Walked<'a> {
    /// The bytes that were walked.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The clocks that it fills; none if it only deletes. (Under [`Rules::Any`]: those of the last client.)
    pub fn clocks(&self) -> Option<Range<u32>> {
        self.clocks.map(|(start, end)| start..end)
    }

    /// Its structs, in order.
    pub fn structs(&self) -> Structs<'a> {
        let reader = Reader { bytes: self.bytes, at: self.blocks.0 };
        Structs { reader, blocks: self.blocks.1, left: 0, next: Id { client: ClientId(0), clock: 0 } }
    }

    /// The bytes before the delete set.
    pub(crate) fn structs_bytes(&self) -> &'a [u8] {
        &self.bytes[..self.structs_end]
    }

    /// The ranges that it deletes, in order.
    pub fn deletes(&self) -> Deletes<'a> {
        let reader = Reader { bytes: self.bytes, at: self.deletes.0 };
        Deletes { reader, clients: self.deletes.1, left: 0, client: ClientId(0) }
    }
}

/// The structs of a walked update.
#[derive(Clone)]
pub struct Structs<'a> {
    reader: Reader<'a>,
    blocks: usize,
    left: usize,
    next: Id,
}

impl<'a> Structs<'a> {
    /// The next struct, and the bytes that spell it.
    pub(crate) fn next_with_bytes(&mut self) -> Option<(Struct<'a>, &'a [u8])> {
        // A block's header may stand before it: step past that first.
        while self.left == 0 {
            self.open_block()?;
        }
        let start = self.reader.at;
        let one = self.next()?;
        Some((one, &self.reader.bytes[start..self.reader.at]))
    }

    fn open_block(&mut self) -> Option<()> {
        self.blocks = self.blocks.checked_sub(1)?;
        self.left = self.reader.count(2).ok()?;
        self.next = Id { client: self.reader.client().ok()?, clock: self.reader.clock().ok()? };
        Some(())
    }
}

impl<'a> Iterator for Structs<'a> {
    type Item = Struct<'a>;

    fn next(&mut self) -> Option<Struct<'a>> {
        // Every read here has succeeded before, in `walk`.
        while self.left == 0 {
            self.open_block()?;
        }
        let one = structs::read(&mut self.reader, self.next.client, self.next.clock).ok()?;
        self.left -= 1;
        self.next.clock += one.length;
        Some(one)
    }
}

/// The delete set of a walked update.
#[derive(Clone)]
pub struct Deletes<'a> {
    reader: Reader<'a>,
    clients: usize,
    left: usize,
    client: ClientId,
}

impl Iterator for Deletes<'_> {
    type Item = (ClientId, Range<u32>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.left == 0 {
            self.clients = self.clients.checked_sub(1)?;
            self.client = self.reader.client().ok()?;
            self.left = self.reader.count(2).ok()?;
        }
        self.left -= 1;
        let start = self.reader.clock().ok()?;
        let length = self.reader.number(LAST_CLOCK).ok()? as u32;
        Some((self.client, start..start + length))
    }
}
