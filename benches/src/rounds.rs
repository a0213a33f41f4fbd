//! Taking turns, and what comes of it.

use std::time::{Duration, Instant};

use crate::table::at;

/// How many rounds are measured.
const ROUNDS: usize = 600;
/// How many come before, to warm up.
const WARM_UP: usize = 30;
/// How long one turn takes, about.
const TURN: Duration = Duration::from_millis(2);

/// Does the work so many times and tells the time they took.
pub type Work<'a> = Box<dyn FnMut(u32) -> Duration + 'a>;

/// One that takes turns.
pub struct Contestant<'a> {
    name: &'static str,
    work: Work<'a>,
    /// How often in one turn.
    count: u32,
    /// Nanoseconds each, for each round.
    taken: Vec<f64>,
}

impl<'a> Contestant<'a> {
    pub fn new(name: &'static str, work: Work<'a>) -> Self {
        Self {
            name,
            work,
            count: 1,
            taken: Vec::with_capacity(ROUNDS),
        }
    }

    /// Finds out how often fills a turn.
    fn size(&mut self) {
        while (self.work)(self.count) < TURN / 2 {
            self.count *= 2;
        }
    }

    fn turn(&mut self) -> f64 {
        (self.work)(self.count).as_nanos() as f64 / f64::from(self.count)
    }
}

/// The work of a function: it is called, and must be right each time.
pub fn repeated<'a>(mut work: impl FnMut() -> bool + 'a) -> Work<'a> {
    assert!(work(), "the work was not done");
    Box::new(move |count| {
        let begun = Instant::now();
        for _ in 0..count {
            assert!(std::hint::black_box(work()));
        }
        begun.elapsed()
    })
}

/// Everybody's times. The first is what the others are compared with, the second is its twin.
pub struct Rounds<'a>(Vec<Contestant<'a>>);

impl<'a> Rounds<'a> {
    pub fn run(mut contestants: Vec<Contestant<'a>>) -> Self {
        contestants.iter_mut().for_each(Contestant::size);
        let number = contestants.len();
        for round in 0..WARM_UP + ROUNDS {
            for place in 0..number {
                let contestant = &mut contestants[(round + place) % number];
                let taken = contestant.turn();
                if round >= WARM_UP {
                    contestant.taken.push(taken);
                }
            }
        }
        Self(contestants)
    }

    /// The median of the ratios within the rounds.
    pub fn ratio(&self, name: &str) -> f64 {
        let found = self.0.iter().find(|contestant| contestant.name == name);
        at(&self.ratios(found.expect("a contestant")), 0.5)
    }

    fn ratios(&self, contestant: &Contestant<'_>) -> Vec<f64> {
        let pairs = contestant.taken.iter().zip(&self.0[0].taken);
        pairs.map(|(own, bare)| own / bare).collect()
    }

    pub fn print(&self, title: &str) {
        println!("{title}, {ROUNDS} rounds, microseconds each");
        println!(
            "{:<36} {:>9} {:>9} {:>8}   half of the rounds",
            "", "median", "least", "ratio"
        );
        for contestant in &self.0 {
            let ratios = self.ratios(contestant);
            println!(
                "{:<36} {:>9.3} {:>9.3} {:>8.3}   {:.3} to {:.3}",
                contestant.name,
                at(&contestant.taken, 0.5) / 1e3,
                at(&contestant.taken, 0.0) / 1e3,
                at(&ratios, 0.5),
                at(&ratios, 0.25),
                at(&ratios, 0.75),
            );
        }
    }
}
