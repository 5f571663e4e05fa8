//! A new Markdown version comes into a body as the smallest edits.

use sheaf_markdown::{edits, read, since, write};
use sheaf_schema::{Delta, Line, Op, Scalar, attributes};

fn numbered(prefix: &'static str) -> impl FnMut() -> String {
    let mut next = 0;
    move || {
        next += 1;
        format!("{prefix}{next}")
    }
}

fn base(markdown: &str) -> Delta {
    read(markdown, &mut numbered("old"))
}

/// The edits that bring a version in, after checking that they do.
fn to(base: &Delta, markdown: &str) -> Delta {
    let new = read(markdown, &mut numbered("new"));
    let edits = edits(base, &new);
    assert_eq!(write(&base.compose(&edits)), write(&new), "{}", edits.to_json());
    edits
}

fn ids(body: &Delta) -> Vec<String> {
    body.lines().map(|line: Line| line.id().unwrap_or("none").to_owned()).collect()
}

fn json(edits: &Delta) -> String {
    edits.to_json().replace("{\"ops\":[", "").replace("]}", "")
}

#[test]
fn the_same_version_changes_nothing() {
    let body = base("# Title\n\nSome **bold** words.\n\n- a\n- b\n\n| t |\n|---|\n");
    assert!(to(&body, &write(&body)).is_empty());
    assert!(to(&Delta::new(), "").is_empty());
}

#[test]
fn a_changed_word_is_a_changed_word() {
    let body = base("One two three.\n\nFour five six.\n");
    assert_eq!(json(&to(&body, "One two three.\n\nFour 5 six.\n")), r#"{"retain":20},{"insert":"5"},{"delete":4}"#);
    assert_eq!(json(&to(&body, "One two three.\n\nFour fives six.\n")), r#"{"retain":24},{"insert":"s"}"#);
    assert_eq!(json(&to(&body, "One **two** three.\n\nFour five six.\n")), r#"{"retain":4},{"attributes":{"bold":true},"retain":3}"#);
}

#[test]
fn lines_come_and_go_whole_and_the_others_keep_their_ids() {
    let body = base("alpha\n\nbeta\n\ngamma\n");
    let come = to(&body, "alpha\n\nnew one\n\nbeta\n\ngamma\n");
    assert_eq!(json(&come), r#"{"retain":6},{"insert":"new one"},{"attributes":{"line":"new2"},"insert":"\n"}"#);
    let gone = to(&body, "alpha\n\ngamma\n");
    assert_eq!(json(&gone), r#"{"retain":6},{"delete":5}"#);
    assert_eq!(ids(&body.compose(&come)), ["old1", "new2", "old2", "old3"]);
}

#[test]
fn a_line_that_becomes_another_kind_is_the_same_line() {
    let body = base("Title\n\n- item\n");
    let change = to(&body, "# Title\n\n- [x] item\n");
    assert_eq!(
        json(&change),
        r#"{"retain":5},{"attributes":{"block":"h1"},"retain":1},{"retain":4},{"attributes":{"block":"task done"},"retain":1}"#
    );
    assert_eq!(json(&to(&base("# Title\n"), "Title\n")), r#"{"retain":5},{"attributes":{"block":null},"retain":1}"#);
}

#[test]
fn a_paragraph_that_is_split_or_joined_keeps_its_words() {
    let whole = base("The first sentence is here. The second sentence follows it.\n");
    let split = to(&whole, "The first sentence is here.\n\nThe second sentence follows it.\n");
    assert!(split.ops.iter().all(|op| !matches!(op, Op::Delete { length } if *length > 1)), "{}", split.to_json());
    let halves = base("The first sentence is here.\n\nThe second sentence follows it.\n");
    let joined = to(&halves, "The first sentence is here. The second sentence follows it.\n");
    assert_eq!(json(&joined), r#"{"retain":27},{"insert":" "},{"delete":1}"#);
}

#[test]
fn a_changed_cell_changes_nothing_but_that_cell() {
    let table = "| Field | Crop |\n| --- | --- |\n| East | rye |\n| West | oats |\n";
    let body = base(table);
    assert!(to(&body, table).is_empty());
    assert_eq!(json(&to(&body, &table.replace("rye", "wheat"))), r#"{"retain":16},{"insert":"wheat"},{"delete":3}"#);
    assert_eq!(json(&to(&body, &table.replace("| --- | --- |", "| --- | --: |"))).matches("align=end").count(), 3);
    // A row and a column come in: every line that was there is that line, in the same cell.
    let cells = |body: &Delta| body.lines().map(|line| (line.id().unwrap_or("").to_owned(), line.block().to_owned())).collect::<Vec<_>>();
    let grown = body.compose(&to(
        &body,
        "| Field | Day | Crop |\n| --- | --- | --- |\n| North | | wheat |\n| East | Monday | rye |\n| West | | oats |\n",
    ));
    assert!(cells(&body).iter().all(|cell| cells(&grown).contains(cell)), "{:?}", cells(&grown));
    assert_eq!(grown.lines().count(), 12);
    // And go out again.
    assert_eq!(grown.compose(&to(&grown, table)), body);
}

#[test]
fn a_cell_that_no_line_names_is_an_empty_one() {
    let newline = |id: &str, block: &str| attributes([("line", id.into()), ("block", block.into())]);
    // Row 2 lacks its second cell, and the width is said by every line of its column.
    let body = Delta::new()
        .insert("a")
        .insert_with("\n", newline("l1", "p cell=t.1.a head w=90"))
        .insert("b")
        .insert_with("\n", newline("l2", "p cell=t.1.b head"))
        .insert("c")
        .insert_with("\n", newline("l3", "p cell=t.2.a w=90"));
    assert_eq!(write(&body), "| <col width=\"90\">a | b |\n| --- | --- |\n| c |  |\n");
    assert!(to(&body, &write(&body)).is_empty());
    let filled = body.compose(&to(&body, &write(&body).replace("|  |", "| d |")));
    assert_eq!(filled.lines().map(|line| line.block().to_owned()).collect::<Vec<_>>()[3], "p cell=t.2.b");
    let narrow = body.compose(&to(&body, &write(&body).replace("<col width=\"90\">", "")));
    assert!(!narrow.to_json().contains("w=90"), "{}", narrow.to_json());
}

#[test]
fn what_markdown_cannot_say_stays() {
    let newline = |id: &str, block: &str| attributes([("line", id.into()), ("block", block.into())]);
    let body = Delta::new()
        .insert("Title ")
        .insert_with("\n", newline("l1", "h1 folded"))
        .insert_with("\n", attributes([("line", "l2".into())]))
        .insert_with("noted", attributes([("comment", "c1".into())]))
        .insert(" words")
        .insert_with("\n", newline("l3", "callout colour=red"))
        .insert_with("\n", attributes([("line", "l4".into())]));
    assert_eq!(write(&body), "# Title\n\nnoted words\n");
    assert!(to(&body, &write(&body)).is_empty());
    let changed = body.compose(&to(&body, "## Title\n\nnoted new words\n\nlast\n"));
    assert_eq!(ids(&changed), ["l1", "l2", "l3", "new3", "l4"]);
    let lines: Vec<_> = changed.lines().collect();
    assert_eq!((lines[0].block(), lines[2].block()), ("h2 folded", "callout colour=red"));
    assert_eq!(lines[2].content, Delta::new().insert_with("noted", attributes([("comment", "c1".into())])).insert(" new words"));
}

#[test]
fn what_is_hidden_goes_with_what_it_belongs_to() {
    let plain = |id: &str| attributes([("line", Scalar::from(id))]);
    let body =
        Delta::new().insert("a").insert_with("\n", plain("1")).insert_with("\n", plain("2")).insert("b").insert_with("\n", plain("3"));
    assert_eq!(ids(&body.compose(&to(&body, "a\n"))), ["1"]);
    assert_eq!(ids(&body.compose(&to(&body, "b\n"))), ["2", "3"]);
    assert_eq!(ids(&body.compose(&to(&body, "a b\n"))).len(), 1);
    let empty = Delta::new().insert_with("\n", plain("1"));
    assert_eq!(empty.compose(&to(&empty, "text\n")).text(), "text\n");
}

#[test]
fn what_others_write_at_the_same_moment_stays_at_its_words() {
    let body = base("The quick fox.\n\nThe lazy dog.\n");
    // Somebody types into the second line and makes it a heading, while a new version comes in that moves it down and changes it.
    let typed = Delta::new().retain(24).insert("old ").retain(4).retain_with(1, attributes([("block", "h2".into())]));
    let version = to(&body, "A new beginning.\n\nThe quick brown fox.\n\nThe lazy dogs.\n");
    let both = body.compose(&typed).compose(&typed.transform(&version, false));
    assert_eq!(write(&both), "A new beginning.\n\nThe quick brown fox.\n\n## The lazy old dogs.\n");
}

#[test]
fn edits_of_an_older_version_land_at_their_words_whatever_is_hidden_between() {
    let plain = |id: &str| attributes([("line", Scalar::from(id))]);
    let then =
        Delta::new().insert("a").insert_with("\n", plain("1")).insert_with("\n", plain("2")).insert("b").insert_with("\n", plain("3"));
    assert!(since(&then, &then).is_empty());
    // Somebody writes below an empty paragraph, while a new version of what stood there comes in.
    let now = then.compose(&Delta::new().insert("new ").retain(3).insert("x "));
    let happened = since(&then, &now);
    assert_eq!(then.compose(&happened).text(), now.text());
    assert_eq!(write(&now.compose(&happened.transform(&to(&then, "a\n\nb c\n"), false))), "new a\n\nx b c\n");
}
