//! An update under other names.
//!
//! What a forked chain's device and those who knew one of its histories wrote under the chain's client id, everybody else knows under the
//! client ids of the branches. The update is rewritten before it meets a replica: ids and deletions, nothing else.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::{ClientId, Update};

use crate::{
    encode::{write_deletes, write_number},
    walk::{Id, Rules, Walked, walk},
};

/// The update with every id replaced. `name` says what an id is called, and for how many clocks from there on names follow one another; `None`
/// for one that it does not know, and then there is no such update.
pub fn rename(update: &Update, mut name: impl FnMut(Id) -> Option<(Id, u32)>) -> Option<Update> {
    let walked = walk(&update.0, Rules::Any).ok()?;
    let mut out = Vec::with_capacity(update.0.len() + 16);
    write_structs(&mut out, &walked, &mut name)?;
    let mut deletes: BTreeMap<ClientId, Vec<Range<u32>>> = BTreeMap::new();
    for (client, mut range) in walked.deletes() {
        while !range.is_empty() {
            let (id, follow) = name(Id { client, clock: range.start })?;
            let length = follow.min(range.end - range.start);
            if length == 0 {
                return None;
            }
            deletes.entry(id.client).or_default().push(id.clock..id.clock + length);
            range.start += length;
        }
    }
    deletes.values_mut().for_each(join);
    write_deletes(&mut out, &deletes);
    Some(Update(out))
}

fn write_structs(out: &mut Vec<u8>, walked: &Walked<'_>, name: &mut impl FnMut(Id) -> Option<(Id, u32)>) -> Option<()> {
    // A record holds the structs of one client, one after the other.
    let count = walked.structs().count();
    write_number(out, u64::from(count > 0));
    let Some(first) = walked.structs().next() else { return Some(()) };
    let start = name(first.id)?.0;
    write_number(out, count as u64);
    write_number(out, start.client.0);
    write_number(out, u64::from(start.clock));
    let mut structs = walked.structs();
    while let Some((one, bytes)) = structs.next_with_bytes() {
        let ids: Vec<Id> = one.origin.into_iter().chain(one.right_origin).collect();
        let mut rest = &bytes[1..];
        out.push(bytes[0]);
        for id in ids {
            rest = &rest[spelled(id)..];
            let id = name(id)?.0;
            write_number(out, id.client.0);
            write_number(out, u64::from(id.clock));
        }
        out.extend_from_slice(rest);
    }
    Some(())
}

/// How many bytes an id takes.
fn spelled(id: Id) -> usize {
    let length = |number: u64| (64 - number.max(1).leading_zeros() as usize).div_ceil(7);
    length(id.client.0) + length(u64::from(id.clock))
}

/// Ranges in order, and those that touch as one.
fn join(ranges: &mut Vec<Range<u32>>) {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, before| {
        let touch = next.start <= before.end;
        if touch {
            before.end = before.end.max(next.end);
        }
        touch
    });
}

#[cfg(test)]
mod tests {
    use sheaf_schema::Delta;

    use super::*;
    use crate::Replica;

    /// What two replicas wrote into one body, the second into the middle of the first's words, deleting some of them.
    fn written() -> (ClientId, [Update; 3]) {
        let (one, other) = (ClientId(300), ClientId(70_000));
        let mut lines = 0;
        let mut line = || {
            lines += 1;
            [lines; 32]
        };
        let (mut mine, founding) = Replica::found(one).expect("a new body");
        let first = mine.push(&Delta::new().insert("Hello, wörld 😀\n"), &mut line).expect("it fits").updates.remove(0);
        let mut theirs = Replica::empty(other);
        theirs.apply(&[founding.clone(), first.clone()]).expect("sound");
        let change = Delta::new().retain(3).delete(4).insert("p me");
        let second = theirs.push(&change, &mut line).expect("it fits").updates.remove(0);
        (one, [founding, first, second])
    }

    #[test]
    fn under_other_names_it_says_the_same() {
        let (one, updates) = written();
        let mut before = Replica::empty(ClientId(1));
        before.apply(&updates).expect("sound");
        // Whatever the first one wrote after the founding is somebody else's, who begins at nought.
        let founded = walk(&updates[0].0, Rules::Any).expect("sound").clocks().expect("it founds").end;
        let name = |id: Id| match id.client == one {
            true if id.clock >= founded => Some((Id { client: ClientId(9), clock: id.clock - founded }, u32::MAX)),
            true => Some((id, founded - id.clock)),
            false => Some((id, u32::MAX - id.clock)),
        };
        let renamed = updates.each_ref().map(|update| rename(update, name).expect("every id has a name"));
        assert_ne!(renamed[1], updates[1]);
        assert_eq!(renamed[0], updates[0]);
        let mut after = Replica::empty(ClientId(1));
        after.apply(&renamed).expect("sound");
        assert_eq!(after.delta(), before.delta());
        assert_eq!((after.end(ClientId(9)) > 0, after.end(one)), (true, founded));
        assert_eq!(rename(&updates[2], |_| None), None, "what has no name is in no update");
    }
}
