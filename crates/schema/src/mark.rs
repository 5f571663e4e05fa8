//! Marks: what a character may be marked with. Their names are Quill's, so that a foreign editor needs no translation.

use crate::Scalar;

/// What a mark's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `true` or absent.
    Flag,
    /// An address. Any text may stand here; only [`crate::link::may_open`] says what is ever opened.
    Address,
    /// The name of one of [`COLOURS`].
    Colour,
}

impl Mark {
    /// Whether the schema knows this value; an unknown one is kept and not drawn.
    pub fn knows(self, value: &Scalar) -> bool {
        match self {
            Mark::Flag => *value == Scalar::Bool(true),
            Mark::Address => value.as_text().is_some_and(|address| !address.is_empty()),
            Mark::Colour => value.as_text().is_some_and(|name| COLOURS.iter().any(|colour| colour.name == name)),
        }
    }
}

/// The marks, outermost first: the order in which they nest where an order is needed, as in Markdown and HTML.
pub const MARKS: [(&str, Mark); 7] = [
    ("link", Mark::Address),
    ("background", Mark::Colour),
    ("underline", Mark::Flag),
    ("bold", Mark::Flag),
    ("italic", Mark::Flag),
    ("strike", Mark::Flag),
    ("code", Mark::Flag),
];

/// A highlight colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Its name, which is the mark's value and a colour that CSS knows.
    pub name: &'static str,
    /// What foreign editors and exported pages show, on white.
    pub css: &'static str,
}

/// The highlight colours; the first is what a plain highlight means.
pub const COLOURS: [Colour; 6] = [
    Colour { name: "yellow", css: "#fff3a3" },
    Colour { name: "orange", css: "#ffdcb2" },
    Colour { name: "pink", css: "#ffd6e7" },
    Colour { name: "purple", css: "#e6dbff" },
    Colour { name: "blue", css: "#d3e6ff" },
    Colour { name: "green", css: "#d5f2d0" },
];
