//! A target under libFuzzer: built with coverage counters and started by `cargo xtask soak fuzz`.
//!
//! `SHEAF_FUZZ_TARGET` names the target; the arguments are libFuzzer's.
#![no_main]

use std::sync::{LazyLock, Once};

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use sheaf_fuzz::{Chance, Target, is_bendable, judge, mutate};

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("SHEAF_FUZZ_TARGET").unwrap_or_default();
    Target::named(&name).unwrap_or_else(|| panic!("SHEAF_FUZZ_TARGET names no target: {name:?}"))
});

fuzz_target!(|input: &[u8]| -> Corpus {
    // A bomb that is small because it is folded up would only make everything after it slow. Bombs are replayed in every check.
    if !is_bendable(input) {
        return Corpus::Reject;
    }
    static QUIET: Once = Once::new();
    // libfuzzer-sys aborts at every panic. What the replica catches is no failure, and what we judge we say in our own words.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    if let Err(why) = judge(*TARGET, input) {
        eprintln!("FAILED {}: {why}", TARGET.name);
        std::process::abort();
    }
    Corpus::Keep
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut lots = Lots(seed.into());
    // What is read back from a half-written corpus may be longer than what fits.
    let mutant = mutate(&data[..size], &data[..size], &mut lots, max_size);
    let length = mutant.len().min(max_size);
    data[..length].copy_from_slice(&mutant[..length]);
    length
});

/// Lots from libFuzzer's seed, and its own way of bending, which knows what comparisons it has seen fail.
struct Lots(u64);

impl Chance for Lots {
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's multiplier; the high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn bend(&mut self, bytes: &mut Vec<u8>, room: usize) {
        let length = bytes.len();
        bytes.resize(length + room.min(64), 0);
        let most = bytes.len();
        let bent = fuzzer_mutate(bytes, length, most);
        bytes.truncate(bent);
    }
}
