//! A chain is accepted as it was sealed, or not at all.

use rand::RngExt;
use sheaf_base::{DocumentId, Hash, Position, Wall, limits};
use sheaf_record::{
    ChainCipher, ChainReader, ChainWriter, HeadError, Kind, OpenError, Record, RunError, Seal, SignedHead, Stamp, WriteError, reseal,
    verify_run,
};

use crate::author::{Author, BEGAN, secret, with_seeds};

#[test]
fn a_reader_finds_what_the_writer_wrote() {
    let mut ada = Author::founder();
    ada.write(Kind::Body, &[], b"Dear Ben,");
    ada.write(Kind::Discussion, &[], b"is this the right tone?");
    ada.write(Kind::Body, &[], b" how are you?");

    let head = SignedHead::from_peer(&ada.head().encode()).unwrap();
    let records = verify_run(&head, &ada.document, ada.start(), &ada.bytes(), &ada.seal()).unwrap();

    let cipher = ChainCipher::new(&secret(), &head.chain());
    let opened: Vec<_> = records.iter().map(|read| cipher.open(&read.previous, &read.record).unwrap()).collect();
    let texts: Vec<&[u8]> = opened.iter().map(|opened| opened.plaintext.as_slice()).collect();
    assert_eq!(texts, [b"genesis".as_slice(), b"Dear Ben,", b"is this the right tone?", b" how are you?"]);
    assert_eq!(records[3].position, ada.writer.tip());
    assert_eq!(opened.iter().map(|opened| opened.seconds).sum::<u64>(), 2, "700 ms apart, and nothing lost by rounding");
}

#[test]
fn a_keystroke_is_about_fifty_bytes() {
    let mut ada = Author::founder();
    let keystroke = ada.write(Kind::Body, &[], &[0; 33]);
    assert!((45..60).contains(&keystroke.bytes.len()), "{} bytes", keystroke.bytes.len());
}

#[test]
fn a_clock_that_goes_back_counts_no_seconds() {
    let ada = Author::founder();
    let mut writer = ChainWriter::begin(&ada.key, ada.document, [9; 16], 1, BEGAN, &secret());
    let cipher = ChainCipher::new(&secret(), &writer.tip().chain);
    let mut seconds = |wall| {
        let written = writer.append(Kind::Body, Stamp::default(), b"x", Wall(wall)).unwrap();
        cipher.open(&written.previous, &written.record).unwrap().seconds
    };
    assert_eq!(seconds(BEGAN.0 + 5_000), 5);
    assert_eq!(seconds(BEGAN.0 - 60_000), 0);
    assert_eq!(seconds(BEGAN.0 + 9_000), 4);
    assert_eq!(seconds(u64::MAX), u64::from(u32::MAX));
}

#[test]
fn too_much_is_refused_and_the_chain_goes_on() {
    let mut ada = Author::founder();
    let before = ada.writer.tip();
    let largest = vec![7; ChainWriter::MAX_CONTENT];
    let refused = ada.writer.append(Kind::Body, Stamp::default(), &[largest.as_slice(), b"!"].concat(), BEGAN);
    assert_eq!(refused, Err(WriteError::TooLarge(largest.len() + 1)));
    assert_eq!(ada.writer.tip(), before, "a refused record takes no number");

    let written = ada.write(Kind::Body, &[], &largest);
    assert!(written.record.payload.len() <= limits::PAYLOAD);
    assert_eq!(Record::decode(&written.bytes), Ok(written.record));
}

#[test]
fn every_flipped_bit_is_refused() {
    let mut ada = Author::founder();
    let parent = Hash([3; 32]);
    for (kind, content) in [(Kind::Body, b"words".as_slice()), (Kind::Discussion, b"?"), (Kind::Access, b"op"), (Kind::Body, b"")] {
        ada.write(kind, &[parent], content);
    }
    let (records, seal) = (ada.bytes(), ada.seal());
    let accepts = |records: &[Vec<u8>], seal: &Seal| verify_run(ada.head(), &ada.document, ada.start(), records, seal).is_ok();
    assert!(accepts(&records, &seal));

    let mut flips = 0;
    for index in 0..records.len() {
        for bit in 0..records[index].len() * 8 {
            let mut bent = records.clone();
            bent[index][bit / 8] ^= 1 << (bit % 8);
            assert!(!accepts(&bent, &seal), "record {} with bit {bit} flipped", index + 1);
            flips += 1;
        }
    }
    for bit in 0..seal.encode().len() * 8 {
        let mut bent = seal.encode();
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(Seal::decode(&bent).map_or(true, |bent| !accepts(&records, &bent)), "seal with bit {bit} flipped");
    }
    for bit in 0..ada.head().encode().len() * 8 {
        let mut bent = ada.head().encode();
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(SignedHead::from_peer(&bent).is_err(), "head with bit {bit} flipped");
    }
    assert!(flips > 1_000);
}

#[test]
fn a_cut_a_gap_an_exchange_and_a_repetition_are_refused() {
    with_seeds(50, |random| {
        let mut ada = Author::founder();
        ada.write_some(12, random);
        let (records, seal) = (ada.bytes(), ada.seal());
        let verify = |records: &[Vec<u8>]| verify_run(ada.head(), &ada.document, ada.start(), records, &seal);
        let last = records.len();

        assert_eq!(verify(&records[..last - 1]), Err(RunError::NotSealed { ended: last as u64 - 1, sealed: last as u64 }));
        assert!(verify(&[]).is_err());
        let index = random.random_range(0..last - 1);
        let mut gap = records.clone();
        gap.remove(index);
        assert!(verify(&gap).is_err());
        let mut exchanged = records.clone();
        exchanged.swap(index, index + 1);
        assert!(records[index] == records[index + 1] || verify(&exchanged).is_err());
        let mut repeated = records.clone();
        repeated.insert(index, records[index].clone());
        assert!(verify(&repeated).is_err());
    });
}

#[test]
fn a_run_may_begin_anywhere_that_was_checked() {
    with_seeds(20, |random| {
        let mut ada = Author::founder();
        ada.write_some(20, random);
        let middle = random.random_range(1..20);
        let before = ada.written[middle - 1].position;
        let run = verify_run(ada.head(), &ada.document, before, &ada.bytes()[middle..], &ada.seal()).unwrap();
        assert_eq!(run[0].previous, before.hash);

        let elsewhere = Position { hash: Hash([0; 32]), ..before };
        assert!(verify_run(ada.head(), &ada.document, elsewhere, &ada.bytes()[middle..], &ada.seal()).is_err());
    });
}

#[test]
fn nobody_writes_in_anothers_name() {
    let ada = Author::founder();
    let mut mallory = Author::joining(ada.document, 66, 1);
    mallory.write(Kind::Body, &[ada.writer.tip().hash], b"I, Ada, owe Mallory a cake");

    // A head that names Ada's device, signed by Mallory.
    let mut head = mallory.head().encode();
    head[33..65].copy_from_slice(&ada.key.device().0);
    assert!(matches!(SignedHead::from_peer(&head), Err(HeadError::Signature(_))));

    // Records after Ada's, sealed by Mallory.
    let mut forged = Author::founder();
    forged.write(Kind::Body, &[], b"and a pie");
    let seal = Seal::sign(&mallory.key, &ada.document, forged.writer.tip());
    assert!(matches!(verify_run(ada.head(), &ada.document, ada.start(), &forged.bytes(), &seal), Err(RunError::Seal(_))));
}

#[test]
fn a_chain_stays_in_its_document() {
    let ada = Author::founder();
    let mut ben = Author::joining(ada.document, 2, 1);
    ben.write(Kind::Body, &[ada.writer.tip().hash], b"hello");
    let elsewhere = DocumentId([9; 32]);

    let refused = verify_run(ben.head(), &elsewhere, ben.start(), &ben.bytes(), &ben.seal());
    assert_eq!(refused, Err(RunError::Head(HeadError::OtherDocument(ben.head().chain()))));
    let refused = verify_run(ada.head(), &elsewhere, ada.start(), &ada.bytes(), &ada.seal());
    assert_eq!(refused, Err(RunError::Head(HeadError::OtherDocument(ada.head().chain()))), "nor does another's founding chain enter");
}

#[test]
fn a_payload_opens_only_where_it_was_written() {
    let mut ada = Author::founder();
    let words = ada.write(Kind::Body, &[Hash([4; 32])], b"words");
    let cipher = ChainCipher::new(&secret(), &words.position.chain);
    assert!(cipher.open(&words.previous, &words.record).is_ok());

    let moved = cipher.open(&words.position.hash, &words.record);
    let rekinded = cipher.open(&words.previous, &Record { kind: Kind::Discussion, ..words.record.clone() });
    let restamped = cipher.open(&words.previous, &Record { stamp: Stamp::default(), ..words.record.clone() });
    let elsewhere = ChainCipher::new(&secret(), &Author::joining(ada.document, 2, 1).start().chain).open(&words.previous, &words.record);
    for refused in [moved, rekinded, restamped, elsewhere] {
        assert_eq!(refused, Err(OpenError::Sealed));
    }
}

#[test]
fn the_same_words_make_the_same_bytes() {
    let write = || {
        let mut ada = Author::founder();
        ada.write(Kind::Body, &[], b"deterministic");
        ada.bytes()
    };
    assert_eq!(write(), write());
}

#[test]
fn after_a_crash_the_tail_is_checked_and_sealed_and_never_continued() {
    let mut ada = Author::founder();
    let sealed = ada.seal();
    ada.write(Kind::Body, &[], b"typed,");
    ada.write(Kind::Body, &[], b" and then the power went");
    let tail = &ada.bytes()[1..];
    let cipher = ChainCipher::new(&secret(), &sealed.position.chain);
    let restart =
        |tail: &[Vec<u8>]| reseal(&ada.key, &ada.document, sealed.position, tail, |read| cipher.open(&read.previous, &read.record));

    let (seal, damage) = restart(tail);
    assert_eq!((seal, damage), (Some(ada.seal()), None), "the same seal that would have been made without the crash");
    verify_run(ada.head(), &ada.document, ada.start(), &ada.bytes(), &ada.seal()).unwrap();

    let mut torn = tail.to_vec();
    let last = torn[1].len() - 1;
    torn[1][last] ^= 1;
    let (seal, damage) = restart(&torn);
    assert_eq!(seal, Some(ada.seal_at(2)), "what is undamaged is vouched for");
    assert_eq!(damage.map(|damage| damage.number), Some(3));

    assert_eq!(restart(&[]), (None, None));
    assert_eq!(restart(&torn[1..]).0, None, "a tail that does not follow is no tail");
}

#[test]
fn a_reader_goes_on_where_it_stopped() {
    let mut ada = Author::founder();
    ada.write(Kind::Body, &[], b"one");
    let mut reader = ChainReader::start(ada.head());
    reader.read(&ada.written[0].bytes).unwrap();
    let mut resumed = ChainReader::resume(reader.tip());
    assert_eq!(resumed.read(&ada.written[1].bytes).unwrap().position, ada.writer.tip());
}
