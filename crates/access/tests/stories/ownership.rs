//! A document is handed over.

use sheaf_access::{Operation, Refusal, Role, Standing, Transfer};

use crate::people::{Person, gather};

fn hand_over(from: &mut Person, to: &Person) -> (crate::people::Letter, Standing) {
    let membership = from.membership(to);
    from.write(&Operation::Transfer(Transfer { membership }))
}

#[test]
fn the_owner_hands_over_and_is_an_admin() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::View);
    assert_eq!(hand_over(&mut ada, &ben).1, Standing::Counts);
    ben.meet(&ada);
    assert_eq!((ben.role_of(&ada), ben.role_of(&ben)), (Some(Role::Admin), Some(Role::Owner)));
    assert_eq!(ben.access.owner(), Some(ben.device()));
    assert_eq!(ada.write(&Operation::Leave).1, Standing::Counts, "and may leave");
    ben.meet(&ada);
    assert_eq!(ben.access.members().len(), 1);
}

#[test]
fn only_the_owner_does() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let cleo = Person::guest(&mut ada, 3, Role::Admin);
    ben.meet(&ada);
    let refused = Standing::Refused(Refusal::Role { device: ben.device(), has: Role::Admin, needs: Role::Owner });
    assert_eq!(hand_over(&mut ben, &cleo).1, refused);
    assert_eq!(hand_over(&mut ada, &ben).1, Standing::Counts);
    let again = hand_over(&mut ada, &cleo).1;
    assert_eq!(again, Standing::Refused(Refusal::Role { device: ada.device(), has: Role::Admin, needs: Role::Owner }));
}

#[test]
fn of_two_transfers_apart_the_one_with_the_smaller_hash_holds() {
    let mut ada = Person::founder();
    let (ben, cleo) = (Person::guest(&mut ada, 2, Role::Edit), Person::guest(&mut ada, 3, Role::Edit));
    let mut copy = Person::stranger(ada.document, 1);
    copy.restart([44; 16]);
    copy.meet(&ada);
    let (to_ben, to_cleo) = (hand_over(&mut ada, &ben).0, hand_over(&mut copy, &cleo).0);
    gather(&mut [&mut ada, &mut copy]);
    let ben_wins = to_ben.written.position.hash < to_cleo.written.position.hash;
    for person in [&ada, &copy] {
        assert_eq!(person.access.owner(), Some(if ben_wins { ben.device() } else { cleo.device() }));
        let (holds, does_not) = if ben_wins { (&to_ben, &to_cleo) } else { (&to_cleo, &to_ben) };
        assert_eq!((person.standing(holds), person.standing(does_not)), (Standing::Counts, Standing::Void));
    }
}

#[test]
fn nobody_removes_whoever_was_made_owner_meanwhile() {
    let mut ada = Person::founder();
    let ben = Person::guest(&mut ada, 2, Role::Edit);
    let mut cleo = Person::guest(&mut ada, 3, Role::Admin);
    let (removal, _) = cleo.remove(&ben);
    hand_over(&mut ada, &ben);
    gather(&mut [&mut ada, &mut cleo]);
    assert_eq!(cleo.standing(&removal), Standing::Void);
    assert_eq!(cleo.role_of(&ben), Some(Role::Owner));
}
