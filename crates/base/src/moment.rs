//! Time, as it is handed in. Nothing in the pure crates reads a clock.

use std::time::Duration;

/// Milliseconds since 1970, by somebody's clock. For people to read; nothing is ever decided by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Wall(pub u64);

/// What the shell's clocks say as a turn begins; read once a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// For people.
    pub wall: Wall,
    /// For timeouts: never goes back, counts from the start of the process.
    pub elapsed: Duration,
}
