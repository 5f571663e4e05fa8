//! A folder and a document in it: two documents on the same devices, and what those do so that whoever is in the one is in the other.

use std::{collections::BTreeSet, time::Duration};

use sheaf_access::TicketSeed;
use sheaf_base::{DeviceId, DocumentId};
use sheaf_document::{
    Act, Document, Done, Input, Role, State, Ticket,
    folder::{List, Problem, Sides, Step, label, label_of_putting, of_label, row_of, steps},
};
use sheaf_schema::{Delta, LINE, attributes};

use crate::{members::act, shell::World};

const SECOND: Duration = Duration::from_secs(1);

/// The same people around a folder and around a document.
struct Two {
    folder: World,
    document: World,
    lines: u32,
}

impl Two {
    /// The first has a folder, which the others are in with these roles; `author` has a document, in which is nobody else.
    fn new(names: &[&str], roles: &[Role], author: usize) -> Two {
        let (mut folder, mut document) = (World::new(), World::new());
        for name in names {
            folder.device(name);
            document.device(name);
        }
        folder.begin(0, |here, now| Document::create_folder(here, "Allotment", now).expect("a folder is made"));
        for (guest, role) in (1..).zip(roles) {
            let ticket = folder.invite(0, *role);
            folder.join(guest, ticket);
            for other in 0..guest {
                folder.link(other, guest);
            }
            folder.pass(SECOND);
        }
        document.create(author, "Beds");
        document.write(author, "Leeks.\n");
        Two { folder, document, lines: 0 }
    }

    fn id(&self) -> DocumentId {
        self.folder.document(0).id()
    }

    fn list(&mut self, who: usize) -> List {
        let id = self.id();
        List::read(id, &self.folder.body(who))
    }

    /// Changes the lines of the folder.
    fn edit(&mut self, who: usize, delta: Delta) {
        self.folder.ask(who, |request| Input::Edit { request, base: None, delta }).expect("they may edit the folder");
    }

    /// Somebody puts the document into the folder.
    fn put(&mut self, who: usize) {
        self.list_anew(who, label_of_putting(self.id()));
        self.folder.pass(SECOND);
    }

    /// An invitation for everybody in the folder, in the place of whatever lists the document.
    fn list_anew(&mut self, who: usize, label: String) {
        self.lines += 1;
        let (seed, id) = (*blake3::hash(&[self.lines as u8, who as u8]).as_bytes(), format!("line{}", self.lines));
        let done = act(&mut self.document, who, Act::Invite { role: Role::View, seed, label });
        let Ok(Done::Ticket(ticket, _)) = &done else { panic!("no ticket: {done:?}") };
        let row = row_of(self.folder.document(who).tag(), ticket);
        let delta = self.list(who).replacing(ticket.document, Some((row, id)));
        self.edit(who, delta);
    }

    /// What a device has to do.
    fn left_to_do(&mut self, who: usize) -> Vec<Step> {
        let (folder, list) = (self.id(), self.list(who));
        let people = self.folder.document(who).memberships();
        let members = self.document.document(who).memberships();
        let invitations = self.document.devices[who].document.as_mut().expect("it runs").invitations();
        let (document, inside) = (self.document.document(who), self.folder.document(who));
        let devices = members.iter().flat_map(|member| member.devices.iter().copied());
        let known: BTreeSet<DeviceId> = devices.filter(|device| inside.was_member(device)).collect();
        steps(&Sides {
            folder,
            people: &people,
            known: &known,
            tag: inside.tag(),
            folder_role: inside.role(),
            members: &members,
            invitations: &invitations,
            role: document.role(),
            listed: list.get(document.id()),
        })
    }

    /// Does it, and tells how often there was something to do.
    fn tend(&mut self, who: usize) -> usize {
        let mut rounds = 0;
        while rounds < 10 {
            let todo = self.left_to_do(who);
            if todo.is_empty() {
                return rounds;
            }
            rounds += 1;
            todo.into_iter().for_each(|step| self.take(who, step));
        }
        panic!("it is never done");
    }

    fn take(&mut self, who: usize, step: Step) {
        let done = match step {
            Step::Remove { member, devices } => act(&mut self.document, who, Act::Remove { member, devices }),
            Step::Role { member, role } => act(&mut self.document, who, Act::Role { member, role }),
            Step::Revoke { invitation } => act(&mut self.document, who, Act::Revoke { invitation }),
            Step::Transfer { member } => act(&mut self.document, who, Act::Transfer { member }),
            Step::List => {
                let label = label(self.id());
                return self.list_anew(who, label);
            }
            Step::TakeOut => {
                let document = self.document.document(who).id();
                let delta = self.list(who).replacing(document, None);
                return self.edit(who, delta);
            }
        };
        done.expect("it may");
    }

    /// Somebody follows the ticket that the folder lists, by whoever is in already.
    fn follow(&mut self, who: usize, through: usize) -> Ticket {
        let listed = self.list(who);
        let ticket = listed.documents[0].ticket().expect("it is listed").clone();
        self.document.join(who, ticket.clone());
        self.document.link(through, who);
        self.pass();
        ticket
    }

    fn pass(&mut self) {
        self.folder.pass(10 * SECOND);
        self.document.pass(10 * SECOND);
    }

    fn role(&self, of: usize) -> Option<Role> {
        let device = self.document.device_id(of);
        let seen = (0..self.document.devices.len()).filter(|who| *who != of).find_map(|who| self.document.devices[who].document.as_ref());
        seen?.members().iter().find(|member| member.device == device).map(|member| member.role)
    }
}

#[test]
fn a_folder_is_one_from_its_first_byte_and_its_ticket_says_so() {
    let mut two = Two::new(&["Ana", "Ben"], &[Role::Edit], 0);
    let ticket = two.folder.invite(0, Role::Edit);
    assert_eq!((ticket.folder, two.document.invite(0, Role::Edit).folder), (Some(0), None));
    let is_folder = [two.folder.document(0), two.folder.document(1), two.document.document(0)].map(Document::is_folder);
    assert_eq!(is_folder, [true, true, false]);
    two.folder.close(1);
    two.folder.start(1);
    assert!(two.folder.document(1).is_folder());
    two.folder.link(0, 1);
    two.folder.pass(10 * SECOND);
    // What a process heard is played again as what it was.
    two.folder.agree();
    assert_eq!([label(two.id()), label_of_putting(two.id())].map(|label| of_label(&label)), [Some(two.id()); 2]);
    assert_eq!(of_label("folder of mine"), None);
}

#[test]
fn two_who_list_something_at_once_both_have_and_what_is_no_line_of_ours_is_passed_over() {
    let mut two = Two::new(&["Ana", "Ben"], &[Role::Edit], 0);
    let folder = two.id();
    let (id, inviter) = (two.document.document(0).id(), two.document.device_id(0));
    let ticket = |number: u8, change: fn(&mut Ticket)| {
        let mut document = id;
        document.0[0] = number;
        let mut ticket = Ticket {
            document,
            inviter,
            seed: TicketSeed::from_bytes([number; 32]),
            title: "Beds".into(),
            name: "Ana".into(),
            role: Role::View,
            kind: sheaf_access::TicketKind::Open,
            folder: None,
            routes: Vec::new(),
        };
        change(&mut ticket);
        ticket
    };
    let (mine, theirs) = (ticket(1, |_| ()), ticket(2, |_| ()));
    let tag = two.folder.document(0).tag();
    two.folder.part(1);
    for (who, listed) in [(0, &mine), (1, &theirs)] {
        let delta = two.list(who).replacing(listed.document, Some((row_of(tag, listed), format!("l{who}"))));
        two.edit(who, delta);
    }
    two.folder.link(0, 1);
    two.folder.pass(SECOND);
    let listed: BTreeSet<DocumentId> = two.list(1).documents.iter().map(|listed| listed.document).collect();
    assert_eq!(listed, BTreeSet::from([mine.document, theirs.document]));
    assert_eq!(two.list(0), two.list(1));

    let routes = |ticket: &mut Ticket| ticket.routes = vec![sheaf_access::Route { device: ticket.inviter, relay: None, addresses: vec![] }];
    let with_routes = ticket(3, routes);
    let lines = [
        ("Buy seeds.".to_owned(), Problem::Unreadable),
        (format!("{tag} {}", ticket(3, |it| it.role = Role::Edit).encode()), Problem::NotListable),
        (format!("{tag} {}", ticket(3, |it| it.kind = sheaf_access::TicketKind::Counted).encode()), Problem::NotListable),
        (format!("{tag} {}", with_routes.encode()), Problem::NotListable),
        (format!("{tag} {}", ticket(3, |it| it.folder = Some(1)).encode()), Problem::Folder),
        (format!("{tag} sheaf://join/{}", ticket(3, |_| ()).encode()), Problem::Unreadable),
        (format!("{} {}", "g".repeat(16), ticket(3, |_| ()).encode()), Problem::Unreadable),
        (folder.to_string(), Problem::Unreadable),
    ];
    for (number, (words, problem)) in lines.into_iter().enumerate() {
        let body = Delta::new().insert(words.clone()).insert_with("\n", attributes([(LINE, format!("b{number}").into())]));
        let read = List::read(folder, &body);
        assert_eq!((read.documents.len(), read.problems), (0, vec![problem]), "{words}");
    }
    // Written by us, what names places to call names none.
    assert_eq!(row_of(tag, &with_routes), format!("{tag} {}", ticket(3, |_| ()).encode()));
}

#[test]
fn there_is_room_for_so_many_documents_and_what_is_beyond_is_said() {
    let two = Two::new(&["Ana"], &[], 0);
    let (tag, inviter) = (two.folder.document(0).tag(), two.document.device_id(0));
    let row = |number: u64| {
        let mut document = DocumentId([7; 32]);
        document.0[..8].copy_from_slice(&number.to_be_bytes());
        let (seed, kind) = (TicketSeed::from_bytes([7; 32]), sheaf_access::TicketKind::Open);
        let (title, name) = (String::new(), String::new());
        row_of(tag, &Ticket { document, inviter, seed, title, name, role: Role::View, kind, folder: None, routes: Vec::new() })
    };
    let line = |number: u64| attributes([(LINE, format!("{number}").into())]);
    let many = |count: u64| (0..count).fold(Delta::new(), |body, number| body.insert(row(number)).insert_with("\n", line(number)));
    let list = List::read(DocumentId([1; 32]), &many(202));
    assert_eq!((list.documents.len(), list.problems), (200, vec![Problem::TooMany; 2]));
}

#[test]
fn whoever_is_in_the_folder_has_the_same_role_in_what_is_in_it() {
    let mut two = Two::new(&["Ana", "Ben", "Cleo", "Dora"], &[Role::Edit, Role::View, Role::Admin], 0);
    two.put(0);
    assert_eq!(two.left_to_do(0), []);
    two.folder.pass(SECOND);
    two.follow(1, 0);
    // Ben came first, and lets the others in.
    two.follow(2, 1);
    two.follow(3, 1);
    assert_eq!([1, 2, 3].map(|who| two.role(who)), [Some(Role::View); 3]);
    two.document.link(0, 2);
    two.document.link(0, 3);
    two.pass();
    two.tend(0);
    two.pass();
    assert_eq!([1, 2, 3].map(|who| two.role(who)), [Some(Role::Edit), Some(Role::View), Some(Role::Admin)]);
    assert_eq!([0, 1, 2, 3].map(|who| two.left_to_do(who).len()), [0; 4]);

    // An admin of the folder gives another role there, and sees to it here while its owner is away.
    two.folder.part(0);
    two.document.part(0);
    two.document.link(2, 3);
    let cleo = two.folder.document(3).memberships().into_iter().find(|member| member.name == "Cleo").expect("she is in").id;
    act(&mut two.folder, 3, Act::Role { member: cleo, role: Role::Comment }).expect("an admin may");
    two.pass();
    two.tend(3);
    two.pass();
    assert_eq!(two.document.document(2).role(), Role::Comment);
}

#[test]
fn a_document_of_somebody_else_is_handed_over_so_that_they_can_be_removed() {
    let mut two = Two::new(&["Ana", "Ben"], &[Role::Edit], 1);
    two.put(1);
    two.tend(1);
    two.folder.pass(SECOND);
    two.follow(0, 1);
    assert_eq!(two.document.document(0).role(), Role::View);
    two.tend(1);
    two.pass();
    assert_eq!((two.document.document(0).role(), two.role(1)), (Role::Owner, Some(Role::Admin)));
    two.tend(0);
    two.pass();
    assert_eq!(two.document.document(1).role(), Role::Edit);
}

#[test]
fn whoever_is_removed_from_the_folder_is_out_of_what_is_in_it_with_every_ticket_they_had() {
    let mut two = Two::new(&["Ana", "Ben", "Cleo", "Bens other one"], &[Role::Edit, Role::Edit], 0);
    two.put(0);
    two.tend(0);
    two.folder.pass(SECOND);
    let ticket = two.follow(1, 0);
    two.follow(2, 0);
    // Ben gives the listed ticket to a device that is not in the folder.
    two.document.join(3, ticket.clone());
    two.document.link(0, 3);
    two.pass();
    two.tend(0);
    two.pass();
    assert_eq!(two.document.document(3).state(), State::Ready);

    let ben = two.folder.document(0).memberships().into_iter().find(|member| member.name == "Ben").expect("he is in").id;
    act(&mut two.folder, 0, Act::Remove { member: ben, devices: Vec::new() }).expect("the owner may");
    two.tend(0);
    two.pass();
    assert_eq!([1, 3].map(|who| two.document.document(who).state()), [State::Left; 2]);
    assert_eq!([1, 2, 3].map(|who| two.role(who)), [None, Some(Role::Edit), None]);

    // What is listed now Cleo reads, and Ben does not; what he had lets nobody in.
    let listed = two.list(2).documents[0].ticket().cloned();
    assert!(listed.is_some_and(|listed| listed.seed != ticket.seed));
    assert_eq!(two.list(1).documents[0].ticket(), Some(&ticket));
    let late = two.document.device("Bens third one");
    two.document.join(late, ticket);
    two.document.link(0, late);
    two.document.link(2, late);
    two.pass();
    assert_eq!(two.document.document(late).state(), State::Waiting);
    assert_eq!([0, 2].map(|who| two.left_to_do(who).len()), [0; 2]);
}

#[test]
fn two_admins_who_do_it_at_once_come_to_one_line() {
    let mut two = Two::new(&["Ana", "Ben", "Cleo"], &[Role::Admin, Role::Edit], 0);
    two.put(0);
    two.tend(0);
    two.folder.pass(SECOND);
    two.follow(1, 0);
    two.follow(2, 0);
    two.tend(0);
    two.pass();
    let cleo = two.folder.document(0).memberships().into_iter().find(|member| member.name == "Cleo").expect("she is in").id;
    act(&mut two.folder, 0, Act::Remove { member: cleo, devices: Vec::new() }).expect("the owner may");
    two.pass();
    two.folder.part(1);
    two.document.part(1);
    two.tend(0);
    two.tend(1);
    two.folder.link(0, 1);
    two.document.link(0, 1);
    two.pass();
    assert_eq!(two.list(0).documents[0].rows.len(), 2);
    for _ in 0..2 {
        two.tend(0);
        two.pass();
        two.tend(1);
        two.pass();
    }
    assert_eq!(two.list(0), two.list(1));
    assert_eq!(two.list(0).documents[0].rows.len(), 1);
    let invitations = two.document.devices[1].document.as_mut().expect("it runs").invitations();
    let open: Vec<_> = invitations.iter().filter(|it| it.open && it.label == label(two.id())).collect();
    assert!(matches!(&open[..], [only] if only.ticket == two.list(1).documents[0].ticket().map(|ticket| ticket.seed.key())));
}

#[test]
fn what_was_taken_out_lets_nobody_else_in_and_keeps_whoever_is_in() {
    let mut two = Two::new(&["Ana", "Ben"], &[Role::Edit], 0);
    two.put(0);
    two.tend(0);
    two.folder.pass(SECOND);
    let ticket = two.follow(1, 0);
    let delta = two.list(0).replacing(ticket.document, None);
    two.edit(0, delta);
    assert_eq!(two.list(0).documents, []);
    two.tend(0);
    two.pass();
    assert_eq!(two.document.document(1).state(), State::Ready);
    let late = two.document.device("Late");
    two.document.join(late, ticket);
    two.document.link(0, late);
    two.pass();
    assert_eq!(two.document.document(late).state(), State::Waiting);
}

#[test]
fn a_document_whose_owner_never_handed_it_over_goes_out_of_the_folder_with_them() {
    let mut two = Two::new(&["Ana", "Ben"], &[Role::Edit], 1);
    two.put(1);
    two.tend(1);
    two.folder.pass(SECOND);
    two.follow(0, 1);
    let ben = two.folder.document(0).memberships().into_iter().find(|member| member.name == "Ben").expect("he is in").id;
    act(&mut two.folder, 0, Act::Remove { member: ben, devices: Vec::new() }).expect("the owner may");
    assert_eq!(two.left_to_do(0), [Step::TakeOut]);
    two.tend(0);
    assert_eq!(two.list(0).documents, []);
    assert_eq!(two.document.document(0).state(), State::Ready, "what she has she keeps");
}

#[test]
fn whoever_was_removed_is_in_again_by_a_ticket_made_later_and_whoever_left_is_not_by_the_old_one() {
    let mut world = World::sharing(&["Ana", "Ben", "Cleo", "Dora"]);
    let of = |world: &World, name: &str| world.document(0).memberships().into_iter().find(|it| it.name == name).expect("they are in").id;
    // Dora is away, and will hear of it by a word alone.
    world.part(3);
    for name in ["Ben", "Dora"] {
        let member = of(&world, name);
        act(&mut world, 0, Act::Remove { member, devices: Vec::new() }).expect("the owner may");
    }
    act(&mut world, 2, Act::Leave).expect("she may");
    world.pass(SECOND);
    let ticket = world.invite(0, Role::Edit);
    world.close(2);
    world.start(2);
    world.link(0, 2);
    world.comes_back(1, ticket);
    world.link(0, 1);
    world.write(0, "Since then.\n");
    world.link(0, 3);
    world.pass(10 * SECOND);
    assert_eq!([1, 2].map(|who| world.document(who).state()), [State::Ready, State::Left]);
    assert!(world.text(1).contains("Since then."));
    assert!(world.document(3).is_removed() && !world.text(3).contains("Since then."));
    let later = world.invite(0, Role::Edit);
    world.comes_back(3, later);
    world.link(0, 3);
    world.pass(10 * SECOND);
    assert!(!world.document(3).is_removed() && world.text(3).contains("Since then."));
    // As long as it is not used it lets in once: what he came by the second time brings him back no third time.
    let ben = of(&world, "Ben");
    act(&mut world, 0, Act::Remove { member: ben, devices: Vec::new() }).expect("the owner may");
    world.pass(10 * SECOND);
    world.close(1);
    world.start(1);
    world.link(0, 1);
    world.pass(10 * SECOND);
    assert_eq!(world.document(1).state(), State::Left);
}

#[test]
fn who_has_not_put_their_document_into_a_folder_does_not_hand_it_over() {
    // Ben owns it, Cleo may manage it and puts it into Ana's folder, in which both are. Roles follow the folder from then on.
    let mut two = Two::new(&["Ana", "Ben", "Cleo"], &[Role::Edit, Role::Edit], 1);
    let ticket = two.document.invite(1, Role::Admin);
    two.document.join(2, ticket.clone());
    two.document.devices[2].disk.ticket = Some(ticket);
    two.document.link(1, 2);
    two.document.pass(SECOND);
    two.put(2);
    two.pass();
    two.follow(0, 2);
    two.document.link(0, 1);
    two.pass();
    two.tend(1);
    two.tend(2);
    two.pass();
    assert_eq!((two.document.document(1).role(), two.document.document(0).role()), (Role::Owner, Role::Admin));
}

#[test]
fn a_line_in_the_folder_is_not_enough_to_give_anybody_a_role_in_a_document() {
    // Ana owns both; Ben has a ticket to her document that she made for him alone, and lists it.
    let mut two = Two::new(&["Ana", "Ben", "Cleo"], &[Role::Edit, Role::Admin], 0);
    let ticket = two.document.invite(0, Role::View);
    let row = row_of(two.folder.document(1).tag(), &ticket);
    let delta = two.list(1).replacing(ticket.document, Some((row, "x".into())));
    two.edit(1, delta);
    two.folder.pass(SECOND);
    two.document.devices[0].disk.ticket = Some(ticket.clone());
    two.follow(2, 0);
    assert_eq!(two.left_to_do(0), []);
    assert_eq!(two.document.document(2).role(), Role::View);
}
