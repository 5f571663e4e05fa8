//! What signing and sealing cost of a keystroke. There is no build without them to stand beside, so this is their share: the turn of a key at whoever
//! types it, and at whoever hears it, each beside the calls of cryptography alone that such a turn makes, over records of the same kind and size. Two
//! documents in one process, with no disk and no network: what is left of a turn is as small as it can be, and the share as large.

use std::time::Duration;

use sheaf_base::{DocumentId, Hash, Moment, Wall};
use sheaf_document::{
    Act, Answer, Document, Done, Frame, Here, Hydration, Input, LinkUp, Output, PeerId, Push, RequestId, Role, State, Stored, Ticket,
};
use sheaf_protocol::Chunks;
use sheaf_record::{ChainCipher, ChainReader, ChainWriter, DeviceKey, EpochSecret, Kind, Seal, Signature, Stamp};
use sheaf_schema::Delta;

use crate::Outcome;
use crate::times::{Times, took};

/// Keys that count, and before them some that do not.
const KEYS: usize = 2_000;
const WARM_UP: usize = 100;

/// About what yrs writes for a key in the middle of a text.
const UPDATE: usize = 24;

/// The link between the two.
const PEER: PeerId = PeerId(1);

const CLOCK: Wall = Wall(1_790_000_000_000);

pub(crate) fn measure() -> Outcome {
    let mut pair = Pair::meet()?;
    let (mut typed, mut heard) = (Vec::with_capacity(KEYS), Vec::with_capacity(KEYS));
    for key in 0..WARM_UP + KEYS {
        let (here, there) = pair.key(key as u64 + 1)?;
        if key >= WARM_UP {
            typed.push(here);
            heard.push(there);
        }
    }
    let (closing, opening) = alone()?;
    let (typed, heard, closing, opening) = (Times::of(typed), Times::of(heard), Times::of(closing), Times::of(opening));
    println!("{KEYS} keys, one a turn, in memory; cryptography alone over as many records of {UPDATE} bytes");
    typed.print("a key's turn at whoever types it", None);
    closing.print("  encrypting, hashing and signing alone", Some(&typed));
    heard.print("a key's turn at whoever hears it", None);
    opening.print("  verifying, hashing and decrypting alone", Some(&heard));
    let without = |turn: &Times, crypto: &Times| turn.median() - crypto.median();
    println!(
        "  so with {:.3} ms and {:.3} ms, without {:.3} ms and {:.3} ms",
        typed.median(),
        heard.median(),
        without(&typed, &closing),
        without(&heard, &opening)
    );
    Ok(())
}

/// What a turn of one key does with keys: at whoever writes it, and at whoever reads it.
fn alone() -> Outcome<(Vec<f64>, Vec<f64>)> {
    let (key, document, secret) = (DeviceKey::from_bytes(&[1; 32]), DocumentId([2; 32]), EpochSecret::from_bytes([3; 32]));
    let mut writer = ChainWriter::begin(&key, document, [4; 16], 1, CLOCK, &secret);
    let chain = writer.tip().chain;
    let (mut reader, cipher, mut tip) = (ChainReader::start(writer.head()), ChainCipher::new(&secret, &chain), writer.head().hash());
    let (mut closing, mut opening) = (Vec::with_capacity(KEYS), Vec::with_capacity(KEYS));
    for number in 0..KEYS as u64 {
        let ((written, seal), here) = took(|| {
            let written = writer.append(Kind::Body, Stamp::default(), &[number as u8; UPDATE], CLOCK);
            (written, Seal::sign(&key, &document, writer.tip()))
        });
        let bytes = written.map_err(|error| error.to_string())?.bytes;
        let (opened, there) = took(|| {
            let read = reader.read(&bytes).ok()?;
            seal.verify(&key.device(), &document).ok()?;
            cipher.open(&tip, &read.record).ok().map(|opened| (read.position.hash, opened))
        });
        let (hash, opened): (Hash, _) = opened.ok_or("what was closed did not open")?;
        if opened.plaintext != [number as u8; UPDATE] {
            return Err("something else came out than went in".to_owned());
        }
        tip = hash;
        closing.push(here);
        opening.push(there);
    }
    Ok((closing, opening))
}

/// One side: a document, and what it has written.
struct Side {
    document: Document,
    stored: Stored,
    frames: Vec<Frame>,
    ticket: Option<Ticket>,
}

/// Two that share a document and talk.
struct Pair {
    sides: [Side; 2],
    now: Duration,
}

impl Side {
    fn new(document: Document) -> Side {
        let stored = Stored::empty(document.id());
        Side { document, stored, frames: Vec::new(), ticket: None }
    }

    /// A turn, written to memory at once.
    fn turn(&mut self, now: Moment) {
        let mut turn = self.document.take_turn();
        self.stored.heads.append(&mut turn.writes.heads);
        self.stored.records.append(&mut turn.writes.records);
        self.stored.seals.append(&mut turn.writes.seals);
        for answer in turn.answers {
            if let Answer::Done { result: Ok(Done::Ticket(ticket, _)), .. } = answer {
                self.ticket = Some(*ticket);
            }
        }
        self.document.apply_written();
        for output in turn.at_once.into_iter().chain(self.document.take_outputs()) {
            match output {
                Output::Send { frame, .. } => self.frames.push(frame),
                Output::Supply { spans, .. } => {
                    let mut chunks = Chunks::new();
                    for head in &self.stored.heads {
                        chunks.head(head.chain, [&head.head[..], &head.signature].concat());
                    }
                    for seal in &self.stored.seals {
                        chunks.seal(seal.chain, seal.number, Signature(seal.signature));
                    }
                    let wanted = |chain, number| spans.iter().any(|span| span.chain == chain && span.after < number && number <= span.upto);
                    let records = self.stored.records.iter().filter(|row| wanted(row.chain, row.number));
                    self.frames.extend(records.filter_map(|row| chunks.record(row.chain, row.number, &row.bytes)).collect::<Vec<_>>());
                    self.frames.extend(chunks.finish());
                    self.document.handle(Input::LinkFree { peer: PEER }, now);
                }
                Output::Hydrate { .. } => {
                    let rows = (1u64..).zip(&self.stored.records).filter(|(_, row)| row.kind == Kind::Body.code());
                    let hydration = Hydration { snapshot: None, rows: rows.map(|(at, row)| (at, row.clone())).collect() };
                    self.document.handle(Input::Hydrate(hydration), now);
                }
                _ => {}
            }
        }
    }
}

impl Pair {
    /// Ada has made a document, Ben has joined, both have a window open.
    fn meet() -> Outcome<Pair> {
        let here = |byte: u8, name: &str| Here { key: [byte; 32], seed: [byte + 100; 32], name: name.into(), colour: "teal".into() };
        let now = Duration::from_secs(1);
        let moment = Moment { wall: CLOCK, elapsed: now };
        let mut ada = Side::new(Document::create(here(1, "Ada"), "Keys", moment).map_err(|error| error.to_string())?);
        let act = Act::Invite { role: Role::Edit, seed: [7; 32], label: String::new() };
        ada.document.handle(Input::Administer { request: RequestId(1), act }, moment);
        ada.turn(moment);
        let ticket = ada.ticket.clone().ok_or("there is no ticket")?;
        let ben = Side::new(Document::joining(here(2, "Ben"), ticket, moment));
        let mut pair = Pair { sides: [ada, ben], now };
        for side in 0..2 {
            let device = pair.sides[1 - side].document.device();
            let link = LinkUp { peer: PEER, device, exporter: [9; 32], settled: None };
            pair.sides[side].document.handle(Input::LinkUp(link), moment);
        }
        pair.settle();
        for side in &mut pair.sides {
            side.document.handle(Input::Open { view: "main".into() }, moment);
        }
        pair.settle();
        let ready = pair.sides.iter().all(|side| side.document.state() == State::Ready);
        if ready { Ok(pair) } else { Err("the two did not meet".to_owned()) }
    }

    fn moment(&self) -> Moment {
        Moment { wall: Wall(CLOCK.0 + self.now.as_millis() as u64), elapsed: self.now }
    }

    /// Lets everything be said that there is to say.
    fn settle(&mut self) {
        for _ in 0..100 {
            self.now += Duration::from_millis(200);
            let now = self.moment();
            for at in 0..2 {
                self.sides[at].document.handle(Input::Timeout, now);
                self.sides[at].turn(now);
                let frames = std::mem::take(&mut self.sides[at].frames);
                frames.into_iter().for_each(|frame| self.sides[1 - at].document.handle(Input::Receive { peer: PEER, frame }, now));
            }
        }
    }

    /// Ada types a key, Ben hears it: how long either turn took.
    fn key(&mut self, number: u64) -> Outcome<(f64, f64)> {
        self.now += Duration::from_millis(1);
        let now = self.moment();
        let [ada, ben] = &mut self.sides;
        let push = Push { view: "main".into(), number, version: number - 1, delta: Delta::new().insert("k"), undoes: None };
        let records = (ada.stored.records.len(), ben.stored.records.len());
        let ((), typed) = took(|| {
            ada.document.handle(Input::Push(push), now);
            ada.turn(now);
        });
        let frames = std::mem::take(&mut ada.frames);
        let ((), heard) = took(|| {
            frames.into_iter().for_each(|frame| ben.document.handle(Input::Receive { peer: PEER, frame }, now));
            ben.turn(now);
        });
        for frame in std::mem::take(&mut ben.frames) {
            ada.document.handle(Input::Receive { peer: PEER, frame }, now);
        }
        let written = (ada.stored.records.len() - records.0, ben.stored.records.len() - records.1);
        if written == (1, 1) { Ok((typed, heard)) } else { Err(format!("key {number} made {written:?} records")) }
    }
}
