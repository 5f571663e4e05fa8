//! An invitation as text: what one person pastes to another. And, spelled alike, what links a further device of one's own ([`DeviceTicket`]).
//!
//! `sheaf`, then in lower-case base32 without padding: version, document, inviter's device, seed, title, inviter's name, role, in version 2 its
//! kind, in version 3 its kind and how many documents the folder holds that it is for, up to four routes, and four bytes of BLAKE3 over all that.
//! An open ticket to a text is of version 1, which every build reads. There is one spelling; a changed letter is refused. Reading a ticket says nothing
//! about whether what it says is true: title and name are the sender's words, shown as unproven.

use core::net::IpAddr;
use std::{fmt, str::FromStr, sync::LazyLock};

use data_encoding::{Encoding, Specification};
use sheaf_base::{DeviceId, DocumentId, limits};
use sheaf_record::{Malformed, Reader, Writer};

use crate::{operation::cut, role::Role, seed::TicketSeed};

pub use device::DeviceTicket;

mod device;

const PREFIX: &str = "sheaf";
const LINK: &str = "sheaf://join/";
const VERSION: u8 = 1;
/// What says its kind. An older build asks for a newer one of itself, and does not knock in vain.
const WITH_KIND: u8 = 2;
/// What is for a folder: whoever follows it follows tickets to everything in that, which an older build would not, and should be told before.
const TO_FOLDER: u8 = 3;
const CHECKSUM: usize = 4;

/// Bytes of the title and of the inviter's name: enough to recognise them by, and a full ticket stays below [`limits::TICKET`].
const TITLE: usize = 360;
const NAME: usize = 180;
const ROUTES: usize = 4;
const ADDRESSES: usize = 8;
const RELAY: usize = 255;

/// What a ticket says. Writing one shortens what is too long: titles, names and routes are hints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The document.
    pub document: DocumentId,
    /// The device that invites.
    pub inviter: DeviceId,
    /// The secret that makes it worth something.
    pub seed: TicketSeed,
    /// What the inviter calls the document.
    pub title: String,
    /// What the inviter calls themselves.
    pub name: String,
    /// What whoever joins may do, as the inviter says.
    pub role: Role,
    /// How one comes in by it, as the inviter says.
    pub kind: TicketKind,
    /// For a folder: how many documents were in it when the ticket was made, as the inviter says.
    pub folder: Option<u32>,
    /// Where to ask, best first.
    pub routes: Vec<Route>,
}

/// How one comes in by a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketKind {
    /// Whoever has it comes in, through any member that is reached.
    Open = 0,
    /// The device that made it lets in: so many, or until a day.
    Counted = 1,
    /// The same, and its person looks at each who asks.
    Approved = 2,
    /// Not by asking: another device of the same person has added this one. Kept where a ticket would be, and never given to anybody.
    Added = 3,
}

impl TicketKind {
    /// That of a counted invitation.
    pub fn of(approved: bool) -> Self {
        if approved { Self::Approved } else { Self::Counted }
    }

    /// Whether the maker of the invitation is asked, and lets in.
    pub fn is_granted(self) -> bool {
        matches!(self, Self::Counted | Self::Approved)
    }

    /// In a ticket that says its kind. That of an open one to a text is said by the version.
    fn read(reader: &mut Reader<'_>, version: u8) -> Result<Self, Malformed> {
        match reader.byte("the invitation's kind")? {
            0 if version == TO_FOLDER => Ok(Self::Open),
            1 => Ok(Self::Counted),
            2 => Ok(Self::Approved),
            3 => Ok(Self::Added),
            found => Err(Malformed::Unknown { what: "the invitation's kind", found: found.into() }),
        }
    }
}

/// How a device may be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Which device.
    pub device: DeviceId,
    /// The URL of the relay it is at home on.
    pub relay: Option<String>,
    /// Its addresses, where the network profile lets them be told.
    pub addresses: Vec<Address>,
}

/// An address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// The UDP port.
    pub port: u16,
}

/// Why a text is not a ticket, in words for the person who pasted it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Nothing was pasted.
    #[error("There is no invitation here. Paste the whole text; it begins with “sheaf”.")]
    Empty,
    /// Something else was pasted.
    #[error("This is not an invitation to a Sheaf document. An invitation begins with “sheaf”.")]
    NotATicket,
    /// Far more than a ticket was pasted.
    #[error("This is longer than any invitation. Paste only the invitation itself.")]
    TooLong,
    /// White space inside.
    #[error("This invitation is broken into pieces by spaces or line ends. Paste it in one piece.")]
    InPieces,
    /// A letter that does not occur in tickets.
    #[error("This invitation contains “{0}”, which no invitation does. Ask for a new one, or paste it again.")]
    Letter(char),
    /// The checksum does not hold: cut short, or a letter changed.
    #[error("This invitation is not complete. Ask for a new one, or paste it again.")]
    Incomplete,
    /// Whole, and for linking a device instead of opening a document.
    #[error(
        "This links a device to somebody's library, and invites to no document. Open it under “Your devices”, or with `sheaf link-device`."
    )]
    ForDevice,
    /// Whole, and for opening a document instead of linking a device.
    #[error("This is an invitation to a document, and links no device. Join the document with it.")]
    ForDocument,
    /// Whole, and of a version that this build does not know.
    #[error("This invitation was made with another version of Sheaf (format {0}). Update Sheaf, then open it again.")]
    OtherVersion(u8),
    /// Whole, and senseless.
    #[error("This invitation was made wrongly ({0}). Ask for a new one.")]
    Malformed(#[from] Malformed),
}

static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().expect("thirty-two different letters make a base32")
});

impl Ticket {
    /// What stands in a ticket's place for a device that another one of its person, `by`, adds: who is waited for, and nothing to show.
    pub fn added(document: DocumentId, by: DeviceId, title: String, name: String, role: Role) -> Self {
        let seed = TicketSeed::from_bytes([0; 32]);
        Self { document, inviter: by, seed, title, name, role, kind: TicketKind::Added, folder: None, routes: Vec::new() }
    }

    /// The ticket as text.
    pub fn encode(&self) -> String {
        text_of(self.contents())
    }

    /// The ticket as a link that the system opens with Sheaf.
    pub fn link(&self) -> String {
        format!("{LINK}{}", self.encode())
    }

    /// Reads a pasted or clicked ticket: with or without `sheaf://join/`, with white space around it.
    pub fn parse(pasted: &str) -> Result<Self, TicketError> {
        let contents = contents_of(pasted)?;
        match contents.first() {
            Some(&(VERSION | WITH_KIND | TO_FOLDER)) => {}
            Some(&DeviceTicket::VERSION) => return Err(TicketError::ForDevice),
            Some(&other) => return Err(TicketError::OtherVersion(other)),
            None => return Err(TicketError::Incomplete),
        }
        let ticket = Self::read(&contents)?;
        if ticket.contents() == contents { Ok(ticket) } else { Err(Malformed::NotCanonical("a text in it").into()) }
    }

    fn contents(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let version = match (self.folder, self.kind) {
            (Some(_), _) => TO_FOLDER,
            (None, TicketKind::Open) => VERSION,
            (None, _) => WITH_KIND,
        };
        writer.byte(version).raw(&self.document.0).raw(&self.inviter.0).raw(self.seed.as_bytes());
        writer.text(&plain(&self.title, TITLE)).text(&plain(&self.name, NAME)).byte(self.role.code());
        if version != VERSION {
            writer.byte(self.kind as u8);
        }
        if let Some(documents) = self.folder {
            writer.varint(documents.into());
        }
        Route::write_all(&self.routes, &mut writer);
        writer.into_bytes()
    }

    fn read(contents: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(contents);
        let version = reader.byte("the version")?;
        let ticket = Self {
            document: DocumentId(reader.array("the document")?),
            inviter: DeviceId(reader.array("the inviter")?),
            seed: TicketSeed::from_bytes(reader.array("the seed")?),
            title: reader.text(TITLE, "the title")?.to_owned(),
            name: reader.text(NAME, "the inviter's name")?.to_owned(),
            role: Role::read(&mut reader)?,
            kind: if version == VERSION { TicketKind::Open } else { TicketKind::read(&mut reader, version)? },
            folder: (version == TO_FOLDER).then(|| read_count(&mut reader)).transpose()?,
            routes: Route::read_all(&mut reader)?,
        };
        reader.finish()?;
        Ok(ticket)
    }
}

impl Route {
    fn write_all(routes: &[Self], writer: &mut Writer) {
        let routes = &routes[..routes.len().min(ROUTES)];
        writer.varint(routes.len() as u64);
        routes.iter().for_each(|route| route.write(writer));
    }

    fn read_all(reader: &mut Reader<'_>) -> Result<Vec<Self>, Malformed> {
        let count = reader.count(ROUTES, 34, "the routes")?;
        (0..count).map(|_| Self::read(reader)).collect()
    }

    fn write(&self, writer: &mut Writer) {
        let relay = self.relay.as_deref().filter(|relay| relay.len() <= RELAY).unwrap_or_default();
        let addresses = &self.addresses[..self.addresses.len().min(ADDRESSES)];
        writer.raw(&self.device.0).text(relay).varint(addresses.len() as u64);
        for Address { ip, port } in addresses {
            match ip.to_canonical() {
                IpAddr::V4(ip) => writer.byte(4).raw(&ip.octets()),
                IpAddr::V6(ip) => writer.byte(6).raw(&ip.octets()),
            };
            writer.raw(&port.to_be_bytes());
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let device = DeviceId(reader.array("a route's device")?);
        let relay = Some(reader.text(RELAY, "a route's relay")?).filter(|relay| !relay.is_empty()).map(str::to_owned);
        let count = reader.count(ADDRESSES, 7, "a route's addresses")?;
        let addresses = (0..count).map(|_| Address::read(reader)).collect::<Result<_, _>>()?;
        Ok(Self { device, relay, addresses })
    }
}

impl Address {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let ip = match reader.byte("an address's family")? {
            4 => IpAddr::from(reader.array::<4>("an address")?),
            6 => IpAddr::from(reader.array::<16>("an address")?),
            found => return Err(Malformed::Unknown { what: "an address's family", found: found.into() }),
        };
        Ok(Self { ip, port: u16::from_be_bytes(reader.array("a port")?) })
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.encode())
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(pasted: &str) -> Result<Self, TicketError> {
        Self::parse(pasted)
    }
}

fn read_count(reader: &mut Reader<'_>) -> Result<u32, Malformed> {
    let what = "the documents in the folder";
    let found = reader.varint(what)?;
    u32::try_from(found).map_err(|_| Malformed::Unknown { what, found })
}

/// A ticket's contents as text.
fn text_of(mut contents: Vec<u8>) -> String {
    contents.extend_from_slice(&checksum(&contents));
    let mut text = PREFIX.to_owned();
    BASE32.encode_append(&contents, &mut text);
    text
}

/// What a pasted or clicked ticket holds, once nothing of it was lost or changed on its way.
fn contents_of(pasted: &str) -> Result<Vec<u8>, TicketError> {
    let text = pasted.trim();
    let text = text.strip_prefix(LINK).unwrap_or(text);
    if text.is_empty() {
        return Err(TicketError::Empty);
    }
    let letters = text.strip_prefix(PREFIX).ok_or(TicketError::NotATicket)?;
    if text.len() > limits::TICKET {
        return Err(TicketError::TooLong);
    }
    if let Some(letter) = letters.chars().find(|letter| !matches!(letter, 'a'..='z' | '2'..='7')) {
        return Err(if letter.is_whitespace() { TicketError::InPieces } else { TicketError::Letter(letter) });
    }
    let mut bytes = BASE32.decode(letters.as_bytes()).map_err(|_| TicketError::Incomplete)?;
    let (contents, check) = bytes.split_last_chunk::<CHECKSUM>().ok_or(TicketError::Incomplete)?;
    if *check != checksum(contents) {
        return Err(TicketError::Incomplete);
    }
    bytes.truncate(bytes.len() - CHECKSUM);
    Ok(bytes)
}

/// Over everything before it, in every version to come.
fn checksum(contents: &[u8]) -> [u8; CHECKSUM] {
    let hash = blake3::Hasher::new().update(b"sheaf ticket").update(contents).finalize();
    std::array::from_fn(|index| hash.as_bytes()[index])
}

/// Words for a dialog of somebody who does not know the sender: no line ends of any kind, nothing that turns the direction of what follows.
fn plain(text: &str, limit: usize) -> String {
    let breaks = |letter| matches!(letter, '\u{2028}' | '\u{2029}');
    let turns = |letter| matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept: String = text.chars().filter(|letter| !letter.is_control() && !breaks(*letter) && !turns(*letter)).collect();
    cut(&kept, limit).to_owned()
}
