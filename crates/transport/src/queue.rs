//! A bounded queue of frames that wait for one lane. Full is an answer, not a place to wait.

use std::{collections::VecDeque, pin::pin, sync::Mutex};

use tokio::sync::Notify;

use crate::lock::lock;

/// What a waiting frame costs beside its own bytes, so that a flood of tiny frames is bounded too.
const OVERHEAD: usize = 64;
/// Bytes handed to the stream in one go: small frames share packets, large ones go alone.
const BATCH: usize = 32 * 1024;

/// Why a frame was not taken. The frame comes back.
#[derive(Debug)]
pub(crate) enum Refused {
    Full(Vec<u8>),
    Ended,
}

/// What the writer sends next.
pub(crate) struct Batch {
    /// Frames, each behind its length.
    pub(crate) bytes: Vec<u8>,
    /// How many.
    pub(crate) frames: u64,
    /// Whether somebody who was told "full" should now be told "free".
    pub(crate) free: bool,
}

/// The queue of one lane.
pub(crate) struct Queue {
    limit: usize,
    waiting: Mutex<Waiting>,
    filled: Notify,
    room: Notify,
}

#[derive(Default)]
struct Waiting {
    frames: VecDeque<Vec<u8>>,
    cost: usize,
    told_full: bool,
    ended: bool,
}

impl Queue {
    /// A queue that takes frames while less than `limit` bytes wait.
    pub(crate) fn new(limit: usize) -> Queue {
        Queue { limit, waiting: Mutex::default(), filled: Notify::new(), room: Notify::new() }
    }

    /// Takes a frame, or says that the queue is full; then the next batch that leaves room says `free`.
    pub(crate) fn push(&self, frame: Vec<u8>) -> Result<(), Refused> {
        self.offer(frame, true)
    }

    /// Whether a frame of so many bytes would be taken; if not, the next batch that leaves room says `free`. True of an ended queue: its
    /// callers are told otherwise.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let mut waiting = lock(&self.waiting);
        let room = waiting.frames.is_empty() || waiting.cost + bytes + OVERHEAD <= self.limit;
        waiting.told_full |= !room;
        room
    }

    /// Takes a frame as soon as there is room for it. An error means that the queue has ended.
    pub(crate) async fn push_when_free(&self, mut frame: Vec<u8>) -> Result<(), Refused> {
        loop {
            let mut room = pin!(self.room.notified());
            room.as_mut().enable();
            match self.offer(frame, false) {
                Err(Refused::Full(back)) => frame = back,
                done => return done,
            }
            room.await;
        }
    }

    fn offer(&self, frame: Vec<u8>, tell: bool) -> Result<(), Refused> {
        let mut waiting = lock(&self.waiting);
        if waiting.ended {
            return Err(Refused::Ended);
        }
        let cost = frame.len() + OVERHEAD;
        if !waiting.frames.is_empty() && waiting.cost + cost > self.limit {
            waiting.told_full |= tell;
            return Err(Refused::Full(frame));
        }
        waiting.cost += cost;
        waiting.frames.push_back(frame);
        drop(waiting);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for frames and takes some. None once the queue has ended and everything in it was taken.
    pub(crate) async fn take(&self) -> Option<Batch> {
        loop {
            {
                let mut waiting = lock(&self.waiting);
                if !waiting.frames.is_empty() {
                    let batch = waiting.take(self.limit);
                    drop(waiting);
                    self.room.notify_waiters();
                    return Some(batch);
                }
                if waiting.ended {
                    return None;
                }
            }
            self.filled.notified().await;
        }
    }

    /// No more frames are taken; those that wait still go out.
    pub(crate) fn end(&self) {
        lock(&self.waiting).ended = true;
        self.filled.notify_one();
        self.room.notify_waiters();
    }
}

impl Waiting {
    fn take(&mut self, limit: usize) -> Batch {
        let mut batch = Batch { bytes: Vec::new(), frames: 0, free: false };
        while let Some(frame) = self.frames.front() {
            if batch.frames > 0 && batch.bytes.len() + frame.len() > BATCH {
                break;
            }
            batch.bytes.extend_from_slice(&(frame.len() as u32).to_be_bytes());
            batch.bytes.extend_from_slice(frame);
            batch.frames += 1;
            self.cost -= frame.len() + OVERHEAD;
            self.frames.pop_front();
        }
        batch.free = self.told_full && self.cost <= limit / 4;
        self.told_full &= !batch.free;
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn full_is_told_once_and_free_when_three_quarters_have_gone() {
        let queue = Queue::new(8 * (1000 + OVERHEAD));
        for _ in 0..8 {
            queue.push(vec![0; 1000]).expect("there is room for eight");
        }
        assert!(matches!(queue.push(vec![1; 1000]), Err(Refused::Full(frame)) if frame[0] == 1), "the ninth comes back");
        let batch = queue.take().await.expect("frames");
        assert_eq!((batch.frames, batch.free), (8, true));
        assert_eq!(batch.bytes.len(), 8 * 1004);
        queue.push(vec![0; 10]).expect("room again");
        assert!(!queue.take().await.expect("a frame").free, "nobody was told full since");
    }

    #[tokio::test]
    async fn one_large_frame_always_fits_an_empty_queue() {
        let queue = Queue::new(100);
        queue.push(vec![0; 65_536]).expect("an empty queue takes any frame");
        assert!(matches!(queue.push(vec![0; 1]), Err(Refused::Full(_))));
    }

    #[tokio::test]
    async fn who_waits_for_room_gets_it_and_who_waits_at_the_end_is_told() {
        let queue = Queue::new(10);
        queue.push(vec![0; 20]).expect("empty");
        let (fed, taken) = tokio::join!(queue.push_when_free(vec![1]), queue.take());
        fed.expect("room came");
        assert_eq!(taken.expect("frames").frames, 1);
        queue.end();
        assert_eq!(queue.take().await.expect("what waited still goes").frames, 1);
        assert!(queue.take().await.is_none());
        assert!(matches!(queue.push(vec![2]), Err(Refused::Ended)));
    }
}
