//! Where the window stood: kept with the profile, among the settings of the page, so that two profiles have two places.

use serde_json::{Value, json};

/// A window's place on the screen. Positions are left out where the desktop does not tell them (Wayland).
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Place {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) position: Option<(f64, f64)>,
    pub(crate) maximized: bool,
}

/// The size of the drawings the page was designed on.
pub(crate) const FIRST: Place = Place { width: 1180.0, height: 820.0, position: None, maximized: false };

/// Smaller, and the page has no room for a line of text.
pub(crate) const SMALLEST: (f64, f64) = (420.0, 320.0);

/// Larger is a damaged setting, not a screen.
const LARGEST: f64 = 16_384.0;

/// The name among the settings.
pub(crate) const KEY: &str = "window";

impl Place {
    /// From the settings; what makes no sense is as if it had not been kept.
    pub(crate) fn read(kept: &Value) -> Self {
        let number = |name: &str| kept[name].as_f64().filter(|number| number.abs() <= LARGEST);
        let (Some(width), Some(height)) = (number("width"), number("height")) else { return FIRST };
        if width < SMALLEST.0 || height < SMALLEST.1 {
            return FIRST;
        }
        Place { width, height, position: number("x").zip(number("y")), maximized: kept["maximized"] == true }
    }

    /// As it is kept.
    pub(crate) fn write(self) -> Value {
        let mut kept = json!({ "width": self.width, "height": self.height, "maximized": self.maximized });
        if let Some((x, y)) = self.position {
            kept["x"] = json!(x);
            kept["y"] = json!(y);
        }
        kept
    }

    /// The place of a window as it stands. While it is maximized its old size is kept, to return to.
    pub(crate) fn of(window: &tauri::WebviewWindow, before: Place) -> tauri::Result<Self> {
        if window.is_maximized()? {
            return Ok(Place { maximized: true, ..before });
        }
        let scale = window.scale_factor()?;
        let size = window.inner_size()?.to_logical::<f64>(scale);
        let position =
            window.outer_position().ok().map(|position| position.to_logical::<f64>(scale)).map(|position| (position.x, position.y));
        Ok(Place { width: size.width, height: size.height, position, maximized: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was() {
        let place = Place { width: 900.0, height: 700.0, position: Some((40.0, -10.0)), maximized: false };
        assert_eq!(Place::read(&place.write()), place);
        let placeless = Place { position: None, maximized: true, ..place };
        assert_eq!(Place::read(&placeless.write()), placeless);
    }

    #[test]
    fn a_damaged_place_is_forgotten() {
        for kept in [
            json!(null),
            json!({ "width": 2, "height": 700 }),
            json!({ "width": 1e9, "height": 700 }),
            json!({ "width": "wide", "height": 1 }),
        ] {
            assert_eq!(Place::read(&kept), FIRST, "{kept}");
        }
    }
}
