//! Silencing a lint and putting work off are both allowed, with a reason that a reader can judge.

use super::Finding;
use super::sources::Tree;

pub(crate) fn silence_has_a_reason(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.written(&["rs"]) {
        let code = source.code();
        let lines: Vec<&str> = code.lines().collect();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| silences(line)) {
            // The attribute may span lines: look to the one that closes it.
            let attribute: String = lines[index..]
                .iter()
                .scan(true, |open, part| open.then(|| std::mem::replace(open, !part.contains(")]"))).map(|_| *part))
                .collect();
            if !attribute.contains("reason") {
                findings.push(Finding::at(source, index + 1, format!("`{}` needs `reason = \"...\"`", line.trim())));
            }
        }
    }
    for source in
        tree.written(&["rs", "ts", "svelte", "js", "mjs", "css"]).filter(|source| !source.path.starts_with("crates/xtask/src/tidy/"))
    {
        for (index, line) in source.text.lines().enumerate() {
            let owed = ["TODO", "FIXME", "XXX"].iter().find(|word| line.match_indices(**word).any(|(at, _)| is_bare(line, at, word.len())));
            findings.extend(
                owed.map(|word| Finding::at(source, index + 1, format!("{word} without an owner: write TODO(issue or name), or do it"))),
            );
        }
    }
    findings
}

fn silences(line: &str) -> bool {
    let line = line.trim_start();
    ["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().any(|opening| line.starts_with(opening))
}

/// A word of its own, in a comment, with no name in brackets behind it.
fn is_bare(line: &str, at: usize, length: usize) -> bool {
    let in_comment = ["//", "/*", "<!--", " * "].iter().any(|mark| line[..at].contains(mark));
    let alone = !line[..at].ends_with(|letter: char| letter.is_alphanumeric())
        && !line[at + length..].starts_with(|letter: char| letter.is_alphanumeric());
    in_comment && alone && !line[at + length..].starts_with('(')
}

#[cfg(test)]
mod tests {
    use super::super::sources::tree;
    use super::*;

    #[test]
    fn silence_without_a_reason_is_found() {
        let tree = tree(&[("crates/a/src/lib.rs", "//! A.\n#[allow(dead_code)]\nfn f() {}\n// TODO later\n")]);
        let findings = silence_has_a_reason(&tree);
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn silence_with_a_reason_is_not() {
        let text = "//! A.\n#[expect(\n    unsafe_code,\n    reason = \"yrs aborts when dropped while unwinding\"\n)]\nfn f() {}\n// TODO(issue 5): rotate\nlet todo = \"TODO\";\n";
        assert_eq!(silence_has_a_reason(&tree(&[("crates/a/src/lib.rs", text)])), vec![]);
    }
}
