//! What a person writes comes back as it was, and what is read says what it should.

use sheaf_markdown::{read, write};
use sheaf_schema::{Block, Delta, Op};

fn numbered() -> impl FnMut() -> String {
    let mut next = 0;
    move || {
        next += 1;
        format!("l{next}")
    }
}

fn body(markdown: &str) -> Delta {
    read(markdown, &mut numbered())
}

/// Lines as `block: content`, marks in braces behind what they mark, embeds in angle brackets.
fn drawn(markdown: &str) -> Vec<String> {
    let draw = |op: &Op| {
        let marks: Vec<String> = op
            .attributes()
            .into_iter()
            .flatten()
            .map(|(name, value)| value.as_text().map_or_else(|| name.clone(), |value| format!("{name}={value}")))
            .collect();
        let marks = if marks.is_empty() { String::new() } else { format!("{{{}}}", marks.join(" ")) };
        match op {
            Op::Insert { text, .. } => format!("{text}{marks}"),
            Op::Embed { embed, .. } => format!("<{}{marks}>", sheaf_schema::json::write(&embed.value).trim_matches('"')),
            _ => String::new(),
        }
    };
    body(markdown).lines().map(|line| format!("{}: {}", line.block(), line.content.ops.iter().map(draw).collect::<String>())).collect()
}

#[track_caller]
fn comes_back(markdown: &str) {
    assert_eq!(write(&body(markdown)), markdown, "{:#?}", drawn(markdown));
}

#[test]
fn what_a_person_writes_comes_back_as_it_was() {
    comes_back("");
    comes_back("# Title\n\nA paragraph with **bold**, *italic*, ~~strike~~, `code`, ==highlight== and <u>underline</u>.\n\nAnother one.\n");
    comes_back("# 1\n\n## 2\n\n### 3\n\n#### 4\n\n##### 5\n\n###### 6\n");
    comes_back("- one\n- two\n  - inner\n    - inmost\n- three\n");
    comes_back("1. one\n2. two\n   - inner\n3. three\n\ntext\n\n7. seven\n8. eight\n");
    comes_back("- [ ] open\n- [x] done\n- plain\n- [ ]\n");
    comes_back("> quoted\n>\n> more\n>\n> > deeper\n\nout\n");
    comes_back("> - a\n>   - b\n>\n>   more of b\n\n- c\n\n  > d\n  >\n  > ```rust\n  > fn main() {}\n  >\n  > // end\n  > ```\n");
    comes_back("```rust\nlet x = 1;\n\n    let y = `2`;\n```\n\n```\n```\n\n````\n```\n````\n");
    comes_back("a\n\n---\n\nb\n");
    comes_back("line\\\nbreak\n\n# head<br>line\n\n- a\\\n  b\n");
    comes_back("[Sheaf](https://sheaf.example/a_(b)?c=d&e) and <https://sheaf.example> and <mail@sheaf.example>\n");
    comes_back("A [**bold** link](https://a.example) in **bold with *italic* and [link](https://b.example)**.\n");
    comes_back("***both** italic* and ***bold** italic*\n");
    comes_back("Snake_case, 2 * 3 * 4, 5 < 6 > 5, a & b, R&D, C#, ~5, 50 %, \"quotes\", a [bracket], [x] (y), f(x)[0], 1.5, end!\n");
    comes_back("-\n- x\n-\n  - y\n-\n  > z\n\n-\n  text below\n\n- [ ]\n\n  more\n");
    comes_back("- a\n\n+ b\n\n- c\n\n1. x\n\n1) y\n");
    comes_back("Umlaute äöü, 日本語, 👩‍👩‍👧, 𝄞.\n");
}

#[test]
fn signs_that_are_none_are_escaped_and_only_those() {
    comes_back("\\# no heading\n\n1\\. no list\n\n\\- no item\n\n\\> no quote\n\n\\---\n\n--- no rule\n");
    comes_back("no \\*italic\\*, no \\`code\\`, no \\[link\\](x), no \\<u\\>tag\\</u\\>, no \\&amp; entity\n".replace("\\>", ">").as_str());
    comes_back("- \\[ ] no task\n");
    comes_back("a\\\n\\# no heading\\\n\\- no item\n");
    comes_back("\\$x$ is no math, $5 is money\n");
}

#[test]
fn other_spellings_become_ours_once() {
    let ours = [
        ("Title\n=====\n\nSub\n---\n", "# Title\n\n## Sub\n"),
        ("* a\n* b\n", "- a\n- b\n"),
        ("+ a\n\n+ b\n", "- a\n- b\n"),
        ("__bold__ _italic_ ~strike~\n", "**bold** *italic* ~~strike~~\n"),
        ("    code\n", "```\ncode\n```\n"),
        ("~~~ rust\nx\n~~~\n", "```rust\nx\n```\n"),
        ("wrapped\nlines\n", "wrapped lines\n"),
        ("two  \nlines\n", "two\\\nlines\n"),
        ("***\n", "---\n"),
        ("a\r\n\r\nb\r\n", "a\n\nb\n"),
        ("[a][1] and [1]\n\n[1]: https://a.example\n", "[a](https://a.example) and [1](https://a.example)\n"),
        ("<b>bold</b> <i>i</i> <s>s</s> <mark>m</mark>\n", "**bold** *i* ~~s~~ ==m==\n"),
        ("\u{FEFF}# BOM\n", "# BOM\n"),
    ];
    for (theirs, written) in ours {
        assert_eq!(write(&body(theirs)), written, "{theirs:?}");
        comes_back(written);
    }
}

#[test]
fn lines_say_what_they_are() {
    assert_eq!(
        drawn("# A *b*\n\n> q\n\n> - i\n\n```c++ x\n1\n\n2\n```\n7. s\n   1. t\n"),
        [
            "h1: A b{italic}",
            "p q=1: q",
            "ul q=1: i",
            "code lang=c++%20x: 1",
            "code lang=c++%20x: ",
            "code lang=c++%20x: 2",
            "ol n=7: s",
            "ol in=1: t"
        ]
    );
    assert_eq!(drawn("- [x] a\n  - [ ] b\n"), ["task done: a", "task in=1: b"]);
    assert_eq!(drawn("a\\\nb `c`\n"), [": a\u{2028}b c{code}"]);
    assert_eq!(drawn("> a\n\n> b\n"), ["p q=1: a", "p q=1 start: b"]);
    assert_eq!(drawn("<mark class=\"pink\">x</mark> ==y==\n"), [": x{background=pink} y{background=yellow}"]);
}

#[test]
fn what_the_schema_cannot_say_is_kept_byte_for_byte() {
    comes_back("![an *image*](a.png \"title\") in text and [a link](https://a.example \"with a title\")\n");
    comes_back("<div class=\"x\">\n\n**bold**\n\n</div>\n");
    comes_back("<!-- a comment\n\n   over lines -->\n");
    comes_back("Inline $x^2_i$ and display:\n\n$$\n\\int_0^1 \\{x\\}\n$$\n");
    comes_back("> [!faq] Of another sort\n> is kept.\n");
    comes_back("> [!NOTE] With a title\n> it is kept.\n");
    comes_back("> \\[!NOTE] is no alert here, [!NOTE] neither\n\n[!NOTE] nor here\n");
    comes_back("---\ntitle: Front matter\n---\n\n# Title\n");
    comes_back("- item\n\n  <div>\n  x\n  </div>\n");
    comes_back("| a |\n|---|\n| 1 | there is no column for this |\n\n> | b |\n> |---|\n> | 2 | 3 |\n");
    comes_back("[//]: # (a comment nobody refers to)\n\ntext\n");
    comes_back("![image][ref] stays with its definition\n\n[ref]: a.png\n");
    comes_back("Some <span class=\"x\">span</span> and <kbd>Ctrl</kbd>.\n");
    comes_back("1. [ ] a task in an ordered list\n2. [x] done\n");
    assert_eq!(drawn("a ![i](u) b\n"), [": a <![i](u)> b"]);
    assert_eq!(drawn("| a |\n|---|\n|b|c|\n"), [": <| a |\\n|---|\\n|b|c|>"]);
}

#[test]
fn callouts_are_quotes_of_a_sort() {
    comes_back("> [!NOTE]\n> An alert.\n>\n> More of it.\n\n> [!TIP]\n> Another.\n\n> A quote.\n");
    comes_back("> [!CAUTION]\n>\n> - item\n>\n> > quote\n>\n> ```\n> code\n> ```\n>\n> ---\n");
    comes_back("- item\n\n  > [!WARNING]\n  > in it\n");
    comes_back("> [!NOTE]\n> Two\\\n> lines\n\n> \\[!NOTE] none\n");
    assert_eq!(
        drawn("> [!warning]\n> a **b**\n> - c\n\n> [!WARNING]\n> d\n"),
        ["p call=warning q=1: a b{bold}", "ul call=warning q=1: c", "p call=warning q=1 start: d"]
    );
}

#[test]
fn a_caption_is_a_line_with_a_sign_before_it() {
    let picture = "<sheaf-embed value='{\"image\":{\"hash\":\"x\"}}'/>";
    comes_back(&format!("{picture}\n\n<sheaf-caption/>A *red* fox, [seen](https://a.example)\\\nat dusk\n\nText.\n"));
    comes_back(&format!("> [!NOTE]\n>\n> <sheaf-caption/>A fox\n\n- {picture}\n\n  <sheaf-caption/>Two\n"));
    assert_eq!(drawn("<sheaf-caption/> A fox\n"), ["p caption: A fox"]);
    for none in ["<sheaf-caption/>\n", "A <sheaf-caption/>fox\n", "# <sheaf-caption/>A fox\n", "\\<sheaf-caption/>A fox\n"] {
        assert!(!drawn(none)[0].contains("caption:"), "{none}");
        comes_back(none);
    }
}

#[test]
fn formulas_stand_in_lines_and_as_blocks() {
    comes_back("Inline $x^2_i$ and **$y$**, and display:\n\n$$\n\\int_0^1 \\{x\\}\n= 1\n$$\n");
    comes_back("```math\nwith\n\nan empty line\n```\n\n> $$\n> x\n> $$\n");
    comes_back("In a line $$x$$ it is kept, and $`so`$ it is.\n");
    assert_eq!(drawn("a $x$\n\n$$\ny\n z\n$$\n"), [": a <x>", "code lang=math: y", "code lang=math: z"]);
    assert_eq!(write(&body("$$y$$\n\n```math\ny\n```\n")), "$$\ny\n$$\n\n$$\ny\n$$\n");
}

#[test]
fn footnotes_are_lines_that_name_them() {
    comes_back(
        "Text with a note[^1], and **another[^long-one]**.\n\n[^1]: The note.\n\n    - with a list\n\n[^long-one]: More.\n\nText.\n",
    );
    assert_eq!(drawn("a[^1] b[^X]\n\n[^1]: c\n\n    > d\n\n[^x]: e\n"), [": a<1> b<x>", "p note=1: c", "p note=1 q=1: d", "p note=x: e"]);
    let orphan = Delta::new().insert("a").embed(sheaf_schema::Embed::new("footnote", "k3")).insert("\n");
    assert_eq!(write(&orphan), "a<sheaf-embed value='{\"footnote\":\"k3\"}'/>\n", "a note without words is none to Markdown");
}

#[test]
fn a_table_of_contents_is_a_line() {
    comes_back("[TOC]\n\n# A\n\n\\[TOC]\n\n[TOC] none\n\n- [TOC]\n");
    assert_eq!(drawn("[TOC]\n\nnot [TOC]\n"), [": <true>", ": not [TOC]"]);
}

#[test]
fn a_table_is_lines_that_name_their_cells() {
    assert_eq!(
        drawn("| a | **b** |\n|:--|---|\n| 1\\|2 `x\\|y` | [l](https://a.example)<br>two |\n|| ![i](u) |\n"),
        [
            "p align=start cell=l4.l2.l3 head: a",
            "p cell=l4.l2.l6 head: b{bold}",
            "p align=start cell=l4.l8.l3: 1|2 x|y{code}",
            "p cell=l4.l8.l6: l{link=https://a.example}\u{2028}two",
            "p align=start cell=l4.l11.l3: ",
            "p cell=l4.l11.l6: <![i](u)>",
        ]
    );
    comes_back(
        "| a | b | c | d |\n| --- | :-- | :-: | --: |\n| 1\\|2 | *2* | `x\\|y` | one<br>two |\n|  | [l](https://a.example) | $x$ |  |\n",
    );
    comes_back("- item\n\n  | a |\n  | --- |\n  | 1 |\n\n> quote\n>\n> | b |\n> | --- |\n> | 2 |\n\n> | c |\n> | --- |\n");
    comes_back("| a |\n| --- |\n| 1 |\n\n| b |\n| --- |\n| 2 |\n\ntext\n");
    assert_eq!(write(&body("a|b\n-|:-:\n1\n|2|3|\n")), "| a | b |\n| --- | :-: |\n| 1 |  |\n| 2 | 3 |\n", "a short row is filled");
}

#[test]
fn a_table_without_a_header_has_an_empty_one_in_markdown() {
    comes_back("|  |  |\n| --- | --- |\n| 1 | 2 |\n");
    assert_eq!(drawn("|  |\n|---|\n| 1 |\n"), ["p cell=l4.l2.l3: 1"]);
    comes_back("| <br class=\"p\"> |  |\n| --- | --- |\n| 1 | 2 |\n");
    comes_back("|  |\n| --- |\n| 1 |\n| <br class=\"p head\">2 |\n");
    assert_eq!(drawn("|  |\n|---|\n"), ["p cell=l4.l2.l3 head: "], "a header without rows is one");
}

#[test]
fn what_a_cell_of_markdown_cannot_say_stands_in_tags() {
    comes_back(
        "| <col width=\"300\">a | b |\n| --- | --- |\n| one<br class=\"p\">two | <br class=\"h2\">Title<br class=\"ul\">x<br class=\"ul in=1\">y |\n",
    );
    comes_back(
        "| <br class=\"task done\">a |\n| --- |\n| <br class=\"code lang=c\">`if (a \\| b)`<br class=\"code lang=c\"><br class=\"p\">end |\n",
    );
    assert_eq!(
        drawn("| <col width=\"90\">a |\n|---|\n| <br class=\"code\">`  x *y*`<br class=\"p q=1\">z |\n"),
        ["p cell=l4.l2.l3 head w=90: a", "code cell=l4.l6.l3 w=90:   x *y*", "p cell=l4.l6.l3 q=1 w=90: z"]
    );
    comes_back("<br class=\"ul\">in a paragraph it is kept, and so is <col width=\"90\">\n");
}

#[test]
fn a_body_is_in_the_form_that_views_see() {
    let read = body("# A\n\nb\n");
    let lines: Vec<_> = read.lines().collect();
    assert_eq!(
        lines.iter().map(|line| (line.id(), Block::from(line.block()).to_string())).collect::<Vec<_>>(),
        [(Some("l1"), "h1".to_owned()), (Some("l2"), "p".to_owned())]
    );
    assert!(read.is_body() && read.text() == "A\nb\n");
    assert!(!lines[1].newline.as_ref().unwrap().contains_key("block"));
}
