//! What sources may not name: a pure crate no I/O, clock or chance of its own; and nobody a giant but the crate that is its door.

use super::Finding;
use super::sources::{Source, Tree};

/// Crates that are told time, chance and bytes, and ask for nothing.
pub(crate) const PURE: &[&str] = &["base", "schema", "sentence", "markdown", "replica", "record", "access", "protocol", "document"];

/// What a pure crate never names, and what to do instead.
const NEVER: &[(&str, &str)] = &[
    ("tokio", "this crate is pure: the engine awaits, it does not"),
    ("std::fs", "this crate is pure: bytes are handed in"),
    ("std::net", "this crate is pure: frames are handed in"),
    ("std::env", "this crate is pure: settings are handed in"),
    ("std::process", "this crate is pure: it starts nothing"),
    ("std::thread", "this crate is pure: its caller owns the threads"),
    ("Instant", "this crate is pure: time is handed in as sheaf_base::Moment"),
    ("SystemTime", "this crate is pure: time is handed in as sheaf_base::Moment"),
    ("thread_rng", "this crate is pure: randomness is handed in as bytes"),
    ("getrandom", "this crate is pure: randomness is handed in as bytes"),
    ("OsRng", "this crate is pure: randomness is handed in as bytes"),
    ("SysRng", "this crate is pure: randomness is handed in as bytes"),
    ("serde", "no Serialize below the engine: codecs of the heart are written by hand"),
];

/// The one crate that may name each giant.
const DOORS: &[(&str, &str)] = &[
    ("yrs", "crates/replica/"),
    ("rusqlite", "crates/store/"),
    ("iroh", "crates/transport/"),
    ("iroh_relay", "crates/transport/"),
    ("iroh_mdns_address_lookup", "crates/transport/"),
    ("comrak", "crates/markdown/"),
    ("tauri", "src-tauri/"),
    ("notify", "crates/mirror/"),
];

pub(crate) fn pure_crates_stay_pure(tree: &Tree) -> Vec<Finding> {
    let pure = |source: &&Source| PURE.iter().any(|name| source.path.starts_with(&format!("crates/{name}/src/"))) && !source.is_test();
    let named = |source: &Source| {
        uses(source)
            .flat_map(|(line, code)| NEVER.iter().filter(move |(name, _)| names(&code, name)).map(move |rule| (line, rule)))
            .collect::<Vec<_>>()
    };
    let finding = |source: &Source, line, name: &str, why: &str| Finding::at(source, line, format!("`{name}`: {why}"));
    tree.written(&["rs"])
        .filter(pure)
        .flat_map(|source| named(source).into_iter().map(move |(line, (name, why))| finding(source, line, name, why)))
        .collect()
}

pub(crate) fn giants_have_one_door(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Tests under tests/ measure us against the giants, and may name them; the product may not.
    for source in tree.written(&["rs"]).filter(|source| !source.path.starts_with("tests/")) {
        for (line, code) in uses(source) {
            for (giant, door) in DOORS.iter().filter(|(_, door)| !source.path.starts_with(door)) {
                if names_crate(&code, giant) {
                    findings.push(Finding::at(source, line, format!("only {door} names `{giant}`: ask it for what you need")));
                }
            }
        }
    }
    findings
}

/// The numbered lines of code of the product part.
fn uses(source: &Source) -> impl Iterator<Item = (usize, String)> {
    let code: Vec<String> = source.code().lines().take(source.product_lines()).map(str::to_owned).collect();
    code.into_iter().enumerate().map(|(index, line)| (index + 1, line))
}

/// Whether a line of code holds this name, as a whole word or path.
fn names(code: &str, name: &str) -> bool {
    let part_of_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    code.match_indices(name)
        .any(|(at, _)| !part_of_word(code[..at].chars().next_back()) && !part_of_word(code[at + name.len()..].chars().next()))
}

/// Whether a line of code names this crate: `yrs::`, `use yrs;`, `extern crate yrs`. A variable of that name is not the crate.
fn names_crate(code: &str, name: &str) -> bool {
    names(code, name)
        && (names_path(code, name)
            || code.trim_start().starts_with(&format!("use {name}"))
            || code.contains(&format!("extern crate {name}")))
}

fn names_path(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    let part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':');
    code.match_indices(&path).any(|(at, _)| !part(code[..at].chars().next_back()))
}

#[cfg(test)]
mod tests {
    use super::super::sources::tree;
    use super::*;

    #[test]
    fn a_pure_crate_that_reads_a_clock_a_file_or_chance_is_found() {
        for code in [
            "std::fs::read(x)",
            "use std::time::Instant;",
            "tokio::spawn(x)",
            "rand::thread_rng()",
            "getrandom::fill(b)",
            "use serde::Serialize;",
            "std::net::IpAddr",
        ] {
            let tree = tree(&[("crates/record/src/chain.rs", &format!("//! Chains.\n{code}\n"))]);
            let findings = pure_crates_stay_pure(&tree);
            assert!(!findings.is_empty(), "{code}");
            assert_eq!(findings[0].line, 2);
        }
    }

    #[test]
    fn its_tests_and_the_shell_may() {
        let free = tree(&[
            (
                "crates/record/src/chain.rs",
                "//! No std::fs here.\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { std::fs::read(x); }\n}\n",
            ),
            ("crates/record/tests/golden.rs", "//! Golden.\nfn g() { std::fs::read(x); }\n"),
            ("crates/engine/src/clock.rs", "//! The clock.\nfn now() { std::time::Instant::now(); }\n"),
            ("crates/record/src/instants.rs", "//! A word that only contains the name.\nfn serde_like() {}\n"),
        ]);
        assert_eq!(pure_crates_stay_pure(&free), vec![]);
    }

    #[test]
    fn a_giant_outside_its_door_is_found() {
        for (path, code) in [
            ("crates/document/src/lib.rs", "use yrs::Doc;"),
            ("crates/engine/src/lib.rs", "let c = rusqlite::Connection::open(p);"),
            ("crates/cli/src/main.rs", "use iroh;"),
            ("crates/engine/src/window.rs", "fn f(app: &tauri::App) {}"),
        ] {
            assert_eq!(giants_have_one_door(&tree(&[(path, &format!("//! X.\n{code}\n"))])).len(), 1, "{code}");
        }
        let fine = tree(&[
            ("crates/replica/src/lib.rs", "//! X.\nuse yrs::Doc;\n"),
            ("crates/engine/src/lib.rs", "//! X.\nlet notify = self.notify.clone();\nuse tokio::sync::Notify;\n"),
        ]);
        assert_eq!(giants_have_one_door(&fine), vec![]);
    }
}
