//! The log: on stderr for a command, in the profile's `logs/` for a node. Never anything of a document's content.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;

use sheaf_engine::Home;
use tracing_subscriber::EnvFilter;

/// The variable that says how much is logged.
const VARIABLE: &str = "SHEAF_LOG";

/// A log file larger than this is put aside at the next start; one is kept.
const LARGEST: u64 = 8 << 20;

/// A command logs what went wrong in Sheaf where its person looks; what other people's crates complain about is for `SHEAF_LOG`.
pub(crate) fn to_stderr() {
    let filter = EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new("off,sheaf=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// A node logs into the profile, and on stderr only if the file cannot be had.
pub(crate) fn to_file(home: &Home) {
    let filter = || EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new("info,iroh=warn,noq=warn"));
    match open(home) {
        Ok(file) => tracing_subscriber::fmt().with_env_filter(filter()).with_ansi(false).with_writer(Mutex::new(file)).init(),
        Err(error) => {
            tracing_subscriber::fmt().with_env_filter(filter()).with_writer(std::io::stderr).init();
            tracing::warn!(%error, "the log goes to stderr");
        }
    }
}

fn open(home: &Home) -> std::io::Result<File> {
    let path = home.logs().join("sheaf.log");
    if std::fs::metadata(&path).is_ok_and(|found| found.len() > LARGEST) {
        std::fs::rename(&path, home.logs().join("sheaf.log.before"))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}
