//! A long document's history: every keystroke of a real paper goes through the lane into a profile on disk, each a record of its own. Then: bytes a
//! keystroke, on disk and on the wire; how long the document takes to open; how much memory the core has with it open.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use sheaf_engine::{Client, Engine, Home};
use sheaf_store::Store;

use crate::{Outcome, say};

/// The trace: 259,778 edits of one author (Martin Kleppmann's; `shared/traces/README.md` says more).
const TRACE: &str = "sequential/automerge-paper.json.gz";

/// Pushes that are under way at once. Their records are the same as if each had waited for the one before.
const AT_ONCE: usize = 128;

pub(crate) fn measure() -> Outcome {
    let Some(trace) = trace() else {
        println!("growth: SKIPPED, the trace {TRACE} is not here; SHEAF_TRACES says where traces are");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("home");
    let runtime = tokio::runtime::Runtime::new()?;
    let began = Instant::now();
    let (document, keystrokes) = runtime.block_on(write(&home, &trace))?;
    drop(runtime);
    let wrote = began.elapsed();
    let (records, record_bytes) = journal(&home, &document)?;
    let disk = size(&home)?;
    let each = |bytes: u64| bytes as f64 / keystrokes as f64;
    say(&json!({
        "what": "growth", "keystrokes": keystrokes, "records": records, "seconds": wrote.as_secs_f64(),
        "record_bytes_a_keystroke": each(record_bytes), "disk_bytes_a_keystroke": each(disk), "disk_bytes": disk,
    }));
    // In a process of its own, so that memory is what opening takes.
    let status = Command::new(std::env::current_exe()?).args(["open", &home.to_string_lossy(), &document]).status()?;
    if status.success() { Ok(()) } else { Err("the document did not open".into()) }
}

/// Opens the document as a window would, and says what that took.
pub(crate) fn open(home: &str, document: &str) -> Outcome {
    let before = resident()?;
    let began = Instant::now();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let engine = Engine::open(Home::at(home)).await?;
        let client = Client::new(&engine);
        let opened = ask(&client, "open", json!({ "document": document, "view": "bench" })).await?;
        let took = began.elapsed();
        let characters = opened["length"].as_u64().unwrap_or_default();
        say(&json!({ "what": "open", "ms": took.as_secs_f64() * 1e3, "characters": characters, "memory_mb": (resident()? - before) as f64 / 1e6 }));
        drop(client);
        engine.close().await;
        Ok(())
    })
}

/// Types the trace into a new document, and checks that it reads as the author left it.
async fn write(home: &Path, trace: &Value) -> Result<(String, u64), Box<dyn std::error::Error>> {
    let engine = Engine::open(Home::at(home)).await?;
    let client = Client::new(&engine);
    let made = ask(&client, "new", json!({ "title": "Paper" })).await?;
    let document = made["document"].as_str().ok_or("no document")?.to_owned();
    let opened = ask(&client, "open", json!({ "document": document, "view": "bench" })).await?;
    let mut version = opened["version"].as_u64().ok_or("no version")?;
    let (mut number, mut lines) = (0u64, 0u64);
    let patches: Vec<&Value> = trace["txns"].as_array().into_iter().flatten().flat_map(|txn| txn["patches"].as_array()).flatten().collect();
    for some in patches.chunks(AT_ONCE) {
        for patch in some {
            number += 1;
            let delta = delta(patch, &mut lines);
            // This view is the only writer, so each push is made at the version that the one before will have made.
            let push = json!({ "id": number, "call": "push", "document": document, "view": "bench", "number": number, "version": version, "delta": delta });
            client.hear_json(push);
            version += 1;
        }
        let mut waiting = some.len();
        while waiting > 0 {
            let told: Value = serde_json::from_str(&client.next().await)?;
            if told["error"].is_object() {
                return Err(told["error"]["message"].to_string().into());
            }
            waiting -= usize::from(told["id"].is_u64());
        }
        client.hear_json(json!({ "id": "confirm", "call": "confirm", "document": document, "view": "bench", "version": version }));
    }
    let shown = ask(&client, "show", json!({ "document": document, "as": "json" })).await?;
    let ops = shown["delta"]["ops"].as_array().cloned().unwrap_or_default();
    let text: String = ops.iter().filter_map(|op| op["insert"].as_str()).collect();
    if text.trim_end() != trace["endContent"].as_str().unwrap_or_default().trim_end() {
        return Err("the document does not read as the trace ends".into());
    }
    drop(client);
    engine.close().await;
    Ok((document, number))
}

/// A patch of the trace as a Delta. A newline brings the id of its line, as a view's does.
fn delta(patch: &Value, lines: &mut u64) -> Value {
    let (at, gone, come) = (&patch[0], patch[1].as_u64().unwrap_or(0), patch[2].as_str().unwrap_or_default());
    let mut ops = Vec::new();
    if at.as_u64().unwrap_or(0) > 0 {
        ops.push(json!({ "retain": at }));
    }
    for piece in come.split_inclusive('\n') {
        let words = piece.trim_end_matches('\n');
        if !words.is_empty() {
            ops.push(json!({ "insert": words }));
        }
        if words.len() < piece.len() {
            *lines += 1;
            ops.push(json!({ "insert": "\n", "attributes": { "line": format!("l{lines}") } }));
        }
    }
    if gone > 0 {
        ops.push(json!({ "delete": gone }));
    }
    json!({ "ops": ops })
}

/// Asks, and waits for the answer to just that.
async fn ask(client: &Client, call: &str, mut fields: Value) -> Result<Value, Box<dyn std::error::Error>> {
    (fields["id"], fields["call"]) = (call.into(), call.into());
    client.hear_json(fields);
    loop {
        let mut told: Value = serde_json::from_str(&client.next().await)?;
        if told["id"] == call {
            return if told["error"].is_null() { Ok(told["ok"].take()) } else { Err(told["error"]["message"].to_string().into()) };
        }
    }
}

/// How many records the journal holds, and their bytes: what goes over the wire for them, but for a frame's head.
fn journal(home: &Path, document: &str) -> Result<(u64, u64), Box<dyn std::error::Error>> {
    let store = Store::open(home)?;
    let document = document.parse().map_err(|_| "not an id")?;
    let (mut after, mut bytes) = (0, 0);
    loop {
        let rows = store.read(|reader| reader.records(document, after, 10_000))?;
        let Some(last) = rows.last() else { break };
        after = last.row;
        bytes += rows.iter().map(|row| row.record.bytes.len() as u64).sum::<u64>();
    }
    store.close();
    Ok((after, bytes))
}

fn trace() -> Option<Value> {
    let folder = std::env::var_os("SHEAF_TRACES").map_or_else(|| PathBuf::from("../shared/traces"), PathBuf::from);
    let unpacked = Command::new("gzip").arg("-dc").arg(folder.join(TRACE)).output().ok().filter(|unpacked| unpacked.status.success())?;
    serde_json::from_slice(&unpacked.stdout).ok()
}

/// Bytes of all files below a folder.
fn size(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += if found.is_dir() { size(&entry.path())? } else { found.len() };
    }
    Ok(bytes)
}

/// Bytes of memory that this process has resident, as Linux counts them.
fn resident() -> Result<u64, Box<dyn std::error::Error>> {
    let pages = std::fs::read_to_string("/proc/self/statm")?.split(' ').nth(1).ok_or("no second number in statm")?.parse::<u64>()?;
    Ok(pages * 4096)
}
