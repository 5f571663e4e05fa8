//! Whoever is spoken to of many documents that are not here: they were put away, or the profile is an older copy.

use std::time::Duration;

use sheaf_base::DocumentId;
use sheaf_e2e::Person;
use sheaf_protocol::{Dismissal, Frame, Hello, Versions};
use sheaf_record::Digest;

use crate::forger::{ByHand, Loot};
use crate::hostile::target;
use crate::together::{shared, until_has};

/// More than a stranger may ask for.
const DOCUMENTS: u16 = 300;

/// Greets on a link in documents that are not there, and counts the answers until all have come or the link is down.
async fn refusals(link: &mut ByHand) -> u16 {
    let digest = Digest([3; 32]);
    let hello = Hello { versions: Versions::HERE, instance: [1; 16], frontier: digest, access: digest, chains: 1, bytes: 100, back: false };
    for number in 0..DOCUMENTS {
        let mut id = [7; 32];
        id[..2].copy_from_slice(&number.to_be_bytes());
        link.say_of(DocumentId(id), &Frame::Hello(hello.clone())).await;
    }
    let mut refused = 0;
    while refused < DOCUMENTS {
        match tokio::time::timeout(Duration::from_secs(20), link.hear()).await.expect("an answer, or the end") {
            Some(frame) => refused += u16::from(frame == Frame::Refuse(Dismissal::Unknown)),
            None => break,
        }
    }
    refused
}

#[test]
fn a_member_is_told_of_any_number_of_documents_that_they_are_not_here_and_a_stranger_is_not() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    until_has(&ben, &document, "Ada was here first.");
    ben_up.stop();
    let loot = Loot::of(&ben, &document);
    let (device, address) = target(&ada, &ada.done(["share", &document]));

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut as_ben = ByHand::connect(&loot, loot.bytes, device, address).await;
        assert_eq!(refusals(&mut as_ben).await, DOCUMENTS, "the link stays up, for the documents that are here");
        as_ben.endpoint.close().await;
        let mut as_eve = ByHand::connect(&loot, [99; 32], device, address).await;
        assert!(refusals(&mut as_eve).await < DOCUMENTS, "it is taken down");
        as_eve.endpoint.close().await;
    });
    drop(ada_up);
}
