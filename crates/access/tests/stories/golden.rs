//! The bytes that must never change: operations and tickets, spelled out in `tests/golden`.
//!
//! `SHEAF_GOLDEN=write cargo test -p sheaf-access golden` writes the files anew. Whoever needs that has changed the format.

use data_encoding::HEXLOWER;
use sheaf_access::{
    AddDevice, Counted, Cut, EndDate, Grant, Invitation, Label, Operation, Removal, Request, Revocation, Role, RoleChange, Rotation,
    Ticket, TicketKind, Transfer, Wrap, joint,
};
use sheaf_base::{ChainId, Hash};
use sheaf_record::{DeviceKey, EpochSecret, Malformed};

use crate::{
    people::{Person, sealing_of, secret, seed_of},
    tickets::ticket,
};

/// Compares lines `name: text` with a file, and gives back the file's texts.
fn check(file: &str, named: &[(&str, String)]) -> Vec<String> {
    let path = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    let text: String = named.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    if std::env::var_os("SHEAF_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    for (line, golden) in text.lines().zip(golden.lines()) {
        assert_eq!(line, golden, "{file}: these bytes are in people's hands");
    }
    assert_eq!(text.lines().count(), golden.lines().count());
    golden.lines().map(|line| line.split(": ").nth(1).unwrap().to_owned()).collect()
}

#[test]
fn golden_operations() {
    let mut ada = Person::founder();
    ada.call_myself("Ada");
    let (invitation, _) = ada.invite(7, Role::Edit);
    let mut ben = Person::stranger(ada.document, 2);
    ben.meet(&ada);
    ben.join(7, invitation.written.position.hash);
    ben.write(&Operation::Leave);

    let names = ["genesis", "profile", "invitation", "join", "leave"];
    let named: Vec<_> = names
        .into_iter()
        .zip(ben.letters.iter().map(|letter| HEXLOWER.encode(&letter.access.as_ref().unwrap().operation.encode())))
        .collect();
    let golden = check("operations.hex", &named);

    let old = HEXLOWER.decode(golden[2].as_bytes()).unwrap();
    let Ok(Operation::Invitation(old)) = Operation::decode(&old) else { panic!("an old invitation is one") };
    assert_eq!(old.open(&seed_of(7), &ada.document).map(|secret| secret.id()), Ok(secret().id()));
}

/// One of each operation that came after the first five.
#[test]
fn golden_later_operations() {
    let ada = Person::founder();
    let (document, membership, key) = (ada.document, Hash([0x11; 32]), DeviceKey::from_bytes(&[20; 32]));
    let label = Label::close("a friend", ada.writer.cipher(), &ada.previous());
    let open = Invitation::new(&seed_of(7), &document, Role::Edit, &secret(), label.clone(), [7; 32]);
    let counted = Counted { key: seed_of(7).key(), role: Role::Edit, uses: 3, expires: Some(1_800_000_000), approved: true, label };
    let devices = [(key.device(), sealing_of(20).key())];
    let new = EpochSecret::from_bytes([1; 32]);
    let rotation = Rotation::deal(&document, &new, &devices, &[(Hash([0x22; 32]), &open)], &[secret()], [9; 32]).unwrap();
    let removal = Removal {
        membership,
        devices: vec![key.device()],
        cuts: vec![Cut { chain: ChainId([0x33; 32]), number: 300 }],
        rotation: Some(rotation),
    };
    let request = Request::new(&seed_of(7), &document, &key, &sealing_of(20));
    let grant = Grant::new(Hash([0x22; 32]), request, &document, &[secret()], [9; 32]).unwrap();
    let operations = [
        ("role change", Operation::Role(RoleChange { membership, role: Role::Admin })),
        ("removal", Operation::Removal(removal)),
        ("transfer", Operation::Transfer(Transfer { membership })),
        ("revocation", Operation::Revocation(Revocation { invitation: Hash([0x22; 32]), rotation: None })),
        ("counted invitation", Operation::Counted(counted)),
        ("grant", Operation::Grant(grant)),
        ("key", Operation::Key(sealing_of(20).register(&document, &key.device()))),
        ("device", Operation::AddDevice(AddDevice::consent(&document, membership, &ada.device(), Role::Edit, &key, &sealing_of(20)))),
        ("end date", Operation::EndDate(EndDate { membership, ends: Some(1_800_000_000) })),
        ("wrap", Operation::Wrap(Wrap::deal(&document, &secret(), &devices, [9; 32]).unwrap())),
    ];
    let named: Vec<_> = operations.iter().map(|(name, operation)| (*name, HEXLOWER.encode(&operation.encode()))).collect();
    let golden = check("later-operations.hex", &named);
    for ((name, operation), golden) in operations.iter().zip(&golden) {
        let bytes = HEXLOWER.decode(golden.as_bytes()).unwrap();
        assert_eq!(Operation::decode(&bytes).as_ref(), Ok(operation), "{name}");
        for end in 0..bytes.len() {
            assert!(Operation::decode(&bytes[..end]).is_err(), "{name} cut to {end}");
        }
        assert_eq!(Operation::decode(&[&bytes[..], &[0]].concat()), Err(Malformed::LeftOver(1)), "{name}");
    }

    // What was sealed long ago opens.
    let bytes = |at: usize| HEXLOWER.decode(golden[at].as_bytes()).unwrap();
    let Ok(Operation::Removal(removal)) = Operation::decode(&bytes(1)) else { panic!() };
    let rotation = removal.rotation.unwrap();
    assert_eq!(rotation.open(&key.device(), &sealing_of(20), &document), Ok(new.clone()));
    assert_eq!(rotation.open_with_ticket(&Hash([0x22; 32]), &seed_of(7), &document), Ok(new.clone()));
    assert_eq!(rotation.before(&new, &document), [secret()]);
    let Ok(Operation::Grant(grant)) = Operation::decode(&bytes(5)) else { panic!() };
    assert_eq!(grant.open(&sealing_of(20), &document).0, [secret()]);
    let joined = joint(&[secret(), new]).unwrap();
    check("secrets.hex", &[("5e..5e and 01..01 together", HEXLOWER.encode(joined.as_bytes()))]);
}

#[test]
fn golden_tickets() {
    let plain = Ticket { routes: vec![], ..ticket() };
    let counted = Ticket { kind: TicketKind::Counted, ..plain.clone() };
    let named =
        [("a ticket", ticket().encode()), ("a ticket without routes", plain.encode()), ("one that its maker grants", counted.encode())];
    let golden = check("tickets.txt", &named);
    assert_eq!(Ticket::parse(&golden[2]), Ok(counted));
    assert_eq!(Ticket::parse(&golden[0]), Ok(ticket()));
    assert_eq!(Ticket::parse(&golden[1]), Ok(plain));
}

#[test]
fn golden_proofs() {
    let ask = seed_of(7).ask(&ticket().document, &[0xec; 32]);
    let key = HEXLOWER.encode(&seed_of(7).key().0);
    check("proofs.hex", &[("the key of ticket 07..07", key), ("ask for document 01..01 on link ec..ec", HEXLOWER.encode(&ask.0))]);
}
