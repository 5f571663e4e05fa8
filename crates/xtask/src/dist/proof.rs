//! The package, installed and used: as apt does it where that harms nobody, else unpacked beside the system.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{APP_ID, PACKAGE};
use crate::shell::{Outcome, Stop, must, program, read, root, spoken, target};

/// Where the package's files are during the proof.
enum Place {
    /// Installed by apt; removed again afterwards.
    System,
    /// Unpacked into a folder.
    Folder(PathBuf),
}

/// Installs, looks, starts, removes. Prints one line per check and a count at the end.
pub(super) fn prove(package: &Path) -> Outcome {
    let place = install(package)?;
    let root_of_place = match &place {
        Place::System => PathBuf::from("/"),
        Place::Folder(folder) => folder.clone(),
    };
    let checks: [(&str, Check); 4] = [
        ("every file is where it belongs", files_are_there),
        ("the desktop entry is valid", entry_is_valid),
        ("`sheaf id` prints a device id", command_line_works),
        ("the app starts and shows its page", app_starts),
    ];
    let mut failed = 0;
    for (name, check) in checks {
        match check(&root_of_place) {
            Ok(()) => println!("dist: ok: {name}"),
            Err(Stop(reason)) => {
                failed += 1;
                println!("dist: FAILED: {name}: {reason}");
            }
        }
    }
    remove(&place)?;
    println!("{} passed, {failed} failed", checks.len() - failed);
    if failed == 0 { Ok(()) } else { Err(Stop(format!("{failed} check(s) of the package failed"))) }
}

type Check = fn(&Path) -> Outcome;

/// A person's own Sheaf is never replaced by a test: apt is used only by root, where none is installed.
fn install(package: &Path) -> Outcome<Place> {
    let as_root = read(Command::new("id").arg("-u"))?.trim() == "0";
    let present = Command::new("dpkg-query").args(["--show", PACKAGE]).output().is_ok_and(|output| output.status.success());
    if as_root && !present {
        println!("dist: installing with apt");
        let mut apt = Command::new("apt-get");
        must(apt.args(["install", "-y", "-q", "--no-install-recommends"]).arg(package).env("DEBIAN_FRONTEND", "noninteractive"))?;
        return Ok(Place::System);
    }
    println!("dist: unpacking beside the system ({})", if present { "a Sheaf is installed here" } else { "not root" });
    let folder = target().join("dist/unpacked");
    let _ = std::fs::remove_dir_all(&folder);
    must(program("dpkg-deb", &["--extract"]).arg(package).arg(&folder))?;
    Ok(Place::Folder(folder))
}

fn remove(place: &Place) -> Outcome {
    match place {
        Place::System => must(Command::new("apt-get").args(["purge", "-y", "-q", PACKAGE]).env("DEBIAN_FRONTEND", "noninteractive")),
        Place::Folder(_) => Ok(()),
    }
}

fn files_are_there(place: &Path) -> Outcome {
    let wanted = [
        "usr/bin/sheaf-desktop".to_owned(),
        "usr/bin/sheaf".to_owned(),
        format!("usr/share/applications/{APP_ID}.desktop"),
        format!("usr/share/mime/packages/{APP_ID}.xml"),
        format!("usr/share/icons/hicolor/scalable/apps/{APP_ID}.svg"),
        format!("usr/share/icons/hicolor/256x256/apps/{APP_ID}.png"),
        format!("usr/share/doc/{PACKAGE}/copyright"),
    ];
    let missing: Vec<String> = wanted.into_iter().filter(|path| !place.join(path).is_file()).collect();
    if missing.is_empty() { Ok(()) } else { Err(Stop(format!("missing: {}", missing.join(", ")))) }
}

fn entry_is_valid(place: &Path) -> Outcome {
    must(program("desktop-file-validate", &[]).arg(place.join(format!("usr/share/applications/{APP_ID}.desktop"))))
}

fn command_line_works(place: &Path) -> Outcome {
    let home = target().join("dist/home-of-the-command");
    let _ = std::fs::remove_dir_all(&home);
    let mut command = Command::new(place.join("usr/bin/sheaf"));
    command.arg("--home").arg(&home).arg("id");
    let said = spoken(&command);
    let id = read(&mut command)?;
    let id = id.trim();
    let is_id = id.len() == 64 && id.chars().all(|letter| letter.is_ascii_hexdigit());
    if is_id { Ok(()) } else { Err(Stop(format!("`{said}` printed {id:?}"))) }
}

fn app_starts(place: &Path) -> Outcome {
    let home = target().join("dist/home-of-the-app");
    let _ = std::fs::remove_dir_all(&home);
    let mut under_a_screen = program("dbus-run-session", &["--", "xvfb-run", "-a", "-s", "-screen 0 1280x900x24", "node"]);
    under_a_screen.arg(root().join("tests/e2e/js/windows/starts.mjs")).arg(place.join("usr/bin/sheaf-desktop")).arg(&home);
    must(under_a_screen.env("NO_AT_BRIDGE", "1"))
}
