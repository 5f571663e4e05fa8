//! Ada begins a document and invites; who may do what follows from what stood behind it.

use sheaf_access::{Genesis, Operation, Refusal, Role, Standing};
use sheaf_base::Hash;
use sheaf_record::{BadSignature, Kind};

use crate::people::{Letter, Person, secret, seed_of};

/// Ada, and Ben, who has joined with `role`.
fn ada_and_ben(role: Role) -> (Person, Person, Letter) {
    let mut ada = Person::founder();
    let (invitation, _) = ada.invite(7, role);
    let mut ben = Person::stranger(ada.document, 2);
    ben.meet(&ada);
    let (join, standing) = ben.join(7, hash(&invitation));
    assert_eq!(standing, Standing::Counts);
    ada.meet(&ben);
    (ada, ben, join)
}

fn hash(letter: &Letter) -> Hash {
    letter.written.position.hash
}

#[test]
fn the_one_who_begins_owns() {
    let ada = Person::founder();
    assert_eq!(ada.access.owner(), Some(ada.device()));
    assert_eq!(ada.access.role(&ada.device()), Some(Role::Owner));
    assert_eq!(ada.access.epoch(), Some(secret().id()));
    assert_eq!(ada.access.members().len(), 1);
    assert_eq!(ada.access.may(&ada.device(), &ada.graph.everything(), Kind::Body), Ok(Role::Owner));
}

#[test]
fn whoever_holds_the_ticket_becomes_a_member() {
    let (ada, ben, join) = ada_and_ben(Role::Edit);
    for person in [&ada, &ben] {
        assert_eq!(person.access.role(&ben.device()), Some(Role::Edit));
        let members = person.access.members();
        assert_eq!(members.iter().map(|member| member.role).collect::<Vec<_>>(), [Role::Owner, Role::Edit]);
        assert_eq!(members[1].since.hash, hash(&join));
        assert_eq!(members[1].devices, [ben.device()]);
    }
}

#[test]
fn a_role_gates_the_kinds_of_records() {
    for (role, body, discussion) in [(Role::View, false, false), (Role::Comment, false, true), (Role::Edit, true, true)] {
        let (ada, ben, _) = ada_and_ben(role);
        let may = |kind| ada.access.may(&ben.device(), &ada.graph.everything(), kind);
        assert_eq!(may(Kind::Body).is_ok(), body, "{role}: body");
        assert_eq!(may(Kind::Discussion).is_ok(), discussion, "{role}: discussion");
        assert_eq!(may(Kind::Access), Err(Refusal::Role { device: ben.device(), has: role, needs: Role::Admin }));
    }
}

#[test]
fn authority_is_that_of_the_records_own_past() {
    let mut ada = Person::founder();
    let (invitation, _) = ada.invite(7, Role::Edit);
    let mut ben = Person::stranger(ada.document, 2);
    ben.meet(&ada);
    let before = ben.graph.clone();
    ben.join(7, hash(&invitation));

    let may = |past| ben.access.may(&ben.device(), &past, Kind::Body);
    assert_eq!(may(before.everything()), Err(Refusal::NotAMember(ben.device())), "what does not stand on the join is a stranger's");
    assert_eq!(may(ben.graph.everything()), Ok(Role::Edit));
    let nothing = std::collections::BTreeSet::new();
    assert_eq!(ada.access.may(&ada.device(), &nothing, Kind::Body), Err(Refusal::NotAMember(ada.device())), "not even the owner's");
}

#[test]
fn only_the_owner_invites() {
    let (ada, mut ben, _) = ada_and_ben(Role::Edit);
    let (_, standing) = ben.invite(9, Role::View);
    assert_eq!(standing, Standing::Refused(Refusal::Role { device: ben.device(), has: Role::Edit, needs: Role::Admin }));

    let mut cleo = Person::stranger(ada.document, 3);
    cleo.meet(&ben);
    let refused = *ben.letters.last().unwrap().access.as_ref().map(|record| &record.position.hash).unwrap();
    assert_eq!(cleo.join(9, refused).1, Standing::Refused(Refusal::NoInvitation(refused)), "and nobody joins by a refused one");
    assert_eq!(cleo.access.role(&cleo.device()), None);
}

#[test]
fn nobody_is_invited_to_own() {
    let mut ada = Person::founder();
    let (_, standing) = ada.invite(7, Role::Owner);
    assert_eq!(standing, Standing::Refused(Refusal::NobodyIsInvitedToOwn));
    assert_eq!(ada.invite(8, Role::Admin).1, Standing::Counts);
}

#[test]
fn a_join_needs_the_ticket_the_chain_and_the_device() {
    let mut ada = Person::founder();
    let (letter, _) = ada.invite(7, Role::Edit);
    let invitation = hash(&letter);
    let refused = |standing| assert_eq!(standing, Standing::Refused(BadSignature(sheaf_base::DeviceId(seed_of(7).key().0)).into()));

    // Without the ticket.
    let mut mallory = Person::stranger(ada.document, 66);
    mallory.meet(&ada);
    refused(mallory.join(8, invitation).1);

    // With Ben's join, copied.
    let mut ben = Person::stranger(ada.document, 2);
    ben.meet(&ada);
    let (bens, _) = ben.join(7, invitation);
    mallory.restart([9; 16]);
    refused(mallory.write(&bens.access.unwrap().operation).1);

    // With a proof for an earlier chain of her own.
    let earlier = mallory.writer.tip().chain;
    mallory.restart([10; 16]);
    let join = seed_of(7).join(invitation, &ada.document, &earlier, &mallory.device());
    refused(mallory.write(&Operation::Join(join)).1);
    assert_eq!(mallory.access.role(&mallory.device()), None);
}

#[test]
fn a_join_stands_on_its_invitation() {
    let mut ada = Person::founder();
    let mut ben = Person::stranger(ada.document, 2);
    ben.meet(&ada);
    let (letter, _) = ada.invite(7, Role::Edit);
    assert_eq!(ben.join(7, hash(&letter)).1, Standing::Refused(Refusal::NoInvitation(hash(&letter))));
    ada.meet(&ben);
    assert_eq!(ada.access.role(&ben.device()), None, "nor does it help that Ada knows the invitation");
}

#[test]
fn whoever_leaves_is_gone_and_may_come_back() {
    let (mut ada, mut ben, _) = ada_and_ben(Role::Edit);
    ben.call_myself("Ben");
    assert_eq!(ben.write(&Operation::Leave).1, Standing::Counts);
    ada.meet(&ben);
    assert_eq!(ada.access.role(&ben.device()), None);
    assert!(ada.access.profile(&ben.device()).is_some(), "what he wrote keeps its name");
    assert_eq!(ben.write(&Operation::Leave).1, Standing::Refused(Refusal::NotAMember(ben.device())));

    let (again, _) = ada.invite(8, Role::View);
    ben.restart([20; 16]);
    ben.meet(&ada);
    assert_eq!(ben.join(8, hash(&again)).1, Standing::Counts);
    assert_eq!(ben.access.role(&ben.device()), Some(Role::View), "a new membership, with its own role");
}

#[test]
fn leaving_ends_what_was_joined_before_and_not_what_was_joined_elsewhere_meanwhile() {
    // Ben's profile, copied to a second machine: it leaves there, and joins again here, and neither knows of the other.
    let (mut ada, mut ben, _) = ada_and_ben(Role::View);
    let (again, _) = ada.invite(8, Role::Edit);
    ben.meet(&ada);
    let mut copy = Person::stranger(ada.document, 2);
    copy.restart([30; 16]);
    copy.meet(&ben);
    assert_eq!(ben.write(&Operation::Leave).1, Standing::Counts);
    assert_eq!(copy.join(8, hash(&again)).1, Standing::Counts);
    ben.meet(&copy);
    copy.meet(&ben);
    for machine in [&ben, &copy] {
        assert_eq!(machine.access.role(&ben.device()), Some(Role::Edit), "whichever it hears of first");
        assert_eq!(machine.access.members().len(), 2);
    }
}

#[test]
fn the_owner_stays() {
    let mut ada = Person::founder();
    assert_eq!(ada.write(&Operation::Leave).1, Standing::Refused(Refusal::OwnerStays));
}

#[test]
fn a_second_join_can_only_raise() {
    let (mut ada, mut ben, _) = ada_and_ben(Role::Edit);
    let (lower, _) = ada.invite(8, Role::View);
    ben.meet(&ada);
    assert_eq!(ben.join(8, hash(&lower)).1, Standing::Counts);
    assert_eq!(ben.access.role(&ben.device()), Some(Role::Edit));
    assert_eq!(ben.access.members().len(), 2);
}

#[test]
fn names_are_read_by_members_only_and_the_newest_counts() {
    let (mut ada, mut ben, _) = ada_and_ben(Role::View);
    for number in 0..20 {
        ben.call_myself(&format!("Ben {number}"));
    }
    ben.call_myself("Benedict");
    ada.meet(&ben);
    let (position, previous, sealed) = ada.access.profile(&ben.device()).unwrap();
    let cipher = sheaf_record::ChainCipher::new(&secret(), &position.chain);
    let profile = sealed.open(&cipher, &previous).unwrap();
    assert_eq!((profile.name.as_str(), profile.colour.as_str()), ("Benedict", "teal"));

    let outsider = sheaf_record::ChainCipher::new(&sheaf_record::EpochSecret::from_bytes([0; 32]), &position.chain);
    assert!(sealed.open(&outsider, &previous).is_err());
    assert!(sealed.open(&cipher, &position.hash).is_err(), "nor at another place");
}

#[test]
fn strangers_are_called_nothing() {
    let ada = Person::founder();
    let mut mallory = Person::stranger(ada.document, 66);
    mallory.meet(&ada);
    assert_eq!(mallory.call_myself("Ada").1, Standing::Refused(Refusal::NotAMember(mallory.device())));
    assert_eq!(mallory.write(&Operation::Leave).1, Standing::Refused(Refusal::NotAMember(mallory.device())));
}

#[test]
fn a_document_begins_once() {
    let mut ada = Person::founder();
    let again = Operation::Genesis(Genesis { owner: ada.device(), epoch: secret().id() });
    assert_eq!(ada.write(&again).1, Standing::Refused(Refusal::NotTheBeginning));

    let mut mallory = Person::stranger(ada.document, 66);
    let stolen = Operation::Genesis(Genesis { owner: mallory.device(), epoch: secret().id() });
    assert_eq!(mallory.write(&stolen).1, Standing::Refused(Refusal::NotTheBeginning));
    mallory.meet(&ada);
    assert_eq!(mallory.access.owner(), Some(ada.device()));
}

#[test]
fn what_a_newer_version_says_is_kept_and_counts_as_nothing() {
    let (mut ada, mut ben, _) = ada_and_ben(Role::View);
    let future = Operation::Unknown { tag: 200, bytes: b"remove everybody".to_vec() };
    assert_eq!(Operation::decode(&future.encode()), Ok(future.clone()));
    let (letter, standing) = ben.write(&future);
    assert_eq!(standing, Standing::Unknown);
    ada.meet(&ben);
    assert_eq!(ada.access.standing(&hash(&letter)), Some(Standing::Unknown));
    assert_eq!(ada.access.members().len(), 2);
}
