//! Stories of new secrets: whoever was removed reads nothing of what is written then, and everybody else everything.
//!
//! The records that deal them are written by hand, by devices that have the right to.

use std::time::Duration;

use sheaf_access::{Left, Operation, Removal, Rotation, SealingKey, SealingSeed, Wrap};
use sheaf_base::{ChainId, DeviceId, Hash, Position};
use sheaf_document::{Input, RecordRow};
use sheaf_record::{ChainCipher, ChainReader, DeviceKey, EpochSecret, Kind};
use sheaf_schema::Delta;

use crate::{
    forger::Forger,
    removed::{ADA, BEN, CAT, EVE, folded, hand, joining, meet, notes, say, tips},
    shell::World,
};

/// What a device opens secrets with.
fn seed(world: &World, who: usize) -> SealingSeed {
    let document = world.devices[who].id.expect("it takes part");
    SealingSeed::of_device(&DeviceKey::from_bytes(&world.devices[who].key), &document)
}

/// A device says what secrets are sealed to for it.
fn register(world: &mut World, who: usize, nonce: u8) {
    let document = world.devices[who].id.expect("it takes part");
    let key = seed(world, who).register(&document, &world.device_id(who));
    let mut forger = Forger::new(world, who, nonce);
    forger.write(Kind::Access, &tips(world, ADA), &Operation::Key(key).encode());
    hand(world, CAT, ADA, forger.frame());
    world.pass(Duration::from_secs(1));
}

/// A new secret, dealt to some.
fn rotation(world: &World, secret: &EpochSecret, to: &[usize], before: &[EpochSecret]) -> Rotation {
    let document = world.devices[ADA].id.expect("it takes part");
    let devices: Vec<(DeviceId, SealingKey)> = to.iter().map(|who| (world.device_id(*who), seed(world, *who).key())).collect();
    Rotation::deal(&document, secret, &devices, &[], before, [9; 32]).expect("they fit")
}

/// Eve's removal, with a new secret for some.
fn removal(world: &World, secret: &EpochSecret, to: &[usize]) -> Operation {
    let before = [EpochSecret::from_bytes(world.devices[ADA].disk.secrets[0].secret)];
    let rotation = Some(rotation(world, secret, to, &before));
    Operation::Removal(Removal { rotation, ..Removal::of(joining(world, ADA, EVE)) })
}

/// How many of these records open with any secret that a device has.
fn readable(world: &World, who: usize, rows: &[RecordRow], all: &[RecordRow]) -> usize {
    let secrets: Vec<EpochSecret> = world.devices[who].disk.secrets.iter().map(|row| EpochSecret::from_bytes(row.secret)).collect();
    let opens = |row: &&RecordRow| {
        let before = all.iter().find(|other| other.chain == row.chain && other.number + 1 == row.number);
        let previous = before.map_or(Hash(row.chain.0), |before| before.hash);
        let tip = Position { chain: row.chain, number: row.number - 1, hash: previous };
        let read = ChainReader::resume(tip).read(&row.bytes).expect("it was accepted");
        let open = |secret: &EpochSecret, chain: &ChainId| ChainCipher::new(secret, chain).open(&previous, &read.record).is_ok();
        secrets.iter().any(|secret| open(secret, &row.chain))
    };
    rows.iter().filter(opens).count()
}

/// The edits that a device holds beyond the first so many records.
fn edits_after(world: &World, who: usize, records: usize) -> Vec<RecordRow> {
    world.devices[who].disk.records[records..].iter().filter(|row| row.kind == Kind::Body.code()).cloned().collect()
}

#[test]
fn whoever_was_removed_reads_nothing_that_is_written_then_even_with_every_byte_of_it() {
    let mut world = notes();
    for (who, nonce) in [(ADA, 30), (EVE, 31), (BEN, 32), (CAT, 33)] {
        register(&mut world, who, nonce);
    }
    let secret = EpochSecret::from_bytes([77; 32]);
    let removed = removal(&world, &secret, &[ADA, BEN, CAT]);
    say(&mut world, 34, &removed);
    world.pass(Duration::from_secs(5));
    let held = world.devices[BEN].disk.records.len();
    world.write(BEN, "Only for us.\n");
    world.pass(Duration::from_secs(5));
    world.write(ADA, "Yes.\n");
    world.pass(Duration::from_secs(20));
    let text = "Ada was here.\nEve was here.\nBen was here.\nOnly for us.\nYes.\n";
    for who in [ADA, BEN, CAT] {
        assert_eq!(world.text(who), text, "{}", world.devices[who].name);
        assert!(!world.document(who).lacks_key());
    }
    let (new, all) = (edits_after(&world, BEN, held), world.devices[BEN].disk.records.clone());
    assert!(new.len() >= 2, "{}", new.len());
    assert_eq!(readable(&world, EVE, &new, &all), 0, "Eve reads nothing");
    assert_eq!(readable(&world, CAT, &new, &all), new.len(), "Cat everything");
    // And from the disk.
    world.close(CAT);
    world.start(CAT);
    world.open(CAT, "main");
    assert_eq!(world.view(CAT, "main").plain(), text);
    assert_eq!(world.document(CAT).members().iter().filter(|member| member.name == "Ada").count(), 1, "names open, too");
}

#[test]
fn who_was_missed_waits_and_says_so_until_somebody_deals_it_to_them() {
    let mut world = notes();
    for (who, nonce) in [(ADA, 30), (BEN, 32), (CAT, 33)] {
        register(&mut world, who, nonce);
    }
    let secret = EpochSecret::from_bytes([78; 32]);
    let removed = removal(&world, &secret, &[ADA, BEN]);
    say(&mut world, 34, &removed);
    world.write(BEN, "Cat cannot read this yet.\n");
    // Before anybody's device has noticed, and deals it by itself.
    world.pass(Duration::from_millis(500));
    assert!(world.text(ADA).contains("yet"));
    assert!(!world.text(CAT).contains("yet"));
    assert!(world.document(CAT).lacks_key() && !world.document(ADA).lacks_key());
    let refused = world.ask(CAT, |request| Input::Edit { request, base: None, delta: Delta::new().insert("x") });
    assert!(refused.is_err_and(|refused| refused.to_string().contains("key")), "she closes nothing with an older one");
    let document = world.devices[ADA].id.expect("it takes part");
    let wrap = Wrap::deal(&document, &secret, &[(world.device_id(CAT), seed(&world, CAT).key())], [3; 32]).expect("it fits");
    say(&mut world, 35, &Operation::Wrap(wrap));
    world.pass(Duration::from_secs(120));
    assert_eq!(world.text(CAT), world.text(ADA));
    assert!(!world.document(CAT).lacks_key());
}

#[test]
fn after_two_new_secrets_apart_both_together_close_what_is_written() {
    let mut world = notes();
    for (who, nonce) in [(ADA, 30), (EVE, 31), (BEN, 32), (CAT, 33)] {
        register(&mut world, who, nonce);
    }
    // Ada removes Eve on two of her devices at once: neither knows of the other. One leaves Cat out.
    let on = tips(&world, ADA);
    let (one, other) = (EpochSecret::from_bytes([79; 32]), EpochSecret::from_bytes([80; 32]));
    let removals = [removal(&world, &one, &[ADA, BEN, CAT]), removal(&world, &other, &[ADA, BEN])];
    for (nonce, removal) in [40, 41].into_iter().zip(&removals) {
        let mut forger = Forger::new(&world, ADA, nonce);
        forger.write(Kind::Access, &on, &removal.encode());
        hand(&mut world, CAT, ADA, forger.frame());
    }
    // Before anybody's device has noticed that one of them missed Cat.
    world.pass(Duration::from_millis(500));
    let held = world.devices[BEN].disk.records.len();
    world.write(BEN, "Closed twice.\n");
    world.pass(Duration::from_secs(1));
    assert!(world.text(ADA).contains("Closed twice"));
    let (new, all) = (edits_after(&world, BEN, held), world.devices[BEN].disk.records.clone());
    assert!(!new.is_empty() && readable(&world, ADA, &new, &all) == 0, "with neither of them alone");
    assert!(world.document(CAT).lacks_key() && !world.text(CAT).contains("Closed"));
}

#[test]
fn a_ticket_that_was_dealt_the_new_secret_lets_in_and_whoever_comes_reads_what_was_before() {
    let mut world = notes();
    let ticket = world.invite(ADA, sheaf_document::Role::Edit);
    for (who, nonce) in [(ADA, 30), (BEN, 32), (CAT, 33)] {
        register(&mut world, who, nonce);
    }
    let (secret, document) = (EpochSecret::from_bytes([81; 32]), world.devices[ADA].id.expect("it takes part"));
    let before = [EpochSecret::from_bytes(world.devices[ADA].disk.secrets[0].secret)];
    let (access, _) = folded(&world);
    let Left { tickets, .. } = access.left_by_removal(&joining(&world, ADA, EVE), &[]);
    let devices: Vec<(DeviceId, SealingKey)> =
        [ADA, BEN, CAT].iter().map(|who| (world.device_id(*who), seed(&world, *who).key())).collect();
    let rotation = Rotation::deal(&document, &secret, &devices, &tickets, &before, [9; 32]).expect("they fit");
    let removed = Operation::Removal(Removal { rotation: Some(rotation), ..Removal::of(joining(&world, ADA, EVE)) });
    say(&mut world, 34, &removed);
    world.write(BEN, "New.\n");
    world.pass(Duration::from_secs(20));
    let dan = world.device("Dan");
    world.join(dan, ticket);
    meet(&mut world, ADA, dan);
    assert_eq!(world.document(dan).state(), sheaf_document::State::Ready);
    assert_eq!(world.text(dan), "Ada was here.\nEve was here.\nBen was here.\nNew.\n");
    world.write(dan, "Dan, too.\n");
    world.pass(Duration::from_secs(20));
    assert_eq!(world.text(BEN), world.text(dan));
}
