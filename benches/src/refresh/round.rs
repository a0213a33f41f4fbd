//! One round of one contestant.

use std::collections::BTreeMap;
use std::time::Instant;

use latchkey_bench::process::Process;
use latchkey_bench::provider::{Count, Provider};
use serde_json::{Value, json};

use crate::contestants::Contestant;

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) processes: usize,
    /// What the crowd cost the token endpoint.
    pub(crate) count: Count,
    /// Callers who got a token.
    pub(crate) served: usize,
    /// What the others were told, and how many of them.
    pub(crate) failed: BTreeMap<String, usize>,
    /// Callers who got an error.
    pub(crate) unserved: usize,
    /// Processes in which a caller was told that the grant is over.
    pub(crate) told_over: usize,
    /// Processes that could renew afterwards.
    pub(crate) renewing: usize,
    /// From the first question to the last answer, in milliseconds.
    pub(crate) took: f64,
}

/// A sign-in, an expiry, a crowd, and a look at what is left.
pub(crate) fn play(
    provider: &Provider,
    contestant: &Contestant,
    name: &str,
    processes: usize,
    callers: usize,
) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    let issuer = provider.issuer(name);
    let start = || contestant.start(&issuer, folder.path());
    let mut crowd = vec![start()];
    crowd[0].ask(&json!({ "do": "sign-in" }));
    while crowd.len() < processes {
        let mut process = start();
        process.ask(&json!({ "do": "open" }));
        crowd.push(process);
    }
    for process in &mut crowd {
        process.ask(&json!({ "do": "expire" }));
    }
    let before = provider.count(name);
    let begun = Instant::now();
    for process in &mut crowd {
        process.say(&json!({ "do": "ask", "callers": callers }));
    }
    let answers: Vec<Value> = crowd.iter_mut().map(Process::hear).collect();
    let took = begun.elapsed().as_secs_f64() * 1e3;
    let after = provider.count(name);
    let number = |answer: &Value, what: &str| answer[what].as_u64().map_or(0, |number| number as usize);
    let served: usize = answers.iter().map(|answer| number(answer, "served")).sum();
    let mut failed = BTreeMap::new();
    for (code, times) in answers
        .iter()
        .filter_map(|answer| answer["failed"].as_object())
        .flatten()
    {
        *failed.entry(code.clone()).or_default() += times.as_u64().unwrap_or_default() as usize;
    }
    let renewing = crowd
        .iter_mut()
        .map(|process| process.ask(&json!({ "do": "renew" })))
        .filter(|answer| answer["done"] == true)
        .count();
    Outcome {
        processes,
        count: Count {
            requests: after.requests - before.requests,
            refused: after.refused - before.refused,
        },
        served,
        failed,
        unserved: processes * callers - served,
        told_over: answers.iter().filter(|answer| number(answer, "over") > 0).count(),
        renewing,
        took,
    }
}
