//! Which links may be opened.

/// The protocols of links that may be opened. Any other link is text.
pub const PROTOCOLS: [&str; 3] = ["http", "https", "mailto"];

/// Whether an address may be opened: it is absolute, and its protocol is one of [`PROTOCOLS`], in any case. Browsers skip controls and
/// blanks in front of and inside a protocol, and so an address that has any is never opened.
pub fn may_open(address: &str) -> bool {
    let Some((protocol, rest)) = address.split_once(':') else { return false };
    let known = PROTOCOLS.iter().any(|known| known.eq_ignore_ascii_case(protocol));
    let named = protocol.eq_ignore_ascii_case("mailto") || rest.starts_with("//");
    known && named && !address.chars().any(|character| character.is_control() || character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::may_open;

    #[test]
    fn only_the_web_and_mail_are_opened() {
        for address in ["http://a.example", "HTTPS://a.example/ü?q=1", "mailto:ana@a.example"] {
            assert!(may_open(address), "{address:?}");
        }
        for address in [
            "",
            "notes.md",
            "#top",
            "//a.example",
            "https:a.example",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " https://a.example",
            "https://a.example/a b",
            "data:text/html,x",
            "file:///etc/passwd",
            "\u{1}javascript:alert(1)",
        ] {
            assert!(!may_open(address), "{address:?}");
        }
    }
}
