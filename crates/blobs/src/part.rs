//! A file that comes from peers.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use sheaf_base::DocumentId;

use crate::folder::{BlobError, Blobs, create_file};
use crate::list::{CHUNK, List};

/// A file that comes from peers: what is here of it, and what is not.
#[derive(Debug)]
pub struct Part {
    blobs: Blobs,
    through: DocumentId,
    file: File,
    list: List,
    held: Vec<bool>,
    here: u64,
}

impl Blobs {
    /// Takes up a file where it stopped, or begins it. What comes through one document is no help for another: those who are in it would
    /// see from what is not asked for that the file is here by another way. Whatever is on the disk counts only if it hashes to what the list says. Reads all of
    /// what is there: as long as that takes.
    pub fn take_up(&self, through: DocumentId, list: List) -> Result<Part, BlobError> {
        let file = create_file(&self.part(through, list.blob()))?;
        // Whatever stood behind the end is no part of it; holes cost nothing.
        file.set_len(list.size())?;
        let mut part = Part { blobs: self.clone(), through, held: vec![false; list.values().len()], file, list, here: 0 };
        let on_disk = self.begun(through, part.list.blob());
        let mut buffer = vec![0; CHUNK as usize];
        for chunk in (0..part.list.values().len() as u64).take_while(|_| on_disk > 0) {
            let length = part.list.length(chunk).unwrap_or(0);
            let bytes = &mut buffer[..length as usize];
            if part.file.read_exact_at(bytes, chunk * CHUNK).is_ok() && part.list.holds(chunk, bytes) {
                part.count(chunk, length);
            }
        }
        Ok(part)
    }
}

impl Part {
    /// What its chunks must be.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// Bytes that are here and right.
    pub fn here(&self) -> u64 {
        self.here
    }

    /// Chunks that are not here, in order.
    pub fn missing(&self) -> impl Iterator<Item = u64> {
        self.held.iter().enumerate().filter(|(_, held)| !**held).map(|(chunk, _)| chunk as u64)
    }

    /// Whether a chunk is here.
    pub fn holds(&self, chunk: u64) -> bool {
        usize::try_from(chunk).ok().and_then(|chunk| self.held.get(chunk)).copied().unwrap_or(false)
    }

    /// Takes a chunk in; false: these are not its bytes.
    pub fn put(&mut self, chunk: u64, bytes: &[u8]) -> Result<bool, BlobError> {
        if !self.list.holds(chunk, bytes) {
            return Ok(false);
        }
        if !self.holds(chunk) {
            self.file.write_all_at(bytes, chunk * CHUNK)?;
            self.count(chunk, bytes.len() as u64);
        }
        Ok(true)
    }

    /// Everything is here: the file gets its name, and is durable when this returns.
    pub fn finish(&self) -> Result<(), BlobError> {
        if self.here != self.list.size() {
            return Err(BlobError::Absent);
        }
        self.file.sync_all()?;
        let blob = self.list.blob();
        self.blobs.name(&self.blobs.part(self.through, blob), &self.list)?;
        // A list that stays behind is read by nobody.
        let _ = fs::remove_file(self.blobs.part_list(self.through, blob));
        Ok(())
    }

    fn count(&mut self, chunk: u64, length: u64) {
        if let Some(held) = self.held.get_mut(chunk as usize) {
            *held = true;
            self.here += length;
        }
    }
}
