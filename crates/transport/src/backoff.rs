//! When to try again.

use std::time::Duration;

/// The first wait after a failure.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait. A device that comes back dials us itself at once, so this matters only where it cannot.
const LONGEST: Duration = Duration::from_secs(30);
/// The longest for a device that was linked lately. Where the network in between was silent for a while and nothing tells either side that it is back,
/// whoever dials next ends the outage, so this is how long it goes on at most; a dial that nobody answers takes longer than that itself.
const LONGEST_LATELY: Duration = Duration::from_secs(8);

/// Exponential waits with jitter, so that many devices cut off together do not come back together.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    failures: u32,
    random: u64,
}

impl Backoff {
    /// `seed` decides the jitter; different devices hand in different ones.
    pub(crate) fn new(seed: u64) -> Backoff {
        Backoff { failures: 0, random: seed }
    }

    /// How often it failed since the last success or reset.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Something changed (a success, another network, a wake, a wish): the next try is due at once.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after one more failure: between half and the whole of the doubled wait. `lately`: the device was linked a while ago.
    pub(crate) fn failed(&mut self, lately: bool) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.failures.min(10)).min(if lately { LONGEST_LATELY } else { LONGEST });
        self.failures = self.failures.saturating_add(1);
        whole.mul_f64(0.5 + 0.5 * self.fraction())
    }

    /// A number from 0 to 1 (splitmix64).
    fn fraction(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_a_reset_begins_again() {
        for (lately, longest) in [(false, LONGEST), (true, LONGEST_LATELY)] {
            let mut backoff = Backoff::new(5);
            let mut ceiling = FIRST;
            for _ in 0..12 {
                let wait = backoff.failed(lately);
                assert!(wait <= ceiling && wait >= ceiling / 2, "{wait:?} of {ceiling:?}");
                ceiling = (ceiling * 2).min(longest);
            }
            backoff.reset();
            assert!(backoff.failed(lately) <= FIRST);
        }
    }

    #[test]
    fn two_devices_do_not_wait_in_step() {
        let (mut one, mut other) = (Backoff::new(1), Backoff::new(2));
        let same = (0..8).filter(|_| one.failed(false) == other.failed(false)).count();
        assert_eq!(same, 0);
    }
}
