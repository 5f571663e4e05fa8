//! The checksum that rides on shows, so that a screen which differs from the core's text is noticed. It finds mistakes, not malice.
//!
//! It is a polynomial in [`FACTOR`], so that the sums of two texts make that of both together: whoever keeps the sums of parts need not read a
//! long text anew for each key.

use crate::{Delta, Op};

/// What a sum is multiplied with for each further unit: odd, so that nothing is ever multiplied away; the next to 2^32 over the golden ratio.
const FACTOR: u32 = 0x9E37_79B1;
/// `FACTOR * INVERSE` is 1.
const INVERSE: u32 = 0x0E8B_2F51;

/// The sum of a text's UTF-16 units; embeds count as U+FFFC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksum {
    sum: u32,
    /// [`FACTOR`] to the power of the units.
    factor: u32,
}

impl Checksum {
    /// Of the empty text.
    pub fn new() -> Self {
        Checksum { sum: 0, factor: 1 }
    }

    /// Of a text.
    pub fn of(text: &str) -> Self {
        text.encode_utf16().fold(Checksum::new(), |sum, unit| sum.and_unit(u32::from(unit)))
    }

    /// Of an embed.
    pub fn of_embed() -> Self {
        Checksum::new().and_unit(0xFFFC)
    }

    /// Of this text and another behind it.
    pub fn and(self, other: Checksum) -> Self {
        Checksum { sum: self.sum.wrapping_mul(other.factor).wrapping_add(other.sum), factor: self.factor.wrapping_mul(other.factor) }
    }

    /// Without the newline that it ends with.
    pub fn without_newline(self) -> Self {
        let before = self.sum.wrapping_sub(u32::from(b'\n') + 1);
        Checksum { sum: before.wrapping_mul(INVERSE), factor: self.factor.wrapping_mul(INVERSE) }
    }

    /// The number.
    pub fn value(self) -> u32 {
        self.sum
    }

    /// One more than the unit is added, so that no unit counts as nothing.
    fn and_unit(self, unit: u32) -> Self {
        Checksum { sum: self.sum.wrapping_mul(FACTOR).wrapping_add(unit + 1), factor: self.factor.wrapping_mul(FACTOR) }
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
            Op::Insert { text, .. } => sum.and(Checksum::of(text)),
            Op::Embed { .. } => sum.and(Checksum::of_embed()),
            Op::Retain { .. } | Op::Delete { .. } => sum,
        });
        sum.value()
    }
}

#[cfg(test)]
mod tests {
    use super::{Checksum, FACTOR, INVERSE};
    use crate::{Delta, Embed};

    #[test]
    fn the_checksum_is_the_one_javascript_computes() {
        // let sum = 0; for (unit of text) sum = (Math.imul(sum, 0x9e3779b1) + unit + 1) >>> 0
        assert_eq!(Delta::new().checksum(), 0);
        assert_eq!(Delta::new().insert("a𝄞\n").checksum(), 3_717_662_737);
        let body = Delta::new().insert("a").embed(Embed::new("source", "x"));
        assert_eq!(body.checksum(), Delta::new().insert("a\u{FFFC}").checksum());
    }

    #[test]
    fn sums_of_parts_make_that_of_the_whole() {
        assert_eq!(FACTOR.wrapping_mul(INVERSE), 1);
        let (first, second) = (Checksum::of("one 𝄞"), Checksum::of(" two\n"));
        assert_eq!(first.and(second), Checksum::of("one 𝄞 two\n"));
        assert_eq!(first.and(second).without_newline(), Checksum::of("one 𝄞 two"));
        assert_ne!(first.and(second).value(), second.and(first).value());
        assert_ne!(Checksum::of("\0").value(), Checksum::new().value());
    }
}
