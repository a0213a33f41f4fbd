//! What is aimed at, and what must not be lost again.

use crate::contestant::{FLOOR, HELLO_SHARED, LATCHKEY, NOBODY, TWIN};
use crate::race::Times;

/// The first takes so many times what the second takes: the aim, and the most before the command fails. Between the two the aim is
/// missed, and BENCHMARKS.md says so.
const GOALS: [(&str, &str, f64, f64); 3] = [
    (LATCHKEY, HELLO_SHARED, 1.05, 1.2),
    (LATCHKEY, FLOOR, 0.85, 0.9),
    (LATCHKEY, NOBODY, 1.02, 1.08),
];
/// The same for everybody else who shows a page.
const PEERS: (f64, f64) = (1.0, 1.1);

/// Tells of each goal; false when one is lost.
pub(crate) fn kept(times: &Times) -> bool {
    println!();
    if let Some(twin) = times.ratio(TWIN, FLOOR) {
        println!("noise: the twin of the floor took {twin:.3} of it");
    }
    let peers = times.lines.iter().filter(|line| line.peer);
    let peers = peers.map(|peer| (LATCHKEY, peer.name, PEERS.0, PEERS.1));
    let mut all = true;
    for (own, other, aim, most) in GOALS.into_iter().chain(peers) {
        let Some(ratio) = times.ratio(own, other) else {
            continue;
        };
        let said = if ratio <= aim {
            "kept"
        } else if ratio <= most {
            "missed"
        } else {
            "LOST"
        };
        all &= ratio <= most;
        println!("aim: {own} at most {aim} of {other}: {ratio:.3}: {said}");
    }
    all
}
