//! The door to yrs. Every transaction stands behind a guard: what panics in there breaks this replica and not the program.
//!
//! Dropping a yrs transaction commits it, also while a panic unwinds, and a second panic then would abort. So transactions are held in
//! `ManuallyDrop`; after a panic both they and their document are leaked.
//!
//! yrs only ever applies updates here, our own too: it never edits, so it needs no randomness and writes nothing of its own accord.

use std::{
    mem::{ManuallyDrop, forget},
    panic::{AssertUnwindSafe, catch_unwind},
};

use sheaf_base::ClientId;
use sheaf_schema::{Attributes, Delta, Embed, Op, Scalar, Value};
use yrs::{
    Any, ClientID, Doc, Map, OffsetKind, Options, Out, ReadTxn, StateVector, Text, Transact, TransactionMut, Update,
    types::{Attrs, text::YChange},
    updates::decoder::Decode,
};

use crate::replica::Broken;

/// A yrs document with the three roots of a body.
pub(crate) struct Crdt {
    /// None once it broke.
    doc: Option<Doc>,
}

impl Crdt {
    pub(crate) fn new(client: ClientId) -> Self {
        let options = Options {
            offset_kind: OffsetKind::Utf16,
            skip_gc: false,
            cleanup_formatting: false,
            // Without a guid of its own it would draw a random one.
            ..Options::with_guid_and_client_id("".into(), ClientID::new(client.0))
        };
        let doc = Doc::with_options(options);
        doc.get_or_insert_text("body");
        doc.get_or_insert_map("lines");
        doc.get_or_insert_map("meta");
        Crdt { doc: Some(doc) }
    }

    /// Applies updates in one transaction. Anything but success breaks it: yrs cannot take back what it has applied.
    pub(crate) fn apply<'a>(&mut self, updates: impl Iterator<Item = &'a [u8]>) -> Result<(), Broken> {
        let doc = self.doc.take().ok_or_else(|| Broken("it broke before".to_owned()))?;
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let mut transaction = ManuallyDrop::new(doc.transact_mut());
            let applied = apply_all(&mut transaction, updates);
            transaction.commit();
            let pending = transaction.has_missing_updates();
            drop(ManuallyDrop::into_inner(transaction));
            match applied {
                Ok(()) if pending => Err("yrs waits for something".to_owned()),
                applied => applied,
            }
        }));
        match applied {
            Ok(Ok(())) => {
                self.doc = Some(doc);
                Ok(())
            }
            Ok(Err(why)) => Err(Broken(why)),
            Err(panic) => {
                forget(doc);
                let message = panic.downcast_ref::<String>().cloned();
                let message = message.or_else(|| panic.downcast_ref::<&str>().map(|&message| message.to_owned()));
                Err(Broken(format!("yrs panicked: {}", message.unwrap_or_default())))
            }
        }
    }

    fn doc(&self) -> Result<&Doc, Broken> {
        self.doc.as_ref().ok_or_else(|| Broken("it broke before".to_owned()))
    }

    /// Whether yrs holds anything back.
    pub(crate) fn pending(&self) -> bool {
        self.doc.as_ref().is_some_and(|doc| doc.transact().has_missing_updates())
    }

    /// Everything, as one update.
    pub(crate) fn state(&self) -> Result<Vec<u8>, Broken> {
        Ok(self.doc()?.transact().encode_state_as_update_v1(&StateVector::default()))
    }

    /// The raw text, sentinel and all.
    pub(crate) fn raw(&self) -> Result<Delta, Broken> {
        let transaction = self.doc()?.transact();
        let Some(body) = transaction.get_text("body") else { return Ok(Delta::new()) };
        let mut raw = Delta::new();
        for part in body.diff(&transaction, YChange::identity) {
            let attributes = part.attributes.as_deref().map(attributes).unwrap_or_default();
            let op = match part.insert {
                Out::Any(Any::String(text)) => Op::Insert { text: text.to_string(), attributes },
                Out::Any(any) => match value(&any) {
                    Value::Map(map) => match map.into_iter().next() {
                        Some((kind, value)) => Op::Embed { embed: Embed { kind, value }, attributes },
                        None => continue,
                    },
                    _ => continue,
                },
                _ => continue,
            };
            raw.push(op);
        }
        Ok(raw)
    }

    /// What one of the maps says, by key, in order.
    pub(crate) fn entries(&self, map: &str) -> Result<Vec<(String, Value)>, Broken> {
        let transaction = self.doc()?.transact();
        let Some(map) = transaction.get_map(map) else { return Ok(Vec::new()) };
        let mut entries: Vec<(String, Value)> = map
            .iter(&transaction)
            .filter_map(|(key, out)| match out {
                Out::Any(any) => Some((key.to_owned(), value(&any))),
                _ => None,
            })
            .collect();
        entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        Ok(entries)
    }
}

fn apply_all<'a>(transaction: &mut TransactionMut<'_>, updates: impl Iterator<Item = &'a [u8]>) -> Result<(), String> {
    for update in updates {
        let update = Update::decode_v1(update).map_err(|error| format!("yrs cannot read an update: {error}"))?;
        transaction.apply_update(update).map_err(|error| format!("yrs cannot apply an update: {error}"))?;
    }
    Ok(())
}

fn attributes(attrs: &Attrs) -> Attributes {
    let scalars = attrs.iter().filter_map(|(name, any)| {
        let scalar = match value(any) {
            Value::Bool(value) => Scalar::Bool(value),
            Value::Number(value) => Scalar::Number(value),
            Value::Text(value) => Scalar::Text(value),
            Value::Null | Value::List(_) | Value::Map(_) => return None,
        };
        Some((name.to_string(), scalar))
    });
    scalars.collect()
}

fn value(any: &Any) -> Value {
    match any {
        Any::Null | Any::Undefined | Any::Buffer(_) => Value::Null,
        Any::Bool(value) => Value::Bool(*value),
        Any::Number(yrs::any::Number::Int(value)) => Value::Number(*value as f64),
        Any::Number(yrs::any::Number::Float(value)) => Value::Number(*value),
        Any::String(text) => Value::Text(text.to_string()),
        Any::Array(list) => Value::List(list.iter().map(value).collect()),
        Any::Map(map) => Value::Map(map.iter().map(|(key, any)| (key.clone(), value(any))).collect()),
    }
}
