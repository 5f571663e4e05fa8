//! What the text lane rests on: both ends of a lane reach the same text, mine goes left and mine wins, nobody cuts a character.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheaf_schema::{Attributes, Delta, Embed, Misfit, Op, Scalar, attributes, utf16};

const SEEDS: u64 = 4_000;

fn random_attributes(random: &mut ChaCha8Rng, removals: bool) -> Attributes {
    let mut attributes = Attributes::new();
    for name in ["bold", "link", "line"] {
        match random.random_range(0..6) {
            0 if removals => attributes.insert(name.to_owned(), Scalar::Null),
            0 | 1 => attributes.insert(name.to_owned(), format!("v{}", random.random_range(0..3)).into()),
            _ => None,
        };
    }
    attributes
}

fn random_insert(random: &mut ChaCha8Rng) -> Op {
    let attributes = random_attributes(random, false);
    if random.random_range(0..6) == 0 {
        return Op::Embed { embed: Embed::new("image", "a.png"), attributes };
    }
    let pieces = ["a", "bc", "é", "𝄞", "👩‍👧", "\n", "日本"];
    let text = (0..random.random_range(1..4)).map(|_| pieces[random.random_range(0..pieces.len())]).collect();
    Op::Insert { text, attributes }
}

fn random_body(random: &mut ChaCha8Rng) -> Delta {
    let mut body = Delta::new();
    (0..random.random_range(0..6)).for_each(|_| body.push(random_insert(random)));
    body
}

/// A change to `base` that cuts no character.
fn random_change(random: &mut ChaCha8Rng, base: &Delta) -> Delta {
    let mut lengths = base.text().chars().map(char::len_utf16).collect::<Vec<_>>().into_iter();
    let mut change = Delta::new();
    for _ in 0..random.random_range(1..6) {
        if random.random_range(0..3) == 0 {
            change.push(random_insert(random));
        }
        let length = lengths.by_ref().take(random.random_range(1..5)).sum();
        change.push(match random.random_range(0..3) {
            0 => Op::Delete { length },
            _ => Op::Retain { length, attributes: random_attributes(random, true) },
        });
    }
    change
}

/// Runs a story for every seed; a failure names the seed that reproduces it.
fn for_each_seed(story: impl Fn(&mut ChaCha8Rng)) {
    for seed in 0..SEEDS {
        let run = std::panic::AssertUnwindSafe(|| story(&mut ChaCha8Rng::seed_from_u64(seed)));
        if let Err(panic) = std::panic::catch_unwind(run) {
            eprintln!("failed with seed {seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn two_changes_made_at_once_meet_in_one_text_whoever_goes_first() {
    for_each_seed(|random| {
        let base = random_body(random);
        let (mine, theirs) = (random_change(random, &base), random_change(random, &base));
        let here = mine.compose(&mine.transform(&theirs, true));
        let there = theirs.compose(&theirs.transform(&mine, false));
        assert_eq!(base.compose(&here), base.compose(&there));
    });
}

#[test]
fn composing_is_the_same_in_whatever_order_it_is_grouped() {
    for_each_seed(|random| {
        let base = random_body(random);
        let one = random_change(random, &base);
        let after = base.compose(&one);
        let two = random_change(random, &after);
        assert_eq!(after.compose(&two), base.compose(&one.compose(&two)));
    });
}

#[test]
fn what_is_taken_back_was_never_done() {
    for_each_seed(|random| {
        let base = random_body(random);
        let change = random_change(random, &base);
        assert_eq!(base.compose(&change).compose(&change.invert(&base)), base);
    });
}

#[test]
fn no_transform_and_no_inverse_ever_cuts_a_character() {
    for_each_seed(|random| {
        let base = random_body(random);
        let (mine, theirs) = (random_change(random, &base), random_change(random, &base));
        mine.fits(&base).unwrap();
        let after = base.compose(&theirs);
        theirs.transform(&mine, false).fits(&after).unwrap();
        theirs.invert(&base).fits(&after).unwrap();
        assert!(!after.compose(&theirs.transform(&mine, false)).text().contains('\u{FFFD}'));
    });
}

#[test]
fn a_caret_stays_between_its_neighbours() {
    for_each_seed(|random| {
        let base = random_body(random);
        let change = random_change(random, &base);
        let after = base.compose(&change);
        let places = (0..=base.length()).map(|place| change.transform_position(place, true)).collect::<Vec<_>>();
        assert!(places.is_sorted(), "{places:?}");
        assert!(places.iter().all(|place| *place <= after.length()), "{places:?}");
    });
}

#[test]
fn lines_put_together_are_the_body() {
    for_each_seed(|random| {
        let body = random_body(random);
        let mut again = Delta::new();
        for line in body.lines() {
            assert_eq!((line.start, line.length), (again.length(), line.content.length() + usize::from(line.newline.is_some())));
            line.content.ops.iter().cloned().for_each(|op| again.push(op));
            if let Some(attributes) = line.newline {
                again.push(Op::Insert { text: "\n".to_owned(), attributes });
            }
        }
        assert_eq!(again, body);
    });
}

#[test]
fn mine_goes_left_and_mine_wins() {
    let bold = |on: Scalar| attributes([("bold", on)]);
    // Both type at the end of "ab" and both mark "a": I push, and their show arrives before my push is answered.
    let mine = Delta::new().retain_with(1, bold(true.into())).retain(1).insert("mine");
    let show = Delta::new().retain_with(1, bold(Scalar::Null)).retain(1).insert("theirs");
    // In my view the show is moved past what I did: behind my words, and my mark stands.
    assert_eq!(mine.transform(&show, true), Delta::new().retain(6).insert("theirs"));
    // In the core my push is moved past the show: before their words, and over their mark.
    assert_eq!(show.transform(&mine, false), mine);
    // My caret stays behind my last letter when theirs come in there.
    assert_eq!(show.transform_position(2, true), 2);
}

#[test]
fn an_operation_that_cuts_a_character_is_found_and_does_no_harm() {
    let base = Delta::new().insert_with("a𝄞", attributes([("bold", true.into())])).insert("b");
    let cut = Delta::new().retain(2).delete(1);
    assert_eq!(cut.fits(&base), Err(Misfit::CutsPair { at: 1 }));
    assert_eq!(Delta::new().retain(4).delete(1).fits(&base), Err(Misfit::Beyond { needs: 5, has: 4 }));
    let after = base.compose(&cut);
    assert_eq!((after.text().as_str(), after.length()), ("a\u{FFFD}b", 3));
    assert_eq!(base.slice(2, 4).text(), "\u{FFFD}b");
    assert_eq!(utf16::length(&base.text()), base.length());
}

#[test]
fn a_line_has_its_id_and_its_block() {
    let body = Delta::new()
        .insert_with("Title", attributes([("bold", true.into())]))
        .insert_with("\n", attributes([("line", "l1".into()), ("block", "h1".into())]))
        .insert_with("\n", attributes([("line", "l2".into())]))
        .insert("stranded");
    let lines: Vec<_> = body.lines().collect();
    assert_eq!(lines.iter().map(|line| (line.id(), line.block())).collect::<Vec<_>>(), [(Some("l1"), "h1"), (Some("l2"), ""), (None, "")]);
    assert_eq!(lines.iter().map(|line| (line.start, line.length)).collect::<Vec<_>>(), [(0, 6), (6, 1), (7, 8)]);
    assert_eq!(lines[0].content, body.slice(0, 5));
    assert!(lines[2].newline.is_none());
}
