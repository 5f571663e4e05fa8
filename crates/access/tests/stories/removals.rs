//! Ada removes somebody: what they wrote before she did stays, and nothing they write after reaches anybody.

use sheaf_access::{Cut, Operation, Refusal, Removal, Revocation, Role, Standing};
use sheaf_base::Position;

use crate::people::{Letter, Person, gather, seed_of};

fn at(letter: &Letter) -> Position {
    letter.written.position
}

#[test]
fn what_the_removal_knew_stays_and_the_rest_does_not() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    let known = ben.type_something();
    ada.meet(&ben);
    let unknown = ben.type_something();
    let (removal, standing) = ada.remove(&ben);
    assert_eq!(standing, Standing::Counts);
    gather(&mut [&mut ada, &mut ben]);

    for person in [&ada, &ben] {
        assert_eq!(person.role_of(&ben), None);
        assert!(person.counts(&known) && !person.counts(&unknown));
        assert_eq!(person.access.cut(&ben.device(), &at(&known).chain, &person.graph), Some(at(&known).number));
    }
    let past = ben.graph.everything();
    let refused = ben.access.may(&ben.device(), &past, sheaf_record::Kind::Body);
    assert_eq!(refused, Err(Refusal::NotAMember(ben.device())), "who knows of it writes no more");
    assert_eq!(ada.standing(&removal), Standing::Counts);
}

#[test]
fn a_removal_reaches_further_back_where_it_says_so() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    let (his, stolen) = (ben.type_something(), ben.type_something());
    ada.meet(&ben);
    let cut = Cut { chain: at(&his).chain, number: at(&his).number };
    let removal = Removal { cuts: vec![cut], ..Removal::of(ada.membership(&ben)) };
    ada.write(&Operation::Removal(removal));
    assert!(ada.counts(&his) && !ada.counts(&stolen));
    assert_eq!(ada.access.cut(&ben.device(), &cut.chain, &ada.graph), Some(cut.number));
}

#[test]
fn of_two_removals_counts_what_both_leave() {
    let mut ada = Person::founder();
    let mut cleo = Person::guest(&mut ada, 3, Role::Admin);
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    cleo.meet(&ada);
    let both = ben.type_something();
    gather(&mut [&mut ada, &mut ben, &mut cleo]);
    let one = ben.type_something();
    ada.meet(&ben);
    for admin in [&mut ada, &mut cleo] {
        assert_eq!(admin.remove(&ben).1, Standing::Counts);
    }
    assert!(ada.counts(&one), "while only the one that knew it is known");
    gather(&mut [&mut ada, &mut cleo]);
    assert!(ada.counts(&both) && !ada.counts(&one) && cleo.counts(&both));
}

#[test]
fn whoever_was_removed_is_in_again_only_by_a_new_invitation() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    let first = ada.access.member(&ben.device()).unwrap().invitation.unwrap();
    ada.meet(&ben);
    ada.remove(&ben);
    ben.meet(&ada);
    ben.restart([40; 16]);
    assert_eq!(ben.join(102, first).1, Standing::Refused(Refusal::NoInvitation(first)), "not by the old ticket");

    // Nor with another device that has never been heard of, which says it knows nothing of the removal.
    let mut other = Person::stranger(ada.document, 9);
    for letter in
        ada.letters.iter().take_while(|letter| !matches!(letter.access.as_ref().map(|it| &it.operation), Some(Operation::Removal(_))))
    {
        other.hear(letter);
    }
    let (backdated, standing) = other.join(102, first);
    assert_eq!(standing, Standing::Counts, "by what it says it knows");
    ada.meet(&other);
    assert_eq!(ada.standing(&backdated), Standing::Void);
    assert_eq!(ada.role_of(&other), None);

    let (again, _) = ada.invite(50, Role::View);
    ben.meet(&ada);
    ben.join(50, at(&again).hash);
    assert_eq!(ben.role_of(&ben), Some(Role::View), "a new membership, with its own role");
    ada.meet(&ben);
    let later = ben.type_something();
    assert!(ada.access.may(&ben.device(), &ada.graph.everything(), sheaf_record::Kind::Body).is_err());
    assert!(!ada.counts(&later), "which is not the old one's");
}

#[test]
fn a_removed_admin_cannot_reach_back() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let cleo = Person::guest(&mut ada, 3, Role::Edit);
    ben.meet(&ada);
    ada.remove(&ben);

    // He has not heard of it, or says so.
    let (invitation, _) = ben.invite(60, Role::Admin);
    let (removal, _) = ben.remove(&cleo);
    let mut friend = Person::stranger(ada.document, 9);
    friend.meet(&ben);
    let (join, standing) = friend.join(60, at(&invitation).hash);
    assert_eq!(standing, Standing::Counts);
    ada.meet(&friend);
    for letter in [&invitation, &removal, &join] {
        assert_eq!(ada.standing(letter), Standing::Void);
    }
    assert_eq!(ada.role_of(&friend), None);
    assert_eq!(ada.role_of(&cleo), Some(Role::Edit), "and nobody is removed by the removed");
}

#[test]
fn two_who_remove_each_other_are_both_gone() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let mut cleo = Person::guest(&mut ada, 3, Role::Admin);
    ben.meet(&ada);
    let (his, hers) = (ben.remove(&cleo).0, cleo.remove(&ben).0);
    gather(&mut [&mut ada, &mut ben, &mut cleo]);
    for person in [&ada, &ben, &cleo] {
        assert_eq!((person.standing(&his), person.standing(&hers)), (Standing::Counts, Standing::Counts));
        assert_eq!((person.role_of(&ben), person.role_of(&cleo)), (None, None));
    }

    // The owner's word ends it: of Cleo, nothing counts any more from before she turned on Ben.
    let cut = Cut { chain: at(&hers).chain, number: at(&hers).number - 1 };
    let theirs = ada.access.records().find(|(record, _)| record.device == cleo.device() && matches!(record.operation, Operation::Join(_)));
    let membership = theirs.unwrap().0.position.hash;
    ada.write(&Operation::Removal(Removal { cuts: vec![cut], ..Removal::of(membership) }));
    assert_eq!(ada.standing(&hers), Standing::Void);
    assert_eq!((ada.role_of(&ben), ada.role_of(&cleo)), (Some(Role::Admin), None));
}

#[test]
fn who_was_removed_takes_along_at_most_who_removed_them() {
    // Ben, Cleo and Dora came by one ticket, Ben first. Cleo, whom the owner made an admin as she did Ben, removes him.
    let mut ada = Person::founder();
    let (invitation, _) = ada.invite(60, Role::Edit);
    let mut came = [2, 3, 4].map(|number| Person::stranger(ada.document, number));
    for person in &mut came {
        person.meet(&ada);
        person.join(60, at(&invitation).hash);
        ada.meet(person);
    }
    let [mut ben, mut cleo, mut dora] = came;
    ada.change_role(&ben, Role::Admin);
    ben.meet(&ada);
    ada.change_role(&cleo, Role::Admin);
    let words = dora.type_something();
    gather(&mut [&mut ada, &mut cleo, &mut dora]);
    cleo.remove(&ben);

    // He says he knows only of the time when he was made an admin: he removes her, and closes the ticket by which all of them came.
    let mut bens = vec![ben.remove(&cleo).0];
    let revocation = Revocation { invitation: at(&invitation).hash, rotation: None };
    bens.push(ben.write(&Operation::Revocation(revocation)).0);
    gather(&mut [&mut ada, &mut ben, &mut cleo, &mut dora]);
    assert_eq!((ada.role_of(&ben), ada.role_of(&cleo)), (None, None));
    assert_eq!(ada.standing(&bens[1]), Standing::Void);
    assert_eq!(ada.role_of(&dora), Some(Role::Edit), "a bystander is none of it");
    assert!(ada.counts(&words));
}

#[test]
fn nobody_but_the_owner_touches_the_owner() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    assert_eq!(ben.remove(&ada).1, Standing::Refused(Refusal::OwnerUntouched));
    assert_eq!(ben.change_role(&ada, Role::View).1, Standing::Refused(Refusal::OwnerUntouched));
    let own = Removal::of(ada.membership(&ada));
    assert_eq!(ada.write(&Operation::Removal(own)).1, Standing::Refused(Refusal::OwnerStays));
}

#[test]
fn a_ticket_dies_with_its_makers_authority_and_stays_dead() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let (invitation, _) = ben.invite(60, Role::Edit);
    let mut before = Person::stranger(ada.document, 5);
    before.meet(&ben);
    before.join(60, at(&invitation).hash);
    ada.meet(&before);
    ada.change_role(&ben, Role::View);
    assert_eq!(ada.role_of(&before), Some(Role::Edit), "whom the demotion knew stays");

    let mut meanwhile = Person::stranger(ada.document, 6);
    meanwhile.meet(&ben);
    let (join, _) = meanwhile.join(60, at(&invitation).hash);
    ada.meet(&meanwhile);
    assert_eq!(ada.standing(&join), Standing::Void);

    ada.change_role(&ben, Role::Admin);
    let mut later = Person::stranger(ada.document, 7);
    later.meet(&ada);
    let no = Refusal::NoInvitation(at(&invitation).hash);
    assert_eq!(later.join(60, at(&invitation).hash).1, Standing::Refused(no), "an admin again invites anew");
}

#[test]
fn a_revoked_ticket_lets_nobody_in_who_was_not_known() {
    let mut ada = Person::founder();
    let (invitation, _) = ada.invite(60, Role::Edit);
    let mut known = Person::stranger(ada.document, 5);
    known.meet(&ada);
    known.join(60, at(&invitation).hash);
    let mut unknown = Person::stranger(ada.document, 6);
    unknown.meet(&ada);
    let (join, _) = unknown.join(60, at(&invitation).hash);
    ada.meet(&known);
    assert!(ada.access.invitations()[0].is_open && ada.access.invitation(&seed_of(60).key()).is_some());
    ada.write(&Operation::Revocation(Revocation { invitation: at(&invitation).hash, rotation: None }));
    ada.meet(&unknown);
    assert_eq!((ada.role_of(&known), ada.role_of(&unknown)), (Some(Role::Edit), None));
    assert_eq!(ada.standing(&join), Standing::Void);
    assert!(!ada.access.invitations()[0].is_open);
    assert!(ada.access.invitation(&seed_of(60).key()).is_none(), "and is served to nobody");
}

#[test]
fn the_order_in_which_a_removal_comes_does_not_matter() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    ben.type_something();
    let lost = ben.type_something();
    ada.remove(&ben);
    let (mut first, mut last) = (Person::stranger(ada.document, 8), Person::stranger(ada.document, 9));
    first.meet(&ada);
    first.meet(&ben);
    last.meet(&ben);
    last.meet(&ada);
    assert!(!first.counts(&lost) && !last.counts(&lost));
    assert_eq!(first.access.members(), last.access.members());
}
