//! What a person chose about the view itself, which only the window can do: how large everything is, and how it spells.

use serde_json::Value;
use tauri::WebviewWindow;

use crate::webkit;

/// The least and the most that the page can ask for, in percent.
const ZOOM: (f64, f64) = (50.0, 300.0);

/// Nobody writes one document in more languages than these.
const LANGUAGES_MAX: usize = 8;

/// Makes everything on the page larger or smaller, as a browser does. `percent` is held between 50 and 300.
#[tauri::command]
pub(crate) fn zoom(window: WebviewWindow, percent: f64) -> Result<(), String> {
    window.set_zoom(factor(percent)).map_err(|error| error.to_string())
}

/// Underlines what is misspelled in these languages (`de_AT`); without any, in those of the system. `on` switches it off.
#[tauri::command]
pub(crate) fn spell(window: WebviewWindow, on: bool, languages: Vec<String>) -> Result<(), String> {
    if languages.len() > LANGUAGES_MAX || !languages.iter().all(|language| is_language(language)) {
        return Err("This is no list of languages.".to_owned());
    }
    webkit::spell(&window, on, languages);
    Ok(())
}

/// How large everything is as this person keeps it, so that nothing jumps when the page has read it too.
pub(crate) fn kept_zoom(settings: &Value) -> f64 {
    factor(settings["zoom"].as_f64().unwrap_or(100.0))
}

fn factor(percent: f64) -> f64 {
    if percent.is_finite() { percent.clamp(ZOOM.0, ZOOM.1) / 100.0 } else { 1.0 }
}

/// Letters and digits with `_` between them: nothing that a dictionary's name could not be, and no path.
fn is_language(name: &str) -> bool {
    let mut parts = name.split('_');
    let is_part = |part: &str, least: usize| (least..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(|language| is_part(language, 2)) && parts.all(|part| is_part(part, 2))
}

#[cfg(test)]
mod tests {
    use super::{factor, is_language};

    #[test]
    fn zoom_has_bounds() {
        assert_eq!([20.0, 50.0, 110.0, 900.0, f64::NAN].map(factor), [0.5, 0.5, 1.1, 3.0, 1.0]);
    }

    #[test]
    fn only_names_of_languages_reach_the_dictionaries() {
        assert!(["de", "de_AT", "sr_Latn_RS", "ast"].into_iter().all(is_language));
        assert!(!["", "d", "de_", "../de", "de AT", "de-AT", "abcdefghi"].into_iter().any(is_language));
    }
}
