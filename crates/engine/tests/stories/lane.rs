//! A client's end of the lanes, as the stories hold it.

use std::time::Duration;

use serde_json::{Value, json};
use sheaf_engine::{Client, Engine};

/// How long anything may take on a busy machine before a story fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long nothing has to happen before a story believes that nothing happens.
const QUIET: Duration = Duration::from_millis(150);

pub(crate) struct Lane {
    client: Client,
    asked: u64,
    kept: Vec<Value>,
}

impl Lane {
    pub(crate) fn new(engine: &Engine) -> Lane {
        Lane { client: Client::new(engine), asked: 0, kept: Vec::new() }
    }

    /// Says something and returns its id.
    pub(crate) fn say(&mut self, call: &str, mut fields: Value) -> u64 {
        self.asked += 1;
        fields["id"] = self.asked.into();
        fields["call"] = call.into();
        self.client.hear(&fields.to_string());
        self.asked
    }

    /// Says something with bytes behind it, and waits for the answer.
    pub(crate) async fn hand(&mut self, call: &str, mut fields: Value, bytes: &[u8]) -> Result<Value, Value> {
        self.asked += 1;
        fields["id"] = self.asked.into();
        fields["call"] = call.into();
        let fields = fields.to_string();
        self.hear_bytes(&[&(fields.len() as u32).to_le_bytes(), fields.as_bytes(), bytes].concat());
        self.answer(self.asked).await
    }

    /// Says bytes, whatever they are.
    pub(crate) fn hear_bytes(&self, message: &[u8]) {
        self.client.hear_bytes(message);
    }

    /// The first message for which this holds, among those kept and those to come.
    pub(crate) async fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_it) {
            return self.kept.remove(at);
        }
        loop {
            let told = tokio::time::timeout(PATIENCE, self.client.next()).await.unwrap_or_else(|_| panic!("{what} never came"));
            let told: Value = serde_json::from_str(&told).expect("JSON");
            if is_it(&told) {
                return told;
            }
            self.kept.push(told);
        }
    }

    /// The answer to a request.
    pub(crate) async fn answer(&mut self, id: u64) -> Result<Value, Value> {
        let mut told = self.wait("an answer", |told| told["id"] == id).await;
        if told["error"].is_null() { Ok(told["ok"].take()) } else { Err(told["error"].take()) }
    }

    pub(crate) async fn ask(&mut self, call: &str, fields: Value) -> Result<Value, Value> {
        let id = self.say(call, fields);
        self.answer(id).await
    }

    pub(crate) async fn event(&mut self, name: &str) -> Value {
        self.wait(name, |told| told["event"] == name).await
    }

    /// Hears for a while, and says whether such a message came.
    pub(crate) async fn comes(&mut self, is_it: impl Fn(&Value) -> bool) -> bool {
        while let Ok(told) = tokio::time::timeout(QUIET, self.client.next()).await {
            self.kept.push(serde_json::from_str(&told).expect("JSON"));
        }
        self.kept.iter().any(is_it)
    }

    /// Opens a view and returns its version.
    pub(crate) async fn open(&mut self, document: &str, view: &str) -> u64 {
        let opened = self.ask("open", json!({ "document": document, "view": view })).await.expect("opened");
        opened["version"].as_u64().expect("a number")
    }

    /// Types at the beginning; returns the request's id.
    pub(crate) fn push(&mut self, document: &str, view: &str, number: u64, version: u64, text: &str) -> u64 {
        let delta = json!({ "ops": [{ "insert": text }] });
        self.say("push", json!({ "document": document, "view": view, "number": number, "version": version, "delta": delta }))
    }

    /// The body as text.
    pub(crate) async fn text(&mut self, document: &str) -> String {
        let shown = self.ask("show", json!({ "document": document, "as": "text" })).await.expect("shown");
        shown["body"].as_str().expect("text").to_owned()
    }
}
