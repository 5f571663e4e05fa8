//! Stories about the command line, told through the real binary: `SHEAF_BIN`, or the one that cargo has built.

mod base;
mod bodies;
mod bridge;
mod commands;
mod kill;
mod members;
mod node;
mod profile;
mod trouble;
