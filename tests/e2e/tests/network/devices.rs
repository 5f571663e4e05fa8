//! One person with two devices: linking them, what each gets of the other's, and losing one.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use iroh::{EndpointAddr, TransportAddr};
use serde_json::Value;
use sheaf_access::{AddDevice, DeviceTicket, Role, SealingSeed};
use sheaf_base::{DocumentId, Hash};
use sheaf_e2e::{Person, eventually};
use sheaf_protocol::{Accept, LinkFrame, Offer, Versions};
use sheaf_record::DeviceKey;

use crate::hostile::{endpoint, framed, opening};
use crate::together::until_has;

/// A command that waits for another device, and what it says.
struct Linking {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Linking {
    fn begin(person: &Person, arguments: &[&str]) -> Linking {
        let mut command: Command = person.command(["--json", "link-device"].iter().chain(arguments));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("sheaf starts");
        let said = BufReader::new(child.stdout.take().expect("it is piped"));
        Linking { child, said }
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("it can be read");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("an object, not {line:?}"))
    }

    fn say(&mut self, words: &str) {
        writeln!(self.child.stdin.as_mut().expect("it is piped"), "{words}").expect("it listens");
    }

    fn ends(mut self) -> bool {
        self.child.wait().expect("it ends").success()
    }
}

/// Two devices of one person are linked: both people, who are one, compare the digits.
fn link(desk: &Person, phone: &Person) {
    let mut at_desk = Linking::begin(desk, &[]);
    let ticket = at_desk.line()["ticket"].as_str().expect("a ticket").to_owned();
    let mut at_phone = Linking::begin(phone, &[&ticket]);
    at_phone.say("y");
    let (here, there) = (at_desk.line(), at_phone.line());
    assert_eq!((&here["state"], &here["spoken"]), (&"comparing".into(), &there["spoken"]), "{here} {there}");
    at_desk.say("y");
    at_phone.say("y");
    assert!(at_desk.ends() && at_phone.ends(), "they are linked");
}

fn listed(person: &Person) -> Vec<Value> {
    person.done(["--json", "list"]).lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

/// Waits for a document's text.
fn comes(person: &Person, document: &str, words: &str) {
    eventually(words, || {
        let shown = person.run(["show", document], "");
        (shown.status.success() && String::from_utf8_lossy(&shown.stdout).contains(words)).then_some(())
    });
}

fn devices(person: &Person) -> Vec<Value> {
    person.done(["--json", "devices"]).lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

fn role(person: &Person, document: &str) -> String {
    let answer = person.done(["--json", "members", document]);
    let members = answer.lines().map(|line| serde_json::from_str::<Value>(line).expect("an object"));
    members
        .into_iter()
        .find(|member| member["mine"] == true)
        .map(|member| member["role"].as_str().unwrap_or_default().to_owned())
        .unwrap_or_default()
}

#[test]
fn whoever_follows_a_ticket_whose_maker_is_gone_is_told_so_while_it_waits() {
    let (desk, phone) = (Person::new("Ada"), Person::new("Ada"));
    let up = desk.up();
    let mut at_desk = Linking::begin(&desk, &[]);
    let ticket = at_desk.line()["ticket"].as_str().expect("a ticket").to_owned();
    drop(up);
    drop(at_desk.child.kill());

    let mut command: Command = phone.command(["link-device", &ticket, "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("sheaf starts");
    let said = BufReader::new(child.stderr.take().expect("it is piped"));
    let told = said.lines().map_while(Result::ok).find(|line| line.contains("was not reached so far"));
    drop(child.kill());
    drop(child.wait());
    assert!(told.expect("it says why it waits").contains("Does Sheaf run there?"));
}

#[test]
fn each_gets_the_others_documents_with_their_roles_and_what_is_made_later() {
    let (desk, phone, ben) = (Person::new("Ada"), Person::new("Ada"), Person::new("Ben"));
    let (mine, lent) = (desk.done(["new", "Mine"]), ben.done(["new", "Lent"]));
    desk.done_with(["write", &mine, "-"], "From the desk.\n");
    ben.done_with(["write", &lent, "-"], "By Ben.\n");
    let noted = phone.done(["new", "On the road"]);
    phone.done_with(["write", &noted, "-"], "From the phone.\n");
    let (_desk_up, _phone_up, _ben_up) = (desk.up(), phone.up(), ben.up());
    let ticket = ben.done(["share", &lent, "--role", "comment"]);
    desk.done(["join", &ticket]);

    link(&desk, &phone);
    comes(&phone, &mine, "From the desk.");
    comes(&phone, &lent, "By Ben.");
    comes(&desk, &noted, "From the phone.");
    assert_eq!([&mine, &lent, &noted].map(|document| role(&phone, document)), ["owner", "comment", "owner"]);
    assert_eq!([&mine, &lent, &noted].map(|document| role(&desk, document)), ["owner", "comment", "owner"]);
    // Typing goes both ways, and comes to Ben from a device that he has never invited.
    phone.add(&mine, "Typed on the phone.");
    until_has(&desk, &mine, "Typed on the phone.");
    ben.done(["role", &lent, "Ada", "edit"]);
    eventually("the phone to be promoted with its person", || (role(&phone, &lent) == "edit").then_some(()));
    eventually("Ben to take what the phone writes", || {
        phone.add(&lent, "And on Ben's.");
        let text = ben.text(&lent);
        text.contains("And on Ben's.").then_some(())
    });

    // Later ones come by themselves.
    let later = desk.done(["new", "Later"]);
    desk.done_with(["write", &later, "-"], "Made after.\n");
    comes(&phone, &later, "Made after.");
    let there = devices(&desk);
    assert_eq!((there.len(), &there[0]["mine"], &there[1]["linked"]), (2, &true.into(), &true.into()), "{there:?}");
    assert_eq!(there[1]["documents"], 4, "{there:?}");
    // What somebody puts away on one device stays there on the other.
    phone.done(["trash", &later]);
    std::thread::sleep(Duration::from_secs(2));
    assert!(listed(&phone).iter().all(|entry| entry["document"] != later.as_str()));
    assert!(listed(&desk).iter().any(|entry| entry["document"] == later.as_str()));
}

#[test]
fn a_device_that_is_taken_out_gets_nothing_more_and_what_it_writes_does_not_count() {
    let (desk, phone, ben) = (Person::new("Ada"), Person::new("Ada"), Person::new("Ben"));
    let document = desk.done(["new", "Mine"]);
    desk.done_with(["write", &document, "-"], "Together.\n");
    let (_desk_up, phone_up, _ben_up) = (desk.up(), phone.up(), ben.up());
    ben.done(["join", &desk.done(["share", &document])]);
    link(&desk, &phone);
    comes(&phone, &document, "Together.");
    // It is lost, and somebody writes on it where nobody hears of it.
    phone_up.stop();
    phone.add(&document, "Not by Ada.");
    let lost = devices(&desk)[1]["device"].as_str().expect("its id").to_owned();
    let told = desk.done(["devices", "remove", &lost]);
    assert!(told.contains("removed; there is a new key") && told.contains("keeps the copies"), "{told}");
    assert_eq!(devices(&desk).len(), 1);
    desk.add(&document, "Among ourselves.");
    let later = desk.done(["new", "Later"]);
    until_has(&ben, &document, "Among ourselves.");

    let _phone_up = phone.up();
    eventually("the phone to learn that it is out", || (phone.status(&document)["state"] == "removed").then_some(()));
    eventually("the phone to be linked with nobody", || (devices(&phone).len() == 1).then_some(()));
    std::thread::sleep(Duration::from_secs(2));
    assert!(!phone.text(&document).contains("Among ourselves."), "nothing more was served to it");
    assert!(!desk.text(&document).contains("Not by Ada.") && !ben.text(&document).contains("Not by Ada."));
    assert!(listed(&phone).iter().all(|entry| entry["document"] != later.as_str()), "nor is it offered anything");
}

#[test]
fn a_device_is_taken_out_though_the_program_ended_in_the_middle_of_it_and_where_nobody_hears_of_it_that_is_said() {
    let (desk, phone) = (Person::new("Ada"), Person::new("Ada"));
    let [document, trashed] = ["Mine", "Old"].map(|title| desk.done(["new", title]));
    desk.done_with(["write", &document, "-"], "Together.\n");
    desk.done_with(["write", &trashed, "-"], "Long ago.\n");
    let (desk_up, phone_up) = (desk.up(), phone.up());
    link(&desk, &phone);
    comes(&phone, &document, "Together.");
    comes(&phone, &trashed, "Long ago.");
    let lost = devices(&desk)[1]["device"].as_str().expect("its id").to_owned();
    phone_up.stop();
    desk_up.stop();
    // As a kill leaves it between the two: the device is noted as dropped, and no document knows.
    let database = rusqlite::Connection::open(desk.home().join("sheaf.db")).expect("it opens");
    let noted = serde_json::json!({ "own": [], "dropped": [lost] }).to_string();
    let changed = database.execute("UPDATE settings SET value = ?1 WHERE name = 'devices'", [noted.as_bytes()]).expect("it is written");
    assert_eq!(changed, 1);
    drop(database);
    desk.done(["trash", &trashed]);
    let is_in = |document: &str| desk.done(["members", document]).contains(&lost);
    assert!(is_in(&document));
    let _desk_up = desk.up();
    eventually("the device to be out", || (!is_in(&document)).then_some(()));
    desk.done(["restore", &trashed]);
    eventually("the device to be out of what lay in the trash", || (!is_in(&trashed)).then_some(()));
}

#[test]
fn a_removal_closes_the_devices_streams_at_once() {
    let (desk, phone) = (Person::new("Ada"), Person::new("Ada"));
    let document = desk.done(["new", "Mine"]);
    desk.done_with(["write", &document, "-"], "Together.\n");
    let (_desk_up, _phone_up) = (desk.up(), phone.up());
    link(&desk, &phone);
    comes(&phone, &document, "Together.");
    let lost = devices(&desk)[1]["device"].as_str().expect("its id").to_owned();
    desk.done(["devices", "remove", &lost]);
    let before = std::time::Instant::now();
    // By the record, or, where that crossed a first copy, by the word that goes with the closing.
    eventually("the phone to learn that it is out", || (phone.status(&document)["state"] == "removed").then_some(()));
    println!("the phone knew {:?} after the command had ended", before.elapsed());
    // Each look is a process of its own; a link that nobody ends is noticed to be silent after six seconds.
    assert!(before.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_ticket_is_refused_with_its_reason() {
    let (desk, phone, other) = (Person::new("Ada"), Person::new("Ada"), Person::new("Eve"));
    let (desk_up, _phone_up, _other_up) = (desk.up(), phone.up(), other.up());
    let mut waits = Linking::begin(&desk, &[]);
    let ticket = waits.line()["ticket"].as_str().expect("a ticket").to_owned();
    let foreign = desk.fails(["join", &ticket], "");
    assert!(foreign.contains("links a device"), "{foreign}");
    let own = desk.fails(["link-device", &ticket], "y\n");
    assert!(own.contains("this device made that ticket"), "{own}");
    let nothing = phone.fails(["link-device", &ticket], "n\n");
    assert!(nothing.contains("nothing was dialed"), "{nothing}");

    let mut at_phone = Linking::begin(&phone, &[&ticket, "--yes"]);
    let (here, _) = (waits.line(), at_phone.line());
    assert_eq!(here["state"], "comparing");
    // It is the first device's.
    let second = other.fails(["link-device", &ticket, "--yes"], "");
    assert!(second.contains("has been used already"), "{second}");
    waits.say("n");
    assert!(!waits.ends() && !at_phone.ends(), "somebody said that the digits differ");
    let stopped = phone.fails(["link-device", &ticket, "--yes"], "");
    assert!(stopped.contains("was stopped"), "{stopped}");
    // A restart forgets it.
    desk_up.stop();
    let _desk_up = desk.up();
    // Nobody has anything to do with it, so it listens only when it makes another one.
    let mut another = Linking::begin(&desk, &[]);
    assert_ne!(another.line()["ticket"], ticket.as_str());
    let unknown = phone.run(["link-device", &ticket, "--yes"], "");
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("does not know this ticket"), "{}", String::from_utf8_lossy(&unknown.stderr));
    assert_eq!((devices(&desk).len(), devices(&phone).len(), devices(&other).len()), (1, 1, 1));
}

#[test]
fn a_stranger_who_offers_documents_or_agrees_to_be_added_is_ignored() {
    let desk = Person::new("Ada");
    let document = desk.done(["new", "Mine"]);
    let _desk_up = desk.up();
    let mut waits = Linking::begin(&desk, &[]);
    let ticket = DeviceTicket::parse(waits.line()["ticket"].as_str().expect("a ticket")).expect("it is one");
    let address = ticket.routes[0].addresses.iter().find(|address| address.ip.is_loopback()).expect("on loopback");
    let address = std::net::SocketAddr::new(address.ip, address.port);
    let there = EndpointAddr::from_parts(ticket.maker.to_string().parse().expect("a key"), [TransportAddr::Ip(address)]);
    let (id, secret) = (document.parse::<DocumentId>().expect("an id"), [9; 32]);
    let added =
        AddDevice::consent(&id, Hash(id.0), &ticket.maker, Role::Owner, &DeviceKey::from_bytes(&secret), &SealingSeed::from_bytes([8; 32]));
    let offer =
        Offer { document: DocumentId([7; 32]), membership: Hash([7; 32]), role: Role::Owner, title: "A gift".into(), folder: false };
    let frames = [
        LinkFrame::Greeting { versions: Versions::HERE },
        LinkFrame::Offers(vec![offer]),
        LinkFrame::Accepts(vec![Accept { document: id, added }]),
        LinkFrame::Dropped(vec![ticket.maker]),
    ];
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let endpoint = endpoint(secret).await;
        let connection = endpoint.connect(there, b"sheaf/1").await.expect("it answers");
        let mut fast = connection.open_bi().await.expect("a stream");
        let mut bulk = connection.open_bi().await.expect("a stream");
        fast.0.write_all(&opening(0)).await.expect("it is heard");
        bulk.0.write_all(&opening(1)).await.expect("it is heard");
        for frame in frames {
            fast.0.write_all(&framed(&[&[0][..], &frame.encode()].concat())).await.expect("it is heard");
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    });
    let entries = listed(&desk);
    assert_eq!((entries.len(), &entries[0]["document"]), (1, &document.as_str().into()));
    assert_eq!(desk.done(["members", &document]).lines().count(), 1);
    assert_eq!(devices(&desk).len(), 1);
}
