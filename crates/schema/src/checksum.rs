//! The checksum that rides on shows, so that a screen which differs from the core's text is noticed. It finds mistakes, not malice.

use crate::{Delta, Op};

/// A running FNV-1a of 32 bits over the UTF-16 units of a text, a whole unit at a step; embeds count as U+FFFC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksum(u32);

impl Checksum {
    /// Of the empty text.
    pub fn new() -> Self {
        Checksum(0x811C_9DC5)
    }

    /// After more text.
    pub fn and(self, text: &str) -> Self {
        Checksum(text.encode_utf16().fold(self.0, |sum, unit| (sum ^ u32::from(unit)).wrapping_mul(0x0100_0193)))
    }

    /// After an embed.
    pub fn and_embed(self) -> Self {
        self.and("\u{FFFC}")
    }

    /// The number.
    pub fn value(self) -> u32 {
        self.0
    }
}

impl Default for Checksum {
    fn default() -> Self {
        Checksum::new()
    }
}

impl Delta {
    /// The checksum of a body's text.
    pub fn checksum(&self) -> u32 {
        let sum = self.ops.iter().fold(Checksum::new(), |sum, op| match op {
            Op::Insert { text, .. } => sum.and(text),
            Op::Embed { .. } => sum.and_embed(),
            Op::Retain { .. } | Op::Delete { .. } => sum,
        });
        sum.value()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Delta, Embed};

    #[test]
    fn the_checksum_is_the_one_javascript_computes() {
        // let sum = 0x811c9dc5; for (unit of text) sum = Math.imul(sum ^ unit, 0x01000193) >>> 0
        assert_eq!(Delta::new().checksum(), 2_166_136_261);
        assert_eq!(Delta::new().insert("a𝄞\n").checksum(), 3_819_846_200);
        let body = Delta::new().insert("a").embed(Embed::new("source", "x"));
        assert_eq!(body.checksum(), Delta::new().insert("a\u{FFFC}").checksum());
    }
}
