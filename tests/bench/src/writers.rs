//! Many people who type in one document: a key until every other view has it.
//!
//! Each has a node of their own, linked with every other by QUIC on loopback and without a relay; all of them share this machine, so that with
//! many the processors are what is measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use sheaf_e2e::{Person, Up};

use crate::Outcome;
use crate::times::Times;
use crate::typist::Typist;

/// Between two keys of one writer: eight a second.
pub(crate) const PACE: Duration = Duration::from_millis(125);

/// Keys of each writer: twenty seconds of them.
const KEYS: usize = 160;

/// A key that has not come after so long of silence counts as lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// The documents' writers; in the second round each types at a quarter of the pace, too, for machines on which the first is too much.
const ROUNDS: [(usize, u32); 3] = [(10, 1), (25, 1), (25, 4)];

/// What came of somebody's typing.
pub(crate) struct Written {
    /// The words, and when each was typed.
    pub(crate) typed: Vec<(String, Instant)>,
    /// How many milliseconds each took until it was saved.
    pub(crate) saved: Vec<f64>,
    /// When others' words were shown here.
    pub(crate) shown: BTreeMap<String, Instant>,
    /// Frames that this node sent meanwhile, and their bytes.
    pub(crate) sent: (u64, u64),
}

pub(crate) fn measure() -> Outcome {
    println!("a key until another's view has it, durable everywhere, every node linked with every other over QUIC on loopback, no relay");
    ROUNDS.into_iter().try_for_each(|(writers, slower)| round(writers, PACE * slower))
}

fn round(writers: usize, pace: Duration) -> Outcome {
    let (people, document) = gather(writers)?;
    let homes: Vec<&Path> = people.iter().map(|(person, _)| person.home()).collect();
    let written = all_at_pace(&homes, &document, 0, KEYS, pace)?;

    let (mut times, mut missing) = (Vec::new(), 0);
    for (from, to) in (0..writers).flat_map(|from| (0..writers).map(move |to| (from, to))).filter(|(from, to)| from != to) {
        for (word, typed) in &written[from].typed {
            match written[to].shown.get(word) {
                Some(shown) => times.push(milliseconds(*typed, *shown)),
                None => missing += 1,
            }
        }
    }
    let first = written.iter().filter_map(|one| one.typed.first()).map(|(_, at)| *at).min().ok_or("nobody typed")?;
    let last = written.iter().filter_map(|one| one.typed.last()).map(|(_, at)| *at).max().ok_or("nobody typed")?;
    let end = written.iter().flat_map(|one| one.shown.values()).copied().max().ok_or("nothing was shown")?;
    let rate = (writers * KEYS) as f64 / last.duration_since(first).as_secs_f64() / writers as f64;
    println!("{writers} writers, {:.1} keys a second asked of each, {rate:.1} typed:", 1.0 / pace.as_secs_f64());
    Times::of(times).print("a key until another's view has it", None);
    let saved = written.iter().flat_map(|one| one.saved.iter().copied()).collect();
    Times::of(saved).print("  of it, until it is saved where it was typed", None);
    let each = |of: fn(&Written) -> u64| written.iter().map(of).sum::<u64>() as f64 / (writers * KEYS * (writers - 1)) as f64;
    println!("  for each key and each other writer {:.2} frames, {:.0} bytes", each(|one| one.sent.0), each(|one| one.sent.1));
    println!("  the last key was everywhere after {:.0} ms; {missing} keys did not come", milliseconds(last, end));
    Ok(())
}

/// So many people with a node each, who share a document.
fn gather(writers: usize) -> Outcome<(Vec<(Person, Up)>, String)> {
    let host = Person::new("Writer");
    let document = host.done(["new", "Room"]);
    let up = host.up();
    let ticket = host.done(["share", &document]);
    let mut people = vec![(host, up)];
    for _ in 1..writers {
        let guest = Person::new("Writer");
        let up = guest.up();
        guest.done(["join", &ticket]);
        people.push((guest, up));
    }
    for (person, _) in &people {
        sheaf_e2e::eventually("everybody to be linked with everybody", || {
            let devices = person.status(&document)["devices"].as_array().cloned().unwrap_or_default();
            (devices.iter().filter(|device| device["linked"] == true).count() == writers - 1).then_some(())
        });
    }
    Ok((people, document))
}

/// Somebody at each of these nodes types so many keys at a pace, all at the same time; the first of them is the writer of this number.
pub(crate) fn all_at_pace(homes: &[&Path], document: &str, first: usize, keys: usize, pace: Duration) -> Outcome<Vec<Written>> {
    // What was there when somebody sat down is not shown to them: all sit before the first key.
    let typists: Vec<Typist> = homes.iter().map(|home| Typist::sit(home, document)).collect::<Outcome<_>>()?;
    let awaited = (homes.len() - 1) * keys;
    let typing =
        typists.into_iter().zip(first..).map(|(typist, number)| thread::spawn(move || at_pace(typist, number, keys, pace, awaited)));
    let typing: Vec<_> = typing.collect();
    typing.into_iter().map(|thread| thread.join().map_err(|_| "a writer panicked".to_owned())?).collect()
}

/// Types words of one's own at a pace, then listens until `awaited` words of others have been shown, or none comes any more.
#[expect(clippy::disallowed_methods, reason = "a benchmark keeps a pace")]
fn at_pace(mut typist: Typist, number: usize, keys: usize, pace: Duration, awaited: usize) -> Outcome<Written> {
    typist.keep_shown();
    let before = typist.sent()?;
    let (mut typed, mut saved) = (Vec::new(), Vec::new());
    let mut due = Instant::now() + pace.mul_f64((number % 10) as f64 / 10.0);
    for key in 0..keys {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // Who was held up does not catch up: nobody types faster for having waited.
        due = due.max(Instant::now()) + pace;
        let word = format!("w{number}k{key}q");
        let at = typist.insert(&word)?;
        saved.push(milliseconds(at, Instant::now()));
        typed.push((word, at));
    }
    let mut shown = BTreeMap::new();
    let mut taken = 0;
    loop {
        for (at, text) in &typist.shown()[taken..] {
            shown.extend(text.split_inclusive('q').map(|word| (word.to_owned(), *at)));
        }
        taken = typist.shown().len();
        if shown.len() >= awaited || !typist.hear_one(PATIENCE) {
            let after = typist.sent()?;
            return Ok(Written { typed, saved, shown, sent: (after.0 - before.0, after.1 - before.1) });
        }
    }
}

pub(crate) fn milliseconds(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1000.0
}
