//! `cargo xtask bench`: numbers, side by side with others. Asserts no time; prints what it measured.

use crate::shell::{Outcome, Stop, must, program, root, target};
use crate::{run, setup};

/// Runs tests/bench, all of it or the named part; `windows` is the part that needs a screen.
pub(crate) fn bench(names: &[String]) -> Outcome {
    if names == ["windows"] {
        return windows();
    }
    if !root().join("tests/bench/src/main.rs").exists() {
        return Err(Stop("tests/bench is not built yet".to_owned()));
    }
    setup::install(setup::Need::Test)?;
    must(program("cargo", &["run", "--locked", "--release", "-p", "sheaf-bench", "--"]).args(names))
}

/// Start to caret, keystroke to the other screen, round trips: in real windows, optimised.
fn windows() -> Outcome {
    setup::install(setup::Need::Test)?;
    run::page()?;
    must(&mut program("cargo", &["build", "--locked", "--release", "-p", "sheaf-desktop"]))?;
    let mut numbers = program("dbus-run-session", &["--", "xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "node"]);
    numbers.arg(root().join("tests/e2e/js/windows/numbers.mjs")).env("NO_AT_BRIDGE", "1");
    must(numbers.env("SHEAF_APP", target().join("release/sheaf-desktop")))
}
