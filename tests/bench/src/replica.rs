//! One remote update applied to a replica, with the Delta that an editor is told: ours and Yjs, over the same bytes.
//!
//! Ours walks the bytes before it trusts them, applies them to yrs and to its index, and tells the change. Yjs applies them and computes the
//! event's delta in an observer.

use std::error::Error;
use std::io::Write;

use sheaf_base::{ClientId, Update};
use sheaf_replica::Replica;
use sheaf_schema::Delta;

use crate::times::{Times, took};
use crate::{Outcome, script, text};

/// Updates that count.
const KEYS: usize = 300;

/// Not counted.
const WARM_UP: usize = 30;

pub(crate) fn measure() -> Outcome {
    println!("one remote key applied, with its Delta; the same bytes on both sides");
    for (what, lines, others) in [("10 KB", 100, 0), ("1 MB", 10_000, 0), ("10 KB, 180,000 client ids", 100, 180_000)] {
        let history = History::write(lines, others).map_err(|error| format!("the history could not be written: {error}"))?;
        let ours = history.apply().map_err(|error| format!("the replica refused its own history: {error}"))?;
        let mut file = tempfile::NamedTempFile::new().map_err(|error| format!("no temporary file: {error}"))?;
        file.write_all(&history.bytes()).map_err(|error| format!("cannot write the history: {error}"))?;
        let measured = script::read(script::node(&[], "replica.mjs").arg(file.path()).arg(WARM_UP.to_string()))?;
        let yjs = measured.times("yjs")?;
        println!("{what}:");
        Times::of(history.typed).print("sheaf: one's own key, applied and encoded", None);
        ours.print("sheaf: walked, applied, told as a Delta", Some(&yjs));
        yjs.print("yjs 13.6.33: applied, told as a delta", Some(&yjs));
    }
    Ok(())
}

/// A text with its past, and keys that come after it.
struct History {
    past: Vec<Update>,
    keys: Vec<Update>,
    /// What each key took where it was typed, in milliseconds.
    typed: Vec<f64>,
}

impl History {
    /// A text of so many lines, in whose past so many other clients have a say.
    fn write(lines: usize, others: u64) -> Result<History, Box<dyn Error>> {
        let mut fresh = text::ids();
        let (mut writer, founding) = Replica::found(ClientId(1))?;
        let mut past = vec![founding];
        past.extend(writer.push(&text::body(lines), &mut fresh)?.updates);
        past.extend((0..others).map(said_by));
        writer.apply(&past)?;
        let (mut keys, mut typed) = (Vec::new(), Vec::new());
        for key in 0..WARM_UP + KEYS {
            let delta = Delta::new().retain(writer.length() * (key % 97 + 1) / 100).insert("k");
            let (pushed, time) = took(|| writer.push(&delta, &mut fresh));
            keys.extend(pushed?.updates);
            typed.push(time);
        }
        Ok(History { past, keys, typed: typed.split_off(WARM_UP) })
    }

    /// What each key costs a replica that holds the past.
    fn apply(&self) -> Result<Times, sheaf_replica::ApplyError> {
        let mut reader = Replica::empty(ClientId(2));
        reader.apply(&self.past)?;
        let mut times = Vec::new();
        for key in &self.keys {
            let (applied, time) = took(|| reader.apply(std::slice::from_ref(key)));
            assert!(!applied?.delta.is_empty(), "a key changes the text");
            times.push(time);
        }
        Ok(Times::of(times.split_off(WARM_UP)))
    }

    /// As replica.mjs reads it: both lists of updates, each with its count, each update with its length; all numbers four bytes, little end first.
    fn bytes(&self) -> Vec<u8> {
        let number = |value: usize| u32::try_from(value).expect("a history of less than 4 GB").to_le_bytes();
        let mut bytes = Vec::new();
        for list in [&self.past, &self.keys] {
            bytes.extend(number(list.len()));
            for Update(update) in list {
                bytes.extend(number(update.len()));
                bytes.extend(update);
            }
        }
        bytes
    }
}

/// An update of another client, under a key of its own in `meta`: values of one key would all be in conflict, which is another question.
fn said_by(other: u64) -> Update {
    let key = other.to_string().into_bytes();
    let said = [vec![0, 0x28, 1, 4], b"meta".to_vec(), vec![key.len() as u8], key, vec![1, 120, 0]].concat();
    Update([vec![1, 1], number(1000 + other), said].concat())
}

/// A number as the Yjs encoding writes it.
fn number(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}
