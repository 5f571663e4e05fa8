//! Histories of which a part does not count: whatever order everything comes in, exactly the rest is in the text.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ClientId, Update};
use sheaf_replica::{
    Replica, Weighed,
    walk::{Content, Id, Rules, walk},
};
use sheaf_schema::{Delta, Scalar, attributes};

use crate::room::{Habits, PushedRecord, Room};

/// How many histories the check runs, in four orders each.
const HISTORIES: u64 = 400;

/// A history, and which of its pushes do not count.
struct Struck {
    pushed: Vec<PushedRecord>,
    void: Vec<bool>,
    /// Which hold entries of maps.
    entries: Vec<bool>,
}

impl Struck {
    /// Of a random history: everything that somebody wrote from some push on, or single pushes here and there. The founder's always count.
    fn new(seed: u64) -> Struck {
        let mut room = Room::new(seed, 2 + (seed % 3) as usize, Habits { moves: seed % 4 == 1, emoji: seed.is_multiple_of(3) });
        (0..30 + seed % 60).for_each(|_| room.step());
        room.heal();
        let pushed = room.pushed();
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x5747);
        let (founder, scattered) = (pushed[0].client, random.random_ratio(1, 3));
        let mut left: BTreeMap<ClientId, usize> = BTreeMap::new();
        let mut strikes = |push: &PushedRecord| {
            let left = left.entry(push.client).or_insert_with(|| random.random_range(0..8));
            *left = left.saturating_sub(1);
            push.client != founder && if scattered { random.random_ratio(1, 3) } else { *left == 0 }
        };
        let void = pushed.iter().map(&mut strikes).collect();
        let holds = |update: &Update| walk(&update.0, Rules::Any).expect("it was accepted").structs().any(|one| one.entry);
        let entries = pushed.iter().map(|push| push.updates.iter().any(holds)).collect();
        Struck { pushed, void, entries }
    }

    /// A push as it enters a replica.
    fn weighed(&self, at: usize) -> Vec<Weighed> {
        let push = &self.pushed[at];
        let knew_void_entries = push.stands_on.iter().any(|before| self.void[*before] && self.entries[*before]);
        let knew = knew_void_entries.then(|| push.knew.clone());
        push.updates.iter().map(|update| Weighed { update: update.clone(), void: self.void[at], knew: knew.clone() }).collect()
    }

    /// A random order in which everything comes after what it stands on.
    fn order(&self, random: &mut ChaCha8Rng) -> Vec<usize> {
        let (mut order, mut left) = (Vec::new(), (0..self.pushed.len()).collect::<Vec<_>>());
        while !left.is_empty() {
            let ready: Vec<usize> =
                (0..left.len()).filter(|at| self.pushed[left[*at]].stands_on.iter().all(|before| order.contains(before))).collect();
            order.push(left.remove(ready[random.random_range(0..ready.len())]));
        }
        order
    }

    /// The characters and embeds that somebody wrote who counts, and that nobody deleted who counts.
    fn expected(&self) -> BTreeSet<Id> {
        let counting = self.pushed.iter().zip(&self.void).filter(|(_, void)| !**void);
        let updates: Vec<&Update> = counting.flat_map(|(push, _)| &push.updates).collect();
        let (mut written, mut deleted) = (BTreeSet::new(), BTreeSet::new());
        for update in updates {
            let walked = walk(&update.0, Rules::Any).expect("it was accepted");
            let ids = |client, clocks: std::ops::Range<u32>| clocks.map(move |clock| Id { client, clock });
            let seen = walked.structs().filter(|one| matches!(one.content, Content::Text(_) | Content::Embed(_)));
            written.extend(seen.flat_map(|one| ids(one.id.client, one.clocks())));
            deleted.extend(walked.deletes().flat_map(|(client, clocks)| ids(client, clocks)));
        }
        &written - &deleted
    }
}

/// Applies everything in an order, a few pushes at a time; a plain copy follows by what is told.
fn applied(struck: &Struck, order: &[usize], random: &mut ChaCha8Rng) -> Replica {
    let (mut replica, mut copy, mut rest) = (Replica::empty(ClientId(1)), Delta::new(), order);
    while !rest.is_empty() {
        let (some, after) = rest.split_at(random.random_range(1..=rest.len().min(5)));
        rest = after;
        let updates: Vec<Weighed> = some.iter().flat_map(|at| struck.weighed(*at)).collect();
        let told = replica.apply_weighed(&updates).unwrap_or_else(|error| panic!("{error}"));
        copy = copy.compose(&told.delta);
        assert_eq!(copy, replica.delta(), "what is told is what is there");
        assert!(!replica.pending(), "yrs waits for something");
    }
    replica
}

#[test]
fn whatever_order_things_come_in_exactly_what_counts_is_in_the_text() {
    let (mut voids, mut on_top) = (0, 0);
    let histories = std::env::var("SHEAF_HISTORIES").ok().and_then(|value| value.parse().ok()).unwrap_or(HISTORIES);
    for seed in 0..histories {
        let struck = Struck::new(seed);
        voids += struck.void.iter().filter(|void| **void).count();
        on_top += struck.pushed.iter().filter(|push| push.stands_on.iter().any(|before| struck.void[*before])).count();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut first: Option<Delta> = None;
        for _ in 0..4 {
            let order = struck.order(&mut random);
            let replica = applied(&struck, &order, &mut random);
            replica.audit().unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
            let body = replica.delta();
            assert_eq!(first.get_or_insert_with(|| body.clone()), &body, "seed {seed}: two orders, two texts");
            let mut seen: BTreeSet<Id> = (0..replica.length()).filter_map(|at| replica.id_at(at)).collect();
            // The sentinel is nobody's to see.
            seen.insert(Id { client: struck.pushed[0].client, clock: 1 });
            assert_eq!(seen, struck.expected(), "seed {seed}: the text is not what counts");
        }
    }
    assert!(voids > 500 && on_top > 500, "{voids} that do not count, {on_top} that stand on one");
    println!("{histories} histories, {voids} pushes that do not count, {on_top} that stand on one");
}

/// Four writers who do nothing but name the document and say what its one line is, each after having heard of some of the others.
fn quarrel(random: &mut ChaCha8Rng) -> Struck {
    let (mut first, founding) = Replica::found(ClientId(20)).expect("a new body");
    let line = attributes([("line", "aaaaaaaaaaaaaaaa".into())]);
    let mut begun = vec![founding];
    begun.extend(first.push(&Delta::new().insert_with("\n", line), &mut || [1; 32]).expect("it fits").updates);
    let mut pushed = vec![PushedRecord { client: ClientId(20), stands_on: Vec::new(), updates: begun.clone(), knew: BTreeMap::new() }];
    let mut writers = vec![first];
    for client in [30, 10, 25].map(ClientId) {
        let mut writer = Replica::empty(client);
        writer.apply(&begun).expect("sound");
        writers.push(writer);
    }
    let mut known = vec![BTreeSet::from([0]); writers.len()];
    for number in 0..random.random_range(4..12) {
        let who = random.random_range(0..writers.len());
        for (at, push) in pushed.iter().enumerate() {
            let ready = push.stands_on.iter().all(|before| known[who].contains(before));
            if ready && random.random_ratio(1, 2) && known[who].insert(at) {
                writers[who].apply(&push.updates).expect("sound");
            }
        }
        let writer = &mut writers[who];
        let kind = || Delta::new().retain_with(1, attributes([("block", ["h1", "h2", "ul"][number % 3].into())]));
        let written = match random.random_ratio(2, 3) {
            true => writer.set_title(&format!("Title {number}")),
            false => writer.push(&kind(), &mut || [2; 32]),
        };
        let updates = written.expect("it fits").updates;
        if !updates.is_empty() {
            let (client, knew) = (writer.client(), [20, 30, 10, 25].map(ClientId).map(|client| (client, writer.end(client))).into());
            let stands_on = known[who].iter().copied().collect();
            known[who].insert(pushed.len());
            pushed.push(PushedRecord { client, stands_on, updates, knew });
        }
    }
    let void = (0..pushed.len()).map(|at| at > 0 && random.random_ratio(1, 3)).collect();
    Struck { entries: vec![true; pushed.len()], pushed, void }
}

#[test]
fn whatever_order_names_come_in_the_last_that_counts_is_the_name() {
    let mut names = 0;
    for seed in 0..4 * HISTORIES {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let struck = quarrel(&mut random);
        let texts: Vec<Option<String>> = struck.pushed.iter().map(|push| titled(&push.updates)).collect();
        let counting: Vec<usize> = (0..texts.len()).filter(|at| texts[*at].is_some() && !struck.void[*at]).collect();
        // Whoever knew all other names that count has the last word; of several, one.
        let last = |at: &&usize| counting.iter().all(|other| other == *at || struck.pushed[**at].stands_on.contains(other));
        let last = counting.iter().find(last).map(|at| texts[*at].clone().unwrap_or_default());
        let mut all: Option<(String, Option<String>)> = None;
        for _ in 0..4 {
            let order = struck.order(&mut random);
            let replica = applied(&struck, &order, &mut random);
            replica.audit().unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
            let says = (replica.title().to_owned(), kind(&replica));
            assert_eq!(all.get_or_insert_with(|| says.clone()), &says, "seed {seed}: two orders, two names");
            let one_of_them = counting.iter().any(|at| texts[*at].as_deref() == Some(replica.title()));
            assert!(one_of_them || (counting.is_empty() && replica.title().is_empty()), "seed {seed}: {}", replica.title());
            if let Some(last) = &last {
                assert_eq!(replica.title(), last, "seed {seed}: somebody knew all the others and said so");
                names += 1;
            }
        }
    }
    assert!(names > 1000, "{names}");
}

/// The title that updates give, if any.
fn titled(updates: &[Update]) -> Option<String> {
    let bytes = &updates.first().filter(|_| updates.len() == 1)?.0;
    let text = String::from_utf8_lossy(bytes);
    let at = text.find("Title ")?;
    Some(text[at..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == ' ').collect())
}

/// Three writers with a line "one" that somebody named a heading.
fn three() -> (Vec<Weighed>, [Replica; 3]) {
    let (mut ada, founding) = Replica::found(ClientId(20)).expect("a new body");
    let mut updates = vec![founding];
    let line = attributes([("line", "aaaaaaaaaaaaaaaa".into()), ("block", "h1".into())]);
    updates.extend(ada.push(&Delta::new().insert("one").insert_with("\n", line), &mut || [1; 32]).expect("it fits").updates);
    updates.extend(ada.set_title("Plan").expect("a title").updates);
    let mut others = [ClientId(30), ClientId(10)].map(Replica::empty);
    others.iter_mut().for_each(|other| drop(other.apply(&updates).expect("sound")));
    let [eve, ben] = others;
    (updates.into_iter().map(Weighed::from).collect(), [ada, eve, ben])
}

/// What all updates of one push are like.
fn weigh(updates: Vec<Update>, void: bool, knew: Option<&BTreeMap<ClientId, u32>>) -> impl Iterator<Item = Weighed> {
    updates.into_iter().map(move |update| Weighed { update, void, knew: knew.cloned() })
}

#[test]
fn a_title_and_a_kind_of_line_that_do_not_count_leave_those_before_them() {
    let (mut all, [_, mut eve, _]) = three();
    all.extend(weigh(eve.set_title("Spam").expect("a title").updates, true, None));
    let code = Delta::new().retain(3).retain_with(1, attributes([("block", "code".into())]));
    all.extend(weigh(eve.push(&code, &mut || [2; 32]).expect("it fits").updates, true, None));
    let mut reader = Replica::empty(ClientId(1));
    reader.apply_weighed(&all).expect("sound");
    assert_eq!(reader.title(), "Plan");
    assert_eq!(kind(&reader), Some("h1".to_owned()));
    reader.audit().expect("yrs agrees");
}

#[test]
fn who_names_a_thing_again_after_it_was_named_in_vain_has_named_it_for_good() {
    let (mut all, [_, mut eve, mut ben]) = three();
    let start = all.len();
    let spam = eve.set_title("Spam").expect("a title").updates;
    ben.apply(&spam).expect("sound");
    all.extend(weigh(spam, true, None));
    let knew = BTreeMap::from([(ClientId(20), ben.end(ClientId(20))), (ClientId(30), ben.end(ClientId(30)))]);
    all.extend(weigh(ben.set_title("Our plan").expect("a title").updates, false, Some(&knew)));
    all.extend(weigh(ben.set_title("Our better plan").expect("a title").updates, false, Some(&knew)));
    let mut reader = Replica::empty(ClientId(1));
    reader.apply_weighed(&all[..start + 1]).expect("sound");
    assert_eq!(reader.title(), "Plan");
    reader.apply_weighed(&all[start + 1..]).expect("sound");
    assert_eq!(reader.title(), "Our better plan", "of what one person says the last counts");
    reader.audit().expect("yrs agrees");
    // And whoever goes on from there is understood.
    let more = reader.set_title("The last plan").expect("a title").updates;
    assert_eq!((more.len(), reader.title()), (1, "The last plan"));
}

fn kind(replica: &Replica) -> Option<String> {
    let body = replica.delta();
    let newline = body.lines().next().and_then(|line| line.newline.clone())?;
    newline.get("block").and_then(Scalar::as_text).map(str::to_owned)
}
