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

/// A formula in a line, its value the text of it in TeX.
pub const FORMULA: &str = "formula";

/// A reference to a footnote, its value the id that the footnote's lines name as `note=ID`. Its number is its place among the references.
pub const FOOTNOTE: &str = "footnote";

/// A table of contents, drawn from the headings. Its value is `true`.
pub const CONTENTS: &str = "toc";

/// The language of code that is a formula of its own, in TeX.
pub const MATH: &str = "math";

/// An image that is drawn. Its value is an [`crate::Attachment`].
pub const IMAGE: &str = "image";

/// Any other file, shown as a card. Its value is an [`crate::Attachment`].
pub const FILE: &str = "file";

/// Every kind this build knows.
pub const ALL: [&str; 9] = [SOURCE, DOCUMENT, PERSON, DATE, FORMULA, FOOTNOTE, CONTENTS, IMAGE, FILE];
