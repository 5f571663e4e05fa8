//! Text counted in UTF-16 units, as JavaScript and Yjs count it.

/// How many UTF-16 units a text has.
pub fn length(text: &str) -> usize {
    // Every character has one byte that is no continuation; those of four bytes are the ones with two units.
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
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
    // Text is mostly ASCII: jump over as many bytes as are surely units.
    let ascii = text.as_bytes().iter().take(offset).take_while(|byte| byte.is_ascii()).count();
    let mut left = offset - ascii;
    for (byte, character) in text[ascii..].char_indices() {
        match left {
            0 => return Place::At(ascii + byte),
            1 if character.len_utf16() == 2 => return Place::InPair(ascii + byte),
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
}
