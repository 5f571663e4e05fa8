//! `cargo xtask run`: from a fresh clone to the open app, in one command.

use crate::setup;
use crate::shell::{Outcome, must, program, root, target};

/// Sets up, builds the page and the app, and opens it. Ends when the app does.
pub(crate) fn open(arguments: &[String]) -> Outcome {
    let (ours, theirs): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|argument| *argument == "--release");
    let release = !ours.is_empty();
    setup::install(setup::Need::Window)?;
    page()?;
    let mut build = program("cargo", &["build", "--locked", "-p", "sheaf-desktop", "-p", "sheaf-cli"]);
    if release {
        build.arg("--release");
    }
    must(&mut build)?;
    let app = target().join(if release { "release" } else { "debug" }).join("sheaf-desktop");
    must(program(&app.to_string_lossy(), &[]).args(theirs))
}

/// Builds the page into ui/dist, which the app embeds.
pub(crate) fn page() -> Outcome {
    must(program("npm", &["run", "--silent", "build"]).current_dir(root().join("ui")))
}
