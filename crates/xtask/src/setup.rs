//! Installs what building and testing need and this machine lacks, and says what and why.
//!
//! Debian packages through apt, npm packages through `npm ci`. Talks to nothing but package registries, and never changes
//! a machine that already has everything.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::shell::{Outcome, Stop, has, must, program, read, root};

/// How much of the list is wanted: opening the app needs less than testing it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Need {
    /// To build and open the app.
    Window,
    /// To run every test besides.
    Test,
}

struct Package {
    name: &'static str,
    need: Need,
    why: &'static str,
}

const PACKAGES: &[Package] = &[
    Package { name: "build-essential", need: Need::Window, why: "a C compiler: SQLite and zstd are built from source" },
    Package { name: "pkg-config", need: Need::Window, why: "finds the system libraries below" },
    Package { name: "libwebkit2gtk-4.1-dev", need: Need::Window, why: "the window is a WebKitGTK view" },
    Package {
        name: "libayatana-appindicator3-1",
        need: Need::Window,
        why: "puts Sheaf into the tray, for who wants it to go on without a window",
    },
    Package { name: "webkit2gtk-driver", need: Need::Test, why: "drives real WebKitGTK windows in tests" },
    Package { name: "xvfb", need: Need::Test, why: "a screen without a monitor, for windows in tests" },
    Package { name: "xauth", need: Need::Test, why: "xvfb-run needs it" },
    Package { name: "xclip", need: Need::Test, why: "the other program that a window shares the clipboard with in tests" },
    Package { name: "dbus-daemon", need: Need::Test, why: "a session bus of their own for windows in tests" },
    Package { name: "chromium", need: Need::Test, why: "the second browser engine that tests run in" },
    Package { name: "chromium-driver", need: Need::Test, why: "drives Chromium in tests" },
    Package { name: "desktop-file-utils", need: Need::Test, why: "checks the .desktop entry of the package" },
    Package {
        name: "iproute2",
        need: Need::Test,
        why: "networks of their own, for the test that nothing leaves the machine and the laboratory",
    },
    Package { name: "nftables", need: Need::Test, why: "the routers of the network laboratory" },
    Package { name: "socat", need: Need::Test, why: "the lines of the network laboratory, where packets are lost and late" },
];

/// Folders with a package.json of ours that tests need. (The peers that benches measure beside are installed by `cargo xtask bench`.)
pub(crate) const NPM_FOLDERS: &[&str] = &["ui", "tests/interop/js", "tests/e2e/js"];

/// The file in `node_modules` that says which lock file it was installed from.
const NPM_STAMP: &str = "node_modules/.sheaf-lock";

/// Installs what is missing for `need`.
pub(crate) fn install(need: Need) -> Outcome {
    system(need)?;
    for folder in NPM_FOLDERS {
        npm(folder)?;
    }
    Ok(())
}

fn system(need: Need) -> Outcome {
    let wanted: Vec<&Package> = PACKAGES.iter().filter(|package| package.need <= need).collect();
    if !has("dpkg-query") || !has("apt-get") {
        return by_hand(&wanted);
    }
    let missing = missing(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("setup: this machine lacks {} system package(s):", missing.len());
    for package in &missing {
        println!("  {:<24} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    apt(&names)
}

/// On a system that is not Debian's kin we install nothing; we say what is needed, once it turns out to be missing.
fn by_hand(wanted: &[&Package]) -> Outcome {
    let webkit = Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]).status().is_ok_and(|status| status.success());
    if webkit {
        return Ok(());
    }
    let list: String = wanted.iter().map(|package| format!("\n  {:<24} {}", package.name, package.why)).collect();
    Err(Stop(format!("this is not a Debian system, so please install by hand what these Debian packages hold:{list}")))
}

fn missing<'list>(wanted: &[&'list Package]) -> Outcome<Vec<&'list Package>> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${Package} ${db:Status-Status}\n"]).args(wanted.iter().map(|package| package.name));
    // dpkg-query complains, and fails, about each package it has never heard of: exactly the ones we look for.
    let output = query.stderr(Stdio::null()).output().map_err(|error| Stop::while_("cannot start dpkg-query", error))?;
    let known = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(wanted.iter().copied().filter(|package| !is_installed(&known, package.name)).collect())
}

fn is_installed(known: &str, name: &str) -> bool {
    known.lines().any(|line| line.split_once(' ') == Some((name, "installed")))
}

fn apt(names: &[&str]) -> Outcome {
    let as_root = read(Command::new("id").arg("-u"))?.trim() == "0";
    let quiet_sudo = || Command::new("sudo").args(["-n", "true"]).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !as_root && !quiet_sudo() {
        let command = format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", names.join(" "));
        return Err(Stop(format!("installing them needs root. Please run this, then the same cargo xtask again:\n\n  {command}\n")));
    }
    let apt = |arguments: &[&str]| {
        let mut command = if as_root { Command::new("apt-get") } else { Command::new("sudo") };
        if !as_root {
            command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments).stdin(Stdio::null());
        command
    };
    must(&mut apt(&["update", "-q"]))?;
    must(apt(&["install", "-y", "-q", "--no-install-recommends"]).args(names))
}

/// Installs a folder's npm packages when its lock file is not the one they were installed from.
pub(crate) fn npm(folder: &str) -> Outcome {
    let place = root().join(folder);
    if !place.join("package.json").exists() {
        return Ok(());
    }
    if !has("npm") {
        return Err(Stop(format!(
            "{folder} needs Node.js 20.19 or later with npm, and there is no npm here: install Node.js (nodejs.org)"
        )));
    }
    let lock = std::fs::read_to_string(place.join("package-lock.json")).map_err(|error| {
        Stop::while_(format_args!("{folder} has a package.json but no readable package-lock.json (`npm install` makes one)"), error)
    })?;
    if is_current(&place, &lock) {
        return Ok(());
    }
    println!("setup: npm packages of {folder}: its package-lock.json is not the one they were installed from");
    must(program("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&place))?;
    // A folder without dependencies gets no node_modules from npm.
    let stamp = place.join(NPM_STAMP);
    let written = std::fs::create_dir_all(place.join("node_modules")).and_then(|()| std::fs::write(stamp, lock));
    written.map_err(|error| Stop::while_(format_args!("cannot write {folder}/{NPM_STAMP}"), error))
}

fn is_current(place: &Path, lock: &str) -> bool {
    std::fs::read_to_string(place.join(NPM_STAMP)).is_ok_and(|installed| installed == lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_package_counts_as_missing() {
        let known = "xvfb installed\nxauth config-files\n";
        assert!(is_installed(known, "xvfb"));
        assert!(!is_installed(known, "xauth"), "only its configuration is left");
        assert!(!is_installed(known, "chromium"));
    }

    #[test]
    fn opening_the_app_needs_no_browser() {
        let window: Vec<_> = PACKAGES.iter().filter(|package| package.need <= Need::Window).map(|package| package.name).collect();
        assert!(window.contains(&"libwebkit2gtk-4.1-dev"));
        assert!(!window.contains(&"chromium"));
    }
}
