//! The parts of sentences.

use crate::Sentence;

/// A part, as it goes to a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Not there.
    Nothing,
    /// Words: a name, a path, or what a library said.
    Text(String),
    /// A number.
    Number(u64),
    /// A sentence within the sentence.
    Sentence(Sentence),
}

/// What can be a part.
pub trait Part {
    /// What it is in a window's catalogue. A sentence has been put into words before.
    const TYPE: &'static str;

    /// The part.
    fn told(&self) -> Told;
}

impl Part for String {
    const TYPE: &'static str = "string";

    fn told(&self) -> Told {
        Told::Text(self.clone())
    }
}

impl Part for u64 {
    const TYPE: &'static str = "number";

    fn told(&self) -> Told {
        Told::Number(*self)
    }
}

impl Part for Box<Sentence> {
    const TYPE: &'static str = "string";

    fn told(&self) -> Told {
        Told::Sentence(Sentence::clone(self))
    }
}

impl Part for Option<u64> {
    const TYPE: &'static str = "number | null";

    fn told(&self) -> Told {
        self.as_ref().map_or(Told::Nothing, Part::told)
    }
}

impl Part for Option<Box<Sentence>> {
    const TYPE: &'static str = "string | null";

    fn told(&self) -> Told {
        self.as_ref().map_or(Told::Nothing, Part::told)
    }
}
