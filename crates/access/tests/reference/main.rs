//! The fold against a reference: random histories of up to twelve members, each taken in eight orders.
//!
//! Every check runs a part of them; `SHEAF_TIMES=50` (`cargo xtask soak access`) runs the whole two hundred thousand. A failure prints a line that plays the one history
//! again (`SHEAF_SEED=17 cargo nextest run -p sheaf-access --test reference`) and shows the fewest of its records that still disagree.

mod rules;
mod world;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rules::Rules;
use sheaf_access::{Access, OtherRecord, Refusal, Room, Standing};
use sheaf_base::Position;
use world::{Cast, History, Maker, Seen};

const HISTORIES: u64 = 4_000;
const ORDERS: usize = 8;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn history(cast: &mut Cast, seed: u64) -> (History, ChaCha8Rng) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let records = random.random_range(10..38);
    let history = Maker::new(cast, seed, random.clone()).make(records);
    (history, random)
}

/// The first thing in which fold and reference differ.
fn disagreement(history: &History, random: &mut ChaCha8Rng, met: &Met) -> Option<String> {
    let rules = Rules::new(history);
    let all = history.everything();
    let counting = rules.counting(all);
    met.circles.fetch_add(rules.circles.get(), Ordering::Relaxed);
    let mut records = history.accesses();
    let mut first: Option<String> = None;
    for order in 0..ORDERS {
        let access = match order {
            0 => history.fold(),
            _ => {
                records.shuffle(random);
                history.fold_of(records.clone())
            }
        };
        first =
            first.or_else(|| differs(history, &rules, &counting, &access, order == 0, met).map(|what| format!("order {order}: {what}")));
    }
    first.or_else(|| grown(history, &rules, random))
}

/// The fold, told of the records one by one, as they come to a device, and asked in between.
fn grown(history: &History, rules: &Rules<'_>, random: &mut ChaCha8Rng) -> Option<String> {
    let mut access = history.empty();
    let mut seen = world::Set::default();
    for (at, entry) in history.records.iter().enumerate() {
        seen.insert(at);
        let Some(record) = entry.access.clone() else { continue };
        let standing = access.add(record, history);
        if random.random_bool(0.5) {
            let counts = rules.counting(seen).has(at);
            if counts != matches!(standing, Standing::Counts | Standing::Unknown) {
                return Some(format!("record {at}, just added, is {standing:?}, and counts: {counts}"));
            }
            let device = history.devices[random.random_range(0..history.devices.len())];
            if access.role(&device) != rules.role(seen, device) {
                return Some(format!("after record {at}: {device:?} is {:?}, not {:?}", rules.role(seen, device), access.role(&device)));
            }
        }
    }
    None
}

fn differs(history: &History, rules: &Rules<'_>, counting: &rules::Counting, access: &Access, pasts: bool, met: &Met) -> Option<String> {
    let all = history.everything();
    for (at, entry) in history.records.iter().enumerate() {
        let Some(record) = &entry.access else { continue };
        let standing = access.standing(&entry.hash)?;
        let expected = (rules.said[at].is_some(), counting.has(at));
        let found = (!matches!(standing, Standing::Refused(_)), matches!(standing, Standing::Counts | Standing::Unknown));
        if expected != found {
            return Some(format!(
                "record {at} ({:?}) is {standing:?}; by the rules valid: {}, counts: {}",
                record.operation, expected.0, expected.1
            ));
        }
        if pasts {
            met.note(&standing);
            let seen = Seen(history, entry.past);
            if access.judge(record, &seen).is_ok() != expected.0 {
                return Some(format!("record {at} is judged otherwise by its past"));
            }
            if access.role_in(&entry.device, &seen) != rules.role(entry.past, entry.device) {
                return Some(format!("the author of record {at} was {:?}", rules.role(entry.past, entry.device)));
            }
            if access.epochs_in(&seen) != rules.epochs(entry.past) {
                return Some(format!("record {at} is closed with the secrets of {:?}", rules.epochs(entry.past)));
            }
        }
    }
    for device in &history.devices {
        let expected = rules.role(all, *device);
        if access.role(device) != expected {
            return Some(format!("{device:?} is {expected:?}, not {:?}", access.role(device)));
        }
        let listed = access.members().into_iter().any(|member| member.devices.contains(device));
        if listed != expected.is_some() {
            return Some(format!("{device:?} is {expected:?} and listed: {listed}"));
        }
    }
    if access.epochs() != rules.epochs(all) {
        return Some(format!("the epochs are {:?}, not {:?}", rules.epochs(all), access.epochs()));
    }
    if access.members().iter().filter(|member| member.role == sheaf_access::Role::Owner).count() > 1 {
        return Some("there are two owners".into());
    }
    for (at, entry) in history.records.iter().enumerate().filter(|(_, entry)| entry.access.is_none()) {
        let valid = access.may(&entry.device, &Seen(history, entry.past), entry.kind).is_ok();
        let role = rules.role(entry.past, entry.device);
        if valid != role.is_some_and(|role| role >= sheaf_access::Role::needed_for(entry.kind)) {
            return Some(format!("record {at}, of kind {:?}, by {role:?} is valid: {valid}", entry.kind));
        }
        let position = Position { chain: entry.chain, number: entry.number, hash: entry.hash };
        let counts = access.counts(&OtherRecord { device: entry.device, position, kind: entry.kind }, history);
        // What is not valid is never asked about.
        if valid && counts != rules.other_counts(all, at, entry.kind) {
            return Some(format!("record {at}, of kind {:?}, counts: {counts}", entry.kind));
        }
        if pasts {
            met.others[usize::from(valid) + usize::from(valid && counts)].fetch_add(1, Ordering::Relaxed);
        }
    }
    None
}

/// What the histories were made of: what is never met is not tested.
#[derive(Default)]
struct Met {
    standings: [AtomicUsize; 3],
    others: [AtomicUsize; 3],
    /// Records that were decided in circles.
    circles: AtomicUsize,
    /// Records for which there was no room: by what was full.
    full: [AtomicUsize; ROOMS.len()],
}

/// What the histories are to fill.
const ROOMS: [Room; 4] = [Room::Records, Room::Removals, Room::Revocations, Room::Members];

impl Met {
    fn note(&self, standing: &Standing) {
        let which = match standing {
            Standing::Refused(_) => 0,
            Standing::Void => 1,
            Standing::Counts | Standing::Unknown => 2,
        };
        self.standings[which].fetch_add(1, Ordering::Relaxed);
        if let Standing::Refused(Refusal::Full { what, .. }) = standing
            && let Some(at) = ROOMS.iter().position(|room| room == what)
        {
            self.full[at].fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The fewest records of a history that still disagree.
fn shrink(mut history: History, random: &ChaCha8Rng) -> History {
    let fails = |history: &History| {
        let played = std::panic::catch_unwind(|| disagreement(history, &mut random.clone(), &Met::default()));
        played.map_or(true, |found| found.is_some())
    };
    let mut at = history.records.len();
    while at > 1 {
        at -= 1;
        if at < history.records.len() {
            let less = history.without(at);
            if fails(&less) {
                history = less;
            }
        }
    }
    history
}

fn show(history: &History) {
    for (at, entry) in history.records.iter().enumerate() {
        let who = history.devices.iter().position(|device| *device == entry.device).unwrap();
        let past: Vec<usize> = entry.past.iter().collect();
        let newest: Vec<&usize> = past.iter().filter(|it| !past.iter().any(|later| history.records[*later].past.has(**it))).collect();
        let what = entry.access.as_ref().map_or(format!("{:?}", entry.kind), |record| format!("{:?}", record.operation));
        eprintln!("  {at}: {:?} by device {who}, chain {} number {}, on {newest:?}: {what}", entry.hash, entry.chain.short(), entry.number);
    }
}

fn play(cast: &mut Cast, seed: u64, met: &Met) {
    let (history, random) = history(cast, seed);
    let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| disagreement(&history, &mut random.clone(), met)));
    if matches!(played, Ok(None)) {
        return;
    }
    let least = shrink(history, &random);
    show(&least);
    let what = std::panic::catch_unwind(|| disagreement(&least, &mut random.clone(), &Met::default()));
    panic!("failed with SHEAF_SEED={seed}: {:?}", what.ok().flatten());
}

#[test]
fn the_fold_agrees_with_the_rules_in_every_order() {
    let met = Met::default();
    if let Some(seed) = number("SHEAF_SEED") {
        return play(&mut Cast::new(), seed, &met);
    }
    let histories = HISTORIES * number("SHEAF_TIMES").unwrap_or(1);
    #[expect(clippy::disallowed_methods, reason = "says how long all of it took")]
    let (next, start) = (AtomicU64::new(0), std::time::Instant::now());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut cast = Cast::new();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= histories {
                            break;
                        }
                        play(&mut cast, seed, &met);
                    }
                })
            })
            .collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let [refused, void, counting] = met.standings.each_ref().map(|it| it.load(Ordering::Relaxed));
    let [invalid, withdrawn, kept] = met.others.each_ref().map(|it| it.load(Ordering::Relaxed));
    let full = met.full.each_ref().map(|it| it.load(Ordering::Relaxed));
    let circles = met.circles.load(Ordering::Relaxed);
    println!(
        "{histories} histories, each in {ORDERS} orders: {refused} access records refused, {void} void, {counting} counting; \
         of the others {invalid} invalid, {withdrawn} withdrawn, {kept} kept; {circles} decided in circles; \
         no room for {full:?} of {ROOMS:?}; {:.0} s",
        start.elapsed().as_secs_f64()
    );
    assert!(full.iter().all(|met| *met as u64 * 100 > histories), "too little is full");
    let per_mille = |part: usize| part as u64 * 1000 / histories.max(1);
    assert!(per_mille(void) > 1000 && per_mille(refused) > 1000 && per_mille(counting) > 5000, "too little happens to access");
    assert!(
        per_mille(withdrawn) > 100 && per_mille(invalid) > 200 && per_mille(kept) > 500 && per_mille(circles) > 100,
        "too little happens to the rest"
    );
}
