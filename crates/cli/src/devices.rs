//! The devices of this person: showing them, linking a further one, taking one out.
//!
//! Linking takes two people's looks, of whom both are the same one: each side shows six digits and goes on when it is told that they are the same.

use std::io::{self, BufRead};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::node::Node;
use crate::print::{self, when};

/// How often it is looked how far a linking is: as often as a person would.
const LOOK: Duration = Duration::from_millis(300);

/// How long a command that runs an engine of its own stays after a linking, so that the other side hears of it.
const FAREWELL: Duration = Duration::from_secs(2);

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) enum Devices {
    /// Show them.
    List,
    /// Make a ticket, or follow one.
    Link { ticket: Option<String>, yes: bool },
    /// Take one out of everything.
    Remove { device: String },
}

/// Does it, and says what is to be printed.
pub(crate) async fn perform(node: &mut Node, what: &Devices, json: bool) -> Result<String, String> {
    match what {
        Devices::List => {
            let answer = ask(node, "devices", json!({})).await?;
            let lines = list(&answer, "devices").map(|device| if json { format!("{device}\n") } else { line(device) });
            Ok(lines.collect())
        }
        Devices::Remove { device } => {
            let answer = ask(node, "remove_device", json!({ "device": device })).await?;
            Ok(if json { format!("{answer}\n") } else { removed(&answer) })
        }
        Devices::Link { ticket, yes } => {
            node.go_online().await;
            match ticket {
                None => make(node, json).await?,
                Some(ticket) => follow(node, ticket, *yes).await?,
            }
            let linked = wait(node, *yes, json).await?;
            if !node.is_running() {
                tokio::time::sleep(FAREWELL).await;
                print::sentence("documents come and go while Sheaf runs on both devices: start the app, or `sheaf up`");
            }
            Ok(if json { format!("{linked}\n") } else { format!("{}\n", text(&linked, "device")) })
        }
    }
}

async fn ask(node: &mut Node, call: &str, fields: Value) -> Result<Value, String> {
    let fields = fields.as_object().cloned().unwrap_or_else(Map::new);
    node.ask(call, fields).await.map_err(|failure| failure.message)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

/// A device: id, name, when it was last seen, in how many documents it is, with tabs between.
fn line(device: &Value) -> String {
    let seen = match (device["mine"] == true, device["linked"] == true, device["last_seen"].as_u64()) {
        (true, ..) => "this device".to_owned(),
        (_, true, _) => "linked now".to_owned(),
        (.., Some(seen)) => format!("last seen {}", when(seen)),
        _ => "not seen yet".to_owned(),
    };
    let documents = match device["documents"].as_u64().unwrap_or_default() {
        1 => "1 document".to_owned(),
        several => format!("{several} documents"),
    };
    format!("{}\t{}\t{seen}\t{documents}\n", text(device, "device"), text(device, "name"))
}

/// What became of each document, and what the device keeps.
fn removed(answer: &Value) -> String {
    let mut told = String::new();
    for document in list(answer, "documents") {
        let what = match (document["removed"] == true, document["new_key"] == true) {
            (true, true) => "removed; there is a new key".to_owned(),
            (true, false) => "removed; until an admin's device has made a new key, it can read what somebody passes to it".to_owned(),
            (false, _) => format!("STILL IN: {}", text(document, "reason")),
        };
        told += &format!("{}\t{}\t{what}\n", text(document, "document"), text(document, "title"));
    }
    told + "The device keeps the copies that it has. Others shut it out as soon as they are reached. If somebody else has it, they may have read \
        everything in those copies.\n"
}

async fn make(node: &mut Node, json: bool) -> Result<(), String> {
    let made = ask(node, "link_device", json!({})).await?;
    if let Some(warning) = made["warning"].as_str() {
        print::sentence(warning);
    }
    print::result(&if json { format!("{made}\n") } else { format!("{}\n", text(&made, "ticket")) })?;
    let minutes = made["lives"].as_u64().unwrap_or_default() / 60_000;
    print::sentence(&format!(
        "on the other device: `sheaf link-device TICKET`, or “Your devices” in its settings. It is good once, for {minutes} minutes, while this waits"
    ));
    Ok(())
}

async fn follow(node: &mut Node, ticket: &str, yes: bool) -> Result<(), String> {
    let preview = ask(node, "link_device", json!({ "ticket": ticket, "preview": true })).await?;
    let name = if text(&preview, "name").is_empty() { "somebody without a name" } else { text(&preview, "name") };
    print::sentence(&format!(
        "this links this device with the library of {name} (device {}, not proven): each gets the other's documents",
        text(&preview, "fingerprint")
    ));
    list(&preview, "routes").filter_map(Value::as_str).for_each(|route| print::sentence(&format!("it would dial {route}")));
    if !yes && !is_confirmed("go on?")? {
        return Err("nothing was dialed".into());
    }
    ask(node, "link_device", json!({ "ticket": ticket })).await.map(drop)
}

/// Waits until the two are linked, and asks whether the digits are the same.
async fn wait(node: &mut Node, yes: bool, json: bool) -> Result<Value, String> {
    let mut agreed = None;
    let mut unreached = String::new();
    loop {
        let linking = ask(node, "linking", json!({})).await?;
        match text(&linking, "state") {
            "linked" => return Ok(linking),
            "over" => return Err(format!("the devices were not linked: {}", text(&linking, "reason"))),
            "none" => return Err("the devices were not linked: Sheaf was ended meanwhile".into()),
            "comparing" if agreed.as_ref() != Some(&linking["spoken"]) => {
                let spoken: Vec<&str> = list(&linking, "spoken").filter_map(Value::as_str).collect();
                if json {
                    print::result(&format!("{linking}\n"))?;
                }
                let name = if text(&linking, "name").is_empty() { "the other device" } else { text(&linking, "name") };
                print::sentence(&format!("{name} ({}) is there. Both devices show: {}", text(&linking, "short"), spoken.join(" ")));
                if !yes && !is_confirmed("does the other device show the same digits?")? {
                    ask(node, "link_stop", json!({})).await?;
                    tokio::time::sleep(LOOK).await;
                    return Err("the devices were not linked".into());
                }
                // The link may have broken while they were compared; then there are other digits.
                let _ = ask(node, "link_agree", json!({ "spoken": linking["spoken"] })).await;
                agreed = Some(linking["spoken"].clone());
            }
            _ => {
                let why = text(&linking, "reason");
                if !why.is_empty() && why != unreached {
                    print::sentence(&format!("the other device was not reached so far: {why}. Does Sheaf run there? Trying on"));
                    unreached = why.to_owned();
                }
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// Asks on stderr, and reads the answer from stdin; whoever says nothing has not agreed.
fn is_confirmed(question: &str) -> Result<bool, String> {
    print::sentence(&format!("{question} [y/N]"));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| format!("cannot read stdin: {error}"))?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_each_document_is_said_and_what_the_device_keeps() {
        let answer = json!({ "documents": [
            { "document": "aa", "title": "Notes", "removed": true, "new_key": true },
            { "document": "bb", "title": "Theirs", "removed": true, "new_key": false },
            { "document": "cc", "title": "Old", "removed": false, "reason": "it came in by itself" },
        ] });
        let told = removed(&answer);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "aa\tNotes\tremoved; there is a new key");
        assert!(lines[1].contains("until an admin's device") && lines[2] == "cc\tOld\tSTILL IN: it came in by itself");
        assert!(lines[3].starts_with("The device keeps the copies"));
    }

    #[test]
    fn a_device_reads_as_a_line() {
        let this = json!({ "device": "aa", "name": "desk", "mine": true, "linked": true, "last_seen": 0, "documents": 1 });
        let away = json!({ "device": "bb", "name": "phone", "mine": false, "linked": false, "last_seen": 0, "documents": 3 });
        assert_eq!(line(&this), "aa\tdesk\tthis device\t1 document\n");
        assert_eq!(line(&away), "bb\tphone\tlast seen 1970-01-01 00:00 UTC\t3 documents\n");
    }
}
