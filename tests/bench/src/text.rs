//! The texts that are measured with, and ids for their lines.

use sheaf_schema::{Delta, attributes};

/// So many lines of a hundred characters, their newlines included.
pub(crate) fn body(lines: usize) -> Delta {
    let words = "Every device holds the whole document; what you type is on your own disk before anything else happens.";
    let line = |number: usize| format!("{number} {words}")[..99].to_owned();
    let newline = |number: usize| attributes([("line", format!("line{number}").into())]);
    (0..lines).fold(Delta::new(), |body, number| body.insert(line(number)).insert_with("\n", newline(number)))
}

/// Ids from a counter: the same in every run.
pub(crate) fn ids() -> impl FnMut() -> [u8; 32] {
    let mut count = 0_u64;
    move || {
        count += 1;
        std::array::from_fn(|index| (count.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (index % 8 * 8)) as u8)
    }
}
