//! The replica under load: random histories, hostile updates, real traces.

mod histories;
mod room;
mod story;
