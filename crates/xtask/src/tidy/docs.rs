//! Every module begins by saying what it is for, and the threat model names tests that exist.

use super::Finding;
use super::sources::{Source, Tree};

pub(crate) fn modules_say_what_they_are_for(tree: &Tree) -> Vec<Finding> {
    let rust = tree.written(&["rs"]).filter(|source| !first_line(source).starts_with("//!"));
    let rust = rust.map(|source| Finding::at(source, 1, "begin with `//!`: what this module is for, and what it never does"));
    let page = tree.written(&["ts", "js", "mjs"]).filter(|source| !is_comment(first_line(source)));
    let page = page.map(|source| Finding::at(source, 1, "begin with a comment: what this module is for, and what it never does"));
    let svelte = tree.written(&["svelte"]).filter(|source| !svelte_says(source));
    let svelte =
        svelte.map(|source| Finding::at(source, 1, "begin with a comment (`<!-- -->`, or first in <script>): what this component is for"));
    rust.chain(page).chain(svelte).collect()
}

/// The first line that is not empty; a `#!` line belongs to the system and does not count.
fn first_line(source: &Source) -> &str {
    source.text.lines().find(|line| !line.trim().is_empty() && !is_shebang(line)).unwrap_or_default().trim_start()
}

fn is_shebang(line: &str) -> bool {
    line.starts_with("#!") && !line.starts_with("#![")
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//") || line.starts_with("/*")
}

fn svelte_says(source: &Source) -> bool {
    let mut lines = source.text.lines().map(str::trim).filter(|line| !line.is_empty());
    match lines.next() {
        Some(first) if first.starts_with("<script") => lines.next().is_some_and(is_comment),
        Some(first) => first.starts_with("<!--"),
        None => false,
    }
}

/// Where each threat stands beside the tests that show what becomes of it.
const THREATS: &str = "docs/threat-model.md";

/// A test of Rust in a threat's last column stands in backticks, a story of the page in curly quotes. What has none says that it is not yet shown.
pub(crate) fn threats_name_tests_that_exist(tree: &Tree) -> Vec<Finding> {
    let Some(threats) = tree.sources.iter().find(|source| source.path == THREATS) else { return vec![] };
    let rust: Vec<String> = tree.written(&["rs"]).map(Source::code).collect();
    let stories: Vec<&str> = tree.written(&["ts", "mjs"]).filter(|source| source.is_test()).map(|source| &*source.text).collect();
    let mut findings = vec![];
    for (at, line) in threats.text.lines().enumerate() {
        let Some(shown) = shown_by(line) else { continue };
        let tests = quoted(shown, '`', '`');
        let told = quoted(shown, '“', '”');
        let no_test = |name: &&str| !rust.iter().any(|code| code.contains(&format!("fn {name}(")));
        let no_story = |name: &&str| !stories.iter().any(|text| text.contains(name));
        let gone = tests.iter().filter(|name| no_test(name)).chain(told.iter().filter(|name| no_story(name)));
        findings.extend(gone.map(|name| Finding::at(threats, at + 1, format!("there is no test {name:?}: name the one that shows it"))));
        if tests.is_empty() && told.is_empty() && !shown.contains("ot yet shown") {
            findings.push(Finding::at(threats, at + 1, "name the test that shows it, or say that it is not yet shown"));
        }
    }
    findings
}

/// The last column of a threat's row: those begin with their number, or several.
fn shown_by(line: &str) -> Option<&str> {
    let cells: Vec<&str> = line.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').collect();
    let number = cells.first()?.trim();
    let is_threat = !number.is_empty() && number.chars().all(|letter| letter.is_ascii_digit() || ", ".contains(letter));
    if is_threat { cells.last().copied() } else { None }
}

fn quoted(text: &str, open: char, close: char) -> Vec<&str> {
    let mut found = vec![];
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(open) {
        let Some((inner, behind)) = after.split_once(close) else { break };
        found.push(inner);
        rest = behind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::sources::tree;
    use super::*;

    #[test]
    fn a_module_without_a_sentence_is_found() {
        let silent = tree(&[
            ("crates/a/src/lib.rs", "use b;\n"),
            ("ui/src/a.ts", "import b from 'b'\n"),
            ("ui/src/A.svelte", "<script>\nlet a\n</script>\n"),
        ]);
        assert_eq!(modules_say_what_they_are_for(&silent).len(), 3);
    }

    #[test]
    fn a_module_that_speaks_is_not() {
        let speaks = tree(&[
            ("crates/a/src/lib.rs", "\n//! A.\n"),
            ("tests/a.mjs", "#!/usr/bin/env node\n// A.\n"),
            ("ui/src/A.svelte", "<script lang=\"ts\">\n  // A.\n</script>\n"),
            ("ui/src/B.svelte", "<!-- B. -->\n<p></p>\n"),
            ("ui/src/generated/schema.ts", "export {}\n"),
        ]);
        assert_eq!(modules_say_what_they_are_for(&speaks), vec![]);
    }

    #[test]
    fn a_threat_whose_test_has_gone_is_found() {
        let rows = "| # | shown by |\n|---|---|\n| 7 | `there` and “a story” |\n| 9 | `gone`, “untold” |\n| 11 | trust us |\n| 12 | not yet shown |\n| 4,000 frames | pace |\n";
        let model = tree(&[
            (THREATS, rows),
            ("crates/a/tests/a.rs", "//! A.\nfn there() {}\n// fn gone() {}\n"),
            ("tests/a.test.mjs", "// A.\nstory(\"a story\")\n"),
        ]);
        let lines: Vec<usize> = threats_name_tests_that_exist(&model).iter().map(|finding| finding.line).collect();
        assert_eq!(lines, vec![4, 4, 5]);
    }
}
