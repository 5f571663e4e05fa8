//! A packed run is the records themselves, only smaller.

use rand::RngExt;
use sheaf_base::{DocumentId, Hash, Position};
use sheaf_record::{
    ChainCipher, ChainReader, DeviceKey, EpochSecret, Kind, PackError, PackedRun, RunError, Seal, Stamp, UnpackError, pack, verify_run,
};

use crate::author::{Author, secret, with_seeds};

#[test]
fn what_comes_out_is_what_the_author_wrote_bit_for_bit() {
    with_seeds(100, |random| {
        let mut ada = Author::founder();
        ada.write_some(random.random_range(1..200), random);
        let from = random.random_range(0..ada.written.len());
        let before = if from == 0 { ada.start() } else { ada.written[from - 1].position };
        let cipher = ChainCipher::new(&secret(), &before.chain);

        let packed = pack(&cipher, before, &ada.bytes()[from..], ada.seal()).unwrap().encode();
        let run = PackedRun::decode(&packed).unwrap().unpack(&cipher, ada.head(), &ada.document, before).unwrap();

        assert_eq!(run.bytes, ada.bytes()[from..]);
        assert_eq!(run.records.last().unwrap().position, ada.writer.tip());
    });
}

#[test]
fn a_run_of_keystrokes_becomes_small() {
    let mut ada = Author::founder();
    for index in 0..5_000u32 {
        // What yrs writes for one typed letter: 33 bytes of which few change.
        let mut update = *b"\x01\x01\xf0\xf1\xf2\xf3\xf4\xf5\xf6\x0f....\x84\xf0\xf1\xf2\xf3\xf4\xf5\xf6\x0f....\x01a\x00";
        update[10..14].copy_from_slice(&index.to_be_bytes());
        update[23..27].copy_from_slice(&index.wrapping_sub(1).to_be_bytes());
        update[28] = b'a' + (index * index % 23) as u8;
        ada.write(Kind::Body, &[], &update);
    }
    let single: usize = ada.bytes().iter().map(Vec::len).sum();
    let packed = pack(ada.writer.cipher(), ada.start(), &ada.bytes(), ada.seal()).unwrap().encode().len();
    println!("5,000 keystrokes: {single} bytes as records, {packed} packed");
    assert!(packed * 10 < single, "{packed} of {single}");
}

#[test]
fn an_altered_pack_is_refused() {
    let mut ada = Author::founder();
    ada.write(Kind::Body, &[], b"what was said");
    let cipher = ChainCipher::new(&secret(), &ada.start().chain);
    let packed = pack(&cipher, ada.start(), &ada.bytes(), ada.seal()).unwrap().encode();
    let unpack = |bytes: &[u8]| PackedRun::decode(bytes).ok()?.unpack(&cipher, ada.head(), &ada.document, ada.start()).ok();
    assert!(unpack(&packed).is_some());
    for bit in 0..packed.len() * 8 {
        let mut bent = packed.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(unpack(&bent), None, "bit {bit}");
    }
}

#[test]
fn a_member_cannot_pack_other_words_than_were_written() {
    // Mallory has the secret, and Ada's seal, and packs a history of her own under it.
    let mut ada = Author::founder();
    ada.write(Kind::Body, &[], b"I owe nothing");
    let mut forged = Author::founder();
    forged.write(Kind::Body, &[], b"I owe a cake.");

    let refused = pack(forged.writer.cipher(), forged.start(), &forged.bytes(), ada.seal());
    assert_eq!(refused, Err(PackError::NotSealed(2)), "our own packer does not even make it");
    let mallory = DeviceKey::from_bytes(&[66; 32]);
    let seal = Seal::sign(&mallory, &forged.document, forged.writer.tip());
    let packed = pack(forged.writer.cipher(), forged.start(), &forged.bytes(), seal).unwrap();
    assert!(matches!(packed.unpack(ada.writer.cipher(), ada.head(), &ada.document, ada.start()), Err(UnpackError::Run(_))));
}

#[test]
fn a_pack_opens_with_its_own_key_in_its_own_document() {
    let mut ada = Author::founder();
    ada.write(Kind::Body, &[], b"words");
    let packed = pack(ada.writer.cipher(), ada.start(), &ada.bytes(), ada.seal()).unwrap();

    let other = ChainCipher::new(&EpochSecret::from_bytes([1; 32]), &ada.start().chain);
    assert!(matches!(packed.unpack(&other, ada.head(), &ada.document, ada.start()), Err(UnpackError::Open(_))));
    let elsewhere = DocumentId([8; 32]);
    assert!(matches!(packed.unpack(ada.writer.cipher(), ada.head(), &elsewhere, ada.start()), Err(UnpackError::Run(_))));
    let refused = pack(&other, ada.start(), &ada.bytes(), ada.seal());
    assert!(matches!(refused, Err(PackError::Record { number: 2, .. })), "who cannot read a record cannot pack it");
}

#[test]
fn an_author_cannot_pack_a_run_that_follows_nothing() {
    // Mallory seals a run of her own chain that does not follow its head: nobody could rebuild it from records.
    let mallory = Author::joining(DocumentId([3; 32]), 66, 1);
    let nowhere = Position { hash: Hash([9; 32]), ..mallory.start() };
    let mut reader = ChainReader::resume(nowhere);
    let bytes = mallory.writer.cipher().close(&nowhere.hash, Kind::Body, Stamp::default(), 0, b"words").encode();
    reader.read(&bytes).unwrap();
    let seal = Seal::sign(&mallory.key, &mallory.document, reader.tip());
    let packed = pack(mallory.writer.cipher(), nowhere, &[&bytes], seal).unwrap();

    let unpack = |before| packed.unpack(mallory.writer.cipher(), mallory.head(), &mallory.document, before);
    assert_eq!(unpack(mallory.start()), Err(UnpackError::Elsewhere { said: 0, known: 0 }));
    assert!(matches!(unpack(nowhere), Err(UnpackError::Run(RunError::NotSealed { .. }))), "even if one were careless");
    let refused = verify_run(mallory.head(), &mallory.document, nowhere, &[&bytes], &seal);
    assert!(matches!(refused, Err(RunError::NotSealed { .. })));
}

#[test]
fn a_run_that_is_too_large_is_refused_before_it_is_packed() {
    let mut ada = Author::founder();
    for _ in 0..100 {
        ada.write(Kind::Body, &[], &vec![0; 48_000]);
    }
    assert!(matches!(pack(ada.writer.cipher(), ada.start(), &ada.bytes(), ada.seal()), Err(PackError::TooLarge(_))));
}
