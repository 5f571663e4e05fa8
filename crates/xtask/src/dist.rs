//! `cargo xtask dist`: the .deb.

use crate::shell::{Outcome, Stop};

/// Makes the package and tests it.
pub(crate) fn make(_arguments: &[String]) -> Outcome {
    Err(Stop("the .deb is not built yet".to_owned()))
}
