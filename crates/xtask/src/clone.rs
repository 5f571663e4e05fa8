//! `cargo xtask ci`: what CI does, here: a fresh clone of HEAD with `shared/` beside it, and `.ci/run` in it.
//!
//! Finds what a working tree hides: files that were never committed, folders that only exist here.

use std::process::Command;

use crate::shell::{Outcome, Stop, must, program, root};

/// Clones and runs. Leaves the clone behind when it fails, and says where.
pub(crate) fn ci() -> Outcome {
    let place = std::env::temp_dir().join(format!("sheaf-ci-{}", std::process::id()));
    let clone = place.join("main");
    std::fs::create_dir_all(&place).map_err(|error| Stop::while_(format_args!("cannot make {}", place.display()), error))?;
    must(program("git", &["clone", "--quiet", "."]).arg(&clone))?;
    let shared = root().join("../shared");
    if shared.exists() {
        must(Command::new("cp").arg("-r").arg(&shared).arg(place.join("shared")))?;
    }
    must(Command::new("bash").arg(".ci/run").current_dir(&clone).env("CI", "true").env_remove("CARGO_TARGET_DIR"))
        .map_err(|Stop(reason)| Stop(format!("{reason}; the clone is in {}", clone.display())))?;
    std::fs::remove_dir_all(&place).map_err(|error| Stop::while_(format_args!("cannot remove {}", place.display()), error))
}
