//! The core's half of `page`, in a process of its own as in life: takes remote updates on stdin, writes each to a journal, applies it, and
//! tells the show that a page is told. One line each way. `ui/bench/whole.bench.ts` starts it as `sheaf-bench core` and is the page.

use std::io::{BufRead, Write};

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sheaf_base::{ClientId, Update};
use sheaf_replica::Replica;
use sheaf_schema::Delta;

use crate::commit::Journal;
use crate::times::took;
use crate::{Outcome, text};

/// Hears first `LINES KEYS`; says the body as a Delta, then so many remote updates in hexadecimal digits, each typed by somebody else. Then hears
/// updates until the end.
pub(crate) fn serve() -> Outcome {
    let mut heard = std::io::stdin().lock().lines().map_while(Result::ok);
    let asked = heard.next().unwrap_or_default();
    let (lines, keys) =
        asked.split_once(' ').and_then(|(lines, keys)| Some((lines.parse().ok()?, keys.parse().ok()?))).ok_or("hears LINES KEYS")?;
    let (mut reader, typed) = begin(lines, keys)?;
    say(&reader.delta().to_json())?;
    typed.iter().try_for_each(|Update(update)| say(&HEXLOWER.encode(update)))?;
    let mut journal = Journal::begin()?;
    for line in heard {
        let update = HEXLOWER.decode(line.as_bytes()).map_err(|error| format!("not an update: {error}"))?;
        let (written, commit) = took(|| journal.add());
        written?;
        let applied = reader.apply(&[Update(update)]).map_err(|error| error.to_string())?;
        let delta: Value = serde_json::from_str(&applied.delta.to_json()).map_err(|error| error.to_string())?;
        say(&json!({ "delta": delta, "length": reader.length(), "commit": commit }).to_string())?;
    }
    Ok(())
}

/// A replica, and keys typed elsewhere that it has not seen.
fn begin(lines: usize, keys: usize) -> Outcome<(Replica, Vec<Update>)> {
    let mut fresh = text::ids();
    let failed = |error: &dyn std::fmt::Display| format!("the text could not be made: {error}");
    let (mut writer, founding) = Replica::found(ClientId(1)).map_err(|error| failed(&error))?;
    let mut past = vec![founding];
    past.extend(writer.push(&text::body(lines), &mut fresh).map_err(|error| failed(&error))?.updates);
    let mut reader = Replica::empty(ClientId(2));
    reader.apply(&past).map_err(|error| failed(&error))?;
    let mut typed = Vec::new();
    for key in 0..keys {
        // Near the middle, in one of five lines, as in keystroke.bench.ts.
        let at = (lines / 2 + key % 5) * 100 + 5;
        typed.extend(writer.push(&Delta::new().retain(at).insert("x"), &mut fresh).map_err(|error| failed(&error))?.updates);
    }
    Ok((reader, typed))
}

fn say(line: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| format!("nobody listens: {error}"))
}
