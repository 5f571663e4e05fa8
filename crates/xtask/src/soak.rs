//! `cargo xtask soak`: the simulated world with seeds that nobody has tried, round after round.
//!
//! What it found is written to tests/sim/SOAK.md with its date and commit, to be committed: a soak that nobody can look up proves nothing.

use std::fmt::Write;

use crate::check::now;
use crate::setup;
use crate::shell::{Outcome, Stop, must, program, read, root, target};

/// Worlds of one round: a few minutes on two cores.
const WORLDS: u64 = 2000;

/// Minutes, unless told otherwise.
const MINUTES: u64 = 30;

/// Runs rounds for some minutes. Worlds that fail are kept in tests/sim/seeds, for every check to live through again.
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    let minutes: u64 = match arguments.iter().find(|argument| *argument != "--minutes") {
        None => MINUTES,
        Some(minutes) => minutes.parse().map_err(|_| Stop(format!("soak takes a number of minutes, not {minutes:?}")))?,
    };
    let commit = read(&mut program("git", &["log", "-1", "--format=%h"]))?;
    // The commit's time is the first seed: another commit, other worlds.
    let stamp = read(&mut program("git", &["log", "-1", "--format=%ct"]))?;
    let first: u64 = stamp.trim().parse().map_err(|error| Stop::while_("git printed no time", error))?;

    let mut report = format!("# The last soak\n\n`cargo xtask soak {minutes}` at {}, ", commit.trim());
    let _ = writeln!(report, "{}.\n", read(&mut program("date", &["-u", "+%Y-%m-%d %H:%M UTC"]))?.trim());
    let began = now();
    let mut from = first;
    let mut outcome = Ok(());
    while began.elapsed().as_secs() < minutes * 60 {
        let (passed, failed) = (began.elapsed().as_secs() / 60, if outcome.is_ok() { "none failed" } else { "some failed" });
        println!("soak: minute {passed} of {minutes}, {} worlds so far, {failed}; now {from} to {}", from - first, from + WORLDS - 1);
        outcome = outcome.and(round(from, &mut report));
        from += WORLDS;
    }
    let verdict =
        if outcome.is_ok() { "None failed." } else { "**Some failed**; the lines above reproduce them, and tests/sim/seeds keeps them." };
    let _ = writeln!(report, "\n{} worlds in {} minutes. {verdict}", from - first, began.elapsed().as_secs() / 60);
    let place = root().join("tests/sim/SOAK.md");
    std::fs::write(&place, report).map_err(|error| Stop::while_(format_args!("cannot write {}", place.display()), error))?;
    println!("soak: {verdict} {} says what there was", place.display());
    outcome
}

/// As many times the histories of a check as make two hundred thousand.
const TIMES: &str = "50";

/// The fold of access against its reference, over two hundred thousand histories; what came out is written to crates/access/tests/SOAK.md.
pub(crate) fn access() -> Outcome {
    let commit = read(&mut program("git", &["log", "-1", "--format=%h"]))?;
    let ended = read(&mut program("date", &["-u", "+%Y-%m-%d %H:%M UTC"]))?;
    let arguments = ["test", "--locked", "-p", "sheaf-access", "--test", "reference", "fold_agrees", "--", "--nocapture"];
    let output =
        program("cargo", &arguments).env("SHEAF_TIMES", TIMES).output().map_err(|error| Stop::while_("cannot start cargo", error))?;
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(Stop("the fold and its reference disagree; the line above plays the history again".into()));
    }
    let found = said.lines().find(|line| line.contains("histories")).ok_or(Stop("the reference said nothing".into()))?;
    let report = format!(
        "# The last two hundred thousand histories\n\n`cargo xtask soak access` at {}, {}.\n\n    {found}\n",
        commit.trim(),
        ended.trim()
    );
    let place = root().join("crates/access/tests/SOAK.md");
    std::fs::write(&place, report).map_err(|error| Stop::while_(format_args!("cannot write {}", place.display()), error))
}

/// The network laboratory with what the check shortens at its full length: a link that is down for 60 s.
pub(crate) fn lab() -> Outcome {
    setup::install(setup::Need::Test)?;
    must(&mut program("cargo", &["build", "--locked", "-p", "sheaf-cli"]))?;
    let mut stories = program("cargo", &["test", "--locked", "-p", "sheaf-e2e", "--test", "lab", "--", "--nocapture"]);
    must(stories.env("SHEAF_BIN", target().join("debug/sheaf")).env("SHEAF_LAB_OUTAGE", "60"))
}

/// One round: what its worlds went through is kept, line by line.
fn round(from: u64, report: &mut String) -> Outcome {
    let tests = ["many_worlds", "hostile_devices", "frames_are_altered", "chains_fork", "hostile_are_removed", "remove_one_another"];
    let mut round = program("cargo", &["test", "--locked", "-p", "sheaf-sim", "--test", "world", "--"]);
    round.args(tests).args(["--nocapture", "--test-threads=1"]).env("SHEAF_SIM_KEEP", root().join("tests/sim/seeds"));
    round.env("SHEAF_SIM_FIRST", from.to_string()).env("SHEAF_SIM_SEEDS", WORLDS.to_string());
    let output = round.output().map_err(|error| Stop::while_("cannot start cargo", error))?;
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    for line in said.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("running ") && !line.starts_with("test result")) {
        let _ = writeln!(report, "    {}", line.trim_end());
    }
    if output.status.success() { Ok(()) } else { Err(Stop(format!("a world failed between seeds {from} and {}", from + WORLDS - 1))) }
}
