//! What a fleet of desktops asks of its provider: launches on a Monday morning, an outage and its end, a change of keys, the
//! revocation of everything. The state, the schedule and the back-off are the core's own; the time is virtual.

mod crowd;
mod report;
mod scene;

use std::process::ExitCode;

use scene::Scene;

/// The fleet of the tables.
const FLEET: u64 = 100_000;
/// The fleets that show how the figures grow.
const FLEETS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// The most the token endpoint may be asked in one second after an outage, in mean seconds.
const GOAL: f64 = 2.0;

fn main() -> ExitCode {
    let sizes: Vec<u64> = if std::env::args().any(|word| word == "--quick") {
        vec![1_000, 10_000]
    } else {
        FLEETS.to_vec()
    };
    let shown = sizes
        .iter()
        .copied()
        .filter(|size| *size <= FLEET)
        .max()
        .unwrap_or(FLEET);
    println!(
        "{shown} desktops, access tokens of an hour. Requests are counted by the second they are sent in.\n"
    );
    let mut kept = true;
    for scene in Scene::all() {
        report::title(&scene);
        for size in &sizes {
            let crowd = crowd::run(&scene, *size);
            report::line(*size, &scene, &crowd);
            if scene.is_outage() && *size == shown {
                kept &= report::verdict(&scene, &crowd, GOAL);
            }
        }
        println!();
    }
    if kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
