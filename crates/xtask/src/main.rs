//! Setup, run, test, codegen, tidy, ci, dist.

fn main() {}
