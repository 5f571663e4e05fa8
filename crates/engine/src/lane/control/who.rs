//! "Who has this?" of a paragraph.

use serde_json::{Value, json};
use sheaf_base::DeviceId;
use sheaf_document::{Holder, Holding, Holds, Member};

use super::library::{meant, optional_text};
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::holding::Paragraph;
use crate::lane::Failure;
use crate::said::{Tells, said_to_json};

pub(super) async fn has(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    let Holding { words, last, devices } = engine.who_has(document, paragraph(fields)?).await?;
    let live = engine.live(document).await?;
    let members = live.facts().members.clone();
    Ok(json!({
        "document": document.to_string(),
        "words": words,
        "last": last.map(|device| author(&members, device)),
        "devices": devices.iter().map(|holder| device(engine, holder)).collect::<Vec<_>>(),
    }))
}

/// Which paragraph a request means.
fn paragraph(fields: &Fields) -> Result<Paragraph, Failure> {
    let number = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(|| Failure::malformed(format!("{name:?} is a whole number"))),
    };
    match (number("version")?, number("offset")?, number("line")?, optional_text(fields, "words")?) {
        (Some(version), Some(offset), None, None) => Ok(Paragraph::At { version, offset: offset as usize }),
        (None, None, Some(line), None) => Ok(Paragraph::Line(line as usize)),
        (None, None, None, Some(words)) if !words.trim().is_empty() => Ok(Paragraph::Words(words)),
        _ => Err(Failure::malformed("a paragraph is meant by \"version\" and \"offset\", by \"line\", or by \"words\"")),
    }
}

/// Who changed it last. Whoever has been removed since has no name here any more.
fn author(members: &[Member], device: DeviceId) -> Value {
    let member = members.iter().find(|member| member.device == device);
    json!({
        "device": device.to_string(),
        "person": member.map(|member| member.name.clone()).unwrap_or_default(),
        "mine": member.is_some_and(|member| member.mine),
    })
}

fn device(engine: &Engine, holder: &Holder) -> Value {
    let way = engine.way(holder.device);
    let (state, confirmed, reason) = match &holder.holds {
        Holds::Yes { confirmed } => ("has_it", Some(confirmed.0), None),
        Holds::NotYet => ("not_yet", None, way.reason),
        Holds::Unknown => ("unknown", None, way.reason),
        Holds::Refused { reason } => ("refused", None, Some(reason.said())),
    };
    json!({
        "device": holder.device.to_string(),
        "person": holder.person,
        "colour": holder.colour,
        "state": state,
        "confirmed_at": confirmed,
        "linked": way.linked,
        "last_seen": way.last_seen,
        "reason": reason.as_ref().map(|said| &said.english),
        "said": said_to_json(reason.as_ref()),
    })
}
