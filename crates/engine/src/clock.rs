//! Time. The one place of the engine that reads a clock; everything below is handed what it says.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sheaf_base::{Moment, Wall};

/// The process's clocks.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// A clock that counts from now.
    #[allow(clippy::disallowed_methods, reason = "the shell's one clock")]
    pub fn start() -> Clock {
        Clock { started: Instant::now() }
    }

    /// What the clocks say.
    #[allow(clippy::disallowed_methods, reason = "the shell's one clock")]
    pub fn now(&self) -> Moment {
        Moment { wall: self.wall(), elapsed: self.started.elapsed() }
    }

    /// The time of day, for people. A clock before 1970 reads as 1970.
    #[allow(clippy::disallowed_methods, reason = "the shell's one clock")]
    pub fn wall(&self) -> Wall {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Wall(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// Sleeps until a moment of [`Moment::elapsed`]; not at all if it has passed.
    pub async fn sleep_until(&self, elapsed: Duration) {
        tokio::time::sleep_until((self.started + elapsed).into()).await;
    }
}
