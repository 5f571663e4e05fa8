//! How members, invitations and the history of both look to people.

use serde_json::Value;

use crate::print::when;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

/// Who is in a document, a line for each device: device, person, role, with tabs between.
pub(crate) fn members(answer: &Value) -> String {
    let lines = list(answer, "members").flat_map(|member| {
        let ends = member["ends"].as_u64().map(|at| format!("\tuntil {}", when(at))).unwrap_or_default();
        list(member, "devices").map(move |device| {
            let mine = if device["mine"] == true { "\tthis device" } else { "" };
            format!("{}\t{}\t{}{ends}{mine}\n", text(device, "device"), text(member, "name"), text(member, "role"))
        })
    });
    lines.collect()
}

/// The invitations: id, role, who made it, how many came, and what is left of it, with tabs between.
pub(crate) fn invitations(answer: &Value) -> String {
    let line = |it: &Value| {
        let uses = it["uses"].as_u64().unwrap_or(0);
        let used = match it["limit"].as_u64() {
            Some(limit) => format!("used {uses} of {limit} times"),
            None => format!("used {} times", uses),
        };
        let state = match (it["open"] == true, it["kind"].as_str()) {
            (false, _) => "closed",
            (true, Some("open")) => "whoever has it comes in",
            (true, _) if it["approve"] == true => "its maker looks at each",
            (true, _) => "its maker lets in",
        };
        let ends = it["expires"].as_u64().map(|at| format!("\tuntil {}", when(at))).unwrap_or_default();
        let label = if text(it, "label").is_empty() { String::new() } else { format!("\t{}", text(it, "label")) };
        format!("{}\t{}\tby {}\t{used}\t{state}{ends}{label}\n", text(it, "id"), text(it, "role"), text(it, "by"))
    };
    list(answer, "invitations").map(line).collect()
}

/// Who waits to be let in: request, name, role, and what both read aloud, with tabs between.
pub(crate) fn requests(answer: &Value) -> String {
    let line = |asked: &Value| {
        let spoken: Vec<&str> = list(asked, "spoken").filter_map(Value::as_str).collect();
        let name = if text(asked, "name").is_empty() { "somebody without a name" } else { text(asked, "name") };
        format!("{}\t{name} ({})\t{}\t{}\n", text(asked, "id"), text(asked, "short"), text(asked, "role"), spoken.join(" "))
    };
    list(answer, "requests").map(line).collect()
}

/// What happened, the first first, and what was checked.
pub(crate) fn audit(answer: &Value) -> String {
    let events: String = list(answer, "events").map(event).collect();
    let checked = &answer["checked"];
    let number = |name: &str| checked[name].as_u64().unwrap_or(0);
    let failed: String = list(checked, "failed").filter_map(Value::as_str).map(|why| format!("DOES NOT HOLD: {why}\n")).collect();
    let outcome = if failed.is_empty() { "All hold." } else { "Not all hold." };
    format!(
        "{events}{failed}Checked {} records from the first one on: {} hashes and {} signatures. {outcome} Times are those of the devices that wrote.\n",
        number("records"),
        number("hashes"),
        number("signatures"),
    )
}

/// Why an audit is not passed.
pub(crate) fn audit_failure(answer: &Value) -> Option<String> {
    let failed = list(&answer["checked"], "failed").count();
    (failed > 0).then(|| format!("{failed} of what was checked does not hold"))
}

fn event(event: &Value) -> String {
    let at = event["at"].as_u64().map_or_else(|| "at a time that cannot be read here".to_owned(), when);
    let who = if text(event, "by").is_empty() { "somebody" } else { text(event, "by") };
    let (about, role) = (text(event, "about"), text(event, "role"));
    let what = match text(event, "what") {
        "founded" => "began the document".to_owned(),
        "invited" => format!("made an invitation to {role}"),
        "joined" => "came by an open invitation".to_owned(),
        "granted" => format!("let {about} in"),
        "role" => format!("gave {about} the role {role}"),
        "removed" => format!("removed {about}"),
        "left" => "left".to_owned(),
        "transferred" => format!("handed the document over to {about}"),
        "revoked" => format!("took the invitation {about} back"),
        "device_added" => format!("added the device {about}"),
        "ends" => format!("said when the membership of {about} ends"),
        "key" => "said what keys are sealed to".to_owned(),
        "profile" => "said who they are".to_owned(),
        "wrapped" => "dealt a key to who had missed it".to_owned(),
        other => format!("did something of a newer version ({other})"),
    };
    let standing = match text(event, "standing") {
        "counts" => String::new(),
        standing => format!("\t{}: {}", standing.to_uppercase(), text(event, "why")),
    };
    // By their beginnings one finds them above.
    let stood_on: Vec<&str> = list(event, "stood_on").filter_map(Value::as_str).map(short).collect();
    let rests = if stood_on.is_empty() { String::new() } else { format!(" on {}", stood_on.join(", ")) };
    format!("{}{rests}\t{at}\t{who} ({})\t{what}{standing}\n", short(text(event, "id")), short(text(event, "device")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_reads_as_a_sentence_and_one_that_does_not_count_says_why() {
        let mut it =
            json!({ "at": 0, "by": "Ada", "device": "0123456789", "what": "role", "about": "Ben", "role": "admin", "standing": "counts" });
        it["id"] = "abcdef0123".into();
        it["stood_on"] = json!(["fedcba9876", "0011223344"]);
        assert_eq!(event(&it), "abcdef01 on fedcba98, 00112233\t1970-01-01 00:00 UTC\tAda (01234567)\tgave Ben the role admin\n");
        it["standing"] = "void".into();
        it["why"] = "it was taken away".into();
        assert!(event(&it).ends_with("\tgave Ben the role admin\tVOID: it was taken away\n"));
    }

    #[test]
    fn an_audit_that_fails_says_so() {
        let mut answer = json!({ "events": [], "checked": { "records": 2, "hashes": 2, "signatures": 3, "failed": [] } });
        assert_eq!(audit_failure(&answer), None);
        assert!(audit(&answer).starts_with("Checked 2 records from the first one on: 2 hashes and 3 signatures. All hold."));
        answer["checked"]["failed"] = json!(["a seal"]);
        assert!(audit(&answer).starts_with("DOES NOT HOLD: a seal\n") && audit_failure(&answer).is_some());
    }
}
