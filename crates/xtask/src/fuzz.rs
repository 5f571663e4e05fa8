//! `cargo xtask soak fuzz`: hostile bytes, found by coverage, for some minutes of each target.
//!
//! libFuzzer on stable Rust: the coverage counters are LLVM's own pass, switched on by flags as `cargo fuzz --sanitizer=none` does, in a
//! target folder of their own. Nothing is installed. What was tried and found is written to tests/fuzz/SOAK.md, to be committed; an input
//! that breaks a promise is written to tests/fuzz/failures, with the line that runs it again.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;

use crate::check::now;
use crate::shell::{Outcome, Stop, must, program, read, root, target};

/// Minutes of each target, unless told otherwise.
const MINUTES: u64 = 10;

/// The flags of `cargo fuzz build --sanitizer=none`: counters per edge, a table of where they are, and what comparisons compare.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// The longest input that is tried, in bytes. Longer ones, bombs, have names in the corpus and are replayed in every check.
const LONGEST: u64 = 16 * 1024;

/// Seconds after which libFuzzer calls an input a hang. (What takes more than 50 ms has failed by then, if it comes back at all.)
const HANG: u64 = 10;

/// What became of one target.
struct Found {
    name: String,
    minutes: f64,
    runs: u64,
    /// libFuzzer's last word: edges and features covered, and inputs kept.
    edges: String,
    /// What was broken, and the input that breaks it.
    broken: Option<String>,
}

/// Runs every target, or the named ones, for some minutes each, as many at once as there are cores.
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    let (minutes, named) = match arguments.split_first() {
        Some((first, rest)) if first.parse::<u64>().is_ok() => (first.parse().unwrap_or(MINUTES), rest),
        _ => (MINUTES, arguments),
    };
    let commit = read(&mut program("git", &["log", "-1", "--format=%h"]))?;
    let binary = build()?;
    let known = read(&mut program("cargo", &["run", "--quiet", "--locked", "-p", "sheaf-fuzz", "--", "targets"]))?;
    let known: Vec<&str> = known.lines().filter_map(|line| line.split_whitespace().next()).collect();
    if let Some(unknown) = named.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Stop(format!("there is no target {unknown:?}; there are {}", known.join(", "))));
    }
    let wanted: Vec<&str> = known.iter().copied().filter(|name| named.is_empty() || named.iter().any(|one| one == name)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("soak: {} targets, {minutes} minutes each, {cores} at once", wanted.len());
    let found = all(&binary, &wanted, minutes, cores)?;
    report(&found, commit.trim())?;
    let broken: Vec<&str> = found.iter().filter_map(|found| found.broken.as_deref()).collect();
    if broken.is_empty() { Ok(()) } else { Err(Stop(broken.join("\n"))) }
}

/// The targets with coverage, and where they are.
fn build() -> Outcome<PathBuf> {
    let version = read(&mut program("rustc", &["-vV"]))?;
    // With the machine's own name given, cargo leaves build scripts and macros without counters.
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or(Stop("rustc does not name its host".to_owned()))?;
    let folder = target().join("fuzz");
    let mut build = program("cargo", &["build", "--locked", "--profile", "fuzz", "-p", "sheaf-fuzz", "--features", "coverage"]);
    build.args(["--bin", "sheaf-fuzz-coverage", "--target", host]);
    must(build.env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", &folder))?;
    Ok(folder.join(host).join("fuzz/sheaf-fuzz-coverage"))
}

fn all(binary: &Path, wanted: &[&str], minutes: u64, cores: usize) -> Outcome<Vec<Found>> {
    let (waiting, found) = (Mutex::new(wanted.iter().rev().collect::<Vec<_>>()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().ok().and_then(|mut waiting| waiting.pop());
                    let Some(name) = next else { break };
                    let one = one(binary, name, minutes);
                    if let Ok(mut found) = found.lock() {
                        found.push(one);
                    }
                }
            });
        }
    });
    let found = found.into_inner().map_err(|_| Stop("a target could not be watched".to_owned()))?;
    let mut found = found.into_iter().collect::<Outcome<Vec<Found>>>()?;
    found.sort_by_key(|found| wanted.iter().position(|name| *name == found.name));
    Ok(found)
}

/// One target, for some minutes. What it finds stays in the target folder, so that the next soak goes on from there.
fn one(binary: &Path, name: &str, minutes: u64) -> Outcome<Found> {
    let (grown, failures) = (target().join("fuzz/corpus").join(name), root().join("tests/fuzz/failures"));
    for folder in [&grown, &failures] {
        std::fs::create_dir_all(folder).map_err(|error| Stop::while_(format_args!("cannot make {}", folder.display()), error))?;
    }
    let mut run = program(&binary.to_string_lossy(), &["-print_final_stats=1", "-use_value_profile=1", "-detect_leaks=0"]);
    run.args([format!("-max_total_time={}", minutes * 60), format!("-max_len={LONGEST}"), format!("-timeout={HANG}")]);
    run.arg(format!("-artifact_prefix={}/{name}-", failures.display())).arg(&grown).arg(root().join("tests/fuzz/corpus").join(name));
    let began = now();
    println!("soak: {name} begins");
    let output = run.env("SHEAF_FUZZ_TARGET", name).stdin(Stdio::null()).output();
    let output = output.map_err(|error| Stop::while_("cannot start the fuzzer", error))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let log = target().join("fuzz").join(format!("{name}.log"));
    std::fs::write(&log, said.as_bytes()).map_err(|error| Stop::while_(format_args!("cannot write {}", log.display()), error))?;
    let number = |what: &str| said.lines().rev().find_map(|line| line.strip_prefix(what)?.trim().parse::<u64>().ok());
    // "#4711 REDUCE cov: 2048 ft: 9000 corp: 300/12Kb ..."
    let after = |line: &str, what: &str| line.split_once(what).and_then(|(_, rest)| rest.split_whitespace().next()).map(str::to_owned);
    let edges = said.lines().rev().find_map(|line| after(line, "cov: ")).unwrap_or_else(|| "?".to_owned());
    let runs = number("stat::number_of_executed_units:").unwrap_or(0);
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let broken = (!output.status.success()).then(|| complaint(name, &said, &log));
    println!("soak: {name} ends after {minutes:.1} minutes: {runs} runs, {edges} edges{}", if broken.is_some() { ", BROKEN" } else { "" });
    Ok(Found { name: name.to_owned(), minutes, runs, edges, broken })
}

/// What a failed run says in one line, and how to run its input again.
fn complaint(name: &str, said: &str, log: &Path) -> String {
    let why = said.lines().find(|line| line.starts_with("FAILED ") || line.contains("ERROR: libFuzzer"));
    let file = said.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, file)| file.trim());
    let again = file.map_or_else(
        || format!("no input was kept; {} says more", log.display()),
        |file| format!("again: cargo run -p sheaf-fuzz -- {name} {file}"),
    );
    format!("{name}: {}; {again}", why.unwrap_or("the fuzzer ended badly"))
}

/// Writes down what there was. What the page says of targets that did not run now stays, with its own date.
fn report(found: &[Found], commit: &str) -> Outcome {
    let date = read(&mut program("date", &["-u", "+%Y-%m-%d %H:%M UTC"]))?;
    let place = root().join("tests/fuzz/SOAK.md");
    let before = std::fs::read_to_string(&place).unwrap_or_default();
    let mut rows: Vec<String> = before.lines().filter(|line| name_of(line).is_some()).map(str::to_owned).collect();
    rows.retain(|row| !found.iter().any(|found| name_of(row) == Some(&found.name)));
    for Found { name, minutes, runs, edges, broken } in found {
        let verdict = broken.as_deref().map_or("none broken".to_owned(), |broken| format!("**broken**: {broken}"));
        rows.push(format!("| {name} | {} | {} | {minutes:.1} | {runs} | {edges} | {verdict} |", date.trim(), commit));
    }
    rows.sort();
    let mut text = "# The last soak of hostile bytes\n\n".to_owned();
    let _ = writeln!(
        text,
        "`cargo xtask soak fuzz` writes this page. An input is broken if it makes its target panic, abort, take over 50 ms or ask for"
    );
    let _ = writeln!(text, "over 16 MiB; “edges” are those that libFuzzer has seen in the end, of all that was ever found.\n");
    let _ = writeln!(text, "| target | ended | commit | minutes | runs | edges | |\n|---|---|---|---:|---:|---:|---|");
    rows.iter().for_each(|row| {
        let _ = writeln!(text, "{row}");
    });
    std::fs::write(&place, text).map_err(|error| Stop::while_(format_args!("cannot write {}", place.display()), error))?;
    println!("soak: {} says what there was", place.display());
    Ok(())
}

/// The target that a row of the page is about.
fn name_of(row: &str) -> Option<&str> {
    let name = row.strip_prefix("| ")?.split(' ').next()?;
    (name != "target").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_its_target_and_the_head_of_the_table_does_not() {
        assert_eq!(name_of("| walker | 2026-11-29 00:10 UTC | 1a2b3c | 7.0 | 5 | 6 | none broken |"), Some("walker"));
        assert_eq!(name_of("| target | ended | commit | minutes | runs | edges | |"), None);
        assert_eq!(name_of("|---|---|---|---:|---:|---:|---|"), None);
    }

    #[test]
    fn a_broken_promise_is_told_in_one_line_that_runs_it_again() {
        let said =
            "INFO: Seed: 1\nFAILED walker: yrs waits\n==1== ERROR: libFuzzer: deadly signal\nTest unit written to /a/walker-crash-1\n";
        let told = complaint("walker", said, Path::new("/log"));
        assert_eq!(told, "walker: FAILED walker: yrs waits; again: cargo run -p sheaf-fuzz -- walker /a/walker-crash-1");
        assert!(complaint("walker", "", Path::new("/log")).contains("/log"));
    }
}
