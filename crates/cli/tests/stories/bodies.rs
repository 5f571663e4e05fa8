//! Bodies in and out: `show`, `write`, and that they are inverse.

use crate::profile::Profile;

const EVERYTHING: &str = "# One\n\n###### Six\n\nPlain *italic* **bold** ~~gone~~ `code` [link](https://example.org) and ==not a thing==\n\n\
    - a\n- b\n  - deeper\n\n1. first\n2. second\n\n- [ ] open\n- [x] done\n\n> quoted\n\n```rust\nfn main() {}\n```\n\n---\n\nÅngström 😀 日本語\n";

#[test]
fn a_new_document_is_empty_and_takes_text() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Empty"]);
    assert_eq!(profile.ok(&["show", &id]).stdout, "");
    let written = profile.ok_with(&["write", &id, "-"], b"Hello\n");
    assert_eq!((written.stdout.as_str(), written.stderr.as_str()), ("", ""));
    assert_eq!(profile.ok(&["show", &id]).stdout, "Hello\n");
    profile.ok_with(&["write", &id, "-"], b"");
    assert_eq!(profile.ok(&["show", &id]).stdout, "");
}

#[test]
fn show_after_write_is_a_fixpoint() {
    let profile = Profile::new();
    let tables = "| a | b |\n| --- | --- |\n| 1 | 2 |\n";
    let footnote = "Text[^1]\n\n[^1]: note\n";
    let html = "<div align=\"center\">raw</div>\n";
    for (number, text) in [EVERYTHING, tables, footnote, html, "a  \nb\n", "# \n", "1) x\n2) y\n", "line\\\nbreak\n"].iter().enumerate() {
        let id = profile.line(&["new", &format!("Sample {number}")]);
        profile.ok_with(&["write", &id, "-"], text.as_bytes());
        let once = profile.ok(&["show", &id]).stdout;
        let rows = profile.json(&["show", &id, "--as", "json"])[0]["version"].clone();
        profile.ok_with(&["write", &id, "-"], once.as_bytes());
        assert_eq!(profile.ok(&["show", &id]).stdout, once, "sample {number}");
        let version = &profile.json(&["show", &id, "--as", "json"])[0]["version"];
        assert_eq!(*version, rows, "sample {number}: writing what is there changed something");
    }
}

#[test]
fn what_markdown_can_say_and_the_schema_cannot_comes_back_byte_for_byte() {
    let profile = Profile::new();
    let table = "| left  | right |\n|:------|------:|\n| a     | `b|c` |\n";
    let text = format!("Before\n\n{table}\nAfter\n");
    let id = profile.line(&["new", "Table", "--from", profile.file("t.md", &text).to_str().expect("a path")]);
    assert!(profile.ok(&["show", &id]).stdout.contains(table), "{}", profile.ok(&["show", &id]).stdout);
}

#[test]
fn a_body_is_shown_in_four_forms() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Forms", "--from", profile.file("f.md", EVERYTHING).to_str().expect("a path")]);
    let shown = |form: &str| profile.ok(&["show", &id, "--as", form]).stdout;
    assert_eq!(shown("md"), profile.ok(&["show", &id]).stdout);
    assert!(shown("text").contains("Plain italic bold gone code link"), "{}", shown("text"));
    let html = shown("html");
    for tag in ["<h1>One</h1>", "<strong>bold</strong>", "<em>italic</em>", "href=\"https://example.org\""] {
        assert!(html.contains(tag), "{tag} in {html}");
    }
    let json: serde_json::Value = serde_json::from_str(&shown("json")).expect("JSON");
    let keys: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["delta", "title", "version"]);
    assert_eq!(json["title"], "Forms");
    assert_eq!(json["delta"]["ops"][0]["insert"], "One");
}

#[test]
fn carriage_returns_become_line_ends_and_bad_utf8_changes_nothing() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Ends"]);
    profile.ok_with(&["write", &id, "-"], b"\xef\xbb\xbfone\r\n\r\ntwo\r\n");
    assert_eq!(profile.ok(&["show", &id]).stdout, "one\n\ntwo\n");
    let failed = profile.fails_with(&["write", &id, "-"], b"one\n\nt\xff\xfewo\n");
    assert!(failed.code == 1 && failed.stderr.contains("UTF-8"), "{}", failed.stderr);
    assert_eq!(profile.ok(&["show", &id]).stdout, "one\n\ntwo\n");
    let bad = profile.file("bad.md", b"\xc3");
    assert_eq!(profile.fails(&["new", "Bad", "--from", bad.to_str().expect("a path")]).code, 1);
    assert_eq!(profile.json(&["list"]).len(), 1, "no document was made");
    assert_eq!(profile.fails(&["write", &id, "/nowhere/x.md"]).code, 1);
}

#[test]
fn a_large_document_goes_in_and_out() {
    let profile = Profile::new();
    let text: String = (0..3000).map(|line| format!("Line {line} with a few *words* in it.\n\n")).collect();
    let id = profile.line(&["new", "Large", "--from", profile.file("l.md", text.trim_end()).to_str().expect("a path")]);
    assert_eq!(profile.ok(&["show", &id]).stdout.trim_end(), text.trim_end());
}
