//! Sheaf's window: a frame around the page, and the page's one line to the engine.
//!
//! Decides nothing. It starts the engine on a profile, shows the page, carries lane messages both ways, and settles what
//! only a window can: colours at the start, where it stood last, links that leave. Alone names tauri.

mod arguments;
mod clipboard;
mod first;
mod lanes;
mod links;
mod log;
mod remembered;
mod starting;
mod tray;
mod view;
mod webkit;
mod window;

use std::process::ExitCode;

use arguments::{Arguments, USAGE};
use starting::Language;

fn main() -> ExitCode {
    webkit::settle_environment();
    let arguments = match Arguments::read(std::env::args_os().skip(1), std::env::var_os("SHEAF_HOME")) {
        Ok(arguments) => arguments,
        Err(mistake) => {
            eprintln!("sheaf-desktop: {mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.help || arguments.version {
        println!("{}", if arguments.help { USAGE } else { concat!("sheaf-desktop ", env!("CARGO_PKG_VERSION")) });
        return ExitCode::SUCCESS;
    }
    match window::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("sheaf-desktop: {why}");
            webkit::say(&why.words(Language::of(&webkit::locales())));
            ExitCode::FAILURE
        }
    }
}
