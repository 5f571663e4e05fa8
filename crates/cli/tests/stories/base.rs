//! `write --base`: a version made from an earlier moment, merged with what changed since.

use crate::profile::Profile;

const TEXT: &str = "# Title\n\nThe first paragraph.\n\nThe second paragraph.\n\nThe third paragraph.\n";

#[test]
fn edits_made_from_an_earlier_moment_keep_what_changed_since() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Base", "--from", profile.file("b.md", TEXT).to_str().expect("a path")]);
    let version = profile.json(&["show", &id, "--as", "json"])[0]["version"].to_string();
    profile.ok_with(&["write", &id, "-"], TEXT.replace("first paragraph", "first, better paragraph").as_bytes());
    let theirs = TEXT.replace("third paragraph.", "third paragraph.\n\nAnd a fourth.");
    profile.ok_with(&["write", &id, "-", "--base", &version], theirs.as_bytes());
    let expected = theirs.replace("first paragraph", "first, better paragraph");
    assert_eq!(profile.ok(&["show", &id]).stdout, expected);
}

#[test]
fn without_a_base_the_file_is_what_the_document_shall_be() {
    let profile = Profile::new();
    let id = profile.line(&["new", "No base", "--from", profile.file("b.md", TEXT).to_str().expect("a path")]);
    profile.ok_with(&["write", &id, "-"], TEXT.replace("first", "1st").as_bytes());
    profile.ok_with(&["write", &id, "-"], TEXT.replace("third", "3rd").as_bytes());
    assert_eq!(profile.ok(&["show", &id]).stdout, TEXT.replace("third", "3rd"));
}

#[test]
fn the_present_version_is_a_base_too_and_a_version_from_nowhere_is_refused() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Bases", "--from", profile.file("b.md", TEXT).to_str().expect("a path")]);
    let version = profile.json(&["show", &id, "--as", "json"])[0]["version"].to_string();
    profile.ok_with(&["write", &id, "-", "--base", &version], b"Short\n");
    assert_eq!(profile.ok(&["show", &id]).stdout, "Short\n");
    let failed = profile.fails_with(&["write", &id, "-", "--base", "999999"], b"Never\n");
    assert!(failed.code == 1 && failed.stderr.contains("show --as json"), "{}", failed.stderr);
    assert_eq!(profile.fails_with(&["write", &id, "-", "--base", "0"], b"Never\n").code, 1);
    assert_eq!(profile.ok(&["show", &id]).stdout, "Short\n");
}
