//! Tickets: what somebody pastes, and what is inside of one whose checksum holds.
//!
//! The first byte of a part says whether the rest is the text itself, or contents that the target puts into a ticket.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use sheaf_access::{Address, Role, Route, Ticket, TicketKind, TicketSeed};
use sheaf_base::{DeviceId, DocumentId, limits};

/// The rest is text.
pub(crate) const TEXT: u8 = 0;
/// The rest is what stands inside a ticket, before the checksum.
pub(crate) const CONTENTS: u8 = 1;

static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().expect("thirty-two letters")
});

pub(super) fn run(parts: &[Vec<u8>]) {
    for part in parts {
        let Some((&kind, bytes)) = part.split_first() else { continue };
        if kind % 2 == CONTENTS {
            check(&spell(bytes));
        } else if let Ok(text) = std::str::from_utf8(bytes) {
            check(text);
        }
    }
}

/// The ticket with these contents: its checksum holds.
fn spell(contents: &[u8]) -> String {
    let check = blake3::Hasher::new().update(b"sheaf ticket").update(contents).finalize();
    format!("sheaf{}", BASE32.encode(&[contents, &check.as_bytes()[..4]].concat()))
}

fn check(pasted: &str) {
    match Ticket::parse(pasted) {
        Ok(ticket) => {
            let text = pasted.trim();
            let text = text.strip_prefix("sheaf://join/").unwrap_or(text);
            assert_eq!(ticket.encode(), text, "two spellings of one ticket");
            assert!(text.len() <= limits::TICKET, "longer than a ticket may be");
            assert_eq!(Ticket::parse(&ticket.link()).as_ref(), Ok(&ticket), "the link is the ticket");
            let shown = [&ticket.title, &ticket.name];
            assert!(shown.iter().all(|words| !words.chars().any(char::is_control)), "a control character in a dialog");
        }
        Err(error) => assert!(!error.to_string().is_empty(), "a refusal says why"),
    }
}

/// What honest people send: the seeds.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let host = Route {
        device: DeviceId([2; 32]),
        relay: Some("https://relay.example.org./".to_owned()),
        addresses: vec![
            Address { ip: [192, 168, 1, 20].into(), port: 4433 },
            Address { ip: std::net::Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1).into(), port: 4433 },
        ],
    };
    let bare = Route { device: DeviceId([3; 32]), relay: None, addresses: Vec::new() };
    let ticket = Ticket {
        document: DocumentId([1; 32]),
        inviter: DeviceId([2; 32]),
        seed: TicketSeed::from_bytes([7; 32]),
        title: "Notes on bookbinding".to_owned(),
        name: "Ada".to_owned(),
        role: Role::Edit,
        kind: TicketKind::Open,
        folder: None,
        routes: vec![host, bare],
    };
    let text = ticket.encode();
    let contents = BASE32.decode(&text.as_bytes()["sheaf".len()..]).expect("it was just encoded");
    let contents = &contents[..contents.len() - 4];
    vec![
        ("honest-contents", vec![[&[CONTENTS], contents].concat()]),
        ("honest-text", vec![[&[TEXT], text.as_bytes()].concat()]),
        ("honest-counted", vec![[&[TEXT], Ticket { kind: TicketKind::Counted, ..ticket.clone() }.encode().as_bytes()].concat()]),
        ("honest-link", vec![[&[TEXT], format!("  {}\n", ticket.link()).as_bytes()].concat()]),
    ]
}
