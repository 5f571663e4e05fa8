//! People with a device each, who write access records into real chains and hear of one another's.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sheaf_access::{
    Access, AccessRecord, Genesis, Invitation, Label, Operation, OtherRecord, Profile, Removal, Role, RoleChange, SealingSeed, Standing,
    TicketSeed,
};
use sheaf_base::{DeviceId, DocumentId, Hash, Wall};
use sheaf_record::{ChainReader, ChainWriter, DeviceKey, EpochSecret, Extent, Graph, Kind, Stamp, Written};

pub(crate) const NOW: Wall = Wall(1_700_000_000_000);

pub(crate) fn secret() -> EpochSecret {
    EpochSecret::from_bytes([0x5e; 32])
}

/// A record on its way from one device to the others.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) device: DeviceId,
    pub(crate) written: Written,
    pub(crate) access: Option<AccessRecord>,
}

/// One device with everything it holds.
pub(crate) struct Person {
    pub(crate) key: DeviceKey,
    pub(crate) document: DocumentId,
    pub(crate) writer: ChainWriter,
    pub(crate) graph: Graph,
    pub(crate) access: Access,
    pub(crate) letters: Vec<Letter>,
}

impl Person {
    /// Begins a document.
    pub(crate) fn founder() -> Self {
        let key = DeviceKey::from_bytes(&[1; 32]);
        let mut writer = ChainWriter::begin(&key, DocumentId::FOUNDING, [1; 16], 1, NOW, &secret());
        let genesis = Operation::Genesis(Genesis { owner: key.device(), epoch: secret().id() }).encode();
        let written = writer.append(Kind::Access, Stamp::default(), &genesis, NOW).unwrap();
        let document = DocumentId(written.position.hash.0);
        let mut founder = Self { key, document, writer, graph: Graph::new(), access: Access::new(document), letters: Vec::new() };
        let letter = founder.letter(written);
        assert_eq!(founder.hear(&letter), Some(Standing::Counts));
        founder
    }

    /// A device that holds nothing of `document` yet.
    pub(crate) fn stranger(document: DocumentId, number: u8) -> Self {
        let key = DeviceKey::from_bytes(&[number; 32]);
        let writer = ChainWriter::begin(&key, document, [number; 16], 1, NOW, &secret());
        Self { key, document, writer, graph: Graph::new(), access: Access::new(document), letters: Vec::new() }
    }

    /// Begins a new chain, as a restart does.
    pub(crate) fn restart(&mut self, nonce: [u8; 16]) {
        self.writer = ChainWriter::begin(&self.key, self.document, nonce, 1, NOW, &secret());
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.key.device()
    }

    /// The hash that the next record follows.
    pub(crate) fn previous(&self) -> Hash {
        self.writer.tip().hash
    }

    /// Writes `operation`, standing on everything held.
    pub(crate) fn write(&mut self, operation: &Operation) -> (Letter, Standing) {
        let stamp = self.graph.stamps(Some(&self.writer.tip().chain)).swap_remove(0);
        let written = self.writer.append(Kind::Access, stamp, &operation.encode(), NOW).unwrap();
        let letter = self.letter(written);
        let standing = self.hear(&letter).unwrap();
        (letter, standing)
    }

    /// Writes into the body, so that a past is not made of access records alone.
    pub(crate) fn type_something(&mut self) -> Letter {
        let stamp = self.graph.stamps(Some(&self.writer.tip().chain)).swap_remove(0);
        let written = self.writer.append(Kind::Body, stamp, b"words", NOW).unwrap();
        let letter = self.letter(written);
        self.hear(&letter);
        letter
    }

    fn letter(&self, written: Written) -> Letter {
        let before = sheaf_base::Position { number: written.position.number - 1, hash: written.previous, ..written.position };
        let read = ChainReader::resume(before).read(&written.bytes).unwrap();
        let access = (read.record.kind == Kind::Access).then(|| AccessRecord::read(&read, self.device()).unwrap());
        Letter { device: self.device(), written, access }
    }

    /// Takes a letter in, if it is new; says what an access record amounts to.
    pub(crate) fn hear(&mut self, letter: &Letter) -> Option<Standing> {
        if self.graph.position(&letter.written.position.hash).is_none() {
            append(&mut self.graph, letter);
            self.letters.push(letter.clone());
        }
        letter.access.clone().map(|record| self.access.add(record, &self.graph))
    }

    /// Takes in everything that `other` holds.
    pub(crate) fn meet(&mut self, other: &Person) {
        for letter in &other.letters {
            self.hear(letter);
        }
    }

    /// Invites whoever holds the ticket with this seed.
    pub(crate) fn invite(&mut self, seed: u8, role: Role) -> (Letter, Standing) {
        let label = Label::close("a friend", self.writer.cipher(), &self.previous());
        let invitation = Invitation::new(&seed_of(seed), &self.document, role, &secret(), label, [seed; 32]);
        self.write(&Operation::Invitation(invitation))
    }

    /// Joins by the ticket with this seed.
    pub(crate) fn join(&mut self, seed: u8, invitation: Hash) -> (Letter, Standing) {
        let join = seed_of(seed).join(invitation, &self.document, &self.writer.tip().chain, &self.device());
        self.write(&Operation::Join(join))
    }

    /// Somebody with the device of this number, who has joined by an invitation of `host` and says what secrets are sealed to for them.
    pub(crate) fn guest(host: &mut Person, number: u8, role: Role) -> Self {
        let (invitation, _) = host.invite(100 + number, role);
        let mut guest = Self::stranger(host.document, number);
        guest.meet(host);
        let (_, standing) = guest.join(100 + number, invitation.written.position.hash);
        assert_eq!(standing, Standing::Counts);
        guest.say_key(number);
        host.meet(&guest);
        guest
    }

    /// Says what secrets are sealed to for this device, whose number it is.
    pub(crate) fn say_key(&mut self, number: u8) {
        let key = sealing_of(number).register(&self.document, &self.device());
        assert_eq!(self.write(&Operation::Key(key)).1, Standing::Counts);
    }

    /// The name of the membership that a person has.
    pub(crate) fn membership(&self, of: &Person) -> Hash {
        self.access.member(&of.device()).expect("they are a member").since.hash
    }

    /// Removes somebody, and says what the record amounts to.
    pub(crate) fn remove(&mut self, whom: &Person) -> (Letter, Standing) {
        let membership = self.membership(whom);
        self.write(&Operation::Removal(Removal::of(membership)))
    }

    pub(crate) fn change_role(&mut self, of: &Person, role: Role) -> (Letter, Standing) {
        let membership = self.membership(of);
        self.write(&Operation::Role(RoleChange { membership, role }))
    }

    /// What an access record amounts to here.
    pub(crate) fn standing(&self, letter: &Letter) -> Standing {
        self.access.standing(&letter.written.position.hash).expect("it is held")
    }

    /// Whether a record of the body counts here.
    pub(crate) fn counts(&self, letter: &Letter) -> bool {
        let record = OtherRecord { device: letter.device, position: letter.written.position, kind: Kind::Body };
        self.access.counts(&record, &self.graph)
    }

    pub(crate) fn role_of(&self, person: &Person) -> Option<Role> {
        self.access.role(&person.device())
    }

    pub(crate) fn call_myself(&mut self, name: &str) -> (Letter, Standing) {
        let profile = Profile { name: name.to_owned(), colour: "teal".to_owned() };
        let sealed = profile.close(self.writer.cipher(), &self.previous());
        self.write(&Operation::Profile(sealed))
    }
}

/// What the device with this number opens secrets with.
pub(crate) fn sealing_of(number: u8) -> SealingSeed {
    SealingSeed::from_bytes([number ^ 0x80; 32])
}

/// Everybody hears what everybody holds.
pub(crate) fn gather(people: &mut [&mut Person]) {
    for _ in 0..2 {
        for one in 0..people.len() {
            for other in 0..people.len() {
                if let Ok([one, other]) = people.get_disjoint_mut([one, other]) {
                    one.meet(other);
                }
            }
        }
    }
}

pub(crate) fn seed_of(number: u8) -> TicketSeed {
    TicketSeed::from_bytes([number; 32])
}

pub(crate) fn append(graph: &mut Graph, letter: &Letter) {
    let position = letter.written.position;
    graph.open_chain(position.chain, letter.device);
    graph.append(&position.chain, position.number, position.hash, &letter.written.record.stamp, Extent::default()).unwrap();
}

/// Plays `story` with each of `count` seeds, or with the one that the environment names.
pub(crate) fn with_seeds(count: u64, story: impl Fn(&mut ChaCha8Rng)) {
    let seeds = match std::env::var("SEED") {
        Ok(seed) => vec![seed.parse().expect("SEED is a number")],
        Err(_) => (0..count).collect(),
    };
    for seed in seeds {
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| story(&mut ChaCha8Rng::seed_from_u64(seed))));
        if let Err(panic) = played {
            eprintln!("failed with SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
