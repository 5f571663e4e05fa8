//! Requests about images and files.

use data_encoding::BASE64;
use serde_json::{Value, json};
use sheaf_base::{BlobId, DocumentId};
use sheaf_schema::{Attachment, json as schema_json};
use sheaf_sentence::Sentence;

use super::library::meant;
use super::{Answer, Fields};
use crate::attachments::{Attached, AttachmentError};
use crate::engine::Engine;
use crate::lane::{Failure, text::text};
use crate::said::{Said, said_to_json};

/// The longest part, in bytes: an image arrives in a few, and no message holds up a keystroke.
const PART: usize = 1024 * 1024;

/// Begins to attach a file.
pub(super) async fn begin(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    Ok(json!({ "upload": engine.attach(document, &text(fields, "name")?).await? }))
}

/// The next part of it, in letters, for carriers that have nothing else.
pub(super) async fn part(engine: &Engine, fields: &Fields) -> Answer {
    let bytes = text(fields, "bytes")?;
    let bytes = BASE64.decode(bytes.as_bytes()).map_err(|error| Failure::malformed(format!("\"bytes\" is not base64: {error}")))?;
    part_of(engine, fields, bytes).await
}

/// The next part of it.
pub(super) async fn part_of(engine: &Engine, fields: &Fields, bytes: Vec<u8>) -> Answer {
    if bytes.len() > PART {
        return Err(Failure::malformed(format!("a part has at most {PART} bytes")));
    }
    Ok(json!({ "size": engine.attach_part(number(fields, "upload")?, number(fields, "at")?, bytes).await? }))
}

/// That was all: what the text is to hold. With `append` it gets a line of its own at the end.
pub(super) async fn done(engine: &Engine, fields: &Fields) -> Answer {
    let (document, attachment) = engine.attached(number(fields, "upload")?).await?;
    if fields.get("append").and_then(Value::as_bool) == Some(true) {
        engine.append_attachment(document, &attachment).await?;
    }
    Ok(json!({ "document": document.to_string(), "hash": attachment.blob.to_string(), "embed": embed(&attachment) }))
}

pub(super) fn stop(engine: &Engine, fields: &Fields) -> Answer {
    engine.stop_attaching(number(fields, "upload")?);
    Ok(json!({}))
}

pub(super) async fn list(engine: &Engine, fields: &Fields) -> Answer {
    let attached = engine.attachments(meant(engine, fields)?).await?;
    Ok(json!({ "attachments": attached.iter().map(state).collect::<Vec<_>>() }))
}

pub(super) async fn one(engine: &Engine, fields: &Fields) -> Answer {
    let (document, blob, size) = file(engine, fields).await?;
    let mut state = state(&engine.attachment(document, blob, size).await?);
    state["opens"] = engine.may_open(document, blob, size).await?.into();
    Ok(state)
}

pub(super) async fn bytes(engine: &Engine, fields: &Fields) -> Answer {
    let (document, blob, size) = file(engine, fields).await?;
    let bytes = engine.attachment_chunk(document, blob, size, number(fields, "chunk")?).await?;
    Ok(json!({ "bytes": BASE64.encode(&bytes) }))
}

pub(super) async fn get(engine: &Engine, fields: &Fields) -> Answer {
    let (document, blob, size) = file(engine, fields).await?;
    engine.get_attachment(document, blob, size).await?;
    Ok(json!({}))
}

pub(super) async fn save(engine: &Engine, fields: &Fields) -> Answer {
    let (document, blob, size) = file(engine, fields).await?;
    Ok(json!({ "path": engine.save_attachment(document, blob, size).await?.display().to_string() }))
}

/// Endings of texts that are saved: what a click on one opens is a reader, or this program.
const TEXTS: &[&str] = &[".txt", ".sheaf"];

pub(super) async fn save_text(engine: &Engine, fields: &Fields) -> Answer {
    let (name, text) = (text(fields, "name")?, text(fields, "text")?);
    if !TEXTS.iter().any(|ending| name.ends_with(ending)) {
        return Err(Failure::malformed(format!("a text is saved under a name that ends with {}", TEXTS.join(" or "))));
    }
    Ok(json!({ "path": engine.save_text(name, text).await?.display().to_string() }))
}

/// Where a file lies that may be opened. Whoever asked opens it.
pub(super) async fn open(engine: &Engine, fields: &Fields) -> Answer {
    let (document, blob, size) = file(engine, fields).await?;
    Ok(json!({ "path": engine.open_attachment(document, blob, size).await?.display().to_string() }))
}

/// Up to how many bytes a file is fetched by itself.
pub(super) async fn fetch_up_to(engine: &Engine, fields: &Fields) -> Answer {
    let bytes = fields.get("bytes").filter(|bytes| !bytes.is_null()).map(|_| number(fields, "bytes")).transpose()?;
    Ok(json!({ "bytes": engine.fetch_up_to(bytes).await? }))
}

/// The file that is meant: by hash, the beginning of one or its name, and by size where windows say it.
async fn file(engine: &Engine, fields: &Fields) -> Result<(DocumentId, BlobId, u64), Failure> {
    let (document, name) = (meant(engine, fields)?, text(fields, "hash")?);
    if let (Ok(blob), Some(size)) = (name.parse(), fields.get("size").and_then(Value::as_u64)) {
        return Ok((document, blob, size));
    }
    let attached = engine.attachments(document).await?;
    let is_hash = name.len() >= 4 && name.chars().all(|digit| digit.is_ascii_hexdigit());
    let meant: Vec<&Attached> = attached
        .iter()
        .filter(|one| one.name == name || (is_hash && one.blob.to_string().starts_with(&name.to_ascii_lowercase())))
        .collect();
    match meant.as_slice() {
        [] => Err(AttachmentError::Unknown.into()),
        [one] => Ok((document, one.blob, one.size)),
        several => {
            let several: Vec<String> = several.iter().map(|one| format!("{} ({})", one.blob.short(), one.name)).collect();
            let english = format!("{name:?} may mean {}: say more of the hash", several.join(" or "));
            let sentence = Sentence::Ambiguous { name, candidates: several.join(", ") };
            Err(Failure::new("ambiguous", Said::new(sentence, english)))
        }
    }
}

fn state(one: &Attached) -> Value {
    json!({
        "hash": one.blob.to_string(),
        "size": one.size,
        "name": one.name,
        "here": one.is_here,
        "got": if one.is_here { one.size } else { one.fetching.here },
        "awaited": one.is_awaited,
        "from": one.fetching.from.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "problem": one.fetching.problem.as_ref().map(|said| &said.english),
        "said": said_to_json(one.fetching.problem.as_ref()),
        "in_text": one.in_text,
    })
}

fn embed(attachment: &Attachment) -> Value {
    let embed = attachment.embed();
    let value = serde_json::from_str::<Value>(&schema_json::write(&embed.value)).unwrap_or_default();
    json!({ embed.kind: value })
}

fn number(fields: &Fields, name: &str) -> Result<u64, Failure> {
    fields.get(name).and_then(Value::as_u64).ok_or_else(|| Failure::malformed(format!("{name:?} is not a whole number")))
}
