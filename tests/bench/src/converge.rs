//! Two devices with 10,000 edits each made apart, from the moment they may speak until both have everything: Sheaf, durable on both, beside two Yjs
//! clients of a y-websocket server and two automerge-repos over a WebSocket, nothing durable there. All write the same edits.

use std::path::{Path, PathBuf};

use crate::script::Measured;
use crate::times::Times;
use crate::{Outcome, namespace, script};

/// Edits of each side, where a trace has so many.
const EDITS: usize = 10_000;

/// Meetings of each side. The sides take turns, so that they meet the same weather.
const RUNS: usize = 5;

const CASES: [(&str, &str); 3] = [
    ("friendsforever", "concurrent/friendsforever.json.gz"),
    ("clownschool", "concurrent/clownschool.json.gz"),
    ("rich text, by a script", "rich"),
];

pub(crate) fn measure() -> Outcome {
    if !namespace::is_there() {
        return Ok(());
    }
    println!("two devices with edits made apart, until both have everything; {} runs, medians (least to most)", runs());
    println!("CPU: processor time of all devices, and of the server, until then");
    println!(
        "bytes: what passes one device's network, both ways, until a second after; payload of UDP, or of WebSocket frames (on loopback, with all headers)"
    );
    for (name, source) in CASES {
        let trace = if source == "rich" { Some(PathBuf::from(source)) } else { script::trace(source) };
        trace.map_or(Ok(()), |trace| case(name, &trace))?;
    }
    Ok(())
}

fn case(name: &str, source: &Path) -> Outcome {
    let memory = namespace::memory()?;
    let file = memory.path().join("edits.json");
    let counted = script::read(script::node(&[], "apart/edits.mjs").arg(source).arg(EDITS.to_string()).arg(&file))?;
    let (counts, of) = (counted.numbers("counts")?, counted.numbers("of")?);
    println!("{name}: {} and {} edits (of {} and {}):", counts[0], counts[1], of[0], of[1]);
    let prepared = memory.path().join("prepared");
    for step in ["share", "type"] {
        namespace::apart(&[step], &prepared, Some(&file), &[])?;
    }
    let (mut sheaf, mut linked, mut links) = (Side::default(), Vec::new(), Vec::new());
    let (mut yjs, mut automerge) = (Side::default(), Side::default());
    let mut node = String::new();
    for _ in 0..runs() {
        // Where a commit costs what it costs.
        let disk = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        namespace::copy(&prepared, disk.path())?;
        let met = namespace::apart(&["meet"], disk.path(), None, &[])?;
        linked.push(met.number("linkedMs")?);
        links.push(met.number("links")? as u32);
        sheaf.add(&met, |met, name| met.number(name))?;
        for (kind, side) in [("yjs", &mut yjs), ("automerge", &mut automerge)] {
            let met = script::read(script::node(&namespace::OWN, "converge.mjs").arg(kind).arg(&file).arg("1"))?;
            side.add(&met, |met, name| Ok(met.numbers(name)?[0]))?;
            met.word("node")?.clone_into(&mut node);
        }
    }
    sheaf.print("sheaf, durable on both", &yjs);
    println!("    of it, until there was a link {:>8.0} ms; links made: {links:?}", Times::of(linked).median());
    yjs.print(&format!("yjs 13.6.33, y-websocket 2.1.0, node {node}"), &yjs);
    automerge.print(&format!("automerge 3.5.0, automerge-repo 2.5.6, node {node}"), &yjs);
    aims(&sheaf, &yjs, &automerge);
    Ok(())
}

/// The aims of issue 3.
fn aims(sheaf: &Side, yjs: &Side, automerge: &Side) {
    let says = |holds| if holds { "yes" } else { "no" };
    println!(
        "  at most the bytes of y-protocols: {}; a fifth of its time: {}; of automerge-repo's bytes {:.2}, of its time {:.3}",
        says(sheaf.payload() <= yjs.payload()),
        says(sheaf.ms() <= yjs.ms() / 5.0),
        sheaf.payload() / automerge.payload(),
        sheaf.ms() / automerge.ms()
    );
}

fn runs() -> usize {
    std::env::var("SHEAF_RUNS").ok().and_then(|text| text.parse().ok()).filter(|runs| *runs > 0).unwrap_or(RUNS)
}

/// What one side measured, run by run.
#[derive(Default)]
struct Side {
    ms: Vec<f64>,
    cpu: Vec<f64>,
    payload: Vec<f64>,
    loopback: Vec<f64>,
}

impl Side {
    fn add(&mut self, met: &Measured, number: impl Fn(&Measured, &str) -> Outcome<f64>) -> Outcome {
        self.ms.push(number(met, "ms")?);
        self.cpu.push(number(met, "cpuMs")?);
        self.payload.push(number(met, "payload")?);
        self.loopback.push(number(met, "loopback")?);
        Ok(())
    }

    fn ms(&self) -> f64 {
        Times::of(self.ms.clone()).median()
    }

    fn payload(&self) -> f64 {
        Times::of(self.payload.clone()).median()
    }

    fn print(&self, what: &str, beside: &Side) {
        let least = self.ms.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.ms.iter().copied().fold(0.0, f64::max);
        println!(
            "  {what:<50} {:>6.0} ms ({least:.0} to {most:.0})  x{:.3}   CPU {:>6.0} ms   {:>7.0} B ({:.0})  x{:.3}",
            self.ms(),
            self.ms() / beside.ms(),
            Times::of(self.cpu.clone()).median(),
            self.payload(),
            Times::of(self.loopback.clone()).median(),
            self.payload() / beside.payload()
        );
    }
}
