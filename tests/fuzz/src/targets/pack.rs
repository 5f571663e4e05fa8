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

pub(super) fn run(parts: &[Vec<u8>]) {
    let [how, inside, ..] = parts else { return };
    let writer = chain();
    let (&mode, count) = how.split_first().unwrap_or((&0, &[]));
    let rebuilt = if mode & COMPRESSED == 0 { rebuild(inside) } else { None };
    // Whoever seals a run must know its last hash; for what is no run any will do.
    let claimed = Reader::new(count).varint_to(8192, "the count").ok();
    let (tip, sealed) = rebuilt.map_or((Hash([3; 32]), 1), |(tip, count)| (tip, count));
    let count = claimed.unwrap_or(sealed);
    let before = writer.tip();
    let seal = Seal::sign(&MEMBER.0, &DOCUMENT, Position { number: count, hash: tip, ..before });
    let compressed = if mode & COMPRESSED == 0 { zstd::bulk::compress(inside, 1).expect("it compresses") } else { inside.clone() };
    let bytes = close(&header(before, count, &seal), &compressed);
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

/// The last hash and the number of the records that an inside says, if it is what an inside must be.
fn rebuild(inside: &[u8]) -> Option<(Hash, u64)> {
    let (writer, mut reader) = (chain(), Reader::new(inside));
    let mut records = ChainReader::resume(writer.tip());
    while !reader.rest().is_empty() {
        let kind = match reader.byte("kind").ok()? {
            1 => Kind::Body,
            2 => Kind::Discussion,
            3 => Kind::Access,
            _ => return None,
        };
        let parents = reader.count(64, 32, "stamp").ok()?;
        let parents: Vec<Hash> = (0..parents).map(|_| reader.array("parent").map(Hash)).collect::<Result<_, _>>().ok()?;
        let sorted = parents.is_sorted_by(|left, right| left < right);
        let stamp = Stamp::new(parents).ok().filter(|_| sorted)?;
        let seconds = reader.varint_to(u32::MAX.into(), "seconds").ok()?;
        let plaintext = reader.bytes(sheaf_base::limits::PAYLOAD, "content").ok()?;
        let bytes = writer.cipher().close(&records.tip().hash, kind, stamp, seconds, plaintext).encode();
        records.read(&bytes).ok()?;
        if records.tip().number > 8192 {
            return None;
        }
    }
    Some((records.tip().hash, records.tip().number))
}

fn header(before: Position, count: u64, seal: &Seal) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.byte(1).raw(&before.chain.0).varint(before.number).raw(&before.hash.0);
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
    vec![
        ("honest-one", vec![vec![0], one.into_bytes()]),
        ("honest-two", vec![vec![0], two.into_bytes()]),
        ("honest-frame", vec![vec![COMPRESSED, 1], frame]),
    ]
}
