//! How merge reviews look to people: each line with what either side had.

use serde_json::Value;

use crate::print::{person, when};

/// Reviews, the oldest first: its id and when it came, then line by line the wordings.
pub(crate) fn text(answer: &Value) -> String {
    answer["reviews"].as_array().into_iter().flatten().map(review).collect()
}

fn review(review: &Value) -> String {
    let came = review["when"].as_u64().map(when).unwrap_or_default();
    let mut text = format!("{}\t{came}\n", review["id"].as_str().unwrap_or_default());
    for line in review["lines"].as_array().into_iter().flatten() {
        text += &format!("  you: {}\n", wording(&line["mine"]));
        for theirs in line["theirs"].as_array().into_iter().flatten() {
            let people = theirs["people"].as_array().into_iter().flatten();
            let people: Vec<String> = people.map(|it| person(&it["person"], &it["device"])).collect();
            text += &format!("  {}: {}\n", people.join(", "), wording(&theirs["wording"]));
        }
        text += "\n";
    }
    if let Some(more) = review["more"].as_u64().filter(|more| *more > 0) {
        text += &format!("  and {more} more that are not listed\n\n");
    }
    text
}

/// A line's words on one line of the terminal, with what it is before them.
fn wording(wording: &Value) -> String {
    if wording.is_null() {
        return "(removed)".to_owned();
    }
    let block = wording["block"].as_str().map(|block| format!("[{block}] ")).unwrap_or_default();
    let ops = wording["delta"]["ops"].as_array().into_iter().flatten();
    let words: String = ops.map(|op| op["insert"].as_str().map_or("\u{fffc}".to_owned(), spelled)).collect();
    format!("{block}{words}")
}

/// Other people's words on this terminal: what could steer it is shown, not sent.
pub(crate) fn spelled(words: &str) -> String {
    words.chars().map(|letter| if letter.is_control() || letter == '\u{2028}' { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_review_reads_line_by_line() {
        let words = |words: &str, block: Value| json!({ "delta": { "ops": [{ "insert": words }] }, "block": block });
        let ben = json!([{ "device": "1a2b3c4d5e6f", "person": "Ben", "colour": "teal" }]);
        let line =
            json!({ "mine": words("Crane", json!("h1")), "theirs": [{ "people": ben, "wording": words("Old\u{1b} Crane", Value::Null) }] });
        let gone = json!({ "mine": null, "theirs": [] });
        let answer = json!({ "reviews": [{ "id": "77aa/3", "when": 951_827_696_000_u64, "lines": [line, gone], "more": 2 }] });
        let expected = "77aa/3\t2000-02-29 12:34 UTC\n  you: [h1] Crane\n  Ben (1a2b3c4d): Old  Crane\n\n  you: (removed)\n\n  and 2 more that are not listed\n\n";
        assert_eq!(text(&answer), expected);
    }
}
