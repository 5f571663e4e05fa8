//! Saving a file where its person finds it: the folder for downloads, under a name that is free. What is there is never written over, and
//! nothing that is saved may be run by a click: it gets no right to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sheaf_base::{BlobId, DocumentId};
use sheaf_blobs::Whole;

use super::AttachmentError;
use crate::engine::Engine;
use crate::task::blocking;

/// What a file is called that has no name.
const NAMELESS: &str = "attachment";

/// Names that are tried: `a.png`, `a (1).png` and so on.
const TRIES: u32 = 1000;

impl Engine {
    /// Saves a file that is here into the folder for downloads, and says where. One that lies there already, byte for byte, is not saved twice.
    pub async fn save_attachment(&self, document: DocumentId, blob: BlobId, size: u64) -> Result<PathBuf, AttachmentError> {
        let shared = self.shared.clone();
        blocking(move || {
            let row = shared.attachment((document, blob, size))?;
            let whole = shared.attachments.blobs.read(blob, size)?;
            let folder = downloads().ok_or(AttachmentError::NoFolder)?;
            std::fs::create_dir_all(&folder).map_err(sheaf_blobs::BlobError::from)?;
            let wanted = folder.join(plain(&row.name));
            if is_same(&wanted, &whole) {
                return Ok(wanted);
            }
            let (mut file, path) = free(&folder, &row.name).map_err(sheaf_blobs::BlobError::from)?;
            for chunk in 0..whole.list().values().len() as u64 {
                let written = whole.chunk(chunk).and_then(|bytes| Ok(file.write_all(&bytes)?));
                if let Err(error) = written {
                    // Half a file is worse than none.
                    let _ = std::fs::remove_file(&path);
                    return Err(error.into());
                }
            }
            Ok(path)
        })
        .await
    }

    /// Saves a text that is in no document, such as an invitation, into the folder for downloads, and says where.
    pub async fn save_text(&self, name: String, text: String) -> Result<PathBuf, AttachmentError> {
        blocking(move || {
            let folder = downloads().ok_or(AttachmentError::NoFolder)?;
            let written = || -> io::Result<PathBuf> {
                std::fs::create_dir_all(&folder)?;
                let (mut file, path) = free(&folder, &in_one_folder(&name))?;
                file.write_all(text.as_bytes()).inspect_err(|_| drop(std::fs::remove_file(&path)))?;
                Ok(path)
            };
            written().map_err(|error| sheaf_blobs::BlobError::from(error).into())
        })
        .await
    }
}

/// Bytes that a file's name may have: less than any file system takes, with room for a number.
const NAME: usize = 120;

/// A name made of a title: without what parts folders or cannot be seen, and no longer than a name may be, its ending kept.
fn in_one_folder(name: &str) -> String {
    let plain: String =
        name.chars().map(|letter| if letter.is_control() || "/\\:*?\"<>|".contains(letter) { '-' } else { letter }).collect();
    let (stem, extension) = plain.rsplit_once('.').unwrap_or((&plain, ""));
    let stem = &stem[..stem.floor_char_boundary(NAME)];
    if extension.is_empty() { stem.to_owned() } else { format!("{stem}.{extension}") }
}

/// Where downloads go.
fn downloads() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("XDG_DOWNLOAD_DIR").or_else(|| variable("HOME").map(|home| home.join("Downloads")))
}

/// A name as it is saved: one that begins with a dot hides, and one that is only dots is a folder.
fn plain(name: &str) -> &str {
    let name = name.trim_start_matches('.').trim();
    if name.is_empty() { NAMELESS } else { name }
}

/// Whether what lies at a path are these bytes.
fn is_same(path: &Path, whole: &Whole) -> bool {
    let list = whole.list();
    let is_file = path.symlink_metadata().is_ok_and(|there| there.is_file() && there.len() == list.size());
    let Ok(mut file) = File::open(path) else { return false };
    let mut holds = |chunk: u64| {
        let mut bytes = vec![0; list.length(chunk).unwrap_or_default() as usize];
        file.read_exact(&mut bytes).is_ok() && list.holds(chunk, &bytes)
    };
    is_file && (0..list.values().len() as u64).all(&mut holds)
}

/// A new file under this name, or the next that is free.
fn free(folder: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    let name = plain(name);
    let (stem, extension) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""));
    for number in 0..TRIES {
        let numbered = if number == 0 { stem.to_owned() } else { format!("{stem} ({number})") };
        let path = folder.join(if extension.is_empty() { numbered } else { format!("{numbered}.{extension}") });
        match OpenOptions::new().write(true).create_new(true).mode(0o644).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name_in_one_folder() {
        for (name, becomes) in [("a/b.sheaf", "a-b.sheaf"), ("../x.txt", "..-x.txt"), ("Q: why?.txt", "Q- why-.txt"), ("plain", "plain")] {
            assert_eq!(in_one_folder(name), becomes);
        }
        let long = in_one_folder(&format!("{}.sheaf", "ä".repeat(500)));
        assert!(long.len() <= NAME + 6 && long.ends_with("ä.sheaf"), "{long}");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number_and_none_leads_elsewhere() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let saved = |name: &str| free(folder.path(), name).map(|(_, path)| path.file_name().map(|name| name.to_owned())).expect("free");
        for (name, becomes) in [
            ("a.tar.gz", "a.tar.gz"),
            ("a.tar.gz", "a.tar (1).gz"),
            ("notes", "notes"),
            ("notes", "notes (1)"),
            ("..", NAMELESS),
            (".bashrc", "bashrc"),
        ] {
            assert_eq!(saved(name).as_deref(), Some(std::ffi::OsStr::new(becomes)));
        }
    }
}
