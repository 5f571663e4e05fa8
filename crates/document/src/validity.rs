//! Whether a record is valid: a function of the record and of its causal past, and of nothing else.
//!
//! Every honest device asks the same questions in the same order and gets the same answers, whatever else it holds and in whatever order
//! things came. Nobody asks here whether a record is sealed (that is [`crate::delivery`]'s) or whether it still counts (access's).

use sheaf_access::AccessRecord;
use sheaf_base::{ChainId, ClientId, Position};
use sheaf_record::{Kind, Past, ReadRecord};
use sheaf_replica::walk::{self, Id, Rules, walk};

use crate::history::{History, Inside};

/// The number of the record in the founding chain that founds the body, right after the genesis.
pub(crate) const FOUNDING_BODY: u64 = 2;

/// Why a record is not accepted now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// What it stands on is not here: it waits.
    Waits,
    /// It never will be: it ends its chain.
    Invalid(String),
}

/// Finds out what is inside a record, if it is valid.
pub(crate) fn judge(history: &mut History, read: &ReadRecord) -> Result<Inside, Unfit> {
    let chain = read.position.chain;
    let head = history.head(&chain).ok_or(Unfit::Waits)?;
    let device = head.device();
    if read.position.number == 1 && head.chain() == chain {
        head.check_document(&history.document(), &read.position.hash).map_err(invalid)?;
    }
    match read.record.kind {
        Kind::Access => {
            let record = AccessRecord::read(&history.absolute(read), device).map_err(invalid)?;
            let past = past(history, read)?;
            history.access.judge(&record, &past).map_err(invalid)?;
            Ok(Inside::Access(record))
        }
        kind => {
            // The role before the key, the key before the content.
            let past = past(history, read)?;
            history.access.may(&device, &past, kind).map_err(invalid)?;
            drop(past);
            if !history.can_open(read) {
                // The key is not here yet; that says nothing about the record.
                return Err(Unfit::Waits);
            }
            let plaintext = history.open(read).map_err(invalid)?.plaintext;
            match kind {
                Kind::Body => judge_body(history, read, plaintext),
                _ => Ok(Inside::Discussion),
            }
        }
    }
}

fn judge_body(history: &History, read: &ReadRecord, update: Vec<u8>) -> Result<Inside, Unfit> {
    let chain = read.position.chain;
    let client = history.client(&chain);
    let founds = history.founding() == Some(chain) && read.position.number == FOUNDING_BODY;
    let rules = if founds { Rules::Founding(client) } else { Rules::Body(client) };
    let mut marks = {
        let walked = walk(&update, rules).map_err(invalid)?;
        let past = past(history, read)?;
        if past.chain_of(client).is_some_and(|meant| meant != history.graph.root(&chain)) {
            return Err(invalid("its author knew that its client id is another chain's"));
        }
        walked.stand(&BodyPast { history, past: &past }).map_err(invalid)?
    };
    // A branch counts its clocks from its fork on.
    let before = history.graph.clocks_before(&chain);
    let places = marks.low_surrogates.iter_mut().chain(&mut marks.entries);
    places.chain([&mut marks.clocks.start, &mut marks.clocks.end]).for_each(|clock| *clock = clock.saturating_sub(before));
    Ok(Inside::Body { update, marks })
}

fn past<'a>(history: &'a History, read: &ReadRecord) -> Result<Past<'a>, Unfit> {
    let Position { chain, number, .. } = read.position;
    let past = history.graph.past(&chain, number, &read.record.stamp).map_err(|error| match error.is_waiting() {
        true => Unfit::Waits,
        false => invalid(error),
    })?;
    // Whoever has seen two histories of their chain begins a new one: what a record says would else depend on who reads it.
    if past.knows_rival(&chain, number) {
        return Err(invalid("its author knew of another history of its chain"));
    }
    Ok(past)
}

fn invalid(reason: impl ToString) -> Unfit {
    Unfit::Invalid(reason.to_string())
}

/// A record's past, as the walker asks about it.
struct BodyPast<'a> {
    history: &'a History,
    past: &'a Past<'a>,
}

impl walk::Past for BodyPast<'_> {
    fn end(&self, client: ClientId) -> u32 {
        self.past.clock(client)
    }

    fn is_low_surrogate(&self, id: Id) -> bool {
        self.past.is_low_surrogate(id.client, id.clock)
    }

    fn is_entry(&self, id: Id) -> bool {
        self.past.place(id.client, id.clock).is_some_and(|(chain, clock)| self.history.is_entry(&chain, clock))
    }

    fn founder(&self) -> Option<ClientId> {
        let founding: ChainId = self.history.founding()?;
        (self.past.number(&founding) >= FOUNDING_BODY).then(|| founding.client())
    }
}
