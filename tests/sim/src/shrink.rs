//! A failing world made smaller: fewer steps, fewer devices, fewer kinds of trouble, for as long as it still fails.

use crate::{
    plan::{Failure, Plan},
    trouble::Trouble,
    world::run,
};

/// Worlds that are tried at most: some ten seconds, since the smaller ones take less and less.
pub const ATTEMPTS: usize = 120;

/// What shrinking found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shrunk {
    /// The smallest world that still fails.
    pub failure: Failure,
    /// Worlds that were tried.
    pub attempts: usize,
}

/// Looks for the smallest world that still fails, trying no more than `attempts`. Any failure will do: it is said in the end which it is.
pub fn shrink(failure: Failure, attempts: usize) -> Shrunk {
    let mut shrunk = Shrunk { failure, attempts: 0 };
    loop {
        let before = shrunk.failure.plan;
        shrunk.shorten(attempts);
        shrunk.each(attempts, fewer_devices(&shrunk.failure.plan));
        shrunk.each(attempts, fewer_troubles(&shrunk.failure.plan));
        if shrunk.failure.plan == before || shrunk.attempts >= attempts {
            return shrunk;
        }
    }
}

impl Shrunk {
    /// Tries a world, and keeps it if it fails too.
    fn still_fails(&mut self, plan: Plan, attempts: usize) -> bool {
        if self.attempts >= attempts || plan == self.failure.plan {
            return false;
        }
        self.attempts += 1;
        match run(plan) {
            Ok(_) => false,
            Err(failure) => {
                self.failure = failure;
                true
            }
        }
    }

    /// Nothing that comes after the failing step is needed; of what is before it, ever smaller pieces are left off at the end.
    fn shorten(&mut self, attempts: usize) {
        let plan = self.failure.plan;
        self.still_fails(Plan { steps: plan.steps.min(self.failure.step + 1), ..plan }, attempts);
        let mut piece = self.failure.plan.steps / 2;
        while piece > 0 {
            let plan = self.failure.plan;
            if !self.still_fails(Plan { steps: plan.steps.saturating_sub(piece), ..plan }, attempts) {
                piece /= 2;
            }
        }
    }

    /// Makes each of these changes that the failure survives.
    fn each(&mut self, attempts: usize, changes: Vec<Change>) {
        for change in changes {
            let smaller = change(self.failure.plan);
            self.still_fails(smaller, attempts);
        }
    }
}

type Change = Box<dyn Fn(Plan) -> Plan>;

/// One device less after the other.
fn fewer_devices(plan: &Plan) -> Vec<Change> {
    let hostile = (0..plan.hostile).map(|hostile| -> Change { Box::new(move |plan| Plan { hostile: plan.hostile.min(hostile), ..plan }) });
    let devices = (2..plan.devices).map(|devices| -> Change { Box::new(move |plan| Plan { devices: plan.devices.min(devices), ..plan }) });
    hostile.chain(devices.rev()).collect()
}

fn fewer_troubles(plan: &Plan) -> Vec<Change> {
    let there = Trouble::ALL.into_iter().map(|(trouble, _)| trouble).filter(|trouble| !plan.without.has(*trouble));
    there.map(|trouble| -> Change { Box::new(move |plan| Plan { without: plan.without.with(trouble), ..plan }) }).collect()
}
