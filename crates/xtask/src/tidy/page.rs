//! The arrows of the page: the editor and the lanes know no UI framework, and features do not import one another.

use super::Finding;
use super::sources::{Source, Tree};

/// Folders of plain TypeScript, which would survive a change of framework.
const FRAMEWORK_FREE: &[&str] = &["ui/src/editor/", "ui/src/ipc/"];

/// What plain folders may not import from ours: the chrome stands above them.
const CHROME: &[&str] = &["ui/src/app", "ui/src/features", "ui/src/shared"];

pub(crate) fn arrows_of_the_page(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.written(&["ts", "svelte", "js"]).filter(|source| source.path.starts_with("ui/src/")) {
        for (line, imported) in imports(source) {
            findings.extend(complaint(source, &imported).map(|says| Finding::at(source, line, says)));
        }
    }
    findings
}

fn complaint(source: &Source, imported: &str) -> Option<String> {
    let target = resolved(&source.path, imported);
    if FRAMEWORK_FREE.iter().any(|folder| source.path.starts_with(folder)) {
        if imported == "svelte" || imported.starts_with("svelte/") || imported.contains(".svelte") || imported.starts_with("bits-ui") {
            return Some(format!("imports {imported:?}: this folder knows no UI framework; hand in a callback or a plain store"));
        }
        if CHROME.iter().any(|folder| target.starts_with(folder)) && !source.is_test() {
            return Some(format!("imports {imported:?}: the chrome stands above this folder, not beneath it"));
        }
    }
    let own = feature(&source.path)?;
    let other = feature(&target).filter(|other| *other != own)?;
    Some(format!("feature {own} imports feature {other}: move what both need to ui/src/shared, or let the app hand it over"))
}

/// The feature folder a path lies in.
fn feature(path: &str) -> Option<&str> {
    path.strip_prefix("ui/src/features/")?.split('/').next().filter(|name| !name.contains('.'))
}

/// What a source imports, with the line it says so: `from 'x'`, `import 'x'`, `import('x')`.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("//") || trimmed.starts_with('*') {
            continue;
        }
        for opening in ["from ", "import ", "import("] {
            for (at, _) in line.match_indices(opening) {
                found.extend(quoted(&line[at + opening.len()..]).map(|name| (index + 1, name.to_owned())));
            }
        }
    }
    found
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|letter| *letter == '\'' || *letter == '"')?;
    text[1..].split(quote).next()
}

/// A relative import as a path from the root; `$lib`-like aliases of ours as well. Packages stay as they are.
fn resolved(from: &str, imported: &str) -> String {
    if let Some(rest) = imported.strip_prefix("~/").or_else(|| imported.strip_prefix("@/")).or_else(|| imported.strip_prefix("$lib/")) {
        return format!("ui/src/{rest}");
    }
    if !imported.starts_with('.') {
        return imported.to_owned();
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in imported.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::sources::tree;
    use super::*;

    #[test]
    fn an_editor_that_knows_svelte_is_found() {
        for import in
            ["import { mount } from 'svelte'", "import Card from '../shared/Card.svelte'", "const x = await import(\"svelte/store\")"]
        {
            let tree = tree(&[("ui/src/editor/view.ts", &format!("// The view.\n{import}\n"))]);
            assert_eq!(arrows_of_the_page(&tree).len(), 1, "{import}");
        }
        let above = tree(&[("ui/src/editor/view.ts", "// The view.\nimport { x } from '../app/boot'\n")]);
        assert_eq!(arrows_of_the_page(&above).len(), 1);
    }

    #[test]
    fn a_feature_that_imports_another_is_found() {
        let tree =
            tree(&[("ui/src/features/share/Share.svelte", "<script>\n// Share.\nimport { open } from '../library/library'\n</script>\n")]);
        let findings = arrows_of_the_page(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 3);
    }

    #[test]
    fn ordinary_imports_are_not() {
        let tree = tree(&[
            ("ui/src/editor/view.ts", "// No 'svelte' here.\nimport { EditorView } from 'prosemirror-view'\nimport { x } from './undo'\n"),
            (
                "ui/src/features/share/share.ts",
                "// Share.\nimport { a } from './ticket'\nimport { b } from '../../shared/dialog'\nimport { c } from '../share/ticket'\n",
            ),
        ]);
        assert_eq!(arrows_of_the_page(&tree), vec![]);
    }
}
