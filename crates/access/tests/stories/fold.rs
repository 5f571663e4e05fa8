//! The same set of records is the same state, in whatever order it comes. (`reference` says that it is the right one.)

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use sheaf_access::{Access, AccessRecord, CausalPast, Operation, Role, Standing};
use sheaf_base::{ChainId, DeviceId, Hash};
use sheaf_record::Graph;

use crate::people::{Letter, Person, append, seed_of, with_seeds};

/// Six devices that invite, join, leave, rename, restart, meet, forge and misbehave.
fn live(random: &mut ChaCha8Rng, steps: usize) -> Vec<Person> {
    let ada = Person::founder();
    let document = ada.document;
    let mut people: Vec<_> = [ada].into_iter().chain((2..=6).map(|number| Person::stranger(document, number))).collect();
    let mut tickets: Vec<(u8, Hash)> = Vec::new();
    for step in 0..steps {
        let who = random.random_range(0..people.len());
        match random.random_range(0..16) {
            0 | 1 => {
                let inviter = if random.random_bool(0.7) { 0 } else { who };
                let role = [Role::View, Role::Edit, Role::Admin, Role::Owner][random.random_range(0..4)];
                let seed = random.random_range(10..20);
                let (letter, _) = people[inviter].invite(seed, role);
                tickets.push((seed, letter.written.position.hash));
            }
            2..=5 if !tickets.is_empty() => {
                let (seed, invitation) = tickets[random.random_range(0..tickets.len())];
                let seed = if random.random_bool(0.1) { seed + 1 } else { seed };
                people[who].join(seed, invitation);
            }
            6 => _ = people[who].write(&Operation::Leave),
            7 => _ = people[who].call_myself(&format!("name {step}")),
            8 => _ = people[who].type_something(),
            9 => people[who].restart(random.random()),
            10 => _ = people[who].write(&Operation::Unknown { tag: 99, bytes: vec![] }),
            _ => {
                let other = random.random_range(0..people.len());
                meet(&mut people, who, other);
            }
        }
    }
    people
}

fn meet(people: &mut [Person], one: usize, other: usize) {
    if let Ok([one, other]) = people.get_disjoint_mut([one, other]) {
        one.meet(other);
    }
}

/// Everybody's letters in one graph.
fn together(people: &[Person]) -> (Graph, Vec<AccessRecord>) {
    let mut all = Person::stranger(people[0].document, 99);
    people.iter().for_each(|person| all.meet(person));
    let mut graph = Graph::new();
    all.letters.iter().for_each(|letter| append(&mut graph, letter));
    (graph, all.letters.iter().filter_map(|letter| letter.access.clone()).collect())
}

/// Members, what each record amounts to, and each device's newest profile.
type State = (Vec<(DeviceId, Role)>, Vec<(Hash, Standing)>, Vec<Option<Hash>>);

/// What must not depend on the order.
fn state(access: &Access) -> State {
    let members = access.members().iter().map(|member| (member.devices[0], member.role)).collect();
    let standings = access.records().map(|(record, standing)| (record.position.hash, standing)).collect();
    let profiles = (1..=6).map(|number| {
        let device = sheaf_record::DeviceKey::from_bytes(&[number; 32]).device();
        access.profile(&device).map(|(position, ..)| position.hash)
    });
    (members, standings, profiles.collect())
}

#[test]
fn the_order_does_not_matter() {
    with_seeds(20, |random| {
        let people = live(random, 120);
        let (graph, mut records) = together(&people);
        let document = people[0].document;
        let folded = state(&Access::fold(document, records.clone(), &graph));
        for _ in 0..4 {
            records.shuffle(random);
            assert_eq!(state(&Access::fold(document, records.clone(), &graph)), folded);
            let mut added = Access::new(document);
            for record in &records {
                added.add(record.clone(), &graph);
                added.add(record.clone(), &graph);
            }
            assert_eq!(state(&added), folded, "one by one, each twice");
        }
    });
}

#[test]
fn every_device_that_holds_the_same_finds_the_same() {
    let joined = std::cell::Cell::new(0);
    with_seeds(20, |random| {
        let mut people = live(random, 120);
        for _ in 0..2 {
            for one in 0..people.len() {
                for other in 0..people.len() {
                    meet(&mut people, one, other);
                }
            }
        }
        let first = state(&people[0].access);
        joined.set(joined.get() + first.0.len() - 1);
        for person in &people[1..] {
            assert_eq!(state(&person.access), first);
        }
    });
    assert!(joined.get() > 20 || std::env::var_os("SEED").is_some(), "only {} members joined in all stories", joined.get());
}

/// Counts how often a graph is asked.
struct Asked<'a>(&'a Graph, std::cell::Cell<usize>);

impl CausalPast for Asked<'_> {
    fn stands_on(&self, later: &Hash, earlier: &Hash) -> bool {
        self.1.set(self.1.get() + 1);
        self.0.stands_on(later, earlier)
    }

    fn is_last(&self, record: &Hash) -> bool {
        self.0.is_last(record)
    }

    fn reach(&self, record: &Hash, chain: &ChainId) -> u64 {
        self.0.reach(record, chain)
    }
}

#[test]
fn a_record_costs_the_same_however_many_there_are() {
    // Somebody who can write nothing else can still say their name all day long.
    let mut ada = Person::founder();
    for day in 0..400 {
        ada.call_myself(&format!("Ada {day}"));
    }
    let (mut graph, mut access) = (Graph::new(), Access::new(ada.document));
    let cost = |letter: &Letter| {
        append(&mut graph, letter);
        let asked = Asked(&graph, 0.into());
        access.add(letter.access.clone().expect("she has done nothing else"), &asked);
        asked.1.get()
    };
    let costs: Vec<usize> = ada.letters.iter().map(cost).collect();
    assert_eq!(costs[10], costs[399], "{costs:?}");
}

#[test]
fn a_ticket_is_found_by_its_key() {
    let mut ada = Person::founder();
    let (letter, _) = ada.invite(7, Role::Edit);
    let (record, invitation) = ada.access.invitation(&seed_of(7).key()).unwrap();
    assert_eq!(record.position, letter.written.position);
    assert_eq!(invitation.role, Role::Edit);
    assert!(ada.access.invitation(&seed_of(8).key()).is_none());
}
