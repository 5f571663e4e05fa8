//! The kinds of embeds. Nothing that people write words into is an embed. An unknown kind is kept and shown as a grey card.

/// Markdown that the schema cannot say yet, its bytes unchanged, shown as a card.
pub const SOURCE: &str = "source";

/// A document that is named: `{id, title}`. Who has it reads the title that it has now; for everybody else it is called as it was called
/// when it was named.
pub const DOCUMENT: &str = "document";

/// Somebody who is named: `{device, name}`, as `document`.
pub const PERSON: &str = "person";

/// A day, `2026-11-29`, shown as the reader's language writes it.
pub const DATE: &str = "date";

/// Every kind this build knows.
pub const ALL: [&str; 4] = [SOURCE, DOCUMENT, PERSON, DATE];
