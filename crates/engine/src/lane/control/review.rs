//! Requests about lines that were changed on both sides while they were apart.

use serde_json::{Value, json};
use sheaf_base::DocumentId;

use super::library::meant;
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::lane::{Failure, text::text};

pub(super) async fn list(engine: &Engine, fields: &Fields) -> Answer {
    let documents = match fields.get("document") {
        None | Some(Value::Null) => engine.documents().into_iter().map(|entry| entry.document).collect(),
        Some(_) => vec![meant(engine, fields)?],
    };
    let mut reviews = Vec::new();
    for document in documents {
        for review in engine.reviews(document).await? {
            reviews.push(json!({
                "id": format!("{document}/{}", review.number),
                "document": document.to_string(),
                "when": review.at.0,
                "lines": review.body["lines"],
                "more": review.body["more"],
            }));
        }
    }
    Ok(json!({ "reviews": reviews }))
}

pub(super) async fn done(engine: &Engine, fields: &Fields) -> Answer {
    let (document, number) = which(fields)?;
    engine.settle_review(document, number).await?;
    Ok(json!({}))
}

/// A review by the id that `reviews` gave.
fn which(fields: &Fields) -> Result<(DocumentId, u64), Failure> {
    let id = text(fields, "review")?;
    let parts = id.split_once('/').and_then(|(document, number)| Some((document.parse().ok()?, number.parse().ok()?)));
    parts.ok_or_else(|| Failure::malformed("\"review\" is an id that `reviews` gave"))
}
