//! Somebody who writes a document, from seeds alone.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{DocumentId, Hash, Position, Wall};
use sheaf_record::{ChainWriter, DeviceKey, EpochSecret, Kind, Seal, SignedHead, Stamp, Written};

pub(crate) const SECRET: [u8; 32] = [0x5e; 32];
pub(crate) const BEGAN: Wall = Wall(1_700_000_000_000);

pub(crate) struct Author {
    pub(crate) key: DeviceKey,
    pub(crate) document: DocumentId,
    pub(crate) writer: ChainWriter,
    pub(crate) written: Vec<Written>,
}

impl Author {
    /// The one who begins the document: device 1.
    pub(crate) fn founder() -> Self {
        let key = DeviceKey::from_bytes(&[1; 32]);
        let writer = ChainWriter::begin(&key, DocumentId::FOUNDING, [1; 16], 1, BEGAN, &secret());
        let mut founder = Self { key, document: DocumentId::FOUNDING, writer, written: Vec::new() };
        let genesis = founder.write(Kind::Access, &[], b"genesis");
        founder.document = DocumentId(genesis.position.hash.0);
        founder
    }

    /// Device `device` in a process run of its own.
    pub(crate) fn joining(document: DocumentId, device: u8, run: u8) -> Self {
        let key = DeviceKey::from_bytes(&[device; 32]);
        let writer = ChainWriter::begin(&key, document, [run; 16], 1, BEGAN, &secret());
        Self { key, document, writer, written: Vec::new() }
    }

    pub(crate) fn write(&mut self, kind: Kind, parents: &[Hash], content: &[u8]) -> Written {
        let now = Wall(BEGAN.0 + 700 * self.written.len() as u64);
        let stamp = Stamp::new(parents.iter().copied()).unwrap();
        let written = self.writer.append(kind, stamp, content, now).unwrap();
        self.written.push(written.clone());
        written
    }

    /// Writes `count` records of any kind and size.
    pub(crate) fn write_some(&mut self, count: usize, random: &mut ChaCha8Rng) {
        for _ in 0..count {
            let kind = [Kind::Body, Kind::Body, Kind::Body, Kind::Discussion, Kind::Access][random.random_range(0..5)];
            let parents: Vec<Hash> = (0..random.random_range(0..3)).map(|_| Hash(random.random())).collect();
            let mut content = vec![0; random.random_range(0..80)];
            random.fill_bytes(&mut content);
            self.write(kind, &parents, &content);
        }
    }

    pub(crate) fn head(&self) -> &SignedHead {
        self.writer.head()
    }

    pub(crate) fn start(&self) -> Position {
        Position { chain: self.head().chain(), number: 0, hash: self.head().hash() }
    }

    pub(crate) fn bytes(&self) -> Vec<Vec<u8>> {
        self.written.iter().map(|written| written.bytes.clone()).collect()
    }

    pub(crate) fn seal(&self) -> Seal {
        self.writer.seal(&self.key, &self.document)
    }

    /// The seal that was made, or could have been, after record `number`.
    pub(crate) fn seal_at(&self, number: usize) -> Seal {
        Seal::sign(&self.key, &self.document, self.written[number - 1].position)
    }
}

pub(crate) fn secret() -> EpochSecret {
    EpochSecret::from_bytes(SECRET)
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
