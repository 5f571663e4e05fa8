//! What has happened, for people to read.

use sheaf_access::{Operation, Role, Standing};

use crate::people::{Person, gather};

#[test]
fn everybody_reads_the_same_list() {
    let mut ada = Person::founder();
    let mut ben = Person::guest(&mut ada, 2, Role::Admin);
    let mut cleo = Person::guest(&mut ada, 3, Role::Edit);
    gather(&mut [&mut ada, &mut ben, &mut cleo]);
    ada.remove(&ben);
    let (void, _) = ben.remove(&cleo);
    cleo.call_myself("Cleo");
    cleo.write(&Operation::Role(sheaf_access::RoleChange { membership: cleo.membership(&cleo), role: Role::Admin }));
    gather(&mut [&mut ada, &mut ben, &mut cleo]);

    let told = |person: &Person| -> Vec<_> {
        let audit = person.access.audit();
        audit.iter().map(|event| (event.record.position.hash, event.standing.clone(), event.role, event.stood_on.clone())).collect()
    };
    assert_eq!(told(&ada), told(&ben));
    assert_eq!(told(&ada), told(&cleo));

    let audit = ada.access.audit();
    assert!(matches!(audit[0].record.operation, Operation::Genesis(_)) && audit[0].stood_on.is_empty());
    for (at, event) in audit.iter().enumerate() {
        let told: Vec<_> = audit[..at].iter().map(|event| event.record.position.hash).collect();
        assert!(event.stood_on.iter().all(|hash| told.contains(hash)), "each after all that it stood on");
    }
    let bens = audit.iter().find(|event| event.record.position == void.written.position).unwrap();
    assert_eq!((&bens.standing, bens.role), (&Standing::Void, Some(Role::Admin)));
    let refused = audit.iter().find(|event| matches!(event.record.operation, Operation::Role(_))).unwrap();
    assert!(matches!(refused.standing, Standing::Refused(_)) && refused.role.is_none());
}
