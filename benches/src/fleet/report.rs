//! The tables.

use crate::crowd::Crowd;
use crate::scene::{SECOND, Scene, Window};

pub(crate) fn title(scene: &Scene) {
    println!("## {}\n{}\n", scene.name, scene.what);
    println!("| Desktops | Requests | All | Mean a second | Peak a second | Peak ÷ mean |");
    println!("|---|---|---|---|---|---|");
}

pub(crate) fn line(size: u64, scene: &Scene, crowd: &Crowd) {
    for window in scene.windows() {
        let figures = Figures::of(crowd, &window);
        println!(
            "| {size} | {} | {} | {:.1} | {} | {:.2} |",
            window.name,
            figures.all,
            figures.mean,
            figures.peak,
            figures.ratio()
        );
    }
    if scene.is_outage() {
        let last = crowd.fresh_after.iter().max().copied().unwrap_or_default();
        println!(
            "| {size} | all are fresh after | {} s | | | |",
            last.div_ceil(SECOND)
        );
    }
    println!("| {size} | signed in at the end | {} | | | |", crowd.signed_in);
}

/// Whether the recovery is as even as it should be.
pub(crate) fn verdict(scene: &Scene, crowd: &Crowd, goal: f64) -> bool {
    let Some(window) = scene.windows().into_iter().find(|window| window.until.is_none()) else {
        return true;
    };
    let ratio = Figures::of(crowd, &window).ratio();
    let kept = ratio <= goal;
    println!(
        "goal: peak ÷ mean at most {goal} after an outage; {ratio:.2}: {}",
        if kept { "kept" } else { "MISSED" }
    );
    kept
}

struct Figures {
    all: u64,
    mean: f64,
    peak: u32,
}

impl Figures {
    fn of(crowd: &Crowd, window: &Window) -> Self {
        let last = crowd.fresh_after.iter().max().copied().unwrap_or_default();
        let until = window
            .until
            .unwrap_or(window.from + last.div_ceil(SECOND) * SECOND);
        let asked = crowd.asked(window.endpoint, window.from, until);
        let all = asked.iter().map(|count| u64::from(*count)).sum();
        Self {
            all,
            mean: all as f64 / asked.len().max(1) as f64,
            peak: asked.iter().copied().max().unwrap_or_default(),
        }
    }

    fn ratio(&self) -> f64 {
        if self.mean > 0.0 {
            f64::from(self.peak) / self.mean
        } else {
            0.0
        }
    }
}
