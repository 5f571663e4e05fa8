//! The replica under load: random histories, hostile updates, real traces.

mod histories;
mod killers;
mod mutants;
mod room;
mod story;
mod traces;
mod voids;
