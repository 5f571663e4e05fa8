//! How results look to people.

use std::io::{self, Write};

use serde_json::Value;

/// Prints a result on stdout, exactly. A reader that has gone is not our failure.
pub(crate) fn result(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("done, but the result could not be printed: {error}")),
        _ => Ok(()),
    }
}

/// Prints a sentence on stderr.
pub(crate) fn sentence(text: &str) {
    // Nobody is left to tell if stderr is gone.
    drop(writeln!(io::stderr(), "sheaf: {text}"));
}

/// The library: id, title, when changed, people, state, with tabs between.
pub(crate) fn library(documents: &Value) -> String {
    let line = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let people = match entry["people"].as_u64().unwrap_or(1) {
            1 => "1 person".to_owned(),
            people => format!("{people} people"),
        };
        let state = match entry["trashed"] == true {
            true => "trashed".to_owned(),
            false if entry["kind"] == "folder" => format!("{}\tfolder", text("state")),
            false => text("state"),
        };
        let changed = entry["changed"].as_u64().map(when).unwrap_or_default();
        format!("{}\t{}\t{changed}\t{people}\t{state}\n", text("document"), text("title"))
    };
    documents.as_array().into_iter().flatten().map(line).collect()
}

/// What is in a folder: id, title, state, with tabs between; and how many of its lines list nothing.
pub(crate) fn folder(answer: &Value) -> String {
    let line = |it: &Value| {
        let text = |name: &str| it[name].as_str().unwrap_or_default();
        let state = match text("state") {
            "waiting" => "waiting for its first copy",
            "by_itself" => "here, but not in this folder",
            state => state,
        };
        format!("{}\t{}\t{state}\n", text("document"), text("title"))
    };
    let documents: String = answer["documents"].as_array().into_iter().flatten().map(line).collect();
    match answer["problems"].as_array().map_or(0, Vec::len) {
        0 => documents,
        1 => format!("{documents}1 line of the folder lists nothing that can be opened.\n"),
        lines => format!("{documents}{lines} lines of the folder list nothing that can be opened.\n"),
    }
}

/// The documents that name one: id, title, what they say there, with tabs between.
pub(crate) fn backlinks(links: &Value) -> String {
    let line = |link: &Value| {
        let text = |name: &str| link[name].as_str().unwrap_or_default();
        format!("{}\t{}\t{}\n", text("document"), text("title"), text("excerpt"))
    };
    links.as_array().into_iter().flatten().map(line).collect()
}

/// What a ticket says.
pub(crate) fn preview(answer: &Value) -> String {
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    let inviter = if text("inviter").is_empty() { "somebody without a name" } else { text("inviter") };
    let known = if answer["known"] == true { "It is in your library already.\n" } else { "" };
    let routes: String =
        answer["routes"].as_array().into_iter().flatten().filter_map(Value::as_str).map(|route| format!("  {route}\n")).collect();
    let folder = match answer["folder"].as_u64() {
        None => String::new(),
        Some(1) => "It is a folder with 1 document: joining gives you everything in it, now and later.\n".to_owned(),
        Some(documents) => format!("It is a folder with {documents} documents: joining gives you everything in it, now and later.\n"),
    };
    format!(
        "{:?} from {inviter} (device {}, not proven)\nYou could {} it. Joining shows your device and your name to its people.\n{folder}{known}{}{routes}",
        text("title"),
        text("fingerprint"),
        text("role"),
        if routes.is_empty() { "" } else { "It would dial:\n" },
    )
}

/// Who has what.
pub(crate) fn status(answer: &Value) -> String {
    let mut text = String::new();
    for document in answer["documents"].as_array().into_iter().flatten() {
        let here = match document["unsaved_reason"].as_str() {
            Some(reason) => format!("NOT SAVED: {reason}"),
            None if document["state"] == "waiting" => first_copy(document),
            None => "saved here".to_owned(),
        };
        text +=
            &format!("{}\t{}\t{here}\n", document["document"].as_str().unwrap_or_default(), document["title"].as_str().unwrap_or_default());
        for device in document["devices"].as_array().into_iter().flatten() {
            text += &format!("  {}\n", device_line(device));
        }
    }
    let network = &answer["network"];
    if let Some(error) = network["error"].as_str() {
        text += &format!("NO NETWORK: {error}\n");
    }
    if let Some(since) = network["offline_since"].as_u64() {
        text += &format!("Nobody could be reached since {}\n", when(since));
    }
    text
}

/// What of the connection works: what fails stands out.
pub(crate) fn findings(answer: &Value) -> String {
    let findings = answer["findings"].as_array().into_iter().flatten();
    let lines = findings.map(|finding| {
        let mark = match finding["state"].as_str() {
            Some("works") => "works",
            Some("fails") => "FAILS",
            _ => "-",
        };
        format!("{mark:<6} {}\n", finding["words"].as_str().unwrap_or_default())
    });
    lines.collect()
}

/// What this device has done.
pub(crate) fn statistics(answer: &Value) -> String {
    let number = |name: &str| answer[name].as_u64().unwrap_or(0);
    format!(
        "words written\t{}\nedits made\t{}\nmerges with what others wrote meanwhile\t{}\nsent\t{} MB\nreceived\t{} MB\npeople written with\t{}\n\
         Counted on this device since {}, kept here, sent nowhere.\n",
        number("words"),
        number("edits"),
        number("merges"),
        megabytes(number("sent")),
        megabytes(number("received")),
        number("people"),
        when(number("since")),
    )
}

/// A bundle that was written, and what may be done with it.
pub(crate) fn bundle(answer: &Value) -> String {
    let warning = match answer["content"].as_bool() {
        Some(true) => "whoever has it can read the document, also what is written in it later, and use the invitations made meanwhile",
        _ => "filler stands for every word",
    };
    let holds = match answer["whole"].as_bool() {
        Some(true) => format!("everything heard since it was opened, {} inputs", answer["inputs"]),
        _ => "the text's edits, in order".to_owned(),
    };
    let plays = match answer["plays"].as_bool() {
        Some(true) => "`sheaf replay` plays it",
        _ => "playing it here did not come to the same text: please send it, that is a bug of its own",
    };
    format!("{}: {} bytes; {holds}; {warning}. {plays}\n", answer["file"].as_str().unwrap_or_default(), answer["bytes"])
}

/// What is said of a document of which nothing is here yet, or not all.
pub(crate) fn first_copy(document: &Value) -> String {
    let transfer = &document["transfer"];
    match (transfer["bytes"].as_u64(), transfer["total"].as_u64()) {
        (Some(bytes), Some(total)) => {
            let from = person(&transfer["person"], &transfer["from"]);
            format!("getting the first copy from {from}, {} of {} MB", megabytes(bytes), megabytes(total))
        }
        _ => match document["devices"].as_array().and_then(|devices| devices.first()) {
            Some(device) => format!("waiting for its first copy from {}", person(&device["person"], &device["device"])),
            None => "waiting for its first copy".to_owned(),
        },
    }
}

/// Why a first copy has not come, for who has waited long enough: how it stands with whoever could give it.
pub(crate) fn in_vain(document: &Value) -> String {
    if document["transfer"].is_object() {
        return first_copy(document);
    }
    let devices = document["devices"].as_array().into_iter().flatten();
    let devices: Vec<String> = devices.map(device_line).collect();
    if devices.is_empty() { "nobody who has it could be reached".to_owned() } else { devices.join("; ") }
}

/// Bytes in megabytes, to a tenth; what is there is never nothing.
/// How many bytes, as people say it.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{} KB", bytes / 1000),
        _ => format!("{} MB", megabytes(bytes)),
    }
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A person and the beginning of the device's id.
pub(crate) fn person(name: &Value, device: &Value) -> String {
    let name = name.as_str().filter(|name| !name.is_empty()).unwrap_or("somebody");
    let id: String = device.as_str().unwrap_or_default().chars().take(8).collect();
    format!("{name} ({id})")
}

fn device_line(device: &Value) -> String {
    let behind = device["behind"].as_u64().unwrap_or(0);
    let edits = if behind == 1 { "1 edit".to_owned() } else { format!("{behind} edits") };
    let state = match device["state"].as_str().unwrap_or_default() {
        "has_all" => "up to date".to_owned(),
        "behind" => format!("{edits} not yet there"),
        "waiting" => "has not said yet what it has".to_owned(),
        "refused" => "refused".to_owned(),
        _ if behind > 0 => format!("not reachable, {edits} waiting for it"),
        _ => "not reachable".to_owned(),
    };
    let ahead = match device["ahead"].as_u64().unwrap_or(0) {
        0 => String::new(),
        1 => ", 1 change is coming from it".to_owned(),
        ahead => format!(", {ahead} changes are coming from it"),
    };
    let seen = device["last_seen"].as_u64().map(|seen| format!(", last seen {}", when(seen))).unwrap_or_default();
    let path = device["path"].as_str().map(|path| format!(", {path}")).unwrap_or_default();
    let reason = device["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}: {state}{ahead}{path}{seen}{reason}", person(&device["person"], &device["device"]))
}

/// A moment in UTC, to the minute.
pub(crate) fn when(milliseconds: u64) -> String {
    let minutes = milliseconds / 60_000;
    let (days, minute) = (minutes / 1440, minutes % 1440);
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60)
}

/// The date of a day since 1970: Howard Hinnant's `civil_from_days`, for days after that.
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_first_copy_says_from_whom_and_how_much() {
        let mut document = json!({ "state": "waiting", "devices": [{ "device": "1a2b3c4d5e6f", "person": "Ada" }] });
        assert_eq!(first_copy(&document), "waiting for its first copy from Ada (1a2b3c4d)");
        document["transfer"] = json!({ "from": "1a2b3c4d5e6f", "person": "Ada", "bytes": 350_001, "total": 1_200_000 });
        assert_eq!(first_copy(&document), "getting the first copy from Ada (1a2b3c4d), 0.4 of 1.2 MB");
        assert_eq!(first_copy(&json!({ "devices": [] })), "waiting for its first copy");
    }

    #[test]
    fn moments_read_as_people_write_them() {
        assert_eq!(when(0), "1970-01-01 00:00 UTC");
        assert_eq!(when(951_827_696_000), "2000-02-29 12:34 UTC");
        assert_eq!(when(1_795_305_599_999), "2026-11-21 23:59 UTC");
        assert_eq!(when(4_102_444_800_000), "2100-01-01 00:00 UTC");
    }
}
