//! The implication on which everything rests: the walker accepts, so yrs neither errs nor panics nor waits, and the two agree.
//!
//! The first part chooses a scene: a document that a few people have written in. Every further part is a record that somebody appends: its
//! first byte says who, and what it stands on; the rest is the update. What is accepted is applied one by one, then all at once in another
//! causal order, then with the first one void.

use std::{collections::BTreeMap, sync::LazyLock};

use sheaf_base::{ClientId, Update};
use sheaf_replica::{
    Replica, Weighed, void,
    walk::{Id, Marks, Past, Rules, walk},
};
use sheaf_schema::{Attributes, Delta, Embed, Scalar, attributes};

/// Who writes. The first has founded the document, the last has not been seen yet; the client ids rise and fall, for YATA asks who is larger.
pub(crate) const CLIENTS: [ClientId; 4] = [ClientId(300), ClientId(7), ClientId((1 << 53) - 1), ClientId(1000)];

/// Records of one input; more of them show nothing that fewer do not.
const RECORDS: usize = 12;

/// Which of [`CLIENTS`] writes.
const WHO: u8 = 0b0011;
/// The record stands on everything accepted before it, and not only on the scene and on its author's own.
pub(crate) const ON_ALL: u8 = 0b0100;
/// The record claims to be the document's first.
pub(crate) const FOUNDS: u8 = 0b1000;

/// A document as it was before the hostile records.
struct Scene {
    before: Vec<Update>,
    founder: Option<ClientId>,
    marks: BTreeMap<ClientId, Vec<Marks>>,
}

static SCENES: LazyLock<Vec<Scene>> = LazyLock::new(|| vec![Scene::lively(), Scene::founded(), Scene::nothing()]);

/// A record that was accepted.
struct Accepted {
    client: ClientId,
    update: Update,
    marks: Marks,
    /// Which of the accepted records are in its past, as bits.
    past: u32,
}

pub(super) fn run(parts: &[Vec<u8>]) {
    let Some((choice, records)) = parts.split_first() else { return };
    let scene = &SCENES[usize::from(choice.first().copied().unwrap_or(0)) % SCENES.len()];
    let mut accepted: Vec<Accepted> = Vec::new();
    for record in records.iter().take(RECORDS) {
        accepted.extend(scene.accept(record, &accepted));
    }
    if accepted.is_empty() {
        return;
    }
    let one_by_one = apply_one_by_one(scene, &accepted);
    apply_in_another_order(scene, &accepted, &one_by_one);
    apply_with_the_first_void(scene, &accepted);
    let snapshot = one_by_one.snapshot().expect("a sound replica makes a snapshot");
    let opened = Replica::from_snapshot(ClientId(9), &snapshot).expect("a snapshot opens");
    check(&opened);
    assert_eq!(opened.state_hash(), one_by_one.state_hash(), "the snapshot holds another body");
}

fn apply_one_by_one(scene: &Scene, accepted: &[Accepted]) -> Replica {
    let mut replica = scene.open();
    for Accepted { update, .. } in accepted {
        let before = replica.delta();
        let applied = replica.apply(std::slice::from_ref(update)).expect("what the walker accepts applies");
        assert_eq!(before.compose(&applied.delta), replica.delta(), "the Delta does not tell what happened");
        check(&replica);
    }
    replica
}

/// The newest of what is ready comes first: another order that causality allows.
fn apply_in_another_order(scene: &Scene, accepted: &[Accepted], first: &Replica) {
    let (mut replica, mut done, mut order) = (scene.open(), 0u32, Vec::new());
    while order.len() < accepted.len() {
        let ready = |index: &usize| done & (1 << index) == 0 && accepted[*index].past & !done == 0;
        let next = (0..accepted.len()).rev().find(ready).expect("pasts have no circles");
        done |= 1 << next;
        order.push(accepted[next].update.clone());
    }
    replica.apply(&order).expect("what the walker accepts applies in every causal order");
    check(&replica);
    assert_eq!(replica.state_hash(), first.state_hash(), "two orders of the same records show two documents");
}

fn apply_with_the_first_void(scene: &Scene, accepted: &[Accepted]) {
    let rules = if accepted[0].marks.clocks.start == 0 && scene.founder.is_none() { Rules::Founding } else { Rules::Body };
    let Ok(walked) = walk(&accepted[0].update.0, rules(accepted[0].client)) else { panic!("accepted once and not again") };
    if matches!(rules(CLIENTS[0]), Rules::Founding(_)) {
        return;
    }
    assert!(walk(&void(&walked).0, Rules::Any).is_ok(), "the void form is well-formed");
    let mut replica = scene.open();
    let weigh = |(index, record): (usize, &Accepted)| {
        let past = Stamped { scene, accepted, past: record.past };
        let knew = (record.past & 1 != 0).then(|| CLIENTS.iter().map(|client| (*client, past.end(*client))).collect());
        Weighed { update: record.update.clone(), void: index == 0, knew }
    };
    let updates: Vec<Weighed> = accepted.iter().enumerate().map(weigh).collect();
    replica.apply_weighed(&updates).expect("what stands on a void record applies");
    check(&replica);
}

fn check(replica: &Replica) {
    assert!(!replica.pending(), "yrs waits");
    replica.audit().expect("yrs and the index agree");
    assert_eq!(replica.delta().length(), replica.length(), "the length is another");
    assert_eq!(replica.delta().checksum(), replica.checksum(), "the checksum is another");
}

impl Scene {
    /// Whether a record is accepted, and as what.
    fn accept(&self, record: &[u8], accepted: &[Accepted]) -> Option<Accepted> {
        let (&flags, update) = record.split_first()?;
        let client = CLIENTS[usize::from(flags & WHO)];
        let own = accepted.iter().enumerate().rev().find(|(_, record)| record.client == client);
        let past = match own {
            _ if flags & ON_ALL != 0 => (1 << accepted.len()) - 1,
            Some((index, record)) => record.past | 1 << index,
            None => 0,
        };
        let rules = if flags & FOUNDS != 0 { Rules::Founding(client) } else { Rules::Body(client) };
        let marks = walk(update, rules).ok()?.stand(&Stamped { scene: self, accepted, past }).ok()?;
        Some(Accepted { client, update: Update(update.to_vec()), marks, past })
    }

    fn open(&self) -> Replica {
        let mut replica = Replica::empty(ClientId(9));
        replica.apply(&self.before).expect("the scene applies");
        replica
    }

    fn nothing() -> Scene {
        Scene { before: Vec::new(), founder: None, marks: BTreeMap::new() }
    }

    fn founded() -> Scene {
        let (_, founding) = Replica::found(CLIENTS[0]).expect("founding works");
        let mut scene = Scene::nothing();
        scene.note(CLIENTS[0], founding, Rules::Founding(CLIENTS[0]));
        scene.founder = Some(CLIENTS[0]);
        scene
    }

    /// Lines, marks, pairs, an embed, a title; two who wrote at once, and deleted what the other formatted.
    fn lively() -> Scene {
        let mut scene = Scene::founded();
        let mut writers = [CLIENTS[0], CLIENTS[1]].map(|client| {
            let mut replica = Replica::empty(client);
            replica.apply(&scene.before).expect("the founding applies");
            replica
        });
        let mut drawn = 0;
        let mut fresh = || {
            drawn += 1;
            [drawn; 32]
        };
        let line = |id: &str, block: &str| attributes([("line", id.into()), ("block", block.into())]);
        let bold = || attributes([("bold", true.into())]);
        let first = Delta::new()
            .insert("A 🌾 grows")
            .insert_with("\n", line("aaaaaaaaaaaaaaaa", "h1"))
            .insert_with("bold", bold())
            .embed(Embed::new("source", "<x>"))
            .insert_with("\n", line("bbbbbbbbbbbbbbbb", "ul"));
        let mut first = writers[0].push(&first, &mut fresh).expect("a push").updates;
        first.extend(writers[0].set_title("Fields").expect("a title").updates);
        writers[1].apply(&first).expect("it applies");
        let apart = [
            Delta::new().retain(2).delete(3).retain_with(4, bold()).insert("🌾🌾"),
            Delta::new().retain_with(6, bold()).insert("x\n").retain(4).retain_with(1, attributes([("block", Scalar::Null)])).delete(3),
        ];
        let apart: Vec<Vec<Update>> =
            writers.iter_mut().zip(&apart).map(|(writer, push)| writer.push(push, &mut fresh).expect("a push").updates).collect();
        first.into_iter().for_each(|update| scene.note(CLIENTS[0], update, Rules::Body(CLIENTS[0])));
        for (client, updates) in CLIENTS.into_iter().zip(apart) {
            updates.into_iter().for_each(|update| scene.note(client, update, Rules::Body(client)));
        }
        scene
    }

    fn note(&mut self, client: ClientId, update: Update, rules: Rules) {
        let marks = walk(&update.0, rules).expect("our own update is accepted").marks();
        self.marks.entry(client).or_default().push(marks);
        self.before.push(update);
    }
}

/// The past of a record: the scene, and some of the accepted records.
struct Stamped<'a> {
    scene: &'a Scene,
    accepted: &'a [Accepted],
    past: u32,
}

impl Stamped<'_> {
    fn marks(&self, client: ClientId) -> impl Iterator<Item = &Marks> {
        let inside = move |(index, record): &(usize, &Accepted)| record.client == client && self.past & (1 << index) != 0;
        let accepted = self.accepted.iter().enumerate().filter(inside).map(|(_, record)| &record.marks);
        self.scene.marks.get(&client).into_iter().flatten().chain(accepted)
    }
}

impl Past for Stamped<'_> {
    fn end(&self, client: ClientId) -> u32 {
        self.marks(client).map(|marks| marks.clocks.end).max().unwrap_or(0)
    }

    fn is_low_surrogate(&self, id: Id) -> bool {
        self.marks(id.client).any(|marks| marks.low_surrogates.binary_search(&id.clock).is_ok())
    }

    fn is_entry(&self, id: Id) -> bool {
        self.marks(id.client).any(|marks| marks.entries.binary_search(&id.clock).is_ok())
    }

    fn founder(&self) -> Option<ClientId> {
        let founds = |(index, record): (usize, &Accepted)| {
            let founding = self.scene.founder.is_none() && record.marks.clocks.start == 0 && record.marks.clocks.end > 0;
            (founding && self.past & (1 << index) != 0).then_some(record.client)
        };
        self.scene.founder.or_else(|| self.accepted.iter().enumerate().find_map(founds))
    }
}

/// What a member might honestly write next in the lively scene: the seeds from which hostile records are bent.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let scene = &SCENES[0];
    let write = |who: u8, push: &Delta| {
        let mut replica = Replica::empty(CLIENTS[usize::from(who)]);
        replica.apply(&scene.before).expect("the scene applies");
        let mut drawn = 100;
        let mut fresh = || {
            drawn += 1;
            [drawn; 32]
        };
        let updates = replica.push(push, &mut fresh).expect("a push").updates;
        updates.into_iter().map(|update| [vec![who], update.0].concat()).collect::<Vec<_>>()
    };
    let bold = || attributes([("bold", true.into())]);
    let newline = scene.open().delta().text().encode_utf16().position(|unit| unit == 10).expect("there are lines");
    let cases: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("honest-text", write(3, &Delta::new().retain(3).insert("so 🌾"))),
        ("honest-line", write(1, &Delta::new().retain(1).insert_with("\n", attributes([("block", "ol".into())])))),
        ("honest-marks", write(3, &Delta::new().retain(1).retain_with(3, bold()).insert_with("z", bold()))),
        ("honest-delete", write(2, &Delta::new().retain(1).delete(4).insert("y"))),
        ("honest-embed", write(0, &Delta::new().retain(2).embed_with(Embed::new("source", "$x$"), Attributes::new()))),
        ("honest-kind", write(3, &Delta::new().retain(newline).retain_with(1, attributes([("block", "h2".into())])))),
    ];
    let apart = [cases[0].1.clone(), cases[1].1.clone(), cases[3].1.clone()].concat();
    let here = |who| write(who, &Delta::new().retain(3).insert(format!("{who}"))).remove(0);
    let same_place = vec![here(1), here(3), here(2), here(0)];
    cases
        .into_iter()
        .chain([("honest-apart", apart), ("honest-same-place", same_place)])
        .map(|(name, records)| (name, [vec![vec![0]], records].concat()))
        .collect()
}

/// The founding update of client 300, as a record.
pub(crate) fn founding() -> Vec<u8> {
    [vec![FOUNDS | ON_ALL], SCENES[1].before[0].0.clone()].concat()
}

/// The lively scene.
pub(crate) fn scene_before() -> Vec<Update> {
    SCENES[0].before.clone()
}
