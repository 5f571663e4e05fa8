//! A machine resumed twice, and what convinces everybody of it.

use rand::RngExt;
use sheaf_base::Hash;
use sheaf_record::{Branch, DeviceKey, ForkError, ForkProof, Kind, Malformed, Seal, Writer};

use crate::author::{Author, with_seeds};

/// Two runs of the same process from the same snapshot: the same chain, and other words from record `shared + 1` on.
fn resumed_twice(shared: usize, left: usize, right: usize) -> [Author; 2] {
    [(left, b"left"), (right, b"rite")].map(|(own, words)| {
        let mut author = Author::founder();
        for _ in 1..shared {
            author.write(Kind::Body, &[], b"before the snapshot");
        }
        for _ in 0..own {
            author.write(Kind::Body, &[], words);
        }
        author
    })
}

/// What somebody who holds all of `longer` shows beside a seal that does not fit.
fn branch(longer: &Author, at: usize) -> Branch {
    Branch { hash: longer.written[at - 1].position.hash, trail: longer.bytes()[at..].to_vec(), seal: longer.seal() }
}

#[test]
fn two_seals_at_one_number_prove_it() {
    let [left, right] = resumed_twice(3, 2, 2);
    let proof = ForkProof::new(&left.document, left.head().clone(), left.seal(), branch(&right, 5)).unwrap();
    assert_eq!(proof.device(), left.key.device());
    let (number, hashes) = proof.split();
    assert_eq!(number, 5);
    assert!(hashes.contains(&left.writer.tip().hash) && hashes.contains(&right.writer.tip().hash));

    let same = ForkProof::new(&left.document, left.head().clone(), right.seal(), branch(&left, 5)).unwrap();
    assert_eq!(same.encode(), proof.encode(), "whoever finds it, the proof is the same");

    let (ours, theirs) = if hashes[0] == left.writer.tip().hash { (left.seal(), right.seal()) } else { (right.seal(), left.seal()) };
    let spelled = |first: Seal, second: Seal| {
        let mut writer = Writer::new();
        writer.bytes(&left.head().encode());
        first.write(&mut writer);
        second.write(&mut writer);
        writer.raw(&second.position.hash.0).varint(0);
        ForkProof::decode(writer.as_slice(), &left.document)
    };
    assert_eq!(spelled(ours, theirs), Ok(proof));
    assert_eq!(spelled(theirs, ours), Err(Malformed::NotCanonical("the proof of a fork").into()), "nor is there another spelling");
}

#[test]
fn two_seals_at_different_numbers_prove_it_with_the_records_between() {
    with_seeds(100, |random| {
        let shared = random.random_range(1..5);
        let (shorter, longer) = (random.random_range(1..6), random.random_range(6..12));
        let [left, right] = resumed_twice(shared, shorter, longer);
        let at = shared + shorter;
        let proof = ForkProof::new(&left.document, left.head().clone(), left.seal(), branch(&right, at)).unwrap();

        let bytes = proof.encode();
        assert_eq!(ForkProof::decode(&bytes, &left.document), Ok(proof));
        let bit = random.random_range(0..bytes.len() * 8);
        let mut bent = bytes;
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(ForkProof::decode(&bent, &left.document).is_err(), "bit {bit}");
    });
}

#[test]
fn an_honest_device_cannot_be_accused() {
    let [ada, _] = resumed_twice(3, 6, 0);
    let accuse = |shorter: Seal, longer: Branch| ForkProof::new(&ada.document, ada.head().clone(), shorter, longer);

    // Two of her seals over one history.
    assert_eq!(accuse(ada.seal_at(4), branch(&ada, 4)), Err(ForkError::SameHistory));
    // A hash that she never sealed, and records that do not lead to her seal.
    let invented = Branch { hash: Hash([9; 32]), ..branch(&ada, 4) };
    assert_eq!(accuse(ada.seal_at(4), invented), Err(ForkError::Unconnected));
    // A branch that somebody else sealed.
    let [_, forged] = resumed_twice(3, 0, 4);
    let mallory = DeviceKey::from_bytes(&[66; 32]);
    let seal = Seal::sign(&mallory, &ada.document, forged.writer.tip());
    assert!(matches!(accuse(ada.seal_at(4), Branch { seal, ..branch(&forged, 4) }), Err(ForkError::Seal(_))));
    // Her seals in two documents.
    let elsewhere = Seal::sign(&ada.key, &sheaf_base::DocumentId([7; 32]), forged.writer.tip());
    assert!(matches!(accuse(ada.seal_at(4), Branch { seal: elsewhere, ..branch(&forged, 4) }), Err(ForkError::Seal(_))));
}
