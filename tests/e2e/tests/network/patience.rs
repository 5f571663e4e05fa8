//! Peers that stand still, come twice, or change their ways.

use std::time::Duration;

use serde_json::Value;
use sheaf_e2e::{Person, eventually};

use crate::together::{device_state, same_text, shared, until_has};

/// About 1.2 MB of text that no two pages share.
fn long_text(seed: u32) -> String {
    let mut state = seed;
    let mut word = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{:x}", state >> 8)
    };
    let paragraph = |word: &mut dyn FnMut() -> String| (0..60).map(|_| word()).collect::<Vec<_>>().join(" ");
    (0..3_000).map(|_| paragraph(&mut word)).collect::<Vec<_>>().join("\n\n") + "\n"
}

#[test]
fn a_peer_that_stands_still_for_a_while_gets_the_difference_and_holds_up_nobody() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);

    // Shorter than it takes to be given up: the link stays, its queues fill, and one difference follows.
    ben_up.freeze(true);
    let before = std::time::SystemTime::now();
    ada.done_with(["write", &document, "-"], &long_text(1));
    println!("writing 1.2 MB while Ben stands still took {:?}", before.elapsed().unwrap_or_default());
    std::thread::sleep(Duration::from_secs(2));
    ben_up.freeze(false);
    same_text(&[&ada, &ben], &document);

    // Longer: he is given up, noticed to be away, and found again.
    ben_up.freeze(true);
    let before = std::time::SystemTime::now();
    eventually("Ada to notice that Ben is silent", || (device_state(&ada, &document, "Ben")["linked"] == false).then_some(()));
    let noticed = before.elapsed().unwrap_or_default();
    println!("silence noticed after {noticed:?}");
    assert!(noticed < Duration::from_secs(12), "{noticed:?}, of which a command or two");
    ada.add(&document, "Written into the silence.");
    ben_up.freeze(false);
    let before = std::time::SystemTime::now();
    until_has(&ben, &document, "Written into the silence.");
    println!("and made good {:?} after it ended", before.elapsed().unwrap_or_default());
}

#[test]
fn a_first_copy_of_a_long_document_comes_whole() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    ada.done_with(["write", &document, "-"], &long_text(2));
    for number in 0..3 {
        ada.add(&document, &format!("Line {number} after the long part."));
    }
    let _ben_up = ben.up();
    let before = std::time::SystemTime::now();
    ben.done(["join", &ticket]);
    println!("a first copy of {} bytes of Markdown took {:?}", ada.text(&document).len(), before.elapsed().unwrap_or_default());
    assert_eq!(ada.text(&document), ben.text(&document));
}

#[test]
fn a_copied_profile_that_runs_twice_is_two_peers_and_loses_nothing() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    ben_up.stop();
    let twin = ben.copied("Ben's twin");
    let (ben_up, twin_up) = (ben.up(), twin.up());
    ben.add(&document, "From the one.");
    twin.add(&document, "From the other.");
    for person in [&ada, &ben, &twin] {
        until_has(person, &document, "From the one.");
        until_has(person, &document, "From the other.");
    }
    same_text(&[&ada, &ben, &twin], &document);
    eventually("Ada to be told", || {
        let fact = device_state(&ada, &document, "Ben");
        fact["reason"].as_str().is_some_and(|reason| reason.contains("twice")).then_some(())
    });
    // Ben's two never meet: either learns of the other by what it has written.
    for up in [&ben_up, &twin_up] {
        eventually("Ben to be told", || up.said().iter().any(|event| event["event"] == "notice" && event["code"] == "twin").then_some(()));
    }
    assert!(ada_up.said().iter().all(|event| event["code"] != "twin"), "it is none of her profile's");
}

#[test]
fn another_network_profile_takes_effect_while_the_node_runs() {
    let (ada, ben) = (Person::new("Ada").without_profile(), Person::new("Ben"));
    ada.done(["network", "direct"]);
    let (ada_up, document, ticket) = shared(&ada);
    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    eventually("a link", || (device_state(&ada, &document, "Ben")["linked"] == true).then_some(()));

    // Nobody listens there: with this profile Ben cannot be reached.
    ada.done(["network", "relay=http://127.0.0.1:9/"]);
    assert_eq!(ada.done(["network"]), "relay=http://127.0.0.1:9/");
    eventually("the link to go", || ada_up.said().iter().any(|event| event["event"] == "link" && event["up"] == false).then_some(()));
    ada.add(&document, "Written all the same.");
    ada.done(["network", "direct"]);
    until_has(&ben, &document, "Written all the same.");
    let refused = ada.fails(["network", "carrier pigeon"], "");
    assert!(refused.contains("not a network profile"), "{refused}");
}

#[test]
fn nobody_to_be_reached_is_said_after_three_seconds_and_taken_back() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    let statuses = |of: &dyn Fn(&Value) -> bool| ada_up.said().iter().filter(|event| of(event)).count();
    let about_network = |event: &Value| event["event"] == "status" && event["document"].is_null();
    let before = statuses(&about_network);
    // Read before he goes: his process may take longer to end than Ada to notice.
    let went = std::time::SystemTime::now();
    ben_up.stop();
    eventually("word that nobody can be reached", || (statuses(&about_network) > before).then_some(()));
    let told = went.elapsed().unwrap_or_default();
    println!("told {told:?} after the last link went");
    assert!(told >= Duration::from_millis(2_500), "not at the first breath: {told:?}");
    let told = statuses(&about_network);
    let _ben_up = ben.up();
    eventually("word that it is over", || (statuses(&about_network) > told).then_some(()));
    ada.add(&document, "Welcome back.");
    until_has(&ben, &document, "Welcome back.");
}

#[test]
fn who_waits_for_a_first_copy_on_a_terminal_sees_for_whom() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, _, ticket) = crate::together::shared(&ada);
    ada_up.stop();
    // `script` is a terminal that writes down what it shows.
    let join = ben.command(["join", "--wait", "2", &ticket]);
    let words: Vec<String> =
        std::iter::once(join.get_program()).chain(join.get_args()).map(|word| format!("'{}'", word.to_string_lossy())).collect();
    let mut terminal = std::process::Command::new("script");
    terminal.args(["-qec", &words.join(" "), "/dev/null"]).envs(join.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = terminal.stdin(std::process::Stdio::null()).output().expect("script runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("\r\u{1b}[Kwaiting for its first copy from Ada ("), "{shown:?}");
    assert!(shown.trim_end().ends_with("goes on trying"), "and at last the same as without a terminal: {shown:?}");
    assert_eq!(output.status.code(), Some(1));
}
