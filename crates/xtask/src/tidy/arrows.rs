//! The arrows of design.md section 2 over cargo's metadata: who may depend on whom, and who is a giant's door.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Finding;
use super::never::PURE;
use crate::shell::{Outcome, Stop, root};

/// Direct arrows. A crate may name whatever these reach, never up or sideways.
const ARROWS: &[(&str, &[&str])] = &[
    ("sheaf-desktop", &["sheaf-engine", "sheaf-mirror"]),
    ("sheaf-cli", &["sheaf-engine", "sheaf-mirror"]),
    ("sheaf-mirror", &["sheaf-engine", "sheaf-markdown"]),
    ("sheaf-engine", &["sheaf-document", "sheaf-markdown", "sheaf-store", "sheaf-blobs", "sheaf-transport", "sheaf-sentence"]),
    ("sheaf-document", &["sheaf-protocol", "sheaf-access", "sheaf-record", "sheaf-replica"]),
    ("sheaf-protocol", &["sheaf-access"]),
    ("sheaf-access", &["sheaf-record"]),
    ("sheaf-record", &["sheaf-base"]),
    ("sheaf-replica", &["sheaf-schema"]),
    ("sheaf-markdown", &["sheaf-schema"]),
    ("sheaf-schema", &["sheaf-base"]),
    ("sheaf-store", &["sheaf-base"]),
    ("sheaf-blobs", &["sheaf-base"]),
    ("sheaf-transport", &["sheaf-base"]),
    ("sheaf-relay", &["sheaf-protocol", "sheaf-store", "sheaf-transport"]),
    ("sheaf-base", &[]),
    ("sheaf-sentence", &[]),
    ("xtask", &["sheaf-schema", "sheaf-sentence"]),
];

/// The members that may name each giant. Members under tests/ measure us against giants and may name any.
const DOORS: &[(&str, &[&str])] = &[
    ("yrs", &["sheaf-replica"]),
    ("rusqlite", &["sheaf-store"]),
    ("iroh", &["sheaf-transport"]),
    ("iroh-relay", &["sheaf-transport", "sheaf-relay"]),
    ("iroh-mdns-address-lookup", &["sheaf-transport"]),
    ("comrak", &["sheaf-markdown"]),
    ("tauri", &["sheaf-desktop"]),
    ("tauri-build", &["sheaf-desktop"]),
    ("notify", &["sheaf-mirror"]),
    ("serde", &["sheaf-engine", "sheaf-mirror", "sheaf-cli", "sheaf-desktop", "sheaf-relay", "xtask"]),
    ("serde_json", &["sheaf-engine", "sheaf-mirror", "sheaf-cli", "sheaf-desktop", "sheaf-relay", "xtask"]),
    ("tokio", &["sheaf-transport", "sheaf-engine", "sheaf-mirror", "sheaf-cli", "sheaf-desktop", "sheaf-relay"]),
];

/// What a pure crate may depend on besides ours and its own giant: no I/O, no clock, no chance of their own.
const PURE_MAY_NAME: &[&str] =
    &["aes-gcm-siv", "blake3", "data-encoding", "ed25519-dalek", "hpke", "similar", "thiserror", "zeroize", "zstd"];

/// A member of the workspace and what its manifest names.
pub(crate) struct Member {
    name: String,
    manifest: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    /// Needed only by tests, examples and benchmarks.
    dev: bool,
}

/// The members as cargo sees them.
pub(crate) fn members() -> Outcome<Vec<Member>> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).no_deps();
    let metadata = command.exec().map_err(|error| Stop::while_("cargo metadata", error))?;
    let packages = metadata.workspace_packages().into_iter();
    Ok(packages
        .map(|package| Member {
            name: package.name.to_string(),
            manifest: package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap_or(&package.manifest_path).to_string(),
            dependencies: package
                .dependencies
                .iter()
                .map(|dependency| Dependency { name: dependency.name.clone(), dev: dependency.kind == DependencyKind::Development })
                .collect(),
        })
        .collect())
}

pub(crate) fn check(members: &[Member]) -> Vec<Finding> {
    let known: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    members.iter().filter(|member| !member.manifest.starts_with("tests/")).flat_map(|member| member_findings(member, &known)).collect()
}

fn member_findings(member: &Member, known: &BTreeSet<&str>) -> Vec<Finding> {
    let says = |says: String| Finding { path: member.manifest.clone(), line: 1, says };
    let Some(reach) = reach().remove(member.name.as_str()) else {
        return vec![says(format!(
            "{} has no arrows: add it to ARROWS in crates/xtask/src/tidy/arrows.rs and to design.md's house",
            member.name
        ))];
    };
    let mut findings = Vec::new();
    for dependency in &member.dependencies {
        let name = dependency.name.as_str();
        if known.contains(name) {
            if !reach.contains(name) {
                findings
                    .push(says(format!("no arrow leads from {} to {name}: dependencies point down, never up or sideways", member.name)));
            }
        } else if dependency.dev {
            // A test may use a giant to check its own crate against, and serde to read its vectors.
        } else if let Some((_, doors)) = DOORS.iter().find(|(giant, _)| *giant == name) {
            if !doors.contains(&member.name.as_str()) {
                findings.push(says(format!("{} names {name}, which only {} may", member.name, doors.join(", "))));
            }
        } else if is_pure(&member.name) && !PURE_MAY_NAME.contains(&name) {
            findings.push(says(format!(
                "{} is pure and names {name}: if that crate has no I/O, clock or chance of its own, add it to PURE_MAY_NAME in crates/xtask/src/tidy/arrows.rs",
                member.name
            )));
        }
    }
    findings
}

fn is_pure(member: &str) -> bool {
    member.strip_prefix("sheaf-").is_some_and(|name| PURE.contains(&name))
}

/// Everything that each crate's arrows reach, step by step.
fn reach() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let direct: BTreeMap<&str, &[&'static str]> = ARROWS.iter().copied().collect();
    let mut reach = BTreeMap::new();
    for (name, arrows) in ARROWS {
        let mut reached = BTreeSet::new();
        let mut ahead: Vec<&'static str> = arrows.to_vec();
        while let Some(next) = ahead.pop() {
            if reached.insert(next) {
                ahead.extend(direct.get(next).copied().unwrap_or_default());
            }
        }
        reach.insert(*name, reached);
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, dependencies: &[&str]) -> Member {
        let dependencies = dependencies.iter().map(|name| Dependency { name: (*name).to_owned(), dev: false }).collect();
        Member { name: name.to_owned(), manifest: format!("crates/{name}/Cargo.toml"), dependencies }
    }

    fn complaints(name: &str, dependencies: &[&str]) -> usize {
        let others = ARROWS.iter().filter(|(other, _)| *other != name).map(|(other, _)| member(other, &[]));
        check(&others.chain([member(name, dependencies)]).collect::<Vec<_>>()).len()
    }

    #[test]
    fn an_arrow_up_or_sideways_is_found() {
        assert_eq!(complaints("sheaf-record", &["sheaf-base"]), 0);
        assert_eq!(complaints("sheaf-document", &["sheaf-base", "sheaf-schema", "sheaf-replica"]), 0, "what arrows reach may be named");
        assert_eq!(complaints("sheaf-record", &["sheaf-access"]), 1, "up");
        assert_eq!(complaints("sheaf-store", &["sheaf-record"]), 1, "sideways");
        assert_eq!(complaints("sheaf-replica", &["sheaf-record"]), 1, "sideways");
        assert_eq!(complaints("sheaf-relay", &["sheaf-replica"]), 1, "there is no yrs in a relay");
        assert_eq!(complaints("sheaf-engine", &["sheaf-desktop"]), 1, "nothing depends on the app");
        assert_eq!(complaints("sheaf-engine", &["xtask"]), 1);
    }

    #[test]
    fn a_giant_outside_its_door_is_found() {
        assert_eq!(complaints("sheaf-replica", &["yrs"]), 0);
        assert_eq!(complaints("sheaf-document", &["yrs"]), 1);
        assert_eq!(complaints("sheaf-engine", &["rusqlite", "iroh", "comrak", "tauri"]), 4);
    }

    #[test]
    fn a_pure_crate_with_a_clock_and_serde_below_the_engine_are_found() {
        assert_eq!(complaints("sheaf-record", &["blake3", "thiserror"]), 0);
        assert_eq!(complaints("sheaf-record", &["chrono"]), 1);
        assert_eq!(complaints("sheaf-protocol", &["tokio"]), 1);
        assert_eq!(complaints("sheaf-store", &["serde"]), 1);
    }

    #[test]
    fn a_member_without_arrows_is_found() {
        assert_eq!(check(&[member("sheaf-cellar", &[])]).len(), 1);
    }

    #[test]
    fn arrows_never_lead_back() {
        for (name, reached) in reach() {
            assert!(!reached.contains(name), "{name} reaches itself");
        }
    }
}
