//! The lanes of `cargo xtask test`: what each proves, what it runs, how many minutes it may take.
//!
//! A table, in the order of running. A step that cannot run here is counted as skipped, and says why.

use std::process::Command;

use crate::shell::{has, program, root, target};

/// One part of the whole test run.
pub(crate) struct Lane {
    pub(crate) name: &'static str,
    pub(crate) proves: &'static str,
    /// Minutes on two idle cores with everything built: printed beside what it took. A lane that takes longer is marked, not failed.
    pub(crate) budget: u64,
    pub(crate) steps: &'static [Step],
}

/// One program of a lane.
pub(crate) enum Step {
    /// `cargo xtask tidy`, in this process's own code.
    Tidy,
    /// `cargo fmt --check`.
    Format,
    /// Clippy over the whole workspace, warnings refused.
    Clippy,
    /// Licences, advisories and doors, where cargo-deny is installed.
    Deny,
    /// The tests of some packages.
    Cargo(&'static [&'static str]),
    /// Building some binaries that a later step starts.
    Build(&'static [&'static str]),
    /// An npm script of a folder.
    Npm(&'static str, &'static str),
    /// An npm script that needs a screen: under Xvfb, with a session bus of its own.
    Screen(&'static str, &'static str),
    /// `cargo xtask dist`.
    Dist,
}

const PURE: &[&str] = &[
    "sheaf-base",
    "sheaf-schema",
    "sheaf-sentence",
    "sheaf-markdown",
    "sheaf-replica",
    "sheaf-record",
    "sheaf-access",
    "sheaf-protocol",
    "sheaf-document",
    "xtask",
];

/// The binaries that tests start. Always built together: cargo unites the features of what is built at once, so that building
/// them one by one would compile half of their dependencies twice.
const PROGRAMS: &[&str] = &["sheaf-desktop", "sheaf-cli"];

/// All lanes.
pub(crate) const LANES: &[Lane] = &[
    Lane {
        name: "style",
        proves: "the rules that keep the house: tidy, format, lints, types",
        budget: 3,
        steps: &[
            Step::Tidy,
            Step::Format,
            Step::Npm("ui", "build"),
            Step::Clippy,
            Step::Deny,
            Step::Npm("ui", "check"),
            Step::Npm("ui", "lint"),
        ],
    },
    Lane {
        name: "unit",
        proves: "the pure crates and the page's parts; hostile bytes",
        budget: 3,
        steps: &[Step::Cargo(PURE), Step::Cargo(&["sheaf-fuzz"]), Step::Npm("ui", "test")],
    },
    Lane {
        name: "interop",
        proves: "golden bytes; Yjs reads what we write and the other way",
        budget: 1,
        steps: &[Step::Cargo(&["sheaf-interop"]), Step::Npm("tests/interop/js", "test")],
    },
    Lane { name: "simulation", proves: "the deterministic world, planted bugs included", budget: 8, steps: &[Step::Cargo(&["sheaf-sim"])] },
    Lane {
        name: "lane",
        proves: "the text lane, fuzzed with real editors",
        budget: 3,
        steps: &[Step::Build(PROGRAMS), Step::Npm("tests/e2e/js", "lane")],
    },
    Lane {
        name: "store",
        proves: "kill -9, faulty disks, old and newer databases, the files of attachments",
        budget: 2,
        steps: &[Step::Cargo(&["sheaf-store", "sheaf-blobs"])],
    },
    Lane {
        name: "quic",
        proves: "the command line, and real QUIC on loopback and across the network laboratory",
        budget: 6,
        steps: &[Step::Build(PROGRAMS), Step::Cargo(&["sheaf-transport", "sheaf-engine", "sheaf-cli", "sheaf-e2e"])],
    },
    Lane {
        name: "browsers",
        proves: "the page in Chromium and WebKitGTK against the real engine; Quill as a view",
        budget: 4,
        steps: &[
            Step::Npm("ui", "build"),
            Step::Build(PROGRAMS),
            Step::Screen("ui", "engines"),
            Step::Screen("tests/e2e/js", "browsers"),
            Step::Screen("tests/e2e/js", "quill"),
        ],
    },
    Lane {
        name: "windows",
        proves: "two real desktop apps on two profiles",
        budget: 3,
        steps: &[Step::Npm("ui", "build"), Step::Build(PROGRAMS), Step::Cargo(&["sheaf-desktop"]), Step::Screen("tests/e2e/js", "windows")],
    },
    Lane {
        name: "dist",
        proves: "the .deb installs, and the installed app starts",
        budget: 2,
        steps: &[Step::Npm("ui", "build"), Step::Dist],
    },
];

impl Step {
    /// Why this step cannot run on this machine.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        match self {
            Step::Deny if !has("cargo-deny") => Some("licences and sources are not checked: cargo-deny is not installed here"),
            _ => None,
        }
    }

    /// What to run. Tidy and dist run in this process's own binary, so that their output is captured alike.
    pub(crate) fn command(&self) -> Command {
        match self {
            Step::Tidy => myself("tidy"),
            Step::Dist => myself("dist"),
            Step::Format => program("cargo", &["fmt", "--all", "--check"]),
            Step::Clippy => program("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]),
            Step::Deny => program("cargo", &["deny", "--offline", "check", "licenses", "bans", "sources"]),
            Step::Cargo(packages) => cargo_tests(packages),
            Step::Build(packages) => packaged(program("cargo", &["build", "--locked"]), packages),
            Step::Npm(folder, script) => npm(program("npm", &[]), folder, script),
            Step::Screen(folder, script) => {
                npm(program("dbus-run-session", &["--", "xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "npm"]), folder, script)
            }
        }
    }
}

fn myself(command: &str) -> Command {
    let binary = std::env::current_exe().unwrap_or_else(|_| "cargo-xtask".into());
    program(&binary.to_string_lossy(), &[command])
}

fn cargo_tests(packages: &[&str]) -> Command {
    let command = if has("cargo-nextest") {
        program("cargo", &["nextest", "run", "--locked", "--no-fail-fast", "--profile", "ci"])
    } else {
        program("cargo", &["test", "--locked", "--no-fail-fast"])
    };
    with_our_binaries(packaged(command, packages))
}

fn npm(mut command: Command, folder: &str, script: &str) -> Command {
    command.args(["run", "--silent", script]).current_dir(root().join(folder));
    with_our_binaries(command)
}

/// Tests find the programs they start by these names.
fn with_our_binaries(mut command: Command) -> Command {
    let built = target().join("debug");
    command.env("SHEAF_BIN", built.join("sheaf")).env("SHEAF_APP", built.join("sheaf-desktop")).env("SHEAF_UI", root().join("ui/dist"));
    // Without this WebKitGTK waits for an accessibility bus that no test machine has: 39 s a start instead of 4.
    command.env("NO_AT_BRIDGE", "1");
    command
}

fn packaged(mut command: Command, packages: &[&str]) -> Command {
    for package in packages {
        command.args(["-p", package]);
    }
    command
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::setup;

    #[test]
    fn lanes_have_names_of_their_own_and_fit_into_the_run() {
        let mut names: Vec<_> = LANES.iter().map(|lane| lane.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LANES.len());
        assert!(LANES.iter().map(|lane| lane.budget).sum::<u64>() <= 35, "nothing may take long even when every lane uses its budget up");
    }

    #[test]
    fn every_step_of_npm_is_in_a_folder_that_setup_installs() {
        for step in LANES.iter().flat_map(|lane| lane.steps) {
            let (Step::Npm(folder, script) | Step::Screen(folder, script)) = step else { continue };
            assert!(setup::NPM_FOLDERS.contains(folder), "setup does not install {folder}");
            let manifest = std::fs::read_to_string(root().join(folder).join("package.json")).expect("the folder has a package.json");
            let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("it is JSON");
            assert!(manifest["scripts"][script].is_string(), "{folder} has no script {script}");
        }
    }

    #[test]
    fn every_package_with_tests_is_in_a_lane() {
        let tested: Vec<&str> = LANES
            .iter()
            .flat_map(|lane| lane.steps)
            .flat_map(|step| if let Step::Cargo(packages) = step { *packages } else { &[] })
            .copied()
            .collect();
        let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().expect("cargo knows its own workspace");
        for package in metadata.workspace_packages() {
            let sources = package.manifest_path.parent().expect("a manifest lies in a folder").as_std_path();
            if holds_tests(sources) {
                assert!(tested.contains(&package.name.as_str()), "the tests of {} are in no lane", package.name);
            }
        }
    }

    /// Whether any Rust source below holds a test.
    fn holds_tests(folder: &Path) -> bool {
        std::fs::read_dir(folder).expect("a source folder can be read").flatten().any(|entry| {
            let path = entry.path();
            if path.is_dir() {
                return !path.ends_with("node_modules") && !path.ends_with("target") && holds_tests(&path);
            }
            let is_rust = path.extension().is_some_and(|ending| ending == "rs");
            is_rust && std::fs::read_to_string(&path).is_ok_and(|text| text.contains("#[test]") || text.contains("::test]"))
        })
    }
}
