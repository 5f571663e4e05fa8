//! Frames: what is written reads back, in one spelling; whatever else comes is refused without harm.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_access::{Request, Rotation, SealingSeed, TicketKey, TicketSeed};
use sheaf_base::{BlobId, ChainId, DeviceId, DocumentId, Hash};
use sheaf_protocol::*;
use sheaf_record::{DeviceKey, Digest, EpochSecret, Prefix, Signature};

fn bytes<const N: usize>(chance: &mut ChaCha8Rng) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill_bytes(&mut bytes);
    bytes
}

fn blob(chance: &mut ChaCha8Rng, most: usize) -> Vec<u8> {
    let mut blob = vec![0; chance.random_range(0..=most)];
    chance.fill_bytes(&mut blob);
    blob
}

fn many<T>(chance: &mut ChaCha8Rng, mut make: impl FnMut(&mut ChaCha8Rng) -> T) -> Vec<T> {
    (0..chance.random_range(0..5)).map(|_| make(chance)).collect()
}

fn receipt(c: &mut ChaCha8Rng) -> Receipt {
    Receipt {
        document: DocumentId(bytes(c)),
        device: DeviceId(bytes(c)),
        instance: bytes(c),
        counter: c.random_range(0..1 << 40),
        frontier: Digest(bytes(c)),
        signature: Signature(bytes(c)),
    }
}

fn bundle(c: &mut ChaCha8Rng) -> Bundle {
    let mut chains = many(c, |c| BundleChain::Known(ChainId(bytes(c))));
    chains.push(BundleChain::Head(blob(c, 200)));
    let count = chains.len() as u64;
    Bundle {
        runs: many(c, |c| Run { chain: c.random_range(0..count), first: c.random(), records: many(c, |c| blob(c, 300)) }),
        seals: many(c, |c| BundleSeal { chain: c.random_range(0..count), number: c.random(), signature: Signature(bytes(c)) }),
        chains,
    }
}

fn range(c: &mut ChaCha8Rng) -> Range {
    let mut prefix = Prefix::ALL;
    for _ in 0..c.random_range(0..7) {
        prefix = prefix.child(c.random_range(0..16)).expect("short enough");
    }
    let item = |c: &mut ChaCha8Rng| ItemHeld { chain: ChainId(bytes(c)), number: c.random(), hash: bytes(c) };
    let held = match c.random_range(0..3) {
        0 => Held::Digests(std::array::from_fn(|_| c.random_bool(0.5).then(|| bytes(c)))),
        1 => Held::Items(many(c, item)),
        _ => Held::Lacking(many(c, item)),
    };
    Range { prefix, held }
}

fn request(c: &mut ChaCha8Rng) -> Request {
    let (seed, key) = (TicketSeed::from_bytes(bytes(c)), DeviceKey::from_bytes(&bytes(c)));
    Request::new(&seed, &DocumentId(bytes(c)), &key, &SealingSeed::from_bytes(bytes(c)))
}

fn piece(c: &mut ChaCha8Rng) -> Piece {
    if c.random() { Piece::List(c.random()) } else { Piece::Chunk(c.random()) }
}

fn frame(c: &mut ChaCha8Rng, kind: usize) -> Frame {
    match kind {
        0 => Frame::Ask(Ask { ticket: TicketKey(bytes(c)), proof: Signature(bytes(c)) }),
        1 => Frame::Welcome(Welcome { record: Hash(bytes(c)), invitation: blob(c, 600), bytes: c.random() }),
        2 => Frame::Refuse(Dismissal::ALL[c.random_range(0..Dismissal::ALL.len())]),
        3 => Frame::Hello(Hello {
            versions: Versions::HERE,
            instance: bytes(c),
            frontier: Digest(bytes(c)),
            access: Digest(bytes(c)),
            chains: c.random(),
            bytes: c.random(),
            back: c.random(),
        }),
        4 => Frame::Compare(Compare { ranges: many(c, range) }),
        5 => Frame::Records(bundle(c)),
        6 => Frame::Live(bundle(c)),
        7 => Frame::Have(Have { receipt: receipt(c), news: many(c, |c| (ChainId(bytes(c)), c.random())) }),
        8 => Frame::Receipts(many(c, receipt)),
        9 => Frame::Presence(Presence {
            counter: c.random(),
            selection: c.random_bool(0.5).then(|| (blob(c, 40), blob(c, 40))),
            typing: c.random(),
            gone: c.random(),
        }),
        10 => Frame::StateHash(StateHash { applied: Digest(bytes(c)), access: Digest(bytes(c)), state: bytes(c) }),
        11 => Frame::Routes(many(c, |c| RouteHint { device: DeviceId(bytes(c)), route: blob(c, 300) })),
        12 => Frame::Neighbours(many(c, |c| DeviceId(bytes(c)))),
        13 => Frame::Bye,
        14 => Frame::Supplied,
        15 => Frame::WantBlob(WantBlob { blob: BlobId(bytes(c)), size: c.random(), piece: piece(c) }),
        16 => Frame::Blob(BlobPart { blob: BlobId(bytes(c)), piece: piece(c), at: c.random(), bytes: blob(c, 600) }),
        17 => Frame::NoBlob(BlobId(bytes(c))),
        18 => Frame::Request(Asking { request: request(c).into(), name: ["", "Ada", "Ö"][c.random_range(0..3)].to_owned() }),
        20 => Frame::Past(many(c, |c| {
            let [new, old] = [bytes(c), bytes(c)].map(EpochSecret::from_bytes);
            Rotation::deal(&DocumentId(bytes(c)), &new, &[], &[], &[old], bytes(c)).expect("it fits")
        })),
        21 => Frame::Added(Added { wraps: many(c, |c| blob(c, 200)), bytes: c.random() }),
        19 => Frame::Granted(Granted { record: Hash(bytes(c)), grant: blob(c, 2000), bytes: c.random() }),
        _ => Frame::Packed(Packed { head: c.random_bool(0.5).then(|| [&[1], &blob(c, 100)[..]].concat()), run: blob(c, 600) }),
    }
}

#[test]
fn every_frame_reads_back_in_one_spelling() {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    for round in 0..3000 {
        let frame = frame(&mut chance, round % 23);
        let bytes = frame.encode();
        assert_eq!(Frame::decode(&bytes).as_ref(), Ok(&frame));
        assert!(Frame::decode(&[&bytes[..], &[0]].concat()).is_err(), "something follows: {frame:?}");
        for end in 0..bytes.len().min(300) {
            assert!(Frame::decode(&bytes[..end]).is_err(), "cut at {end}: {frame:?}");
        }
    }
}

#[test]
fn other_bytes_are_refused_or_read_as_what_they_spell() {
    let mut chance = ChaCha8Rng::seed_from_u64(2);
    let mut read = 0;
    for round in 0..60_000 {
        let mut bytes = if round % 3 == 0 { blob(&mut chance, 200) } else { frame(&mut chance, round % 23).encode() };
        for _ in 0..chance.random_range(0..4) {
            if !bytes.is_empty() {
                let at = chance.random_range(0..bytes.len());
                bytes[at] = chance.random();
            }
        }
        if let Ok(frame) = Frame::decode(&bytes) {
            assert_eq!(frame.encode(), bytes, "a second spelling of {frame:?}");
            read += 1;
        }
    }
    assert!(read > 1000, "{read}: the mutants are too wild to show anything");
    assert!(Frame::decode(&vec![0; 65 * 1024]).is_err(), "longer than a frame may be");
}

#[test]
fn a_bundle_speaks_only_of_chains_that_it_names() {
    let stray = Bundle { chains: Vec::new(), runs: vec![Run { chain: 0, first: 1, records: Vec::new() }], seals: Vec::new() };
    assert!(Frame::decode(&Frame::Live(stray).encode()).is_err());
}

#[test]
fn a_receipt_is_its_devices_word_for_one_document() {
    let key = DeviceKey::from_bytes(&[3; 32]);
    let unsigned = Receipt {
        document: DocumentId([1; 32]),
        device: key.device(),
        instance: [2; 16],
        counter: 7,
        frontier: Digest([4; 32]),
        signature: Signature([0; 64]),
    };
    let receipt = unsigned.sign(&key);
    assert_eq!(receipt.verify(), Ok(()));
    assert_eq!(Receipt::decode(&receipt.encode()), Ok(receipt.clone()));
    for changed in [
        Receipt { document: DocumentId([9; 32]), ..receipt.clone() },
        Receipt { counter: 8, ..receipt.clone() },
        Receipt { frontier: Digest([5; 32]), ..receipt.clone() },
        Receipt { instance: [3; 16], ..receipt.clone() },
    ] {
        assert!(changed.verify().is_err());
    }
    let later = Receipt { counter: 8, ..receipt.clone() };
    let restarted = Receipt { instance: [9; 16], counter: 1, ..receipt.clone() };
    assert!(later.replaces(&receipt) && !receipt.replaces(&later) && restarted.replaces(&receipt));
}

#[test]
fn two_speak_the_highest_version_that_both_can() {
    let versions = |lowest, highest| Versions { lowest, highest };
    assert_eq!(versions(1, 3).agree(&versions(2, 5)), Some(3));
    assert_eq!(versions(1, 1).agree(&versions(2, 5)), None);
    assert_eq!(versions(4, 5).agree(&versions(1, 4)), Some(4));
}

#[test]
fn a_session_has_another_id_on_every_link_and_for_every_document() {
    let id = |link: u8, document: u8| SessionId::new(&[link; 32], DocumentId([document; 32])).to_string();
    assert_eq!(id(1, 1), id(1, 1), "both ends know the same");
    assert_eq!(id(1, 1).len(), 32, "128 bits");
    assert!(id(1, 1) != id(2, 1) && id(1, 1) != id(1, 2));
}
