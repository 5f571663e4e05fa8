//! Access records: what they say, and who is a member when all of them have come, in whatever order.
//!
//! Every part is an access record of one of four devices: its first byte says whose, what it stands on, and whether the rest is an operation
//! as it is or an act that needs a signature, which the target then makes.

use std::{collections::BTreeMap, sync::LazyLock};

use sheaf_access::{
    Access, AccessRecord, Genesis, Invitation, Label, Operation, Profile, Removal, Revocation, Role, RoleChange, Standing, TicketSeed,
    Transfer,
};
use sheaf_base::{DocumentId, Hash, Position, Wall};
use sheaf_record::{ChainReader, ChainWriter, DeviceKey, EpochSecret, Extent, Graph, Kind, Stamp};

use super::record::one_spelling;

/// Records of one input. The fold is quadratic in the worst order, and this target asks for the worst.
const RECORDS: usize = 24;

/// Which of the four devices writes.
const WHO: u8 = 0b0000_0011;
/// It stands on everything before it, and not only on the genesis and its own.
pub(crate) const ON_ALL: u8 = 0b0000_0100;
/// The rest is no operation but an act: its first byte says which.
pub(crate) const ACT: u8 = 0b0000_1000;

/// What a part with [`ACT`] does.
pub(crate) mod act {
    /// Invites, to the role of the next byte, by the ticket of the byte after.
    pub(crate) const INVITE: u8 = 0;
    /// Joins, by the invitation in the record of the next byte, with the ticket of the byte after.
    pub(crate) const JOIN: u8 = 1;
    /// Says a name.
    pub(crate) const PROFILE: u8 = 2;
    /// Removes the member who began with the record of the next byte.
    pub(crate) const REMOVE: u8 = 3;
    /// Gives the member who began with the record of the next byte the role of the byte after.
    pub(crate) const ROLE: u8 = 4;
    /// Hands over to the member who began with the record of the next byte.
    pub(crate) const TRANSFER: u8 = 5;
    /// Revokes the invitation in the record of the next byte.
    pub(crate) const REVOKE: u8 = 6;
    /// How many acts there are.
    pub(super) const ALL: u8 = 7;
}

const NOW: Wall = Wall(1_700_000_000_000);

struct World {
    document: DocumentId,
    genesis: AccessRecord,
    keys: [DeviceKey; 4],
}

static SECRET: LazyLock<EpochSecret> = LazyLock::new(|| EpochSecret::from_bytes([0x5e; 32]));

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let keys = [1, 2, 3, 4].map(|byte| DeviceKey::from_bytes(&[byte; 32]));
    let mut writer = ChainWriter::begin(&keys[0], DocumentId::FOUNDING, [1; 16], 1, NOW, &SECRET);
    let genesis = Operation::Genesis(Genesis { owner: keys[0].device(), epoch: SECRET.id() }).encode();
    let start = writer.tip();
    let written = writer.append(Kind::Access, Stamp::default(), &genesis, NOW).expect("it is small");
    let read = ChainReader::resume(start).read(&written.bytes).expect("it was just written");
    let genesis = AccessRecord::read(&read, keys[0].device()).expect("it is one");
    World { document: DocumentId(written.position.hash.0), genesis, keys }
});

/// The graph and the records as they come.
struct Story {
    graph: Graph,
    writers: [ChainWriter; 4],
    hashes: Vec<Hash>,
    records: Vec<AccessRecord>,
    access: Access,
}

pub(super) fn run(parts: &[Vec<u8>]) {
    let mut story = Story::begin();
    for part in parts.iter().take(RECORDS) {
        story.tell(part);
    }
    let Story { graph, records, access, .. } = story;
    let standings = |access: &Access| -> BTreeMap<Hash, Option<Standing>> {
        records.iter().map(|record| (record.position.hash, access.standing(&record.position.hash))).collect()
    };
    let folded = Access::fold(WORLD.document, records.iter().rev().cloned(), &graph);
    let mut backwards = Access::new(WORLD.document);
    for record in records.iter().rev() {
        backwards.add(record.clone(), &graph);
    }
    for other in [folded, backwards] {
        assert_eq!(standings(&access), standings(&other), "another order, another standing");
        assert_eq!(access.members(), other.members(), "another order, other members");
    }
    let owners = access.members().iter().filter(|member| member.role == Role::Owner).count();
    assert!(owners <= 1, "a document has one owner");
    if !records.iter().any(|record| matches!(record.operation, Operation::Transfer(_) | Operation::Removal(_))) {
        assert_eq!(access.role(&WORLD.keys[0].device()), Some(Role::Owner), "nobody but the owner touches the owner");
    }
    for person in &WORLD.keys[1..] {
        let handed = records.iter().any(|it| matches!(it.operation, Operation::Transfer(_)) && it.device == WORLD.keys[0].device());
        assert!(handed || access.role(&person.device()) < Some(Role::Owner), "nobody takes the document");
    }
}

impl Story {
    fn begin() -> Story {
        let world = &*WORLD;
        let begin = |who: usize| ChainWriter::begin(&world.keys[who], world.document, [who as u8; 16], 1, NOW, &SECRET);
        let writers = [0, 1, 2, 3].map(begin);
        let (mut graph, mut access) = (Graph::new(), Access::new(world.document));
        let Position { chain, number, hash } = world.genesis.position;
        graph.open_chain(chain, world.genesis.device);
        graph.append(&chain, number, hash, &Stamp::default(), Extent::default()).expect("it is the first");
        access.add(world.genesis.clone(), &graph);
        for (writer, key) in writers.iter().zip(&world.keys) {
            graph.open_chain(writer.tip().chain, key.device());
        }
        Story { graph, writers, hashes: vec![hash], records: vec![world.genesis.clone()], access }
    }

    fn tell(&mut self, part: &[u8]) {
        let Some((&flags, rest)) = part.split_first() else { return };
        let who = usize::from(flags & WHO);
        let start = self.writers[who].tip();
        let plaintext = if flags & ACT == 0 { rest.to_vec() } else { self.act(who, rest) };
        one_spelling(&plaintext, Operation::decode(&plaintext), Operation::encode);
        let all = || self.graph.stamps(Some(&start.chain)).pop();
        let genesis = || Stamp::new([self.hashes[0]]).ok();
        let stamp = if flags & ON_ALL != 0 { all() } else { genesis().filter(|_| start.number == 0) };
        let stamp = stamp.unwrap_or_default();
        let Ok(written) = self.writers[who].append(Kind::Access, stamp, &plaintext, NOW) else { return };
        let read = ChainReader::resume(start).read(&written.bytes).expect("it was just written");
        let Position { chain, number, hash } = written.position;
        self.graph.append(&chain, number, hash, &written.record.stamp, Extent::default()).expect("the stamp is made from the graph");
        self.hashes.push(hash);
        let device = WORLD.keys[who].device();
        if let Ok(record) = AccessRecord::read(&read, device) {
            self.access.add(record.clone(), &self.graph);
            self.records.push(record);
        }
        if let Some((_, previous, profile)) = self.access.profile(&device) {
            drop(profile.open(self.writers[who].cipher(), &previous));
        }
    }

    /// An operation that takes a signature or a key.
    fn act(&self, who: usize, rest: &[u8]) -> Vec<u8> {
        let byte = |at: usize| rest.get(at).copied().unwrap_or(0);
        let writer = &self.writers[who];
        let seed = TicketSeed::from_bytes([byte(2) % 4; 32]);
        let role = |byte: u8| [Role::View, Role::Comment, Role::Edit, Role::Admin, Role::Owner][usize::from(byte % 5)];
        let named = self.hashes[usize::from(byte(1)) % self.hashes.len()];
        let operation = match byte(0) % act::ALL {
            act::INVITE => {
                let role = role(byte(1));
                let label = Label::close("a friend", writer.cipher(), &writer.tip().hash);
                Operation::Invitation(Invitation::new(&seed, &WORLD.document, role, &SECRET, label, [byte(2); 32]))
            }
            act::JOIN => Operation::Join(seed.join(named, &WORLD.document, &writer.tip().chain, &WORLD.keys[who].device())),
            act::REMOVE => Operation::Removal(Removal::of(named)),
            act::ROLE => Operation::Role(RoleChange { membership: named, role: role(byte(2)) }),
            act::TRANSFER => Operation::Transfer(Transfer { membership: named }),
            act::REVOKE => Operation::Revocation(Revocation { invitation: named, rotation: None }),
            _ => {
                let name = String::from_utf8_lossy(rest.get(1..).unwrap_or_default()).into_owned();
                Operation::Profile(Profile { name, colour: "teal".to_owned() }.close(writer.cipher(), &writer.tip().hash))
            }
        };
        operation.encode()
    }
}

/// What honest people do: the seeds.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let act = |who: u8, rest: &[u8]| [&[who | ON_ALL | ACT], rest].concat();
    let plain = |who: u8, operation: &Operation| [vec![who | ON_ALL], operation.encode()].concat();
    let invited = act(0, &[act::INVITE, 3, 1]);
    let joined = act(1, &[act::JOIN, 1, 1]);
    let named = act(1, &[act::PROFILE, b'B', b'e', b'n']);
    let again = act(1, &[act::INVITE, 2, 2]);
    let third = act(2, &[act::JOIN, 4, 2]);
    let mut apart = vec![invited.clone(), joined.clone()];
    apart.extend([vec![1, 5], vec![3 | ACT, act::JOIN, 1, 1], vec![1 | ACT, act::PROFILE, b'x'], vec![0, 99, 1, 2]]);
    let promoted = act(0, &[act::ROLE, 2, 3]);
    let duel = vec![vec![1 | ACT, act::REMOVE, 4], act(0, &[act::REMOVE, 2]), act(0, &[act::REVOKE, 1]), act(0, &[act::TRANSFER, 4])];
    let quarrel = [vec![invited.clone(), joined.clone(), promoted, act(2, &[act::JOIN, 1, 1])], duel].concat();
    vec![
        ("honest-quarrel", quarrel),
        ("honest-members", vec![invited.clone(), joined.clone(), named, again, third, plain(2, &Operation::Leave)]),
        ("honest-apart", apart),
        ("honest-operations", vec![plain(0, &Operation::Unknown { tag: 77, bytes: vec![1, 2, 3] }), plain(3, &WORLD.genesis.operation)]),
    ]
}
