//! Known killers, each one a regression: bytes that have crashed, hung or bent some reader of this format.

use sheaf_base::ClientId;
use sheaf_replica::walk::{Id, Marks, Past, Rules, Unfounded, Why, walk};

const CLIENT: ClientId = ClientId(7);

/// An update of client 7 that begins at clock 10 with these structs, and these deletes after it.
fn update(count: u8, structs: &[u8], deletes: &[u8]) -> Vec<u8> {
    [&[1, count, 7, 10], structs, deletes].concat()
}

/// Text that stands between clock 9 of client 7 and clock 0 of client 3.
fn text(content: &[u8]) -> Vec<u8> {
    [&[0xc4, 7, 9, 3, 0, content.len() as u8], content].concat()
}

fn json(kind: u8, before: &[u8], json: &str) -> Vec<u8> {
    let mut bytes = [&[0xc0 | kind, 7, 9, 3, 0], before].concat();
    let mut length = json.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(json.as_bytes());
    bytes
}

fn entry(any: &[u8]) -> Vec<u8> {
    [&[0x28, 1, 4], b"meta".as_slice(), &[1, b'k', 1], any].concat()
}

fn why(bytes: &[u8]) -> Result<(), Why> {
    walk(bytes, Rules::Body(CLIENT)).map(|_| ()).map_err(|refused| refused.why)
}

#[test]
fn an_ordinary_update_is_accepted() {
    assert_eq!(why(&update(1, &text(b"hello"), &[1, 3, 1, 5, 2])), Ok(()));
    assert_eq!(why(&update(1, &json(6, &[4, b'b', b'o', b'l', b'd'], "true"), &[0])), Ok(()));
    assert_eq!(why(&update(1, &json(5, &[], r#"{"source":"<x>"}"#), &[0])), Ok(()));
    assert_eq!(why(&update(1, &entry(&[119, 1, b't']), &[0])), Ok(()));
}

#[test]
fn known_killers_are_refused() {
    let nested = format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100));
    let deep = [[117, 1].repeat(20_000), vec![126]].concat();
    let overflow = [&[1, 1, 7, 0xff, 0xff, 0xff, 0xff, 7], text(b"hello").as_slice(), &[0]].concat();
    let killers: Vec<(&str, Vec<u8>, Why)> = vec![
        ("text cut in the middle of a character", update(1, &text(b"a\xf0\x9f\x8c"), &[0]), Why::Utf8),
        ("text that is not UTF-8", update(1, &text(b"\xff\xfe"), &[0]), Why::Utf8),
        ("half a surrogate pair as UTF-8", update(1, &text(b"\xed\xa0\x80"), &[0]), Why::Utf8),
        ("an empty text", update(1, &text(b""), &[0]), Why::EmptyStruct),
        ("a deleted run of no length", update(1, &[0xc1, 7, 9, 3, 0, 0], &[0]), Why::EmptyStruct),
        ("a collected run", update(1, &[0, 5], &[0]), Why::Kind),
        ("a collected run of no length", update(1, &[0, 0], &[0]), Why::EmptyStruct),
        ("a skip", update(1, &[10, 5], &[0]), Why::Skip),
        ("a parent that is the struct itself", update(1, &[0x04, 0, 7, 10, 1, b'a'], &[0]), Why::Forward),
        ("an origin that is the struct itself", update(1, &[0xc4, 7, 10, 3, 0, 1, b'a'], &[0]), Why::Forward),
        ("a right origin that is not written yet", update(1, &[0xc4, 7, 9, 7, 12, 1, b'a'], &[0]), Why::Forward),
        ("a parent inside another type", update(1, &[0x04, 0, 3, 5, 1, b'a'], &[0]), Why::Nested),
        ("a shared type", update(1, &[0xc7, 7, 9, 3, 0, 1], &[0]), Why::Kind),
        ("a document in the document", update(1, &[0xc9, 7, 9, 3, 0, 1, b'x', 126], &[0]), Why::Kind),
        ("strings of JSON, of which yrs reads one too many", update(1, &[0xc2, 7, 9, 3, 0, 1, 1, b'1'], &[0]), Why::Kind),
        ("a bit that yrs ignores and Yjs does not", update(1, &[0xd4, 7, 9, 3, 0, 1, b'a'], &[0]), Why::Kind),
        ("clocks that run over", overflow, Why::ClockOverflow),
        ("a clock beyond 2^31", [&[1, 1, 7, 0x80, 0x80, 0x80, 0x80, 0x08], text(b"a").as_slice(), &[0]].concat(), Why::LargeNumber),
        (
            "client id 2^53 + 7",
            [&[1, 1, 0x87, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 10], text(b"a").as_slice(), &[0]].concat(),
            Why::LargeNumber,
        ),
        ("somebody else's client id", [&[1, 1, 8, 10], text(b"a").as_slice(), &[0]].concat(), Why::Client),
        ("two clients", [&[2, 1, 7, 10], text(b"a").as_slice(), &[1, 8, 0], text(b"a").as_slice(), &[0]].concat(), Why::Client),
        ("a delete set out of order", update(1, &text(b"a"), &[1, 3, 2, 5, 2, 1, 1]), Why::Order),
        ("a delete set that overlaps", update(1, &text(b"a"), &[1, 3, 2, 5, 4, 7, 1]), Why::Order),
        ("a delete set that says one client twice", update(1, &text(b"a"), &[2, 3, 1, 5, 1, 3, 1, 9, 1]), Why::Order),
        ("a deleted range of no length", update(1, &text(b"a"), &[1, 3, 1, 5, 0]), Why::EmptyStruct),
        ("a deleted range that runs over", update(1, &text(b"a"), &[1, 3, 1, 0xff, 0xff, 0xff, 0xff, 7, 1]), Why::ClockOverflow),
        ("values nested 100 deep in an embed", update(1, &json(5, &[], &nested), &[0]), Why::Nesting),
        ("values nested 20,000 deep in an entry", update(1, &entry(&deep), &[0]), Why::Nesting),
        ("a map that claims 2^28 entries", update(1, &entry(&[118, 0x80, 0x80, 0x80, 0x80, 1]), &[0]), Why::Count),
        ("2^28 structs", [&[1, 0x80, 0x80, 0x80, 0x80, 1, 7, 10], text(b"a").as_slice(), &[0]].concat(), Why::Count),
        ("2^28 clients", vec![0x80, 0x80, 0x80, 0x80, 1, 0], Why::Count),
        ("a text that claims 2^31 bytes", update(1, &[0xc4, 7, 9, 3, 0, 0x80, 0x80, 0x80, 0x80, 8, b'a'], &[0]), Why::Count),
        ("an embedded string, which yrs takes for text", update(1, &json(5, &[], "\"text\""), &[0]), Why::Embed),
        ("an embed of two keys", update(1, &json(5, &[], r#"{"a":1,"b":2}"#), &[0]), Why::Embed),
        ("a format whose value is a map", update(1, &json(6, &[1, b'x'], r#"{"a":1}"#), &[0]), Why::Format),
        ("a number beyond what JSON readers share", update(1, &json(6, &[1, b'x'], "1e999"), &[0]), Why::LargeNumber),
        ("a carriage return", update(1, &text(b"a\r\nb"), &[0]), Why::CarriageReturn),
        ("another root", update(1, &[0x04, 1, 1, b'x', 1, b'a'], &[0]), Why::Root),
        ("text that nothing keeps before the sentinel", update(1, &[0x84, 7, 9, 1, b'a'], &[0]), Why::BeyondSentinel),
        ("an entry in the text", update(1, &[0xc8, 7, 9, 3, 0, 1, 120], &[0]), Why::Place),
        ("a number spelled long", vec![0x81, 0x00, 1, 7, 10, 0], Why::LongNumber),
        ("nothing", vec![0, 0], Why::Empty),
        ("more after the end", [update(1, &text(b"a"), &[0]), vec![0]].concat(), Why::Trailing),
        ("no bytes at all", Vec::new(), Why::Truncated),
        ("a run-length bomb: version 2 of the encoding", vec![0, 0, 1, 7, 0, 0, 3, 0x41, 0x7f, 0x7f, 1, 1, 0, 0], Why::Trailing),
    ];
    for (name, bytes, expected) in killers {
        let found = why(&bytes);
        // Of two faults either may be named; that it is refused is the point.
        assert!(found.is_err(), "{name} is accepted");
        if expected != Why::Trailing {
            assert_eq!(found, Err(expected), "{name}");
        }
    }
}

/// Client 3 founded the document and wrote up to clock 20, with a pair at 11 and 12 and an entry at 15; client 7 wrote up to clock 10.
struct Known;

impl Past for Known {
    fn end(&self, client: ClientId) -> u32 {
        match client.0 {
            3 => 20,
            7 => 10,
            _ => 0,
        }
    }

    fn is_low_surrogate(&self, id: Id) -> bool {
        id == Id { client: ClientId(3), clock: 12 }
    }

    fn is_entry(&self, id: Id) -> bool {
        id == Id { client: ClientId(3), clock: 15 }
    }

    fn founder(&self) -> Option<ClientId> {
        Some(ClientId(3))
    }
}

fn stand(bytes: &[u8]) -> Result<Marks, Unfounded> {
    walk(bytes, Rules::Body(CLIENT)).expect("its form is right").stand(&Known)
}

#[test]
fn what_does_not_stand_on_its_past_is_refused() {
    let at = |clock| Id { client: ClientId(3), clock };
    let between = |left: [u8; 2], right: [u8; 2]| update(1, &[&[0xc4], left.as_slice(), &right, &[1, b'a']].concat(), &[0]);
    let deletes = |clock, length| vec![0, 1, 3, 1, clock, length];
    assert_eq!(stand(&between([3, 5], [3, 6])), Ok(Marks { clocks: 10..11, ..Marks::default() }));
    assert_eq!(stand(&between([3, 20], [3, 6])), Err(Unfounded::Unknown(at(20))));
    assert_eq!(stand(&between([3, 5], [8, 0])), Err(Unfounded::Unknown(Id { client: ClientId(8), clock: 0 })));
    assert_eq!(stand(&between([3, 11], [3, 6])), Err(Unfounded::SplitsPair(at(12))));
    assert_eq!(stand(&between([3, 5], [3, 12])), Err(Unfounded::SplitsPair(at(12))));
    assert_eq!(stand(&between([3, 15], [3, 6])), Err(Unfounded::Mixed(at(15))));
    assert_eq!(stand(&between([3, 1], [3, 6])), Err(Unfounded::Sentinel(at(1))));
    assert_eq!(stand(&between([3, 0], [3, 6])), Err(Unfounded::Sentinel(at(0))));
    assert_eq!(stand(&between([3, 5], [3, 2])), Err(Unfounded::Sentinel(at(2))));
    assert!(stand(&between([3, 0], [3, 1])).is_ok());
    assert!(stand(&deletes(3, 9)).is_err_and(|why| why == Unfounded::SplitsPair(at(12))));
    assert_eq!(stand(&deletes(3, 18)), Err(Unfounded::DeletesUnknown(at(20))));
    assert_eq!(stand(&deletes(2, 2)), Err(Unfounded::Sentinel(at(2))));
    assert!(stand(&deletes(3, 17)).is_ok());
    let gap = [&[1, 1, 7, 11, 0xc4, 3, 5, 3, 6, 1], b"a".as_slice(), &[0]].concat();
    assert_eq!(stand(&gap), Err(Unfounded::Clock { expected: 10, found: 11 }));
}
