//! The proof of faults: what `cargo xtask faults` runs. Real processes with a real keyring and the demo provider in a world
//! of their own, killed, crowded, cut off, at the wrong time. Prints one table; ends with 0, or with 1 when a count is not
//! what it must be.
//!
//! ```text
//! faults [--quick] [kill] [crowd] [soak] [no-route] [clock]
//! ```
#![allow(clippy::print_stdout)] // its output is what it is for

mod clock;
mod crowd;
mod kill;
mod no_route;
mod soak;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use latchkey_e2e::client::Account;
use latchkey_e2e::failure::{Doing, Result};
use latchkey_e2e::provider::Provider;
use latchkey_e2e::world::World;
use serde_json::json;

use table::{Row, Table};

/// The parts, in their order.
const PARTS: [&str; 5] = ["kill", "crowd", "soak", "no-route", "clock"];

/// Longer than anything here lasts, virtual time too, in seconds.
const LONG: u64 = 100 * 365 * 24 * 60 * 60;

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Quick,
    Full,
}

/// What every part is given.
#[derive(Debug)]
struct Bench {
    world: World,
    program: PathBuf,
    extent: Extent,
}

impl Bench {
    /// A provider that keeps nothing on disk, with ID tokens that outlive every virtual day, and a name's sessions at it.
    async fn account(&self, name: &str, options: &[&str]) -> Result<(Provider, Account)> {
        let provider = Provider::start_in_memory(&self.world, options).await?;
        provider
            .lives(json!({ "access_token": 3600, "id_token": LONG, "refresh_token": LONG }))
            .await?;
        let account = Account::new(&self.world, &provider, name, &self.program)?;
        Ok((provider, account))
    }

    /// The smaller number for the quick run.
    fn times(&self, quick: u32, full: u32) -> u32 {
        match self.extent {
            Extent::Quick => quick,
            Extent::Full => full,
        }
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let mut extent = Extent::Full;
    let mut parts = Vec::new();
    for word in std::env::args().skip(1) {
        match word.as_str() {
            "--quick" => extent = Extent::Quick,
            part if PARTS.contains(&part) => parts.push(word),
            unknown => {
                eprintln!("faults [--quick] [{}], not `{unknown}`", PARTS.join("] ["));
                return ExitCode::from(2);
            }
        }
    }
    let begun = Instant::now();
    let mut table = Table::default();
    for part in PARTS {
        if !parts.is_empty() && !parts.iter().any(|wanted| wanted == part) {
            continue;
        }
        let rows = play(part, extent).await;
        table.add(part, rows);
    }
    table.print(begun.elapsed())
}

/// One part in a world of its own.
async fn play(part: &str, extent: Extent) -> Result<Vec<Row>> {
    let own = std::env::current_exe().doing("find this program")?;
    let bench = Bench {
        world: World::create().await?,
        program: own.with_file_name(format!("client{}", std::env::consts::EXE_SUFFIX)),
        extent,
    };
    match part {
        "kill" => kill::play(&bench).await,
        "crowd" => crowd::play(&bench).await,
        "soak" => soak::play(&bench).await,
        "no-route" => no_route::play(&bench).await,
        _ => clock::play(&bench).await,
    }
}
