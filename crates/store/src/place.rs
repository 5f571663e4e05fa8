//! Where a journal row lies: a document's key and a place in its journal, in one SQLite row id.

/// Places take the lower 40 bits: a million million records a document, eight million documents a profile.
const PLACE_BITS: u32 = 40;

/// The row id of a place.
pub(crate) fn row_id(document: i64, place: u64) -> i64 {
    (document << PLACE_BITS) | place.min(last_place()).cast_signed()
}

/// The place that a row id names.
pub(crate) fn place(row_id: i64) -> u64 {
    row_id.cast_unsigned() & last_place()
}

/// The largest place.
pub(crate) fn last_place() -> u64 {
    (1 << PLACE_BITS) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_being_a_row_id_and_documents_do_not_touch() {
        for document in [1, 2, 8_000_000] {
            for there in [0, 1, 77, last_place()] {
                assert_eq!(place(row_id(document, there)), there);
            }
            assert!(row_id(document, last_place()) < row_id(document + 1, 0));
        }
    }
}
