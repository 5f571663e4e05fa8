//! How much somebody may say, and that nobody says it in anybody else's place.

use sheaf_access::{Access, AddDevice, Operation, Refusal, Removal, Role, Room, Standing, limits, limits::Limits};

use crate::people::{Person, gather, sealing_of};

/// So little that a story reaches it.
const LITTLE: Limits = Limits { records: [4, 12], removals: [2, 3], revocations: 2, memberships: 4 };

fn full(what: Room, limit: usize) -> Standing {
    Standing::Refused(Refusal::Full { what, limit })
}

/// The same person, who goes by these limits.
fn within(person: &mut Person, limits: Limits) {
    let records: Vec<_> = person.letters.iter().filter_map(|letter| letter.access.clone()).collect();
    person.access = Access::within(person.document, limits).folding(records, &person.graph);
}

/// Adds a device and takes it out again.
fn add_and_remove(by: &mut Person, number: u8) -> Standing {
    let (device, membership) = (Person::stranger(by.document, number), by.membership(by));
    let added = AddDevice::consent(&by.document, membership, &by.device(), Role::View, &device.key, &sealing_of(number));
    assert_eq!(by.write(&Operation::AddDevice(added)).1, Standing::Counts);
    by.write(&Operation::Removal(Removal { devices: vec![device.device()], ..Removal::of(membership) })).1
}

#[test]
fn nobody_fills_anybody_elses_room() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::View);
    let mut cleo = Person::guest(&mut ada, 3, Role::Admin);
    // As many removals as he may, in one chain and in others beside it, which together are more.
    let stand = ben.letters.len();
    for chain in 0..4 {
        let mut apart = Person::stranger(ada.document, 2);
        apart.restart([50 + chain; 16]);
        ben.letters[..stand].to_vec().iter().for_each(|letter| _ = apart.hear(letter));
        for at in 0..limits::REMOVALS as u8 {
            assert_eq!(add_and_remove(&mut apart, 100 + at), Standing::Counts);
        }
        assert_eq!(add_and_remove(&mut apart, 99), full(Room::Removals, limits::REMOVALS), "one device of his has room for no more");
        ada.meet(&apart);
    }
    for name in 0..2 * limits::RECORDS {
        assert_eq!(ben.call_myself(&name.to_string()).1, Standing::Counts, "a name takes no room");
    }
    gather(&mut [&mut ada, &mut cleo]);
    cleo.meet(&ben);
    assert_eq!(cleo.remove(&ben).1, Standing::Counts);
    ada.meet(&cleo);
    assert_eq!((ada.role_of(&ben), ada.change_role(&cleo, Role::Edit).1), (None, Standing::Counts));
}

#[test]
fn what_one_says_often_leaves_room_for_removals_and_a_raise_is_none() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::View);
    let cleo = Person::guest(&mut ada, 3, Role::View);
    within(&mut ada, LITTLE);
    within(&mut ben, LITTLE);
    for role in [Role::Comment, Role::Edit, Role::Admin] {
        assert_eq!(ada.change_role(&ben, role).1, Standing::Counts);
    }
    for role in [Role::Edit, Role::View] {
        assert_eq!(ada.change_role(&ben, role).1, Standing::Counts, "two of the three things that Ada may take away");
    }
    // The genesis, two invitations, her words about roles: so many invitations more.
    let invited = (0..20).take_while(|at| ada.invite(150 + at, Role::View).1 == Standing::Counts).count();
    assert_eq!(invited, LITTLE.records[1] - 6);
    ada.restart([60; 16]);
    assert_eq!(ada.remove(&cleo).1, Standing::Counts, "and still there is room to remove");
    assert_eq!(ada.remove(&ben).1, full(Room::Removals, 3));
    ben.meet(&ada);
    assert_eq!(ben.write(&Operation::Leave).1, Standing::Counts, "whoever wants to go goes");
}

#[test]
fn a_crowd_shuts_the_door_until_it_is_removed() {
    let mut ada = Person::founder();
    let (invitation, _) = ada.invite(7, Role::View);
    let (other, _) = ada.invite(8, Role::View);
    let come = |ada: &mut Person, number: u8, seed: u8, by: &crate::people::Letter| {
        let mut guest = Person::stranger(ada.document, number);
        within(&mut guest, LITTLE);
        guest.meet(ada);
        let standing = guest.join(seed, by.written.position.hash).1;
        if standing == Standing::Counts {
            ada.meet(&guest);
        }
        (guest, standing)
    };
    within(&mut ada, LITTLE);
    let crowd: Vec<Person> = (0..3).map(|number| come(&mut ada, 20 + number, 7, &invitation).0).collect();
    assert_eq!(come(&mut ada, 30, 8, &other).1, full(Room::Members, 4));
    assert_eq!(ada.remove(&crowd[0]).1, Standing::Counts);
    assert_eq!(come(&mut ada, 31, 8, &other).1, Standing::Counts, "there is room for one");
    assert_eq!(come(&mut ada, 32, 8, &other).1, full(Room::Members, 4));
    // One of the crowd comes again, beside all that: the removal, which did not know of it, is about that, too.
    let (mut again, left) = (Person::stranger(ada.document, 20), &crowd[1]);
    left.letters.iter().take(3).for_each(|letter| _ = again.hear(letter));
    again.restart([61; 16]);
    assert_eq!(again.join(7, invitation.written.position.hash).1, Standing::Counts);
    ada.meet(&again);
    assert_eq!(ada.remove(&crowd[2]).1, Standing::Counts);
    assert_eq!(come(&mut ada, 33, 8, &other).1, Standing::Counts);
}
