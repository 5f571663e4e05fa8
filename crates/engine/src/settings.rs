//! What a person has chosen: their name and colour, and values that the windows keep here.

use serde_json::{Map, Value};
use sheaf_base::limits;
use sheaf_store::{Batch, Change};

use crate::engine::Shared;

const NAME: &str = "me.name";
const COLOUR: &str = "me.colour";

/// Where the windows' own values are kept, as one JSON object.
const WINDOW: &str = "window";

/// The largest window setting, in bytes: they are switches, not files.
pub(crate) const WINDOW_LIMIT: usize = 64 * 1024;

/// Who uses this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// The name that others see; empty until one was given.
    pub name: String,
    /// One of the schema's presence colours.
    pub colour: String,
}

/// The colours that people can have.
pub const COLOURS: [&str; 10] = ["blue", "teal", "green", "lime", "amber", "orange", "red", "pink", "magenta", "violet"];

/// A setting was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The name is too long, or has characters that no name has.
    #[error("a name has at most {} characters and no line breaks", limits::NAME)]
    Name,
    /// There is no such colour.
    #[error("{name:?} is not a colour: use one of {}", COLOURS.join(", "))]
    Colour {
        /// What was said.
        name: String,
    },
    /// The values are too many or too long.
    #[error("the settings would be larger than {} bytes", WINDOW_LIMIT)]
    TooLarge,
    /// Not written.
    #[error("not saved: {0}")]
    NotSaved(#[from] sheaf_store::CommitError),
}

/// Who uses this device. The colour follows from the device until one is chosen.
pub(crate) fn me(shared: &Shared) -> Me {
    let read = |name| text(shared, name);
    let own = COLOURS[usize::from(shared.device.0[0]) % COLOURS.len()];
    Me { name: read(NAME).unwrap_or_default(), colour: read(COLOUR).unwrap_or_else(|| own.to_owned()) }
}

/// Changes who uses this device; durable when it returns. Blocks.
pub(crate) fn set_me(shared: &Shared, name: Option<&str>, colour: Option<&str>) -> Result<Me, SettingError> {
    let mut batch = Batch::profile();
    if let Some(name) = name.map(str::trim) {
        if name.encode_utf16().count() > limits::NAME || name.chars().any(char::is_control) {
            return Err(SettingError::Name);
        }
        batch.push(Change::Setting { name: NAME.into(), value: Some(name.as_bytes().to_vec()) });
    }
    if let Some(colour) = colour {
        if !COLOURS.contains(&colour) {
            return Err(SettingError::Colour { name: colour.to_owned() });
        }
        batch.push(Change::Setting { name: COLOUR.into(), value: Some(colour.as_bytes().to_vec()) });
    }
    if !batch.is_empty() {
        shared.store.commit(batch).wait()?;
    }
    Ok(me(shared))
}

/// What the windows keep here.
pub(crate) fn window(shared: &Shared) -> Map<String, Value> {
    match text(shared, WINDOW).map(|text| serde_json::from_str(&text)) {
        Some(Ok(Value::Object(values))) => values,
        _ => Map::new(),
    }
}

/// Changes what the windows keep here; `null` takes a value away. Blocks.
pub(crate) fn set_window(shared: &Shared, change: Map<String, Value>) -> Result<Map<String, Value>, SettingError> {
    let mut values = window(shared);
    for (name, value) in change {
        match value {
            Value::Null => drop(values.remove(&name)),
            value => drop(values.insert(name, value)),
        }
    }
    let text = Value::Object(values.clone()).to_string();
    if text.len() > WINDOW_LIMIT {
        return Err(SettingError::TooLarge);
    }
    let change = Change::Setting { name: WINDOW.into(), value: Some(text.into_bytes()) };
    shared.store.commit(Batch::profile().with(change)).wait()?;
    Ok(values)
}

/// A setting as text. One that cannot be read counts as not set; the log says so.
pub(crate) fn text(shared: &Shared, name: &str) -> Option<String> {
    match shared.store.read(|reader| reader.setting(name)) {
        Ok(value) => value.and_then(|bytes| String::from_utf8(bytes).ok()),
        Err(error) => {
            tracing::warn!(%error, name, "a setting cannot be read");
            None
        }
    }
}
