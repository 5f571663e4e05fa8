//! Images and files of a document: attaching one, listing them, taking one out. Bytes go through the same door as everything, in parts.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use sheaf_engine::Failure;
use tokio::time::Instant;

use crate::node::Node;
use crate::print;
use crate::waiting::Line;

/// Bytes of a part: what the lane takes at once.
const PART: usize = 512 * 1024;
/// Bytes of a chunk, as the lane gives them.
const CHUNK: u64 = 256 * 1024;
/// How often it is looked whether a file has come.
const LOOK: Duration = Duration::from_millis(200);

/// What is to be done with which files.
#[derive(Debug)]
pub(crate) enum Files {
    Attach { document: String, file: PathBuf },
    List { document: String },
    TakeOut { document: String, attachment: String, out: PathBuf, wait: u64 },
}

/// Does it, and returns what to print.
pub(crate) async fn perform(node: &mut Node, files: &Files, json: bool) -> Result<String, String> {
    match files {
        Files::Attach { document, file } => attach(node, document, file, json).await,
        Files::List { document } => {
            let answer = ask(node, "attachments", json!({ "document": document })).await.map_err(|failure| failure.message)?;
            let attachments = answer["attachments"].as_array().cloned().unwrap_or_default();
            Ok(attachments.iter().map(|one| if json { format!("{one}\n") } else { line(one) }).collect())
        }
        Files::TakeOut { document, attachment, out, wait } => {
            take_out(node, document, attachment, out, *wait).await.map(|()| String::new())
        }
    }
}

/// Attaches a file at the end of a document, and prints its hash.
async fn attach(node: &mut Node, document: &str, path: &Path, json: bool) -> Result<String, String> {
    let cannot = |error| format!("cannot read {}: {error}", path.display());
    let mut file = File::open(path).map_err(cannot)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let begun = ask(node, "attach", json!({ "document": document, "name": name })).await.map_err(|failure| failure.message)?;
    let upload = &begun["upload"];
    let (mut at, mut seen) = (0, Line::new());
    let mut part = vec![0; PART];
    let stopped = loop {
        let read = match file.read(&mut part) {
            Ok(0) => break None,
            Ok(read) => read,
            Err(error) => break Some(cannot(error)),
        };
        let fields = json!({ "upload": upload, "at": at, "bytes": BASE64.encode(&part[..read]) });
        match ask(node, "attach_part", fields).await {
            Ok(answer) => at = answer["size"].as_u64().unwrap_or_default(),
            Err(failure) => break Some(failure.message),
        }
        seen.say(&print::bytes(at));
    };
    seen.end();
    if let Some(why) = stopped {
        // What cannot be given up is given up by time.
        drop(ask(node, "attach_stop", json!({ "upload": upload })).await);
        return Err(why);
    }
    let done = ask(node, "attach_done", json!({ "upload": upload, "append": true })).await.map_err(|failure| failure.message)?;
    Ok(if json { format!("{done}\n") } else { format!("{}\n", done["hash"].as_str().unwrap_or_default()) })
}

/// Writes a file of a document into a new file, waiting for it if it is not here.
async fn take_out(node: &mut Node, document: &str, attachment: &str, out: &Path, wait: u64) -> Result<(), String> {
    let named = json!({ "document": document, "hash": attachment });
    let mut stands = ask(node, "attachment", named).await.map_err(|failure| failure.message)?;
    let file = json!({ "document": document, "hash": stands["hash"], "size": stands["size"] });
    let until = Instant::now() + Duration::from_secs(wait);
    let mut seen = Line::new();
    if stands["here"] != true && wait > 0 {
        ask(node, "attachment_get", file.clone()).await.map_err(|failure| failure.message)?;
    }
    while stands["here"] != true {
        if Instant::now() >= until {
            let why = stands["problem"].as_str().map(|problem| format!(" ({problem})")).unwrap_or_default();
            return Err(format!("{attachment} is not here yet: {}{why}. `--wait SECONDS` waits for it while Sheaf runs", so_far(&stands)));
        }
        seen.say(&so_far(&stands));
        tokio::time::sleep(LOOK).await;
        stands = ask(node, "attachment", file.clone()).await.map_err(|failure| failure.message)?;
    }
    seen.end();
    let cannot = |error| format!("cannot write {}: {error}", out.display());
    // What is there is not written over.
    let mut to = File::create_new(out).map_err(cannot)?;
    for chunk in 0..stands["size"].as_u64().unwrap_or_default().div_ceil(CHUNK) {
        let mut fields = file.clone();
        fields["chunk"] = chunk.into();
        let answer = ask(node, "attachment_bytes", fields).await.map_err(|failure| failure.message)?;
        let bytes = BASE64.decode(answer["bytes"].as_str().unwrap_or_default().as_bytes()).map_err(|error| error.to_string())?;
        to.write_all(&bytes).map_err(cannot)?;
    }
    to.sync_all().map_err(cannot)
}

async fn ask(node: &mut Node, call: &str, fields: Value) -> Result<Value, Failure> {
    let fields = if let Value::Object(fields) = fields { fields } else { Map::new() };
    node.ask(call, fields).await
}

fn line(one: &Value) -> String {
    let text = |name: &str| one[name].as_str().unwrap_or_default();
    let here = if one["here"] == true { "here".to_owned() } else { so_far(one) };
    let removed = if one["in_text"] == false { "\tnot in the text any more" } else { "" };
    format!("{}\t{}\t{}\t{here}{removed}\n", text("hash"), text("name"), print::bytes(one["size"].as_u64().unwrap_or_default()))
}

fn so_far(one: &Value) -> String {
    let number = |name: &str| one[name].as_u64().unwrap_or_default();
    let awaited = if one["awaited"] == true { "" } else { ", not fetched until it is asked for" };
    format!("{} of {}{awaited}", print::bytes(number("got")), print::bytes(number("size")))
}
