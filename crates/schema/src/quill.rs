//! Quill's names beside ours, for foreign editors and for what is pasted from them. Marks need no translation: they have Quill's names.

/// The value of a Quill attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// `true`.
    True,
    /// A level.
    Number(u8),
    /// A name.
    Text(&'static str),
}

/// A line in our words and in Quill's: block string, Quill's attribute, its value. Where two rows fit, the first holds.
pub const LINES: [(&str, &str, Value); 12] = [
    ("h1", "header", Value::Number(1)),
    ("h2", "header", Value::Number(2)),
    ("h3", "header", Value::Number(3)),
    ("h4", "header", Value::Number(4)),
    ("h5", "header", Value::Number(5)),
    ("h6", "header", Value::Number(6)),
    ("ul", "list", Value::Text("bullet")),
    ("ol", "list", Value::Text("ordered")),
    ("task", "list", Value::Text("unchecked")),
    ("task done", "list", Value::Text("checked")),
    ("p q=1", "blockquote", Value::True),
    ("code", "code-block", Value::Text("plain")),
];

/// Quill's attribute for our `in=N`: the same number.
pub const INDENT: &str = "indent";

/// Quill's attribute for a line of code. Its value is our `lang`; `plain` or `true` where there is none.
pub const CODE: &str = "code-block";
