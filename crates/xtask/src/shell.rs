//! Running other programs, and knowing where things are.
//!
//! Never decides what to run; never hides what a program printed.

use std::fmt::Display;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A sentence that says what went wrong and what to do.
#[derive(Debug)]
pub(crate) struct Stop(pub(crate) String);

pub(crate) type Outcome<T = ()> = Result<T, Stop>;

impl Stop {
    /// For an error of the system: says which action failed on which thing.
    pub(crate) fn while_(action: impl Display, error: impl Display) -> Self {
        Stop(format!("{action}: {error}"))
    }
}

/// The workspace's folder. All paths below are relative to it. The one that cargo runs us from comes first: in a target folder that several
/// clones share, this program may have been built in another one.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors().nth(2).expect("crates/xtask lies two folders below the root").to_path_buf()
}

/// Where cargo builds. In CI outside the clone, so that the next run finds it warm.
pub(crate) fn target() -> PathBuf {
    if let Some(folder) = std::env::var_os("CARGO_TARGET_DIR") {
        return PathBuf::from(folder);
    }
    if std::env::var("CI").is_ok_and(|value| value == "true") {
        let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
        return std::env::var_os("SHEAF_CACHE").map_or_else(|| home.join(".cache/sheaf"), PathBuf::from).join("target");
    }
    root().join("target")
}

/// A program to be run in the root, building where [`target`] says.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root()).env("CARGO_TARGET_DIR", target());
    command
}

/// Runs to the end, its output on ours.
pub(crate) fn must(command: &mut Command) -> Outcome {
    let said = spoken(command);
    let status = command.status().map_err(|error| Stop::while_(format_args!("cannot start `{said}`"), error))?;
    if status.success() { Ok(()) } else { Err(Stop(format!("`{said}` failed ({status})"))) }
}

/// Runs to the end and gives what it printed; its complaints stay on ours.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let said = spoken(command);
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| Stop::while_(format_args!("cannot start `{said}`"), error))?;
    if !output.status.success() {
        return Err(Stop(format!("`{said}` failed ({})", output.status)));
    }
    String::from_utf8(output.stdout).map_err(|error| Stop::while_(format_args!("`{said}` printed something that is not text"), error))
}

/// Whether a program of this name can be found.
pub(crate) fn has(name: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// The command as a person would type it.
pub(crate) fn spoken(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
