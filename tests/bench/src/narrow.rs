//! Typing on a small machine at the end of a bad line: one core, 1 GiB, 64 kbit/s, 300 ms there and back, 5 % loss. Beside it the same machine
//! on a clear line: typing must not notice the network.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use sheaf_e2e::lab::{Lab, Mapping, Weather};
use sheaf_e2e::{Person, Up, eventually};

use crate::Outcome;
use crate::machine::memory;
use crate::times::Times;
use crate::writers::{PACE, all_at_pace, milliseconds};

const NARROW: Weather = Weather { loss_percent: 5, delay: Duration::from_millis(150), rate: Some(64_000) };

/// Keys of each of the two: half a minute.
const KEYS: usize = 240;

/// What the small machine may keep in memory.
const MEMORY: u64 = 1 << 30;

pub(crate) fn measure() -> Outcome {
    let Some(lab) = Lab::here() else { return Ok(()) };
    let _relay = lab.relay();
    let (server, home) = (lab.server(), lab.home(Mapping::OneForAll));
    let (machine, line) = home.machine_on_a_line(Weather::CLEAR);
    let (ada, ben) = (lab.person("Ada"), lab.person("Ben"));
    let limits = Limits::new()?;
    let (_ada_up, ben_up) = (server.up(&ada), machine.up_under(&ben, &limits.words()));
    let document = ada.done(["new", "Room"]);
    ben.done(["join", &ada.done(["share", &document])]);
    eventually("a direct path", || (ada.status(&document)["devices"][0]["path"] == "direct").then_some(()));
    println!("two people type at 8 keys a second each; Ben's node has one core and 1 GiB");
    part("on a clear line", &[&ada, &ben], &document, &ben_up)?;
    line.weather(NARROW);
    part("64 kbit/s, 300 ms there and back, 5 % lost", &[&ada, &ben], &document, &ben_up)
}

fn part(what: &str, people: &[&Person; 2], document: &str, ben_up: &Up) -> Outcome {
    // Words of each part are its own.
    let written = all_at_pace(&people.map(Person::home), document, 10 * what.len(), KEYS, PACE)?;
    let [ada, ben] = &written[..] else { return Err("two type".to_owned()) };
    println!("{what}:");
    Times::of(ben.saved.clone()).print("Ben's key until it is saved, which is all that typing waits for", None);
    for (name, from, to) in [("Ben's key until Ada sees it", ben, ada), ("Ada's key until Ben sees it", ada, ben)] {
        let times: Vec<f64> = from.typed.iter().filter_map(|(word, at)| Some(milliseconds(*at, *to.shown.get(word)?))).collect();
        let missing = from.typed.len() - times.len();
        Times::of(times).print(name, None);
        let last = from.typed.last().and_then(|(word, at)| Some(milliseconds(*at, *to.shown.get(word)?)));
        println!("    the last of them after {:.0} ms, {missing} missing", last.unwrap_or(f64::NAN));
    }
    eventually("the same text", || (people[0].text(document) == people[1].text(document)).then_some(()));
    println!("  both have the same text; Ben's node holds {:.0} MB", memory(ben_up.process()) as f64 / 1e6);
    Ok(())
}

/// One core and so much memory for one process, by a control group of this benchmark's own where there are such (version 1), else by the core alone.
struct Limits {
    group: Option<PathBuf>,
}

impl Limits {
    fn new() -> Outcome<Limits> {
        let group = PathBuf::from(format!("/sys/fs/cgroup/memory/sheaf-bench-{}", std::process::id()));
        if fs::create_dir(&group).is_err() {
            println!("  (no control group can be made here: the memory is not limited, only said)");
            return Ok(Limits { group: None });
        }
        let limit = group.join("memory.limit_in_bytes");
        fs::write(limit, MEMORY.to_string()).map_err(|error| format!("a control group takes no limit: {error}"))?;
        Ok(Limits { group: Some(group) })
    }

    /// What starts a program under them.
    fn words(&self) -> Vec<&str> {
        match &self.group {
            Some(group) => {
                let group = group.to_str().unwrap_or_default();
                vec!["sh", "-c", "echo $$ > \"$0/cgroup.procs\" && exec taskset -c 0 \"$@\"", group]
            }
            None => vec!["taskset", "-c", "0"],
        }
    }
}

impl Drop for Limits {
    fn drop(&mut self) {
        if let Some(group) = &self.group {
            // It stays while a process of it does; an empty group costs nothing.
            let _ = fs::remove_dir(group);
        }
    }
}
