//! The app's window, photographed from outside again and again: what it showed before anybody could ask its page.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::failure::{Doing, Failure, Result};
use crate::screen::Screen;
use crate::world::World;

/// The pause between two pictures: shorter than a frame.
const PAUSE: Duration = Duration::from_millis(4);

/// A film that is being made.
#[derive(Debug)]
pub struct Film {
    stop: Sender<()>,
    camera: JoinHandle<Result<Vec<Picture>>>,
}

/// What the window showed at one moment, pixel by pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    pixels: Vec<[u8; 3]>,
}

impl Film {
    /// Begins; the app's window may appear later.
    ///
    /// # Errors
    /// The display cannot be reached.
    pub fn begin(world: &World) -> Result<Self> {
        let screen = Screen::of(world)?;
        let name = world.identity().binary.file_name().unwrap_or_default();
        // As the system calls a process.
        let name: String = name.to_string_lossy().chars().take(15).collect();
        let (stop, stopped) = mpsc::channel();
        let camera = std::thread::spawn(move || shoot(&screen, &name, &stopped));
        Ok(Self { stop, camera })
    }

    /// Ends it: each picture that differed from the one before.
    ///
    /// # Errors
    /// The display could not be asked.
    pub fn end(self) -> Result<Vec<Picture>> {
        let _ = self.stop.send(());
        let ended = self.camera.join();
        ended.map_err(|_| Failure::new("the camera has panicked"))?
    }
}

impl Picture {
    /// Made of these pixels, line by line: red, green, blue.
    pub(crate) fn of(width: u32, pixels: Vec<[u8; 3]>) -> Self {
        Self { width, pixels }
    }

    /// As a PNG file.
    ///
    /// # Errors
    /// It has no pixels.
    pub fn png(&self) -> Result<Vec<u8>> {
        let height = u32::try_from(self.pixels.len()).unwrap_or(u32::MAX) / self.width.max(1);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().doing("write a picture")?;
        writer
            .write_image_data(self.pixels.as_flattened())
            .doing("write a picture")?;
        writer.finish().doing("write a picture")?;
        Ok(file)
    }

    /// Whether it has one colour alone.
    pub fn is_empty(&self) -> bool {
        self.content().next().is_none()
    }

    /// How much of what is drawn here and there is drawn in both: 0.0 to 1.0. The colours do not matter.
    pub fn likeness(&self, other: &Self) -> f64 {
        let [mine, others] = [self, other].map(|it| it.content().collect::<std::collections::BTreeSet<_>>());
        let both = mine.intersection(&others).count();
        let all = mine.union(&others).count().max(1);
        f64::from(u32::try_from(both).unwrap_or(u32::MAX)) / f64::from(u32::try_from(all).unwrap_or(u32::MAX))
    }

    /// The places that have another colour than the first corner.
    fn content(&self) -> impl Iterator<Item = usize> {
        let background = self.pixels.first().copied().unwrap_or_default();
        let drawn = move |(place, pixel): (usize, &[u8; 3])| (*pixel != background).then_some(place);
        self.pixels.iter().enumerate().filter_map(drawn)
    }
}

fn shoot(screen: &Screen, name: &str, stopped: &Receiver<()>) -> Result<Vec<Picture>> {
    let mut film: Vec<Picture> = Vec::new();
    loop {
        // One more after the end was asked for: what was on the screen then is on the film.
        let goes_on = stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout);
        let window = screen.window_running(name).doing("look for the app's window")?;
        // A window may go between the questions.
        if let Some(picture) = window.and_then(|window| screen.picture_of(window.id).ok())
            && film.last() != Some(&picture)
        {
            film.push(picture);
        }
        if !goes_on {
            return Ok(film);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Picture;

    fn picture(text: &str) -> Picture {
        Picture::of(1, text.bytes().map(|byte| [byte; 3]).collect())
    }

    #[test]
    fn what_is_drawn_is_what_is_not_the_background() {
        assert!(picture("....").is_empty());
        assert!(!picture("..x.").is_empty());
        assert!((picture(".xx.").likeness(&picture(".yy.")) - 1.0).abs() < 1e-9);
        assert!((picture(".xx.").likeness(&picture("..xx")) - 1.0 / 3.0).abs() < 1e-9);
        assert!(picture("....").likeness(&picture("..x.")) < 1e-9);
    }
}
