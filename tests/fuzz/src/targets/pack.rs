//! Packed runs as a hostile member makes them, who has the key: any inside, compressed, encrypted and sealed as it should be.
//!
//! The format is put together here a second time, from docs/protocol.md, as somebody would who does not use our packer. The first part says
//! how: whether what follows is compressed already, and how many records it claims. The second is the inside.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit,
    aead::{Aead, Payload},
};
use sheaf_base::{Hash, Position};
use sheaf_record::{ChainReader, Kind, PackedRun, Reader, Seal, Stamp, Writer};

use super::record::{DOCUMENT, MEMBER, chain};

/// The second part is a zstd frame as it is, and not what is to be compressed.
pub(crate) const COMPRESSED: u8 = 1;

/// The inside is laid out by columns, as version 2 has it, and not record after record.
pub(crate) const COLUMNS: u8 = 2;

pub(super) fn run(parts: &[Vec<u8>]) {
    let [how, inside, ..] = parts else { return };
    let writer = chain();
    let (&mode, count) = how.split_first().unwrap_or((&0, &[]));
    let claimed = Reader::new(count).varint_to(8192, "the count").ok();
    let version = if mode & COLUMNS == 0 { 1 } else { 2 };
    // Whoever seals a run must know its last hash; for what is no run any will do.
    let rebuilt = match (mode & COMPRESSED, version) {
        (0, 1) => read_rows(inside).and_then(rebuild),
        (0, _) => read_columns(inside, claimed.unwrap_or(1)).and_then(rebuild),
        _ => None,
    };
    let (tip, sealed) = rebuilt.map_or((Hash([3; 32]), 1), |(tip, count)| (tip, count));
    let count = claimed.unwrap_or(sealed);
    let before = writer.tip();
    let seal = Seal::sign(&MEMBER.0, &DOCUMENT, Position { number: count, hash: tip, ..before });
    let compressed = if mode & COMPRESSED == 0 { zstd::bulk::compress(inside, 1).expect("it compresses") } else { inside.clone() };
    let bytes = close(&header(version, before, count, &seal), &compressed);
    let packed = match PackedRun::decode(&bytes) {
        Ok(packed) => packed,
        Err(error) => panic!("a pack in its one spelling is read: {error}"),
    };
    assert_eq!(packed.encode(), bytes, "two spellings of one pack");
    let unpacked = packed.unpack(writer.cipher(), writer.head(), &DOCUMENT, before);
    let honest = rebuilt.is_some_and(|(_, records)| records == count && records > 0);
    match unpacked {
        Ok(run) => {
            assert!(honest || mode & COMPRESSED != 0, "what was never sealed came out of a pack");
            assert_eq!(run.records.last().map(|last| last.position), Some(seal.position));
            assert!(run.records.len() as u64 == count && run.bytes.len() as u64 == count);
        }
        Err(error) => assert!(!honest, "an honest pack is refused: {error}"),
    }
}

/// What an inside says of one record.
struct Said {
    kind: Kind,
    stamp: Stamp,
    seconds: u64,
    content: Vec<u8>,
}

/// The last hash and the number of these records.
fn rebuild(said: Vec<Said>) -> Option<(Hash, u64)> {
    let writer = chain();
    let mut records = ChainReader::resume(writer.tip());
    for Said { kind, stamp, seconds, content } in said {
        let bytes = writer.cipher().close(&records.tip().hash, kind, stamp, seconds, &content).encode();
        records.read(&bytes).ok()?;
    }
    Some((records.tip().hash, records.tip().number))
}

fn read_kind(reader: &mut Reader<'_>) -> Option<Kind> {
    match reader.byte("kind").ok()? {
        1 => Some(Kind::Body),
        2 => Some(Kind::Discussion),
        3 => Some(Kind::Access),
        _ => None,
    }
}

fn read_stamp(reader: &mut Reader<'_>) -> Option<Stamp> {
    let parents = reader.count(64, 32, "stamp").ok()?;
    let parents: Vec<Hash> = (0..parents).map(|_| reader.array("parent").map(Hash)).collect::<Result<_, _>>().ok()?;
    let sorted = parents.is_sorted_by(|left, right| left < right);
    Stamp::new(parents).ok().filter(|_| sorted)
}

/// One record after the other, if it is what an inside must be.
fn read_rows(inside: &[u8]) -> Option<Vec<Said>> {
    let mut reader = Reader::new(inside);
    let mut said = Vec::new();
    while !reader.rest().is_empty() {
        let (kind, stamp) = (read_kind(&mut reader)?, read_stamp(&mut reader)?);
        let seconds = reader.varint_to(u32::MAX.into(), "seconds").ok()?;
        let content = reader.bytes(sheaf_base::limits::PAYLOAD, "content").ok()?.to_vec();
        said.push(Said { kind, stamp, seconds, content });
        if said.len() > 8192 {
            return None;
        }
    }
    Some(said)
}

/// So many records by columns, if it is what an inside must be.
fn read_columns(inside: &[u8], count: u64) -> Option<Vec<Said>> {
    let mut reader = Reader::new(inside);
    let mut said: Vec<Said> = Vec::new();
    for _ in 0..count {
        said.push(Said { kind: read_kind(&mut reader)?, stamp: Stamp::default(), seconds: 0, content: Vec::new() });
    }
    for one in &mut said {
        one.stamp = read_stamp(&mut reader)?;
    }
    for one in &mut said {
        one.seconds = reader.varint_to(u32::MAX.into(), "seconds").ok()?;
    }
    let lengths: Option<Vec<u64>> = (0..count).map(|_| reader.varint_to(sheaf_base::limits::PAYLOAD as u64, "length").ok()).collect();
    let lengths = lengths?;
    let mut sorted: Vec<u64> = lengths.iter().copied().filter(|length| *length > 0).collect();
    sorted.sort_unstable();
    sorted.dedup();
    for length in sorted {
        let rows: Vec<usize> = (0..said.len()).filter(|row| lengths[*row] == length).collect();
        if rows.len() < 4 {
            for row in rows {
                said[row].content = reader.take(length as usize, "content").ok()?.to_vec();
            }
            continue;
        }
        for _ in 0..length {
            let how = reader.byte("how").ok().filter(|how| *how < 2)?;
            let column = reader.take(rows.len(), "column").ok()?;
            let mut above = 0u8;
            for (row, byte) in rows.iter().zip(column) {
                above = if how == 1 { above.wrapping_add(*byte) } else { *byte };
                said[*row].content.push(above);
            }
        }
    }
    reader.rest().is_empty().then_some(said)
}

fn header(version: u8, before: Position, count: u64, seal: &Seal) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.byte(version).raw(&before.chain.0).varint(before.number).raw(&before.hash.0);
    writer.varint(count).raw(&seal.position.hash.0).raw(&seal.signature.0);
    writer.into_bytes()
}

/// The whole pack: the header, then the rest behind its length, closed under the chain's pack key.
fn close(header: &[u8], compressed: &[u8]) -> Vec<u8> {
    let key = blake3::derive_key("sheaf 1 pack key", &[*MEMBER.1.as_bytes(), chain().tip().chain.0].concat());
    let place = blake3::Hasher::new().update(b"pack nonce").update(blake3::hash(header).as_bytes()).finalize();
    let nonce: [u8; 12] = std::array::from_fn(|index| place.as_bytes()[index]);
    let closed = Aes256GcmSiv::new(&key.into()).encrypt(&nonce.into(), Payload { msg: compressed, aad: header });
    let mut writer = Writer::new();
    writer.raw(header).bytes(&closed.expect("it is far less than 64 GiB"));
    writer.into_bytes()
}

/// What an honest member packs: the seeds.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let mut one = Writer::new();
    one.byte(1).varint(0).varint(3).bytes(b"words");
    let mut two = one.clone();
    two.byte(2).varint(1).raw(&[4; 32]).varint(0).bytes(b"an answer");
    let frame = zstd::bulk::compress(one.as_slice(), 3).expect("it compresses");
    // Five records: four letters that differ in one place, and an answer.
    let mut columns = [&[1, 1, 1, 1, 2][..], &[0; 5], &[0; 5], &[3, 3, 3, 3, 2]].concat();
    columns.extend_from_slice(b"no");
    columns.extend_from_slice(&[&[1, 7, 1, 1, 1][..], &[0, 9, 9, 9, 9], &[0, b'w', b'o', b'r', b'd']].concat());
    vec![
        ("honest-one", vec![vec![0], one.into_bytes()]),
        ("honest-two", vec![vec![0], two.into_bytes()]),
        ("honest-frame", vec![vec![COMPRESSED, 1], frame]),
        ("honest-columns", vec![vec![COLUMNS, 5], columns]),
    ]
}
