//! A room of writers: replicas that edit at random and hand each other their updates in every causal order.

use std::collections::{BTreeMap, BTreeSet};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_base::{ClientId, Update};
use sheaf_replica::{
    Filler, Replica, filled_hash,
    walk::{Id, Marks, Past, Rules, SENTINEL, walk},
};
use sheaf_schema::{Attributes, Delta, Embed, Op, Scalar, attributes};

/// What the writers of a room may do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// Moving whole lines with their ids, and copying ids: of two equal ids the later counts as none.
    pub(crate) moves: bool,
    /// Text outside the basic plane.
    pub(crate) emoji: bool,
}

/// Somebody's push, on its way.
struct Sent {
    author: usize,
    /// How many pushes of each writer stood before it.
    past: Vec<usize>,
    updates: Vec<Update>,
    marks: Vec<Marks>,
}

/// An update with all that it stands on.
pub(crate) struct Record {
    pub(crate) client: ClientId,
    pub(crate) update: Update,
    pub(crate) past: Covered,
    pub(crate) before: Vec<Update>,
}

/// What a writer pushed at once.
pub(crate) struct PushedRecord {
    pub(crate) client: ClientId,
    /// Everything that it stands on, as places in the list that it comes in.
    pub(crate) stands_on: Vec<usize>,
    pub(crate) updates: Vec<Update>,
    /// How many clocks of each writer its author knew.
    pub(crate) knew: BTreeMap<ClientId, u32>,
}

/// What a record's stamp covers, put together from the marks of the records in it.
#[derive(Clone)]
pub(crate) struct Covered {
    founder: ClientId,
    marks: BTreeMap<ClientId, Vec<Marks>>,
}

impl Past for Covered {
    fn end(&self, client: ClientId) -> u32 {
        let own = self.marks.get(&client).into_iter().flatten().map(|marks| marks.clocks.end).max().unwrap_or(0);
        own.max(if client == self.founder { SENTINEL.end } else { 0 })
    }

    fn is_low_surrogate(&self, id: Id) -> bool {
        self.marks.get(&id.client).into_iter().flatten().any(|marks| marks.low_surrogates.contains(&id.clock))
    }

    fn is_entry(&self, id: Id) -> bool {
        self.marks.get(&id.client).into_iter().flatten().any(|marks| marks.entries.contains(&id.clock))
    }

    fn founder(&self) -> Option<ClientId> {
        Some(self.founder)
    }
}

struct Writer {
    replica: Replica,
    /// A plain copy, patched by nothing but the Deltas that the replica tells.
    copy: Delta,
    /// How many pushes of each writer are here.
    here: Vec<usize>,
}

/// Writers and what they have sent.
pub(crate) struct Room {
    seed: u64,
    founding: Update,
    random: ChaCha8Rng,
    habits: Habits,
    writers: Vec<Writer>,
    sent: Vec<Sent>,
    /// By writer: where in `sent` their pushes are.
    pushes: Vec<Vec<usize>>,
    /// What each line has ever been made, by id. None is a plain paragraph.
    kinds: BTreeMap<String, BTreeSet<Option<String>>>,
    /// Pushes, and those that were written while others were under way.
    pub(crate) edits: usize,
    pub(crate) concurrent: usize,
}

const BLOCKS: [&str; 6] = ["h1", "h2", "ul", "ol", "task done", "code lang=rust"];

impl Room {
    pub(crate) fn new(seed: u64, writers: usize, habits: Habits) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut clients = BTreeSet::new();
        while clients.len() < writers {
            clients.insert(random.random_range(1..1u64 << 53));
        }
        let mut clients: Vec<u64> = clients.into_iter().collect();
        // The founder is not always the smallest.
        let founder = random.random_range(0..writers);
        clients.swap(0, founder);
        let (first, founding) = Replica::found(ClientId(clients[0])).expect("founding works");
        let mut room = Room {
            seed,
            founding: founding.clone(),
            random,
            habits,
            writers: vec![Writer { replica: first, copy: Delta::new(), here: vec![0; writers] }],
            sent: Vec::new(),
            pushes: vec![Vec::new(); writers],
            kinds: BTreeMap::new(),
            edits: 0,
            concurrent: 0,
        };
        for &client in &clients[1..] {
            let mut replica = Replica::empty(ClientId(client));
            let applied = replica.apply(std::slice::from_ref(&founding)).expect("the founding update applies");
            assert!(applied.delta.is_empty());
            room.writers.push(Writer { replica, copy: Delta::new(), here: vec![0; writers] });
        }
        room
    }

    /// One random thing happens.
    pub(crate) fn step(&mut self) {
        let who = self.random.random_range(0..self.writers.len());
        if self.random.random_ratio(3, 5) {
            let push = self.invent(who);
            self.push(who, push);
        } else {
            let most = self.random.random_range(1..=4);
            self.deliver(who, most);
        }
    }

    /// Everybody gets everything, in a random causal order.
    pub(crate) fn heal(&mut self) {
        loop {
            let late: Vec<usize> = (0..self.writers.len())
                .filter(|&who| (0..self.writers.len()).any(|author| self.writers[who].here[author] < self.pushes[author].len()))
                .collect();
            if late.is_empty() {
                return;
            }
            let who = late[self.random.random_range(0..late.len())];
            let most = self.random.random_range(1..=6);
            self.deliver(who, most);
        }
    }

    fn push(&mut self, who: usize, push: Delta) {
        self.note_kinds(who, &push);
        let writer = &mut self.writers[who];
        let random = &mut self.random;
        let pushed =
            writer.replica.push(&push, &mut || random.random()).unwrap_or_else(|error| panic!("seed {}: {error}: {push:?}", self.seed));
        // What the body then says is what the pusher meant, but for ids.
        let meant = without_ids(&writer.copy.compose(&push));
        writer.copy = writer.copy.compose(&pushed.delta);
        // (Of two lines with one id the second becomes the line when the first goes: then it says more.)
        assert!(
            self.habits.moves || without_ids(&writer.copy) == meant,
            "seed {}: the body says otherwise than was pushed: {push:?}",
            self.seed
        );
        if pushed.updates.is_empty() {
            assert!(pushed.delta.is_empty(), "seed {}: nothing was written, yet {:?} is told", self.seed, pushed.delta);
            return;
        }
        self.note_new(&pushed.delta);
        let past = self.writers[who].here.clone();
        self.concurrent += usize::from((0..self.writers.len()).any(|author| past[author] < self.pushes[author].len()));
        self.edits += 1;
        self.pushes[who].push(self.sent.len());
        self.writers[who].here[who] += 1;
        let marks = self.walk(who, &past, &pushed.updates);
        self.sent.push(Sent { author: who, past, updates: pushed.updates, marks });
        self.check(who);
    }

    /// The past that a push of a writer stands on.
    pub(crate) fn covered(&self, past: &[usize]) -> Covered {
        let mut covered = Covered { founder: self.writers[0].replica.client(), marks: BTreeMap::new() };
        for (author, &count) in past.iter().enumerate() {
            for &sent in &self.pushes[author][..count] {
                let client = self.writers[author].replica.client();
                covered.marks.entry(client).or_default().extend(self.sent[sent].marks.iter().cloned());
            }
        }
        covered
    }

    /// Every update of ours passes the walker and stands on its past.
    fn walk(&self, who: usize, past: &[usize], updates: &[Update]) -> Vec<Marks> {
        let client = self.writers[who].replica.client();
        let mut covered = self.covered(past);
        let mut all = Vec::new();
        for update in updates {
            let walked = walk(&update.0, Rules::Body(client)).unwrap_or_else(|refused| panic!("seed {}: {refused}", self.seed));
            let marks = walked.stand(&covered).unwrap_or_else(|unfounded| {
                let all: Vec<_> = walked.structs().collect();
                panic!("seed {}: {unfounded}: {all:#?} deletes {:?}", self.seed, walked.deletes().collect::<Vec<_>>())
            });
            covered.marks.entry(client).or_default().push(marks.clone());
            all.push(marks);
        }
        all
    }

    fn deliver(&mut self, who: usize, most: usize) {
        let mut updates = Vec::new();
        for _ in 0..most {
            let writer = &self.writers[who];
            let ready: Vec<usize> = (0..self.writers.len())
                .filter_map(|author| self.pushes[author].get(writer.here[author]).copied())
                .filter(|&sent| self.sent[sent].past.iter().zip(&writer.here).all(|(past, here)| past <= here))
                .collect();
            if ready.is_empty() {
                break;
            }
            let sent = &self.sent[ready[self.random.random_range(0..ready.len())]];
            updates.extend(sent.updates.iter().cloned());
            // Now and then a replay.
            if self.random.random_ratio(1, 10) {
                updates.extend(sent.updates.iter().cloned());
            }
            self.writers[who].here[sent.author] += 1;
        }
        let writer = &mut self.writers[who];
        let applied = writer.replica.apply(&updates).unwrap_or_else(|error| panic!("seed {}: {error}", self.seed));
        writer.copy = writer.copy.compose(&applied.delta);
        self.check(who);
    }

    /// The copy equals the document, and nothing waits.
    fn check(&self, who: usize) {
        let writer = &self.writers[who];
        let body = writer.replica.delta();
        assert_eq!(writer.copy, body, "seed {}: the patched copy differs from the document", self.seed);
        assert_eq!(body.length(), writer.replica.length(), "seed {}", self.seed);
        assert!(!writer.replica.pending(), "seed {}: yrs waits for something", self.seed);
    }

    /// At the end all are equal, yrs agrees, and every line is what somebody made it.
    pub(crate) fn check_all(&self) {
        let body = self.writers[0].replica.delta();
        for writer in &self.writers {
            writer.replica.audit().unwrap_or_else(|broken| panic!("seed {}: {broken}", self.seed));
            assert_eq!(writer.replica.delta(), body, "seed {}: replicas differ", self.seed);
            assert_eq!(writer.replica.state_hash(), self.writers[0].replica.state_hash(), "seed {}", self.seed);
            assert_eq!(writer.replica.checksum(), body.checksum(), "seed {}: checksum", self.seed);
        }
        let mut ids = BTreeSet::new();
        for line in body.lines() {
            let Some(newline) = &line.newline else { continue };
            match newline.get("line").and_then(Scalar::as_text) {
                None => assert!(self.habits.moves, "seed {}: a newline lost its line: {body:?}", self.seed),
                Some(id) => {
                    assert!(ids.insert(id.to_owned()), "seed {}: two lines are {id}", self.seed);
                    let kind = newline.get("block").and_then(Scalar::as_text).map(str::to_owned);
                    let ever = &self.kinds[id];
                    assert!(ever.contains(&kind), "seed {}: line {id} is {kind:?}, but was only ever made {ever:?}", self.seed);
                }
            }
        }
    }

    /// A replica that opens from a snapshot is the same.
    pub(crate) fn check_snapshot(&self) {
        let replica = &self.writers[0].replica;
        let snapshot = replica.snapshot().expect("a snapshot is made");
        let opened = Replica::from_snapshot(ClientId(1), &snapshot).unwrap_or_else(|error| panic!("seed {}: {error}", self.seed));
        assert_eq!(opened.delta(), replica.delta(), "seed {}: the snapshot differs", self.seed);
        opened.audit().unwrap_or_else(|broken| panic!("seed {}: snapshot: {broken}", self.seed));
    }

    /// Whoever applies filler sees the filler of what the writers see, and none of their words.
    pub(crate) fn check_filled(&self) {
        let mut filler = Filler::new();
        let updates = std::iter::once(&self.founding).chain(self.sent.iter().flat_map(|sent| &sent.updates));
        let filled: Vec<Update> = updates.map(|update| filler.fill(update).expect("it was accepted once")).collect();
        let mut reader = Replica::empty(ClientId(1));
        reader.apply(&filled).unwrap_or_else(|error| panic!("seed {}: filled: {error}", self.seed));
        let replica = &self.writers[0].replica;
        assert_eq!(reader.state_hash(), filled_hash(&replica.delta(), replica.title()), "seed {}: the filler differs", self.seed);
        let text = reader.delta().text();
        assert!(!text.bytes().any(|byte| byte.is_ascii_alphanumeric() && !b"x0".contains(&byte)), "seed {}: {text}", self.seed);
    }

    /// Every update that was sent, with its writer, what it stands on, and the updates that make that up.
    pub(crate) fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for sent in &self.sent {
            let client = self.writers[sent.author].replica.client();
            let mut covered = self.covered(&sent.past);
            let mut before = vec![self.founding.clone()];
            // The order of sending is a causal order.
            let mut counts = vec![0; self.writers.len()];
            for other in &self.sent {
                if counts[other.author] < sent.past[other.author] {
                    before.extend(other.updates.iter().cloned());
                }
                counts[other.author] += 1;
            }
            for (update, marks) in sent.updates.iter().zip(&sent.marks) {
                records.push(Record { client, update: update.clone(), past: covered.clone(), before: before.clone() });
                covered.marks.entry(client).or_default().push(marks.clone());
                before.push(update.clone());
            }
        }
        records
    }

    /// Everything that was pushed, the founding first, in a causal order.
    pub(crate) fn pushed(&self) -> Vec<PushedRecord> {
        let founder = self.writers[0].replica.client();
        let founding = PushedRecord { client: founder, stands_on: Vec::new(), updates: vec![self.founding.clone()], knew: BTreeMap::new() };
        let push = |sent: &Sent| {
            let before = sent.past.iter().enumerate().flat_map(|(author, count)| &self.pushes[author][..*count]);
            let covered = self.covered(&sent.past);
            let clients = self.writers.iter().map(|writer| writer.replica.client());
            PushedRecord {
                client: self.writers[sent.author].replica.client(),
                stands_on: std::iter::once(0).chain(before.map(|sent| sent + 1)).collect(),
                updates: sent.updates.clone(),
                knew: clients.map(|client| (client, covered.end(client))).collect(),
            }
        };
        std::iter::once(founding).chain(self.sent.iter().map(push)).collect()
    }

    pub(crate) fn updates(&self) -> Vec<(ClientId, Update)> {
        let sent = self.sent.iter();
        sent.flat_map(|sent| sent.updates.iter().map(|update| (self.writers[sent.author].replica.client(), update.clone()))).collect()
    }

    /// Notes what a push makes of lines that are there already.
    fn note_kinds(&mut self, who: usize, push: &Delta) {
        let body = &self.writers[who].copy;
        let after = body.compose(push);
        for line in after.lines() {
            self.note_line(line.newline.as_ref());
        }
    }

    fn note_new(&mut self, told: &Delta) {
        for op in &told.ops {
            if let Op::Insert { text, attributes } = op
                && text.contains('\n')
            {
                self.note_line(Some(attributes));
            }
        }
    }

    fn note_line(&mut self, newline: Option<&Attributes>) {
        let Some(newline) = newline else { return };
        let Some(id) = newline.get("line").and_then(Scalar::as_text) else { return };
        let kind = newline.get("block").and_then(Scalar::as_text).map(str::to_owned);
        self.kinds.entry(id.to_owned()).or_default().insert(kind);
    }

    /// Thinks of an edit of what this writer sees.
    fn invent(&mut self, who: usize) -> Delta {
        let body = self.writers[who].copy.clone();
        let text: Vec<u16> = body.text().encode_utf16().collect();
        let length = text.len();
        let random = &mut self.random;
        let pair = |at: usize| at < length && (0xDC00..0xE000).contains(&text[at]);
        let place = |random: &mut ChaCha8Rng| {
            let at = random.random_range(0..=length);
            if pair(at) { at - 1 } else { at }
        };
        let start = place(random);
        let mut end = (start + random.random_range(1..8)).min(length);
        if pair(end) {
            end += 1;
        }
        match random.random_range(0..100) {
            0..30 => Delta::new().retain(start).insert_with(word(random, self.habits), marks(random)),
            30..45 if start < end => Delta::new().retain(start).delete(end - start),
            45..60 if start < end => Delta::new().retain(start).retain_with(end - start, mark_change(random)),
            60..75 => Delta::new().retain(start).insert_with("\n", newline(random)),
            75..82 => {
                let mut push = Delta::new().retain(start);
                for _ in 0..random.random_range(1..4) {
                    let text = word(random, self.habits);
                    push = push.insert_with(text, marks(random)).insert_with("\n", newline(random));
                }
                if start < end { push.delete(end - start) } else { push }
            }
            82..93 => {
                let block = if random.random_ratio(1, 4) { Scalar::Null } else { Scalar::from(BLOCKS[random.random_range(0..6)]) };
                match text.iter().skip(start).position(|&unit| unit == 10) {
                    Some(ahead) => Delta::new().retain(start + ahead).retain_with(1, attributes([("block", block)])),
                    None => Delta::new(),
                }
            }
            93..95 => Delta::new().retain(start).embed_with(Embed::new("source", "<x>"), marks(random)),
            95..100 if self.habits.moves => self.move_line(&body),
            _ => Delta::new().retain(start).insert("\n\n"),
        }
    }

    /// Takes a whole line to another place, or copies it with its id.
    fn move_line(&mut self, body: &Delta) -> Delta {
        let lines: Vec<_> = body.lines().filter(|line| line.newline.is_some()).collect();
        if lines.is_empty() {
            return Delta::new();
        }
        let line = &lines[self.random.random_range(0..lines.len())];
        let target = &lines[self.random.random_range(0..lines.len())];
        let mut carried = Delta::new();
        for op in &line.content.ops {
            carried.push(op.clone());
        }
        carried.push(Op::Insert { text: "\n".to_owned(), attributes: line.newline.clone().unwrap_or_default() });
        let copy = self.random.random_ratio(1, 5);
        let mut push = Delta::new();
        if line.start > target.start && !copy {
            push = push.retain(target.start);
            carried.ops.iter().for_each(|op| push.push(op.clone()));
            push.retain(line.start - target.start).delete(line.length)
        } else if line.start < target.start && !copy {
            push = push.retain(line.start).delete(line.length).retain(target.start - line.start - line.length);
            carried.ops.iter().for_each(|op| push.push(op.clone()));
            push
        } else {
            push = push.retain(target.start);
            carried.ops.iter().for_each(|op| push.push(op.clone()));
            push
        }
    }
}

fn word(random: &mut ChaCha8Rng, habits: Habits) -> String {
    let letters = random.random_range(1..6);
    let emoji = habits.emoji && random.random_ratio(1, 4);
    (0..letters).map(|_| char::from(random.random_range(b'a'..=b'z'))).chain(emoji.then_some('🌾')).collect()
}

fn marks(random: &mut ChaCha8Rng) -> Attributes {
    let mut marks = Attributes::new();
    for name in ["bold", "italic"] {
        if random.random_ratio(1, 6) {
            marks.insert(name.to_owned(), true.into());
        }
    }
    if random.random_ratio(1, 12) {
        marks.insert("link".to_owned(), format!("https://example.org/{}", random.random_range(0..3)).into());
    }
    marks
}

fn mark_change(random: &mut ChaCha8Rng) -> Attributes {
    let name = ["bold", "italic", "link"][random.random_range(0..3)];
    let value = match (random.random_ratio(1, 3), name) {
        (true, _) => Scalar::Null,
        (false, "link") => Scalar::from("https://example.org/x"),
        (false, _) => Scalar::from(true),
    };
    let mut change = attributes([(name, value)]);
    if random.random_ratio(1, 4) {
        change.insert("bold".to_owned(), true.into());
    }
    change
}

/// A newline as a view writes it: with an id mostly, and maybe a kind.
fn newline(random: &mut ChaCha8Rng) -> Attributes {
    let mut attributes = Attributes::new();
    if random.random_ratio(4, 5) {
        let mut id = [0; 8];
        random.fill_bytes(&mut id);
        attributes.insert("line".to_owned(), format!("{:016x}", u64::from_be_bytes(id)).into());
    }
    if random.random_ratio(1, 2) {
        attributes.insert("block".to_owned(), BLOCKS[random.random_range(0..6)].into());
    }
    attributes
}

/// A body without its lines' ids, which the core may choose, and without what a line says that has none.
fn without_ids(body: &Delta) -> Delta {
    let mut plain = body.clone();
    for op in &mut plain.ops {
        if let Op::Insert { attributes, .. } = op {
            attributes.remove("line");
        }
    }
    plain.normal()
}
