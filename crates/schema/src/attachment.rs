//! What the embeds `image` and `file` hold: what never changes about a file. What may change (a width, an alternative text) is an attribute of
//! the embed's character, so that two people's changes merge.

use std::collections::BTreeMap;

use sheaf_base::BlobId;

use crate::{Embed, Value, embed};

/// The attribute of an image that says how wide it is drawn, in CSS pixels; absent: as wide as it is, and no wider than the page.
pub const WIDTH: &str = "width";
/// The attribute of an image that says in words what is to be seen, for whoever does not see it.
pub const ALT: &str = "alt";

/// The longest file name, in bytes: what file systems take.
pub const MAX_NAME: usize = 255;
/// The most pixels of an image that is drawn. More is a file: a screen's worth of memory for each window is enough.
pub const MAX_PIXELS: u64 = 50_000_000;
/// How narrow and how wide an image may be drawn, in CSS pixels.
pub const IMAGE_WIDTHS: std::ops::RangeInclusive<u32> = 24..=4096;

/// Types of images that are drawn. SVG is among them only because an image element runs nothing that is in it.
pub const IMAGES: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"];
/// A file that a document refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The BLAKE3 hash of its bytes.
    pub blob: BlobId,
    /// How many bytes.
    pub size: u64,
    /// What it was called where it came from. From anywhere: to be shown with distrust.
    pub name: String,
    /// Its type, by its bytes, where that is known.
    pub kind: Option<String>,
    /// Pixels across and down, of an image.
    pub pixels: Option<(u32, u32)>,
}

impl Attachment {
    /// What an embed refers to, if it is an image or a file and says so properly.
    pub fn of(embed: &Embed) -> Option<Attachment> {
        if ![embed::IMAGE, embed::FILE].contains(&embed.kind.as_str()) {
            return None;
        }
        let Value::Map(fields) = &embed.value else { return None };
        let text = |name| match fields.get(name) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let pixels = |name| whole(fields.get(name)).and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
        Some(Attachment {
            blob: text("hash")?.parse().ok()?,
            size: whole(fields.get("size"))?,
            name: named(text("name").unwrap_or_default()),
            kind: text("type").map(str::to_owned),
            pixels: pixels("width").zip(pixels("height")),
        })
    }

    /// Whether it is drawn as an image.
    pub fn is_image(&self) -> bool {
        let drawn = self.kind.as_deref().is_some_and(|kind| IMAGES.contains(&kind));
        drawn && self.pixels.is_some_and(|(width, height)| u64::from(width) * u64::from(height) <= MAX_PIXELS)
    }

    /// The embed that refers to it: an image if it can be drawn, a file otherwise.
    pub fn embed(&self) -> Embed {
        let mut fields = BTreeMap::from([
            ("hash".to_owned(), Value::Text(self.blob.to_string())),
            ("size".to_owned(), Value::Number(self.size as f64)),
            ("name".to_owned(), Value::Text(named(&self.name))),
        ]);
        fields.extend(self.kind.clone().map(|kind| ("type".to_owned(), Value::Text(kind))));
        for (name, number) in self.pixels.iter().flat_map(|(width, height)| [("width", width), ("height", height)]) {
            fields.insert(name.to_owned(), Value::Number(f64::from(*number)));
        }
        Embed::new(if self.is_image() { embed::IMAGE } else { embed::FILE }, Value::Map(fields))
    }
}

/// The last part of a path, without control characters, not longer than a file system takes.
fn named(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|letter| !letter.is_control()).collect();
    let end = (0..=clean.len().min(MAX_NAME)).rev().find(|end| clean.is_char_boundary(*end)).unwrap_or(0);
    clean[..end].to_owned()
}

/// A whole number that JavaScript can say.
fn whole(value: Option<&Value>) -> Option<u64> {
    match value {
        Some(Value::Number(number)) if *number >= 0.0 && *number <= 9_007_199_254_740_991.0 && number.fract() == 0.0 => {
            Some(*number as u64)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Attachment {
        let kind = Some("image/png".to_owned());
        Attachment { blob: BlobId([7; 32]), size: 12_000, name: "field.png".into(), kind, pixels: Some((640, 480)) }
    }

    #[test]
    fn an_attachment_is_what_its_embed_says() {
        let embed = picture().embed();
        assert_eq!((embed.kind.as_str(), Attachment::of(&embed)), (embed::IMAGE, Some(picture())));
        let file = Attachment { kind: None, pixels: None, name: "notes.zip".into(), ..picture() };
        assert_eq!((file.embed().kind.as_str(), Attachment::of(&file.embed())), (embed::FILE, Some(file)));
    }

    #[test]
    fn what_is_too_large_to_draw_or_of_no_known_type_is_a_file() {
        for odd in [
            Attachment { pixels: Some((100_000, 100_000)), ..picture() },
            Attachment { pixels: None, ..picture() },
            Attachment { kind: Some("text/html".into()), ..picture() },
        ] {
            assert_eq!(odd.embed().kind, embed::FILE, "{odd:?}");
        }
    }

    #[test]
    fn what_is_malformed_refers_to_nothing_and_a_name_is_no_path() {
        let named = |name: &str| Attachment::of(&Attachment { name: name.into(), ..picture() }.embed()).map(|it| it.name);
        assert_eq!(named("../../etc/passwd"), Some("passwd".into()));
        assert_eq!(named("C:\\x\\a\u{7}b.png"), Some("ab.png".into()));
        assert_eq!(named(&"\u{e9}".repeat(200)).map(|name| name.len()), Some(254));
        let with = |name: &str, value: Value| {
            let mut embed = picture().embed();
            if let Value::Map(fields) = &mut embed.value {
                fields.insert(name.into(), value);
            }
            Attachment::of(&embed)
        };
        for (name, value) in [
            ("hash", Value::from("7")),
            ("hash", Value::Null),
            ("size", Value::Number(-1.0)),
            ("size", Value::Number(0.5)),
            ("size", Value::Number(1e300)),
        ] {
            assert_eq!(with(name, value.clone()), None, "{name} {value:?}");
        }
        assert_eq!(Attachment::of(&Embed::new(embed::SOURCE, picture().embed().value)), None);
    }
}
