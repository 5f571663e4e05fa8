//! `cargo xtask bench`: numbers, side by side with others in the same run. Asserts no time; prints what it measured.

use crate::shell::{Outcome, Stop, must, program, root, target};
use crate::{run, setup};

/// Something that can be measured.
struct Bench {
    name: &'static str,
    what: &'static str,
    measure: fn(&'static str) -> Outcome,
}

/// In the order of running.
const BENCHES: &[Bench] = &[
    Bench { name: "pair", what: "a key at one device until it is shown at another, beside y-websocket and Hocuspocus", measure: inside },
    Bench { name: "replica", what: "one remote key applied to a replica with its Delta, beside Yjs", measure: inside },
    Bench { name: "page", what: "a key on the page's main thread, beside y-prosemirror and y-tiptap", measure: page },
    Bench { name: "screen", what: "an editor on a real screen by size, beside Tiptap and Lexical on Yjs", measure: screen },
    Bench { name: "growth", what: "bytes, opening and memory of a paper with 259,778 edits", measure: inside },
    Bench {
        name: "converge",
        what: "two devices with 10,000 edits each made apart, beside y-websocket and automerge-repo",
        measure: inside,
    },
    Bench { name: "behind", what: "a device that missed 100,000 records: the time to catch up", measure: inside },
    Bench { name: "idle", what: "CPU, memory and bytes of 200 documents that nobody touches", measure: inside },
    Bench { name: "reconnect", what: "bytes and time until a device is back that shares 1,000 documents", measure: inside },
    Bench { name: "crowd", what: "a key while others do their worst, beside the same pair alone", measure: inside },
    Bench { name: "lossy", what: "a key and its answer over a line that loses packets, direct and relayed", measure: alone },
    Bench { name: "writers", what: "ten and twenty-five people who type in one document", measure: alone },
    Bench { name: "narrow", what: "typing with one core, 1 GiB and a line of 64 kbit/s", measure: alone },
    Bench { name: "kick", what: "from a removal until the removed window knows it and no stream is left", measure: alone },
    Bench { name: "sealed", what: "what signing and sealing cost of a key's turn", measure: alone },
    Bench { name: "windows", what: "start to caret, a key in one window to the other, the window's IPC", measure: windows },
];

/// Runs all of them, or the named ones.
pub(crate) fn bench(names: &[String]) -> Outcome {
    if let Some(unknown) = names.iter().find(|name| !BENCHES.iter().any(|bench| bench.name == *name)) {
        let known: String = BENCHES.iter().map(|bench| format!("\n  {:<8} {}", bench.name, bench.what)).collect();
        return Err(Stop(format!("there is no bench {unknown:?}; there are{known}")));
    }
    setup::install(setup::Need::Test)?;
    let wanted = BENCHES.iter().filter(|bench| names.is_empty() || names.iter().any(|name| name == bench.name));
    wanted.into_iter().try_for_each(|bench| (bench.measure)(bench.name))
}

/// One of tests/bench that stands beside peers of others.
fn inside(name: &'static str) -> Outcome {
    setup::npm("tests/bench/js")?;
    alone(name)
}

/// One of tests/bench, which finds `sheaf` beside itself.
fn alone(name: &'static str) -> Outcome {
    optimised(&["sheaf-cli", "sheaf-bench"])?;
    must(&mut program(&binary("sheaf-bench"), &[name]))
}

/// Its peers of the editor are wanted by it alone.
fn page(name: &'static str) -> Outcome {
    setup::npm("ui/bench")?;
    inside(name)
}

/// In Chromium and WebKitGTK, each with an X server of its own.
fn screen(_: &'static str) -> Outcome {
    setup::npm("ui")?;
    setup::npm("ui/bench")?;
    must(program("npm", &["run", "--silent", "screen"]).current_dir(root().join("ui/bench")))
}

/// In real windows.
fn windows(_: &'static str) -> Outcome {
    run::page()?;
    optimised(&["sheaf-desktop"])?;
    let mut numbers = program("dbus-run-session", &["--", "xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "node"]);
    numbers.arg(root().join("tests/e2e/js/windows/numbers.mjs")).env("NO_AT_BRIDGE", "1");
    must(numbers.env("SHEAF_APP", binary("sheaf-desktop")))
}

fn optimised(packages: &[&str]) -> Outcome {
    let mut build = program("cargo", &["build", "--locked", "--release"]);
    for package in packages {
        build.args(["-p", package]);
    }
    must(&mut build)
}

fn binary(name: &str) -> String {
    target().join("release").join(name).to_string_lossy().into_owned()
}
