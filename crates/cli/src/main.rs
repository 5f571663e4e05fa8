//! Everything the app can do, without a window.

fn main() {}
