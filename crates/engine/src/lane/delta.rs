//! Deltas as JSON, in Quill's format. The only place that knows it.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value as Json, json};
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

/// `{"ops": [...]}`.
pub(crate) fn delta_to_json(delta: &Delta) -> Json {
    json!({ "ops": delta.ops.iter().map(op_to_json).collect::<Vec<_>>() })
}

fn op_to_json(op: &Op) -> Json {
    let (name, value, attributes) = match op {
        Op::Insert { text, attributes } => ("insert", Json::String(text.clone()), Some(attributes)),
        Op::Embed { embed, attributes } => ("insert", json!({ &embed.kind: value_to_json(&embed.value) }), Some(attributes)),
        Op::Retain { length, attributes } => ("retain", json!(length), Some(attributes)),
        Op::Delete { length } => ("delete", json!(length), None),
    };
    let mut op = Map::new();
    op.insert(name.to_owned(), value);
    if let Some(attributes) = attributes.filter(|attributes| !attributes.is_empty()) {
        let attributes = attributes.iter().map(|(name, value)| (name.clone(), scalar_to_json(value))).collect();
        op.insert("attributes".to_owned(), Json::Object(attributes));
    }
    Json::Object(op)
}

fn scalar_to_json(scalar: &Scalar) -> Json {
    value_to_json(&Value::from(scalar.clone()))
}

fn value_to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => number_to_json(*number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(list) => list.iter().map(value_to_json).collect(),
        Value::Map(map) => Json::Object(map.iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect()),
    }
}

/// As JavaScript writes it: without a point where there is nothing behind it. What JSON cannot say is null, as there.
fn number_to_json(number: f64) -> Json {
    const SAFE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= SAFE {
        Json::Number(Number::from(number as i64))
    } else {
        Number::from_f64(number).map_or(Json::Null, Json::Number)
    }
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
