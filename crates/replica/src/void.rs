//! The void form of an update: what it wrote comes in deleted, and what it deleted stays.
//!
//! A refused record that an accepted one stands on enters the replica in this form, so that what others wrote on top keeps its place.

use std::collections::BTreeMap;

use sheaf_base::Update;

use crate::{encode::write_deletes, walk::Walked};

/// The void form: the structs as they are, byte for byte, and as delete set their own clocks.
pub fn void(walked: &Walked<'_>) -> Update {
    let mut out = walked.structs_bytes().to_vec();
    let own = walked.structs().next().map(|one| one.id.client).zip(walked.clocks());
    write_deletes(&mut out, &own.map(|(client, clocks)| BTreeMap::from([(client, vec![clocks])])).unwrap_or_default());
    Update(out)
}
