//! Random stories of people who come, are removed with new secrets, and pass secrets on: in the end, who can open what?

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use sheaf_access::{Operation, Removal, Revocation, Role, Rotation, Standing, Wrap};
use sheaf_base::Hash;
use sheaf_record::{EpochId, EpochSecret};

use crate::people::{Person, gather, sealing_of, secret, seed_of, with_seeds};

/// Somebody, with all that they ever had: they throw nothing away.
struct Keeper {
    person: Person,
    number: u8,
    seeds: BTreeSet<u8>,
    made: Vec<EpochSecret>,
}

impl Keeper {
    /// Every secret that opens with what they have, out of every record that they hold.
    fn opens(&self) -> BTreeMap<EpochId, EpochSecret> {
        let (document, device, sealing) = (self.person.document, self.person.device(), sealing_of(self.number));
        let mut known: BTreeMap<EpochId, EpochSecret> = self.made.iter().map(|secret| (secret.id(), secret.clone())).collect();
        let mut found: Vec<EpochSecret> = Vec::new();
        let records: Vec<_> = self.person.letters.iter().filter_map(|letter| letter.access.as_ref()).collect();
        let invitations: Vec<Hash> =
            records.iter().filter(|it| matches!(it.operation, Operation::Invitation(_))).map(|it| it.position.hash).collect();
        let seeds: Vec<_> = self.seeds.iter().map(|number| seed_of(*number)).collect();
        for record in &records {
            match &record.operation {
                Operation::Invitation(open) => found.extend(seeds.iter().filter_map(|seed| open.open(seed, &document).ok())),
                Operation::Wrap(wrap) => found.extend(wrap.open(&device, &sealing, &document)),
                _ => {}
            }
            if let Some(rotation) = record.operation.rotation() {
                found.extend(rotation.open(&device, &sealing, &document));
                let reached = invitations.iter().filter(|it| rotation.reaches_ticket(it));
                let opened = reached.flat_map(|it| seeds.iter().filter_map(|seed| rotation.open_with_ticket(it, seed, &document).ok()));
                found.extend(opened);
            }
        }
        while let Some(secret) = found.pop() {
            if known.insert(secret.id(), secret.clone()).is_none() {
                let rotations = records.iter().filter_map(|record| record.operation.rotation());
                found.extend(rotations.filter(|it| it.epoch == secret.id()).flat_map(|it| it.before(&secret, &document)));
            }
        }
        for secret in self.made.iter() {
            let rotations = records.iter().filter_map(|record| record.operation.rotation()).filter(|it| it.epoch == secret.id());
            known.extend(rotations.flat_map(|it| it.before(secret, &document)).map(|secret| (secret.id(), secret)));
        }
        known
    }

    /// What closes the text for them now, if they can read it.
    fn current(&self) -> Option<Vec<EpochSecret>> {
        let known = self.opens();
        self.person.access.epochs().iter().map(|epoch| known.get(epoch).cloned()).collect()
    }

    /// Makes a new secret, for a removal or a revocation that leaves `devices` and `tickets`.
    fn rotate(&mut self, removal: Option<Hash>, revocation: Option<Hash>, random: &mut ChaCha8Rng) -> Option<Rotation> {
        let before = self.current()?;
        let new = EpochSecret::from_bytes(random.random());
        let access = &self.person.access;
        let left = match removal {
            Some(membership) => access.left_by_removal(&membership, &[]),
            None => access.left_by_revocation(&revocation?),
        };
        let rotation = Rotation::deal(&self.person.document, &new, &left.devices, &left.tickets, &before, random.random()).ok()?;
        self.made.push(new);
        Some(rotation)
    }
}

fn step(all: &mut [Keeper], random: &mut ChaCha8Rng, tickets: &mut Vec<(u8, Hash)>) {
    let (who, other) = (random.random_range(0..all.len()), random.random_range(0..all.len()));
    match random.random_range(0..12) {
        0..=4 => {
            if let Ok([one, other]) = all.get_disjoint_mut([who, other]) {
                one.person.meet(&other.person);
            }
        }
        5 if all[who].person.role_of(&all[who].person) >= Some(Role::Admin) => {
            // An open invitation holds the one secret of now; while there are several, nobody invites.
            if let Some([only]) = all[who].current().as_deref() {
                // Each ticket is another: its holders are those it was given to.
                let (seed, role) = (10 + tickets.len() as u8, if random.random_bool(0.5) { Role::Admin } else { Role::Edit });
                let label = sheaf_access::Label::close("", all[who].person.writer.cipher(), &all[who].person.previous());
                let document = all[who].person.document;
                let open = sheaf_access::Invitation::new(&seed_of(seed), &document, role, only, label, random.random());
                let (letter, _) = all[who].person.write(&Operation::Invitation(open));
                tickets.push((seed, letter.written.position.hash));
            }
        }
        6 | 7 if !tickets.is_empty() => {
            let (seed, invitation) = tickets[random.random_range(0..tickets.len())];
            let keeper = &mut all[who];
            if keeper.person.access.invitation(&seed_of(seed).key()).is_some() && keeper.person.role_of(&keeper.person).is_none() {
                keeper.seeds.insert(seed);
                keeper.person.restart(random.random());
                if keeper.person.join(seed, invitation).1 == Standing::Counts {
                    keeper.person.say_key(keeper.number);
                }
            }
        }
        8 | 9 if who != other => {
            let device = all[other].person.device();
            let member = all[who].person.access.member(&device).filter(|member| member.role < Role::Owner);
            let is_admin = all[who].person.role_of(&all[who].person) >= Some(Role::Admin);
            if let Some(member) = member.filter(|_| is_admin) {
                let rotation = all[who].rotate(Some(member.since.hash), None, random);
                all[who].person.write(&Operation::Removal(Removal { rotation, ..Removal::of(member.since.hash) }));
            }
        }
        10 if !tickets.is_empty() && all[who].person.role_of(&all[who].person) >= Some(Role::Admin) => {
            let (_, invitation) = tickets[random.random_range(0..tickets.len())];
            if all[who].person.access.standing(&invitation).is_some() {
                let rotation = all[who].rotate(None, Some(invitation), random);
                all[who].person.write(&Operation::Revocation(Revocation { invitation, rotation }));
            }
        }
        _ => wrap(&mut all[who], random),
    }
}

/// Deals to those who were missed whatever this one holds.
fn wrap(by: &mut Keeper, random: &mut ChaCha8Rng) {
    if by.person.role_of(&by.person).is_none() {
        return;
    }
    let known = by.opens();
    for missed in by.person.access.missed() {
        let Some(key) = missed.key else { continue };
        for secret in missed.epochs.iter().filter_map(|epoch| known.get(epoch)) {
            let wrap = Wrap::deal(&by.person.document, secret, &[(missed.device, key)], random.random()).unwrap();
            by.person.write(&Operation::Wrap(wrap));
        }
    }
}

#[test]
fn members_open_what_is_written_now_and_the_removed_never_do() {
    let counts = std::cell::Cell::new([0, 0, 0]);
    with_seeds(60, |random| {
        let ada = Person::founder();
        let document = ada.document;
        let begin = |person: Person, number: u8| Keeper { person, number, seeds: BTreeSet::new(), made: Vec::new() };
        let mut all: Vec<Keeper> = [begin(ada, 1)].into_iter().chain((2..=6).map(|n| begin(Person::stranger(document, n), n))).collect();
        let together = |all: &mut Vec<Keeper>| gather(&mut all.iter_mut().map(|keeper| &mut keeper.person).collect::<Vec<_>>());
        all[0].made.push(secret());
        all[0].person.say_key(1);
        let mut tickets = Vec::new();
        for round in 0..160 {
            if round % 40 == 0 {
                together(&mut all);
            }
            step(&mut all, random, &mut tickets);
        }
        together(&mut all);
        // Everybody who holds something passes it on.
        (0..all.len()).for_each(|who| wrap(&mut all[who], random));
        together(&mut all);

        let access = &all[0].person.access;
        let (missed, exposed) = (access.missed(), access.exposed());
        let is_missed = |keeper: &Keeper| missed.iter().any(|missed| missed.device == keeper.person.device());
        let came = |keeper: &Keeper| {
            let device = keeper.person.device();
            access.records().any(|(record, _)| record.device == device && matches!(record.operation, Operation::Join(_)))
        };
        let mut numbers = counts.get();
        for keeper in &all {
            let (member, reads) = (access.role(&keeper.person.device()).is_some(), keeper.current().is_some());
            assert!(!member || is_missed(keeper) || reads, "device {} is a member and cannot read", keeper.number);
            assert!(member || !reads || exposed.contains(&keeper.person.device()), "device {} reads", keeper.number);
            numbers[0] += usize::from(member);
            numbers[1] += usize::from(!member && !reads && came(keeper));
        }
        numbers[2] += access.rotations().count();
        counts.set(numbers);
    });
    let [members, removed, rotations] = counts.get();
    assert!(members > 100 && removed > 50 && rotations > 100 || std::env::var_os("SEED").is_some(), "{members} {removed} {rotations}");
}
