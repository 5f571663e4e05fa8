//! A shared folder: one ticket, one member list, every document in it, later ones included.

use std::path::Path;

use serde_json::Value;
use sheaf_access::Ticket;
use sheaf_e2e::{Person, Up, eventually};

use crate::together::until_has;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

fn list(person: &Person) -> Vec<Value> {
    lines(&person.done(["--json", "list"]))
}

/// What somebody may do in a document that is all there; none while it is not.
fn role(person: &Person, document: &str) -> Option<String> {
    let entry = list(person).into_iter().find(|entry| entry["document"] == document)?;
    (entry["state"] == "ready").then(|| entry["role"].as_str().unwrap_or_default().to_owned())
}

fn until_role(person: &Person, document: &str, wanted: &str) {
    eventually(&format!("{} to have the role {wanted}", person.name()), || {
        (role(person, document).as_deref() == Some(wanted)).then_some(())
    });
}

/// The documents in a folder, as somebody sees it.
fn inside(person: &Person, folder: &str) -> Vec<String> {
    let documents = lines(&person.done(["--json", "folder", "list", folder]));
    documents.iter().filter(|it| it["state"] == "here").map(|it| it["title"].as_str().unwrap_or_default().to_owned()).collect()
}

fn until_inside(person: &Person, folder: &str, titles: &[&str]) {
    eventually(&format!("{} to have {titles:?}", person.name()), || {
        let mut found = inside(person, folder);
        found.sort();
        (found == titles).then_some(())
    });
}

fn names(person: &Person, document: &str) -> Vec<String> {
    let members = lines(&person.done(["--json", "members", document]));
    members.iter().map(|it| it["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A document with words in a folder.
fn begun(person: &Person, folder: &str, title: &str) -> String {
    let document = person.done(["new", title, "--folder", folder]);
    person.add(&document, &format!("{} began {title}.", person.name()));
    document
}

/// A node, and nobody in it yet.
fn with_folder(ana: &Person) -> (Up, String, [String; 2]) {
    let up = ana.up();
    let folder = ana.done(["folder", "new", "Allotment"]);
    let documents = ["Beds", "Seeds"].map(|title| begun(ana, &folder, title));
    (up, folder, documents)
}

#[test]
fn one_ticket_brings_everything_in_a_folder_and_a_removal_takes_everything_away() {
    let (ana, ben, cleo) = (Person::new("Ana"), Person::new("Ben"), Person::new("Cleo"));
    let (_ana_up, folder, [beds, seeds]) = with_folder(&ana);
    assert!(list(&ana).iter().all(|entry| entry["shared"] == false), "nobody else is in anything before the first share");
    let ticket = ana.done(["share", &folder, "--role", "edit"]);
    let preview: Value = serde_json::from_str(&ana.done(["--json", "join", "--preview", &ticket])).expect("one object");
    assert_eq!((&preview["folder"], &preview["title"]), (&2.into(), &"Allotment".into()));

    // Ben joins the folder and has both, with the role that the folder's ticket gives.
    let ben_up = ben.up();
    assert_eq!(ben.done(["join", &ticket]), folder);
    until_inside(&ben, &folder, &["Beds", "Seeds"]);
    until_role(&ben, &beds, "edit");
    until_role(&ben, &seeds, "edit");
    ben.add(&beds, "Ben sowed leeks.");
    until_has(&ana, &beds, "Ben sowed leeks.");

    // Later ones come by themselves, whoever adds them.
    let third = begun(&ana, &folder, "Water");
    until_inside(&ben, &folder, &["Beds", "Seeds", "Water"]);
    until_role(&ben, &third, "edit");
    let bens = begun(&ben, &folder, "Tools");
    until_inside(&ana, &folder, &["Beds", "Seeds", "Tools", "Water"]);
    until_role(&ana, &bens, "owner");
    until_role(&ben, &bens, "edit");

    // Cleo comes while Ben is away, and has his, too.
    ben_up.stop();
    let cleo_up = cleo.up();
    cleo.done(["join", &ticket]);
    until_inside(&cleo, &folder, &["Beds", "Seeds", "Tools", "Water"]);
    until_role(&cleo, &bens, "edit");
    until_has(&cleo, &bens, "Ben began Tools.");
    let ben_up = ben.up();
    eventually("Ben to see Cleo in his document", || names(&ben, &bens).contains(&"Cleo".to_owned()).then_some(()));

    // He keeps every ticket that he has seen: the folder's, and those that it lists.
    let had = tickets_of(&ben, &ticket);
    assert!(had.len() >= 4, "{} tickets", had.len());
    // One of them lets a device in that the folder does not know.
    let friend = Person::new("Ben's friend");
    let _friend_up = friend.up();
    assert_eq!(friend.done(["join", ticket_to(&had, &beds)]), beds);
    eventually("Ana to see who came by it", || names(&ana, &beds).contains(&"Ben's friend".to_owned()).then_some(()));
    ana.done(["remove", &folder, "Ben"]);
    assert!(!names(&ana, &beds).contains(&"Ben's friend".to_owned()), "who came by what he had goes with him");
    for document in [&beds, &seeds, &third, &bens] {
        assert!(!names(&ana, document).contains(&"Ben".to_owned()), "he is out when the command returns");
        eventually("Ben to be told", || {
            let entry = list(&ben).into_iter().find(|entry| entry["document"] == document.as_str()).expect("he keeps his copy");
            (entry["state"] == "removed").then_some(())
        });
    }
    let ticket = ana.done(["share", &folder, "--role", "edit"]);
    ana.add(&bens, "After Ben.");
    let last = begun(&ana, &folder, "Harvest");
    until_has(&cleo, &bens, "After Ben.");
    until_inside(&cleo, &folder, &["Beds", "Harvest", "Seeds", "Tools", "Water"]);
    until_role(&cleo, &last, "edit");
    assert!(!ben.text(&bens).contains("After Ben."));
    assert!(list(&ben).iter().all(|entry| entry["document"] != last.as_str()), "he does not know that there is another one");

    // A device that nobody has seen before gets in by none of them.
    let stranger = Person::new("Ben's other one");
    let _stranger_up = stranger.up();
    for ticket in &had {
        stranger.fails(["join", ticket, "--wait", "3"], "");
    }
    assert!(list(&stranger).iter().all(|entry| entry["state"] == "waiting"), "nothing came");

    // Cleo goes on, and whoever is let in again is in again.
    cleo.add(&beds, "Cleo goes on.");
    until_has(&ana, &beds, "Cleo goes on.");
    drop((ben_up, cleo_up));
    let _ben_up = ben.up();
    let is_here = || -> bool {
        let preview: Value = serde_json::from_str(&ben.done(["--json", "join", "--preview", &ticket])).expect("one object");
        preview["known"] == true
    };
    assert!(!is_here(), "whoever was removed is offered to join");
    ben.done(["join", &ticket]);
    until_inside(&ben, &folder, &["Beds", "Harvest", "Seeds", "Tools", "Water"]);
    until_has(&ben, &bens, "After Ben.");
    assert!(is_here());
}

/// Every ticket that somebody has followed, those among them that a folder lists, with the way to whoever made `shown`.
fn tickets_of(person: &Person, shown: &str) -> Vec<String> {
    let routes = Ticket::parse(shown).expect("it is one").routes;
    let database = rusqlite::Connection::open(person.home().join("sheaf.db")).expect("it opens");
    let mut kept = database.prepare("SELECT ticket FROM documents WHERE ticket IS NOT NULL").expect("a query");
    let texts = kept.query_map([], |row| row.get::<_, Vec<u8>>(0)).expect("it answers");
    let ticket = |bytes: Vec<u8>| Ticket::parse(&String::from_utf8(bytes).expect("letters")).expect("a ticket");
    texts.map(|bytes| Ticket { routes: routes.clone(), ..ticket(bytes.expect("bytes")) }.encode()).collect()
}

fn ticket_to<'a>(tickets: &'a [String], document: &str) -> &'a str {
    tickets.iter().find(|ticket| Ticket::parse(ticket).is_ok_and(|ticket| ticket.document.to_string() == document)).expect("there is one")
}

#[test]
fn roles_follow_the_folder_and_leaving_it_leaves_everything() {
    let (ana, ben) = (Person::new("Ana"), Person::new("Ben"));
    let (_ana_up, folder, [beds, seeds]) = with_folder(&ana);
    let ticket = ana.done(["share", &folder, "--role", "view"]);
    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    until_inside(&ben, &folder, &["Beds", "Seeds"]);

    // A viewer may not add, and what one may not share one may not add: plain words for both.
    let alone = ben.done(["new", "Ben's own"]);
    let refused = ben.fails(["folder", "add", &folder, &alone], "");
    assert!(refused.contains("only read"), "{refused}");
    let mine = ben.done(["folder", "new", "Mine"]);
    let refused = ben.fails(["folder", "add", &mine, &beds], "");
    assert!(refused.contains("already"), "{refused}");
    let refused = ben.fails(["folder", "add", &mine, &folder], "");
    assert!(refused.contains("cannot be put into another one"), "{refused}");
    assert!(ben.fails(["show", &folder], "").contains("no text of its own"));

    ana.done(["role", &folder, "Ben", "edit"]);
    until_role(&ben, &folder, "edit");
    until_role(&ben, &seeds, "edit");
    ben.done(["folder", "add", &folder, &alone]);
    until_inside(&ana, &folder, &["Beds", "Ben's own", "Seeds"]);
    until_role(&ana, &alone, "owner");

    // One member list: who is in a document through the folder is changed there.
    for change in [vec!["role", &seeds, "Ben", "view"], vec!["remove", &seeds, "Ben"]] {
        let refused = ana.fails(change, "");
        assert!(refused.contains("through the folder \"Allotment\": change it there"), "{refused}");
    }

    // What is taken out stays with whoever has it, and is in the folder no more.
    ana.done(["folder", "take-out", &folder, &beds]);
    until_inside(&ben, &folder, &["Ben's own", "Seeds"]);
    ana.add(&beds, "Still here.");
    until_has(&ben, &beds, "Still here.");

    // The owner does not leave, and loses nothing by trying.
    let refused = ana.fails(["leave", &folder], "");
    assert!(refused.contains("hand"), "{refused}");
    until_inside(&ana, &folder, &["Ben's own", "Seeds"]);
    until_inside(&ben, &folder, &["Ben's own", "Seeds"]);

    ben.done(["leave", &folder]);
    for document in [&folder, &seeds, &alone] {
        assert!(list(&ben).iter().any(|entry| entry["document"] == document.as_str() && entry["state"] == "left"), "{document}");
    }
    eventually("Ana to be alone in what is in the folder", || (names(&ana, &alone) == ["Ana"]).then_some(()));
    assert_eq!(names(&ana, &beds).len(), 2, "what is not in the folder he has not left");
}

#[test]
fn two_profiles_on_one_machine_have_nothing_in_common() {
    let (home, work, ben) = (Person::new("Ana at home"), Person::new("Ana at work"), Person::new("Ben"));
    let (_home_up, _work_up, _ben_up) = (home.up(), work.up(), ben.up());
    let folder = home.done(["folder", "new", "Allotment"]);
    let beds = begun(&home, &folder, "Beds");
    ben.done(["join", &home.done(["share", &folder])]);
    let plan = work.done(["new", "Quarterly plan"]);
    work.add(&plan, "Figures.");
    ben.done(["join", &work.done(["share", &plan])]);
    until_inside(&ben, &folder, &["Beds"]);
    until_has(&ben, &plan, "Figures.");

    // Neither has the other in a list, a search or its library; Ben, who knows both, knows two devices and no link between them.
    let [at_home, at_work] = [&home, &work].map(|person| person.done(["id"]));
    assert_ne!(at_home, at_work);
    for (person, other, others) in [(&home, &at_work, vec![&plan]), (&work, &at_home, vec![&folder, &beds])] {
        assert!(list(person).iter().all(|entry| others.iter().all(|document| entry["document"] != document.as_str())));
        let known = format!(
            "{}{}",
            person.done(["--json", "status"]),
            list(person)
                .iter()
                .map(|it| person.done(["--json", "members", it["document"].as_str().unwrap_or_default()]))
                .collect::<String>()
        );
        assert!(!known.contains(other.as_str()), "{} knows {other}", person.name());
    }
    assert!(!names(&ben, &beds).contains(&"Ana at work".to_owned()) && !names(&ben, &plan).contains(&"Ana at home".to_owned()));

    // Nothing that names one is in any file of the other: no key, id, document, word, name.
    drop((_home_up, _work_up));
    let bytes = |person: &Person| all_bytes(person.home());
    let (in_home, in_work) = (bytes(&home), bytes(&work));
    let secrets = [(&at_work, &in_home), (&at_home, &in_work), (&plan, &in_home), (&folder, &in_work), (&beds, &in_work)];
    for (id, files) in secrets {
        assert!(!has(files, &raw(id)) && !has(files, id.as_bytes()), "{id}");
    }
    for (words, files) in [("Quarterly", &in_home), ("Ana at work", &in_home), ("Allotment", &in_work), ("Ana at home", &in_work)] {
        assert!(!has(files, words.as_bytes()), "{words}");
    }
    assert!(has(&in_home, &raw(&folder)) && has(&in_work, &raw(&plan)), "what is looked for is found where it is");
}

fn raw(id: &str) -> Vec<u8> {
    (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).expect("an id")).collect()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Everything in a folder of files.
fn all_bytes(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).expect("it can be read").flatten() {
        let kind = entry.file_type().expect("it has a kind");
        if kind.is_dir() {
            bytes.extend(all_bytes(&entry.path()));
        } else if kind.is_file() {
            bytes.extend(std::fs::read(entry.path()).expect("it can be read"));
        }
    }
    bytes
}
