//! A body written by Sheaf is read by Yjs 13 as the same Delta, and the other way: random histories in causal order.

use std::collections::BTreeSet;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ClientId, Update};
use sheaf_interop::Yjs;
use sheaf_replica::Replica;
use sheaf_schema::{Attributes, Delta, Embed, Op, Scalar, attributes};

/// How many histories. `SHEAF_SEED=n` runs one alone.
const HISTORIES: u64 = 2000;

/// Who writes in a history: Sheaf's writers first, then those of Yjs.
struct World<'a> {
    seed: u64,
    random: ChaCha8Rng,
    yjs: &'a mut Yjs,
    ours: Vec<Replica>,
    writers: usize,
    /// By writer: what it wrote, each with how much of everybody's it had then.
    wrote: Vec<Vec<(Vec<usize>, Vec<Update>)>>,
    /// By writer: how much of everybody's is there.
    here: Vec<Vec<usize>>,
}

impl<'a> World<'a> {
    fn new(seed: u64, yjs: &'a mut Yjs) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (ours, theirs) = [(2, 1), (1, 2), (1, 1), (2, 0)][(seed % 4) as usize];
        let mut clients = BTreeSet::new();
        while clients.len() < ours + theirs {
            clients.insert(random.random_range(1..1u64 << 53));
        }
        let mut clients: Vec<u64> = clients.into_iter().collect();
        let founder = random.random_range(0..clients.len());
        clients.swap(0, founder);
        let (first, founding) = Replica::found(ClientId(clients[0])).expect("founding works");
        let mut replicas = vec![first];
        // One reader in Yjs more than writers: it writes nothing.
        for (body, &client) in clients.iter().enumerate() {
            if body > 0 && body < ours {
                let mut replica = Replica::empty(ClientId(client));
                replica.apply(std::slice::from_ref(&founding)).expect("the founding update applies");
                replicas.push(replica);
            }
            if body >= ours {
                yjs.open(body, ClientId(client));
                yjs.apply(body, std::slice::from_ref(&founding));
            }
        }
        yjs.open(clients.len(), ClientId(1));
        yjs.apply(clients.len(), std::slice::from_ref(&founding));
        let writers = clients.len();
        World { seed, random, yjs, ours: replicas, writers, wrote: vec![Vec::new(); writers], here: vec![vec![0; writers]; writers + 1] }
    }

    fn live(&mut self, steps: usize) {
        for _ in 0..steps {
            let who = self.random.random_range(0..self.writers);
            if self.random.random_ratio(1, 2) {
                self.write(who);
            } else {
                self.hear(who);
            }
        }
        for who in 0..=self.writers {
            while self.hear(who) {}
        }
    }

    fn delta(&mut self, who: usize) -> Delta {
        if who < self.ours.len() { self.ours[who].delta() } else { self.yjs.show(who).delta }
    }

    fn write(&mut self, who: usize) {
        let body = self.delta(who);
        let push = invent(&body, &mut self.random);
        let updates = if who < self.ours.len() {
            let random = &mut self.random;
            let pushed = self.ours[who].push(&push, &mut || random.random());
            pushed.unwrap_or_else(|error| panic!("seed {}: {error}", self.seed)).updates
        } else {
            let (raw, said) = raw(&body, &push);
            self.yjs.edit(who, &raw, &said).into_iter().collect()
        };
        if updates.is_empty() {
            return;
        }
        let past = self.here[who].clone();
        self.wrote[who].push((past, updates));
        self.here[who][who] += 1;
    }

    /// Applies one thing that a writer has not got yet and may have; false if there is none.
    fn hear(&mut self, who: usize) -> bool {
        let ready: Vec<usize> = (0..self.writers)
            .filter(|&author| {
                let next = self.wrote[author].get(self.here[who][author]);
                next.is_some_and(|(past, _)| past.iter().zip(&self.here[who]).all(|(past, here)| past <= here))
            })
            .collect();
        if ready.is_empty() {
            return false;
        }
        let author = ready[self.random.random_range(0..ready.len())];
        let updates = self.wrote[author][self.here[who][author]].1.clone();
        self.here[who][author] += 1;
        if who < self.ours.len() {
            self.ours[who].apply(&updates).unwrap_or_else(|error| panic!("seed {}: {error}", self.seed));
        } else {
            self.yjs.apply(who, &updates);
        }
        true
    }

    fn check(&mut self) -> usize {
        let body = self.ours[0].delta();
        for replica in &self.ours {
            assert_eq!(replica.delta(), body, "seed {}: two of ours differ", self.seed);
            replica.audit().unwrap_or_else(|broken| panic!("seed {}: {broken}", self.seed));
            assert!(!replica.pending(), "seed {}", self.seed);
        }
        for theirs in self.ours.len()..=self.writers {
            let seen = self.yjs.show(theirs);
            assert_eq!(seen.delta, body, "seed {}: Yjs reads something else", self.seed);
            assert!(!seen.pending, "seed {}: Yjs waits", self.seed);
            self.yjs.close(theirs);
        }
        self.wrote.iter().map(Vec::len).sum()
    }
}

#[test]
fn sheaf_and_yjs_read_each_other() {
    let Some(mut yjs) = Yjs::start() else { return };
    let one = std::env::var("SHEAF_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let mut edits = 0;
    let seeds = one.map_or(0..HISTORIES, |seed| seed..seed + 1);
    for seed in seeds.clone() {
        let mut world = World::new(seed, &mut yjs);
        world.live(20 + (seed % 30) as usize);
        edits += world.check();
    }
    println!("{} histories, {edits} edits, Sheaf and Yjs 13.6.33 agree in all", seeds.end - seeds.start);
}

#[test]
fn a_title_and_a_large_paste_are_read_by_yjs() {
    let Some(mut yjs) = Yjs::start() else { return };
    let (mut here, founding) = Replica::found(ClientId((1 << 53) - 1)).expect("founding works");
    let mut updates = vec![founding];
    updates.extend(here.set_title("Gärten 🌾").expect("the title is accepted").updates);
    let paste = (0..2000)
        .fold(Delta::new(), |paste, index| paste.insert(format!("line {index} 🌾")).insert_with("\n", line(&format!("l{index}"), "ul")));
    updates.extend(here.push(&paste, &mut || [7; 32]).expect("the push is accepted").updates);
    assert!(updates.len() > 3);
    yjs.open(0, ClientId(5));
    yjs.apply(0, &updates);
    let seen = yjs.show(0);
    assert_eq!((seen.delta, seen.title.as_str(), seen.pending), (here.delta(), "Gärten 🌾", false));
}

fn line(id: &str, block: &str) -> Attributes {
    attributes([("line", id.into()), ("block", block.into())])
}

const BLOCKS: [&str; 4] = ["h1", "ul", "task done", "code lang=rust"];

/// An edit of what a view sees.
fn invent(body: &Delta, random: &mut ChaCha8Rng) -> Delta {
    let text: Vec<u16> = body.text().encode_utf16().collect();
    let whole = |at: usize| if text.get(at).is_some_and(|unit| (0xDC00..0xE000).contains(unit)) { at - 1 } else { at };
    let start = whole(random.random_range(0..=text.len()));
    let end = whole((start + random.random_range(1..8)).min(text.len())).max(start);
    let at = Delta::new().retain(start);
    let marks = |random: &mut ChaCha8Rng| {
        let all = [("bold", Scalar::from(true)), ("italic", true.into()), ("link", "https://example.org".into())];
        all.into_iter().filter(|_| random.random_ratio(1, 5)).map(|(name, value)| (name.to_owned(), value)).collect::<Attributes>()
    };
    match random.random_range(0..20) {
        0..7 => at.insert_with(["a", "word", "🌾", "ü\u{2028}b", "x y"][random.random_range(0..5)], marks(random)),
        7..10 if start < end => at.delete(end - start),
        10..13 if start < end => at.retain_with(end - start, attributes([(["bold", "link"][random.random_range(0..2)], change(random))])),
        13..17 => {
            let mut id = [0; 5];
            random.fill_bytes(&mut id);
            let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
            at.insert_with("\n", line(&id, BLOCKS[random.random_range(0..4)]))
        }
        17..19 => {
            let newlines: Vec<usize> = (0..text.len()).filter(|&at| text[at] == 10).collect();
            let Some(&newline) = newlines.get(random.random_range(0..newlines.len().max(1))) else { return Delta::new() };
            let block = if random.random_ratio(1, 4) { Scalar::Null } else { BLOCKS[random.random_range(0..4)].into() };
            Delta::new().retain(newline).retain_with(1, attributes([("block", block)]))
        }
        _ => at.embed_with(Embed::new("source", "<b>\"x\"</b>"), marks(random)),
    }
}

fn change(random: &mut ChaCha8Rng) -> Scalar {
    if random.random_ratio(1, 3) { Scalar::Null } else { Scalar::from("on") }
}

/// What a view pushes, as a writer in Yjs would put it into the text and the map.
fn raw(body: &Delta, push: &Delta) -> (Delta, Vec<(String, Option<String>)>) {
    let (mut raw, mut said, mut base) = (Delta::new(), Vec::new(), 0);
    for op in &push.ops {
        let mut op = op.clone();
        let block = match &mut op {
            Op::Insert { attributes, .. } | Op::Retain { attributes, .. } => attributes.remove("block"),
            _ => None,
        };
        let block_of = |block: &Scalar| block.as_text().map(str::to_owned);
        match (&op, block) {
            (Op::Insert { attributes, .. }, Some(block)) => {
                let id = attributes.get("line").and_then(Scalar::as_text).expect("a newline has an id here");
                said.push((id.to_owned(), block_of(&block)));
            }
            (Op::Retain { .. }, Some(block)) => {
                let newline = body.slice(base, base + 1);
                let id = newline.ops[0].attributes().and_then(|attributes| attributes.get("line")?.as_text().map(str::to_owned));
                said.extend(id.map(|id| (id, block_of(&block))));
            }
            _ => {}
        }
        base += if op.is_insert() { 0 } else { op.length() };
        raw.push(op);
    }
    (raw.normal(), said)
}
