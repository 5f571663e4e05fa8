//! JSON to values.

use std::collections::BTreeMap;

use sheaf_base::limits;

use crate::Value;

/// How deep JSON may nest here: an embed's value as deep as the replica takes it, inside of an operation, inside of a Delta.
const DEPTH: usize = limits::NESTING + 4;

/// Why a text is not JSON that we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// Something else should stand there.
    #[error("not JSON: expected {expected} at byte {at}")]
    Expected {
        /// What should stand there.
        expected: &'static str,
        /// Where.
        at: usize,
    },
    /// Lists and objects nest too deep.
    #[error("JSON nested deeper than {DEPTH} levels at byte {at}")]
    TooDeep {
        /// Where.
        at: usize,
    },
    /// Half of a surrogate pair, which is no character.
    #[error("half a surrogate pair at byte {at}")]
    HalfPair {
        /// Where.
        at: usize,
    },
}

/// Reads a whole text as one JSON value. Of two equal keys the later counts, as in JavaScript.
pub fn read(json: &str) -> Result<Value, NotJson> {
    let mut reader = Reader { json, at: 0 };
    let value = reader.value(DEPTH)?;
    reader.blanks();
    if reader.at < json.len() { Err(reader.expected("the end")) } else { Ok(value) }
}

struct Reader<'a> {
    json: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.json[self.at..]
    }

    fn expected(&self, expected: &'static str) -> NotJson {
        NotJson::Expected { expected, at: self.at }
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Passes over `token` if it is next.
    fn eat(&mut self, token: &str) -> bool {
        let next = self.rest().starts_with(token);
        if next {
            self.at += token.len();
        }
        next
    }

    fn value(&mut self, depth: usize) -> Result<Value, NotJson> {
        self.blanks();
        match self.rest().as_bytes().first().copied() {
            Some(b'"') => self.text().map(Value::Text),
            Some(b'[') => self.list(depth).map(Value::List),
            Some(b'{') => self.map(depth).map(Value::Map),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            _ if self.eat("null") => Ok(Value::Null),
            _ if self.eat("true") => Ok(Value::Bool(true)),
            _ if self.eat("false") => Ok(Value::Bool(false)),
            _ => Err(self.expected("a value")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value>, NotJson> {
        let mut items = Vec::new();
        self.all("[", "]", depth, |reader, depth| {
            items.push(reader.value(depth)?);
            Ok(())
        })?;
        Ok(items)
    }

    fn map(&mut self, depth: usize) -> Result<BTreeMap<String, Value>, NotJson> {
        let mut entries = BTreeMap::new();
        self.all("{", "}", depth, |reader, depth| {
            reader.blanks();
            let name = reader.text()?;
            reader.blanks();
            if !reader.eat(":") {
                return Err(reader.expected("':'"));
            }
            entries.insert(name, reader.value(depth)?);
            Ok(())
        })?;
        Ok(entries)
    }

    /// What stands between two brackets, separated by commas.
    fn all(
        &mut self,
        open: &str,
        close: &str,
        depth: usize,
        mut each: impl FnMut(&mut Self, usize) -> Result<(), NotJson>,
    ) -> Result<(), NotJson> {
        let depth = depth.checked_sub(1).ok_or(NotJson::TooDeep { at: self.at })?;
        self.eat(open);
        self.blanks();
        if self.eat(close) {
            return Ok(());
        }
        loop {
            each(self, depth)?;
            self.blanks();
            if self.eat(close) {
                return Ok(());
            }
            if !self.eat(",") {
                return Err(self.expected("',' or a closing bracket"));
            }
        }
    }

    fn number(&mut self) -> Result<f64, NotJson> {
        let length = self.rest().find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(self.rest().len());
        let digits = &self.rest()[..length];
        // Rust reads what JSON forbids: "01", "1.", "-.5".
        let whole = digits.trim_start_matches('-').split(['.', 'e', 'E']).next().unwrap_or("");
        let plain = !whole.is_empty() && (whole == "0" || !whole.starts_with('0')) && !digits.ends_with('.') && !digits.contains(".e");
        let number = digits.parse::<f64>().ok().filter(|number| plain && number.is_finite());
        let number = number.ok_or(self.expected("a number"))?;
        self.at += length;
        Ok(number)
    }

    fn text(&mut self) -> Result<String, NotJson> {
        if !self.eat("\"") {
            return Err(self.expected("a string"));
        }
        let mut text = String::new();
        loop {
            let plain = self.rest().find(['"', '\\']).unwrap_or(self.rest().len());
            let run = &self.rest()[..plain];
            if run.bytes().any(|byte| byte < b' ') {
                return Err(self.expected("an escape in place of a control character"));
            }
            text.push_str(run);
            self.at += plain;
            if self.eat("\"") {
                return Ok(text);
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        let at = self.at;
        if !self.eat("\\") {
            return Err(self.expected("'\"'"));
        }
        let letter = self.rest().chars().next().ok_or(self.expected("an escape"))?;
        let character = match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(at),
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(character)
    }

    /// `\uD834\uDD1E`, from its first `u`.
    fn unicode(&mut self, at: usize) -> Result<char, NotJson> {
        let first = self.unit()?;
        let mut units = vec![first];
        if (0xD800..0xDC00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 1;
            units.push(self.unit()?);
        }
        match char::decode_utf16(units.iter().copied()).collect::<Result<Vec<char>, _>>().as_deref() {
            Ok([character]) => Ok(*character),
            _ => Err(NotJson::HalfPair { at }),
        }
    }

    fn unit(&mut self) -> Result<u16, NotJson> {
        let digits = self.rest().get(1..5).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(self.expected("four hexadecimal digits"))?;
        self.at += 5;
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn what_is_read_is_written_in_one_spelling() {
        let read = read(" { \"b\" : [1, 2.50, -0, 1e3, true, null], \"a\":\"\\u00e9\\ud834\\udd1e\\/\\n\\u0001\" } ").unwrap();
        assert_eq!(json::write(&read), "{\"a\":\"é𝄞/\\n\\u0001\",\"b\":[1,2.5,0,1000,true,null]}");
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let wrong = [
            "",
            "nul",
            "[1,]",
            "{\"a\"}",
            "{a:1}",
            "01",
            "1.",
            "-",
            "+1",
            ".5",
            "1.e5",
            "\"a",
            "\"\\x\"",
            "\"\\u12g4\"",
            "1 2",
            "\"\n\"",
            "NaN",
        ];
        for json in wrong {
            assert!(read(json).is_err(), "{json:?}");
        }
        assert_eq!(read("\"a\\ud834\""), Err(NotJson::HalfPair { at: 2 }));
        assert_eq!(read("\"\\ud834\\u0041\""), Err(NotJson::HalfPair { at: 1 }));
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(read(&("[".repeat(DEPTH) + &"]".repeat(DEPTH))).is_ok());
        assert!(matches!(read(&"[".repeat(100_000)), Err(NotJson::TooDeep { .. })));
    }
}
