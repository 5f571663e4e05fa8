//! Why there is no window, in the words of the person's language: whatever goes wrong later is said by the page, which has its own catalogue.
//! The terminal and the log read English.

use std::fmt;

use sheaf_engine::{HomeError, OpenError, SocketError, StartError};

/// Sheaf could not start.
#[derive(Debug)]
pub(crate) enum NoStart {
    /// Nobody says where the profile is, or its folder cannot be used.
    Home(HomeError),
    /// The profile cannot be opened.
    Profile(StartError),
    /// `sheaf up` has it open.
    Held,
    /// Another Sheaf has it open and did not take the link.
    Unanswered(String),
    /// Nobody could speak with this one.
    Socket(SocketError),
    /// The system gives no window.
    Window(tauri::Error),
}

/// The languages of the box. A language of the page's that is missing here gets English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// The first of these that is spoken here: `de_AT`, `en_GB`.
    pub(crate) fn of(locales: &[String]) -> Language {
        let spoken = locales.iter().find_map(|locale| match locale.split(['_', '-']).next() {
            Some("de") => Some(Language::German),
            Some("en") => Some(Language::English),
            _ => None,
        });
        spoken.unwrap_or(Language::English)
    }
}

impl fmt::Display for NoStart {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoStart::Home(error) => error.fmt(out),
            NoStart::Profile(error) => error.fmt(out),
            NoStart::Held => out.write_str(
                "`sheaf up` has this profile open, and a window cannot join it. Stop it first, or open another profile with --home.",
            ),
            NoStart::Unanswered(why) => out.write_str(why),
            NoStart::Socket(error) => error.fmt(out),
            NoStart::Window(error) => write!(out, "Sheaf could not open a window: {error}."),
        }
    }
}

impl NoStart {
    /// What the box says. What the system says stands in it as the system says it.
    pub(crate) fn words(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::German => self.german(),
        }
    }

    fn german(&self) -> String {
        match self {
            NoStart::Home(error) | NoStart::Profile(StartError::Home(error)) => folder(error),
            NoStart::Profile(StartError::Open(error)) => database(error),
            NoStart::Profile(error) => {
                format!("Das Profil lässt sich nicht öffnen: {error}. Nichts wurde geändert.")
            }
            NoStart::Held => {
                "„sheaf up“ hat dieses Profil geöffnet, und ein Fenster kann nicht dazukommen. Beende es zuerst, oder öffne mit \
                              --home ein anderes Profil."
                    .to_owned()
            }
            NoStart::Unanswered(why) => format!("Sheaf läuft schon und hat nicht geantwortet: {why}"),
            NoStart::Socket(SocketError::Home(error)) => folder(error),
            NoStart::Socket(SocketError::Listen { path, source }) => {
                format!("{} lässt sich nicht benutzen: {source}.", path.display())
            }
            NoStart::Window(error) => format!("Sheaf konnte kein Fenster öffnen: {error}."),
        }
    }
}

fn folder(error: &HomeError) -> String {
    match error {
        HomeError::Nowhere => {
            "Wo dein Profil liegt, ist nicht festzustellen: Setze SHEAF_HOME, XDG_DATA_HOME oder HOME, oder sag --home ORDNER.".to_owned()
        }
        HomeError::File { path, source } => unusable(path.display(), source),
        HomeError::Key(path) => format!(
            "{} ist kein Schlüssel eines Geräts (64 hexadezimale Ziffern): Stelle ihn aus einer Sicherung wieder her. Ohne ihn ist dieses \
             Gerät niemand.",
            path.display()
        ),
        HomeError::OtherDevice { path, device } => format!(
            "{} fehlt oder ist nicht der, mit dem dieses Profil angelegt wurde (Gerät {device}): Stelle ihn aus einer Sicherung wieder her.",
            path.display()
        ),
        HomeError::Socket(path) => format!(
            "{} gehört jemand anderem, oder andere können dort schreiben: Entferne es, oder setze XDG_RUNTIME_DIR auf einen eigenen Ordner.",
            path.display()
        ),
    }
}

fn database(error: &OpenError) -> String {
    match error {
        OpenError::Locked(path) => {
            format!("Ein anderes Sheaf benutzt das Profil {}: Schließe es, oder lass es die Arbeit tun.", path.display())
        }
        OpenError::Newer { path, found, known } => format!(
            "{} hat ein neueres Sheaf geschrieben (Format {found}, dieses kennt {known}): Aktualisiere Sheaf. Nichts wurde geändert.",
            path.display()
        ),
        OpenError::Foreign(path) => format!(
            "{} ist keine Datenbank von Sheaf: Lege sie woanders hin, oder stelle an ihrer Stelle eine Sicherung wieder her. Nichts wurde \
             geändert.",
            path.display()
        ),
        OpenError::Damaged { path, reason } => format!(
            "{} ist beschädigt ({reason}): Stelle an ihrer Stelle eine Sicherung wieder her, oder lege sie woanders hin, um neu zu beginnen. \
             Sie blieb, wie sie ist.",
            path.display()
        ),
        OpenError::File { path, source } => unusable(path.display(), source),
        OpenError::Database { path, source } => unusable(path.display(), source),
    }
}

fn unusable(path: impl fmt::Display, why: impl fmt::Display) -> String {
    format!("{path} lässt sich nicht benutzen: {why}. Sieh nach, ob in den Ordner geschrieben werden darf und die Platte Platz hat.")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_box_speaks_the_first_language_that_it_knows() {
        let of = |locales: &[&str]| Language::of(&locales.iter().map(|locale| (*locale).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["de_AT", "en_GB"]), Language::German);
        assert_eq!(of(&["fr_FR", "en_US", "de_DE"]), Language::English);
        assert_eq!(of(&[]), Language::English);
    }

    #[test]
    fn a_profile_in_use_is_named_in_both() {
        let locked = NoStart::Profile(StartError::Open(OpenError::Locked(PathBuf::from("/home/ada/sheaf"))));
        assert!(locked.words(Language::English).starts_with("another Sheaf is using the profile /home/ada/sheaf"));
        assert!(locked.words(Language::German).starts_with("Ein anderes Sheaf benutzt das Profil /home/ada/sheaf"));
    }
}
