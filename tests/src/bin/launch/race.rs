//! Everybody is launched in turns, in an order that shifts from round to round.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use latchkey_e2e::failure::{Doing, Result};

use crate::contestant::Contestant;
use crate::frames::{SIZE, Settled};
use crate::places::Places;
use crate::statistics::{at, median, ratios};

/// Contestants that were launched once, with what they show.
pub(crate) struct Race<'a> {
    contestants: &'a [Contestant],
    shown: Vec<Settled>,
    places: &'a Places,
}

/// Everybody is launched once; pictures of what they show are left in the folder.
pub(crate) async fn rehearse<'a>(
    contestants: &'a [Contestant],
    places: &'a Places,
    folder: &Path,
) -> Result<Race<'a>> {
    let mut shown = Vec::new();
    for contestant in contestants {
        let settled = contestant.rehearse(places).await?;
        save(&settled, &folder.join(format!("{}.png", contestant.name)))?;
        shown.push(settled);
    }
    Ok(Race {
        contestants,
        shown,
        places,
    })
}

impl Race<'_> {
    /// So many rounds; `before` is done before every launch.
    pub(crate) async fn run(
        &self,
        title: &str,
        rounds: usize,
        before: impl Fn() -> Result<()>,
    ) -> Result<Times> {
        let number = self.contestants.len();
        let mut times = Times {
            title: format!("{title}, {rounds} rounds, seconds from exec to the painted window"),
            lines: self
                .contestants
                .iter()
                .map(|it| Line::new(it.name, it.peer))
                .collect(),
        };
        for round in 0..rounds {
            for turn in 0..number {
                let index = (round + turn) % number;
                before()?;
                let seen = self.contestants[index]
                    .launch(self.places, &self.shown[index])
                    .await?;
                times.lines[index].window.push(seen.window.as_secs_f64());
                times.lines[index].painted.push(seen.painted.as_secs_f64());
            }
        }
        Ok(times)
    }
}

/// One's times, in seconds, a round each.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) peer: bool,
    pub(crate) window: Vec<f64>,
    pub(crate) painted: Vec<f64>,
}

impl Line {
    fn new(name: &'static str, peer: bool) -> Self {
        Self {
            name,
            peer,
            window: Vec::new(),
            painted: Vec::new(),
        }
    }
}

/// Everybody's times. The first is what the others are compared with.
#[derive(Debug)]
pub(crate) struct Times {
    title: String,
    pub(crate) lines: Vec<Line>,
}

impl Times {
    /// The median of one's times by another's, round by round.
    pub(crate) fn ratio(&self, own: &str, other: &str) -> Option<f64> {
        let of = |name: &str| self.lines.iter().find(|line| line.name == name);
        Some(median(&ratios(&of(own)?.painted, &of(other)?.painted)))
    }

    /// As the table of BENCHMARKS.md.
    pub(crate) fn print(&self) {
        println!("\n{}\n", self.title);
        println!("| | window | painted | least | ratio | half of the rounds |\n|---|---|---|---|---|---|");
        for line in &self.lines {
            let ratios = ratios(&line.painted, &self.lines[0].painted);
            println!(
                "| {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} to {:.3} |",
                line.name,
                median(&line.window),
                median(&line.painted),
                at(&line.painted, 0.0),
                median(&ratios),
                at(&ratios, 0.25),
                at(&ratios, 0.75),
            );
        }
    }
}

fn save(settled: &Settled, file: &Path) -> Result<()> {
    let output = BufWriter::new(File::create(file).doing("write a picture")?);
    let mut encoder = png::Encoder::new(output, SIZE.0.into(), SIZE.1.into());
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().doing("write a picture")?;
    writer
        .write_image_data(&settled.picture().rgb())
        .doing("write a picture")
}
