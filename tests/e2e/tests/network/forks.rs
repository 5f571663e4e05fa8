//! Two histories of one chain, told to two people over real QUIC, end the same on every disk.

use sheaf_base::DeviceId;
use sheaf_e2e::{Person, eventually};

use crate::forger::{ByHand, Loot};
use crate::hostile::target;
use crate::together::{same_text, shared, until_has};

/// Ben's program has told everybody one thing; somebody with his key tells Ada another under the same number. The others hear of it from her.
#[test]
fn whoever_meets_gets_both_histories_and_so_it_stays_after_a_start() {
    let (ada, ben, cleo) = (Person::new("Ada"), Person::new("Ben"), Person::new("Cleo"));
    let (ada_up, document, ticket) = shared(&ada);
    let (ben_up, cleo_up) = (ben.up(), cleo.up());
    ben.done(["join", &ticket]);
    cleo.done(["join", &ticket]);
    ben.add(&document, "Ben, as himself.");
    for person in [&ada, &cleo] {
        until_has(person, &document, "Ben, as himself.");
    }
    ben_up.stop();
    cleo_up.stop();
    let (device, address) = target(&ada, &ticket);
    let loot = Loot::of(&ben, &document);
    let secret = std::fs::read_to_string(ben.home().join("device.key")).expect("Ben's key").trim().parse::<DeviceId>().expect("an id").0;
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let mut link = ByHand::connect(&loot, secret, device, address).await;
        link.say(&loot.another_history("himself", "another")).await;
        eventually("Ada to have both", || ada.text(&document).contains("Ben, as another.").then_some(()));
        link.endpoint.close().await;
    });
    assert!(ada.text(&document).contains("Ben, as himself."), "what was there is there");

    let mut ups = [cleo.up(), ben.up()];
    for person in [&cleo, &ben] {
        until_has(person, &document, "Ben, as another.");
    }
    ben.add(&document, "Ben goes on.");
    for person in [&ada, &cleo] {
        until_has(person, &document, "Ben goes on.");
    }
    let text = same_text(&[&ada, &ben, &cleo], &document);
    assert_eq!(["Ben, as himself.", "Ben, as another."].map(|words| text.matches(words).count()), [1, 1], "{text}");

    // From the disks alone it is the same.
    assert!(ups.iter_mut().all(|up| up.is_running()));
    ups.into_iter().chain([ada_up]).for_each(|up| up.stop());
    for person in [&ada, &ben, &cleo] {
        assert_eq!(person.text(&document), text);
    }
}
