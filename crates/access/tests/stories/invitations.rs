//! What a ticket opens, and what it proves.

use sheaf_access::{Invitation, InvitationError, Label, Operation, Role};
use sheaf_base::DocumentId;
use sheaf_record::Malformed;

use crate::people::{Person, secret, seed_of};

const EXPORTER: [u8; 32] = [0xec; 32];

fn invitation(ada: &Person) -> Invitation {
    let label = Label::close("for Ben", ada.writer.cipher(), &ada.previous());
    Invitation::new(&seed_of(7), &ada.document, Role::Edit, &secret(), label, [3; 32])
}

#[test]
fn the_ticket_opens_the_secret_and_nothing_else_does() {
    let ada = Person::founder();
    let invitation = invitation(&ada);
    assert_eq!(invitation.open(&seed_of(7), &ada.document).map(|secret| secret.id()), Ok(secret().id()));
    assert_eq!(invitation.open(&seed_of(8), &ada.document), Err(InvitationError::OtherTicket));
    assert_eq!(invitation.open(&seed_of(7), &DocumentId([0; 32])), Err(InvitationError::WrongSecret));
    assert_eq!(invitation.label.open(ada.writer.cipher(), &ada.previous()).as_deref(), Ok("for Ben"));
}

#[test]
fn every_flipped_bit_of_an_invitation_is_noticed() {
    let ada = Person::founder();
    let bytes = Operation::Invitation(invitation(&ada)).encode();
    let label = bytes.len() - 23;
    for bit in 8..label * 8 {
        let mut bent = bytes.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        match Operation::decode(&bent) {
            Ok(Operation::Invitation(bent)) => assert!(bent.open(&seed_of(7), &ada.document).is_err(), "bit {bit}"),
            other => assert!(other.is_err(), "bit {bit}"),
        }
    }
}

#[test]
fn fresh_randomness_makes_fresh_bytes() {
    let ada = Person::founder();
    let make = |randomness| {
        let label = Label::close("", ada.writer.cipher(), &ada.previous());
        Operation::Invitation(Invitation::new(&seed_of(7), &ada.document, Role::Edit, &secret(), label, randomness)).encode()
    };
    assert_eq!(make([1; 32]), make([1; 32]));
    assert_ne!(make([1; 32]), make([2; 32]));
}

#[test]
fn asking_proves_the_ticket_on_this_link_only() {
    let ada = Person::founder();
    let proof = seed_of(7).ask(&ada.document, &EXPORTER);
    let key = seed_of(7).key();
    assert_eq!(key.verify_ask(&ada.document, &EXPORTER, &proof), Ok(()));
    assert!(key.verify_ask(&ada.document, &[0; 32], &proof).is_err(), "replayed on another link");
    assert!(key.verify_ask(&DocumentId([0; 32]), &EXPORTER, &proof).is_err());
    assert!(seed_of(8).key().verify_ask(&ada.document, &EXPORTER, &proof).is_err());
}

#[test]
fn known_operations_have_one_spelling() {
    let mut ada = Person::founder();
    ada.call_myself("Ada");
    ada.invite(7, Role::View);
    for letter in &ada.letters {
        let bytes = letter.access.as_ref().unwrap().operation.encode();
        assert_eq!(Operation::decode(&bytes).as_ref().map(Operation::encode), Ok(bytes.clone()));
        for end in 0..bytes.len() {
            assert!(Operation::decode(&bytes[..end]).is_err(), "cut to {end}");
        }
        assert_eq!(Operation::decode(&[bytes.as_slice(), &[0]].concat()), Err(Malformed::LeftOver(1)));
    }
    assert_eq!(Operation::decode(&[]), Err(Malformed::Truncated("the operation's tag")));
}
