//! Recordings: every story that ends in agreement is lived through again from each device's recording, and comes to the same, to the last bit.

use std::time::Duration;

use sheaf_document::{Bundle, Journal, Updates, Whole};
use sheaf_record::Signed;
use sheaf_schema::Delta;

use crate::{
    shell::{Device, World},
    view::insert,
};

/// Longer recordings are not played at the end of every story: that would take longer than the stories.
const LONG: u64 = 3000;

/// What a device's recording names.
fn journal(device: &Device) -> Journal {
    Journal { records: device.disk.records.clone(), snapshots: device.disk.snapshot.iter().cloned().collect() }
}

/// A bundle of what a device has recorded, with what it signed meanwhile.
fn bundle(device: &Device) -> Whole {
    let document = device.document.as_ref().expect("it runs");
    let (recording, journal, signed) = (document.recording().expect("it records").clone(), journal(device), Signed::default());
    let state = document.state_hash().expect("its text is here");
    let played = recording.play(&device.key, &journal, &signed).unwrap_or_else(|| panic!("{}'s recording begins", device.name));
    assert_eq!((played.state, played.differs), (Some(state), None), "{}'s recording with its key", device.name);
    Whole { device: document.device(), recording, journal, signatures: signed.signatures(), state }
}

/// The recording of a device comes to what the device came to, also as bytes and without its key.
pub(crate) fn plays(device: &Device) {
    let recording = device.document.as_ref().and_then(|document| document.recording()).expect("it records");
    if recording.heard() > LONG || !recording.is_whole() {
        return;
    }
    let bytes = Bundle::Whole(Box::new(bundle(device))).encode();
    let Ok(Bundle::Whole(again)) = Bundle::decode(&bytes) else { panic!("{}'s bundle is read again", device.name) };
    let played = again.play().expect("it begins");
    assert_eq!((played.state, played.differs, played.unsigned), (Some(again.state), None, 0), "{}'s bundle", device.name);
    let secret = device.key;
    assert!(!bytes.windows(secret.len()).any(|window| window == secret), "a bundle never holds the device's key");
}

/// Ada and Ben write together, part, write the same line apart, and meet again.
fn apart_and_together() -> World {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.write(0, "Together\n");
    world.open(1, "main");
    world.pass(Duration::from_secs(1));
    world.part(0);
    world.push(0, "main", insert(8, " by Ada", "a"));
    world.push(1, "main", insert(8, " by Ben", "b"));
    world.settle();
    world.link(0, 1);
    world.pass(Duration::from_secs(2));
    world
}

#[test]
fn a_recording_in_which_one_byte_was_heard_differently_says_which_turn_differs() {
    let mut world = apart_and_together();
    world.agree();
    let mut bundle = bundle(&world.devices[1]);
    let record = bundle.journal.records.len();
    assert!(record > 4, "there is something to change");
    // Ben's own words, as he pushed them, are in his recording and nowhere else.
    let bytes = Bundle::Whole(Box::new(bundle.clone())).encode();
    let at = bytes.windows(7).position(|window| window == b" by Ben").expect("the push is recorded");
    let mut changed = bytes.clone();
    changed[at + 4..at + 7].copy_from_slice(b"Bob");
    let Ok(Bundle::Whole(other)) = Bundle::decode(&changed) else { panic!("it still reads") };
    let played = other.play().expect("it begins");
    assert!(played.differs.is_some() && played.unsigned > 0 && played.state != Some(bundle.state), "{played:?}");

    // One that cannot be read to its end comes to nothing at all.
    let mut torn = bytes.clone();
    let push = bytes[..at].windows(7).rposition(|window| window == b"{\"ops\":").expect("the push is a Delta");
    torn[push] = b'x';
    let Ok(Bundle::Whole(torn)) = Bundle::decode(&torn) else { panic!("it still reads") };
    assert_eq!(torn.play(), None);

    bundle.signatures.clear();
    let played = bundle.play().expect("it begins");
    assert!(played.unsigned > 0, "nobody can sign in the device's name: {played:?}");
}

#[test]
fn a_bundle_without_content_has_the_shape_and_none_of_the_words() {
    let mut world = apart_and_together();
    world.agree();
    let hydration = world.devices[0].disk.hydration(true);
    let document = world.devices[0].document.as_mut().expect("it runs");
    let body = document.body().expect("its text is here");
    let updates = document.fold(hydration).filled().expect("all updates are here");
    let filled = Updates { updates, state: sheaf_replica::filled_hash(&body.delta, &body.title) };
    let bytes = Bundle::Body(filled).encode();
    for word in ["Together", "by Ada", "by Ben", "Notes"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    let Ok(Bundle::Body(filled)) = Bundle::decode(&bytes) else { panic!("it is read again") };
    assert_eq!(filled.play(), Ok(filled.state));
    let short = Updates { updates: filled.updates[1..].to_vec(), ..filled };
    assert!(short.play().is_err(), "what is missing is noticed");
}

#[test]
fn a_recording_is_bounded_and_then_remembers_the_last_inputs_by_kind_and_size() {
    let mut world = World::new();
    world.device("Ada");
    world.create(0, "Long");
    world.open(0, "main");
    let paste = "word ".repeat(100_000);
    for _ in 0..12 {
        world.push(0, "main", Delta::new().insert(paste.as_str()));
        world.settle();
    }
    let recording = world.document(0).recording().expect("it records");
    assert!(!recording.is_whole());
    let last = recording.recent().last().expect("the last inputs are known");
    assert_eq!((last.what, last.peer), ("confirm", None));
    assert!(recording.play(&world.devices[0].key, &journal(&world.devices[0]), &Signed::default()).is_none());
}
