//! What can be wrong with a profile or a ticket, each with a sentence and nothing changed.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::profile::Profile;

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.is_file()).map(|path| (path.clone(), std::fs::read(&path).expect("a file"))).collect()
}

/// A profile with a document, and something done to its database.
fn damaged(damage: impl FnOnce(&Path)) -> Profile {
    let profile = Profile::new();
    profile.line(&["new", "Precious"]);
    damage(&profile.home().join("sheaf.db"));
    profile
}

fn refuses_and_touches_nothing(profile: &Profile, sentence: &str) {
    let before = contents(&profile.home());
    for arguments in [&["list"][..], &["new", "More"], &["up"]] {
        let failed = profile.fails(arguments);
        assert!(failed.code == 1 && failed.stderr.contains(sentence), "sheaf {arguments:?}: {}", failed.stderr);
        assert_eq!(failed.stderr.lines().count(), 1, "one sentence, no backtrace: {}", failed.stderr);
    }
    assert!(contents(&profile.home()) == before, "something was changed");
}

#[test]
fn a_newer_database_is_left_alone() {
    let profile = damaged(|path| {
        let mut bytes = std::fs::read(path).expect("there");
        bytes[60..64].copy_from_slice(&77u32.to_be_bytes());
        std::fs::write(path, bytes).expect("writable");
    });
    refuses_and_touches_nothing(&profile, "newer Sheaf");
}

#[test]
fn a_damaged_database_is_left_alone() {
    let truncated = damaged(|path| std::fs::write(path, "SQLite form").expect("writable"));
    refuses_and_touches_nothing(&truncated, "not a Sheaf database");
    let scribbled = damaged(|path| {
        let mut bytes = std::fs::read(path).expect("there");
        bytes[100..4096].fill(0xaa);
        std::fs::write(path, bytes).expect("writable");
    });
    refuses_and_touches_nothing(&scribbled, "damaged");
}

#[test]
fn a_lost_or_foreign_key_is_not_replaced() {
    let profile = damaged(|path| std::fs::remove_file(path.with_file_name("device.key")).expect("removable"));
    refuses_and_touches_nothing(&profile, "device.key");
    let profile = damaged(|path| std::fs::write(path.with_file_name("device.key"), "00".repeat(32)).expect("writable"));
    refuses_and_touches_nothing(&profile, "backup");
    let profile = damaged(|path| std::fs::write(path.with_file_name("device.key"), "nonsense").expect("writable"));
    refuses_and_touches_nothing(&profile, "64 hexadecimal digits");
}

#[test]
fn a_folder_that_cannot_be_written_says_so() {
    let profile = Profile::new();
    let file = profile.file("file", "not a folder");
    let failed = profile.fails(&["--home", file.join("home").to_str().expect("a path"), "list"]);
    assert!(failed.code == 1 && failed.stderr.contains("file/home"), "{}", failed.stderr);
    profile.line(&["new", "Precious"]);
    std::fs::set_permissions(profile.home(), std::fs::Permissions::from_mode(0o500)).expect("ours");
    if std::fs::write(profile.home().join("probe"), "x").is_ok() {
        eprintln!("SKIPPED in part: this user may write everywhere (root)");
        return;
    }
    let failed = profile.fails(&["new", "More"]);
    std::fs::set_permissions(profile.home(), std::fs::Permissions::from_mode(0o700)).expect("ours");
    assert!(failed.code == 1 && failed.stderr.contains("home"), "{}", failed.stderr);
}

/// A disk of its own for a profile; unmounted when the story ends. `None`: only root may mount.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf, size: &str) -> Option<Disk> {
        std::fs::create_dir_all(&at).expect("a folder");
        let options = format!("size={size},mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "sheaf-story"]).arg(&at).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Disk(at));
        }
        eprintln!("SKIPPED: a disk of its own needs root to mount a tmpfs");
        None
    }

    fn remount(&self, how: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status();
        assert!(done.is_ok_and(|status| status.success()), "remounted {how}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} stays mounted", self.0.display());
    }
}

#[test]
fn a_disk_that_may_only_be_read_says_so_and_keeps_what_it_holds() {
    let profile = Profile::new();
    let Some(disk) = Disk::mount(profile.home(), "16m") else { return };
    let id = profile.line(&["new", "Precious", "--from", profile.file("p.md", "Words.\n").to_str().expect("a path")]);
    let before = contents(&profile.home());
    disk.remount("ro");
    for arguments in [&["new", "More"][..], &["write", &id, "-"], &["list"], &["up"]] {
        let failed = profile.fails_with(arguments, b"Other words.\n");
        let plain = failed.stderr.contains("read-only") || failed.stderr.contains("Read-only");
        assert!(failed.code == 1 && plain && failed.stderr.lines().count() == 1, "sheaf {arguments:?}: {}", failed.stderr);
    }
    disk.remount("rw");
    assert!(contents(&profile.home()) == before, "something was changed");
    assert_eq!(profile.ok(&["show", &id]).stdout, "Words.\n");
}

#[test]
fn a_full_disk_says_so_and_loses_nothing() {
    let profile = Profile::new();
    let Some(disk) = Disk::mount(profile.home(), "2m") else { return };
    let id = profile.line(&["new", "Precious", "--from", profile.file("p.md", "Words.\n").to_str().expect("a path")]);
    let long: String = (0..400_000).map(|number| format!("{number:x} ")).collect::<String>() + "\n";
    let ballast = profile.home().join("ballast");
    std::fs::write(&ballast, vec![0; 1 << 20]).expect("room for ballast");
    let from = profile.file("long.md", &long);
    for arguments in [&["write", &id, "-"][..], &["new", "More", "--from", from.to_str().expect("a path")]] {
        let failed = profile.fails_with(arguments, long.as_bytes());
        assert!(failed.code == 1 && failed.stderr.contains("full"), "sheaf {arguments:?}: {}", failed.stderr);
        assert_eq!(failed.stderr.lines().count(), 1, "{}", failed.stderr);
    }
    assert_eq!(profile.ok(&["show", &id]).stdout, "Words.\n", "all or nothing");
    assert_eq!(profile.json(&["list"]).len(), 1);
    disk.remount("size=64m");
    profile.ok_with(&["write", &id, "-"], long.as_bytes());
    assert_eq!(profile.ok(&["show", &id]).stdout.trim(), long.trim());
}

#[test]
fn what_is_no_ticket_is_refused_in_plain_words() {
    let profile = Profile::new();
    profile.line(&["new", "Mine"]);
    let ticket = profile.line(&["share", "Mine"]);
    let mut altered = ticket.clone().into_bytes();
    altered[40] = if altered[40] == b'a' { b'b' } else { b'a' };
    let altered = String::from_utf8(altered).expect("letters");
    for (text, sentence) in [
        ("", "no invitation"),
        ("hello", "not an invitation"),
        (&ticket[..ticket.len() - 3], "not complete"),
        (altered.as_str(), "not complete"),
        (&format!("{} {}", &ticket[..30], &ticket[30..]), "one piece"),
        (&"sheaf".repeat(2000), "longer than any"),
    ] {
        for arguments in [vec!["join", text], vec!["join", text, "--preview"]] {
            let failed = profile.fails(&arguments);
            assert!(failed.code == 1 && failed.stderr.contains(sentence), "{text:.40}: {}", failed.stderr);
        }
    }
    assert_eq!(profile.json(&["list"]).len(), 1);
}

#[test]
fn a_title_is_a_line_of_text() {
    let profile = Profile::new();
    for title in ["", "   ", "two\nlines", &"x".repeat(401)] {
        let failed = profile.fails(&["new", title]);
        assert!(failed.code == 1 && failed.stderr.contains("title"), "{title:?}: {}", failed.stderr);
    }
    assert_eq!(profile.json(&["list"]).len(), 0);
}

#[test]
fn before_the_first_share_no_socket_is_open_but_the_local_one() {
    let profile = Profile::new();
    profile.line(&["new", "Private"]);
    let command = profile.command(&["--json", "up"]);
    let mut alone = Command::new("unshare");
    alone.arg("--net").arg(command.get_program()).args(command.get_args());
    alone.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?)))).env_remove("SHEAF_NETWORK");
    if !Command::new("unshare").args(["--net", "true"]).status().is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: an empty network needs root");
        return;
    }
    let up = crate::profile::Up::start(alone);
    profile.ok(&["list"]);
    profile.ok(&["status"]);
    for kind in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] {
        let table = std::fs::read_to_string(format!("/proc/{}/net/{kind}", up.child.id())).unwrap_or_default();
        assert!(table.lines().count() <= 1, "{kind}: {table}");
    }
    assert!(up.stop().success());
}
