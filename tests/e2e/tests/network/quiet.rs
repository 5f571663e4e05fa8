//! Before the first share nothing leaves the machine.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use sheaf_e2e::{Person, Up, eventually};

/// A network namespace without anything in it, if we may make one.
const EMPTY_NETWORK: [&str; 3] = ["unshare", "--net", "--"];

fn can_unshare() -> bool {
    Command::new("unshare").args(["--net", "--", "true"]).output().is_ok_and(|output| output.status.success())
}

/// The sockets of a process that are not local ones, by what `/proc` says of them.
fn sockets_beyond_the_machine(process: u32) -> Vec<String> {
    let held = sockets_of(process);
    // A socket that was inherited shows only where it was made.
    let mut local = inodes(Path::new(&format!("/proc/{process}/net/unix")), 6);
    local.extend(inodes(Path::new("/proc/self/net/unix"), 6));
    let mut found = Vec::new();
    for socket in held.difference(&local) {
        let kinds = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6", "netlink", "packet"];
        let kind = kinds.into_iter().find(|kind| {
            let column = if matches!(*kind, "netlink") {
                9
            } else if *kind == "packet" {
                8
            } else {
                9
            };
            inodes(Path::new(&format!("/proc/{process}/net/{kind}")), column).contains(socket)
        });
        found.push((socket.clone(), kind.unwrap_or("unknown").to_owned()));
    }
    // One that was closed while the tables were read stands in none of them.
    let still = sockets_of(process);
    found.into_iter().filter(|(socket, _)| still.contains(socket)).map(|(_, kind)| kind).collect()
}

/// The sockets that a process holds.
fn sockets_of(process: u32) -> BTreeSet<String> {
    let descriptors = std::fs::read_dir(format!("/proc/{process}/fd")).expect("the process runs and is ours");
    let targets = descriptors.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter_map(|target| target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned)).collect()
}

fn inodes(table: &Path, column: usize) -> BTreeSet<String> {
    let text = std::fs::read_to_string(table).unwrap_or_default();
    text.lines().skip(1).filter_map(|line| line.split_whitespace().nth(column).map(str::to_owned)).collect()
}

/// Writes, reads, searches and lists as somebody does who has never shared anything.
fn a_day_alone(person: &Person, under: &[&str]) -> (Up, String) {
    let run = |arguments: &[&str]| {
        let mut command = if under.is_empty() { person.command(arguments) } else { person.command_under(under, arguments) };
        let output = command.output().expect("sheaf starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let file = person.home().join("words.md");
    std::fs::write(&file, "# A diary\n\nNobody else's business.\n").expect("the profile's folder is writable");
    let document = run(&["new", "Diary"]);
    run(&["write", &document, &file.to_string_lossy()]);
    let mut up = person.command_under(if under.is_empty() { &["env"] } else { under }, ["--json", "up"]);
    up.stderr(std::process::Stdio::inherit());
    let up = Up::start(up);
    run(&["list"]);
    run(&["show", &document]);
    run(&["status"]);
    run(&["rename", &document, "My diary"]);
    (up, document)
}

#[test]
fn in_an_empty_network_no_socket_is_open_but_the_local_one() {
    if !can_unshare() {
        println!("SKIPPED: this needs `unshare --net`, that is, root on Linux");
        return;
    }
    // Everything is in the same empty namespace as its own node only, but the control socket is a file, which all see.
    let ada = Person::untouched("Ada");
    let (up, document) = a_day_alone(&ada, &EMPTY_NETWORK);
    let open = sockets_beyond_the_machine(up.process());
    assert_eq!(open, Vec::<String>::new(), "sockets that are not local, before the first share");

    // So that we know that we would have seen one: after a share there is one.
    let shared = ada.command(["share", &document]).output().expect("sheaf starts");
    assert!(shared.status.success(), "{}", String::from_utf8_lossy(&shared.stderr));
    let open = eventually("the endpoint", || Some(sockets_beyond_the_machine(up.process())).filter(|open| !open.is_empty()));
    println!("after the share these are open: {open:?}");
    assert!(open.iter().any(|kind| kind.starts_with("udp")), "{open:?}");
}

#[test]
fn with_a_network_at_hand_none_is_touched_before_the_first_share() {
    let ada = Person::untouched("Ada");
    let (up, _document) = a_day_alone(&ada, &[]);
    assert_eq!(sockets_beyond_the_machine(up.process()), Vec::<String>::new());
}
