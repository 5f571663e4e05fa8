//! Our Delta does what quill-delta 5.1.0 does, on the cases that `vectors/generate.mjs` wrote.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sheaf_schema::Delta;

fn delta(ops: &Json) -> Delta {
    let json = serde_json::json!({ "ops": ops }).to_string();
    Delta::from_json(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn number(value: &Json) -> usize {
    value.as_u64().expect("a position") as usize
}

#[test]
fn every_case_of_quill_delta_comes_out_the_same() {
    let cases: Vec<Vec<Json>> = serde_json::from_str(include_str!("vectors/delta.json")).expect("the vectors are JSON");
    let mut counts = BTreeMap::<String, usize>::new();
    for case in &cases {
        let context = serde_json::to_string(case).expect("what was read can be written");
        let operation = case[0].as_str().expect("an operation");
        *counts.entry(operation.to_owned()).or_default() += 1;
        let (ours, theirs) = match operation {
            "compose" => (delta(&case[1]).compose(&delta(&case[2])), &case[3]),
            "invert" => (delta(&case[2]).invert(&delta(&case[1])), &case[3]),
            "transform" => (delta(&case[1]).transform(&delta(&case[2]), case[3] == true), &case[4]),
            "slice" => (delta(&case[1]).slice(number(&case[2]), number(&case[3])), &case[4]),
            "position" => {
                let ours = delta(&case[1]).transform_position(number(&case[2]), case[3] == true);
                assert_eq!(ours, number(&case[4]), "{context}");
                continue;
            }
            other => panic!("no such operation: {other}"),
        };
        assert_eq!(ours, delta(theirs), "{context}");
        assert_eq!(ours.clone().normal(), ours, "not in normal form: {context}");
    }
    println!("{counts:?}");
    assert!(cases.len() > 2_500 && counts.len() == 5, "the vectors are complete: {counts:?}");
}
