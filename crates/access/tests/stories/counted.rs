//! Invitations that are counted, that end, or that their maker approves.

use sheaf_access::{Counted, Grant, GrantError, Label, NotGranted, Operation, Refusal, Request, Role, Standing};
use sheaf_base::{DocumentId, Hash, Wall};

use crate::people::{Letter, NOW, Person, gather, sealing_of, secret, seed_of};

fn counted(ada: &mut Person, uses: u32, expires: Option<u64>) -> Letter {
    let label = Label::close("the two of you", ada.writer.cipher(), &ada.previous());
    let counted = Counted { key: seed_of(7).key(), role: Role::Edit, uses, expires, approved: false, label };
    let (letter, standing) = ada.write(&Operation::Counted(counted));
    assert_eq!(standing, Standing::Counts);
    letter
}

fn ask(person: &Person, number: u8) -> Request {
    Request::new(&seed_of(7), &person.document, &person.key, &sealing_of(number))
}

fn grant(by: &mut Person, invitation: Hash, request: Request) -> (Letter, Standing) {
    let grant = Grant::new(invitation, request, &by.document, &[secret()], [9; 32]).unwrap();
    by.write(&Operation::Grant(grant))
}

#[test]
fn whoever_asks_is_let_in_by_the_maker_and_can_read() {
    let mut ada = Person::founder();
    let invitation = counted(&mut ada, 1, None).written.position.hash;
    let mut ben = Person::stranger(ada.document, 2);
    let request = ask(&ben, 2);
    assert_eq!(ada.access.grantable(&request, &ada.device(), NOW), Ok(invitation));
    let (letter, standing) = grant(&mut ada, invitation, request);
    assert_eq!(standing, Standing::Counts);
    ben.meet(&ada);
    assert_eq!(ben.role_of(&ben), Some(Role::Edit));
    assert_eq!(ben.access.member(&ben.device()).unwrap().since, letter.written.position);
    let Operation::Grant(granted) = &letter.access.as_ref().unwrap().operation else { panic!() };
    assert_eq!(granted.open(&sealing_of(2), &ben.document), (vec![secret()], vec![]));
    assert_eq!(granted.open(&sealing_of(3), &ben.document).0, [], "nobody else can");
    assert_eq!(ben.access.missed(), []);
    assert_eq!(ben.write(&Operation::Leave).1, Standing::Counts, "a member like any other");
}

#[test]
fn single_use_means_once() {
    let mut ada = Person::founder();
    let invitation = counted(&mut ada, 1, None).written.position.hash;
    let (ben, cleo) = (Person::stranger(ada.document, 2), Person::stranger(ada.document, 3));
    // A copy of Ada's profile runs on another machine, and both grant, apart.
    let mut copy = Person::stranger(ada.document, 1);
    copy.restart([50; 16]);
    copy.meet(&ada);
    let (one, first) = grant(&mut ada, invitation, ask(&ben, 2));
    let (other, second) = grant(&mut copy, invitation, ask(&cleo, 3));
    assert_eq!((first, second), (Standing::Counts, Standing::Counts));
    let spent = Err(GrantError::Over(NotGranted::UsedUp(1)));
    assert_eq!(ada.access.grantable(&ask(&cleo, 3), &ada.device(), NOW), spent);
    gather(&mut [&mut ada, &mut copy]);
    let counting = [&one, &other].into_iter().filter(|letter| ada.standing(letter) == Standing::Counts).count();
    assert_eq!(counting, 1);
    assert_eq!(ada.access.members(), copy.access.members());
    ada.restart([51; 16]);
    let dora = ask(&Person::stranger(ada.document, 4), 4);
    let (_, third) = grant(&mut ada, invitation, dora);
    assert_eq!(third, Standing::Refused(Refusal::UsedUp(1)));
}

#[test]
fn only_the_device_that_made_it_grants() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let invitation = counted(&mut ada, 5, None).written.position.hash;
    ben.meet(&ada);
    let cleo = Person::stranger(ada.document, 3);
    assert_eq!(grant(&mut ben, invitation, ask(&cleo, 3)).1, Standing::Refused(Refusal::NotItsMaker(ben.device())));
    assert_eq!(ben.access.grantable(&ask(&cleo, 3), &ben.device(), NOW), Err(GrantError::NotOurs));
}

#[test]
fn it_ends_by_its_makers_clock() {
    let mut ada = Person::founder();
    counted(&mut ada, 5, Some(NOW.0 / 1000 + 60));
    let request = ask(&Person::stranger(ada.document, 3), 3);
    assert!(ada.access.grantable(&request, &ada.device(), NOW).is_ok());
    let ended = ada.access.grantable(&request, &ada.device(), Wall(NOW.0 + 60_000));
    assert_eq!(ended, Err(GrantError::Over(NotGranted::Expired)));
}

#[test]
fn nobody_is_let_in_who_has_not_asked() {
    let mut ada = Person::founder();
    let invitation = counted(&mut ada, 5, None).written.position.hash;
    let ben = Person::stranger(ada.document, 2);
    let without_the_ticket = Request::new(&seed_of(8), &ada.document, &ben.key, &sealing_of(2));
    assert_eq!(grant(&mut ada, invitation, without_the_ticket).1, Standing::Refused(Refusal::NoInvitation(invitation)));
    ada.restart([52; 16]);
    let for_another_document = Request::new(&seed_of(7), &DocumentId([1; 32]), &ben.key, &sealing_of(2));
    assert!(matches!(grant(&mut ada, invitation, for_another_document).1, Standing::Refused(Refusal::Proof(_))));
    assert!(ada.access.grantable(&for_another_document, &ada.device(), NOW).is_err());
}

#[test]
fn no_bit_of_a_request_can_be_changed() {
    let ada = Person::founder();
    let request = ask(&Person::stranger(ada.document, 2), 2);
    let bytes = request.encode();
    assert_eq!(Request::decode(&bytes), Ok(request));
    assert!(request.verify(&ada.document).is_ok() && request.verify(&DocumentId([0; 32])).is_err());
    for bit in 0..bytes.len() * 8 {
        let mut bent = bytes.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(Request::decode(&bent).is_ok_and(|bent| bent.verify(&ada.document).is_err()), "bit {bit}");
    }
    assert_ne!(request.spoken(&ada.document), ask(&Person::stranger(ada.document, 3), 2).spoken(&ada.document));
}

#[test]
fn no_bit_of_a_grant_gains_anything() {
    let mut ada = Person::founder();
    let invitation = counted(&mut ada, 5, None).written.position.hash;
    let request = ask(&Person::stranger(ada.document, 2), 2);
    let grant = Grant::new(invitation, request, &ada.document, &[secret()], [9; 32]).unwrap();
    let bytes = Operation::Grant(grant).encode();
    for bit in 8..bytes.len() * 8 {
        let mut bent = bytes.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        let Ok(Operation::Grant(bent)) = Operation::decode(&bent) else { continue };
        let (opened, _) = bent.open(&sealing_of(2), &ada.document);
        let harmless = bent.invitation == invitation && bent.request.verify(&ada.document).is_ok();
        assert!(!harmless || opened.is_empty(), "bit {bit}");
        assert!(opened.is_empty() || opened == [secret()], "bit {bit}");
    }
}
