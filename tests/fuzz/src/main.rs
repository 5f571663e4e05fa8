//! `sheaf-fuzz`: replays inputs by hand, and writes the named ones into the corpus.

use std::process::ExitCode;

use sheaf_fuzz::{TARGETS, Target, folder, judge, named, parts};

const USAGE: &str = "sheaf-fuzz TARGET FILE...   runs inputs through a target; the first failure ends it
sheaf-fuzz seeds            writes the inputs that have names into tests/fuzz/corpus
sheaf-fuzz targets          lists the targets, and what is promised of each";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["seeds"] => write_seeds().map_err(|error| format!("cannot write the corpus: {error}")),
        ["targets"] => {
            TARGETS.iter().for_each(|target| println!("{:<9} {}", target.name, target.promise));
            Ok(())
        }
        [name, files @ ..] if !files.is_empty() => {
            Target::named(name).ok_or_else(|| format!("there is no target {name:?}")).and_then(|target| replay(target, files))
        }
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn replay(target: &Target, files: &[&str]) -> Result<(), String> {
    for file in files {
        let input = std::fs::read(file).map_err(|error| format!("cannot read {file}: {error}"))?;
        let lengths: Vec<usize> = parts::read(&input).iter().map(Vec::len).collect();
        let cost = judge(target, &input).map_err(|why| format!("{file}: {why}"))?;
        let kib = |bytes: usize| bytes / 1024;
        println!(
            "{file}: {:.1?}, {} KiB at once, {} KiB together; parts of {lengths:?} bytes",
            cost.time,
            kib(cost.asked.largest),
            kib(cost.asked.peak)
        );
    }
    Ok(())
}

fn write_seeds() -> std::io::Result<()> {
    for (target, name, input) in named() {
        let place = folder("corpus").join(target);
        std::fs::create_dir_all(&place)?;
        std::fs::write(place.join(name), input)?;
    }
    Ok(())
}
