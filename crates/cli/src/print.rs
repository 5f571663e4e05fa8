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
        let state = if entry["trashed"] == true { "trashed".to_owned() } else { text("state") };
        let changed = entry["changed"].as_u64().map(when).unwrap_or_default();
        format!("{}\t{}\t{changed}\t{people}\t{state}\n", text("document"), text("title"))
    };
    documents.as_array().into_iter().flatten().map(line).collect()
}

/// What a ticket says.
pub(crate) fn preview(answer: &Value) -> String {
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    let inviter = if text("inviter").is_empty() { "somebody without a name" } else { text("inviter") };
    let known = if answer["known"] == true { "It is in your library already.\n" } else { "" };
    let routes: String =
        answer["routes"].as_array().into_iter().flatten().filter_map(Value::as_str).map(|route| format!("  {route}\n")).collect();
    format!(
        "{:?} from {inviter} (device {}, not proven)\nYou could {} it. Joining shows your device and your name to its people.\n{known}{}{routes}",
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
        let saved = match (document["unsaved_reason"].as_str(), document["waits_for"].as_str()) {
            (Some(reason), _) => format!("NOT SAVED: {reason}"),
            (None, Some(inviter)) => waiting(inviter, &document["transfer"]),
            (None, None) => "saved here".to_owned(),
        };
        text += &format!(
            "{}\t{}\t{saved}\n",
            document["document"].as_str().unwrap_or_default(),
            document["title"].as_str().unwrap_or_default()
        );
        for device in document["devices"].as_array().into_iter().flatten() {
            text += &format!("  {}\n", device_line(device));
        }
    }
    text
}

/// A first copy that is not here yet.
fn waiting(inviter: &str, transfer: &Value) -> String {
    let inviter = if inviter.is_empty() { "whoever invited you" } else { inviter };
    match (transfer["bytes"].as_u64(), transfer["total"].as_u64()) {
        (Some(bytes), Some(total)) => format!("getting the first copy, {bytes} of {total} bytes"),
        _ => format!("waiting for the first copy from {inviter}, or from anybody who has it"),
    }
}

fn device_line(device: &Value) -> String {
    let person = device["person"].as_str().filter(|person| !person.is_empty()).unwrap_or("somebody");
    let id: String = device["device"].as_str().unwrap_or_default().chars().take(8).collect();
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
    let seen = device["last_seen"].as_u64().map(|seen| format!(", last seen {}", when(seen))).unwrap_or_default();
    let path = device["path"].as_str().map(|path| format!(", {path}")).unwrap_or_default();
    let reason = device["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{person} ({id}): {state}{path}{seen}{reason}")
}

/// A moment in UTC, to the minute.
fn when(milliseconds: u64) -> String {
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
    use super::*;

    #[test]
    fn moments_read_as_people_write_them() {
        assert_eq!(when(0), "1970-01-01 00:00 UTC");
        assert_eq!(when(951_827_696_000), "2000-02-29 12:34 UTC");
        assert_eq!(when(1_795_305_599_999), "2026-11-21 23:59 UTC");
        assert_eq!(when(4_102_444_800_000), "2100-01-01 00:00 UTC");
    }
}
