//! What comes over a link: packets, frames about the link, frames about a document, and what a session answers.
//!
//! The first byte of a part says what the rest is. All parts come over one lane, to one session, so that what came before matters.

use std::{sync::LazyLock, time::Duration};

use sheaf_base::{ChainId, ClientId, DocumentId, Hash, Position, limits};
use sheaf_protocol::{
    About, Branch, BundleChain, Compare, Frame, Have, Hello, LinkFrame, Packed, PacketReader, Receipt, Session, Versions, Wish,
};
use sheaf_record::{Digest, Frontier, Malformed, PackedRun, Record, SignedHead};
use sheaf_replica::{Place, Replica};
use sheaf_schema::Delta;

use super::record::{MEMBER, one_spelling};

/// What a part is.
pub(crate) mod kind {
    /// A packet, as it comes off a lane.
    pub(crate) const PACKET: u8 = 0;
    /// A frame about the document.
    pub(crate) const FRAME: u8 = 1;
    /// A frame about the link.
    pub(crate) const LINK: u8 = 2;
    /// A receipt by itself, as it is kept.
    pub(crate) const RECEIPT: u8 = 3;
    /// How many kinds there are.
    pub(super) const ALL: u8 = 4;
}

/// What is held here: enough chains that comparing them takes several steps.
static HELD: LazyLock<Frontier> = LazyLock::new(|| {
    let mut frontier = Frontier::new();
    for seed in 0..400u32 {
        let id = *blake3::hash(&seed.to_le_bytes()).as_bytes();
        frontier.set(Position { chain: ChainId(id), number: u64::from(seed % 5) + 1, hash: Hash(*blake3::hash(&id).as_bytes()) });
    }
    frontier
});

struct End {
    packets: PacketReader,
    session: Session,
    now: Duration,
    replica: Replica,
}

pub(super) fn run(parts: &[Vec<u8>]) {
    let (mut replica, _) = Replica::found(ClientId(300)).expect("founding works");
    replica.push(&Delta::new().insert("some 🌾 words\n"), &mut || [1; 32]).expect("a push");
    let session = Session::new(parts.len().is_multiple_of(2), None, Duration::ZERO);
    let mut end = End { packets: PacketReader::default(), session, now: Duration::ZERO, replica };
    for part in parts {
        let Some((&kind, bytes)) = part.split_first() else { continue };
        end.now += Duration::from_millis(40);
        match kind % kind::ALL {
            kind::PACKET => match end.packets.open(bytes) {
                Ok((About::Link, frame)) => hear_link(frame),
                Ok((About::Document(_), frame)) => end.hear(frame),
                Err(_) => {}
            },
            kind::FRAME => end.hear(bytes),
            kind::LINK => hear_link(bytes),
            _ => one_spelling(bytes, Receipt::decode(bytes), Receipt::encode),
        }
    }
    let wishes = end.session.tick(&hello(), &HELD, end.now + Duration::from_secs(120));
    check_wishes(&wishes);
}

fn hello() -> Hello {
    let (instance, access) = ([7; 16], Digest([8; 32]));
    Hello { versions: Versions::HERE, instance, frontier: HELD.digest(), access, chains: HELD.chains(), bytes: 50_000, back: false }
}

fn hear_link(bytes: &[u8]) {
    one_spelling(bytes, LinkFrame::decode(bytes), LinkFrame::encode);
}

impl End {
    fn hear(&mut self, bytes: &[u8]) {
        let read = Frame::decode(bytes);
        one_spelling(bytes, read.as_ref(), |frame| frame.encode());
        match read {
            Ok(frame) => self.take(frame),
            Err(error) => assert!(bytes.len() <= limits::FRAME || matches!(error, Malformed::TooLarge { .. })),
        }
    }

    /// Does with a frame what a document does before it believes it.
    fn take(&mut self, frame: Frame) {
        let hash_at = |chain: &ChainId, number| HELD.get(chain).filter(|at| at.number == number).map(|at| at.hash);
        let now = self.now;
        let wishes = match frame {
            Frame::Hello(theirs) => self.session.hear_hello(theirs, &hello(), &HELD, now).unwrap_or_default(),
            Frame::Compare(compare) => self.session.hear_compare(&compare, &HELD, &hash_at, now),
            Frame::Have(have) => {
                let _ = have.receipt.verify();
                self.session.hear_have(&have, &HELD, now)
            }
            Frame::Neighbours(devices) => {
                self.session.hear_neighbours(devices);
                Vec::new()
            }
            Frame::Records(bundle) | Frame::Live(bundle) => {
                for chain in &bundle.chains {
                    match chain {
                        BundleChain::Head(head) | BundleChain::Branch(Branch { head, .. }) => {
                            one_spelling(head, SignedHead::from_peer(head), SignedHead::encode)
                        }
                        BundleChain::Known(chain) => self.session.hear_records(*chain, 1, &HELD, now),
                    }
                }
                for record in bundle.runs.iter().flat_map(|run| &run.records) {
                    one_spelling(record, Record::decode(record), Record::encode);
                }
                Vec::new()
            }
            Frame::Packed(Packed { head, run }) => {
                head.iter().for_each(|head| one_spelling(head, SignedHead::from_peer(head), SignedHead::encode));
                one_spelling(&run, PackedRun::decode(&run), PackedRun::encode);
                Vec::new()
            }
            Frame::Presence(presence) => {
                for place in presence.selection.into_iter().flat_map(|(anchor, head)| [anchor, head]) {
                    let offset = self.replica.resolve(&Place(place));
                    assert!(offset.is_none_or(|offset| offset <= self.replica.length()), "a cursor behind the text");
                }
                Vec::new()
            }
            _ => Vec::new(),
        };
        check_wishes(&wishes);
    }
}

/// Whatever was heard, what is answered fits into a frame and reads back.
fn check_wishes(wishes: &[Wish]) {
    for wish in wishes {
        if let Wish::Send(_, frame) = wish {
            let bytes = frame.encode();
            assert_eq!(Frame::decode(&bytes).as_ref(), Ok(frame), "an answer that nobody can read");
        }
    }
}

/// What an honest peer says: the seeds.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let key = &MEMBER.0;
    let part = |kind: u8, bytes: Vec<u8>| [vec![kind], bytes].concat();
    let unsigned = Receipt {
        document: DocumentId([1; 32]),
        device: key.device(),
        instance: [2; 16],
        counter: 300,
        frontier: Digest([3; 32]),
        signature: sheaf_record::Signature([0; 64]),
    };
    let receipt = unsigned.sign(key);
    let mut few = Frontier::new();
    HELD.positions(&sheaf_record::Prefix::ALL).into_iter().step_by(9).for_each(|position| few.set(position));
    let asked: Compare = sheaf_protocol::Comparison::opening(&few);
    let hello = Hello { frontier: few.digest(), chains: few.chains(), ..hello() };
    let have = Frame::Have(Have { receipt: receipt.clone(), news: vec![(ChainId([4; 32]), 9)] });
    let mut lane = sheaf_protocol::PacketWriter::default();
    let about = About::Document(DocumentId([1; 32]));
    let packets = [
        lane.packet(About::Link, &LinkFrame::Greeting { versions: Versions::HERE }.encode()),
        lane.packet(about, &Frame::Hello(hello.clone()).encode()),
        lane.packet(about, &Frame::Bye.encode()),
    ];
    let spoken = super::record::honest().into_iter().find(|(name, _)| *name == "honest-run").expect("it is one of them").1;
    let records = spoken.iter().map(|record| record[1..].to_vec()).collect();
    let head = super::record::chain().head().encode();
    let bundle = sheaf_protocol::Bundle {
        chains: vec![
            BundleChain::Head(head.clone()),
            BundleChain::Known(ChainId([4; 32])),
            BundleChain::Branch(Branch { head, name: ChainId([5; 32]), number: 3, hash: Hash([6; 32]) }),
        ],
        runs: vec![sheaf_protocol::Run { chain: 0, first: 1, records }],
        seals: vec![sheaf_protocol::BundleSeal { chain: 0, number: 2, signature: sheaf_record::Signature([5; 64]) }],
    };
    let (mut replica, _) = Replica::found(ClientId(300)).expect("founding works");
    replica.push(&Delta::new().insert("some words\n"), &mut || [1; 32]).expect("a push");
    let places = [sheaf_replica::Stick::Before, sheaf_replica::Stick::After].map(|stick| replica.place(3, stick).expect("a place").0);
    let [anchor, focus] = places;
    let presence = sheaf_protocol::Presence { counter: 5, selection: Some((anchor, focus)), typing: true, gone: false };
    let (ticket, sealing) = (sheaf_access::TicketSeed::from_bytes([7; 32]), sheaf_access::SealingSeed::from_bytes([8; 32]));
    let request = sheaf_access::Request::new(&ticket, &DocumentId([1; 32]), key, &sealing);
    let asking = Frame::Request(sheaf_protocol::Asking { request: request.into(), name: "Ben".into() });
    let granted = Frame::Granted(sheaf_protocol::Granted { record: Hash([6; 32]), grant: request.encode(), bytes: 77 });
    let device =
        sheaf_access::AddDevice::consent(&DocumentId([1; 32]), Hash([2; 32]), &key.device(), sheaf_access::Role::Edit, key, &sealing);
    let knock = sheaf_protocol::Pairing::newcomer(ticket, key.device(), std::time::Duration::MAX)
        .knock(sheaf_protocol::OnLink { device: key.device(), exporter: &[3; 32] }, [4; 32], "Phone")
        .expect("it is its maker");
    let pairs = [
        LinkFrame::Pair(knock),
        LinkFrame::Accepts(vec![sheaf_protocol::Accept { document: DocumentId([1; 32]), added: device }]),
        LinkFrame::Dropped(vec![key.device()]),
    ];
    let frames = |frames: Vec<Frame>| frames.iter().map(|frame| part(kind::FRAME, frame.encode())).collect();
    vec![
        ("honest-packets", packets.into_iter().map(|packet| part(kind::PACKET, packet)).collect()),
        ("honest-comparison", frames(vec![Frame::Hello(hello), Frame::Compare(asked), Frame::Compare(Compare::default())])),
        ("honest-have", frames(vec![have, Frame::Receipts(vec![receipt.clone()])])),
        ("honest-bundle", frames(vec![Frame::Live(bundle)])),
        ("honest-presence", frames(vec![Frame::Presence(presence)])),
        ("honest-request", frames(vec![asking, granted])),
        ("honest-receipt", vec![part(kind::RECEIPT, receipt.encode())]),
        ("honest-devices", pairs.iter().map(|frame| part(kind::LINK, frame.encode())).collect()),
        ("honest-hashes", vec![part(kind::LINK, LinkFrame::Hashes { hashes: vec![[1; 16], [2; 16]], last: true }.encode())]),
    ]
}
