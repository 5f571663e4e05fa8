//! What a document may say, said once: kinds of lines, marks on characters, embeds, highlight colours, links that may be opened; and
//! [`Delta`], the language in which a body and its changes are told.
//!
//! The table comes first. Editor, command line, Markdown and foreign clients all take these names from here; the editor's copy is
//! [`typescript`], which `cargo xtask codegen` writes. What this build does not know is kept: unknown kinds, tokens, marks and embeds
//! pass through everything here unchanged.
//!
//! Nothing here does I/O, and nothing here knows that a replica exists: a Delta's positions are UTF-16 offsets into a view's text.

pub mod attachment;
pub mod attributes;
mod block;
mod checksum;
mod delta;
pub mod embed;
pub mod json;
pub mod link;
mod mark;
pub mod quill;
mod table;
mod typescript;
pub mod utf16;
mod value;

pub use attachment::Attachment;
pub use attributes::{Attributes, attributes};
pub use block::{Align, Block, COLUMN_WIDTHS, Callout, Cell, Kind, MAX_CELL_ID, MAX_DEPTH, is_id, token};
pub use checksum::Checksum;
pub use delta::{Delta, Line, Lines, Misfit, Op};
pub use mark::{COLOURS, Colour, MARKS, Mark};
pub use table::{Row, Table};
pub use typescript::typescript;
pub use value::{Embed, Scalar, Value};

/// The schema epoch that this build writes and understands. A change of meaning that an older view would misread raises it; new kinds,
/// tokens, marks and embeds do not, since older views keep them.
pub const EPOCH: u32 = 1;

/// The attribute of a newline that holds the id of its line: written with the newline, never reformatted.
pub const LINE: &str = "line";

/// The attribute of a newline, in a view's Delta, that says what its line is; absent for a plain paragraph. See [`Block`].
pub const BLOCK: &str = "block";

/// A line break inside a line: U+2028.
pub const SOFT_BREAK: char = '\u{2028}';
