//! Stories about the store, each from the caller's side. Some run a copy of this program as a child and kill it.

mod attachments;
mod cost;
mod faults;
mod full_disk;
mod groups;
mod journal;
mod kill;
mod library;
mod made;
mod packs;
mod profile;
