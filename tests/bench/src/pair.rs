//! A key at one device until it is shown at another.
//!
//! Sheaf: two `sheaf up` processes over real QUIC on loopback; the script pushes over one's bridge and hears over the other's, and both have
//! written the key durably by then. The peers: a server process and two Yjs clients in the script's own process, nothing durable anywhere. All sides
//! take turns key by key, so that they meet the same weather. No side draws anything.

use crate::times::Times;
use crate::{Outcome, commit, script};

/// Keys that count, for each size and side.
const KEYS: usize = 300;

/// Lines of a hundred characters.
const SIZES: [(&str, usize); 3] = [("10 KB", 100), ("100 KB", 1_000), ("1 MB", 10_000)];

/// Commits before, and as many after the keys: the disk is as busy as everything else.
const COMMITS: usize = 150;

pub(crate) fn measure() -> Outcome {
    println!("a key at A until it is shown at B, on loopback; Sheaf is durable on both, the others nowhere");
    for (size, lines) in SIZES {
        let before = commit::measure(COMMITS)?;
        let mut script = script::node(&[], "pair.mjs");
        let measured = script::read(script.args([lines.to_string(), KEYS.to_string()]).env("SHEAF_BIN", script::sheaf()?))?;
        let after = commit::measure(COMMITS)?;
        let (sheaf, hocuspocus) = (measured.times("sheaf")?, measured.times("hocuspocus")?);
        println!("{size}:");
        sheaf.print("sheaf, two devices over QUIC, durable", Some(&hocuspocus));
        measured.times("saved")?.print("  of it, until A says saved", None);
        measured.times("y-websocket")?.print("y-websocket 2.1.0, server and two Yjs clients", Some(&hocuspocus));
        hocuspocus.print("hocuspocus 3.4.4, server and two Yjs clients", Some(&hocuspocus));
        before.print("one durable commit, 15 ms apart as the keys, before them", None);
        after.print("one durable commit, 15 ms apart as the keys, after them", None);
        aim(&sheaf, &hocuspocus, f64::midpoint(before.median(), after.median()));
    }
    Ok(())
}

/// The aim of issue 2: at most Hocuspocus plus two commits, and below Hocuspocus alone from 100 KB on.
fn aim(sheaf: &Times, hocuspocus: &Times, commit: f64) {
    let (own, other) = (sheaf.median(), hocuspocus.median());
    let says = |holds| if holds { "yes" } else { "no" };
    println!(
        "  at most hocuspocus and two commits ({:.3} ms): {}; below hocuspocus alone: {}",
        other + 2.0 * commit,
        says(own <= other + 2.0 * commit),
        says(own < other)
    );
}
