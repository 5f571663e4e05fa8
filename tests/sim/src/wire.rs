//! Fake wires. Between two devices runs one link with two lanes each way; each keeps its order, and neither knows of the other. An unruly
//! wire also loses and repeats single frames and lets them overtake one another, which no QUIC stream does: the protocol must bear it all
//! the same.

use std::{collections::VecDeque, time::Duration};

use sheaf_document::Lane;
use sheaf_protocol::Frame;

use crate::{chance::Chance, tally::Tally};

/// One direction of a link.
#[derive(Default)]
pub struct Wire {
    fast: VecDeque<(Duration, Frame)>,
    bulk: VecDeque<(Duration, Frame)>,
}

/// How a wire behaves.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// A frame takes at least this long, in milliseconds.
    pub quickest: u64,
    /// And at most this long.
    pub slowest: u64,
    /// Of a hundred frames so many are lost, come twice, or overtake the one before.
    pub unruly: u32,
}

/// Frames that one lane of a wire holds; when it is full, the sender is told.
pub const HOLDS: usize = 64;

impl Wire {
    /// Puts a frame on the wire. `false`: the lane is full, and the frame is dropped.
    pub fn send(&mut self, lane: Lane, frame: Frame, now: Duration, manners: Manners, chance: &mut Chance, tally: &mut Tally) -> bool {
        let lane = match lane {
            Lane::Fast | Lane::Presence => &mut self.fast,
            Lane::Bulk => &mut self.bulk,
        };
        if lane.len() >= HOLDS {
            return false;
        }
        let due = now + Duration::from_millis(chance.between(manners.quickest, manners.slowest));
        // A lane keeps its order: nothing arrives before what was sent before it.
        let due = lane.back().map_or(due, |(last, _)| due.max(*last));
        if !chance.percent(manners.unruly) {
            lane.push_back((due, frame));
            return true;
        }
        tally.wire_faults += 1;
        match chance.below(3) {
            0 => {}
            1 => lane.extend([(due, frame.clone()), (due, frame)]),
            _ => lane.insert(lane.len().saturating_sub(1), (due, frame)),
        }
        true
    }

    /// What has arrived by now, the fast lane first, and no more than the receiver has `room` for: the rest waits on the wire.
    pub fn arrived(&mut self, now: Duration, room: usize) -> Vec<Frame> {
        let mut frames = Vec::new();
        for lane in [&mut self.fast, &mut self.bulk] {
            while frames.len() < room && lane.front().is_some_and(|(due, _)| *due <= now) {
                frames.extend(lane.pop_front().map(|(_, frame)| frame));
            }
        }
        frames
    }

    /// Whether the bulk lane has room again.
    pub fn has_room(&self) -> bool {
        self.fast.len() < HOLDS / 2 && self.bulk.len() < HOLDS / 2
    }

    /// Whether nothing is on the way.
    pub fn is_empty(&self) -> bool {
        self.fast.is_empty() && self.bulk.is_empty()
    }
}
