//! Deltas as JSON, in Quill's format. The only place that knows it.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};
use sheaf_base::limits;
use sheaf_schema::{Attributes, Delta, Embed, Op, Scalar, Value};

/// What was sent is not a Delta.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("operation {at} of the Delta {what}")]
pub(crate) struct MalformedDelta {
    /// Which operation, from 0.
    pub(crate) at: usize,
    /// What is wrong with it.
    pub(crate) what: &'static str,
}

/// A Delta as it is written, `{"ops": [...]}`: straight into the words, since a tree of JSON takes thirty times the room of the text it holds.
pub(crate) struct Written<'a>(pub(crate) &'a Delta);

/// A Delta within an answer that is built as a tree.
pub(crate) fn delta_to_json(delta: &Delta) -> Json {
    serde_json::to_value(Written(delta)).unwrap_or_else(|error| unreachable!("a Delta has names for keys and nothing else: {error}"))
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("ops", &self.0.ops.iter().map(WrittenOp).collect::<Vec<_>>())?;
        map.end()
    }
}

struct WrittenOp<'a>(&'a Op);

impl Serialize for WrittenOp<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let attributes = match self.0 {
            Op::Insert { text, attributes } => map.serialize_entry("insert", text).map(|()| attributes)?,
            Op::Embed { embed, attributes } => {
                let embed = BTreeMap::from([(&embed.kind, WrittenValue(&embed.value))]);
                map.serialize_entry("insert", &embed).map(|()| attributes)?
            }
            Op::Retain { length, attributes } => map.serialize_entry("retain", length).map(|()| attributes)?,
            Op::Delete { length } => {
                map.serialize_entry("delete", length)?;
                return map.end();
            }
        };
        if !attributes.is_empty() {
            map.serialize_entry("attributes", &WrittenAttributes(attributes))?;
        }
        map.end()
    }
}

struct WrittenAttributes<'a>(&'a Attributes);

impl Serialize for WrittenAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, scalar)| (name, WrittenScalar(scalar))))
    }
}

struct WrittenScalar<'a>(&'a Scalar);

impl Serialize for WrittenScalar<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Scalar::Null => serializer.serialize_unit(),
            Scalar::Bool(value) => serializer.serialize_bool(*value),
            Scalar::Number(number) => write_number(*number, serializer),
            Scalar::Text(text) => serializer.serialize_str(text),
        }
    }
}

struct WrittenValue<'a>(&'a Value);

impl Serialize for WrittenValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(number) => write_number(*number, serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(list) => serializer.collect_seq(list.iter().map(WrittenValue)),
            Value::Map(map) => serializer.collect_map(map.iter().map(|(name, value)| (name, WrittenValue(value)))),
        }
    }
}

/// As JavaScript writes it: without a point where there is nothing behind it. What JSON cannot say is null, as there.
fn write_number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    const SAFE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= SAFE { serializer.serialize_i64(number as i64) } else { serializer.serialize_f64(number) }
}

/// Reads `{"ops": [...]}`, or a bare array of operations. What it builds is in normal form.
pub(crate) fn delta_from_json(json: &Json) -> Result<Delta, MalformedDelta> {
    let ops =
        json.get("ops").unwrap_or(json).as_array().ok_or(MalformedDelta { at: 0, what: "is not there: a Delta is {\"ops\": [...]}" })?;
    let mut delta = Delta::new();
    for (at, op) in ops.iter().enumerate() {
        delta.push(op_from_json(op).map_err(|what| MalformedDelta { at, what })?);
    }
    Ok(delta)
}

fn op_from_json(json: &Json) -> Result<Op, &'static str> {
    let op = json.as_object().ok_or("is not an object")?;
    let attributes = || match op.get("attributes") {
        None | Some(Json::Null) => Ok(Attributes::new()),
        Some(Json::Object(map)) => map.iter().map(|(name, value)| Ok((name.clone(), scalar_from_json(value)?))).collect(),
        Some(_) => Err("has attributes that are not an object"),
    };
    match (op.get("insert"), op.get("retain"), op.get("delete")) {
        (Some(Json::String(text)), None, None) => Ok(Op::Insert { text: text.clone(), attributes: attributes()? }),
        (Some(Json::Object(embed)), None, None) => Ok(Op::Embed { embed: embed_from_json(embed)?, attributes: attributes()? }),
        (Some(_), None, None) => Err("inserts neither text nor an embed"),
        (None, Some(length), None) => Ok(Op::Retain { length: length_from_json(length)?, attributes: attributes()? }),
        (None, None, Some(length)) => Ok(Op::Delete { length: length_from_json(length)? }),
        _ => Err("is not exactly one of insert, retain and delete"),
    }
}

fn length_from_json(json: &Json) -> Result<usize, &'static str> {
    let length = json.as_u64().filter(|length| *length > 0 && *length <= u64::from(u32::MAX));
    length.and_then(|length| usize::try_from(length).ok()).ok_or("has a length that is not a number from 1 to 4294967295")
}

fn scalar_from_json(json: &Json) -> Result<Scalar, &'static str> {
    match json {
        Json::Null => Ok(Scalar::Null),
        Json::Bool(value) => Ok(Scalar::Bool(*value)),
        Json::Number(number) => number.as_f64().map(Scalar::Number).ok_or("has a number that JavaScript cannot hold"),
        Json::String(text) => Ok(Scalar::Text(text.clone())),
        Json::Array(_) | Json::Object(_) => Err("has an attribute that is neither text, number nor true or false"),
    }
}

fn embed_from_json(map: &Map<String, Json>) -> Result<Embed, &'static str> {
    let mut pairs = map.iter();
    match (pairs.next(), pairs.next()) {
        (Some((kind, value)), None) => Ok(Embed { kind: kind.clone(), value: value_from_json(value, limits::NESTING)? }),
        _ => Err("inserts an object that is not exactly one kind with its value"),
    }
}

fn value_from_json(json: &Json, depth: usize) -> Result<Value, &'static str> {
    let deeper = depth.checked_sub(1).ok_or("inserts an embed that is nested too deeply")?;
    match json {
        Json::Array(list) => Ok(Value::List(list.iter().map(|value| value_from_json(value, deeper)).collect::<Result<_, _>>()?)),
        Json::Object(map) => {
            let pairs = map.iter().map(|(name, value)| Ok((name.clone(), value_from_json(value, deeper)?)));
            Ok(Value::Map(pairs.collect::<Result<BTreeMap<_, _>, &'static str>>()?))
        }
        scalar => Ok(scalar_from_json(scalar)?.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_reads_what_it_prints() {
        let text = r#"{"ops":[{"insert":"a","attributes":{"bold":true,"n":1.5}},{"insert":{"image":{"w":3,"alt":[null,"x"]}}},
            {"retain":3,"attributes":{"bold":null}},{"delete":1}]}"#;
        let json: Json = serde_json::from_str(text).expect("JSON");
        let delta = delta_from_json(&json).expect("a Delta");
        assert_eq!(delta_to_json(&delta), json);
        assert_eq!(serde_json::from_str::<Json>(&serde_json::to_string(&Written(&delta)).expect("words")).expect("JSON"), json);
        assert_eq!(delta_from_json(&json["ops"]).expect("the bare operations"), delta);
    }

    #[test]
    fn what_is_no_delta_is_refused_and_says_where() {
        for (text, at) in [
            (r#"{}"#, 0),
            (r#"{"ops":[{"insert":"a"},{"retain":0}]}"#, 1),
            (r#"{"ops":[{"retain":-1}]}"#, 0),
            (r#"{"ops":[{"retain":1.5}]}"#, 0),
            (r#"{"ops":[{"insert":"a","delete":1}]}"#, 0),
            (r#"{"ops":[{"insert":{"a":1,"b":2}}]}"#, 0),
            (r#"{"ops":[{"insert":7}]}"#, 0),
            (r#"{"ops":[{"insert":"a","attributes":{"x":[]}}]}"#, 0),
            (r#"{"ops":[null]}"#, 0),
        ] {
            let error = delta_from_json(&serde_json::from_str(text).expect("JSON")).expect_err(text);
            assert_eq!(error.at, at, "{text}");
        }
        let deep = format!(r#"{{"ops":[{{"insert":{{"x":{}1{}}}}}]}}"#, "[".repeat(40), "]".repeat(40));
        assert!(delta_from_json(&serde_json::from_str(&deep).expect("JSON")).is_err());
    }
}
