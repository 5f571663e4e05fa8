//! Somebody at a node's control socket: a view of a document that types and hears.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sheaf_engine::Home;

use crate::Outcome;

/// Longer than anything should take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Shows are confirmed so often; a view that leaves 256 unconfirmed is told nothing more.
const CONFIRM_EVERY: u64 = 32;

/// A view of a document.
pub(crate) struct Typist {
    stream: UnixStream,
    heard: Receiver<(Instant, Value)>,
    document: String,
    view: String,
    version: u64,
    confirmed: u64,
    number: u64,
    asked: u64,
    /// Texts that others put in, and when they were shown, if somebody wants to know.
    shown: Option<Vec<(Instant, String)>>,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
impl Typist {
    /// Opens a view at the node of this profile.
    pub(crate) fn sit(home: &Path, document: &str) -> Outcome<Typist> {
        let socket = Home::at(home).socket();
        let stream = UnixStream::connect(&socket).map_err(|error| format!("no node at {}: {error}", socket.display()))?;
        let reader = BufReader::new(stream.try_clone().map_err(|error| error.to_string())?);
        let (sender, heard) = channel();
        thread::spawn(move || {
            for line in reader.lines().map_while(Result::ok) {
                let Ok(message) = serde_json::from_str(&line) else { continue };
                if sender.send((Instant::now(), message)).is_err() {
                    return;
                }
            }
        });
        let view = format!("view-{}", home.display());
        let mut it =
            Typist { stream, heard, document: document.to_owned(), view, version: 0, confirmed: 0, number: 0, asked: 0, shown: None };
        it.ask("open", json!({}))?;
        let opened = it.wait(|message| message["ok"]["version"].as_u64().map(|_| message.clone()))?;
        it.version = opened.1["ok"]["version"].as_u64().unwrap_or_default();
        Ok(it)
    }

    /// Types a word at the beginning that nobody else types, and says which, and when.
    pub(crate) fn type_word(&mut self) -> Outcome<(String, Instant)> {
        let word = format!("k{}q", self.number + 1);
        Ok((word.clone(), self.insert(&word)?))
    }

    /// Puts text in at the beginning, waits until it is saved, and says when it was sent.
    pub(crate) fn insert(&mut self, text: &str) -> Outcome<Instant> {
        self.hear_what_is_there();
        self.number += 1;
        let sent = Instant::now();
        self.ask("push", json!({ "number": self.number, "version": self.version, "delta": { "ops": [{ "insert": text }] } }))?;
        let is_answer = |message: &Value| message["event"] == "saved" || message.get("error").is_some();
        let (_, answer) = self.wait(|message| is_answer(message).then(|| message.clone()))?;
        answer.get("error").map_or(Ok(sent), |error| Err(format!("a view's words were not taken: {error}")))
    }

    /// Waits until a word is shown here, and says when.
    pub(crate) fn until_shown(&mut self, word: &str) -> Outcome<Instant> {
        let shows = |message: &Value| {
            let ops = message["delta"]["ops"].as_array().into_iter().flatten();
            ops.into_iter().any(|op| op["insert"].as_str().is_some_and(|text| text.contains(word)))
        };
        Ok(self.wait(|message| shows(message).then_some(()))?.0)
    }

    /// Keeps from now on what others put in.
    pub(crate) fn keep_shown(&mut self) {
        self.shown = Some(Vec::new());
    }

    /// What others put in, in the order in which it was shown.
    pub(crate) fn shown(&self) -> &[(Instant, String)] {
        self.shown.as_deref().unwrap_or_default()
    }

    /// How many frames this node has handed to the network on the document's links, and their bytes.
    pub(crate) fn sent(&mut self) -> Outcome<(u64, u64)> {
        self.ask("counters", json!({}))?;
        let (_, links) = self.wait(|message| message["ok"]["links"].as_array().cloned())?;
        let sum = |name: &str| links.iter().filter_map(|link| link[name].as_u64()).sum();
        Ok((sum("frames_out"), sum("bytes_out")))
    }

    /// Removes a person from the document, and says when that was asked for.
    pub(crate) fn removes(&mut self, name: &str) -> Outcome<Instant> {
        self.ask("members", json!({}))?;
        let is_them = |member: &&Value| member["name"] == name;
        let (_, member) =
            self.wait(|message| message["ok"]["members"].as_array()?.iter().find(is_them)?["id"].as_str().map(str::to_owned))?;
        let asked = Instant::now();
        self.ask("remove", json!({ "member": member }))?;
        Ok(asked)
    }

    /// Waits until this node talks to nobody about the document, and says when that was seen.
    pub(crate) fn until_alone(&mut self) -> Outcome<Instant> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            self.ask("counters", json!({}))?;
            let (at, links) = self.wait(|message| message["ok"]["links"].as_array().map(Vec::len))?;
            if links == 0 {
                return Ok(at);
            }
            thread::sleep(Duration::from_millis(1));
        }
        Err(format!("the node of {} went on talking for a minute", self.view))
    }

    /// Waits until the person here is told that they may only read what they have, and says when.
    pub(crate) fn until_removed(&mut self) -> Outcome<Instant> {
        Ok(self.wait(|message| (message["event"] == "role" && message["role"] == "view").then_some(()))?.0)
    }

    /// Hears one message more, or waits so long in vain.
    pub(crate) fn hear_one(&mut self, patience: Duration) -> bool {
        let heard = self.heard.recv_timeout(patience);
        if let Ok((at, message)) = &heard {
            self.book(*at, message);
        }
        heard.is_ok()
    }

    fn ask(&mut self, call: &str, mut fields: Value) -> Outcome {
        self.asked += 1;
        fields["id"] = self.asked.into();
        fields["call"] = call.into();
        fields["document"] = self.document.as_str().into();
        fields["view"] = self.view.as_str().into();
        writeln!(self.stream, "{fields}").map_err(|error| format!("the node went away: {error}"))
    }

    fn hear_what_is_there(&mut self) {
        while let Ok((at, message)) = self.heard.try_recv() {
            self.book(at, &message);
        }
    }

    /// Hears until something is found, and says when it came.
    fn wait<T>(&mut self, mut find: impl FnMut(&Value) -> Option<T>) -> Outcome<(Instant, T)> {
        let begun = Instant::now();
        loop {
            // Others go on all the while: it is not enough that anything is heard.
            let (at, message) = match self.heard.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(heard) => heard,
                Err(RecvTimeoutError::Timeout) => return Err("a view waited a minute in vain".to_owned()),
                Err(RecvTimeoutError::Disconnected) => return Err("the node went away".to_owned()),
            };
            let found = find(&message);
            self.book(at, &message);
            if let Some(found) = found {
                return Ok((at, found));
            }
        }
    }

    fn book(&mut self, at: Instant, message: &Value) {
        if let (Some(shown), Some("show")) = (&mut self.shown, message["event"].as_str()) {
            let ops = message["delta"]["ops"].as_array().into_iter().flatten();
            shown.extend(ops.filter_map(|op| Some((at, op["insert"].as_str()?.to_owned()))));
        }
        let Some(version) = message["version"].as_u64().filter(|_| message["event"].is_string() && message["event"] != "presence") else {
            return;
        };
        self.version = self.version.max(version);
        if self.version >= self.confirmed + CONFIRM_EVERY {
            self.confirmed = self.version;
            // A node that is gone is noticed by whoever waits.
            let _ = self.ask("confirm", json!({ "version": self.version }));
        }
    }
}
