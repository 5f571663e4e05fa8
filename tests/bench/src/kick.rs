//! How long a removal takes: from the click until the removed person's own window knows it, and until no stream about the document is left, at the one
//! who removed and at the removed. Two nodes over real QUIC on loopback, durable on both; both have a view open, and the removed one has just typed.

use sheaf_e2e::Person;

use crate::Outcome;
use crate::times::Times;
use crate::typist::Typist;

/// As many as issue 5 asks for. Each is a document and a membership of its own.
const RUNS: usize = 40;

/// The aim of issue 5 for p99, in milliseconds.
const AIM: f64 = 1000.0;

pub(crate) fn measure() -> Outcome {
    let ada = Person::new("Ada");
    let _up = ada.up();
    let (mut told, mut closed, mut left) = (Vec::with_capacity(RUNS), Vec::with_capacity(RUNS), Vec::with_capacity(RUNS));
    for run in 0..RUNS {
        // Somebody new each time: whoever was removed elsewhere knocks now and then, and that would be counted here.
        let ben = Person::new("Ben");
        let _ben_up = ben.up();
        let document = ada.done(["new", &format!("Room {run}")]);
        let ticket = ada.done(["share", &document]);
        ben.done(["join", &ticket]);
        let (mut admin, mut guest) = (Typist::sit(ada.home(), &document)?, Typist::sit(ben.home(), &document)?);
        let (word, _) = guest.type_word()?;
        admin.until_shown(&word)?;
        let clicked = admin.removes(ben.name())?;
        let since = |at: std::time::Instant| at.saturating_duration_since(clicked).as_secs_f64() * 1000.0;
        // Looked at side by side: who is asked last would else seem the slowest.
        let (here, there) = std::thread::scope(|scope| {
            let here = scope.spawn(|| admin.until_alone());
            let there = guest.until_removed().and_then(|knows| Ok((knows, guest.until_alone()?)));
            (here.join(), there)
        });
        let here = here.map_err(|_| "a thread that waited panicked".to_owned())?.map_err(|why| format!("at whoever removed: {why}"))?;
        let (knows, gone) = there.map_err(|why| format!("at whoever was removed: {why}"))?;
        told.push(since(knows));
        closed.push(since(here));
        left.push(since(gone));
    }
    let (told, closed, left) = (Times::of(told), Times::of(closed), Times::of(left));
    println!("{RUNS} people who are removed right after a word of theirs was shown");
    told.print("until their own window says so", None);
    closed.print("until whoever removed them has closed the stream", None);
    left.print("until it is seen closed at the removed", None);
    let slowest = [&told, &closed, &left].map(Times::p99).into_iter().fold(0.0, f64::max);
    println!("  p99 of all within {AIM} ms: {}", if slowest <= AIM { "yes" } else { "no" });
    Ok(())
}
