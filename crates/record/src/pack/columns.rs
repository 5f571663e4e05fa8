//! The inside of a packed run, laid out so that what repeats stands together.
//!
//! What one writer types is one short update after the other, of few lengths, and in each place of them the byte is nearly always the one that
//! stood there last, or one more. So contents of one length are written column by column, each column as it is or as differences from row to
//! row, whichever varies less. Nothing here knows what an update is: only that machines write alike.

use std::collections::BTreeMap;

use sheaf_base::limits;

use crate::{
    bytes::{Malformed, Reader, Writer},
    cipher::MAX_SECONDS,
    record::{Kind, Stamp},
};

/// A length that fewer contents have is not worth columns: each costs a byte that says how it is written.
const FEW: usize = 4;
/// A column is written as it is.
const PLAIN: u8 = 0;
/// Each byte of a column is written as what it exceeds the one above it by, modulo 256.
const RISING: u8 = 1;

/// What a record says besides what can be computed.
pub(super) struct Said {
    pub(super) kind: Kind,
    pub(super) stamp: Stamp,
    pub(super) seconds: u64,
    pub(super) content: Vec<u8>,
}

/// `kinds | stamps | seconds varints | lengths varints`, then the contents by length, ascending: those of a length that is [`FEW`] one after the
/// other, others column by column, each behind the byte that says how it is written.
pub(super) fn write(records: &[Said]) -> Vec<u8> {
    let mut writer = Writer::new();
    for said in records {
        writer.byte(said.kind.code());
    }
    for said in records {
        said.stamp.write(&mut writer);
    }
    for said in records {
        writer.varint(said.seconds);
    }
    for said in records {
        writer.varint(said.content.len() as u64);
    }
    for (length, rows) in by_length(records.iter().map(|said| said.content.len())) {
        if rows.len() < FEW {
            for row in rows {
                writer.raw(&records[row].content);
            }
            continue;
        }
        for place in 0..length {
            let plain: Vec<u8> = rows.iter().map(|row| records[*row].content[place]).collect();
            let rising: Vec<u8> = std::iter::once(plain[0]).chain(plain.windows(2).map(|two| two[1].wrapping_sub(two[0]))).collect();
            let (how, column) = if disorder(&rising) < disorder(&plain) { (RISING, rising) } else { (PLAIN, plain) };
            writer.byte(how).raw(&column);
        }
    }
    writer.into_bytes()
}

/// Reads what [`write`] has written of so many records.
pub(super) fn read(bytes: &[u8], count: usize) -> Result<Vec<Said>, Malformed> {
    let mut reader = Reader::new(bytes);
    let kinds = (0..count).map(|_| Kind::read(&mut reader)).collect::<Result<Vec<_>, _>>()?;
    let stamps = (0..count).map(|_| Stamp::read(&mut reader)).collect::<Result<Vec<_>, _>>()?;
    let seconds =
        (0..count).map(|_| reader.varint_to(MAX_SECONDS, "the seconds since the previous record")).collect::<Result<Vec<_>, _>>()?;
    let length = |reader: &mut Reader<'_>| reader.varint_to(limits::PAYLOAD as u64, "the length of a record's content");
    let lengths = (0..count).map(|_| length(&mut reader)).collect::<Result<Vec<_>, _>>()?;
    // No more is made room for than there are bytes to fill it.
    let all: u64 = lengths.iter().sum();
    if all > bytes.len() as u64 {
        return Err(Malformed::Truncated("the contents of a run"));
    }
    let mut contents: Vec<Vec<u8>> = vec![Vec::new(); count];
    for (length, rows) in by_length(lengths.iter().map(|length| *length as usize)) {
        if rows.len() < FEW {
            for row in rows {
                contents[row] = reader.take(length, "the content of a record")?.to_vec();
            }
            continue;
        }
        rows.iter().for_each(|row| contents[*row].reserve_exact(length));
        for _ in 0..length {
            let how = reader.byte("how a column is written")?;
            let column = reader.take(rows.len(), "a column of contents")?;
            let mut above = 0u8;
            for (row, byte) in rows.iter().zip(column) {
                above = match how {
                    PLAIN => *byte,
                    RISING => above.wrapping_add(*byte),
                    found => return Err(Malformed::Unknown { what: "how a column is written", found: found.into() }),
                };
                contents[*row].push(above);
            }
        }
    }
    reader.finish()?;
    let said = kinds.into_iter().zip(stamps).zip(seconds).zip(contents);
    Ok(said.map(|(((kind, stamp), seconds), content)| Said { kind, stamp, seconds, content }).collect())
}

/// Which contents have which length, of those that have any.
fn by_length(lengths: impl Iterator<Item = usize>) -> BTreeMap<usize, Vec<usize>> {
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    lengths.enumerate().filter(|(_, length)| *length > 0).for_each(|(row, length)| rows.entry(length).or_default().push(row));
    rows
}

/// About how many bits a column's bytes cost, each by itself: Shannon's entropy, times how many they are.
fn disorder(column: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    column.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = column.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) * (all / f64::from(*count)).log2()).sum()
}

#[cfg(test)]
mod tests {
    use sheaf_base::Hash;

    use super::*;

    fn said(content: &[u8]) -> Said {
        Said { kind: Kind::Body, stamp: Stamp::new([Hash([content.len() as u8; 32])]).expect("one"), seconds: 3, content: content.to_vec() }
    }

    #[test]
    fn what_is_read_is_what_was_written_whatever_the_lengths() {
        let contents: Vec<Vec<u8>> =
            (0..200u32).map(|number| (0..[0, 3, 7, 300, 7][number as usize % 5]).map(|at| (number * 3 + at) as u8).collect()).collect();
        for count in [0, 1, 3, 4, 199] {
            let written: Vec<Said> = contents[..count].iter().map(|content| said(content)).collect();
            let bytes = write(&written);
            let read = read(&bytes, count).expect("it reads back");
            assert!(read.iter().zip(&written).all(|(one, other)| one.content == other.content && one.stamp == other.stamp));
            // Nothing that is cut short is read, nor what has something behind it.
            assert!((0..bytes.len()).step_by(7).all(|end| super::read(&bytes[..end], count).is_err()));
            assert!(super::read(&[&bytes[..], &[0]].concat(), count).is_err());
        }
    }

    #[test]
    fn what_rises_by_one_becomes_a_column_of_ones() {
        let rows: Vec<Said> = (10..60).map(|clock| said(&[200, clock, b'x'])).collect();
        let bytes = write(&rows);
        let ones = [&[RISING, 10][..], &[1; 49]].concat();
        assert!(bytes.windows(ones.len()).any(|window| window == ones));
    }
}
