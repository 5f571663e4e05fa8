//! Staying linked with the devices that the caller wants: one small task for each, asleep while there is a link.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sheaf_base::DeviceId;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::Instant,
};

use crate::{
    ALPN,
    backoff::Backoff,
    endpoint::Node,
    lock::lock,
    opening::{self, OpeningError},
    route::Route,
    task::supervised,
    turns::Seen,
};

/// How long one try may take. QUIC itself gives up after about as long.
const PATIENCE: Duration = Duration::from_secs(10);
/// A device that was linked so lately is likely to be there, and is tried more often: see `backoff`.
const LATELY: Duration = Duration::from_secs(60 * 60);
/// A link that lived this long was a success; the next failure counts as the first.
const SUCCESS: Duration = Duration::from_secs(10);

/// What is being done about a kept device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialState {
    /// There is a link.
    Linked,
    /// A dial is under way, or waits its turn.
    Dialing,
    /// The next dial is due in this time.
    Waiting(Duration),
}

/// A kept device, for people to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerFacts {
    /// Which device.
    pub device: DeviceId,
    /// What is being done.
    pub state: DialState,
    /// Dials that failed since the last success.
    pub failures: u32,
    /// Why the last one failed.
    pub last_error: Option<DialError>,
    /// What is known of the way there.
    pub route: Route,
}

/// Why a dial made no link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// Nobody says where it is.
    #[error("no address of this device is known, and the network profile has nobody to ask")]
    NoWay,
    /// Nothing came back in time.
    #[error("nobody answers where it was last")]
    NoAnswer,
    /// There is no way to it. The transport's own words are for the log.
    #[error("nobody answers where it was last")]
    Unreachable(String),
    /// Whoever answered is no Sheaf of ours.
    #[error(transparent)]
    Opening(#[from] OpeningError),
}

/// One device to stay linked with.
pub(crate) struct Kept {
    pub(crate) device: DeviceId,
    facts: Mutex<Facts>,
    again: Notify,
    links: watch::Sender<usize>,
    task: Mutex<Option<JoinHandle<()>>>,
}

struct Facts {
    route: Route,
    state: State,
    failures: u32,
    last_error: Option<DialError>,
    seen: Seen,
}

enum State {
    Linked,
    Dialing,
    Waiting(Instant),
}

impl Kept {
    /// Begins to keep the device that a route leads to.
    pub(crate) fn start(node: &Arc<Node>, route: &Route, seen: u64) -> Arc<Kept> {
        let device = route.device;
        let seen = Seen { here: None, before: seen };
        let facts = Facts { route: route.clone(), state: State::Dialing, failures: 0, last_error: None, seen };
        let links = watch::Sender::new(node.links.of(device).len());
        let kept = Arc::new(Kept { device, facts: Mutex::new(facts), again: Notify::new(), links, task: Mutex::default() });
        let task = supervised("staying linked", stay_linked(node.clone(), kept.clone()));
        *lock(&kept.task) = Some(task);
        kept
    }

    pub(crate) fn stop(&self) {
        if let Some(task) = lock(&self.task).take() {
            task.abort();
        }
    }

    /// Takes in a route. A way not known before is worth a try at once.
    pub(crate) fn learn(&self, route: &Route) {
        let mut facts = lock(&self.facts);
        let before = facts.route.clone();
        facts.route.learn(route);
        let new = facts.route.relay != before.relay || facts.route.addresses.iter().any(|address| !before.addresses.contains(address));
        drop(facts);
        if new {
            self.try_again();
        }
    }

    /// Dials now rather than later, and counts failures anew.
    pub(crate) fn try_again(&self) {
        self.again.notify_one();
    }

    /// The number of links to this device has changed: there is one, or there was one until now.
    pub(crate) fn links_changed(&self, count: usize) {
        lock(&self.facts).seen.here = Some(Instant::now());
        self.links.send_replace(count);
    }

    pub(crate) fn facts(&self) -> PeerFacts {
        let facts = lock(&self.facts);
        let state = match facts.state {
            State::Linked => DialState::Linked,
            State::Dialing => DialState::Dialing,
            State::Waiting(until) => DialState::Waiting(until.saturating_duration_since(Instant::now())),
        };
        PeerFacts { device: self.device, state, failures: facts.failures, last_error: facts.last_error.clone(), route: facts.route.clone() }
    }

    /// When it was last linked.
    pub(crate) fn seen(&self) -> Seen {
        lock(&self.facts).seen
    }

    /// How long to wait after one more failure.
    fn wait(&self, backoff: &mut Backoff) -> Duration {
        backoff.failed(self.seen().here.is_some_and(|at| at.elapsed() < LATELY))
    }

    fn set(&self, state: State) {
        lock(&self.facts).state = state;
    }

    fn succeeded(&self) {
        let mut facts = lock(&self.facts);
        (facts.failures, facts.last_error) = (0, None);
    }

    fn failed(&self, error: &DialError, failures: u32) {
        if let DialError::Unreachable(words) = error {
            tracing::debug!(peer = %self.device.short(), words, "a dial failed");
        }
        let mut facts = lock(&self.facts);
        (facts.failures, facts.last_error) = (failures, Some(error.clone()));
    }
}

async fn stay_linked(node: Arc<Node>, kept: Arc<Kept>) {
    let mut backoff = Backoff::new(node.jitter(kept.device));
    let mut links = kept.links.subscribe();
    let mut wait = Duration::ZERO;
    loop {
        if *links.borrow_and_update() > 0 {
            kept.set(State::Linked);
            let since = Instant::now();
            if links.wait_for(|count| *count == 0).await.is_err() {
                return;
            }
            if since.elapsed() >= SUCCESS {
                backoff.reset();
            }
            wait = kept.wait(&mut backoff);
            continue;
        }
        kept.set(State::Waiting(Instant::now() + wait));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = kept.again.notified() => backoff.reset(),
            _ = links.wait_for(|count| *count > 0) => continue,
        }
        kept.set(State::Dialing);
        match dial_in_turn(&node, &kept, &mut links).await {
            Ok(()) => kept.succeeded(),
            Err(error) => {
                wait = kept.wait(&mut backoff);
                tracing::debug!(device = %kept.device.short(), %error, failures = backoff.failures(), "a dial failed");
                kept.failed(&error, backoff.failures());
            }
        }
    }
}

/// Dials when it is our turn, unless meanwhile the device has dialed us by a link that ours would not replace.
async fn dial_in_turn(node: &Arc<Node>, kept: &Kept, links: &mut watch::Receiver<usize>) -> Result<(), DialError> {
    let _turn = node.dials.take(kept.seen()).await;
    let route = lock(&kept.facts).route.clone();
    tokio::select! {
        done = dial(node, &route) => done,
        () = settled(node, kept.device, links) => Ok(()),
    }
}

async fn settled(node: &Node, device: DeviceId, links: &mut watch::Receiver<usize>) {
    while !node.links.settled(device) {
        if links.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn dial(node: &Arc<Node>, route: &Route) -> Result<(), DialError> {
    let address = route.to_dial(&node.config.profile).ok_or(DialError::NoWay)?;
    if address.is_empty() && !node.can_look_up() {
        return Err(DialError::NoWay);
    }
    let connecting = node.endpoint.connect(address, ALPN);
    let connection = tokio::time::timeout(PATIENCE, connecting)
        .await
        .map_err(|_| DialError::NoAnswer)?
        .map_err(|error| DialError::Unreachable(plainly(&error)))?;
    let opened = match opening::dialed(&connection, node.config.instance).await {
        Ok(opened) => opened,
        Err(error) => {
            Node::decline(&connection, &error);
            return Err(error.into());
        }
    };
    node.adopt(connection, opened, true).await;
    Ok(())
}

/// An error and what stands behind it, in one line.
pub(crate) fn plainly(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
