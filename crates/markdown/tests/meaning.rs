//! Corners of Markdown: what is written of what was read means the same to another reader (comrak's HTML), and is stable.

use sheaf_markdown::{read, write};

/// Snippets of our own, one for each corner that CommonMark's and GitHub's specifications warn of.
const CORNERS: &[&str] = &[
    // blocks
    "\tcode\n\n  \tmore\n",
    "    a\n\n\n    b\n",
    "- a\n\n      code in an item\n",
    "1. a\n\n       code\n\n   b\n",
    "#\n\n## \n\n### a ###\n\n# b \\#\n\n#c\n",
    "a\nb\n===\n\nc\n---\n\n> d\n===\n",
    "- - a\n  - b\n\n- c\n",
    "10. a\n11. b\n    - c\n",
    "0. zero\n1. one\n",
    "123456789. a\n\n1234567890. b\n",
    "- a\n- b\n\n\n- c\n",
    "* a\n+ b\n- c\n1. d\n2) e\n",
    "-\n\n  not in the item\n",
    "-   wide\n\n    more\n",
    "> a\nlazy\n\nbetween\n\n> - b\nlazy\n",
    "> ```\n> code\n\nout\n",
    ">> a\n> b\n\n>c\n",
    "> # a\n> b\n> - c\n",
    "```\nnever closed\n\n# code\n",
    "~~~\n```\n~~~\n",
    "````md\n```\ninner\n```\n````\n",
    "``` a`b\n",
    "~~~ a`b c\\&amp; d\nx\n~~~\n",
    "  ```\n   a\n  b\n ```\n",
    "***\n___\n- - -\n**  *\n",
    "a\n***\nb\n",
    "- a\n***\n- b\n",
    "a\n- b\n\nc\n2. d\n",
    // text
    "a  \nb   \n\nc\\\nd\\\n",
    "&lt;b&gt; &copy; &#35; &#x1F600; &nope; &\n",
    "\\*a\\* \\_b\\_ \\`c\\` \\[d\\] \\<e> \\&amp; \\\\ \\a \\\n",
    "*a*b **c**d e*f* _g_h i_j_k __l__\n",
    "**a*b*c** *d**e**f* ***g*** ***h** i* ***j* k**\n",
    "*a **b*** **c *d*** *(e)* **(f)**\n",
    "a*\"b\"*c **(d)**e\n",
    "* a *\n\n** b **\n\n_ c _\n",
    "~~a~~ ~b~ ~~~c~~~ ~~d ~~ a~~b~~c\n",
    "==a== ==b c== a==b==c == d == =e=\n",
    "`a` `` b`c `` ` d ` `  ` ``` e`` f ```\n",
    "`a\nb` `c\\` d `<e>`\n",
    "<u>a</u> <u>b *c* d</u> *e <u>f</u>* <u>*g</u>* <u></u> <u>\n",
    "<mark>a</mark> <mark class=\"pink\">b</mark> <mark class=\"no\">c</mark>\n",
    "a<br>b<br/>c<br />d<br class=\"x\">e\n",
    "<b>a <i>b</b> c</i>\n",
    // links
    "[a](b) [c](<d e>) [f](g(h)i) [j](k\\)l) [m](n \"o\") []()\n",
    "[a *b*](c) [`]`](d) [a\\]b](e) [![f](g)](h)\n",
    "[a]: /b 'c'\n[d]: <e f>\n\n[a] [d] [a][d] [x][a] [A][]\n",
    "text\n[a]: /not-a-definition\n",
    "<https://a.example/b_c*d> <mailto:a@b.c> <a@b.c> <not an address>\n",
    "https://a.example/b_c_d www.a.example a@b.c\n",
    "![a](b) ![c][d] ![e]\n\n[d]: f \"g\"\n",
    "[a](javascript:alert) [b](#c) [d](e.md)\n",
    "!\\[a](b) !a \\![c](d)\n",
    // extensions
    "| a | b |\n|:--|--:|\n| `c|d` | e |\n\nafter\n",
    "before\n| a |\n| - |\n| b |\n",
    "| a\n\n|---|\n",
    "| `a\\|b` | \\| c | [d\\|e](f) |\n|-|-|-|\n| \\\\ | *g\\*h* | ~~i~~ |\n",
    "a | b\n--|:-:\nc\n| d | e<br>f |\n",
    "| a |\n|---|\n| b | c |\n",
    "|  |\n|---|\n| a |\n\n|  |\n|---|\n",
    "> - | a |\n>   |---|\n>   | b |\n>\n>   c\n\n1. d\n\n   | e |\n   |---|\n",
    "| - a | # b | > c | 1. d | ``` | [TOC] | --- |\n|-|-|-|-|-|-|-|\n",
    "- [ ] a\n- [x] b\n- [X] c\n- [y] d\n-[ ] e\n- [ ]f\n",
    "1. [ ] a\n2. b\n",
    "- [ ] a\n\n  b\n  - [x] c\n",
    "a[^1] b[^2]\n\n[^1]: c\n\n    d\n[^3]: e\n",
    "$a$ $ b$ $c $ $5 and $6 $$d$$ $`e`$ \\$f\\$\n",
    "$$\na\n$$\n",
    "---\na: b\n---\n\n---\n\nc\n\n---\n",
    "> [!WARNING]\n> a\n\n> [!faq] b\n> c\n",
    "<details>\n<summary>a</summary>\n\nb\n\n</details>\n",
    "<!-- a -->\n\nb <!-- c --> d\n",
    "<script>\n\nalert(1)\n</script>\n",
    "- <div>\n  a\n  </div>\n- b\n",
    "> <div>\n> a\n> </div>\n",
    "- | a |\n  |---|\n  | b |\n",
    "a\u{a0}b \u{200b}c d\n",
];

fn body(markdown: &str) -> sheaf_schema::Delta {
    let mut next = 0;
    read(markdown, &mut || {
        next += 1;
        next.to_string()
    })
}

/// What another reader makes of Markdown, without what does not matter: looseness, blanks, tags that mean the same.
fn meaning(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.highlight = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.front_matter_delimiter = Some("---".to_owned());
    options.render.r#unsafe = true;
    let same = [
        ("<p>", ""),
        ("</p>", ""),
        ("<b>", "<strong>"),
        ("</b>", "</strong>"),
        ("<br class", "<BR class"),
        ("<br>", "<br />"),
        ("<br/>", "<br />"),
    ];
    let html = comrak::markdown_to_html(markdown, &options);
    let html = same.iter().fold(html, |html, (one, other)| html.replace(one, other));
    html.split_whitespace().collect::<Vec<_>>().join(" ").replace("> ", ">").replace(" <", "<")
}

#[test]
fn what_is_written_means_what_was_read() {
    for markdown in CORNERS {
        let written = write(&body(markdown));
        assert_eq!(meaning(&written), meaning(markdown), "\n{markdown}\n{written}");
        assert!(!written.contains("sheaf-embed"), "{markdown}\n{written}");
    }
}

#[test]
fn what_is_written_is_stable() {
    for markdown in CORNERS {
        let once = write(&body(markdown));
        assert_eq!(write(&body(&once)), once, "{markdown}");
    }
}
