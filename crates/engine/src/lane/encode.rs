//! Events and answers in words.

use serde::Serialize;
use serde_json::{Value, json};
use sheaf_base::{DeviceId, DocumentId};
use sheaf_document::{Author, Cursor, Item, Opened, ResetReason, Show};

use super::delta::Written;
use crate::event::{Event, Level};
use crate::library::role_name;
use crate::said::sentence_to_json;

/// A whole text.
#[derive(Serialize)]
pub(super) struct Whole<'a> {
    version: u64,
    role: &'static str,
    title: &'a str,
    delta: Written<'a>,
    length: u32,
    checksum: u32,
    /// Why a view that was open gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl<'a> Whole<'a> {
    pub(super) fn of(opened: &'a Opened) -> Whole<'a> {
        let Opened { version, role, title, delta, length, checksum } = opened;
        let delta = Written(delta);
        Whole { version: *version, role: role_name(*role), title, delta, length: *length, checksum: *checksum, reason: None }
    }

    fn because(self, reason: &'static str) -> Self {
        Whole { reason: Some(reason), ..self }
    }
}

/// An item of a view's sequence, as an event.
#[derive(Serialize)]
struct Told<'a> {
    document: String,
    view: &'a str,
    #[serde(flatten)]
    event: What<'a>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum What<'a> {
    Reset(Whole<'a>),
    Show {
        version: u64,
        delta: Written<'a>,
        author: String,
        length: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        checksum: Option<u32>,
    },
    Saved {
        version: u64,
        number: u64,
    },
}

/// An item of a view's sequence, as an event.
pub(super) fn item(document: DocumentId, view: &str, item: &Item) -> String {
    let event = match item {
        Item::Opened(whole) => What::Reset(Whole::of(whole).because("reopened")),
        Item::Reset { opened: whole, reason } => What::Reset(Whole::of(whole).because(reset_reason(*reason))),
        Item::Show(Show { version, delta, author: by, length, checksum, .. }) => {
            What::Show { version: *version, delta: Written(delta), author: author(by), length: *length, checksum: *checksum }
        }
        Item::Saved { version, number } => What::Saved { version: *version, number: *number },
    };
    words(&Told { document: document.to_string(), view, event })
}

/// What is said, as one line of JSON.
pub(super) fn words(said: &impl Serialize) -> String {
    serde_json::to_string(said).unwrap_or_else(|error| unreachable!("all that is said has names for keys and nothing else: {error}"))
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
        Event::Members { document } => json!({ "event": "members", "document": document.to_string() }),
        Event::Rescued { document } => json!({ "event": "rescued", "document": document.to_string() }),
        Event::Devices => json!({ "event": "devices" }),
        Event::Mentions => json!({ "event": "mentions" }),
        Event::Reviewed { document } => json!({ "event": "reviewed", "document": document.to_string() }),
        Event::Attachments { document } => json!({ "event": "attachments", "document": document.to_string() }),
        Event::Link { device, up, path } => {
            json!({ "event": "link", "device": device.to_string(), "up": up, "path": path })
        }
        Event::Notice { document, device, level, code, said } => json!({
            "event": "notice",
            "level": match level {
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error => "error",
            },
            "document": id(document),
            "device": device.map(|device| device.to_string()),
            "code": code,
            "message": said.english,
            "said": sentence_to_json(&said.sentence),
        }),
    }
}
