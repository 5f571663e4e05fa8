//! What documents cost that two devices share and nobody touches, over one minute, with real `sheaf up` processes.

use crate::{Outcome, namespace, script};

/// Shared documents.
const DOCUMENTS: usize = 200;

pub(crate) fn measure() -> Outcome {
    if !namespace::is_there() {
        return Ok(());
    }
    let folder = namespace::memory()?;
    let mut node = script::node(&namespace::OWN, "idle.mjs");
    let measured = script::read(node.arg(DOCUMENTS.to_string()).arg(folder.path()).env("SHEAF_BIN", script::sheaf()?))?;
    println!(
        "{DOCUMENTS} documents shared by two linked devices, one minute in which nobody touches them (before that: without any, and just shared)"
    );
    for (name, what) in [("ada", "who shared them"), ("ben", "who joined them")] {
        let value = |of: &str| measured.number(&format!("{name}{of}"));
        println!(
            "  {what:<16} CPU {:>6.3} s a minute, RSS {:>6.1} MB ({:.1} MB before the first, {:.1} MB when all were shared)",
            value("CpuS")?,
            value("RssMb")?,
            value("EmptyMb")?,
            value("SharedMb")?
        );
    }
    println!(
        "  on the wire      {:.0} B a minute, both ways, with all headers, in {:.0} packets",
        measured.number("bytes")?,
        measured.number("packets")?
    );
    Ok(())
}
