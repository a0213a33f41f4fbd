//! What was promised, and whether it is kept.

use crate::contestant::{FLOOR, HELLO_SHARED, LATCHKEY, NOBODY, TWIN};
use crate::race::Times;

/// The most that the first may take in the second's times.
const GOALS: [(&str, &str, f64); 3] = [
    (LATCHKEY, HELLO_SHARED, 1.05),
    (LATCHKEY, FLOOR, 0.85),
    (LATCHKEY, NOBODY, 1.02),
];

/// Tells of each goal, and whether all are kept.
pub(crate) fn kept(times: &Times) -> bool {
    let mut all = true;
    println!();
    if let Some(twin) = times.ratio(TWIN, FLOOR) {
        println!("noise: the twin of the floor took {twin:.3} of it");
    }
    for (own, other, most) in GOALS {
        let Some(ratio) = times.ratio(own, other) else {
            continue;
        };
        let kept = ratio <= most;
        all &= kept;
        println!(
            "goal: {own} at most {most} of {other}: {ratio:.3}: {}",
            verdict(kept)
        );
    }
    for peer in times.lines.iter().filter(|line| line.peer) {
        let Some(ratio) = times.ratio(LATCHKEY, peer.name) else {
            continue;
        };
        let kept = ratio < 1.0;
        all &= kept;
        println!(
            "goal: {LATCHKEY} before {}: {ratio:.3}: {}",
            peer.name,
            verdict(kept)
        );
    }
    all
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "MISSED" }
}
