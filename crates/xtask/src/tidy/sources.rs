//! The sources as rules see them: paths and texts, and the same texts with comments and strings blanked.

use crate::shell::{Outcome, program, read, root};

/// All files that git knows or would add.
pub(crate) struct Tree {
    pub(crate) sources: Vec<Source>,
}

/// One file. Its text is empty when it is not text.
pub(crate) struct Source {
    /// From the root, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Tree {
    /// Committed files and new ones alike: a rule should speak before the commit.
    pub(crate) fn of_the_workspace() -> Outcome<Self> {
        let listed = read(&mut program("git", &["ls-files", "--cached", "--others", "--exclude-standard"]))?;
        let sources = listed
            .lines()
            .filter(|path| root().join(path).is_file())
            .map(|path| Source { path: path.to_owned(), text: std::fs::read_to_string(root().join(path)).unwrap_or_default() })
            .collect();
        Ok(Tree { sources })
    }

    /// Files with one of these endings that people wrote.
    pub(crate) fn written<'tree>(&'tree self, endings: &'tree [&str]) -> impl Iterator<Item = &'tree Source> {
        self.sources.iter().filter(|source| endings.contains(&source.ending()) && !source.is_generated())
    }
}

impl Source {
    pub(crate) fn ending(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// The file's name up to its first dot.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }

    pub(crate) fn is_generated(&self) -> bool {
        self.path.contains("/generated/") || self.path.contains("/gen/")
    }

    /// Whether the whole file is a test, a benchmark or made for one.
    pub(crate) fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let by_name = name == "tests.rs" || name.contains(".test.") || name.contains(".spec.");
        by_name || self.path.starts_with("tests/") || self.path.contains("/tests/") || self.path.contains("/benches/")
    }

    /// The lines of the product: up to the inline test module, which by our habit comes last.
    pub(crate) fn product_lines(&self) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        let test_module =
            |pair: &[&str]| pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod ") && pair[1].ends_with('{');
        lines.windows(2).position(test_module).unwrap_or(lines.len())
    }

    /// The text with comments and string contents blanked, so that rules see names that are used and not names that are
    /// talked about. Lines stay where they are.
    pub(crate) fn code(&self) -> String {
        Blanker { rest: self.text.chars().collect(), at: 0, out: String::with_capacity(self.text.len()) }.run(self.ending() == "rs")
    }
}

struct Blanker {
    rest: Vec<char>,
    at: usize,
    out: String,
}

impl Blanker {
    fn run(mut self, rust: bool) -> String {
        while let Some(letter) = self.peek(0) {
            match letter {
                '/' if self.peek(1) == Some('/') => self.blank_until(|blanker| blanker.peek(0) == Some('\n')),
                '/' if self.peek(1) == Some('*') => self.blank_comment(rust),
                'r' if rust && self.raw_hashes().is_some() && !self.follows_a_word() => self.blank_raw_string(),
                '"' => self.blank_string('"'),
                '\'' if rust => self.blank_char(),
                '\'' | '`' => self.blank_string(letter),
                _ => self.keep(),
            }
        }
        self.out
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn keep(&mut self) {
        self.out.extend(self.peek(0));
        self.at += 1;
    }

    fn blank(&mut self) {
        self.out.extend(self.peek(0).map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        self.at += 1;
    }

    fn blank_until(&mut self, end: impl Fn(&Self) -> bool) {
        while self.at < self.rest.len() && !end(self) {
            self.blank();
        }
    }

    fn follows_a_word(&self) -> bool {
        self.at > 0 && (self.rest[self.at - 1].is_alphanumeric() || self.rest[self.at - 1] == '_')
    }

    fn blank_comment(&mut self, nests: bool) {
        let mut depth = 0;
        while self.at < self.rest.len() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) if nests || depth == 0 => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    /// At `r"` or `r#"`: the number of hashes.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.rest[self.at + 1..].iter().take_while(|letter| **letter == '#').count();
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    fn blank_raw_string(&mut self) {
        let hashes = self.raw_hashes().unwrap_or(0);
        (0..hashes + 2).for_each(|_| self.blank());
        self.blank_until(|blanker| blanker.peek(0) == Some('"') && (1..=hashes).all(|ahead| blanker.peek(ahead) == Some('#')));
        (0..=hashes).for_each(|_| self.blank());
    }

    fn blank_string(&mut self, quote: char) {
        self.keep();
        while let Some(letter) = self.peek(0) {
            if letter == '\\' {
                self.blank();
                self.blank();
            } else if letter == quote {
                self.keep();
                break;
            } else {
                self.blank();
            }
        }
    }

    /// A character such as `'"'`, or a lifetime such as `'a`, which ends nowhere.
    fn blank_char(&mut self) {
        if self.peek(1) == Some('\\') {
            self.blank();
            self.blank();
            self.blank();
            self.blank_until(|blanker| blanker.peek(0) == Some('\''));
            self.blank();
        } else if self.peek(2) == Some('\'') {
            (0..3).for_each(|_| self.blank());
        } else {
            self.keep();
        }
    }
}

#[cfg(test)]
pub(crate) fn tree(files: &[(&str, &str)]) -> Tree {
    Tree { sources: files.iter().map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() }).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(path: &str, text: &str) -> String {
        tree(&[(path, text)]).sources[0].code()
    }

    #[test]
    fn what_is_talked_about_is_blanked_and_what_is_used_is_not() {
        let text = "use a::b; // std::fs\nlet x = \"std::net \\\" \"; let y = r#\"tokio \" \"#; /* iroh /* yrs */ */ std::env";
        let code = code("crates/a/src/lib.rs", text);
        assert!(["std::fs", "std::net", "tokio", "iroh", "yrs"].iter().all(|word| !code.contains(word)), "{code}");
        assert!(code.contains("std::env") && code.contains("use a::b;"), "{code}");
        assert_eq!(code.lines().count(), text.lines().count());
    }

    #[test]
    fn quotes_in_characters_and_lifetimes_do_not_open_strings() {
        let code = code("crates/a/src/lib.rs", "fn f<'a>(x: &'a str) { match c { '\"' => 1, '\\'' => 2, '\\u{1b}' => 3 } } std::fs");
        assert!(code.contains("std::fs"), "{code}");
    }

    #[test]
    fn inline_tests_are_not_the_product() {
        let tree = tree(&[("crates/a/src/lib.rs", "//! A.\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n")]);
        assert_eq!(tree.sources[0].product_lines(), 3);
    }
}
