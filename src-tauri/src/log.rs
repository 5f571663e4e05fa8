//! What went on, for the person who is asked to send it along: `logs/window.log` in the profile.
//!
//! Holds no text, title or name (the engine's crates promise that), and never grows beyond two files.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

const NAME: &str = "window.log";
const BEFORE: &str = "window.log.before";

/// A log that is longer is put aside at the next start, in the place of the one put aside before.
const BYTES_MAX: u64 = 1024 * 1024;

/// Writes what is logged from now on into `folder`. `SHEAF_LOG` says how much (`debug`, `sheaf_engine=trace`, ...). Without a
/// place to write, nothing is logged: that must not keep a window from opening.
pub(crate) fn begin(folder: &Path) {
    let filter = EnvFilter::try_from_env("SHEAF_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    if let Ok(file) = open(folder) {
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).try_init();
    }
}

fn open(folder: &Path) -> std::io::Result<File> {
    let path = folder.join(NAME);
    if std::fs::metadata(&path).is_ok_and(|found| found.len() > BYTES_MAX) {
        std::fs::rename(&path, folder.join(BEFORE))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_is_put_aside_once() {
        let folder = std::env::temp_dir().join(format!("sheaf-window-log-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(NAME), vec![b'x'; BYTES_MAX as usize + 1]).unwrap();
        assert_eq!(open(&folder).unwrap().metadata().unwrap().len(), 0);
        assert!(folder.join(BEFORE).exists());
        std::fs::write(folder.join(NAME), "short").unwrap();
        assert_eq!(open(&folder).unwrap().metadata().unwrap().len(), 5, "a short one goes on");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
