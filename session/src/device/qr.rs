//! The QR code of an address (ISO/IEC 18004), as the path of an SVG.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::view::Qr;

/// The longest path, in bytes: a view stays under 8 KiB.
const PATH_LIMIT: usize = 4_500;
/// The light modules around the code that a reader needs.
const QUIET: usize = 4;

/// The code of this text, with correction of 15 % where there is room and of 7 % else. `None`: the text is too long.
pub(super) fn of(text: &str) -> Option<Qr> {
    [EcLevel::M, EcLevel::L].into_iter().find_map(|level| {
        let code = QrCode::with_error_correction_level(text, level).ok()?;
        let path = path(&code);
        (path.len() <= PATH_LIMIT).then(|| Qr {
            size: u32::try_from(code.width() + 2 * QUIET).unwrap_or(u32::MAX),
            path,
        })
    })
}

/// Every run of dark modules is a stroke of width 1, along the middle of its row.
fn path(code: &QrCode) -> String {
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, line) in modules.chunks(width).enumerate() {
        let mut at = None::<usize>;
        let mut start = 0;
        while start < width {
            let dark = line[start] == Color::Dark;
            let length = line[start..]
                .iter()
                .take_while(|module| (**module == Color::Dark) == dark)
                .count();
            if dark {
                // Writing to a text cannot fail.
                let _ = match at {
                    None => write!(path, "M{} {}.5h{length}", start + QUIET, row + QUIET),
                    Some(end) => write!(path, "m{} 0h{length}", start - end),
                };
                at = Some(start + length);
            }
            start += length;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode};

    use super::{PATH_LIMIT, QUIET, of};

    /// Reads the path again, as a renderer would.
    fn modules(path: &str, size: usize) -> Vec<Vec<bool>> {
        let mut drawn = vec![vec![false; size]; size];
        let (mut x, mut y) = (0_usize, 0_usize);
        for stroke in path.split(['M', 'm']).skip(1) {
            let absolute = stroke.contains(".5");
            let (place, length) = stroke.split_once('h').unwrap();
            let (across, down) = place.split_once(' ').unwrap();
            if absolute {
                x = across.parse().unwrap();
                y = down.trim_end_matches(".5").parse().unwrap();
            } else {
                x += across.parse::<usize>().unwrap();
            }
            for _ in 0..length.parse::<usize>().unwrap() {
                drawn[y][x] = true;
                x += 1;
            }
        }
        drawn
    }

    #[test]
    fn the_path_draws_the_modules_of_the_code() {
        let text = "https://id.example/device?user_code=WDJB-MJHT";
        let qr = of(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let drawn = modules(&qr.path, qr.size as usize);
        assert_eq!(qr.size as usize, code.width() + 2 * QUIET);
        let colors = code.to_colors();
        for (row, line) in drawn.iter().enumerate() {
            for (column, dark) in line.iter().enumerate() {
                let inside = (QUIET..QUIET + code.width()).contains(&row)
                    && (QUIET..QUIET + code.width()).contains(&column);
                let due = inside && colors[(row - QUIET) * code.width() + column - QUIET] == Color::Dark;
                assert_eq!(*dark, due, "{row} {column}");
            }
        }
    }

    #[test]
    fn a_long_address_has_a_code_or_none_but_never_a_long_path() {
        let lengths = (10..3_000).step_by(97).map(|length| of(&"a".repeat(length)));
        let sizes: Vec<_> = lengths.map(|qr| qr.map(|qr| qr.path.len())).collect();
        assert!(sizes.iter().flatten().all(|length| *length <= PATH_LIMIT));
        assert!(sizes.first().unwrap().is_some() && sizes.last().unwrap().is_none());
    }
}
