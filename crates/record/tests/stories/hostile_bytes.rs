//! Bytes from strangers: never a panic, never two spellings, never more memory than was sent.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{Hash, limits};
use sheaf_record::{
    BranchHead, DeviceKey, Kind, MAX_RECORD, Malformed, PackedRun, Prefix, Reader, Record, Seal, SignedHead, Stamp, Writer, pack,
};

use crate::author::{Author, with_seeds};

/// A decoder that gives back what it read, encoded again.
type Decoder<'a> = (&'a str, Vec<u8>, Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + 'a>);

fn decoders(ada: &Author) -> Vec<Decoder<'_>> {
    let branch = BranchHead { base: ada.written[1].position };
    let run = pack(ada.writer.cipher(), ada.start(), &ada.bytes(), ada.seal()).unwrap();
    let mut prefix = Writer::new();
    Prefix::ALL.child(3).unwrap().child(9).unwrap().child(1).unwrap().write(&mut prefix);
    vec![
        ("head", ada.head().encode(), Box::new(|bytes| SignedHead::from_journal(bytes).ok().map(|head| head.encode()))),
        ("record", ada.written[1].bytes.clone(), Box::new(|bytes| Record::decode(bytes).ok().map(|record| record.encode()))),
        ("seal", ada.seal().encode(), Box::new(|bytes| Seal::decode(bytes).ok().map(|seal| seal.encode()))),
        ("packed run", run.encode(), Box::new(|bytes| PackedRun::decode(bytes).ok().map(|run| run.encode()))),
        ("branch", branch.encode(), Box::new(|bytes| BranchHead::decode(bytes).ok().map(|head| head.encode()))),
        (
            "prefix",
            prefix.into_bytes(),
            Box::new(|bytes| {
                let mut reader = Reader::new(bytes);
                let prefix = Prefix::read(&mut reader).ok()?;
                reader.finish().ok()?;
                let mut writer = Writer::new();
                prefix.write(&mut writer);
                Some(writer.into_bytes())
            }),
        ),
    ]
}

fn ada() -> Author {
    let mut ada = Author::founder();
    ada.write(Kind::Body, &[Hash([1; 32]), Hash([2; 32])], b"some words to be bent");
    ada.write(Kind::Discussion, &[], b"and an answer");
    ada
}

#[test]
fn what_is_cut_short_or_too_long_is_refused() {
    let ada = ada();
    for (name, bytes, decode) in decoders(&ada) {
        assert_eq!(decode(&bytes).as_ref(), Some(&bytes), "{name}");
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end]), None, "{name} cut to {end} bytes");
        }
        assert_eq!(decode(&[bytes.as_slice(), &[0]].concat()), None, "{name} with a byte too many");
    }
}

#[test]
fn whatever_is_accepted_has_only_this_spelling() {
    let ada = ada();
    let decoders = decoders(&ada);
    with_seeds(400, |random| {
        for (name, bytes, decode) in &decoders {
            for _ in 0..20 {
                let mutant = mutate(bytes, random);
                if let Some(again) = decode(&mutant) {
                    assert_eq!(again, mutant, "{name}: two spellings of one value");
                }
            }
        }
    });
}

#[test]
fn noise_is_refused_quietly() {
    let ada = ada();
    let decoders = decoders(&ada);
    with_seeds(400, |random| {
        let mut noise = vec![0; random.random_range(0..300)];
        random.fill_bytes(&mut noise);
        if let Some(first) = noise.first_mut() {
            *first %= 4;
        }
        for (name, _, decode) in &decoders {
            if let Some(again) = decode(&noise) {
                assert_eq!(again, noise, "{name}");
            }
        }
    });
}

#[test]
fn second_spellings_are_named() {
    let parents = [Hash([1; 32]), Hash([2; 32])];
    let record = |kind: u8, stamp: &[Hash], length: &[u8], payload: &[u8]| {
        let mut writer = Writer::new();
        writer.byte(kind).varint(stamp.len() as u64);
        for parent in stamp {
            writer.raw(&parent.0);
        }
        writer.raw(length).raw(payload);
        writer.into_bytes()
    };
    assert!(Record::decode(&record(1, &parents, &[2], b"hi")).is_ok());

    let backwards = [parents[1], parents[0]];
    assert_eq!(Record::decode(&record(1, &backwards, &[2], b"hi")), Err(Malformed::NotCanonical("the stamp")));
    let twice = [parents[0], parents[0]];
    assert_eq!(Record::decode(&record(1, &twice, &[2], b"hi")), Err(Malformed::NotCanonical("the stamp")));
    let padded = Record::decode(&record(1, &parents, &[0x82, 0x00], b"hi"));
    assert_eq!(padded, Err(Malformed::NotCanonical("the record's payload")));
    assert!(Prefix::read(&mut Reader::new(&[3, 0x12, 0x30])).is_ok());
    assert_eq!(Prefix::read(&mut Reader::new(&[3, 0x12, 0x34])), Err(Malformed::NotCanonical("a prefix")), "three digits and a fourth");
    assert!(matches!(Prefix::read(&mut Reader::new(&[65; 40])), Err(Malformed::TooLarge { .. })));
    let unknown = Record::decode(&record(4, &parents, &[2], b"hi"));
    assert_eq!(unknown, Err(Malformed::Unknown { what: "the record's kind", found: 4 }));
}

#[test]
fn lengths_are_checked_before_anything_is_allocated() {
    let mut many = Writer::new();
    many.byte(1).varint(u64::MAX);
    assert!(matches!(Record::decode(many.as_slice()), Err(Malformed::TooLarge { what: "the stamp", .. })));

    let mut long = Writer::new();
    long.byte(1).varint(0).varint(limits::PAYLOAD as u64 + 1);
    assert!(matches!(Record::decode(long.as_slice()), Err(Malformed::TooLarge { what: "the record's payload", .. })));

    let largest = Record { kind: Kind::Body, stamp: full_stamp(), payload: vec![0; limits::PAYLOAD] }.encode();
    assert_eq!(largest.len(), MAX_RECORD);
    assert!(Record::decode(&largest).is_ok());
    let seal = Seal::sign(&DeviceKey::from_bytes(&[1; 32]), &Author::founder().document, Author::founder().writer.tip()).encode();
    let together = largest.len() + Author::founder().head().encode().len() + seal.len();
    assert!(together < limits::FRAME, "a record with its head and a seal fits into one frame");
}

fn full_stamp() -> Stamp {
    Stamp::new((0..limits::STAMP).map(|index| Hash([index as u8; 32]))).unwrap()
}

/// Bends a few bytes, inserts one, or takes some out.
fn mutate(bytes: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut mutant = bytes.to_vec();
    for _ in 0..random.random_range(1..4) {
        let place = random.random_range(0..mutant.len());
        match random.random_range(0..4) {
            0 => mutant[place] ^= 1 << random.random_range(0..8),
            1 => mutant[place] = random.random(),
            2 => mutant.insert(place, random.random()),
            _ => drop(mutant.remove(place)),
        }
    }
    mutant
}
