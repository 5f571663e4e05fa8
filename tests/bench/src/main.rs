//! Benchmarks against peers, one command each: `cargo xtask bench NAME`. Every number stands beside another one of the same run, under the
//! load of the machine at that time. Nothing is asserted about time.

mod commit;
mod core;
mod crowd;
mod growth;
mod machine;
mod page;
mod pair;
mod replica;
mod script;
mod text;
mod times;

use std::process::ExitCode;

/// What went wrong, in a sentence.
type Outcome<T = ()> = Result<T, String>;

const USAGE: &str = "sheaf-bench [pair | replica | page | growth | crowd]...

  pair     a key at one device until it is shown at another, beside y-websocket and Hocuspocus
  replica  one remote update applied to a replica with its Delta, beside Yjs
  page     a key on the page's main thread, beside y-prosemirror and y-tiptap; and from the update to the screen's transaction
  crowd    a key while others do their worst, beside the same pair alone; memory
  growth   bytes on disk and on the wire for each key of a long history; opening it; memory

Without a name: all of them.";

const NAMES: [&str; 5] = ["pair", "replica", "page", "growth", "crowd"];

fn main() -> ExitCode {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted: Vec<&str> = if named.is_empty() { NAMES.to_vec() } else { named.iter().map(String::as_str).collect() };
    match wanted.into_iter().try_for_each(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("sheaf-bench: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str) -> Outcome {
    let measure = match name {
        "pair" => pair::measure,
        "replica" => replica::measure,
        "page" => page::measure,
        "growth" => growth::measure,
        "crowd" => crowd::measure,
        // Not for people: the other half of `page`.
        "core" => return core::serve(),
        _ => return Err(format!("there is no benchmark {name:?}\n\n{USAGE}")),
    };
    println!("\n## {name}: {}", machine::described());
    measure()?;
    println!("load at the end: {}", machine::load());
    Ok(())
}
