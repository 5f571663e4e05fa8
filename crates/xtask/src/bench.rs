//! `cargo xtask bench` and `soak`: numbers, and endurance. Neither asserts a time; both print what they measured.

use crate::shell::{Outcome, Stop, must, program, read, root, target};
use crate::{check, run, setup};

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

/// Worlds of one round of the soak: a few minutes on two cores.
const SOAK_SEEDS: u64 = 2000;

/// The simulated world with seeds that nobody has tried, round after round, for some minutes. The first failure ends it.
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    let minutes: u64 = match arguments.first() {
        None => 30,
        Some(minutes) => minutes.parse().map_err(|_| Stop(format!("soak takes a number of minutes, not {minutes:?}")))?,
    };
    let began = check::now();
    // The commit's time is the first seed: another commit, other worlds.
    let stamp = read(&mut program("git", &["log", "-1", "--format=%ct"]))?;
    let mut first: u64 = stamp.trim().parse().map_err(|error| Stop::while_("git printed no time", error))?;
    while began.elapsed().as_secs() < minutes * 60 {
        println!("soak: worlds {first} to {}", first + SOAK_SEEDS - 1);
        let mut round = program("cargo", &["test", "--locked", "-p", "sheaf-sim", "--test", "world", "many_worlds", "--", "--nocapture"]);
        must(round.env("SHEAF_SIM_FIRST", first.to_string()).env("SHEAF_SIM_SEEDS", SOAK_SEEDS.to_string()))?;
        first += SOAK_SEEDS;
    }
    Ok(())
}
