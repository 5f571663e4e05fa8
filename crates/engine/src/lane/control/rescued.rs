//! Requests about words that are kept for this device's person.

use serde_json::{Value, json};
use sheaf_base::DocumentId;

use super::library::{meant, optional_text};
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::lane::{Failure, text::text};

pub(super) async fn list(engine: &Engine, fields: &Fields) -> Answer {
    let documents = match fields.get("document") {
        None | Some(Value::Null) => engine.documents().into_iter().map(|entry| entry.document).collect(),
        Some(_) => vec![meant(engine, fields)?],
    };
    let mut edits = Vec::new();
    for document in documents {
        for edit in engine.rescued(document).await? {
            edits.push(json!({
                "id": format!("{document}/{}", edit.number),
                "document": document.to_string(),
                "line": edit.line,
                "text": edit.text,
                "when": edit.at.0,
            }));
        }
    }
    Ok(json!({ "edits": edits }))
}

pub(super) async fn rescue(engine: &Engine, fields: &Fields) -> Answer {
    let (document, line) = (meant(engine, fields)?, optional_text(fields, "line")?.unwrap_or_default());
    engine.rescue(document, line, text(fields, "text")?).await?;
    Ok(json!({}))
}

pub(super) async fn back(engine: &Engine, fields: &Fields) -> Answer {
    let (document, number) = which(fields)?;
    engine.put_back(document, number).await?;
    Ok(json!({}))
}

pub(super) async fn done(engine: &Engine, fields: &Fields) -> Answer {
    let (document, number) = which(fields)?;
    engine.settle_rescued(document, number).await?;
    Ok(json!({}))
}

/// An edit by the id that `rescued` gave.
fn which(fields: &Fields) -> Result<(DocumentId, u64), Failure> {
    let id = text(fields, "edit")?;
    let parts = id.split_once('/').and_then(|(document, number)| Some((document.parse().ok()?, number.parse().ok()?)));
    parts.ok_or_else(|| Failure::malformed("\"edit\" is an id that `rescued` gave"))
}
