//! The world under many seeds.
//!
//! `SHEAF_SIM_SEEDS=N` changes how many, `SHEAF_SIM_FIRST=n` where they begin, `SHEAF_SIM_KEEP=FOLDER` keeps the plan of each world that
//! fails there. A failure is made as small as can be and prints the line that repeats it with `one_seed`; `SHEAF_SIM_PRINT=1` before that
//! prints the transcript.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use sheaf_base::planted::Bug;
use sheaf_sim::{
    Failing, Failure, Plan, Planted, Tally, run,
    shrink::{ATTEMPTS, shrink},
    tally::Worlds,
};

/// Seeds of the check (issue 3).
const SEEDS: u64 = 10_000;
/// Happenings in a long world.
const STEPS: usize = 200;
/// Happenings in the others: half as many. One world in so many is long, since what takes long to come about comes about in those.
const LONG: u64 = 4;
/// Seeds of the worlds whose frames are altered.
const ATTACKED: u64 = 200;
/// Seeds of the worlds with hostile devices.
const HOSTILE: u64 = 400;
/// Seeds of the worlds in which hostile devices are removed.
const REMOVING: u64 = 400;
/// Seeds of the worlds in which honest people who manage do not agree.
const QUARRELING: u64 = 300;
/// Seeds of the worlds in which chains fork.
const FORKED: u64 = 200;
/// Of many failures so many are made smaller: one tells most of it.
const SHRUNK: usize = 3;

/// What the worlds of many plans together have shown.
#[derive(Default)]
struct Shown {
    worlds: u64,
    all: Tally,
    /// In how many of them there was at least one.
    with: Vec<u64>,
    failures: Vec<Failure>,
    /// Processor time, in nanoseconds; nothing where the system does not say.
    nanoseconds: u64,
}

impl Shown {
    fn add(&mut self, lived: Result<Tally, Failure>) {
        self.worlds += 1;
        let tally = match lived {
            Ok(tally) => tally,
            Err(failure) => return self.failures.push(failure),
        };
        self.all += tally;
        let counts = tally.counts();
        self.with.resize(counts.len(), 0);
        for (with, (_, count, ..)) in self.with.iter_mut().zip(counts) {
            *with += u64::from(count > 0);
        }
    }

    /// Prints what happened and what it cost. No world may have failed.
    fn say(&self, what: &str) {
        println!("{} {what}", self.worlds);
        for ((name, count, ..), with) in self.all.counts().into_iter().zip(&self.with).filter(|((_, count, ..), _)| *count > 0) {
            println!("  {name}: {count}, in {with} of {}", self.worlds);
        }
        let seconds = self.nanoseconds as f64 / 1e9;
        if seconds > 0.0 {
            let (minutes, rate) = (seconds / 60.0, self.worlds as f64 / seconds);
            println!("{} {what} took {minutes:.1} minutes of processor time: {rate:.1} worlds in each second of it", self.worlds);
        }
        for (number, failure) in self.failures.iter().enumerate() {
            println!("{failure}");
            keep(&failure.plan);
            if number < SHRUNK {
                let shrunk = shrink(failure.clone(), ATTEMPTS);
                println!("  the smallest of {} that still fails: {}", shrunk.attempts, shrunk.failure);
            }
        }
        assert!(self.failures.is_empty(), "{} of {} {what} failed; the lines above repeat them", self.failures.len(), self.worlds);
    }

    /// What never happened, or in too few worlds, has not been tested.
    fn have_all_happened(&self, worlds: Worlds) {
        let counts = self.all.counts().into_iter().zip(&self.with).filter(|((_, _, of, _), _)| *of == worlds);
        for ((name, _, _, percent), with) in counts.filter(|((.., percent), _)| *percent > 0) {
            let enough = with * 100 >= self.worlds * percent && *with > 0;
            assert!(enough, "{name}: only in {with} of {} worlds, and it must be {percent} of a hundred", self.worlds);
        }
    }
}

/// Keeps a failing world's plan where the environment says.
fn keep(plan: &Plan) {
    let Some(folder) = std::env::var_os("SHEAF_SIM_KEEP") else { return };
    let place = std::path::Path::new(&folder).join(format!("{}.seed", plan.seed));
    std::fs::write(&place, format!("{plan}\n")).unwrap_or_else(|error| panic!("cannot write {}: {error}", place.display()));
}

/// What this thread has had of a processor so far, in nanoseconds. Nothing but Linux says.
fn processor_time() -> u64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    said.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0)
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
                shown.lock().expect("nothing panics while it holds this").nanoseconds += processor_time();
            });
        }
    });
    shown.into_inner().expect("all threads have ended well")
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn steps(seed: u64) -> usize {
    if seed.is_multiple_of(LONG) { STEPS } else { STEPS / 2 }
}

/// Runs the worlds of so many seeds, prints what they showed, and asks whether everything happened that should.
fn live(what: &str, usually: u64, plan: fn(u64, usize) -> Plan, worlds: Worlds) {
    let first = number("SHEAF_SIM_FIRST").unwrap_or(0);
    let count = number("SHEAF_SIM_SEEDS").map_or(usually, |count| count * usually / SEEDS).max(1);
    let shown = on_all_cores(count, |seed| twice_now_and_then(plan(first + seed, steps(first + seed))));
    shown.say(what);
    shown.have_all_happened(worlds);
}

#[test]
fn many_worlds_keep_every_promise() {
    live("worlds", SEEDS, Plan::peaceful, Worlds::Ordinary);
}

#[test]
fn worlds_whose_frames_are_altered_keep_every_promise() {
    live("attacked worlds", ATTACKED, |seed, steps| Plan { attacked: true, ..Plan::peaceful(seed, steps) }, Worlds::Attacked);
}

#[test]
fn worlds_with_hostile_devices_keep_every_promise_to_the_honest() {
    live("hostile worlds", HOSTILE, Plan::hostile, Worlds::Hostile);
}

/// The honest agree, whoever heard of the removals when, and none of their words is gone, those typed among what counts no more included.
#[test]
fn worlds_in_which_the_hostile_are_removed_keep_every_promise_to_the_others() {
    live("removing worlds", REMOVING, Plan::removing, Worlds::Removing);
}

/// All who are left agree on who is in and on each word, nobody shows a word that does not count, an invitation for one lets in one, and whoever was
/// removed reads nothing of what those wrote who knew.
#[test]
fn worlds_in_which_honest_people_remove_one_another_end_the_same_for_all_who_are_left() {
    live("quarreling worlds", QUARRELING, Plan::quarreling, Worlds::Quarreling);
}

/// What the product promises today: whoever has heard both branches holds the proof and names the device, nobody honest is blamed, and
/// everybody shows what it has saved itself. How often the honest agree all the same is printed.
#[test]
fn worlds_in_which_chains_fork_name_who_forked_them() {
    live("forked worlds", FORKED, Plan::forked, Worlds::Forked);
}

/// Worlds that have failed once, kept by a soak.
#[test]
fn kept_seeds_keep_every_promise() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut plans = Vec::new();
    for path in files.map(|file| file.expect("a file of the folder").path()).filter(|path| path.extension().is_some_and(|it| it == "seed"))
    {
        let line = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        plans.push(Plan::read(&line, STEPS).unwrap_or_else(|error| panic!("{}: {error:?}", path.display())));
    }
    let shown = on_all_cores(plans.len() as u64, |number| twice_now_and_then(plans[number as usize]));
    shown.say("kept worlds");
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

/// A planted bug that many worlds notice: what is left of one must be far smaller, still fail, and be read again from its line.
#[test]
fn a_failing_world_shrinks() {
    let planted = Some(Planted::Product(Bug::DeleteSetDropped));
    let fails = |seed| run(Plan { planted, ..Plan::peaceful(seed, STEPS) }).err();
    let failure = (0..WORLDS_TO_NOTICE).find_map(fails).expect("planted_bugs_are_noticed says that some do");
    let shrunk = shrink(failure.clone(), ATTEMPTS);
    println!("{failure}\nshrunk in {} worlds to\n{}", shrunk.attempts, shrunk.failure);
    let (before, after) = (failure.plan, shrunk.failure.plan);
    assert!(after.steps * 2 <= before.steps && after.devices < before.devices, "{before} was shrunk no further than to {after}");
    assert!(!after.to_string().is_empty() && Plan::read(&after.to_string(), STEPS) == Ok(after));
    assert_eq!(run(after).err().map(|again| again.what), Some(shrunk.failure.what));
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
    let words: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    let plan = Plan::read(&words.join(" "), STEPS).unwrap_or_else(|error| panic!("{error:?}"));
    if let Err(failure) = run(plan) {
        panic!("{failure}");
    }
}
