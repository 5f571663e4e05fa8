//! What two peers say to each other about the link itself, and which document a frame on it is about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sheaf_access::{AddDevice, Operation, Role};
use sheaf_base::{DeviceId, DocumentId, Hash, limits};
use sheaf_record::{Malformed, Reader, Writer};

use crate::frame::Versions;
use crate::pairing::PairFrame;

/// A frame about the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFrame {
    /// The first frame of each side.
    Greeting {
        /// What this side can speak.
        versions: Versions,
    },
    /// One digest over everything that this side believes the two share. Equal: nothing is to be done, however many documents there are.
    Shared {
        /// The digest.
        digest: [u8; 16],
    },
    /// The keyed hashes behind that digest, when digests differed.
    Hashes {
        /// Ascending.
        hashes: Vec<[u8; 16]>,
        /// No more follow.
        last: bool,
    },
    /// Two devices of one person find out that they are. From version [`DEVICES`](crate::DEVICES) on, as all that follows.
    Pair(PairFrame),
    /// Between devices of one person: documents that the other can be added to.
    Offers(Vec<Offer>),
    /// Between devices of one person: what the other agrees to, for documents that it was offered.
    Accepts(Vec<Accept>),
    /// Between devices of one person: these are no devices of that person any more.
    Dropped(Vec<DeviceId>),
}

/// A document that a device of the same person can be added to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub document: DocumentId,
    /// The membership of their person.
    pub membership: Hash,
    /// What the other will be allowed to do.
    pub role: Role,
    /// What it is called here.
    pub title: String,
    /// It is a folder, and what it lists is followed here.
    pub folder: bool,
}

/// A device's consent to being added to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// Which.
    pub document: DocumentId,
    /// The consent.
    pub added: AddDevice,
}

/// Documents in one frame of offers or of what is agreed to: with the longest titles, and with their keys and signatures, they fit.
pub const OFFERS: usize = 40;

/// Devices in one frame of those that were dropped: what several years of losing them come to.
pub const DROPPED: usize = 256;

/// The most bytes of a title in UTF-8, and of a consent as it stands in a record.
const TITLE: usize = 3 * limits::TITLE;
const CONSENT: usize = 512;

/// Hashes in one frame.
const HASHES: usize = 4000;

impl LinkFrame {
    /// The bytes that go over the link.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(32);
        match self {
            LinkFrame::Greeting { versions } => {
                writer.byte(1).byte(versions.lowest).byte(versions.highest);
            }
            LinkFrame::Shared { digest } => {
                writer.byte(2).raw(digest);
            }
            LinkFrame::Hashes { hashes, last } => {
                writer.byte(3).byte(u8::from(*last)).varint(hashes.len() as u64);
                hashes.iter().for_each(|hash| {
                    writer.raw(hash);
                });
            }
            LinkFrame::Pair(frame) => frame.write(&mut writer),
            LinkFrame::Offers(offers) => {
                writer.byte(9).varint(offers.len() as u64);
                offers.iter().for_each(|Offer { document, membership, role, title, folder }| {
                    writer.raw(&document.0).raw(&membership.0).byte(role.code()).text(title).byte((*folder).into());
                });
            }
            LinkFrame::Accepts(accepts) => {
                writer.byte(10).varint(accepts.len() as u64);
                accepts.iter().for_each(|Accept { document, added }| {
                    writer.raw(&document.0).bytes(&Operation::AddDevice(*added).encode());
                });
            }
            LinkFrame::Dropped(devices) => {
                writer.byte(11).varint(devices.len() as u64);
                devices.iter().for_each(|device| _ = writer.raw(&device.0));
            }
        }
        writer.into_bytes()
    }

    /// Reads exactly one frame.
    pub fn decode(bytes: &[u8]) -> Result<LinkFrame, Malformed> {
        let mut r = Reader::new(bytes);
        let frame = match r.byte("the link frame's kind")? {
            1 => LinkFrame::Greeting { versions: Versions { lowest: r.byte("a version")?, highest: r.byte("a version")? } },
            2 => LinkFrame::Shared { digest: r.array("the digest")? },
            3 => {
                let last = r.byte("whether this is the last")?;
                let count = r.count(HASHES, 16, "hashes")?;
                let hashes = (0..count).map(|_| r.array("a hash")).collect::<Result<Vec<[u8; 16]>, _>>()?;
                if last > 1 || !hashes.is_sorted_by(|left, right| left < right) {
                    return Err(Malformed::NotCanonical("the hashes"));
                }
                LinkFrame::Hashes { hashes, last: last == 1 }
            }
            tag @ PairFrame::FIRST..=PairFrame::LAST => LinkFrame::Pair(PairFrame::read(tag, &mut r)?),
            9 => LinkFrame::Offers(r.list(OFFERS, 67, "offers", |r| {
                let (document, membership) = (DocumentId(r.array("a document")?), Hash(r.array("a membership")?));
                let (role, title) = (Role::read(r)?, r.text(TITLE, "a title")?.to_owned());
                let folder = match r.byte("whether it is a folder")? {
                    flag @ (0 | 1) => flag == 1,
                    found => return Err(Malformed::Unknown { what: "whether it is a folder", found: found.into() }),
                };
                Ok(Offer { document, membership, role, title, folder })
            })?),
            10 => LinkFrame::Accepts(r.list(OFFERS, 33, "consents", |r| {
                let document = DocumentId(r.array("a document")?);
                match Operation::decode(r.bytes(CONSENT, "a consent")?)? {
                    Operation::AddDevice(added) => Ok(Accept { document, added }),
                    _ => Err(Malformed::NotCanonical("a consent")),
                }
            })?),
            11 => LinkFrame::Dropped(r.list(DROPPED, 32, "devices that were dropped", |r| r.array("a device").map(DeviceId))?),
            found => return Err(Malformed::Unknown { what: "the link frame's kind", found: found.into() }),
        };
        r.finish()?;
        Ok(frame)
    }
}

/// What one side believes the two ends of a link share: only documents in which the other device is a member by this side's own fold, so
/// that a stranger and the removed see an empty list.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    mine: BTreeMap<[u8; 16], DocumentId>,
}

impl Discovery {
    /// Gathers the documents, each with the digest of its frontier. `exporter` is the link's keying material: the hashes mean nothing
    /// on any other link.
    pub fn new(exporter: &[u8; 32], documents: impl IntoIterator<Item = (DocumentId, [u8; 32])>) -> Discovery {
        let keyed = |(document, frontier): (DocumentId, [u8; 32])| {
            let hash = blake3::Hasher::new_keyed(exporter).update(&document.0).update(&frontier).finalize();
            (std::array::from_fn(|index| hash.as_bytes()[index]), document)
        };
        Discovery { mine: documents.into_iter().map(keyed).collect() }
    }

    /// The one digest over all.
    pub fn digest(&self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 shared documents");
        self.mine.keys().for_each(|hash| {
            hasher.update(hash);
        });
        std::array::from_fn(|index| hasher.finalize().as_bytes()[index])
    }

    /// The frames that name all of them.
    pub fn hashes(&self) -> Vec<LinkFrame> {
        let all: Vec<_> = self.mine.keys().copied().collect();
        let chunks: Vec<_> = all.chunks(HASHES).collect();
        if chunks.is_empty() {
            return vec![LinkFrame::Hashes { hashes: Vec::new(), last: true }];
        }
        let count = chunks.len();
        let frame = |(index, hashes): (usize, &[[u8; 16]])| LinkFrame::Hashes { hashes: hashes.to_vec(), last: index + 1 == count };
        chunks.into_iter().enumerate().map(frame).collect()
    }

    /// Which of them both hold alike, and for which a session has to find out more.
    pub fn compare(&self, theirs: &BTreeSet<[u8; 16]>) -> (Vec<DocumentId>, Vec<DocumentId>) {
        let (same, other): (Vec<_>, Vec<_>) = self.mine.iter().partition(|(hash, _)| theirs.contains(*hash));
        (same.into_iter().map(|(_, document)| *document).collect(), other.into_iter().map(|(_, document)| *document).collect())
    }

    /// All of them, when the digests were equal.
    pub fn all(&self) -> Vec<DocumentId> {
        self.mine.values().copied().collect()
    }
}

/// What both ends of a link call their session about a document: 128 bits that neither has to tell the other. For logs: lines of two devices
/// that carry the same id are about the same conversation. It gives nothing of the keying material away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// Of the link's keying material and the document.
    pub fn new(exporter: &[u8; 32], document: DocumentId) -> SessionId {
        let hash = blake3::Hasher::new_derive_key("sheaf 1 session id").update(exporter).update(&document.0).finalize();
        SessionId(std::array::from_fn(|index| hash.as_bytes()[index]))
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The last number that a document may have. It belongs to none: a document that finds all others given out has this one, and is named in
/// full every time.
const SLOTS: u64 = 1 << 16;

/// The sending end of a lane: an ordered stream of packets, each about the link or about one document. A document is named in full once and
/// by a small number from then on.
#[derive(Debug, Default)]
pub struct PacketWriter {
    slots: BTreeMap<DocumentId, u64>,
}

/// The receiving end of a lane.
#[derive(Debug, Default)]
pub struct PacketReader {
    slots: Vec<DocumentId>,
}

/// What a packet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The link; the rest is a [`LinkFrame`].
    Link,
    /// A document; the rest is a [`crate::Frame`].
    Document(DocumentId),
}

impl PacketWriter {
    /// The packet with this frame. Packets must arrive in the order in which they are made.
    pub fn packet(&mut self, about: About, frame: &[u8]) -> Vec<u8> {
        let mut writer = Writer::with_capacity(frame.len() + 36);
        match about {
            About::Link => {
                writer.varint(0);
            }
            About::Document(document) => {
                let next = self.slots.len() as u64 + 1;
                let slot = self.slots.get(&document).copied().unwrap_or(next);
                if slot == next && next < SLOTS {
                    self.slots.insert(document, slot);
                }
                writer.varint(slot);
                if slot == next {
                    writer.raw(&document.0);
                }
            }
        }
        writer.raw(frame);
        writer.into_bytes()
    }
}

impl PacketReader {
    /// What a packet is about, and its frame.
    pub fn open<'a>(&mut self, packet: &'a [u8]) -> Result<(About, &'a [u8]), Malformed> {
        let mut reader = Reader::new(packet);
        let next = self.slots.len() as u64 + 1;
        let slot = reader.varint_to(next, "the number of a document")?;
        if slot == 0 {
            return Ok((About::Link, reader.rest()));
        }
        if slot < next {
            let index = usize::try_from(slot - 1).expect("fewer than there are slots");
            return Ok((About::Document(self.slots[index]), reader.rest()));
        }
        let document = DocumentId(reader.array("a document")?);
        if slot < SLOTS {
            self.slots.push(document);
        }
        Ok((About::Document(document), reader.rest()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(seed: u8) -> DocumentId {
        DocumentId([seed; 32])
    }

    #[test]
    fn a_document_is_named_in_full_once_per_lane() {
        let (mut writer, mut reader) = (PacketWriter::default(), PacketReader::default());
        for (about, length) in [
            (About::Document(document(1)), 36),
            (About::Link, 4),
            (About::Document(document(2)), 36),
            (About::Document(document(1)), 4),
            (About::Document(document(2)), 4),
        ] {
            let packet = writer.packet(about, b"abc");
            assert_eq!(packet.len(), length);
            assert_eq!(reader.open(&packet), Ok((about, &b"abc"[..])));
        }
        assert!(reader.open(&[9]).is_err(), "a number that was never given out");
    }

    #[test]
    fn a_lane_may_speak_of_more_documents_than_there_are_numbers() {
        let (mut writer, mut reader) = (PacketWriter::default(), PacketReader::default());
        let numbered = |number: u32| DocumentId(*blake3::hash(&number.to_le_bytes()).as_bytes());
        let last = u32::try_from(SLOTS).expect("it is 65,536") + 10;
        for number in (0..last).chain([0, last - 1, last - 2, 65_534, 65_535]) {
            let about = About::Document(numbered(number));
            assert_eq!(reader.open(&writer.packet(about, b"abc")), Ok((about, &b"abc"[..])), "document {number}");
        }
    }

    #[test]
    fn equal_libraries_need_one_digest_and_changed_documents_are_found() {
        let exporter = [9; 32];
        let ada = Discovery::new(&exporter, (0..200).map(|seed| (document(seed), [seed; 32])));
        let ben = Discovery::new(&exporter, (0..200).map(|seed| (document(seed), [seed; 32])));
        assert_eq!(ada.digest(), ben.digest());

        let ben = Discovery::new(&exporter, (0..200).map(|seed| (document(seed), [seed / 2 * 2; 32])));
        assert_ne!(ada.digest(), ben.digest());
        let theirs = ben
            .hashes()
            .iter()
            .flat_map(|frame| match LinkFrame::decode(&frame.encode()) {
                Ok(LinkFrame::Hashes { hashes, .. }) => hashes,
                other => panic!("{other:?}"),
            })
            .collect();
        let (same, other) = ada.compare(&theirs);
        assert_eq!((same.len(), other.len()), (100, 100));

        let elsewhere = Discovery::new(&[8; 32], (0..200).map(|seed| (document(seed), [seed; 32])));
        assert_ne!(ada.digest(), elsewhere.digest(), "on another link the hashes mean nothing");
    }
}
