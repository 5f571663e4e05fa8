//! The kinds of embeds. Nothing that people write words into is an embed. An unknown kind is kept and shown as a grey card.

/// Markdown that the schema cannot say yet, its bytes unchanged, shown as a card.
pub const SOURCE: &str = "source";

/// An image that is drawn. Its value is an [`crate::Attachment`].
pub const IMAGE: &str = "image";

/// Any other file, shown as a card. Its value is an [`crate::Attachment`].
pub const FILE: &str = "file";

/// Every kind this build knows.
pub const ALL: [&str; 3] = [SOURCE, IMAGE, FILE];
