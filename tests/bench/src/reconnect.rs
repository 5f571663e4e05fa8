//! What it costs that a device comes back which shares a thousand documents with another: one digest, if nothing has changed; else the digests of
//! all, and what is new of those that have.

use crate::{Outcome, namespace, script};

/// Shared documents.
const DOCUMENTS: usize = 1000;
/// Of them so many change while the device is away.
const CHANGED: usize = 3;

pub(crate) fn measure() -> Outcome {
    if !namespace::is_there() {
        return Ok(());
    }
    let folder = namespace::memory()?;
    let documents = std::env::var("SHEAF_DOCUMENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(DOCUMENTS);
    let mut node = script::node(&namespace::OWN, "reconnect.mjs");
    node.args([documents.to_string(), CHANGED.to_string()]).arg(folder.path()).env("SHEAF_BIN", script::sheaf()?);
    let measured = script::read(&mut node)?;
    println!("{documents} documents shared by two devices, one of which is started again; bytes on the wire with all headers, for 15 s");
    for (name, what) in [("same", "nothing changed meanwhile".to_owned()), ("changed", format!("{CHANGED} of them changed"))] {
        println!(
            "  {what:<28} {:>8.0} B, linked and up to date {:.0} ms after its process was started",
            measured.number(&format!("{name}Bytes"))?,
            measured.number(&format!("{name}Ms"))?
        );
    }
    Ok(())
}
