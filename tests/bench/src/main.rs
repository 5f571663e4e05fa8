//! Benchmarks against peers, one command each: `cargo xtask bench NAME`. Every number stands beside another one of the same run, under the
//! load of the machine at that time. Nothing is asserted about time.

mod apart;
mod behind;
mod commit;
mod converge;
mod core;
mod crowd;
mod growth;
mod idle;
mod kick;
mod lossy;
mod machine;
mod namespace;
mod narrow;
mod page;
mod pair;
mod reconnect;
mod replica;
mod script;
mod sealed;
mod text;
mod times;
mod typist;
mod view;
mod writers;

use std::process::ExitCode;

/// What went wrong, in a sentence.
type Outcome<T = ()> = Result<T, String>;

const USAGE: &str =
    "sheaf-bench [pair | replica | page | growth | crowd | converge | behind | idle | reconnect | lossy | writers | narrow | kick | sealed]...

  pair     a key at one device until it is shown at another, beside y-websocket and Hocuspocus
  replica  one remote update applied to a replica with its Delta, beside Yjs
  page     a key on the page's main thread, beside y-prosemirror and y-tiptap; and from the update to the screen's transaction
  crowd    a key while others do their worst, beside the same pair alone; memory
  growth   bytes on disk and on the wire for each key of a long history; opening it; memory
  converge two devices with 10,000 edits each made apart, beside y-websocket and automerge-repo
  behind   a device that missed 100,000 records: the time to catch up
  idle     what 200 documents cost that two devices share and nobody touches
  reconnect  bytes and time until a device is back that shares 1,000 documents
  lossy    a key and its answer over a line that loses packets, direct and relayed
  writers  ten and twenty-five people who type in one document: a key until every other has it
  narrow   typing with one core, 1 GiB and 64 kbit/s, 300 ms and 5 % loss to the others, beside the same on a clear line
  kick     from the click on Remove until the removed window knows it and no stream about the document is left
  sealed   what signing and sealing cost of a key's turn, at whoever types it and at whoever hears it

Without a name: all of them.";

const NAMES: [&str; 14] = [
    "pair",
    "replica",
    "page",
    "growth",
    "crowd",
    "converge",
    "behind",
    "idle",
    "reconnect",
    "lossy",
    "writers",
    "narrow",
    "kick",
    "sealed",
];

fn main() -> ExitCode {
    let named: Vec<String> = std::env::args().skip(1).collect();
    // Not for people: the other half of `converge` and `behind`.
    let apart = named.split_first().filter(|(name, _)| *name == "apart").map(|(_, words)| apart::serve(words));
    let wanted: Vec<&str> = if named.is_empty() { NAMES.to_vec() } else { named.iter().map(String::as_str).collect() };
    match apart.unwrap_or_else(|| wanted.into_iter().try_for_each(run)) {
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
        "converge" => converge::measure,
        "behind" => behind::measure,
        "idle" => idle::measure,
        "reconnect" => reconnect::measure,
        "crowd" => crowd::measure,
        "lossy" => lossy::measure,
        "writers" => writers::measure,
        "narrow" => narrow::measure,
        "kick" => kick::measure,
        "sealed" => sealed::measure,
        // Not for people: the other half of `page`.
        "core" => return core::serve(),
        _ => return Err(format!("there is no benchmark {name:?}\n\n{USAGE}")),
    };
    println!("\n## {name}: {}", machine::described());
    measure()?;
    println!("load at the end: {}", machine::load());
    Ok(())
}
