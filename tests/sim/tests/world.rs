//! The world under many seeds.
//!
//! `SHEAF_SIM_SEEDS=N` changes how many, `SHEAF_SIM_FIRST=n` where they begin. A failure prints the line that repeats it with `one_seed`;
//! `SHEAF_SIM_PRINT=1` before that prints the transcript.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use sheaf_base::planted::Bug;
use sheaf_sim::{Failing, Failure, Plan, Planted, Tally, run};

/// Seeds of the check (issue 2).
const SEEDS: u64 = 2000;
/// Happenings in each (issue 2).
const STEPS: usize = 200;
/// Seeds of the worlds whose frames are altered.
const ATTACKED: u64 = 200;

/// What the worlds of many plans together have shown.
#[derive(Default)]
struct Shown {
    worlds: u64,
    all: Tally,
    /// In how many of them there was at least one.
    with: Vec<(&'static str, u64)>,
    failures: Vec<Failure>,
}

impl Shown {
    fn add(&mut self, lived: Result<Tally, Failure>) {
        self.worlds += 1;
        let tally = match lived {
            Ok(tally) => tally,
            Err(failure) => return self.failures.push(failure),
        };
        self.all += tally;
        let kinds = [
            ("edits", tally.edits),
            ("concurrent merges", tally.merges),
            ("crashes", tally.crashes),
            ("torn tails", tally.torn_tails),
            ("writes that nobody heard of", tally.unheard),
            ("partitions", tally.partitions),
            ("restored backups", tally.restores),
            ("full disks", tally.full_disks),
            ("packed runs", tally.packs),
            ("snapshots", tally.folds),
        ];
        self.with.resize(kinds.len(), ("", 0));
        for (place, (name, count)) in self.with.iter_mut().zip(kinds) {
            *place = (name, place.1 + u64::from(count > 0));
        }
    }

    /// Prints what happened. No world may have failed.
    fn say(&self, what: &str) {
        println!("{} {what}: {:?}", self.worlds, self.all);
        for (name, count) in &self.with {
            println!("  {name} in {count} of {}", self.worlds);
        }
        self.failures.iter().for_each(|failure| println!("{failure}"));
        assert!(self.failures.is_empty(), "{} of {} {what} failed; the lines above repeat them", self.failures.len(), self.worlds);
    }

    /// What happens in fewer than a tenth of the worlds has not been tested.
    fn have_all_happened(&self) {
        for (name, count) in &self.with {
            assert!(count * 10 >= self.worlds, "{name} happened in only {count} of {} worlds: they have not been tested", self.worlds);
        }
    }
}

/// Runs a world for each number below `count`, on all cores.
fn on_all_cores(count: u64, live: impl Fn(u64) -> Result<Tally, Failure> + Sync) -> Shown {
    let next = AtomicU64::new(0);
    let shown = Mutex::new(Shown::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < count) {
                    let lived = live(number);
                    shown.lock().expect("nothing panics while it holds this").add(lived);
                }
            });
        }
    });
    shown.into_inner().expect("all threads have ended well")
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn many_worlds_keep_every_promise() {
    let first = number("SHEAF_SIM_FIRST").unwrap_or(0);
    let shown = on_all_cores(number("SHEAF_SIM_SEEDS").unwrap_or(SEEDS), |seed| twice_now_and_then(Plan::peaceful(first + seed, STEPS)));
    shown.say("worlds");
    shown.have_all_happened();
}

#[test]
fn worlds_whose_frames_are_altered_keep_every_promise() {
    let first = number("SHEAF_SIM_FIRST").unwrap_or(0);
    let attacked = |seed| twice_now_and_then(Plan { attacked: true, ..Plan::peaceful(first + seed, STEPS) });
    let shown = on_all_cores(number("SHEAF_SIM_SEEDS").unwrap_or(ATTACKED), attacked);
    shown.say("attacked worlds");
    assert!(shown.all.attacks > 5 * shown.worlds, "hardly anything was altered");
}

/// Every fiftieth world lives twice and must tell the same story.
fn twice_now_and_then(plan: Plan) -> Result<Tally, Failure> {
    let (tally, transcript) = run(plan)?;
    if plan.seed.is_multiple_of(50) {
        let (_, again) = run(plan)?;
        if transcript != again {
            return Err(Failure { plan, step: STEPS, what: "the second run of the same seed went another way".to_owned() });
        }
    }
    Ok(tally)
}

/// Of this many worlds at least one must notice a planted bug.
const WORLDS_TO_NOTICE: u64 = 60;

#[test]
fn planted_bugs_are_noticed() {
    let bugs = [
        (Planted::TellBeforeWrite, false),
        (Planted::Product(Bug::UncoveredStamp), false),
        (Planted::Product(Bug::HashUnchecked), true),
        (Planted::Product(Bug::SignatureUnchecked), true),
        (Planted::Product(Bug::UnsealedAccepted), true),
        (Planted::Product(Bug::DeleteSetDropped), false),
    ];
    for (bug, attacked) in bugs {
        let noticed = (0..WORLDS_TO_NOTICE).find_map(|seed| {
            let sound = Plan { attacked, ..Plan::peaceful(seed, STEPS) };
            let noticed = run(Plan { planted: Some(bug), ..sound }).err();
            // Only a world that is well without the bug can notice it.
            noticed.filter(|_| run(sound).is_ok())
        });
        match noticed {
            Some(Failure { plan, what, .. }) => {
                println!("{bug:?} is noticed by seed {}: {}", plan.seed, what.lines().next().unwrap_or_default())
            }
            None => panic!("{bug:?} went unnoticed in {WORLDS_TO_NOTICE} worlds"),
        }
    }
}

/// So many worlds have each operation of a disk fail in its turn: the first short ones in which two devices write often.
const FAILING: usize = 2;
const FAILING_STEPS: usize = 60;
/// Often enough to mean something, and not so often that every operation takes minutes.
const OFTEN: std::ops::Range<u64> = 20..60;

/// How often the first two devices write in a short world whose disks hold.
fn operations(seed: u64) -> [(Plan, u64); 2] {
    [0, 1].map(|device| {
        let failing = Failing { device, at: u64::MAX, for_good: false, unheard: false };
        let sound = Plan { failing: Some(failing), ..Plan::peaceful(seed, FAILING_STEPS) };
        let (tally, _) = run(sound).unwrap_or_else(|failure| panic!("{failure}"));
        (sound, tally.operations)
    })
}

/// Every operation of one device's disk fails: once, or with all that follow it; and either nothing of it is on the disk, or only the answer
/// is missing. Its process lives on. Nothing that is told ever names what is not durable, and no number is used twice: that is what every
/// world checks.
#[test]
fn a_disk_may_fail_at_any_operation() {
    let writing = (0..200).map(operations).filter(|devices| devices.iter().all(|(_, operations)| OFTEN.contains(operations)));
    let worlds: Vec<_> = writing.take(FAILING).collect();
    assert_eq!(worlds.len(), FAILING, "hardly anybody writes in these worlds");
    let mut plans = Vec::new();
    for (sound, operations) in worlds.into_iter().flatten() {
        for (for_good, unheard) in [(false, false), (false, true), (true, false), (true, true)] {
            let failing = |at| sound.failing.map(|failing| Failing { at, for_good, unheard, ..failing });
            plans.extend((0..operations).map(|at| Plan { failing: failing(at), ..sound }));
        }
    }
    let shown = on_all_cores(plans.len() as u64, |number| {
        let plan = plans[number as usize];
        let (tally, _) = run(plan)?;
        let struck = tally.failed_writes > 0;
        if struck { Ok(tally) } else { Err(Failure { plan, step: plan.steps, what: "the disk never failed".to_owned() }) }
    });
    shown.say("worlds with a failing disk");
}

/// Repeats one world, as the environment describes it.
#[test]
fn one_seed() {
    if let Err(failure) = run(Plan::from_environment(STEPS)) {
        panic!("{failure}");
    }
}
