//! Events and answers in words.

use serde_json::{Map, Value, json};
use sheaf_base::{DeviceId, DocumentId};
use sheaf_document::{Author, Cursor, Item, Opened, ResetReason, Show};

use super::delta::delta_to_json;
use crate::event::{Event, Level};
use crate::library::role_name;

/// A whole text.
pub(super) fn opened(opened: &Opened) -> Map<String, Value> {
    let Value::Object(fields) = json!({
        "version": opened.version,
        "role": role_name(opened.role),
        "title": opened.title,
        "delta": delta_to_json(&opened.delta),
        "length": opened.length,
        "checksum": opened.checksum,
    }) else {
        return Map::new();
    };
    fields
}

/// An item of a view's sequence, as an event.
pub(super) fn item(document: DocumentId, view: &str, item: &Item) -> Value {
    let (name, mut fields) = match item {
        Item::Opened(whole) => {
            let mut fields = opened(whole);
            fields.insert("reason".into(), "reopened".into());
            ("reset", fields)
        }
        Item::Reset { opened: whole, reason } => {
            let mut fields = opened(whole);
            fields.insert("reason".into(), reset_reason(*reason).into());
            ("reset", fields)
        }
        Item::Show(item) => ("show", show(item)),
        Item::Saved { version, number } => {
            ("saved", Map::from_iter([("version".into(), json!(version)), ("number".into(), json!(number))]))
        }
    };
    fields.insert("event".into(), name.into());
    fields.insert("document".into(), document.to_string().into());
    fields.insert("view".into(), view.into());
    Value::Object(fields)
}

fn show(show: &Show) -> Map<String, Value> {
    let mut fields = Map::from_iter([
        ("version".into(), json!(show.version)),
        ("delta".into(), delta_to_json(&show.delta)),
        ("author".into(), author(&show.author).into()),
        ("length".into(), json!(show.length)),
    ]);
    if let Some(checksum) = show.checksum {
        fields.insert("checksum".into(), json!(checksum));
    }
    fields
}

fn author(author: &Author) -> String {
    match author {
        Author::View(_) => "view".into(),
        Author::Here => "here".into(),
        Author::Devices(devices) => devices.iter().map(DeviceId::to_string).collect::<Vec<_>>().join(" "),
    }
}

fn reset_reason(reason: ResetReason) -> &'static str {
    match reason {
        ResetReason::TooOld => "too_old",
        ResetReason::Behind => "behind",
        ResetReason::Rebuilt => "rebuilt",
    }
}

/// Others' carets, as an event.
pub(super) fn presence(document: DocumentId, view: &str, version: u64, cursors: &[Cursor]) -> Value {
    let peers: Vec<Value> = cursors.iter().map(cursor).collect();
    json!({ "event": "presence", "document": document.to_string(), "view": view, "version": version, "peers": peers })
}

fn cursor(cursor: &Cursor) -> Value {
    json!({
        "peer": cursor.peer.0,
        "device": cursor.device.to_string(),
        "person": cursor.name,
        "name": cursor.name,
        "colour": cursor.colour,
        "anchor": cursor.selection.map(|selection| selection.anchor),
        "head": cursor.selection.map(|selection| selection.head),
        "typing": cursor.typing,
    })
}

/// An event of the engine, with stable field names.
pub fn event(event: &Event) -> Value {
    let id = |id: &Option<DocumentId>| id.map(|id| id.to_string());
    match event {
        Event::Documents => json!({ "event": "documents" }),
        Event::Status { document: None } => json!({ "event": "status" }),
        Event::Status { document } => json!({ "event": "status", "document": id(document) }),
        Event::Joined { document } => json!({ "event": "joined", "document": document.to_string() }),
        Event::Rescued { document } => json!({ "event": "rescued", "document": document.to_string() }),
        Event::Reviewed { document } => json!({ "event": "reviewed", "document": document.to_string() }),
        Event::Link { device, up, path } => {
            json!({ "event": "link", "device": device.to_string(), "up": up, "path": path })
        }
        Event::Notice { document, device, level, code, message } => json!({
            "event": "notice",
            "level": match level {
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error => "error",
            },
            "document": id(document),
            "device": device.map(|device| device.to_string()),
            "code": code,
            "message": message,
        }),
    }
}
