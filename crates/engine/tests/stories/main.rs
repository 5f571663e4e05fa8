//! Stories about the engine, told through a client's lanes and a disk that fails on demand.

mod bytes;
mod disk;
mod lane;
mod library;
mod saving;
mod snapshots;
