//! Waiting for what takes a while, and saying on a terminal how far it has come.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use serde_json::{Map, Value, json};
use sheaf_engine::Failure;
use tokio::time::Instant;

use crate::node::Node;
use crate::print;

/// How often a person is told how far it has come: as often as the number can be read.
const TELL: u64 = 1;

/// Follows a ticket, and waits for the first copy. On a terminal the waiting is seen.
pub(crate) async fn join(node: &mut Node, fields: &Map<String, Value>) -> Result<Value, Failure> {
    let mut line = Line::new();
    if !line.is_seen() {
        return node.ask("join", fields.clone()).await;
    }
    let wait = fields.get("wait").and_then(Value::as_u64).unwrap_or_default();
    let until = Instant::now() + Duration::from_secs(wait);
    loop {
        let left = until.saturating_duration_since(Instant::now()).as_secs();
        let mut once = fields.clone();
        once.insert("wait".into(), json!(left.min(TELL)));
        let outcome = node.ask("join", once).await;
        let goes_on = match &outcome {
            Ok(answer) => answer["state"] != "ready",
            // Whoever does not know this device now may know it in a while, and is asked again.
            Err(failure) => failure.code == "refused",
        };
        if left == 0 || !goes_on {
            line.end();
            return outcome;
        }
        if let Ok(answer) = &outcome
            && let Value::Object(document) = json!({ "document": answer["document"] })
        {
            let status = node.ask("status", document).await.unwrap_or_default();
            line.say(&print::first_copy(&status["documents"][0]));
        }
    }
}

/// One line on a terminal's stderr, which what comes next replaces.
pub(crate) struct Line {
    seen: bool,
    said: bool,
}

impl Line {
    /// A line that is seen where somebody looks: on a terminal.
    pub(crate) fn new() -> Line {
        Line { seen: io::stderr().is_terminal(), said: false }
    }

    pub(crate) fn is_seen(&self) -> bool {
        self.seen
    }

    /// Shows this in place of what stood there.
    pub(crate) fn say(&mut self, words: &str) {
        if self.seen {
            self.said = true;
            // To the beginning, and whatever was longer goes. Nobody is left to tell if stderr is gone.
            drop(write!(io::stderr(), "\r\u{1b}[K{words}"));
            drop(io::stderr().flush());
        }
    }

    /// Nothing stands there any more.
    pub(crate) fn end(&mut self) {
        if std::mem::take(&mut self.said) {
            drop(write!(io::stderr(), "\r\u{1b}[K"));
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.end();
    }
}
