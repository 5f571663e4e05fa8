//! The one task that keeps a link: it runs the parts (two readers, two writers, presence, path) and ends them together.
//!
//! Whatever goes wrong in a part, a panic included, ends this link with a reason and touches nothing else.

use std::{sync::Arc, time::Duration};

use iroh::endpoint::{Connection, PathEvent, RecvStream, SendStream};
use n0_future::{Stream, StreamExt};
use sheaf_base::limits;
use tokio::{
    io::BufReader,
    sync::mpsc,
    task::{JoinError, JoinSet},
};

use crate::{
    lane::{LaneError, read_frame},
    link::{Down, Inbox, Lane, Link, PathKind, Reason, Shared},
    opening::Opened,
    queue::Queue,
};

/// Frames read ahead of the caller, per lane; the rest waits in the stream's window.
const FAST_AHEAD: usize = 16;
const BULK_AHEAD: usize = 4;
const LOOSE_AHEAD: usize = 16;
/// A lane is read through a buffer of this many bytes.
const READ_BUFFER: usize = 16 * 1024;
/// After a peer has ended its lanes, how long it may take to end the connection.
const FAREWELL: Duration = Duration::from_secs(5);
/// After the connection has ended, how long the readers may take to hand on what had arrived.
const LEFT_OVER: Duration = Duration::from_millis(300);

/// Where the parts of a link put what they read.
pub(crate) struct Feeds {
    fast: mpsc::Sender<Vec<u8>>,
    loose: mpsc::Sender<Vec<u8>>,
    bulk: mpsc::Sender<Vec<u8>>,
}

/// The reader's half of a link, and where the keeper feeds it.
pub(crate) fn inbox(link: Link) -> (Inbox, Feeds) {
    let (fast, fast_out) = mpsc::channel(FAST_AHEAD);
    let (loose, loose_out) = mpsc::channel(LOOSE_AHEAD);
    let (bulk, bulk_out) = mpsc::channel(BULK_AHEAD);
    (Inbox { link, fast: fast_out, loose: loose_out, bulk: bulk_out, ended: false }, Feeds { fast, loose, bulk })
}

/// How a part ended.
enum End {
    /// Its work is done; the others go on.
    Done,
    /// The reader is gone: nobody wants this link any more.
    Unread,
    /// The peer ended one of its lanes.
    Finished,
    /// The peer sent what is no frame.
    Malformed(LaneError),
}

/// Keeps the link until it ends, and returns how it ended.
pub(crate) async fn keep(link: &Link, connection: Connection, opened: Opened, feeds: Feeds) -> Down {
    let shared = link.0.clone();
    let _closer = Closer(shared.clone());
    let (mut readers, mut parts) = (JoinSet::new(), JoinSet::new());
    let (fast_out, fast_in) = opened.fast;
    let (bulk_out, bulk_in) = opened.bulk;
    readers.spawn(read_lane(shared.clone(), fast_in, feeds.fast));
    readers.spawn(read_lane(shared.clone(), bulk_in, feeds.bulk));
    readers.spawn(read_loose(shared.clone(), connection.clone(), feeds.loose));
    parts.spawn(write_lane(shared.clone(), Lane::Fast, fast_out));
    parts.spawn(write_lane(shared.clone(), Lane::Bulk, bulk_out));
    parts.spawn(watch_path(link.clone(), connection.path_events()));
    let mut finished = 0;
    let error = loop {
        tokio::select! {
            error = connection.closed() => break error,
            () = tokio::time::sleep(FAREWELL), if finished == 2 => shared.close(Reason::Gone, "both lanes have ended"),
            Some(end) = parts.join_next() => react(&shared, end),
            Some(end) = readers.join_next() => {
                finished += u8::from(matches!(end, Ok(End::Finished)));
                react(&shared, end);
            }
        }
    };
    let _ = tokio::time::timeout(LEFT_OVER, async { while readers.join_next().await.is_some() {} }).await;
    shared.tell_down(&error)
}

fn react(shared: &Shared, end: Result<End, JoinError>) {
    match end {
        Ok(End::Done | End::Finished) => {}
        Ok(End::Unread) => shared.close(Reason::Gone, "nobody reads this link any more"),
        Ok(End::Malformed(error)) => {
            tracing::warn!(peer = %shared.peer.device.short(), %error, "a link sent what is no frame");
            shared.close(Reason::Malformed, &error.to_string());
        }
        Err(error) if error.is_panic() => {
            tracing::error!(peer = %shared.peer.device.short(), "a part of a link panicked; the link is taken down");
            shared.close(Reason::Fault, "a fault in the program at the other end");
        }
        Err(_) => {}
    }
}

/// Should the keeper itself die, the connection dies with it.
struct Closer(Arc<Shared>);

impl Drop for Closer {
    fn drop(&mut self) {
        if self.0.is_alive() {
            self.0.close(Reason::Fault, "the link's keeper ended");
        }
    }
}

async fn read_lane(shared: Arc<Shared>, stream: RecvStream, feed: mpsc::Sender<Vec<u8>>) -> End {
    let mut stream = BufReader::with_capacity(READ_BUFFER, stream);
    loop {
        match read_frame(&mut stream).await {
            Ok(Some(frame)) => {
                shared.counts.received(frame.len());
                if feed.send(frame).await.is_err() {
                    return End::Unread;
                }
            }
            Ok(None) => return End::Finished,
            // The stream breaks when the connection ends; then the connection says why.
            Err(LaneError::Broken(_)) => return End::Done,
            Err(error) => return End::Malformed(error),
        }
    }
}

async fn read_loose(shared: Arc<Shared>, connection: Connection, feed: mpsc::Sender<Vec<u8>>) -> End {
    while let Ok(datagram) = connection.read_datagram().await {
        if datagram.is_empty() || datagram.len() > limits::FRAME {
            continue;
        }
        shared.counts.received(datagram.len());
        if feed.send(datagram.to_vec()).await.is_err() {
            return End::Unread;
        }
    }
    End::Done
}

async fn write_lane(shared: Arc<Shared>, lane: Lane, mut stream: SendStream) -> End {
    let queue: &Queue = if lane == Lane::Fast { &shared.fast } else { &shared.bulk };
    while let Some(batch) = queue.take().await {
        let frames = batch.frames;
        if stream.write_all(&batch.bytes).await.is_err() {
            return End::Done;
        }
        shared.counts.sent(frames, batch.bytes.len() - 4 * frames as usize);
        if batch.free {
            shared.tell_free(lane);
        }
    }
    // The queue was ended: when the peer has everything that waited, a farewell can end.
    if stream.finish().is_ok() {
        let _ = stream.stopped().await;
    }
    shared.lane_handed_over();
    End::Done
}

/// Tells the reader when the way to the peer becomes another.
async fn watch_path(link: Link, mut events: impl Stream<Item = PathEvent> + Unpin) -> End {
    let mut last: Option<PathKind> = None;
    loop {
        if let Some(path) = link.path()
            && last.as_ref() != Some(&path.kind)
        {
            last = Some(path.kind.clone());
            link.0.tell_path(path);
        }
        if events.next().await.is_none() {
            return End::Done;
        }
    }
}
