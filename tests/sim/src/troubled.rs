//! Trouble that comes over devices and links for a while: slow and vanished processes, swizzled partitions, clocks, failing disks, and the
//! machine that is resumed twice.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use sheaf_protocol::Versions;

use crate::{device::Device, trouble::Trouble, world::World};

const YEAR: i64 = 365 * 24 * 3600 * 1000;
/// A slow process gets one turn in so many ticks.
const SLOW_TURN: u64 = 20;
/// A link to a process that stands still is silent for so long before it fails.
const SILENT_AFTER: Duration = Duration::from_secs(5);
/// Links are cut within this time, and come back within this time after it.
const SWIZZLE: u64 = 4000;

/// A link that is to be cut, or to come back.
pub(crate) struct Turnout {
    at: Duration,
    ends: (usize, usize),
    cut: bool,
}

/// How far off a clock is: years, ahead or behind.
pub(crate) fn skew(chance: &mut crate::chance::Chance) -> i64 {
    let off = chance.between(0, 4 * YEAR as u64) as i64;
    if chance.percent(50) { off } else { -off }
}

impl World {
    /// Whether this kind of trouble may come over this world.
    pub(crate) fn may(&self, trouble: Trouble) -> bool {
        !self.plan.without.has(trouble)
    }

    /// Counts the clocks that are off by more than a year from the beginning.
    pub(crate) fn count_clocks(&mut self) {
        self.tally.ahead = self.devices.iter().filter(|device| device.clock_skew > YEAR).count() as u64;
        self.tally.behind = self.devices.iter().filter(|device| device.clock_skew < -YEAR).count() as u64;
    }

    /// One of the kinds of trouble that last.
    pub(crate) fn trouble(&mut self, who: usize) {
        match self.chance.below(6) {
            0 if self.may(Trouble::Slow) => {
                self.tally.slow += 1;
                self.devices[who].slow_until = self.now + Duration::from_millis(self.chance.between(2000, 15_000));
            }
            1 if self.may(Trouble::Vanish) && self.devices[who].still.is_none() => {
                self.tally.vanished += 1;
                let until = self.now + Duration::from_millis(self.chance.between(1000, 40_000));
                self.devices[who].still = Some((self.now, until));
                self.transcript.say(self.now, format_args!("{who} stands still until {} ms", until.as_millis()));
            }
            2 if self.may(Trouble::Skew) => {
                self.tally.jumps += 1;
                self.devices[who].clock_skew = skew(&mut self.chance);
            }
            3 if self.may(Trouble::Fsync) => {
                for _ in 0..=self.chance.below(3) {
                    let lost = self.chance.percent(50);
                    self.devices[who].disk.iter_mut().for_each(|disk| disk.stumbles.push(lost));
                }
            }
            4 if self.may(Trouble::Swizzle) => self.swizzle(),
            _ => {}
        }
    }

    /// Whether a device gets no turn at this moment.
    pub(crate) fn is_held_up(&mut self, who: usize) -> bool {
        let now = self.now;
        let device = &mut self.devices[who];
        device.still = device.still.filter(|(_, until)| now < *until);
        device.still.is_some() || (now < device.slow_until && !(now.as_millis() as u64 / 20).is_multiple_of(SLOW_TURN))
    }

    /// Whether a device has stood still for so long that its links have failed.
    pub(crate) fn is_silent(&self, who: usize) -> bool {
        self.devices[who].still.is_some_and(|(since, until)| self.now < until && self.now >= since + SILENT_AFTER)
    }

    /// Links of some devices are to be cut one after another in any order, and to come back in another.
    fn swizzle(&mut self) {
        if !self.turnouts.is_empty() {
            return;
        }
        let touched: Vec<bool> = self.devices.iter().map(|_| self.chance.percent(60)).collect();
        let count = self.devices.len();
        let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
        let pairs: Vec<_> = pairs.filter(|(a, b)| touched[*a] || touched[*b]).collect();
        self.tally.swizzles += u64::from(pairs.len() > 1);
        for (begins, cut) in [(0, true), (SWIZZLE, false)] {
            let mut order = pairs.clone();
            self.chance.shuffle(&mut order);
            for ends in order {
                let at = self.now + Duration::from_millis(begins + self.chance.between(0, SWIZZLE));
                self.turnouts.push(Turnout { at, ends, cut });
            }
        }
        self.transcript.say(self.now, format_args!("{} links are swizzled", pairs.len()));
    }

    /// Cuts and mends what is due.
    pub(crate) fn turn_out(&mut self) {
        let now = self.now;
        for turnout in self.turnouts.extract_if(.., |turnout| turnout.at <= now).collect::<VecDeque<_>>() {
            if turnout.cut {
                self.cut.insert(turnout.ends);
            } else {
                self.cut.remove(&turnout.ends);
            }
        }
    }

    /// Everybody's build can do what this one can. Who was turned away for it comes again.
    pub(crate) fn update_builds(&mut self) {
        let apart: Vec<usize> =
            self.devices.iter().filter(|device| device.speaks.agree(&Versions::HERE).is_none()).map(|it| it.index).collect();
        self.tally.outdated = u64::from(!apart.is_empty());
        apart.iter().for_each(|who| self.devices[*who].speaks = Versions::HERE);
        self.unlink(|link| link.ends.iter().any(|end| apart.contains(end)));
    }

    /// A machine is resumed a second time from one memory: from now on there are two of a device, with one chain. Says whether it could be.
    pub(crate) fn resume_twice(&mut self, who: usize) -> Result<bool, String> {
        let device = &self.devices[who];
        let Some(process) = device.process.as_ref().and_then(|process| process.again()) else { return Ok(false) };
        let process = process.map_err(|what| format!("device {who} could not be resumed: {what}"))?;
        let Some(disk) = device.disk.clone() else { return Ok(false) };
        let twin = self.devices.len();
        self.ledger.doubled(who, twin, &disk)?;
        self.devices.push(Device {
            index: twin,
            key: device.key,
            speaks: device.speaks,
            clock_skew: device.clock_skew,
            hostile: true,
            remembered: false,
            slow_until: Duration::ZERO,
            still: None,
            disk: Some(disk),
            failing: None,
            ticket: device.ticket.clone(),
            heard: BTreeMap::new(),
            process: Some(process),
        });
        self.sides.push(self.sides[who]);
        let mail: Vec<_> = self.mail.iter().filter(|(_, to, ..)| *to == who).cloned().collect();
        self.mail.extend(mail.into_iter().map(|(at, _, view, item)| (at, twin, view, item)));
        let pushes: Vec<_> = self.pushes.iter().filter(|((by, ..), _)| *by == who).map(|(key, edit)| (key.clone(), edit.clone())).collect();
        self.pushes.extend(pushes.into_iter().map(|((_, view, number), edit)| ((twin, view, number), edit)));
        // Its links are the other one's: to this one they have failed.
        let gone: Vec<_> = self.links.iter().filter(|link| link.ends.contains(&who)).map(|link| link.peer).collect();
        gone.into_iter().for_each(|peer| self.hear_from_peer(twin, sheaf_document::Input::LinkDown { peer }));
        self.tally.twins += 1;
        self.transcript.say(self.now, format_args!("{who} is resumed twice: the other is {twin}"));
        Ok(true)
    }
}
