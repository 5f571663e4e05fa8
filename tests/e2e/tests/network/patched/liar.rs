//! A program that was patched to lie: it has a device's key and all that this device ever held, keeps every rule of form, and none of who may.
//!
//! What it writes is a chain as everybody's, closed with the document's secret, sealed with a key that is its own: there is nothing about it to refuse
//! but that its author may not.

use std::net::SocketAddr;
use std::time::Duration;

use iroh::PublicKey;
use sheaf_access::Operation;
use sheaf_base::{DocumentId, Hash, Update, Wall};
use sheaf_protocol::{Bundle, BundleChain, BundleSeal, Dismissal, Frame, Hello, Run, Versions};
use sheaf_record::{ChainWriter, DeviceKey, Digest, Kind, Stamp};
use sheaf_replica::Replica;
use sheaf_schema::Delta;

use crate::forger::{ByHand, Loot};

/// Nobody decides anything by it, so it may as well be wrong.
const CLOCK: Wall = Wall(1_700_000_000_000);

/// Longer than an answer over loopback takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A chain that such a program writes.
pub(crate) struct Liar {
    key: DeviceKey,
    document: DocumentId,
    writer: ChainWriter,
    /// The text as it was when the profile was taken.
    replica: Replica,
    /// What its next record stands on: at first the newest of each chain that was in the profile, so of anything that was written since it knows
    /// nothing. That is what it takes to backdate.
    stands_on: Vec<Hash>,
    records: Vec<Vec<u8>>,
}

impl Liar {
    /// A new chain of the device whose profile this is.
    pub(crate) fn of(loot: &Loot, nonce: u8) -> Liar {
        Liar::with(loot, loot.bytes, loot.document(), nonce)
    }

    /// The same of another device, or for another document.
    pub(crate) fn with(loot: &Loot, key: [u8; 32], document: DocumentId, nonce: u8) -> Liar {
        let key = DeviceKey::from_bytes(&key);
        let writer = ChainWriter::begin(&key, document, [nonce; 16], 1, CLOCK, loot.secret());
        let mut replica = Replica::empty(writer.tip().chain.client());
        replica.apply(&loot.updates()).expect("a journal is in order");
        Liar { key, document, writer, replica, stands_on: loot.newest(), records: Vec::new() }
    }

    /// What it writes stands on this record, and on what that stands on.
    pub(crate) fn after(mut self, record: Hash) -> Liar {
        self.stands_on = vec![record];
        self
    }

    /// Writes words at the beginning of the text.
    pub(crate) fn writes(mut self, words: &str) -> Liar {
        let pushed = self.replica.push(&Delta::new().insert(words), &mut || [7; 32]).expect("words fit a text");
        for Update(update) in pushed.updates {
            self.record(Kind::Body, &update);
        }
        self
    }

    /// Says something about who may.
    pub(crate) fn says(mut self, operation: &Operation) -> Liar {
        self.record(Kind::Access, &operation.encode());
        self
    }

    fn record(&mut self, kind: Kind, content: &[u8]) {
        let stamp = Stamp::new(std::mem::take(&mut self.stands_on)).expect("few chains");
        self.records.push(self.writer.append(kind, stamp, content, CLOCK).expect("it fits").bytes);
    }

    /// The chain and what encloses names in it: for who words an operation by hand.
    pub(crate) fn writer(&self) -> &ChainWriter {
        &self.writer
    }

    /// The newest record.
    pub(crate) fn tip(&self) -> Hash {
        self.writer.tip().hash
    }

    /// From now on its seals say that it was written in this document.
    pub(crate) fn seal_for(&mut self, document: DocumentId) {
        self.document = document;
    }

    /// All of it, sealed.
    pub(crate) fn bundle(&self) -> Bundle {
        let seal = self.writer.seal(&self.key, &self.document);
        Bundle {
            chains: vec![BundleChain::Head(self.writer.head().encode())],
            runs: vec![Run { chain: 0, first: 1, records: self.records.clone() }],
            seals: vec![BundleSeal { chain: 0, number: seal.position.number, signature: seal.signature }],
        }
    }

    /// The same, as it is told while somebody writes.
    pub(crate) fn live(&self) -> Frame {
        Frame::Live(self.bundle())
    }
}

/// Somebody's node, as a ticket says where it is.
pub(crate) type Target = (PublicKey, SocketAddr);

/// A greeting that holds nothing.
pub(crate) fn hello() -> Frame {
    let (frontier, access) = (Digest::EMPTY, Digest::EMPTY);
    Frame::Hello(Hello { versions: Versions::HERE, instance: [3; 16], frontier, access, chains: 0, bytes: 0, back: false })
}

/// Connects as the device with this key, says these frames, and hears why it is turned away.
pub(crate) fn answer(document: DocumentId, key: [u8; 32], at: Target, frames: &[Frame]) -> Dismissal {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async { turned_away(say(document, key, at, frames).await).await })
}

/// The same of records that are brought as if they had been missed: on the bulk lane, which is listened to once both talk.
pub(crate) fn answer_to_missed(document: DocumentId, key: [u8; 32], at: Target, records: Bundle) -> Dismissal {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut link = say(document, key, at, &[hello()]).await;
        let talks = async { while !matches!(link.hear().await, Some(Frame::Hello(_)) | None) {} };
        tokio::time::timeout(PATIENCE, talks).await.expect("a greeting");
        link.say_bulk(&Frame::Records(records)).await;
        turned_away(link).await
    })
}

/// Connects as the device with this key and says these frames; the link stays up while `meanwhile` looks at what comes of it.
pub(crate) fn while_saying(document: DocumentId, key: [u8; 32], at: Target, frames: &[Frame], meanwhile: impl FnOnce()) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let link = say(document, key, at, frames).await;
        meanwhile();
        link.endpoint.close().await;
    });
}

async fn say(document: DocumentId, key: [u8; 32], at: Target, frames: &[Frame]) -> ByHand {
    let mut link = ByHand::about(document, key, at).await;
    for frame in frames {
        link.say(frame).await;
    }
    link
}

async fn turned_away(mut link: ByHand) -> Dismissal {
    let why = tokio::time::timeout(PATIENCE, link.dismissed()).await.expect("a reason");
    link.endpoint.close().await;
    why
}
