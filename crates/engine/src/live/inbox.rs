//! A document's inbox: views before peers, what is live before what is caught up with, and no more at once than a turn should hold.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sheaf_base::limits;
use tokio::sync::mpsc;

use super::Heard;
use crate::clock::Clock;

/// Peers' frames that wait for a document. Beyond that its peers wait, each at its own link.
const FAR: usize = 256;

/// Peers' frames of bulk that wait for a document: a megabyte at most. What is live never stands behind them.
const BULK: usize = 16;

/// How long after a word that came live somebody is held to be typing.
const TYPING: Duration = Duration::from_secs(1);

/// Messages that are kept while a write is under way. Beyond that peers wait.
const KEPT: usize = 1024;

/// Where messages are put in.
pub(crate) struct Slots {
    pub(crate) near: mpsc::UnboundedSender<Heard>,
    pub(crate) far: mpsc::Sender<Heard>,
    pub(crate) bulk: mpsc::Sender<Heard>,
    pub(crate) typing: Typing,
}

/// Whether somebody is typing in the document, here or elsewhere: until when they are held to be, in milliseconds of the process's clock.
#[derive(Clone)]
pub(crate) struct Typing {
    until: Arc<AtomicU64>,
    clock: Clock,
}

impl Typing {
    fn note(&self) {
        let until = self.clock.now().elapsed + TYPING;
        self.until.store(u64::try_from(until.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn is_so(&self) -> bool {
        self.clock.now().elapsed < self.until()
    }

    fn until(&self) -> Duration {
        Duration::from_millis(self.until.load(Ordering::Relaxed))
    }
}

/// Where messages come in.
pub(crate) struct Inbox {
    /// Views, requests, link events: few, and never far behind, because each waits for its answer.
    near: mpsc::UnboundedReceiver<Heard>,
    /// Peers' frames.
    far: mpsc::Receiver<Heard>,
    /// Peers' frames that came on the bulk lane.
    bulk: mpsc::Receiver<Heard>,
    /// What came while a write was under way and has to wait for the next turn.
    kept: VecDeque<Heard>,
    /// The document is to end, once what came before that is done.
    stopping: bool,
    typing: Typing,
    clock: Clock,
}

impl Inbox {
    pub(crate) fn new(clock: Clock) -> (Inbox, Slots) {
        let (near, near_in) = mpsc::unbounded_channel();
        let (far, far_in) = mpsc::channel(FAR);
        let (bulk, bulk_in) = mpsc::channel(BULK);
        let typing = Typing { until: Arc::default(), clock };
        let inbox =
            Inbox { near: near_in, far: far_in, bulk: bulk_in, kept: VecDeque::new(), stopping: false, typing: typing.clone(), clock };
        (inbox, Slots { near, far, bulk, typing })
    }

    /// The next turn's messages; `None` when the document is to end.
    pub(crate) async fn hear(&mut self, timeout: Option<Duration>) -> Option<Vec<Heard>> {
        let mut turn = Vec::new();
        let mut bytes = 0;
        loop {
            let next = match self.next() {
                Some(next) => next,
                None if turn.is_empty() => self.wait(timeout).await?,
                None => return Some(turn),
            };
            if matches!(next, Heard::Stop) {
                return None;
            }
            if next.is_live() {
                self.typing.note();
            }
            bytes += next.size();
            turn.push(next);
            if turn.len() >= limits::TURN_INPUTS || bytes >= limits::TURN_BYTES {
                return Some(turn);
            }
        }
    }

    /// The next message that is there. (Smaller turns of bulk are no help: each costs what the whole text costs, and a paste of 5 MB in four times as
    /// many held up whoever typed meanwhile for four times as long.)
    fn next(&mut self) -> Option<Heard> {
        let live = self.kept.pop_front().or_else(|| self.near.try_recv().ok()).or_else(|| self.far.try_recv().ok());
        live.or_else(|| self.bulk.try_recv().ok())
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
            Some(bulk) = self.bulk.recv() => Some(bulk),
            () = alarm => Some(Heard::Timeout),
        }
    }

    /// The next message that makes no record, while a write is under way. What makes one is kept for the next turn, and bulk is left where it
    /// is. Never ends by itself.
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
            self.stopping |= matches!(next, Heard::Stop);
            self.kept.push_back(next);
        }
    }

    /// Whether somebody has typed within the last second, here or elsewhere.
    pub(crate) fn is_typed_in(&self) -> bool {
        self.typing.is_so()
    }

    /// Until when somebody is held to be typing.
    pub(crate) fn typed_until(&self) -> Duration {
        self.typing.until()
    }

    /// How many messages wait for the next turn.
    pub(crate) fn waiting(&self) -> usize {
        self.kept.len() + self.near.len() + self.far.len() + self.bulk.len()
    }

    /// Whether the document is to end: a write that fails is then not waited for.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping
    }
}

#[cfg(test)]
mod tests {
    use sheaf_document::{Input, PeerId, Push, ViewId};
    use sheaf_protocol::{Frame, Packed};
    use sheaf_schema::Delta;

    use super::*;

    fn push(text: &str) -> Heard {
        let (view, delta) = (ViewId::from("v"), Delta::new().insert(text));
        Heard::Input(Box::new(Input::Push(Push { view, number: 1, version: 0, delta, undoes: None })))
    }

    fn frame(peer: u64) -> Heard {
        Heard::Input(Box::new(Input::Receive { peer: PeerId(peer), frame: Frame::Bye }))
    }

    fn confirm() -> Heard {
        Heard::Input(Box::new(Input::Confirm { view: ViewId::from("v"), version: 1 }))
    }

    fn is_push(heard: &Heard) -> bool {
        matches!(heard, Heard::Input(input) if matches!(**input, Input::Push(_)))
    }

    #[tokio::test]
    async fn views_are_heard_before_peers_and_a_turn_has_an_end() {
        let (mut inbox, Slots { near, far, .. }) = Inbox::new(Clock::start());
        for peer in 0..200 {
            far.try_send(frame(peer)).expect("room");
        }
        for _ in 0..100 {
            near.send(push("a")).expect("open");
        }
        let first = inbox.hear(None).await.expect("a turn");
        assert_eq!(first.len(), limits::TURN_INPUTS);
        assert!(first[..100].iter().all(is_push) && !first[100..].iter().any(is_push));
        assert_eq!(inbox.hear(None).await.expect("the rest").len(), 300 - limits::TURN_INPUTS);
        near.send(push(&"a".repeat(limits::TURN_BYTES))).expect("open");
        near.send(push("b")).expect("open");
        assert_eq!(inbox.hear(None).await.expect("a large one alone").len(), 1);
    }

    #[tokio::test]
    async fn what_is_live_never_stands_behind_bulk() {
        let (mut inbox, Slots { near: _near, far, bulk, .. }) = Inbox::new(Clock::start());
        let large = || {
            let frame = Frame::Packed(Packed { head: None, run: Vec::new() });
            Heard::Input(Box::new(Input::Receive { peer: PeerId(1), frame }))
        };
        for _ in 0..6 {
            bulk.try_send(large()).expect("room");
        }
        let sizes = |turn: Vec<Heard>| turn.iter().map(Heard::size).collect::<Vec<_>>();
        for rest in [4, 2] {
            far.try_send(frame(7)).expect("room");
            let turn = [vec![0], vec![limits::SEAL_EVERY; rest]].concat();
            assert_eq!(sizes(inbox.hear(None).await.expect("a turn")), turn, "the live one first, though bulk waited for longer");
        }
        bulk.try_send(large()).expect("room");
        let nothing = tokio::time::timeout(Duration::from_millis(10), inbox.hear_meanwhile()).await;
        assert!(nothing.is_err(), "a write under way makes no room for bulk");
    }

    #[tokio::test]
    async fn while_a_write_is_under_way_what_makes_a_record_waits_in_its_order() {
        let (mut inbox, Slots { near, far, .. }) = Inbox::new(Clock::start());
        near.send(push("one")).expect("open");
        near.send(confirm()).expect("open");
        near.send(push("two")).expect("open");
        far.try_send(frame(7)).expect("room");
        assert!(!is_push(&inbox.hear_meanwhile().await), "the confirm overtakes the push");
        assert!(!is_push(&inbox.hear_meanwhile().await), "and so does a peer's goodbye");
        let nothing = tokio::time::timeout(Duration::from_millis(10), inbox.hear_meanwhile()).await;
        assert!(nothing.is_err());
        let turn = inbox.hear(None).await.expect("a turn");
        assert_eq!(turn.iter().map(Heard::size).collect::<Vec<_>>(), [3, 3]);
    }

    #[tokio::test]
    async fn somebody_types_when_words_come_and_not_when_others_greet_or_leave() {
        let clock = Clock::start();
        let (mut inbox, Slots { near, far, typing, .. }) = Inbox::new(clock);
        far.try_send(frame(7)).expect("room");
        inbox.hear(None).await.expect("a turn");
        assert!(!inbox.is_typed_in(), "a goodbye is no word");
        near.send(push("a")).expect("open");
        inbox.hear(None).await.expect("a turn");
        assert!(inbox.is_typed_in() && typing.is_so(), "the links know it, too");
        assert!(inbox.typed_until() > clock.now().elapsed && inbox.typed_until() <= clock.now().elapsed + TYPING);
    }

    #[tokio::test]
    async fn a_timeout_is_heard_when_nothing_else_is_and_stop_ends() {
        let clock = Clock::start();
        let (mut inbox, Slots { near, far: _far, bulk: _bulk, .. }) = Inbox::new(clock);
        let soon = clock.now().elapsed + Duration::from_millis(5);
        assert!(matches!(inbox.hear(Some(soon)).await.expect("a turn").as_slice(), [Heard::Timeout]));
        near.send(Heard::Stop).expect("open");
        assert!(inbox.hear(None).await.is_none());
    }
}
