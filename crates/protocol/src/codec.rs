//! How frames are spelled: a tag, then the fields. One spelling per frame; every count is checked against the bytes that are left before
//! anything is allocated for it, so a frame of 64 KiB never costs more than a few times that.

use sheaf_access::{Request, Rotation, TicketKey};
use sheaf_base::{BlobId, ChainId, DeviceId, DocumentId, Hash, limits};
use sheaf_record::{Digest, MAX_RECORD, Malformed, Prefix, Reader, Signature, Writer};

use crate::frame::{
    Added, Ask, Asking, BlobPart, Branch, Bundle, BundleChain, BundleSeal, Compare, Dismissal, Frame, Granted, Have, Held, Hello, ItemHeld,
    Packed, Piece, Presence, Range, Receipt, RouteHint, Run, StateHash, Versions, WantBlob, Welcome,
};

/// The most bytes of an invitation, which holds a label of at most a name's length.
const INVITATION: usize = 1024;
/// The most bytes of a grant, which holds up to [`sheaf_access::limits::EPOCHS`] sealed secrets.
const GRANT: usize = 4096;
/// The most bytes of a secret that is dealt to one device.
const WRAP: usize = 256;
/// The fewest bytes of a rotation: its epoch, three lists, and how long it is.
const ROTATION: usize = 32 + 3 + 1;
/// The most bytes of a request, and of a name in UTF-8.
const REQUEST: usize = 512;
const NAME: usize = 3 * limits::NAME;
/// The most bytes of a head and its signature.
const HEAD: usize = 256;
/// The most bytes of a sticky place. Two of them, the rest of a presence, and the number and name of its document go into one datagram.
const PLACE: usize = 128;
const _: () = assert!(1 + 10 + 1 + 2 * (2 + PLACE) + 1 + 32 <= limits::PRESENCE);
/// The most bytes of a route.
const ROUTE: usize = 1024;
/// The most of anything that is a list in a frame: what fits is fewer.
const MANY: usize = limits::FRAME;

impl Frame {
    /// The bytes that go over the link.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(128);
        let w = &mut writer;
        match self {
            Frame::Ask(ask) => {
                w.byte(1).raw(&ask.ticket.0).raw(&ask.proof.0);
            }
            Frame::Welcome(welcome) => {
                w.byte(2).raw(&welcome.record.0).bytes(&welcome.invitation).varint(welcome.bytes);
            }
            Frame::Refuse(reason) => {
                w.byte(3).byte(*reason as u8);
            }
            Frame::Hello(hello) => write_hello(w.byte(4), hello),
            Frame::Compare(compare) => write_compare(w.byte(5), compare),
            Frame::Records(bundle) => write_bundle(w.byte(6), bundle),
            Frame::Live(bundle) => write_bundle(w.byte(7), bundle),
            Frame::Have(have) => write_have(w.byte(8), have),
            Frame::Receipts(receipts) => {
                w.byte(9).varint(receipts.len() as u64);
                receipts.iter().for_each(|receipt| receipt.write(w));
            }
            Frame::Presence(presence) => write_presence(w.byte(10), presence),
            Frame::StateHash(state) => {
                w.byte(11).raw(&state.applied.0).raw(&state.access.0).raw(&state.state);
            }
            Frame::Routes(routes) => {
                w.byte(12).varint(routes.len() as u64);
                for hint in routes {
                    w.raw(&hint.device.0).bytes(&hint.route);
                }
            }
            Frame::Neighbours(devices) => {
                w.byte(13).varint(devices.len() as u64);
                for device in devices {
                    w.raw(&device.0);
                }
            }
            Frame::Bye => {
                w.byte(14);
            }
            Frame::Supplied => {
                w.byte(15);
            }
            Frame::Packed(Packed { head, run }) => {
                w.byte(16).bytes(head.as_deref().unwrap_or_default()).bytes(run);
            }
            Frame::WantBlob(WantBlob { blob, size, piece }) => {
                write_piece(w.byte(17).raw(&blob.0).varint(*size), *piece);
            }
            Frame::Blob(BlobPart { blob, piece, at, bytes }) => {
                write_piece(w.byte(18).raw(&blob.0), *piece);
                w.varint(*at).bytes(bytes);
            }
            Frame::NoBlob(blob) => {
                w.byte(19).raw(&blob.0);
            }
            Frame::Request(Asking { request, name }) => {
                w.byte(20).bytes(&request.encode()).text(name);
            }
            Frame::Granted(Granted { record, grant, bytes }) => {
                w.byte(21).raw(&record.0).bytes(grant).varint(*bytes);
            }
            Frame::Added(added) => write_added(w.byte(23), added),
            Frame::Past(rotations) => {
                w.byte(22).varint(rotations.len() as u64);
                rotations.iter().for_each(|rotation| _ = w.bytes(&rotation.encode()));
            }
        }
        writer.into_bytes()
    }

    /// Reads exactly one frame.
    pub fn decode(bytes: &[u8]) -> Result<Frame, Malformed> {
        if bytes.len() > limits::FRAME {
            return Err(Malformed::TooLarge { what: "the frame", found: bytes.len() as u64, limit: limits::FRAME as u64 });
        }
        let mut reader = Reader::new(bytes);
        let r = &mut reader;
        let frame = match r.byte("the frame's kind")? {
            1 => Frame::Ask(Ask { ticket: TicketKey(r.array("the ticket's key")?), proof: Signature::read(r)? }),
            2 => Frame::Welcome(Welcome {
                record: Hash(r.array("the invitation's record")?),
                invitation: r.bytes(INVITATION, "the invitation")?.to_vec(),
                bytes: r.varint("the bytes in all")?,
            }),
            3 => Frame::Refuse(read_dismissal(r)?),
            4 => Frame::Hello(read_hello(r)?),
            5 => Frame::Compare(read_compare(r)?),
            6 => Frame::Records(read_bundle(r)?),
            7 => Frame::Live(read_bundle(r)?),
            8 => Frame::Have(Have { receipt: Receipt::read(r)?, news: read_news(r)? }),
            9 => Frame::Receipts(r.list(MANY, 177, "receipts", Receipt::read)?),
            10 => Frame::Presence(read_presence(r)?),
            11 => Frame::StateHash(StateHash {
                applied: Digest(r.array("a digest")?),
                access: Digest(r.array("a digest")?),
                state: r.array("a hash")?,
            }),
            12 => Frame::Routes(r.list(MANY, 33, "routes", |r| {
                Ok(RouteHint { device: DeviceId(r.array("a device")?), route: r.bytes(ROUTE, "a route")?.to_vec() })
            })?),
            13 => Frame::Neighbours(r.list(MANY, 32, "neighbours", |r| r.array("a device").map(DeviceId))?),
            14 => Frame::Bye,
            15 => Frame::Supplied,
            16 => {
                let head = r.bytes(HEAD, "a head")?;
                let head = (!head.is_empty()).then(|| head.to_vec());
                Frame::Packed(Packed { head, run: r.bytes(limits::FRAME, "a packed run")?.to_vec() })
            }
            17 => Frame::WantBlob(WantBlob { blob: read_blob(r)?, size: r.varint("the file's size")?, piece: read_piece(r)? }),
            18 => Frame::Blob(BlobPart {
                blob: read_blob(r)?,
                piece: read_piece(r)?,
                at: r.varint("where in the piece")?,
                bytes: r.bytes(limits::FRAME, "bytes of a file")?.to_vec(),
            }),
            19 => Frame::NoBlob(read_blob(r)?),
            20 => {
                let request = Box::new(Request::decode(r.bytes(REQUEST, "a request")?)?);
                Frame::Request(Asking { request, name: r.text(NAME, "the name of who asks")?.to_owned() })
            }
            21 => Frame::Granted(Granted {
                record: Hash(r.array("the grant's record")?),
                grant: r.bytes(GRANT, "the grant")?.to_vec(),
                bytes: r.varint("the bytes in all")?,
            }),
            22 => Frame::Past(r.list(MANY, ROTATION, "new secrets", |r| Rotation::decode(r.bytes(limits::FRAME, "a new secret")?))?),
            23 => Frame::Added(Added {
                wraps: r.list(sheaf_access::limits::EPOCHS, 1, "secrets", |r| Ok(r.bytes(WRAP, "a secret")?.to_vec()))?,
                bytes: r.varint("the bytes in all")?,
            }),
            found => return Err(Malformed::Unknown { what: "the frame's kind", found: found.into() }),
        };
        reader.finish()?;
        Ok(frame)
    }
}

impl Receipt {
    /// The bytes that are kept and sent.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(220);
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Reads exactly one receipt. Says nothing about its signature.
    pub fn decode(bytes: &[u8]) -> Result<Receipt, Malformed> {
        let mut reader = Reader::new(bytes);
        let receipt = Receipt::read(&mut reader)?;
        reader.finish()?;
        Ok(receipt)
    }

    pub(crate) fn write_unsigned(&self, w: &mut Writer) {
        w.raw(&self.document.0).raw(&self.device.0).raw(&self.instance).varint(self.counter).raw(&self.frontier.0);
    }

    fn write(&self, w: &mut Writer) {
        self.write_unsigned(w);
        w.raw(&self.signature.0);
    }

    fn read(r: &mut Reader<'_>) -> Result<Receipt, Malformed> {
        Ok(Receipt {
            document: DocumentId(r.array("the receipt's document")?),
            device: DeviceId(r.array("the receipt's device")?),
            instance: r.array("the receipt's instance")?,
            counter: r.varint("the receipt's counter")?,
            frontier: Digest(r.array("the receipt's frontier")?),
            signature: Signature::read(r)?,
        })
    }
}

fn write_have(w: &mut Writer, have: &Have) {
    have.receipt.write(w);
    w.varint(have.news.len() as u64);
    for (chain, number) in &have.news {
        w.raw(&chain.0).varint(*number);
    }
}

fn read_blob(r: &mut Reader<'_>) -> Result<BlobId, Malformed> {
    r.array("a file").map(BlobId)
}

fn write_piece(w: &mut Writer, piece: Piece) {
    match piece {
        Piece::List(from) => w.byte(1).varint(from),
        Piece::Chunk(chunk) => w.byte(2).varint(chunk),
    };
}

fn read_piece(r: &mut Reader<'_>) -> Result<Piece, Malformed> {
    match r.byte("the kind of piece")? {
        1 => r.varint("where in the list").map(Piece::List),
        2 => r.varint("a chunk").map(Piece::Chunk),
        found => Err(Malformed::Unknown { what: "the kind of piece", found: found.into() }),
    }
}

fn write_added(w: &mut Writer, Added { wraps, bytes }: &Added) {
    w.varint(wraps.len() as u64);
    wraps.iter().for_each(|wrap| _ = w.bytes(wrap));
    w.varint(*bytes);
}

fn write_hello(w: &mut Writer, hello: &Hello) {
    w.byte(hello.versions.lowest).byte(hello.versions.highest).raw(&hello.instance).raw(&hello.frontier.0).raw(&hello.access.0);
    w.varint(hello.chains).varint(hello.bytes).byte(hello.back.into());
}

fn read_hello(r: &mut Reader<'_>) -> Result<Hello, Malformed> {
    Ok(Hello {
        versions: Versions { lowest: r.byte("a version")?, highest: r.byte("a version")? },
        instance: r.array("the instance")?,
        frontier: Digest(r.array("the frontier's digest")?),
        access: Digest(r.array("the access digest")?),
        chains: r.varint("the number of chains")?,
        bytes: r.varint("the bytes in all")?,
        back: read_flag(r)?,
    })
}

fn read_flag(r: &mut Reader<'_>) -> Result<bool, Malformed> {
    match r.byte("a flag")? {
        0 => Ok(false),
        1 => Ok(true),
        found => Err(Malformed::Unknown { what: "a flag", found: found.into() }),
    }
}

fn write_compare(w: &mut Writer, compare: &Compare) {
    w.varint(compare.ranges.len() as u64);
    for range in &compare.ranges {
        range.prefix.write(w);
        match &range.held {
            Held::Digests(parts) => {
                let present = (0..16).filter(|index| parts[*index].is_some()).fold(0u16, |bits, index| bits | 1 << index);
                w.byte(1).raw(&present.to_be_bytes());
                parts.iter().flatten().for_each(|part| {
                    w.raw(part);
                });
            }
            Held::Items(items) => write_items(w.byte(2), items),
            Held::Lacking(items) => write_items(w.byte(3), items),
        }
    }
}

fn read_compare(r: &mut Reader<'_>) -> Result<Compare, Malformed> {
    let ranges = r.list(MANY, 2, "ranges", |r| {
        let prefix = Prefix::read(r)?;
        let held = match r.byte("the kind of range")? {
            1 => Held::Digests(read_parts(r)?),
            2 => Held::Items(read_items(r)?),
            3 => Held::Lacking(read_items(r)?),
            found => return Err(Malformed::Unknown { what: "the kind of range", found: found.into() }),
        };
        Ok(Range { prefix, held })
    })?;
    Ok(Compare { ranges })
}

fn read_parts(r: &mut Reader<'_>) -> Result<[Option<[u8; 8]>; 16], Malformed> {
    let present = u16::from_be_bytes(r.array("the parts of a range")?);
    let mut parts = [None; 16];
    for (index, part) in parts.iter_mut().enumerate() {
        if present & 1 << index != 0 {
            *part = Some(r.array("a digest")?);
        }
    }
    Ok(parts)
}

fn write_items(w: &mut Writer, items: &[ItemHeld]) {
    w.varint(items.len() as u64);
    for item in items {
        w.raw(&item.chain.0).varint(item.number).raw(&item.hash);
    }
}

fn read_items(r: &mut Reader<'_>) -> Result<Vec<ItemHeld>, Malformed> {
    r.list(MANY, 41, "chains", |r| {
        Ok(ItemHeld { chain: ChainId(r.array("a chain")?), number: r.varint("a number")?, hash: r.array("a hash")? })
    })
}

fn write_bundle(w: &mut Writer, bundle: &Bundle) {
    w.varint(bundle.chains.len() as u64);
    for chain in &bundle.chains {
        match chain {
            BundleChain::Known(chain) => w.byte(1).raw(&chain.0),
            BundleChain::Head(head) => w.byte(2).bytes(head),
            BundleChain::Branch(Branch { head, name, number, hash }) => w.byte(3).bytes(head).raw(&name.0).varint(*number).raw(&hash.0),
        };
    }
    w.varint(bundle.runs.len() as u64);
    for run in &bundle.runs {
        w.varint(run.chain).varint(run.first).varint(run.records.len() as u64);
        for record in &run.records {
            w.bytes(record);
        }
    }
    w.varint(bundle.seals.len() as u64);
    for seal in &bundle.seals {
        w.varint(seal.chain).varint(seal.number).raw(&seal.signature.0);
    }
}

fn read_bundle(r: &mut Reader<'_>) -> Result<Bundle, Malformed> {
    let chains = r.list(MANY, 2, "chains", |r| match r.byte("the kind of chain")? {
        1 => Ok(BundleChain::Known(ChainId(r.array("a chain")?))),
        2 => Ok(BundleChain::Head(r.bytes(HEAD, "a head")?.to_vec())),
        3 => Ok(BundleChain::Branch(Branch {
            head: r.bytes(HEAD, "a head")?.to_vec(),
            name: ChainId(r.array("the name of a branch")?),
            number: r.varint("a number")?,
            hash: Hash(r.array("a hash")?),
        })),
        found => Err(Malformed::Unknown { what: "the kind of chain", found: found.into() }),
    })?;
    let chain = |r: &mut Reader<'_>| r.varint_to((chains.len() as u64).saturating_sub(1), "the index of a chain");
    let runs = r.list(MANY, 4, "runs", |r| {
        let (chain, first) = (chain(r)?, r.varint("a number")?);
        let records = r.list(MANY, 4, "records", |r| r.bytes(MAX_RECORD, "a record").map(<[u8]>::to_vec))?;
        Ok(Run { chain, first, records })
    })?;
    let seals =
        r.list(MANY, 66, "seals", |r| Ok(BundleSeal { chain: chain(r)?, number: r.varint("a number")?, signature: Signature::read(r)? }))?;
    if chains.is_empty() && !(runs.is_empty() && seals.is_empty()) {
        return Err(Malformed::Truncated("the chains"));
    }
    Ok(Bundle { chains, runs, seals })
}

fn read_news(r: &mut Reader<'_>) -> Result<Vec<(ChainId, u64)>, Malformed> {
    r.list(MANY, 33, "news", |r| Ok((ChainId(r.array("a chain")?), r.varint("a number")?)))
}

fn write_presence(w: &mut Writer, presence: &Presence) {
    w.varint(presence.counter).byte(u8::from(presence.typing) | u8::from(presence.gone) << 1 | u8::from(presence.selection.is_some()) << 2);
    if let Some((anchor, head)) = &presence.selection {
        w.bytes(anchor).bytes(head);
    }
}

fn read_presence(r: &mut Reader<'_>) -> Result<Presence, Malformed> {
    let counter = r.varint("the counter")?;
    let flags = r.byte("the flags")?;
    if flags > 7 {
        return Err(Malformed::Unknown { what: "the flags", found: flags.into() });
    }
    let place = |r: &mut Reader<'_>| r.bytes(PLACE, "a place").map(<[u8]>::to_vec);
    let selection = if flags & 4 == 0 { None } else { Some((place(r)?, place(r)?)) };
    Ok(Presence { counter, selection, typing: flags & 1 != 0, gone: flags & 2 != 0 })
}

fn read_dismissal(r: &mut Reader<'_>) -> Result<Dismissal, Malformed> {
    let found = r.byte("the reason")?;
    Dismissal::ALL.into_iter().find(|reason| *reason as u8 == found).ok_or(Malformed::Unknown { what: "the reason", found: found.into() })
}
