//! Deltas to JSON and back.

use std::collections::BTreeMap;

use super::{
    NotJson, read,
    write::{write_all, write_text, write_value},
};
use crate::{Attributes, Delta, Embed, Op, Scalar, Value};

/// The largest whole number that JavaScript counts with.
const MAX_LENGTH: f64 = 9_007_199_254_740_991.0;

/// Why JSON is not a Delta.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotADelta {
    /// It is not even JSON.
    #[error(transparent)]
    Json(#[from] NotJson),
    /// There is no list of operations.
    #[error("a Delta is an object with one key, \"ops\", that holds a list")]
    NoOps,
    /// One of the operations makes no sense.
    #[error("operation {index} of the Delta: {reason}")]
    Op {
        /// Which.
        index: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl Delta {
    /// The Delta as JSON. Its operations are written as they are; see [`Delta::canonical`] for one spelling of one meaning.
    pub fn to_json(&self) -> String {
        let mut out = "{\"ops\":".to_owned();
        write_all(&mut out, ['[', ']'], &self.ops, write_op);
        out.push('}');
        out
    }

    /// Reads a Delta from JSON, as [`Delta::from_value`] does.
    pub fn from_json(json: &str) -> Result<Delta, NotADelta> {
        Delta::from_value(read(json)?)
    }

    /// Reads a Delta from a JSON value, into normal form. Operations of lengths that are no whole numbers above zero, attributes that are
    /// no scalars, and operations of other kinds are refused.
    pub fn from_value(value: Value) -> Result<Delta, NotADelta> {
        let Value::Map(mut entries) = value else { return Err(NotADelta::NoOps) };
        let Some(Value::List(ops)) = entries.remove("ops").filter(|_| entries.is_empty()) else { return Err(NotADelta::NoOps) };
        let ops = ops.into_iter().enumerate().map(|(index, op)| read_op(op).map_err(|reason| NotADelta::Op { index, reason }));
        Ok(Delta { ops: ops.collect::<Result<Vec<Op>, _>>()? }.normal())
    }

    /// The bytes that stand for what a body says, for the state hash: the JSON of its normal form, so that neighbours with equal
    /// attributes are one, nulls are gone, keys are in order and whole numbers have no fraction.
    pub fn canonical(&self) -> Vec<u8> {
        self.clone().normal().to_json().into_bytes()
    }
}

fn write_op(op: &Op, out: &mut String) {
    out.push('{');
    if let Some(attributes) = op.attributes().filter(|attributes| !attributes.is_empty()) {
        out.push_str("\"attributes\":");
        write_all(out, ['{', '}'], attributes, |(name, value), out| {
            write_text(name, out);
            out.push(':');
            write_value(&Value::from(value.clone()), out);
        });
        out.push(',');
    }
    match op {
        Op::Insert { text, .. } => {
            out.push_str("\"insert\":");
            write_text(text, out);
        }
        Op::Embed { embed, .. } => {
            out.push_str("\"insert\":{");
            write_text(&embed.kind, out);
            out.push(':');
            write_value(&embed.value, out);
            out.push('}');
        }
        Op::Retain { length, .. } => out.push_str(&format!("\"retain\":{length}")),
        Op::Delete { length } => out.push_str(&format!("\"delete\":{length}")),
    }
    out.push('}');
}

fn read_op(op: Value) -> Result<Op, &'static str> {
    let Value::Map(mut entries) = op else { return Err("not an object") };
    let attributes = read_attributes(entries.remove("attributes"))?;
    let (Some((name, value)), None) = (entries.pop_first(), entries.pop_first()) else {
        return Err("not one of insert, retain and delete alone");
    };
    match (name.as_str(), value) {
        ("insert", Value::Text(text)) => Ok(Op::Insert { text, attributes }),
        ("insert", Value::Map(embed)) => read_embed(embed).map(|embed| Op::Embed { embed, attributes }),
        ("retain", length) => read_length(&length).map(|length| Op::Retain { length, attributes }),
        ("delete", length) if attributes.is_empty() => read_length(&length).map(|length| Op::Delete { length }),
        ("delete", _) => Err("a delete has no attributes"),
        _ => Err("not one of insert, retain and delete"),
    }
}

fn read_attributes(value: Option<Value>) -> Result<Attributes, &'static str> {
    let Some(value) = value else { return Ok(Attributes::new()) };
    let Value::Map(entries) = value else { return Err("its attributes are not an object") };
    let scalars = entries.into_iter().map(|(name, value)| {
        let scalar = match value {
            Value::Null => Scalar::Null,
            Value::Bool(value) => Scalar::Bool(value),
            Value::Number(value) => Scalar::Number(value),
            Value::Text(text) => Scalar::Text(text),
            Value::List(_) | Value::Map(_) => return Err("an attribute is not a scalar"),
        };
        Ok((name, scalar))
    });
    scalars.collect()
}

fn read_embed(mut embed: BTreeMap<String, Value>) -> Result<Embed, &'static str> {
    match (embed.pop_first(), embed.pop_first()) {
        (Some((kind, value)), None) => Ok(Embed { kind, value }),
        _ => Err("an embed has one key"),
    }
}

fn read_length(value: &Value) -> Result<usize, &'static str> {
    match value {
        Value::Number(length) if *length >= 1.0 && *length <= MAX_LENGTH && length.fract() == 0.0 => Ok(*length as usize),
        _ => Err("its length is not a whole number above zero"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes;

    #[test]
    fn a_delta_reads_what_it_writes() {
        let delta = Delta::new()
            .insert_with("a\"𝄞\n", attributes([("bold", true.into()), ("line", "x".into())]))
            .embed(Embed::new("image", Value::Map(BTreeMap::from([("src".to_owned(), "a.png".into())]))))
            .retain_with(3, attributes([("bold", Scalar::Null), ("size", 1.5.into())]))
            .delete(2);
        let json = delta.to_json();
        assert_eq!(
            json,
            r#"{"ops":[{"attributes":{"bold":true,"line":"x"},"insert":"a\"𝄞\n"},{"insert":{"image":{"src":"a.png"}}},{"attributes":{"bold":null,"size":1.5},"retain":3},{"delete":2}]}"#
        );
        assert_eq!(Delta::from_json(&json), Ok(delta));
    }

    #[test]
    fn one_meaning_has_one_spelling() {
        let split =
            r#"{"ops":[{"insert":"a","attributes":{"bold":true,"x":null}},{"insert":"b","attributes":{"bold":true}},{"insert":""}]}"#;
        let whole = Delta::new().insert_with("ab", attributes([("bold", true.into())]));
        assert_eq!(Delta::from_json(split).unwrap().canonical(), whole.canonical());
        let unsorted =
            Delta { ops: whole.ops.iter().cloned().chain([Op::Insert { text: String::new(), attributes: Attributes::new() }]).collect() };
        assert_eq!(unsorted.canonical(), whole.canonical());
    }

    #[test]
    fn what_is_not_a_delta_is_refused() {
        for json in [
            r#"[]"#,
            r#"{"ops":{}}"#,
            r#"{"ops":[],"more":1}"#,
            r#"{"ops":[{}]}"#,
            r#"{"ops":[{"insert":1}]}"#,
            r#"{"ops":[{"insert":{"a":1,"b":2}}]}"#,
            r#"{"ops":[{"retain":0}]}"#,
            r#"{"ops":[{"retain":-1}]}"#,
            r#"{"ops":[{"retain":1.5}]}"#,
            r#"{"ops":[{"retain":{"image":1}}]}"#,
            r#"{"ops":[{"retain":1e300}]}"#,
            r#"{"ops":[{"delete":1,"attributes":{"bold":true}}]}"#,
            r#"{"ops":[{"insert":"a","delete":1}]}"#,
            r#"{"ops":[{"insert":"a","attributes":{"font":{"size":1}}}]}"#,
        ] {
            assert!(Delta::from_json(json).is_err(), "{json}");
        }
    }
}
