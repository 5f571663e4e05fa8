//! What a node says of itself: counted for whoever asks, logged in its profile, and never a word of anybody's.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use sheaf_e2e::{Person, Up, eventually};

use crate::together::{device_state, same_text};

/// What a page of a node says.
pub(crate) fn fetch(url: &str, host: Option<&str>) -> String {
    let (address, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("a URL");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let host = host.unwrap_or(address);
    stream.write_all(format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()).expect("it hears");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// Everything below a folder that is not the database nor what is attached, file by file.
fn written(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if name == "blobs" {
            continue;
        }
        if path.is_dir() {
            files.extend(written(&path));
        } else if !name.starts_with("sheaf.db") && name != "device.key" {
            files.push((name, String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default()).into_owned()));
        }
    }
    files
}

/// Names a folder, an invitation, a file and what is in it, and makes a ticket for a further device, which is the answer.
fn everything_else_that_is_said(ada: &Person, document: &str) -> String {
    let folder = ada.done(["folder", "new", "Marmoset folder"]);
    ada.done(["folder", "add", &folder, document]);
    ada.done(["share", document, "--uses", "2", "--label", "Ocelot invitation"]);
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let file = elsewhere.path().join("Numbat file.txt");
    std::fs::write(&file, "Pangolin bytes").expect("a file can be written");
    ada.done(["attach".as_ref(), document.as_ref(), file.as_os_str()]);
    let mut linking = ada.command(["--json", "link-device"]);
    let mut linking = linking.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().expect("sheaf starts");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(linking.stdout.take().expect("it is piped")), &mut line).expect("a line");
    linking.kill().and_then(|()| linking.wait()).expect("it ends");
    let ticket: serde_json::Value = serde_json::from_str(&line).expect("one object");
    ticket["ticket"].as_str().expect("a ticket").to_owned()
}

#[test]
fn what_is_counted_and_logged_holds_no_text_title_name_ticket_or_key() {
    let (title, words, more) = ("Zanzibar title", "Quokka confidential words", "Axolotl words while apart");
    let people = [Person::new("Wilhelmina"), Person::new("Thaddeus")].map(|person| person.with("SHEAF_LOG", "info,sheaf=trace,iroh=debug"));
    let [ada, ben] = &people;
    let document = ada.done(["new", title]);
    let ada_up = Up::start(ada.command(["--json", "up", "--metrics", "127.0.0.1:0"]));
    let ticket = ada.done(["share", &document]);
    let ben_up = ben.up();
    ben.done_with(["join", "-"], &ticket);
    ada.add(&document, words);
    same_text(&[ada, ben], &document);
    ben_up.freeze(true);
    ada.add(&document, more);
    ben_up.freeze(false);
    same_text(&[ada, ben], &document);
    let said_once = everything_else_that_is_said(ada, &document);
    eventually("Ada to have Ben's receipt", || (device_state(ada, &document, "Thaddeus")["state"] == "has_all").then_some(()));

    let url = eventually("the address", || ada_up.said().iter().find_map(|event| Some(event["url"].as_str()?.to_owned())));
    let metrics = fetch(&url, None);
    println!(
        "{}",
        metrics.lines().filter(|line| line.contains("link") || line.contains("receipt_seconds_count")).collect::<Vec<_>>().join("\n")
    );
    let label = format!("document=\"{}\"", &document[..8]);
    for (family, least) in
        [("sheaf_records_total", 3.0), ("sheaf_receipt_seconds_count", 1.0), ("sheaf_people", 2.0), ("sheaf_commit_seconds_count", 2.0)]
    {
        let sample = metrics.lines().find(|line| line.starts_with(family) && line.contains(&label)).unwrap_or_else(|| panic!("{family}"));
        let value: f64 = sample.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number");
        assert!(value >= least, "{sample}");
    }
    assert!(metrics.contains("path=\"direct\"") && metrics.ends_with("# EOF\n"), "{metrics}");
    assert!(fetch(&url, Some("evil.example")).contains("403"), "a page that somebody's DNS points here is turned away");
    let said = Person::new("Other").fails(["up", "--metrics", "0.0.0.0:0"], "");
    assert!(said.contains("is not a loopback address"), "{said}");
    let bundle = ada.home().join("bundle");
    ada.done(["diagnose", &document, "--out", bundle.to_str().expect("a path")]);
    ada_up.stop();
    ben_up.stop();

    // The canaries: in whole, and the parts that somebody may cut them into.
    let secret = std::fs::read(ada.home().join("device.key")).expect("the device's key");
    let key = String::from_utf8_lossy(&secret).trim().to_owned();
    let canaries = [
        "Marmoset",
        "Ocelot",
        "Numbat",
        "Pangolin",
        &said_once[..24],
        &said_once[said_once.len() - 24..],
        "Zanzibar",
        "Quokka",
        "Axolotl",
        "Wilhelmina",
        "Thaddeus",
        &ticket[..24],
        &ticket[ticket.len() - 24..],
        key.as_str(),
    ];
    let mut files: Vec<(String, String)> = people.iter().flat_map(|person| written(person.home())).collect();
    files.push(("metrics".into(), metrics));
    assert!(files.iter().any(|(name, text)| name == "sheaf.log" && text.len() > 1000), "there is a log to look at");
    for (name, text) in &files {
        for canary in canaries.iter().filter(|canary| !canary.is_empty()) {
            assert!(!text.contains(canary), "{name} holds {canary}: {:?}", text.lines().find(|line| line.contains(canary)));
        }
    }
}
