//! Everything of crate `record` that is spelled, and runs of records as a hostile member seals them.
//!
//! The first byte of a part says what the rest of it is. Records are gathered; at the end they are sealed as they are, so that a run fails
//! for what it says and never for its signature.

use std::sync::LazyLock;

use sheaf_base::{DocumentId, Hash, Position, Wall};
use sheaf_record::{
    BadSignature, BranchHead, ChainReader, ChainWriter, DeviceKey, EpochSecret, Extent, Graph, HeadError, Kind, Malformed, PackedRun,
    Prefix, Reader, Record, Seal, Signature, SignedHead, Stamp, Writer, branch_name, verify_run,
};

pub(super) const DOCUMENT: DocumentId = DocumentId([0xd0; 32]);
const BEGAN: Wall = Wall(1_700_000_000_000);

/// Records of one run; more of them show nothing that fewer do not.
const RECORDS: usize = 16;

/// What a part is.
pub(crate) mod kind {
    pub(crate) const HEAD: u8 = 0;
    /// A head without its signature, which the target puts behind it.
    pub(crate) const HEAD_TO_SIGN: u8 = 1;
    pub(crate) const RECORD: u8 = 2;
    pub(crate) const SEAL: u8 = 3;
    pub(crate) const PACKED: u8 = 4;
    pub(crate) const BRANCH: u8 = 5;
    pub(crate) const PREFIX: u8 = 6;
    /// The inside of a record, which the target closes.
    pub(crate) const CONTENT: u8 = 7;
    /// How many kinds there are.
    pub(super) const ALL: u8 = 8;
}

/// The hostile member.
pub(super) static MEMBER: LazyLock<(DeviceKey, EpochSecret)> =
    LazyLock::new(|| (DeviceKey::from_bytes(&[66; 32]), EpochSecret::from_bytes([0x5e; 32])));

pub(super) fn chain() -> ChainWriter {
    ChainWriter::begin(&MEMBER.0, DOCUMENT, [6; 16], 1, BEGAN, &MEMBER.1)
}

pub(super) fn run(parts: &[Vec<u8>]) {
    let mut writer = chain();
    let mut run: Vec<Vec<u8>> = Vec::new();
    for part in parts {
        let Some((&kind, bytes)) = part.split_first() else { continue };
        match kind % kind::ALL {
            kind::HEAD => read_head(bytes),
            kind::HEAD_TO_SIGN => read_head(&[bytes, &MEMBER.0.sign("sheaf head 1", bytes).0].concat()),
            kind::RECORD => run.push(bytes.to_vec()),
            kind::SEAL => one_spelling(bytes, Seal::decode(bytes), Seal::encode),
            kind::PACKED => one_spelling(bytes, PackedRun::decode(bytes), PackedRun::encode),
            kind::BRANCH => one_spelling(bytes, BranchHead::decode(bytes), BranchHead::encode),
            kind::PREFIX => read_prefix(bytes),
            _ => {
                let (&kind, inside) = bytes.split_first().unwrap_or((&0, &[]));
                let kind = [Kind::Body, Kind::Discussion, Kind::Access][usize::from(kind % 3)];
                run.extend(writer.append(kind, Stamp::default(), inside, BEGAN).ok().map(|written| written.bytes));
            }
        }
    }
    run.truncate(RECORDS);
    check_run(&run);
    check_branch(&run);
}

/// What is read has no other spelling.
pub(super) fn one_spelling<T, E>(bytes: &[u8], read: Result<T, E>, encode: impl FnOnce(&T) -> Vec<u8>) {
    if let Ok(value) = read {
        assert_eq!(encode(&value), bytes, "two spellings of one value");
    }
}

fn read_head(bytes: &[u8]) {
    let plain = SignedHead::from_journal(bytes);
    match SignedHead::from_peer(bytes) {
        Ok(head) => {
            assert_eq!(plain.as_ref(), Ok(&head), "a head that is signed is a head");
            assert!(head.chain().client().0 > 0, "a client id is never zero");
            let mut bent = bytes.to_vec();
            *bent.last_mut().expect("a head is not empty") ^= 0x40;
            assert!(SignedHead::from_peer(&bent).is_err(), "another signature will do");
        }
        Err(HeadError::Signature(BadSignature(device))) => assert!(plain.as_ref().is_ok_and(|head| head.device() == device)),
        Err(error) => assert!(plain.is_err(), "{error}"),
    }
    one_spelling(bytes, plain, SignedHead::encode);
}

fn read_prefix(bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    let read = Prefix::read(&mut reader).and_then(|prefix| reader.finish().map(|()| prefix));
    one_spelling(bytes, read, |prefix| {
        let mut writer = Writer::new();
        prefix.write(&mut writer);
        writer.into_bytes()
    });
}

/// A run that its device has sealed is accepted, unless one of its records is none; each record opens or says why not; the graph takes it.
fn check_run(run: &[Vec<u8>]) {
    let writer = chain();
    let mut reader = ChainReader::resume(writer.tip());
    let read: Result<Vec<_>, Malformed> = run.iter().map(|bytes| reader.read(bytes)).collect();
    for bytes in run {
        one_spelling(bytes, Record::decode(bytes), Record::encode);
    }
    let seal = Seal::sign(&MEMBER.0, &DOCUMENT, reader.tip());
    let verified = verify_run(writer.head(), &DOCUMENT, writer.tip(), run, &seal);
    assert_eq!(verified.is_ok(), read.is_ok() && !run.is_empty(), "a sealed run is accepted exactly if its records are records");
    let mut bent = run.to_vec();
    if let Some(last) = bent.last_mut().and_then(|record| record.last_mut()) {
        *last ^= 0x40;
        assert!(verify_run(writer.head(), &DOCUMENT, writer.tip(), &bent, &seal).is_err(), "the seal is good for another run");
    }
    let mut graph = Graph::new();
    graph.open_chain(writer.tip().chain, MEMBER.0.device());
    for one in verified.unwrap_or_default() {
        let opened = writer.cipher().open(&one.previous, &one.record);
        if let (Ok(opened), true) = (&opened, one.record.kind != Kind::Access) {
            let again = writer.cipher().close(&one.previous, one.record.kind, one.record.stamp.clone(), opened.seconds, &opened.plaintext);
            assert_eq!(again, one.record, "the same words at the same place are the same record");
        }
        let Position { chain, number, hash } = one.position;
        // A chain ends at the first record that has no place.
        if graph.append(&chain, number, hash, &one.record.stamp, Extent::default()).is_err() {
            break;
        }
        assert!(graph.is_head(&hash) && graph.past_with(&hash).is_some_and(|past| past.contains(&hash)));
    }
}

/// The same run as a second history behind the chain's head: everything in it is there twice, under names of its own.
fn check_branch(run: &[Vec<u8>]) {
    let writer = chain();
    let (start, root) = (writer.tip(), writer.head().chain());
    let Some((first, _)) = run.split_first() else { return };
    let name = branch_name(&root, &Record::hash(&start.hash, first));
    let mut graph = Graph::new();
    graph.open_chain(root, writer.head().device());
    let own = Hash([9; 32]);
    graph.append(&root, 1, own, &Stamp::default(), Extent::default()).expect("the first of its chain");
    graph.open_branch(name, &start);
    let mut reader = ChainReader::resume(start);
    let mut held = 0;
    for bytes in run {
        let Ok(one) = reader.read(bytes) else { break };
        if graph.append(&name, held + 1, one.position.hash, &one.record.stamp, Extent::default()).is_err() {
            break;
        }
        held += 1;
        let at = graph.position(&one.position.hash).expect("it has its place");
        assert_eq!(graph.absolute(&at), one.position, "its device counted it so");
        assert_eq!(graph.strand_place(&name, held), Some(at));
    }
    let ends = graph.strand_ends(&root).len();
    assert_eq!(ends, if held == 0 { 1 } else { 3 }, "what they share, and each history");
}

/// What an honest member might send: the seeds.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let mut writer = chain();
    let stamp = Stamp::new([Hash([1; 32]), Hash([2; 32])]).expect("two are few");
    let first = writer.append(Kind::Body, Stamp::default(), b"words", BEGAN).expect("it is small").bytes;
    let second = writer.append(Kind::Discussion, stamp, b"an answer", Wall(BEGAN.0 + 90_000)).expect("it is small").bytes;
    let seal = writer.seal(&MEMBER.0, &DOCUMENT);
    let packed = sheaf_record::pack(writer.cipher(), chain().tip(), &[&first, &second], seal).expect("it packs").encode();
    let head = writer.head().encode();
    let branch = BranchHead { base: writer.tip() }.encode();
    let part = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
    vec![
        ("honest-head", vec![part(kind::HEAD, &head), part(kind::HEAD_TO_SIGN, &head[..head.len() - Signature::LENGTH])]),
        ("honest-run", vec![part(kind::RECORD, &first), part(kind::RECORD, &second)]),
        ("honest-contents", vec![part(kind::CONTENT, &[&[0], b"words".as_slice()].concat()), part(kind::CONTENT, b"\x02operation")]),
        ("honest-seal-prefix", vec![part(kind::SEAL, &seal.encode()), part(kind::PREFIX, &[3, 0x12, 0x30])]),
        ("honest-pack", vec![part(kind::PACKED, &packed)]),
        ("honest-branch", vec![part(kind::BRANCH, &branch), part(kind::CONTENT, &[&[0], b"words".as_slice()].concat())]),
    ]
}
