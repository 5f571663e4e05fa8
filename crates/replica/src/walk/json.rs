//! The values inside an update: JSON text (formats and embeds) and lib0's "any" (map entries), checked without allocating. What has
//! been checked is read elsewhere: JSON by the schema, scalars of entries by [`read_any`].

use sheaf_base::limits;
use sheaf_schema::Scalar;

use super::{Refused, Why, reader::Reader};

/// The largest whole number that JavaScript holds exactly.
const LAST_WHOLE: i64 = (1 << 53) - 1;

/// What a value is, as far as the rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Null,
    Bool,
    Number,
    Text,
    List,
    /// With this many keys.
    Map(usize),
    /// Bytes, big integers and `undefined`: only "any" can say them.
    Other,
}

/// Checks one JSON value that must fill `text`: no white space, numbers and escapes that JavaScript and serde_json read alike,
/// at most [`limits::NESTING`] levels.
pub(super) fn check_json(text: &str) -> Result<Shape, Why> {
    let mut json = Json { text, at: 0 };
    let shape = json.skip(0)?;
    if json.at == text.len() { Ok(shape) } else { Err(Why::Json) }
}

/// Whether JSON is a scalar that a format may have as its value.
pub(crate) fn is_scalar(text: &str) -> bool {
    matches!(check_json(text), Ok(Shape::Null | Shape::Bool | Shape::Number | Shape::Text))
}

/// Whether JSON is what an embed may be: an object of one key.
pub(crate) fn is_embed(text: &str) -> bool {
    check_json(text) == Ok(Shape::Map(1))
}

struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Json<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.peek() == Some(byte);
        self.at += usize::from(eaten);
        eaten
    }

    fn word(&mut self, word: &str) -> bool {
        let there = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if there { word.len() } else { 0 };
        there
    }

    fn skip(&mut self, depth: usize) -> Result<Shape, Why> {
        if depth > limits::NESTING {
            return Err(Why::Nesting);
        }
        match self.peek() {
            Some(b'"') => self.skip_text().map(|()| Shape::Text),
            Some(b'{') => {
                let keys = self.skip_many(b'}', |json| {
                    json.skip_text()?;
                    if !json.eat(b':') {
                        return Err(Why::Json);
                    }
                    json.skip(depth + 1).map(|_| ())
                })?;
                Ok(Shape::Map(keys))
            }
            Some(b'[') => self.skip_many(b']', |json| json.skip(depth + 1).map(|_| ())).map(|_| Shape::List),
            Some(b'-' | b'0'..=b'9') => self.skip_number().map(|()| Shape::Number),
            _ if self.word("true") || self.word("false") => Ok(Shape::Bool),
            _ if self.word("null") => Ok(Shape::Null),
            _ => Err(Why::Json),
        }
    }

    /// What stands between an opening bracket and `close`, and how many there are.
    fn skip_many(&mut self, close: u8, mut one: impl FnMut(&mut Self) -> Result<(), Why>) -> Result<usize, Why> {
        self.at += 1;
        if self.eat(close) {
            return Ok(0);
        }
        let mut count = 0;
        loop {
            one(self)?;
            count += 1;
            if self.eat(close) {
                return Ok(count);
            }
            if !self.eat(b',') {
                return Err(Why::Json);
            }
        }
    }

    fn skip_text(&mut self) -> Result<(), Why> {
        if !self.eat(b'"') {
            return Err(Why::Json);
        }
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.skip_escape()?,
                Some(byte) if byte >= 0x20 => self.at += 1,
                _ => return Err(Why::Json),
            }
        }
    }

    /// One escape. Half a surrogate pair is none.
    fn skip_escape(&mut self) -> Result<(), Why> {
        self.at += 1;
        let byte = self.peek().ok_or(Why::Json)?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => match self.hex()? {
                0xD800..=0xDBFF if self.word("\\u") && matches!(self.hex()?, 0xDC00..=0xDFFF) => Ok(()),
                0xD800..=0xDFFF => Err(Why::Json),
                _ => Ok(()),
            },
            _ => Err(Why::Json),
        }
    }

    fn hex(&mut self) -> Result<u32, Why> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(Why::Json)?;
        self.at += 4;
        digits.iter().try_fold(0, |code, digit| (*digit as char).to_digit(16).map(|digit| code * 16 + digit)).ok_or(Why::Json)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn skip_number(&mut self) -> Result<(), Why> {
        let start = self.at;
        self.eat(b'-');
        let leading_zero = self.peek() == Some(b'0');
        let digits = self.digits();
        if digits == 0 || (leading_zero && digits > 1) {
            return Err(Why::Json);
        }
        let mut whole = true;
        if self.eat(b'.') {
            whole = false;
            if self.digits() == 0 {
                return Err(Why::Json);
            }
        }
        if self.eat(b'e') || self.eat(b'E') {
            whole = false;
            let _ = self.eat(b'+') || self.eat(b'-');
            if self.digits() == 0 {
                return Err(Why::Json);
            }
        }
        let spelled = &self.text[start..self.at];
        if whole && !spelled.parse::<i64>().is_ok_and(|number| (-LAST_WHOLE..=LAST_WHOLE).contains(&number)) {
            return Err(Why::LargeNumber);
        }
        match spelled.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(()),
            _ => Err(Why::LargeNumber),
        }
    }
}

/// Checks one "any" value.
pub(super) fn check_any(reader: &mut Reader<'_>, depth: usize) -> Result<Shape, Refused> {
    if depth > limits::NESTING {
        return Err(reader.refuse(Why::Nesting));
    }
    let shape = match reader.byte()? {
        119 => reader.text().map(|_| Shape::Text)?,
        120 | 121 => Shape::Bool,
        126 => Shape::Null,
        127 => Shape::Other,
        125 => signed(reader).map(|_| Shape::Number)?,
        124 => {
            let bytes = array(reader)?;
            finite(reader, f64::from(f32::from_be_bytes(bytes)))?
        }
        123 => {
            let bytes = array(reader)?;
            finite(reader, f64::from_be_bytes(bytes))?
        }
        122 => reader.take(8).map(|_| Shape::Other)?,
        118 => {
            let keys = reader.count(2)?;
            for _ in 0..keys {
                reader.text()?;
                check_any(reader, depth + 1)?;
            }
            Shape::Map(keys)
        }
        117 => {
            for _ in 0..reader.count(1)? {
                check_any(reader, depth + 1)?;
            }
            Shape::List
        }
        116 => {
            let length = reader.count(1)?;
            reader.take(length).map(|_| Shape::Other)?
        }
        _ => return Err(reader.refuse(Why::Value)),
    };
    Ok(shape)
}

/// Reads a scalar that [`check_any`] has accepted.
pub(crate) fn read_any(bytes: &[u8]) -> Option<Scalar> {
    let mut reader = Reader::new(bytes);
    Some(match reader.byte().ok()? {
        119 => Scalar::Text(reader.text().ok()?.to_owned()),
        120 => Scalar::Bool(true),
        121 => Scalar::Bool(false),
        125 => Scalar::Number(signed(&mut reader).ok()? as f64),
        124 => Scalar::Number(f64::from(f32::from_be_bytes(array(&mut reader).ok()?))),
        123 => Scalar::Number(f64::from_be_bytes(array(&mut reader).ok()?)),
        _ => return None,
    })
}

fn array<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], Refused> {
    let taken = reader.take(N)?;
    Ok(std::array::from_fn(|index| taken[index]))
}

fn finite(reader: &Reader<'_>, number: f64) -> Result<Shape, Refused> {
    if number.is_finite() { Ok(Shape::Number) } else { Err(reader.refuse(Why::Value)) }
}

/// lib0's signed number: six bits and a sign in the first byte.
fn signed(reader: &mut Reader<'_>) -> Result<i64, Refused> {
    let first = reader.byte()?;
    let mut number = i64::from(first & 0x3f);
    if first & 0x80 != 0 {
        let mut shift = 6;
        loop {
            let byte = reader.byte()?;
            number |= i64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                if byte == 0 {
                    return Err(reader.refuse(Why::LongNumber));
                }
                break;
            }
            if shift > 48 {
                return Err(reader.refuse(Why::LargeNumber));
            }
        }
    }
    if number > LAST_WHOLE {
        return Err(reader.refuse(Why::LargeNumber));
    }
    Ok(if first & 0x40 != 0 { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_checked_as_strictly_as_both_readers_of_it() {
        for (text, shape) in [
            ("null", Shape::Null),
            ("true", Shape::Bool),
            ("-0.5e-3", Shape::Number),
            ("9007199254740991", Shape::Number),
            (r#""a\"\u0041\ud834\udd1e""#, Shape::Text),
            (r#"{"a":[1,2,{"b":"c"}]}"#, Shape::Map(1)),
            ("[]", Shape::List),
            ("{}", Shape::Map(0)),
        ] {
            assert_eq!(check_json(text), Ok(shape), "{text}");
        }
        for text in [
            "",
            "nul",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "\"",
            "\"\\ud834\"",
            "\"\\udd1e\"",
            "\"\n\"",
            "[1,]",
            "{\"a\"}",
            " 1",
            "1 ",
            "nullnull",
        ] {
            assert_eq!(check_json(text), Err(Why::Json), "{text}");
        }
        for text in ["9007199254740992", "1e999", "123456789012345678901234567890"] {
            assert_eq!(check_json(text), Err(Why::LargeNumber), "{text}");
        }
        assert_eq!(check_json(&"[".repeat(100_000)), Err(Why::Nesting));
        assert_eq!(check_json(&format!("{}{}", "[".repeat(16), "]".repeat(16))), Ok(Shape::List));
    }

    #[test]
    fn any_values_are_bounded() {
        let check = |bytes: &[u8]| check_any(&mut Reader::new(bytes), 0).map_err(|refused| refused.why);
        assert_eq!(check(&[119, 2, b'h', b'1']), Ok(Shape::Text));
        assert_eq!(check(&[125, 0x41]), Ok(Shape::Number));
        assert_eq!(read_any(&[125, 0x41]), Some(Scalar::Number(-1.0)));
        assert_eq!(check(&[118, 0xff, 0xff, 0xff, 0x7f]), Err(Why::Count));
        assert_eq!(check(&[123, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]), Err(Why::Value));
        assert_eq!(check(&[117, 1].repeat(50_000)), Err(Why::Nesting));
        assert_eq!(check(&[125, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), Err(Why::LargeNumber));
    }
}
