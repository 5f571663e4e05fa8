//! What the window is started with: `sheaf-desktop [--home DIR] [sheaf://join/...]`.

use std::ffi::OsString;
use std::path::PathBuf;

/// How to use it, for `--help` and after a mistake.
pub(crate) const USAGE: &str = "sheaf-desktop [--home DIR] [sheaf://join/TICKET]

  --home DIR   the profile to open (also from SHEAF_HOME; otherwise $XDG_DATA_HOME/sheaf)
  sheaf://...  an invitation to look at; nothing is dialled before you agree";

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
                other => match other.strip_prefix("--home=") {
                    Some(home) => arguments.home = Some(home.into()),
                    None => return Err(format!("{other:?} is neither an option nor a sheaf:// link")),
                },
            }
        }
        Ok(arguments)
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
}
