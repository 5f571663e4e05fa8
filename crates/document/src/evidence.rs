//! Why something lies in quarantine, as it is kept there: a tag, then what proves it.

use sheaf_base::{DocumentId, Hash};
use sheaf_record::{ForkProof, Malformed, Reader, Seal, Writer};

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
    /// A device has sealed two histories: a proof for everybody.
    Fork(Box<ForkProof>),
    /// A device has sealed two histories, as this device has seen: another seal, and records up to it.
    Rival(Seal, Vec<Vec<u8>>),
}

impl Evidence {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        match self {
            Evidence::Invalid(record) => writer.byte(1).raw(record),
            Evidence::Killer(hash) => writer.byte(2).raw(&hash.0),
            Evidence::Strike(hash) => writer.byte(5).raw(&hash.0),
            Evidence::Fork(proof) => writer.byte(3).raw(&proof.encode()),
            Evidence::Rival(seal, records) => {
                writer.byte(4).bytes(&seal.encode()).varint(records.len() as u64);
                records.iter().for_each(|record| {
                    writer.bytes(record);
                });
                &mut writer
            }
        };
        writer.into_bytes()
    }

    pub(crate) fn decode(bytes: &[u8], document: &DocumentId) -> Result<Evidence, Malformed> {
        let mut reader = Reader::new(bytes);
        match reader.byte("the kind of evidence")? {
            1 => Ok(Evidence::Invalid(reader.rest().to_vec())),
            2 => Ok(Evidence::Killer(Hash(reader.array("a hash")?))),
            3 => {
                let proof = ForkProof::decode(reader.rest(), document);
                proof.map(|proof| Evidence::Fork(Box::new(proof))).map_err(|_| Malformed::NotCanonical("the proof of a fork"))
            }
            4 => {
                let seal = Seal::decode(reader.bytes(256, "a seal")?)?;
                let count = reader.count(bytes.len(), 1, "records")?;
                let records = (0..count).map(|_| reader.bytes(bytes.len(), "a record").map(<[u8]>::to_vec)).collect::<Result<_, _>>()?;
                Ok(Evidence::Rival(seal, records))
            }
            5 => Ok(Evidence::Strike(Hash(reader.array("a hash")?))),
            found => Err(Malformed::Unknown { what: "the kind of evidence", found: found.into() }),
        }
    }
}
