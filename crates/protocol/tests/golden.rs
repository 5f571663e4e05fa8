//! The bytes that must never change: every kind of frame, and the packets they go in, spelled out in `tests/golden`.
//!
//! `SHEAF_GOLDEN=write cargo test -p sheaf-protocol --test golden` writes the file anew. Whoever needs that has changed the protocol.

use data_encoding::HEXLOWER;
use sheaf_access::{AddDevice, Request, Role, Rotation, SealingSeed, TicketKey, TicketSeed};
use sheaf_base::{BlobId, ChainId, DeviceId, DocumentId, Hash};
use sheaf_protocol::*;
use sheaf_record::{DeviceKey, Digest, EpochSecret, Prefix, Signature};

/// 32 (or however many) bytes that count up from `first`.
fn run<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|index| first.wrapping_add(index as u8))
}

fn receipt() -> Receipt {
    let key = DeviceKey::from_bytes(&[1; 32]);
    let (document, device, signature) = (DocumentId(run(1)), key.device(), Signature([0; 64]));
    Receipt { document, device, instance: run(2), counter: 300, frontier: Digest(run(3)), signature }.sign(&key)
}

fn bundle() -> Bundle {
    Bundle {
        chains: vec![BundleChain::Known(ChainId(run(4))), BundleChain::Head(b"a signed head".to_vec())],
        runs: vec![
            Run { chain: 1, first: 1, records: vec![b"one".to_vec(), b"two".to_vec()] },
            Run { chain: 0, first: 400, records: vec![b"three".to_vec()] },
        ],
        seals: vec![BundleSeal { chain: 1, number: 2, signature: Signature(run(5)) }],
    }
}

fn request() -> Request {
    let (seed, key) = (TicketSeed::from_bytes(run(30)), DeviceKey::from_bytes(&run(31)));
    Request::new(&seed, &DocumentId(run(1)), &key, &SealingSeed::from_bytes(run(32)))
}

fn past() -> Rotation {
    let [new, old] = [33, 34].map(|first| EpochSecret::from_bytes(run(first)));
    Rotation::deal(&DocumentId(run(1)), &new, &[], &[], &[old], run(35)).expect("it fits")
}

fn compare() -> Compare {
    let parts = std::array::from_fn(|digit| (digit % 5 == 0).then(|| run(digit as u8)));
    let item = |first: u8, number| ItemHeld { chain: ChainId(run(first)), number, hash: run(first) };
    let part = Prefix::ALL.child(10).and_then(|part| part.child(3)).expect("two digits");
    let odd = Prefix::ALL.child(15).expect("one digit");
    Compare {
        ranges: vec![
            Range { prefix: Prefix::ALL, held: Held::Digests(parts) },
            Range { prefix: part, held: Held::Items(vec![item(6, 1), item(7, 200)]) },
            Range { prefix: odd, held: Held::Lacking(vec![item(8, 0)]) },
        ],
    }
}

fn frames() -> Vec<(&'static str, Frame)> {
    let hello = Hello {
        versions: Versions { lowest: 1, highest: 2 },
        instance: run(9),
        frontier: Digest(run(10)),
        access: Digest(run(11)),
        chains: 10_000,
        bytes: 1_200_000,
        back: true,
    };
    vec![
        ("ask", Frame::Ask(Ask { ticket: TicketKey(run(12)), proof: Signature(run(13)) })),
        ("welcome", Frame::Welcome(Welcome { record: Hash(run(14)), invitation: b"an invitation".to_vec(), bytes: 77 })),
        ("refuse, stranger", Frame::Refuse(Dismissal::Stranger)),
        ("refuse, version", Frame::Refuse(Dismissal::Version)),
        ("hello", Frame::Hello(hello)),
        ("compare", Frame::Compare(compare())),
        ("compare, the end", Frame::Compare(Compare::default())),
        ("records", Frame::Records(bundle())),
        ("live", Frame::Live(bundle())),
        ("have", Frame::Have(Have { receipt: receipt(), news: vec![(ChainId(run(15)), 9)] })),
        ("receipts", Frame::Receipts(vec![receipt()])),
        ("presence", Frame::Presence(Presence { counter: 5, selection: Some((vec![0], vec![1, 2, 3])), typing: true, gone: false })),
        ("presence, gone", Frame::Presence(Presence { counter: 6, selection: None, typing: false, gone: true })),
        ("state hash", Frame::StateHash(StateHash { applied: Digest(run(16)), access: Digest(run(17)), state: run(18) })),
        ("routes", Frame::Routes(vec![RouteHint { device: DeviceId(run(19)), route: b"a route".to_vec() }])),
        ("neighbours", Frame::Neighbours(vec![DeviceId(run(20)), DeviceId(run(21))])),
        ("bye", Frame::Bye),
        ("supplied", Frame::Supplied),
        ("packed", Frame::Packed(Packed { head: Some(b"a signed head".to_vec()), run: b"a packed run".to_vec() })),
        ("packed, of a chain that is known", Frame::Packed(Packed { head: None, run: b"a packed run".to_vec() })),
        ("want a list", Frame::WantBlob(WantBlob { blob: BlobId(run(28)), size: 3_000_000, piece: Piece::List(0) })),
        ("want a chunk", Frame::WantBlob(WantBlob { blob: BlobId(run(28)), size: 3_000_000, piece: Piece::Chunk(9) })),
        ("blob", Frame::Blob(BlobPart { blob: BlobId(run(28)), piece: Piece::Chunk(9), at: 61_440, bytes: b"bytes".to_vec() })),
        ("no blob", Frame::NoBlob(BlobId(run(28)))),
        ("request", Frame::Request(Asking { request: request().into(), name: "Ben".to_owned() })),
        ("granted", Frame::Granted(Granted { record: Hash(run(29)), grant: b"a grant".to_vec(), bytes: 77 })),
        ("past", Frame::Past(vec![past()])),
        ("added", Frame::Added(Added { wraps: vec![b"a secret".to_vec(), b"another".to_vec()], bytes: 77 })),
        ("refuse, asked", Frame::Refuse(Dismissal::Asked)),
    ]
}

fn packets() -> Vec<(&'static str, Vec<u8>)> {
    let mut lane = PacketWriter::default();
    let greeting = LinkFrame::Greeting { versions: Versions::HERE };
    let discovery = Discovery::new(&[23; 32], [(DocumentId(run(24)), run(25)), (DocumentId(run(26)), run(27))]);
    let mut packet = |about, frame: &[u8]| lane.packet(about, frame);
    vec![
        ("greeting", packet(About::Link, &greeting.encode())),
        ("shared", packet(About::Link, &LinkFrame::Shared { digest: discovery.digest() }.encode())),
        ("hashes", packet(About::Link, &discovery.hashes()[0].encode())),
        ("bye of a document, first", packet(About::Document(DocumentId(run(24))), &Frame::Bye.encode())),
        ("bye of another", packet(About::Document(DocumentId(run(26))), &Frame::Bye.encode())),
        ("bye of the first again", packet(About::Document(DocumentId(run(24))), &Frame::Bye.encode())),
    ]
}

fn pairs() -> Vec<(&'static str, LinkFrame)> {
    let knock = Knock { ticket: TicketKey(run(30)), proof: Signature(run(31)), commitment: run(32), name: "Phone".to_owned() };
    let (key, document) = (DeviceKey::from_bytes(&run(33)), DocumentId(run(34)));
    let added = AddDevice::consent(&document, Hash(run(35)), &DeviceId(run(36)), Role::Edit, &key, &SealingSeed::from_bytes(run(37)));
    vec![
        ("knock", LinkFrame::Pair(PairFrame::Knock(knock))),
        ("answer", LinkFrame::Pair(PairFrame::Answer { number: run(38), name: "Ada".to_owned() })),
        ("reveal", LinkFrame::Pair(PairFrame::Reveal { number: run(39) })),
        ("agree", LinkFrame::Pair(PairFrame::Agree)),
        ("part, used", LinkFrame::Pair(PairFrame::Part(Parting::Used))),
        (
            "offers",
            LinkFrame::Offers(vec![Offer {
                document,
                membership: Hash(run(35)),
                role: Role::Edit,
                title: "Notes".to_owned(),
                folder: true,
            }]),
        ),
        ("accepts", LinkFrame::Accepts(vec![Accept { document, added }])),
        ("dropped", LinkFrame::Dropped(vec![DeviceId(run(40)), DeviceId(run(41))])),
    ]
}

/// Compares named bytes with a file of lines `name: hex`.
fn check(file: &str, named: &[(&str, Vec<u8>)]) {
    let path = format!("{}/tests/golden/{file}.hex", env!("CARGO_MANIFEST_DIR"));
    let text: String = named.iter().map(|(name, bytes)| format!("{name}: {}\n", HEXLOWER.encode(bytes))).collect();
    if std::env::var_os("SHEAF_GOLDEN").is_some() {
        std::fs::write(&path, &text).expect("the folder is there");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    for (line, golden) in text.lines().zip(golden.lines()) {
        assert_eq!(line, golden, "{file}: other people's programs say this");
    }
    assert_eq!(text.lines().count(), golden.lines().count());
}

#[test]
fn golden_frames() {
    let frames = frames();
    for (name, frame) in &frames {
        assert_eq!(Frame::decode(&frame.encode()).as_ref(), Ok(frame), "{name}");
    }
    check("frames", &frames.into_iter().map(|(name, frame)| (name, frame.encode())).collect::<Vec<_>>());
}

#[test]
fn golden_frames_between_devices_of_one_person() {
    let frames = pairs();
    for (name, frame) in &frames {
        assert_eq!(LinkFrame::decode(&frame.encode()).as_ref(), Ok(frame), "{name}");
    }
    check("devices", &frames.into_iter().map(|(name, frame)| (name, frame.encode())).collect::<Vec<_>>());
}

#[test]
fn the_fullest_frames_between_devices_of_one_person_fit_a_packet() {
    let LinkFrame::Offers(offers) = pairs().remove(5).1 else { panic!("the sixth") };
    let LinkFrame::Accepts(accepts) = pairs().remove(6).1 else { panic!("the seventh") };
    let offer = Offer { title: "\u{ffff}".repeat(sheaf_base::limits::TITLE), ..offers[0].clone() };
    let (offers, accepts) = (LinkFrame::Offers(vec![offer; OFFERS]), LinkFrame::Accepts(vec![accepts[0].clone(); OFFERS]));
    for frame in [offers, accepts, LinkFrame::Dropped(vec![DeviceId([1; 32]); DROPPED])] {
        let bytes = frame.encode();
        assert!(bytes.len() < sheaf_base::limits::FRAME - 16, "{}", bytes.len());
        assert_eq!(LinkFrame::decode(&bytes), Ok(frame));
    }
}

#[test]
fn golden_packets() {
    check("packets", &packets());
}
