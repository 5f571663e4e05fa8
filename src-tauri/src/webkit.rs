//! The traps of WebKitGTK, each with its cure. Does nothing on other systems.

/// Switches that must be set before GTK starts.
///
/// The DMABUF renderer shows a blank window on many NVIDIA and virtual machines (tauri#9394, WebKit 261874). A person who
/// sets the variable themselves, to anything, is obeyed.
pub(crate) fn settle_environment() {
    #[cfg(target_os = "linux")]
    if std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        #[expect(unsafe_code, reason = "the first line of main: no other thread exists that could read the environment meanwhile")]
        // SAFETY: see the reason above.
        unsafe {
            std::env::set_var("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        }
    }
}

/// What wry leaves off: composing with an input method inside the text, and spell checking.
pub(crate) fn settle_view(window: &tauri::WebviewWindow) {
    #[cfg(target_os = "linux")]
    {
        let settled = window.with_webview(move |view| {
            use webkit2gtk::{InputMethodContextExt, WebViewExt};
            if let Some(input) = view.inner().input_method_context() {
                input.set_enable_preedit(true);
            }
        });
        if let Err(error) = settled {
            tracing::warn!(%error, "input methods stay as WebKit has them");
        }
    }
    spell(window, true, Vec::new());
}

/// Underlines what is misspelled in these languages, or in those of the locale when none is named; or underlines nothing.
/// What "Learn Spelling" in the context menu adds goes to the person's own word list of each language (enchant's). Other
/// systems spell by themselves, and there the page's `spellcheck` alone counts.
pub(crate) fn spell(window: &tauri::WebviewWindow, on: bool, languages: Vec<String>) {
    #[cfg(target_os = "linux")]
    {
        let settled = window.with_webview(move |view| {
            use webkit2gtk::{WebContextExt, WebViewExt};
            let languages = if languages.is_empty() { locales() } else { languages };
            if let Some(context) = view.inner().context() {
                let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
                context.set_spell_checking_languages(&languages);
                context.set_spell_checking_enabled(on);
            }
        });
        if let Err(error) = settled {
            tracing::warn!(%error, "spell checking stays as WebKit has it");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (window, on, languages);
}

/// The person's languages, as the variables of the locale name them; none elsewhere.
pub(crate) fn locales() -> Vec<String> {
    languages(&["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).unwrap_or_default()))
}

/// Whether the desktop asks for dark windows.
pub(crate) fn desktop_is_dark(window: &tauri::WebviewWindow) -> bool {
    window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark)
}

/// A box with one sentence, for when there is no window to say it in. Returns when it was closed.
pub(crate) fn say(sentence: &str) {
    #[cfg(target_os = "linux")]
    if gtk::init().is_ok() {
        use gtk::prelude::{DialogExt, GtkWindowExt};
        let box_ = gtk::MessageDialog::new(
            None::<&gtk::Window>,
            gtk::DialogFlags::MODAL,
            gtk::MessageType::Error,
            gtk::ButtonsType::Close,
            sentence,
        );
        box_.set_title("Sheaf");
        box_.run();
    }
    #[cfg(not(target_os = "linux"))]
    let _ = sentence;
}

/// The languages of the variables of the locale, in their order of precedence: `de_DE.UTF-8` is `de_DE`.
fn languages(variables: &[String]) -> Vec<String> {
    let named = variables.iter().flat_map(|variable| variable.split(':'));
    let codes =
        named.map(|name| name.split(['.', '@']).next().unwrap_or_default()).filter(|code| code.len() >= 2 && !matches!(*code, "POSIX"));
    let mut languages: Vec<String> = Vec::new();
    for code in codes {
        if !languages.iter().any(|known| known == code) {
            languages.push(code.to_owned());
        }
    }
    if languages.is_empty() {
        languages.push("en_US".to_owned());
    }
    languages
}

#[cfg(test)]
mod tests {
    use super::languages;

    #[test]
    fn languages_come_from_the_locale() {
        let variables = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(languages(&variables(&["de:en_GB", "", "", "de_DE.UTF-8"])), ["de", "en_GB", "de_DE"]);
        assert_eq!(languages(&variables(&["", "C", "POSIX", "C.UTF-8"])), ["en_US"]);
    }
}
