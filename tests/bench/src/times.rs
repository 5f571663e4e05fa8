//! How long things took, and how that is printed.

use std::time::Instant;

/// Milliseconds, sorted, at least one.
pub(crate) struct Times(Vec<f64>);

impl Times {
    /// Of durations in milliseconds.
    pub(crate) fn of(mut times: Vec<f64>) -> Times {
        assert!(!times.is_empty(), "something was measured");
        times.sort_by(f64::total_cmp);
        Times(times)
    }

    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// What one in a hundred is slower than.
    pub(crate) fn p99(&self) -> f64 {
        self.0[self.0.len() * 99 / 100]
    }

    /// One row of a table; `beside` is what it is compared with, whose median stands for 1.
    pub(crate) fn print(&self, what: &str, beside: Option<&Times>) {
        let p99 = self.p99();
        let ratio = beside.map_or(String::new(), |other| format!("   x{:.3}", self.median() / other.median()));
        println!("  {what:<58} p50 {:>9.3} ms   p99 {p99:>9.3} ms   n={}{ratio}", self.median(), self.0.len());
    }
}

/// What an act came to, and how many milliseconds it took.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn took<T>(act: impl FnOnce() -> T) -> (T, f64) {
    let began = Instant::now();
    let outcome = act();
    (outcome, began.elapsed().as_secs_f64() * 1000.0)
}
