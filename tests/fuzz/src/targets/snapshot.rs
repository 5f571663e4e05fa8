//! Snapshots: what a disk may have made of them. Behind the header everything that Yjs can say is let through to yrs, so this is also the
//! target for `Rules::Any`.
//!
//! The first byte of a part says whether the rest is a whole snapshot, or a state that the target puts behind a header.

use std::sync::LazyLock;

use sheaf_base::ClientId;
use sheaf_replica::{
    Replica,
    walk::{Rules, walk},
};

/// The rest is a snapshot as it is.
pub(crate) const WHOLE: u8 = 0;
/// The rest is what stands behind the hash.
pub(crate) const STATE: u8 = 1;

/// An honest snapshot, and where in it the state begins.
static HONEST: LazyLock<(Vec<u8>, usize)> = LazyLock::new(|| {
    let (replica, _) = Replica::found(ClientId(300)).expect("founding works");
    let snapshot = replica.snapshot().expect("a sound replica makes one");
    let magic = b"sheaf snapshot 1".len();
    let state = magic + 1 + usize::from(snapshot[magic]) + 32;
    (snapshot, state)
});

pub(super) fn run(parts: &[Vec<u8>]) {
    for part in parts {
        let Some((&kind, bytes)) = part.split_first() else { continue };
        if kind % 2 == STATE {
            let (honest, state) = &*HONEST;
            check(&[&honest[..*state], bytes].concat());
            check_walk(bytes);
        } else {
            check(bytes);
        }
    }
}

fn check(snapshot: &[u8]) {
    if let Ok(replica) = Replica::from_snapshot(ClientId(9), snapshot) {
        assert!(!replica.pending(), "yrs waits");
        replica.audit().expect("yrs and the index agree");
        let again = replica.snapshot().expect("a sound replica makes a snapshot");
        let opened = Replica::from_snapshot(ClientId(9), &again).expect("and it opens");
        assert_eq!(opened.state_hash(), replica.state_hash());
    }
}

/// Under [`Rules::Any`] the walker must at least read what it has let through.
fn check_walk(state: &[u8]) {
    let Ok(walked) = walk(state, Rules::Any) else { return };
    let clocks: u64 = walked.structs().map(|one| u64::from(one.length)).sum();
    assert!(walked.structs().count() <= state.len() && walked.deletes().count() <= state.len());
    assert!(walked.deletes().all(|(_, range)| !range.is_empty()), "a deleted range of no length");
    assert!(walked.structs().all(|one| one.length > 0) || clocks == 0, "an empty struct");
}

/// Snapshots as we write them: the seeds.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let (founded, state) = &*HONEST;
    let mut replica = Replica::empty(ClientId(7));
    let records = super::walker::honest().into_iter().find(|(name, _)| *name == "honest-apart").expect("it is one of them").1;
    let mut snapshots = vec![("honest-founded", vec![[&[WHOLE], founded.as_slice()].concat()])];
    replica.apply(&super::walker::scene_before()).expect("the scene applies");
    for record in &records[1..2] {
        replica.apply(&[sheaf_base::Update(record[1..].to_vec())]).expect("an honest record applies");
    }
    let lively = replica.snapshot().expect("a sound replica makes one");
    snapshots.push(("honest-state", vec![[&[STATE], &lively[*state..]].concat()]));
    snapshots.push(("honest-lively", vec![[&[WHOLE], lively.as_slice()].concat()]));
    snapshots
}
