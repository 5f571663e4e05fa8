//! Benchmarks against peers, one command each.
