//! `cargo xtask bench` and `soak`: numbers, and endurance. Neither asserts a time; both print what they measured.

use crate::setup;
use crate::shell::{Outcome, Stop, must, program, root};

/// Runs tests/bench, all of it or the named part.
pub(crate) fn bench(names: &[String]) -> Outcome {
    if !root().join("tests/bench/src/main.rs").exists() {
        return Err(Stop("tests/bench is not built yet".to_owned()));
    }
    setup::install(setup::Need::Test)?;
    must(program("cargo", &["run", "--locked", "--release", "-p", "sheaf-bench", "--"]).args(names))
}

/// The simulated world and the fuzzers with fresh seeds, for some minutes.
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    let minutes: u64 = match arguments.first() {
        None => 30,
        Some(minutes) => minutes.parse().map_err(|_| Stop(format!("soak takes a number of minutes, not {minutes:?}")))?,
    };
    let mut world = program("cargo", &["test", "--locked", "--release", "-p", "sheaf-sim", "--", "--nocapture"]);
    must(world.env("SHEAF_SOAK_MINUTES", minutes.to_string()))
}
