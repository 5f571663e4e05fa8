//! What the window is started with: `sheaf-desktop [--home DIR] [sheaf://join/... | FILE.sheaf]`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How to use it, for `--help` and after a mistake.
pub(crate) const USAGE: &str = "sheaf-desktop [--home DIR] [sheaf://join/TICKET | FILE.sheaf]

  --home DIR   the profile to open (also from SHEAF_HOME; otherwise $XDG_DATA_HOME/sheaf)
  sheaf://...  an invitation to look at; nothing is dialled before you agree
  FILE.sheaf   the same, from a file";

/// The parsed command line.
#[derive(Default, PartialEq, Eq, Debug)]
pub(crate) struct Arguments {
    /// The profile's folder, if the command line or SHEAF_HOME names one.
    pub(crate) home: Option<PathBuf>,
    /// A `sheaf://` link to hand to the page. Untrusted.
    pub(crate) link: Option<String>,
    /// Only the version was asked for.
    pub(crate) version: bool,
    /// Only the usage was asked for.
    pub(crate) help: bool,
}

impl Arguments {
    /// Reads them; the error is a sentence.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>, home: Option<OsString>) -> Result<Self, String> {
        let mut arguments = Arguments { home: home.filter(|home| !home.is_empty()).map(PathBuf::from), ..Arguments::default() };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let text = word.to_string_lossy();
            match text.as_ref() {
                "--home" => arguments.home = Some(words.next().ok_or("--home needs a folder behind it")?.into()),
                "--version" | "-V" => arguments.version = true,
                "--help" | "-h" => arguments.help = true,
                link if is_link(link) => arguments.link = Some(link.to_owned()),
                file if file.ends_with(FILES) => arguments.link = Some(invitation_in(&path_of(&word))?),
                other => match other.strip_prefix("--home=") {
                    Some(home) => arguments.home = Some(home.into()),
                    None => return Err(format!("{other:?} is neither an option, a sheaf:// link nor a {FILES} file")),
                },
            }
        }
        Ok(arguments)
    }
}

/// How the name of a file ends that holds an invitation.
const FILES: &str = ".sheaf";

/// Bytes of such a file at most: an invitation has 4 KiB.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The path: desktops hand over either that or a `file:` address.
fn path_of(word: &OsStr) -> PathBuf {
    let address = word.to_str().and_then(|word| tauri::Url::parse(word).ok()).filter(|address| address.scheme() == "file");
    address.and_then(|address| address.to_file_path().ok()).unwrap_or_else(|| PathBuf::from(word))
}

/// What an invitation's file holds. Untrusted, like a link.
fn invitation_in(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let opened = File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text));
    match opened {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(error) => Err(format!("{} cannot be read as an invitation: {error}", path.display())),
    }
}

/// A link that a desktop may hand us.
fn is_link(word: &str) -> bool {
    word.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sheaf://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str], home: Option<&str>) -> Result<Arguments, String> {
        Arguments::read(words.iter().map(OsString::from), home.map(OsString::from))
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        assert_eq!(read(&[], Some("/e")).unwrap().home, Some("/e".into()));
        assert_eq!(read(&["--home", "/a"], Some("/e")).unwrap().home, Some("/a".into()));
        assert_eq!(read(&["--home=/b"], None).unwrap().home, Some("/b".into()));
        assert_eq!(read(&[], Some("")).unwrap().home, None, "an empty variable is an unset one");
    }

    #[test]
    fn a_link_is_taken_as_it_is_and_anything_else_is_refused() {
        assert_eq!(read(&["sheaf://join/abc"], None).unwrap().link.as_deref(), Some("sheaf://join/abc"));
        assert!(read(&["https://example.org"], None).is_err());
        assert!(read(&["--home"], None).is_err());
        assert!(read(&["--frobnicate"], None).is_err());
    }

    #[test]
    fn an_invitation_comes_in_a_file_too() {
        let folder = std::env::temp_dir().join(format!("sheaf-invitation-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("Our harvest.sheaf");
        std::fs::write(&path, "sheafabc\n").unwrap();
        let address = tauri::Url::from_file_path(&path).unwrap();
        for word in [path.to_str().unwrap(), address.as_str()] {
            assert_eq!(read(&[word], None).unwrap().link.as_deref(), Some("sheafabc"), "{word}");
        }
        let missing = read(&["/nowhere/Harvest.sheaf"], None).unwrap_err();
        assert!(missing.starts_with("/nowhere/Harvest.sheaf cannot be read as an invitation: "), "{missing}");
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(read(&[path.to_str().unwrap()], None).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
