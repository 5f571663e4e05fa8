//! What Sheaf costs: the parts of `cargo xtask bench` that measure Rust from inside. Each prints one JSON object a line; the scripts in `js` and
//! people read them. Nothing is asserted, and nothing is measured that was not really written to a disk or read from one.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod commit;
mod growth;
mod replica;

use std::process::ExitCode;

use serde_json::Value;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["commit"] => commit::measure(),
        ["growth"] => growth::measure(),
        ["open", home, document] => growth::open(home, document),
        ["replica", folder] => replica::measure(folder),
        _ => Err("commit, growth, or replica FOLDER".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sheaf-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn say(result: &Value) {
    println!("{result}");
}

/// The value below which this share of the measurements lies, in milliseconds.
fn at(times: &mut [std::time::Duration], share: f64) -> f64 {
    times.sort_unstable();
    let index = (times.len() as f64 * share) as usize;
    times[index.min(times.len() - 1)].as_secs_f64() * 1e3
}
