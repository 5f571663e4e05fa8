//! The history of who was let in, and by whom, checked from the first record on.

use serde_json::{Value, json};
use sheaf_access::Standing;
use sheaf_document::AuditEvent;

use super::library::meant;
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::library::role_name;
use crate::said::{sentence_of_refused, sentence_to_json};

/// Why a void event counts as nothing, in English; windows have their own words for the standing.
const VOID: &str = "what it rested on was taken away by something that did not know of it";

pub(super) async fn audit(engine: &Engine, fields: &Fields) -> Answer {
    let audit = engine.audit(meant(engine, fields)?).await?;
    Ok(json!({
        "checked": {
            "records": audit.records,
            "hashes": audit.hashes,
            "signatures": audit.signatures,
            "failed": audit.failed,
        },
        "events": audit.events.iter().map(event_to_json).collect::<Vec<_>>(),
    }))
}

fn event_to_json(event: &AuditEvent) -> Value {
    let (standing, why) = match &event.standing {
        Standing::Counts => ("counts", None),
        Standing::Void => ("void", Some(VOID.to_owned())),
        Standing::Refused(refusal) => ("refused", Some(refusal.to_string())),
        Standing::Unknown => ("unknown", Some("it was written by a newer version of Sheaf".to_owned())),
    };
    let hex = |bytes: &[u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    json!({
        "id": event.id.to_string(),
        "at": event.at.map(|at| at.0),
        "by": event.name,
        "device": event.device.to_string(),
        "what": event.what,
        "about": event.about.as_ref().map(|about| if about.name.is_empty() { hex(&about.id)[..8].to_owned() } else { about.name.clone() }),
        "about_id": event.about.as_ref().map(|about| hex(&about.id)),
        "role": event.role.map(role_name),
        "author_role": event.author.map(role_name),
        "standing": standing,
        "why": why,
        "said": match &event.standing {
            Standing::Refused(refusal) => sentence_to_json(&sentence_of_refused(refusal)),
            _ => Value::Null,
        },
        "stood_on": event.stood_on.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
