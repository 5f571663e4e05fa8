//! What a long history costs: every edit of the automerge-paper trace typed at one device while another follows.
//!
//! The profiles lie in memory where there is such a folder, because one durable commit for each of 259,778 keys would take the better part
//! of an hour; the bytes are the same. The devices run in a network namespace of their own, where every byte on loopback is theirs.

use std::path::Path;

use sheaf_base::DocumentId;
use sheaf_store::{DATABASE_FILE, Store};

use crate::script::Measured;
use crate::{Outcome, namespace, script};

const TRACE: &str = "sequential/automerge-paper.json.gz";

/// Journal rows that are read at once.
const ROWS: u32 = 4096;

pub(crate) fn measure() -> Outcome {
    let Some(trace) = script::trace(TRACE) else { return Ok(()) };
    if !namespace::is_there() {
        return Ok(());
    }
    let folder = namespace::memory()?;
    let edits = std::env::var("SHEAF_EDITS").unwrap_or_else(|_| "1000000".to_owned());
    let mut node = script::node(&namespace::OWN, "growth.mjs");
    let measured = script::read(node.arg(&trace).arg(folder.path()).arg(edits).env("SHEAF_BIN", script::sheaf()?))?;
    print(&measured, folder.path())
}

fn print(measured: &Measured, folder: &Path) -> Outcome {
    let number = |name| measured.number(name);
    let edits = number("edits")?;
    println!(
        "automerge-paper, {edits} of its {} edits, each a push of its own; {} characters are left",
        number("of")?,
        number("characters")?
    );
    println!("  profiles in {}; {:.3} ms for each push, saved there", folder.display(), number("pushMs")?);
    println!("bytes for each edit on the wire, both directions, with QUIC's, UDP's and IP's headers, acknowledgements and receipts:");
    println!("  typed, one at a time (the first {})                  {:>9.1} B", number("typed")?, number("wireTyped")?);
    println!("  pushed as fast as they are saved (the others)        {:>9.1} B", number("wireFast")?);
    println!("  the whole document, as a newcomer gets it            {:>9.1} B", number("wireFirstCopy")?);
    println!("bytes for each edit on the disk, the device stopped:");
    for (who, name) in [("ada", "who wrote it"), ("ben", "who followed"), ("cleo", "who came last")] {
        let home = Path::new(measured.word(who)?);
        let file = std::fs::metadata(home.join(DATABASE_FILE)).map_err(|error| format!("{name} has no database: {error}"))?.len();
        let journal = Journal::of(home, measured.word("document")?)?;
        println!(
            "  {name:<14} database {:>6.1} B, of it records {:>5.1} B in {} rows and {} packs, newest snapshot {:>5.2} B (unpacked)",
            file as f64 / edits,
            journal.bytes as f64 / edits,
            journal.rows,
            journal.packs,
            journal.snapshot as f64 / edits
        );
    }
    println!(
        "opening it in a process that has just started, and that process's memory (RSS); who came last was stopped at once after joining:"
    );
    for (who, name) in [("writer", "who wrote it"), ("newcomer", "who came last")] {
        let value = |what: &str| measured.number(&format!("{who}{what}"));
        println!(
            "  {name:<14} open {:>8.1} ms, {:.1} MB before, {:.1} MB with it open",
            value("OpenMs")?,
            value("IdleMb")?,
            value("OpenMb")?
        );
    }
    Ok(())
}

/// What a profile's journal holds of the document.
struct Journal {
    rows: u64,
    packs: u64,
    bytes: u64,
    snapshot: u64,
}

impl Journal {
    fn of(home: &Path, document: &str) -> Outcome<Journal> {
        let document: DocumentId = document.parse().map_err(|_| "the script named no document".to_owned())?;
        let store = Store::open(home).map_err(|error| error.to_string())?;
        let read = store.read(|reader| {
            let mut journal = Journal { rows: 0, packs: 0, bytes: 0, snapshot: 0 };
            let mut after = 0;
            loop {
                let rows = reader.records(document, after, ROWS)?;
                let Some(last) = rows.last() else { break };
                after = last.row;
                journal.rows += rows.len() as u64;
                journal.bytes += rows.iter().map(|row| row.record.bytes.len() as u64).sum::<u64>();
            }
            for pack in reader.packs(document, 0)? {
                journal.packs += 1;
                journal.bytes += (pack.run.len() + pack.places.len()) as u64;
            }
            journal.snapshot = reader.snapshot(document)?.map_or(0, |snapshot| snapshot.state.len() as u64);
            Ok(journal)
        });
        read.map_err(|error| error.to_string())
    }
}
