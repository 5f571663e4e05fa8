//! A document's inbox: views before peers, and no more at once than a turn should hold.

use std::collections::VecDeque;
use std::time::Duration;

use sheaf_base::limits;
use tokio::sync::mpsc;

use super::Heard;
use crate::clock::Clock;

/// Peers' frames that wait for a document. Beyond that its peers wait, each at its own link.
const FAR: usize = 256;

/// Messages that are kept while a write is under way. Beyond that peers wait.
const KEPT: usize = 1024;

/// Where messages come in.
pub(crate) struct Inbox {
    /// Views, requests, link events: few, and never far behind, because each waits for its answer.
    near: mpsc::UnboundedReceiver<Heard>,
    /// Peers' frames.
    far: mpsc::Receiver<Heard>,
    /// What came while a write was under way and has to wait for the next turn.
    kept: VecDeque<Heard>,
    clock: Clock,
}

impl Inbox {
    pub(crate) fn new(clock: Clock) -> (Inbox, mpsc::UnboundedSender<Heard>, mpsc::Sender<Heard>) {
        let (near, near_in) = mpsc::unbounded_channel();
        let (far, far_in) = mpsc::channel(FAR);
        (Inbox { near: near_in, far: far_in, kept: VecDeque::new(), clock }, near, far)
    }

    /// The next turn's messages; `None` when the document is to end.
    pub(crate) async fn hear(&mut self, timeout: Option<Duration>) -> Option<Vec<Heard>> {
        let mut turn = Vec::new();
        let mut bytes = 0;
        loop {
            let next = match self.kept.pop_front() {
                Some(kept) => Some(kept),
                None => self.near.try_recv().ok().or_else(|| self.far.try_recv().ok()),
            };
            let next = match next {
                Some(next) => next,
                None if turn.is_empty() => self.wait(timeout).await?,
                None => return Some(turn),
            };
            if matches!(next, Heard::Stop) {
                return None;
            }
            bytes += next.size();
            turn.push(next);
            if turn.len() >= limits::TURN_INPUTS || bytes >= limits::TURN_BYTES {
                return Some(turn);
            }
        }
    }

    async fn wait(&mut self, timeout: Option<Duration>) -> Option<Heard> {
        let clock = self.clock;
        let alarm = async move {
            match timeout {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            near = self.near.recv() => near,
            Some(far) = self.far.recv() => Some(far),
            () = alarm => Some(Heard::Timeout),
        }
    }

    /// The next message that makes no record, while a write is under way. What makes one is kept for the next turn. Never ends by
    /// itself.
    pub(crate) async fn hear_meanwhile(&mut self) -> Heard {
        loop {
            let next = tokio::select! {
                biased;
                Some(near) = self.near.recv() => near,
                Some(far) = self.far.recv(), if self.kept.len() < KEPT => far,
                else => std::future::pending().await,
            };
            if next.makes_no_record() {
                return next;
            }
            self.kept.push_back(next);
        }
    }
}
