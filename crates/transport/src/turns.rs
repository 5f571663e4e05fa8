//! Whose turn it is to dial: so many at once, and first whoever was linked last, for they are the likeliest to be there.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::{sync::oneshot, time::Instant};

use crate::lock::lock;

/// When a device was last linked: in this process run, or, by the caller's word, before it (milliseconds since 1970; 0: never). Later is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) here: Option<Instant>,
    pub(crate) before: u64,
}

/// The places of dials, and who waits for one.
pub(crate) struct Turns(Mutex<Queue>);

struct Queue {
    free: usize,
    /// Of the places: so many wait for devices that were linked in this process run.
    kept_free: usize,
    /// In the order of their coming.
    waiting: BTreeMap<u64, (Seen, oneshot::Sender<Turn>)>,
    came: u64,
    /// The next place goes to whoever has waited longest, not to whoever was linked last.
    oldest_next: bool,
}

/// A place, until it is dropped.
pub(crate) struct Turn(Arc<Turns>);

impl Turns {
    /// So many places, of which some are kept free for devices that were linked in this process run: they never wait behind those that were not.
    pub(crate) fn new(places: usize, kept_free: usize) -> Arc<Turns> {
        let queue = Queue { free: places, kept_free, waiting: BTreeMap::new(), came: 0, oldest_next: false };
        Arc::new(Turns(Mutex::new(queue)))
    }

    /// Waits for a place. Whoever stops waiting holds up nobody.
    pub(crate) async fn take(self: &Arc<Self>, seen: Seen) -> Turn {
        let coming = {
            let mut queue = lock(&self.0);
            if queue.free > if seen.here.is_some() { 0 } else { queue.kept_free } {
                queue.free -= 1;
                return Turn(self.clone());
            }
            let (turn, coming) = oneshot::channel();
            let came = queue.came;
            queue.came += 1;
            queue.waiting.insert(came, (seen, turn));
            coming
        };
        match coming.await {
            Ok(turn) => turn,
            // Nobody is taken out of the queue without a place.
            Err(_) => std::future::pending().await,
        }
    }

    fn give_back(self: &Arc<Self>) {
        let waits = {
            let mut queue = lock(&self.0);
            queue.free += 1;
            queue.next()
        };
        // With whoever has stopped waiting just now the place is dropped, and so given back.
        waits.into_iter().for_each(|waits| drop(waits.send(Turn(self.clone()))));
    }
}

impl Queue {
    /// Who gets a place that is free. Every second one goes to whoever has waited longest: else a thousand devices that are never there would wait for
    /// ever behind those that were there lately.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        self.waiting.retain(|_, (_, waits)| !waits.is_closed());
        let (first, _) = self.waiting.first_key_value()?;
        let (last, (seen, _)) = self.waiting.iter().max_by_key(|(came, (seen, _))| (*seen, Reverse(**came)))?;
        let for_all = self.free > self.kept_free;
        if !for_all && seen.here.is_none() {
            return None;
        }
        let came = if for_all && self.oldest_next { *first } else { *last };
        self.oldest_next ^= for_all;
        self.free -= 1;
        self.waiting.remove(&came).map(|(_, waits)| waits)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Poll};

    use super::*;

    fn seen(before: u64) -> Seen {
        Seen { here: None, before }
    }

    /// Whether a place has come.
    async fn has_come(waiting: &mut (impl Future<Output = Turn> + Unpin)) -> Option<Turn> {
        std::future::poll_fn(|context| match std::pin::Pin::new(&mut *waiting).poll(context) {
            Poll::Ready(turn) => Poll::Ready(Some(turn)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    #[tokio::test]
    async fn whoever_was_linked_last_comes_first_and_every_second_turn_is_that_of_who_waits_longest() {
        let turns = Turns::new(1, 0);
        let under_way = turns.take(seen(0)).await;
        let (mut never, mut long_ago, mut lately) = (pin!(turns.take(seen(0))), pin!(turns.take(seen(5))), pin!(turns.take(seen(9))));
        let here = Seen { here: Some(Instant::now()), before: 0 };
        let mut just_now = pin!(turns.take(here));
        for waiting in [&mut never, &mut long_ago, &mut lately] {
            assert!(has_come(waiting).await.is_none());
        }
        assert!(has_come(&mut just_now).await.is_none());

        drop(under_way);
        let turn = has_come(&mut just_now).await.expect("linked in this process run");
        assert!(has_come(&mut never).await.is_none() && has_come(&mut lately).await.is_none());
        drop(turn);
        let turn = has_come(&mut never).await.expect("the first that came");
        drop(turn);
        let turn = has_come(&mut lately).await.expect("linked later than the other");
        drop(turn);
        assert!(has_come(&mut long_ago).await.is_some());
    }

    #[tokio::test]
    async fn who_stops_waiting_holds_up_nobody() {
        let turns = Turns::new(1, 0);
        let under_way = turns.take(seen(0)).await;
        let (mut gone, mut stays) = (Box::pin(turns.take(seen(9))), pin!(turns.take(seen(0))));
        assert!(has_come(&mut gone).await.is_none() && has_come(&mut stays).await.is_none());
        // The place has been handed to who stops before they look.
        drop(under_way);
        drop(gone);
        let turn = has_come(&mut stays).await.expect("the next");
        drop(turn);
        assert!(has_come(&mut pin!(turns.take(seen(0)))).await.is_some(), "and none is lost");
    }

    #[tokio::test]
    async fn devices_that_were_linked_in_this_run_never_wait_for_those_that_were_not() {
        let turns = Turns::new(3, 1);
        let mut absent: Vec<_> = (0..100).map(|number| Box::pin(turns.take(seen(number)))).collect();
        let mut dials = Vec::new();
        for waiting in &mut absent {
            dials.extend(has_come(waiting).await);
        }
        assert_eq!(dials.len(), 2);
        let here = || Seen { here: Some(Instant::now()), before: 0 };
        let present = has_come(&mut pin!(turns.take(here()))).await.expect("a place was kept free");
        let mut another = pin!(turns.take(here()));
        assert!(has_come(&mut another).await.is_none());
        drop(present);
        let present = has_come(&mut another).await.expect("the same");
        // What is kept free is kept free again.
        drop(present);
        dials.clear();
        let mut came = 0;
        for waiting in absent.iter_mut().skip(2) {
            if let Some(dial) = has_come(waiting).await {
                came += 1;
                dials.push(dial);
            }
        }
        assert_eq!(came, 2);
    }
}
