//! The window. Alone names tauri; decides nothing.

fn main() {}
