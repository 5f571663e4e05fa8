//! How long a removal takes: from the click until the removed person's own window knows it, and until nobody talks to their device about the document
//! any more. Two nodes over real QUIC on loopback, durable on both; both have a view open, and the removed one has just typed.

use sheaf_e2e::Person;

use crate::Outcome;
use crate::times::Times;
use crate::typist::Typist;

/// As many as issue 5 asks for. Each is a document and a membership of its own.
const RUNS: usize = 40;

/// The aim of issue 5 for p99, in milliseconds.
const AIM: f64 = 1000.0;

pub(crate) fn measure() -> Outcome {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let _up = (ada.up(), ben.up());
    let (mut told, mut closed) = (Vec::with_capacity(RUNS), Vec::with_capacity(RUNS));
    for run in 0..RUNS {
        let document = ada.done(["new", &format!("Room {run}")]);
        let ticket = ada.done(["share", &document]);
        ben.done(["join", &ticket]);
        let (mut left, mut right) = (Typist::sit(ada.home(), &document)?, Typist::sit(ben.home(), &document)?);
        let (word, _) = right.type_word()?;
        left.until_shown(&word)?;
        let device = ben.done(["id"]);
        let clicked = left.removes(device.trim())?;
        let since = |at: std::time::Instant| at.saturating_duration_since(clicked).as_secs_f64() * 1000.0;
        closed.push(since(left.until_alone()?));
        told.push(since(right.until_removed()?));
    }
    let (told, closed) = (Times::of(told), Times::of(closed));
    println!("{RUNS} people who are removed right after a word of theirs was shown");
    told.print("until their own window says so", None);
    closed.print("until no link about the document is left", None);
    println!("  p99 of both within {AIM} ms: {}", if told.p99().max(closed.p99()) <= AIM { "yes" } else { "no" });
    Ok(())
}
