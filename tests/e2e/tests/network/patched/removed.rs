//! Somebody who was removed and has all that they ever had: their key, the text, the secret of that time, the tickets. Cleo did not remove them, and
//! has heard of it.

use serde_json::Value;
use sheaf_access::{AddDevice, Invitation, Label, Operation, Role, SealingSeed, Ticket, TicketSeed};
use sheaf_e2e::{Person, eventually};
use sheaf_protocol::{Dismissal, Frame};
use sheaf_record::DeviceKey;

use super::{
    Scene, answer,
    liar::{Liar, hello, while_saying},
    put_aside,
};
use crate::forger::Loot;
use crate::together::{device_state, same_text, until_has};

/// A device that Ben has besides, while he is a member.
const SECOND: [u8; 32] = [0x52; 32];
/// One that he makes when he is none.
const THIRD: [u8; 32] = [0x53; 32];

impl Scene {
    /// Ada removes Ben, and Cleo has heard of it.
    fn remove_ben(&self) {
        self.ada.done(["remove", &self.document, "Ben"]);
        eventually("Cleo to hear of it", || self.members(&self.cleo).iter().all(|member| member["name"] != "Ben").then_some(()));
        self.ada.add(&self.document, "Written when Ben was gone.");
        until_has(&self.cleo, &self.document, "Written when Ben was gone.");
    }

    /// What the second device signs to be added to Ben's membership, in a record of Ben's own.
    fn adding(&self, key: [u8; 32], nonce: u8) -> Liar {
        let (key, ben) = (DeviceKey::from_bytes(&key), DeviceKey::from_bytes(&self.loot.bytes).device());
        let sealing = SealingSeed::of_device(&key, &self.id());
        let added = AddDevice::consent(&self.id(), self.mine, &ben, Role::Edit, &key, &sealing);
        Liar::of(&self.loot, nonce).says(&Operation::AddDevice(added))
    }

    /// Nothing that Ben did since has come anywhere: neither a word nor a record.
    fn nothing_since(&self, before: u64) {
        let text = same_text(&[&self.ada, &self.cleo], &self.document);
        assert!(!text.contains("Ben's"), "{text}");
        assert_eq!(self.records(), before);
    }

    /// How many records lie at Ada's and at Cleo's now, which are the same.
    fn records(&self) -> u64 {
        let records = |person: &Person| {
            let audit: Value = serde_json::from_str(&person.done(["--json", "audit", &self.document])).expect("one object");
            audit["checked"]["records"].as_u64().unwrap_or_else(|| panic!("{audit}"))
        };
        eventually("Ada and Cleo to hold the same", || {
            let [ada, cleo] = [&self.ada, &self.cleo].map(records);
            (ada == cleo).then_some(ada)
        })
    }
}

#[test]
fn whoever_was_removed_backdates_replays_and_comes_again_in_vain() {
    let scene = Scene::with("edit");
    scene.remove_ben();
    let before = scene.records();
    let backdated = Liar::of(&scene.loot, 1).writes("Ben's, as if before. ");
    let ways: [(&str, Vec<Frame>); 4] = [
        ("comes again", vec![hello()]),
        ("says again what he had said", [scene.loot.everything(), vec![hello()]].concat()),
        ("writes as if before", vec![backdated.live(), hello()]),
        ("brings it as if it had been missed", vec![Frame::Records(backdated.bundle()), hello()]),
    ];
    for (what, frames) in ways {
        // Twice: a link is a new beginning.
        for _ in 0..2 {
            assert_eq!(scene.answer(&frames), Dismissal::Removed, "who {what}");
        }
    }
    scene.nothing_since(before);
}

#[test]
fn a_second_device_of_the_removed_goes_with_them_and_a_third_never_comes() {
    let scene = Scene::with("edit");
    // As a member he may add one, and it is heard: so what follows is because of the removal.
    let added = scene.adding(SECOND, 1);
    while_saying(scene.id(), scene.loot.bytes, scene.at, &[added.live()], || {
        eventually("Ben's second device", || (scene.devices("Ben") == 2).then_some(()));
    });
    let from_second = Liar::with(&scene.loot, SECOND, scene.id(), 2).after(added.tip()).writes("Second's, in time. ");
    while_saying(scene.id(), SECOND, scene.at, &[hello(), from_second.live()], || {
        until_has(&scene.ada, &scene.document, "Second's, in time.");
    });
    scene.remove_ben();
    let before = scene.records();
    let later = Liar::with(&scene.loot, SECOND, scene.id(), 3).after(added.tip()).writes("Ben's second, as if before. ");
    assert_eq!(answer(scene.id(), SECOND, scene.at, &[later.live(), hello()]), Dismissal::Removed);
    // One more, by a record that says it is older than the removal: it reaches nobody, and the device is nobody's.
    let added = scene.adding(THIRD, 4);
    assert_eq!(scene.answer(&[added.live(), hello()]), Dismissal::Removed);
    let third = Liar::with(&scene.loot, THIRD, scene.id(), 5).after(added.tip()).writes("Ben's third. ");
    assert_eq!(answer(scene.id(), THIRD, scene.at, &[third.live(), hello()]), Dismissal::Stranger);
    assert_eq!(scene.devices("Ben"), 0);
    scene.nothing_since(before);
}

/// Somebody new with this ticket is told that it is none.
fn opens_nothing(ticket: &str, what: &str) {
    let again = Person::new("Again");
    let _up = again.up();
    let why = again.fails(["join", ticket, "--wait", "8"], "");
    println!("{what}: {why}");
    assert!(why.contains("do not know this invitation, or it has been withdrawn"), "{what}: {why}");
}

#[test]
fn neither_the_old_ticket_nor_one_of_their_own_lets_the_removed_in_again() {
    let mut scene = Scene::with("admin");
    let ben_up = scene.ben.up();
    let minted = scene.ben.done(["share", &scene.document]);
    eventually("Cleo to have it", || (device_state(&scene.ben, &scene.document, "Cleo")["state"] == "has_all").then_some(()));
    ben_up.stop();
    scene.loot = Loot::of(&scene.ben, &scene.document);
    scene.remove_ben();
    let before = scene.records();

    // His own program, with the profile that he had: it is told why. Nobody else comes by those tickets either.
    let ben_up = scene.ben.up();
    eventually("Ben to be told", || (scene.ben.status(&scene.document)["state"] == "removed").then_some(()));
    for ticket in [&scene.ticket, &minted] {
        let why = scene.ben.fails(["join", ticket, "--wait", "5"], "");
        println!("Ben himself: {why}");
        assert!(why.contains("removed"), "{why}");
    }
    ben_up.stop();
    opens_nothing(&at_cleo(&scene.ticket, &scene), "the ticket that he came by");
    opens_nothing(&at_cleo(&minted, &scene), "one that he made when he could");

    // One that he makes now, for an invitation that says it is older than the removal.
    let seed = TicketSeed::from_bytes([0x77; 32]);
    let mut liar = Liar::of(&scene.loot, 1);
    let label = Label::close("", liar.writer().cipher(), &liar.tip());
    liar = liar.says(&Operation::Invitation(Invitation::new(&seed, &scene.id(), Role::Edit, scene.loot.secret(), label, [4; 32])));
    assert_eq!(scene.answer(&[liar.live(), hello()]), Dismissal::Removed);
    let mut late: Ticket = minted.parse().expect("a ticket");
    late.seed = seed.clone();
    opens_nothing(&at_cleo(&late.encode(), &scene), "one that he made afterwards");
    assert_eq!(put_aside(&scene.cleo_up), Vec::<String>::new());
    assert_eq!(scene.records(), before);
    assert_eq!(scene.members(&scene.cleo).len(), 2);

    // Through somebody who is a member and carries for him, the record comes, and is void; the ticket opens nothing all the same.
    let carrier = Person::new("Dan");
    let dan_up = carrier.up();
    carrier.done(["join", &scene.ada.done(["share", &scene.document, "--role", "view"])]);
    eventually("Dan to have all", || (device_state(&scene.cleo, &scene.document, "Dan")["state"] == "has_all").then_some(()));
    dan_up.stop();
    let dan = std::fs::read_to_string(carrier.home().join("device.key")).expect("Dan's key");
    let dan: sheaf_base::DeviceId = dan.trim().parse().expect("spelled as an id is");
    let words = Liar::of(&scene.loot, 2).writes("Ben's, as if before. ");
    while_saying(scene.id(), dan.0, scene.at, &[liar.live(), words.live()], || {
        let void = || scene.cleo.done(["audit", &scene.document]).lines().find(|line| line.contains("VOID")).map(str::to_owned);
        println!("{}", eventually("the invitation in the history, as void", void));
        opens_nothing(&at_cleo(&late.encode(), &scene), "one whose record was carried");
    });
    scene.cleo.add(&scene.document, "Cleo goes on.");
    until_has(&scene.ada, &scene.document, "Cleo goes on.");
    assert!(!same_text(&[&scene.ada, &scene.cleo], &scene.document).contains("Ben's"));
}

/// The same ticket, said to be Cleo's and to lead to her: whoever is asked by it knows of the removal.
fn at_cleo(ticket: &str, scene: &Scene) -> String {
    let mut ticket: Ticket = ticket.parse().expect("a ticket");
    let hers: Ticket = scene.hers.parse().expect("a ticket");
    (ticket.inviter, ticket.routes) = (hers.inviter, hers.routes);
    ticket.encode()
}
