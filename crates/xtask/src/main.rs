//! `cargo xtask`: everything one does to this repository, said once, in Rust.
//!
//! Depends on no part of the product but `sheaf-schema` and `sheaf-sentence`, whose TypeScript it writes. Talks to nothing but package registries.

mod bench;
mod check;
mod clone;
mod codegen;
mod count;
mod dist;
mod fuzz;
mod lanes;
mod run;
mod setup;
mod shell;
mod soak;
mod step;
mod tidy;

use shell::{Outcome, Stop};

const USAGE: &str = "cargo xtask COMMAND

  setup             installs what building and testing need and this machine lacks, saying what and why
  run [ARGS]        setup, build, open the desktop app (ARGS go to it, for example --home /tmp/other)
  test [LANE...]    setup, then every lane of tests (or the named ones) and the minutes each took; --list names them
  codegen           writes the generated files (ui/src/generated)
  tidy              checks the rules of design.md that a compiler cannot see
  ci                does what CI does: a fresh clone of HEAD, then .ci/run in it
  dist [--release]  makes and tests the .deb (target/dist)
  soak [--minutes N]
                    the simulated world with fresh seeds (30 minutes); writes tests/sim/SOAK.md and failing seeds
  soak fuzz [MINUTES] [TARGET...]
                    hostile bytes with coverage, for some minutes of each target (10); writes tests/fuzz/SOAK.md
  soak access       200,000 histories of members against the reference; writes crates/access/tests/SOAK.md
  soak lab          the network laboratory, with a link that is down for 60 s
  bench [NAME]      prints the numbers of tests/bench, side by side with others";

fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(Stop(reason)) => {
            eprintln!("xtask: {reason}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome {
    let rest = arguments.get(1..).unwrap_or_default();
    match arguments.first().map(String::as_str) {
        Some("setup") => setup::install(setup::Need::Test),
        Some("run") => run::open(rest),
        Some("test") => check::test(rest),
        Some("codegen") => codegen::write(),
        Some("tidy") => tidy::report(),
        Some("ci") => clone::ci(),
        Some("dist") => dist::make(rest),
        Some("soak") if rest.first().is_some_and(|word| word == "fuzz") => fuzz::soak(&rest[1..]),
        Some("soak") if rest.first().is_some_and(|word| word == "access") => soak::access(),
        Some("soak") if rest.first().is_some_and(|word| word == "lab") => soak::lab(),
        Some("soak") => soak::soak(rest),
        Some("bench") => bench::bench(rest),
        Some("help" | "--help" | "-h") | None => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => Err(Stop(format!("there is no command {other:?}\n\n{USAGE}"))),
    }
}
