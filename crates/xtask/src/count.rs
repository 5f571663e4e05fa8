//! How many tests passed, failed and were skipped, read from what the runners print.
//!
//! Every number in our closing line comes from a runner's own summary; none is made up here.

use std::ops::AddAssign;

/// Tests of a runner, a lane, or the whole run.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// What runners have said: numbers, and which tests failed with what they said first. Whoever reads only the end of a long output finds both there.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Told {
    pub(crate) count: Count,
    pub(crate) failures: Vec<String>,
    /// How many more lines belong to the failure that was named last.
    open: usize,
}

/// Lines that are kept of what a failing test says: the message and where it was raised.
const FIRST_WORDS: usize = 8;

/// Failures that are repeated at the end. The rest are where they were told.
const FAILURES: usize = 12;

impl Told {
    /// Takes in a line of a runner's output.
    pub(crate) fn hear(&mut self, line: &str) {
        if let Some(more) = of_line(line) {
            self.count += more;
        }
        let plain = plain(line);
        match failure(plain.trim()) {
            Some(name) if self.failures.len() < FAILURES && !self.failures.iter().any(|told| told.lines().next() == Some(name)) => {
                self.failures.push(name.to_owned());
                self.open = FIRST_WORDS;
            }
            Some(_) => self.open = 0,
            None if self.open > 0 && !plain.trim().is_empty() => {
                self.open -= 1;
                self.failures.last_mut().into_iter().for_each(|told| *told += &format!("\n    {}", plain.trim()));
            }
            None => {}
        }
    }
}

/// The test that a line says has failed: `FAIL [ 0.1s] name` or `TRY 2 FAIL [ 0.1s] name` (nextest), `FAIL name` (vitest, our reporter), `not ok 1 - name` (node).
fn failure(line: &str) -> Option<&str> {
    let line = line.strip_prefix("TRY ").and_then(|tried| tried.split_once(' ')).map_or(line, |(_, outcome)| outcome);
    let rest = ["FAIL ", "TIMEOUT ", "SIGABRT ", "not ok "].iter().find_map(|word| line.strip_prefix(word))?.trim();
    let name = rest.strip_prefix('[').and_then(|timed| timed.split_once(']')).map_or(rest, |(_, name)| name.trim());
    Some(name)
}

/// What one line of a runner's output adds. Knows nextest, cargo test, vitest, node's runner, and our plain line.
fn of_line(line: &str) -> Option<Count> {
    let line = plain(line);
    let line = line.trim();
    nextest(line).or_else(|| cargo_test(line)).or_else(|| vitest(line)).or_else(|| node(line)).or_else(|| closing(line))
}

/// `Summary [   1.234s] 45 tests run: 44 passed (1 slow), 1 failed, 2 skipped`
fn nextest(line: &str) -> Option<Count> {
    let rest = line.strip_prefix("Summary [")?;
    let (_, counts) = rest.split_once(" run: ")?;
    let failed = named(counts, "failed") + named(counts, "timed out") + named(counts, "exec failed");
    Some(Count { passed: named(counts, "passed"), failed, skipped: named(counts, "skipped") })
}

/// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn cargo_test(line: &str) -> Option<Count> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    Some(Count { passed: named(counts, "passed"), failed: named(counts, "failed"), skipped: named(counts, "ignored") })
}

/// `Tests  1 failed | 11 passed | 2 skipped (14)`
fn vitest(line: &str) -> Option<Count> {
    let counts = line.strip_prefix("Tests ")?;
    let counted = counts.contains("passed") || counts.contains("failed") || counts.contains("skipped");
    let skipped = named(counts, "skipped") + named(counts, "todo");
    (counted && counts.ends_with(')')).then(|| Count { passed: named(counts, "passed"), failed: named(counts, "failed"), skipped })
}

/// Node prints one line per number: `# pass 3`, or `ℹ pass 3`.
fn node(line: &str) -> Option<Count> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (name, number) = rest.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    match name {
        "pass" => Some(Count { passed: number, ..Count::default() }),
        "fail" | "cancelled" => Some(Count { failed: number, ..Count::default() }),
        "skipped" | "todo" => Some(Count { skipped: number, ..Count::default() }),
        _ => None,
    }
}

/// `12 passed, 0 failed` or `12 passed, 0 failed, 1 skipped`, alone on a line; one word with a colon may stand before it.
fn closing(line: &str) -> Option<Count> {
    let line = line.split_once(": ").map_or(line, |(word, rest)| if word.contains(' ') { line } else { rest });
    let parts: Vec<&str> = line.split(", ").collect();
    let number = |part: usize, name: &str| parts.get(part)?.strip_suffix(name)?.strip_suffix(' ')?.parse::<u64>().ok();
    let count = Count { passed: number(0, "passed")?, failed: number(1, "failed")?, skipped: number(2, "skipped").unwrap_or(0) };
    (parts.len() == 2 || (parts.len() == 3 && number(2, "skipped").is_some())).then_some(count)
}

/// The number before a word: `named("3 passed, 1 failed", "failed")` is 1. Absent is 0.
fn named(counts: &str, name: &str) -> u64 {
    let Some(end) = counts.find(&format!(" {name}")) else { return 0 };
    let digits = counts[..end].rsplit(|letter: char| !letter.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The line without terminal colours.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            // A colour ends with the first letter after the escape: ESC [ 1 ; 31 m
            letters.by_ref().find(|end| end.is_ascii_alphabetic());
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: u64, failed: u64, skipped: u64) -> Option<Count> {
        Some(Count { passed, failed, skipped })
    }

    #[test]
    fn every_runner_is_understood() {
        assert_eq!(of_line("     Summary [   1.234s] 45 tests run: 43 passed (1 slow), 1 failed, 1 timed out, 2 skipped"), count(43, 2, 2));
        assert_eq!(of_line("     Summary [   0.004s] 1 test run: 1 passed, 0 skipped"), count(1, 0, 0));
        assert_eq!(
            of_line("test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s"),
            count(5, 2, 1)
        );
        assert_eq!(of_line("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m | 11 passed (12)"), count(11, 1, 0));
        assert_eq!(of_line("# pass 7"), count(7, 0, 0));
        assert_eq!(of_line("ℹ fail 1"), count(0, 1, 0));
        assert_eq!(of_line("12 passed, 0 failed"), count(12, 0, 0));
        assert_eq!(of_line("windows: 12 passed, 1 failed, 3 skipped"), count(12, 1, 3));
    }

    #[test]
    fn a_failure_is_kept_with_its_first_words_and_once() {
        let mut told = Told::default();
        let lines =
            ["ok   one (0.1 s)", "FAIL two (0.2 s)", "     AssertionError: red", "", "ok   three", "FAIL two (0.2 s)", "  and more"];
        lines.iter().for_each(|line| told.hear(line));
        ["  TRY 2 FAIL [   0.1s] sheaf-x::y z", "1 passed, 2 failed"].iter().for_each(|line| told.hear(line));
        assert_eq!(told.failures, ["two (0.2 s)\n    AssertionError: red\n    ok   three", "sheaf-x::y z\n    1 passed, 2 failed"]);
        assert_eq!(told.count, Count { passed: 1, failed: 2, skipped: 0 });
    }

    #[test]
    fn ordinary_lines_count_nothing() {
        for line in
            ["running 12 tests", "# tests 7", " Test Files  3 passed (3)", "12 passed, what a day", "1 passed", "we had 1 passed, 2 failed"]
        {
            assert_eq!(of_line(line), None, "{line}");
        }
    }
}
