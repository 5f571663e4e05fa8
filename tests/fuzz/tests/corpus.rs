//! Every committed input, and seconds of mutants of them, through every target. Each target runs in a child process, so that one that
//! aborts or hangs is named like any other.
//!
//! A failing input is written to `tests/fuzz/failures`, and one line says how to run it again. `SHEAF_FUZZ_MUTANTS=n` makes more or fewer
//! mutants of each target, `SHEAF_FUZZ_SEED=n` other ones.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use sheaf_base::planted::{Bug, plant};
use sheaf_fuzz::{Target, bendable, corpus, folder, judge, mutant, named};

/// How many mutants of each target the check makes: a few seconds' worth.
const MUTANTS: u64 = 3_000;

/// A target that has said nothing for so long hangs, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Set in the child: the target's name.
const CHILD: &str = "SHEAF_FUZZ_CHILD";

#[test]
fn the_walker_stands_in_front_of_yrs() {
    holds("walker");
}

#[test]
fn records_are_read_or_refused() {
    holds("record");
}

#[test]
fn packs_are_opened_or_refused() {
    holds("pack");
}

#[test]
fn frames_are_heard_or_refused() {
    holds("frame");
}

#[test]
fn tickets_are_read_or_refused() {
    holds("ticket");
}

#[test]
fn access_is_the_same_in_every_order() {
    holds("access");
}

#[test]
fn snapshots_are_opened_or_refused() {
    holds("snapshot");
}

#[test]
fn pushes_are_written_or_refused() {
    holds("delta");
}

#[test]
fn every_named_input_is_in_the_corpus_as_it_is_made_today() {
    let names: BTreeSet<_> = named().iter().map(|(target, name, _)| (*target, *name)).collect();
    assert_eq!(names.len(), named().len(), "two inputs have one name");
    for (target, name, input) in named() {
        let committed = std::fs::read(folder("corpus").join(target).join(name));
        // An input that changes because a writer of ours has changed is made anew; it is a regression only as long as it is looked at.
        assert!(committed.is_ok_and(|bytes| bytes == input), "{target}/{name} is another: `cargo run -p sheaf-fuzz -- seeds` writes it");
    }
}

#[test]
fn the_corpus_stays_small() {
    let all: Vec<_> = sheaf_fuzz::TARGETS.iter().flat_map(|target| corpus(target).expect("the corpus is there")).collect();
    let bytes: usize = all.iter().map(|(_, input)| input.len()).sum();
    println!("{} inputs, {} KiB", all.len(), bytes / 1024);
    assert!(all.len() <= 250 && bytes <= 500_000, "{} inputs of {bytes} bytes: keep those that show something", all.len());
}

/// Two targets that break every promise, each caught: a check that cannot fail shows nothing.
#[test]
fn what_breaks_a_promise_is_caught() {
    let verdict = |run| judge(&Target { name: "planted", promise: "none", run }, &[]).map(|_| ());
    assert_eq!(verdict(|_| ()), Ok(()));
    assert_eq!(verdict(|_| panic!("it panics")), Err("it panics".to_owned()));
    let greedy = verdict(|_| drop(std::hint::black_box(Vec::<u8>::with_capacity(17 << 20))));
    assert!(greedy.is_err_and(|why| why.contains("17.0 MiB at once")));
    let hoarding = verdict(|_| drop(std::hint::black_box([(); 9].map(|()| Vec::<u8>::with_capacity(2 << 20)))));
    assert!(hoarding.is_err_and(|why| why.contains("18.0 MiB together")));
    let slow = verdict(|_| {
        let mut number = 1u64;
        (0..400_000_000u64).for_each(|step| number = std::hint::black_box(number ^ step));
    });
    assert!(slow.is_err_and(|why| why.contains("times over")));
}

/// Bugs of the product, planted, are seen by the target that stands for the promise.
#[test]
fn a_bug_in_the_product_is_caught() {
    for (target, name, bug) in [
        ("walker", "honest-same-place", Bug::IndexMisplaces),
        ("record", "honest-head", Bug::SignatureUnchecked),
        ("record", "honest-run", Bug::HashUnchecked),
    ] {
        let target = Target::named(target).expect("there is such a target");
        let input = std::fs::read(folder("corpus").join(target.name).join(name)).expect("it is in the corpus");
        assert!(judge(target, &input).is_ok(), "{name} is sound without the bug");
        plant(Some(bug));
        let verdict = judge(target, &input);
        plant(None);
        assert!(verdict.is_err(), "{} does not notice {bug:?}", target.name);
    }
}

/// Starts the child for a target and reads how far it comes.
fn holds(name: &str) {
    let target = Target::named(name).expect("there is such a target");
    let mut child = Command::new(std::env::current_exe().expect("this test has a path"))
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let (sender, lines) = mpsc::channel();
    let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
    let reading = std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let (mut at, mut report, mut why) = (String::new(), None, None);
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) if line.starts_with("AT ") => at = line["AT ".len()..].to_owned(),
            Ok(line) if line.starts_with("DONE ") => report = Some(line["DONE ".len()..].to_owned()),
            Ok(line) if line.starts_with("FAILED ") => why = Some(line["FAILED ".len()..].to_owned()),
            Ok(_) => {}
            Err(mpsc::RecvTimeoutError::Timeout) => {
                why = Some(format!("it has not come back for {PATIENCE:?}"));
                let _ = child.kill();
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let _ = reading.join();
    let status = child.wait().expect("the child has ended");
    if let Some(report) = report.filter(|_| status.success()) {
        println!("{name}: {report}");
        return;
    }
    let mut complaint = String::new();
    let _ = child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut complaint));
    let why = why.unwrap_or_else(|| format!("the process ended with {status}: {}", complaint.lines().next().unwrap_or_default()));
    let file = keep(target, &at);
    panic!("{name}, {at}: {why}\nagain: cargo run -p sheaf-fuzz -- {name} {file}");
}

/// Writes the input that the child was at to where it can be looked at.
fn keep(target: &Target, at: &str) -> String {
    let (kind, which) = at.split_once(' ').unwrap_or_default();
    if kind == "input" {
        return format!("tests/fuzz/corpus/{}/{which}", target.name);
    }
    let input = mutant(&bendable(&corpus(target).expect("the corpus is there")), seed(), which.parse().unwrap_or_default());
    let folder = folder("failures");
    std::fs::create_dir_all(&folder).expect("failures can be written");
    let name = format!("{}-seed-{}-mutant-{which}", target.name, seed());
    std::fs::write(folder.join(&name), input).expect("failures can be written");
    format!("tests/fuzz/failures/{name}")
}

/// In the child: says where it is, goes there, and says what it found.
#[test]
fn child() {
    let Some(target) = std::env::var(CHILD).ok().and_then(|name| Target::named(&name)) else { return };
    // What a target promises to catch is no news; what it does not is told below.
    std::panic::set_hook(Box::new(|_| {}));
    let corpus = corpus(target).expect("the corpus is there");
    assert!(!corpus.is_empty(), "{} has no corpus", target.name);
    let mut worst = Worst::default();
    // The test runner has begun a line.
    println!();
    for (name, input) in &corpus {
        println!("AT input {name}");
        worst.take(name, target, input);
    }
    let inputs = bendable(&corpus);
    let mutants = number("SHEAF_FUZZ_MUTANTS").unwrap_or(MUTANTS);
    for number in 0..mutants {
        println!("AT mutant {number}");
        worst.take("a mutant", target, &mutant(&inputs, seed(), number));
    }
    println!("DONE {} inputs and {mutants} mutants; {worst}", corpus.len());
}

/// The most that any input has cost.
#[derive(Default)]
struct Worst {
    time: (Duration, String),
    largest: usize,
    peak: usize,
}

impl Worst {
    fn take(&mut self, name: &str, target: &Target, input: &[u8]) {
        match judge(target, input) {
            Ok(cost) => {
                self.time = std::mem::take(&mut self.time).max((cost.time, name.to_owned()));
                self.largest = self.largest.max(cost.asked.largest);
                self.peak = self.peak.max(cost.asked.peak);
            }
            Err(why) => {
                println!("FAILED {why}");
                std::process::exit(1);
            }
        }
    }
}

impl std::fmt::Display for Worst {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (time, name) = &self.time;
        write!(f, "at most {time:.1?} ({name}), {} KiB at once, {} KiB together", self.largest / 1024, self.peak / 1024)
    }
}

fn seed() -> u64 {
    number("SHEAF_FUZZ_SEED").unwrap_or(1)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
