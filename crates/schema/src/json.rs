//! Values and Deltas as JSON, in the form that Quill writes them: `{"ops":[{"insert":"a","attributes":{"bold":true}},{"retain":3}]}`.
//!
//! Writing is canonical: no blanks, keys in order of their code points, numbers as JavaScript prints them, only what must be escaped is.
//! Reading is bounded: nesting is limited, and nothing is allocated by a claimed length.

mod delta;
mod read;
mod write;

pub use delta::NotADelta;
pub use read::{NotJson, read};
pub use write::write;
