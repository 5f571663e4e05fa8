//! Random bodies and random Markdown: what is written says what was meant, and nothing that is read changes twice.

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use sheaf_markdown::{edits, html, read, text, words, write};
use sheaf_schema::{Attributes, Block, COLOURS, Delta, Embed, Kind, Op, Scalar};

/// Runs a story for every seed; a failure names the seed, and `SHEAF_SEED=n cargo nextest run -p sheaf-markdown TEST` runs it alone.
/// `SHEAF_TIMES=100` runs a hundred times as many.
fn for_each_seed(count: u64, story: impl Fn(&mut ChaCha8Rng)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seeds = match number("SHEAF_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..count * number("SHEAF_TIMES").unwrap_or(1),
    };
    for seed in seeds {
        let run = std::panic::AssertUnwindSafe(|| story(&mut ChaCha8Rng::seed_from_u64(seed)));
        if let Err(panic) = std::panic::catch_unwind(run) {
            eprintln!("failed with SHEAF_SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

fn body(markdown: &str) -> Delta {
    let mut next = 0;
    read(markdown, &mut || {
        next += 1;
        format!("l{next}")
    })
}

/// A body without ids of lines, and with the ids of tables, rows and columns in the order they come in.
fn said(body: &Delta) -> Delta {
    let mut ids = std::collections::BTreeMap::new();
    let mut without = |mut op: Op| {
        if let Op::Insert { attributes, .. } = &mut op {
            attributes.remove("line");
            let mut block = Block::from(attributes.get("block").and_then(Scalar::as_text).unwrap_or(""));
            if let Some(cell) = &mut block.cell {
                for id in [&mut cell.table, &mut cell.row, &mut cell.column] {
                    let next = ids.len();
                    *id = ids.entry(id.clone()).or_insert(next).to_string();
                }
                attributes.insert("block".to_owned(), block.to_string().into());
            }
        }
        op
    };
    Delta { ops: body.ops.iter().cloned().map(&mut without).collect() }.normal()
}

const WORDS: &str = "word a I naïve 日本 👩‍👧 𝄞 1 2026 x_y it's C# (so) end. well-known a/b 5% Zürich, no: \"q\"";
const SIGNS: &str = "* ** _ ` `` ~ ~~ == = $ $$ [ ] ( ) < > & &amp; # ## - + 1. 2) ! ![ | \\ \\* --- === ``` : <u> </u> <br> http://a.b [^1] [^a] [x] ]: ]( { ^ [!NOTE] [TOC]";

fn random_text(random: &mut ChaCha8Rng, signs: u32) -> String {
    let mut text = String::new();
    for _ in 0..random.random_range(1..6) {
        let from: Vec<&str> = if random.random_range(0..10) < signs { SIGNS } else { WORDS }.split(' ').collect();
        text.push_str(from.choose(random).unwrap());
        if random.random_range(0..3) > 0 {
            text.push(' ');
        }
    }
    text
}

fn random_marks(random: &mut ChaCha8Rng) -> Attributes {
    let mut marks = Attributes::new();
    for name in ["bold", "italic", "underline", "strike", "code"] {
        if random.random_range(0..6) == 0 {
            marks.insert(name.to_owned(), true.into());
        }
    }
    if random.random_range(0..8) == 0 {
        let addresses =
            ["https://a.example", "https://a.example/x_(y)?a=b&c;d", "mailto:a@b.c", "notes.md", "a b\\<c>", "#top", "javascript:x"];
        marks.insert("link".to_owned(), (*addresses.choose(random).unwrap()).into());
    }
    if random.random_range(0..8) == 0 {
        marks.insert("background".to_owned(), COLOURS.choose(random).unwrap().name.into());
    }
    marks
}

fn random_embed(random: &mut ChaCha8Rng) -> Embed {
    match random.random_range(0..10) {
        6 => Embed::new("formula", *["x^2", "a_b*c*", "\\frac{1}{2}", "5$", "", " x ", "`", "a\\", "日\u{2028}"].choose(random).unwrap()),
        7 => Embed::new("footnote", *["a", "a", "b-1", "B", "none", "x y"].choose(random).unwrap()),
        8 => Embed::new("toc", sheaf_schema::Value::Bool(random.random_range(0..4) > 0)),
        0 => Embed::new("source", "![a](b.png)"),
        1 => Embed::new("source", "$x$"),
        2 => Embed::new("source", "| a |\n|---|\n| b |"),
        3 => Embed::new("source", "<div>\nx\n</div>"),
        4 => Embed::new("source", random_text(random, 5)),
        _ => Embed::new("image", "a 'quoted' </p> `thing`\n"),
    }
}

fn random_content(random: &mut ChaCha8Rng, signs: u32) -> Delta {
    let mut content = Delta::new();
    for _ in 0..random.random_range(0..5) {
        let attributes = if random.random_range(0..2) == 0 { random_marks(random) } else { Attributes::new() };
        content.push(match random.random_range(0..12) {
            0 => Op::Embed { embed: random_embed(random), attributes },
            1 => Op::Insert { text: "\u{2028}".to_owned(), attributes },
            _ => Op::Insert { text: random_text(random, signs), attributes },
        });
    }
    content
}

fn random_block(random: &mut ChaCha8Rng) -> String {
    let kinds = ["p", "p", "p", "h1", "h3", "ul", "ul", "ol", "ol", "task", "code", "code", "divider", "callout", "code lang=math"];
    let mut block = (*kinds.choose(random).unwrap()).to_owned();
    let tokens = [
        "call=note",
        "call=note q=1",
        "call=tip q=1",
        "call=faq q=1",
        "note=a",
        "note=b-1",
        "note=B",
        "caption",
        "in=1",
        "in=1",
        "in=2",
        "in=3",
        "q=1",
        "q=2",
        "done",
        "start",
        "n=7",
        "n=0",
        "lang=rust",
        "lang=a%20b",
        "odd",
        "in=99",
        "cell=t.r.c",
        "head",
        "w=300",
        "align=center",
    ];
    for _ in 0..random.random_range(0..4) {
        block.push(' ');
        block.push_str(tokens.choose(random).unwrap());
    }
    block
}

/// The block strings of a table: mostly whole rows, now and then a cell that is missing or has a second line, or a line anywhere.
fn random_table(random: &mut ChaCha8Rng) -> Vec<String> {
    let table = *["t", "t", "u", "v"].choose(random).unwrap();
    let (rows, columns) = (random.random_range(1..4), random.random_range(1..4));
    let around = if random.random_range(0..4) == 0 { random_block(random) } else { String::new() };
    let around: String = around
        .split(' ')
        .filter(|token| token.contains("q=") || token.contains("in=") || token.contains("call="))
        .map(|token| format!(" {token}"))
        .collect();
    let mut blocks = Vec::new();
    for row in 0..rows {
        let head = if row == 0 && random.random_range(0..4) > 0 || random.random_range(0..12) == 0 { " head" } else { "" };
        for column in 0..columns {
            for _ in 0..*[1, 1, 1, 1, 1, 1, 1, 0, 2].choose(random).unwrap() {
                let block = if random.random_range(0..6) == 0 { random_block(random) } else { "p".to_owned() };
                let width = *["", "", "", " w=40", " w=2000", " align=start", " align=end", " align=center"].choose(random).unwrap();
                blocks.push(format!("{block}{around}{head}{width} cell={table}.r{row}.c{column}"));
            }
        }
    }
    if blocks.len() > 1 && random.random_range(0..8) == 0 {
        let (one, other) = (random.random_range(0..blocks.len()), random.random_range(0..blocks.len()));
        blocks.swap(one, other);
    }
    blocks
}

/// A body of lines such as editors make, and some that none should.
fn random_body(random: &mut ChaCha8Rng) -> Delta {
    let signs = random.random_range(0..6);
    let mut blocks = Vec::new();
    for _ in 0..random.random_range(0..9) {
        match random.random_range(0..12) {
            0 | 1 => blocks.extend(random_table(random)),
            2..=4 => blocks.push(String::new()),
            _ => blocks.push(random_block(random)),
        }
    }
    let mut body = Delta::new();
    for (line, block) in blocks.into_iter().enumerate() {
        if random.random_range(0..5) > 0 {
            random_content(random, signs).ops.into_iter().for_each(|op| body.push(op));
        }
        let mut newline = Attributes::from([("line".to_owned(), format!("l{line}").into())]);
        if !block.is_empty() {
            newline.insert("block".to_owned(), block.into());
        }
        if random.random_range(0..30) == 0 {
            newline.insert("unknown".to_owned(), Scalar::Number(1.0));
        }
        body.push(Op::Insert { text: "\n".to_owned(), attributes: newline });
    }
    if random.random_range(0..10) == 0 {
        body.push(Op::Insert { text: "stranded".to_owned(), attributes: Attributes::new() });
    }
    body
}

fn random_markdown(random: &mut ChaCha8Rng) -> String {
    let starts = [
        "> [!NOTE]\n> ",
        "> [!note]\n>\n> ",
        "[TOC]",
        "[^a]: ",
        "",
        "",
        "",
        "# ",
        "- ",
        "* ",
        "  - ",
        "    ",
        "1. ",
        "7) ",
        "> ",
        "> > ",
        ">",
        "- [ ] ",
        "- [x] ",
        "```\n",
        "~~~ x\n",
        "| a |\n|---|\n| ",
        "| a | b |\n|:--|--:|\n| c\n| ",
        "|  |  |\n|---|---|\n|| ",
        "| <col width=\"90\">a |\n|---|\n",
        "| <br class=\"ul\">a <br class=\"ul head\"> b |\n| --- |\n",
        "| ",
        "| a \\| b | c |\n",
        "<div>",
        "\t",
        " ",
        "---",
        "[1]: /u ",
        "[^1]: ",
        "$$\n",
        "<!-- ",
    ];
    let mut markdown = String::new();
    for _ in 0..random.random_range(0..10) {
        for _ in 0..random.random_range(0..3) {
            markdown.push_str(starts.choose(random).unwrap());
        }
        markdown.push_str(&random_text(random, 4));
        markdown.push_str(["\n", "\n", "\n\n", "\\\n", "  \n", ""].choose(random).unwrap());
    }
    markdown
}

#[test]
fn what_is_written_of_any_body_is_read_and_written_the_same() {
    for_each_seed(4_000, |random| {
        let made = random_body(random);
        let written = write(&made);
        let again = body(&written);
        assert_eq!(write(&again), written, "\n{}\n{}\n{}", made.to_json(), written, again.to_json());
    });
}

#[test]
fn a_body_that_was_read_is_read_again_as_it_is() {
    for_each_seed(4_000, |random| {
        // Through Markdown once, so that it is a body Markdown can say; from then on, nothing may change.
        let sayable = body(&write(&random_body(random)));
        let written = write(&sayable);
        assert_eq!(said(&body(&written)), said(&sayable), "\n{written}");
    });
}

/// Whether words stand after the last newline, which the next version must end.
fn is_stranded(body: &Delta) -> bool {
    body.lines().last().is_some_and(|line| line.newline.is_none())
}

#[test]
fn a_version_that_says_what_the_body_shows_changes_nothing() {
    for_each_seed(4_000, |random| {
        let made = random_body(random);
        let written = write(&made);
        let edits = edits(&made, &body(&written));
        assert!(edits.is_empty() || is_stranded(&made), "\n{}\n{written}\n{}", made.to_json(), edits.to_json());
    });
}

#[test]
fn edits_bring_any_version_into_any_body() {
    for_each_seed(4_000, |random| {
        let made = random_body(random);
        // Either another text, or the same text changed a little.
        let new = match random.random_range(0..2) {
            0 => random_markdown(random),
            _ => mutated(random, &write(&made)),
        };
        if new.contains('\u{FFFC}') {
            return; // An embed in code is shown as this character, and comes back as the embed it is if the line is code no more.
        }
        let new = body(&new);
        let edits = edits(&made, &new);
        edits.fits(&made).unwrap();
        let changed = made.compose(&edits);
        assert_eq!(write(&changed), write(&new), "\n{}\n{}\n{}", made.to_json(), new.to_json(), edits.to_json());
    });
}

/// A text with a few words of it replaced, doubled, swapped or gone.
fn mutated(random: &mut ChaCha8Rng, text: &str) -> String {
    let mut words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
    for _ in 0..random.random_range(0..4) {
        if words.is_empty() {
            break;
        }
        let (one, other) = (random.random_range(0..words.len()), random.random_range(0..words.len()));
        match random.random_range(0..5) {
            0 => words[one] = "new ",
            1 => words.insert(one, words[other]),
            2 => words.swap(one, other),
            3 => words.insert(one, "\n\n"),
            _ => drop(words.remove(one)),
        }
    }
    words.concat()
}

#[test]
fn random_markdown_changes_once_and_never_again() {
    for_each_seed(6_000, |random| {
        let markdown = random_markdown(random);
        let once = write(&body(&markdown));
        let twice = write(&body(&once));
        assert_eq!(twice, once, "\n--- read:\n{markdown}\n--- once:\n{once}\n--- twice:\n{twice}");
    });
}

#[test]
fn html_text_and_words_take_anything() {
    for_each_seed(2_000, |random| {
        let made = random_body(random);
        let page = html(&made);
        assert!(!page.contains("javascript:") && !page.contains("<div>"), "{page}");
        assert!(words(&made) <= text(&made).chars().count());
    });
}

#[test]
fn a_line_block_is_one_the_schema_knows() {
    for_each_seed(2_000, |random| {
        for line in body(&random_markdown(random)).lines() {
            let block = Block::from(line.block());
            assert!(Kind::ALL.contains(&block.kind) && block.unknown.is_empty(), "{block}");
            assert_eq!(block.to_attribute().as_deref().unwrap_or(""), line.block());
        }
    });
}
