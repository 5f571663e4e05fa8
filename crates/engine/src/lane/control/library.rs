//! Requests about documents.

use serde_json::{Value, json};
use sheaf_base::{DocumentId, limits};
use sheaf_schema::Op;
use sheaf_sentence::Sentence;
use sheaf_store::Entry;

use super::{Answer, Fields};
use crate::body::{Form, convert};
use crate::engine::Engine;
use crate::lane::{Failure, delta_from_json, delta_to_json, text::text};
use crate::library::{FOLDER, Standing, UNTITLED, role_name_of};
use crate::random;
use crate::said::Said;

/// The document that a request means.
pub(super) fn meant(engine: &Engine, fields: &Fields) -> Result<DocumentId, Failure> {
    Ok(engine.resolve(&text(fields, "document")?)?)
}

/// The same where a folder will not do.
fn meant_text(engine: &Engine, fields: &Fields) -> Result<DocumentId, Failure> {
    let document = meant(engine, fields)?;
    if engine.is_folder(document) { Err(Failure::no_text()) } else { Ok(document) }
}

pub(super) async fn new(engine: &Engine, fields: &Fields) -> Answer {
    let title = if fields.contains_key("title") { title(fields)? } else { UNTITLED.to_owned() };
    let markdown = optional_text(fields, "markdown")?;
    let folder = optional_text(fields, "folder")?.map(|name| engine.resolve(&name)).transpose()?;
    let document = engine.create_with(&title, markdown.as_deref()).await?;
    if let Some(folder) = folder {
        // Half of what was asked for is not what was asked for.
        if let Err(error) = engine.put_into(folder, document).await {
            engine.abandon(&engine.live(document).await?).await;
            return Err(error.into());
        }
    }
    Ok(json!({ "document": document.to_string() }))
}

pub(super) fn list(engine: &Engine, fields: &Fields) -> Value {
    let wanted = fields.get("trashed").and_then(Value::as_bool);
    let entries = engine.documents();
    let entries = entries.iter().filter(|entry| wanted.is_none_or(|trashed| entry.trashed.is_some() == trashed));
    json!({ "documents": entries.map(|it| entry(engine, it)).collect::<Vec<_>>() })
}

/// A line of the catalogue, as it is told.
fn entry(engine: &Engine, entry: &Entry) -> Value {
    let state = match Standing::of(entry) {
        _ if entry.placeholder => "waiting",
        Standing::Private | Standing::Shared if engine.shared.is_out(entry) => "removed",
        Standing::Damaged => "damaged",
        Standing::Left => "left",
        Standing::Removed => "removed",
        Standing::Private | Standing::Shared => "ready",
    };
    json!({
        "document": entry.document.to_string(),
        "title": entry.title,
        "created": entry.created.0,
        "changed": entry.changed.0,
        "opened": entry.opened.map(|opened| opened.0),
        "people": entry.people,
        "role": role_name_of(entry.role),
        "state": state,
        "shared": Standing::of(entry) == Standing::Shared,
        "trashed": entry.trashed.is_some(),
        "kind": if entry.kind == FOLDER { "folder" } else { "text" },
        "folder": entry.folder.map(|folder| folder.to_string()),
    })
}

pub(super) async fn show(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant_text(engine, fields)?;
    let form = match optional_text(fields, "as")?.as_deref() {
        None | Some("md") => Form::Markdown,
        Some("text") => Form::Text,
        Some("html") => Form::Html,
        Some("json") => Form::Delta,
        Some(other) => return Err(Failure::malformed(format!("{other:?} is not a form: md, text, html or json"))),
    };
    let body = engine.body(document).await?;
    let mut answer = json!({ "document": document.to_string(), "version": body.version, "title": body.opened.title });
    if form == Form::Delta {
        answer["delta"] = delta_to_json(&body.opened.delta);
    } else {
        answer["body"] = convert(&body.opened.delta, form).into();
    }
    Ok(answer)
}

/// Markdown as the text that it means, with fresh lines, for whoever pastes it.
pub(super) fn markdown(fields: &Fields) -> Answer {
    Ok(json!({ "delta": delta_to_json(&sheaf_markdown::read(&text(fields, "text")?, &mut random::line_id)) }))
}

/// A part of a text as Markdown, for whoever copies it. It is written as a document is, so that a copy and a file say the same.
pub(super) fn as_markdown(fields: &Fields) -> Answer {
    let delta = delta_from_json(fields.get("delta").unwrap_or(&Value::Null)).map_err(|error| Failure::malformed(error.to_string()))?;
    if !delta.ops.iter().all(|op| matches!(op, Op::Insert { .. } | Op::Embed { .. })) {
        return Err(Failure::malformed("\"delta\" is a text: inserts and nothing else"));
    }
    Ok(json!({ "markdown": sheaf_markdown::write(&delta) }))
}

pub(super) async fn write(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant_text(engine, fields)?;
    let markdown = text(fields, "markdown")?;
    let base = match fields.get("base") {
        None | Some(Value::Null) => None,
        Some(base) => Some(base.as_u64().ok_or_else(|| Failure::malformed("\"base\" is a version: a whole number"))?),
    };
    let (changed, version) = engine.write(document, &markdown, base).await?;
    Ok(json!({ "document": document.to_string(), "changed": changed, "version": version }))
}

pub(super) async fn rename(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    engine.rename(document, &title(fields)?).await?;
    Ok(json!({ "document": document.to_string() }))
}

pub(super) async fn trash(engine: &Engine, fields: &Fields, away: bool) -> Answer {
    let document = meant(engine, fields)?;
    engine.trash(document, away).await?;
    Ok(json!({ "document": document.to_string() }))
}

pub(super) async fn duplicate(engine: &Engine, fields: &Fields) -> Answer {
    let document = engine.duplicate(meant_text(engine, fields)?).await?;
    Ok(json!({ "document": document.to_string() }))
}

pub(super) async fn search(engine: &Engine, fields: &Fields) -> Answer {
    let hits = engine.search(text(fields, "words")?).await?;
    let hits = hits.iter().map(|hit| json!({ "document": hit.document.to_string(), "title": hit.title, "excerpt": hit.excerpt }));
    Ok(json!({ "hits": hits.collect::<Vec<_>>() }))
}

pub(super) async fn backlinks(engine: &Engine, fields: &Fields) -> Answer {
    let links = engine.backlinks(meant(engine, fields)?).await?;
    let links = links
        .iter()
        .map(|link| json!({ "document": link.document.to_string(), "title": link.title, "line": link.line, "excerpt": link.excerpt }));
    Ok(json!({ "backlinks": links.collect::<Vec<_>>() }))
}

pub(super) async fn unlinked(engine: &Engine, fields: &Fields) -> Answer {
    let hits = engine.unlinked(meant(engine, fields)?).await?;
    let hits = hits.iter().map(|hit| json!({ "document": hit.document.to_string(), "title": hit.title, "excerpt": hit.excerpt }));
    Ok(json!({ "unlinked": hits.collect::<Vec<_>>() }))
}

pub(super) async fn link_title(engine: &Engine, fields: &Fields) -> Answer {
    let named = engine.resolve(&text(fields, "named")?)?;
    engine.link_title(meant(engine, fields)?, named).await?;
    Ok(json!({}))
}

/// A title: one line, not too long, not nothing.
pub(super) fn title(fields: &Fields) -> Result<String, Failure> {
    let title = text(fields, "title")?.trim().to_owned();
    if title.is_empty() || title.chars().any(char::is_control) || title.encode_utf16().count() > limits::TITLE {
        let english = format!("a title is one line of 1 to {} characters", limits::TITLE);
        return Err(Failure::new("refused", Said::new(Sentence::BadTitle { most: limits::TITLE as u64 }, english)));
    }
    Ok(title)
}

pub(super) fn optional_text(fields: &Fields, name: &str) -> Result<Option<String>, Failure> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Failure::malformed(format!("{name:?} is not text"))),
    }
}
