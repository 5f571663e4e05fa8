//! `cargo xtask tidy`: the rules of design.md that a compiler cannot see, run instead of remembered.
//!
//! Every rule is a pure function from the sources (or from cargo's metadata) to findings, with a test that shows it can
//! fail. A finding names file and line and says what to do. Nothing here changes a file.

mod arrows;
mod docs;
mod never;
mod page;
mod reasons;
mod shape;
mod sources;

use std::fmt;

use crate::shell::{Outcome, Stop};
use sources::{Source, Tree};

/// One broken rule.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) says: String,
}

impl Finding {
    fn at(source: &Source, line: usize, says: impl Into<String>) -> Self {
        Finding { path: source.path.clone(), line, says: says.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.says)
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

/// The rules over sources, with the names under which they report.
const RULES: &[(&str, Rule)] = &[
    ("every module says what it is for", docs::modules_say_what_they_are_for),
    ("threats name tests that exist", docs::threats_name_tests_that_exist),
    ("pure crates stay pure", never::pure_crates_stay_pure),
    ("giants have one door", never::giants_have_one_door),
    ("the editor knows no framework, features no other", page::arrows_of_the_page),
    ("files stay readable", shape::files_stay_readable),
    ("names mean something", shape::names_mean_something),
    ("the root stays small", shape::the_root_stays_small),
    ("members share lints and versions", shape::members_share_lints_and_versions),
    ("silence and postponement have reasons", reasons::silence_has_a_reason),
];

/// Prints every finding; fails if there is one.
pub(crate) fn report() -> Outcome {
    let tree = Tree::of_the_workspace()?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|(_, rule)| rule(&tree)).collect();
    findings.extend(arrows::check(&arrows::members()?));
    findings.extend(crate::codegen::stale()?);
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files keep the {} rules", tree.sources.len(), RULES.len() + 2);
            Ok(())
        }
        count => Err(Stop(format!("tidy found {count} broken rule(s), listed above"))),
    }
}
