//! What no input may do: panic, take long, or ask for much memory.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use crate::{Target, heap, parts};

/// The longest that one input may take.
pub const LONGEST: Duration = Duration::from_millis(50);

/// The most bytes that one input may ask for, at once or together.
pub const MOST: usize = 16 * 1024 * 1024;

/// How often what seems slow is looked at: the first look may also make what a target makes once.
const LOOKS: usize = 3;

/// What an input has cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// How long it took: by the clock; where that is too long, on a core, for on a busy machine others take the time.
    pub time: Duration,
    /// What memory it asked for.
    pub asked: heap::Asked,
}

/// Runs an input through a target. The error says in one line what it has done. A process that dies of it dies here.
pub fn judge(target: &Target, input: &[u8]) -> Result<Cost, String> {
    let parts = parts::read(input);
    let mut cost = look(target, &parts)?;
    for _ in 1..LOOKS {
        if cost.time <= LONGEST && cost.asked.peak <= MOST {
            break;
        }
        cost = look(target, &parts)?;
    }
    let megabytes = |bytes: usize| bytes as f64 / 1024.0 / 1024.0;
    if cost.asked.largest > MOST || cost.asked.peak > MOST {
        let heap::Asked { largest, peak } = cost.asked;
        return Err(format!("it asks for {:.1} MiB at once and {:.1} MiB together", megabytes(largest), megabytes(peak)));
    }
    if cost.time > LONGEST { Err(format!("it takes {:.0?}, {LOOKS} times over", cost.time)) } else { Ok(cost) }
}

#[allow(clippy::disallowed_methods, reason = "a hang is a matter of the real clock")]
fn look(target: &Target, parts: &[Vec<u8>]) -> Result<Cost, String> {
    let (worked, began) = (on_a_core(), Instant::now());
    heap::begin();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(parts)));
    let (asked, elapsed) = (heap::asked(), began.elapsed());
    let busy = on_a_core().zip(worked).map(|(now, before)| now.saturating_sub(before));
    let time = busy.filter(|busy| elapsed > LONGEST && *busy < elapsed).unwrap_or(elapsed);
    let cost = Cost { time, asked };
    match outcome {
        Ok(()) => Ok(cost),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            Err(said.unwrap_or("a panic without words").lines().collect::<Vec<_>>().join(" / "))
        }
    }
}

/// How long this thread has been on a core, where Linux tells; exact to a tick of some milliseconds.
fn on_a_core() -> Option<Duration> {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    said.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
