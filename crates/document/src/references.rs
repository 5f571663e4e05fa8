//! Which files a record refers to, read off the record alone.
//!
//! A file counts as referred to from the moment an embed of it is accepted, and stays so while the document is here: undo, history and whoever
//! is offline may bring the embed back. So nothing needs a replica, and nothing is looked for twice.

use sheaf_replica::walk::{Content, Rules, walk};
use sheaf_schema::{Attachment, Embed, Value, json};

use crate::turn::{ReferenceRow, Writes};

/// Notes the files that an update's embeds refer to. `own`: this device has written it.
pub(crate) fn note(writes: &mut Writes, update: &[u8], own: bool) {
    let Ok(walked) = walk(update, Rules::Any) else { return };
    for one in walked.structs() {
        let Content::Embed(json) = one.content else { continue };
        let Some(embed) = embed(json) else { continue };
        let attachment = Attachment::of(&embed);
        writes.references.extend(attachment.map(|Attachment { blob, size, name, .. }| ReferenceRow { blob, size, name, own }));
    }
}

fn embed(json: &str) -> Option<Embed> {
    let Ok(Value::Map(object)) = json::read(json) else { return None };
    let (kind, value) = object.into_iter().next()?;
    Some(Embed { kind, value })
}
