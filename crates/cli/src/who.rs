//! How "who has this?" is answered to people: the paragraph, then a line for each device.

use serde_json::Value;

use crate::print::{person, when};
use crate::reviews::spelled;

/// Words of a paragraph that are printed, so that one sees which it is.
const LONGEST: usize = 72;

/// The paragraph, who changed it last, and who has it.
pub(crate) fn text(answer: &Value) -> String {
    let mut text = format!("{}\n", beginning(answer["words"].as_str().unwrap_or_default()));
    let last = &answer["last"];
    if last["mine"] == true {
        text += "  last changed on this device, which has it\n";
    } else if last.is_object() {
        text += &format!("  last changed by {}; this device has it\n", person(&last["person"], &last["device"]));
    }
    for device in answer["devices"].as_array().into_iter().flatten() {
        text += &format!("  {}\n", line(device));
    }
    text
}

fn line(device: &Value) -> String {
    let confirmed = device["confirmed_at"].as_u64().map(|at| format!(", confirmed {}", when(at))).unwrap_or_default();
    let state = match device["state"].as_str().unwrap_or_default() {
        "has_it" => format!("has it{confirmed}"),
        "not_yet" => "does not have it yet, as far as is known".to_owned(),
        "refused" => "is refused".to_owned(),
        _ => "has not said yet what it has".to_owned(),
    };
    let reason = device["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{} {state}{reason}", person(&device["person"], &device["device"]))
}

fn beginning(words: &str) -> String {
    let words = spelled(words);
    if words.chars().count() <= LONGEST {
        return format!("“{words}”");
    }
    let beginning: String = words.chars().take(LONGEST).collect();
    format!("“{}…”", beginning.trim_end())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_reads_device_by_device() {
        let device = |person: &str, state: &str| json!({ "device": "1a2b3c4d5e6f", "person": person, "state": state });
        let mut has = device("Ben", "has_it");
        has["confirmed_at"] = json!(951_827_696_000_u64);
        let mut away = device("Cleo", "not_yet");
        away["reason"] = json!("no answer");
        let answer = json!({
            "words": "Cut the rye.\u{1b}", "last": { "device": "77aa77aa77aa", "person": "Ben", "mine": false },
            "devices": [has, away, device("", "unknown")],
        });
        let expected = "“Cut the rye. ”\n  last changed by Ben (77aa77aa); this device has it\n  Ben (1a2b3c4d) has it, confirmed 2000-02-29 12:34 UTC\n  \
            Cleo (1a2b3c4d) does not have it yet, as far as is known: no answer\n  somebody (1a2b3c4d) has not said yet what it has\n";
        assert_eq!(text(&answer), expected);
        assert_eq!(beginning(&"word ".repeat(20)).chars().count(), 75);
    }
}
