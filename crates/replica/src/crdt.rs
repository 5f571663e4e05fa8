//! The door to yrs. Every transaction stands behind a guard: what panics in there breaks this replica and not the program.
//!
//! Dropping a yrs transaction commits it, also while a panic unwinds, and a second panic then would abort. So transactions are held in
//! `ManuallyDrop`; after a panic both they and their document are leaked.
//!
//! yrs is the document: it writes our own edits and applies everybody else's. It writes nothing of its own accord.

use std::{
    collections::HashMap,
    mem::{ManuallyDrop, forget},
    panic::{AssertUnwindSafe, catch_unwind},
};

use sheaf_base::{
    ClientId,
    planted::{self, Bug},
};
use sheaf_schema::{Attributes, Delta, Embed, Op, Scalar, Value};
use yrs::{
    Any, ClientID, Doc, In, Map, OffsetKind, Options, Out, ReadTxn, StateVector, Text, Transact, TransactionMut, Update,
    types::{Attrs, text::YChange},
    updates::decoder::Decode,
};

use crate::{cut::LONGEST_TEXT, replica::Broken};

/// A transaction takes no more text than this. At its end yrs joins blocks that follow each other, from right to left and each time into a new
/// string: a paste of 5 MB, in 81 blocks, took 380 MB. Block by block, each is put to the end of what is there, as with typing.
const LARGE: usize = LONGEST_TEXT;

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

    /// Applies updates, as many in one transaction as are not [`LARGE`] together.
    pub(crate) fn apply<'a>(&mut self, updates: impl Iterator<Item = &'a [u8]>) -> Result<(), Broken> {
        self.doc()?;
        let mut updates = updates.inspect(|update| die_of(update)).peekable();
        while updates.peek().is_some() {
            self.guarded(|transaction| {
                let mut bytes = 0;
                while bytes < LARGE
                    && let Some(update) = updates.next()
                {
                    apply(transaction, update)?;
                    bytes += update.len();
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Edits the maps and the text, and returns the updates that say so: one, unless text is put in that is too long for a record.
    pub(crate) fn edit(&mut self, said: &[Said<'_>], passes: &[Delta]) -> Result<Vec<Vec<u8>>, Broken> {
        // The maps first: a line is never seen without what it is.
        let mut said = said;
        let written =
            portions(passes).into_iter().map(|portion| self.guarded(|transaction| write(transaction, std::mem::take(&mut said), &portion)));
        written.collect()
    }

    /// Runs one transaction. Anything but success breaks the replica: yrs cannot take back what it has done.
    fn guarded<T>(&mut self, run: impl FnOnce(&mut TransactionMut<'_>) -> Result<T, String>) -> Result<T, Broken> {
        let doc = self.doc.take().ok_or_else(|| Broken("it broke before".to_owned()))?;
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let mut transaction = ManuallyDrop::new(doc.transact_mut());
            let ran = run(&mut transaction);
            transaction.commit();
            let pending = transaction.has_missing_updates();
            drop(ManuallyDrop::into_inner(transaction));
            if pending { ran.and(Err("yrs waits for something".to_owned())) } else { ran }
        }));
        match ran {
            Ok(Ok(value)) => {
                self.doc = Some(doc);
                Ok(value)
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

/// Only for a test that must see how a document opens after a process has died in here.
fn die_of(update: &[u8]) {
    /// A panic that cannot unwind ends the process, as a second one in yrs would.
    extern "C" fn die() {
        panic!("it dies of this update");
    }
    if planted::is(Bug::DeadlyWord) && update.windows(6).any(|word| word == b"deadly") {
        die();
    }
}

/// What an entry of a map is to say from now on; None takes it away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) map: &'static str,
    pub(crate) key: &'a str,
    pub(crate) value: Option<&'a str>,
}

/// Passes of edits in portions, each for a transaction: one, unless a long text needs more.
fn portions(passes: &[Delta]) -> Vec<Vec<Delta>> {
    let (mut done, mut current) = (Vec::new(), Vec::new());
    for pass in passes {
        let (mut portion, mut at, mut bytes) = (Delta::new(), 0, 0);
        for op in &pass.ops {
            let Op::Insert { text, attributes } = op else {
                at += if matches!(op, Op::Delete { .. }) { 0 } else { op.length() };
                // As it is: what stands side by side and is not joined is so on purpose.
                portion.ops.push(op.clone());
                continue;
            };
            for piece in pieces(text) {
                if bytes > 0 && bytes + piece.len() > LARGE {
                    current.push(std::mem::replace(&mut portion, Delta::new().retain(at)));
                    done.push(std::mem::take(&mut current));
                    bytes = 0;
                }
                bytes += piece.len();
                let op = Op::Insert { text: piece.to_owned(), attributes: attributes.clone() };
                at += op.length();
                portion.ops.push(op);
            }
        }
        current.push(portion);
    }
    done.push(current);
    done
}

/// Writes into a transaction, and says what it says then. Before the commit: after it yrs has joined what we cut, and forgotten what we deleted.
fn write(transaction: &mut TransactionMut<'_>, said: &[Said<'_>], passes: &[Delta]) -> Result<Vec<u8>, String> {
    for &Said { map, key, value } in said {
        let map = transaction.get_map(map).ok_or_else(|| format!("there is no root {map}"))?;
        match value {
            Some(value) => drop(map.insert(transaction, key, value)),
            None => drop(map.remove(transaction, key)),
        }
    }
    let body = transaction.get_text("body").ok_or("there is no root body")?;
    for pass in passes {
        body.apply_delta(transaction, pass.ops.iter().map(to_yrs));
    }
    Ok(transaction.encode_update_v1())
}

/// One operation as yrs takes it.
fn to_yrs(op: &Op) -> yrs::types::Delta<In> {
    use yrs::types::Delta as To;
    match op {
        Op::Retain { length, attributes } => To::Retain(*length as u32, attrs(attributes)),
        Op::Delete { length } => To::Deleted(*length as u32),
        Op::Embed { embed, attributes } => {
            let map = HashMap::from([(embed.kind.clone(), any(&embed.value))]);
            To::Inserted(In::Any(Any::Map(map.into())), attrs(attributes))
        }
        Op::Insert { text, attributes } => To::Inserted(In::Any(Any::String(text.as_str().into())), attrs(attributes)),
    }
}

/// A text in pieces that each fit a record.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut cut = rest.len().min(LONGEST_TEXT);
        while !rest.is_char_boundary(cut) {
            cut -= 1;
        }
        let (piece, after) = rest.split_at(cut);
        rest = after;
        Some(piece)
    })
}

fn attrs(attributes: &Attributes) -> Option<Box<Attrs>> {
    let attrs: Attrs = attributes.iter().map(|(name, value)| (name.as_str().into(), any(&Value::from(value.clone())))).collect();
    (!attrs.is_empty()).then(|| Box::new(attrs))
}

fn any(value: &Value) -> Any {
    match value {
        Value::Null => Any::Null,
        Value::Bool(value) => Any::Bool(*value),
        Value::Number(value) => Any::from(*value),
        Value::Text(text) => Any::String(text.as_str().into()),
        Value::List(list) => Any::Array(list.iter().map(any).collect()),
        Value::Map(map) => Any::Map(std::sync::Arc::new(map.iter().map(|(key, value)| (key.clone(), any(value))).collect())),
    }
}

fn apply(transaction: &mut TransactionMut<'_>, update: &[u8]) -> Result<(), String> {
    let update = Update::decode_v1(update).map_err(|error| format!("yrs cannot read an update: {error}"))?;
    transaction.apply_update(update).map_err(|error| format!("yrs cannot apply an update: {error}"))
}

#[allow(clippy::disallowed_methods, reason = "yrs holds them in a hash map; they come out in a sorted one")]
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

#[allow(clippy::disallowed_methods, reason = "yrs holds them in a hash map; they come out in a sorted one")]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        let text = "𝄞a".repeat(LONGEST_TEXT);
        assert!(pieces(&text).all(|piece| piece.len() <= LONGEST_TEXT));
        assert_eq!(pieces(&text).collect::<String>(), text);
        assert_eq!(pieces("").count(), 0);
    }

    #[test]
    fn a_long_paste_in_portions_is_one_text_where_it_was_put() {
        let mut crdt = Crdt::new(ClientId(7));
        drop(crdt.edit(&[], &[Delta::new().insert("before, gone, after")]).expect("it is text"));
        let long = "𝄞a\n".repeat(LARGE);
        let written = crdt.edit(&[], &[Delta::new().retain(8).insert(&long).delete(5).insert("then")]).expect("it is text");
        assert!(written.len() > 5, "{}", written.len());
        assert_eq!(crdt.raw().expect("it is whole").ops, Delta::new().insert(format!("before, {long}then after")).ops);
        let mut there = Crdt::new(ClientId(8));
        there.apply(std::iter::once(&*crdt.state().expect("it is whole"))).expect("it applies");
        assert_eq!(there.raw().expect("it is whole").ops, crdt.raw().expect("it is whole").ops);
    }

    #[test]
    fn a_panic_in_there_breaks_the_replica_and_not_the_program() {
        let mut crdt = Crdt::new(ClientId(1));
        let far = Delta::new().retain(5).delete(5);
        let broken = crdt.edit(&[], &[far]).expect_err("there is nothing to delete");
        assert!(broken.0.contains("panicked"), "{broken}");
        assert!(crdt.state().is_err() && crdt.apply(std::iter::empty()).is_err());
    }
}
