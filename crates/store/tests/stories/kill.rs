//! kill -9, for real: a child writes and says what was acknowledged, the parent kills it at a random moment and counts.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::{RngExt, SeedableRng};

use crate::made::{begun, check_whole, keystroke, open, tail};

const CHILD: &str = "SHEAF_STORE_CHILD";
const ROUNDS: u64 = 30;

/// The child's part. Run by the story below, in a process of its own.
#[test]
#[ignore = "runs only as the child of nothing_acknowledged_is_lost_by_kill_9"]
fn child() {
    let Some(profile) = std::env::var_os(CHILD) else { return };
    let store = open(Path::new(&profile));
    store.commit(begun(1)).wait().expect("a new document, or the old one");
    let mut said = std::io::stdout().lock();
    for number in tail(&store, 1) + 1.. {
        store.commit(keystroke(1, number)).wait().expect("written");
        writeln!(said, "saved {number}").and_then(|()| said.flush()).expect("the parent listens");
    }
}

fn start(profile: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "kill::child", "--ignored", "--nocapture"])
        .env(CHILD, profile)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts")
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    let seed = 9;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let profile = tempfile::tempdir().expect("a temporary folder");
    let mut between = Vec::new();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut child = start(profile.path());
        let said = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut numbers = said.filter_map(|line| line.expect("text").strip_prefix("saved ")?.parse::<u64>().ok());
        let before = acknowledged;
        // Every third child is killed as it starts, the others in the middle of their work.
        let pause = if round % 3 == 0 {
            random.random_range(0..30_000)
        } else {
            acknowledged = numbers.by_ref().take(random.random_range(5..60)).last().expect("the child writes");
            random.random_range(0..5_000)
        };
        std::thread::sleep(Duration::from_micros(pause));
        child.kill().expect("killed");
        child.wait().expect("gone");
        acknowledged = numbers.last().unwrap_or(acknowledged);
        between.push(acknowledged - before);
        let store = open(profile.path());
        assert!(tail(&store, 1) >= acknowledged, "seed {seed}, round {round}: {} of {acknowledged} left", tail(&store, 1));
        check_whole(&store, 1);
        acknowledged = tail(&store, 1);
    }
    between.sort_unstable();
    let median = between[between.len() / 2];
    println!("{ROUNDS} kills, {acknowledged} records, acknowledgements between kills: median {median}");
    assert!(median >= 10, "the children hardly wrote: {between:?}");
}
