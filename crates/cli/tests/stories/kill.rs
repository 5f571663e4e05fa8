//! kill -9, for real: a node is killed at random moments, while it starts, while it folds, while a view types; nothing that was
//! acknowledged is ever lost.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use sheaf_store::Store;

use crate::profile::{Lane, Profile};

/// Rounds of each kind: more than 100 kills, and then those of profiles that are being made.
const TYPING: usize = 70;
const STARTING: usize = 30;
const FOLDING: usize = 20;
const MAKING: usize = 25;

/// Up to how long after a start a kill comes. Machines start at different speeds: a kill that came too late halves it, one that came in time
/// lets it grow.
struct Patience(Duration);

impl Patience {
    fn wait(&self, random: &mut ChaCha8Rng) {
        std::thread::sleep(self.0.mul_f64(random.random_range(0.0..1.0)));
    }

    fn learn(&mut self, in_time: bool) {
        self.0 = self.0.mul_f64(if in_time { 1.25 } else { 0.5 });
    }
}

/// What a round of typing left: how many words were acknowledged in all, and in this round.
struct Typed {
    acknowledged: u64,
    fresh: u64,
}

/// One profile that is killed again and again. Word n of its document is the n-th that was typed, at its beginning.
struct Victim {
    profile: Profile,
    document: String,
    random: ChaCha8Rng,
    words: u64,
}

impl Victim {
    fn new(seed: u64) -> Victim {
        let profile = Profile::new();
        let document = profile.line(&["new", "Victim"]);
        Victim { profile, document, random: ChaCha8Rng::seed_from_u64(seed), words: 0 }
    }

    fn start(&self) -> Child {
        let mut command = self.profile.command(&["--json", "up"]);
        // While somebody types, folding waits for eight times as many rows.
        command.env("SHEAF_FOLD_AFTER", "3").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("sheaf starts")
    }

    /// Connects to a node that is starting.
    fn lane(&self, child: &mut Child) -> Lane {
        for _ in 0..6000 {
            assert!(child.try_wait().expect("a child").is_none(), "the node ended by itself");
            if let Some(socket) = self.socket() {
                return Lane::open(&socket);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the node never offered its socket");
    }

    /// The socket, if the node has come far enough to answer there. That of a node that was killed is still there, and nobody answers.
    fn socket(&self) -> Option<PathBuf> {
        let folder = self.profile.home().with_file_name("runtime");
        let socket = std::fs::read_dir(folder).ok()?.next()?.ok()?.path().join("control");
        UnixStream::connect(&socket).is_ok().then_some(socket)
    }

    /// Opens a view, and checks that every word that was acknowledged is there, once, in order.
    fn check(&mut self, lane: &mut Lane, round: usize) -> Value {
        let opened = lane.view(&self.document, &format!("round{round}"));
        let text: String = opened["delta"]["ops"].as_array().expect("operations").iter().filter_map(|op| op["insert"].as_str()).collect();
        let words: Vec<u64> = text.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let newest = words.first().copied().unwrap_or(0);
        assert!(words.iter().copied().eq((1..=newest).rev()), "round {round}: words are missing or doubled: {words:?}");
        assert!(newest == self.words || newest == self.words + 1, "round {round}: {newest} words left of {}", self.words);
        self.words = newest;
        opened["version"].clone()
    }

    /// Types until the node is gone. After so many acknowledgements it tells the killer, and goes on.
    fn type_until_gone(&mut self, lane: &mut Lane, round: usize, mut version: Value, (killer, words): (&Sender<()>, u64)) -> Typed {
        let before = self.words;
        let view = format!("round{round}");
        for number in 1.. {
            let word = self.words + 1;
            let delta = json!({ "ops": [{ "insert": format!("{word} ") }] });
            let push = json!({ "document": self.document, "view": view, "number": number, "version": version, "delta": delta });
            let Ok(id) = lane.say("push", push) else { break };
            let answer = loop {
                match lane.hear() {
                    Some(told) if told["id"] == id => break Some(told),
                    Some(_) => {}
                    None => break None,
                }
            };
            let Some(answer) = answer else { break };
            assert!(answer["error"].is_null(), "round {round}: {answer}");
            version = answer["ok"]["version"].clone();
            self.words = word;
            if self.words - before == words {
                // Nobody listens where the folding is what kills.
                let _ = killer.send(());
            }
        }
        Typed { acknowledged: self.words, fresh: self.words - before }
    }

    fn integrity(&self) {
        let store = Store::open(&self.profile.home()).expect("the profile is free");
        assert_eq!(store.read(|reader| reader.integrity_check()).expect("readable"), Vec::<String>::new());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.profile.home().join("logs/sheaf.log")).unwrap_or_default()
    }
}

/// Kills a child a moment after it is told to, beside what its victim does meanwhile.
fn kill_when_told(mut child: Child, told: Receiver<()>, pause: Duration) -> JoinHandle<()> {
    std::thread::spawn(move || {
        told.recv().expect("the victim types");
        std::thread::sleep(pause);
        child.kill().expect("killed");
        child.wait().expect("gone");
    })
}

#[test]
fn nothing_acknowledged_is_lost_by_a_hundred_kills() {
    let seed = std::env::var("SHEAF_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("seed {seed} (SHEAF_SEED={seed} repeats it, as far as a kill can be repeated)");
    let mut victim = Victim::new(seed);
    let mut kinds: Vec<u8> = [vec![b't'; TYPING], vec![b's'; STARTING], vec![b'f'; FOLDING]].concat();
    for at in (1..kinds.len()).rev() {
        kinds.swap(at, victim.random.random_range(0..=at));
    }
    let mut fresh = Vec::new();
    let (mut while_folding, mut while_starting) = (0, 0);
    let mut patience = Patience(Duration::from_millis(20));
    for (round, kind) in kinds.into_iter().enumerate() {
        let mut child = victim.start();
        if kind == b's' {
            patience.wait(&mut victim.random);
            let in_time = victim.socket().is_none();
            patience.learn(in_time);
            while_starting += usize::from(in_time);
            child.kill().expect("killed");
            child.wait().expect("gone");
            continue;
        }
        let mut lane = victim.lane(&mut child);
        let version = victim.check(&mut lane, round);
        let (tell, told) = channel();
        let (words, pause) = (victim.random.random_range(5..60), Duration::from_micros(victim.random.random_range(0..20_000)));
        let killer = match kind {
            b't' => kill_when_told(child, told, pause),
            _ => kill_as_it_folds(child, victim.profile.home().join("logs/sheaf.log")),
        };
        let typed = victim.type_until_gone(&mut lane, round, version, (&tell, words));
        drop(tell);
        killer.join().expect("the killer lived");
        fresh.push(typed.fresh);
        let last = victim.log().lines().rfind(|line| line.contains("fold")).map(str::to_owned).unwrap_or_default();
        while_folding += usize::from(last.contains("folding"));
        if round % 10 == 0 {
            victim.integrity();
        }
        assert!(typed.acknowledged >= typed.fresh);
    }
    let mut child = victim.start();
    let mut lane = victim.lane(&mut child);
    victim.check(&mut lane, 1000);
    child.kill().expect("killed");
    child.wait().expect("gone");
    victim.integrity();
    fresh.sort_unstable();
    let median = fresh[fresh.len() / 2];
    println!(
        "{} kills, {while_starting} while starting, {while_folding} while folding, {} words; acknowledged between kills: median {median}",
        TYPING + STARTING + FOLDING,
        victim.words
    );
    assert!(median >= 10, "the node hardly wrote between kills: {fresh:?}");
    assert!(while_starting >= 10, "only {while_starting} kills came while it started");
    assert!(while_folding >= 10, "only {while_folding} kills came while it folded");
}

/// Watches the log, and kills the node as soon as it says that it folds.
fn kill_as_it_folds(mut child: Child, log: impl AsRef<Path> + Send + 'static) -> JoinHandle<()> {
    let count = |log: &Path| std::fs::read_to_string(log).unwrap_or_default().matches(" folding").count();
    std::thread::spawn(move || {
        let before = count(log.as_ref());
        for _ in 0..20_000 {
            if count(log.as_ref()) > before {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
    })
}

#[test]
fn a_profile_may_be_killed_while_it_is_made() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut unmade = 0;
    let mut patience = Patience(Duration::from_millis(60));
    for round in 0..MAKING {
        let profile = Profile::new();
        let mut command = profile.command(&["new", "First"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("sheaf starts");
        patience.wait(&mut random);
        child.kill().expect("killed, or done");
        let said = String::from_utf8(child.wait_with_output().expect("gone").stdout).expect("UTF-8");
        let listed = profile.json(&["list"]);
        if !said.is_empty() {
            assert_eq!(listed[0]["document"], said.trim_end(), "round {round}: an id was printed and the document is not there");
        }
        patience.learn(listed.is_empty());
        unmade += usize::from(listed.is_empty());
        let id = profile.line(&["new", "Second"]);
        assert_eq!(profile.ok(&["show", &id]).stdout, "", "round {round}");
    }
    println!("{MAKING} kills while a profile was made; {unmade} before there was a document");
    assert!(unmade >= 5, "the kills came too late to show anything");
}
