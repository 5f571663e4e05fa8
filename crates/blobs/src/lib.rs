//! The bytes of images and files: one file per content, named by BLAKE3, under the profile's `blobs/`.
//!
//! A file is whole or it is not there: it is written, or comes from a peer, in `blobs/incoming/`, and gets its name only when every byte has
//! been hashed and is on the disk. A [`List`] says what each 256 KiB of a file must be, and is checked against the file's own hash before any
//! of it is believed. What came before a kill is judged the same way, so that resuming needs no state of its own.
//!
//! Nothing here unpacks, draws or runs what a file holds: [`look`] reads some bytes of its header. Nothing here knows a document or a peer.

mod folder;
mod list;
mod look;
mod part;
mod writing;

pub use folder::{BlobError, Blobs, Whole};
pub use list::{CHUNK, LARGEST, List, chunks};
pub use look::{HEADER, Look, look};
pub use part::Part;
pub use writing::Writing;
