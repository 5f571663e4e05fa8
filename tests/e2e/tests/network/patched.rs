//! Members whose programs were patched, over real QUIC, at somebody who is not the owner: nothing of what they may not is taken in, passed on or
//! shown, and it is said why.

mod liar;
mod removed;

use serde_json::Value;
use sheaf_access::{AddDevice, Invitation, Key, Label, Operation, Removal, Role, RoleChange, SealingSeed, TicketSeed, Transfer};
use sheaf_base::{DeviceId, DocumentId, Hash};
use sheaf_e2e::{Person, Up, eventually};
use sheaf_protocol::{Dismissal, Frame};
use sheaf_record::DeviceKey;

use crate::forger::Loot;
use crate::hostile::target;
use crate::together::{device_state, same_text, shared, until_has};
use liar::{Liar, Target, answer, answer_to_missed, while_saying};

/// Ada owns, Cleo manages, and Ben has been there with some role until his profile was taken. His node does not run.
struct Scene {
    ada: Person,
    cleo: Person,
    ben: Person,
    ada_up: Up,
    cleo_up: Up,
    document: String,
    /// What Ben came by.
    ticket: String,
    loot: Loot,
    /// His membership.
    mine: Hash,
    /// A ticket of Cleo's, and where it leads: it is she who is lied to.
    hers: String,
    at: Target,
}

impl Scene {
    fn with(role: &str) -> Scene {
        let [ada, cleo, ben] = ["Ada", "Cleo", "Ben"].map(Person::new);
        let (ada_up, document, _) = shared(&ada);
        let (cleo_up, ben_up) = (cleo.up(), ben.up());
        cleo.done(["join", &ada.done(["share", &document, "--role", "admin"])]);
        let ticket = ada.done(["share", &document, "--role", role]);
        ben.done(["join", &ticket]);
        eventually("Ben to have all", || (device_state(&cleo, &document, "Ben")["state"] == "has_all").then_some(()));
        eventually("Ada to have all", || (device_state(&cleo, &document, "Ada")["state"] == "has_all").then_some(()));
        let hers = cleo.done(["share", &document]);
        let at = target(&cleo, &hers);
        eventually("Ben to have all", || (device_state(&cleo, &document, "Ben")["state"] == "has_all").then_some(()));
        ben_up.stop();
        let loot = Loot::of(&ben, &document);
        let mut scene = Scene { ada, cleo, ben, ada_up, cleo_up, document, ticket, loot, mine: Hash([0; 32]), hers, at };
        scene.mine = scene.membership("Ben");
        scene
    }

    fn id(&self) -> DocumentId {
        self.loot.document()
    }

    /// What Ben is turned away with when his program says this to Cleo.
    fn answer(&self, frames: &[Frame]) -> Dismissal {
        answer(self.id(), self.loot.bytes, self.at, frames)
    }

    /// Who is in and what they may, as one of them sees it.
    fn members(&self, person: &Person) -> Vec<Value> {
        let said = person.done(["--json", "members", &self.document]);
        said.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
    }

    /// How many devices somebody has, as Cleo sees it.
    fn devices(&self, name: &str) -> usize {
        let members = self.members(&self.cleo);
        let found = members.iter().find(|member| member["name"] == name);
        found.and_then(|member| member["devices"].as_array()).map_or(0, Vec::len)
    }

    /// A member as Cleo names them: by the record that made them one.
    fn membership(&self, name: &str) -> Hash {
        let members = self.members(&self.cleo);
        let found = members.iter().find(|member| member["name"] == name);
        let id: DocumentId = found.and_then(|member| member["id"].as_str()?.parse().ok()).unwrap_or_else(|| panic!("{name}: {members:?}"));
        Hash(id.0)
    }

    /// Both nodes are stopped: how many records lie on either disk.
    fn rows(self) -> [usize; 2] {
        let Scene { ada, cleo, ada_up, cleo_up, document, .. } = self;
        [ada_up, cleo_up].into_iter().for_each(Up::stop);
        [ada, cleo].map(|person| Loot::of(&person, &document).rows.len())
    }
}

/// Why a node has put things aside, so far, as it tells its person.
fn put_aside(up: &Up) -> Vec<String> {
    let said = up.said();
    let notices = said.iter().filter(|event| event["code"] == "quarantined");
    notices.map(|notice| notice["message"].as_str().unwrap_or_default().to_owned()).collect()
}

fn device_of(person: &Person) -> DeviceId {
    person.done(["id"]).trim().parse().expect("an id")
}

#[test]
fn a_patched_program_of_somebody_who_may_write_is_heard() {
    // So that the refusals below are refusals of what they name.
    let scene = Scene::with("edit");
    let frame = Liar::of(&scene.loot, 1).writes("By hand. ").live();
    while_saying(scene.id(), scene.loot.bytes, scene.at, &[frame], || {
        for person in [&scene.cleo, &scene.ada] {
            until_has(person, &scene.document, "By hand.");
        }
    });
    assert_eq!(put_aside(&scene.cleo_up), Vec::<String>::new());
}

#[test]
fn a_patched_viewer_and_a_patched_commenter_change_no_word_at_a_third_device() {
    for role in ["view", "comment"] {
        let scene = Scene::with(role);
        let text = same_text(&[&scene.ada, &scene.cleo], &scene.document);
        let live = Liar::of(&scene.loot, 1).writes("As typed. ").live();
        assert_eq!(scene.answer(&[live]), Dismissal::Invalid, "{role}");
        let missed = Liar::of(&scene.loot, 2).writes("As missed. ").bundle();
        assert_eq!(answer_to_missed(scene.id(), scene.loot.bytes, scene.at, missed), Dismissal::Invalid, "{role}");
        // Each refusal is told to her person, some moments after it was told to him.
        let reason = format!("has “{role}”");
        let is_it = |why: &&String| why.contains("this needs the role “edit”") && why.contains(&reason);
        let why = eventually("both refusals", || Some(put_aside(&scene.cleo_up)).filter(|why| why.iter().filter(is_it).count() >= 2));
        assert_eq!(why.len(), 2, "{why:?}");
        // Cleo writes, so that anything that had been taken in would now be told, too.
        scene.cleo.add(&scene.document, "Cleo goes on.");
        until_has(&scene.ada, &scene.document, "Cleo goes on.");
        for person in [&scene.ada, &scene.cleo] {
            assert_eq!(person.text(&scene.document).replace("\n\nCleo goes on.", ""), text, "{role}, at {}", person.name());
        }
        let here = device_state(&scene.cleo, &scene.document, "Ben");
        assert_ne!(here["state"], "has_all", "{role}: who says such things is not talked to: {here}");
        let [ada, cleo] = scene.rows();
        assert_eq!(ada, cleo, "{role}: not a record of it lies anywhere");
    }
}

/// What an admin's program says by hand that no admin may, or in another's name; and the rule that it breaks.
fn lies(scene: &Scene) -> Vec<(&'static str, Operation, &'static str)> {
    let (owner, mine) = (scene.membership("Ada"), scene.mine);
    let (document, ben) = (scene.id(), DeviceKey::from_bytes(&scene.loot.bytes).device());
    let (ada, cleo) = (device_of(&scene.ada), device_of(&scene.cleo));
    let writer = Liar::of(&scene.loot, 0);
    let label = Label::close("", writer.writer().cipher(), &writer.tip());
    let throne = Invitation::new(&TicketSeed::from_bytes([9; 32]), &document, Role::Owner, scene.loot.secret(), label, [4; 32]);
    // Ada's key for secrets, by a proof that somebody else made.
    let (hers, own) = (SealingSeed::of_device(&DeviceKey::from_bytes(&[5; 32]), &document), SealingSeed::from_bytes([6; 32]));
    let claimed = Key { key: hers.key(), proof: own.register(&document, &ada).proof };
    // Cleo's device, with the consent of one that Ben has made.
    let own_device = AddDevice::consent(&document, mine, &ben, Role::Edit, &DeviceKey::from_bytes(&[8; 32]), &own);
    let [mut hers_too, mut unasked, mut to_hers] = [own_device; 3];
    (hers_too.device, unasked.device, to_hers.membership) = (cleo, DeviceKey::from_bytes(&[9; 32]).device(), owner);
    let untouched = "nobody but the owner can change what the owner may do";
    vec![
        ("removes the owner", Operation::Removal(Removal::of(owner)), untouched),
        ("lets the owner only read", Operation::Role(RoleChange { membership: owner, role: Role::View }), untouched),
        ("takes the document", Operation::Transfer(Transfer { membership: mine }), "this needs the role “owner”"),
        (
            "promotes himself",
            Operation::Role(RoleChange { membership: mine, role: Role::Owner }),
            "nobody can be invited to own the document",
        ),
        ("invites an owner", Operation::Invitation(throne), "nobody can be invited to own the document"),
        ("registers somebody's key", Operation::Key(claimed), "a proof in it does not hold"),
        ("adds Cleo's device to his own", Operation::AddDevice(hers_too), "a proof in it does not hold"),
        ("adds a device that never agreed", Operation::AddDevice(unasked), "a proof in it does not hold"),
        ("adds his device to Ada's", Operation::AddDevice(to_hers), "somebody else’s membership"),
    ]
}

/// Who is in as what, by name.
fn roles(members: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut roles: Vec<String> = members.iter().map(|member| format!("{} {}", text(&member["name"]), text(&member["role"]))).collect();
    roles.sort();
    roles
}

#[test]
fn a_patched_admin_removes_no_owner_takes_no_document_and_claims_nobodys_key() {
    let scene = Scene::with("admin");
    let before = [&scene.ada, &scene.cleo].map(|person| scene.members(person));
    for (number, (what, lie, rule)) in lies(&scene).into_iter().enumerate() {
        let heard = put_aside(&scene.cleo_up).len();
        let frame = Liar::of(&scene.loot, 10 + number as u8).says(&lie).live();
        assert_eq!(scene.answer(&[frame]), Dismissal::Invalid, "{what}");
        let why = eventually("the reason", || put_aside(&scene.cleo_up).get(heard).cloned());
        println!("who {what}: {why}");
        assert!(why.contains(rule), "who {what}: {why}");
        assert_eq!([&scene.ada, &scene.cleo].map(|person| roles(&scene.members(person))), before.each_ref().map(|it| roles(it)), "{what}");
    }
    // And what an admin may is taken from the same hand, so that it is not the hand that was refused.
    let cleo = scene.membership("Cleo");
    let demotion = Operation::Role(RoleChange { membership: cleo, role: Role::Edit });
    while_saying(scene.id(), scene.loot.bytes, scene.at, &[Liar::of(&scene.loot, 90).says(&demotion).live()], || {
        let expected = ["Ada owner", "Ben admin", "Cleo edit"];
        eventually("the demotion at Ada's", || (roles(&scene.members(&scene.ada)) == expected).then_some(()));
    });
    let [ada, cleo] = scene.rows();
    assert_eq!(ada, cleo, "not a record of the lies lies anywhere");
}

#[test]
fn records_of_one_document_say_nothing_in_another() {
    let scene = Scene::with("edit");
    let (ada, cleo) = (&scene.ada, &scene.cleo);
    let other = cleo.done(["new", "Another"]);
    cleo.done_with(["write", &other, "-"], "Something else.\n");
    let ben_up = scene.ben.up();
    scene.ben.done(["join", &cleo.done(["share", &other])]);
    ben_up.stop();
    let loot = Loot::of(&scene.ben, &other);
    let heard = put_aside(&scene.cleo_up).len();
    let said = |frames: &[Frame]| answer(loot.document(), loot.bytes, scene.at, frames);
    // As it was told, by Ada and by Ben himself: sealed for the document in which it was written.
    assert_eq!(said(&scene.loot.everything()), Dismissal::Invalid);
    assert_eq!(said(&[Liar::of(&scene.loot, 1).writes("From there. ").live()]), Dismissal::Invalid);
    // Its head says where it belongs, and sealing it anew changes nothing about that.
    let mut moved = Liar::of(&scene.loot, 2).writes("Sealed anew. ");
    moved.seal_for(loot.document());
    assert_eq!(said(&[moved.live()]), Dismissal::Invalid);
    let why = eventually("three reasons", || Some(put_aside(&scene.cleo_up)).filter(|why| why.len() >= heard + 3));
    println!("{:?}", &why[heard..]);
    assert_eq!((cleo.text(&other), cleo.text(&scene.document)), ("Something else.".to_owned(), ada.text(&scene.document)));
    let by_hand = Liar::with(&loot, loot.bytes, loot.document(), 3).writes("At home. ").live();
    while_saying(loot.document(), loot.bytes, scene.at, &[by_hand], || until_has(cleo, &other, "At home."));
}
