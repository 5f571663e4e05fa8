//! The peers are JavaScript: runs one of the scripts of tests/bench/js and reads what it measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Outcome;
use crate::times::Times;

/// What a script printed: one JSON object.
pub(crate) struct Measured(Value);

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("tests/bench lies two folders below the root").to_path_buf()
}

/// Where the traces are.
pub(crate) fn traces() -> PathBuf {
    std::env::var_os("SHEAF_TRACES").map_or_else(|| root().join("../shared/traces"), PathBuf::from)
}

/// One of them; says that it is skipped if there is none.
pub(crate) fn trace(named: &str) -> Option<PathBuf> {
    let trace = traces().join(named);
    if !trace.is_file() {
        println!("SKIPPED: there is no {}; SHEAF_TRACES names the folder of traces", trace.display());
    }
    trace.is_file().then_some(trace)
}

/// `sheaf`, as `cargo xtask bench` built it: beside this program, unless SHEAF_BIN says otherwise.
pub(crate) fn sheaf() -> Outcome<PathBuf> {
    let beside = || std::env::current_exe().ok().map(|own| own.with_file_name("sheaf"));
    let binary = std::env::var_os("SHEAF_BIN").map(PathBuf::from).or_else(beside).filter(|path| path.is_file());
    binary.ok_or_else(|| "there is no sheaf beside this program: run `cargo xtask bench`, which builds both".to_owned())
}

/// `node SCRIPT`, to be run in the scripts' folder. `around` is what it runs inside of, such as an empty network.
pub(crate) fn node(around: &[&str], script: &str) -> Command {
    let words: Vec<&str> = around.iter().copied().chain(["node", script]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(root().join("tests/bench/js"));
    command
}

/// Runs a script to its end. What it complains about stays on our stderr.
pub(crate) fn read(script: &mut Command) -> Outcome<Measured> {
    let output = script.stderr(Stdio::inherit()).output().map_err(|error| format!("cannot start node: {error}"))?;
    if !output.status.success() {
        return Err(format!("a script of tests/bench/js failed ({}); it says why above", output.status));
    }
    let measured = serde_json::from_slice(&output.stdout).map_err(|error| format!("a script printed no JSON: {error}"))?;
    Ok(Measured(measured))
}

impl Measured {
    /// A list of milliseconds.
    pub(crate) fn times(&self, name: &str) -> Outcome<Times> {
        self.numbers(name).map(Times::of)
    }

    /// A list of numbers, at least one.
    pub(crate) fn numbers(&self, name: &str) -> Outcome<Vec<f64>> {
        let numbers: Option<Vec<f64>> = self.0[name].as_array().map(|list| list.iter().filter_map(Value::as_f64).collect());
        numbers.filter(|numbers| !numbers.is_empty()).ok_or_else(|| format!("the script measured no {name}"))
    }

    /// One number.
    pub(crate) fn number(&self, name: &str) -> Outcome<f64> {
        self.0[name].as_f64().ok_or_else(|| format!("the script measured no {name}"))
    }

    /// A word.
    pub(crate) fn word(&self, name: &str) -> Outcome<&str> {
        self.0[name].as_str().ok_or_else(|| format!("the script named no {name}"))
    }
}
