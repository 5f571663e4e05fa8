//! The lanes of `cargo xtask test`: what each proves, what it runs, how many minutes it may take.
//!
//! A table, in the order of running. A step whose package or script does not exist yet is left out, and a lane without steps
//! is shown as "not built yet": never as passed.

use std::path::Path;
use std::process::Command;

use crate::setup;
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
    Lane { name: "unit", proves: "the pure crates and the page's parts", budget: 3, steps: &[Step::Cargo(PURE), Step::Npm("ui", "test")] },
    Lane {
        name: "interop",
        proves: "golden bytes; Yjs reads what we write and the other way",
        budget: 1,
        steps: &[Step::Cargo(&["sheaf-interop"]), Step::Npm("tests/interop/js", "test")],
    },
    Lane { name: "simulation", proves: "the deterministic world, planted bugs included", budget: 5, steps: &[Step::Cargo(&["sheaf-sim"])] },
    Lane {
        name: "lane",
        proves: "the text lane, fuzzed with real editors",
        budget: 3,
        steps: &[Step::Build(PROGRAMS), Step::Npm("tests/e2e/js", "lane")],
    },
    Lane { name: "store", proves: "kill -9, faulty disks, old and newer databases", budget: 2, steps: &[Step::Cargo(&["sheaf-store"])] },
    Lane {
        name: "quic",
        proves: "the command line, and real QUIC on loopback",
        budget: 5,
        steps: &[Step::Build(PROGRAMS), Step::Cargo(&["sheaf-transport", "sheaf-engine", "sheaf-cli", "sheaf-e2e"])],
    },
    Lane {
        name: "browsers",
        proves: "the page in Chromium and WebKitGTK against the real engine; Quill as a view",
        budget: 5,
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

impl Lane {
    /// The steps that can run today: their tests, script or program exist.
    pub(crate) fn built(&self) -> Vec<&Step> {
        let built: Vec<&Step> = self.steps.iter().filter(|step| step.is_built()).collect();
        // Preparing something that no test uses proves nothing.
        if built.iter().any(|step| step.proves_something()) { built } else { Vec::new() }
    }
}

impl Step {
    fn is_built(&self) -> bool {
        match self {
            Step::Tidy | Step::Format | Step::Clippy => true,
            Step::Deny => has("cargo-deny"),
            Step::Cargo(packages) => packages.iter().any(|package| has_tests(package)),
            Step::Build(packages) => packages.iter().all(|package| is_written(package)),
            Step::Npm(folder, script) | Step::Screen(folder, script) => has_script(folder, script),
            Step::Dist => is_written("sheaf-desktop") && is_written("sheaf-cli") && root().join("ui/package.json").exists(),
        }
    }

    fn proves_something(&self) -> bool {
        match self {
            Step::Build(_) | Step::Npm(_, "build") => false,
            Step::Tidy | Step::Format | Step::Clippy | Step::Deny | Step::Cargo(_) | Step::Npm(..) | Step::Screen(..) | Step::Dist => true,
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
    let tested: Vec<&str> = packages.iter().copied().filter(|package| has_tests(package)).collect();
    let command = if has("cargo-nextest") {
        program("cargo", &["nextest", "run", "--locked", "--no-fail-fast", "--profile", "ci"])
    } else {
        program("cargo", &["test", "--locked", "--no-fail-fast"])
    };
    with_our_binaries(packaged(command, &tested))
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

fn has_script(folder: &str, script: &str) -> bool {
    debug_assert!(setup::NPM_FOLDERS.contains(&folder), "setup installs {folder}");
    let Ok(manifest) = std::fs::read_to_string(root().join(folder).join("package.json")) else { return false };
    serde_json::from_str::<serde_json::Value>(&manifest).is_ok_and(|manifest| manifest["scripts"][script].is_string())
}

fn folder_of(package: &str) -> Option<std::path::PathBuf> {
    let name = package.strip_prefix("sheaf-").unwrap_or(package);
    let places = ["crates", "tests"].map(|parent| root().join(parent).join(name));
    if package == "sheaf-desktop" {
        Some(root().join("src-tauri"))
    } else {
        places.into_iter().find(|place| place.join("Cargo.toml").exists())
    }
}

/// Whether a package holds a test at all.
fn has_tests(package: &str) -> bool {
    folder_of(package)
        .is_some_and(|folder| any_rust(&folder, &|text| text.contains("#[test]") || text.contains("::test]") || text.contains("proptest!")))
}

/// Whether a package is more than the empty room it began as.
fn is_written(package: &str) -> bool {
    let Some(folder) = folder_of(package) else { return false };
    ["src/main.rs", "src/lib.rs"]
        .iter()
        .filter_map(|file| std::fs::read_to_string(folder.join(file)).ok())
        .any(|text| text.lines().count() > 4)
}

fn any_rust(folder: &Path, holds: &dyn Fn(&str) -> bool) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return !path.ends_with("node_modules") && !path.ends_with("target") && any_rust(&path, holds);
        }
        path.extension().is_some_and(|ending| ending == "rs") && std::fs::read_to_string(&path).is_ok_and(|text| holds(&text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_have_names_of_their_own_and_fit_into_the_run() {
        let mut names: Vec<_> = LANES.iter().map(|lane| lane.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LANES.len());
        assert!(LANES.iter().map(|lane| lane.budget).sum::<u64>() <= 35, "nothing may take long even when every lane uses its budget up");
    }

    #[test]
    fn a_lane_that_would_only_build_is_not_built_yet() {
        let lane =
            Lane { name: "empty", proves: "nothing", budget: 1, steps: &[Step::Npm("ui", "build"), Step::Npm("ui", "no-such-script")] };
        assert!(lane.built().is_empty());
    }
}
