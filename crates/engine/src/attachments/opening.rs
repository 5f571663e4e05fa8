//! Which files may be opened with the system's own program, straight from the text. Somebody else may have put them there: only kinds that are
//! read and not run, and none that says one thing by its name and another by its bytes. Everything else is saved, and opened by who means to.

use std::path::PathBuf;

use sheaf_base::{BlobId, DocumentId};
use sheaf_blobs::{BlobError, Whole};

use super::AttachmentError;
use crate::engine::Engine;
use crate::task::blocking;

/// Endings of what programs show or play. Not among them: programs and scripts, pages and SVG (they run scripts), shortcuts, archives,
/// and the office formats that may hold macros without saying so in their name.
const READ: &[&str] = &[
    "pdf", "txt", "md", "csv", "tsv", "log", "png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "tif", "tiff", "heic", "mp3", "ogg",
    "oga", "opus", "flac", "wav", "m4a", "mp4", "m4v", "webm", "mkv", "mov", "avi", "ogv",
];

/// Office formats that are archives, in which macros have a place of their own.
const OFFICE: &[&str] = &["docx", "xlsx", "pptx", "odt", "ods", "odp"];

/// Where macros lie in them. Names in an archive's list of contents are plain bytes: nothing is unpacked to find them.
const MACROS: &[&[u8]] = &[b"vbaProject", b"Basic/", b"Scripts/"];

/// How programs, scripts, shortcuts and pages begin, whatever their names say.
const RUN: &[&[u8]] =
    &[b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"[Desktop Entry]", b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml"];

impl Engine {
    /// Whether a file that is here may be opened with the system's program.
    pub async fn may_open(&self, document: DocumentId, blob: BlobId, size: u64) -> Result<bool, AttachmentError> {
        let shared = self.shared.clone();
        blocking(move || {
            let row = shared.attachment((document, blob, size))?;
            if !shared.attachments.blobs.has(blob, size) || size == 0 {
                return Ok(false);
            }
            let whole = shared.attachments.blobs.read(blob, size)?;
            Ok(is_read(&row.name, &whole, size)?)
        })
        .await
    }

    /// Saves a file that may be opened, and says where it lies.
    pub async fn open_attachment(&self, document: DocumentId, blob: BlobId, size: u64) -> Result<PathBuf, AttachmentError> {
        if !self.may_open(document, blob, size).await? {
            return Err(AttachmentError::MayRun);
        }
        self.save_attachment(document, blob, size).await
    }
}

fn is_read(name: &str, whole: &Whole, size: u64) -> Result<bool, BlobError> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let is_office = OFFICE.contains(&ending.as_str());
    if !is_office && !READ.contains(&ending.as_str()) {
        return Ok(false);
    }
    let first = whole.chunk(0)?;
    if begins_as_run(&first) {
        return Ok(false);
    }
    if !is_office {
        return Ok(true);
    }
    // The list of contents is the archive's end; one that is not whole in the last two chunks is not believed.
    let chunks = whole.list().values().len() as u64;
    let mut end = if chunks > 1 { whole.chunk(chunks - 2)? } else { Vec::new() };
    end.extend(whole.chunk(chunks - 1)?);
    Ok(holds_no_macros(&end, size))
}

fn begins_as_run(first: &[u8]) -> bool {
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let first = &first[first.iter().take_while(|byte| byte.is_ascii_whitespace()).count()..];
    RUN.iter().any(|start| first.len() >= start.len() && first[..start.len()].eq_ignore_ascii_case(start))
}

/// Whether an archive's list of contents is all in `end`, its last bytes of `size`, and names no macros.
fn holds_no_macros(end: &[u8], size: u64) -> bool {
    /// How the record at an archive's very end begins; where in it the place of the list is said.
    const RECORD: &[u8] = b"PK\x05\x06";
    const PLACE: usize = 16;
    let Some(record) = end.windows(RECORD.len()).rposition(|window| window == RECORD) else { return false };
    let Some(place) = end.get(record + PLACE..record + PLACE + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes) else {
        return false;
    };
    let Some(list) = u64::from(place).checked_sub(size - end.len() as u64).and_then(|start| end.get(start as usize..record)) else {
        return false;
    };
    MACROS.iter().all(|place| !list.windows(place.len()).any(|window| window.eq_ignore_ascii_case(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of files without bytes, as far as its list of contents goes.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04...".to_vec();
        let list = bytes.len() as u32;
        names.iter().for_each(|name| bytes.extend([b"PK\x01\x02", name.as_bytes()].concat()));
        bytes.extend([b"PK\x05\x06".as_slice(), &[0; 12], &list.to_le_bytes(), &[0; 2]].concat());
        bytes
    }

    #[test]
    fn an_archive_without_macros_is_one_whose_whole_list_names_none() {
        let open = |bytes: &[u8], size: usize| holds_no_macros(bytes, size as u64);
        let plain = archive(&["word/document.xml"]);
        assert!(open(&plain, plain.len()));
        for names in [["word/vbaProject.bin"], ["Basic/Standard/Module1.xml"], ["scripts/python/x.py"]] {
            let bytes = archive(&names);
            assert!(!open(&bytes, bytes.len()), "{names:?}");
        }
        assert!(!open(&plain[30..], plain.len()), "a part of the list is no list");
        assert!(!open(b"no archive", 10));
    }

    #[test]
    fn what_begins_as_something_to_run_is_not_what_its_name_says() {
        for run in ["\u{7f}ELF..", "MZ..", "#!/bin/sh", "\u{feff} \n<!DOCTYPE html>", "[desktop entry]\nExec=x", "<SCRIPT>"] {
            assert!(begins_as_run(run.as_bytes()), "{run}");
        }
        for read in ["%PDF-1.7", "Dear Ben, <br>", "a,b\n1,2", ""] {
            assert!(!begins_as_run(read.as_bytes()), "{read}");
        }
    }
}
