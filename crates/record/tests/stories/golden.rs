//! The bytes that must never change: heads, records, seals, packed runs and proofs of forks, spelled out in `tests/golden`.
//!
//! `SHEAF_GOLDEN=write cargo test -p sheaf-record golden` writes the files anew. Whoever needs that has changed the format.

use data_encoding::HEXLOWER;
use sheaf_base::Hash;
use sheaf_record::{Kind, PackedRun, Record, Seal, SignedHead, pack};

use crate::author::{Author, SECRET, secret};

/// Compares named bytes with a file of lines `name: hex`, and gives back what the file says.
fn check(file: &str, named: &[(&str, Vec<u8>)]) -> Vec<Vec<u8>> {
    let path = format!("{}/tests/golden/{file}.hex", env!("CARGO_MANIFEST_DIR"));
    let text: String = named.iter().map(|(name, bytes)| format!("{name}: {}\n", HEXLOWER.encode(bytes))).collect();
    if std::env::var_os("SHEAF_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    for (line, golden) in text.lines().zip(golden.lines()) {
        assert_eq!(line, golden, "{file}: these bytes are on people's disks");
    }
    assert_eq!(text.lines().count(), golden.lines().count());
    golden.lines().map(|line| HEXLOWER.decode(line.split(": ").nth(1).unwrap().as_bytes()).unwrap()).collect()
}

/// A founding chain with a record of each kind, and a chain of somebody who joined.
fn document() -> (Author, Author) {
    let mut ada = Author::founder();
    ada.write(Kind::Body, &[], b"a body update");
    ada.write(Kind::Discussion, &[], b"a discussion event");
    let mut ben = Author::joining(ada.document, 2, 7);
    ben.write(Kind::Body, &[ada.writer.tip().hash], b"");
    ada.write(Kind::Body, &[ben.writer.tip().hash, Hash([0xfe; 32])], b"stands on Ben and on another");
    (ada, ben)
}

#[test]
fn golden_heads() {
    let (ada, ben) = document();
    let golden = check(
        "heads",
        &[
            ("device key of the founder", vec![1; 32]),
            ("founding head", ada.head().encode()),
            ("its chain id", ada.head().chain().0.to_vec()),
            ("document id", ada.document.0.to_vec()),
            ("head of another chain", ben.head().encode()),
            ("its chain id", ben.head().chain().0.to_vec()),
        ],
    );
    assert_eq!(SignedHead::from_peer(&golden[1]).as_ref(), Ok(ada.head()));
    assert_eq!(SignedHead::from_peer(&golden[4]).as_ref(), Ok(ben.head()));
}

#[test]
fn golden_records() {
    let (ada, ben) = document();
    let mut named = vec![("epoch secret", SECRET.to_vec()), ("epoch id", secret().id().0.to_vec())];
    for written in ada.written.iter().chain(&ben.written) {
        named.push(("follows", written.previous.0.to_vec()));
        named.push(("record", written.bytes.clone()));
        named.push(("hash", written.position.hash.0.to_vec()));
    }
    named.push(("a name in the record after that", ben.writer.cipher().close_name(&ben.writer.tip().hash, 0, "Ben")));
    let golden = check("records", &named);
    for (index, written) in ada.written.iter().enumerate() {
        assert_eq!(Record::decode(&golden[2 + 3 * index + 1]).as_ref(), Ok(&written.record));
    }
}

#[test]
fn golden_seals() {
    let (ada, ben) = document();
    let golden = check("seals", &[("of the founding chain", ada.seal().encode()), ("of another chain", ben.seal().encode())]);
    assert_eq!(Seal::decode(&golden[0]).unwrap().verify(&ada.key.device(), &ada.document), Ok(()));
    assert_eq!(Seal::decode(&golden[1]).unwrap().verify(&ben.key.device(), &ada.document), Ok(()));
}

/// What was packed once must be read for ever: by rows, as the first versions did, and by columns.
#[test]
fn golden_packs() {
    let (rows, _) = document();
    let mut columns = Author::founder();
    for key in 0..8u8 {
        columns.write(Kind::Body, &[], &[&[1, 0xc4, key][..], &b"ab"[..usize::from(key % 2) + 1]].concat());
    }
    for (author, file, version) in [(rows, "packs", 1), (columns, "packs-by-column", 2)] {
        let path = format!("{}/tests/golden/{file}.hex", env!("CARGO_MANIFEST_DIR"));
        // zstd may compress better one day, so it is not asked to write the same bytes again; and rows are written no more.
        if std::env::var_os("SHEAF_GOLDEN").is_some() && version == 2 {
            let packed = pack(author.writer.cipher(), author.start(), &author.bytes(), author.seal()).unwrap();
            std::fs::write(&path, format!("the founding chain: {}\n", HEXLOWER.encode(&packed.encode()))).unwrap();
        }
        let text = std::fs::read_to_string(path).unwrap();
        let packed = HEXLOWER.decode(text.trim_end().split(": ").nth(1).unwrap().as_bytes()).unwrap();
        assert_eq!(packed[0], version);
        let run =
            PackedRun::decode(&packed).unwrap().unpack(author.writer.cipher(), author.head(), &author.document, author.start()).unwrap();
        assert_eq!((run.bytes, PackedRun::decode(&packed).unwrap().encode()), (author.bytes(), packed));
    }
}
