//! What a person would see, and when: the pixels of the display, looked at from outside whenever the display says that they changed.

use std::time::{Duration, Instant};

use latchkey_e2e::failure::{Doing, Failure, Result, ensure};
use latchkey_e2e::world::World;
use x11rb::connection::Connection as _;
use x11rb::protocol::damage::{ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

/// The part of the screen that is looked at: the window's size, in pixels. Without a window manager windows are at the top left.
pub(crate) const SIZE: (u16, u16) = (420, 560);
/// How far a colour may be off and still count as the same: fonts are smoothed, 0 to 255.
const TOLERANCE: u8 = 24;
/// How long a look at the queue of the display waits.
const LOOK: Duration = Duration::from_millis(1);

/// A picture of that part: a pixel is blue, green, red and nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture(Vec<[u8; 4]>);

impl Picture {
    /// Whether nothing is there: the screen is black where no window is.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|pixel| pixel[..3] == [0; 3])
    }

    /// How many pixels differ from the other one's; counted up to one more than `enough`. While this looks, who is looked at has one
    /// processor less: a window that is still blank must not cost a look at all of it.
    fn differing(&self, other: &Self, enough: usize) -> usize {
        let mut differing = self.0.len().abs_diff(other.0.len());
        for (a, b) in self.0.iter().zip(&other.0) {
            if a != b && (0..3).any(|channel| a[channel].abs_diff(b[channel]) > TOLERANCE) {
                differing += 1;
                if differing > enough {
                    break;
                }
            }
        }
        differing
    }

    /// How many pixels are not the background: the colour most of them have, or one that looks like it.
    fn ink(&self) -> usize {
        let mut colors = std::collections::HashMap::<[u8; 4], usize>::new();
        for pixel in &self.0 {
            *colors.entry(*pixel).or_default() += 1;
        }
        let background = colors
            .into_iter()
            .max_by_key(|(_, count)| *count)
            .map(|(color, _)| color);
        background.map_or(0, |color| {
            let blank = Self(vec![color; self.0.len()]);
            self.differing(&blank, usize::MAX)
        })
    }

    /// Red, green, blue of every pixel.
    pub(crate) fn rgb(&self) -> Vec<u8> {
        self.0
            .iter()
            .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
            .collect()
    }
}

/// What a window looks like when it has painted what it has to show.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    picture: Picture,
    ink: usize,
}

impl Settled {
    /// The window's last picture.
    pub(crate) fn of(picture: Picture) -> Result<Self> {
        let ink = picture.ink();
        ensure(
            ink > 100,
            format_args!("a picture with {ink} pixels that are not background"),
        )?;
        Ok(Self { picture, ink })
    }

    /// Whether a picture shows the same, but for a tenth of what is not background: "expires in 59 min" is "in 58 min" later.
    pub(crate) fn is(&self, picture: &Picture) -> bool {
        let most = self.ink / 10;
        self.picture.differing(picture, most) <= most
    }

    /// The picture.
    pub(crate) fn picture(&self) -> &Picture {
        &self.picture
    }
}

/// When what was seen, since the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Something of the window.
    pub(crate) window: Duration,
    /// All it had to show.
    pub(crate) painted: Duration,
}

/// A look at a display.
pub(crate) struct Watch {
    connection: RustConnection,
    root: Window,
    damage: Damage,
}

impl Watch {
    /// Begins to look at the world's display.
    pub(crate) fn of(world: &World) -> Result<Self> {
        let (connection, number) = x11rb::connect(Some(world.display())).doing("connect to the display")?;
        let root = connection.setup().roots.get(number).doing("the screen")?.root;
        connection
            .damage_query_version(1, 1)
            .doing("ask for the damage extension")?
            .reply()
            .doing("ask for the damage extension")?;
        let damage = connection.generate_id().doing("watch the screen")?;
        connection
            .damage_create(damage, root, ReportLevel::NON_EMPTY)
            .doing("watch the screen")?
            .check()
            .doing("watch the screen")?;
        Ok(Self {
            connection,
            root,
            damage,
        })
    }

    /// Looks until all is painted.
    pub(crate) async fn until(&self, settled: &Settled, started: Instant, limit: Duration) -> Result<Seen> {
        let mut window = None;
        let found = self
            .look(started, limit, |at, picture| {
                if !picture.is_empty() {
                    window.get_or_insert(at);
                }
                settled.is(picture).then_some(at)
            })
            .await?;
        match (window, found) {
            (Some(window), Some(painted)) => Ok(Seen { window, painted }),
            _ => Err(Failure::new(format_args!(
                "within {} s it did not show what it showed before",
                limit.as_secs()
            ))),
        }
    }

    /// Looks so long, and returns the last picture.
    pub(crate) async fn last(&self, span: Duration) -> Result<Picture> {
        self.look(Instant::now(), span, |_, _| None::<()>).await?;
        self.picture()
    }

    /// Waits until the screen is empty again.
    pub(crate) async fn cleared(&self, limit: Duration) -> Result<()> {
        let started = Instant::now();
        while !self.picture()?.is_empty() {
            ensure(started.elapsed() < limit, "a window stayed on the screen")?;
            tokio::time::sleep(LOOK * 20).await;
        }
        // What was said meanwhile is of the past.
        self.look(Instant::now(), LOOK * 20, |_, _| None::<()>)
            .await
            .map(drop)
    }

    /// Shows each new picture, with its time, until something is found.
    async fn look<T>(
        &self,
        started: Instant,
        limit: Duration,
        mut found: impl FnMut(Duration, &Picture) -> Option<T>,
    ) -> Result<Option<T>> {
        while started.elapsed() < limit {
            if self
                .connection
                .poll_for_event()
                .doing("watch the screen")?
                .is_none()
            {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            let at = started.elapsed();
            // Told of once until it is taken back; what changes after this is told of again.
            self.connection
                .damage_subtract(self.damage, x11rb::NONE, x11rb::NONE)
                .doing("watch the screen")?;
            if let Some(found) = found(at, &self.picture()?) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn picture(&self) -> Result<Picture> {
        let (format, all) = (ImageFormat::Z_PIXMAP, u32::MAX);
        let image = self
            .connection
            .get_image(format, self.root, 0, 0, SIZE.0, SIZE.1, all);
        let image = image
            .doing("photograph the screen")?
            .reply()
            .doing("photograph the screen")?;
        Ok(Picture(image.data.as_chunks::<4>().0.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Picture, Settled};

    fn picture(ink: usize) -> Picture {
        let mut pixels = vec![[250, 250, 250, 0]; 10_000];
        pixels[..ink].fill([20, 20, 20, 0]);
        Picture(pixels)
    }

    #[test]
    fn a_blank_window_is_not_what_it_will_show() {
        let settled = Settled::of(picture(500)).unwrap();
        assert!(settled.is(&picture(500)) && settled.is(&picture(470)) && settled.is(&picture(530)));
        assert!(!settled.is(&Picture(Vec::new())));
        assert!(!settled.is(&picture(0)) && !settled.is(&picture(440)) && !settled.is(&picture(1_000)));
        assert!(Settled::of(picture(0)).is_err());
    }

    #[test]
    fn smoothed_fonts_are_the_same_and_another_theme_is_not() {
        let settled = Settled::of(picture(500)).unwrap();
        let shade = |by: u8| {
            Picture(
                picture(500)
                    .0
                    .iter()
                    .map(|pixel| pixel.map(|c| c.saturating_sub(by)))
                    .collect(),
            )
        };
        assert!(settled.is(&shade(10)) && !settled.is(&shade(60)));
        assert!(!picture(0).is_empty() && Picture(vec![[0; 4]; 10]).is_empty());
    }
}
