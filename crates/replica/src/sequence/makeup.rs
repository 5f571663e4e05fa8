//! What a line consists of, in the names of the CRDT: so that it can be told of an update whether it touched the line.
//!
//! To a line belongs everything between the newline before it and its own: characters, embeds, formats, what has been deleted there, and
//! every value that says what kind of line it is. What a change by others leaves no trace of within it is not seen: words that were moved
//! out whole are deletions here and insertions elsewhere.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::ClientId;
use sheaf_schema::{LINE, Scalar};

use super::{Content, Handle, Map, NONE, Sequence};
use crate::walk::{Refused, Rules, walk};

/// The clocks of which a line consists, and where the line is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Makeup {
    /// Its units in the text, its newline included where a view sees that.
    pub place: Range<usize>,
    /// By client, in order and without overlaps.
    clocks: BTreeMap<ClientId, Vec<Range<u32>>>,
}

impl Makeup {
    /// Whether any of these clocks of this client belong to the line: whoever inserted or deleted them has touched it.
    pub fn holds(&self, client: ClientId, clocks: &Range<u32>) -> bool {
        let Some(ranges) = self.clocks.get(&client) else { return false };
        let first = ranges.partition_point(|range| range.end <= clocks.start);
        !clocks.is_empty() && ranges.get(first).is_some_and(|range| range.start < clocks.end)
    }

    /// Whether an update wrote or deleted any of the line.
    pub fn is_touched_by(&self, update: &[u8]) -> Result<bool, Refused> {
        let walked = walk(update, Rules::Any)?;
        let wrote = walked.structs().any(|one| self.holds(one.id.client, &one.clocks()));
        Ok(wrote || walked.deletes().any(|(client, range)| self.holds(client, &range)))
    }

    fn add(&mut self, client: ClientId, clocks: Range<u32>) {
        if !clocks.is_empty() {
            self.clocks.entry(client).or_default().push(clocks);
        }
    }

    /// Puts the clocks in order, and makes one of those that touch.
    fn settle(&mut self) {
        for ranges in self.clocks.values_mut() {
            ranges.sort_unstable_by_key(|range| range.start);
            ranges.dedup_by(|next, range| {
                let touches = next.start <= range.end;
                if touches {
                    range.end = range.end.max(next.end);
                }
                touches
            });
        }
    }
}

impl Sequence {
    /// What the line at these raw offsets, newline included, consists of. `id` is the line's, if it has one.
    pub(crate) fn makeup(&self, raw: Range<u32>, id: Option<&str>) -> Makeup {
        let mut makeup = Makeup::default();
        let Some((last, last_within)) = raw.end.checked_sub(1).and_then(|newline| self.locate(newline)) else { return makeup };
        let (first, from) = match raw.start.checked_sub(1).and_then(|newline| self.locate(newline)) {
            Some((before, within)) if within + 1 < self.item(before).length => (before, within + 1),
            Some((before, _)) => (self.item(before).right, 0),
            None => (self.first, 0),
        };
        self.add_between((first, from), (last, last_within), &mut makeup);
        if let Some(number) = id.and_then(|id| self.key_numbers.get(&(Map::Lines, id.to_owned()))) {
            let mut value = self.keys[*number as usize].first;
            while value != NONE {
                let item = self.item(value);
                makeup.add(self.client(item.at.slot), item.at.clock..item.at.clock + item.length);
                value = item.right;
            }
        }
        makeup.settle();
        makeup
    }

    fn add_between(&self, (first, from): (Handle, u32), (last, to): (Handle, u32), makeup: &mut Makeup) {
        let (mut at, mut from, mut begun) = (first, from, false);
        while at != NONE {
            let item = self.item(at);
            let end = if at == last { to + 1 } else { item.length };
            // Behind a newline the sign that ends its `line`: written with it, it belongs to the line before.
            let is_sign = matches!(&item.content, Content::Format(name, Scalar::Null) if self.names[*name as usize] == LINE);
            if begun || !is_sign {
                makeup.add(self.client(item.at.slot), item.at.clock + from..item.at.clock + end);
            }
            if at == last {
                return;
            }
            begun |= item.seen() > 0;
            (at, from) = (item.right, 0);
        }
    }
}
