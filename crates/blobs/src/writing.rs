//! A file that is being attached on this device.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use crate::folder::{BlobError, Blobs, create_file};
use crate::list::{LARGEST, List, ListMaker};

/// A file that is being attached on this device. Dropped before it is finished, it is gone.
#[derive(Debug)]
pub struct Writing {
    blobs: Blobs,
    path: PathBuf,
    file: File,
    maker: ListMaker,
}

impl Blobs {
    /// Begins a file of unknown content.
    pub fn write(&self) -> Result<Writing, BlobError> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let path = self.incoming().join(format!("{number}.new"));
        let file = create_file(&path)?;
        Ok(Writing { blobs: self.clone(), path, file, maker: ListMaker::default() })
    }
}

impl Writing {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.maker.size()
    }

    /// The next bytes.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        if self.maker.size() + bytes.len() as u64 > LARGEST {
            return Err(BlobError::TooLarge);
        }
        self.file.write_all(bytes)?;
        self.maker.update(bytes);
        Ok(())
    }

    /// That was all. The file has its name and is durable when this returns.
    pub fn finish(mut self) -> Result<List, BlobError> {
        self.file.sync_all()?;
        let list = std::mem::take(&mut self.maker).finish();
        self.blobs.name(&self.path, &list)?;
        Ok(list)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // Named by then, if it was finished.
        let _ = fs::remove_file(&self.path);
    }
}
