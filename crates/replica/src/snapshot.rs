//! Snapshots: a whole replica in one piece, for the disk of the device that made it.
//!
//! `sheaf snapshot 1` | the version of yrs, and its length before it | the state hash, 32 bytes | the state as one update, version 1.
//! Reading one builds the replica again and compares the hash, so that a damaged snapshot is never mistaken for a document.

use std::collections::{BTreeMap, VecDeque};

use sheaf_base::ClientId;

use crate::{
    crdt::Crdt,
    lines::Lines,
    replica::{Broken, DamagedSnapshot, Replica},
    sequence::{Map, Sequence},
    walk::{Rules, Struct, Walked, walk},
};

const MAGIC: &[u8] = b"sheaf snapshot 1";

/// What wrote the state: another version may read it, but the store may want to know.
const WRITER: &str = "yrs 0.28.1";

impl Replica {
    /// Everything, in one piece, with a hash that [`Replica::from_snapshot`] compares.
    pub fn snapshot(&self) -> Result<Vec<u8>, Broken> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(WRITER.len() as u8);
        bytes.extend_from_slice(WRITER.as_bytes());
        bytes.extend_from_slice(&self.state_hash());
        bytes.extend_from_slice(&self.crdt.state()?);
        Ok(bytes)
    }

    /// The body that a snapshot holds.
    pub fn from_snapshot(client: ClientId, snapshot: &[u8]) -> Result<Self, DamagedSnapshot> {
        let damaged = |why: &str| DamagedSnapshot(why.to_owned());
        let rest = snapshot.strip_prefix(MAGIC).ok_or_else(|| damaged("it is not a snapshot of this version"))?;
        let (&length, rest) = rest.split_first().ok_or_else(|| damaged("it is cut off"))?;
        let (_, rest) = rest.split_at_checked(length as usize).ok_or_else(|| damaged("it is cut off"))?;
        let (hash, state) = rest.split_at_checked(32).ok_or_else(|| damaged("it is cut off"))?;
        let walked = walk(state, Rules::Any).map_err(|refused| DamagedSnapshot(refused.to_string()))?;
        let mut sequence = Sequence::new();
        load(&mut sequence, &walked)?;
        let mut crdt = Crdt::new(client);
        crdt.apply(std::iter::once(state)).map_err(|broken| DamagedSnapshot(broken.0))?;
        let mut lines = Lines::new();
        let blocks: Vec<_> = sequence.entries(Map::Lines).map(|(id, value)| (id.to_owned(), crate::replica::block(Some(value)))).collect();
        lines.tell(&sequence.raw(), &blocks);
        let replica = Replica { client, crdt, sequence, lines };
        if replica.state_hash() == *hash { Ok(replica) } else { Err(damaged("its content is not what its hash says")) }
    }
}

/// Takes a whole state in: structs of many clients that stand on one another, in an order in which each finds what it stands on.
fn load(sequence: &mut Sequence, walked: &Walked<'_>) -> Result<(), DamagedSnapshot> {
    let mut waiting: BTreeMap<ClientId, VecDeque<Struct<'_>>> = BTreeMap::new();
    for one in walked.structs() {
        waiting.entry(one.id.client).or_default().push_back(one);
    }
    let mut stack: Vec<ClientId> = waiting.keys().copied().collect();
    // A client may be on the stack many times: on its own account, and whenever another waits for it.
    let mut asked = 0;
    while let Some(&client) = stack.last() {
        let Some(one) = waiting.get(&client).and_then(|structs| structs.front()) else {
            stack.pop();
            continue;
        };
        match sequence.missing(one) {
            Some(id) if asked <= waiting.len() => {
                asked += 1;
                stack.push(id.client);
            }
            Some(id) => return Err(DamagedSnapshot(format!("{} stands on {id}, which is not in it", one.id))),
            None => {
                asked = 0;
                sequence.take_struct(one).map_err(|foreign| DamagedSnapshot(format!("{} is nothing for a body", foreign.0)))?;
                if let Some(structs) = waiting.get_mut(&client) {
                    structs.pop_front();
                }
            }
        }
    }
    sequence.take_deletes(walked);
    sequence.settle_down();
    Ok(())
}
