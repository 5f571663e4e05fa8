//! Opening a link or an attachment outside, after the person agreed in the page.
//!
//! The page is not trusted with what "a link" is: only web and mail addresses leave this process, and never through a shell. Nor does it hand over
//! a path: it names an attachment, and the engine says whether that may be opened and where it lies.

use serde_json::{Value, json};
use sheaf_engine::{Client, Failure};
use tauri::State;

use crate::lanes::Line;

/// Schemes that people write into documents and that do no harm when opened.
const SCHEMES: &[&str] = &["http://", "https://", "mailto:"];

/// Longer than any link that a browser takes.
const LINK_BYTES_MAX: usize = 8 * 1024;

/// Asks the desktop to open `url`. The error is a call's.
#[tauri::command]
pub(crate) fn open_link(url: String) -> Result<(), Value> {
    let url = checked(&url).ok_or_else(|| Failure::link_refused().to_json())?;
    open::that_detached(url).map_err(|error| Failure::link_not_opened(error.to_string()).to_json())
}

/// Asks the desktop to open an attachment with the program for its kind. The error is a call's.
#[tauri::command]
pub(crate) async fn open_attachment(line: State<'_, Line>, document: String, hash: String, size: u64) -> Result<(), Value> {
    let file = json!({ "document": document, "hash": hash, "size": size });
    let saved = Client::ask(line.engine(), "attachment_open", file.as_object().cloned().unwrap_or_default()).await;
    let saved = saved.map_err(|failure| failure.to_json())?;
    let not_opened = |why: String| Failure::not_opened(why).to_json();
    let path = saved["path"].as_str().ok_or_else(|| not_opened("it lies nowhere".to_owned()))?;
    open::that_detached(path).map_err(|error| not_opened(error.to_string()))
}

/// The address, if it is one that may leave.
fn checked(url: &str) -> Option<&str> {
    let allowed = SCHEMES.iter().any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let well_formed = url.len() <= LINK_BYTES_MAX && !url.chars().any(|letter| letter.is_control() || letter.is_whitespace());
    (allowed && well_formed).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn only_web_and_mail_leave() {
        for url in ["https://example.org/a?b#c", "HTTP://example.org", "mailto:ada@example.org"] {
            assert!(checked(url).is_some(), "{url}");
        }
        for url in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "--help",
            "https",
            "sheaf://join/x",
            "https://a b",
            "https://a\nb",
        ] {
            assert!(checked(url).is_none(), "{url}");
        }
    }
}
