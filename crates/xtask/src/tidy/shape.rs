//! The shape of the house: how long files are, what they are called, what lies in the root, what manifests share.

use super::Finding;
use super::sources::{Source, Tree};

/// A file that is longer holds two subjects. Tests and generated files are not counted.
const FILE_LINES_MAX: usize = 600;

/// `base` holds nouns only; design.md promises to keep it small.
const BASE_LINES_MAX: usize = 300;

/// Names that say where something was put, not what it is.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "prelude"];

/// What lies in the root, as design.md lists it, and the files that tools insist on finding there.
const ROOT: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "ARCHITECTURE.md",
    "icons",
    "src-tauri",
    "crates",
    "ui",
    "tests",
    "docs",
    ".cargo",
    ".ci",
    ".config",
    ".gitignore",
    "clippy.toml",
    "deny.toml",
    "rustfmt.toml",
];

pub(crate) fn files_stay_readable(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.written(&["rs", "ts", "svelte", "css", "js", "mjs"]).filter(|source| !source.is_test()) {
        let lines = source.product_lines();
        if lines > FILE_LINES_MAX {
            findings.push(Finding::at(
                source,
                FILE_LINES_MAX,
                format!("{lines} lines, {FILE_LINES_MAX} at most: split by meaning, not by size"),
            ));
        }
    }
    let base: Vec<&Source> = tree.written(&["rs"]).filter(|source| source.path.starts_with("crates/base/src/")).collect();
    let lines: usize = base.iter().map(|source| source.product_lines()).sum();
    if let Some(first) = base.first().filter(|_| lines > BASE_LINES_MAX) {
        findings.push(Finding::at(
            first,
            1,
            format!("crates/base has {lines} lines, {BASE_LINES_MAX} at most: it holds nouns that everybody uses, nothing else"),
        ));
    }
    findings
}

pub(crate) fn names_mean_something(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.written(&["rs", "ts", "svelte", "js", "mjs"]) {
        if source.path.ends_with("/mod.rs") {
            findings.push(Finding::at(source, 1, "no mod.rs: write foo.rs beside the folder foo/"));
        }
        let parts = source.path.split('/').rev().skip(1).chain([source.stem()]);
        for part in parts.filter(|part| EMPTY_NAMES.contains(&part.to_lowercase().as_str())) {
            findings.push(Finding::at(source, 1, format!("`{part}` says where things were put, not what they are: name the thing")));
        }
    }
    findings
}

pub(crate) fn the_root_stays_small(tree: &Tree) -> Vec<Finding> {
    let mut seen: Vec<&str> = Vec::new();
    let mut findings = Vec::new();
    for source in &tree.sources {
        let entry = source.path.split('/').next().unwrap_or_default();
        if !ROOT.contains(&entry) && !seen.contains(&entry) {
            seen.push(entry);
            findings.push(Finding::at(source, 1, format!("`{entry}` does not belong in the root: design.md section 2 lists what does")));
        }
    }
    findings
}

pub(crate) fn members_share_lints_and_versions(tree: &Tree) -> Vec<Finding> {
    let manifest = |source: &&Source| source.path.ends_with("/Cargo.toml");
    tree.sources.iter().filter(manifest).flat_map(manifest_findings).collect()
}

fn manifest_findings(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !source.text.contains("[lints]\nworkspace = true") {
        findings.push(Finding::at(source, 1, "add `[lints]` with `workspace = true`: the same lints hold everywhere"));
    }
    let mut table = "";
    for (index, line) in source.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']);
        } else if table.ends_with("dependencies") && line.contains('=') && !line.starts_with('#') && !line.contains("workspace = true") {
            findings.push(Finding::at(source, index + 1, "say the version once, in the root Cargo.toml, and `workspace = true` here"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::sources::tree;
    use super::*;

    #[test]
    fn a_file_of_two_subjects_is_found_and_long_tests_are_not() {
        let long = "//! Long.\n".repeat(601);
        let with_tests = format!("//! Short.\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        let tree = tree(&[
            ("crates/a/src/long.rs", &long),
            ("crates/a/tests/long.rs", &long),
            ("crates/a/src/tested.rs", &with_tests),
            ("ui/src/generated/schema.ts", &long),
        ]);
        assert_eq!(files_stay_readable(&tree).iter().map(|finding| finding.path.as_str()).collect::<Vec<_>>(), ["crates/a/src/long.rs"]);
    }

    #[test]
    fn a_fat_base_is_found() {
        let part = "//! Nouns.\n".repeat(151);
        assert_eq!(files_stay_readable(&tree(&[("crates/base/src/a.rs", &part), ("crates/base/src/b.rs", &part)])).len(), 1);
    }

    #[test]
    fn empty_names_are_found() {
        for path in
            ["crates/a/src/utils.rs", "ui/src/common/a.ts", "crates/a/src/foo/mod.rs", "ui/src/helpers.test.ts", "crates/a/src/Manager.rs"]
        {
            assert_eq!(names_mean_something(&tree(&[(path, "//! X.\n")])).len(), 1, "{path}");
        }
        assert_eq!(names_mean_something(&tree(&[("crates/a/src/commonmark.rs", "//! X.\n")])), vec![]);
    }

    #[test]
    fn clutter_in_the_root_is_found_once() {
        let tree = tree(&[("notes/a.md", ""), ("notes/b.md", ""), ("crates/a/src/lib.rs", ""), ("deny.toml", "")]);
        assert_eq!(the_root_stays_small(&tree).len(), 1);
    }

    #[test]
    fn a_version_said_twice_and_missing_lints_are_found() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nserde = \"1\"\nblake3.workspace = true\n[dev-dependencies]\nrand = { workspace = true, features = [\"std\"] }\n";
        let findings = members_share_lints_and_versions(&tree(&[("crates/a/Cargo.toml", text)]));
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [1, 4]);
    }
}
