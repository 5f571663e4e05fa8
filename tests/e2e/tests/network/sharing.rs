//! People who share a document.

use std::time::Duration;

use serde_json::Value;
use sheaf_e2e::{Person, Up, eventually};

use crate::together::{device_state, same_text, shared, until_has};

#[test]
fn two_people_share_join_write_and_have_the_same() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    let _ben_up = ben.up();
    let before = std::time::SystemTime::now();
    let joined = ben.done_with(["join", "-"], &ticket);
    println!("joined in {:?}, process start included", before.elapsed().unwrap_or_default());
    assert_eq!(joined, document, "join prints the document's id and nothing else");
    assert!(ben.text(&document).contains("Ada was here first."));

    ben.add(&document, "Ben writes a line.");
    until_has(&ada, &document, "Ben writes a line.");
    ada.add(&document, "And Ada answers.");
    until_has(&ben, &document, "And Ada answers.");
    // Both at once.
    std::thread::scope(|scope| {
        scope.spawn(|| (0..5).for_each(|number| ada.add(&document, &format!("Ada's number {number}."))));
        scope.spawn(|| (0..5).for_each(|number| ben.add(&document, &format!("Ben's number {number}."))));
    });
    let text = eventually("all ten lines on both sides", || {
        let text = same_text(&[&ada, &ben], &document);
        let all =
            (0..5).all(|number| text.contains(&format!("Ada's number {number}.")) && text.contains(&format!("Ben's number {number}.")));
        all.then_some(text)
    });
    println!("{} characters, the same on both sides", text.len());

    let fact = eventually("Ada to have Ben's receipt", || {
        let fact = device_state(&ada, &document, "Ben");
        (fact["state"] == "has_all").then_some(fact)
    });
    assert_eq!(fact["path"], "direct", "{fact}");
    assert!(fact["rtt_ms"].is_u64() && fact["last_seen"].is_u64(), "{fact}");
    let members = ada.done(["--json", "members", &document]);
    let of_ben = members.lines().map(|line| serde_json::from_str::<Value>(line).expect("an object")).find(|member| member["name"] == "Ben");
    assert_eq!(fact["member"], of_ben.expect("he is a member")["id"], "{fact}");
}

#[test]
fn a_ticket_for_one_lets_in_one_though_two_race_over_the_network() {
    let (ada, ben, cleo) = (Person::new("Ada"), Person::new("Ben"), Person::new("Cleo"));
    let (_ada_up, document, _) = shared(&ada);
    let ticket = ada.done(["share", &document, "--uses", "1"]);
    let (_ben_up, _cleo_up) = (ben.up(), cleo.up());
    let join = |person: &Person| person.run(["join", &ticket, "--wait", "20"], "");
    let (bens, cleos) = std::thread::scope(|scope| {
        let (bens, cleos) = (scope.spawn(|| join(&ben)), scope.spawn(|| join(&cleo)));
        (bens.join().expect("it ran"), cleos.join().expect("it ran"))
    });
    let (inside, outside) = if bens.status.success() { (&ben, &cleos) } else { (&cleo, &bens) };
    assert!(!outside.status.success(), "both were let in");
    let why = String::from_utf8_lossy(&outside.stderr);
    assert!(why.contains("used as often as it may"), "{why}");
    assert!(inside.text(&document).contains("Ada was here first."));
    let members = ada.done(["members", &document]);
    assert_eq!(members.lines().count(), 2, "{members}");
}

#[test]
fn they_part_go_on_writing_and_meet_again() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    ben_up.stop();
    let fact = eventually("Ada to notice that Ben is gone", || {
        let fact = device_state(&ada, &document, "Ben");
        (fact["linked"] == false).then_some(fact)
    });
    assert!(fact["last_seen"].is_u64(), "since when is a fact: {fact}");

    ada.add(&document, "Ada, alone.");
    // Ben without a node: the command writes by itself.
    ben.add(&document, "Ben, on the train.");
    assert!(!ada.text(&document).contains("train") && !ben.text(&document).contains("alone"));
    // The status follows the answer by a moment.
    let fact = eventually("the status to say that Ben lacks something", || {
        let fact = device_state(&ada, &document, "Ben");
        (fact["state"] == "unreachable").then_some(fact)
    });
    assert!(fact["behind"].as_u64().is_some_and(|edits| edits > 0), "so many edits are not yet with Ben: {fact}");

    // Ada's node is cut off without a word, and both start again.
    ada_up.kill();
    let (_ada_up, _ben_up) = (ada.up(), ben.up());
    let before = std::time::SystemTime::now();
    until_has(&ada, &document, "Ben, on the train.");
    until_has(&ben, &document, "Ada, alone.");
    println!("both had everything {:?} after both nodes were up again", before.elapsed().unwrap_or_default());
    same_text(&[&ada, &ben], &document);
}

#[test]
fn a_third_joins_through_the_second_while_the_first_is_away() {
    let (ada, ben, cleo) = (Person::new("Ada"), Person::new("Ben"), Person::new("Cleo"));
    let (ada_up, document, ticket) = shared(&ada);
    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    // A ticket made now carries Ben's route besides Ada's.
    let second = eventually("a ticket with two routes", || {
        let ticket = ada.done(["share", &document]);
        let preview: Value = serde_json::from_str(&ada.done(["--json", "join", "--preview", &ticket])).expect("one object");
        (preview["routes"].as_array().map(Vec::len) >= Some(2)).then_some(ticket)
    });
    eventually("Ben to have the new invitation", || (device_state(&ada, &document, "Ben")["state"] == "has_all").then_some(()));
    ada_up.stop();

    let _cleo_up = cleo.up();
    assert_eq!(cleo.done(["join", &second]), document);
    assert!(cleo.text(&document).contains("Ada was here first."));
    cleo.add(&document, "Cleo came through Ben.");
    until_has(&ben, &document, "Cleo came through Ben.");

    // Ada comes back and hears of it, from whomever.
    let _ada_up = ada.up();
    until_has(&ada, &document, "Cleo came through Ben.");
    same_text(&[&ada, &ben, &cleo], &document);
}

#[test]
fn two_guests_find_each_other_when_the_host_is_gone() {
    let (ada, ben, cleo) = (Person::new("Ada"), Person::new("Ben"), Person::new("Cleo"));
    let (ada_up, document, ticket) = shared(&ada);
    let (_ben_up, cleo_up) = (ben.up(), cleo.up());
    ben.done(["join", &ticket]);
    cleo.done(["join", &ticket]);
    // Neither had the other's address in a ticket; Ada passes them on.
    eventually("Cleo to be linked with Ben", || (device_state(&cleo, &document, "Ben")["linked"] == true).then_some(()));
    ada_up.stop();
    cleo.add(&document, "Without the host.");
    until_has(&ben, &document, "Without the host.");
    // And again after a restart, from what was kept.
    cleo_up.stop();
    ben.add(&document, "While Cleo was away.");
    let _cleo_up = cleo.up();
    until_has(&cleo, &document, "While Cleo was away.");
}

#[test]
fn without_a_node_join_runs_one_until_the_first_copy_is_here() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let document = ada.done(["new", "Plans"]);
    ada.done_with(["write", &document, "-"], "First words.\n");
    let output = ada.run(["share", &document], "");
    assert!(output.status.success());
    let warning = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(warning.contains("nobody can join until Sheaf runs"), "{warning}");
    let ticket = String::from_utf8_lossy(&output.stdout).trim().to_owned();

    // Nobody is there: late is exit 1, and says what goes on.
    let late = ben.fails(["join", &ticket, "--wait", "1"], "");
    assert!(late.contains("not here yet"), "{late}");
    assert_eq!(ben.done(["list"]).lines().count(), 1, "it waits in the library");
    let waiting = ben.fails(["show", &document], "");
    assert!(!waiting.is_empty());

    // The port was chosen when the ticket was made, and is kept.
    let _ada_up = ada.up();
    assert_eq!(ben.done(["join", &ticket]), document);
    assert!(ben.text(&document).contains("First words."));
    let fact = eventually("Ada to have Ben's receipt", || {
        let fact = device_state(&ada, &document, "Ben");
        fact["receipt_at"].is_u64().then_some(fact)
    });
    println!("after Ben's command has ended, Ada says: {}", fact["state"]);
}

#[test]
fn who_waits_says_for_whom_and_a_title_is_what_the_document_says() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let document = ada.done(["new", "Field notes"]);
    let ticket = ada.done(["share", &document]);

    let late = ben.fails(["join", &ticket, "--wait", "1"], "");
    assert!(late.contains("not here yet") && late.contains("Ada") && late.contains("not reachable"), "{late}");
    assert_eq!(late.lines().count(), 1, "one sentence, and nothing of the machinery behind it: {late}");
    let status = ben.done(["status", &document]);
    assert!(status.contains("waiting for its first copy from Ada") && !status.contains("saved"), "{status}");
    let told = ben.status(&document);
    assert_eq!((&told["state"], &told["devices"][0]["state"]), (&"waiting".into(), &"unreachable".into()), "{told}");

    // The ticket is older than the title. Nobody opens the document at Ben's.
    let ada_up = ada.up();
    ada.done(["rename", &document, "Heron notes"]);
    ben.done(["join", &ticket]);
    assert!(ben.done(["list"]).contains("Heron notes"), "{}", ben.done(["list"]));
    assert!(ben.done(["status", &document]).contains("saved here"));
    // His command has said goodbye: nobody has to notice his silence.
    eventually("Ada to hear that Ben has gone", || (device_state(&ada, &document, "Ben")["linked"] == false).then_some(()));
    let ups: Vec<Value> = ada_up.said().into_iter().filter(|event| event["event"] == "link").collect();
    println!("links at Ada's: {ups:?}");

    let _ben_up = ben.up();
    eventually("a link", || (device_state(&ada, &document, "Ben")["linked"] == true).then_some(()));
    ada.done(["rename", &document, "Crane notes"]);
    eventually("the new title in Ben's list", || ben.done(["list"]).contains("Crane notes").then_some(()));
    assert!(ben.done(["members", &document]).lines().count() == 2);
}

#[test]
fn a_journal_that_cannot_be_read_for_a_while_is_handed_over_when_it_can() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let disk = rusqlite::Connection::open(ada.home().join("sheaf.db")).expect("the database is there");
    let swap = |sql: &str| assert!(disk.execute(sql, []).expect("writable") > 0);
    swap("UPDATE seals SET signature = CAST(signature || x'00' AS BLOB)");
    let _ben_up = ben.up();
    let late = ben.fails(["join", &ticket, "--wait", "3"], "");
    assert!(late.contains("not here yet"), "{late}");
    swap("UPDATE seals SET signature = substr(signature, 1, 64)");
    eventually("the first copy", || ben.run(["join", &ticket, "--wait", "1"], "").status.success().then_some(()));
    same_text(&[&ada, &ben], &document);
    let links = ada_up.said().iter().filter(|event| event["event"] == "link" && event["up"] == false).count();
    assert_eq!(links, 0, "on the same link");
}

#[test]
fn a_viewer_reads_and_cannot_write() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let document = ada.done(["new", "Plans"]);
    ada.done_with(["write", &document, "-"], "Read me.\n");
    let _ada_up = ada.up();
    let ticket = ada.done(["share", &document, "--role", "view"]);
    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    let refused = ben.fails(["write", &document, "-"], "Not read but written.\n");
    assert!(refused.contains("only read"), "{refused}");
    let refused = ben.fails(["share", &document], "");
    assert!(refused.contains("Ada"), "it says whom to ask: {refused}");
    assert_eq!(ada.text(&document), ben.text(&document));
}

#[test]
fn a_ticket_that_is_none_dials_nobody_and_changes_nothing() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    let middle = ticket.len() / 2;
    let other = if &ticket[middle..=middle] == "a" { "b" } else { "a" };
    let altered = format!("{}{other}{}", &ticket[..middle], &ticket[middle + 1..]);
    for broken in [&ticket[..ticket.len() - 1], &altered, "sheaf", "https://example.org/", ""] {
        let sentence = ben.fails(["join", "-"], broken);
        assert!(sentence.to_lowercase().contains("invitation"), "{broken:?}: {sentence}");
    }
    // Whole, and of another format than this build's.
    let other = sealed_again(&ticket, |contents| contents[0] = 9);
    let sentence = ben.fails(["join", "-"], &other);
    assert!(sentence.contains("another version of Sheaf"), "{sentence}");
    assert_eq!(ben.done(["list"]), "");
    let status = ada.status(&document);
    assert_eq!(status["devices"].as_array().map(Vec::len), Some(0), "nobody knocked: {status}");

    // Looking at a whole one dials nobody either.
    let preview: Value = serde_json::from_str(&ben.done(["--json", "join", "--preview", &ticket])).expect("one object");
    assert_eq!((preview["title"].as_str(), preview["known"].as_bool()), (Some("Plans"), Some(false)));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(ben.done(["list"]), "");
    assert_eq!(ada.status(&document)["devices"].as_array().map(Vec::len), Some(0));
}

/// A ticket with something changed inside, and a checksum that holds.
fn sealed_again(ticket: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let value = |letter: u8| LETTERS.iter().position(|known| *known == letter).expect("a letter of tickets") as u32;
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for letter in ticket.trim_start_matches("sheaf").bytes() {
        (bits, held) = ((bits << 5 | value(letter)) & 0xfff, held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes.truncate(bytes.len() - 4);
    change(&mut bytes);
    let checksum = blake3::Hasher::new().update(b"sheaf ticket").update(&bytes).finalize();
    bytes.extend_from_slice(&checksum.as_bytes()[..4]);
    let (mut text, mut bits, mut held) = ("sheaf".to_owned(), 0u32, 0);
    for byte in bytes {
        (bits, held) = ((bits << 8 | u32::from(byte)) & 0xffff, held + 8);
        while held >= 5 {
            held -= 5;
            text.push(LETTERS[(bits >> held) as usize & 31] as char);
        }
    }
    if held > 0 {
        text.push(LETTERS[(bits << (5 - held)) as usize & 31] as char);
    }
    text
}

#[test]
fn a_ticket_that_nobody_made_is_refused_and_says_so() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    let mut forged: sheaf_access::Ticket = ticket.parse().expect("a ticket");
    forged.seed = sheaf_access::TicketSeed::from_bytes([7; 32]);
    let sentence = ben.fails(["join", "-", "--wait", "5"], &forged.encode());
    assert!(sentence.contains("refused") && sentence.contains("invitation"), "{sentence}");
    assert_eq!(ada.status(&document)["devices"].as_array().map(Vec::len), Some(0), "Ada has not let anybody in");
    // The true one still works, on the same document that he has been waiting for.
    ben.done(["join", &ticket]);
    same_text(&[&ada, &ben], &document);
}

#[test]
fn many_documents_go_over_one_link_and_only_what_changed_moves() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let ada_up = ada.up();
    let ben_up = ben.up();
    let documents: Vec<String> = (0..12)
        .map(|number| {
            let document = ada.done(["new", &format!("Page {number}")]);
            ada.done_with(["write", &document, "-"], &format!("This is page {number}.\n"));
            let ticket = ada.done(["share", &document]);
            assert_eq!(ben.done(["join", &ticket]), document);
            document
        })
        .collect();
    ben_up.stop();
    ada.add(&documents[3], "Only this one changed.");
    let ben_up = ben.up();
    until_has(&ben, &documents[3], "Only this one changed.");
    for document in &documents {
        same_text(&[&ada, &ben], document);
    }
    let links = |up: &Up| up.said().iter().filter(|event| event["event"] == "link" && event["up"] == true).count();
    println!("twelve documents; Ada's node told of {} links in all, Ben's second run of {}", links(&ada_up), links(&ben_up));
    assert!(links(&ben_up) <= 3, "one link, perhaps chosen among two: {:?}", ben_up.said());
}
