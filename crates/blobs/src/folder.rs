//! The folder: whole files under their names, and what is on its way.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sheaf_base::{BlobId, DocumentId};

use crate::list::{CHUNK, List, ListMaker, chunks};

/// Something about a file did not work.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The disk is full.
    #[error("there is no room on the disk")]
    Full,
    /// It is not here, or not whole.
    #[error("the file is not here")]
    Absent,
    /// What is on the disk is not what was written there.
    #[error("the file is damaged on this disk")]
    Damaged,
    /// It is larger than [`crate::LARGEST`].
    #[error("a file of more than {} GB cannot be attached", crate::LARGEST >> 30)]
    TooLarge,
    /// Anything else that the system says.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BlobError::Full,
            io::ErrorKind::NotFound => BlobError::Absent,
            _ => BlobError::Io(error),
        }
    }
}

/// The profile's folder of files. Clones are the same folder. The profile's lock keeps other processes out of it.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
    /// What is being written here is numbered; nobody else writes.
    pub(crate) written: Arc<AtomicU64>,
}

impl Blobs {
    /// The files in this folder, which is made if it is missing. What was being written here when the last process ended is removed: nobody
    /// has been told of it. What was coming from peers stays.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Blobs, BlobError> {
        let blobs = Blobs { folder: folder.into(), written: Arc::default() };
        create_folder(&blobs.incoming())?;
        for entry in fs::read_dir(blobs.incoming())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "new") {
                fs::remove_file(path)?;
            }
        }
        Ok(blobs)
    }

    /// Whether a file is here, whole.
    pub fn has(&self, blob: BlobId, size: u64) -> bool {
        fs::metadata(self.whole(blob)).is_ok_and(|found| found.is_file() && found.len() == size)
    }

    /// A file that is here, for reading.
    pub fn read(&self, blob: BlobId, size: u64) -> Result<Whole, BlobError> {
        let file = File::open(self.whole(blob))?;
        if file.metadata()?.len() != size {
            return Err(BlobError::Absent);
        }
        let list = match self.list(&self.whole_list(blob), blob, size) {
            Some(list) => list,
            None => list_again(&file, blob)?,
        };
        Ok(Whole { file, list })
    }

    /// A file has been found damaged: what is good of it is kept, and the rest can come through a document again.
    pub fn set_aside(&self, through: DocumentId, blob: BlobId) -> Result<(), BlobError> {
        let list = self.whole_list(blob);
        if list.exists() {
            fs::rename(list, self.part_list(through, blob))?;
        }
        fs::rename(self.whole(blob), self.part(through, blob))?;
        Ok(())
    }

    /// Bytes on the disk of a file that is on its way. Some may be holes: it is for showing progress before the file has been looked at.
    pub fn begun(&self, through: DocumentId, blob: BlobId) -> u64 {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(self.part(through, blob)).map_or(0, |part| part.len().min(part.blocks() * 512))
    }

    /// The list of a file that is on its way, if it came before.
    pub fn kept_list(&self, through: DocumentId, blob: BlobId, size: u64) -> Option<List> {
        self.list(&self.part_list(through, blob), blob, size)
    }

    /// Keeps the list of a file that is on its way.
    pub fn keep_list(&self, through: DocumentId, list: &List) -> Result<(), BlobError> {
        Ok(fs::write(self.part_list(through, list.blob()), list.values().as_flattened())?)
    }

    /// Gives a file its name: durable when this returns. If it has it already, the new one goes.
    pub(crate) fn name(&self, from: &Path, list: &List) -> Result<(), BlobError> {
        let blob = list.blob();
        if self.has(blob, list.size()) {
            fs::remove_file(from)?;
            return Ok(());
        }
        let to = self.whole(blob);
        let folder = to.parent().unwrap_or(&self.folder);
        create_folder(folder)?;
        if chunks(list.size()) > 1 {
            // Only saves time: a list that is missing or does not fit is made again.
            fs::write(self.whole_list(blob), list.values().as_flattened())?;
        }
        fs::rename(from, &to)?;
        File::open(folder)?.sync_all()?;
        File::open(&self.folder)?.sync_all()?;
        Ok(())
    }

    fn list(&self, path: &Path, blob: BlobId, size: u64) -> Option<List> {
        if size <= CHUNK {
            return List::of_one(blob, size);
        }
        let bytes = fs::read(path).ok()?;
        let (values, rest) = bytes.as_chunks::<32>();
        rest.is_empty().then(|| List::check(blob, size, values.to_vec())).flatten()
    }

    pub(crate) fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    fn whole(&self, blob: BlobId) -> PathBuf {
        let name = blob.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    fn whole_list(&self, blob: BlobId) -> PathBuf {
        self.whole(blob).with_extension("list")
    }

    pub(crate) fn part(&self, through: DocumentId, blob: BlobId) -> PathBuf {
        self.incoming().join(format!("{through}.{blob}.part"))
    }

    pub(crate) fn part_list(&self, through: DocumentId, blob: BlobId) -> PathBuf {
        self.incoming().join(format!("{through}.{blob}.list"))
    }
}

/// A whole file. Every chunk is checked as it is read: a disk may have forgotten.
#[derive(Debug)]
pub struct Whole {
    file: File,
    list: List,
}

impl Whole {
    /// What its chunks are.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// A chunk's bytes.
    pub fn chunk(&self, chunk: u64) -> Result<Vec<u8>, BlobError> {
        let length = self.list.length(chunk).ok_or(BlobError::Absent)?;
        let mut bytes = vec![0; length as usize];
        match self.file.read_exact_at(&mut bytes, chunk * CHUNK) {
            Ok(()) if self.list.holds(chunk, &bytes) => Ok(bytes),
            Ok(()) => Err(BlobError::Damaged),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(BlobError::Damaged),
            Err(error) => Err(error.into()),
        }
    }
}

/// Makes the list of a file from its bytes.
fn list_again(mut file: &File, blob: BlobId) -> Result<List, BlobError> {
    let mut maker = ListMaker::default();
    let mut buffer = vec![0; CHUNK as usize];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => maker.update(&buffer[..read]),
        }
    }
    let list = maker.finish();
    if list.blob() == blob { Ok(list) } else { Err(BlobError::Damaged) }
}

/// For this user alone.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
