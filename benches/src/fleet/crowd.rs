//! Runs every computer of the fleet through the story, one after the other: they meet nowhere but at the provider, whose answers
//! depend on the time alone. Counts what is asked in every second.

use latchkey_session::inside::{Answer, Desktop, ENDPOINTS, Endpoint, Provider};

use crate::scene::{LIFE, SECOND, Scene};

/// What all computers together asked.
#[derive(Debug)]
pub(crate) struct Crowd {
    from: u64,
    /// Requests in each second, for each endpoint.
    seconds: [Vec<u32>; ENDPOINTS],
    /// How long after the end of the fault the last computer was fresh, in milliseconds, and how many were at once.
    pub(crate) fresh_after: Vec<u64>,
    /// Computers with a session at the end.
    pub(crate) signed_in: u64,
}

/// Sends so many computers through the story, on all processors.
pub(crate) fn run(scene: &Scene, size: u64) -> Crowd {
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let crowds = std::thread::scope(|scope| {
        let started: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || some(scene, (worker..size).step_by(workers as usize))))
            .collect();
        started
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect::<Vec<_>>()
    });
    assert_eq!(crowds.len() as u64, workers, "a part of the fleet was lost");
    crowds
        .into_iter()
        .reduce(Crowd::with)
        .unwrap_or_else(|| Crowd::new(scene))
}

fn some(scene: &Scene, numbers: impl Iterator<Item = u64>) -> Crowd {
    let mut crowd = Crowd::new(scene);
    let until = scene.span().1;
    for number in numbers {
        // Neighbours must not be alike: the seed is spread over all of its bits by the generator itself.
        let mut lots = Desktop::launched(number, 0, 0, LIFE);
        let (launch, obtained) = scene.launch(|| lots.draw());
        let mut desktop =
            Desktop::launched(number.wrapping_mul(0xD134_2543_DE82_EF95), launch, obtained, LIFE);
        let mut provider = Counting {
            scene,
            crowd: &mut crowd,
        };
        let mut fresh_at = None;
        while let Some(next) = desktop.next().filter(|next| *next < until) {
            desktop.step(next, &mut provider);
            if let Some(mended) = scene.mended()
                && fresh_at.is_none()
                && next >= mended
                && desktop.is_settled(next)
            {
                fresh_at = Some(next - mended);
            }
        }
        crowd.fresh_after.extend(fresh_at);
        crowd.signed_in += u64::from(desktop.is_signed_in());
    }
    crowd
}

impl Crowd {
    fn new(scene: &Scene) -> Self {
        let (from, until) = scene.span();
        let seconds = usize::try_from((until - from) / SECOND).unwrap_or_default() + 60;
        Self {
            from,
            seconds: std::array::from_fn(|_| vec![0; seconds]),
            fresh_after: Vec::new(),
            signed_in: 0,
        }
    }

    fn with(mut self, other: Self) -> Self {
        for (mine, theirs) in self.seconds.iter_mut().zip(&other.seconds) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
        self.fresh_after.extend(other.fresh_after);
        self.signed_in += other.signed_in;
        self
    }

    /// The requests to an endpoint, second by second.
    pub(crate) fn asked(&self, endpoint: Endpoint, from: u64, until: u64) -> &[u32] {
        let second = |at: u64| usize::try_from(at.saturating_sub(self.from) / SECOND).unwrap_or_default();
        self.seconds[endpoint as usize]
            .get(second(from)..second(until))
            .unwrap_or_default()
    }
}

struct Counting<'a> {
    scene: &'a Scene,
    crowd: &'a mut Crowd,
}

impl Provider for Counting<'_> {
    fn answer(&mut self, endpoint: Endpoint, at: u64) -> Answer {
        let second = usize::try_from(at.saturating_sub(self.crowd.from) / SECOND).unwrap_or_default();
        if let Some(count) = self.crowd.seconds[endpoint as usize].get_mut(second) {
            *count += 1;
        }
        self.scene.answer(at)
    }

    fn keys_since(&self, at: u64) -> u64 {
        self.scene.keys_since(at)
    }
}
