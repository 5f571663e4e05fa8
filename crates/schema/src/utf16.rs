//! Text counted in UTF-16 units, as JavaScript and Yjs count it.

/// Bytes that are counted at a time: their units, two each at most, fit a byte, so that the compiler counts many at once.
const BLOCK: usize = 127;

/// How many UTF-16 units a text has.
pub fn length(text: &str) -> usize {
    text.as_bytes().chunks(BLOCK).map(units).sum()
}

/// Units of the characters that begin in a block: every one has one byte that is no continuation, and those of four bytes have two units.
fn units(block: &[u8]) -> usize {
    usize::from(block.iter().map(|&byte| u8::from(byte & 0xC0 != 0x80) + u8::from(byte >= 0xF0)).sum::<u8>())
}

/// Where a UTF-16 offset lies in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the character that starts at this byte, or at the end.
    At(usize),
    /// Inside the surrogate pair of the character that starts at this byte.
    InPair(usize),
    /// Beyond the end, by this many units.
    Beyond(usize),
}

/// Finds a UTF-16 offset in a text.
pub fn find(text: &str, offset: usize) -> Place {
    let (mut start, mut left) = (0, offset);
    for block in text.as_bytes().chunks(BLOCK) {
        let units = units(block);
        if units > left {
            break;
        }
        left -= units;
        start += block.len();
    }
    // What begins in a block counts there, also where it goes on in the next.
    while !text.is_char_boundary(start) {
        start += 1;
    }
    for (byte, character) in text[start..].char_indices() {
        match left {
            0 => return Place::At(start + byte),
            1 if character.len_utf16() == 2 => return Place::InPair(start + byte),
            _ => left -= character.len_utf16(),
        }
    }
    if left == 0 { Place::At(text.len()) } else { Place::Beyond(left) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_counted_as_javascript_counts_them() {
        for text in ["", "abc", "äöü", "a𝄞b", "👩‍👩‍👧", "日本語"] {
            assert_eq!(length(text), text.encode_utf16().count(), "{text:?}");
        }
    }

    #[test]
    fn an_offset_is_found_before_between_and_inside_characters() {
        let text = "aé𝄞b";
        let places: Vec<Place> = (0..=6).map(|offset| find(text, offset)).collect();
        use Place::*;
        assert_eq!(places, [At(0), At(1), At(3), InPair(3), At(7), At(8), Beyond(1)]);
    }

    #[test]
    fn blocks_end_within_characters_and_nothing_is_counted_twice() {
        for pad in 0..4 {
            let text = "a".repeat(pad) + &"é𝄞日b".repeat(BLOCK);
            let mut unit = 0;
            for (byte, character) in text.char_indices() {
                assert_eq!(find(&text, unit), Place::At(byte), "{pad}");
                if character.len_utf16() == 2 {
                    assert_eq!(find(&text, unit + 1), Place::InPair(byte), "{pad}");
                }
                unit += character.len_utf16();
            }
            assert_eq!((length(&text), find(&text, unit), find(&text, unit + 2)), (unit, Place::At(text.len()), Place::Beyond(2)));
        }
    }
}
