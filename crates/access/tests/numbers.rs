//! What access costs, printed: `cargo nextest run -p sheaf-access --test numbers --no-capture`.
//!
//! Times are printed and only loosely asserted: this machine does other things too. Bytes are asserted.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use sheaf_access::{
    Access, AccessRecord, AddDevice, Counted, Genesis, Invitation, Key, Label, Left, Operation, Profile, Removal, Revocation, Role,
    RoleChange, Rotation, SealingSeed, Standing, Ticket, TicketKind, TicketSeed, limits,
};
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position};
use sheaf_record::{ChainCipher, DeviceKey, EpochSecret, Extent, Graph, Kind, Stamp};

const DOCUMENT: DocumentId = DocumentId([0xd0; 32]);

/// What folding may take of an opening, in milliseconds, in a release build: as long as nobody notices. It is told and not asserted: the worst
/// shapes come near to it, and this machine does other things too.
const BUDGET: f64 = 50.0;

/// Records, in a real graph.
#[derive(Default)]
struct History {
    records: Vec<(AccessRecord, Stamp)>,
    graph: Graph,
    numbers: BTreeMap<ChainId, u64>,
}

impl History {
    /// Writes a record of a device's only chain that stands on these and on the chain before it.
    fn write(&mut self, device: DeviceId, operation: Operation, on: &[usize]) -> usize {
        self.write_in(ChainId(device.0), device, operation, on)
    }

    /// The same in any chain.
    fn write_in(&mut self, chain: ChainId, device: DeviceId, operation: Operation, on: &[usize]) -> usize {
        let at = self.records.len();
        self.graph.open_chain(chain, device);
        let number = self.numbers.entry(chain).or_default();
        *number += 1;
        let tip = self.graph.tip(&chain).filter(|tip| tip.number > 0).map(|tip| tip.hash);
        let parents: Vec<Hash> = on.iter().map(|at| self.records[*at].0.position.hash).chain(tip).collect();
        let parents = self.graph.minimal(&parents).into_iter().filter(|parent| Some(*parent) != tip);
        let stamp = Stamp::new(parents).unwrap();
        let hash = if at == 0 { Hash(DOCUMENT.0) } else { Hash(*blake3::hash(&at.to_le_bytes()).as_bytes()) };
        self.graph.append(&chain, *number, hash, &stamp, Extent::default()).unwrap();
        let record = AccessRecord::new(Position { chain, number: *number, hash }, Hash([0; 32]), device, operation);
        self.records.push((record, stamp));
        at
    }

    fn last(&self) -> usize {
        self.records.len() - 1
    }

    fn fold(&self) -> Access {
        self.open().0
    }

    /// Takes the records as a device does that opens a document: each is placed in the graph, then added. Says how many milliseconds the
    /// adding took, and finding who is a member.
    fn open(&self) -> (Access, f64) {
        let place = |graph: &mut Graph, record: &AccessRecord, stamp: &Stamp| {
            let Position { chain, number, hash } = record.position;
            graph.open_chain(chain, record.device);
            graph.append(&chain, number, hash, stamp, Extent::default()).unwrap();
        };
        let start = spent();
        let mut graph = Graph::new();
        self.records.iter().for_each(|(record, stamp)| place(&mut graph, record, stamp));
        let placing = spent() - start;

        let (mut graph, mut access, start) = (Graph::new(), Access::new(DOCUMENT), spent());
        for (record, stamp) in &self.records {
            place(&mut graph, record, stamp);
            access.take(record.clone(), &graph);
        }
        access.members();
        (access, (spent() - start).as_secs_f64() * 1e3 - placing.as_secs_f64() * 1e3)
    }

    /// Prints what folding costs the first time, when the signatures inside are checked, and again.
    fn time(&self, what: &str) -> f64 {
        let (access, first) = self.open();
        // The time that a thread had is told in steps.
        let times = (20_000 / self.records.len()).clamp(5, 200);
        let again = (0..times).map(|_| self.open().1).sum::<f64>() / times as f64;
        let (records, members) = (self.records.len(), access.members().len());
        let within = if again <= BUDGET { "within" } else { "NOT within" };
        println!("{what}: {records} records, {members} members: {again:.1} ms ({within} {BUDGET} ms), {first:.1} ms with their signatures");
        again
    }
}

/// The time that this thread has had a processor for, so that what else the machine does is not counted; where that is not known, the clock.
#[expect(clippy::disallowed_methods, reason = "measures what things cost")]
fn spent() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

fn secret() -> EpochSecret {
    EpochSecret::from_bytes([0x5e; 32])
}

fn key(number: usize) -> DeviceKey {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    DeviceKey::from_bytes(&bytes)
}

fn sealing(number: usize) -> SealingSeed {
    let mut bytes = [9; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    SealingSeed::from_bytes(bytes)
}

fn label() -> Label {
    Label::close("a friend", &ChainCipher::new(&secret(), &ChainId([0; 32])), &Hash([0; 32]))
}

fn profile() -> Operation {
    let profile = Profile { name: "Ben".into(), colour: "teal".into() };
    Operation::Profile(profile.close(&ChainCipher::new(&secret(), &ChainId([0; 32])), &Hash([0; 32])))
}

fn open(seed: &TicketSeed, role: Role) -> Operation {
    Operation::Invitation(Invitation::new(seed, &DOCUMENT, role, &secret(), label(), [3; 32]))
}

fn owner() -> DeviceId {
    key(0).device()
}

fn begun() -> History {
    let mut history = History::default();
    history.write(owner(), Operation::Genesis(Genesis { owner: owner(), epoch: secret().id() }), &[]);
    history
}

/// A document of so many members, the second half of them admins: each joined, gave a key and a name, standing on all before.
fn document(members: usize, role: Role) -> (History, Vec<usize>) {
    let mut history = begun();
    let seed = TicketSeed::from_bytes([1; 32]);
    let invitation = history.write(owner(), open(&seed, role), &[]);
    let mut joins = vec![0];
    for number in 1..members {
        let device = key(number).device();
        let join = seed.join(history.records[invitation].0.position.hash, &DOCUMENT, &ChainId(device.0), &device);
        let last = history.last();
        joins.push(history.write(device, Operation::Join(join), &[last]));
        let key: Key = sealing(number).register(&DOCUMENT, &device);
        history.write(device, Operation::Key(key), &[]);
        history.write(device, profile(), &[]);
    }
    (history, joins)
}

#[test]
fn folding_ten_a_hundred_and_256_members() {
    for members in [10, 100, 256] {
        let (history, _) = document(members, Role::Edit);
        assert_eq!(history.fold().members().len(), members);
        assert!(history.time("a document") < 1000.0);
    }
}

/// Admins who write apart from one another in the shapes below: more than a document has.
const ADMINS: usize = 192;

/// Records in the shapes below: a document of 512 members who have said a name four times.
const RECORDS: usize = 2048;

/// What somebody writes who means to hold up everybody's opening, in the shapes found that cost most for their length.
#[test]
fn the_worst_legal_folds() {
    let worst = [
        names().time("names, one after the other"),
        ring().time("a ring of admins who remove one another"),
        changing_roles().time("roles that change while their members write"),
        cut_row().time("a long row of admins, each let in by the one before, cut at the top"),
        talked_about().time("a member about whom all admins say something"),
    ];
    assert!(worst.into_iter().all(|time| time < 5000.0), "{worst:?}");
}

/// Everybody changes their name, one after the other.
fn names() -> History {
    let (mut history, _) = document(limits::MEMBERSHIPS, Role::Edit);
    while history.records.len() < RECORDS {
        let (number, last) = (history.records.len() % limits::MEMBERSHIPS, history.last());
        history.write(key(number).device(), profile(), &[last]);
    }
    history
}

/// Admins in a ring, each removing the next, none knowing of another; and then each says its name, apart from all others.
fn ring() -> History {
    let (mut history, joins) = document(ADMINS, Role::Admin);
    let all = history.last();
    for number in 1..ADMINS {
        let next = if number + 1 == ADMINS { 1 } else { number + 1 };
        let removal = Removal::of(history.records[joins[next]].0.position.hash);
        history.write(key(number).device(), Operation::Removal(removal), &[all]);
    }
    while history.records.len() < RECORDS {
        let number = 1 + history.records.len() % (ADMINS - 1);
        history.write(key(number).device(), profile(), &[]);
    }
    history
}

/// The owner gives a hundred members other roles over and over, while they write apart from that.
fn changing_roles() -> History {
    let (mut history, joins) = document(256, Role::Edit);
    let all = history.last();
    for at in 0..256 {
        let membership = history.records[joins[1 + at % 100]].0.position.hash;
        let role = if at % 3 == 0 { Role::View } else { Role::Admin };
        history.write(owner(), Operation::Role(RoleChange { membership, role }), &[all]);
        for behind in 0..4 {
            let number = 1 + (at + behind * 7) % 100;
            let last = history.last();
            history.write(key(number).device(), profile(), if behind == 0 { &[] } else { std::slice::from_ref(&last) });
        }
    }
    history
}

/// Each admin was let in by the one before; one at the top is removed by one who did not know of the rest; each writes on, apart.
fn cut_row() -> History {
    let mut history = begun();
    let mut joins = vec![0];
    for number in 1..=limits::ROW {
        let mut bytes = [2; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        let seed = TicketSeed::from_bytes(bytes);
        let invitation = history.write(key(number - 1).device(), open(&seed, Role::Admin), &[]);
        let device = key(number).device();
        let join = seed.join(history.records[invitation].0.position.hash, &DOCUMENT, &ChainId(device.0), &device);
        joins.push(history.write(device, Operation::Join(join), &[invitation]));
    }
    for number in 0..ADMINS {
        let removal = Removal::of(history.records[joins[1 + number % 4]].0.position.hash);
        history.write(owner(), Operation::Removal(removal), &[joins[8]]);
        let removes = history.last();
        let writer = key(limits::ROW - number % 32).device();
        for _ in 0..8 {
            history.write(writer, profile(), if number % 2 == 0 { &[] } else { std::slice::from_ref(&removes) });
        }
    }
    history
}

/// One member whose role as many admins as may change apart from one another, and who writes on after each time another few of them.
fn talked_about() -> History {
    let (mut history, joins) = document(ADMINS + 1, Role::Admin);
    let all = history.last();
    let membership = history.records[joins[1]].0.position.hash;
    let said: Vec<usize> = (2..joins.len())
        .map(|number| {
            let role = [Role::Edit, Role::Admin][number % 2];
            history.write(key(number).device(), Operation::Role(RoleChange { membership, role }), &[all])
        })
        .collect();
    while history.records.len() < RECORDS {
        let at = history.records.len();
        let heard = history.write(key(2 + at % 60).device(), profile(), &[said[at * 7 % said.len()]]);
        history.write(key(2 + (at + 11) % 60).device(), profile(), &[heard, said[at * 5 % said.len()]]);
    }
    history
}

/// What no limit bounds: one viewer writes chains side by side, none of which knows of another.
#[test]
fn many_chains_side_by_side() {
    for chains in [5, 20, 80] {
        let mut history = viewed();
        let behind = history.last();
        for chain in 0..chains {
            for at in 0..500 {
                history.write_in(side(chain), key(1).device(), profile(), if at == 0 { std::slice::from_ref(&behind) } else { &[] });
            }
        }
        after(&mut history);
        history.time(&format!("{chains} chains of 500 names side by side"));
    }
    for chains in [24, 96] {
        let mut history = viewed();
        let (behind, membership, device) = (history.last(), history.records[2].0.position.hash, key(1).device());
        for chain in 0..chains {
            for at in 0..limits::REMOVALS {
                let number = 1000 + chain * limits::REMOVALS + at;
                let added = AddDevice::consent(&DOCUMENT, membership, &device, Role::View, &key(number), &sealing(number));
                let on = if at == 0 { std::slice::from_ref(&behind) } else { &[] };
                history.write_in(side(chain), device, Operation::AddDevice(added), on);
                let removal = Removal { devices: vec![key(number).device()], ..Removal::of(membership) };
                history.write_in(side(chain), device, Operation::Removal(removal), &[]);
            }
        }
        after(&mut history);
        history.time(&format!("{chains} chains of {} removals of own devices side by side", limits::REMOVALS));
    }
}

/// The owner's document, with a viewer in it.
fn viewed() -> History {
    let (mut history, _) = document(2, Role::View);
    assert_eq!(history.records[2].0.device, key(1).device());
    history.write(owner(), profile(), &[history.last()]);
    history
}

fn side(chain: usize) -> ChainId {
    ChainId(*blake3::hash(format!("side {chain}").as_bytes()).as_bytes())
}

/// Somebody who has heard of everything removes whoever wrote it, and goes on.
fn after(history: &mut History) {
    let heads: Vec<usize> = (0..history.records.len()).filter(|at| history.graph.is_head(&history.records[*at].0.position.hash)).collect();
    for some in heads.chunks(60) {
        history.write(owner(), profile(), some);
    }
    let removal = Removal::of(history.records[2].0.position.hash);
    let removed = history.write(owner(), Operation::Removal(removal), &[]);
    (0..20).for_each(|_| _ = history.write(owner(), profile(), &[]));
    assert_eq!(history.fold().standing(&history.records[removed].0.position.hash), Some(Standing::Counts));
}

/// A full document, let in and taken out again by one device as often as it may.
#[test]
fn years_of_coming_and_going() {
    for times in [1, 2, 4] {
        let history = come_and_gone(times);
        assert!(history.records.len() > times * 255 * 7);
        history.time(&format!("255 people let in and taken out {times} times"));
    }
}

fn come_and_gone(times: usize) -> History {
    let mut history = begun();
    for number in 1..=255 * times {
        let mut bytes = [3; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        let (seed, device) = (TicketSeed::from_bytes(bytes), key(number).device());
        let last = history.last();
        let invitation = history.write(owner(), open(&seed, Role::View), &[last]);
        let hash = history.records[invitation].0.position.hash;
        let join = history.write(device, Operation::Join(seed.join(hash, &DOCUMENT, &ChainId(device.0), &device)), &[invitation]);
        history.write(device, Operation::Key(sealing(number).register(&DOCUMENT, &device)), &[]);
        let last = history.write(device, profile(), &[]);
        let membership = history.records[join].0.position.hash;
        history.write(owner(), Operation::Role(RoleChange { membership, role: Role::Edit }), &[last]);
        if number % 255 == 0 {
            take_out(&mut history, number + 1 - 255..=number);
        }
    }
    history
}

/// Everybody of these is removed, and what they came by is revoked.
fn take_out(history: &mut History, numbers: std::ops::RangeInclusive<usize>) {
    for number in numbers {
        let device = key(number).device();
        let join = history.records.iter().find(|(record, _)| record.device == device).map(|(record, _)| record.clone());
        let Some(AccessRecord { position, operation: Operation::Join(join), .. }) = join else { panic!("they joined") };
        history.write(owner(), Operation::Removal(Removal::of(position.hash)), &[]);
        history.write(owner(), Operation::Revocation(Revocation { invitation: join.invitation, rotation: None }), &[]);
    }
    assert_eq!(history.fold().members().len(), 1);
}

#[test]
fn a_new_secret_for_256_members() {
    let (history, joins) = document(256, Role::Edit);
    let access = history.fold();
    let removed = history.records[joins[1]].0.position.hash;
    let start = spent();
    let Left { devices, tickets } = access.left_by_removal(&removed, &[]);
    let rotation = Rotation::deal(&DOCUMENT, &EpochSecret::from_bytes([1; 32]), &devices, &tickets, &[secret()], [5; 32]).unwrap();
    let dealt = spent() - start;
    let start = spent();
    rotation.open(&devices[9].0, &sealing((1..256).find(|n| key(*n).device() == devices[9].0).unwrap()), &DOCUMENT).unwrap();
    let opened = spent() - start;
    let removal = Removal { rotation: Some(rotation), ..Removal::of(removed) };
    assert_eq!(devices.len(), 254);
    let bytes = Operation::Removal(removal).encode().len();
    println!(
        "a new secret for {} devices: {:.1} ms to deal, {bytes} bytes, {:.2} ms for each to open",
        devices.len(),
        dealt.as_secs_f64() * 1e3,
        opened.as_secs_f64() * 1e3
    );
    assert!(bytes < 30 * 1024);
}

#[test]
fn the_fullest_operations_fit_a_record() {
    let key = SealingSeed::from_bytes([8; 32]).key();
    let devices: Vec<_> = (0..limits::SEALS).map(|n| (DeviceId(*blake3::hash(&n.to_le_bytes()).as_bytes()), key)).collect();
    let invitation = Invitation::new(&TicketSeed::from_bytes([1; 32]), &DOCUMENT, Role::Edit, &secret(), label(), [3; 32]);
    let tickets: Vec<_> = (0..limits::TICKETS).map(|n| (Hash([n as u8; 32]), &invitation)).collect();
    let before: Vec<_> = (0..limits::EPOCHS).map(|n| EpochSecret::from_bytes([n as u8; 32])).collect();
    let rotation = Rotation::deal(&DOCUMENT, &secret(), &devices, &tickets, &before, [5; 32]).unwrap();
    let cuts = (0..limits::CUTS).map(|n| sheaf_access::Cut { chain: ChainId([n as u8; 32]), number: u64::MAX }).collect();
    let named = (0..limits::REMOVED).map(|n| DeviceId([n as u8; 32])).collect();
    let removal = Removal { membership: Hash([1; 32]), devices: named, cuts, rotation: Some(rotation) };
    let bytes = Operation::Removal(removal.clone()).encode();
    println!("the fullest removal: {} bytes", bytes.len());
    assert!(bytes.len() <= sheaf_record::ChainWriter::MAX_CONTENT, "{}", bytes.len());
    assert_eq!(Operation::decode(&bytes), Ok(Operation::Removal(removal)));
}

#[test]
fn asking_about_one_record() {
    let (history, _) = document(256, Role::Edit);
    let (access, device) = (history.fold(), key(255).device());
    let past = history.graph.everything();
    let start = spent();
    let times = 20_000;
    for _ in 0..times {
        assert!(access.may(&device, &past, Kind::Body).is_ok());
    }
    println!("whether one record may be written, among 256 members: {:.1} us", (spent() - start).as_secs_f64() * 1e6 / f64::from(times));
}

#[test]
fn the_size_of_tickets() {
    let plain = Ticket {
        document: DOCUMENT,
        inviter: owner(),
        seed: TicketSeed::from_bytes([1; 32]),
        title: "Notes on bookbinding".into(),
        name: "Ada".into(),
        role: Role::Edit,
        kind: TicketKind::Open,
        folder: None,
        routes: vec![],
    };
    let counted =
        Counted { key: plain.seed.key(), role: Role::Edit, uses: 1, expires: Some(1_800_000_000), approved: true, label: label() };
    let granted = Ticket { kind: TicketKind::Approved, ..plain.clone() }.encode().len();
    let (open, counted) = (open(&plain.seed, Role::Edit).encode().len(), Operation::Counted(counted).encode().len());
    let letters = plain.encode().len();
    println!("a ticket: {letters} letters, {granted} if its maker grants; its invitation: {open} bytes if open, {counted} if counted");
    assert!(counted < open);
    assert_eq!(begun().fold().standing(&Hash(DOCUMENT.0)), Some(Standing::Counts));
}
