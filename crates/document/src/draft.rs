//! A turn while it is being thought, and while it is being written.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::ChainId;
use sheaf_protocol::{Written, WrittenRecord};
use sheaf_record::{EpochSecret, Seal};

use crate::{
    body::News,
    delivery::Accepted,
    history::{History, branch_row, head_row},
    input::RequestId,
    output::Answer,
    references,
    turn::{SealRow, SecretRow, Writes},
};

/// What the inputs since the last turn led to.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) writes: Writes,
    pub(crate) answers: Vec<Answer>,
    /// Asked for the body; answered when the turn is.
    pub(crate) reads: Vec<RequestId>,
    pub(crate) flight: Flight,
}

/// What becomes of a turn once it is durable.
#[derive(Default)]
pub(crate) struct Flight {
    /// Body records of others, which meet the replica then.
    pub(crate) news: Vec<News>,
    /// Everything written, for the peers.
    pub(crate) written: Written,
    /// Chains that have grown or been sealed.
    pub(crate) grown: BTreeSet<ChainId>,
}

impl Draft {
    /// Whether nothing has been thought.
    pub(crate) fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.answers.is_empty() && self.reads.is_empty()
    }

    /// A record has been accepted.
    pub(crate) fn record(&mut self, accepted: Accepted) {
        let Accepted { at, row: record, parents, author, head, base, update, access: _ } = accepted;
        let chain = record.chain;
        if let Some(head) = head {
            self.writes.heads.push(head_row(&head));
            self.flight.written.heads.insert(chain, head.encode());
        }
        self.writes.heads.extend(base.map(|base| branch_row(chain, base)));
        if let Some(update) = update {
            references::note(&mut self.writes, &update, false);
            let position = sheaf_base::Position { chain, number: record.number, hash: record.hash };
            self.flight.news.push(News { row: at, position, author, update });
        }
        self.flight.written.records.push(WrittenRecord { chain, number: record.number, author, bytes: record.bytes.clone(), parents });
        self.flight.grown.insert(chain);
        self.writes.records.push(record);
    }

    /// A seal over accepted records.
    pub(crate) fn seal(&mut self, seal: Seal) {
        let (chain, number) = (seal.position.chain, seal.position.number);
        self.writes.seals.push(SealRow { chain, number, signature: seal.signature.0 });
        self.flight.written.seals.push((chain, number, seal.signature));
        self.flight.grown.insert(chain);
    }

    /// An epoch secret.
    pub(crate) fn secret(&mut self, secret: &EpochSecret) {
        self.writes.secrets.push(SecretRow { epoch: secret.id().0, secret: *secret.as_bytes() });
    }
}

impl Flight {
    /// What may be told to peers: everything up to the seals. What belongs to a forked chain is left out: it is supplied, as it has to be said
    /// where it goes on.
    pub(crate) fn told(self, before: BTreeMap<ChainId, u64>, history: &History) -> Written {
        let mut written = self.written;
        written.records.retain(|record| record.number <= history.sealed(&record.chain) && !history.graph.is_forked(&record.chain));
        written.seals.retain(|(chain, ..)| !history.graph.is_forked(chain));
        if history.graph.has_forks() {
            let parents = written.records.iter_mut().flat_map(|record| &mut record.parents);
            parents.for_each(|parent| *parent = history.named(&parent.0, parent.1));
        }
        written.before = before;
        written
    }
}
