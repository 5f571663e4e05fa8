//! What an input looks like: a few parts, each some bytes. Every string of bytes is an input.
//!
//! `head varint | times varint | bytes`, again and again. The head is twice the length of the bytes, and one more if the part ends here; the
//! bytes stand there `times` times over and once more. So a bomb of 200 KB is ten bytes in the corpus, and bytes that come in or go in the
//! middle of one part leave the others what they were.

/// What an input unfolds to at most, in bytes; the rest is cut off. Several times what a frame holds, and enough for values that are nested
/// 100,000 deep.
pub const LARGEST: usize = 512 * 1024;

/// Reads an input.
pub fn read(mut input: &[u8]) -> Vec<Vec<u8>> {
    let (mut parts, mut open, mut room) = (Vec::new(), Vec::new(), LARGEST);
    while !input.is_empty() {
        let (head, times) = (number(&mut input), number(&mut input));
        let length = usize::try_from(head / 2).unwrap_or(usize::MAX).min(input.len());
        let (piece, rest) = input.split_at(length);
        input = rest;
        let times = usize::try_from(times).unwrap_or(usize::MAX).saturating_add(1).min(room / length.max(1));
        room -= times * length;
        for _ in 0..if piece.is_empty() { 0 } else { times } {
            open.extend_from_slice(piece);
        }
        if head % 2 == 1 {
            parts.push(std::mem::take(&mut open));
        }
    }
    if !open.is_empty() {
        parts.push(open);
    }
    parts
}

/// Writes an input with these parts.
pub fn write(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    parts.iter().flat_map(|part| piece(part.as_ref(), 1, true)).collect()
}

/// A piece of a part: `bytes` this many times, at least once, and whether the part ends with it.
pub fn piece(bytes: &[u8], times: usize, ends: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 6);
    write_number(&mut out, bytes.len() as u64 * 2 + u64::from(ends));
    write_number(&mut out, times as u64 - 1);
    out.extend_from_slice(bytes);
    out
}

/// A number in LEB128, whatever its spelling; what is cut off counts as zeros.
fn number(input: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let Some((&byte, rest)) = input.split_first() else { break };
        *input = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

/// Appends a number in LEB128.
pub fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_they_were_written() {
        let parts = [b"one".to_vec(), Vec::new(), vec![7; 300]];
        assert_eq!(read(&write(&parts)), parts);
        assert_eq!(read(&[]), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_bomb_is_small_in_the_corpus_and_bounded_when_it_is_read() {
        let bomb = [piece(b"<", 1, false), piece(b"ab", 3, false), piece(b">", 1, true)].concat();
        assert_eq!(read(&bomb), [b"<ababab>".to_vec()]);
        let read = read(&[piece(b"abc", usize::MAX, true), piece(b"x", 1, true)].concat());
        assert!(read.iter().map(Vec::len).sum::<usize>() <= LARGEST && read[0].len() > LARGEST - 3);
    }

    #[test]
    fn whatever_comes_is_an_input() {
        for input in [&[0xff; 40][..], &[9, 0, 1], &[0, 0xff], &[1], &[0x80]] {
            assert!(read(input).iter().map(Vec::len).sum::<usize>() <= LARGEST);
        }
    }
}
