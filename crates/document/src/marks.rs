//! What later records need to know of a body record, as it is kept in the record's journal row.

use sheaf_record::{Malformed, Reader, Writer};
use sheaf_replica::walk::Marks;

/// The places in a record that are remembered, as bytes: second halves of surrogate pairs, then entries of maps, each list as its
/// length and the steps from one clock to the next. Empty where there are none, as in nearly every record.
pub(crate) fn encode(marks: &Marks) -> Vec<u8> {
    if marks.low_surrogates.is_empty() && marks.entries.is_empty() {
        return Vec::new();
    }
    let mut writer = Writer::new();
    for places in [&marks.low_surrogates, &marks.entries] {
        writer.varint(places.len() as u64);
        let mut last = marks.clocks.start;
        for place in places {
            writer.varint(u64::from(place - last));
            last = *place;
        }
    }
    writer.into_bytes()
}

/// Reads them back. `clock` and `clocks` stand beside them in the row.
pub(crate) fn decode(clock: u64, clocks: u64, bytes: &[u8]) -> Result<Marks, Malformed> {
    let start = narrow(clock)?;
    let mut marks = Marks { clocks: start..narrow(clock.saturating_add(clocks))?, ..Marks::default() };
    if bytes.is_empty() {
        return Ok(marks);
    }
    let mut reader = Reader::new(bytes);
    for places in [&mut marks.low_surrogates, &mut marks.entries] {
        let count = reader.count(bytes.len(), 1, "the places in a record")?;
        let mut last = clock;
        for _ in 0..count {
            last = last.saturating_add(reader.varint("a place in a record")?);
            places.push(narrow(last)?);
        }
    }
    reader.finish()?;
    Ok(marks)
}

/// Whether there are entries of maps among them.
pub(crate) fn has_entries(bytes: &[u8]) -> bool {
    decode(0, 0, bytes).is_ok_and(|marks| !marks.entries.is_empty())
}

fn narrow(clock: u64) -> Result<u32, Malformed> {
    u32::try_from(clock).map_err(|_| Malformed::TooLarge { what: "a clock", found: clock, limit: u32::MAX.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_back_as_they_were() {
        let plain = Marks { clocks: 40..52, ..Marks::default() };
        assert!(encode(&plain).is_empty() && !has_entries(&[]));
        assert_eq!(decode(40, 12, &[]), Ok(plain));

        let marked = Marks { clocks: 40..90, low_surrogates: vec![41, 60, 61], entries: vec![80] };
        assert_eq!(decode(40, 50, &encode(&marked)), Ok(marked.clone()));
        assert!(has_entries(&encode(&marked)));
        assert!(!has_entries(&encode(&Marks { entries: Vec::new(), ..marked })));
        assert!(decode(0, 9, &[5, 1]).is_err(), "a count beyond the bytes");
    }
}
