//! From `exec` to the painted window, beside others, in one run: `cargo xtask bench launch`. And what the open window costs:
//! `cargo xtask bench weight`. BENCHMARKS.md holds the figures and says how they came about.
#![allow(clippy::print_stdout)] // its output is what it is for

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use latchkey_e2e::failure::{Doing, Result};
use latchkey_e2e::paths;

mod cache;
mod contestant;
mod frames;
mod goals;
mod places;
mod race;
mod statistics;
mod tree;
mod weight;

use contestant::Contestant;
use places::Places;

/// How often everybody is launched, unless said otherwise.
const ROUNDS: usize = 15;
/// The same with an empty page cache, which takes much longer.
const COLD: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match measure().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            println!("FAILED: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<bool> {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_default();
    let mut rounds = |usual| words.next().and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (warm, cold) = (rounds(ROUNDS), rounds(COLD));
    // What is left are names, where not all are wanted.
    let folder = folder()?;
    let places = Places::build(&folder).await?;
    println!("stored for the person who is signed in: {} bytes", places.stored);
    let told = |what: &str| println!("{what}");
    let mut contestants = contestant::all(&folder, &places.page.to_string_lossy(), told)?;
    let chosen: Vec<String> = words.collect();
    contestants.retain(|it| chosen.is_empty() || chosen.iter().any(|name| name == it.name));
    match what.as_str() {
        "weight" => weight::weigh(&contestants, &places).await,
        _ => launch(&contestants, &places, &folder, (warm, cold)).await,
    }
}

async fn launch(
    contestants: &[Contestant],
    places: &Places,
    folder: &Path,
    (warm, cold): (usize, usize),
) -> Result<bool> {
    let race = race::rehearse(contestants, places, folder).await?;
    let warm = race.run("page cache warm", warm, || Ok(())).await?;
    warm.print();
    if cold > 0 && cache::can_be_evicted() {
        race.run("page cache evicted", cold, cache::evict).await?.print();
    } else if cold > 0 {
        println!("The page cache cannot be evicted here: that takes root.");
    }
    Ok(goals::kept(&warm))
}

/// Where programs and pictures of the benchmark are.
fn folder() -> Result<PathBuf> {
    let folder = paths::root().join("target/bench");
    fs::create_dir_all(&folder).doing("make the benchmark's folder")?;
    Ok(folder)
}
