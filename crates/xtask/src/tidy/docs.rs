//! Every module begins by saying what it is for.

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
}
