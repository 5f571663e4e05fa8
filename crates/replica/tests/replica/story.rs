//! What a replica does, told one thing at a time.

use sheaf_base::{ClientId, Update, limits};
use sheaf_replica::{
    ApplyError, PushError, Replica, Stick,
    walk::{Rules, walk},
};
use sheaf_schema::{Attributes, Delta, Embed, Op, Scalar, Value, attributes};

fn fresh() -> impl FnMut() -> [u8; 32] {
    let mut count = 0u8;
    move || {
        count += 1;
        [count; 32]
    }
}

fn push(replica: &mut Replica, delta: Delta) -> Delta {
    replica.push(&delta, &mut fresh()).expect("the push is accepted").delta
}

fn line(id: &str) -> Attributes {
    attributes([("line", id.into())])
}

fn kind(id: &str, block: &str) -> Attributes {
    attributes([("line", id.into()), ("block", block.into())])
}

/// Two replicas of a body that says "one" and "two", a heading and a paragraph.
fn pair() -> (Replica, Replica) {
    let (mut here, founding) = Replica::found(ClientId(10)).expect("founding works");
    let body = Delta::new().insert("one").insert_with("\n", kind("a", "h1")).insert("two").insert_with("\n", line("b"));
    let pushed = here.push(&body, &mut fresh()).expect("the push is accepted");
    assert_eq!(pushed.delta, body);
    let mut there = Replica::empty(ClientId(20));
    let applied = there.apply(&[vec![founding], pushed.updates].concat()).expect("the updates apply");
    assert_eq!(applied.delta, body);
    (here, there)
}

fn meet(here: &mut Replica, there: &mut Replica, mine: &[Update], theirs: &[Update]) {
    here.apply(theirs).expect("theirs applies here");
    there.apply(mine).expect("mine applies there");
    assert_eq!(here.delta(), there.delta());
    assert_eq!(here.state_hash(), there.state_hash());
    here.audit().expect("yrs agrees here");
    there.audit().expect("yrs agrees there");
}

#[test]
fn a_new_body_is_empty_and_its_sentinel_is_nowhere_to_be_seen() {
    let (replica, _) = Replica::found(ClientId(1)).expect("founding works");
    assert!(replica.is_founded() && replica.delta().is_empty());
    assert_eq!((replica.length(), replica.title()), (0, ""));
    assert_eq!(replica.checksum(), Delta::new().checksum());
}

#[test]
fn nothing_can_be_written_before_the_first_copy() {
    let mut replica = Replica::empty(ClientId(1));
    assert_eq!(replica.push(&Delta::new().insert("x"), &mut fresh()), Err(PushError::NotFounded));
    assert_eq!(replica.set_title("x"), Err(PushError::NotFounded));
    assert!(!replica.is_founded());
}

#[test]
fn a_push_that_does_not_fit_is_refused_and_changes_nothing() {
    let (mut here, _) = pair();
    push(&mut here, Delta::new().insert("🌾"));
    let before = here.state_hash();
    let mut refuse = |delta: Delta| here.push(&delta, &mut fresh()).expect_err("the push is refused");
    assert_eq!(refuse(Delta::new().retain(1).insert("x")), PushError::SplitsPair(1));
    assert_eq!(refuse(Delta::new().delete(1)), PushError::SplitsPair(1));
    assert_eq!(refuse(Delta::new().delete(11)), PushError::TooLong { needed: 11, length: 10 });
    assert_eq!(refuse(Delta::new().insert("a\r\n")), PushError::CarriageReturn);
    assert!(matches!(refuse(Delta::new().insert_with("x", attributes([("n", 1e16.into())]))), PushError::Unfit(_)));
    assert!(matches!(refuse(Delta::new().embed(Embed::new("source", "x".repeat(60_000).as_str()))), PushError::Unfit(_)));
    let deep = (0..20).fold(Value::Null, |value, _| Value::List(vec![value]));
    assert!(matches!(refuse(Delta::new().embed(Embed::new("x", deep))), PushError::Unfit(_)));
    assert_eq!(here.state_hash(), before);
}

#[test]
fn a_kind_is_changed_in_the_map_and_shown_on_the_newline() {
    let (mut here, mut there) = pair();
    let change = Delta::new().retain(7).retain_with(1, attributes([("block", "ul".into())]));
    let pushed = here.push(&change, &mut fresh()).expect("the push is accepted");
    assert_eq!(pushed.delta, change);
    assert_eq!(there.apply(&pushed.updates).expect("it applies").delta, change);
    let back = Delta::new().retain(3).retain_with(5, attributes([("block", Scalar::Null)]));
    let told = push(&mut here, back);
    let plain = attributes([("block", Scalar::Null)]);
    assert_eq!(told, Delta::new().retain(3).retain_with(1, plain.clone()).retain(3).retain_with(1, plain));
}

#[test]
fn an_id_that_is_taken_or_missing_is_replaced_and_the_view_is_told() {
    let (mut here, _) = pair();
    let told = push(&mut here, Delta::new().insert_with("x\n", kind("a", "ol")).insert("\n"));
    let lines: Vec<_> = here.delta().lines().map(|line| (line.id().map(str::to_owned), line.block().to_owned())).collect();
    assert!(lines.iter().all(|(id, _)| id.is_some()), "{lines:?}");
    assert_ne!(lines[0].0.as_deref(), Some("a"));
    assert_eq!((lines[0].1.as_str(), lines[2].0.as_deref(), lines[2].1.as_str()), ("ol", Some("a"), "h1"));
    assert_eq!(here.delta().slice(0, 3), told);
}

#[test]
fn a_line_that_moves_keeps_its_id_and_so_does_one_that_comes_back() {
    let (mut here, _) = pair();
    push(&mut here, Delta::new().delete(4).retain(4).insert("one").insert_with("\n", kind("a", "h1")));
    assert_eq!(here.delta().lines().map(|line| line.id().map(str::to_owned)).collect::<Vec<_>>(), [Some("b".into()), Some("a".into())]);
    push(&mut here, Delta::new().retain(4).delete(4));
    // Undo: the id is free again, and what the map said of it is still there.
    let told = push(&mut here, Delta::new().retain(4).insert("one").insert_with("\n", kind("a", "h1")));
    assert_eq!(told, Delta::new().retain(4).insert("one").insert_with("\n", kind("a", "h1")));
}

#[test]
fn of_two_lines_with_one_id_the_later_has_none_until_somebody_makes_it_something() {
    let (mut here, mut there) = pair();
    // Both move the heading to the end, apart.
    let moved = || Delta::new().delete(4).retain(4).insert("one").insert_with("\n", kind("a", "h1"));
    let mine = here.push(&moved(), &mut fresh()).expect("the push is accepted").updates;
    let theirs = there.push(&moved(), &mut fresh()).expect("the push is accepted").updates;
    meet(&mut here, &mut there, &mine, &theirs);
    let ids = |replica: &Replica| replica.delta().lines().map(|line| line.id().map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(ids(&here), [Some("b".to_owned()), Some("a".to_owned()), None]);
    // Making the nameless one a list gives it a name.
    let end = here.length();
    let update = here.push(&Delta::new().retain(end - 1).retain_with(1, attributes([("block", "ul".into())])), &mut fresh());
    there.apply(&update.expect("the push is accepted").updates).expect("it applies");
    assert_eq!(here.delta(), there.delta());
    let last = here.delta().lines().last().expect("there are lines");
    assert!(last.id().is_some_and(|id| id != "a") && last.block() == "ul", "{last:?}");
}

#[test]
fn a_nameless_line_that_gets_a_name_keeps_the_marks_of_its_newline() {
    let (mut here, mut there) = pair();
    // Both move the heading to the end, apart, and its newline is bold there: the later of the two has no name.
    let mut bold = kind("a", "h1");
    bold.insert("bold".into(), true.into());
    let moved = || Delta::new().delete(4).retain(4).insert("one").insert_with("\n", bold.clone());
    let mine = here.push(&moved(), &mut fresh()).expect("the push is accepted").updates;
    let theirs = there.push(&moved(), &mut fresh()).expect("the push is accepted").updates;
    meet(&mut here, &mut there, &mine, &theirs);
    let end = here.length();
    push(&mut here, Delta::new().retain(end - 1).retain_with(1, attributes([("block", "ul".into())])));
    let named = here.delta().slice(end - 1, end);
    let Some(Op::Insert { attributes, .. }) = named.ops.first() else { panic!("{named:?}") };
    assert_eq!(attributes.keys().collect::<Vec<_>>(), ["block", "bold", "line"], "whoever pushed keeps showing the mark");
}

#[test]
fn when_the_first_of_two_lines_with_one_id_goes_the_other_is_the_line() {
    let (mut here, mut there) = pair();
    let moved = || Delta::new().delete(4).retain(4).insert("one").insert_with("\n", kind("a", "h1"));
    let mine = here.push(&moved(), &mut fresh()).expect("the push is accepted").updates;
    let theirs = there.push(&moved(), &mut fresh()).expect("the push is accepted").updates;
    meet(&mut here, &mut there, &mine, &theirs);
    let told = push(&mut here, Delta::new().retain(4).delete(4));
    let shown = kind("a", "h1");
    assert_eq!(told, Delta::new().retain(4).delete(4).retain(3).retain_with(1, shown));
}

#[test]
fn two_who_change_touching_lines_each_change_their_own() {
    for (mine, theirs) in [(10, 20), (20, 10)] {
        let (mut here, founding) = Replica::found(ClientId(mine)).expect("founding works");
        let body = Delta::new().insert_with("\n", line("a")).insert_with("\n", line("b"));
        let pushed = here.push(&body, &mut fresh()).expect("the push is accepted");
        let mut there = Replica::empty(ClientId(theirs));
        there.apply(&[vec![founding], pushed.updates].concat()).expect("it applies");
        let make = |block: &str| attributes([("block", block.into())]);
        let one = here.push(&Delta::new().retain_with(1, make("h1")), &mut fresh()).expect("the push is accepted").updates;
        let two = there.push(&Delta::new().retain(1).retain_with(1, make("ul")), &mut fresh()).expect("the push is accepted").updates;
        meet(&mut here, &mut there, &one, &two);
        assert_eq!(here.delta(), Delta::new().insert_with("\n", kind("a", "h1")).insert_with("\n", kind("b", "ul")));
    }
}

#[test]
fn a_large_paste_becomes_several_updates_that_each_fit_a_record() {
    let (mut here, mut there) = pair();
    let mut paste = Delta::new();
    for index in 0..3000 {
        paste = paste.insert(format!("{index} 🌾 ")).insert_with("\n", line(&format!("p{index}")));
    }
    paste = paste.insert("x".repeat(200_000));
    let pushed = here.push(&paste, &mut fresh()).expect("the push is accepted");
    assert!(pushed.updates.len() > 5 && pushed.updates.iter().all(|update| update.0.len() <= limits::PAYLOAD));
    assert_eq!(pushed.delta, paste);
    for update in &pushed.updates {
        there.apply(std::slice::from_ref(update)).expect("each piece applies alone");
    }
    assert_eq!(here.state_hash(), there.state_hash());
    let before = here.delta();
    let gone = here.push(&Delta::new().delete(here.length()), &mut fresh()).expect("the push is accepted");
    assert_eq!(before.compose(&gone.delta), Delta::new());
    there.apply(&gone.updates).expect("it applies");
    assert_eq!((here.length(), there.length()), (0, 0));
}

#[test]
fn what_is_here_already_is_passed_over_and_what_stands_on_nothing_is_refused() {
    let (mut here, mut there) = pair();
    let first = here.push(&Delta::new().insert("x"), &mut fresh()).expect("the push is accepted").updates;
    let second = here.push(&Delta::new().retain(1).insert("y"), &mut fresh()).expect("the push is accepted").updates;
    assert!(matches!(there.apply(&second), Err(ApplyError::Missing(_))));
    assert_eq!(there.length(), 8);
    there.apply(&[first.clone(), second.clone()].concat()).expect("in order they apply");
    let hash = there.state_hash();
    assert!(there.apply(&[first, second].concat()).expect("again they change nothing").delta.is_empty());
    assert_eq!(there.state_hash(), hash);
    assert!(matches!(there.apply(&[Update(vec![9, 9, 9])]), Err(ApplyError::Refused(_))));
    assert_eq!(there.state_hash(), hash);
}

#[test]
fn a_place_stays_with_its_neighbour() {
    let (mut here, mut there) = pair();
    let places: Vec<_> = [(0, Stick::Before), (0, Stick::After), (2, Stick::Before), (2, Stick::After), (8, Stick::After)]
        .map(|(offset, stick)| here.place(offset, stick).expect("the offset is in the text"))
        .into();
    let at = |replica: &Replica| places.iter().map(|place| replica.resolve(place)).collect::<Vec<_>>();
    assert_eq!(at(&here), [0, 0, 2, 2, 8].map(Some));
    let updates = here.push(&Delta::new().insert(">>").retain(2).insert("--"), &mut fresh()).expect("the push is accepted").updates;
    assert_eq!(at(&here), [0, 2, 4, 6, 12].map(Some));
    there.apply(&updates).expect("it applies");
    assert_eq!(at(&there), at(&here));
    // The neighbours go: the places stay where they were.
    push(&mut here, Delta::new().delete(8));
    assert_eq!(at(&here), [0, 0, 0, 0, 4].map(Some));
    assert_eq!(here.place(99, Stick::After), None);
    assert_eq!(here.resolve(&sheaf_replica::Place(vec![1, 99, 0])), None);
    assert_eq!(here.resolve(&sheaf_replica::Place(vec![])), None);
}

#[test]
fn the_title_is_said_once_and_the_last_to_say_it_wins_everywhere() {
    let (mut here, mut there) = pair();
    let mine = here.set_title("Mine").expect("the title is accepted").updates;
    let theirs = there.set_title("Theirs").expect("the title is accepted").updates;
    meet(&mut here, &mut there, &mine, &theirs);
    assert_eq!(here.title(), there.title());
    let same = here.title().to_owned();
    assert!(here.set_title(&same).expect("the title is accepted").updates.is_empty());
    let update = here.set_title("Both").expect("the title is accepted").updates;
    let applied = there.apply(&update).expect("it applies");
    assert!(applied.title && applied.delta.is_empty());
    assert_eq!(there.title(), "Both");
    assert!(matches!(here.set_title(&"x".repeat(401)), Err(PushError::Unfit(_))));
}

#[test]
fn inserts_carry_all_their_attributes_and_inherit_none() {
    let (mut here, _) = pair();
    let bold = || attributes([("bold", true.into()), ("italic", true.into())]);
    push(&mut here, Delta::new().retain_with(3, bold()));
    push(&mut here, Delta::new().retain(1).insert("plain").insert_with("link", attributes([("link", "https://x".into())])));
    let told = push(&mut here, Delta::new().insert_with("n", attributes([("bold", Scalar::Null), ("code", true.into())])));
    assert_eq!(told, Delta::new().insert_with("n", attributes([("code", true.into())])));
    let body = here.delta();
    let expected = Delta::new()
        .insert_with("n", attributes([("code", true.into())]))
        .insert_with("o", bold())
        .insert("plain")
        .insert_with("link", attributes([("link", "https://x".into())]))
        .insert_with("ne", bold());
    assert_eq!(body.slice(0, 13), expected);
}

#[test]
fn a_damaged_snapshot_is_never_mistaken_for_a_document() {
    let (mut here, _) = pair();
    here.set_title("T").expect("the title is accepted");
    let snapshot = here.snapshot().expect("a snapshot is made");
    let opened = Replica::from_snapshot(ClientId(30), &snapshot).expect("the snapshot opens");
    assert_eq!((opened.delta(), opened.title()), (here.delta(), "T"));
    assert_eq!(opened.end(ClientId(10)), here.end(ClientId(10)));
    for at in 0..snapshot.len() {
        let mut damaged = snapshot.clone();
        damaged[at] ^= 1;
        // The name of the writer may be anything; the document may not.
        if let Ok(opened) = Replica::from_snapshot(ClientId(30), &damaged) {
            assert_eq!(opened.state_hash(), here.state_hash());
        }
        assert!(Replica::from_snapshot(ClientId(30), &snapshot[..at]).is_err());
    }
}

#[test]
fn a_void_update_says_nothing_and_still_carries_what_others_wrote_on_it() {
    let (mut here, mut there) = pair();
    let refused = here.push(&Delta::new().insert("SPAM").delete(3), &mut fresh()).expect("the push is accepted").updates;
    there.apply(&refused).expect("there it counted at first");
    let on_top = there.push(&Delta::new().retain(2).insert("words"), &mut fresh()).expect("the push is accepted").updates;
    let void = sheaf_replica::void(&walk(&refused[0].0, Rules::Body(ClientId(10))).expect("it is an update"));
    walk(&void.0, Rules::Body(ClientId(10))).expect("the void form is one, too");
    let (_, mut third) = pair();
    third.apply(&[vec![void], on_top].concat()).expect("both apply");
    assert_eq!(third.delta().text(), "wordsone\ntwo\n");
    third.audit().expect("yrs agrees");
}

#[test]
fn of_an_update_it_can_be_told_which_line_it_touched() {
    let (mut here, mut there) = pair();
    let update = |replica: &mut Replica, delta: Delta| {
        let updates = replica.push(&delta, &mut fresh()).expect("the push is accepted").updates;
        assert_eq!(updates.len(), 1);
        updates.into_iter().next().expect("one update")
    };
    // Each change, and which of the lines "one", "two" and what is behind them it touched.
    let touched = |replica: &Replica, update: &Update| -> Vec<bool> {
        let makeup = |offset| replica.makeup(offset).expect("there is such a line");
        let two = replica.delta().text().find('t').expect("it is still there");
        let lines = [makeup(0), makeup(two), makeup(replica.length())];
        lines.iter().map(|line| line.is_touched_by(&update.0).expect("an update of ours")).collect()
    };
    let typed = update(&mut here, Delta::new().retain(5).insert("!"));
    assert_eq!(touched(&here, &typed), [false, true, false], "words");
    let deleted = update(&mut here, Delta::new().retain(1).delete(1));
    assert_eq!(touched(&here, &deleted), [true, false, false], "what was deleted within it");
    let bold = update(&mut here, Delta::new().retain(4).retain_with(1, attributes([("bold", true.into())])));
    assert_eq!(touched(&here, &bold), [false, true, false], "marks");
    let kind = update(&mut here, Delta::new().retain(2).retain_with(1, attributes([("block", "h2".into())])));
    assert_eq!(touched(&here, &kind), [true, false, false], "what the line is");
    let end = here.length();
    let behind = update(&mut here, Delta::new().retain(end).insert("end"));
    assert_eq!(touched(&here, &behind), [false, false, true], "words behind the last newline");

    // A line between two is neither's; and a line that is gone is its neighbour's.
    there.apply(&[typed, deleted, bold, kind, behind]).expect("it applies");
    let between = update(&mut there, Delta::new().retain(3).insert("new").insert_with("\n", line("c")));
    assert_eq!(touched(&there, &between), [false, false, false]);
    let joined = update(&mut there, Delta::new().retain(2).delete(5));
    assert_eq!(there.delta().text(), "oet!wo\nend");
    assert!(there.makeup(0).expect("a line").is_touched_by(&joined.0).expect("an update of ours"));

    // The same is told by a replica that came out of a snapshot.
    let state = there.snapshot().expect("it can be written");
    let again = Replica::from_snapshot(ClientId(30), &state).expect("it can be read");
    for offset in 0..=there.length() {
        assert_eq!(again.makeup(offset), there.makeup(offset), "at {offset}");
    }
    assert_eq!(there.makeup(there.length() + 1), None);
}
