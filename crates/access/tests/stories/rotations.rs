//! New secrets: who remains can read on, who was removed cannot, whatever they have kept.

use sheaf_access::{DealtError, Operation, Removal, Revocation, Role, Rotation, Standing, Wrap, joint};
use sheaf_base::Hash;
use sheaf_record::{ChainCipher, EpochSecret, Kind, Stamp};

use crate::people::{Letter, Person, gather, sealing_of, secret, seed_of};

fn new_secret(number: u8) -> EpochSecret {
    EpochSecret::from_bytes([number; 32])
}

fn remove(by: &mut Person, whom: &Person, secret: &EpochSecret, before: &[EpochSecret]) -> Letter {
    let membership = by.membership(whom);
    let left = by.access.left_by_removal(&membership, &[]);
    let rotation = Some(Rotation::deal(&by.document, secret, &left.devices, &left.tickets, before, [77; 32]).unwrap());
    let (letter, standing) = by.write(&Operation::Removal(Removal { rotation, ..Removal::of(membership) }));
    assert_eq!(standing, Standing::Counts);
    letter
}

fn dealt(letter: &Letter) -> &Rotation {
    letter.access.as_ref().unwrap().operation.rotation().unwrap()
}

#[test]
fn the_removed_can_open_nothing_new_with_anything_they_have() {
    let mut ada = Person::founder();
    ada.say_key(1);
    let (ben, cleo) = (Person::guest(&mut ada, 2, Role::Edit), Person::guest(&mut ada, 3, Role::Edit));
    let letter = remove(&mut ada, &ben, &new_secret(1), &[secret()]);
    let rotation = dealt(&letter);
    assert_eq!(ada.access.epochs(), [new_secret(1).id()]);
    assert_eq!(rotation.open(&cleo.device(), &sealing_of(3), &ada.document), Ok(new_secret(1)));

    // Ben has every byte, his keys and tickets, and the old secret.
    let mut his: Vec<EpochSecret> = vec![secret()];
    for device in [ada.device(), ben.device(), cleo.device()] {
        his.extend(rotation.open(&device, &sealing_of(2), &ada.document));
    }
    for letter in &ada.letters {
        let hash = letter.written.position.hash;
        his.extend(rotation.open_with_ticket(&hash, &seed_of(102), &ada.document));
    }
    his.extend(rotation.before(&secret(), &ada.document));
    let chain = cleo.writer.tip();
    let words = ChainCipher::new(&new_secret(1), &chain.chain).close(&chain.hash, Kind::Body, Stamp::default(), 1, b"without Ben");
    assert!(his.iter().all(|secret| ChainCipher::new(secret, &chain.chain).open(&chain.hash, &words).is_err()));
    assert_eq!(his.len(), 1);
}

#[test]
fn a_secret_is_withheld_from_whom_it_left_out_and_not_from_whom_it_was_made_to_keep_out() {
    let mut ada = Person::founder();
    ada.say_key(1);
    let (ben, cleo) = (Person::guest(&mut ada, 2, Role::Edit), Person::guest(&mut ada, 3, Role::Edit));
    let of_cleo = ada.membership(&cleo);
    // Nobody is dealt it.
    let rotation = Some(Rotation::deal(&ada.document, &new_secret(1), &[], &[], &[secret()], [77; 32]).unwrap());
    let (letter, standing) = ada.write(&Operation::Removal(Removal { rotation, ..Removal::of(of_cleo) }));
    assert_eq!(standing, Standing::Counts);
    let of_ada = ada.membership(&ada);
    let withheld = |from: &Person| ada.access.withheld(&of_ada, &[], &from.device(), |epoch| *epoch != new_secret(1).id());
    let cuts = withheld(&ben);
    assert_eq!(cuts.iter().map(|cut| cut.number + 1).collect::<Vec<_>>(), [letter.written.position.number]);
    assert_eq!(withheld(&cleo), [], "she was taken out by the same record");
}

#[test]
fn whoever_holds_the_new_secret_reads_the_old_text_too() {
    let mut ada = Person::founder();
    ada.say_key(1);
    let (ben, cleo) = (Person::guest(&mut ada, 2, Role::Edit), Person::guest(&mut ada, 3, Role::Edit));
    let first = remove(&mut ada, &ben, &new_secret(1), &[secret()]);
    let second = remove(&mut ada, &cleo, &new_secret(2), &[new_secret(1)]);
    assert_eq!(dealt(&second).before(&new_secret(2), &ada.document), [new_secret(1)]);
    assert_eq!(dealt(&first).before(&new_secret(1), &ada.document), [secret()]);
    assert_eq!(ada.access.rotations().count(), 2);
}

#[test]
fn an_open_ticket_goes_on_working_and_a_removed_guests_does_not() {
    let mut ada = Person::founder();
    ada.say_key(1);
    let ben = Person::guest(&mut ada, 2, Role::Edit);
    let (invitation, _) = ada.invite(7, Role::View);
    let letter = remove(&mut ada, &ben, &new_secret(1), &[secret()]);
    let hash = invitation.written.position.hash;
    assert_eq!(dealt(&letter).open_with_ticket(&hash, &seed_of(7), &ada.document), Ok(new_secret(1)));
    let left = ada.access.left_by_revocation(&hash);
    assert_eq!((left.devices.len(), left.tickets.len()), (1, 0), "Ben's is closed");

    let mut dora = Person::stranger(ada.document, 4);
    dora.meet(&ada);
    assert_eq!(dora.join(7, hash).1, Standing::Counts);
    ada.meet(&dora);
    assert_eq!(ada.access.missed(), [], "she has it out of the ticket");

    let left = ada.access.left_by_revocation(&hash);
    let rotation = Rotation::deal(&ada.document, &new_secret(2), &left.devices, &left.tickets, &[new_secret(1)], [78; 32]).unwrap();
    let revocation = Revocation { invitation: hash, rotation: Some(rotation) };
    ada.write(&Operation::Revocation(revocation));
    assert_eq!(ada.access.epochs(), [new_secret(2).id()]);
    assert_eq!(ada.access.missed().iter().map(|missed| missed.device).collect::<Vec<_>>(), [dora.device()], "who has no key yet");
}

#[test]
fn whom_a_rotation_missed_any_holder_helps() {
    let mut ada = Person::founder();
    ada.say_key(1);
    let mut cleo = Person::guest(&mut ada, 3, Role::Admin);
    let ben = Person::guest(&mut ada, 2, Role::Edit);
    // Ben, of whom Cleo does not know, is missed when she removes somebody.
    let mallory = Person::guest(&mut cleo, 66, Role::View);
    remove(&mut cleo, &mallory, &new_secret(1), &[secret()]);
    gather(&mut [&mut ada, &mut cleo]);
    let missed = ada.access.missed();
    assert_eq!(missed.len(), 1);
    assert_eq!((missed[0].device, missed[0].key), (ben.device(), Some(sealing_of(2).key())));
    assert_eq!(missed[0].epochs, [new_secret(1).id()]);

    let wrap = Wrap::deal(&ada.document, &new_secret(1), &[(ben.device(), missed[0].key.unwrap())], [5; 32]).unwrap();
    assert_eq!(wrap.open(&ben.device(), &sealing_of(2), &ada.document), Ok(new_secret(1)));
    assert_eq!(wrap.open(&cleo.device(), &sealing_of(3), &ada.document), Err(DealtError::NotForUs));
    assert_eq!(ada.write(&Operation::Wrap(wrap)).1, Standing::Counts);
    assert_eq!(ada.access.missed(), []);
    let unknown = Wrap::deal(&ada.document, &new_secret(9), &[], [5; 32]).unwrap();
    assert!(matches!(ada.write(&Operation::Wrap(unknown)).1, Standing::Refused(_)), "a secret that nobody has committed to");
}

#[test]
fn who_deals_two_secrets_is_noticed() {
    let mut ada = Person::founder();
    let ben = Person::guest(&mut ada, 2, Role::Edit);
    let key = [(ben.device(), sealing_of(2).key())];
    let honest = Wrap::deal(&ada.document, &new_secret(1), &key, [5; 32]).unwrap();
    let mut bytes = Operation::Wrap(honest).encode();
    // The commitment of another one in its place.
    bytes[1..33].copy_from_slice(&new_secret(2).id().0);
    let Ok(Operation::Wrap(lying)) = Operation::decode(&bytes) else { panic!() };
    assert_eq!(lying.open(&ben.device(), &sealing_of(2), &ada.document), Err(DealtError::OtherSecret));
}

#[test]
fn after_rotations_apart_nobody_reads_who_was_removed_by_either() {
    let mut ada = Person::founder();
    ada.say_key(1);
    let mut dora = Person::guest(&mut ada, 4, Role::Admin);
    let (ben, cleo) = (Person::guest(&mut ada, 2, Role::Edit), Person::guest(&mut ada, 3, Role::Edit));
    dora.meet(&ada);
    let one = remove(&mut ada, &ben, &new_secret(1), &[secret()]);
    let other = remove(&mut dora, &cleo, &new_secret(2), &[secret()]);
    gather(&mut [&mut ada, &mut dora]);
    let mut epochs = [new_secret(1).id(), new_secret(2).id()];
    epochs.sort_unstable();
    assert_eq!(ada.access.epochs(), epochs);
    assert_eq!(dora.access.epochs(), epochs);
    assert_eq!(ada.access.epoch(), None, "there are two");

    // Each of the removed was dealt one of the two.
    let document = ada.document;
    let bens = dealt(&other).open(&ben.device(), &sealing_of(2), &document).unwrap();
    let cleos = dealt(&one).open(&cleo.device(), &sealing_of(3), &document).unwrap();
    assert!(dealt(&one).open(&ben.device(), &sealing_of(2), &document).is_err());
    assert!(dealt(&other).open(&cleo.device(), &sealing_of(3), &document).is_err());
    let together = joint(&[new_secret(1), new_secret(2)]).unwrap();
    assert_eq!(Some(&together), joint(&[new_secret(2), new_secret(1), new_secret(2)]).as_ref());
    assert!(together != bens && together != cleos && Some(together) != joint(&[bens, secret()]));
    assert_eq!(joint(&[secret()]), Some(secret()), "of one it is that one");
    assert_eq!(joint(&[]), None);

    // And the next rotation gathers the two.
    let eve = Person::guest(&mut ada, 5, Role::View);
    let third = remove(&mut ada, &eve, &new_secret(3), &[new_secret(1), new_secret(2)]);
    assert_eq!(ada.access.epochs(), [new_secret(3).id()]);
    let mut before = dealt(&third).before(&new_secret(3), &document);
    before.sort_unstable_by_key(EpochSecret::id);
    assert_eq!(before.iter().map(EpochSecret::id).collect::<Vec<_>>(), epochs);
}

#[test]
fn a_rotation_that_does_not_count_closes_nothing() {
    let mut ada = Person::founder();
    ada.say_key(1);
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let cleo = Person::guest(&mut ada, 3, Role::Edit);
    ben.meet(&ada);
    remove(&mut ada, &ben, &new_secret(1), &[secret()]);
    // Ben, who has not heard of it or says so, removes Cleo and deals a secret of his own.
    remove(&mut ben, &cleo, &new_secret(66), &[secret()]);
    ada.meet(&ben);
    assert_eq!(ada.access.epochs(), [new_secret(1).id()]);
    assert_eq!(ada.role_of(&cleo), Some(Role::Edit));
    // What Ben wrote until he knew is closed with his, and kept: whoever holds that deals it to Cleo, who would else stand still at it.
    let missed: Vec<_> = ada.access.missed().into_iter().map(|missed| (missed.device, missed.epochs)).collect();
    assert_eq!(missed, [(cleo.device(), vec![new_secret(66).id()])]);
    let wrap = Wrap::deal(&ada.document, &new_secret(66), &[(cleo.device(), sealing_of(3).key())], [5; 32]).unwrap();
    assert_eq!(ada.write(&Operation::Wrap(wrap)).1, Standing::Counts);
    assert_eq!(ada.access.missed(), []);
}

#[test]
fn nobody_registers_somebody_elses_key() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    // Ben says that secrets for him are sealed to Cleo's key: with her proof, or with his own.
    let cleos = sealing_of(3).register(&ada.document, &Person::stranger(ada.document, 3).device());
    assert!(matches!(ben.write(&Operation::Key(cleos)).1, Standing::Refused(sheaf_access::Refusal::Proof(_))));
    ben.restart([60; 16]);
    let forged = sheaf_access::Key { key: sealing_of(3).key(), ..sealing_of(2).register(&ada.document, &ben.device()) };
    assert!(matches!(ben.write(&Operation::Key(forged)).1, Standing::Refused(sheaf_access::Refusal::Proof(_))));
    ada.meet(&ben);
    assert_eq!(ada.access.sealing_key(&ben.device()), Some(sealing_of(2).key()));
}

#[test]
fn every_flipped_bit_of_a_rotation_is_noticed_by_whom_it_concerns() {
    let mut ada = Person::founder();
    let ben = Person::guest(&mut ada, 2, Role::Edit);
    let rotation =
        Rotation::deal(&ada.document, &new_secret(1), &[(ben.device(), sealing_of(2).key())], &[], &[secret()], [7; 32]).unwrap();
    let bytes = Operation::Revocation(Revocation { invitation: Hash([0; 32]), rotation: Some(rotation) }).encode();
    for bit in 34 * 8..bytes.len() * 8 {
        let mut bent = bytes.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        let Ok(operation) = Operation::decode(&bent) else { continue };
        let bent = operation.rotation().unwrap();
        let opened = bent.open(&ben.device(), &sealing_of(2), &ada.document);
        let before = bent.before(&new_secret(1), &ada.document);
        assert!(opened.is_err() || before != [secret()], "bit {bit}");
        assert!(opened.is_err() || opened == Ok(new_secret(1)), "bit {bit}");
        assert!(before.is_empty() || before == [secret()], "bit {bit}");
    }
}
