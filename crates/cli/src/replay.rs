//! `sheaf replay`: lives through a bundle again. Opens no profile and no network.

use std::path::Path;

use serde_json::json;

use crate::print;
use crate::waiting::Line;

/// Plays a bundle. The error is a sentence for stderr: the bundle cannot be played, or does not come to what it came to.
pub(crate) fn run(file: &Path, json: bool) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let mut line = Line::new();
    let mut told = None;
    let played = sheaf_engine::replay(&bytes, &mut |done, all| {
        let hundredth = done * 100 / all.max(1);
        if told.replace(hundredth) != Some(hundredth) {
            line.say(&format!("played {done} of {all} inputs"));
        }
    })?;
    line.end();
    let (recorded, state) = (hexadecimal(&played.recorded), played.state.as_ref().map(|state| hexadecimal(state)));
    if json {
        let result =
            json!({ "same": played.is_same(), "recorded": recorded, "state": state, "notes": played.notes, "about": played.about });
        print::result(&format!("{result}\n"))?;
    }
    if !played.is_same() {
        let came_to = state.unwrap_or_else(|| "nothing".to_owned());
        let notes: String = played.notes.iter().map(|note| format!("; {note}")).collect();
        return Err(format!("it came to {came_to}, and was recorded as {recorded}{notes}"));
    }
    if json { Ok(()) } else { print::result(&format!("{recorded}: the same, to the last bit\n")) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
