//! `sheaf`: everything the app can do, without a window.
//!
//! A command is one request of the control lane (`docs/lane.md`), answered by the node that has the profile open, over its control
//! socket, or, when there is none, by an engine in this process. Decides nothing itself. What a command prints on stdout is its result and
//! nothing else; sentences go to stderr. Exit 0: done, and durable. 1: failed, and why. 2: the command line makes no sense.

mod arguments;
mod attachments;
mod bridge;
mod commands;
mod devices;
mod logging;
mod members;
mod metrics;
mod node;
mod print;
mod replay;
mod reviews;
mod up;
mod waiting;
mod who;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            print::sentence(&sentence);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let home = arguments.home()?;
    match arguments.command {
        Command::Replay { file } => replay::run(&file, arguments.json),
        Command::Up(up) => up::run(home, up, arguments.json).await,
        command => {
            logging::to_stderr();
            commands::run(home, command, arguments.json).await
        }
    }
}
