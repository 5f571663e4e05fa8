//! A device that missed the last 100,000 records of a long history: the time to catch up, from the moment it may speak until it holds them durably,
//! has applied them and shows them.
//!
//! Once with the history as the writer's journal has packed it by then, once with what was missed as rows still.

use crate::times::Times;
use crate::{Outcome, namespace, script};

const TRACE: &str = "sequential/automerge-paper.json.gz";

/// Records that are missed.
const MISSED: usize = 100_000;

/// So many times each.
const RUNS: usize = 3;

/// Journal rows after which a history is packed, as crate engine reads it: never.
const NEVER_PACKED: (&str, &str) = ("SHEAF_FOLD_AFTER", "1000000000");

pub(crate) fn measure() -> Outcome {
    let Some(trace) = script::trace(TRACE) else { return Ok(()) };
    if !namespace::is_there() {
        return Ok(());
    }
    let memory = namespace::memory()?;
    let file = memory.path().join("edits.json");
    let edits = std::env::var("SHEAF_EDITS").unwrap_or_else(|_| "1000000".to_owned());
    let mut node = script::node(&[], "apart/edits.mjs");
    let counted = script::read(node.arg(&trace).arg(edits).arg(&file).arg(MISSED.to_string()))?;
    let shared = memory.path().join("shared");
    namespace::apart(&["share"], &shared, Some(&file), &[])?;
    let missed = counted.numbers("counts")?[0];
    let (written, of) = (counted.number("shared")? + missed, counted.numbers("of")?[0]);
    println!("automerge-paper, {written} of its {of} edits; a reader misses the last {missed}; {RUNS} runs, medians");
    for (what, environment) in [("packed as the writer's journal had it by then", &[][..]), ("not packed before", &[NEVER_PACKED])] {
        let prepared = memory.path().join("prepared");
        namespace::copy(&shared, &prepared)?;
        let typed = namespace::apart(&["type"], &prepared, Some(&file), environment)?;
        let (mut ms, mut cpu, mut linked, mut payload) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            // Where a commit costs what it costs.
            let disk = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
            namespace::copy(&prepared, disk.path())?;
            let met = namespace::apart(&["meet"], disk.path(), None, environment)?;
            ms.push(met.number("ms")?);
            cpu.push(met.number("cpuMs")?);
            linked.push(met.number("linkedMs")?);
            payload.push(met.number("payload")?);
        }
        std::fs::remove_dir_all(&prepared).map_err(|error| format!("cannot remove {}: {error}", prepared.display()))?;
        let (ms, payload) = (Times::of(ms).median(), Times::of(payload).median());
        println!(
            "  {what:<46} {ms:>8.0} ms (a link after {:.0} ms), {:>7.0} records a second, {:.1} B a record ({payload:.0} B of UDP payload)",
            Times::of(linked).median(),
            missed / ms * 1000.0,
            payload / missed
        );
        println!(
            "    CPU of both devices {:.0} ms; {:.3} ms for each push before, saved in memory",
            Times::of(cpu).median(),
            typed.number("pushMs")?
        );
    }
    Ok(())
}
