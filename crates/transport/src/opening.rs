//! The first bytes of each stream: who runs here, and which lane this is.
//!
//! The dialer opens two streams and writes an opening on each; the other side answers with its own on the first. An opening is
//! `sheaf`, the version, the lane, and the number of the running instance: two instances of one device (a copied profile run
//! twice) are two peers.

use std::{io, time::Duration};

use iroh::endpoint::{Connection, RecvStream, SendStream};
use tokio::io::AsyncReadExt;

/// How long the other side may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(8);
const VERSION: u8 = 1;
const FAST: u8 = 0;
const BULK: u8 = 1;
const LENGTH: usize = 15;

/// Why no link came of a connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// Nothing came.
    #[error("it did not say who it is within {0:?}")]
    Silent(Duration),
    /// It is older or newer.
    #[error("it speaks version {0} of the link protocol, this program speaks {VERSION}; the older of the two needs an update")]
    Version(u8),
    /// It is something else.
    #[error("it opened the link with bytes that are not Sheaf's")]
    NotSheaf,
    /// It went away.
    #[error("the connection ended before the link was open: {0}")]
    Ended(String),
}

/// The two lanes of a connection, both ways, and who is at the other end.
pub(crate) struct Opened {
    pub(crate) instance: u64,
    pub(crate) fast: (SendStream, RecvStream),
    pub(crate) bulk: (SendStream, RecvStream),
}

/// Opens a link on a connection that we dialed.
pub(crate) async fn dialed(connection: &Connection, instance: u64) -> Result<Opened, OpeningError> {
    patiently(async {
        let mut fast = connection.open_bi().await.map_err(ended)?;
        fast.0.write_all(&opening(FAST, instance)).await.map_err(ended)?;
        let mut bulk = connection.open_bi().await.map_err(ended)?;
        bulk.0.write_all(&opening(BULK, instance)).await.map_err(ended)?;
        let theirs = read_opening(&mut fast.1, FAST).await?;
        Ok(prioritised(theirs, fast, bulk))
    })
    .await
}

/// Opens a link on a connection that came in.
pub(crate) async fn accepted(connection: &Connection, instance: u64) -> Result<Opened, OpeningError> {
    patiently(async {
        let mut fast = connection.accept_bi().await.map_err(ended)?;
        let theirs = read_opening(&mut fast.1, FAST).await?;
        let mut bulk = connection.accept_bi().await.map_err(ended)?;
        if read_opening(&mut bulk.1, BULK).await? != theirs {
            return Err(OpeningError::NotSheaf);
        }
        fast.0.write_all(&opening(FAST, instance)).await.map_err(ended)?;
        Ok(prioritised(theirs, fast, bulk))
    })
    .await
}

/// A frame on the fast lane leaves before anything that waits on the bulk lane.
fn prioritised(instance: u64, fast: (SendStream, RecvStream), bulk: (SendStream, RecvStream)) -> Opened {
    // A stream that has just ended keeps no priority; its next write says so.
    let _ = fast.0.set_priority(1);
    let _ = bulk.0.set_priority(0);
    Opened { instance, fast, bulk }
}

async fn patiently(opening: impl Future<Output = Result<Opened, OpeningError>>) -> Result<Opened, OpeningError> {
    tokio::time::timeout(PATIENCE, opening).await.unwrap_or(Err(OpeningError::Silent(PATIENCE)))
}

fn opening(lane: u8, instance: u64) -> [u8; LENGTH] {
    let mut bytes = *b"sheaf\0\0\0\0\0\0\0\0\0\0";
    bytes[5] = VERSION;
    bytes[6] = lane;
    bytes[7..].copy_from_slice(&instance.to_be_bytes());
    bytes
}

async fn read_opening(stream: &mut RecvStream, lane: u8) -> Result<u64, OpeningError> {
    let mut bytes = [0u8; LENGTH];
    AsyncReadExt::read_exact(stream, &mut bytes).await.map_err(|error: io::Error| ended(error))?;
    let [b's', b'h', b'e', b'a', b'f', version, said, instance @ ..] = bytes else { return Err(OpeningError::NotSheaf) };
    if version != VERSION {
        return Err(OpeningError::Version(version));
    }
    if said != lane {
        return Err(OpeningError::NotSheaf);
    }
    Ok(u64::from_be_bytes(instance))
}

fn ended(error: impl std::fmt::Display) -> OpeningError {
    OpeningError::Ended(error.to_string())
}
