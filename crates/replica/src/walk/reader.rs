//! Reading numbers and text from untrusted bytes: canonical, bounded, without allocating.

use sheaf_base::ClientId;

use super::{Id, Refused, Why};

/// The largest clock, so that yrs's signed arithmetic on clocks never overflows.
pub(super) const LAST_CLOCK: u64 = i32::MAX as u64;

/// The largest client id: what a JavaScript number holds exactly.
const LAST_CLIENT: u64 = (1 << 53) - 1;

/// A place in bytes that nobody has vouched for.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, at: 0 }
    }

    pub(super) fn refuse(&self, why: Why) -> Refused {
        Refused { at: self.at, why }
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn byte(&mut self) -> Result<u8, Refused> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.refuse(Why::Truncated))?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Refused> {
        if length > self.left() {
            return Err(self.refuse(Why::Truncated));
        }
        let taken = &self.bytes[self.at..self.at + length];
        self.at += length;
        Ok(taken)
    }

    /// A number of at most `last`, in as few bytes as it needs.
    pub(super) fn number(&mut self, last: u64) -> Result<u64, Refused> {
        let mut number = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                if byte == 0 && shift > 0 {
                    return Err(self.refuse(Why::LongNumber));
                }
                return if number <= last { Ok(number) } else { Err(self.refuse(Why::LargeNumber)) };
            }
        }
        Err(self.refuse(Why::LargeNumber))
    }

    /// How many things follow, each of which takes at least `size` bytes.
    pub(super) fn count(&mut self, size: usize) -> Result<usize, Refused> {
        let count = self.number(u64::from(u32::MAX))? as usize;
        if count > self.left() / size {
            return Err(self.refuse(Why::Count));
        }
        Ok(count)
    }

    pub(super) fn clock(&mut self) -> Result<u32, Refused> {
        Ok(self.number(LAST_CLOCK)? as u32)
    }

    /// A length in clocks that starts at `clock`: not zero, and it ends before clocks do.
    pub(super) fn length(&mut self, clock: u32) -> Result<u32, Refused> {
        let length = self.number(LAST_CLOCK)?;
        self.check_length(clock, length)
    }

    pub(super) fn check_length(&self, clock: u32, length: u64) -> Result<u32, Refused> {
        if length == 0 {
            return Err(self.refuse(Why::EmptyStruct));
        }
        if u64::from(clock) + length > LAST_CLOCK {
            return Err(self.refuse(Why::ClockOverflow));
        }
        Ok(length as u32)
    }

    pub(super) fn client(&mut self) -> Result<ClientId, Refused> {
        Ok(ClientId(self.number(LAST_CLIENT)?))
    }

    pub(super) fn id(&mut self) -> Result<Id, Refused> {
        Ok(Id { client: self.client()?, clock: self.clock()? })
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Refused> {
        let length = self.count(1)?;
        let start = self.at;
        let taken = self.take(length)?;
        std::str::from_utf8(taken).map_err(|_| Refused { at: start, why: Why::Utf8 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8]) -> Result<u64, Why> {
        Reader::new(bytes).number(LAST_CLIENT).map_err(|refused| refused.why)
    }

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(number(&[0]), Ok(0));
        assert_eq!(number(&[0x80, 0x01]), Ok(128));
        assert_eq!(number(&[0x80, 0x00]), Err(Why::LongNumber));
        assert_eq!(number(&[0x80]), Err(Why::Truncated));
        assert_eq!(number(&[0xff; 12]), Err(Why::LargeNumber));
        assert_eq!(number(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]), Ok(LAST_CLIENT));
        assert_eq!(number(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]), Err(Why::LargeNumber));
    }

    #[test]
    fn a_count_cannot_promise_more_than_there_are_bytes_for() {
        assert_eq!(Reader::new(&[3, 0, 0, 0, 0, 0]).count(2).map_err(|refused| refused.why), Err(Why::Count));
        assert_eq!(Reader::new(&[3, 0, 0, 0, 0, 0, 0]).count(2), Ok(3));
    }
}
