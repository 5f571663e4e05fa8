//! Golden bytes, and Yjs as the reference reader of our updates.
//!
//! Yjs is no part of the product. It runs in one long-lived Node process, `js/reader.mjs`, that holds bodies by name and speaks JSON
//! lines; this crate is the other end of the line.

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use data_encoding::BASE64;
use serde_json::{Value, json};
use sheaf_base::{ClientId, Update};
use sheaf_schema::Delta;

/// A running Node with Yjs in it. It ends with its owner.
pub struct Yjs {
    node: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What Yjs sees of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// As a view would see it.
    pub delta: Delta,
    /// The title.
    pub title: String,
    /// Whether Yjs waits for something.
    pub pending: bool,
}

impl Yjs {
    /// Starts Node, unless its packages are not installed: then it says so and there is none.
    pub fn start() -> Option<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("js");
        if !folder.join("node_modules/yjs").is_dir() {
            println!("SKIPPED: node_modules missing (npm ci in {})", folder.display());
            return None;
        }
        let mut command = Command::new("node");
        command.arg("reader.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut node = command.spawn().expect("node starts");
        let asked = node.stdin.take();
        let answers = BufReader::new(node.stdout.take().expect("node's output is piped"));
        Some(Yjs { node, asked, answers })
    }

    fn ask(&mut self, question: &Value) -> Value {
        let asked = self.asked.as_mut().expect("node is asked until it is dropped");
        writeln!(asked, "{question}").expect("node listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("node answers");
        let mut answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("node said {line:?}: {error}"));
        assert!(answer.get("error").is_none(), "Yjs failed: {}", answer["error"].as_str().unwrap_or_default());
        answer["ok"].take()
    }

    /// Opens an empty body that writes as `client`.
    pub fn open(&mut self, body: usize, client: ClientId) {
        self.ask(&json!({ "call": "open", "body": body, "client": client.0 }));
    }

    /// Forgets a body.
    pub fn close(&mut self, body: usize) {
        self.ask(&json!({ "call": "close", "body": body }));
    }

    /// Applies updates.
    pub fn apply(&mut self, body: usize, updates: &[Update]) {
        let updates: Vec<String> = updates.iter().map(|update| BASE64.encode(&update.0)).collect();
        self.ask(&json!({ "call": "apply", "body": body, "updates": updates }));
    }

    /// Edits the raw text and the map of lines; none if that changed nothing.
    pub fn edit(&mut self, body: usize, raw: &Delta, said: &[(String, Option<String>)]) -> Option<Update> {
        let delta: Value = serde_json::from_str(&raw.to_json()).expect("a Delta is JSON");
        let said: serde_json::Map<String, Value> = said.iter().map(|(id, block)| (id.clone(), json!(block))).collect();
        let made = self.ask(&json!({ "call": "edit", "body": body, "delta": delta["ops"], "said": said }));
        Some(Update(BASE64.decode(made.as_str()?.as_bytes()).expect("node writes base64")))
    }

    /// What Yjs sees.
    pub fn show(&mut self, body: usize) -> Seen {
        let seen = self.ask(&json!({ "call": "show", "body": body }));
        Seen {
            delta: Delta::from_json(&seen["delta"].to_string()).expect("Yjs holds a Delta"),
            title: seen["title"].as_str().unwrap_or_default().to_owned(),
            pending: seen["pending"].as_bool().unwrap_or(true),
        }
    }
}

impl Drop for Yjs {
    fn drop(&mut self) {
        // Without input it ends by itself.
        self.asked = None;
        let _ = self.node.wait();
    }
}
