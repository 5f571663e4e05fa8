//! What a file is, by its first bytes and never by its name; and how large an image is drawn, by its header. Nothing is decoded.

/// Bytes that are looked at, at most: the frame of a JPEG may stand behind a long preview.
pub const HEADER: usize = 256 * 1024;

/// What a file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Its type, if it is one that can be shown or opened; none: bytes.
    pub kind: Option<&'static str>,
    /// Pixels across and down, of an image whose header says so.
    pub pixels: Option<(u32, u32)>,
}

/// Looks at a file's beginning.
pub fn look(header: &[u8]) -> Look {
    let image =
        |kind, pixels: Option<(u32, u32)>| Look { kind: Some(kind), pixels: pixels.filter(|(width, height)| *width > 0 && *height > 0) };
    let other = |kind| Look { kind: Some(kind), pixels: None };
    match header {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => image("image/png", be32(header, 16).zip(be32(header, 20))),
        [0xff, 0xd8, 0xff, ..] => image("image/jpeg", jpeg(header)),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => image("image/gif", le16(header, 6).zip(le16(header, 8))),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => image("image/webp", webp(header)),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => image("image/avif", avif(header)),
        [b'%', b'P', b'D', b'F', b'-', ..] => other("application/pdf"),
        [b'O', b'g', b'g', b'S', ..] => other("audio/ogg"),
        [b'f', b'L', b'a', b'C', ..] => other("audio/flac"),
        [b'I', b'D', b'3', ..] => other("audio/mpeg"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => other("video/mp4"),
        _ => text(header),
    }
}

/// SVG and plain words. Whatever else is written in letters (pages, scripts) is words to us.
fn text(header: &[u8]) -> Look {
    let header = header.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(header);
    let words = match std::str::from_utf8(header) {
        Ok(words) => words,
        // Cut in the middle of a letter.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&header[..error.valid_up_to()]).unwrap_or_default(),
        Err(_) => return Look::default(),
    };
    if words.is_empty() || words.contains('\0') {
        return Look::default();
    }
    if is_svg(words) {
        return Look { kind: Some("image/svg+xml"), pixels: svg_pixels(words) };
    }
    Look { kind: Some("text/plain"), pixels: None }
}

/// Whether the first element is `svg`, behind declarations and comments.
fn is_svg(words: &str) -> bool {
    let mut rest = words.trim_start();
    loop {
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!DOCTYPE svg") {
            ">"
        } else {
            let name = rest.strip_prefix("<svg");
            return name.is_some_and(|after| after.starts_with(|letter: char| letter.is_whitespace() || letter == '>' || letter == '/'));
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
}

/// `width` and `height` of the root, in pixels, or else the view box's.
fn svg_pixels(words: &str) -> Option<(u32, u32)> {
    let tag = words.split_once("<svg")?.1.split_once('>')?.0;
    let attribute = |name: &str| {
        let after = tag.split_once(&format!(" {name}=")).or_else(|| tag.split_once(&format!("\n{name}=")))?.1;
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        after[1..].split_once(quote).map(|(value, _)| value.trim())
    };
    let length = |value: &str| value.trim_end_matches("px").parse::<f64>().ok().filter(|value| (1.0..=65_535.0).contains(value));
    let sides = match (attribute("width").and_then(length), attribute("height").and_then(length)) {
        (Some(width), Some(height)) => Some((width, height)),
        _ => {
            let sides: Vec<f64> =
                attribute("viewBox")?.split([' ', ',']).filter(|part| !part.is_empty()).filter_map(length_of_box).collect();
            match sides.as_slice() {
                [_, _, width, height] if *width >= 1.0 && *height >= 1.0 => Some((*width, *height)),
                _ => None,
            }
        }
    };
    sides.map(|(width, height)| (width.min(65_535.0) as u32, height.min(65_535.0) as u32))
}

fn length_of_box(part: &str) -> Option<f64> {
    part.parse::<f64>().ok().filter(|value| value.is_finite())
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    Some(le16(bytes, at)? | u32::from(*bytes.get(at + 2)?) << 16)
}

/// The first frame's header. A camera's turn of the image is not read: browsers turn it, and the two sides are then the other way about.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        while *bytes.get(at)? == 0xff {
            at += 1;
        }
        let marker = bytes[at];
        let length = be16(bytes, at + 1)? as usize;
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((be16(bytes, at + 6)?, be16(bytes, at + 4)?));
        }
        at += 1 + length.max(2);
        if *bytes.get(at)? != 0xff {
            return None;
        }
    }
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => Some((le16(bytes, 26)? & 0x3fff, le16(bytes, 28)? & 0x3fff)),
        b"VP8L" => {
            let packed = u32::from_le_bytes(bytes.get(21..25)?.try_into().ok()?);
            Some(((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((le24(bytes, 24)? + 1, le24(bytes, 27)? + 1)),
        _ => None,
    }
}

/// The first `ispe` property: of an image with one item, its size.
fn avif(bytes: &[u8]) -> Option<(u32, u32)> {
    let at = bytes.windows(4).take(64 * 1024).position(|window| window == b"ispe")?;
    be32(bytes, at + 8).zip(be32(bytes, at + 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(bytes: &[u8]) -> (Option<&'static str>, Option<(u32, u32)>) {
        let Look { kind, pixels } = look(bytes);
        (kind, pixels)
    }

    #[test]
    fn images_say_what_they_are_and_how_large() {
        let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &640u32.to_be_bytes(), &480u32.to_be_bytes()].concat();
        assert_eq!(seen(&png), (Some("image/png"), Some((640, 480))));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\x01\xe0\x02\x80";
        assert_eq!(seen(jpeg), (Some("image/jpeg"), Some((640, 480))));
        assert_eq!(seen(b"GIF89a\x80\x02\xe0\x01"), (Some("image/gif"), Some((640, 480))));
        assert_eq!(seen(b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0"), (Some("image/webp"), Some((640, 480))));
        assert_eq!(seen(b"<?xml version='1.0'?>\n<svg width=\"640\" height='480px'>"), (Some("image/svg+xml"), Some((640, 480))));
        assert_eq!(seen(b"<svg viewBox='0 0 640 480' >"), (Some("image/svg+xml"), Some((640, 480))));
    }

    #[test]
    fn what_only_pretends_is_not_believed() {
        assert_eq!(seen(b"<html><svg width='1' height='1'>"), (Some("text/plain"), None));
        assert_eq!(seen(b"#!/bin/sh\nrm -rf /"), (Some("text/plain"), None));
        assert_eq!(seen(b"\x7fELF\x02\x01\x01\0"), (None, None));
        assert_eq!(seen(b"PK\x03\x04\xff\xff"), (None, None), "never unpacked");
        assert_eq!(seen(b"%PDF-1.7"), (Some("application/pdf"), None));
        assert_eq!(seen(b""), (None, None));
    }

    #[test]
    fn a_header_that_is_cut_or_torn_harms_nobody() {
        let beginnings: [&[u8]; 6] =
            [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8L", b"\0\0\0\x20ftypavif", b"<svg "];
        let mut chance = 7u64;
        for beginning in beginnings {
            for length in 0..200 {
                let mut bytes = beginning.to_vec();
                bytes.extend((0..length).map(|_| {
                    chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (chance >> 33) as u8
                }));
                let _ = look(&bytes);
            }
        }
    }
}
