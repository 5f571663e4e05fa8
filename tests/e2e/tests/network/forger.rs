//! A member whose program was patched: it has the keys, and says what the program would not.

use std::net::SocketAddr;
use std::time::Duration;

use iroh::endpoint::{RecvStream, SendStream};
use iroh::{Endpoint, EndpointAddr, PublicKey, TransportAddr};
use sheaf_base::{DeviceId, DocumentId, Hash, Position, Update};
use sheaf_e2e::{Person, eventually};
use sheaf_protocol::{
    About, Bundle, BundleChain, BundleSeal, Chunks, Dismissal, Frame, LinkFrame, PacketReader, PacketWriter, Run, Versions,
};
use sheaf_record::{ChainCipher, DeviceKey, EpochSecret, Kind, Record, Seal, Signature, SignedHead, Stamp};
use sheaf_store::{JournalChain, JournalRecord, JournalRow, SealRow, Store};

use crate::hostile::{endpoint, framed, opening, target};
use crate::together::{device_state, same_text, shared, until_has};

/// Everything that a member has: its key, and the document's journal.
pub(crate) struct Loot {
    key: DeviceKey,
    /// The same as it lies in the profile, for links in its name.
    pub(crate) bytes: [u8; 32],
    document: DocumentId,
    secret: EpochSecret,
    chains: Vec<JournalChain>,
    pub(crate) rows: Vec<JournalRow>,
    seals: Vec<SealRow>,
}

impl Loot {
    /// What is in the profile of somebody whose node does not run.
    pub(crate) fn of(person: &Person, document: &str) -> Loot {
        let key = std::fs::read_to_string(person.home().join("device.key")).expect("a profile has a key");
        let key: DeviceId = key.trim().parse().expect("spelled as an id is");
        let document = document.parse().expect("an id");
        let store = Store::open(person.home()).expect("nobody else has the profile");
        let loot = store.read(|reader| {
            Ok(Loot {
                key: DeviceKey::from_bytes(&key.0),
                bytes: key.0,
                document,
                secret: EpochSecret::from_bytes(reader.secrets(document)?[0].secret),
                chains: reader.chains(document)?,
                rows: reader.records(document, 0, 10_000)?,
                seals: reader.seals(document)?,
            })
        });
        store.close();
        loot.expect("a sound journal")
    }

    /// Which document it is.
    pub(crate) fn document(&self) -> DocumentId {
        self.document
    }

    /// What opens it.
    pub(crate) fn secret(&self) -> &EpochSecret {
        &self.secret
    }

    /// The newest records: those that no other stands on.
    pub(crate) fn newest(&self) -> Vec<Hash> {
        let mut newest: Vec<Hash> = Vec::new();
        for JournalRow { record, .. } in &self.rows {
            let stamp = Record::decode(&record.bytes).expect("a sound journal").stamp;
            let before = self.before(record);
            newest.retain(|hash| *hash != before && !stamp.parents().contains(hash));
            newest.push(record.hash);
        }
        newest
    }

    /// The hash of what a record follows in its chain.
    fn before(&self, record: &JournalRecord) -> Hash {
        let before = self.rows.iter().map(|row| &row.record).find(|it| it.chain == record.chain && it.number + 1 == record.number);
        before.map_or(Hash(record.chain.0), |before| before.hash)
    }

    /// All that was written in the text, in the order in which it came.
    pub(crate) fn updates(&self) -> Vec<Update> {
        let body = self.rows.iter().map(|row| &row.record).filter(|record| record.kind == Kind::Body.code());
        let opened = body.map(|record| {
            let sealed = Record::decode(&record.bytes).expect("a sound journal");
            ChainCipher::new(&self.secret, &record.chain).open(&self.before(record), &sealed).expect("closed with the one secret").plaintext
        });
        opened.map(Update).collect()
    }

    /// The whole journal, as it would be supplied.
    pub(crate) fn everything(&self) -> Vec<Frame> {
        let mut chunks = Chunks::new();
        self.chains.iter().for_each(|chain| chunks.head(chain.chain, signed(chain)));
        for seal in &self.seals {
            chunks.seal(seal.chain, seal.number, Signature(seal.signature.clone().try_into().expect("64 bytes")));
        }
        let mut frames = Vec::new();
        for row in &self.rows {
            frames.extend(chunks.record(row.record.chain, row.record.number, &row.record.bytes));
        }
        frames.extend(chunks.finish());
        frames
    }

    /// A chain of a device, and where it ends.
    fn chain_of(&self, mine: bool) -> (SignedHead, Position) {
        let heads = self.chains.iter().map(|chain| SignedHead::from_journal(&signed(chain)).expect("a sound head"));
        let head = heads.rev().find(|head| (head.device() == self.key.device()) == mine).expect("both have written");
        let last = self.rows.iter().rfind(|row| row.record.chain == head.chain()).expect("a chain has records");
        (head.clone(), Position { chain: head.chain(), number: last.record.number, hash: last.record.hash })
    }

    /// One more record at the end of a chain, sealed with this device's key, whosever the chain is.
    fn appended(&self, head: BundleChain, tip: Position) -> Frame {
        let record = ChainCipher::new(&self.secret, &tip.chain).close(&tip.hash, Kind::Body, Stamp::default(), 0, b"forged").encode();
        let position = Position { number: tip.number + 1, hash: Record::hash(&tip.hash, &record), ..tip };
        one(head, position.number, record, Seal::sign(&self.key, &self.document, position).signature)
    }

    /// Another record under the number of this device's newest edit, with a word of it spelled otherwise: as valid as the one it has told.
    pub(crate) fn another_history(&self, word: &str, other: &str) -> Frame {
        let (head, _) = self.chain_of(true);
        let own = || self.rows.iter().map(|row| &row.record).filter(|record| record.chain == head.chain());
        let last = own().rfind(|record| record.kind == Kind::Body.code()).expect("it has written");
        let before = own().find(|record| record.number + 1 == last.number).map_or(head.hash(), |record| record.hash);
        let cipher = ChainCipher::new(&self.secret, &head.chain());
        let record = Record::decode(&last.bytes).expect("a sound journal");
        let opened = cipher.open(&before, &record).expect("its own");
        let at = opened.plaintext.windows(word.len()).position(|bytes| bytes == word.as_bytes()).expect("it says the word");
        let content = [&opened.plaintext[..at], other.as_bytes(), &opened.plaintext[at + word.len()..]].concat();
        let record = cipher.close(&before, Kind::Body, record.stamp, opened.seconds, &content).encode();
        let position = Position { chain: head.chain(), number: last.number, hash: Record::hash(&before, &record) };
        let signature = Seal::sign(&self.key, &self.document, position).signature;
        one(BundleChain::Head(head.encode()), position.number, record, signature)
    }

    /// The next record of Ada's chain, by this device's hand.
    fn in_her_name(&self) -> Frame {
        let (head, tip) = self.chain_of(false);
        self.appended(BundleChain::Known(head.chain()), tip)
    }

    /// A new chain whose head names Ada, with a signature of this device under it.
    fn under_her_head(&self) -> Frame {
        let (mut theirs, _) = self.chain_of(false);
        let mut head = theirs.head().clone();
        head.nonce = [9; 16];
        theirs = head.sign(&self.key);
        let tip = Position { chain: theirs.chain(), number: 0, hash: theirs.hash() };
        self.appended(BundleChain::Head(theirs.encode()), tip)
    }

    /// The next record of this device's own chain, which is no update of a text.
    fn nonsense(&self) -> Frame {
        let (head, tip) = self.chain_of(true);
        self.appended(BundleChain::Known(head.chain()), tip)
    }
}

fn signed(chain: &JournalChain) -> Vec<u8> {
    [&chain.head[..], &chain.signature].concat()
}

fn one(chain: BundleChain, number: u64, record: Vec<u8>, signature: Signature) -> Frame {
    let seals = vec![BundleSeal { chain: 0, number, signature }];
    Frame::Live(Bundle { chains: vec![chain], runs: vec![Run { chain: 0, first: number, records: vec![record] }], seals })
}

/// A link to somebody's node, held by hand.
pub(crate) struct ByHand {
    pub(crate) endpoint: Endpoint,
    fast: Hand,
    bulk: Hand,
    document: DocumentId,
}

/// One lane of it.
struct Hand {
    to: SendStream,
    from: RecvStream,
    says: PacketWriter,
    hears: PacketReader,
    /// The other side has opened it, with the same words; it says them on the first lane only.
    open: bool,
}

impl Hand {
    async fn open(connection: &iroh::endpoint::Connection, lane: u8) -> Hand {
        let (mut to, from) = connection.open_bi().await.expect("a lane");
        to.write_all(&opening(lane)).await.expect("open");
        Hand { to, from, says: PacketWriter::default(), hears: PacketReader::default(), open: lane != 0 }
    }

    async fn say(&mut self, about: About, bytes: &[u8]) {
        let packet = self.says.packet(about, bytes);
        self.to.write_all(&framed(&packet)).await.expect("the link is open");
    }

    /// The next frame about a document; none: the link is down.
    async fn hear(&mut self) -> Option<Frame> {
        if !std::mem::replace(&mut self.open, true) {
            self.from.read_exact(&mut [0; 15]).await.ok()?;
        }
        loop {
            let mut length = [0; 4];
            self.from.read_exact(&mut length).await.ok()?;
            let mut packet = vec![0; u32::from_be_bytes(length) as usize];
            self.from.read_exact(&mut packet).await.ok()?;
            if let (About::Document(_), rest) = self.hears.open(&packet).expect("a packet") {
                return Some(Frame::decode(rest).expect("a frame"));
            }
        }
    }
}

impl ByHand {
    pub(crate) async fn connect(loot: &Loot, secret: [u8; 32], device: PublicKey, address: SocketAddr) -> ByHand {
        ByHand::about(loot.document, secret, (device, address)).await
    }

    /// The same about any document.
    pub(crate) async fn about(document: DocumentId, secret: [u8; 32], (device, address): (PublicKey, SocketAddr)) -> ByHand {
        let endpoint = endpoint(secret).await;
        let there = EndpointAddr::from_parts(device, [TransportAddr::Ip(address)]);
        let connection = endpoint.connect(there, b"sheaf/1").await.expect("a member is let in");
        let (mut fast, bulk) = (Hand::open(&connection, 0).await, Hand::open(&connection, 1).await);
        fast.say(About::Link, &LinkFrame::Greeting { versions: Versions::HERE }.encode()).await;
        ByHand { endpoint, fast, bulk, document }
    }

    pub(crate) async fn say(&mut self, frame: &Frame) {
        self.say_of(self.document, frame).await;
    }

    /// Says something of another document.
    pub(crate) async fn say_of(&mut self, document: DocumentId, frame: &Frame) {
        self.fast.say(About::Document(document), &frame.encode()).await;
    }

    pub(crate) async fn say_bulk(&mut self, frame: &Frame) {
        self.bulk.say(About::Document(self.document), &frame.encode()).await;
    }

    /// The next frame about a document on the fast lane; none: the link is down.
    pub(crate) async fn hear(&mut self) -> Option<Frame> {
        self.fast.hear().await
    }

    /// The next frame about a document on the bulk lane; none: the link is down.
    pub(crate) async fn hear_bulk(&mut self) -> Option<Frame> {
        self.bulk.hear().await
    }

    /// Hears what is answered until this device is dismissed; says why.
    pub(crate) async fn dismissed(&mut self) -> Dismissal {
        loop {
            if let Frame::Refuse(why) = self.hear().await.expect("a word before the end") {
                return why;
            }
        }
    }
}

#[test]
fn a_member_can_forge_nothing_and_repeat_everything_in_vain() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    ben.add(&document, "Ben, as himself.");
    until_has(&ada, &document, "Ben, as himself.");
    let text = same_text(&[&ada, &ben], &document);
    eventually("Ada to know that Ben has all", || (device_state(&ada, &document, "Ben")["state"] == "has_all").then_some(()));
    ben_up.stop();
    ada_up.stop();
    let (loot, before) = (Loot::of(&ben, &document), Loot::of(&ada, &document).rows.len());
    let secret = std::fs::read_to_string(ben.home().join("device.key")).expect("Ben's key");
    let secret = secret.trim().parse::<DeviceId>().expect("spelled as an id is").0;

    let mut ada_up = ada.up();
    let (device, address) = target(&ada, &ada.done(["share", &document]));
    let invited = 1;
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (what, forged) in [
        ("a record in Ada's chain, and nothing else", loot.in_her_name()),
        ("a chain under Ada's name", loot.under_her_head()),
        ("nonsense in a chain of one's own", loot.nonsense()),
    ] {
        let why = runtime.block_on(async {
            let mut link = ByHand::connect(&loot, secret, device, address).await;
            // What has been said before is heard before the forgery, and changes nothing.
            for frame in loot.everything().into_iter().chain(loot.everything()) {
                link.say(&frame).await;
            }
            link.say(&forged).await;
            // One seal that does not fit may be a fork's doing; so many are nobody's accident.
            for _ in 0..10 {
                link.say(&loot.in_her_name()).await;
            }
            let why = tokio::time::timeout(Duration::from_secs(20), link.dismissed()).await.expect("an answer");
            link.endpoint.close().await;
            why
        });
        assert_eq!(why, Dismissal::Invalid, "{what}");
        assert_eq!(ada.text(&document), text, "{what}");
    }
    assert!(ada_up.is_running());
    ada_up.stop();
    assert_eq!(Loot::of(&ada, &document).rows.len(), before + invited, "the new invitation, and not a record more");

    // Ben's own program, whose chains those were not, is heard as before.
    let (_ada_up, _ben_up) = (ada.up(), ben.up());
    ben.add(&document, "Ben, as himself again.");
    until_has(&ada, &document, "Ben, as himself again.");
    same_text(&[&ada, &ben], &document);
}
