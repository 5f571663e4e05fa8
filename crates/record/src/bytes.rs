//! The one way our formats are written and read: fixed arrays raw, numbers as canonical LEB128, everything else behind its length.
//!
//! A [`Reader`] never reads past its end, never believes a length before comparing it with what is left, and refuses a second spelling
//! of the same value. Crates `access` and `protocol` build their codecs from it too.

use std::fmt;

/// Why bytes are not what they claim to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end too early.
    #[error("the bytes end in the middle of {0}")]
    Truncated(&'static str),
    /// There is a shorter or differently ordered way to write the same value, and only one is allowed.
    #[error("{0} is not spelled in its one way")]
    NotCanonical(&'static str),
    /// A length or number above its limit.
    #[error("{what} is {found}, and at most {limit} is allowed")]
    TooLarge {
        /// The field.
        what: &'static str,
        /// What the bytes say.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A tag that this version does not know.
    #[error("{what} has the unknown value {found}")]
    Unknown {
        /// The field.
        what: &'static str,
        /// What the bytes say.
        found: u64,
    },
    /// Text that is not UTF-8.
    #[error("{0} is not UTF-8 text")]
    NotText(&'static str),
    /// Bytes after the end of the value.
    #[error("{0} bytes follow after the end")]
    LeftOver(usize),
}

/// Takes values off the front of a slice.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({} bytes left)", self.rest.len())
    }
}

impl<'a> Reader<'a> {
    /// Begins at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Succeeds if everything has been read.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed::LeftOver(self.rest.len())) }
    }

    /// Exactly `length` bytes.
    pub fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Malformed::Truncated(what))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A fixed array.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Malformed::Truncated(what))?;
        self.rest = rest;
        Ok(*taken)
    }

    /// One byte.
    pub fn byte(&mut self, what: &'static str) -> Result<u8, Malformed> {
        Ok(self.array::<1>(what)?[0])
    }

    /// A number, in LEB128, in its shortest spelling.
    pub fn varint(&mut self, what: &'static str) -> Result<u64, Malformed> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            if shift == 63 && byte > 1 {
                return Err(Malformed::NotCanonical(what));
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(Malformed::NotCanonical(what)) } else { Ok(value) };
            }
        }
        Err(Malformed::NotCanonical(what))
    }

    /// A number that must not exceed `limit`.
    pub fn varint_to(&mut self, limit: u64, what: &'static str) -> Result<u64, Malformed> {
        let found = self.varint(what)?;
        if found > limit { Err(Malformed::TooLarge { what, found, limit }) } else { Ok(found) }
    }

    /// How many things follow, each of which fills at least `each` bytes: so a count can be believed before anything is allocated for it.
    pub fn count(&mut self, limit: usize, each: usize, what: &'static str) -> Result<usize, Malformed> {
        let count = self.varint_to(limit as u64, what)? as usize;
        if count.saturating_mul(each) > self.rest.len() { Err(Malformed::Truncated(what)) } else { Ok(count) }
    }

    /// Things behind their count, at most `limit`, each of which fills at least `each` bytes.
    pub fn list<T>(
        &mut self,
        limit: usize,
        each: usize,
        what: &'static str,
        mut read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        (0..self.count(limit, each, what)?).map(|_| read(self)).collect()
    }

    /// Bytes behind their length.
    pub fn bytes(&mut self, limit: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let length = self.varint_to(limit as u64, what)? as usize;
        self.take(length, what)
    }

    /// UTF-8 text behind its length in bytes.
    pub fn text(&mut self, limit: usize, what: &'static str) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes(limit, what)?).map_err(|_| Malformed::NotText(what))
    }
}

/// Appends values to a vector. It cannot fail: whoever writes has checked its own limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Begins empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins empty, with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    /// What has been written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What has been written so far.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes without a length: a fixed array, or the last thing of a format.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) -> &mut Self {
        self.bytes.push(byte);
        self
    }

    /// A number, in LEB128.
    pub fn varint(&mut self, mut value: u64) -> &mut Self {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.byte(value as u8)
    }

    /// Bytes behind their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.varint(bytes.len() as u64).raw(bytes)
    }

    /// Text behind its length in bytes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        for value in [0, 1, 127, 128, 300, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut writer = Writer::new();
            writer.varint(value);
            let mut reader = Reader::new(writer.as_slice());
            assert_eq!(reader.varint("a number"), Ok(value));
            assert_eq!(reader.finish(), Ok(()));
        }
        let padded = [0x80, 0x00];
        assert_eq!(Reader::new(&padded).varint("a number"), Err(Malformed::NotCanonical("a number")));
        let too_wide = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(Reader::new(&too_wide).varint("a number"), Err(Malformed::NotCanonical("a number")));
        assert_eq!(Reader::new(&[0x80]).varint("a number"), Err(Malformed::Truncated("a number")));
    }

    #[test]
    fn a_length_is_not_believed() {
        let mut writer = Writer::new();
        writer.varint(1 << 40).raw(b"short");
        assert!(matches!(Reader::new(writer.as_slice()).bytes(1 << 20, "a text"), Err(Malformed::TooLarge { .. })));
        assert_eq!(Reader::new(writer.as_slice()).bytes(usize::MAX, "a text"), Err(Malformed::Truncated("a text")));
        assert_eq!(Reader::new(writer.as_slice()).count(usize::MAX, 32, "hashes"), Err(Malformed::Truncated("hashes")));
    }

    #[test]
    fn text_is_text() {
        assert_eq!(Reader::new(b"\x02\xff\xfe").text(8, "a name"), Err(Malformed::NotText("a name")));
        assert_eq!(Reader::new(b"\x02hi").text(8, "a name"), Ok("hi"));
        assert_eq!(Reader::new(b"x").finish(), Err(Malformed::LeftOver(1)));
    }
}
