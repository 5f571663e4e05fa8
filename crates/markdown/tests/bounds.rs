//! Hostile and huge input: no depth overflows a small stack, and a megabyte is quick.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use sheaf_markdown::{edits, html, read, text, words, write};
use sheaf_schema::{Delta, attributes};

fn body(markdown: &str) -> Delta {
    version(markdown, "")
}

/// A body whose ids are its own.
fn version(markdown: &str, name: &str) -> Delta {
    let mut next = 0;
    read(markdown, &mut || {
        next += 1;
        format!("{name}{next}")
    })
}

/// Reads, writes, reads, edits: everything, on the stack of a thread that was given little.
fn through_everything(markdown: String) {
    let run = move || {
        let read = body(&markdown);
        let again = version(&write(&read), "again");
        assert_eq!(write(&again), write(&read));
        assert!(edits(&read, &again).is_empty());
        assert!(html(&read).len() + text(&read).len() + words(&read) > 0);
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).expect("a thread").join().expect("no overflow, no panic");
}

#[test]
fn no_depth_overflows_the_stack() {
    let deep = 20_000;
    through_everything("> ".repeat(deep) + "x");
    through_everything(">".repeat(deep) + "x");
    through_everything("- ".repeat(deep) + "x");
    through_everything("1. ".repeat(deep) + "x");
    through_everything((0..300).map(|level| "  ".repeat(level) + "- x\n").collect());
    through_everything("**a *b".repeat(deep) + &"* **".repeat(deep));
    through_everything("[".repeat(deep) + "a" + &"](b)".repeat(deep));
    through_everything("![".repeat(deep) + "a" + &"](b)".repeat(deep));
    through_everything("<u>".repeat(deep) + "a" + &"</u>".repeat(deep));
    through_everything(format!("<sheaf-embed value='{{\"a\":{}'/>", "[".repeat(deep)));
}

#[test]
fn nesting_as_deep_as_the_schema_says_is_lines_and_deeper_is_kept() {
    let nested = |levels: usize| (0..levels).map(|level| "  ".repeat(level) + "- x\n").collect::<String>();
    assert_eq!(body(&nested(32)).lines().count(), 32);
    assert_eq!(write(&body(&nested(32))), nested(32));
    assert_eq!(body(&nested(34)).lines().count(), 1);
    assert_eq!(write(&body(&nested(34))), nested(34));
}

#[test]
fn signs_without_end_take_no_time_without_end() {
    let many = 4_000;
    for sign in
        ["*a ", "a**b", "[", "[a](", "]", "`a", "<", "<a ", "<!-- ", "<u>", "$a$ ", "==a ", "~a ", "&#", "\\", "![a](b) ", "_*~`[<", "[^1]"]
    {
        through_everything(sign.repeat(many));
    }
    let table = |columns: usize, rows: &str| format!("{}\n{}\n{rows}", "|a".repeat(columns), "|-".repeat(columns));
    through_everything(table(many / 10, &"|b\n".repeat(100)));
    through_everything(table(many, &"|b*\\|`".repeat(many)));
    through_everything("|a|b|\n|-|-|\n".to_owned() + &"|*c|\n|d|e|\n".repeat(many));
    through_everything("|a|\n|-|\n|b|\n\n".repeat(many / 4));
    through_everything((0..many).map(|label| format!("[l{label}]: /x{label}\n")).collect());
    through_everything((0..many / 4).map(|label| format!("[l{label}]: /x{label}\n\n[l{label}] text\n\n")).collect());
}

#[test]
fn a_few_lines_in_a_table_of_thousands_of_rows_and_columns_are_written_as_lines() {
    let newline = |cell: usize| attributes([("block", format!("p cell=t.r{cell}.c{cell}").as_str().into())]);
    let sparse = |lines| (0..lines).fold(Delta::new(), |body, line| body.insert("x").insert_with("\n", newline(line)));
    assert!(write(&sparse(1_000)).starts_with("|  |"));
    assert_eq!(write(&sparse(1_002)), "x\n\n".repeat(1_001) + "x\n", "a million empty cells would be megabytes of bars");
}

fn megabyte() -> String {
    let mut page = String::new();
    let mut part = 0;
    while page.len() < 1_000_000 {
        part += 1;
        let _ = write!(
            page,
            "## Part {part}\n\nA paragraph of some length, with **bold** and *italic* words, `code`, a [link](https://a.example/{part}) and 2 * 3 signs.\n\n\
             - an item\n- [x] a task number {part}\n  - inner\n\n> A quote, too.\n\n```rust\nlet part = {part};\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        );
    }
    page
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    #[allow(clippy::disallowed_methods, reason = "a measurement reads a clock")]
    let start = Instant::now();
    let done = work();
    let took: Duration = start.elapsed();
    println!("{what}: {} ms", took.as_millis());
    done
}

/// `cargo test --release -p sheaf-markdown --test bounds -- --nocapture megabyte` prints what it takes.
#[test]
fn a_megabyte_goes_through() {
    let page = megabyte();
    println!("{} bytes", page.len());
    let read = timed("read", || body(&page));
    let written = timed("write", || write(&read));
    let changed = body(&written.replacen("some length", "no length", 100));
    let edits = timed("edits, 100 of them", || edits(&read, &changed));
    assert_eq!(edits.ops.iter().filter(|op| op.is_insert()).count(), 100);
    timed("html", || html(&read));
    timed("compose", || read.compose(&edits));
    println!("{} lines, {} words", read.lines().count(), timed("words", || words(&read)));
}
