//! A view of a document at an engine in this process, over the lanes that windows use (docs/lane.md). It holds no text.

use serde_json::{Map, Value, json};
use sheaf_base::DocumentId;
use sheaf_engine::{Client, Engine};

use crate::Outcome;

/// The view's name: each has a client of its own.
const NAME: &str = "bench";

pub(crate) struct View {
    client: Client,
    document: DocumentId,
    version: u64,
    number: u64,
    saved: u64,
    asked: u64,
}

impl View {
    pub(crate) async fn open(engine: &Engine, document: DocumentId) -> Outcome<View> {
        let mut view = View { client: Client::new(engine), document, version: 0, number: 0, saved: 0, asked: 0 };
        let opened = view.ask("open", json!({})).await?;
        view.version = opened["version"].as_u64().ok_or("a view was opened without a version")?;
        Ok(view)
    }

    /// Resolves when the edit, the ops of a Delta, is on the disk and booked here: the answer and the `saved` come in any order.
    pub(crate) async fn push(&mut self, ops: &Value) -> Outcome {
        self.number += 1;
        self.ask("push", json!({ "number": self.number, "version": self.version, "delta": { "ops": ops } })).await?;
        // A line end that gets its line's id from the core is told in a show of its own, before or after.
        while self.saved < self.number {
            self.hear().await?;
        }
        Ok(())
    }

    /// Books what it is told, for ever.
    pub(crate) async fn watch(mut self) -> Outcome {
        loop {
            self.hear().await?;
        }
    }

    async fn ask(&mut self, call: &str, fields: Value) -> Outcome<Value> {
        self.asked += 1;
        let id = self.asked;
        self.say(json!(id), call, fields);
        loop {
            let mut told = self.hear().await?;
            if told["id"] == id {
                return match told["error"]["message"].as_str() {
                    Some(reason) => Err(format!("{call}: {reason}")),
                    None => Ok(told["ok"].take()),
                };
            }
        }
    }

    fn say(&self, id: Value, call: &str, fields: Value) {
        let mut request = json!({ "id": id, "call": call, "document": self.document.to_string(), "view": NAME });
        if let (Value::Object(request), Value::Object(fields)) = (&mut request, fields) {
            request.extend(fields);
        }
        self.client.hear_json(request);
    }

    /// The next message, booked if it is one of the sequence.
    async fn hear(&mut self) -> Outcome<Value> {
        let told: Value = serde_json::from_str(&self.client.next().await).map_err(|error| format!("the lane told no JSON: {error}"))?;
        match told["event"].as_str() {
            Some("saved") => {
                self.book(&told)?;
                self.saved = told["number"].as_u64().unwrap_or_default();
            }
            Some("show") => {
                self.book(&told)?;
                self.say(Value::Null, "confirm", json!({ "version": self.version }));
            }
            Some("reset") => return Err(format!("a view was reset: {}", told["reason"])),
            _ => {}
        }
        Ok(told)
    }

    fn book(&mut self, told: &Value) -> Outcome {
        let version = told["version"].as_u64().filter(|version| *version == self.version + 1);
        self.version = version.ok_or_else(|| format!("version {} came after {}", told["version"], self.version))?;
        Ok(())
    }
}

/// What a document's body is, in one of the forms of `show`.
pub(crate) async fn body(engine: &Engine, document: DocumentId, form: &str) -> Outcome<Value> {
    let fields = [("document", json!(document.to_string())), ("as", json!(form))].map(|(name, value)| (name.to_owned(), value));
    let shown = Client::ask(engine, "show", Map::from_iter(fields)).await;
    let mut shown = shown.map_err(|failure| format!("a document could not be shown: {failure:?}"))?;
    Ok(shown[if form == "json" { "delta" } else { "body" }].take())
}
