//! The kinds of embeds. Nothing that people write words into is an embed. An unknown kind is kept and shown as a grey card.

/// Markdown that the schema cannot say yet, its bytes unchanged, shown as a card.
pub const SOURCE: &str = "source";

/// Every kind this build knows.
pub const ALL: [&str; 1] = [SOURCE];
