//! The bytes that must never change: operations and tickets, spelled out in `tests/golden`.
//!
//! `SHEAF_GOLDEN=write cargo test -p sheaf-access golden` writes the files anew. Whoever needs that has changed the format.

use data_encoding::HEXLOWER;
use sheaf_access::{Operation, Role, Ticket};

use crate::{
    people::{Person, secret, seed_of},
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

#[test]
fn golden_tickets() {
    let plain = Ticket { routes: vec![], ..ticket() };
    let golden = check("tickets.txt", &[("a ticket", ticket().encode()), ("a ticket without routes", plain.encode())]);
    assert_eq!(Ticket::parse(&golden[0]), Ok(ticket()));
    assert_eq!(Ticket::parse(&golden[1]), Ok(plain));
}

#[test]
fn golden_proofs() {
    let ask = seed_of(7).ask(&ticket().document, &[0xec; 32]);
    let key = HEXLOWER.encode(&seed_of(7).key().0);
    check("proofs.hex", &[("the key of ticket 07..07", key), ("ask for document 01..01 on link ec..ec", HEXLOWER.encode(&ask.0))]);
}
