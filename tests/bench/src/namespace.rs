//! A network of one's own: a namespace with nothing but loopback, where every byte belongs to what is measured; and profiles in memory.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::script::Measured;
use crate::{Outcome, script};

/// What runs a program in a network of its own.
pub(crate) const OWN: [&str; 7] = ["unshare", "--net", "--map-root-user", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"];

/// A folder in memory.
const MEMORY: &str = "/dev/shm";

/// Whether this machine can do that. If not, says so.
pub(crate) fn is_there() -> bool {
    let tried = Command::new(OWN[0]).args(&OWN[1..]).arg("true").status();
    let is_there = tried.is_ok_and(|status| status.success());
    if !is_there {
        println!("SKIPPED: this needs `unshare --net --map-root-user` and `ip`: bytes are counted on a loopback that nobody else uses");
    }
    is_there
}

/// A folder in memory, where there is such a place: for profiles that are prepared with one durable commit for each of many keys.
pub(crate) fn memory() -> Outcome<TempDir> {
    let memory = Path::new(MEMORY);
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.map_err(|error| format!("no temporary folder: {error}"))
}

/// A step of [`crate::apart`] on the profiles in a folder, in a process and a network of its own.
pub(crate) fn apart(step: &[&str], folder: &Path, edits: Option<&Path>, environment: &[(&str, &str)]) -> Outcome<Measured> {
    let own = std::env::current_exe().map_err(|error| format!("this program is nowhere: {error}"))?;
    let mut command = Command::new(OWN[0]);
    command.args(&OWN[1..]).arg(own).arg("apart").args(step).arg(folder);
    command.args(edits).env("SHEAF_NETWORK", "direct").env("SHEAF_BIND", "127.0.0.1").envs(environment.iter().copied());
    script::read(&mut command)
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("cannot copy {}: {error}", from.display());
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target).map_err(failed)?;
        }
    }
    Ok(())
}
