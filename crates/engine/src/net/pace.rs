//! How fast a peer is heard. What comes faster waits at its own end: the reader of its link pauses, QUIC's windows fill, and nobody else's link notices.

use std::time::Duration;

use sheaf_protocol::Frame;

/// Frames that a peer may send on the fast lane in a second, for long: a hundred people who type as fast as they can send a tenth of that.
const FAST_FRAMES: f64 = 4_000.0;

/// And their bytes: ten of the largest frames a second, and much room for a paste. Whatever is larger belongs on the bulk lane.
const FAST_BYTES: f64 = 8.0 * 1024.0 * 1024.0;

/// Frames that a peer may send on the bulk lane in a second: as many of the largest as the fastest disk here takes.
const BULK_FRAMES: f64 = 4_000.0;

/// And their bytes: more than any first copy has needed, less than would fill a core with checking.
const BULK_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

/// Presence that a peer may send in a second, by datagram or, where it is too long for one, on the fast lane: at most twenty a document.
const PRESENCE: f64 = 400.0;

/// How many seconds' worth may come at once: whoever was silent has something to say.
const SECONDS_AT_ONCE: f64 = 2.0;

/// The pace of one lane of one link.
pub(super) struct Pace {
    frames: Bucket,
    bytes: Bucket,
    presence: Bucket,
}

impl Pace {
    /// For a fast lane, and the datagrams beside it.
    pub(super) fn fast(now: Duration) -> Pace {
        Pace::new(FAST_FRAMES, FAST_BYTES, now)
    }

    /// For a bulk lane.
    pub(super) fn bulk(now: Duration) -> Pace {
        Pace::new(BULK_FRAMES, BULK_BYTES, now)
    }

    fn new(frames: f64, bytes: f64, now: Duration) -> Pace {
        Pace { frames: Bucket::new(frames, now), bytes: Bucket::new(bytes, now), presence: Bucket::new(PRESENCE, now) }
    }

    /// How long to wait before a packet of so many bytes is looked at.
    pub(super) fn wait(&mut self, bytes: usize, now: Duration) -> Duration {
        self.frames.owe(1.0, now).max(self.bytes.owe(bytes as f64, now))
    }

    /// Whether a frame is heard. All are but presence that comes too fast: the next one says as much.
    pub(super) fn hears(&mut self, frame: &Frame, now: Duration) -> bool {
        !matches!(frame, Frame::Presence(_)) || self.presence.take(1.0, now)
    }
}

/// A token bucket: so much a second, and [`SECONDS_AT_ONCE`] of it at once.
struct Bucket {
    rate: f64,
    level: f64,
    at: Duration,
}

impl Bucket {
    fn new(rate: f64, now: Duration) -> Bucket {
        Bucket { rate, level: rate * SECONDS_AT_ONCE, at: now }
    }

    /// Takes so much if it is there.
    fn take(&mut self, amount: f64, now: Duration) -> bool {
        self.fill(now);
        let enough = self.level >= amount;
        if enough {
            self.level -= amount;
        }
        enough
    }

    /// Takes so much, and says after what time it will have been there.
    fn owe(&mut self, amount: f64, now: Duration) -> Duration {
        self.fill(now);
        self.level -= amount;
        Duration::from_secs_f64((-self.level / self.rate).max(0.0))
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.level = (self.level + passed * self.rate).min(self.rate * SECONDS_AT_ONCE);
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use sheaf_protocol::Presence;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn presence_is_heard_at_its_pace_and_everything_else_always() {
        let presence = Frame::Presence(Presence { counter: 1, selection: None, typing: false, gone: false });
        let mut pace = Pace::fast(SECOND);
        let heard = |pace: &mut Pace, now| (0..10_000).filter(|_| pace.hears(&presence, now)).count();
        assert_eq!(heard(&mut pace, SECOND), 800);
        assert!(pace.hears(&Frame::Bye, SECOND));
        assert_eq!(heard(&mut pace, 2 * SECOND), 400, "another second");
    }

    #[test]
    fn who_sends_faster_waits_for_as_long_as_it_was_too_fast() {
        let mut pace = Pace::fast(SECOND);
        let waits = |pace: &mut Pace, frames: usize, now| (0..frames).map(|_| pace.wait(100, now)).max().unwrap_or_default();
        assert_eq!(waits(&mut pace, 8_000, SECOND), Duration::ZERO, "two seconds' worth at once");
        assert_eq!(waits(&mut pace, 4_000, SECOND), SECOND, "then as fast as it may for long");
        assert_eq!(waits(&mut pace, 1, 3 * SECOND), Duration::ZERO, "and what was waited for is forgotten");
        assert!(Pace::fast(SECOND).wait(64 * 1024 * 1024, SECOND) > 5 * SECOND, "bytes count too");
    }
}
