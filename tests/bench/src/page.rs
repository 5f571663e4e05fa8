//! The page's main thread for one key, and the whole way from a remote update to the transaction of the screen. The benchmarks are TypeScript,
//! beside the editor that they measure (ui/bench); this runs them.

use std::process::Command;

use crate::{Outcome, script};

pub(crate) fn measure() -> Outcome {
    let own = std::env::current_exe().map_err(|error| format!("this program does not know where it is: {error}"))?;
    for part in ["keystroke", "whole"] {
        let mut npm = Command::new("npm");
        npm.args(["run", "--silent", part]).current_dir(script::root().join("ui/bench")).env("SHEAF_BENCH", &own);
        let status = npm.status().map_err(|error| format!("cannot start npm: {error}"))?;
        if !status.success() {
            return Err(format!("`npm run {part}` in ui/bench failed ({status})"));
        }
    }
    Ok(())
}
