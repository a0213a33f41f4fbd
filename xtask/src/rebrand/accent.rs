//! An accent: four colours made of one, so that all that is written on them and with them can be read.
//!
//! `ui/tests/contrast.test.ts` is the judge; the limits here are the same (WCAG 2.2: text 4.5, signs 3, in high contrast 7).

use crate::failure::{Failure, Result};

/// The colours of `ui/src/tokens.css` that an accent meets, in its order: light and dark.
const LIGHT: Around = Around {
    canvas: Colour([0xfa, 0xfa, 0xf9]),
    surface: WHITE,
    text: Colour([0x19, 0x1d, 0x1c]),
};
const DARK: Around = Around {
    canvas: Colour([0x16, 0x19, 0x1a]),
    surface: Colour([0x1e, 0x22, 0x23]),
    text: Colour([0xec, 0xef, 0xf0]),
};
const WHITE: Colour = Colour([255; 3]);
const BLACK: Colour = Colour([0; 3]);
/// What rounding may cost.
const MARGIN: f64 = 0.02;

struct Around {
    canvas: Colour,
    surface: Colour,
    text: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

/// The four lines of `ui/src/tokens.css`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Accent {
    light: Colour,
    on_light: Colour,
    dark: Colour,
    on_dark: Colour,
}

impl Accent {
    /// Of a colour as people write it, `#rrggbb`: as it is where it can be read, else the nearest darker or lighter one.
    pub(super) fn of(text: &str) -> Result<Self> {
        let asked = Colour::parse(text)
            .ok_or_else(|| Failure::new(format_args!("the accent {text:?} is no colour as #c2255c")))?;
        let on_dark = asked.mixed(0.14, BLACK);
        let light = asked.nearest(light_can_be_read);
        let dark = asked.nearest(|colour| dark_can_be_read(colour, on_dark));
        match (light, dark) {
            (Some(light), Some(dark)) => Ok(Self {
                light,
                on_light: WHITE,
                dark,
                on_dark,
            }),
            _ => Err(Failure::new(format_args!(
                "nothing can be read on or beside {text}"
            ))),
        }
    }

    /// The names and values.
    pub(super) fn lines(&self) -> [(&'static str, String); 4] {
        [
            ("--accent-light", self.light),
            ("--on-accent-light", self.on_light),
            ("--accent-dark", self.dark),
            ("--on-accent-dark", self.on_dark),
        ]
        .map(|(name, colour)| (name, colour.text()))
    }

    /// The colour of the light window and of the sign.
    pub(super) fn light(&self) -> String {
        self.light.text()
    }
}

fn light_can_be_read(accent: Colour) -> bool {
    let strong = accent.mixed(0.6, BLACK);
    readable(accent, WHITE, &LIGHT, accent.mixed(0.14, LIGHT.surface), 4.5)
        && readable(strong, WHITE, &Around { text: BLACK, ..LIGHT }, LIGHT.surface, 7.0)
        // The sign keeps this colour in the dark.
        && contrast(accent, DARK.canvas) >= 3.0 + MARGIN
}

fn dark_can_be_read(accent: Colour, on: Colour) -> bool {
    let strong = accent.mixed(0.6, WHITE);
    readable(accent, on, &DARK, accent.mixed(0.14, DARK.surface), 4.5)
        && readable(
            strong,
            BLACK,
            &Around { text: WHITE, ..DARK },
            strong.mixed(0.14, DARK.surface),
            7.0,
        )
}

/// Whether text can be read on it, in all its shades, and with it on what is around; and the sign and the ring can be seen.
fn readable(accent: Colour, on: Colour, around: &Around, tint: Colour, least: f64) -> bool {
    let least = least + MARGIN;
    let words = accent.mixed(0.82, around.text);
    let shades = [
        accent,
        accent.mixed(0.86, around.text),
        accent.mixed(0.72, around.text),
    ];
    let places = [around.canvas, around.surface];
    shades.iter().all(|shade| contrast(on, *shade) >= least)
        && places
            .iter()
            .chain([&tint])
            .all(|place| contrast(words, *place) >= least)
        && places
            .iter()
            .all(|place| contrast(accent, *place) >= 3.0 + MARGIN)
}

/// WCAG 2.2, contrast ratio.
fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (one.luminance() + 0.05, other.luminance() + 0.05);
    (one / other).max(other / one)
}

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix('#')
            .filter(|it| it.len() == 6 && it.is_ascii())?;
        let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    fn text(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// This share of it and the rest of the other, as `color-mix(in srgb, …)`.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a mixture of two bytes, rounded, is one"
    )]
    fn mixed(self, share: f64, other: Self) -> Self {
        let mix = |index: usize| {
            let [one, other] = [self.0[index], other.0[index]].map(f64::from);
            (one * share + other * (1.0 - share)).round() as u8
        };
        Self([mix(0), mix(1), mix(2)])
    }

    /// WCAG 2.2, relative luminance.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The least darker or lighter one that will do.
    fn nearest(self, will_do: impl Fn(Self) -> bool) -> Option<Self> {
        let shades = (0..=100_u8).map(|step| f64::from(100 - step) / 100.0);
        shades
            .flat_map(|share| [self.mixed(share, BLACK), self.mixed(share, WHITE)])
            .find(|colour| will_do(*colour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_gives_an_accent_that_can_be_read() {
        let steps = [0, 51, 102, 153, 204, 255];
        for red in steps {
            for green in steps {
                for blue in steps {
                    let asked = Colour([red, green, blue]).text();
                    let accent = Accent::of(&asked).unwrap();
                    assert!(light_can_be_read(accent.light), "{asked}: {accent:?}");
                    assert!(
                        dark_can_be_read(accent.dark, accent.on_dark),
                        "{asked}: {accent:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_is_taken_as_it_is() {
        assert_eq!(Accent::of("#0f766e").unwrap().light(), "#0f766e");
        assert_eq!(Accent::of("#2563EB").unwrap().lines()[0].1, "#2563eb");
        assert_ne!(Accent::of("#ffcc00").unwrap().light(), "#ffcc00");
        for wrong in ["", "7a3e9d", "#7a3", "#7a3e9g", "purple", "#c2255c00"] {
            assert!(Accent::of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_around_is_as_in_the_style_sheet() {
        let tokens = include_str!("../../../ui/src/tokens.css");
        for around in [LIGHT, DARK] {
            for (name, colour) in [
                ("canvas", around.canvas),
                ("surface", around.surface),
                ("text", around.text),
            ] {
                let line = format!("--{name}: {};", colour.text());
                assert!(tokens.contains(&line), "{line}");
            }
        }
    }
}
