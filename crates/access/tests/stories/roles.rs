//! Roles that change.

use sheaf_access::{EndDate, Operation, Refusal, Role, Standing};
use sheaf_base::Wall;
use sheaf_record::Kind;

use crate::people::{Person, gather};

#[test]
fn an_admin_makes_admins_and_the_last_word_counts() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::View);
    let mut cleo = Person::guest(&mut ada, 3, Role::Edit);
    gather(&mut [&mut ada, &mut ben, &mut cleo]);
    let editor = Standing::Refused(Refusal::Role { device: cleo.device(), has: Role::Edit, needs: Role::Admin });
    assert_eq!(cleo.change_role(&ben, Role::Edit).1, editor);
    cleo.restart([41; 16]);

    assert_eq!(ada.change_role(&ben, Role::Admin).1, Standing::Counts);
    gather(&mut [&mut ada, &mut ben, &mut cleo]);
    assert_eq!(ben.change_role(&cleo, Role::View).1, Standing::Counts);
    assert_eq!(ben.change_role(&cleo, Role::Owner).1, Standing::Refused(Refusal::NobodyIsInvitedToOwn));
    assert_eq!((ben.role_of(&ben), ben.role_of(&cleo)), (Some(Role::Admin), Some(Role::View)));
}

#[test]
fn of_two_words_that_did_not_know_of_each_other_the_smaller_counts() {
    let mut ada = Person::founder();
    let ben = Person::guest(&mut ada, 2, Role::View);
    let mut cleo = Person::guest(&mut ada, 3, Role::Admin);
    ada.change_role(&ben, Role::Admin);
    cleo.change_role(&ben, Role::Comment);
    gather(&mut [&mut ada, &mut cleo]);
    assert_eq!((ada.role_of(&ben), cleo.role_of(&ben)), (Some(Role::Comment), Some(Role::Comment)));
    ada.change_role(&ben, Role::Edit);
    assert_eq!(ada.role_of(&ben), Some(Role::Edit), "and whoever knows of both has the last word");
}

#[test]
fn a_demotion_takes_what_the_new_role_does_not_allow_and_leaves_the_rest() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let mut cleo = Person::guest(&mut ada, 3, Role::Edit);
    gather(&mut [&mut ada, &mut ben, &mut cleo]);
    let words = ben.type_something();
    let (removal, _) = ben.remove(&cleo);
    let more = ben.type_something();
    ada.change_role(&ben, Role::Edit);
    ada.meet(&ben);
    assert_eq!(ada.standing(&removal), Standing::Void, "he was no admin any more");
    assert!(ada.counts(&words) && ada.counts(&more), "and still an editor");

    ada.change_role(&ben, Role::Comment);
    let unheard = ben.type_something();
    ada.meet(&ben);
    assert!(ada.counts(&more) && !ada.counts(&unheard));
    assert!(ada.access.may(&ben.device(), &ada.graph.everything(), Kind::Discussion).is_ok());
}

#[test]
fn a_membership_ends_when_an_admins_clock_says_so() {
    let mut ada = Person::founder();
    let ben = Person::guest(&mut ada, 2, Role::Edit);
    let mut cleo = Person::guest(&mut ada, 3, Role::Admin);
    let membership = ada.membership(&ben);
    ada.write(&Operation::EndDate(EndDate { membership, ends: Some(2_000) }));
    cleo.write(&Operation::EndDate(EndDate { membership, ends: Some(1_000) }));
    gather(&mut [&mut ada, &mut cleo]);
    let member = ada.access.member(&ben.device()).unwrap();
    assert_eq!(member.ends, Some(1_000), "the earlier of two that did not know of each other");
    assert!(member.is_over(Wall(1_000_000)) && !member.is_over(Wall(999_999)));
    assert_eq!(ada.role_of(&ben), Some(Role::Edit), "and until somebody removes them they are a member");
    ada.write(&Operation::EndDate(EndDate { membership, ends: None }));
    assert_eq!(ada.access.member(&ben.device()).unwrap().ends, None);
}
