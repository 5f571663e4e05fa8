//! Whether a record is valid: a function of the record and of its causal past, and of nothing else.
//!
//! Every honest device asks the same questions in the same order and gets the same answers, whatever else it holds and in whatever order
//! things came. Nobody asks here whether a record is sealed (that is [`crate::delivery`]'s) or whether it still counts (access's).

use sheaf_access::AccessRecord;
use sheaf_base::{ChainId, ClientId};
use sheaf_record::{Kind, Past, ReadRecord};
use sheaf_replica::walk::{self, Id, Rules, walk};

use crate::history::{History, Inside};

/// The number of the record in the founding chain that founds the body, right after the genesis.
const FOUNDING_BODY: u64 = 2;

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
    if read.position.number == 1 {
        head.check_document(&history.document(), &read.position.hash).map_err(invalid)?;
    }
    match read.record.kind {
        Kind::Access => {
            let record = AccessRecord::read(read, device).map_err(invalid)?;
            let past = past(history, read)?;
            history.access.judge(&record, &past).map_err(invalid)?;
            Ok(Inside::Access(record))
        }
        kind => {
            // The role before the key, the key before the content.
            let past = past(history, read)?;
            history.access.may(&device, &past, kind).map_err(invalid)?;
            if history.cipher(&chain).is_none() {
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
    let client = chain.client();
    let founds = history.founding() == Some(chain) && read.position.number == FOUNDING_BODY;
    let rules = if founds { Rules::Founding(client) } else { Rules::Body(client) };
    let marks = {
        let walked = walk(&update, rules).map_err(invalid)?;
        let past = past(history, read)?;
        if past.chain_of(client).is_some_and(|meant| meant != chain) {
            return Err(invalid("its author knew that its client id is another chain's"));
        }
        walked.stand(&BodyPast { history, past: &past }).map_err(invalid)?
    };
    Ok(Inside::Body { update, marks })
}

fn past<'a>(history: &'a History, read: &ReadRecord) -> Result<Past<'a>, Unfit> {
    history.graph.past(&read.position.chain, read.position.number, &read.record.stamp).map_err(|error| match error.is_waiting() {
        true => Unfit::Waits,
        false => invalid(error),
    })
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
        self.past.chain_of(id.client).is_some_and(|chain| self.history.is_entry(&chain, id.clock))
    }

    fn founder(&self) -> Option<ClientId> {
        let founding: ChainId = self.history.founding()?;
        (self.past.number(&founding) >= FOUNDING_BODY).then(|| founding.client())
    }
}
