//! Words that lose their line: somebody removed a line in which this device had written, and had not seen those words.
//!
//! The linear text keeps the words; they are stranded in a neighbouring line. The device that wrote them notices, from the stamps of the
//! records that removed the line, and says so. Looking costs a walk over the text, so it is done only when a removal and unseen words of
//! this device cross.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::ClientId;
use sheaf_replica::{
    Replica,
    walk::{Rules, walk},
};
use sheaf_schema::{Attributes, Delta, LINE, Op, utf16};

use crate::{Document, body::News, output::Rescued};

/// This device's newest chains, among whose words somebody's record may have missed some.
const CHAINS: usize = 32;

/// What must be known before records meet the replica, to notice afterwards what they have stranded.
pub(crate) struct Watch {
    /// The text before.
    text: Delta,
    /// From which clock on the words of each of this device's chains were not seen by those who removed something.
    unseen: BTreeMap<ClientId, u32>,
}

/// A line of the text before: where it is, and the id that its newline carries.
struct Line {
    place: Range<usize>,
    id: String,
}

/// A piece of the text before that is still there: where it was, and where it is now.
struct Kept {
    was: Range<usize>,
    now: usize,
}

impl Document {
    /// Looks at records that are about to meet the replica: whether they remove anything without having seen all words of this device.
    pub(crate) fn watch(&self, news: &[News]) -> Option<Watch> {
        let replica = self.replica.get()?;
        let mut unseen: Option<BTreeMap<ClientId, u32>> = None;
        for news in news.iter().filter(|news| removes(news)) {
            let missed = self.unseen_by(news);
            match &mut unseen {
                None => unseen = Some(missed),
                // Only what none of them had seen: whoever saw it and joined lines has stranded nothing.
                Some(unseen) => unseen.retain(|client, from| missed.get(client).inspect(|other| *from = (*from).max(**other)).is_some()),
            }
        }
        let unseen = unseen.filter(|unseen| !unseen.is_empty())?;
        Some(Watch { text: replica.delta(), unseen })
    }

    /// The words of this device that the author of a record had not seen.
    fn unseen_by(&self, news: &News) -> BTreeMap<ClientId, u32> {
        let Some(past) = self.history.graph.past_with(&news.position.hash) else { return BTreeMap::new() };
        let me = self.device();
        let own = self.history.chains_of(&me).rev().take(CHAINS);
        let missed = own.filter_map(|chain| {
            let client = chain.client();
            let (seen, written) = (past.clock(client), self.replica.get()?.end(client));
            (seen < written).then_some((client, seen))
        });
        missed.collect()
    }
}

impl Watch {
    /// The words that `change` has left without their line.
    pub(crate) fn stranded(&self, change: &Delta, replica: &Replica) -> Vec<Rescued> {
        let kept = kept(change, self.text.length());
        let lines = lines(&self.text);
        let gone = lines.iter().filter(|line| !is_kept(&kept, line.place.end - 1));
        gone.filter_map(|line| self.rescue(line, &kept, replica)).collect()
    }

    /// What is left of a line that is gone, if it is nothing but unseen words of this device.
    fn rescue(&self, line: &Line, kept: &[Kept], replica: &Replica) -> Option<Rescued> {
        let mut left = String::new();
        for piece in kept {
            let (start, end) = (piece.was.start.max(line.place.start), piece.was.end.min(line.place.end));
            for offset in start..end {
                let id = replica.id_at(piece.now + offset - piece.was.start)?;
                if self.unseen.get(&id.client).is_none_or(|from| id.clock < *from) {
                    return None;
                }
            }
            if start < end {
                left.push_str(&self.text.slice(start, end).text());
            }
        }
        (!left.trim().is_empty()).then(|| Rescued { text: left, line: line.id.clone() })
    }
}

fn removes(news: &News) -> bool {
    walk(&news.update, Rules::Body(news.position.chain.client())).is_ok_and(|walked| walked.deletes().next().is_some())
}

/// The pieces of a text of this length that a change keeps.
fn kept(change: &Delta, length: usize) -> Vec<Kept> {
    let (mut was, mut now) = (0, 0);
    let mut kept = Vec::new();
    for op in &change.ops {
        match op {
            Op::Retain { length, .. } => {
                kept.push(Kept { was: was..was + length, now });
                was += length;
                now += length;
            }
            Op::Delete { length } => was += length,
            Op::Insert { .. } | Op::Embed { .. } => now += op.length(),
        }
    }
    if was < length {
        kept.push(Kept { was: was..length, now });
    }
    kept
}

fn is_kept(kept: &[Kept], offset: usize) -> bool {
    kept.iter().any(|piece| piece.was.contains(&offset))
}

fn lines(text: &Delta) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    for op in &text.ops {
        let Op::Insert { text, attributes } = op else {
            at += op.length();
            continue;
        };
        for piece in text.split_inclusive('\n') {
            at += utf16::length(piece);
            if piece.ends_with('\n') {
                lines.push(Line { place: start..at, id: id(attributes) });
                start = at;
            }
        }
    }
    lines
}

fn id(attributes: &Attributes) -> String {
    attributes.get(LINE).and_then(|id| id.as_text()).unwrap_or_default().to_owned()
}
