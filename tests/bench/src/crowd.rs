//! Whether anybody can clog the room: a key at one device until it is shown at another, while others do their worst.
//!
//! Two people type in one document over real QUIC on loopback, each on a node of its own. Every nuisance is measured beside the same pair left alone
//! just before it, and the memory of the node that it falls upon is watched all the while.

mod nuisance;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use sheaf_e2e::{Person, Up};

use crate::Outcome;
use crate::machine::memory;
use crate::times::Times;
use crate::typist::Typist;
use nuisance::{Nuisance, Target};

/// Keys of the pair in each part: ten seconds of them.
const KEYS: usize = 400;

/// Between two keys: a fast typist's pace, three times over, so that a p99 has something to stand on.
const PAUSE: Duration = Duration::from_millis(25);

/// The aim of issue 3: p99 within twice that of the same pair alone, and at most so many megabytes more.
const RATIO: f64 = 2.0;
const MEGABYTES: f64 = 100.0;

/// The pair, the document that they share, and the node that nuisances fall upon.
struct Room {
    ada: Person,
    ada_up: Up,
    document: String,
    ticket: String,
    left: Typist,
    right: Typist,
    /// Kept running.
    _ben: (Person, Up),
}

pub(crate) fn measure() -> Outcome {
    let mut room = Room::make()?;
    println!("a key at Ada's until it is shown at Ben's, two nodes over QUIC on loopback, durable on both");
    let typed = room.part("six more people type at 8 keys a second", None, |room| nuisance::crowd(&room.document, &room.ticket, false))?;
    room.part("one of the six pastes 5 MB", Some(("six type, nobody pastes", typed)), |room| {
        nuisance::crowd(&room.document, &room.ticket, true)
    })?;
    room.part("a member's machine stands still and reads nothing", None, |room| nuisance::frozen(&room.document, &room.ticket))?;
    room.part("50 peers connect, greet and never read", None, |room| nuisance::silent(&room.target()?, 50))?;
    room.part("a peer reads one byte a second", None, |room| nuisance::slow(&room.target()?))?;
    room.part("1,000 dials within 10 s from unknown keys", None, |room| nuisance::dials(&room.target()?, 1_000, Duration::from_secs(10)))?;
    Ok(())
}

impl Room {
    fn make() -> Outcome<Room> {
        let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
        let document = ada.done(["new", "Room"]);
        let ada_up = ada.up();
        let ticket = ada.done(["share", &document]);
        let ben_up = ben.up();
        ben.done(["join", &ticket]);
        let (left, right) = (Typist::sit(ada.home(), &document)?, Typist::sit(ben.home(), &document)?);
        Ok(Room { ada, ada_up, document, ticket, left, right, _ben: (ben, ben_up) })
    }

    /// The pair alone, then with the nuisance. It is held against `without`, where that is more than the pair alone.
    fn part(&mut self, what: &str, without: Option<(&str, Times)>, begin: impl FnOnce(&Room) -> Outcome<Nuisance>) -> Outcome<Times> {
        let before = memory(self.ada_up.process());
        let alone = self.keys()?;
        let watch = Watch::begin(self.ada_up.process());
        let nuisance = begin(self)?;
        let disturbed = self.keys()?;
        let said = nuisance.end();
        let more = (watch.end() as f64 - before as f64) / 1e6;
        println!("{what}{said}:");
        alone.print("the pair alone", None);
        without.iter().for_each(|(what, times)| times.print(what, Some(&alone)));
        let without = without.map_or(alone, |(_, times)| times);
        disturbed.print("meanwhile", Some(&without));
        let ratio = disturbed.p99() / without.p99();
        let says = |holds| if holds { "yes" } else { "no" };
        println!(
            "  p99 x{ratio:.2}, within x{RATIO}: {}; memory {more:+.1} MB, within +{MEGABYTES}: {}",
            says(ratio <= RATIO),
            says(more <= MEGABYTES)
        );
        Ok(disturbed)
    }

    fn keys(&mut self) -> Outcome<Times> {
        let times: Outcome<Vec<f64>> = (0..KEYS)
            .map(|_| {
                thread::sleep(PAUSE);
                let (word, typed) = self.left.type_word()?;
                Ok(self.right.until_shown(&word)?.saturating_duration_since(typed).as_secs_f64() * 1000.0)
            })
            .collect();
        Ok(Times::of(times?))
    }

    /// Where strangers find Ada's node.
    fn target(&self) -> Outcome<Target> {
        Target::of(&self.ada, &self.ticket)
    }
}

/// The largest memory of a process while it is watched.
struct Watch {
    stop: Arc<AtomicBool>,
    most: Arc<AtomicU64>,
    thread: thread::JoinHandle<()>,
}

impl Watch {
    fn begin(process: u32) -> Watch {
        let (stop, most): (Arc<AtomicBool>, Arc<AtomicU64>) = Default::default();
        let (stopped, largest) = (stop.clone(), most.clone());
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                largest.fetch_max(memory(process), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(50));
            }
        });
        Watch { stop, most, thread }
    }

    fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.thread.join());
        self.most.load(Ordering::Relaxed)
    }
}
