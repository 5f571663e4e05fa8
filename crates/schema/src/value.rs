//! The values of attributes and of embeds.

use std::collections::BTreeMap;

/// The value of an attribute. Never a list or a map: attributes are compared by `===` in JavaScript, and by value in two CRDTs.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Scalar {
    /// In a retain: take the attribute away. In an insert it means nothing and is dropped.
    Null,
    /// `true`, as in bold.
    Bool(bool),
    /// A JavaScript number.
    Number(f64),
    /// Text: a link's address, a line's id, a colour's name.
    Text(String),
}

impl Scalar {
    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Scalar::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Scalar::Bool(value)
    }
}

impl From<f64> for Scalar {
    fn from(value: f64) -> Self {
        Scalar::Number(value)
    }
}

impl From<&str> for Scalar {
    fn from(value: &str) -> Self {
        Scalar::Text(value.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(value: String) -> Self {
        Scalar::Text(value)
    }
}

/// The value of an embed: anything JSON can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON's `null`.
    Null,
    /// JSON's `true` and `false`.
    Bool(bool),
    /// A JavaScript number.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Map(BTreeMap<String, Value>),
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => Value::Bool(value),
            Scalar::Number(value) => Value::Number(value),
            Scalar::Text(value) => Value::Text(value),
        }
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

/// One thing in the text that is not a character, and counts as one: `{kind: value}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Embed {
    /// What it is: one of [`crate::embed`]'s names, or one this build does not know.
    pub kind: String,
    /// What it holds.
    pub value: Value,
}

impl Embed {
    /// An embed of this kind with this value.
    pub fn new(kind: impl Into<String>, value: impl Into<Value>) -> Self {
        Embed { kind: kind.into(), value: value.into() }
    }
}
