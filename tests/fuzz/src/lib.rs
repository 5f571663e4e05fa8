//! Hostile bytes: everything in Sheaf that reads what strangers send, as targets that anything may be thrown at.
//!
//! A [`Target`] is a function that panics if a promise is broken. [`judge`] runs an input through one and also catches what is slow or asks
//! for much memory. Three things throw: the committed corpus and seconds of seeded mutants in every check (`tests/corpus.rs`), and libFuzzer
//! with coverage in `cargo xtask soak fuzz` (`src/bin/coverage.rs`). An input is a few parts ([`parts`]); what lies deep, behind checksums,
//! signatures and encryption, is put together from the parts by the target itself, as a hostile member would.

pub mod heap;
mod judge;
mod mutants;
pub mod parts;
mod seeds;
mod targets;

pub use judge::{Cost, LONGEST, MOST, judge};
pub use mutants::{Chance, bendable, is_bendable, mutant, mutate};
pub use seeds::named;
pub use targets::TARGETS;

#[global_allocator]
static HEAP: heap::Counted = heap::Counted;

/// Something that reads strangers' bytes.
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// What is promised of it.
    pub promise: &'static str,
    /// Runs one input, in parts. Panics if a promise is broken.
    pub run: fn(&[Vec<u8>]),
}

impl Target {
    /// The target of this name.
    pub fn named(name: &str) -> Option<&'static Target> {
        TARGETS.iter().find(|target| target.name == name)
    }
}

/// The committed inputs of a target, by name, in order.
pub fn corpus(target: &Target) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut inputs = Vec::new();
    for entry in std::fs::read_dir(folder("corpus").join(target.name))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        inputs.push((name, std::fs::read(path)?));
    }
    inputs.sort();
    Ok(inputs)
}

/// A folder of this crate. In a target folder that several clones share, this may have been built in another one.
pub fn folder(name: &str) -> std::path::PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    std::path::PathBuf::from(here).join(name)
}
