//! A ticket pasted well, and pasted badly.

use core::net::Ipv6Addr;

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use sheaf_access::{Address, DeviceTicket, Role, Route, Ticket, TicketError, TicketKind};
use sheaf_base::{DeviceId, DocumentId, limits};

use crate::people::{seed_of, with_seeds};

pub(crate) fn ticket() -> Ticket {
    let host = Route {
        device: DeviceId([2; 32]),
        relay: Some("https://relay.example.org./".to_owned()),
        addresses: vec![
            Address { ip: [192, 168, 1, 20].into(), port: 4433 },
            Address { ip: Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1).into(), port: 4433 },
        ],
    };
    let other = Route { device: DeviceId([3; 32]), relay: None, addresses: vec![] };
    Ticket {
        document: DocumentId([1; 32]),
        inviter: DeviceId([2; 32]),
        seed: seed_of(7),
        title: "Notes on bookbinding".to_owned(),
        name: "Ada".to_owned(),
        role: Role::Edit,
        kind: TicketKind::Open,
        folder: None,
        routes: vec![host, other],
    }
}

#[test]
fn a_ticket_is_read_as_it_was_written() {
    let text = ticket().encode();
    assert!(text.starts_with("sheaf") && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    for pasted in [text.clone(), format!("  {text}\r\n"), ticket().link(), format!("\n\t{}\n", ticket().link())] {
        assert_eq!(Ticket::parse(&pasted), Ok(ticket()), "{pasted:?}");
    }
    assert_eq!(text.parse(), Ok(ticket()));
}

#[test]
fn a_ticket_says_how_one_comes_in_by_it_and_has_one_spelling_for_each_way() {
    let kinds = [TicketKind::Open, TicketKind::Counted, TicketKind::Approved, TicketKind::Added];
    let texts = kinds.map(|kind| Ticket { kind, ..ticket() }.encode());
    for (kind, text) in kinds.into_iter().zip(&texts) {
        assert_eq!(Ticket::parse(text).map(|ticket| ticket.kind), Ok(kind));
    }
    assert!(texts[1].len() <= texts[0].len() + 2, "a byte more");
    // An open ticket that says so in so many words is none: version 1 has said it.
    for (kind, is_one) in [(0, false), (1, true), (2, true), (3, true), (4, false)] {
        let text = rewritten(|contents| {
            contents[0] = 2;
            contents.insert(1 + 3 * 32 + (1 + "Notes on bookbinding".len()) + (1 + "Ada".len()) + 1, kind);
        });
        assert_eq!(Ticket::parse(&text).is_ok(), is_one, "kind {kind}");
    }
}

#[test]
fn a_ticket_to_a_folder_says_so_and_how_much_is_in_it() {
    for (kind, documents) in [(TicketKind::Open, 0), (TicketKind::Counted, 7), (TicketKind::Approved, u32::MAX)] {
        let ticket = Ticket { kind, folder: Some(documents), ..ticket() };
        assert_eq!(Ticket::parse(&ticket.encode()), Ok(ticket));
    }
    // More than a number of documents can be is no number of documents.
    let counted = 1 + 3 * 32 + (1 + "Notes on bookbinding".len()) + (1 + "Ada".len()) + 1;
    for (count, is_one) in [(&[0x7f][..], true), (&[0xff, 0xff, 0xff, 0xff, 0x0f], true), (&[0xff, 0xff, 0xff, 0xff, 0x1f], false)] {
        let text = rewritten(|contents| {
            contents[0] = 3;
            contents.splice(counted..counted, [&[0], count].concat());
        });
        assert_eq!(Ticket::parse(&text).is_ok(), is_one, "{count:?}");
    }
}

#[test]
fn a_ticket_for_a_device_is_read_as_it_was_written_and_taken_for_no_invitation() {
    let Ticket { inviter, seed, name, routes, .. } = ticket();
    let it = DeviceTicket { maker: inviter, seed, name, routes };
    let text = it.encode();
    assert_eq!(DeviceTicket::parse(&format!("  {text}\r\n")), Ok(it));
    assert_eq!(Ticket::parse(&text), Err(TicketError::ForDevice));
    assert_eq!(DeviceTicket::parse(&ticket().encode()), Err(TicketError::ForDocument));
    for place in 5..text.len() {
        let letter = if &text[place..=place] == "a" { "b" } else { "a" };
        let changed = format!("{}{letter}{}", &text[..place], &text[place + 1..]);
        assert!(DeviceTicket::parse(&changed).is_err(), "letter {place} changed to {letter}");
    }
}

#[test]
fn every_changed_letter_is_refused() {
    let text = ticket().encode();
    for place in 0..text.len() {
        for letter in "abcdefghijklmnopqrstuvwxyz234567".chars() {
            let mut changed: Vec<char> = text.chars().collect();
            if changed[place] != letter {
                changed[place] = letter;
                let changed: String = changed.into_iter().collect();
                assert!(Ticket::parse(&changed).is_err(), "letter {place} changed to {letter}");
            }
        }
    }
}

#[test]
fn a_ticket_has_one_spelling() {
    // Whatever the last letters could carry besides the last byte, and whatever a longer number could say.
    with_seeds(300, |random| {
        let mut ticket = ticket();
        ticket.title = "x".repeat(random.random_range(0..8));
        let text = ticket.encode();
        let mut mutant: Vec<u8> = text.clone().into_bytes();
        for _ in 0..random.random_range(1..4) {
            let place = random.random_range(5..mutant.len());
            match random.random_range(0..3) {
                0 => mutant[place] = *b"abcdefghijklmnopqrstuvwxyz234567".get(random.random_range(0..32)).unwrap(),
                1 => drop(mutant.remove(place)),
                _ => mutant.insert(place, b'a'),
            }
        }
        let mutant = String::from_utf8(mutant).unwrap();
        if let Ok(read) = Ticket::parse(&mutant) {
            assert_eq!(read.encode(), mutant);
        }
    });
}

#[test]
fn what_is_wrong_is_said_in_plain_words() {
    let text = ticket().encode();
    let cut = &text[..text.len() / 2];
    let lines = format!("{}\n{}", &text[..40], &text[40..]);
    let cases = [
        (String::new(), TicketError::Empty, "There is no invitation here. Paste the whole text; it begins with “sheaf”."),
        ("  sheaf://join/ ".to_owned(), TicketError::Empty, "There is no invitation here. Paste the whole text; it begins with “sheaf”."),
        (
            "https://example.org".to_owned(),
            TicketError::NotATicket,
            "This is not an invitation to a Sheaf document. An invitation begins with “sheaf”.",
        ),
        (cut.to_owned(), TicketError::Incomplete, "This invitation is not complete. Ask for a new one, or paste it again."),
        ("sheaf".to_owned(), TicketError::Incomplete, "This invitation is not complete. Ask for a new one, or paste it again."),
        (
            format!("{text}!"),
            TicketError::Letter('!'),
            "This invitation contains “!”, which no invitation does. Ask for a new one, or paste it again.",
        ),
        (
            text.replacen('a', "A", 1).replacen("sheAf", "sheaf", 1).replacen('b', "B", 1),
            TicketError::Letter('B'),
            "This invitation contains “B”, which no invitation does. Ask for a new one, or paste it again.",
        ),
        (lines, TicketError::InPieces, "This invitation is broken into pieces by spaces or line ends. Paste it in one piece."),
        (
            format!("sheaf{}", "a".repeat(limits::TICKET)),
            TicketError::TooLong,
            "This is longer than any invitation. Paste only the invitation itself.",
        ),
        (
            rewritten(|contents| contents[0] = 9),
            TicketError::OtherVersion(9),
            "This invitation was made with another version of Sheaf (format 9). Update Sheaf, then open it again.",
        ),
    ];
    for (pasted, error, words) in cases {
        assert_eq!(Ticket::parse(&pasted), Err(error.clone()), "{pasted}");
        assert_eq!(error.to_string(), words);
    }
}

#[test]
fn whole_and_senseless_is_refused_too() {
    let malformed = |change: fn(&mut Vec<u8>)| matches!(Ticket::parse(&rewritten(change)), Err(TicketError::Malformed(_)));
    assert!(!malformed(|_| ()), "rewriting alone breaks nothing");
    assert!(malformed(|contents| contents.push(0)), "a byte too many");
    assert!(malformed(|contents| contents[97] = 0xff), "a title longer than everything");
    assert!(malformed(|contents| contents[98] = b'\n'), "a title of two lines");
    assert!(malformed(|contents| contents[98] = 0xff), "a title that is no text");
    assert!(malformed(|contents| contents.truncate(120)), "no routes");
}

/// The ticket with its contents changed and a checksum that holds.
fn rewritten(change: impl Fn(&mut Vec<u8>)) -> String {
    let mut specification = data_encoding::Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    let base32 = specification.encoding().unwrap();
    let mut contents = base32.decode(&ticket().encode().as_bytes()[5..]).unwrap();
    contents.truncate(contents.len() - 4);
    change(&mut contents);
    let check = blake3::Hasher::new().update(b"sheaf ticket").update(&contents).finalize();
    contents.extend_from_slice(&check.as_bytes()[..4]);
    format!("sheaf{}", base32.encode(&contents))
}

#[test]
fn the_fullest_ticket_is_below_the_limit_and_hints_are_cut() {
    let mut full = ticket();
    full.title = "🪡".repeat(500);
    full.name = "é".repeat(500);
    let ip = Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 3, 4, 5, 6).into();
    let addresses = (0..20).map(|port| Address { ip, port }).collect();
    full.routes = vec![Route { device: DeviceId([9; 32]), relay: Some(format!("https://{}", "r".repeat(247))), addresses }; 9];
    let text = full.encode();
    println!("an ordinary ticket has {} letters, the fullest {}", ticket().encode().len(), text.len());
    assert!(text.len() <= limits::TICKET, "{}", text.len());

    let read = Ticket::parse(&text).unwrap();
    assert_eq!((read.title.chars().count(), read.name.chars().count()), (90, 90));
    assert_eq!((read.routes.len(), read.routes[0].addresses.len()), (4, 8));
    assert_eq!(read.encode(), text);
}

#[test]
fn a_title_cannot_rearrange_the_dialog() {
    let mut sly = ticket();
    // Every line end and every mark of direction that Unicode has, written by a program that cuts them, and by one that does not.
    let marks = "\n\r\u{b}\u{c}\u{85}\u{2028}\u{2029}\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{0}";
    sly.title = format!("Invoice{marks}fdp.exe");
    assert_eq!(Ticket::parse(&sly.encode()).unwrap().title, "Invoicefdp.exe");
    for mark in marks.chars() {
        let spelled = mark.to_string();
        let refused = Ticket::parse(&rewritten(|contents| contents[98..98 + spelled.len()].copy_from_slice(spelled.as_bytes())));
        assert!(matches!(refused, Err(TicketError::Malformed(_))), "{mark:?}");
    }
}

#[test]
fn noise_is_refused_quietly() {
    with_seeds(500, |random| {
        let noise = noise(random);
        assert!(Ticket::parse(&noise).is_err());
        assert!(Ticket::parse(&format!("sheaf{noise}")).is_err());
    });
}

fn noise(random: &mut ChaCha8Rng) -> String {
    let mut bytes = vec![0; random.random_range(0..400)];
    random.fill_bytes(&mut bytes);
    if random.random_bool(0.5) {
        bytes.iter_mut().for_each(|byte| *byte = b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(*byte) % 32]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn the_seed_is_not_printed() {
    assert!(!format!("{:?}", ticket()).contains("7, 7"));
}
