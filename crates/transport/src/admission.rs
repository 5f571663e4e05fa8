//! Who may begin a handshake: token buckets for where dials come from. Pure arithmetic; the door asks it.
//!
//! An unknown dialer can cost us a handshake (a signature and a key exchange) before we know who it is. So each source gets a
//! small allowance, all handshakes together have a bound, and a source that has not shown that it can receive is asked to, by a
//! stateless retry, as soon as things get busy.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

/// Handshakes under way at once. A handshake lasts one round trip and holds a few KiB.
const UNDER_WAY: usize = 64;
/// From this many on, a dialer must first show that it receives at the address it claims.
const BUSY: usize = 16;
/// Dials that one source may make at once, and what it regains a second.
const BURST: f64 = 32.0;
const PER_SECOND: f64 = 8.0;
/// Sources remembered. At the limit the fullest buckets, which say nothing, are forgotten first.
const SOURCES: usize = 1024;

/// Where a dial comes from, as far as it can be told before the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// An address; of version 6 the /64, which one machine may own.
    Address(u128),
    /// Through a relay, which has checked this key.
    Relayed([u8; 32]),
    /// Something else.
    Other,
}

impl Source {
    pub(crate) fn of(address: IpAddr) -> Source {
        match address {
            IpAddr::V4(v4) => Source::Address(u128::from(v4.to_ipv6_mapped())),
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => Source::of(IpAddr::V4(v4)),
                None => Source::Address(u128::from(v6) >> 64 << 64),
            },
        }
    }
}

/// What to do with a dial.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Do the handshake.
    Admit,
    /// Send it a stateless retry first.
    Challenge,
    /// Too many; say nothing, which costs nothing.
    Ignore,
}

struct Bucket {
    tokens: f64,
    at: Duration,
}

/// The allowances of all sources.
#[derive(Default)]
pub(crate) struct Allowances {
    buckets: BTreeMap<Source, Bucket>,
}

impl Allowances {
    /// Decides about one dial at `now` (any clock that never goes back), with `under_way` handshakes unfinished.
    pub(crate) fn admit(&mut self, source: Source, validated: bool, under_way: usize, now: Duration) -> Admission {
        if under_way >= UNDER_WAY {
            return Admission::Ignore;
        }
        if !validated && under_way >= BUSY {
            return Admission::Challenge;
        }
        if self.take(source, now) { Admission::Admit } else { Admission::Ignore }
    }

    fn take(&mut self, source: Source, now: Duration) -> bool {
        if self.buckets.len() >= SOURCES && !self.buckets.contains_key(&source) {
            self.forget_the_quiet(now);
        }
        let bucket = self.buckets.entry(source).or_insert(Bucket { tokens: BURST, at: now });
        bucket.tokens = refilled(bucket, now);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }

    /// Full buckets are like no bucket; if none is full, all begin anew rather than grow.
    fn forget_the_quiet(&mut self, now: Duration) {
        self.buckets.retain(|_, bucket| refilled(bucket, now) < BURST);
        if self.buckets.len() >= SOURCES {
            self.buckets.clear();
        }
    }
}

fn refilled(bucket: &Bucket, now: Duration) -> f64 {
    (bucket.tokens + now.saturating_sub(bucket.at).as_secs_f64() * PER_SECOND).min(BURST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_noisy_source_does_not_use_up_anothers_allowance() {
        let mut allowances = Allowances::default();
        let (noisy, quiet) = (Source::of([10, 0, 0, 1].into()), Source::of([10, 0, 0, 2].into()));
        let admitted = (0..1_000).filter(|_| allowances.admit(noisy, true, 0, Duration::ZERO) == Admission::Admit).count();
        assert_eq!(admitted, BURST as usize);
        assert_eq!(allowances.admit(quiet, true, 0, Duration::ZERO), Admission::Admit);
        assert_eq!(allowances.admit(noisy, true, 0, Duration::from_secs(1)), Admission::Admit, "it comes back with time");
    }

    #[test]
    fn when_busy_a_dialer_must_show_that_it_receives() {
        let mut allowances = Allowances::default();
        let source = Source::of([10, 0, 0, 1].into());
        assert_eq!(allowances.admit(source, false, BUSY, Duration::ZERO), Admission::Challenge);
        assert_eq!(allowances.admit(source, true, BUSY, Duration::ZERO), Admission::Admit);
        assert_eq!(allowances.admit(source, true, UNDER_WAY, Duration::ZERO), Admission::Ignore);
    }

    #[test]
    fn a_million_sources_are_not_remembered() {
        let mut allowances = Allowances::default();
        for number in 0..100_000u32 {
            allowances.admit(Source::of(IpAddr::V4(number.into())), true, 0, Duration::ZERO);
            assert!(allowances.buckets.len() <= SOURCES);
        }
    }

    #[test]
    fn a_machine_with_a_whole_v6_network_is_one_source() {
        let one = Source::of("2001:db8::1".parse().expect("an address"));
        assert_eq!(one, Source::of("2001:db8::ffff:1".parse().expect("an address")));
        assert_ne!(one, Source::of("2001:db8:0:1::1".parse().expect("an address")));
    }
}
