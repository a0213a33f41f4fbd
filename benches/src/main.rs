//! What the validation of an ID token costs, beside the bare signature check and beside other libraries.
//!
//! All take turns within one run: a round gives each a few milliseconds, in an order that shifts from round to round, so that what
//! else the machine does falls on all of them alike. A ratio is the median of the ratios within the rounds. The bare check takes
//! part twice: what the ratio of the twins is off from 1 is noise.

mod jose;
mod peers;

use std::process::ExitCode;

use jose::Jose;
use latchkey_bench::rounds::{Contestant, Rounds};
use latchkey_bench::token::{Algorithm, Token};

/// The most that a whole validation may cost, in bare checks.
const GOALS: [(Algorithm, f64); 2] = [(Algorithm::Rs256, 1.5), (Algorithm::Es256, 1.15)];

fn main() -> ExitCode {
    let mut jose = match std::env::args_os().nth(1).map(Jose::start).transpose() {
        Ok(jose) => jose,
        Err(error) => {
            eprintln!("jose cannot be measured: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut kept = true;
    for (algorithm, goal) in GOALS {
        let token = Token::issue(algorithm);
        let mut contestants = vec![
            Contestant::new("bare check (aws-lc-rs, key parsed)", peers::bare(&token)),
            Contestant::new("bare check again", peers::bare(&token)),
            Contestant::new("Latchkey", peers::latchkey(&token)),
            Contestant::new("jsonwebtoken 11", peers::jsonwebtoken(&token)),
            Contestant::new("openidconnect 4.1", peers::openidconnect(&token)),
        ];
        if let Some(jose) = &mut jose {
            contestants.push(Contestant::new("jose 6 (Node)", jose.contestant(&token)));
        }
        let result = Rounds::run(contestants);
        result.print(algorithm.name());
        let ratio = result.ratio("Latchkey");
        let verdict = if ratio <= goal { "kept" } else { "MISSED" };
        println!("goal: Latchkey at most {goal} bare checks; {ratio:.3}: {verdict}\n");
        kept &= ratio <= goal;
    }
    if kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
