//! What links a further device of one's own: a ticket that is about no document.

use std::fmt;

use sheaf_base::DeviceId;
use sheaf_record::{Malformed, Reader, Writer};

use super::{NAME, Route, TicketError, contents_of, plain, text_of};
use crate::seed::TicketSeed;

/// What a ticket for a device says: version, the device that made it, seed, name, routes. It is good once, for minutes, and only as long as the
/// process lives that made it; all that is in that process's memory and nowhere here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceTicket {
    /// The device that made it.
    pub maker: DeviceId,
    /// The secret that makes it worth something.
    pub seed: TicketSeed,
    /// What its person calls themselves. Not proven.
    pub name: String,
    /// Where to knock, best first.
    pub routes: Vec<Route>,
}

impl DeviceTicket {
    /// Far from the versions of invitations: those go on, and neither kind is ever taken for the other.
    pub(super) const VERSION: u8 = 64;

    /// The ticket as text.
    pub fn encode(&self) -> String {
        text_of(self.contents())
    }

    /// Reads a pasted ticket.
    pub fn parse(pasted: &str) -> Result<Self, TicketError> {
        let contents = contents_of(pasted)?;
        match contents.first() {
            Some(&Self::VERSION) => {}
            Some(&(super::VERSION | super::WITH_KIND | super::TO_FOLDER)) => return Err(TicketError::ForDocument),
            Some(&other) => return Err(TicketError::OtherVersion(other)),
            None => return Err(TicketError::Incomplete),
        }
        let ticket = Self::read(&contents)?;
        if ticket.contents() == contents { Ok(ticket) } else { Err(Malformed::NotCanonical("a text in it").into()) }
    }

    fn contents(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.byte(Self::VERSION).raw(&self.maker.0).raw(self.seed.as_bytes()).text(&plain(&self.name, NAME));
        Route::write_all(&self.routes, &mut writer);
        writer.into_bytes()
    }

    fn read(contents: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(contents);
        reader.byte("the version")?;
        let ticket = Self {
            maker: DeviceId(reader.array("the maker")?),
            seed: TicketSeed::from_bytes(reader.array("the seed")?),
            name: reader.text(NAME, "the maker's name")?.to_owned(),
            routes: Route::read_all(&mut reader)?,
        };
        reader.finish()?;
        Ok(ticket)
    }
}

impl fmt::Display for DeviceTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.encode())
    }
}
