//! Which files a record refers to, read off the record alone.
//!
//! A file counts as referred to from the moment an embed of it is accepted, and stays so while the document is here: undo, history and whoever
//! is offline may bring the embed back. So nothing needs a replica, and nothing is looked for twice.

use sheaf_replica::walk::{Content, Rules, walk};
use sheaf_schema::{Attachment, Embed, Value, json};

use crate::turn::ReferenceRow;

/// The files that an update's embeds refer to. `own`: this device has written it.
pub(crate) fn references(update: &[u8], own: bool) -> Vec<ReferenceRow> {
    let Ok(walked) = walk(update, Rules::Any) else { return Vec::new() };
    let attached = walked.structs().filter_map(|one| match one.content {
        Content::Embed(json) => attachment(json),
        _ => None,
    });
    attached.map(|Attachment { blob, size, name, .. }| ReferenceRow { blob, size, name, own }).collect()
}

fn attachment(json: &str) -> Option<Attachment> {
    let Ok(Value::Map(object)) = json::read(json) else { return None };
    let (kind, value) = object.into_iter().next()?;
    Attachment::of(&Embed { kind, value })
}
