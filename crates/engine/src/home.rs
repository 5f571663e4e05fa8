//! A profile's folder: the database, the device's key, blobs and logs; and where its control socket is.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sheaf_base::DeviceId;
use sheaf_record::DeviceKey;

use crate::random;

const KEY_FILE: &str = "device.key";

/// A profile's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

/// The profile's folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// Neither the environment nor the caller says where it is.
    #[error("cannot tell where the profile is: set SHEAF_HOME, XDG_DATA_HOME or HOME, or say --home DIR")]
    Nowhere,
    /// A file or folder could not be used.
    #[error("cannot use {path}: {source}. Check that the folder can be written and the disk has room")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The key file holds something else.
    #[error("{0} is not a device key (64 hexadecimal digits): restore it from a backup. Without it this device is nobody")]
    Key(PathBuf),
    /// The documents belong to a device whose key is gone.
    #[error("{path} is missing or not the one this profile was made with (device {device}): restore it from a backup")]
    OtherDevice {
        /// The key file.
        path: PathBuf,
        /// Whose profile this is.
        device: String,
    },
    /// The folder of the control socket is not ours.
    #[error("{0} belongs to somebody else, or others can write there: remove it, or set XDG_RUNTIME_DIR to a folder of your own")]
    Socket(PathBuf),
}

impl Home {
    /// The profile in this folder.
    pub fn at(folder: impl Into<PathBuf>) -> Home {
        Home { folder: folder.into() }
    }

    /// The profile that the environment names: SHEAF_HOME, else sheaf in XDG_DATA_HOME, else in ~/.local/share.
    pub fn of_environment() -> Result<Home, HomeError> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        variable("SHEAF_HOME")
            .or_else(|| variable("XDG_DATA_HOME").map(|data| data.join("sheaf")))
            .or_else(|| variable("HOME").map(|home| home.join(".local/share/sheaf")))
            .map(Home::at)
            .ok_or(HomeError::Nowhere)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the files of attachments are.
    pub fn blobs(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    /// Where log files go.
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Makes the folder and those inside it, for this user alone.
    pub fn prepare(&self) -> Result<(), HomeError> {
        for folder in [self.folder.clone(), self.blobs(), self.logs()] {
            create_folder(&folder)?;
        }
        Ok(())
    }

    /// The device's key; made now if there has never been one. `known` is the device that the database was made by, if it says.
    /// Call it with the profile's lock held.
    pub fn key(&self, known: Option<DeviceId>) -> Result<[u8; 32], HomeError> {
        let path = self.folder.join(KEY_FILE);
        let key = match std::fs::read_to_string(&path) {
            Ok(text) => read_key(&text).ok_or_else(|| HomeError::Key(path.clone()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && known.is_none() => self.make_key(&path)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => [0; 32],
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(HomeError::Key(path)),
            Err(source) => return Err(HomeError::File { path, source }),
        };
        match known {
            Some(device) if DeviceKey::from_bytes(&key).device() != device => Err(HomeError::OtherDevice { path, device: device.short() }),
            _ => Ok(key),
        }
    }

    /// Writes a new key so that there is never half of one: aside, durably, then under its name.
    fn make_key(&self, path: &Path) -> Result<[u8; 32], HomeError> {
        let key: [u8; 32] = random::bytes();
        let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let part = self.folder.join("device.key.part");
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            std::fs::rename(&part, path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|source| HomeError::File { path: path.to_owned(), source })?;
        Ok(key)
    }

    /// Where the control socket is: outside the profile, since a copied profile must not carry one and a path to a socket must be
    /// short. The same profile gives the same place, by whatever path it is named.
    pub fn socket(&self) -> PathBuf {
        let whole = std::fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let name = format!("sheaf-{:016x}", fingerprint(whole.as_os_str().as_encoded_bytes()));
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        runtime.unwrap_or_else(std::env::temp_dir).join(name).join("control")
    }

    /// Makes the control socket's folder, and says whose it is: this user.
    pub(crate) fn prepare_socket(&self) -> Result<u32, HomeError> {
        let socket = self.socket();
        let folder = socket.parent().unwrap_or(Path::new("/"));
        create_folder(folder)?;
        let ours = std::fs::metadata(&self.folder).map_err(|source| HomeError::File { path: self.folder.clone(), source })?.uid();
        let found = std::fs::symlink_metadata(folder).map_err(|source| HomeError::File { path: folder.to_owned(), source })?;
        if !found.is_dir() || found.uid() != ours || found.mode() & 0o077 != 0 {
            return Err(HomeError::Socket(folder.to_owned()));
        }
        Ok(ours)
    }
}

fn create_folder(path: &Path) -> Result<(), HomeError> {
    let create = DirBuilder::new().recursive(true).mode(0o700).create(path);
    create.map_err(|source| HomeError::File { path: path.to_owned(), source })
}

/// FNV-1a: two profiles of one user must not share a name; nobody else can make a folder there that we would use.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn read_key(text: &str) -> Option<[u8; 32]> {
    // The spelling of an id is that of a key: 64 lower-case hexadecimal digits.
    text.trim_end().parse::<DeviceId>().ok().map(|bytes| bytes.0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_for_this_user_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = Home::at(folder.path().join("profile"));
        home.prepare().expect("can be made");
        let key = home.key(None).expect("made");
        assert_eq!(home.key(None).expect("read"), key);
        let path = home.folder().join(KEY_FILE);
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let device = DeviceKey::from_bytes(&key).device();
        assert_eq!(home.key(Some(device)).expect("the same device"), key);
        assert!(matches!(home.key(Some(DeviceId([1; 32]))), Err(HomeError::OtherDevice { .. })));
        std::fs::write(&path, "half a ke").expect("writable");
        assert!(matches!(home.key(None), Err(HomeError::Key(_))));
        std::fs::remove_file(&path).expect("removable");
        assert!(matches!(home.key(Some(device)), Err(HomeError::OtherDevice { .. })), "a lost key is not replaced");
        assert!(!path.exists());
    }

    #[test]
    fn a_profile_has_one_socket_by_whatever_path_it_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = Home::at(folder.path().join("a"));
        home.prepare().expect("can be made");
        let around = Home::at(folder.path().join("a/blobs/.."));
        assert_eq!(home.socket(), around.socket());
        assert!(!home.socket().starts_with(folder.path()));
        assert!(home.socket().as_os_str().len() < 100, "a socket's path may have 107 bytes");
    }
}
