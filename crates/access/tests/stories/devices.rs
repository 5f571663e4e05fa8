//! One person, several devices.

use sheaf_access::{AddDevice, Operation, Refusal, Removal, Role, Standing, Wrap};
use sheaf_record::DeviceKey;

use crate::people::{Person, gather, sealing_of, secret};

/// A second device of `of`, with this number, and what the record that added it amounts to.
fn second(of: &mut Person, number: u8, role: Role) -> (Person, Standing) {
    let mut device = Person::stranger(of.document, number);
    let membership = of.membership(of);
    let added = AddDevice::consent(&of.document, membership, &of.device(), role, &device.key, &sealing_of(number));
    let standing = of.write(&Operation::AddDevice(added)).1;
    device.meet(of);
    (device, standing)
}

fn lose(by: &mut Person, device: &Person) -> Standing {
    let membership = by.membership(by);
    by.write(&Operation::Removal(Removal { devices: vec![device.device()], ..Removal::of(membership) })).1
}

#[test]
fn a_second_device_may_what_its_person_may_and_no_more() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    let too_much = Standing::Refused(Refusal::Role { device: ben.device(), has: Role::Edit, needs: Role::Admin });
    assert_eq!(second(&mut ben, 20, Role::Admin).1, too_much);
    ben.restart([45; 16]);
    let (phone, standing) = second(&mut ben, 20, Role::Edit);
    assert_eq!(standing, Standing::Counts);
    ada.meet(&ben);
    assert_eq!(ada.role_of(&phone), Some(Role::Edit));
    assert_eq!(ada.access.members()[1].devices, [ben.device(), phone.device()]);
    assert_eq!(ada.access.sealing_key(&phone.device()), Some(sealing_of(20).key()));

    ada.change_role(&ben, Role::View);
    assert_eq!(ada.role_of(&phone), Some(Role::View), "what its person may, now");
    ada.remove(&ben);
    assert_eq!(ada.role_of(&phone), None, "all of a person's devices go with the person");
}

#[test]
fn a_device_that_was_added_before_a_promotion_is_added_again_and_may_as_much() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Comment);
    let (mut phone, _) = second(&mut ben, 20, Role::Comment);
    ada.meet(&ben);
    ada.change_role(&ben, Role::Admin);
    gather(&mut [&mut ada, &mut ben, &mut phone]);
    assert_eq!((ada.role_of(&ben), ada.role_of(&phone)), (Some(Role::Admin), Some(Role::Comment)));
    assert_eq!(second(&mut ben, 20, Role::Comment).1, Standing::Refused(Refusal::AlreadyThere(phone.device())), "it may that");
    ben.restart([48; 16]);
    ben.meet(&phone);
    assert_eq!(second(&mut ben, 20, Role::Admin).1, Standing::Counts);
    ada.meet(&ben);
    assert_eq!((ada.role_of(&phone), ada.access.members()[1].devices.len()), (Some(Role::Admin), 2));
}

#[test]
fn nobody_is_given_somebody_elses_device() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    let cleo = Person::guest(&mut ada, 3, Role::Edit);
    ben.meet(&ada);
    // Ben writes Cleo's device into his membership, with a consent of his own.
    let membership = ben.membership(&ben);
    let mut forged =
        AddDevice::consent(&ben.document, membership, &ben.device(), Role::View, &DeviceKey::from_bytes(&[2; 32]), &sealing_of(3));
    forged.device = cleo.device();
    assert!(matches!(ben.write(&Operation::AddDevice(forged)).1, Standing::Refused(Refusal::Proof(_))));
    ben.restart([46; 16]);

    // Nor a device to a membership that is not his.
    let phone = DeviceKey::from_bytes(&[20; 32]);
    let hers = ben.membership(&cleo);
    let added = AddDevice::consent(&ben.document, hers, &ben.device(), Role::View, &phone, &sealing_of(20));
    assert_eq!(ben.write(&Operation::AddDevice(added)).1, Standing::Refused(Refusal::NotYourMembership(ben.device())));
}

#[test]
fn whoever_loses_a_device_removes_it_without_an_admin() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::View);
    let (mut phone, _) = second(&mut ben, 20, Role::View);
    let missed: Vec<_> = ben.access.missed().iter().map(|missed| missed.device).collect();
    assert_eq!(missed, [phone.device()], "whoever adds a device deals it the secret");
    let wrap = Wrap::deal(&ben.document, &secret(), &[(phone.device(), sealing_of(20).key())], [3; 32]).unwrap();
    assert_eq!(ben.write(&Operation::Wrap(wrap)).1, Standing::Counts);
    assert_eq!(lose(&mut ben, &phone), Standing::Counts);
    gather(&mut [&mut ada, &mut ben, &mut phone]);
    assert_eq!((ada.role_of(&ben), ada.role_of(&phone)), (Some(Role::View), None));
    assert_eq!(ada.access.exposed(), [phone.device()], "it can still read: an admin makes a new secret");

    let membership = ada.membership(&ben);
    let hers = Removal { devices: vec![ada.device()], ..Removal::of(membership) };
    assert_eq!(ben.write(&Operation::Removal(hers)).1, Standing::Refused(Refusal::NotTheirDevice(ada.device())));
}

#[test]
fn a_lost_device_takes_nobody_along() {
    // The owner's phone is stolen; the thief, to whom it does not matter what is known, removes the laptop.
    let mut ada = Person::founder();
    let (mut phone, _) = second(&mut ada, 20, Role::Owner);
    assert_eq!(lose(&mut ada, &phone), Standing::Counts);
    assert_eq!(lose(&mut phone, &ada), Standing::Counts, "by what it says it knows");
    gather(&mut [&mut ada, &mut phone]);
    for device in [&ada, &phone] {
        assert_eq!((device.role_of(&ada), device.role_of(&phone)), (Some(Role::Owner), None));
    }
}

#[test]
fn the_owner_keeps_a_device() {
    let mut ada = Person::founder();
    let membership = ada.membership(&ada);
    let own = Removal { devices: vec![ada.device()], ..Removal::of(membership) };
    assert_eq!(ada.write(&Operation::Removal(own.clone())).1, Standing::Refused(Refusal::OwnerStays));
    ada.restart([47; 16]);
    let (mut phone, _) = second(&mut ada, 20, Role::Owner);
    assert_eq!(phone.write(&Operation::Removal(own)).1, Standing::Counts);
    assert_eq!(phone.access.owner(), Some(phone.device()));
}

#[test]
fn leaving_with_one_device_is_leaving() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Edit);
    let (mut phone, _) = second(&mut ben, 20, Role::Edit);
    assert_eq!(phone.write(&Operation::Leave).1, Standing::Counts);
    ada.meet(&phone);
    assert_eq!((ada.role_of(&ben), ada.role_of(&phone)), (None, None));
}
