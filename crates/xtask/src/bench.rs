//! `cargo xtask bench`: numbers, side by side with others in the same run. Asserts no time; prints what it measured.

use crate::shell::{Outcome, Stop, must, program, root, target};
use crate::{run, setup};

/// Something that can be measured.
struct Bench {
    name: &'static str,
    what: &'static str,
    measure: fn() -> Outcome,
}

/// In the order of running.
const BENCHES: &[Bench] = &[
    Bench { name: "pair", what: "a keystroke at one person's to the other's, beside y-websocket and Hocuspocus", measure: pair },
    Bench { name: "replica", what: "a remote keystroke applied to a replica, beside Yjs", measure: replica },
    Bench { name: "growth", what: "bytes, opening and memory of a paper with 259,778 keystrokes", measure: growth },
    Bench { name: "page", what: "a keystroke on the page's main thread, beside y-prosemirror and y-tiptap", measure: page },
    Bench { name: "windows", what: "start to caret, a key in one window to the other, the window's IPC", measure: windows },
];

/// Runs all of them, or the named ones.
pub(crate) fn bench(names: &[String]) -> Outcome {
    if let Some(unknown) = names.iter().find(|name| !BENCHES.iter().any(|bench| bench.name == *name)) {
        let known: String = BENCHES.iter().map(|bench| format!("\n  {:<8} {}", bench.name, bench.what)).collect();
        return Err(Stop(format!("there is no bench {unknown:?}; there are{known}")));
    }
    setup::install(setup::Need::Test)?;
    for bench in BENCHES.iter().filter(|bench| names.is_empty() || names.iter().any(|name| name == bench.name)) {
        println!("\n=== {}: {} ===", bench.name, bench.what);
        (bench.measure)()?;
    }
    Ok(())
}

fn pair() -> Outcome {
    optimised(&["sheaf-cli", "sheaf-bench"])?;
    script("pair")
}

fn replica() -> Outcome {
    optimised(&["sheaf-bench"])?;
    script("replica")
}

fn growth() -> Outcome {
    optimised(&["sheaf-bench"])?;
    must(&mut program(&binary("sheaf-bench"), &["growth"]))
}

fn page() -> Outcome {
    setup::npm("ui/bench")?;
    must(program("npm", &["run", "--silent", "keystroke"]).current_dir(root().join("ui/bench")))
}

/// In real windows.
fn windows() -> Outcome {
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

/// A script of tests/bench/js, which finds what it measures by these names.
fn script(name: &str) -> Outcome {
    setup::npm("tests/bench/js")?;
    let mut script = program("npm", &["run", "--silent", name]);
    script.current_dir(root().join("tests/bench/js"));
    must(script.env("SHEAF_BIN", binary("sheaf")).env("SHEAF_BENCH", binary("sheaf-bench")))
}

fn binary(name: &str) -> String {
    target().join("release").join(name).to_string_lossy().into_owned()
}
