//! Why something lies in quarantine, as it is kept there: a tag, then what proves it.

use sheaf_base::Hash;
use sheaf_record::{Malformed, Reader, Writer};

/// What a quarantine row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// A record that its device has sealed and that is invalid. It is not in the journal.
    Invalid(Vec<u8>),
    /// A record of the journal that must not meet yrs again. It is named by the row.
    Killer(Hash),
    /// The program died once while this record was being applied, as far as is known. It may have been a power cut, so it gets another
    /// chance.
    Strike(Hash),
}

impl Evidence {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        match self {
            Evidence::Invalid(record) => writer.byte(1).raw(record),
            Evidence::Killer(hash) => writer.byte(2).raw(&hash.0),
            Evidence::Strike(hash) => writer.byte(5).raw(&hash.0),
        };
        writer.into_bytes()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Evidence, Malformed> {
        let mut reader = Reader::new(bytes);
        match reader.byte("the kind of evidence")? {
            1 => Ok(Evidence::Invalid(reader.rest().to_vec())),
            2 => Ok(Evidence::Killer(Hash(reader.array("a hash")?))),
            5 => Ok(Evidence::Strike(Hash(reader.array("a hash")?))),
            found => Err(Malformed::Unknown { what: "the kind of evidence", found: found.into() }),
        }
    }
}
