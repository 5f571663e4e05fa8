//! The list as TypeScript, for the catalogues of the windows.

use std::fmt::Write as _;

use crate::{Listed, Sentence};

/// What `ui/src/generated/sentences.ts` must hold. `cargo xtask codegen` writes it, and tidy compares.
pub fn typescript() -> String {
    let mut text = HEAD.to_owned();
    for Listed { code, meaning, parts } in Sentence::ALL {
        let parts: Vec<String> = parts.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
        let parts = if parts.is_empty() { "Nothing".to_owned() } else { format!("{{ {} }}", parts.join("; ")) };
        let _ = write!(text, "  /**{meaning} */\n  {code}: {parts};\n");
    }
    text.push_str("}\n");
    text
}

const HEAD: &str = "\
// What the core can say to people. Written by `cargo xtask codegen` from crates/sentence: change it there.

/** A sentence that is told nothing. */
export type Nothing = Readonly<Record<string, never>>;

/** Every sentence by its code, with what it is told. A sentence within a sentence (`why`) has been put into words before. */
export interface CoreSentences {
";
