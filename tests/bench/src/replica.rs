//! A keystroke of one's own applied and encoded, and the same keystroke applied elsewhere with the Delta that comes out: at 10 KB, at 1 MB, and among 180,000 client ids. The updates are left in a
//! folder, so that Yjs is given the very same bytes (`js/replica.mjs`).

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use sheaf_base::{ClientId, Update};
use sheaf_replica::Replica;
use sheaf_schema::{Delta, attributes};

use crate::{Outcome, at, say};

const KEYS: usize = 300;

/// Lines of a hundred characters, and other people's client ids: fifty authors in ten years leave 180,000 (design.md section 4).
const CASES: [(&str, usize, u64); 3] = [("10 KB", 100, 0), ("1 MB", 10_000, 0), ("10 KB, 180,000 client ids", 100, 180_000)];

pub(crate) fn measure(folder: &str) -> Outcome {
    for (index, (name, lines, clients)) in CASES.into_iter().enumerate() {
        let (base, keys, mut local) = updates(lines, clients)?;
        std::fs::write(Path::new(folder).join(format!("{index}.base")), framed(&base))?;
        std::fs::write(Path::new(folder).join(format!("{index}.keys")), framed(&keys))?;
        let mut there = Replica::empty(ClientId(2));
        there.apply(&base)?;
        let mut times = Vec::with_capacity(KEYS);
        for key in keys {
            let key = [key];
            let began = Instant::now();
            let applied = there.apply(&key)?;
            times.push(began.elapsed());
            assert!(!applied.delta.ops.is_empty(), "a keystroke changes the text");
        }
        let remote = json!({ "p50_ms": at(&mut times, 0.5), "p99_ms": at(&mut times, 0.99) });
        let local = json!({ "p50_ms": at(&mut local, 0.5), "p99_ms": at(&mut local, 0.99) });
        say(&json!({ "case": index, "name": name, "remote": remote, "local": local }));
    }
    Ok(())
}

/// What a replica was given: a body and what everybody else once said; keystrokes all over it; and what those took where they were made.
type Given = (Vec<Update>, Vec<Update>, Vec<Duration>);

fn updates(lines: usize, clients: u64) -> Result<Given, Box<dyn std::error::Error>> {
    let mut count = 0u64;
    let mut fresh = || {
        count += 1;
        std::array::from_fn(|index| (count.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (index % 8 * 8)) as u8)
    };
    let (mut here, founding) = Replica::found(ClientId(1))?;
    let mut body = Delta::new();
    for line in 0..lines {
        body = body.insert(format!("{line:06} {}", "x".repeat(92)));
        body = body.insert_with("\n", attributes([("line", format!("l{line}").into())]));
    }
    let mut base = vec![founding];
    base.extend(here.push(&body, &mut fresh)?.updates);
    for client in 0..clients {
        // Each says something under a key of its own: values of one key would all be in conflict, which is another question.
        let key = client.to_string().into_bytes();
        let said = [vec![0, 0x28, 1, 4], b"meta".to_vec(), vec![key.len() as u8], key, vec![1, 120, 0]].concat();
        base.push(Update([vec![1, 1], number(1000 + client), said].concat()));
    }
    here.apply(&base)?;
    let (mut keys, mut times) = (Vec::with_capacity(KEYS), Vec::with_capacity(KEYS));
    for round in 0..KEYS {
        let place = here.length() * (round % 97 + 1) / 100;
        let key = Delta::new().retain(place).insert("k");
        let began = Instant::now();
        let pushed = here.push(&key, &mut fresh)?;
        times.push(began.elapsed());
        keys.extend(pushed.updates);
    }
    Ok((base, keys, times))
}

/// Updates one after the other, each behind its length.
fn framed(updates: &[Update]) -> Vec<u8> {
    updates.iter().flat_map(|Update(bytes)| [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat()).collect()
}

fn number(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}
