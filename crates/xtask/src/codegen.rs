//! `cargo xtask codegen`: files that are made from Rust and committed, so that a reader and a diff can see them.

use crate::shell::{Outcome, Stop, root};
use crate::tidy::Finding;

/// What is generated: where it goes, and what it must hold.
fn generated() -> Vec<(&'static str, String)> {
    vec![("ui/src/generated/schema.ts", sheaf_schema::typescript()), ("ui/src/generated/sentences.ts", sheaf_sentence::typescript())]
}

/// Writes the generated files that differ.
pub(crate) fn write() -> Outcome {
    for (path, text) in generated() {
        let place = root().join(path);
        if std::fs::read_to_string(&place).is_ok_and(|present| present == text) {
            println!("codegen: {path} is current");
            continue;
        }
        let folder = place.parent().expect("a generated file lies in a folder");
        std::fs::create_dir_all(folder).map_err(|error| Stop::while_(format_args!("cannot make {}", folder.display()), error))?;
        std::fs::write(&place, text).map_err(|error| Stop::while_(format_args!("cannot write {path}"), error))?;
        println!("codegen: {path} written");
    }
    Ok(())
}

/// Generated files that are not what would be written.
pub(crate) fn stale() -> Outcome<Vec<Finding>> {
    let present = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    Ok(compare(generated(), present))
}

fn compare(generated: Vec<(&'static str, String)>, present: impl Fn(&str) -> String) -> Vec<Finding> {
    let stale = generated.into_iter().filter(|(path, text)| present(path) != *text);
    stale
        .map(|(path, _)| Finding {
            path: path.to_owned(),
            line: 1,
            says: "not current: run `cargo xtask codegen` and commit it".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_file_is_found() {
        let made = || vec![("ui/src/generated/schema.ts", "new".to_owned())];
        assert_eq!(compare(made(), |_| "old".to_owned()).len(), 1);
        assert_eq!(compare(made(), |_| "new".to_owned()), vec![]);
    }
}
