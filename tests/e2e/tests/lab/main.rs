//! Real networks, on one machine: homes behind routers of both kinds, UDP that is blocked, lines that lose and delay, cables that are pulled,
//! addresses that change, a relay that starts again. Everywhere the same is asked: editors converge within seconds without anybody doing
//! anything, and what Sheaf says about the path is what the wire shows.

#![allow(clippy::disallowed_methods, reason = "stories outside the product wait for real time to pass and say how long it took")]

mod changes;
mod lines;
mod pair;
mod routers;
