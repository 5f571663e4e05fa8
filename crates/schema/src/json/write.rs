//! Values to JSON.

use crate::Value;

/// A value as canonical JSON.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

pub(super) fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => out.push_str(&number(*value)),
        Value::Text(text) => write_text(text, out),
        Value::List(items) => write_all(out, ['[', ']'], items, write_value),
        Value::Map(entries) => write_all(out, ['{', '}'], entries, |(name, value), out| {
            write_text(name, out);
            out.push(':');
            write_value(value, out);
        }),
    }
}

pub(super) fn write_all<T>(out: &mut String, brackets: [char; 2], items: impl IntoIterator<Item = T>, write: impl Fn(T, &mut String)) {
    out.push(brackets[0]);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(brackets[1]);
}

pub(super) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// A number as JavaScript prints it, `null` where JSON has none: the shortest digits that read back, an exponent only far from one.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return "null".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned(); // minus zero too
    }
    if (1e-6..1e21).contains(&value.abs()) {
        return value.to_string();
    }
    let scientific = format!("{value:e}");
    if scientific.contains("e-") { scientific } else { scientific.replace('e', "e+") }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_printed_as_javascript_prints_them() {
        let printed = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (0.000001, "0.000001"),
            (0.00000015, "1.5e-7"),
        ];
        for (value, text) in printed {
            assert_eq!(number(value), text);
        }
    }
}
